"""Splits shared by two trees, against their definition; trees from features of simulated and of real leaves."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrodict import distances, topology, trees
from retrodict.exact import splits as exact
from retrodict.graphs import Tree


@st.composite
def parents(draw: st.DrawFn, n_leaves: int) -> list[int]:
    """A tree of so many leaves: groups are joined to the last, with nodes of one child and of many."""
    groups: list[object] = list(range(n_leaves))
    while len(groups) > 1 or draw(st.sampled_from([0, 0, 0, 1])):
        size = draw(st.sampled_from([1, 2, 2, 2, 3, 4]))
        places = draw(st.permutations(range(len(groups))))[: min(size, len(groups))]
        groups = [g for i, g in enumerate(groups) if i not in places] + [[groups[i] for i in places]]
    parent, waiting = [], [(groups[0], -1)]
    order = draw(st.booleans())
    while waiting:
        group, above = waiting.pop(0 if order else -1)
        parent.append(above)
        waiting += [(child, len(parent) - 1) for child in group] if isinstance(group, list) else []
    return parent


@st.composite
def pairs(draw: st.DrawFn) -> tuple[list[int], list[int]]:
    n = draw(st.integers(1, 9))
    return draw(parents(n)), draw(parents(n))


@settings(max_examples=150)
@given(pairs())
def test_counts_are_their_definition(pair: tuple[list[int], list[int]]) -> None:
    found = topology.count_splits(*map(Tree, pair))
    first, second = map(exact.splits, pair)
    assert (found.first, found.second, found.shared) == (len(first), len(second), len(first & second))
    assert found.distance == exact.robinson_foulds(*pair)
    again = topology.count_splits(Tree(pair[0]), Tree(pair[0]))
    assert (again.first, again.second, again.shared) == (len(first),) * 3


@given(pairs(), st.randoms(use_true_random=False))
def test_leaves_are_matched_by_name(pair: tuple[list[int], list[int]], random: object) -> None:
    first, second = map(Tree, pair)
    n = first.n_leaves
    order = random.sample(range(n), n)  # type: ignore[attr-defined]

    def named(tree: Tree, names: list[str]) -> Tree:
        labels: list[str | None] = ["inner"] * tree.n_nodes
        for v, name in zip(tree.leaves, names, strict=True):
            labels[v] = name
        return Tree(tree.parent, names=labels)

    moved = topology.count_splits(named(first, [f"t{i}" for i in range(n)]), named(second, [f"t{i}" for i in order]))
    where = {frozenset(order[c] for c in side) for side in exact.splits(pair[1])}
    where = {side if 0 not in side else frozenset(range(n)) - side for side in where}
    assert moved.shared == len(exact.splits(pair[0]) & where)


def test_deep_trees() -> None:
    """Caterpillars of 10^5 leaves, alike but for two leaves in the middle."""
    n = 100_000
    tree = Tree([-1] + [2 * (v // 2) for v in range(2 * n - 2)])
    text = tree.to_newick()
    assert topology.count_splits(tree, tree) == topology.SplitCounts(n - 3, n - 3, n - 3)
    assert text.count("(") == n - 1
    a, b = "(((((a,b),c),d),e),f);", "(((((a,b),d),c),e),f);"
    assert topology.count_splits(Tree.from_newick(a), Tree.from_newick(b)).distance == 2


@pytest.mark.parametrize("q", [2, 4])
def test_the_tree_of_many_features(q: int) -> None:
    """Edges with lambda between .7 and .9 on a random tree of 24 leaves; 40,000 features are plenty."""
    rng = np.random.default_rng(q)
    parent = [-1, 0, 0, 0]
    while sum(v not in parent for v in range(len(parent))) < 24:
        leaf = int(rng.choice([v for v in range(len(parent)) if v not in parent]))
        parent += [leaf, leaf]
    tree = Tree(parent)
    weights = rng.uniform(0.7, 0.9, (tree.n_nodes, 1, 1))
    leaves = trees.broadcast(tree, weights * np.eye(q) + (1 - weights) / q, 40_000, seed=1, leaves_only=True)
    for estimate in (distances.correlation_distances, distances.log_det_distances):
        found = topology.neighbor_joining(estimate(leaves, q).values)
        assert topology.count_splits(found.tree, tree).distance == 0


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        ("(a,b,c);", "(a,b,d);", "leaves of the first tree only: 'c'"),
        ("(a,b,c);", "(a,b,(c,d));", "leaves of the second tree only: 'd'"),
    ],
)
def test_different_leaves(first: str, second: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        topology.count_splits(Tree.from_newick(first), Tree.from_newick(second))


def test_bad_input() -> None:
    star = Tree([-1, 0, 0, 0])
    with pytest.raises(ValueError, match="the trees have 3 and 2 leaves: they must be the same"):
        topology.count_splits(star, Tree([-1, 0, 0]))
    with pytest.raises(ValueError, match="the second tree has no names and the other has"):
        topology.count_splits(Tree.from_newick("(a,b,c);"), star)
    with pytest.raises(ValueError, match=r"first.names\[3\] = 'a': each leaf has a name of its own"):
        topology.count_splits(Tree([-1, 0, 0, 0], names=[None, "a", "b", "a"]), Tree.from_newick("(a,b,c);"))
    with pytest.raises(ValueError, match=r"second.names\[1\] = None: each leaf has a name of its own"):
        topology.count_splits(Tree.from_newick("(a,b,c);"), Tree([-1, 0, 0, 0], names=[None] * 4))
