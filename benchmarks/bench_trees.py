"""Broadcasting: nodes a second on one core, beside a vectorised NumPy broadcast of the same samples.

    python benchmarks/bench_trees.py [--states 2] [--depth 10] [--samples 10000] [--repeat 5]

NumPy draws a uniform per node and reads it through the cumulative law of the parent's row, all samples of a node at a
time: the same work, with its own generator (PCG64).
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np

from retrodict import trees
from retrodict.graphs import Tree


def with_numpy(tree: Tree, channels: np.ndarray, n: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    q = channels.shape[-1]
    cumulative = channels.cumsum(axis=-1)[..., :-1]
    states = np.empty((tree.n_nodes, n), dtype=np.uint8)
    states[0] = rng.integers(q, size=n)
    for v in range(1, tree.n_nodes):
        rows = cumulative[v][states[tree.parent[v]]]
        states[v] = (rows <= rng.random(n)[:, None]).sum(axis=1)
    return np.ascontiguousarray(states.T)


def seconds(body: Callable[[], object], repeat: int) -> float:
    best = float("inf")
    for _ in range(repeat):
        started = time.perf_counter()
        body()
        best = min(best, time.perf_counter() - started)
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--states", type=int, nargs="+", default=[2, 4, 20])
    parser.add_argument("--depth", type=int, default=10)
    parser.add_argument("--samples", type=int, default=10_000)
    parser.add_argument("--repeat", type=int, default=5)
    a = parser.parse_args()
    tree = Tree.complete(2, a.depth)
    draws = tree.n_nodes * a.samples
    for q in a.states:
        channels = np.random.default_rng(0).dirichlet(np.ones(q), size=(tree.n_nodes, q))
        ours = seconds(lambda c=channels: trees.broadcast(tree, c, a.samples, 0, threads=1), a.repeat)
        peer = seconds(lambda c=channels: with_numpy(tree, c, a.samples, 0), a.repeat)
        print(
            f"broadcast q={q}, {tree.n_nodes} nodes x {a.samples} samples, one core: "
            f"{draws / ours / 1e6:.0f} M nodes/s; NumPy {draws / peer / 1e6:.1f} M nodes/s; ratio {peer / ours:.1f}"
        )
    leaves = trees.broadcast(tree, np.array([[0.9, 0.1], [0.1, 0.9]]), a.samples, 0, leaves_only=True)
    ours = seconds(lambda: trees.census(leaves, 2, threads=1), a.repeat)
    peer = seconds(lambda: np.stack([(leaves == s).sum(axis=1) for s in range(2)], axis=1), a.repeat)
    print(f"census q=2: {leaves.size / ours / 1e6:.0f} M leaves/s; ratio to NumPy {peer / ours:.1f}")
    ours = seconds(lambda: trees.recursive_majority(tree, leaves, threads=1), a.repeat)
    print(f"recursive majority, arity 2: {leaves.size / ours / 1e6:.0f} M leaves/s")


if __name__ == "__main__":
    main()
