from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrodict.graphs import Tree


@st.composite
def parents(draw: st.DrawFn) -> list[int]:
    n = draw(st.integers(1, 40))
    return [-1] + [draw(st.integers(0, v - 1)) for v in range(1, n)]


@given(parents())
def test_leaves_are_the_nodes_without_children(parent: list[int]) -> None:
    tree = Tree(parent)
    assert tree.leaves.tolist() == [v for v in range(len(parent)) if v not in parent]
    assert tree.parent.tolist() == parent
    assert tree.n_nodes == len(parent)


@pytest.mark.parametrize(("arity", "depth"), [(1, 3), (2, 0), (2, 4), (3, 3)])
def test_complete(arity: int, depth: int) -> None:
    tree = Tree.complete(arity, depth)
    assert tree.n_leaves == arity**depth
    levels = [0]
    for v in range(1, tree.n_nodes):
        levels.append(levels[tree.parent[v]] + 1)
    assert {levels[v] for v in tree.leaves} == {depth}
    counts = np.bincount(tree.parent[1:], minlength=tree.n_nodes)
    assert set(counts[counts > 0]) <= {arity}


@pytest.mark.parametrize(
    ("parent", "message"),
    [
        ([], r"parent is empty"),
        ([0], r"parent\[0\] = 0: node 0 is the root"),
        ([-1, 0, -1], r"parent\[2\] = -1: only the root"),
        ([-1, 2, 0], r"parent\[1\] = 2: a parent must come before its child"),
        ([-1, 1], r"parent\[1\] = 1: a parent must come before its child"),
        ([-1, 2**40], r"parent\[1\] = 1099511627776"),
        ([-1, -2], r"parent\[1\] = -2"),
        ([[-1, 0]], r"parent has shape \(1, 2\)"),
    ],
)
def test_bad_parents(parent: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Tree(parent)  # type: ignore[arg-type]


def test_bad_types_names_and_lengths() -> None:
    with pytest.raises(TypeError, match="parent has dtype float64"):
        Tree([-1.0, 0.0])
    with pytest.raises(ValueError, match="names has 1 entries: the tree has 2 nodes"):
        Tree([-1, 0], names=["a"])
    with pytest.raises(ValueError, match=r"lengths\[1\] = -1.0"):
        Tree([-1, 0], lengths=[0, -1.0])
    with pytest.raises(ValueError, match="arity = 0"):
        Tree.complete(0, 2)
    with pytest.raises(ValueError, match="more than 2\\^31 - 1"):
        Tree.complete(2, 40)


def test_the_tree_does_not_alias_its_input() -> None:
    parent = np.array([-1, 0, 0], dtype=np.int32)
    tree = Tree(parent)
    parent[2] = 1
    assert tree.parent.tolist() == [-1, 0, 0]
    with pytest.raises(ValueError, match="read-only"):
        tree.parent[0] = 3


@given(parents())
def test_from_newick(parent: list[int]) -> None:
    """Written by hand and read back, a tree keeps its nodes' parents, up to the order of its numbers."""

    def written(v: int) -> str:
        children = [written(c) for c in range(len(parent)) if parent[c] == v]
        return (f"({','.join(children)})" if children else "") + f"n{v}:{v}.5"

    tree = Tree.from_newick(written(0) + ";")
    assert tree.names is not None and tree.lengths is not None
    number = [int(str(name)[1:]) for name in tree.names]
    assert sorted(number) == list(range(len(parent)))
    assert [x - 0.5 for x in tree.lengths] == number
    assert [-1 if p < 0 else number[p] for p in tree.parent] == [parent[v] for v in number]


def test_from_newick_without_lengths_and_bad() -> None:
    tree = Tree.from_newick("((a,b),c);")
    assert tree.lengths is None
    assert [tree.names[v] for v in tree.leaves] == ["a", "b", "c"]  # type: ignore[index]
    with pytest.raises(ValueError, match="2 opening and 1 closing"):
        Tree.from_newick("((a,b,c);")
