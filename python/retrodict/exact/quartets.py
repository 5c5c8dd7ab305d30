"""Quartets of taxa: the four-point method, quartets of trees, and the Buneman tree, over any ordered field.

Of four taxa a, b, c, d the sums d_ab + d_cd, d_ac + d_bd, d_ad + d_bc are compared: in a tree the least belongs to the
pairs that an edge separates, and the other two are equal, larger by twice the length of what separates them. A split
A | B of all taxa has the isolation index

    min (min(d_ab + d_a'b', d_ab' + d_a'b) - d_aa' - d_bb') / 2    over a != a' in A and b != b' in B,

and the splits of positive index fit on one tree (Buneman, 1971, recalled): of two splits that do not, each cut by the
other, four taxa from the four parts would have two least sums.
"""

from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Any

from retrodict.exact.splits import splits

__all__ = ["buneman", "buneman_by_definition", "compare", "four_point", "partner"]

Matrix = Sequence[Sequence[Any]]
Side = frozenset[int]


def four_point(distances: Matrix, quartet: Sequence[int]) -> tuple[int, Any]:
    """Which of the last three belongs to the first (1, 2, 3; 0 if two sums are least), and the second sum minus the
    least.

    >>> four_point([[0, 2, 5, 5], [2, 0, 5, 5], [5, 5, 0, 2], [5, 5, 2, 0]], (0, 2, 1, 3))
    (2, 6)
    """
    a, b, c, d = quartet
    x = distances
    sums = [x[a][b] + x[c][d], x[a][c] + x[b][d], x[a][d] + x[b][c]]
    least, second = sorted(sums)[:2]
    return (0 if least == second else 1 + sums.index(least)), second - least


def partner(sides: Iterable[Side], quartet: Sequence[int]) -> int:
    """The same for a tree, by definition: its split that has two of the four on each side; 0 if none has.

    >>> partner([frozenset({1, 2})], (0, 1, 2, 3))
    3
    """
    a, *others = quartet
    for side in sides:
        together = [k for k, x in enumerate(others, start=1) if (x in side) == (a in side)]
        if len(together) == 1:
            return together[0]
    return 0


def compare(first: Sequence[int], second: Sequence[int]) -> tuple[int, int, int, int]:
    """Of two trees on the same leaves: quartets that the first resolves, the second, both alike, both differently.

    >>> compare([-1, 0, 0, 0, 1, 1], [-1, 0, 0, 0, 0])
    (1, 0, 0, 0)
    """
    n = len(first) - len(set(first) - {-1})
    counts = [0, 0, 0, 0]
    here, there = splits(first), splits(second)
    for quartet in combinations(range(n), 4):
        x, y = partner(here, quartet), partner(there, quartet)
        for k, counted in enumerate((x, y, x and x == y, x and y and x != y)):
            counts[k] += bool(counted)
    return counts[0], counts[1], counts[2], counts[3]


def buneman_by_definition(distances: Matrix) -> dict[Side, Any]:
    """The isolation index of every split for which it is positive, with two taxa or more on each side, by the side
    without taxon 0; all splits are tried.

    >>> buneman_by_definition([[0, 2, 5, 5], [2, 0, 5, 5], [5, 5, 0, 2], [5, 5, 2, 0]])
    {frozenset({2, 3}): 3.0}
    """
    everything = set(range(len(distances)))
    found = {}
    for size in range(2, len(distances) - 1):
        for side in map(frozenset, combinations(sorted(everything - {0}), size)):
            pairs = combinations(sorted(everything - side), 2)
            index = min(_gap(distances, *p, *q) for p in pairs for q in combinations(sorted(side), 2)) / 2
            if index > 0:
                found[side] = index
    return found


def buneman(distances: Matrix) -> dict[Side, Any]:
    """The same, taxon by taxon (after Berry and Bryant, 1999, recalled).

    Without its last taxon a split that is isolated is isolated, or has one taxon on a side: so two splits are tried for
    each of those before.

    >>> buneman([[0, 2, 5, 5], [2, 0, 5, 5], [5, 5, 0, 2], [5, 5, 2, 0]])
    {frozenset({2, 3}): 3.0}
    """
    found: dict[Side, Any] = {}
    for x in range(3, len(distances)):
        old = frozenset(range(x))
        single = [frozenset({i}) for i in range(1, x)] + [old - {0}]
        before: list[tuple[Side, list[Any]]] = [(side, [gap]) for side, gap in found.items()]
        found = {}
        for side, known in before + [(side, []) for side in single]:
            for near, far in ((old - side, side), (side, old - side)):
                with_x = side | {x} if near == side else side
                if 2 <= len(with_x) <= x - 1:
                    pairs = list(combinations(sorted(far), 2))
                    gap = min(known + [_gap(distances, a, x, *pair) for a in near for pair in pairs])
                    if gap > 0:
                        found[with_x] = gap
    return {side: gap / 2 for side, gap in found.items()}


def _gap(d: Matrix, a: int, b: int, x: int, y: int) -> Any:
    """By how much the sum of ab | xy is below the others."""
    return min(d[a][x] + d[b][y], d[a][y] + d[b][x]) - (d[a][b] + d[x][y])
