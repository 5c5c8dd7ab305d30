"""Random problems of belief propagation, and their exact twins."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from hypothesis import strategies as st

from retrodict import bp
from retrodict.graphs import Tree

EPS = 2.0**-52
COPY = [[0.75, 0.25], [0.25, 0.75]]


@dataclass
class Problem:
    tree: Tree
    q: int
    channels: np.ndarray
    leaves: np.ndarray
    prior: np.ndarray | None

    @property
    def args(self) -> tuple:
        return self.tree, self.channels, self.leaves, self.prior

    def exactly(self, s: int) -> tuple:
        """The same problem for sample s in Fractions: floats are the dyadic numbers that they are."""
        missing = np.iinfo(self.leaves.dtype).max if self.leaves.dtype.kind == "u" else None
        shown = [rational(x) if x.ndim else (None if x == missing else int(x)) for x in map(np.asarray, self.leaves[s])]
        # 1/q as a float, because that is what the kernel's uniform prior is
        prior = np.full(self.q, 1 / self.q) if self.prior is None else self.prior
        return self.tree.parent.tolist(), rational(self.channels), shown, rational(prior)

    @property
    def tolerance(self) -> float:
        """Relative: a rounding for each factor and each fused sum of a path through the tree."""
        return EPS * (self.q + 2) * (self.tree.n_nodes + 2)


def rational(entries: np.ndarray) -> list:
    return [rational(x) for x in entries] if entries.ndim > 1 else [Fraction(float(x)) for x in entries]


def random_law(rng: np.random.Generator, shape: tuple[int, ...], zeros: float) -> np.ndarray:
    weights = rng.random(shape) * (rng.random(shape) >= zeros)
    weights[..., 0] += weights.sum(-1) == 0
    return weights / weights.sum(-1, keepdims=True)


SHAPES = {
    "chain": lambda rng, n: [v - 1 for v in range(n)],
    "complete": lambda rng, n: [(v - 1) // 2 for v in range(n)],
    "star": lambda rng, n: [-1] + [0] * (n - 1),
    "caterpillar": lambda rng, n: [-1] + [2 * ((v - 1) // 2) for v in range(1, n)],
    "brush": lambda rng, n: [-1] + [max(0, v - 2) // 3 * 3 for v in range(1, n)],
    "any": lambda rng, n: [-1, *(int(rng.integers(max(0, v - 5), v)) for v in range(1, n))],
    "bushy": lambda rng, n: [-1, *(int(rng.integers(0, v)) for v in range(1, n))],
}


def make(
    shape: str,
    n_nodes: int,
    q: int,
    n: int,
    kind: str,
    shared: bool,
    prior: bool,
    zeros: float,
    missing: float,
    seed: int,
) -> Problem:
    rng = np.random.default_rng(seed)
    tree = Tree(SHAPES[shape](rng, n_nodes))
    channels = random_law(rng, (q, q) if shared else (n_nodes, q, q), zeros)
    if not shared:
        channels[0] = 7  # the root's entry is ignored
    if kind == "float64":
        leaves = rng.random((n, tree.n_leaves, q)) * 10.0 ** rng.integers(-30, 30, (n, tree.n_leaves, 1))
        leaves *= rng.random(leaves.shape) >= zeros
    else:
        leaves = rng.integers(0, q, (n, tree.n_leaves)).astype(kind)
        leaves[rng.random(leaves.shape) < missing] = np.iinfo(kind).max
    return Problem(tree, q, channels, leaves, random_law(rng, (q,), zeros) if prior else None)


def problems(n_nodes: int = 12, most_samples: int = 3) -> st.SearchStrategy[Problem]:
    return st.builds(
        make,
        shape=st.sampled_from(sorted(SHAPES)),
        n_nodes=st.integers(1, n_nodes),
        q=st.sampled_from([1, 2, 2, 3, 4, 4, 5, 9]),
        n=st.integers(0, most_samples),
        kind=st.sampled_from(["uint8", "uint16", "float64"]),
        shared=st.booleans(),
        prior=st.booleans(),
        zeros=st.sampled_from([0, 0, 0.4]),
        missing=st.sampled_from([0, 0.3]),
        seed=st.integers(0, 2**32),
    )


def close(value: float, exact_value: Fraction, tolerance: float) -> bool:
    return value == exact_value == 0 or abs(Fraction(value) / exact_value - 1) <= tolerance


def same(a: np.ndarray, b: np.ndarray) -> bool:
    """The same bits, nan for nan."""
    return a.shape == b.shape and a.tobytes() == b.tobytes()


def log(x: Fraction) -> float:
    if x == 0:
        return -math.inf
    e = x.numerator.bit_length() - x.denominator.bit_length()
    return math.log(x / Fraction(2) ** e) + e * math.log(2)


def everything(problem: Problem, part: slice = slice(None), threads: int | None = None) -> list[np.ndarray]:
    args = (problem.tree, problem.channels, problem.leaves[part], problem.prior)
    marginals = bp.marginals(*args, nodes=True, threads=threads)
    best = bp.max_product(*args, threads=threads)
    return [
        bp.log_evidence(*args, threads=threads),
        marginals.root,
        marginals.nodes,
        bp.sample(*args[:3], 1, args[3], first=part.start or 0, threads=threads),
        best.states,
        best.log_score,
    ]


LARGE = [
    make(shape, n_nodes, q, n, kind, shared, True, zeros, missing, seed=1)
    for shape, n_nodes, q, n, kind, shared, zeros, missing in [
        ("any", 90, 2, 700, "uint8", False, 0, 0.0),
        ("any", 90, 2, 700, "uint8", False, 0, 0.02),
        ("any", 61, 3, 530, "uint16", False, 0, 0.1),
        ("bushy", 60, 4, 1200, "uint8", False, 0, 0.0),
        ("caterpillar", 80, 4, 300, "uint8", True, 0, 0.01),
        ("brush", 70, 4, 300, "float64", False, 0, 0.0),
        ("any", 50, 7, 200, "uint16", False, 0, 0.1),
        ("star", 100, 2, 150, "uint8", False, 0, 0.1),
        ("any", 30, 2, 600, "uint8", False, 0.1, 0.1),
        ("bushy", 40, 33, 70, "float64", False, 0.1, 0.0),
        ("chain", 200, 4, 150, "float64", False, 0, 0.0),
    ]
]
