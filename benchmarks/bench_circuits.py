"""Exact gate costs and joint costs on one core, beside a peer in the same run.

    python benchmarks/bench_circuits.py [--repeat 3] [--json]

Gate costs: the table of all functions of four inputs; the peer is ABC's `exact`, a SAT search for each of the 222
classes under permuting and complementing (Debian's berkeley-abc; left out where it is not installed). Of five inputs
all classes of at most six gates; the peer is this package's own search of one function, on each of them. Joint costs:
all classes of permutations up to a cost; no other program that lists them is known, so there is no peer. A time is the
median. Decision diagrams are in bench_obdd.py.
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


def searched_gates(f: int) -> int:
    return circuits.minimum_circuit([f >> x & 1 for x in range(32)], threads=1).lower


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
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

    (ours,), (classes,) = seconds(a.repeat, lambda: circuits.class_costs(5, 6))
    (peer,), (gates,) = seconds(1, lambda: [searched_gates(int(f)) for f in classes.representatives])
    if gates != classes.costs.tolist():
        raise SystemExit("the search function by function finds other costs")
    row = {"work": "gate costs, 5 inputs, all classes to 6 gates", "seconds": ours, "rate": len(gates) / ours}
    row |= {"unit": "classes/s", "peer": f"minimum_circuit, {len(gates)} classes", "peer_seconds": peer}
    rows.append(row | {"ratio": peer / ours})

    for n, cost in ((3, 7), (4, 5), (4, 6)):
        (ours,), (found,) = seconds(a.repeat, lambda n=n, cost=cost: circuits.joint_classes(n, cost, threads=1))
        if len(found) != JOINT_CLASSES[n][cost]:
            raise SystemExit(f"joint costs: {len(found)} classes of {n} inputs cost {cost}")
        row = {"work": f"joint costs, permutations of {n} bits up to {cost} gates", "seconds": ours, "peer": None}
        rows.append(row | {"rate": sum(JOINT_CLASSES[n][: cost + 1]) / ours, "unit": "classes/s"})

    if a.json:
        print(json.dumps(rows))
        return
    for row in rows:
        line = f"{row['work']}: {row['seconds'] * 1e3:.2f} ms, {row['rate'] / 1e6:.3g} M {row['unit']}"
        if "peer" in row and row["peer"] is None:
            line += "; no peer"
        elif "peer" in row:
            line += f"; {row['peer']} {row['peer_seconds'] * 1e3:.4g} ms, ratio {row['ratio']:.0f}"
        print(line)


if __name__ == "__main__":
    main()
