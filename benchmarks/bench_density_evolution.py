"""Density evolution: milliseconds a level and side, beside NumPy without any rounding on the safe side.

    python benchmarks/bench_density_evolution.py [--bins 1000 4000] [--levels 20] [--repeat 5]

NumPy forms all pairs of atoms at once, and `bincount` gathers them; we form half of the pairs, two outcomes each, so
that a level has bins^2 outcomes. Each needs a division, of which a core with 512-bit vectors does one in 2 cycles or
so, and two updates of sums at a place that the division tells.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time

import numpy as np

from retrodict import _core

ARITY, THETA = 2, 0.8


def with_numpy(levels: int, bins: int) -> float:
    """The degraded side: E|X|."""
    place, mass = np.ones(1), np.ones(1)
    for _ in range(levels):
        x = THETA * place
        product = np.outer(x, x)
        both = np.outer(mass, mass) / 2
        agree = (x[:, None] + x) / (1 + product)
        differ = abs(x[:, None] - x) / (1 - product)
        places = np.concatenate([agree.ravel(), differ.ravel()])
        masses = np.concatenate([(both * (1 + product)).ravel(), (both * (1 - product)).ravel()])
        k = np.minimum(bins - 1, (bins * np.sqrt(places / places.max())).astype(np.int64))
        total = np.bincount(k, masses, bins)
        moment = np.bincount(k, masses * places, bins)
        kept = total > 0
        place, mass = moment[kept] / total[kept], total[kept]
    return float(place @ mass)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bins", type=int, nargs="+", default=[1000, 4000])
    parser.add_argument("--levels", type=int, default=20)
    parser.add_argument("--repeat", type=int, default=5)
    a = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0))
    for bins in a.bins:
        times: dict[str, list[float]] = {}
        for _ in range(a.repeat):
            for threads in (1, 2):
                os.sched_setaffinity(0, set(cores[:threads]))
                for side in ("degraded", "upgraded"):
                    begin = time.perf_counter()
                    _core.density_evolution(side == "upgraded", ARITY, THETA, 1.0, a.levels, bins, threads)
                    times.setdefault(f"{side}, {threads} core(s)", []).append(time.perf_counter() - begin)
            os.sched_setaffinity(0, set(cores[:1]))
            begin = time.perf_counter()
            value = with_numpy(a.levels, bins)
            times.setdefault("NumPy, degraded, unrounded, 1 core(s)", []).append(time.perf_counter() - begin)
            os.sched_setaffinity(0, set(cores))
        low = _core.density_evolution(False, ARITY, THETA, 1.0, a.levels, bins, 1)[0][-1]
        print(f"{bins} atoms, {a.levels} levels, E|X| {low:.9f} (NumPy {value:.9f})")
        base = statistics.median(times["degraded, 1 core(s)"])
        for name, seconds in times.items():
            median = statistics.median(seconds)
            ms = 1e3 * median / a.levels
            print(f"  {name:40}{ms:8.2f} ms/level{1e6 * ms / bins**2:8.2f} ns/outcome{median / base:8.2f}")


if __name__ == "__main__":
    main()
