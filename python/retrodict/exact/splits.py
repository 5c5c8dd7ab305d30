"""Splits of the leaves by the edges of an unrooted tree, by their definition."""

from collections.abc import Sequence

__all__ = ["robinson_foulds", "splits"]


def splits(parent: Sequence[int]) -> set[frozenset[int]]:
    """Of each edge the side without leaf 0, if both sides have two leaves or more; leaves by their columns.

    >>> sorted(map(sorted, splits([-1, 0, 0, 0, 1, 1, 2, 2])))
    [[1, 2], [3, 4]]
    """
    leaves = [v for v in range(len(parent)) if v not in set(parent)]
    below: list[set[int]] = [{leaves.index(v)} if v in leaves else set() for v in range(len(parent))]
    for v in range(len(parent) - 1, 0, -1):
        below[parent[v]] |= below[v]
    everything = set(range(len(leaves)))
    sides = [frozenset(everything - side if 0 in side else side) for side in below[1:]]
    return {side for side in sides if 2 <= len(side) <= len(leaves) - 2}


def robinson_foulds(first: Sequence[int], second: Sequence[int]) -> int:
    """Splits of one tree that are not of the other (Robinson and Foulds, 1981).

    >>> robinson_foulds([-1, 0, 0, 1, 1, 2, 2], [-1, 0, 0, 0, 0])
    1
    """
    return len(splits(first) ^ splits(second))
