"""What every reader of a Boolean map gives, and the simulation of a circuit on all inputs at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Gate", "TruthTable", "read_text", "simulate"]


class TruthTable(NamedTuple):
    """`table[x]`, shape (2^n_inputs,), is the image of x: bit i of an integer is input or output i."""

    n_inputs: int
    n_outputs: int
    table: NDArray[np.uint64]


class Gate(NamedTuple):
    """A signal's driver. `function` takes the values of `fanins`: integers whose bit x is the value on input x."""

    fanins: tuple[str, ...]
    function: Callable[[Sequence[int]], int]


def read_text(path: Path) -> str:
    """The text of a file that must hold something, in ASCII."""
    try:
        text = path.read_text(encoding="ascii")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: byte {error.start} is not ASCII: the file must be text") from error
    if not text.strip():
        raise ValueError(f"{path}: the file is empty")
    return text


def simulate(
    path: Path, inputs: Sequence[str], outputs: Sequence[str], gates: Mapping[str, Gate], max_inputs: int
) -> TruthTable:
    """The table of a combinational circuit, in which every signal is one integer of 2^n bits.

    Raises
    ------
    ValueError
        For too many inputs, a signal that nothing drives, and a cycle.
    """
    n = len(inputs)
    if not 1 <= n <= max_inputs:
        raise ValueError(f"{path}: {n} inputs: the exact measures enumerate all inputs and take 1 ... {max_inputs}")
    if not outputs:
        raise ValueError(f"{path}: no outputs")
    ones = (1 << (1 << n)) - 1
    # 2^(2^i) + 1 divides 2^(2^n) - 1, and the quotient repeats the block of 2^i ones that lie where bit i is 0.
    values = {name: (ones // ((1 << (1 << i)) + 1)) << (1 << i) for i, name in enumerate(inputs)}
    for name, fanins in [*((name, gate.fanins) for name, gate in gates.items()), ("the outside", outputs)]:
        for fanin in fanins:
            if fanin not in values and fanin not in gates:
                raise ValueError(f"{path}: nothing drives {fanin}, which {name} needs")
    try:
        order = tuple(TopologicalSorter({name: gate.fanins for name, gate in gates.items()}).static_order())
    except CycleError as error:
        raise ValueError(f"{path}: a cycle: {' -> '.join(error.args[1])}") from error
    for name in order:
        if name in gates:
            fanins, function = gates[name]
            values[name] = function([values[fanin] for fanin in fanins]) & ones
    table = np.zeros(1 << n, dtype=np.uint64)
    for i, name in enumerate(outputs):
        packed = np.frombuffer(values[name].to_bytes(max(1, (1 << n) // 8), "little"), dtype=np.uint8)
        table |= np.unpackbits(packed, bitorder="little")[: 1 << n].astype(np.uint64) << np.uint64(i)
    return TruthTable(n, len(outputs), table)
