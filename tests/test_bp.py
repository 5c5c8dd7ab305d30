"""Belief propagation: the kernel is the exact algorithm, whatever the form of the input, the threads and the batch."""

from __future__ import annotations

import math
import signal
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrodict import bp
from retrodict.exact import bp as exact
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


@given(problems())
@settings(max_examples=150)
def test_kernel_is_the_exact_algorithm(problem: Problem) -> None:
    evidence = bp.log_evidence(*problem.args)
    got = bp.marginals(*problem.args, nodes=True)
    internal = [v for v in range(problem.tree.n_nodes) if v not in problem.tree.leaves]
    assert evidence.shape == (len(problem.leaves),)
    assert got.root.shape == (len(evidence), problem.q)
    assert got.nodes.shape == (len(evidence), len(internal), problem.q)
    assert same(got.log_evidence, evidence)
    assert same(bp.marginals(*problem.args).root, got.root)
    for s in range(len(evidence)):
        z = exact.evidence(*problem.exactly(s))
        # the logarithm turns a relative error into an absolute one, and has a rounding of its own
        assert evidence[s] == log(z) or abs(evidence[s] - log(z)) <= problem.tolerance + 1e-15 * abs(log(z))
        joint = exact.marginals(*problem.exactly(s))
        for laws, nodes in [([got.root[s]], [0]), (got.nodes[s], internal)]:
            for law, v in zip(laws, nodes, strict=True):
                if z == 0:
                    assert np.isnan(law).all()
                else:
                    assert all(close(x, y / z, 2 * problem.tolerance) for x, y in zip(law, joint[v], strict=True))


@given(problems(n_nodes=8))
@settings(max_examples=80)
def test_max_product(problem: Problem) -> None:
    got = bp.max_product(*problem.args)
    assert got.states.dtype == np.uint8
    for s, states in enumerate(got.states):
        parent, channels, shown, prior = problem.exactly(s)
        best, weight = exact.max_product(parent, channels, shown, prior)
        if weight == 0:
            assert got.log_score[s] == -np.inf
            assert (states == 255).all()
            continue
        assert abs(got.log_score[s] - log(weight)) <= problem.tolerance + 1e-15 * abs(log(weight))
        each = channels if problem.channels.ndim == 3 else [channels] * len(parent)
        score = prior[states[0]]
        for v in range(1, len(parent)):
            score *= each[v][states[parent[v]]][states[v]]
        for seen, v in zip(shown, problem.tree.leaves, strict=True):
            score *= 1 if seen is None else seen[states[v]] if isinstance(seen, list) else seen == states[v]
        # another assignment than the exact one only where rounding cannot tell them apart
        assert tuple(states) == best or score >= weight * Fraction(1 - problem.tolerance)


def test_ties_go_to_the_smallest_state() -> None:
    tree = Tree([-1, 0, 0])
    even = np.full((3, 3), 1 / 3)
    assert bp.max_product(tree, even, np.array([[255, 255], [2, 255]], np.uint8)).states.tolist() == [
        [0, 0, 0],
        [0, 2, 0],
    ]
    assert bp.max_product(tree, COPY, np.array([[0, 1], [1, 0]], np.uint8)).states[:, 0].tolist() == [0, 0]


@given(problems(n_nodes=6))
@settings(max_examples=25)
def test_samples_have_the_posterior_law(problem: Problem) -> None:
    if len(problem.leaves) == 0:
        return
    n = 4000
    leaves = np.repeat(problem.leaves[:1], n, axis=0)
    states = bp.sample(problem.tree, problem.channels, leaves, 7, problem.prior)
    z = exact.evidence(*problem.exactly(0))
    if z == 0:
        assert (states == 255).all()
        return
    joint = exact.marginals(*problem.exactly(0))
    for v in range(problem.tree.n_nodes):
        for i in range(problem.q):
            p = float(joint[v][i] / z)
            frequency = (states[:, v] == i).mean()
            assert p > 0 or frequency == 0
            assert abs(frequency - p) <= 6.5 * math.sqrt(p * (1 - p) / n) + 10 / n


def test_samples_have_the_joint_law() -> None:
    """Of the root and an inner node together, by a chi-square statistic with three degrees of freedom."""
    tree = Tree([-1, 0, 1, 1])
    n = 40_000
    states = bp.sample(tree, COPY, np.tile(np.array([0, 1], np.uint8), (n, 1)), 3)
    expected = np.array([[0.75, 0.25], [0.25, 0.75]]) / 2
    counts = np.zeros((2, 2))
    np.add.at(counts, (states[:, 0], states[:, 1]), 1)
    assert ((counts - n * expected) ** 2 / (n * expected)).sum() < 30
    assert (states[:, 2:] == [0, 1]).all()


def test_a_sample_depends_on_its_number_only() -> None:
    tree = Tree.complete(2, 4)
    leaves = np.random.default_rng(0).integers(0, 2, (300, 16), dtype=np.uint8)
    whole = bp.sample(tree, COPY, leaves, 5)
    assert same(bp.sample(tree, COPY, leaves[200:], 5, first=200, threads=1), whole[200:])
    assert not same(bp.sample(tree, COPY, leaves, 6), whole)
    assert not same(bp.sample(tree, COPY, leaves, 5, first=1), whole)


def test_the_uniforms_are_those_of_the_stream() -> None:
    """Nothing is seen and the channels forget: node v takes the state floor(256 u), the top byte of word v."""
    tree = Tree([-1, 0, 1])
    even = np.full((256, 256), 1 / 256)
    states = bp.sample(tree, even, np.full((2, 1), 65535, np.uint16), 0)
    # Philox4x32-10 of counter 0 and key 0 (Random123, kat_vectors): 6627e8d5 e169c58d bc57ac4c 9b00dbd8
    assert states[0, :2].tolist() == [0xE1, 0x9B]
    assert states.dtype == np.uint16


@given(problems(n_nodes=40, most_samples=5), st.integers(0, 2**32))
@settings(max_examples=60)
def test_relabelled_states(problem: Problem, seed: int) -> None:
    new = np.random.default_rng(seed).permutation(problem.q)  # old state -> new
    old = np.argsort(new)
    leaves = problem.leaves
    if leaves.dtype.kind == "f":
        leaves = leaves[..., old]
    else:
        states = leaves != np.iinfo(leaves.dtype).max
        leaves = leaves.copy()
        leaves[states] = new[leaves[states]]
    prior = None if problem.prior is None else problem.prior[old]
    a = bp.marginals(*problem.args, nodes=True)
    b = bp.marginals(problem.tree, problem.channels[..., old, :][..., old], leaves, prior, nodes=True)
    np.testing.assert_allclose(b.log_evidence, a.log_evidence, rtol=1e-15, atol=2 * problem.tolerance)
    np.testing.assert_allclose(b.nodes, a.nodes[..., old], rtol=4 * problem.tolerance)


@given(problems(n_nodes=40, most_samples=5), st.integers(0, 2**32))
@settings(max_examples=60)
def test_renumbered_nodes(problem: Problem, seed: int) -> None:
    """Another order of the children is the same tree."""
    rng = np.random.default_rng(seed)
    parent = problem.tree.parent
    ready, order = [0], []
    while ready:
        order.append(ready.pop(rng.integers(len(ready))))
        ready += np.flatnonzero(parent == order[-1]).tolist()
    number = np.argsort(order)  # old node -> new
    tree = Tree([-1, *(number[parent[v]] for v in order[1:])])
    column = {int(v): k for k, v in enumerate(problem.tree.leaves)}
    leaves = problem.leaves[:, [column[order[v]] for v in tree.leaves]]
    channels = problem.channels if problem.channels.ndim == 2 else problem.channels[order]
    a, b = bp.log_evidence(*problem.args), bp.log_evidence(tree, channels, leaves, problem.prior)
    np.testing.assert_allclose(b, a, rtol=1e-15, atol=2 * problem.tolerance)


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


@pytest.mark.parametrize("problem", LARGE, ids=range(len(LARGE)))
def test_same_bits_whatever_threads_and_batch(problem: Problem) -> None:
    whole = everything(problem)
    n = len(problem.leaves)
    for threads in (1, 3):
        assert all(map(same, everything(problem, threads=threads), whole))
    for part in (slice(0, 1), slice(1, 10), slice(n // 3, n), slice(n - 1, n)):
        assert all(same(a, b[part]) for a, b in zip(everything(problem, part), whole, strict=True))


@pytest.mark.parametrize("problem", LARGE, ids=range(len(LARGE)))
def test_large_ones_are_exact_too(problem: Problem) -> None:
    got = bp.marginals(*problem.args, nodes=True)
    internal = np.flatnonzero(~np.isin(np.arange(problem.tree.n_nodes), problem.tree.leaves))
    for s in (0, len(problem.leaves) - 1):
        twin = problem.exactly(s)
        z = exact.evidence(*twin)
        assert got.log_evidence[s] == log(z) or abs(got.log_evidence[s] - log(z)) <= 1e-14 * (1 + abs(log(z)))
        if z and problem.q < 8:
            joint = exact.marginals(*twin)
            for k, v in enumerate(internal):
                assert all(
                    close(x, y / z, 4 * problem.tolerance) for x, y in zip(got.nodes[s, k], joint[v], strict=True)
                )


@pytest.mark.parametrize("problem", [p for p in LARGE if p.leaves.dtype.kind == "u"])
def test_the_form_of_the_leaves_does_not_matter(problem: Problem) -> None:
    missing = problem.leaves == np.iinfo(problem.leaves.dtype).max
    states = np.where(missing, 0, problem.leaves).astype(int)
    likelihoods = np.where(missing[..., None], 1.0, np.eye(problem.q)[states])
    forms = [np.where(missing, np.iinfo(t).max, states).astype(t) for t in (np.uint8, np.uint16)]
    forms += [likelihoods, np.asfortranarray(likelihoods), likelihoods.astype(np.float32)]
    results = [everything(Problem(problem.tree, problem.q, problem.channels, form, problem.prior)) for form in forms]
    for other in results[1:]:
        assert all(map(same, other, results[0]))


@pytest.mark.parametrize("problem", LARGE[3:6], ids=range(3))
def test_shared_channels_are_copies_on_each_edge(problem: Problem) -> None:
    channel = problem.channels if problem.channels.ndim == 2 else problem.channels[1]
    copies = np.broadcast_to(channel, (problem.tree.n_nodes, problem.q, problem.q))
    one, many = (Problem(problem.tree, problem.q, c, problem.leaves, problem.prior) for c in (channel, copies))
    assert all(map(same, everything(one), everything(many)))


def test_a_star_with_100_000_leaves() -> None:
    """Independent votes: given the root, leaves are a product, whose values differ by 20,000 orders of magnitude."""
    n = 100_000
    tree = Tree([-1] + [0] * n)
    leaves = np.zeros((3, n), dtype=np.uint8)
    leaves[1, : n // 2] = 1
    leaves[2, n // 4 :] = 255
    zeros, ones = np.array([n, n // 2, n // 4]), np.array([0, n // 2, 0])
    given = [zeros * math.log(0.75) + ones * math.log(0.25), zeros * math.log(0.25) + ones * math.log(0.75)]
    for prior in ([0.5, 0.5], [0, 1]):
        with np.errstate(divide="ignore"):
            expected = np.logaddexp(*(np.log(p) + x for p, x in zip(prior, given, strict=True)))
        got = bp.marginals(tree, COPY, leaves, prior)
        np.testing.assert_allclose(got.log_evidence, expected, rtol=1e-13)
    assert got.root.tolist() == [[0, 1]] * 3


@pytest.mark.parametrize("arity", [1, 2])
def test_deep_trees(arity: int) -> None:
    """A chain of 100,000 nodes, and a caterpillar of 100,000 leaves that all show nothing."""
    n = 100_000
    tree = Tree([v - 1 for v in range(n)]) if arity == 1 else Tree([-1] + [2 * (v // 2) for v in range(2 * n)])
    leaves = np.full((2, tree.n_leaves), 255, dtype=np.uint8)
    leaves[1, 0] = 1
    got = bp.marginals(tree, COPY, leaves, nodes=True)
    np.testing.assert_allclose(got.log_evidence, [0, math.log(0.5)], atol=1e-15)
    np.testing.assert_allclose(got.nodes[0], 0.5)
    assert got.nodes.shape == (2, tree.n_nodes - tree.n_leaves, 2)


def test_a_caterpillar_that_shows_one_state() -> None:
    """All leaves 0: the root's law is the fixed point of a two-by-two power iteration."""
    n = 100_000
    tree = Tree([-1] + [2 * (v // 2) for v in range(2 * n)])
    got = bp.log_evidence(tree, COPY, np.zeros((1, n + 1), dtype=np.uint8))
    step = np.array(COPY) * np.array([0.75, 0.25])  # the leaf beside, then the edge below
    largest = max(np.linalg.eigvals(step).real)
    assert abs(got[0] / n - math.log(largest)) < 1e-5


def test_probabilities_at_the_edge_of_doubles() -> None:
    """Subnormal channels and likelihoods that neither underflow in products nor overflow."""
    tiny = 5e-324
    tree = Tree([-1, 0, 1, 2])
    channel = [[1.0, tiny], [0.0, 1.0]]
    got = bp.log_evidence(tree, channel, np.array([[1]], np.uint8), [1, 0])
    assert abs(got[0] - (math.log(tiny) + math.log(3))) < 1e-12  # one of three edges makes the step
    twice = Tree([-1, 0, 0])
    assert abs(bp.log_evidence(twice, channel, np.array([[1, 1]], np.uint8), [1, 0])[0] - 2 * math.log(tiny)) < 1e-12
    huge = np.finfo(float).max
    seen = np.array([[[huge, huge], [1e-308, huge]], [[tiny, 0], [0, tiny]]])
    got = bp.marginals(twice, COPY, seen)
    np.testing.assert_allclose(
        got.log_evidence, [2 * math.log(huge) + math.log(0.5), 2 * math.log(tiny) + math.log(3 / 16)]
    )
    np.testing.assert_allclose(got.root, [[0.25, 0.75], [0.5, 0.5]])


def test_a_large_tree_and_a_large_batch() -> None:
    """So many subtrees that their tables would not fit into any cache."""
    tree = Tree.complete(2, 13)
    rng = np.random.default_rng(2)
    channels = random_law(rng, (tree.n_nodes, 4, 4), 0)
    leaves = rng.integers(0, 4, (1100, tree.n_leaves), dtype=np.uint8)
    whole = bp.log_evidence(tree, channels, leaves)
    assert same(whole[-3:], bp.log_evidence(tree, channels, leaves[-3:]))


@pytest.mark.parametrize("nodes", [False, True])
def test_products_beyond_doubles(nodes: bool) -> None:
    """Four factors of 2^-300 each: in one tile with messages of ordinary size."""
    tiny = 2.0**-300
    star = Tree([-1, 0, 0, 0, 0])
    seen = np.ones((40, 4, 2))
    seen[::2, :, 1] = tiny
    got = bp.marginals(star, np.eye(2), seen, [0, 1], nodes=nodes)
    np.testing.assert_allclose(got.log_evidence, np.tile([-1200 * math.log(2), 0], 20), rtol=1e-15)
    assert (got.root == [0, 1]).all()
    channel = [[1, 0, tiny], [0, 1, tiny], [0, 0, 1]]
    for n in (1, 2000):
        states = np.full((n, 4), 2, dtype=np.uint8)
        got = bp.marginals(star, channel, states, [1, 0, 0], nodes=nodes)
        np.testing.assert_allclose(got.log_evidence, -1200 * math.log(2), rtol=1e-15)
        # either of the two edges below the root makes the step, or both of the edges below it
        deep = Tree([-1, 0, 0, 1, 1, 2, 2])
        got = bp.marginals(deep, channel, states, [1, 0, 0], nodes=nodes)
        np.testing.assert_allclose(got.log_evidence, 2 * math.log(tiny), rtol=1e-12)


def test_many_states() -> None:
    """q = 300 in 16 bits, against one matrix product."""
    q = 300
    channels = random_law(np.random.default_rng(5), (4, q, q), 0.5)
    leaves = np.array([[0, 299], [17, 65535]], dtype=np.uint16)
    got = bp.log_evidence(Tree([-1, 0, 1, 1]), channels, leaves)
    both = channels[2][:, leaves[:, 0]] * np.stack([channels[3][:, 299], np.ones(q)], axis=1)
    np.testing.assert_allclose(got, np.log((channels[1] @ both).mean(0)), rtol=1e-13)
    few = np.array([[0, 254], [17, 255]], dtype=np.uint8)  # bytes do for states below 255, whatever q
    words = np.array([[0, 254], [17, 65535]], dtype=np.uint16)
    assert same(*(bp.log_evidence(Tree([-1, 0, 1, 1]), channels, x) for x in (few, words)))
    with pytest.raises(ValueError, match=r"leaves\[1, 1\] = 65534: a state is below 300, or 65535 for unobserved"):
        bp.log_evidence(Tree([-1, 0, 1, 1]), channels, np.array([[0, 299], [17, 65534]], dtype=np.uint16))


def test_out_is_written_in_place() -> None:
    tree = Tree.complete(2, 2)
    leaves = np.array([[0, 1, 0, 1], [255, 1, 1, 1]], dtype=np.uint8)
    out = np.empty((2, 3, 2))
    got = bp.marginals(tree, COPY, leaves, out=out)
    assert got.nodes is out
    assert same(out, bp.marginals(tree, COPY, leaves, nodes=True).nodes)
    assert bp.marginals(tree, COPY, leaves).nodes is None


def test_a_signal_stops_a_long_call() -> None:
    """A kernel that did not look for signals would let only one through, after its end."""
    seen = []

    def handler(number: int, frame: object) -> None:
        seen.append(number)
        if len(seen) == 2:
            raise KeyboardInterrupt

    tree = Tree.complete(2, 10)
    previous = signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, 0.02, 0.02)
    try:
        with pytest.raises(KeyboardInterrupt):
            bp.max_product(tree, COPY, np.zeros((5_000, tree.n_leaves), dtype=np.uint8), threads=1)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
