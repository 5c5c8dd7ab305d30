"""Evidence in single precision: within the bound that is stated, and the same bits whatever threads and batch."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from bp_problems import LARGE, Problem, log, problems, same
from hypothesis import given, settings

from retrodict import bp
from retrodict.exact import bp as exact
from retrodict.graphs import Tree


def bound(tree: Tree, q: int) -> float:
    """Of the error of the logarithm, as the docstring says."""
    n_internal = tree.n_nodes - tree.n_leaves
    k = (q + 1) * max(0, n_internal - 1) + 3 * tree.n_leaves
    gamma = k * 2.0**-24 / (1 - k * 2.0**-24)
    return -math.log1p(-gamma)


@given(problems(n_nodes=30, most_samples=4))
@settings(max_examples=120)
def test_error_is_within_the_bound(problem: Problem) -> None:
    got = bp.log_evidence(*problem.args, precision="single")
    for s in range(len(got)):
        z = exact.evidence(*problem.exactly(s))
        assert got[s] == log(z) or abs(got[s] - log(z)) <= bound(problem.tree, problem.q) + 1e-15 * abs(log(z))


@pytest.mark.parametrize("problem", LARGE, ids=range(len(LARGE)))
def test_same_bits_whatever_threads_and_batch(problem: Problem) -> None:
    def single(part: slice = slice(None), threads: int | None = None) -> np.ndarray:
        tree, channels, leaves, prior = problem.args
        return bp.log_evidence(tree, channels, leaves[part], prior, precision="single", threads=threads)

    whole, n = single(), len(problem.leaves)
    in_double = bp.log_evidence(*problem.args)
    np.testing.assert_allclose(whole, in_double, rtol=1e-14, atol=bound(problem.tree, problem.q))
    assert same(single(threads=1), whole)
    assert same(single(threads=3), whole)
    for part in (slice(0, 1), slice(1, 10), slice(n // 3, n), slice(n - 1, n)):
        assert same(single(part), whole[part])


def test_it_is_single_precision() -> None:
    """Most samples differ from those in double precision, by more than doubles would and less than the bound."""
    tree, rng = Tree.complete(2, 7), np.random.default_rng(0)
    channels = 0.5 * np.eye(5) + 0.5 * rng.dirichlet(np.ones(5) * 5, size=(tree.n_nodes, 5))
    leaves = rng.integers(5, size=(500, tree.n_leaves)).astype(np.uint8)
    error = np.abs(
        bp.log_evidence(tree, channels, leaves, precision="single") - bp.log_evidence(tree, channels, leaves)
    )
    assert 1e-9 < np.median(error) < error.max() < bound(tree, 5) / 10


def test_entries_far_apart_do_not_underflow() -> None:
    """Channels with entries of 0 and of 2^-39 stay single, and within the bound of what is exact."""
    tree, channel = (
        Tree([-1, 0, 0, 1, 1, 1, 2, 3, 3, 4, 4, 5, 5, 6, 6, 6, 6, 6]),
        [[1 - 2.0**-39, 2.0**-39], [0.0, 1.0]],
    )
    states = np.random.default_rng(2).integers(2, size=(100, tree.n_leaves)).astype(np.uint8)
    fractions = [[Fraction(x) for x in row] for row in channel]
    got = bp.log_evidence(tree, channel, states, [0.25, 0.75], precision="single")
    for s, shown in enumerate(states):
        z = exact.evidence(tree.parent.tolist(), fractions, shown.tolist(), [Fraction(1, 4), Fraction(3, 4)])
        assert got[s] == log(z) or abs(got[s] - log(z)) <= bound(tree, 2) + 1e-15 * abs(log(z))


def test_samples_of_wide_messages_are_computed_in_double() -> None:
    """Twenty leaves that agree weigh one state 9^20 > 2^40 times the other; leaves that do not, stay single."""
    tree, channel = Tree([-1, 0] + [1] * 20 + [0]), [[0.9, 0.1], [0.1, 0.9]]
    leaves = np.zeros((2, 21), dtype=np.uint8)
    leaves[1, ::2] = 1
    leaves[:, -1] = 255
    single, double = (bp.log_evidence(tree, channel, leaves, precision=p) for p in ("single", "double"))
    assert single[0] == double[0]
    assert single[1] != double[1]
    assert same(bp.log_evidence(tree, channel, leaves[:1], precision="single"), single[:1])


def test_steep_channels_and_likelihoods_are_computed_in_double() -> None:
    tree, steep = Tree.complete(2, 3), [[1 - 2.0**-45, 2.0**-45], [0.25, 0.75]]
    leaves = np.random.default_rng(1).integers(2, size=(50, 8)).astype(np.uint8)
    assert same(bp.log_evidence(tree, steep, leaves, precision="single"), bp.log_evidence(tree, steep, leaves))
    likelihoods = np.eye(2)[leaves]
    channel = [[0.9, 0.1], [0.2, 0.8]]
    assert same(
        bp.log_evidence(tree, channel, likelihoods, precision="single"), bp.log_evidence(tree, channel, likelihoods)
    )
