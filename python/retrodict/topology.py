"""Trees from distances of leaves, and how far two trees are apart.

`retrodict.distances` estimates distances from features of the leaves, or from the sites of an alignment; from a file to
a Newick tree, with the distances of Jukes and Cantor (1969), that is

    states, names = phylogeny.read_states("alignment.phy")
    estimated = distances.correlation_distances(states, 4)
    topology.neighbor_joining(0.75 * estimated.values, names=names).tree.to_newick()
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from retrodict import _core
from retrodict.graphs import Tree

__all__ = ["JoinedTree", "SplitCounts", "count_splits", "matched_leaves", "neighbor_joining"]


@dataclass(frozen=True, eq=False)
class JoinedTree:
    """What `neighbor_joining` finds.

    Attributes
    ----------
    tree : Tree
        Of n leaves; the root has three children, every other inner node two. Leaf i, which is node n - 2 + i, is taxon
        i, so that columns of leaf data keep their order. Negative lengths are 0 in it.
    lengths : float64, shape (2 n - 2,)
        As they were estimated, of the edge above each node: where distances do not come from a tree, some may be
        negative. nan at the root.
    """

    tree: Tree
    lengths: NDArray[np.float64]


def neighbor_joining(
    distances: ArrayLike, *, names: Sequence[str] | None = None, threads: int | None = None
) -> JoinedTree:
    """The neighbour-joining tree (Saitou and Nei, 1987; Studier and Keppler, 1988; recalled) of a matrix of distances.

    With r nodes left and S_i the sum of row i, the pair of least Q_ij = (r - 2) d_ij - S_i - S_j is joined to a node at
    the distances (d_ik + d_jk - d_ij) / 2 from the others, until three are left. `retrodict.exact.neighbor_joining` is
    the definition, with the rule for ties; nothing is approximated, but numbers are doubles, which may round a tie.

    The true tree is found if all distances are off by less than half of its shortest edge between inner nodes (Atteson,
    1999, recalled).

    Time grows little faster than n^2 where distances come near those of a tree, and as n^3 at worst. Memory is one copy
    of the matrix.

    Parameters
    ----------
    distances : float, shape (n, n)
        Symmetric, finite, at least 0, and 0 on the diagonal; n at least 3.
    names : sequence of str, optional
        Of the taxa, for the leaves of the tree.
    threads : int, optional
        At most so many threads; where absent as many as the process may use. The result does not depend on it.

    Raises
    ------
    ValueError
        Naming the index, the value and the rule: nan, infinite, negative, asymmetric distances; fewer than three taxa.

    Examples
    --------
    >>> path = [[0, 1, 3, 4], [1, 0, 4, 5], [3, 4, 0, 3], [4, 5, 3, 0]]
    >>> found = neighbor_joining(path, names=["a", "b", "c", "d"])
    >>> found.tree.parent, found.lengths
    (array([-1,  0,  1,  1,  0,  0], dtype=int32), array([nan,  2.,  0.,  1.,  1.,  2.]))
    """
    parent, lengths = _core.topology_neighbor_joining(np.ascontiguousarray(distances, dtype=np.float64), threads)
    lengths[0] = np.nan
    n = len(parent) // 2 + 1
    if names is not None and len(names) != n:
        raise ValueError(f"names has {len(names)} entries: there are {n} taxa")
    labels = None if names is None else [*[None] * (n - 2), *names]
    tree = Tree(parent, names=labels, lengths=np.where(lengths < 0, 0.0, lengths))
    return JoinedTree(tree, lengths)


@dataclass(frozen=True)
class SplitCounts:
    """How many splits of the leaves, with at least two on each side, two trees have, and how many both have."""

    first: int
    second: int
    shared: int

    @property
    def distance(self) -> int:
        """The distance of Robinson and Foulds (1981): splits of one tree that the other does not have."""
        return self.first + self.second - 2 * self.shared


def count_splits(first: Tree, second: Tree) -> SplitCounts:
    """Compares two trees with the same leaves, taken as unrooted; inner nodes may have any number of children.

    Leaves are the same if they have the same name; if neither tree has names, if they are the same column of leaf data.
    An algorithm after Day (1985, recalled), in time n log n. Two trees of n leaves in which every inner node has three
    neighbours are at a distance of at most 2 (n - 3).

    Raises
    ------
    ValueError
        For trees with different leaves, and for a name that two leaves have.

    Examples
    --------
    >>> a, b = Tree.from_newick("((a,b),(c,d),e);"), Tree.from_newick("((a,b),c,(d,e));")
    >>> count_splits(a, b), count_splits(a, b).distance
    (SplitCounts(first=2, second=2, shared=1), 2)
    """
    return SplitCounts(*_core.topology_count_splits(first._native, second._native, matched_leaves(first, second)))


def matched_leaves(first: Tree, second: Tree) -> NDArray[np.int32]:
    """Of each leaf of the first tree, by columns, the column of the same leaf in the second.

    Leaves are the same if they have the same name; if neither tree has names, if they are the same column.

    Raises
    ------
    ValueError
        For trees with different leaves, and for a name that two leaves have.
    """
    if first.names is None and second.names is None:
        return np.arange(second.n_leaves, dtype=np.int32)
    here, there = _leaf_columns("first", first), _leaf_columns("second", second)
    for names, others, where in ((here, there, "first"), (there, here, "second")):
        if alone := sorted(set(names) - set(others)):
            raise ValueError(f"leaves of the {where} tree only: {', '.join(map(repr, alone[:3]))}")
    return np.array([there[name] for name in here], dtype=np.int32)


def _leaf_columns(which: str, tree: Tree) -> dict[str, int]:
    """Column of each name, in the order of the columns."""
    if tree.names is None:
        raise ValueError(f"the {which} tree has no names and the other has: leaves are compared by names or by columns")
    columns: dict[str, int] = {}
    for c, v in enumerate(tree.leaves):
        name = tree.names[v]
        if name is None or name in columns:
            raise ValueError(f"{which}.names[{v}] = {name!r}: each leaf has a name of its own")
        columns[name] = c
    return columns
