"""Exact sizes of Boolean functions: two-input gates, and nodes of ordered binary decision diagrams.

A truth table has 2**n entries; entry x is f(x), and input i is bit i of x. As an integer, its bit x is f(x).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from operator import index
from typing import SupportsIndex, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from retrodict import _core

__all__ = ["Obdd", "cost_table", "gate_cost", "obdd_size", "obdd_size_of_order"]

_GATES = {"and": 1, "andnot": 2, "or": 4, "xor": 8}
_BASES = {"B2": ("and", "andnot", "or", "xor"), "U2": ("and", "andnot", "or")}


def cost_table(n_inputs: int, basis: str | Collection[str] = "B2") -> NDArray[np.uint8]:
    """The least number of two-input gates of every function of `n_inputs` inputs.

    Circuits share results freely; negations, constants and inputs cost nothing. Exact: an exhaustive search whose
    completeness is proved in cpp/circuits/enumeration.cpp. For four inputs the numbers of functions of cost 0..7 are
    those of Knuth, The Art of Computer Programming 4A, section 7.1.2.

    Parameters
    ----------
    n_inputs : int
        At most 4; at most 3 for a basis other than B2.
    basis : str or collection of str
        "B2": all 16 operations. "U2": all but exclusive or and its complement. Or some of the gates "and", "andnot"
        (x & ~y and ~x & y), "or", "xor", which then join functions that vanish at 0 (a function that does not is the
        complement of one that does, and costs the same).

    Returns
    -------
    uint8, shape (2**2**n_inputs,)
        Entry f is the cost of the function whose truth table, as an integer, is f.

    Raises
    ------
    ValueError
        Too many inputs, an unknown basis or gate, or gates that do not generate every function.

    Examples
    --------
    >>> cost_table(2)[[0b1000, 0b0110, 0b0101, 0b0000]].tolist()        # and, xor, not x0, false
    [1, 1, 0, 0]
    >>> np.bincount(cost_table(4)).tolist()
    [10, 60, 456, 2474, 10624, 24184, 25008, 2720]
    >>> int(cost_table(2, "U2")[0b0110])
    3
    """
    if isinstance(basis, str):
        if basis not in _BASES:
            raise ValueError(f"basis = {basis!r}: it is 'B2', 'U2' or a collection of {', '.join(_GATES)}")
        basis = _BASES[basis]
    for gate in basis:
        if gate not in _GATES:
            raise ValueError(f"basis has {gate!r}: a gate is one of {', '.join(_GATES)}")
    return _core.circuits_cost_table(n_inputs, sum(_GATES[gate] for gate in set(basis)))


@cache
def _costs(n_inputs: int) -> NDArray[np.uint8]:
    return cost_table(n_inputs)


def gate_cost(table: ArrayLike, n_inputs: int | None = None) -> int:
    """The least number of two-input gates (basis B2) of one function of at most four inputs: see `cost_table`.

    Parameters
    ----------
    table : integers, shape (2**n,), or int
        The truth table; with `n_inputs`, the truth table as an integer.

    Raises
    ------
    ValueError
        More than four inputs, or no truth table: the message names the entry.

    Examples
    --------
    >>> gate_cost([0, 0, 0, 1]), gate_cost(0b0110_1001, 3)
    (1, 2)
    """
    if n_inputs is None:
        n_inputs, number = _core.circuits_table_index(_integers("table", table))
    else:
        number = index(cast(SupportsIndex, table))
    costs = _costs(n_inputs)
    if not 0 <= number < len(costs):
        raise ValueError(f"table = {number}: a function of {n_inputs} inputs is one of 0..{len(costs) - 1}")
    return int(costs[number])


@dataclass(frozen=True)
class Obdd:
    """A least ordered binary decision diagram: its number of internal nodes, and its order, the root's input first.

    Of several orders that have this size it is the first, compared as tuples.
    """

    nodes: int
    order: tuple[int, ...]


def obdd_size(table: ArrayLike, *, threads: int | None = None) -> Obdd:
    """The least number of nodes of an ordered binary decision diagram of a 0/1 output, over all orders of its inputs.

    Internal nodes of the reduced diagram, without complement edges; terminals are not counted. Exact: the dynamic
    programme of Friedman and Supowit (IEEE Trans. Computers 39, 1990), in time and memory of order 3**n.

    Parameters
    ----------
    table : integers or bool, shape (2**n,)
        Zeros and ones, n at most 16.
    threads : int, optional
        None: as many as the process may use. The result does not depend on it.

    Raises
    ------
    ValueError
        A length that is no power of two, an entry that is not 0 or 1, more than 16 inputs.

    Examples
    --------
    The multiplexer reads its address (inputs 0 and 1) first:

    >>> multiplexer = [x >> (2 + x % 4) & 1 for x in range(64)]
    >>> obdd_size(multiplexer)
    Obdd(nodes=7, order=(0, 1, 2, 3, 4, 5))
    """
    nodes, order = _core.circuits_obdd_size(_integers("table", table), threads)
    return Obdd(nodes, order)


def obdd_size_of_order(table: ArrayLike, order: Sequence[int]) -> int:
    """The number of nodes of the ordered binary decision diagram with this order of the inputs, the root's first.

    >>> obdd_size_of_order([x >> (2 + x % 4) & 1 for x in range(64)], [5, 4, 3, 2, 1, 0])
    29
    """
    return _core.circuits_obdd_size_of_order(_integers("table", table), _integers("order", order))


def _integers(name: str, values: ArrayLike) -> NDArray[np.int64]:
    array = np.asarray(values)
    if array.ndim != 1:
        raise ValueError(f"{name} has shape {array.shape}: it must have one dimension")
    if array.size and not (np.issubdtype(array.dtype, np.integer) or array.dtype == np.bool_):
        raise TypeError(f"{name} has dtype {array.dtype}: it must hold integers")
    return np.ascontiguousarray(array, dtype=np.int64)
