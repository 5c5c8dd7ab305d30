"""Linear maps over the field of two elements: the least number of XOR gates, by search over straight-line programs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from retrodict import _core
from retrodict.bounds import Bounds
from retrodict.netlist import XOR, Circuit

__all__ = ["xor_cost", "xor_cost_table"]


def xor_cost_table(n_inputs: int) -> NDArray[np.uint8]:
    """The least number of XOR gates of every linear map of `n_inputs` inputs, whatever its outputs.

    The cost depends on the set of the rows that are neither 0 nor units, since those, repetitions and the order are
    free. Such vectors are numbered in increasing order of their values: 3, 5, 6, 7, 9, ... Exact: all sets of vectors
    that a program can make are found; the proof is in cpp/circuits/linear.cpp.

    Parameters
    ----------
    n_inputs : int
        At most 5, which takes 64 MiB.

    Returns
    -------
    uint8, shape (2**(2**n_inputs - n_inputs - 1),)
        Entry s is the cost of the set of the vectors whose numbers are bits of s.

    Raises
    ------
    ValueError
        More than five inputs.

    Examples
    --------
    Of the sets of 3 = x0 + x1, 5 = x0 + x2, 6 = x1 + x2 and 7 = x0 + x1 + x2, in binary from the right:

    >>> xor_cost_table(3)[[0b0001, 0b0111, 0b1000, 0b1111]].tolist()
    [1, 3, 2, 4]
    """
    return _core.circuits_xor_cost_table(n_inputs)


def xor_cost(matrix: ArrayLike, *, max_visits: int = 10**7) -> Bounds:
    """The least number of XOR gates of the linear map y_i = sum of matrix[i, j] x_j modulo 2.

    Gates of two inputs whose results are shared freely; a row that is 0, a unit or a repetition costs nothing. Of XOR
    gates only: whether other gates could help is another question, which this does not answer. The search tries for
    e = 0, 1, 2, ... whether the rows together with e other sums can be made one from two; the proof that it misses none
    is in cpp/circuits/linear.cpp. The first upper bound is greedy (Paar, ISIT 1997, recalled).

    Parameters
    ----------
    matrix : integers or bool, shape (m, n)
        Zeros and ones; at most 16 inputs and 64 outputs.
    max_visits : int
        The search stops after so many sets of other sums and keeps the bounds that it has; about 10**6 a second.

    Returns
    -------
    Bounds
        `witness` is a `Circuit` of XOR gates with the rows as outputs. Exact unless `note` says that the search
        stopped.

    Raises
    ------
    ValueError
        A shape that is no matrix, an entry that is not 0 or 1, too many inputs or outputs.
    TypeError
        Entries that are no integers.

    Examples
    --------
    Two outputs share a sum, and a third repeats an input:

    >>> cost = xor_cost([[1, 1, 1, 0], [1, 1, 0, 1], [0, 0, 1, 0]])
    >>> cost.exact, cost.upper, cost.witness.outputs
    (True, 3, (12, 14, 6))
    """
    entries = np.asarray(matrix)
    if entries.size and not (np.issubdtype(entries.dtype, np.integer) or entries.dtype == np.bool_):
        raise TypeError(f"matrix has dtype {entries.dtype}: it must hold integers")
    lower, program, visits, complete = _core.circuits_xor_cost(
        np.ascontiguousarray(entries, dtype=np.int64), max_visits
    )
    rows = [sum(int(entry) << j for j, entry in enumerate(row)) for row in entries.tolist()]
    witness = _circuit(entries.shape[1], rows, program)
    note = "" if complete else f"the search was stopped after {visits} sets"
    return Bounds(lower, witness.size, witness, _reason(lower, rows), note)


def _reason(lower: int, rows: Sequence[int]) -> str | None:
    if lower == 0:
        return None
    targets = sum(row.bit_count() > 1 for row in set(rows))
    if lower == targets:
        return "different rows that are neither 0 nor units take a gate each"
    return (
        f"the {targets} rows that take a gate and any {lower - 1 - targets} other sums are never made one from two: "
        "exhausted, as proved in cpp/circuits/linear.cpp"
    )


def _circuit(n_inputs: int, rows: Sequence[int], program: Sequence[tuple[int, int]]) -> Circuit:
    made = [1 << j for j in range(n_inputs)]
    for i, j in program:
        made.append(made[i] ^ made[j])
    variable = {0: 0} | {vector: made.index(vector) + 1 for vector in made}
    return Circuit(n_inputs, [(XOR, 1 + i, 1 + j) for i, j in program], [2 * variable[row] for row in rows])
