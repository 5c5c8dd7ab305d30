"""Least decision diagrams over all orders, beside what the peers' reordering finds, in the same run.

    python benchmarks/bench_obdd.py [--inputs 16 18 20] [--functions hidden-weighted-bit random] [--repeat 3] [--json]

The kernel finds the minimum over all orders, on one core and on two. Peers, each on one core:

    numpy   the same dynamic programme over all sets, in NumPy (to 12 inputs)
    cudd    CUDD by the `dd` package: its sifting, repeated until a pass gains nothing
    oxidd   OxiDD, whose Python package has no sifting but can set an order: the moves are chosen here (to 12 inputs)

CUDD has complement edges, so its counts are of another kind: the peers' orders are read and recounted in the convention
of this package, internal nodes without complement edges. OxiDD's diagrams are of that kind too, so that it recounts the
minimum. Each measurement has a process of its own, for its peak memory (the table and NumPy included). Rounds
alternate; a time is the median, of the minimum or the reordering alone, without building the diagram, and beside it is
the processors' time, which other work on the machine disturbs less. Peers that are not installed are left out.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from retrodict import circuits

Table = np.ndarray
Order = Sequence[int]


def hidden_weighted_bit(n: int) -> Table:
    x = np.arange(2**n)
    weight = np.bitwise_count(x).astype(np.int64)
    return np.where(x > 0, x >> np.maximum(weight - 1, 0) & 1, 0)


def random_function(n: int) -> Table:
    return np.random.default_rng(0).integers(0, 2, 2**n)


FUNCTIONS = {"hidden-weighted-bit": hidden_weighted_bit, "random": random_function}


class Clock:
    """Seconds since it was made: of the wall, of the processors."""

    def __init__(self) -> None:
        self.wall, self.cpu = time.perf_counter(), time.process_time()

    def read(self) -> tuple[float, float]:
        return time.perf_counter() - self.wall, time.process_time() - self.cpu


Found = tuple[tuple[float, float], Order]


def exact(table: Table, threads: int) -> Found:
    clock = Clock()
    best = circuits.obdd_size(table, threads=threads)
    return clock.read(), best.order


def by_numpy(table: Table) -> Found:
    """Friedman and Supowit, with one table for each set of inputs below."""
    clock = Clock()
    n = table.size.bit_length() - 1
    full = 2**n - 1
    tables: dict[int, Table] = {0: table.astype(np.int64)}
    best: dict[int, tuple[int, tuple[int, ...]]] = {0: (0, ())}
    for size in range(1, n + 1):
        layer = {}
        for below in (s for s in range(full + 1) if s.bit_count() == size):
            outside = full & ~below
            inputs = [k for k in range(n) if below >> k & 1]
            halves = [tables[below ^ 1 << k].reshape(-1, 2, 1 << (outside & (1 << k) - 1).bit_count()) for k in inputs]
            low, high = halves[0][:, 0].ravel(), halves[0][:, 1].ravel()
            _, seen, layer[below] = np.unique(low << 32 | high, return_index=True, return_inverse=True)
            nodes = [np.count_nonzero(h[:, 0].ravel()[seen] != h[:, 1].ravel()[seen]) for h in halves]
            lasts = [(best[below ^ 1 << k], m, k) for k, m in zip(inputs, nodes, strict=True)]
            best[below] = min((cost + m, (k, *order)) for (cost, order), m, k in lasts)
        tables = layer
    return clock.read(), best[full][1]


def diagram(table: Table, constants: tuple[Any, Any], ite: Callable[[int, Any, Any], Any]) -> Any:
    """The root of the diagram, made from the table upwards; input n - 1 is the root's."""
    level = [constants[bit] for bit in table]
    for i in range(table.size.bit_length() - 1):
        level = [low if low == high else ite(i, high, low) for low, high in zip(level[::2], level[1::2], strict=True)]
    return level[0]


def by_cudd(table: Table) -> Found:
    from dd import cudd

    n = table.size.bit_length() - 1
    manager = cudd.BDD()
    manager.configure(reordering=False)
    names = [f"x{i}" for i in range(n)]
    manager.declare(*reversed(names))
    inputs = [manager.var(name) for name in names]
    root = diagram(table, (manager.false, manager.true), lambda i, high, low: manager.ite(inputs[i], high, low))
    clock = Clock()
    before = len(root) + 1
    while len(root) < before:
        before = len(root)
        manager.reorder()
    return clock.read(), [int(manager.var_at_level(level)[1:]) for level in range(n)]


class OxiDD:
    """The diagram of a function in OxiDD."""

    def __init__(self, table: Table) -> None:
        from oxidd.bdd import BDDManager

        n = table.size.bit_length() - 1
        self.manager = BDDManager(1 << 24, 1 << 20, 1)
        self.manager.add_vars(n)
        self.manager.set_var_order(list(reversed(range(n))))
        inputs = [self.manager.var(i) for i in range(n)]
        constants = (self.manager.false(), self.manager.true())
        self.root = diagram(table, constants, lambda i, high, low: inputs[i].ite(high, low))

    def nodes(self, order: Order) -> int:
        """Internal nodes: OxiDD counts the two terminals too."""
        self.manager.set_var_order(list(order))
        return int(self.root.node_count()) - 2


def by_oxidd(table: Table) -> Found:
    built = OxiDD(table)
    order = list(range(table.size.bit_length() - 1))
    clock = Clock()
    nodes = built.nodes(order)
    before = nodes + 1
    while nodes < before:
        before = nodes
        for x in range(len(order)):
            others = [i for i in order if i != x]
            places = [[*others[:i], x, *others[i:]] for i in range(len(order))]
            nodes, order = min((built.nodes(moved), moved) for moved in places)
    return clock.read(), order


PEERS: dict[str, Callable[[Table], Found]] = {
    "one core": lambda table: exact(table, 1),
    "two cores": lambda table: exact(table, 2),
    "numpy": by_numpy,
    "cudd": by_cudd,
    "oxidd": by_oxidd,
}
NEEDS = {"cudd": "dd", "oxidd": "oxidd"}
MOST_INPUTS = {"numpy": 12, "oxidd": 12}


def takes_part(peer: str, n: int) -> bool:
    return (peer not in NEEDS or find_spec(NEEDS[peer]) is not None) and n <= MOST_INPUTS.get(peer, n)


def measure(peer: str, function: str, n: int) -> None:
    """In the process of one measurement."""
    if peer != "two cores":
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    table = FUNCTIONS[function](n)
    (wall, cpu), order = PEERS[peer](table)
    peak = re.search(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text())
    memory = int(peak[1]) / 2**10 if peak else float("nan")
    print(json.dumps({"seconds": wall, "cpu_seconds": cpu, "order": list(map(int, order)), "MiB": memory}))


def measured(peer: str, function: str, n: int) -> dict[str, Any]:
    command = [sys.executable, __file__, "--measure", peer, function, str(n)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def row(peer: str, function: str, n: int, rounds: list[dict[str, Any]]) -> dict[str, Any]:
    nodes = circuits.obdd_size_of_order(FUNCTIONS[function](n), rounds[-1]["order"])
    medians = {key: median(r[key] for r in rounds) for key in ("seconds", "cpu_seconds", "MiB")}
    return {"function": function, "inputs": n, "who": peer, "nodes": nodes, **medians}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, nargs="+", default=[12, 16, 18, 20])
    parser.add_argument("--functions", nargs="+", choices=FUNCTIONS, default=list(FUNCTIONS))
    parser.add_argument("--peers", nargs="*", choices=list(PEERS)[2:], default=list(PEERS)[2:])
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--measure", nargs=3, help=argparse.SUPPRESS)
    a = parser.parse_args()
    if a.measure:
        measure(a.measure[0], a.measure[1], int(a.measure[2]))
        return

    rows = []
    for n in a.inputs:
        for function in a.functions:
            who = ["one core", "two cores", *(peer for peer in a.peers if takes_part(peer, n))]
            taken: dict[str, list[dict[str, Any]]] = {peer: [] for peer in who}
            for _ in range(a.repeat):
                for peer in who:
                    taken[peer].append(measured(peer, function, n))
            found = [row(peer, function, n, taken[peer]) for peer in who]
            rows += found
            if any(r["nodes"] < found[0]["nodes"] for r in found):
                raise SystemExit(f"{function}, {n} inputs: a peer finds fewer nodes than the minimum: {found}")
            if "oxidd" in a.peers and find_spec("oxidd"):
                recounted = OxiDD(FUNCTIONS[function](n)).nodes(taken["one core"][-1]["order"])
                if recounted != found[0]["nodes"]:
                    raise SystemExit(f"{function}, {n} inputs: {found[0]['nodes']} nodes, OxiDD counts {recounted}")
            if a.json:
                continue
            rate = 3**n / found[0]["cpu_seconds"] / 1e6
            print(f"{function}, {n} inputs: {found[0]['nodes']} nodes, {rate:.4g} M pairs/s of one core")
            for r in found:
                ratio = f", {r['cpu_seconds'] / found[0]['cpu_seconds']:.3g} of one core" if r is not found[0] else ""
                times = f"{r['seconds']:9.4f} s, processors {r['cpu_seconds']:9.4f} s{ratio}"
                print(f"    {r['who']:9}  {times}; {r['nodes']} nodes, {r['MiB']:.0f} MiB", flush=True)
    if a.json:
        print(json.dumps(rows))


if __name__ == "__main__":
    main()
