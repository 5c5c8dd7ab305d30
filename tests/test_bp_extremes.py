"""Belief propagation where doubles end: channels whose entries differ by hundreds of binary orders."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest

from retrodict import bp
from retrodict.exact import bp as exact
from retrodict.graphs import Tree


def steep_channels(rng: np.random.Generator, n_nodes: int, q: int, orders: int) -> np.ndarray:
    """Rows with entries 2^-k, k up to `orders`, but one that makes the sum 1."""
    channels = np.exp2(-rng.integers(math.ceil(math.log2(q)) + 1, orders + 1, size=(n_nodes, q, q)).astype(float))
    last = rng.integers(q, size=(n_nodes, q, 1))
    np.put_along_axis(channels, last, 0, axis=2)
    np.put_along_axis(channels, last, 1 - channels.sum(axis=2, keepdims=True), axis=2)
    return channels


def logarithm(x: Fraction) -> float:
    """Natural logarithm of a positive rational, however small."""
    shift = x.numerator.bit_length() - x.denominator.bit_length()
    return math.log(x / Fraction(2) ** shift) + shift * math.log(2)


@pytest.mark.parametrize("orders", [40, 150, 300, 500, 1000])
@pytest.mark.parametrize("q", [2, 3, 4])
@pytest.mark.parametrize("shape", ["binary", "random", "star"])
def test_steep_channels(shape: str, q: int, orders: int) -> None:
    """A sample among many, where tables answer for subtrees, has the bits of that sample alone, and both are right."""
    for seed in range(4):
        rng = np.random.default_rng([seed, q, orders])
        n = int(rng.integers(5, 24))
        parent = {
            "binary": [(v - 1) // 2 for v in range(n)],
            "random": [-1] + [int(rng.integers(v)) for v in range(1, n)],
            "star": [-1] + [0] * (n - 1),
        }[shape]
        parent[0] = -1
        tree, channels = Tree(parent), steep_channels(rng, n, q, orders)
        prior = steep_channels(rng, 1, q, orders)[0, 0]
        leaves = rng.integers(q, size=(2500, tree.n_leaves)).astype(np.uint8)
        leaves[rng.random(leaves.shape) < 0.02] = 255
        found = bp.marginals(tree, channels, leaves, prior, nodes=True)
        assert np.array_equal(found.log_evidence, bp.log_evidence(tree, channels, leaves, prior))
        for s in range(6):
            alone = bp.marginals(tree, channels, leaves[s : s + 1], prior, nodes=True)
            assert alone.log_evidence[0] == found.log_evidence[s]
            assert found.nodes is not None
            assert alone.nodes is not None
            assert np.array_equal(alone.nodes[0], found.nodes[s])
            assert np.array_equal(alone.root[0], found.root[s])
            assert np.allclose(found.nodes[s].sum(axis=1), 1, atol=1e-12)
        shown = [None if x == 255 else int(x) for x in leaves[0]]
        fractions = [[[Fraction(x) for x in row] for row in channel] for channel in channels]
        joint = exact.marginals(parent, fractions, shown, [Fraction(x) for x in prior])
        evidence = sum(joint[0])
        assert found.log_evidence[0] == pytest.approx(logarithm(evidence), rel=1e-13, abs=1e-13)
        inner = [v for v in range(n) if v in parent]
        assert found.nodes is not None
        for row, v in zip(found.nodes[0], inner, strict=True):
            assert row == pytest.approx([float(x / evidence) for x in joint[v]], rel=1e-11, abs=1e-300)


def test_the_largest_likelihood_is_a_double() -> None:
    """The largest double is a likelihood; infinity is none."""
    most = np.finfo(float).max
    tree, leaves = Tree([-1, 0]), np.array([[[most, most]]])
    assert bp.log_evidence(tree, [[0.75, 0.25], [0.25, 0.75]], leaves)[0] == pytest.approx(math.log(most), rel=1e-15)
    with pytest.raises(ValueError, match="inf"):
        bp.log_evidence(tree, [[0.75, 0.25], [0.25, 0.75]], np.array([[[most, np.inf]]]))
