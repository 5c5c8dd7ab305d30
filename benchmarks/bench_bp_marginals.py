"""Posterior laws of all internal nodes on a binary tree with 1024 leaves and a channel for each edge, beside peers.

    python benchmarks/bench_bp_marginals.py --peer-python PEERS/bin/python [--states 2 4 20] [--cores 0] [--cores 0 1]

Work and peers are those of bench_bp.py; the sums of the log-evidence and of all P(state 0) must agree. A peer's process
runs between two runs of ours, so that both see the same machine. Times are of the whole call for us, checking of the
input included, into an array that is there; numba normalises, into an array of its own that is there too; libpll
leaves D L as it is, one vector a node, so that it has less to do. Each --cores makes a table of its own.

Limits are measured in the same run: what it takes to fill the array that is written (C's memset), and what one
product of two matrices takes (NumPy's BLAS), for the q^2 multiplications and additions of an edge up and down. Memory
is what the process had at most in a call more than before it, with input and output there.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import statistics
import sys
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from bench_bp import load, peer, problem
from numpy.typing import NDArray

from retrodict import _core, bp

SAMPLES = {2: 10_000, 4: 10_000, 20: 2_000}


@dataclass
class Row:
    program: str
    q: int
    cores: int
    min_ms: float
    median_ms: float
    max_ms: float
    runs: int
    ratio: float  # its median to ours


@dataclass
class Limits:
    q: int
    fill_ms: float
    multiply_ms: float
    extra_mib: float


def status(key: str) -> int:
    """KiB, from the kernel."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(key + ":"))


def least(body: object, repeat: int = 5) -> float:
    assert callable(body)
    seconds = []
    for _ in range(repeat):
        started = time.perf_counter()
        body()
        seconds.append(time.perf_counter() - started)
    return min(seconds)


def fill(out: NDArray[np.float64], threads: int) -> None:
    """C's memset, which writes past the caches; ctypes lets threads run side by side."""
    parts = np.array_split(out.reshape(-1), threads)
    workers = [threading.Thread(target=ctypes.memset, args=(x.ctypes.data, 0, x.nbytes)) for x in parts]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def seconds_a_flop(threads: int) -> float:
    n = 2048
    a = np.random.default_rng(0).random((n, n))
    return least(lambda: a @ a) / (2 * n**3)


def compare(a: argparse.Namespace, q: int) -> tuple[list[Row], Limits]:
    a.samples = a.samples_of.get(q, 2_000)
    threads = len(a.cores)
    script = a.shared / "peers" / "bench_tree_bp.py"
    tree, channels, leaves, prior = problem(load(a.shared / "peers" / "common.py"), a.tree, q, a.samples, uniform=False)
    out = np.ones((a.samples, tree.n_nodes - tree.n_leaves, q))
    answers: list[tuple[float, float]] = []

    def ours(repeat: int) -> list[float]:
        seconds = []
        for _ in range(repeat):
            started = time.perf_counter()
            got = bp.marginals(tree, channels, leaves, prior, out=out, threads=threads)
            seconds.append(time.perf_counter() - started)
        answers.append((float(got.log_evidence.sum()), float(out[..., 0].sum())))
        return seconds

    Path("/proc/self/clear_refs").write_text("5")  # the peak starts anew
    before = status("VmRSS")
    ours(1)
    extra = (status("VmHWM") - before) / 1024
    mine: list[float] = []
    theirs: dict[str, list[float]] = {}
    for _ in range(a.rounds):
        mine += ours(a.repeat)
        for name in a.peers if a.peer_python else []:
            try:
                result = peer(a.peer_python, script, name, a, q, "marg")
            except (RuntimeError, OSError, json.JSONDecodeError) as problem_of_peer:
                print(f"{name}, q={q}: not run: {problem_of_peer}", file=sys.stderr)
                continue
            theirs.setdefault(name, []).extend([result["min_s"], result["median_s"], result["max_s"]])
            if not np.allclose(result["answer"], answers[-1], rtol=1e-11, atol=0):
                raise SystemExit(f"{name}, q={q}: sums {result['answer']}, ours {answers[-1]}")
            mine += ours(a.repeat)
    base = statistics.median(mine)
    rows = []
    for name, seconds in [("retrodict", mine), *theirs.items()]:
        median = statistics.median(seconds)
        ms = [1e3 * x for x in (min(seconds), median, max(seconds))]
        rows.append(Row(name, q, threads, *ms, len(seconds), median / base))
    inner = tree.n_nodes - tree.n_leaves - 1
    flops = a.samples * inner * 2 * 2 * q * q
    return rows, Limits(q, 1e3 * least(lambda: fill(out, threads)), 1e3 * flops * seconds_a_flop(threads), extra)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--shared", type=Path, default=Path("../shared"), help="folder with peers/ (default: ../shared)"
    )
    parser.add_argument(
        "--peer-python", type=Path, help="interpreter of the peers' environment; without it, ours alone"
    )
    parser.add_argument("--peers", nargs="*", default=["numba", "libpll"])
    parser.add_argument("--states", type=int, nargs="+", default=[2, 4, 20])
    parser.add_argument("--samples", type=int, help=f"default: {SAMPLES}, else 2000")
    parser.add_argument("--depth", type=int, default=10)
    parser.add_argument("--repeat", type=int, default=5, help="calls of each program in a round")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--cores", type=int, nargs="+", action="append", help="processors to pin to, a thread for each")
    parser.add_argument("--json", type=Path, help="also write the rows here")
    a = parser.parse_args()
    if not (a.shared / "peers").is_dir():
        raise SystemExit(f"no {a.shared / 'peers'}: the model and the leaves come from there; give --shared")
    a.shared = a.shared.resolve()
    a.tree, a.leaves = f"complete{a.depth}", "model"
    a.samples_of = SAMPLES if a.samples is None else dict.fromkeys(a.states, a.samples)
    found = []
    for cores in a.cores or [[0]]:
        a.cores = cores
        os.sched_setaffinity(0, set(cores))
        print(f"{2**a.depth} leaves, {len(cores)} core(s), {_core.simd_level()}")
        print(f"{'program':12}{'q':>3}{'samples':>9}{'min ms':>9}{'median':>9}{'max':>9}{'ratio':>8}", flush=True)
        for q in a.states:
            rows, limits = compare(a, q)
            for r in rows:
                times = f"{r.min_ms:9.1f}{r.median_ms:9.1f}{r.max_ms:9.1f}"
                print(f"{r.program:12}{r.q:3}{a.samples:9}{times}{r.ratio:8.2f}")
            share = f"fill {limits.fill_ms:.1f} ms, multiply {limits.multiply_ms:.1f} ms"
            of = max(limits.fill_ms, limits.multiply_ms) / rows[0].min_ms
            print(f"{'':12}{q:3} {share}: {100 * of:.0f} % of the limit; {limits.extra_mib:.1f} MiB more", flush=True)
            found.append({"rows": [asdict(r) for r in rows], "limits": asdict(limits)})
    if a.json:
        a.json.write_text(json.dumps({"simd": _core.simd_level(), "found": found}, indent=1))


if __name__ == "__main__":
    main()
