"""Smallest circuits of single functions, searched one by one on one core, beside peers in the same run.

    taskset -c 0 python benchmarks/bench_synthesis.py [--repeat 3] [--hard 12] [--peers abc pysat] [--json]

All classes of functions of four inputs under permuting and complementing, nothing shared between functions; the peer
is ABC's `exact`. Then the hard ones, which need 7 gates: that 6 are too few and 7 enough is also decided by ABC's
`twoexact`, and by CaDiCaL through python-sat with the encoding of a chain by selections of arguments (Knuth, TAOCP 4A,
7.1.2, exercise 477, after Kojevnikov, Kulikov and Yaroslavtsev, 2009) with its usual clauses against symmetry. Debian's
berkeley-abc and PyPI's python-sat; a peer that is not installed is left out. Rounds alternate; a time is the median of
CPU seconds, children included.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import shutil
import subprocess
from collections.abc import Callable
from itertools import combinations, count, product
from statistics import median
from typing import Any

from bench_circuits import representatives

from retrodict import circuits


def cpu_seconds() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def medians(repeat: int, bodies: dict[str, Callable[[], Any]]) -> dict[str, tuple[float, Any]]:
    """Of each body the median CPU time, and what it last returned."""
    taken: dict[str, list[float]] = {name: [] for name in bodies}
    answers = {}
    for _ in range(repeat):
        for name, body in bodies.items():
            started = cpu_seconds()
            answers[name] = body()
            taken[name].append(cpu_seconds() - started)
    return {name: (median(times), answers[name]) for name, times in taken.items()}


def ours(f: int) -> int:
    bounds = circuits.minimum_circuit([f >> x & 1 for x in range(16)], threads=1)
    assert bounds.exact
    return bounds.lower


def abc(script: str) -> str:
    return subprocess.run(["berkeley-abc", "-c", script], capture_output=True, text=True, check=True).stdout


def abc_exact(functions: list[int]) -> list[int]:
    return [
        int(gates)
        for gates in re.findall(r"nd =\s*(\d+)", abc("; ".join(f"exact {f:04x}; print_stats" for f in functions)))
    ]


def abc_twoexact(f: int, gates: int) -> bool:
    answer = abc(f"twoexact -I 4 -N {gates} {f:04x}")
    if "has no solution" not in answer and "Realization of given" not in answer:
        raise SystemExit(f"berkeley-abc twoexact does not answer: {answer}")
    return "Realization of given" in answer


def sat_chain(f: int, gates: int) -> bool:
    """Whether a chain of that many gates ends in f, which vanishes at 0."""
    from pysat.solvers import Cadical153

    numbers = count(1)
    steps = range(4, 4 + gates)
    value = {(i, x): next(numbers) for i in steps for x in range(1, 16)}
    operation = {(i, case): next(numbers) for i in steps for case in (1, 2, 3)}  # case 2 a + b; case 0 gives 0
    reads = {(i, pair): next(numbers) for i in steps for pair in combinations(range(i), 2)}
    clauses = [[value[steps[-1], x] * (1 if f >> x & 1 else -1)] for x in range(1, 16)]
    for i in steps:
        one, two, both = (operation[i, case] for case in (1, 2, 3))
        clauses += [[one, two, both], [one, -two, -both], [-one, two, -both]]  # not constant, not an argument
        clauses.append([reads[i, pair] for pair in combinations(range(i), 2)])
        if i < steps[-1]:
            clauses.append([reads[j, pair] for j in steps if j > i for pair in combinations(range(j), 2) if i in pair])
    for (i, pair), selected in reads.items():
        for x, result, *bits in product(range(1, 16), (0, 1), (0, 1), (0, 1)):
            if any(v < 4 and x >> v & 1 != bit for v, bit in zip(pair, bits, strict=True)):
                continue
            clause = [-selected, value[i, x] * (-1 if result else 1)]
            clause += [value[v, x] * (-1 if bit else 1) for v, bit in zip(pair, bits, strict=True) if v >= 4]
            case = 2 * bits[0] + bits[1]
            if case:
                clause.append(operation[i, case] * (1 if result else -1))
            elif not result:
                continue
            clauses.append(clause)
        for j in range(i + 1, 4 + gates):  # a gate does not read what its argument reads: it could read that instead
            clauses += [[-selected, -reads[j, (v, i)]] for v in pair]
        if i < steps[-1]:  # in colexicographic order, unless the next one reads this one
            for other in combinations(range(i + 1), 2):
                if i not in other and other[::-1] < pair[::-1]:
                    clauses.append([-selected, -reads[i + 1, other]])
    with Cadical153(bootstrap_with=clauses) as solver:
        return bool(solver.solve())


def seven(decide: Callable[[int, int], bool], f: int) -> int:
    if decide(f, 6) or not decide(f, 7):
        raise SystemExit(f"{f:04x}: the peer does not find that it takes 7 gates")
    return 7


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=3, help="rounds over all classes; the hard ones take one")
    parser.add_argument("--hard", type=int, default=12, help="how many of the 12 classes of 7 gates")
    parser.add_argument("--peers", nargs="*", default=["abc", "pysat"], choices=["abc", "pysat"])
    parser.add_argument("--json", action="store_true")
    a = parser.parse_args()
    cost = circuits.cost_table(4)
    classes = [f for f in representatives() if cost[f] > 0]
    hard = [f for f in classes if cost[f] == 7][: a.hard]
    with_abc = "abc" in a.peers and shutil.which("berkeley-abc") is not None
    rows: list[dict[str, Any]] = []

    bodies: dict[str, Callable[[], list[int]]] = {"retrodict": lambda: [ours(f) for f in classes]}
    if with_abc:
        bodies["ABC exact"] = lambda: abc_exact(classes)
    found = medians(a.repeat, bodies)
    if any(gates != cost[classes].tolist() for _, gates in found.values()):
        raise SystemExit("the costs differ from the table")
    rows.append({"work": f"{len(classes)} classes of four inputs", **{name: t for name, (t, _) in found.items()}})

    peers: dict[str, Callable[[int, int], bool]] = {}
    if with_abc:
        peers["ABC twoexact"] = abc_twoexact
    if "pysat" in a.peers:
        try:
            import pysat  # noqa: F401

            peers["python-sat CaDiCaL 1.5.3"] = sat_chain
        except ImportError:
            pass
    times: dict[str, list[float]] = {}
    for f in hard:
        each: dict[str, Callable[[], int]] = {"retrodict": lambda f=f: ours(f)}  # type: ignore[misc]
        each |= {name: lambda f=f, decide=decide: seven(decide, f) for name, decide in peers.items()}  # type: ignore[misc]
        for name, (t, gates) in medians(1, each).items():
            assert gates == 7
            times.setdefault(name, []).append(t)
    rows.append({"work": f"median of {len(hard)} classes of 7 gates", **{name: median(t) for name, t in times.items()}})

    for row in rows:
        row["ratios"] = {name: t / row["retrodict"] for name, t in row.items() if name not in ("work", "retrodict")}
    if a.json:
        print(json.dumps(rows))
        return
    for row in rows:
        line = f"{row['work']}: {row['retrodict'] * 1e3:.1f} ms"
        for name, ratio in row["ratios"].items():
            line += f"; {name} {row[name]:.3g} s, ratio {ratio:.0f}"
        print(line)


if __name__ == "__main__":
    main()
