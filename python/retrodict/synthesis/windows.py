"""Smaller circuits from larger ones: a few gates at a time are replaced by fewer, found by SAT.

A window is a connected set of gates. What it must still compute is what others read of it; what it may read are all
signals that do not depend on it, at most MOST_LEAVES of them. Inputs of the map on which these agree are one row of the
formula, so that what the rest of the circuit never lets happen is free. A window may also be replaced by another one of
its size, after which others become possible.

Nothing is claimed of what is found but that it computes the same functions.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import numpy as np

from retrodict.synthesis.encoding import encode
from retrodict.synthesis.network import Network
from retrodict.synthesis.solver import Solver

__all__ = ["improve"]

MOST_LEAVES = 7
MOST_ROWS = 32
CONFLICTS = 1000  # for one window
SIZES = (3, 4, 5, 4, 5, 6)


def improve(network: Network, basis: str, *, least: int, windows: int, seed: int, stop: Callable[[], bool]) -> Network:
    """A network of the same functions, at most as large, after so many windows, at `least` gates or on `stop()`."""
    random = Random(seed)
    for turn in range(windows):
        if network.size <= least or stop():
            break
        window = _connected(network, SIZES[turn % len(SIZES)], random)
        network = _replaced(network, window, basis, random, fewer=int(turn % 3 < 2))
    return network


def _connected(network: Network, size: int, random: Random) -> set[int]:
    """A connected set of at most so many gates, as signals."""
    readers = network.readers()
    window = {random.randrange(network.n, len(network.tables))}
    border: set[int] = set()
    while len(window) < size:
        for v in window:
            border |= readers[v] | {u for u in network.gates[v - network.n][1:] if u >= network.n}
        border -= window
        if not border:
            break
        window.add(random.choice(sorted(border)))
    return window


def _replaced(network: Network, window: set[int], basis: str, random: Random, *, fewer: int) -> Network:
    """The network with the window's gates replaced by others, `fewer` less; the same if none were found."""
    n, readers, above = network.n, network.readers(), network.above(window)
    required = [v for v in sorted(window) if v in network.places or readers[v] - window]
    r = len(window) - fewer
    read = {v for gate in window for v in network.gates[gate - n][1:]} - window
    if r < len(required) or not read.isdisjoint(above):
        return network
    others = sorted(set(range(len(network.tables))) - window - above - read)
    leaves, rows = sorted(read), _rows(network, sorted(read))
    for v in random.sample(others, min(len(others), max(0, MOST_LEAVES - len(read)))):
        more = _rows(network, [*leaves, v])
        if len(more) <= MOST_ROWS:
            leaves, rows = [*leaves, v], more
    if len(rows) > MOST_ROWS:
        return network

    def seen(v: int) -> int:
        return sum((network.tables[v] >> t & 1) << row for row, t in enumerate(rows))

    formula = encode([seen(v) for v in leaves], [seen(v) for v in required], len(rows), r, basis=basis)
    with Solver(formula.clauses) as solver:
        if not solver.run(CONFLICTS):
            return network
        gates, places = formula.gates(solver.model())
    # Below the window, the window, above it; signals are renamed on the way.
    renamed = {v: v for v in range(n)}
    made = []

    def make(operation: int, a: int, b: int) -> int:
        made.append((operation, a, b))
        return n + len(made) - 1

    for v in range(n, len(network.tables)):
        if v not in window and v not in above:
            operation, a, b = network.gates[v - n]
            renamed[v] = make(operation, renamed[a], renamed[b])
    signals = [renamed[v] for v in leaves]
    for operation, a, b in gates:
        signals.append(make(operation, signals[a], signals[b]))
    renamed |= {v: signals[place] for v, place in zip(required, places, strict=True)}
    for v in sorted(above):
        operation, a, b = network.gates[v - n]
        renamed[v] = make(operation, renamed[a], renamed[b])
    return Network(network.tables[:n], made, network.targets)


def _rows(network: Network, leaves: list[int]) -> list[int]:
    """An input of the map, the first, for each combination of the leaves' values; input 0 comes first."""
    size = 1 << network.n
    words = (network.tables[v].to_bytes(max(1, size // 8), "little") for v in leaves)
    columns = (np.unpackbits(np.frombuffer(word, np.uint8), bitorder="little")[:size] for word in words)
    combined = sum(column.astype(np.int64) << i for i, column in enumerate(columns))
    return sorted(np.unique(combined, return_index=True)[1].tolist())
