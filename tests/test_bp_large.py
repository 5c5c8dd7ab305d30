"""Belief propagation on large trees, at the edge of doubles, with many states."""

from __future__ import annotations

import math

import numpy as np
import pytest
from bp_problems import COPY, random_law, same

from retrodict import bp
from retrodict.graphs import Tree


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
