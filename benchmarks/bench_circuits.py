"""Exact gate costs, joint costs and exact orders of decision diagrams on one core, beside peers in the same run.

    python benchmarks/bench_circuits.py [--inputs 10 12] [--repeat 3] [--json]

Gate costs: the table of all functions of four inputs; the peer is ABC's `exact`, a SAT search for each of the 222
classes under permuting and complementing (Debian's berkeley-abc; left out where it is not installed). Joint costs: all
classes of permutations up to a cost; no other program that lists them is known, so there is no peer. Orders: the least
decision diagram of the hidden weighted bit and of a random function; the peer is the same dynamic programme in NumPy,
and CUDD's sifting (the `dd` package; left out where it is not installed) shows what a heuristic finds: a size with
complement edges, of which there may be fewer than the least without them. Rounds alternate; a time is the median.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np

from retrodict import circuits

# Of permutations of n bits, by n: the classes of joint cost 0, 1, 2, ...
JOINT_CLASSES = {3: [1, 6, 30, 51, 156, 192, 324, 80], 4: [1, 12, 132, 1162, 8788, 63188, 414017]}


def seconds(repeat: int, *bodies: Callable[[], Any]) -> tuple[list[float], list[Any]]:
    taken: list[list[float]] = [[] for _ in bodies]
    answers: list[Any] = [None] * len(bodies)
    for _ in range(repeat):
        for i, body in enumerate(bodies):
            started = time.perf_counter()
            answers[i] = body()
            taken[i].append(time.perf_counter() - started)
    return [median(times) for times in taken], answers


def representatives() -> list[int]:
    """One function of each class of functions of four inputs; it vanishes at 0, else ABC would count an inverter."""
    tables, x = np.arange(65536), np.arange(16)
    rows = tables[:, None] >> x & 1
    moves = [x & ~(3 << i) | (x >> i & 1) << (i + 1) | (x >> (i + 1) & 1) << i for i in range(3)]
    images = [tables ^ 65535, *(rows[:, move] @ (1 << x) for move in [*moves, *(x ^ 1 << i for i in range(4))])]
    least = tables
    while any(np.any(least[image] < least) for image in images):
        for image in images:
            least = np.minimum(least, least[image])
    return [int(f) ^ 65535 * (int(f) & 1) for f in np.unique(least)]


def abc_gates(functions: list[int]) -> list[int]:
    script = "; ".join(f"exact {f:04x}; print_stats" for f in functions)
    run = subprocess.run(["berkeley-abc", "-c", script], capture_output=True, text=True, check=True)
    return [int(gates) for gates in re.findall(r"nd =\s*(\d+)", run.stdout)]


def numpy_least(table: np.ndarray) -> int:
    """Friedman and Supowit, with one table for each set of inputs below, as the kernel does it."""
    n = table.size.bit_length() - 1
    full = 2**n - 1
    tables: dict[int, np.ndarray] = {0: table.astype(np.int64)}
    cost = {0: 0}
    for size in range(1, n + 1):
        layer = {}
        for below in (s for s in range(full + 1) if s.bit_count() == size):
            outside = full & ~below
            inputs = [k for k in range(n) if below >> k & 1]
            halves = [tables[below ^ 1 << k].reshape(-1, 2, 1 << (outside & (1 << k) - 1).bit_count()) for k in inputs]
            low, high = halves[0][:, 0].ravel(), halves[0][:, 1].ravel()
            _, seen, layer[below] = np.unique(low << 32 | high, return_index=True, return_inverse=True)
            nodes = [np.count_nonzero(h[:, 0].ravel()[seen] != h[:, 1].ravel()[seen]) for h in halves]
            cost[below] = min(cost[below ^ 1 << k] + m for k, m in zip(inputs, nodes, strict=True))
        tables = layer
    return int(cost[full])


def cudd_sifting(table: np.ndarray) -> int:
    from dd import cudd

    n = table.size.bit_length() - 1
    manager = cudd.BDD()
    manager.configure(reordering=False)
    manager.declare(*(f"x{i}" for i in range(n)))
    level = [manager.true if bit else manager.false for bit in table]
    for i in range(n):
        x = manager.var(f"x{i}")
        level = [manager.ite(x, high, low) for low, high in zip(level[::2], level[1::2], strict=True)]
    manager.reorder()
    return len(level[0]) - 1


def hidden_weighted_bit(n: int) -> np.ndarray:
    return np.array([x >> (x.bit_count() - 1) & 1 if x else 0 for x in range(2**n)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, nargs="+", default=[10, 12])
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    a = parser.parse_args()
    rows: list[dict[str, Any]] = []

    (ours,), (table,) = seconds(a.repeat, lambda: circuits.cost_table(4))
    rows.append({"work": "gate costs, 4 inputs", "seconds": ours, "rate": 65536 / ours, "unit": "functions/s"})
    if shutil.which("berkeley-abc"):
        functions = [f for f in representatives() if table[f] > 0]
        (peer,), (gates,) = seconds(1, lambda: abc_gates(functions))
        if gates != table[functions].tolist():
            raise SystemExit("berkeley-abc finds other costs")
        rows[-1] |= {"peer": f"ABC exact, {len(functions)} classes", "peer_seconds": peer, "ratio": peer / ours}

    for n, cost in ((3, 7), (4, 5), (4, 6)):
        (ours,), (found,) = seconds(a.repeat, lambda n=n, cost=cost: circuits.joint_classes(n, cost, threads=1))
        if len(found) != JOINT_CLASSES[n][cost]:
            raise SystemExit(f"joint costs: {len(found)} classes of {n} inputs cost {cost}")
        row = {"work": f"joint costs, permutations of {n} bits up to {cost} gates", "seconds": ours, "peer": None}
        rows.append(row | {"rate": sum(JOINT_CLASSES[n][: cost + 1]) / ours, "unit": "classes/s"})

    for n in a.inputs:
        for name, f in [
            ("hidden weighted bit", hidden_weighted_bit(n)),
            ("random function", np.random.default_rng(0).integers(0, 2, 2**n)),
        ]:
            times, (best, peer_nodes) = seconds(
                a.repeat, lambda f=f: circuits.obdd_size(f, threads=1).nodes, lambda f=f: numpy_least(f)
            )
            if best != peer_nodes:
                raise SystemExit(f"{name}, {n} inputs: {best} nodes, the peer finds {peer_nodes}")
            row = {"work": f"least diagram, {name}, {n} inputs", "seconds": times[0], "nodes": best}
            row |= {"rate": 3**n / times[0], "unit": "pairs/s", "peer": "NumPy", "peer_seconds": times[1]}
            rows.append(row | {"ratio": times[1] / times[0]})
            try:
                (sifting,), (sifted,) = seconds(1, lambda f=f: cudd_sifting(f))
            except ImportError:
                continue
            rows[-1] |= {"sifting_seconds": sifting, "sifting_nodes": sifted}

    if a.json:
        print(json.dumps(rows))
        return
    for row in rows:
        line = f"{row['work']}: {row['seconds'] * 1e3:.2f} ms, {row['rate'] / 1e6:.3g} M {row['unit']}"
        if "nodes" in row:
            line += f", {row['nodes']} nodes"
        if "peer" in row and row["peer"] is None:
            line += "; no peer"
        elif "peer" in row:
            line += f"; {row['peer']} {row['peer_seconds'] * 1e3:.4g} ms, ratio {row['ratio']:.0f}"
        if "sifting_nodes" in row:
            line += f"; CUDD's sifting {row['sifting_nodes']} nodes in {row['sifting_seconds'] * 1e3:.3g} ms"
        print(line)


if __name__ == "__main__":
    main()
