"""What every reader of a Boolean map gives."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from retrodict.netlist import Circuit

__all__ = ["TruthTable", "read_text", "tabulate"]


class TruthTable(NamedTuple):
    """`table[x]`, shape (2^n_inputs,), is the image of x: bit i of an integer is input or output i."""

    n_inputs: int
    n_outputs: int
    table: NDArray[np.uint64]


def read_text(path: Path) -> str:
    """The text of a file that must hold something, in ASCII."""
    try:
        text = path.read_text(encoding="ascii")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: byte {error.start} is not ASCII: the file must be text") from error
    if not text.strip():
        raise ValueError(f"{path}: the file is empty")
    return text


def tabulate(path: Path, circuit: Circuit, max_inputs: int) -> TruthTable:
    """The table of the circuit that was read from `path`."""
    n, m = circuit.n_inputs, circuit.n_outputs
    if not 1 <= n <= max_inputs:
        raise ValueError(f"{path}: {n} inputs: the exact measures enumerate all inputs and take 1 ... {max_inputs}")
    if not 1 <= m <= 64:
        raise ValueError(f"{path}: {m or 'no'} outputs: a table of 64-bit integers holds 1 ... 64")
    return TruthTable(n, m, circuit.table())
