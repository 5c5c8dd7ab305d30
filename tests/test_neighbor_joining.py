"""Neighbour joining: the kernel joins what the definition joins, ties included; additive distances give their tree."""

from __future__ import annotations

from fractions import Fraction
from math import inf, nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrodict import topology
from retrodict.exact.neighbor_joining import neighbor_joining as by_definition


def symmetric(upper: np.ndarray) -> np.ndarray:
    upper = np.triu(upper, 1)
    return upper + upper.T


def additive(rng: np.random.Generator, n: int, longest: int) -> tuple[np.ndarray, set[frozenset[int]]]:
    """Distances in a random tree with edges 1 ... longest, and its splits: the side without taxon 0."""
    groups = {i: {i: 0} for i in range(n)}  # taxa below each root, with their distances to it
    distances, splits = np.zeros((n, n)), set()
    for node in range(n, 2 * n - 1):
        a, b = (groups.pop(int(x)) for x in rng.permutation(sorted(groups))[:2])
        a, b = (
            {i: x + length for i, x in group.items()}
            for group, length in ((a, int(rng.integers(1, longest + 1))), (b, int(rng.integers(1, longest + 1))))
        )
        for i, x in a.items():
            for j, y in b.items():
                distances[i, j] = distances[j, i] = x + y
        groups[node] = a | b
        below = frozenset(groups[node])
        splits.add(below if 0 not in below else frozenset(range(n)) - below)
    return distances, {split for split in splits if 2 <= len(split) <= n - 2}


def splits_of(parent: np.ndarray) -> set[frozenset[int]]:
    n = len(parent) // 2 + 1
    below: list[set[int]] = [set() for _ in parent]
    for v in range(len(parent) - 1, 0, -1):
        if v >= n - 2:
            below[v].add(v - (n - 2))
        below[parent[v]] |= below[v]
    sides = (frozenset(x) if 0 not in x else frozenset(range(n)) - x for x in below[1 : n - 2])
    return {side for side in sides if 2 <= len(side) <= n - 2}


@st.composite
def matrices(draw: st.DrawFn, most: int = 24) -> np.ndarray:
    """Integers, often equal ones and with zeros, or distances in a tree with integer edges, exactly or nearly."""
    n = draw(st.integers(3, most))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    kind = draw(st.sampled_from(["few values", "any", "tree", "near a tree"]))
    if kind.endswith("tree"):
        distances, _ = additive(rng, n, draw(st.sampled_from([1, 5])))
        return distances + symmetric(rng.integers(0, 3, (n, n))) * (kind == "near a tree")
    return symmetric(rng.integers(0, 3 if kind == "few values" else 1000, (n, n)).astype(float))


@settings(max_examples=150)
@given(matrices())
def test_the_definition_ties_included(distances: np.ndarray) -> None:
    """Integers are halved at most once for each join, so that all sums are exact in doubles."""
    found = topology.neighbor_joining(distances)
    parent, lengths = by_definition([[Fraction(int(x)) for x in row] for row in distances])
    assert found.tree.parent.tolist() == parent
    np.testing.assert_allclose(found.lengths[1:], [float(x) for x in lengths[1:]], rtol=1e-13, atol=1e-13)
    assert np.isnan(found.lengths[0])
    assert np.array_equal(found.tree.lengths, np.where(found.lengths < 0, 0, found.lengths), equal_nan=True)


def plain(distances: np.ndarray) -> list[int]:
    """The algorithm in NumPy, all pairs in every step."""
    d, n = distances.copy(), len(distances)
    node, parent = np.arange(n - 2, 2 * n - 2), [-1] * (2 * n - 2)
    places = np.arange(n)
    for r in range(n, 3, -1):
        part = d[np.ix_(places, places)]
        sums = part.sum(axis=1)
        q = (r - 2) * part - sums - sums[:, None]
        q[np.triu_indices(r)] = np.inf
        i, j = (int(places[k]) for k in np.unravel_index(np.argmin(q), q.shape))
        parent[node[i]] = parent[node[j]] = node[j] = r - 3
        new = (d[i] + d[j] - d[i, j]) / 2
        d[j] = d[:, j] = new
        d[j, j] = 0
        places = places[places != i]
    for k in places:
        parent[node[k]] = 0
    return parent


@pytest.mark.parametrize("noise", [0.0, 0.01, 0.3, 3.0, 100.0])
@pytest.mark.parametrize("n", [100, 257])
def test_bounds_skip_no_pair(n: int, noise: float) -> None:
    """Larger matrices, which are packed several times; up to noise that leaves nothing of the tree."""
    rng = np.random.default_rng(n)
    distances, splits = additive(rng, n, 40)
    noisy = np.abs(distances + symmetric(noise * rng.standard_normal((n, n))))
    found = topology.neighbor_joining(noisy, threads=1)
    # Of the last four nodes two pairs have the same Q, and rounding decides; the tree is the same.
    assert splits_of(found.tree.parent) == (splits if noise == 0 else splits_of(np.array(plain(noisy))))
    three = topology.neighbor_joining(noisy, threads=3)
    assert np.array_equal(three.lengths, found.lengths, equal_nan=True)


@given(st.integers(4, 30), st.integers(0, 2**32))
@settings(max_examples=60)
def test_additive_distances_give_their_tree(n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    distances, splits = additive(rng, n, 9)
    found = topology.neighbor_joining(distances)
    assert splits_of(found.tree.parent) == splits
    order = rng.permutation(n)
    moved = topology.neighbor_joining(distances[np.ix_(order, order)])
    back = {frozenset(int(order[i]) for i in side) for side in splits_of(moved.tree.parent)}
    assert {side if 0 not in side else frozenset(range(n)) - side for side in back} == splits
    scaled = topology.neighbor_joining(distances * 2.0**-1040)
    assert scaled.tree.parent.tolist() == found.tree.parent.tolist()


@given(st.integers(4, 24), st.integers(0, 2**32))
@settings(max_examples=100)
def test_attesons_radius(n: int, seed: int) -> None:
    """Edges of length at least 1, all distances off by just less than a half, in the worst direction or at random."""
    rng = np.random.default_rng(seed)
    distances, splits = additive(rng, n, 3)
    for error in (rng.choice([-0.499, 0.499], (n, n)), rng.uniform(-0.499, 0.499, (n, n))):
        found = topology.neighbor_joining(distances + symmetric(error))
        assert splits_of(found.tree.parent) == splits


def test_attesons_radius_is_no_larger() -> None:
    """Four taxa, an inner edge of length 1: errors of .51 exchange two of them."""
    distances = np.array([[0, 2, 3, 3], [2, 0, 3, 3], [3, 3, 0, 2], [3, 3, 2, 0]], dtype=float)
    error = np.array([[0, 1, -1, 1], [1, 0, 1, -1], [-1, 1, 0, 1], [1, -1, 1, 0]])
    for size, split in ((0.49, {2, 3}), (0.51, {1, 3})):
        found = topology.neighbor_joining(distances + size * error)
        assert splits_of(found.tree.parent) == {frozenset(split)}


def test_extreme_numbers() -> None:
    distances, splits = additive(np.random.default_rng(0), 9, 5)
    for scale in (5e-324, 1e-300, 1e300, np.finfo(float).max / (2 * distances.max())):
        found = topology.neighbor_joining(distances * scale)
        assert splits_of(found.tree.parent) == splits
        assert np.isfinite(found.lengths[1:]).all()
    zeros = topology.neighbor_joining(np.zeros((6, 6)))
    assert not zeros.lengths[1:].any()


def test_names() -> None:
    found = topology.neighbor_joining([[0, 1, 2], [1, 0, 3], [2, 3, 0]], names=["a", "b", "c"])
    assert (found.tree.names, found.tree.parent.tolist()) == ((None, "a", "b", "c"), [-1, 0, 0, 0])
    assert found.lengths[1:].tolist() == [0, 1, 2]


def changed(n: int, *entries: tuple[int, int, float]) -> np.ndarray:
    distances = np.ones((n, n)) - np.eye(n)
    for i, j, x in entries:
        distances[i, j] = x
    return distances


@pytest.mark.parametrize(
    ("distances", "message"),
    [
        (changed(40, (1, 33, nan)), r"distances\[1, 33\] = nan: a distance is finite and at least 0"),
        (changed(40, (33, 1, inf)), r"distances\[33, 1\] = inf: a distance is finite"),
        (changed(4, (2, 1, -0.5)), r"distances\[2, 1\] = -0.5: a distance is finite and at least 0"),
        (changed(40, (33, 1, 2)), r"distances\[1, 33\] = 1 and distances\[33, 1\] = 2: they must be equal"),
        (changed(4, (0, 1, 2)), r"distances\[0, 1\] = 2 and distances\[1, 0\] = 1: they must be equal"),
        (changed(4, (3, 3, 1e-9)), r"distances\[3, 3\] = 1e-09: the distance to itself is 0"),
        (changed(2), "distances is for 2 taxa: neighbour joining needs at least 3"),
        (np.zeros((0, 0)), "distances is for 0 taxa"),
        (np.zeros((3, 4)), r"distances has shape \(3, 4\): it must be \(n, n\)"),
        (np.zeros(3), r"distances has shape \(3,\)"),
    ],
)
def test_bad_input(distances: np.ndarray, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        topology.neighbor_joining(distances)


def test_bad_names() -> None:
    with pytest.raises(ValueError, match="names has 2 entries: there are 3 taxa"):
        topology.neighbor_joining(changed(3), names=["a", "b"])
