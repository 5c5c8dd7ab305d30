"""The tree of leaf data, found level by level with states of inner nodes that are estimated on the way.

Distances of leaves lose what they know with the height: two leaves whose common ancestor is at height h are correlated
as lambda^(2 h). The level-by-level algorithm (after Mossel, 2004, recalled) compares estimated states of the roots of
the subtrees that were found so far, which keep a correlation with the true ones at every height where reconstruction is
possible; then a number of features of the order of log n_leaves is enough (recalled; nothing of it is proved by running
this).

The same features choose the siblings and are read to estimate states and margins: correlations of siblings are
optimistic, and a margin describes what was found, it is no test of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from retrodict import _core
from retrodict.graphs import Tree

__all__ = ["FoundTree", "Level", "level_by_level"]

States = NDArray[np.uint8] | NDArray[np.uint16]


@dataclass(frozen=True)
class Level:
    """How one level was found, in which roots of subtrees of the same height were joined to parents.

    Where there is nothing to estimate from, a number is nan.

    Attributes
    ----------
    height : int
        Of the roots; leaves have height 0.
    n_roots, n_groups, n_cliques : int
        Roots, groups of siblings, and how many groups are cliques: each member is nearer to every other member than to
        all that are no members. The other groups were made by the greedy rule of `level_by_level`, or have ties.
    shown : float
        Share of features and roots in which a root shows a state.
    correlation : float
        Of the shown states of siblings, all pairs together.
    reliability : float
        Estimated correlation of the roots' states with the true ones, where they show one; 1 for leaves.
    quality : float
        lambda as this level alone estimates it: sqrt(correlation) / reliability. With `rule="plurality"` the
        reliability is itself sqrt(correlation) / lambda, and this is lambda again.
    least_within, greatest_across : float
        Least correlation inside a group of siblings, and largest between two groups (nan at the last level); divided by
        the square of the reliability, so that they estimate lambda^2 and lambda^4 where all siblings are right.
    """

    height: int
    n_roots: int
    n_groups: int
    n_cliques: int
    shown: float
    correlation: float
    reliability: float
    quality: float
    least_within: float
    greatest_across: float

    @property
    def consistent(self) -> bool:
        """Whether all groups are cliques."""
        return self.n_cliques == self.n_groups

    @property
    def margin(self) -> float:
        """least_within - greatest_across."""
        return self.least_within - self.greatest_across


@dataclass(frozen=True, eq=False)
class FoundTree:
    """What `level_by_level` finds.

    Attributes
    ----------
    tree : Tree
        Complete. Nodes are numbered level by level from the root, and in a level by the least leaf below them; leaf i
        of the data is the leaf in column i, which is node n_inner + i.
    states : uint8 or uint16, shape (n_features, n_inner)
        Estimated states of the inner nodes; column v is node v. The type's largest value where there is none. If states
        are renamed on edges, a node's states have the names that the least leaf below it uses.
    levels : tuple of Level
        From the leaves up.
    quality : float
        The lambda that states were estimated with.
    root_reliability : float
        As `Level.reliability`, for the root of the tree; nan with `rule="plurality"`.
    """

    tree: Tree
    states: States
    levels: tuple[Level, ...]
    quality: float
    root_reliability: float

    @property
    def consistent(self) -> bool:
        """Whether all siblings formed cliques."""
        return all(level.consistent for level in self.levels)


def level_by_level(
    leaves: States,
    q: int,
    arity: int = 2,
    *,
    renamed: bool = False,
    quality: float | None = None,
    rule: Literal["bp", "plurality", "first_child"] = "bp",
    threads: int | None = None,
) -> FoundTree:
    """Finds a complete tree from features, independent broadcasts on it.

    The channel on every edge is lambda I + (1 - lambda) J / q, with one lambda in (0, 1); where states are renamed it
    is followed by a permutation of the states, one for each edge and unknown. Each level

    1. takes all pairs of roots and estimates the correlation of the states that they show (`distances.correlations`),
       or, if states are renamed, its square, as q^2 / (q - 1) sum_ij (C_ij / n - R_i S_j / n^2)^2 - (q - 1) / n from
       the joint counts C, of margins R and S, in the n features that show both;
    2. makes siblings of all cliques of `arity` roots. Of the roots that are left the closest pair is joined by the root
       whose least closeness to the group is largest, until there are `arity`, and so on; of several pairs or roots that
       are as close the first is taken. `Level.n_cliques` tells how many groups did not need that;
    3. gives the states of siblings the names of the first one, if states are renamed: by the permutation with the most
       agreements, of several the first in lexicographic order;
    4. estimates the parents' states by belief propagation in the subtrees, with uniform prior: the most likely state,
       or none if two are as likely (in doubles, within a relative 2^-40).

    Siblings are chosen by counts, so that no rounding decides. `retrodict.exact.level_by_level` is the definition.

    Parameters
    ----------
    leaves : uint8 or uint16, shape (n_features, n_leaves)
        States below q, or the largest value of the type for unobserved, which counts nowhere. n_leaves is a power of
        the arity.
    q : int
        Number of states, 2 ... 255 or 65,535; at most 64 if they are renamed.
    arity : int
        At least 2.
    renamed : bool
        Whether edges rename states: model M1 of `hierarchy`. For M2 give `hierarchy.pairs` of the features, with q^2
        states: the noise of a pair is then not of the form above, and parents are estimated as if it were.
    quality : float, optional
        lambda, strictly between 0 and 1. Where absent, the square root of the correlation of siblings at the first
        level, all pairs of them together, within 1/1024 ... 1023/1024.
    rule : {"bp", "plurality", "first_child"}
        "plurality": parents show the state that most of their children show, if at least two do and no other state has
        as many votes; for many states it works below the Kesten-Stigum point, and needs no memory for laws.
        "first_child": parents show what their first child shows, so that leaves stand for subtrees and nothing is
        re-estimated; for comparison.
    threads : int, optional
        At most so many threads; where absent as many as the process may use. The result does not depend on it.

    Returns
    -------
    FoundTree

    Raises
    ------
    ValueError
        For a number of leaves that is no power of the arity, no features, a q, an arity or a quality out of range, an
        unknown rule, or a state that is q or more, naming where.
    TypeError
        If `leaves` holds something else than uint8 or uint16.

    Notes
    -----
    Memory is that of n_leaves^2 doubles, and by belief propagation q doubles for each feature and each node one and two
    levels above the leaves.

    Examples
    --------
    >>> from retrodict import topology, trees
    >>> tree = Tree.complete(arity=2, depth=6)
    >>> leaves = trees.broadcast(tree, 0.9 * np.eye(2) + 0.05, 300, seed=1, leaves_only=True)
    >>> found = level_by_level(leaves, 2)
    >>> topology.count_splits(found.tree, tree).distance, found.consistent, round(found.quality, 2)
    (0, True, 0.9)
    """
    parent, states, levels, used, root = _core.level_by_level(
        _states(leaves), q, arity, renamed, quality, rule, threads
    )
    reports = (Level(height, n, n // arity, cliques, *rest) for height, (n, cliques, *rest) in enumerate(levels))
    return FoundTree(Tree(parent), states, tuple(reports), used, root)


def _states(leaves: ArrayLike) -> States:
    array = np.ascontiguousarray(leaves)
    if array.dtype not in (np.uint8, np.uint16):
        raise TypeError(f"leaves has dtype {array.dtype}: it must be uint8 or uint16")
    return array
