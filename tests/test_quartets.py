"""Quartets: kernels are the definitions, on fractions and bit for bit on floats; Buneman trees find what they must."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from math import comb, inf, nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrodict import quartets, topology
from retrodict.exact import quartets as exact
from retrodict.exact.distances import along_tree
from retrodict.exact.splits import splits
from retrodict.graphs import Tree


def symmetric(upper: np.ndarray) -> np.ndarray:
    upper = np.triu(upper, 1)
    return upper + upper.T


def random_parents(rng: np.random.Generator, n: int, *, resolved: bool) -> list[int]:
    """Of a tree of n leaves: all inner nodes with three neighbours, or with any number of them."""
    parent, leaves = [-1, 0, 0, 0], [1, 2, 3]
    while len(leaves) < n:
        if resolved or rng.random() < 0.5:
            v = leaves.pop(int(rng.integers(len(leaves))))
            leaves += [len(parent), len(parent) + 1]
            parent += [v, v]
        else:
            inner = [v for v in range(len(parent)) if v not in leaves]
            leaves.append(len(parent))
            parent.append(int(rng.choice(inner)))
    return parent


@st.composite
def trees(draw: st.DrawFn, least: int = 4, most: int = 9, *, resolved: bool = False) -> list[int]:
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    return random_parents(rng, draw(st.integers(least, most)), resolved=resolved)


@st.composite
def matrices(draw: st.DrawFn, least: int = 4, most: int = 8) -> np.ndarray:
    """Few values, so that sums are tied; floats; or distances in a tree, with or without errors."""
    n = draw(st.integers(least, most))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    kind = draw(st.sampled_from(["few", "floats", "tree", "near a tree"]))
    if kind == "few":
        return symmetric(rng.integers(0, 4, (n, n)).astype(float))
    if kind == "floats":
        return symmetric(rng.random((n, n)))
    parent = random_parents(rng, n, resolved=False)
    lengths = rng.integers(1, 4, len(parent)).tolist()
    return np.array(along_tree(parent, lengths), dtype=float) + symmetric((kind != "tree") * rng.random((n, n)))


def sides_of(tree: Tree) -> set[frozenset[int]]:
    return splits(tree.parent.tolist())


@given(matrices(), st.randoms(use_true_random=False))
def test_four_points_are_their_definition(distances: np.ndarray, random: object) -> None:
    n = len(distances)
    chosen = [random.sample(range(n), 4) for _ in range(20)]  # type: ignore[attr-defined]
    found = quartets.four_point(distances, chosen)
    assert (found.partner.shape, found.gap.shape) == ((20,), (20,))
    for k, quartet in enumerate(chosen):
        partner, gap = exact.four_point(distances.tolist(), quartet)  # the same sums, rounded alike
        assert (found.partner[k], found.gap[k]) == (partner, gap)


@given(trees(), st.randoms(use_true_random=False))
def test_four_points_of_a_tree_are_its_quartets(parent: list[int], random: object) -> None:
    lengths = [Fraction(random.randint(1, 9), random.randint(1, 9)) for _ in parent]  # type: ignore[attr-defined]
    distances, sides = along_tree(parent, lengths), splits(parent)
    for quartet in combinations(range(len(distances)), 4):
        assert exact.four_point(distances, quartet)[0] == exact.partner(sides, quartet)


@settings(max_examples=60)
@given(trees(), st.integers(0, 2**32))
def test_counts_are_their_definition(first: list[int], seed: int) -> None:
    n = Tree(first).n_leaves
    second = random_parents(np.random.default_rng(seed), n, resolved=bool(seed % 2))
    found = quartets.count_quartets(Tree(first), Tree(second))
    assert (found.first, found.second, found.alike, found.different) == exact.compare(first, second)
    sides = splits(first), splits(second)
    apart = sum(exact.partner(sides[0], q) != exact.partner(sides[1], q) for q in combinations(range(n), 4))
    assert (found.total, found.distance) == (comb(n, 4), apart)
    assert quartets.count_quartets(Tree(second), Tree(first)).distance == apart


@given(st.integers(4, 8).flatmap(lambda n: st.tuples(trees(n, n), matrices(n, n))))
def test_support_counts_four_points(case: tuple[list[int], np.ndarray]) -> None:
    parent, distances = case
    found, sides, counts = quartets.support(Tree(parent), distances), splits(parent), [0, 0, 0, 0]
    for quartet in combinations(range(len(distances)), 4):
        x, (y, _) = exact.partner(sides, quartet), exact.four_point(distances.tolist(), quartet)
        counts = [c + bool(k) for c, k in zip(counts, (x, y, x and x == y, x and y and x != y), strict=True)]
    assert [found.first, found.second, found.alike, found.different] == counts
    assert np.isnan(found.share) if counts[0] == 0 else found.share == counts[2] / counts[0]
    own = np.array(along_tree(parent, [1] * len(parent)), dtype=float)
    assert quartets.support(Tree(parent), own) == quartets.count_quartets(Tree(parent), Tree(parent))


@pytest.mark.parametrize("n", [40, 67])
def test_many_leaves(n: int) -> None:
    """Counts of larger trees, whose lanes are filled: a tree with itself, and one leaf that is moved."""
    rng = np.random.default_rng(n)
    parent = random_parents(rng, n, resolved=True)
    first, second = Tree(parent), Tree(random_parents(rng, n, resolved=False))
    assert quartets.count_quartets(first, first).alike == comb(n, 4)
    one, three = (quartets.count_quartets(first, second, threads=t) for t in (1, 3))
    assert one == three
    distances = np.array([along_tree(t.parent.tolist(), [1] * t.n_nodes) for t in (first, second)], dtype=float)
    every = np.array(list(combinations(range(n), 4)))
    here, there = (quartets.four_point(d, every).partner for d in distances)
    assert (one.first, one.second) == (np.count_nonzero(here), np.count_nonzero(there))
    assert one.distance == np.count_nonzero(here != there)
    assert quartets.support(first, distances[1]) == one


def test_as_many_distances_as_leaves() -> None:
    with pytest.raises(ValueError, match="distances is for 5 taxa: the tree has 4 leaves"):
        quartets.support(Tree([-1, 0, 0, 0, 0]), np.ones((5, 5)) - np.eye(5))


def test_leaves_are_matched_by_name() -> None:
    first, second = Tree.from_newick("((a,b),(c,d),e);"), Tree.from_newick("(e,(d,c),(b,a));")
    assert quartets.count_quartets(first, second) == quartets.QuartetCounts(5, 5, 5, 5, 0)
    with pytest.raises(ValueError, match="leaves of the first tree only: 'e'"):
        quartets.count_quartets(first, Tree.from_newick("((a,b),(c,d),f);"))


@settings(max_examples=150)
@given(matrices(3))
def test_the_buneman_tree_is_its_definition(distances: np.ndarray) -> None:
    """All splits tried, splits taxon by taxon, and the kernel: the same splits with the same indices, bit for bit."""
    n, rows = len(distances), distances.tolist()
    index = exact.buneman_by_definition(rows)
    assert exact.buneman(rows) == index
    exactly = [[Fraction(x) for x in row] for row in rows]
    assert exact.buneman(exactly) == exact.buneman_by_definition(exactly)
    found = quartets.buneman_tree(distances)
    parent = found.tree.parent.tolist()
    inner = len(parent) - n
    assert sides_of(found.tree) == set(index)
    assert found.tree.leaves.tolist() == list(range(inner, inner + n))
    for v in range(1, len(parent)):
        (side,) = splits_of_edge(parent, v)
        if v < inner:
            assert found.lengths[v] == index[side]
        else:
            a, others = v - inner, [x for x in range(n) if x != v - inner]
            least = min(rows[a][b] + rows[a][c] - rows[b][c] for b, c in combinations(others, 2))
            assert found.lengths[v] == least / 2
    assert np.isnan(found.lengths[0])
    assert np.array_equal(found.tree.lengths, np.where(found.lengths < 0, 0, found.lengths), equal_nan=True)


def splits_of_edge(parent: list[int], v: int) -> list[frozenset[int]]:
    """The side without leaf 0 of the edge above v."""
    leaves = [u for u in range(len(parent)) if u not in parent]
    below = {v}
    for u in range(v + 1, len(parent)):
        if parent[u] in below:
            below.add(u)
    side = frozenset(leaves.index(u) for u in below if u in leaves)
    return [frozenset(range(len(leaves))) - side if 0 in side else side]


@settings(max_examples=60)
@given(trees(3, 40), st.integers(0, 2**32))
def test_distances_in_a_tree_give_it(parent: list[int], seed: int) -> None:
    """With its lengths, whatever the numbers of neighbours, and whatever the order of the taxa."""
    rng = np.random.default_rng(seed)
    lengths = rng.integers(1, 9, len(parent)).astype(float)
    distances = np.array(along_tree(parent, lengths.tolist()))
    found = quartets.buneman_tree(distances)
    assert sides_of(found.tree) == splits(parent)
    again = np.array(along_tree(found.tree.parent.tolist(), found.lengths.tolist()))
    assert np.array_equal(again, distances)
    order = rng.permutation(len(distances))
    moved = quartets.buneman_tree(distances[np.ix_(order, order)])
    back = {frozenset(int(order[i]) for i in side) for side in sides_of(moved.tree)}
    everything = frozenset(range(len(distances)))
    assert {side if 0 not in side else everything - side for side in back} == splits(parent)
    tiny = quartets.buneman_tree(distances * 2.0**-1040)
    assert tiny.tree.parent.tolist() == found.tree.parent.tolist()


@settings(max_examples=60)
@given(trees(4, 24, resolved=True), st.integers(0, 2**32))
def test_the_radius(parent: list[int], seed: int) -> None:
    """Edges of length at least 1, all distances off by just less than a half; beyond, splits are lost, never wrong."""
    rng = np.random.default_rng(seed)
    distances = np.array(along_tree(parent, rng.integers(1, 4, len(parent)).tolist()), dtype=float)
    for error in (rng.choice([-0.499, 0.499], distances.shape), rng.uniform(-0.499, 0.499, distances.shape)):
        assert sides_of(quartets.buneman_tree(distances + symmetric(error)).tree) == splits(parent)


def test_the_radius_is_no_larger() -> None:
    distances = np.array([[0, 2, 3, 3], [2, 0, 3, 3], [3, 3, 0, 2], [3, 3, 2, 0]], dtype=float)
    error = np.array([[0, 1, -1, 1], [1, 0, 1, -1], [-1, 1, 0, 1], [1, -1, 1, 0]])
    for size, split in ((0.49, {2, 3}), (0.51, {1, 3})):
        assert sides_of(quartets.buneman_tree(distances + size * error).tree) == {frozenset(split)}


def test_larger_trees_and_threads() -> None:
    rng = np.random.default_rng(5)
    parent = random_parents(rng, 90, resolved=True)
    distances = np.array(along_tree(parent, rng.integers(1, 9, len(parent)).tolist()), dtype=float)
    noisy = distances + symmetric(rng.uniform(0, 3, distances.shape))
    one, three = (quartets.buneman_tree(noisy, threads=t) for t in (1, 3))
    assert one.tree.parent.tolist() == three.tree.parent.tolist()
    assert np.array_equal(one.lengths, three.lengths, equal_nan=True)
    true, found = splits(parent), sides_of(one.tree)
    assert 0 < len(found) < len(true)
    # Its splits are those that every quartet supports, and each quartet of it is found in the distances.
    counts = quartets.support(one.tree, noisy)
    assert counts.alike == counts.first > 0
    for side in sorted(true - found, key=sorted)[:5]:
        gaps = [
            exact.four_point(noisy, (a, b, c, d))[0] == 1
            for a, b in combinations(sorted(set(range(90)) - side), 2)
            for c, d in combinations(sorted(side), 2)
        ]
        assert not all(gaps)


def changed(n: int, *entries: tuple[int, int, float]) -> np.ndarray:
    distances = np.ones((n, n)) - np.eye(n)
    for i, j, x in entries:
        distances[i, j] = x
    return distances


def test_names() -> None:
    found = quartets.buneman_tree([[0, 2, 3, 3], [2, 0, 3, 3], [3, 3, 0, 2], [3, 3, 2, 0]], names=list("abcd"))
    assert found.tree.to_newick() == "((c:1.0,d:1.0):1.0,a:1.0,b:1.0);"
    star = quartets.buneman_tree(changed(5))
    assert (star.tree.parent.tolist(), star.lengths[1:].tolist()) == ([-1] + [0] * 5, [0.5] * 5)
    with pytest.raises(ValueError, match="names has 2 entries: there are 3 taxa"):
        quartets.buneman_tree(changed(3), names=["a", "b"])


@pytest.mark.parametrize(
    "call",
    [
        quartets.buneman_tree,
        lambda d: quartets.four_point(d, [[0, 1, 2, 3]]),
        lambda d: quartets.support(Tree([-1, *[0] * len(d)]), d),
        topology.neighbor_joining,
    ],
)
@pytest.mark.parametrize(
    ("distances", "message"),
    [
        (changed(40, (1, 33, nan)), r"distances\[1, 33\] = nan: a distance is finite and at least 0"),
        (changed(4, (2, 1, inf)), r"distances\[2, 1\] = inf: a distance is finite"),
        (changed(4, (2, 1, -0.5)), r"distances\[2, 1\] = -0.5: a distance is finite and at least 0"),
        (changed(4, (2, 1, 2)), r"distances\[1, 2\] = 1 and distances\[2, 1\] = 2: they must be equal"),
        (changed(4, (3, 3, 1e-9)), r"distances\[3, 3\] = 1e-09: the distance to itself is 0"),
        (np.zeros((4, 5)), r"distances has shape \(4, 5\): it must be \(n, n\)"),
    ],
)
def test_bad_distances(call: object, distances: np.ndarray, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call(distances)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ([[0, 1, 2, 3], [0, 1, 2, 5]], r"quartets\[1, 3\] = 5: a taxon is at least 0 and less than 5"),
        ([[0, 1, -2, 3]], r"quartets\[0, 2\] = -2: a taxon is at least 0"),
        ([[0, 1, 3, 1]], r"quartets\[0, 3\] = 1: the four taxa of a quartet differ"),
        ([[0, 1, 2]], r"quartets has shape \(1, 3\): it must be \(m, 4\)"),
        ([0, 1, 2, 3], r"quartets has shape \(4,\)"),
    ],
)
def test_bad_quartets(chosen: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        quartets.four_point(changed(5), chosen)


def test_other_bad_input() -> None:
    with pytest.raises(TypeError, match="quartets has dtype float64: it must be integers"):
        quartets.four_point(changed(5), [[0.0, 1, 2, 3]])
    with pytest.raises(ValueError, match="distances is for 2 taxa: a Buneman tree needs at least 3"):
        quartets.buneman_tree(changed(2))
    with pytest.raises(ValueError, match="threads = 0: it must be at least 1"):
        quartets.four_point(changed(5), [[0, 1, 2, 3]], threads=0)
