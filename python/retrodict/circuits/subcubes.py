"""What all subcubes tell of a function: its least decision trees, and the largest parity in it."""

from __future__ import annotations

from dataclasses import dataclass

from numpy.typing import ArrayLike

from retrodict import _core
from retrodict.circuits.arguments import integers

__all__ = ["DecisionTree", "decision_tree", "largest_parity"]


@dataclass(frozen=True)
class DecisionTree:
    """The least depth and the least number of leaves over all decision trees; no one tree need have both."""

    depth: int
    leaves: int


def decision_tree(table: ArrayLike) -> DecisionTree:
    """The least depth and the least number of leaves of a decision tree of a 0/1 output.

    Exact: over all 3**n subcubes, depth = 1 + min over i of the larger depth of the halves along input i, leaves = min
    over i of the sum of their leaves, and a leaf where f is constant (cpp/circuits/subcubes.cpp has the reason). Time
    n 3**n, memory 4 * 3**n bytes: 0.03 s at n = 14, 0.6 s at n = 16.

    Parameters
    ----------
    table : integers or bool, shape (2**n,)
        Zeros and ones, n at most 16; entry x is f(x), and input i is bit i of x.

    Raises
    ------
    ValueError
        A length that is no power of two, an entry that is not 0 or 1, more than 16 inputs.

    Examples
    --------
    The multiplexer of two addresses and four data bits, and the parity of three bits:

    >>> decision_tree([x >> (2 + x % 4) & 1 for x in range(64)])
    DecisionTree(depth=3, leaves=8)
    >>> decision_tree([0, 1, 1, 0, 1, 0, 0, 1])
    DecisionTree(depth=3, leaves=8)
    """
    return DecisionTree(*_core.circuits_decision_tree(integers("table", table)))


def largest_parity(table: ArrayLike) -> tuple[int, int]:
    """A largest subcube on which f is the parity of the inputs that are free there, or the complement of it.

    It is a cube (mask, value) as in `prime_implicants`, the inputs in the mask being fixed. Exact, over all 3**n
    subcubes. Every restricted size of f is at least that of the parity.

    Parameters
    ----------
    table : integers or bool, shape (2**n,)
        Zeros and ones, n at most 16.

    Raises
    ------
    ValueError
        What `decision_tree` raises.

    Examples
    --------
    x0 + x1, or x0 and x1, as x2 says:

    >>> largest_parity([0, 1, 1, 0, 0, 0, 0, 1])
    (4, 0)
    """
    return _core.circuits_largest_parity(integers("table", table))
