"""Broadcasting: nodes a second on one core, beside a vectorised NumPy broadcast of the same samples.

    python benchmarks/bench_trees.py [--states 2] [--depth 10] [--samples 10000] [--repeat 5]

NumPy draws a uniform per node and reads it through the cumulative law of the parent's row, all samples of a node at a
time: the same work, with its own generator (PCG64). The census stands beside NumPy's comparisons and beside the rate
at which NumPy adds up the same bytes as 64-bit words: what as many cores read from memory, at the best. It counts rows
that the caches cannot hold.
"""

from __future__ import annotations

import argparse
import threading
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


def read(words: np.ndarray, threads: int) -> None:
    """Every word once; NumPy lets go of the interpreter meanwhile."""
    workers = [threading.Thread(target=part.sum) for part in np.array_split(words, threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def census(q: int, n_leaves: int, samples: int, repeat: int) -> None:
    leaves = np.random.default_rng(0).integers(0, q, (samples, n_leaves), dtype=np.uint8)
    peer = seconds(lambda: np.stack([(leaves == s).sum(axis=1) for s in range(q)], axis=1), 2)
    for threads in (1, 2):
        # in turn, so that both meet the same neighbours on the machine
        pairs = [
            (
                seconds(lambda: trees.census(leaves, q, threads=threads), 1),  # noqa: B023
                seconds(lambda: read(leaves.reshape(-1).view(np.uint64), threads), 1),  # noqa: B023
            )
            for _ in range(2 * repeat)
        ]
        ours, limit = (float(np.median(times)) for times in zip(*pairs, strict=True))
        ratio = f"; ratio to NumPy, one core, {peer / ours:.0f}" if threads == 1 else ""
        print(
            f"census q={q}, {n_leaves} leaves x {samples} samples, {threads} threads: {leaves.size / ours / 1e9:.1f} "
            f"GB/s; reading {leaves.size / limit / 1e9:.1f} GB/s; share {limit / ours:.2f}{ratio}",
            flush=True,
        )


def majority(tree: Tree, arity: int, depth: int, samples: int, repeat: int) -> None:
    """Of odd arity NumPy's peer adds up votes, a level at a time; nothing is tied there."""
    leaves = trees.broadcast(tree, np.array([[0.9, 0.1], [0.1, 0.9]]), samples, 0, leaves_only=True)
    ours = seconds(lambda: trees.recursive_majority(tree, leaves, threads=1), repeat)
    line = f"recursive majority, arity {arity}, {tree.n_leaves} leaves: {leaves.size / ours / 1e6:.0f} M leaves/s"
    if arity % 2:

        def peer() -> np.ndarray:
            level = leaves
            for _ in range(depth):
                level = level.reshape(samples, -1, arity).sum(axis=2, dtype=np.uint8) > arity // 2
            return level

        assert (peer()[:, 0] == trees.recursive_majority(tree, leaves)).all()
        line += f"; ratio to NumPy {seconds(peer, repeat) / ours:.0f}"
    print(line, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--states", type=int, nargs="+", default=[2, 4, 20])
    parser.add_argument("--depth", type=int, default=10)
    parser.add_argument("--samples", type=int, default=10_000)
    parser.add_argument("--census-samples", type=int, default=200_000)
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
    for q in (2, 3, 4):
        census(q, tree.n_leaves, a.census_samples, a.repeat)
    for arity, depth in ((2, a.depth), (3, 6)):
        majority(Tree.complete(arity, depth), arity, depth, a.samples, a.repeat)


if __name__ == "__main__":
    main()
