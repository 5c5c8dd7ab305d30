"""The tree from features: level by level beside neighbour joining on distances of the same features.

    python benchmarks/bench_level_by_level.py [--depths 6 8 10] [--features 500] [--repeat 5] [--threads 1 2]

Features are broadcasts on the complete binary tree; with `renamed` every leaf has names of its own for the states.
Neighbour joining gets correlation distances, or log-det distances where states are renamed, and is also run by anjl 1.5
(`pip install anjl`) on the same distances, in float32. All times contain the distances. What is asked for differs:
level by level knows that the tree is complete and binary, neighbour joining does not. Splits are those of the true tree
that are found, mean over --samples draws of the features. Times are medians: of CPU time on one thread, of wall time on
more.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np

from retrodict import distances, topology, trees
from retrodict.graphs import Tree
from retrodict.level_by_level import level_by_level


def seconds(body: Callable[[], object], repeat: int, threads: int) -> float:
    clock = time.process_time if threads == 1 else time.perf_counter
    times = []
    for _ in range(repeat):
        started = clock()
        body()
        times.append(clock() - started)
    return float(np.median(times))


def features(tree: Tree, q: int, lam: float, n: int, renamed: bool, seed: int) -> np.ndarray:
    leaves = trees.broadcast(tree, lam * np.eye(q) + (1 - lam) / q, n, seed, leaves_only=True)
    if not renamed:
        return leaves
    names = np.random.default_rng(seed).permuted(np.tile(np.arange(q, dtype=np.uint8), (tree.n_leaves, 1)), axis=1)
    return np.take_along_axis(names.T, leaves.astype(int), axis=0)


def anjl_tree(values: np.ndarray, threads: int) -> Tree | None:
    """Leaf i of the tree is taxon i."""
    try:
        import anjl
    except ImportError:
        return None
    joined = anjl.dynamic_nj(values.astype(np.float32), parallel=threads > 1)
    n = len(values)
    last = 2 * n - 2  # node n + i is row i; nodes are numbered from the last row here, then leaves
    number = [n - 1 + i for i in range(n)] + [last - node for node in range(n, 2 * n - 1)]
    parent = np.full(2 * n - 1, -1)
    for i, row in enumerate(joined):
        for child in (int(row[0]), int(row[1])):
            parent[number[child]] = number[n + i]
    return Tree(parent)


def run(depth: int, q: int, lam: float, n: int, renamed: bool, a: argparse.Namespace, threads: int) -> None:
    tree = Tree.complete(2, depth)
    draws = [features(tree, q, lam, n, renamed, seed) for seed in range(a.samples)]
    estimate = distances.log_det_distances if renamed else distances.correlation_distances
    methods: dict[str, Callable[[np.ndarray], Tree | None]] = {
        "level by level": lambda x: level_by_level(x, q, renamed=renamed, threads=threads).tree,
        "neighbour joining": lambda x: (
            topology.neighbor_joining(estimate(x, q, threads=threads).values, threads=threads).tree
        ),
        "anjl": lambda x: anjl_tree(estimate(x, q, threads=threads).values, threads),
    }
    print(f"{tree.n_leaves} leaves, q = {q}, lambda = {lam}, {n} features, renamed = {renamed}, {threads} threads")
    ours = 0.0
    for name, method in methods.items():
        found = [method(x) for x in draws]  # compiles anjl, too
        if found[0] is None:
            print(f"  {name}: not installed")
            continue
        shared = np.mean([topology.count_splits(t, tree).shared for t in found if t is not None])
        taken = seconds(lambda method=method: method(draws[0]), a.repeat, threads)
        ours = ours or taken
        print(
            f"  {name}: {taken * 1e3:.2f} ms, ratio {taken / ours:.2f}; {shared:.1f} of {tree.n_leaves - 3} splits",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--depths", type=int, nargs="+", default=[6, 8, 10])
    parser.add_argument("--features", type=int, default=500)
    parser.add_argument("--samples", type=int, default=10)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    a = parser.parse_args()
    for threads in a.threads:
        for depth in a.depths:
            for q, lam, renamed in ((2, 0.9, False), (2, 0.8, False), (4, 0.9, True)):
                run(depth, q, lam, a.features, renamed, a, threads)


if __name__ == "__main__":
    main()
