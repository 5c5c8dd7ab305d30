"""Distances of leaves: the kernels are the definitions in fractions; what has no logarithm is capped and reported."""

from __future__ import annotations

from math import inf, log, nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrodict import distances, trees
from retrodict.exact import distances as exact
from retrodict.graphs import Tree


@st.composite
def features(draw: st.DrawFn, most_states: int = 5) -> tuple[np.ndarray, int]:
    """Some that agree with their neighbour to the left, so that correlations of both signs occur."""
    q = draw(st.integers(2, most_states))
    n, n_leaves = draw(st.sampled_from([0, 1, 2, 5, 63, 64, 65, 130])), draw(st.sampled_from([0, 1, 2, 3, 5, 33]))
    kind, gaps = draw(st.sampled_from(["uint8", "uint16"])), draw(st.sampled_from([0, 0.2, 0.9]))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    leaves = rng.integers(0, q, (n, n_leaves)).astype(kind)
    for v in range(1, n_leaves):
        leaves[:, v] = np.where(rng.random(n) < rng.random(), leaves[:, v - 1], leaves[:, v])
    leaves[rng.random(leaves.shape) < gaps] = np.iinfo(kind).max
    return leaves, q


def columns(leaves: np.ndarray) -> list[list[int | None]]:
    missing = np.iinfo(leaves.dtype).max
    return [[None if x == missing else x for x in column] for column in leaves.T.tolist()]


def pairs(n_leaves: int) -> list[tuple[int, int]]:
    few = range(min(n_leaves, 4)) if n_leaves < 33 else (0, 31, 32)  # on both sides of a square's edge
    return [(u, v) for u in few for v in few if u != v]


@settings(max_examples=120)
@given(features())
def test_correlations_are_their_definition(case: tuple[np.ndarray, int]) -> None:
    leaves, q = case
    shown, found, logs = columns(leaves), distances.correlations(*case), distances.correlation_distances(*case)
    assert found.shape == logs.values.shape == logs.capped.shape == (leaves.shape[1],) * 2
    assert np.array_equal(np.diag(found), np.ones(len(found)))
    assert not np.diag(logs.values).any() and not np.diag(logs.capped).any()
    for u, v in pairs(len(found)):
        c = exact.correlation(shown[u], shown[v], q)
        assert np.isnan(found[u, v]) if c is None else found[u, v] == float(c)  # rounded once
        assert logs.capped[u, v] == (c is None or c <= 0)
        if logs.capped[u, v]:
            assert logs.values[u, v] == logs.cap
        else:
            assert abs(logs.values[u, v] + log(c)) <= 4e-16 * (1 + abs(log(c)))
            assert 0 <= logs.values[u, v] < logs.cap
    assert logs.n_capped == np.count_nonzero(np.triu(logs.capped))


@settings(max_examples=120)
@given(features(4))
def test_log_det_distances_are_their_definition(case: tuple[np.ndarray, int]) -> None:
    leaves, q = case
    shown, found = columns(leaves), distances.log_det_distances(*case)
    assert not np.diag(found.values).any() and not np.diag(found.capped).any()
    for u, v in pairs(len(found.values)):
        square = exact.log_det_square(shown[u], shown[v], q)
        assert found.capped[u, v] == (square is None or square == 0)  # of so few features no other pivot is negligible
        if found.capped[u, v]:
            assert found.values[u, v] == found.cap
        else:
            assert abs(found.values[u, v] + log(square) / 2) <= 1e-11
            assert 0 <= found.values[u, v] < found.cap


@pytest.mark.parametrize("q", [2, 3, 8])
@given(features(2), st.integers(0, 2**32))
def test_renamed_states_and_leaves(q: int, case: tuple[np.ndarray, int], seed: int) -> None:
    rng = np.random.default_rng(seed)
    leaves = rng.integers(0, q, case[0].shape, dtype=np.uint8)
    order, states = rng.permutation(leaves.shape[1]), rng.permuted(np.tile(np.arange(q), (leaves.shape[1], 1)), axis=1)
    renamed = np.take_along_axis(states.T, leaves.astype(int), axis=0).astype(np.uint8)
    for estimate, other in (
        (distances.correlation_distances, states[0][leaves].astype(np.uint8) if states.size else leaves),
        (distances.log_det_distances, renamed),
    ):
        plain, moved = estimate(leaves, q), estimate(other[:, order], q)
        assert np.array_equal(moved.capped, plain.capped[order][:, order])
        np.testing.assert_allclose(moved.values, plain.values[order][:, order], rtol=1e-11, atol=1e-13)


def test_the_same_bits_whatever_the_threads() -> None:
    leaves = np.random.default_rng(0).integers(0, 4, (300, 150), dtype=np.uint8)
    gaps = np.where(np.random.default_rng(1).random(leaves.shape) < 0.1, 255, leaves).astype(np.uint8)
    for data in (leaves, gaps):
        for estimate in (distances.correlation_distances, distances.log_det_distances):
            one, three = estimate(data, 4, threads=1), estimate(data, 4, threads=3)
            assert np.array_equal(one.values, three.values) and np.array_equal(one.capped, three.capped)
            assert np.array_equal(one.values, one.values.T) and np.array_equal(one.capped, one.capped.T)
            words = np.where(data == 255, 65535, data.astype(np.uint16))
            assert np.array_equal(estimate(words, 4).values, one.values)


def test_estimates_come_near_the_sums_along_paths() -> None:
    """A quartet with edges of lambda = .8; 10^5 features leave an error of about .01."""
    tree = Tree([-1, 0, 0, 1, 1, 2, 2])
    edges = np.array([[0, 2, 4, 4], [2, 0, 4, 4], [4, 4, 0, 2], [4, 4, 2, 0]])
    for q in (2, 4):
        channel = 0.8 * np.eye(q) + 0.2 / q
        leaves = trees.broadcast(tree, channel, 100_000, seed=1, leaves_only=True)
        by_correlation = distances.correlation_distances(leaves, q).values
        assert np.abs(by_correlation + edges * log(0.8)).max() < 0.05
        assert np.abs(distances.log_det_distances(leaves, q).values + (q - 1) * edges * log(0.8)).max() < 0.1
        # Unknown renamings of the states of a leaf spoil the one and not the other.
        renamed = leaves.copy()
        renamed[:, 0] = (leaves[:, 0] + 1) % q
        assert np.abs(distances.correlation_distances(renamed, q).values - by_correlation).max() > 0.5
        assert np.abs(distances.log_det_distances(renamed, q).values + (q - 1) * edges * log(0.8)).max() < 0.1


def test_caps() -> None:
    leaves = np.array([[0, 0, 1], [1, 1, 0], [1, 1, 1], [0, 1, 1]], dtype=np.uint8)
    found = distances.correlation_distances(leaves, 2, cap=0.5)
    assert found.n_capped == 3  # log 2 is above it
    assert set(found.values[np.triu_indices(3, 1)]) == {0.5}
    with_one_feature = distances.correlation_distances(leaves[:1], 2)
    assert with_one_feature.values.tolist() == [[0, 0, log(2)], [0, 0, log(2)], [log(2), log(2), 0]]
    assert distances.log_det_distances(leaves[:1], 2).n_capped == 3


BYTES = np.zeros((2, 3), dtype=np.uint8)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: distances.correlations(BYTES[0], 2), r"leaves has shape \(3,\): it must be \(n_features, n_leaves\)"),
        (lambda: distances.correlations(BYTES, 1), r"q = 1: it must lie in 2 \.\.\. 255 for leaves of this type"),
        (lambda: distances.correlations(BYTES, 256), "q = 256: it must lie in 2"),
        (
            lambda: distances.correlation_distances(BYTES + np.uint8(3), 3),
            r"leaves\[0, 0\] = 3: a state is at most",
        ),
        (lambda: distances.log_det_distances(BYTES + np.uint8(254), 3), r"leaves\[0, 0\] = 254: a state is at most"),
        (lambda: distances.log_det_distances(BYTES, 65), r"q = 65: log-det distances are for 2 \.\.\. 64 states"),
        (lambda: distances.log_det_distances(BYTES, 0), "q = 0: it must be at least 1"),
        (lambda: distances.correlation_distances(BYTES, 2, cap=0), "cap = 0: it must be positive and finite"),
        (lambda: distances.correlation_distances(BYTES, 2, cap=inf), "cap = inf"),
        (lambda: distances.log_det_distances(BYTES, 2, cap=nan), "cap = nan"),
        (lambda: distances.correlations(BYTES, 2, threads=0), "threads = 0: it must be at least 1"),
    ],
)
def test_bad_input(call: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()  # type: ignore[operator]


def test_bad_types() -> None:
    for call in (distances.correlations, distances.correlation_distances, distances.log_det_distances):
        with pytest.raises(TypeError, match="leaves has dtype float64: it must be uint8 or uint16"):
            call(np.zeros((2, 3)), 2)
