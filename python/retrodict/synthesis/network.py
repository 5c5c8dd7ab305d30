"""Circuits as they are searched: normal gates (0 where both arguments are 0), no two of one function."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from retrodict.netlist import Circuit

__all__ = ["Network"]

NormalGate = tuple[int, int, int]


class Network:
    """Gates (operation, a, b) over signals: the n inputs, then the gates; each needed, and of a function of its own.

    Parameters
    ----------
    inputs : sequence of int
        Truth tables of the inputs.
    gates : iterable of (operation, a, b)
        In topological order; what no target needs, and what is equal to a signal before, is left out.
    targets : sequence of int
        Truth tables of normal functions, each computed by an input or a gate.

    Examples
    --------
    >>> twice = Network([0b1010, 0b1100], [(8, 0, 1), (6, 0, 1), (8, 1, 0)], [0b1000])
    >>> twice.gates, twice.places
    ([(8, 0, 1)], [2])
    """

    def __init__(self, inputs: Sequence[int], gates: Iterable[NormalGate], targets: Sequence[int]) -> None:
        self.n, self.targets = len(inputs), tuple(targets)
        gates = list(gates)
        every = list(inputs)
        for operation, a, b in gates:
            every.append(_apply(operation, every[a], every[b]))
        first: dict[int, int] = {}
        for v, table in enumerate(every):
            first.setdefault(table, v)
        needed: set[int] = set()
        waiting = [first[target] for target in targets]
        while waiting:
            v = waiting.pop()
            if v >= self.n and v not in needed:
                needed.add(v)
                waiting += [first[every[u]] for u in gates[v - self.n][1:]]
        kept = {v: i for i, v in enumerate([*range(self.n), *sorted(needed)])}
        self.tables = [every[v] for v in kept]
        self.gates: list[NormalGate] = []
        for v in sorted(needed):
            operation, a, b = gates[v - self.n]
            self.gates.append((operation, kept[first[every[a]]], kept[first[every[b]]]))
        self.places = [kept[first[target]] for target in targets]

    @classmethod
    def of(cls, circuit: Circuit, targets: Sequence[int]) -> Network:
        """The network of a circuit whose gates depend on both of their arguments, which are not the constant."""
        tables = circuit.signals()
        gates = []
        for operation, a, b in circuit.gates:
            case = 2 * (tables[a] & 1) | tables[b] & 1  # the arguments at input 0, where the normal ones are 0
            at_zero = operation >> case & 1
            values = (operation >> (other ^ case) & 1 ^ at_zero for other in range(4))
            gates.append((sum(value << other for other, value in enumerate(values)), a - 1, b - 1))
        return cls(tables[1 : circuit.n_inputs + 1], gates, targets)

    @property
    def size(self) -> int:
        return len(self.gates)

    def readers(self) -> list[set[int]]:
        """For each signal the gates, as signals, that read it."""
        found: list[set[int]] = [set() for _ in self.tables]
        for i, (_, a, b) in enumerate(self.gates):
            found[a].add(self.n + i)
            found[b].add(self.n + i)
        return found

    def above(self, window: set[int]) -> set[int]:
        """The gates outside of the window that depend on it, as signals."""
        found: set[int] = set()
        for i, (_, a, b) in enumerate(self.gates):
            if self.n + i not in window and not found.union(window).isdisjoint((a, b)):
                found.add(self.n + i)
        return found


def _apply(operation: int, a: int, b: int) -> int:
    return (a & b if operation & 8 else 0) | (a & ~b if operation & 4 else 0) | (b & ~a if operation & 2 else 0)
