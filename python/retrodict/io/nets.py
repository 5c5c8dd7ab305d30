"""From named nets to a circuit and back: what the formats of circuits share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from retrodict.netlist import Builder, Circuit

__all__ = ["Driver", "Names", "Nets", "named", "net_names"]

# Of the inputs and of the outputs.
Names = tuple[Sequence[str], Sequence[str]]


class Driver(NamedTuple):
    """What drives a net: `make` builds it on the literals of the nets `reads`."""

    line: int
    reads: tuple[str, ...]
    make: Callable[[Builder, Sequence[int]], int]


class Nets:
    """The nets of a file, each driven once, in any order. Every complaint has the file and the line."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._inputs: dict[str, int] = {}  # with their lines, as in the two below
        self._outputs: list[tuple[str, int]] = []
        self._drivers: dict[str, Driver] = {}

    def input(self, line: int, name: str) -> None:
        self._driven_once(line, name)
        self._inputs[name] = line

    def output(self, line: int, name: str) -> None:
        self._outputs.append((name, line))

    def drive(self, name: str, driver: Driver) -> None:
        self._driven_once(driver.line, name)
        self._drivers[name] = driver

    def _driven_once(self, line: int, name: str) -> None:
        if name in self._inputs:
            raise ValueError(
                f"{self.path}: line {line}: input {name} is driven twice, first on line {self._inputs[name]}"
            )
        if name in self._drivers:
            first = self._drivers[name].line
            raise ValueError(f"{self.path}: line {line}: {name} is driven twice, first on line {first}")

    def circuit(self) -> Circuit:
        """Gates in the order of the file, except that a net comes after those that it reads."""
        build = Builder(len(self._inputs))
        literals = dict(zip(self._inputs, build.inputs, strict=True))
        for name in self._order():
            _, reads, make = self._drivers[name]
            literals[name] = make(build, [literals[net] for net in reads])
        return build.circuit([literals[name] for name, _ in self._outputs])

    def _order(self) -> list[str]:
        """Depth-first, without recursion: `visited` is the way to the present net, each with what is left to read."""
        for output, line in self._outputs:
            if output not in self._inputs and output not in self._drivers:
                raise ValueError(f"{self.path}: line {line}: nothing drives {output}, an output")
        finished: dict[str, None] = {}
        for root in self._drivers:
            visited = {} if root in finished else {root: iter(self._drivers[root].reads)}
            while visited:
                name, left = next(reversed(visited.items()))
                net = next((net for net in left if net not in finished and net not in self._inputs), None)
                if net is None:
                    finished[name] = None
                    del visited[name]
                elif net not in self._drivers:
                    line = self._drivers[name].line
                    raise ValueError(f"{self.path}: line {line}: nothing drives {net}, which {name} needs")
                elif net in visited:
                    cycle = list(visited)[list(visited).index(net) :]
                    shown = [*cycle[:8], *(["..."] if len(cycle) > 8 else []), net]
                    line = self._drivers[net].line
                    raise ValueError(f"{self.path}: line {line}: a cycle: {' needs '.join(shown)}")
                else:
                    visited[net] = iter(self._drivers[net].reads)
        return list(finished)


def named(circuit: Circuit, names: Names | None) -> tuple[Circuit, list[str], list[str]]:
    """The circuit without gates that are constant or ignore an argument, and its `net_names`."""
    build = Builder(circuit.n_inputs)
    reduced = build.circuit(build.copy(circuit, build.inputs))
    return reduced, *net_names(reduced, names)


def net_names(circuit: Circuit, names: Names | None) -> tuple[list[str], list[str]]:
    """Of variables 1, 2, ... (inputs, then gates), and of the outputs.

    By default x0, x1, ... and y0, y1, ...; gates are g0, g1, ..., with more letters g where a given name begins so.
    """
    inputs = [f"x{i}" for i in range(circuit.n_inputs)] if names is None else list(names[0])
    outputs = [f"y{i}" for i in range(circuit.n_outputs)] if names is None else list(names[1])
    for what, given, count in (("inputs", inputs, circuit.n_inputs), ("outputs", outputs, circuit.n_outputs)):
        if len(given) != count:
            raise ValueError(f"names: {len(given)} of {what}: the circuit has {count}")
    given = [*inputs, *outputs]
    seen: set[str] = set()
    for name in given:
        if not (name.isascii() and name.isprintable() and name) or set(name) & set(" #=(),\\") or name[0] == ".":
            raise ValueError(
                f"names: {name!r}: must be printable ASCII without blanks and #=(),\\ nor begin with a dot"
            )
        if name in seen:
            raise ValueError(f"names: {name!r} comes twice: a net has one driver")
        seen.add(name)
    stem = "g"
    while any(name.startswith(stem) for name in given):
        stem += "g"
    return [*inputs, *(f"{stem}{i}" for i in range(circuit.size))], outputs
