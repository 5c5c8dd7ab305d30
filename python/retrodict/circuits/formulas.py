"""Leaves of De Morgan formulas: AND and OR of two arguments, with literals at the leaves."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from retrodict import _core
from retrodict.circuits.arguments import integers

__all__ = ["formula_cost", "formula_table", "formula_upper"]


@cache
def _leaves(n_inputs: int) -> NDArray[np.uint8]:
    leaves = _core.circuits_formula_table(n_inputs)
    leaves.setflags(write=False)
    return leaves


def formula_table(n_inputs: int) -> NDArray[np.uint8]:
    """The least number of leaves of a De Morgan formula of every function of `n_inputs` inputs.

    A constant has no leaves. Exact: all functions by the number of leaves; the proof is in cpp/circuits/formula.cpp.

    Parameters
    ----------
    n_inputs : int
        At most 4.

    Returns
    -------
    uint8, shape (2**2**n_inputs,), read-only
        Entry f is for the function whose truth table, as an integer, is f.

    Raises
    ------
    ValueError
        More than four inputs.

    Examples
    --------
    >>> formula_table(2)[[0b1000, 0b0110, 0b0101, 0b0000]].tolist()     # and, xor, not x0, false
    [2, 4, 1, 0]
    >>> int(formula_table(4).max()), int(formula_table(4)[0x6996])       # parity is among the dearest
    (16, 16)
    """
    return _leaves(n_inputs)


def formula_cost(table: ArrayLike) -> int:
    """The least number of leaves of a De Morgan formula of one function of at most four inputs: see `formula_table`.

    Raises
    ------
    ValueError
        More than four inputs, or no truth table: the message names the entry.

    Examples
    --------
    >>> formula_cost([0, 0, 0, 1]), formula_cost([0, 1, 1, 0])
    (2, 4)
    """
    function = integers("table", table)
    if function.size > 16:
        raise ValueError(f"table has {function.size} entries: least formulas are known up to 4 inputs, 16 entries")
    n_inputs, number = _core.circuits_table_index(function)
    return int(_leaves(n_inputs)[number])


def formula_upper(table: ArrayLike) -> int:
    """The number of leaves of a De Morgan formula made by expansions: an upper bound, exact up to four inputs.

    With f0 and f1 the halves of f along input x, f = (x and f1) or (not x and f0); if f0 <= f1, f = f0 or (x and f1),
    and likewise if f1 <= f0. Below four inputs the least formulas. The input is chosen at best at every subcube up to
    12 inputs; beyond, the highest inputs are expanded first.

    Parameters
    ----------
    table : integers or bool, shape (2**n,)
        Zeros and ones.

    Examples
    --------
    >>> formula_upper([x == 31 for x in range(32)])
    5
    """
    return _core.circuits_formula_by_expansion(integers("table", table))
