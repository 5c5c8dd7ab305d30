"""Distances between leaves: along a tree, and from what features show of two leaves. The definitions, as fractions.

A feature shows a state below q of each leaf, or None; only features that show both count. Distances are logarithms, so
that what is exact here is a power of e^(-distance).
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import permutations
from math import prod
from typing import Any

__all__ = ["along_tree", "correlation", "determinant", "log_det_square"]


def along_tree(parent: Sequence[int], lengths: Sequence[Any]) -> list[list[Any]]:
    """Between all pairs of leaves the sum of the lengths, of the edges above nodes, on the path; the root's is ignored.

    >>> along_tree([-1, 0, 0, 1, 1], [0, 10, 1, 2, 3])
    [[0, 13, 14], [13, 0, 5], [14, 5, 0]]
    """
    leaves = [v for v in range(len(parent)) if v not in set(parent)]

    def above(v: int) -> list[int]:
        return [] if v == 0 else [v, *above(parent[v])]

    paths = [set(above(v)) for v in leaves]
    return [[sum(lengths[v] for v in a ^ b) for b in paths] for a in paths]


def correlation(u: Sequence[int | None], v: Sequence[int | None], q: int) -> Fraction | None:
    """(q / (q - 1)) (A - 1 / q), A the share of features in which the leaves agree; None if no feature shows both.

    Under the channels lambda I + (1 - lambda) J / q its mean is the product of the lambdas on the path between them.

    >>> correlation([0, 1, 2, 0], [0, 1, 1, None], 3)
    Fraction(1, 2)
    """
    pairs = _pairs(u, v)
    if not pairs:
        return None
    return Fraction(q, q - 1) * (Fraction(sum(a == b for a, b in pairs), len(pairs)) - Fraction(1, q))


def log_det_square(u: Sequence[int | None], v: Sequence[int | None], q: int) -> Fraction | None:
    """(det F)^2 over the product of both marginals of F, F(i, j) the share of features that show i and j.

    It is e^(-2 D) for the log-det distance D = -log |det F| + log(product of the marginals) / 2; None if a state is
    never seen in one of the leaves.

    >>> log_det_square([0, 0, 1, 1, 1], [0, 0, 1, 1, 0], 2)
    Fraction(4, 9)
    """
    pairs = _pairs(u, v)
    if not pairs:
        return None
    joint = [[Fraction(pairs.count((i, j)), len(pairs)) for j in range(q)] for i in range(q)]
    margins = prod(sum(row) for row in joint) * prod(sum(column) for column in zip(*joint, strict=True))
    return determinant(joint) ** 2 / margins if margins else None


def determinant(matrix: Sequence[Sequence[Fraction]]) -> Fraction:
    """Leibniz' sum over all permutations.

    >>> determinant([[Fraction(1), Fraction(2)], [Fraction(3), Fraction(4)]])
    Fraction(-2, 1)
    """
    n = len(matrix)
    total = Fraction(0)
    for order in permutations(range(n)):
        inversions = sum(order[i] > order[j] for j in range(n) for i in range(j))
        total += (-1) ** inversions * prod((matrix[i][order[i]] for i in range(n)), start=Fraction(1))
    return total


def _pairs(u: Sequence[int | None], v: Sequence[int | None]) -> list[tuple[int, int]]:
    return [(a, b) for a, b in zip(u, v, strict=True) if a is not None and b is not None]
