"""Labelling every leaf from a few labelled ones: by the tree that features tell of, and by methods that have no tree.

`label` is the deep algorithm: the tree from the features of all leaves, then the rule of `labels.complete` on it. Two
shallow competitors stand beside it, which compare leaves feature by feature: `low_order_scores` scores a leaf for a
label by the label's first moments, which is linear in the leaf's features; `nearest_labels` copies the labelled leaf
that agrees most.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from retrodict.distances import correlation_distances, log_det_distances
from retrodict.graphs import Tree
from retrodict.labels import Completion, Revealed, complete
from retrodict.level_by_level import level_by_level
from retrodict.topology import neighbor_joining

__all__ = ["Labelled", "best_thresholds", "label", "low_order_scores", "nearest_labels", "root_in_the_middle"]

Leaves = NDArray[np.uint8] | NDArray[np.uint16]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Labelled:
    """What `label` finds: the tree, and what the revealed labels say on it."""

    tree: Tree  #: rooted; leaf data in the order of its leaves
    completion: Completion

    @property
    def carries(self) -> Bools:
        """The label sets of all leaves, shape (n_leaves, n_labels): `Completion.carries`."""
        return self.completion.carries


def label(
    features: Leaves,
    q: int,
    revealed: Revealed,
    *,
    arity: int = 2,
    renamed: bool = False,
    method: Literal["level-by-level", "neighbor-joining"] = "level-by-level",
    quality: float | None = None,
    rule: Literal["bp", "plurality", "first_child"] = "bp",
    threads: int | None = None,
) -> Labelled:
    """Labels all leaves, given the features of all and the labels of some: the tree from the features, then the rule.

    A wrong tree may contradict the labels, which is no error: `completion.contradicted` tells where, and what is open.

    Parameters
    ----------
    features : uint8 or uint16, shape (n_features, n_leaves)
        As `hierarchy.simulate` gives them for M0 and M1; for M2 what `hierarchy.pairs` makes of them.
    q : int
        Their number of states.
    revealed : Revealed
        The label sets of some leaves.
    arity : int
        Of the complete tree; 2 for neighbour joining.
    renamed : bool
        Whether edges rename states: True for M1 and M2.
    method : "level-by-level" or "neighbor-joining"
        The tree by `level_by_level`; or by `topology.neighbor_joining` from distances of leaves (log-det distances
        where states are renamed, else those of correlations), rooted by `root_in_the_middle`.
    quality, rule
        As for `level_by_level`.
    threads : int, optional
        At most so many threads; the result does not depend on it.

    Raises
    ------
    ValueError
        As `level_by_level`, `topology.neighbor_joining` and `labels.complete`; for an unknown method, and for an arity
        or options that a method does not have.

    Examples
    --------
    >>> from retrodict.hierarchy import simulate
    >>> from retrodict.labels import carriers
    >>> drawn = simulate("M1", 400, 1, arity=2, depth=4, q=2, strength=0.9)
    >>> truth = carriers(drawn.tree, [3, 4, 5, 6])[drawn.tree.leaves]  # four labels, of four leaves each
    >>> half = np.arange(0, 16, 2)
    >>> found = label(drawn.features, 2, Revealed(half, truth[half]), renamed=True)
    >>> bool((found.carries == truth).all())
    True
    """
    if method == "level-by-level":
        tree = level_by_level(features, q, arity, renamed=renamed, quality=quality, rule=rule, threads=threads).tree
    elif method == "neighbor-joining":
        if arity != 2:
            raise ValueError(f"arity = {arity}: neighbour joining finds trees of arity 2")
        if quality is not None or rule != "bp":
            raise ValueError(f"quality = {quality}, rule = {rule!r}: neighbour joining estimates no states")
        estimate = log_det_distances if renamed else correlation_distances
        tree = root_in_the_middle(neighbor_joining(estimate(features, q, threads=threads).values, threads=threads).tree)
    else:
        raise ValueError(f"method = {method!r}: it must be 'level-by-level' or 'neighbor-joining'")
    return Labelled(tree, complete(tree, revealed, strict=False))


def root_in_the_middle(tree: Tree) -> Tree:
    """The tree with its root on an edge that parts the leaves into halves as equal as possible, of several the first.

    For trees of neighbour joining, whose root has no meaning, where the true one is known to be balanced.

    Parameters
    ----------
    tree : Tree
        Of n >= 3 leaves. The root has three children, every other inner node two.

    Returns
    -------
    Tree
        Every inner node has two children, in ascending order of nodes; leaf i is node n - 1 + i. Names and lengths are
        dropped.

    Raises
    ------
    ValueError
        For a node with another number of children.

    Examples
    --------
    >>> root_in_the_middle(Tree([-1, 0, 1, 1, 0, 0])).parent
    array([-1,  0,  0,  2,  2,  1,  1], dtype=int32)
    """
    parent = tree.parent.tolist()
    count = np.bincount(tree.parent[1:], minlength=tree.n_nodes)
    expected = np.where(np.arange(tree.n_nodes) == 0, 3, 2)
    wrong = np.flatnonzero((count != expected) & ~((count == 0) & (expected == 2)))
    if wrong.size:
        raise ValueError(
            f"tree: node {wrong[0]} has {count[wrong[0]]} children, where the root has 3 and other inner nodes 2"
        )
    column = {int(v): c for c, v in enumerate(tree.leaves)}
    below = [int(v in column) for v in range(len(parent))]
    neighbours: list[list[int]] = [[] for _ in parent]
    for v in range(len(parent) - 1, 0, -1):
        below[parent[v]] += below[v]
        neighbours[parent[v]].append(v)
        neighbours[v].append(parent[v])
    n = tree.n_leaves
    middle = min(range(1, len(parent)), key=lambda v: (abs(2 * below[v] - n), v))
    found = [-1] * (2 * n - 1)
    line = [(v, away, 0) for v, away in sorted(((middle, parent[middle]), (parent[middle], middle)))]
    free = 1
    for v, away, above in line:  # grows as it is walked: level by level, so that parents come first
        if v in column:
            found[n - 1 + column[v]] = above
            continue
        found[free] = above
        line += [(w, v, free) for w in sorted(neighbours[v]) if w != away]
        free += 1
    return Tree(found)


def low_order_scores(correlations: ArrayLike, revealed: Revealed) -> Floats:
    """How much each leaf resembles the first moments of each label: the mean correlation with its revealed carriers.

    With x_i(v) the centred indicators of the q states of feature i and m_i(a) their mean over the revealed carriers of
    a, the score is q / (q - 1) times the mean over i of <x_i(v), m_i(a)>: linear in the leaf, and nothing of two
    features together is in it.

    Parameters
    ----------
    correlations : float, shape (n_leaves, n_leaves)
        As `distances.correlations` gives them; nan counts as 0.
    revealed : Revealed

    Returns
    -------
    float64, shape (n_leaves, n_labels)
        nan for a label that no revealed leaf carries.

    Examples
    --------
    >>> low_order_scores([[1, 0.5, 0], [0.5, 1, 0.2], [0, 0.2, 1]], Revealed([0, 2], [[True], [True]]))
    array([[0.5 ],
           [0.35],
           [0.5 ]])
    """
    close = _columns(correlations, revealed)
    with np.errstate(invalid="ignore"):
        found: Floats = np.nan_to_num(close) @ revealed.carries / revealed.carries.sum(axis=0)
    return found


def nearest_labels(correlations: ArrayLike, revealed: Revealed) -> Bools:
    """Each leaf gets the label set of the revealed leaf that is correlated most with it, of several the first given.

    Parameters
    ----------
    correlations, revealed
        As for `low_order_scores`; at least one leaf is revealed.

    Returns
    -------
    bool, shape (n_leaves, n_labels)

    Examples
    --------
    >>> close = [[1, 0.5, 0], [0.5, 1, 0.2], [0, 0.2, 1]]
    >>> nearest_labels(close, Revealed([0, 2], [[True, False], [False, True]]))[1]
    array([ True, False])
    """
    close = _columns(correlations, revealed)
    if not len(revealed.leaves):
        raise ValueError("revealed has no leaves: there is none to be nearest")
    found: Bools = revealed.carries[np.nan_to_num(close).argmax(axis=1)]
    return found


def best_thresholds(scores: ArrayLike, truth: ArrayLike) -> Bools:
    """The fewest errors that a threshold of the scores can make, for each label one, chosen by the truth itself.

    No method that has to choose thresholds without the truth does better: a bound in favour of a competitor.

    Parameters
    ----------
    scores : float, shape (n, n_labels)
        Rows are the leaves that are judged; nan is below every threshold.
    truth : bool, shape (n, n_labels)

    Returns
    -------
    bool, shape (n, n_labels)
        scores >= threshold, of the least errors, of several such thresholds the greatest.

    Examples
    --------
    >>> best_thresholds([[3.0], [1.0], [2.0], [0.0]], np.array([[True], [True], [False], [False]])).T
    array([[ True, False, False, False]])
    """
    values, right = np.asarray(scores, dtype=np.float64), np.asarray(truth)
    if values.ndim != 2 or values.shape != right.shape:
        raise ValueError(f"scores has shape {values.shape}, truth {right.shape}: they must be equal, (n, n_labels)")
    if right.dtype != np.bool_:
        raise TypeError(f"truth has dtype {right.dtype}: it must be bool")
    order = np.argsort(-values, axis=0, kind="stable")
    down = np.take_along_axis(values, order, axis=0)
    gain = np.cumsum(np.where(np.take_along_axis(right, order, axis=0), 1, -1), axis=0)
    # a threshold takes all of equal scores or none, and never those without a score
    end = np.ones(values.shape, dtype=bool)
    end[:-1] = down[:-1] != down[1:]
    gain = np.where(end & ~np.isnan(down), gain, 0)
    if not len(values):
        return np.zeros(values.shape, dtype=bool)
    best = gain.argmax(axis=0)
    least = np.where(gain.max(axis=0) > 0, down[best, np.arange(values.shape[1])], np.inf)
    found: Bools = values >= least
    return found


def _columns(correlations: ArrayLike, revealed: Revealed) -> Floats:
    close = np.asarray(correlations, dtype=np.float64)
    if close.ndim != 2 or close.shape[0] != close.shape[1]:
        raise ValueError(f"correlations has shape {close.shape}: it must be (n_leaves, n_leaves)")
    wrong = np.flatnonzero(revealed.leaves >= len(close))
    if wrong.size:
        raise ValueError(f"leaves[{wrong[0]}] = {revealed.leaves[wrong[0]]}: there are {len(close)} leaves")
    found: Floats = close[:, revealed.leaves]
    return found
