"""A circuit of two-input gates, as data, and how to build one.

The definition of size that holds everywhere: the number of gates. Constants, inputs and complements are free, and an
output may be an input, its complement or a constant.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import index
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["AND", "MAX_TABLE_INPUTS", "OR", "XOR", "Builder", "Circuit", "Gate"]

# An operation is an integer whose bit 2 a + b is its value at (a, b).
AND, XOR, OR = 0b1000, 0b0110, 0b1110

MAX_TABLE_INPUTS = 24  # 2^24 entries of 64 bits are 128 MiB


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
    TypeError
        What is no integer.

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

    def __init__(self, n_inputs: int, gates: Iterable[Sequence[int]], outputs: Iterable[int]) -> None:
        object.__setattr__(self, "n_inputs", _integer("n_inputs", n_inputs))
        object.__setattr__(self, "gates", tuple(_gate(i, gate) for i, gate in enumerate(gates)))
        object.__setattr__(self, "outputs", tuple(_integer(f"outputs[{i}]", o) for i, o in enumerate(outputs)))
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
        first = self.n_inputs + 1
        levels: list[int] = []
        for _, a, b in self.gates:
            levels.append(1 + max(levels[v - first] if v >= first else 0 for v in (a, b)))
        return max((levels[o // 2 - first] for o in self.outputs if o // 2 >= first), default=0)

    def signals(self, *, only_outputs: bool = False) -> list[int]:
        """Each variable's value on all inputs: an integer whose bit x is the value on input x.

        With `only_outputs`, those that no output reads are forgotten (0) as soon as no gate needs them.

        Raises
        ------
        ValueError
            For more than 24 inputs.
        """
        n = self.n_inputs
        if n > MAX_TABLE_INPUTS:
            raise ValueError(f"{n} inputs: a truth table has 2^n entries, and goes to {MAX_TABLE_INPUTS} inputs")
        ones = (1 << (1 << n)) - 1
        # 2^(2^i) + 1 divides 2^(2^n) - 1, and the quotient repeats the block of 2^i ones that lie where bit i is 0.
        values = [0, *((ones // ((1 << (1 << i)) + 1)) << (1 << i) for i in range(n))]
        last = {v: i for i, (_, a, b) in enumerate(self.gates) for v in (a, b)} if only_outputs else {}
        for literal in self.outputs:
            last.pop(literal // 2, None)
        for i, (operation, a, b) in enumerate(self.gates):
            x, y = values[a], values[b]
            value = 0
            for case, minterm in enumerate((~x & ~y, ~x & y, x & ~y, x & y)):
                if operation >> case & 1:
                    value |= minterm
            values.append(value & ones)
            for v in (a, b):
                if last.get(v) == i:
                    values[v] = 0
        return values

    def table(self) -> NDArray[np.uint64]:
        """uint64, shape (2^n_inputs,): entry x has output i as its bit i. At most 24 inputs and 64 outputs."""
        if self.n_outputs > 64:
            raise ValueError(f"{self.n_outputs} outputs: a table of 64-bit integers holds 64")
        values, points = self.signals(only_outputs=True), 1 << self.n_inputs
        table = np.zeros(points, dtype=np.uint64)
        for i, literal in enumerate(self.outputs):
            packed = np.frombuffer(values[literal // 2].to_bytes(max(1, points // 8), "little"), dtype=np.uint8)
            bits = np.unpackbits(packed, bitorder="little")[:points] ^ (literal & 1)
            table |= bits.astype(np.uint64) << np.uint64(i)
        return table


class Builder:
    """A circuit gate by gate, on literals (2 * variable + complement). What needs no gate gets none.

    A complement goes into the gate that reads it; a gate that is constant or depends on one variable is a literal. So
    each gate of what is built has one of the ten operations that depend on both arguments, and two different ones.

    Examples
    --------
    The majority of three, in four gates:

    >>> build = Builder(3)
    >>> x, y, z = build.inputs
    >>> differ = build.gate(XOR, x, y)
    >>> build.circuit([build.gate(XOR, x, build.gate(AND, differ, build.gate(XOR, x, z)))]).size
    4
    >>> build.gate(AND, x, 1) == x, build.gate(XOR, x, x ^ 1)
    (True, 1)
    """

    def __init__(self, n_inputs: int) -> None:
        self.n_inputs = _integer("n_inputs", n_inputs)
        self._gates: list[Gate] = []

    @property
    def inputs(self) -> range:
        """The literals of the inputs."""
        return range(2, 2 * self.n_inputs + 2, 2)

    def gate(self, operation: int, a: int, b: int) -> int:
        """The literal of `operation` applied to the literals a and b."""
        # Values at (a, b) = 00, 01, 10, 11 of the variables.
        f00, f01, f10, f11 = (operation >> (case ^ (2 * (a & 1) | b & 1)) & 1 for case in range(4))
        x, y = a // 2, b // 2
        if y == 0:
            return _unary(x, f00, f10)
        if x == 0:
            return _unary(y, f00, f01)
        if x == y:
            return _unary(x, f00, f11)
        if (f00, f10) == (f01, f11):
            return _unary(x, f00, f10)
        if (f00, f01) == (f10, f11):
            return _unary(y, f00, f01)
        self._gates.append(Gate(f00 | f01 << 1 | f10 << 2 | f11 << 3, x, y))
        return 2 * (self.n_inputs + len(self._gates))

    def tree(self, operation: int, literals: Iterable[int]) -> int:
        """An associative operation, AND, OR or XOR, over any number of literals, as a balanced tree; none: its unit."""
        waiting: list[tuple[int, int]] = []  # (height, literal), heights falling
        for new in literals:
            height, literal = 0, new
            while waiting and waiting[-1][0] == height:
                height, literal = height + 1, self.gate(operation, waiting.pop()[1], literal)
            waiting.append((height, literal))
        if not waiting:
            return int(operation == AND)
        _, literal = waiting.pop()
        while waiting:
            literal = self.gate(operation, waiting.pop()[1], literal)
        return literal

    def function(self, table: int, literals: Sequence[int]) -> int:
        """Any function of the literals; bit x of `table` is its value where literal i is bit i of x.

        One gate for two literals; for more, Shannon's expansion by the last, unless that adds or is idle: no minimum.
        """
        if len(literals) <= 2:
            low, high = (*literals, 0, 0)[:2]
            exchanged = table & 0b1001 | (table & 0b0010) << 1 | (table & 0b0100) >> 1  # in an operation b is bit 0
            return self.gate(exchanged, low, high)
        *others, last = literals
        half = 1 << len(others)
        ones = (1 << half) - 1
        at_0, at_1 = table & ones, table >> half & ones
        if at_0 == at_1:
            return self.function(at_0, others)
        if at_0 ^ at_1 == ones:
            return self.gate(XOR, last, self.function(at_0, others))
        low, high = self.function(at_0, others), self.function(at_1, others)
        return self.gate(OR, self.gate(AND, last ^ 1, low), self.gate(AND, last, high))

    def copy(self, circuit: Circuit, inputs: Sequence[int]) -> list[int]:
        """The literals of the outputs of a copy of `circuit` that reads these literals."""
        literals = [0, *inputs]
        for operation, a, b in circuit.gates:
            literals.append(self.gate(operation, literals[a], literals[b]))
        return [literals[output // 2] ^ output & 1 for output in circuit.outputs]

    def circuit(self, outputs: Iterable[int]) -> Circuit:
        """What was built so far, with these literals as outputs."""
        return Circuit(self.n_inputs, self._gates, outputs)


def _unary(variable: int, at_0: int, at_1: int) -> int:
    if variable == 0 or at_0 == at_1:
        return at_0
    return 2 * variable + at_0


def _integer(name: str, value: Any) -> int:
    try:
        return index(value)
    except TypeError:
        raise TypeError(f"{name} = {value!r}: must be an integer") from None


def _gate(i: int, gate: Sequence[int]) -> Gate:
    if len(gate) != 3:
        raise ValueError(f"gates[{i}] = {tuple(gate)}: a gate is (operation, a, b)")
    return Gate(*(_integer(f"gates[{i}]", word) for word in gate))
