"""Gate costs of the classes of functions of at most five inputs.

The class of f is what permuting inputs, complementing inputs and complementing the result make of it; all of it costs
the same. Its canonical form is its least member that vanishes at 0, as an integer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from retrodict import _core
from retrodict.circuits.arguments import integers

__all__ = ["ClassCosts", "canonical_form", "class_costs", "class_sizes"]


@dataclass(frozen=True)
class ClassCosts:
    """Classes with their costs, and what it takes to write down circuits: see `class_costs`.

    Parameters
    ----------
    n_inputs : int
    representatives : uint32, shape (m,)
        Canonical forms, ascending.
    costs : uint8, shape (m,)
        Exact up to `exhausted`, and an upper bound beyond.
    exhausted : int
        Classes of greater cost, and those that are not there, need more than that many gates.
    derivations : tuple of (function, functions before it)
        For one member of each class that no gate makes of an input and a function of one gate less, nor of a function
        of one gate less by replacing an input by a gate of two: either two functions of which a gate makes it, whose
        costs make its own with one more, or the other gates of a chain that makes it.
    """

    n_inputs: int
    representatives: NDArray[np.uint32]
    costs: NDArray[np.uint8]
    exhausted: int
    derivations: tuple[tuple[int, tuple[int, ...]], ...]


def class_costs(n_inputs: int, max_cost: int, *, exhausted: int | None = None, basis: str = "B2") -> ClassCosts:
    """The classes of functions whose smallest circuit of two-input gates has at most `max_cost` gates.

    Exact up to `exhausted` gates: an exhaustive search whose completeness is proved in cpp/circuits/class_costs.cpp.
    Five inputs take 256 MiB; to 8 gates about ten seconds, to 9 about two minutes. There are 616,126 classes of
    functions of five inputs, and the numbers of functions of cost 0..6 are those of Knuth, The Art of Computer
    Programming 4A, section 7.1.2.

    Parameters
    ----------
    n_inputs : int
        At most 5.
    max_cost : int
    exhausted : int, optional
        Less than `max_cost`: costs above it are upper bounds, from joining two functions and from replacing an input by
        a gate.
    basis : str
        "B2": all 16 operations. "U2": all but exclusive or and its complement.

    Raises
    ------
    ValueError
        More than five inputs, an unknown basis, a negative cost.

    Examples
    --------
    >>> three = class_costs(3, 9)
    >>> [f"{f:08b}" for f in three.representatives[three.costs == 4]], three.exhausted
    (['00010110', '10001110'], 9)
    >>> five = class_costs(5, 4)
    >>> [int(class_sizes(five.representatives[five.costs == r], 5).sum()) for r in range(5)]
    [12, 100, 1140, 11570, 109826]
    """
    if basis not in ("B2", "U2"):
        raise ValueError(f"basis = {basis!r}: it is 'B2' or 'U2'")
    exhausted = max_cost if exhausted is None else min(exhausted, max_cost)
    found, costs, functions, steps, before = _core.circuits_class_costs(n_inputs, basis == "B2", max_cost, exhausted)
    ends = np.cumsum(steps, dtype=np.int64)
    derivations = tuple(
        (f, tuple(before[end - count : end].tolist()))
        for f, count, end in zip(functions.tolist(), steps.tolist(), ends.tolist(), strict=True)
    )
    return ClassCosts(int(n_inputs), found, costs, exhausted, derivations)


def canonical_form(functions: ArrayLike, n_inputs: int) -> NDArray[np.uint32]:
    """The least member, as an integer, that vanishes at 0, of the class of each function of at most five inputs.

    Parameters
    ----------
    functions : integers, shape (m,)
        Truth tables as integers.
    n_inputs : int

    Raises
    ------
    ValueError
        More than five inputs; an integer that is no truth table.

    Examples
    --------
    >>> canonical_form([0b1110, 0b0001, 0b1001], 2).tolist()
    [2, 2, 6]
    """
    return _core.circuits_canonical(_words(functions, n_inputs), n_inputs)


def class_sizes(functions: ArrayLike, n_inputs: int) -> NDArray[np.uint16]:
    """How many functions are in the class of each: 2**(n + 1) n! over the order of its stabilizer.

    Examples
    --------
    >>> class_sizes([0b0000, 0b0010, 0b0110], 2).tolist()
    [2, 8, 2]
    """
    return _core.circuits_class_sizes(_words(functions, n_inputs), n_inputs)


def _words(functions: ArrayLike, n_inputs: int) -> NDArray[np.uint32]:
    numbers = integers("functions", functions)
    if not 0 <= n_inputs <= 5:
        raise ValueError(f"n_inputs = {n_inputs}: classes of functions go to 5")
    outside = (numbers < 0) | (numbers >= 1 << (1 << n_inputs))
    if outside.any():
        i = int(np.argmax(outside))
        raise ValueError(f"functions[{i}] = {numbers[i]}: a function of {n_inputs} inputs is below 2**{1 << n_inputs}")
    return numbers.astype(np.uint32)
