"""The level-by-level algorithm: the kernel decides what the definition decides, ties included, and finds true trees."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import isnan, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrodict import hierarchy, topology, trees
from retrodict.exact.level_by_level import level_by_level as by_definition
from retrodict.graphs import Tree
from retrodict.level_by_level import FoundTree, level_by_level


def channel(q: int, lam: float) -> np.ndarray:
    return lam * np.eye(q) + (1 - lam) / q


def features(arity: int, depth: int, q: int, lam: float, n: int, seed: int, renamed: bool = False) -> np.ndarray:
    """Of a broadcast on the complete tree; every edge renames states, or none does."""
    tree = Tree.complete(arity, depth)
    rng = np.random.default_rng(seed)
    law = np.tile(channel(q, lam), (tree.n_nodes, 1, 1))
    if renamed:
        law = np.stack([block[:, rng.permutation(q)] for block in law])
    return trees.broadcast(tree, law, n, seed, leaves_only=True)


def distance(found: FoundTree, arity: int, depth: int) -> int:
    return topology.count_splits(found.tree, Tree.complete(arity, depth)).distance


def below(tree: Tree) -> list[frozenset[int]]:
    """Columns of the leaves below each node."""
    sets: list[set[int]] = [set() for _ in range(tree.n_nodes)]
    for column, v in enumerate(tree.leaves):
        sets[v].add(column)
    for v in range(tree.n_nodes - 1, 0, -1):
        sets[tree.parent[v]] |= sets[v]
    return [frozenset(s) for s in sets]


@st.composite
def cases(draw: st.DrawFn) -> tuple[np.ndarray, dict]:
    arity, depth = draw(st.sampled_from([(2, 1), (2, 2), (2, 3), (3, 1), (3, 2), (4, 1), (4, 2), (2, 4)]))
    q, renamed = draw(st.integers(2, 4)), draw(st.booleans())
    n, seed = draw(st.sampled_from([1, 2, 3, 8, 20, 70])), draw(st.integers(0, 2**32))
    leaves = features(arity, depth, q, draw(st.sampled_from([0.0, 0.5, 0.9])), n, seed, renamed)
    rng = np.random.default_rng(seed)
    leaves = leaves[:, rng.permutation(leaves.shape[1])]
    leaves[rng.random(leaves.shape) < draw(st.sampled_from([0, 0.2, 0.9, 1.0]))] = 255
    quality = draw(st.sampled_from([None, 0.25, 0.5, 0.9]))
    rule = draw(st.sampled_from(["bp", "bp", "plurality", "first_child"]))
    return leaves, {"q": q, "arity": arity, "renamed": renamed, "quality": quality, "rule": rule}


def close(found: float, expected: float | None) -> bool:
    return isnan(found) if expected is None else found == pytest.approx(float(expected), rel=1e-12, abs=1e-14)


@settings(max_examples=200, deadline=None)
@given(cases())
def test_the_kernel_is_the_definition(case: tuple[np.ndarray, dict]) -> None:
    leaves, options = case
    found = level_by_level(leaves, **options, threads=1)
    rows = [[None if x == 255 else x for x in row] for row in leaves.tolist()]
    quality = None if options["quality"] is None else Fraction(options["quality"])
    expected = by_definition(rows, **{**options, "quality": quality})
    assert found.tree.parent.tolist() == expected.parent
    assert [[None if x == 255 else x for x in node] for node in found.states.T.tolist()] == expected.states
    assert found.quality == float(expected.quality)
    assert close(found.root_reliability, expected.root_reliability)
    for level, there in zip(found.levels, expected.levels, strict=True):
        assert (level.n_groups, level.n_cliques) == (len(there.groups), sum(there.cliques))
        assert close(level.correlation, there.correlation) and close(level.reliability, there.reliability)
        if level.reliability > 0:
            for here, estimate in ((level.least_within, there.within), (level.greatest_across, there.across)):
                if estimate == -np.inf:
                    assert isnan(here) or here <= 0
                    continue
                correlation = sqrt(max(estimate, 0)) if options["renamed"] else estimate
                assert close(here, correlation / float(there.reliability) ** 2)


def test_the_exact_law() -> None:
    """Each leaf pattern as often as it is probable: every estimate is the number that it estimates."""
    for q, stay in ((2, 3), (3, 4)):  # of 4 and of 6: lambda = 1/2
        tree = Tree.complete(2, 2)
        rows = []
        for states in product(range(q), repeat=7):
            weight = 1
            for v in range(1, 7):
                weight *= stay if states[v] == states[tree.parent[v]] else 1
            rows += [states[3:]] * weight
        leaves = np.array(rows, dtype=np.uint8)
        for order in ([0, 1, 2, 3], [0, 2, 1, 3]):
            found = level_by_level(leaves[:, order], q)
            assert below(found.tree)[1:3] == [frozenset({0, order.index(1)}), frozenset({order.index(2), 3})]
            first, second = found.levels
            assert (found.quality, first.correlation, first.least_within) == (0.5, 0.25, 0.25)
            assert first.greatest_across == 0.0625 and found.consistent
            assert second.quality == pytest.approx(0.5, rel=1e-12)
            names = np.stack([np.roll(np.arange(q), v) for v in range(4)])
            other = level_by_level(rename(leaves[:, order], names), q, renamed=True)
            assert other.tree.parent.tolist() == found.tree.parent.tolist()
            assert np.array_equal(other.states, rename(found.states, names[[min(s) for s in below(found.tree)[:3]]]))


def rename(states: np.ndarray, names: np.ndarray) -> np.ndarray:
    """Column v by names[v]; what is unobserved stays so."""
    q, missing = names.shape[1], np.iinfo(states.dtype).max
    new = np.take_along_axis(names.T, np.minimum(states, q - 1).astype(int), axis=0)
    return np.where(states == missing, missing, new).astype(states.dtype)


SIMULATED = [
    # arity, depth, q, lambda, features, renamed, rule, share of gaps
    (2, 10, 2, 0.9, 600, False, "bp", 0.0),
    (2, 8, 2, 0.8, 500, False, "bp", 0.1),
    (2, 7, 4, 0.9, 300, True, "bp", 0.0),
    (2, 6, 4, 0.8, 500, True, "bp", 0.1),
    (3, 5, 2, 0.8, 400, False, "bp", 0.1),
    (4, 4, 3, 0.7, 400, False, "bp", 0.0),
    (4, 3, 5, 0.7, 500, True, "bp", 0.0),
    (16, 2, 300, 0.4, 300, False, "plurality", 0.0),
]


@pytest.mark.parametrize(("arity", "depth", "q", "lam", "n", "renamed", "rule", "gaps"), SIMULATED)
def test_true_trees_are_found(
    arity: int, depth: int, q: int, lam: float, n: int, renamed: bool, rule: str, gaps: float
) -> None:
    leaves = features(arity, depth, q, lam, n, 1, renamed)
    leaves[np.random.default_rng(2).random(leaves.shape) < gaps] = np.iinfo(leaves.dtype).max
    found = level_by_level(leaves, q, arity, renamed=renamed, rule=rule)
    assert distance(found, arity, depth) == 0
    assert found.quality == pytest.approx(lam, abs=0.03)
    for level in found.levels[:-2]:
        assert level.quality == pytest.approx(lam, abs=0.06)


def test_without_re_estimation_more_features_are_needed() -> None:
    leaves = features(2, 8, 2, 0.8, 500, 1)
    assert distance(level_by_level(leaves, 2), 2, 8) == 0
    first = level_by_level(leaves, 2, rule="first_child")
    assert distance(first, 2, 8) > 20
    assert first.levels[3].reliability == pytest.approx(first.quality**3) and not first.consistent


def test_pairs_of_features_as_one_state() -> None:
    """M2: edges rename pairs of states."""
    leaves = hierarchy.simulate("M2", 2000, 3, arity=2, depth=5, q=3, strength=0.85).features
    assert distance(level_by_level(hierarchy.pairs(leaves, 3), 9, renamed=True), 2, 5) == 0
    assert distance(level_by_level(hierarchy.pairs(leaves, 3), 9), 2, 5) > 20


def test_renamed_leaves_and_states() -> None:
    for arity, depth, q, renamed in ((2, 6, 2, False), (3, 3, 4, False), (2, 5, 4, True), (3, 3, 3, True)):
        leaves = features(arity, depth, q, 0.85, 600, 5, renamed)
        leaves[np.random.default_rng(6).random(leaves.shape) < 0.05] = 255
        plain = level_by_level(leaves, q, arity, renamed=renamed)
        assert plain.consistent
        rng = np.random.default_rng(7)
        order = rng.permutation(leaves.shape[1])
        moved = level_by_level(leaves[:, order], q, arity, renamed=renamed)
        assert moved.consistent and moved.quality == plain.quality
        there = {columns: v for v, columns in enumerate(below(plain.tree))}
        for v, columns in enumerate(below(moved.tree)):
            back = there[frozenset(int(order[c]) for c in columns)]
            if v < moved.states.shape[1] and not renamed:
                assert np.array_equal(moved.states[:, v], plain.states[:, back])
        if renamed:
            names = rng.permuted(np.tile(np.arange(q), (leaves.shape[1], 1)), axis=1)
            other = level_by_level(rename(leaves, names), q, arity, renamed=True)
            assert other.tree.parent.tolist() == plain.tree.parent.tolist()
            least = [min(columns) for columns in below(plain.tree)[: plain.states.shape[1]]]
            assert np.array_equal(other.states, rename(plain.states, names[least]))
            assert [level.correlation for level in other.levels] == [level.correlation for level in plain.levels]


def test_the_same_bits_whatever_the_threads_and_the_type() -> None:
    for renamed in (False, True):
        leaves = features(2, 6, 4, 0.7, 300, 1, renamed)
        leaves[np.random.default_rng(2).random(leaves.shape) < 0.1] = 255
        one = level_by_level(leaves, 4, renamed=renamed, threads=1)
        three = level_by_level(leaves, 4, renamed=renamed, threads=3)
        words = np.where(leaves == 255, 65535, leaves.astype(np.uint16))
        wide = level_by_level(words, 4, renamed=renamed)
        assert repr(one.levels) == repr(three.levels) == repr(wide.levels)
        assert np.array_equal(one.states, three.states)
        assert np.array_equal(wide.states, np.where(one.states == 255, 65535, one.states.astype(np.uint16)))
        assert one.tree.parent.tolist() == three.tree.parent.tolist() == wide.tree.parent.tolist()


def test_nothing_underflows() -> None:
    """64 children that contradict each other, at a quality next to 1."""
    leaves = np.tile(np.arange(64, dtype=np.uint16) % 33, (5, 1))
    found = level_by_level(leaves, 60_000, 64, quality=1 - 2**-53)
    assert (found.states == 65535).all()
    leaves[:, 63] = 0
    assert not level_by_level(leaves, 60_000, 64, quality=1 - 2**-53).states.any()


BYTES = np.zeros((2, 4), dtype=np.uint8)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: level_by_level(BYTES[0], 2), r"leaves has shape \(4,\): it must be \(n_features, n_leaves\)"),
        (lambda: level_by_level(BYTES[:0], 2), "leaves has no rows: there must be at least one feature"),
        (lambda: level_by_level(BYTES[:, :3], 2), "leaves has 3 columns: it must be a power of arity = 2"),
        (lambda: level_by_level(BYTES, 2, 3), "leaves has 4 columns: it must be a power of arity = 3"),
        (lambda: level_by_level(BYTES[:, :1], 2), "leaves has 1 columns: there must be at least arity = 2"),
        (lambda: level_by_level(BYTES, 2, 5), "leaves has 4 columns: there must be at least arity = 5"),
        (lambda: level_by_level(BYTES, 2, 1), "arity = 1: it must be at least 2"),
        (lambda: level_by_level(BYTES, 1), r"q = 1: it must lie in 2 \.\.\. 255 for leaves of this type"),
        (lambda: level_by_level(BYTES, 256), "q = 256: it must lie in 2"),
        (lambda: level_by_level(BYTES, 65, renamed=True), r"q = 65: renamed states are for 2 \.\.\. 64"),
        (lambda: level_by_level(BYTES + np.uint8(3), 3), r"leaves\[0, 0\] = 3: a state is at most q - 1 = 2"),
        (lambda: level_by_level(BYTES, 2, quality=0), "quality = 0: it must lie strictly between 0 and 1"),
        (lambda: level_by_level(BYTES, 2, quality=1), "quality = 1: it must lie strictly"),
        (lambda: level_by_level(BYTES, 2, quality=float("nan")), "quality = nan: it must lie strictly"),
        (lambda: level_by_level(BYTES, 2, rule="majority"), "rule = 'majority': it must be 'bp', 'plurality' or 'firs"),
        (lambda: level_by_level(BYTES, 2, threads=0), "threads = 0: it must be at least 1"),
    ],
)
def test_bad_input(call: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()  # type: ignore[operator]


def test_bad_types() -> None:
    with pytest.raises(TypeError, match="leaves has dtype float64: it must be uint8 or uint16"):
        level_by_level(np.zeros((2, 4)), 2)
