"""Log-evidence on a binary tree with 1024 leaves and a channel for each edge: samples a second, beside other programs.

    python benchmarks/bench_bp.py --peer-python PEERS/bin/python [--states 2 4] [--cores 0] [--peers libpll numba ...]

The peers are those of SHARED/peers/bench_tree_bp.py (SHARED/peers/README.md tells how to install them in an environment
of their own); the tree, the model and the leaves are those of SHARED/peers/common.py, and the sums of the log-evidence
must agree. A peer's process runs between two runs of ours, so that both see the same machine; a peer that does not
start is reported and left out. `--cores 0 1` pins to two cores and gives both to every program that takes threads.
Times are of the whole call for us, checking of the input included; of the likelihood alone, with the leaves already in
the program's own form, for the peers.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from types import ModuleType

import numpy as np

from retrodict import _core, bp
from retrodict.graphs import Tree

PEERS = ["libpll", "beagle", "beagle-single", "numba", "jax"]
TOLERANCE = {"beagle-single": 1e-6}  # of the sums of log-evidence, relative; 1e-12 in double precision


@dataclass
class Row:
    program: str
    q: int
    cores: int
    min_ms: float
    median_ms: float
    max_ms: float
    runs: int
    million_samples_per_s: float
    sum_log_evidence: float
    ratio: float  # its median to ours


def load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("peers_common", path)
    assert spec is not None and spec.loader is not None, path
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def problem(common: ModuleType, depth: int, q: int, n: int) -> tuple[Tree, np.ndarray, np.ndarray, np.ndarray]:
    """The peers' work in our form: their root is the last node and their leaf data has a row a leaf."""
    n_leaves, children = common.complete_tree(depth)
    channels, prior = common.tree_model(n_leaves, children, q)
    states = common.sample_leaves(n_leaves, children, channels, prior, n)
    order = [2 * n_leaves - 2]  # their numbers, parents first
    for v in order:
        order += [int(c) for c in children[v - n_leaves]] if v >= n_leaves else []
    number = np.argsort(order)
    parent = np.full(len(order), -1)
    for k, pair in enumerate(children):
        parent[number[pair]] = number[n_leaves + k]
    tree = Tree(parent)
    leaves = np.ascontiguousarray(states[[order[v] for v in tree.leaves]].T)
    return tree, np.ascontiguousarray(channels[order]), leaves, prior


def ours(work: tuple[Tree, np.ndarray, np.ndarray, np.ndarray], threads: int, repeat: int) -> tuple[list[float], float]:
    tree, channels, leaves, prior = work
    seconds = []
    for _ in range(repeat):
        started = time.perf_counter()
        evidence = bp.log_evidence(tree, channels, leaves, prior, threads=threads)
        seconds.append(time.perf_counter() - started)
    return seconds, float(evidence.sum())


def peer(python: Path, script: Path, name: str, a: argparse.Namespace, q: int, mode: str = "logz") -> dict:
    threads = str(len(a.cores))
    limits = {f"{x}_NUM_THREADS": threads for x in ("OMP", "OPENBLAS", "NUMBA")}
    command = [python, script.name, name, "--tree", f"complete{a.depth}", "--q", q, "--S", a.samples]
    command += ["--threads", threads, "--repeats", a.repeat, "--mode", mode]
    done = subprocess.run(
        [str(x) for x in command],
        cwd=script.parent,
        env={**os.environ, **limits, "JAX_PLATFORMS": "cpu"},
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        raise RuntimeError((done.stderr.strip().splitlines() or ["no message"])[-1])
    return json.loads(done.stdout.splitlines()[-1])


def row(program: str, q: int, a: argparse.Namespace, seconds: list[float], total: float, base: float) -> Row:
    median = statistics.median(seconds)
    ms = [1e3 * x for x in (min(seconds), median, max(seconds))]
    return Row(program, q, len(a.cores), *ms, len(seconds), a.samples / median / 1e6, total, median / base)


def compare(a: argparse.Namespace, q: int) -> list[Row]:
    script = a.shared / "peers" / "bench_tree_bp.py"
    work = problem(load(a.shared / "peers" / "common.py"), a.depth, q, a.samples)
    mine, total = ours(work, len(a.cores), 1)
    mine.clear()
    theirs: dict[str, list[float]] = {}
    sums: dict[str, float] = {}
    for _ in range(a.rounds):
        mine += ours(work, len(a.cores), a.repeat)[0]
        for name in a.peers if a.peer_python else []:
            try:
                result = peer(a.peer_python, script, name, a, q)
            except (RuntimeError, OSError, json.JSONDecodeError) as problem_of_peer:
                print(f"{name}, q={q}: not run: {problem_of_peer}", file=sys.stderr)
                continue
            # bench_tree_bp.py tells the least, the median and the greatest of its repeats
            theirs.setdefault(name, []).extend([result["min_s"], result["median_s"], result["max_s"]])
            sums[name] = result["answer"][0]
            if not abs(sums[name] / total - 1) <= TOLERANCE.get(name, 1e-12):
                raise SystemExit(f"{name}, q={q}: sum of log-evidence {sums[name]!r}, ours {total!r}")
            mine += ours(work, len(a.cores), a.repeat)[0]
    base = statistics.median(mine)
    rows = [row("retrodict", q, a, mine, total, base)]
    return rows + [row(name, q, a, seconds, sums[name], base) for name, seconds in theirs.items()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--shared", type=Path, default=Path("../shared"), help="folder with peers/ (default: ../shared)"
    )
    parser.add_argument(
        "--peer-python", type=Path, help="interpreter of the peers' environment; without it, ours alone"
    )
    parser.add_argument("--peers", nargs="*", default=PEERS)
    parser.add_argument("--states", type=int, nargs="+", default=[2, 4])
    parser.add_argument("--samples", type=int, default=100_000)
    parser.add_argument("--depth", type=int, default=10)
    parser.add_argument("--repeat", type=int, default=5, help="calls of each program in a round")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--cores", type=int, nargs="+", default=[0], help="processors to pin to, a thread for each")
    parser.add_argument("--json", type=Path, help="also write the rows here")
    a = parser.parse_args()
    if not (a.shared / "peers").is_dir():
        raise SystemExit(f"no {a.shared / 'peers'}: the model and the leaves come from there; give --shared")
    a.shared = a.shared.resolve()
    os.sched_setaffinity(0, set(a.cores))
    rows = [r for q in a.states for r in compare(a, q)]
    print(f"{2**a.depth} leaves x {a.samples} samples, {len(a.cores)} core(s), {_core.simd_level()}")
    print(f"{'program':16}{'q':>3}{'min ms':>9}{'median':>9}{'max':>9}{'M samples/s':>13}{'ratio':>8}")
    for r in rows:
        times = f"{r.min_ms:9.1f}{r.median_ms:9.1f}{r.max_ms:9.1f}"
        print(f"{r.program:16}{r.q:3}{times}{r.million_samples_per_s:13.2f}{r.ratio:8.2f}")
    if a.json:
        a.json.write_text(json.dumps({"simd": _core.simd_level(), "rows": [asdict(r) for r in rows]}, indent=1))


if __name__ == "__main__":
    main()
