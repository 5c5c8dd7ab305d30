"""Population dynamics: member updates a second on one core, beside the same step in vectorised NumPy.

    python benchmarks/bench_population.py [--states 5] [--arity 2] [--members 100000] [--steps 10] [--repeat 5]

NumPy works on all members at a time and has its own generator (PCG64); symmetrising included, on both sides. The two
take turns, and the ratio is that of their best times.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from retrodict.population_dynamics import leaves, run


def with_numpy(eta: np.ndarray, arity: int, lam: float, rng: np.random.Generator) -> np.ndarray:
    n, q = eta.shape
    rows = np.arange(n)
    product = np.ones((n, q))
    for _ in range(arity):
        child = eta[rng.integers(n, size=n)]
        colour = np.where(rng.random(n) < lam + (1 - lam) / q, 0, rng.integers(1, q, size=n))
        child[:, 0], child[rows, colour] = child[rows, colour], child[:, 0].copy()
        product *= lam * child + (1 - lam) / q
    product /= product.sum(axis=1, keepdims=True)
    truth = np.minimum((product.cumsum(axis=1) <= rng.random(n)[:, None]).sum(axis=1), q - 1)
    product[:, 0], product[rows, truth] = product[rows, truth], product[:, 0].copy()
    product[:, 1:] = rng.permuted(product[:, 1:], axis=1)
    return product


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--states", type=int, nargs="+", default=[2, 5, 10, 64])
    parser.add_argument("--arity", type=int, default=2)
    parser.add_argument("--members", type=int, default=100_000)
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--repeat", type=int, default=5)
    a = parser.parse_args()
    for q in a.states:
        ours = {dtype: float("inf") for dtype in ("float32", "float64")}
        peer = float("inf")
        rng = np.random.default_rng(0)
        for _ in range(a.repeat):
            for dtype in ours:
                start = leaves(q, a.members, seed=0, dtype=dtype)
                started = time.perf_counter()
                run(start, a.arity, 0.7, a.steps, threads=1)
                ours[dtype] = min(ours[dtype], (time.perf_counter() - started) / a.steps)
            eta = leaves(q, a.members, seed=0, dtype="float64").members
            started = time.perf_counter()
            with_numpy(eta, a.arity, 0.7, rng)
            peer = min(peer, time.perf_counter() - started)
        rates = ", ".join(f"{dtype} {a.members / t / 1e6:.1f}" for dtype, t in ours.items())
        print(
            f"q={q}, arity {a.arity}, {a.members} members, one core: {rates} M updates/s; NumPy "
            f"{a.members / peer / 1e6:.2f}; ratio {peer / ours['float64']:.1f} in float64"
        )


if __name__ == "__main__":
    main()
