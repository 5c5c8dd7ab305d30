"""A smallest two-input circuit of one or several outputs, by exhaustive search without a table."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from retrodict import _core
from retrodict.bounds import Bounds
from retrodict.circuits.arguments import integers
from retrodict.netlist import Circuit

__all__ = ["minimum_circuit"]

MAX_GATES = 58


def minimum_circuit(
    tables: ArrayLike,
    *,
    basis: str = "B2",
    max_gates: int = MAX_GATES,
    timeout: float | None = None,
    threads: int | None = None,
) -> Bounds:
    """The least number of two-input gates of a function, or of the outputs of a map together, with a circuit.

    Constants, inputs and complements cost nothing and results are shared. Exact when it ends: an exhaustive search
    for 0, 1, 2, ... gates, whose completeness is proved in cpp/circuits/search.cpp. Each gate beyond the number of
    different outputs takes some thirty times as long: with 4 inputs 6 such gates are a tenth of a second, 7 seconds,
    8 a minute; with more inputs it is more.

    Parameters
    ----------
    tables : integers or bool, shape (2**n,) or (outputs, 2**n)
        Zeros and ones: entry x of a row is the output on input x. At most 6 inputs that an output depends on, and 32
        different outputs that are no inputs.
    basis : "B2" or "U2"
        All 16 operations, or all but exclusive or and its complement.
    max_gates : int
        The search ends there, at most 58.
    timeout : float, optional
        Seconds after which it ends. What is proved by then depends on the machine.
    threads : int, optional
        None: as many as the process may use. A search that is not timed out gives the same circuit with any number.

    Returns
    -------
    Bounds
        `witness` is the `Circuit`. A search that ends early has no upper bound, its lower bound is the number of gates
        that it was trying, and `note` says why it ended.

    Raises
    ------
    ValueError
        An entry that is not 0 or 1 or another bad argument, with its place and value.

    Examples
    --------
    >>> full_adder = [[x.bit_count() & 1 for x in range(8)], [x.bit_count() >> 1 for x in range(8)]]
    >>> found = minimum_circuit(full_adder)
    >>> found.lower, found.upper, found.witness.table().tolist()
    (5, 5, [0, 1, 1, 2, 1, 2, 2, 3])
    >>> early = minimum_circuit(full_adder, max_gates=3)
    >>> str(early), early.proof, early.note
    ('4..', 'exhaustive search: no circuit of 3 gates', 'no more than 3 gates were tried')
    """
    if basis not in ("B2", "U2"):
        raise ValueError(f"basis = {basis!r}: the search knows 'B2' and 'U2'")
    values = np.asarray(tables)
    if values.ndim not in (1, 2):
        raise ValueError(f"tables has shape {values.shape}: it is one truth table or a row for each output")
    outputs, points = np.atleast_2d(values).shape
    rows = integers("tables", values.reshape(-1)).reshape(outputs, points)
    lower, interrupted, found = _core.circuits_minimum_circuit(rows, basis == "B2", max_gates, timeout, threads)
    proof = f"exhaustive search: no circuit of {lower - 1} gates" if lower else None
    if found is not None:
        return Bounds(lower, lower, Circuit(points.bit_length() - 1, *found), proof)
    note = (
        f"interrupted after {timeout} s: {lower} gates were being tried"
        if interrupted
        else f"no more than {max_gates} gates were tried"
    )
    return Bounds(lower, None, proof=proof, note=note)
