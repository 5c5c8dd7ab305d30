from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrodict.exact import hierarchy as exact
from retrodict.graphs import Tree
from retrodict.labels import Completion, Revealed, carriers, complete, tops

NONE = np.zeros((0, 0), dtype=bool)


@st.composite
def rooted(draw: st.DrawFn, most: int = 14) -> Tree:
    return Tree([-1] + [draw(st.integers(0, v - 1)) for v in range(1, draw(st.integers(1, most)))])


@st.composite
def problems(draw: st.DrawFn) -> tuple[Tree, Revealed]:
    """Any answers of any leaves: some agree with labels of the tree, some do not."""
    tree = draw(rooted())
    leaves = draw(st.permutations(range(tree.n_leaves)))[: draw(st.integers(0, tree.n_leaves))]
    n_labels = draw(st.integers(0, 4))
    if draw(st.booleans()):
        top = [draw(st.integers(-1, tree.n_nodes - 1)) for _ in range(n_labels)]
        held = carriers(tree, top)[tree.leaves[leaves]] if leaves else np.zeros((0, n_labels), dtype=bool)
    else:
        bits = draw(st.lists(st.booleans(), min_size=len(leaves) * n_labels, max_size=len(leaves) * n_labels))
        held = np.array(bits, dtype=bool).reshape(len(leaves), n_labels)
    return tree, Revealed(np.array(leaves, dtype=int), held)


def asked(tree: Tree, revealed: Revealed, a: int) -> dict[int, bool]:
    return {int(tree.leaves[c]): bool(held) for c, held in zip(revealed.leaves, revealed.carries[:, a], strict=True)}


def above(tree: Tree, v: int) -> list[int]:
    line = [v]
    while line[-1]:
        line.append(int(tree.parent[line[-1]]))
    return line


@settings(max_examples=300)
@given(problems())
def test_the_rule_is_the_definition(problem: tuple[Tree, Revealed]) -> None:
    tree, revealed = problem
    parent = tree.parent.tolist()
    done = complete(tree, revealed, strict=False)
    for a in range(revealed.n_labels):
        known = asked(tree, revealed, a)
        vertices = exact.consistent(parent, known)
        if not any(known.values()):
            assert (done.lowest[a], done.highest[a], done.contradicted[a], done.top[a]) == (-1, -1, -1, -1)
            assert exact.completion(parent, known) is None
            continue
        assert exact.completion(parent, known) == ((max(vertices), min(vertices)) if vertices else None)
        if vertices:
            assert (done.lowest[a], done.highest[a]) == (max(vertices), min(vertices))
            line = above(tree, max(vertices))
            assert vertices == sorted(line[: line.index(min(vertices)) + 1])
        assert (done.contradicted[a] >= 0) == (not vertices)
        assert bool(done.identified[a]) == (len(vertices) == 1)


@settings(max_examples=300)
@given(problems())
def test_what_is_known_of_each_leaf(problem: tuple[Tree, Revealed]) -> None:
    tree, revealed = problem
    done = complete(tree, revealed, strict=False)
    for a in range(revealed.n_labels):
        known = asked(tree, revealed, a)
        vertices = exact.consistent(tree.parent.tolist(), known)
        for c, leaf in enumerate(tree.leaves.tolist()):
            if leaf in known:
                assert (done.carries[c, a], done.open[c, a]) == (known[leaf], False)
                continue
            answers = {v in above(tree, leaf) for v in vertices}
            if not vertices or not any(known.values()):
                answers = {True, False}
            assert bool(done.open[c, a]) == (len(answers) == 2)
            if len(answers) == 1:
                assert bool(done.carries[c, a]) in answers
            assert bool(done.carries[c, a]) == (int(done.top[a]) in above(tree, leaf))


@settings(max_examples=200)
@given(problems())
def test_contradictions(problem: tuple[Tree, Revealed]) -> None:
    tree, revealed = problem
    done = complete(tree, revealed, strict=False)
    for a in np.flatnonzero(done.contradicted >= 0):
        known = asked(tree, revealed, int(a))
        votes = {
            v: sum((1 if held else -1) for leaf, held in known.items() if v in above(tree, leaf))
            for v in range(tree.n_nodes)
        }
        best = max(votes.values())
        assert done.top[a] == max(v for v in votes if votes[v] == best)
        lacks = [c for c in range(tree.n_leaves) if known.get(int(tree.leaves[c])) is False]
        inside = [c for c in lacks if int(done.lowest[a]) in above(tree, int(tree.leaves[c]))]
        assert done.contradicted[a] == inside[0]


@settings(max_examples=100)
@given(rooted(), st.data())
def test_sets_and_tops_are_inverse(tree: Tree, data: st.DataObject) -> None:
    top = data.draw(st.lists(st.integers(-1, tree.n_nodes - 1), max_size=5))
    sets = carriers(tree, top)
    for a, t in enumerate(top):
        assert sets[:, a].tolist() == [t in above(tree, v) for v in range(tree.n_nodes)]
    assert tops(tree, sets).tolist() == top


@settings(max_examples=200)
@given(rooted(8), st.data())
def test_sets_are_accepted_iff_the_axioms_hold(tree: Tree, data: st.DataObject) -> None:
    sets = np.array(data.draw(st.lists(st.booleans(), min_size=tree.n_nodes, max_size=tree.n_nodes)))[:, None]
    lines = [above(tree, v) for v in range(tree.n_nodes)]
    holds = all(sets[w] or not sets[v] for w in range(tree.n_nodes) for v in lines[w]) and all(
        sets[max(set(lines[v]) & set(lines[w]))]
        for v in range(tree.n_nodes)
        for w in range(tree.n_nodes)
        if sets[v] and sets[w]
    )
    if holds:
        assert len(tops(tree, sets)) == 1
    else:
        with pytest.raises(ValueError, match=r"sets\[\d+, 0\] is false"):
            tops(tree, sets)


def same(one: Completion, other: Completion) -> bool:
    return all((getattr(one, name) == getattr(other, name)).all() for name in ("lowest", "highest", "top", "carries"))


@settings(max_examples=100)
@given(problems(), st.randoms(use_true_random=False))
def test_the_order_of_leaves_and_labels_does_not_matter(problem: tuple[Tree, Revealed], random: object) -> None:
    tree, revealed = problem
    order = np.random.default_rng(random.randrange(2**32)).permutation(len(revealed.leaves))  # type: ignore[attr-defined]
    done = complete(tree, revealed, strict=False)
    assert same(done, complete(tree, Revealed(revealed.leaves[order], revealed.carries[order]), strict=False))
    turned = complete(tree, Revealed(revealed.leaves, revealed.carries[:, ::-1]), strict=False)
    assert (turned.top == done.top[::-1]).all() and (turned.open == done.open[:, ::-1]).all()


@settings(max_examples=100)
@given(rooted(), st.data())
def test_more_is_known_of_more_leaves(tree: Tree, data: st.DataObject) -> None:
    sets = carriers(tree, [data.draw(st.integers(0, tree.n_nodes - 1))])[tree.leaves]
    leaves = np.array(data.draw(st.permutations(range(tree.n_leaves))))
    unknown = []
    for k in range(tree.n_leaves + 1):
        done = complete(tree, Revealed(leaves[:k], sets[leaves[:k]]))
        unknown.append(int(done.open.sum()))
        assert (done.carries == sets)[~done.open].all()
    assert unknown == sorted(unknown, reverse=True) and unknown[-1] == 0


def test_a_large_tree() -> None:
    tree = Tree.complete(2, 10)
    top = np.arange(1, 255)
    truth = carriers(tree, top)[tree.leaves]
    quarter = np.arange(0, 1024, 4)
    done = complete(tree, Revealed(quarter, truth[quarter]))
    assert done.identified.all() and (done.top == top).all() and (done.carries == truth).all() and not done.open.any()


def test_nothing_revealed() -> None:
    tree = Tree.complete(2, 2)
    done = complete(tree, Revealed(np.zeros(0, dtype=int), np.zeros((0, 3), dtype=bool)))
    assert (done.top == -1).all() and done.open.all() and not done.identified.any()
    assert complete(Tree([-1]), Revealed([0], [[True]])).identified.all()
    assert complete(tree, Revealed(np.zeros(0, dtype=int), NONE)).carries.shape == (4, 0)


def test_sets_that_break_the_axioms_are_named() -> None:
    tree = Tree.complete(2, 2)
    sets = carriers(tree, [1, 2])
    sets[4, 0] = False
    with pytest.raises(ValueError, match=r"sets\[4, 0\] is false: vertex 4 must carry label 0, as vertex 1 above it"):
        tops(tree, sets)
    sets = carriers(tree, [1, 2])
    sets[4, 1] = True
    with pytest.raises(ValueError, match=r"vertices 2 and 4 carry label 1, and so must 0, their lowest common ances"):
        tops(tree, sets)
    with pytest.raises(ValueError, match=r"label 1: leaf 2 \(node 5\) must carry it, as all leaves below node 0 do"):
        complete(tree, Revealed([1, 2, 3], [[True, True], [False, False], [False, True]]))


@pytest.mark.parametrize(
    "leaves, carries, kind, message",
    [
        ([0.5], [[True]], TypeError, r"leaves has shape \(1,\) and dtype float64: it must be a list of integers"),
        ([[0]], [[True]], ValueError, r"leaves has shape \(1, 1\)"),
        ([0], [[1]], TypeError, r"carries has dtype int64: it must be bool"),
        ([0], [[np.nan]], TypeError, r"carries has dtype float64: it must be bool"),
        ([0, 1], [[True]], ValueError, r"carries has shape \(1, 1\): it must be \(2, n_labels\)"),
        ([0, -1], [[True], [True]], ValueError, r"leaves\[1\] = -1: a column is at least 0"),
        ([3, 1, 3], [[True]] * 3, ValueError, r"leaves\[2\] = 3: leaves\[0\] is the same"),
    ],
)
def test_errors_of_revealed(leaves: object, carries: object, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message):
        Revealed(leaves, carries)  # type: ignore[arg-type]


def test_errors() -> None:
    tree = Tree.complete(2, 1)
    with pytest.raises(ValueError, match=r"leaves\[0\] = 2: the tree has 2 leaves"):
        complete(tree, Revealed([2], [[True]]))
    with pytest.raises(ValueError, match=r"top\[1\] = 3: it must be a node, or -1 for none"):
        carriers(tree, [0, 3])
    with pytest.raises(ValueError, match=r"sets has shape \(2, 1\): it must be \(3, n_labels\)"):
        tops(tree, np.ones((2, 1), dtype=bool))
    with pytest.raises(TypeError, match=r"sets has dtype int64: it must be bool"):
        tops(tree, np.ones((3, 1), dtype=np.int64))
