"""Posterior laws of all internal nodes: where they are written, and numbers that grow or vanish on the way down."""

from __future__ import annotations

import numpy as np
import pytest
from bp_problems import Problem, close, make, random_law, same

from retrodict import bp
from retrodict.exact import bp as exact
from retrodict.graphs import Tree


@pytest.mark.parametrize(("q", "depth", "n"), [(2, 8, 4200), (4, 8, 2100), (5, 6, 6700)])
def test_large_results_are_the_same_wherever_they_are_written(q: int, depth: int, n: int) -> None:
    """16 MiB go past the caches in whole lines: rows start anywhere in one, and nothing beside them is touched."""
    tree = Tree.complete(2, depth)
    rng = np.random.default_rng(q)
    channels = random_law(rng, (tree.n_nodes, q, q), 0)
    leaves = rng.integers(0, q, (n, tree.n_leaves), dtype=np.uint8)
    leaves[rng.random(leaves.shape) < 0.01] = 255
    shape = (n, tree.n_nodes - tree.n_leaves, q)
    size = int(np.prod(shape))
    assert size * 8 > 1 << 24
    parts = [bp.marginals(tree, channels, leaves[s : s + 700], nodes=True).nodes for s in range(0, n, 700)]
    expected = np.concatenate([part for part in parts if part is not None])
    for offset in (0, 1, 6):
        room = np.full(size + 16, 7.0)
        bp.marginals(tree, channels, leaves, out=room[offset : offset + size].reshape(shape))
        assert same(room[offset : offset + size].reshape(shape), expected)
        assert (np.delete(room, slice(offset, offset + size)) == 7).all()


@pytest.mark.parametrize("q", [2, 3, 4, 9])
@pytest.mark.parametrize("shape", ["any", "caterpillar", "chain", "complete"])
def test_channels_into_one_state(q: int, shape: str) -> None:
    """All rows are nearly one state: columns sum to nearly q, and to nearly nothing."""
    problem = make(shape, 63, q, 3, "uint8", False, True, 0, 0.1, seed=q)
    channels = np.zeros_like(problem.channels)
    channels[..., 1] = 2.0**-20 * np.arange(1, q + 1)
    channels[..., 0] = 1 - channels[..., 1]
    check(Problem(problem.tree, q, channels, problem.leaves % 2, problem.prior))


@pytest.mark.parametrize("q", [2, 4, 6])
def test_numbers_that_vanish(q: int) -> None:
    """Entries of 2^-90: a few edges take products to the edge of doubles, on the way up and down."""
    problem = make("complete", 63, q, 20, "uint8", False, True, 0, 0, seed=q)
    channels = np.full_like(problem.channels, 2.0**-90)
    channels[..., range(q), range(q)] = 1
    check(Problem(problem.tree, q, channels, problem.leaves, problem.prior))


@pytest.mark.parametrize("q", [4, 9])
def test_rare_steps_down_a_chain(q: int) -> None:
    """The leaf's state is q - 1 steps of probability 2^-400 away: no step leaves what is far from 0 as it was."""
    problem = make("chain", 2 * q, q, 20, "uint8", True, False, 0, 0, seed=q)
    channel = np.diag(np.full(q - 1, 2.0**-400), 1)
    channel[:, 0] = 1
    check(Problem(problem.tree, q, channel, np.full_like(problem.leaves, q - 1), None))


def check(problem: Problem) -> None:
    got = bp.marginals(*problem.args, nodes=True)
    assert got.nodes is not None
    internal = np.flatnonzero(~np.isin(np.arange(problem.tree.n_nodes), problem.tree.leaves))
    for s in (0, len(problem.leaves) - 1):
        z = exact.evidence(*problem.exactly(s))
        joint = exact.marginals(*problem.exactly(s))
        for law, v in zip(got.nodes[s], internal, strict=True):
            if z == 0:
                assert np.isnan(law).all()
            else:
                for x, y in zip(law, joint[v], strict=True):
                    assert close(x, y / z, 2 * problem.tolerance) or max(x, y / z) < np.finfo(float).tiny
