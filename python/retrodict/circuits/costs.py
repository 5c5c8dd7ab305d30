"""Gates of the smallest circuit of a function.

A truth table has 2**n entries; entry x is f(x), and input i is bit i of x. As an integer, its bit x is f(x).
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from operator import index
from typing import SupportsIndex, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from retrodict import _core
from retrodict.bounds import Bounds
from retrodict.circuits import five_inputs
from retrodict.circuits.arguments import integers
from retrodict.circuits.classes import canonical_form, class_costs

__all__ = ["cost_table", "gate_bounds", "gate_cost"]

_GATES = {"and": 1, "andnot": 2, "or": 4, "xor": 8, "not": 16}
MORE = 255  # in a table: more than was asked for
_BASES = {"B2": ("and", "andnot", "or", "xor"), "U2": ("and", "andnot", "or"), "AON": ("and", "or", "not")}


def cost_table(n_inputs: int, basis: str | Collection[str] = "B2", max_cost: int | None = None) -> NDArray[np.uint8]:
    """The least number of gates of every function of `n_inputs` inputs.

    Circuits share results freely; constants and inputs cost nothing, and negations neither unless "not" is in the
    basis. Exact: an exhaustive search whose completeness is proved in cpp/circuits/enumeration.cpp (of four inputs over
    U2 in class_costs.cpp, over LT in threshold_gates.cpp). For four inputs the numbers of functions of cost 0..7 over
    B2 are those of Knuth, The Art of Computer Programming 4A, section 7.1.2.

    Parameters
    ----------
    n_inputs : int
        At most 4. Without a `max_cost`, four inputs take "LT", "U2" (a quarter of a minute), or a basis with "xor", two
        others and without "not".
    basis : str or collection of str
        "B2": all 16 operations. "U2": all but exclusive or and its complement, as in and-inverter graphs. Or some of
        the gates "and", "andnot" (x & ~y and ~x & y), "or", "xor", which then join functions that vanish at 0 (a
        function that does not is the complement of one that does, and costs the same). With "not", negations are gates
        that cost one, and the others join any functions; "AON" is "and", "or", "not".
        "LT": a gate is any threshold function of any number of inputs and earlier gates (linear threshold, or
        perceptron), by the search of cpp/circuits/threshold_gates.cpp.
    max_cost : int, optional
        Stop there: an entry 255 says that the function costs more than `max_cost`.

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
    >>> np.bincount(cost_table(4, "LT")).tolist()
    [10, 1872, 50284, 13370]
    >>> int(cost_table(2, "U2")[0b0110]), int(cost_table(2, "AON")[0b0110]), int(cost_table(2, "AON", 3)[0b0110])
    (3, 4, 255)
    """
    if isinstance(basis, str):
        if basis == "LT":
            costs = _core.circuits_threshold_cost_table(n_inputs)
            return costs if max_cost is None else np.where(costs > max_cost, np.uint8(MORE), costs)
        if basis not in _BASES:
            raise ValueError(f"basis = {basis!r}: it is one of {', '.join(_BASES)}, LT or a collection of gates")
        basis = _BASES[basis]
    for gate in basis:
        if gate not in _GATES:
            raise ValueError(f"basis has {gate!r}: a gate is one of {', '.join(_GATES)}")
    if n_inputs == 4 and set(basis) == set(_BASES["U2"]):
        return _without_xor(max_cost)
    return _core.circuits_cost_table(n_inputs, sum(_GATES[gate] for gate in set(basis)), max_cost)


def _without_xor(max_cost: int | None) -> NDArray[np.uint8]:
    """The table of four inputs over U2 by classes, which goes to the end: ten gates."""
    found = class_costs(4, MORE if max_cost is None else max_cost, basis="U2")
    forms = canonical_form(np.arange(1 << 16), 4)
    place = np.minimum(np.searchsorted(found.representatives, forms), len(found.costs) - 1)
    return np.where(found.representatives[place] == forms, found.costs[place], np.uint8(MORE))


@cache
def _costs(n_inputs: int) -> NDArray[np.uint8]:
    return cost_table(n_inputs)


def gate_cost(table: ArrayLike, n_inputs: int | None = None) -> int:
    """The least number of two-input gates (basis B2) of one function of at most five inputs, by look-up.

    Of four inputs see `cost_table`. Of five, thirteen functions in fourteen have their exact cost in the table that
    comes with the package, among them all of at most nine gates: see `gate_bounds`.

    Parameters
    ----------
    table : integers, shape (2**n,), or int
        The truth table; with `n_inputs`, the truth table as an integer.

    Raises
    ------
    ValueError
        More than five inputs, or no truth table: the message names the entry. A function of five inputs for which only
        bounds are known.

    Examples
    --------
    >>> gate_cost([0, 0, 0, 1]), gate_cost(0b0110_1001, 3), gate_cost(0x96696996, 5)
    (1, 2, 4)
    """
    n_inputs, number = _function(table, n_inputs)
    if n_inputs < five_inputs.N:
        return int(_costs(n_inputs)[number])
    lower, upper = five_inputs.load().bounds(number)
    if lower < upper:
        raise ValueError(f"table costs {lower} to {upper} gates, and which is not known: gate_bounds gives both")
    return upper


def gate_bounds(table: ArrayLike, n_inputs: int | None = None) -> Bounds:
    """The least number of two-input gates (basis B2) of one function of at most five inputs, with a circuit.

    Of five inputs the lower bound is the cost if that is at most 9, and else 10, by exhaustion (the proof is in
    cpp/circuits/class_costs.cpp). The upper bound is a circuit: from a table of all 616,126 classes of functions that
    comes with the package and was written by `python -m retrodict.circuits.five_inputs`. Where they differ, it is 11
    or, for 37 classes, 12.

    Parameters
    ----------
    table, n_inputs
        As for `gate_cost`.

    Returns
    -------
    Bounds
        `witness` is the `Circuit`.

    Raises
    ------
    ValueError
        More than five inputs, or no truth table: the message names the entry.

    Examples
    --------
    >>> majority = [int(x.bit_count() > 2) for x in range(32)]
    >>> best = gate_bounds(majority)
    >>> str(best), best.witness.size, best.witness.table().tolist() == majority
    ('9', 9, True)
    """
    n_inputs, number = _function(table, n_inputs)
    data = five_inputs.load()
    for ignored in range(n_inputs, five_inputs.N):
        number |= number << (1 << ignored)
    lower, upper = data.bounds(number)
    circuit = data.circuit(number, n_inputs)
    return Bounds(lower, upper, circuit, f"exhaustive search of all circuits of fewer than {lower} gates")


def _function(table: ArrayLike, n_inputs: int | None) -> tuple[int, int]:
    """The number of inputs and the truth table as an integer."""
    if n_inputs is None:
        return _core.circuits_table_index(integers("table", table))
    number = index(cast(SupportsIndex, table))
    if not 0 <= n_inputs <= five_inputs.N:
        raise ValueError(f"n_inputs = {n_inputs}: exact gate costs go to {five_inputs.N} inputs")
    if not 0 <= number < 1 << (1 << n_inputs):
        raise ValueError(f"table = {number}: a function of {n_inputs} inputs is one of 0..{(1 << (1 << n_inputs)) - 1}")
    return n_inputs, number
