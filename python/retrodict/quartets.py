"""Quartets of taxa: the four-point method, quartets that trees share, and the tree of the splits all quartets support.

Four taxa a, b, c, d belong together in one of three ways, or stand alike around one node. In a tree the least of the
sums d_ab + d_cd, d_ac + d_bd, d_ad + d_bc is that of the pairs which an edge separates, and the other two are equal,
larger by twice the length between them. Estimated distances give the least sum all the same, if all are off by less
than half of that length.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb

import numpy as np
from numpy.typing import ArrayLike, NDArray

from retrodict import _core
from retrodict.graphs import Tree
from retrodict.topology import matched_leaves

__all__ = ["BunemanTree", "FourPoints", "QuartetCounts", "buneman_tree", "count_quartets", "four_point", "support"]


@dataclass(frozen=True, eq=False)
class FourPoints:
    """What `four_point` finds.

    Attributes
    ----------
    partner : int8, shape (m,)
        Which of the quartet's last three belongs to its first: 1 for ab | cd, 2 for ac | bd, 3 for ad | bc; 0 where two
        sums are least, and nothing is decided.
    gap : float64, shape (m,)
        The second least sum minus the least: in a tree, twice the length between the pairs.
    """

    partner: NDArray[np.int8]
    gap: NDArray[np.float64]


def four_point(distances: ArrayLike, quartets: ArrayLike, *, threads: int | None = None) -> FourPoints:
    """The four-point method (Buneman, 1971, recalled): the two pairs of least sum of distances.

    Sums are compared as they are rounded to doubles. `retrodict.exact.quartets.four_point` is the definition.

    Parameters
    ----------
    distances : float, shape (n, n)
        Symmetric, finite, at least 0, and 0 on the diagonal.
    quartets : integer, shape (m, 4)
        Rows of `distances`, four different ones for each quartet.
    threads : int, optional
        At most so many threads; where absent as many as the process may use. The result does not depend on it.

    Raises
    ------
    ValueError
        Naming the index, the value and the rule: distances that are none, a taxon out of range or twice in a quartet.
    TypeError
        If `quartets` are no integers.

    Examples
    --------
    >>> path = [[0, 1, 3, 4], [1, 0, 4, 5], [3, 4, 0, 3], [4, 5, 3, 0]]
    >>> found = four_point(path, [[0, 1, 2, 3], [0, 2, 1, 3]])
    >>> found.partner, found.gap
    (array([1, 2], dtype=int8), array([4., 4.]))
    """
    taxa = np.asarray(quartets)
    if taxa.dtype.kind not in "iu":
        raise TypeError(f"quartets has dtype {taxa.dtype}: it must be integers")
    chosen = np.ascontiguousarray(taxa, dtype=np.int64)
    return FourPoints(*_core.quartets_four_point(np.ascontiguousarray(distances, dtype=np.float64), chosen, threads))


@dataclass(frozen=True)
class QuartetCounts:
    """How many of all quartets of n leaves two trees resolve, or a tree and the four-point method on distances.

    Attributes
    ----------
    total : int
        n (n - 1) (n - 2) (n - 3) / 24.
    first, second : int
        Quartets that the first resolves, and the second.
    alike, different : int
        Of those that both resolve: in the same way, and in different ones.
    """

    total: int
    first: int
    second: int
    alike: int
    different: int

    @property
    def distance(self) -> int:
        """Quartets that are not the same in both: the quartet distance (Estabrook, McMorris and Meacham, 1985)."""
        return self.first + self.second - 2 * self.alike - self.different

    @property
    def share(self) -> float:
        """`alike` over `first`: how much of the first the second confirms; nan where the first resolves nothing."""
        return self.alike / self.first if self.first else float("nan")


def count_quartets(first: Tree, second: Tree, *, threads: int | None = None) -> QuartetCounts:
    """Compares the quartets of two trees with the same leaves, taken as unrooted; inner nodes may have any degree.

    Leaves are matched as by `topology.count_splits`. All quartets are looked at, several at once: time n^4.

    Raises
    ------
    ValueError
        For trees with different leaves, and for a name that two leaves have.

    Examples
    --------
    >>> a, b = Tree.from_newick("((a,b),(c,d),e);"), Tree.from_newick("((a,b),c,(d,e));")
    >>> count_quartets(a, b), count_quartets(a, b).distance
    (QuartetCounts(total=5, first=5, second=5, alike=3, different=2), 2)
    """
    columns = matched_leaves(first, second)
    counts = _core.quartets_compare(first._native, second._native, columns, threads)
    return QuartetCounts(comb(first.n_leaves, 4), *counts)


def support(tree: Tree, distances: ArrayLike, *, threads: int | None = None) -> QuartetCounts:
    """Compares the quartets of a tree with those that the four-point method finds in distances; time n^4.

    Parameters
    ----------
    tree : Tree
        Its leaf of column i is row i of `distances`.
    distances, threads
        As for `four_point`.

    Raises
    ------
    ValueError
        For distances that are none, and where their number is not that of the leaves.

    Examples
    --------
    >>> path = [[0, 1, 3, 4], [1, 0, 4, 5], [3, 4, 0, 3], [4, 5, 3, 0]]
    >>> support(Tree.from_newick("((a,b),(c,d));"), path).share
    1.0
    """
    matrix = np.ascontiguousarray(distances, dtype=np.float64)
    return QuartetCounts(comb(tree.n_leaves, 4), *_core.quartets_support(tree._native, matrix, threads))


@dataclass(frozen=True, eq=False)
class BunemanTree:
    """What `buneman_tree` finds.

    Attributes
    ----------
    tree : Tree
        Unrooted, hung from the neighbour of taxon 0; inner nodes have three neighbours or more. Leaf i by columns is
        taxon i. Negative lengths are 0 in it.
    lengths : float64, shape (n_nodes,)
        The isolation index of the edge above each node; negative at a leaf that is no detour between others. nan at
        the root.
    """

    tree: Tree
    lengths: NDArray[np.float64]


def buneman_tree(
    distances: ArrayLike, *, names: Sequence[str] | None = None, threads: int | None = None
) -> BunemanTree:
    """The tree of all splits A | B with a positive isolation index (Buneman, 1971, recalled),

        min (min(d_ab + d_a'b', d_ab' + d_a'b) - d_aa' - d_bb') / 2    over a != a' in A and b != b' in B:

    the splits that every quartet across them supports. Such splits fit on one tree, whatever the distances. If they are
    those of a tree, it is found with its lengths, inner nodes of any degree included; if all are off by less than half
    of the shortest edge between inner nodes, all edges of the tree are found, and no others if its inner nodes have
    three neighbours. It is as cautious as can be: one quartet that speaks against an edge removes it.

    Sums are compared as they are rounded, which leaves the theorem: no quartet is resolved in two ways. Time grows as
    n^4 (after Berry and Bryant, 1999, recalled), memory as n^2. `retrodict.exact.quartets` has the definition.

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
    >>> found = buneman_tree(path, names=["a", "b", "c", "d"])
    >>> found.tree.to_newick(), found.lengths
    ('((c:1.0,d:2.0):2.0,a:0.0,b:1.0);', array([nan,  2.,  0.,  1.,  1.,  2.]))
    """
    matrix = np.ascontiguousarray(distances, dtype=np.float64)
    parent, lengths = _core.quartets_buneman_tree(matrix, threads)
    lengths[0] = np.nan
    n = len(matrix)
    if names is not None and len(names) != n:
        raise ValueError(f"names has {len(names)} entries: there are {n} taxa")
    labels = None if names is None else [*[None] * (len(parent) - n), *names]
    return BunemanTree(Tree(parent, names=labels, lengths=np.where(lengths < 0, 0.0, lengths)), lengths)
