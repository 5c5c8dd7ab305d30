"""Belief propagation: the kernel is the exact algorithm, and samples have the posterior law."""

from __future__ import annotations

import math
import signal
from fractions import Fraction

import numpy as np
import pytest
from bp_problems import COPY, Problem, close, log, problems, same
from hypothesis import given, settings

from retrodict import bp
from retrodict.exact import bp as exact
from retrodict.graphs import Tree


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
