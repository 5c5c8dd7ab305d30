"""Neighbour joining over any ordered field (Saitou and Nei, 1987; Studier and Keppler, 1988; recalled).

Taxa stand in places 0 ... n - 1. With r places taken and S_i the sum of the distances from i, the pair i > j with the
least Q_ij = (r - 2) d_ij - S_i - S_j is joined: of several the one with the least i, and of those the one with the
least j. The new node x takes the place j, and

    d_xi = (d_ij + (S_i - S_j) / (r - 2)) / 2,    d_xj = d_ij - d_xi,    d_xk = (d_ik + d_jk - d_ij) / 2.

The last three are joined to the root.
"""

from collections.abc import Sequence
from itertools import combinations
from typing import Any

__all__ = ["neighbor_joining"]


def neighbor_joining(distances: Sequence[Sequence[Any]]) -> tuple[list[int], list[Any]]:
    """The parents of 2 n - 2 nodes, and the lengths of the edges above them, which may be negative.

    Node 0 is the root, whose length is given as 0; taxon i is node n - 2 + i, and nodes that are made later have
    smaller numbers.

    >>> from fractions import Fraction
    >>> path = [[0, 1, 3, 4], [1, 0, 4, 5], [3, 4, 0, 3], [4, 5, 3, 0]]
    >>> parent, lengths = neighbor_joining([[Fraction(x) for x in row] for row in path])
    >>> parent, [str(x) for x in lengths]
    ([-1, 0, 1, 1, 0, 0], ['0', '2', '0', '1', '1', '2'])
    """
    n = len(distances)
    d = {(i, j): distances[i][j] for i in range(n) for j in range(n)}
    places, node = list(range(n)), {i: n - 2 + i for i in range(n)}
    parent, lengths = [-1] * (2 * n - 2), [distances[0][0] * 0] * (2 * n - 2)
    while (r := len(places)) > 3:
        total = {i: sum(d[i, k] for k in places) for i in places}
        pairs = [(j, i) for i, j in combinations(places, 2)]
        i, j = min(pairs, key=lambda pair: ((r - 2) * d[pair] - total[pair[0]] - total[pair[1]], pair))
        above_i = (d[i, j] + (total[i] - total[j]) / (r - 2)) / 2
        for place, length in ((i, above_i), (j, d[i, j] - above_i)):
            parent[node[place]], lengths[node[place]] = r - 3, length
        node[j] = r - 3
        for k in set(places) - {i, j}:
            d[j, k] = d[k, j] = (d[i, k] + d[j, k] - d[i, j]) / 2
        places.remove(i)
    for k in range(3):
        a, b, c = places[k], places[k - 1], places[k - 2]
        parent[node[a]], lengths[node[a]] = 0, (d[a, b] + d[a, c] - d[b, c]) / 2
    return parent, lengths
