"""Log-evidence on a binary tree with a channel for each edge: samples a second, beside other programs.

    python benchmarks/bench_bp.py --peer-python PEERS/bin/python [--tree complete10] [--states 2 4] [--cores 0] [...]
    python benchmarks/bench_bp.py --peer-python PEERS/bin/python --tree rand1000 --samples 10000 --states 4 20

The peers are those of SHARED/peers/bench_tree_bp.py (SHARED/peers/README.md tells how to install them in an environment
of their own); the tree, the model and the leaves are those of SHARED/peers/common.py, and the sums of the log-evidence
must agree. A peer's process runs between two runs of ours, so that both see the same machine; a peer that does not
start is reported and left out. `--cores 0 1` pins to two cores and gives both to every program that takes threads;
ours is then also timed on the first of them alone, in turn. `--leaves uniform` draws the leaves of all programs
uniformly, where few patterns recur.
Times are of the whole call for us, checking of the input included; of the likelihood alone, with the leaves already in
the program's own form, for the peers. Beside ours stands the larger of two limits that limits.py measures in the same
run, and its share of our time: reading the leaves once, and the products of every node, of which tables save us some.
Memory is what the process comes to need above what it held before the call, which holds the input.
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
from typing import Literal

import numpy as np
from limits import bytes_read, operations

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
    limit_ms: float | None = None
    bound_by: str | None = None  # what the limit is of
    extra_mb: float | None = None  # memory
    worst_error: float | None = None  # of log-evidence, in single precision


def load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("peers_common", path)
    assert spec is not None and spec.loader is not None, path
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


UNIFORM = "lambda n, ch, P, pi, S: np.random.default_rng(3).integers(len(pi), size=(n, S), dtype=np.uint8)"


def problem(
    common: ModuleType, kind: str, q: int, n: int, uniform: bool
) -> tuple[Tree, np.ndarray, np.ndarray, np.ndarray]:
    """The peers' work in our form: their root is the last node and their leaf data has a row a leaf."""
    shape = common.complete_tree if kind.startswith("complete") else common.random_tree
    n_leaves, children = shape(int(kind.removeprefix("complete").removeprefix("rand")))
    channels, prior = common.tree_model(n_leaves, children, q)
    draw = eval(UNIFORM) if uniform else common.sample_leaves
    states = draw(n_leaves, children, channels, prior, n)
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


Work = tuple[Tree, np.ndarray, np.ndarray, np.ndarray]
Precision = Literal["double", "single"]


def ours(work: Work, precision: Precision, threads: int, repeat: int) -> tuple[list[float], float]:
    tree, channels, leaves, prior = work
    seconds = []
    for _ in range(repeat):
        started = time.perf_counter()
        evidence = bp.log_evidence(tree, channels, leaves, prior, precision=precision, threads=threads)
        seconds.append(time.perf_counter() - started)
    return seconds, float(evidence.sum())


def peer(python: Path, script: Path, name: str, a: argparse.Namespace, q: int, mode: str = "logz") -> dict:
    threads = str(len(a.cores))
    limits = {f"{x}_NUM_THREADS": threads for x in ("OMP", "OPENBLAS", "NUMBA")}
    start = "import runpy, sys, numpy as np; sys.path.insert(0, '.'); import common; "
    start += f"sys.argv[0] = {script.name!r}; "
    if a.leaves == "uniform":
        start += f"common.sample_leaves = {UNIFORM}; "
    command = [python, "-c", start + f"runpy.run_path({script.name!r}, run_name='__main__')"]
    command += [name, "--tree", a.tree, "--q", q, "--S", a.samples, "--threads", threads, "--repeats", a.repeat]
    command += ["--mode", mode]
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


def extra_memory(work: Work, precision: Precision, threads: int) -> float:
    """The peak of resident memory during a call above what is held before it, in MB."""

    def held(what: str) -> int:
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(what)) * 1024

    Path("/proc/self/clear_refs").write_text("5")  # the peak starts anew
    before = held("VmRSS")
    ours(work, precision, threads, 1)
    return (held("VmHWM") - before) / 1e6


def limit(work: Work, precision: Precision, threads: int) -> tuple[float, str]:
    """The larger one, in ms: the leaves read once, or 2 q^2 operations for each sample and edge below an inner node."""
    tree, channels, leaves, _ = work
    inner = tree.n_nodes - tree.n_leaves
    q, n = channels.shape[1], len(leaves)
    count = n * (2 * q * q * (inner - 1) + q * (tree.n_leaves - 1))
    rate = operations(threads, single=precision == "single")
    return max((1e3 * leaves.nbytes / bytes_read(threads), "read"), (1e3 * count / rate, "multiply-add"))


def worst_error(work: Work) -> float:
    """Of single precision: the largest difference of a sample's log-evidence from double precision."""
    tree, channels, leaves, prior = work
    single, double = (bp.log_evidence(tree, channels, leaves, prior, precision=p) for p in ("single", "double"))
    return float(np.abs(single - double).max())


def row(program: str, q: int, a: argparse.Namespace, seconds: list[float], total: float, base: float) -> Row:
    median = statistics.median(seconds)
    ms = [1e3 * x for x in (min(seconds), median, max(seconds))]
    return Row(program, q, len(a.cores), *ms, len(seconds), a.samples / median / 1e6, total, median / base)


def compare(a: argparse.Namespace, q: int) -> list[Row]:
    script = a.shared / "peers" / "bench_tree_bp.py"
    work = problem(load(a.shared / "peers" / "common.py"), a.tree, q, a.samples, a.leaves == "uniform")
    mine, total = ours(work, a.precision, len(a.cores), 1)
    extra = extra_memory(work, a.precision, len(a.cores))
    alone: list[float] = []
    mine.clear()
    theirs: dict[str, list[float]] = {}
    sums: dict[str, float] = {}
    for _ in range(a.rounds):
        for _ in range(a.repeat):
            mine += ours(work, a.precision, len(a.cores), 1)[0]
            alone += ours(work, a.precision, 1, 1)[0] if len(a.cores) > 1 else []
        for name in a.peers if a.peer_python else []:
            try:
                result = peer(a.peer_python, script, name, a, q)
            except (RuntimeError, OSError, json.JSONDecodeError) as problem_of_peer:
                print(f"{name}, q={q}: not run: {problem_of_peer}", file=sys.stderr)
                continue
            # bench_tree_bp.py tells the least, the median and the greatest of its repeats
            theirs.setdefault(name, []).extend([result["min_s"], result["median_s"], result["max_s"]])
            sums[name] = result["answer"][0]
            tolerance = TOLERANCE.get(name, 1e-12) if a.precision == "double" else 1e-6
            if not abs(sums[name] / total - 1) <= tolerance:
                raise SystemExit(f"{name}, q={q}: sum of log-evidence {sums[name]!r}, ours {total!r}")
            mine += ours(work, a.precision, len(a.cores), a.repeat)[0]
    base = statistics.median(mine)
    rows = [row("retrodict", q, a, mine, total, base)]
    rows[0].limit_ms, rows[0].bound_by = limit(work, a.precision, len(a.cores))
    rows[0].extra_mb = extra
    if a.precision == "single":
        rows[0].worst_error = worst_error(work)
    if alone:
        rows.append(row("retrodict, 1 core", q, a, alone, total, base))
        rows[-1].cores = 1
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
    parser.add_argument("--precision", choices=["double", "single"], default="double", help="of ours")
    parser.add_argument("--samples", type=int, default=100_000)
    parser.add_argument("--tree", default="complete10", help="complete<depth> or rand<leaves>, as the peers name them")
    parser.add_argument("--leaves", choices=["model", "uniform"], default="model")
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
    what = f"{a.tree} x {a.samples} samples, {a.leaves} leaves, {a.precision}"
    print(f"{what}, {len(a.cores)} core(s), {_core.simd_level()}")
    print(f"{'program':18}{'q':>3}{'min ms':>9}{'median':>9}{'max':>9}{'M samples/s':>13}{'ratio':>8}")
    for r in rows:
        times = f"{r.min_ms:9.1f}{r.median_ms:9.1f}{r.max_ms:9.1f}"
        print(f"{r.program:18}{r.q:3}{times}{r.million_samples_per_s:13.2f}{r.ratio:8.2f}")
        if r.limit_ms is not None:
            share = f"{r.limit_ms:.1f} ms, {r.limit_ms / r.median_ms:.0%} of the median"
            print(f"    limit by {r.bound_by}: {share}; {r.extra_mb:.0f} MB above the input")
        if r.worst_error is not None:
            print(f"    log-evidence differs from double precision by at most {r.worst_error:.1e}")
    if a.json:
        a.json.write_text(json.dumps({"simd": _core.simd_level(), "rows": [asdict(r) for r in rows]}, indent=1))


if __name__ == "__main__":
    main()
