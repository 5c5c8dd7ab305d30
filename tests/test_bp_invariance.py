"""Belief propagation: the same whatever the form of the input, the threads and the batch."""

from __future__ import annotations

import numpy as np
import pytest
from bp_problems import LARGE, Problem, close, everything, log, problems, same
from hypothesis import given, settings
from hypothesis import strategies as st

from retrodict import bp
from retrodict.exact import bp as exact
from retrodict.graphs import Tree


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
