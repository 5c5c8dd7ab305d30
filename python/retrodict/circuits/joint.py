"""Two-input gates of the smallest circuit that computes all outputs of a map together.

The table of a map has 2**n entries; bit i of entry x is output i at x, and input i is bit i of x. All sixteen
operations are gates, results are shared freely, and negations, constants and inputs cost nothing.

A *class* of permutations has its outputs unordered, and each up to complement; its members have the same cost. Their
inverses differ by permuted and complemented inputs, so they have the same cost too, though they are no class.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import permutations
from operator import index

import numpy as np
from numpy.typing import ArrayLike, NDArray

from retrodict import _core
from retrodict.bounds import Bounds
from retrodict.circuits.arguments import integers
from retrodict.circuits.search import MAX_GATES, minimum_circuit

__all__ = ["FeebleGap", "feeble_gap", "joint_classes", "joint_cost", "joint_cost_table"]


def joint_cost(
    table: ArrayLike, *, max_gates: int | None = None, timeout: float | None = None, threads: int | None = None
) -> Bounds:
    """The least number of two-input gates that compute all outputs of a map together, by exhaustive search.

    `minimum_circuit`, for a map that is given by its integers.

    Parameters
    ----------
    table : integers, shape (2**n,)
        Entries not negative; at most 6 inputs that an output depends on. It may be a permutation, but need not be.
    max_gates : int, optional
        Where the search ends. None: for up to three inputs it does not; for n = 4, 5, 6, after about a second, 10 - n
        gates beyond the number of different outputs that are not constant and no inputs. One gate more takes tens of
        times as long.
    timeout : float, optional
        Seconds after which it ends.
    threads : int, optional
        None: as many as the process may use.

    Returns
    -------
    Bounds
        Exact, with a `Circuit` that computes `table`; or, where the search ended, the number of gates that it has
        shown to be too few, plus one, and no upper bound.

    Raises
    ------
    ValueError
        A length that is no power of two, a negative entry, too many inputs or different outputs.

    Examples
    --------
    A permutation of four bits whose inverse takes one gate more, "feebly one-way" after Hiltgen (1992):

    >>> table = [0, 14, 5, 11, 4, 12, 1, 9, 7, 15, 2, 10, 3, 13, 6, 8]
    >>> inverse = [table.index(y) for y in range(16)]
    >>> joint_cost(table).upper, joint_cost(inverse).upper
    (5, 6)
    >>> joint_cost(table).witness.table().tolist() == table
    True
    """
    entries = integers("table", table)
    points = len(entries)
    if points.bit_count() != 1:
        raise ValueError(f"table has {points} entries: the table of a map has 2^n, one for each value of n inputs")
    if (negative := np.flatnonzero(entries < 0)).size:
        x = negative[0]
        raise ValueError(f"table[{x}] = {entries[x]}: an entry must not be negative")
    n = points.bit_length() - 1
    outputs = entries >> np.arange(max(1, int(entries.max()).bit_length()))[:, None] & 1
    if max_gates is None:
        inputs = np.arange(points) >> np.arange(n)[:, None] & 1
        free = {(0,) * points, *map(tuple, inputs.tolist())}
        different = set(map(tuple, (outputs ^ outputs[:, :1]).tolist())) - free
        max_gates = MAX_GATES if n <= 3 else min(MAX_GATES, len(different) + max(10 - n, 4))
    return minimum_circuit(outputs, max_gates=max_gates, timeout=timeout, threads=threads)


def joint_classes(n_inputs: int, cost: int, *, threads: int | None = None) -> NDArray[np.uint16]:
    """All classes of permutations of `n_inputs` bits whose outputs cost exactly `cost` gates together.

    Exhaustive; the proof that nothing is missed is in cpp/circuits/joint_classes.cpp. For four inputs, on one core,
    cost 5 takes 0.05 s, cost 6 half a second, cost 7 about 15 s, and each further one about 30 times as long.

    Parameters
    ----------
    n_inputs : int
        1 to 4.
    cost : int
    threads : int, optional
        None: as many as the process may use. The result does not depend on it.

    Returns
    -------
    uint16, shape (classes, n_inputs)
        A class a row: of each output the one of it and its complement that vanishes at 0, as an integer whose bit x is
        the value at x, ascending in the row; the rows ascend too. A class is n! 2**n permutations.

    Raises
    ------
    ValueError
        n_inputs outside 1 ... 4, a cost that is negative or above 63.

    Examples
    --------
    One gate: of two bits, one is kept and one replaced by the sum.

    >>> joint_classes(2, 1)
    array([[ 6, 10],
           [ 6, 12]], dtype=uint16)
    >>> [len(joint_classes(4, cost)) for cost in range(5)]
    [1, 12, 132, 1162, 8788]
    """
    return _rows(n_inputs, _core.circuits_joint_classes(n_inputs, cost, threads)[-1])


def joint_cost_table(n_inputs: int) -> NDArray[np.uint8]:
    """The least number of two-input gates of every permutation of `n_inputs` bits, all outputs together.

    Parameters
    ----------
    n_inputs : int
        1 to 3. Of four bits there are 16! permutations: `joint_classes` lists those of one cost.

    Returns
    -------
    uint8, shape ((2**n_inputs)!,)
        In the order of itertools.permutations(range(2**n_inputs)).

    Examples
    --------
    >>> np.bincount(joint_cost_table(3)).tolist()
    [48, 288, 1440, 2448, 7488, 9216, 15552, 3840]
    """
    n = index(n_inputs)
    if not 1 <= n <= 3:
        raise ValueError(f"n_inputs = {n}: the table of all permutations is for 1 ... 3 inputs; see joint_classes")
    tables = np.array(list(permutations(range(1 << n))), dtype=np.uint16)
    keys, cost = _keys(tables), 0
    while (costs := _look_up(keys, levels := _levels(n, cost))).min() < 0:
        if not levels[-1].size:  # of so few bits no cost below the largest is left out
            raise RuntimeError(f"no permutation of {n} bits costs {cost} gates, and {(costs < 0).sum()} have no cost")
        cost += 1
    return costs.astype(np.uint8)


@dataclass(frozen=True)
class FeebleGap:
    """A class of permutations whose inverse costs more or fewer gates: a member, its cost, and that of its inverse."""

    table: tuple[int, ...]
    cost: int
    inverse_cost: int


def feeble_gap(n_inputs: int, cost: int) -> tuple[FeebleGap, ...]:
    """All classes of permutations of that exact cost whose inverse costs differently; both costs are exact.

    One of each class: the outputs vanish at 0, and ascend as integers. The inverse is looked up among the classes of at
    most `cost` gates (`joint_classes`, which takes most of the time); if it is not there, `joint_cost` finds its cost,
    once for all that differ by permuted and complemented inputs. That a permutation of fixed size has a gap is a finite
    fact; nothing follows for growing size.

    Parameters
    ----------
    n_inputs : int
        1 to 4.
    cost : int

    Raises
    ------
    ValueError
        n_inputs outside 1 ... 4, a cost that is negative or above 63.

    Examples
    --------
    >>> [feeble_gap(4, cost) for cost in range(5)]
    [(), (), (), (), ()]
    """
    levels = _levels(n_inputs, cost)
    tables = _tables(_rows(n_inputs, levels[-1]))
    inverses = np.empty_like(tables)
    np.put_along_axis(inverses, tables.astype(np.intp), np.arange(tables.shape[1], dtype=np.uint16)[None], axis=1)
    costs = _look_up(_keys(inverses), levels)
    _search(inverses, costs)
    differ = costs != cost
    pairs = zip(tables[differ].tolist(), costs[differ].tolist(), strict=True)
    return tuple(FeebleGap(tuple(table), cost, inverse_cost) for table, inverse_cost in pairs)


@cache
def _levels(n_inputs: int, cost: int) -> tuple[NDArray[np.uint64], ...]:
    return _core.circuits_joint_classes(n_inputs, cost, None)


def _look_up(keys: NDArray[np.uint64], levels: tuple[NDArray[np.uint64], ...]) -> NDArray[np.int64]:
    """The costs of classes, -1 where the levels do not have it."""
    costs = np.full(len(keys), -1)
    for cost, level in enumerate(levels):
        costs[np.isin(keys, level)] = cost
    return costs


def _search(tables: NDArray[np.uint16], costs: NDArray[np.int64]) -> None:
    """Puts the cost of a permutation where `costs` has -1: one search for all that symmetries of the inputs make."""
    points = tables.shape[1]
    n = points.bit_length() - 1
    moves = [
        [sum((x >> source & 1) << i for i, source in enumerate(order)) ^ flips for x in range(points)]
        for order in permutations(range(n))
        for flips in range(points)
    ]
    keys = _keys(tables)
    left = np.flatnonzero(costs < 0)
    while left.size:
        table = tables[left[0]]
        alike = np.isin(keys[left], _keys(table[np.array(moves)]))
        costs[left[alike]] = joint_cost(table, max_gates=MAX_GATES).lower
        left = left[~alike]


def _rows(n: int, keys: NDArray[np.uint64]) -> NDArray[np.uint16]:
    """What a key of cpp/circuits/joint.hpp holds: shape (classes, n)."""
    shifts = 16 * np.arange(n, dtype=np.uint64)[::-1]
    return (keys[:, None] >> shifts & np.uint64(0xFFFF)).astype(np.uint16)


def _tables(rows: NDArray[np.uint16]) -> NDArray[np.uint16]:
    """A permutation of each class, shape (classes, 2**n)."""
    n = rows.shape[1]
    x = np.arange(1 << n, dtype=np.uint16)
    tables = np.zeros((len(rows), 1 << n), dtype=np.uint16)
    for i in range(n):
        tables |= (rows[:, i, None] >> x & 1) << i
    return tables


def _keys(tables: NDArray[np.uint16]) -> NDArray[np.uint64]:
    """The classes of permutations."""
    points = tables.shape[1]
    n = points.bit_length() - 1
    weights = np.left_shift(1, np.arange(points)).astype(np.uint16)
    words = np.stack([(tables >> i & 1) @ weights for i in range(n)], axis=1)
    words = np.sort(np.where(words & 1, words ^ np.uint16((1 << points) - 1), words), axis=1).astype(np.uint64)
    keys: NDArray[np.uint64] = (words << 16 * np.arange(n, dtype=np.uint64)[::-1]).sum(axis=1)
    return keys
