"""Labels of a hierarchy, and what the labels of some leaves say about all of them.

Every vertex v of a rooted tree has a finite set L(v) of labels, such that

1. what is above shares its labels: if v is above w, L(v) is a subset of L(w);
2. a label that two vertices share is one of their lowest common ancestor.

Hence each label a has a top vertex t(a), and the vertices that carry it are exactly those below t(a), itself included.
Some leaves reveal their sets. A vertex is consistent with what they reveal of a if it is above every revealed carrier
and above no other revealed leaf; a is identified if only one vertex is, and then it is known of every leaf whether it
carries a. After Mossel, "Deep learning and hierarchical generative models" (2016), recalled.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from retrodict.graphs import Tree

__all__ = ["Completion", "Revealed", "carriers", "complete", "tops"]

Bools = NDArray[np.bool_]
Nodes = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Revealed:
    """The label sets of some leaves.

    Parameters
    ----------
    leaves : integers, shape (n_revealed,)
        Columns of leaf data (entry c is node `tree.leaves[c]`), each at most once.
    carries : bool, shape (n_revealed, n_labels)
        Whether the leaf carries the label.

    Raises
    ------
    ValueError
        For a wrong shape, a negative column or one that comes twice, naming where.
    TypeError
        If `leaves` does not hold integers, or `carries` not truth values.

    Examples
    --------
    >>> Revealed([0, 3], [[True, False], [True, True]]).n_labels
    2
    """

    leaves: Nodes
    carries: Bools

    def __init__(self, leaves: ArrayLike, carries: ArrayLike) -> None:
        columns, held = np.asarray(leaves), np.asarray(carries)
        if columns.ndim != 1 or (columns.size and not np.issubdtype(columns.dtype, np.integer)):
            kind = ValueError if columns.ndim != 1 else TypeError
            raise kind(f"leaves has shape {columns.shape} and dtype {columns.dtype}: it must be a list of integers")
        if held.size and held.dtype != np.bool_:
            raise TypeError(f"carries has dtype {held.dtype}: it must be bool")
        if held.ndim != 2 or len(held) != len(columns):
            raise ValueError(f"carries has shape {held.shape}: it must be ({len(columns)}, n_labels)")
        first = np.full(int(columns.max(initial=-1)) + 1, -1)
        for i, c in enumerate(columns.tolist()):
            if c < 0:
                raise ValueError(f"leaves[{i}] = {c}: a column is at least 0")
            if first[c] >= 0:
                raise ValueError(f"leaves[{i}] = {c}: leaves[{first[c]}] is the same")
            first[c] = i
        object.__setattr__(self, "leaves", columns.astype(np.intp))
        object.__setattr__(self, "carries", held.astype(np.bool_))

    @property
    def n_labels(self) -> int:
        """Number of labels, those included that no revealed leaf carries."""
        return int(self.carries.shape[1])


@dataclass(frozen=True, eq=False)
class Completion:
    """What is known of each label; consistent vertices are those from `lowest` up to `highest`.

    Attributes
    ----------
    lowest : integers, shape (n_labels,)
        The lowest common ancestor of the revealed carriers; -1 without any.
    highest : integers, shape (n_labels,)
        -1 where nothing is consistent, or nothing is known.
    contradicted : integers, shape (n_labels,)
        The first column of a revealed leaf that does not carry the label though it is below `lowest`; -1 if none is.
    top : integers, shape (n_labels,)
        `lowest`, if it is consistent. Else the vertex with most revealed carriers, less other revealed leaves, below it
        (of several the one with the greatest number): a guess. -1 without a revealed carrier.
    carries : bool, shape (n_leaves, n_labels)
        The leaves below `top`; of revealed ones what they reveal.
    open : bool, shape (n_leaves, n_labels)
        Where `carries` is a guess: leaves that are below one consistent vertex and not below another; all that are not
        revealed, where a label is contradicted or no carrier of it is revealed.
    """

    lowest: Nodes
    highest: Nodes
    contradicted: Nodes
    top: Nodes
    carries: Bools
    open: Bools

    @property
    def identified(self) -> Bools:
        """Whether exactly one vertex is consistent, shape (n_labels,)."""
        found: Bools = (self.lowest == self.highest) & (self.lowest >= 0)
        return found


def carriers(tree: Tree, top: ArrayLike) -> Bools:
    """L(v) of all nodes, given the top vertices; -1 for a label that nothing carries. Shape (n_nodes, n_labels).

    >>> carriers(Tree.complete(2, 1), [0, 2]).astype(int)
    array([[1, 0],
           [1, 0],
           [1, 1]])
    """
    vertices = np.asarray(top, dtype=np.intp)
    wrong = np.flatnonzero((vertices < -1) | (vertices >= tree.n_nodes))
    if wrong.size:
        raise ValueError(f"top[{wrong[0]}] = {vertices[wrong[0]]}: it must be a node, or -1 for none")
    begin, end = _intervals(tree)
    node = np.arange(tree.n_nodes)[:, None]
    # of nodes with the same leaves below them the one with the greater number is below the other
    inside = (begin[:, None] >= begin[vertices]) & (end[:, None] <= end[vertices]) & (node >= vertices)
    found: Bools = inside & (vertices >= 0)
    return found


def tops(tree: Tree, sets: ArrayLike) -> Nodes:
    """The top vertex of each label, from the sets of all nodes; -1 where no node carries it. The inverse of `carriers`.

    Parameters
    ----------
    sets : bool, shape (n_nodes, n_labels)

    Raises
    ------
    ValueError
        Where the sets break one of the two rules, naming vertices and label.

    Examples
    --------
    >>> tops(Tree.complete(2, 1), np.array([[1, 0], [1, 0], [1, 1]], dtype=bool))
    array([0, 2])
    """
    held = np.asarray(sets)
    if held.dtype != np.bool_:
        raise TypeError(f"sets has dtype {held.dtype}: it must be bool")
    if held.ndim != 2 or len(held) != tree.n_nodes:
        raise ValueError(f"sets has shape {held.shape}: it must be ({tree.n_nodes}, n_labels)")
    above = held[np.maximum(tree.parent, 0)]
    lost = np.argwhere(above & ~held)
    if len(lost):
        v, a = lost[0]
        raise ValueError(
            f"sets[{v}, {a}] is false: vertex {v} must carry label {a}, as vertex {tree.parent[v]} above it does"
        )
    above[0] = False
    found = np.full(held.shape[1], -1, dtype=np.intp)
    for v, a in np.argwhere(held & ~above):
        if found[a] >= 0:
            both = _common_ancestor(tree, int(found[a]), int(v))
            raise ValueError(
                f"sets[{both}, {a}] is false: vertices {found[a]} and {v} carry label {a}, and so must {both}, their "
                "lowest common ancestor"
            )
        found[a] = v
    return found


def complete(tree: Tree, revealed: Revealed, *, strict: bool = True) -> Completion:
    """The rule of completion: what the revealed leaves say about each label, on a tree that is known.

    Let u be the lowest common ancestor of the revealed carriers, and go up from there while no other revealed leaf is
    below the parent: the vertices on the way are the consistent ones.

    Parameters
    ----------
    tree : Tree
        Rooted; it may be an estimate.
    revealed : Revealed
    strict : bool
        Raise if the sets agree with no labels of this tree; else, as where the tree is an estimate, tell.

    Raises
    ------
    ValueError
        For a column that the tree does not have; and, if `strict`, where a revealed leaf lacks a label though it is
        below the lowest common ancestor of two that carry it, naming the leaf, the label and the ancestor.

    Examples
    --------
    >>> done = complete(Tree.complete(2, 2), Revealed([0, 1, 2], [[True, True], [True, False], [False, False]]))
    >>> done.identified, done.top  # both are: of leaves 0 and 1, and of leaf 0 alone
    (array([ True,  True]), array([1, 3]))
    >>> done.carries[3], done.open[3]
    (array([False, False]), array([False, False]))
    """
    wrong = np.flatnonzero(revealed.leaves >= tree.n_leaves)
    if wrong.size:
        raise ValueError(f"leaves[{wrong[0]}] = {revealed.leaves[wrong[0]]}: the tree has {tree.n_leaves} leaves")
    begin, end = _intervals(tree)
    place = begin[tree.leaves[revealed.leaves]]
    order = np.argsort(place)
    sorted_leaves, held, place = revealed.leaves[order], revealed.carries[order], place[order]
    lowest = np.full(revealed.n_labels, -1, dtype=np.intp)
    highest, contradicted = lowest.copy(), lowest.copy()
    at = np.flatnonzero(held.any(axis=0))
    if at.size:
        first = held.argmax(axis=0)[at]
        last = len(held) - 1 - held[::-1].argmax(axis=0)[at]
        low = tree.leaves[sorted_leaves[first]].astype(np.intp)
        while (short := end[low] <= place[last]).any():
            low[short] = tree.parent[low[short]]
        # the nearest other revealed leaves before the first carrier and behind the last one
        before = np.append(place, -1)[first - 1]
        behind = np.append(place, tree.n_leaves)[last + 1]
        lowest[at] = low
        others = (place[:, None] >= begin[low]) & (place[:, None] < end[low]) & ~held[:, at]
        broken = others.any(axis=0)
        contradicted[at[broken]] = np.where(others, sorted_leaves[:, None], tree.n_leaves).min(axis=0)[broken]
        if strict and broken.any():
            a = int(at[broken][0])
            raise ValueError(
                f"label {a}: leaf {contradicted[a]} (node {tree.leaves[contradicted[a]]}) must carry it, as all leaves "
                f"below node {lowest[a]} do, the lowest common ancestor of revealed carriers"
            )
        high, before, behind = low[~broken], before[~broken], behind[~broken]
        parent = np.where(tree.parent < 0, 0, tree.parent)
        while (free := (high > 0) & (begin[parent[high]] > before) & (end[parent[high]] <= behind)).any():
            high[free] = parent[high[free]]
        highest[at[~broken]] = high
    top = np.where(contradicted >= 0, -1, lowest)
    for a in np.flatnonzero(contradicted >= 0).tolist():
        below = np.append(0, np.cumsum(np.where(held[:, a], 1, -1)))
        votes = below[np.searchsorted(place, end)] - below[np.searchsorted(place, begin)]
        top[a] = len(votes) - 1 - int(votes[::-1].argmax())
    leaf = begin[tree.leaves]
    carries = _below(begin, end, leaf, top)
    unsure = carries ^ _below(begin, end, leaf, highest)
    unsure[:, highest < 0] = True
    carries[revealed.leaves] = revealed.carries
    unsure[revealed.leaves] = False
    return Completion(lowest, highest, contradicted, top, carries, unsure)


def _intervals(tree: Tree) -> tuple[Nodes, Nodes]:
    """Leaves are put in a row so that those below each node are neighbours: places begin[v], ..., end[v] - 1."""
    parent = tree.parent.tolist()
    size = [0] * len(parent)
    for v in tree.leaves.tolist():
        size[v] = 1
    for v in range(len(parent) - 1, 0, -1):
        size[parent[v]] += size[v]
    begin, free = [0] * len(parent), [0] * len(parent)
    for v in range(1, len(parent)):
        begin[v] = free[v] = free[parent[v]]
        free[parent[v]] += size[v]
    start = np.array(begin, dtype=np.intp)
    return start, start + np.array(size, dtype=np.intp)


def _common_ancestor(tree: Tree, v: int, w: int) -> int:
    parent: list[int] = tree.parent.tolist()
    while v != w:
        v, w = min(v, w), parent[max(v, w)]
    return v


def _below(begin: Nodes, end: Nodes, place: Nodes, top: Nodes) -> Bools:
    found: Bools = (place[:, None] >= begin[top]) & (place[:, None] < end[top]) & (top >= 0)
    return found
