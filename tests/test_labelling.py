from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrodict.distances import correlations
from retrodict.graphs import Tree
from retrodict.hierarchy import pairs, simulate
from retrodict.labelling import best_thresholds, label, low_order_scores, nearest_labels, root_in_the_middle
from retrodict.labels import Revealed, carriers
from retrodict.topology import count_splits, neighbor_joining

seeds = st.integers(0, 2**32)


def revealed_half(truth: np.ndarray) -> Revealed:
    half = np.arange(0, len(truth), 2)
    return Revealed(half, truth[half])


@pytest.mark.parametrize("method", ["level-by-level", "neighbor-joining"])
@pytest.mark.parametrize("model, strength", [("M0", 0.9), ("M1", 0.9), ("M2", 0.95)])
def test_all_leaves_are_labelled_right(method: str, model: str, strength: float) -> None:
    drawn = simulate(model, 2000, 3, arity=2, depth=5, q=2, strength=strength)
    features = pairs(drawn.features, 2) if model == "M2" else drawn.features
    top = [v for v in range(1, drawn.tree.n_nodes) if v < 15]
    truth = carriers(drawn.tree, top)[drawn.tree.leaves]
    q = 4 if model == "M2" else 2
    found = label(features, q, revealed_half(truth), renamed=model != "M0", method=method)  # type: ignore[arg-type]
    assert found.completion.identified.all() and not found.completion.open.any()
    assert (found.carries == truth).all()
    assert count_splits(found.tree, drawn.tree).distance == 0


def test_more_children() -> None:
    drawn = simulate("M0", 1000, 3, arity=4, depth=2, q=10, strength=0.7)
    truth = carriers(drawn.tree, [1, 2, 3, 4])[drawn.tree.leaves]
    for rule in ("bp", "plurality"):
        found = label(drawn.features, 10, revealed_half(truth), arity=4, rule=rule)  # type: ignore[arg-type]
        assert (found.carries == truth).all()


@settings(max_examples=20)
@given(seeds, st.integers(2, 4))
def test_names_of_states_do_not_matter_where_they_are_renamed(seed: int, q: int) -> None:
    drawn = simulate("M1", 400, seed, arity=2, depth=3, q=q, strength=0.8)
    truth = carriers(drawn.tree, [1, 2, 3])[drawn.tree.leaves]
    rng = np.random.default_rng(seed)
    other = np.stack([rng.permutation(q)[column] for column in drawn.features.T], axis=1).astype(np.uint8)
    known = revealed_half(truth)
    first, second = (label(x, q, known, renamed=True, method="neighbor-joining") for x in (drawn.features, other))
    assert (first.tree.parent == second.tree.parent).all() and (first.carries == second.carries).all()


def test_a_wrong_tree_is_no_error() -> None:
    drawn = simulate("M0", 4, 3, arity=2, depth=5, q=2, strength=0.5)
    truth = carriers(drawn.tree, range(1, 15))[drawn.tree.leaves]
    found = label(drawn.features, 2, revealed_half(truth))
    assert (found.completion.contradicted >= 0).any()
    assert (found.carries[::2] == truth[::2]).all() and found.completion.open.any()


@settings(max_examples=50)
@given(seeds, st.integers(3, 20))
def test_the_root_is_moved_and_nothing_else(seed: int, n: int) -> None:
    x = np.random.default_rng(seed).random((n, n))
    distances = x + x.T
    np.fill_diagonal(distances, 0)
    joined = neighbor_joining(distances).tree
    rooted = root_in_the_middle(joined)
    assert count_splits(joined, rooted).distance == 0
    assert (np.bincount(rooted.parent[1:], minlength=2 * n - 1) == [2] * (n - 1) + [0] * n).all()
    sizes = [n_below(joined, v) for v in range(1, joined.n_nodes)]
    halves = [n_below(rooted, v) for v in np.flatnonzero(rooted.parent == 0)]
    assert sum(halves) == n and abs(halves[0] - halves[1]) == min(abs(2 * s - n) for s in sizes)


def n_below(tree: Tree, v: int) -> int:
    if v in tree.leaves:
        return 1
    return sum(n_below(tree, int(w)) for w in np.flatnonzero(tree.parent == v))


@settings(max_examples=50)
@given(seeds, st.integers(2, 4))
def test_scores_are_linear_in_the_features_of_a_leaf(seed: int, q: int) -> None:
    rng = np.random.default_rng(seed)
    k, n, n_labels = 7, 6, 3
    features = rng.integers(0, q, (k, n)).astype(np.uint8)
    leaves = rng.permutation(n)[:4]
    carries = rng.random((4, n_labels)) < 0.6
    carries[0] = True
    found = low_order_scores(correlations(features, q), Revealed(leaves, carries))
    centred = [
        [[Fraction(int(features[i, v] == c)) - Fraction(1, q) for c in range(q)] for v in range(n)] for i in range(k)
    ]
    for v, a in product(range(n), range(n_labels)):
        group = [int(leaf) for leaf, held in zip(leaves, carries[:, a], strict=True) if held]
        score = Fraction(0)
        for i in range(k):
            mean = [sum(centred[i][u][c] for u in group) / len(group) for c in range(q)]
            score += sum(x * m for x, m in zip(centred[i][v], mean, strict=True))
        assert abs(found[v, a] - float(score * q / (q - 1) / k)) < 1e-14


def test_scores_without_carriers_or_common_features() -> None:
    found = low_order_scores([[1, np.nan], [np.nan, 1]], Revealed([0], [[True, False]]))
    assert found[:, 0].tolist() == [1, 0] and np.isnan(found[:, 1]).all()


@settings(max_examples=50)
@given(seeds)
def test_the_nearest_leaf(seed: int) -> None:
    rng = np.random.default_rng(seed)
    close = rng.integers(-3, 4, (6, 6)) / 3
    leaves = rng.permutation(6)[:3]
    carries = rng.random((3, 4)) < 0.5
    found = nearest_labels(close, Revealed(leaves, carries))
    for v in range(6):
        best = max(range(3), key=lambda i: (close[v, leaves[i]], -i))
        assert (found[v] == carries[best]).all()


@settings(max_examples=200)
@given(st.lists(st.tuples(st.integers(0, 4), st.booleans()), max_size=8), st.booleans())
def test_no_threshold_makes_fewer_errors(rows: list[tuple[int, bool]], lacks: bool) -> None:
    scores = np.array([float(s) for s, _ in rows]).reshape(-1, 1)
    truth = np.array([t for _, t in rows], dtype=bool).reshape(-1, 1)
    if lacks and len(scores):
        scores[0] = np.nan
    found = best_thresholds(scores, truth)
    answers = [scores >= t for t in (0, 1, 2, 3, 4, 5)]
    assert any((found == answer).all() for answer in answers)
    assert (found != truth).sum() == min((answer != truth).sum() for answer in answers)


def test_errors() -> None:
    features = np.zeros((3, 4), dtype=np.uint8)
    nothing = Revealed(np.zeros(0, dtype=int), np.zeros((0, 1), dtype=bool))
    with pytest.raises(ValueError, match=r"method = 'upgma': it must be 'level-by-level' or 'neighbor-joining'"):
        label(features, 2, nothing, method="upgma")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"arity = 4: neighbour joining finds trees of arity 2"):
        label(features, 2, nothing, arity=4, method="neighbor-joining")
    with pytest.raises(ValueError, match=r"quality = 0.5, rule = 'bp': neighbour joining estimates no states"):
        label(features, 2, nothing, method="neighbor-joining", quality=0.5)
    with pytest.raises(ValueError, match=r"leaves\[0\] = 4: the tree has 4 leaves"):
        label(features, 2, Revealed([4], [[True]]))
    with pytest.raises(ValueError, match=r"node 1 has 1 children, where the root has 3 and other inner nodes 2"):
        root_in_the_middle(Tree([-1, 0, 0, 0, 1]))
    with pytest.raises(ValueError, match=r"correlations has shape \(2, 3\): it must be \(n_leaves, n_leaves\)"):
        low_order_scores(np.zeros((2, 3)), nothing)
    with pytest.raises(ValueError, match=r"leaves\[0\] = 2: there are 2 leaves"):
        nearest_labels(np.zeros((2, 2)), Revealed([2], [[True]]))
    with pytest.raises(ValueError, match=r"revealed has no leaves: there is none to be nearest"):
        nearest_labels(np.zeros((2, 2)), nothing)
    with pytest.raises(ValueError, match=r"scores has shape \(2, 1\), truth \(1, 1\): they must be equal"):
        best_thresholds([[1.0], [2.0]], np.ones((1, 1), dtype=bool))
    with pytest.raises(TypeError, match=r"truth has dtype int64: it must be bool"):
        best_thresholds([[1.0]], np.ones((1, 1), dtype=np.int64))
