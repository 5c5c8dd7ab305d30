"""From features to a tree: distances of leaves, and neighbour joining beside anjl 1.5's `dynamic_nj`.

    python benchmarks/bench_nj.py [--taxa 500 2000 5000 10000] [--noise 0.05] [--repeat 5] [--threads 1 2]

Distances of a random tree, edges .02 + exponential of mean .1, with Gaussian noise. anjl (`pip install anjl`) works in
float32 and is given that, already converted; retrodict works in float64 and checks its input. Both trees are compared,
by their splits, with each other and with the tree. Distances of leaves stand beside a product of matrices in float32.
Peers take turns with retrodict; times are medians: of CPU time on one thread, of wall time on more. The limit of
neighbour joining is what reading half of the matrix once takes; of distances, what comparing the words of all pairs
takes, both at the rates that `limits.py` measures here.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np
from limits import bytes_read, words_compared

from retrodict import topology
from retrodict.distances import correlation_distances


def random_tree(n: int, seed: int) -> list[tuple[int, int]]:
    """The children of nodes n, n + 1, ..., each a random pair of those without a parent."""
    rng = np.random.default_rng(seed)
    roots, children = list(range(n)), []
    while len(roots) > 1:
        a, b = (roots.pop(int(rng.integers(len(roots)))) for _ in range(2))
        children.append((a, b))
        roots.append(n - 1 + len(children))
    return children


def distances_of(n: int, children: list[tuple[int, int]], noise: float, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    lengths = 0.02 + rng.exponential(0.1, 2 * n - 1)
    distances = np.zeros((n, n))
    below = {i: (np.array([i]), np.zeros(1)) for i in range(n)}  # leaves, and how far below they are
    for node, pair in enumerate(children, start=n):
        (left, x), (right, y) = ((leaves, d + lengths[c]) for c in pair for leaves, d in [below.pop(c)])
        distances[np.ix_(left, right)] = x[:, None] + y
        below[node] = np.r_[left, right], np.r_[x, y]
    noisy = np.maximum(distances + distances.T + noise * rng.standard_normal((n, n)), 1e-6)
    return np.triu(noisy, 1) + np.triu(noisy, 1).T


def splits(n: int, children: list[tuple[int, ...]]) -> set[int]:
    """Of every edge between inner nodes, the lesser of the sums of random words over the leaves on its sides."""
    keys = np.random.default_rng(0).integers(1, 2**62, n).tolist()
    sums, sizes = list(keys), [1] * n
    for group in children:
        sums.append(sum(sums[c] for c in group))
        sizes.append(sum(sizes[c] for c in group))
    whole = sum(keys)
    found = zip(sums[n:], sizes[n:], strict=True)
    return {min(s, whole - s) for s, size in found if 2 <= size <= n - 2}


def children_of(parent: np.ndarray) -> list[tuple[int, ...]]:
    """Of a tree of `neighbor_joining`, leaves 0 ... n - 1, then inner nodes in the order in which they were made."""
    n = len(parent) // 2 + 1
    groups: list[list[int]] = [[] for _ in range(n - 2)]
    for v in range(1, len(parent)):
        groups[parent[v]].append(v - (n - 2) if v >= n - 2 else 2 * n - 3 - v)
    return [tuple(group) for group in reversed(groups)]


def in_turn(bodies: list[Callable[[], object]], repeat: int, clock: Callable[[], float]) -> list[float]:
    """The median time of each."""
    times: list[list[float]] = [[] for _ in bodies]
    for _ in range(repeat):
        for body, taken in zip(bodies, times, strict=True):
            started = clock()
            body()
            taken.append(clock() - started)
    return [float(np.median(taken)) for taken in times]


def clock_of(threads: int) -> Callable[[], float]:
    return time.process_time if threads == 1 else time.perf_counter


def joining(n: int, noise: float, repeat: int, threads: int) -> None:
    children = random_tree(n, seed=5)
    distances = distances_of(n, children, noise, seed=6)
    bodies: list[Callable[[], object]] = [lambda: topology.neighbor_joining(distances, threads=threads)]
    found = splits(n, children_of(topology.neighbor_joining(distances).tree.parent))
    compared = "; anjl is not installed"
    try:
        import anjl
    except ImportError:
        pass
    else:
        narrow = distances.astype(np.float32)
        linkage = anjl.dynamic_nj(narrow, parallel=threads > 1)  # compiles, too
        differ = len(found ^ splits(n, [(int(row[0]), int(row[1])) for row in linkage]))
        bodies.append(lambda: anjl.dynamic_nj(narrow, parallel=threads > 1))
        compared = f"; splits that differ {differ}"
    ours, *peers = in_turn(bodies, repeat, clock_of(threads))
    limit = 8 * n * n / 2 / bytes_read(threads)
    ratio = "".join(f"; anjl {peer * 1e3:.1f} ms; ratio {peer / ours:.2f}" for peer in peers)
    print(
        f"neighbour joining, n = {n}, {threads} threads: {ours * 1e3:.1f} ms, reading {limit * 1e3:.2f} ms, share "
        f"{limit / ours:.3f}, {len(splits(n, children) - found)} of {n - 3} splits missing{ratio}{compared}",
        flush=True,
    )


def from_features(n_leaves: int, n_features: int, repeat: int, threads: int) -> None:
    for q in (2, 4):
        leaves = np.random.default_rng(0).integers(0, q, (n_features, n_leaves), dtype=np.uint8)
        (ours,) = in_turn(
            [lambda x=leaves, q=q: correlation_distances(x, q, threads=threads)], repeat, clock_of(threads)
        )
        # Of two states one product of signs does, of more one of indicators for each.
        factors = [2.0 * leaves - 1] if q == 2 else [leaves == state for state in range(q)]
        factors = [x.astype(np.float32) for x in factors]
        (peer,) = in_turn([lambda f=factors: sum(x.T @ x for x in f)], 1, time.process_time)
        pairs = n_leaves * (n_leaves - 1) / 2
        limit = pairs * (n_features / 64) * (1 if q == 2 else 2) / words_compared(threads)
        print(
            f"correlation distances, q = {q}, {n_leaves} leaves x {n_features} features, {threads} threads: "
            f"{ours * 1e3:.0f} ms, {pairs * n_features / ours / 1e9:.0f} G comparisons/s; comparing words "
            f"{limit * 1e3:.0f} ms, share {limit / ours:.2f}; NumPy's product, CPU time of all threads, "
            f"{peer * 1e3:.0f} ms; ratio {peer / ours:.1f}",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--taxa", type=int, nargs="+", default=[500, 2000, 5000, 10_000])
    parser.add_argument("--leaves", type=int, default=4000)
    parser.add_argument("--features", type=int, default=10_000)
    parser.add_argument("--noise", type=float, default=0.05)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    a = parser.parse_args()
    for threads in a.threads:
        from_features(a.leaves, a.features, a.repeat, threads)
        for n in a.taxa:
            joining(n, a.noise, a.repeat, threads)


if __name__ == "__main__":
    main()
