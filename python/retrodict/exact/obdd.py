"""Least decision diagrams and cut-ranks by definition, and the dynamic programmes over sets that find them.

A truth table is a sequence of 2**n zeros and ones; entry x is f(x), and input i is bit i of x. A graph is its adjacency
matrix. An order has the root's input first.
"""

from collections.abc import Sequence
from itertools import combinations, permutations

from retrodict.exact.circuits import level_size

__all__ = ["cut_rank", "friedman_supowit", "linear_rank_width", "minimum_linear_rank_width", "subfunctions"]

Matrix = Sequence[Sequence[int]]


def friedman_supowit(table: Sequence[int]) -> tuple[int, tuple[int, ...]]:
    """The least number of nodes over all orders, and the first order that has it.

    The least diagram of the inputs in a set J that lies below all others is, over the input k that is read first, the
    least of J - {k} and the nodes labelled k, whose number depends on J and k only.

    >>> friedman_supowit([0, 1, 1, 0])
    (3, (0, 1))
    """
    inputs = range(len(table).bit_length() - 1)
    least: dict[tuple[int, ...], tuple[int, tuple[int, ...]]] = {(): (0, ())}
    for size in range(1, len(inputs) + 1):
        for below in combinations(inputs, size):
            above = [i for i in inputs if i not in below]
            best = []
            for k in below:
                rest = tuple(i for i in below if i != k)
                nodes, order = least[rest]
                best.append((nodes + level_size(table, above, k, rest), (k, *order)))
            least[below] = min(best)
    return least[tuple(inputs)]


def subfunctions(table: Sequence[int], fixed: Sequence[int]) -> int:
    """How many functions arise when the inputs `fixed` are fixed in all ways.

    >>> subfunctions([0, 0, 0, 1], [0])
    2
    """
    seen: dict[int, dict[int, int]] = {}
    mask = sum(1 << i for i in fixed)
    for x, value in enumerate(table):
        seen.setdefault(x & mask, {})[x & ~mask] = value
    return len({tuple(sorted(function.items())) for function in seen.values()})


def cut_rank(adjacency: Matrix, subset: Sequence[int]) -> int:
    """The rank over GF(2) of the adjacency matrix's rows in `subset` and columns outside.

    >>> cut_rank([[0, 1], [1, 0]], [0])
    1
    """
    outside = [v for v in range(len(adjacency)) if v not in subset]
    basis: list[int] = []
    for u in subset:
        row = sum(adjacency[u][v] << i for i, v in enumerate(outside))
        for b in basis:
            row = min(row, row ^ b)
        if row:
            basis.append(row)
    return len(basis)


def linear_rank_width(adjacency: Matrix) -> tuple[int, tuple[int, ...]]:
    """The least over all orders of the vertices of the largest cut-rank of a prefix, and the first order that has it.

    >>> linear_rank_width([[0, 1], [1, 0]])
    (1, (0, 1))
    """
    vertices = range(len(adjacency))
    return min(
        (max(cut_rank(adjacency, order[:i]) for i in range(len(order) + 1)), order) for order in permutations(vertices)
    )


def minimum_linear_rank_width(adjacency: Matrix) -> int:
    """The same width by dynamic programming over the sets that a prefix may be.

    >>> minimum_linear_rank_width([[0, 1], [1, 0]])
    1
    """
    width = {frozenset[int](): 0}
    for size in range(1, len(adjacency) + 1):
        for prefix in combinations(range(len(adjacency)), size):
            least = min(width[frozenset(prefix) - {last}] for last in prefix)
            width[frozenset(prefix)] = max(least, cut_rank(adjacency, prefix))
    return width[frozenset(range(len(adjacency)))]
