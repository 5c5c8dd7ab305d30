"""Rooted trees.

The root is node 0 and every parent comes before its children. Leaf data has one column per leaf, in ascending order of
node id: that order is `Tree.leaves`, everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from retrodict import _core
from retrodict.io.newick import format_newick, parse_newick

__all__ = ["Tree"]


class Tree:
    """A rooted tree, checked once.

    Parameters
    ----------
    parent : integers, shape (n_nodes,)
        `parent[0] = -1`, and `0 <= parent[v] < v` for every other node.
    names : sequence of str or None, optional
        One per node; None where a node has no name.
    lengths : float, shape (n_nodes,), optional
        Length of the edge above each node, nan where unknown; the root's entry is the length above the root, if any.

    Raises
    ------
    ValueError
        Naming the index, the value and the rule that it breaks.
    TypeError
        If `parent` does not hold integers.

    Examples
    --------
    >>> tree = Tree([-1, 0, 0, 1, 1])
    >>> tree.n_nodes, tree.leaves
    (5, array([2, 3, 4], dtype=int32))
    """

    __slots__ = ("_native", "leaves", "lengths", "names", "parent")

    parent: NDArray[np.int32]
    leaves: NDArray[np.int32]
    names: tuple[str | None, ...] | None
    lengths: NDArray[np.float64] | None

    def __init__(
        self,
        parent: ArrayLike,
        *,
        names: Sequence[str | None] | None = None,
        lengths: ArrayLike | None = None,
    ) -> None:
        entries = np.asarray(parent)
        if entries.ndim != 1:
            raise ValueError(f"parent has shape {entries.shape}: it must have one dimension")
        if entries.size and not np.issubdtype(entries.dtype, np.integer):
            raise TypeError(f"parent has dtype {entries.dtype}: it must hold integers")
        wide = np.flatnonzero((entries < -1) | (entries > np.iinfo(np.int32).max))
        if wide.size:
            raise ValueError(f"parent[{wide[0]}] = {entries[wide[0]]}: a parent is a node, or -1 for the root")
        self.parent = np.ascontiguousarray(entries, dtype=np.int32)
        if self.parent is parent or self.parent.base is not None:
            self.parent = self.parent.copy()
        self._native = _core.Tree(self.parent)
        self.leaves = self._native.leaves
        self.names = None if names is None else tuple(names)
        self.lengths = None if lengths is None else np.array(lengths, dtype=np.float64)
        if self.names is not None and len(self.names) != self.n_nodes:
            raise ValueError(f"names has {len(self.names)} entries: the tree has {self.n_nodes} nodes")
        if self.lengths is not None:
            if self.lengths.shape != (self.n_nodes,):
                raise ValueError(f"lengths has shape {self.lengths.shape}: it must be ({self.n_nodes},)")
            bad = np.flatnonzero((self.lengths < 0) | np.isinf(self.lengths))
            if bad.size:
                raise ValueError(f"lengths[{bad[0]}] = {self.lengths[bad[0]]}: a length is finite and at least 0")
            self.lengths.flags.writeable = False
        self.parent.flags.writeable = False
        self.leaves.flags.writeable = False

    @property
    def n_nodes(self) -> int:
        """Number of nodes, leaves included."""
        return len(self.parent)

    @property
    def n_leaves(self) -> int:
        """Number of leaves."""
        return len(self.leaves)

    @classmethod
    def complete(cls, arity: int, depth: int) -> Tree:
        """The tree in which every node above level `depth` has `arity` children: arity**depth leaves.

        >>> Tree.complete(2, 2).parent
        array([-1,  0,  0,  1,  1,  2,  2], dtype=int32)
        """
        if arity < 1:
            raise ValueError(f"arity = {arity}: it must be at least 1")
        if depth < 0:
            raise ValueError(f"depth = {depth}: it must be at least 0")
        n_nodes = sum(arity**level for level in range(depth + 1))
        if n_nodes > np.iinfo(np.int32).max:
            raise ValueError(f"arity = {arity}, depth = {depth}: {n_nodes} nodes, more than 2^31 - 1")
        parent = (np.arange(n_nodes, dtype=np.int64) - 1) // arity
        return cls(parent)

    @classmethod
    def from_newick(cls, text: str) -> Tree:
        """The tree of a Newick text, nodes in depth-first order, with its names and lengths.

        `names[v]` is None where a node has no label, `lengths[v]` nan where its edge has no length; `lengths` is None
        where no edge has one. Labels may be quoted, comments are dropped, inner nodes may have any number of children.

        Raises
        ------
        ValueError
            For anything but one complete tree; see `retrodict.io.newick`.

        >>> tree = Tree.from_newick("((a:0.1,b:0.2):0.05,c:0.3);")
        >>> tree.parent, tree.names
        (array([-1,  0,  1,  1,  0], dtype=int32), (None, None, 'a', 'b', 'c'))
        >>> [tree.names[v] for v in tree.leaves], [float(tree.lengths[v]) for v in tree.leaves]
        (['a', 'b', 'c'], [0.1, 0.2, 0.3])
        """
        tree = parse_newick(text)
        lengths = None if np.isnan(tree.lengths).all() else tree.lengths
        return cls(tree.parent, names=tree.names, lengths=lengths)

    def to_newick(self) -> str:
        """The tree as a Newick text, which `from_newick` reads; where nodes have no names, leaves are 0, 1, ....

        Raises
        ------
        ValueError
            For a leaf without a name, two leaves with one name, or a name that the format cannot hold.

        >>> Tree([-1, 0, 1, 1, 0], lengths=[0, 0.5, 1, 1, 2]).to_newick()
        '((0:1.0,1:1.0):0.5,2:2.0):0.0;'
        """
        names = self.names
        if names is None:
            column = {int(v): str(c) for c, v in enumerate(self.leaves)}
            names = tuple(column.get(v) for v in range(self.n_nodes))
        lengths = [np.nan] * self.n_nodes if self.lengths is None else self.lengths.tolist()
        return format_newick(self.parent.tolist(), names, lengths)

    def __repr__(self) -> str:
        return f"Tree(n_nodes={self.n_nodes}, n_leaves={self.n_leaves})"
