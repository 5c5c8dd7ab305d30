"""A circuit of two-input gates, as data.

The definition of size that holds everywhere: the number of gates. Constants, inputs and complements are free, and an
output may be an input, its complement or a constant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["AND", "OR", "XOR", "Circuit", "Gate"]

# An operation is an integer whose bit 2 a + b is its value at (a, b).
AND, XOR, OR = 0b1000, 0b0110, 0b1110


class Gate(NamedTuple):
    """`operation` applied to the variables `a` and `b`; bit 2 a + b of the operation is its value at (a, b)."""

    operation: int
    a: int
    b: int


@dataclass(frozen=True)
class Circuit:
    """n inputs, two-input gates in topological order, outputs.

    Variable 0 is the constant 0, variables 1 ... n the inputs x_0 ... x_{n-1}, and n + 1 + i is gate i. An output is a
    literal, 2 * variable + (1 if complemented), as in AIGER.

    Parameters
    ----------
    n_inputs : int
    gates : sequence of (operation, a, b)
        Each reads variables before its own.
    outputs : sequence of int
        Literals.

    Raises
    ------
    ValueError
        Naming the gate or output, the value and the rule that it breaks.

    Examples
    --------
    Sum and carry of two bits, and the complement of the sum, which is free:

    >>> half_adder = Circuit(2, [(XOR, 1, 2), (AND, 1, 2)], [6, 8, 7])
    >>> half_adder.size, half_adder.depth, half_adder.table()
    (2, 1, array([4, 1, 1, 6], dtype=uint64))
    """

    n_inputs: int
    gates: tuple[Gate, ...]
    outputs: tuple[int, ...]

    def __init__(self, n_inputs: int, gates: Sequence[tuple[int, int, int]], outputs: Sequence[int]) -> None:
        object.__setattr__(self, "n_inputs", int(n_inputs))
        object.__setattr__(self, "gates", tuple(Gate(*map(int, gate)) for gate in gates))
        object.__setattr__(self, "outputs", tuple(map(int, outputs)))
        if self.n_inputs < 0:
            raise ValueError(f"n_inputs = {n_inputs}: must not be negative")
        for i, (operation, a, b) in enumerate(self.gates):
            if not 0 <= operation <= 15:
                raise ValueError(f"gates[{i}] has operation {operation}: must lie in 0 ... 15")
            for variable in (a, b):
                if not 0 <= variable <= self.n_inputs + i:
                    raise ValueError(
                        f"gates[{i}] reads variable {variable}: one before the gate lies in 0 ... {self.n_inputs + i}"
                    )
        most = 2 * (self.n_inputs + len(self.gates)) + 1
        for i, literal in enumerate(self.outputs):
            if not 0 <= literal <= most:
                raise ValueError(f"outputs[{i}] = {literal}: a literal of this circuit lies in 0 ... {most}")

    @property
    def n_outputs(self) -> int:
        return len(self.outputs)

    @property
    def size(self) -> int:
        """The number of gates."""
        return len(self.gates)

    @property
    def depth(self) -> int:
        """Gates on the longest way from an input to an output."""
        levels = [0] * (1 + self.n_inputs)
        for _, a, b in self.gates:
            levels.append(1 + max(levels[a], levels[b]))
        return max((levels[literal // 2] for literal in self.outputs), default=0)

    def signals(self) -> list[int]:
        """Each variable's value on all inputs: an integer whose bit x is the value on input x."""
        n = self.n_inputs
        ones = (1 << (1 << n)) - 1
        # 2^(2^i) + 1 divides 2^(2^n) - 1, and the quotient repeats the block of 2^i ones that lie where bit i is 0.
        values = [0, *((ones // ((1 << (1 << i)) + 1)) << (1 << i) for i in range(n))]
        for operation, a, b in self.gates:
            x, y = values[a], values[b]
            value = 0
            for case, minterm in enumerate((~x & ~y, ~x & y, x & ~y, x & y)):
                if operation >> case & 1:
                    value |= minterm
            values.append(value & ones)
        return values

    def table(self) -> NDArray[np.uint64]:
        """uint64, shape (2^n_inputs,): entry x has output i as its bit i. At most 64 outputs."""
        if self.n_outputs > 64:
            raise ValueError(f"{self.n_outputs} outputs: a table of 64-bit integers holds 64")
        values, points = self.signals(), 1 << self.n_inputs
        table = np.zeros(points, dtype=np.uint64)
        for i, literal in enumerate(self.outputs):
            packed = np.frombuffer(values[literal // 2].to_bytes(max(1, points // 8), "little"), dtype=np.uint8)
            bits = np.unpackbits(packed, bitorder="little")[:points] ^ (literal & 1)
            table |= bits.astype(np.uint64) << np.uint64(i)
        return table
