"""Belief propagation on leaves that are packed into bits while they are read: nothing of that may be seen."""

from __future__ import annotations

import numpy as np
import pytest
from bp_problems import same

from retrodict import bp
from retrodict.graphs import Tree


def problem(q: int, n_leaves: int, n: int) -> tuple[Tree, np.ndarray, np.ndarray]:
    """A tree with inner nodes of one to three children, a channel for each edge, and leaves that are all observed."""
    rng = np.random.default_rng([q, n_leaves, n])
    parent = [-1]
    open_nodes = [0]
    while len(open_nodes) < n_leaves:
        v = open_nodes.pop(rng.integers(len(open_nodes)))
        for _ in range(rng.integers(1, 4)):
            open_nodes.append(len(parent))
            parent.append(v)
    tree = Tree(parent)
    leaves = rng.integers(q, size=(n, tree.n_leaves)).astype(np.uint8)
    return tree, rng.dirichlet(np.ones(q), size=(tree.n_nodes, q)), leaves


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("n_leaves", [4, 70, 131])
@pytest.mark.parametrize("q", [1, 2, 3, 4])
def test_packed_leaves_are_the_same_as_likelihoods(q: int, n_leaves: int, dtype: type) -> None:
    """Observed all; or but for one in the last tile, which comes as a surprise; or many of them not."""
    tree, channels, states = problem(q, n_leaves, 1000)
    for share in (0.0, None, 0.1):
        missing = np.random.default_rng(0).random(states.shape) < (share or 0)
        if share is None:
            missing[-2, -1] = True
        likelihoods = np.where(missing[..., None], 1.0, np.eye(q)[states])
        leaves = np.where(missing, np.iinfo(dtype).max, states.astype(int)).astype(dtype)
        expected = bp.log_evidence(tree, channels, likelihoods)
        assert same(bp.log_evidence(tree, channels, leaves), expected)
        assert same(bp.log_evidence(tree, channels, leaves, threads=1), expected)
        assert same(bp.log_evidence(tree, channels, leaves[-3:]), expected[-3:])


@pytest.mark.parametrize(("dtype", "bad"), [(np.uint8, 4), (np.uint8, 254), (np.uint16, 256), (np.uint16, 65534)])
def test_a_bad_state_is_found_wherever_it_is(dtype: type, bad: int) -> None:
    for n_leaves in (4, 70):
        tree, channels, leaves = problem(4, n_leaves, 1000)
        leaves = leaves.astype(dtype)
        leaves[997, 2] = bad
        with pytest.raises(ValueError, match=rf"leaves\[997, 2\] = {bad}: a state is below 4"):
            bp.log_evidence(tree, channels, leaves)
