"""The best estimator of the root among polynomials of low degree in the leaves, exactly; states +1 and -1.

chi_S is the product of the leaves in S. On the complete tree with a symmetric channel of eigenvalue t, uniform root s,

    E chi_S = t^(edges with an odd number of leaves of S below) for even |S|, else 0;    E s chi_S = the same, odd |S|;

and chi_S chi_T = chi_(S xor T). The squared correlation of s with the best linear combination of the chi_S, 1 <= |S|
<= D, is b^T A^-1 b, A = (E chi_S chi_T), b = (E s chi_S): only odd degrees count. The symmetries of the tree permute
the S, A and b are the same along their orbits, and so is the best combination: one unknown an orbit is enough.
"""

from collections.abc import Iterator
from itertools import combinations
from typing import Any

__all__ = ["degree_correlation"]


def degree_correlation(arity: int, depth: int, t: Any, degree: int) -> Any:
    """b^T A^-1 b for D = degree, in any field. The work grows with the square of the number of sets.

    >>> from fractions import Fraction
    >>> degree_correlation(2, 1, Fraction(1, 2), 1)  # the census: 2 t^2 / (1 + t^2)
    Fraction(2, 5)
    """
    orbits: dict[tuple[Any, ...], list[int]] = {}
    for mask in _odd_sets(arity**depth, degree):
        orbits.setdefault(_shape(mask, arity, depth), []).append(mask)
    powers = [t**0]
    while len(powers) <= sum(arity**level for level in range(1, depth + 1)):
        powers.append(powers[-1] * t)
    edges = [((1 << size) - 1) << begin for size in _sizes(arity, depth) for begin in range(0, arity**depth, size)]

    def mean(mask: int) -> Any:
        return powers[sum((mask & edge).bit_count() & 1 for edge in edges)]

    groups = list(orbits.values())
    first = [group[0] for group in groups]
    # sums over the second set alone: along an orbit they are all the same
    a = [[sum(mean(one ^ other) for other in group) for group in groups] for one in first]
    b = [mean(one) for one in first]
    x = _solve([[*row, value] for row, value in zip(a, b, strict=True)])
    return sum(len(group) * value * weight for group, value, weight in zip(groups, b, x, strict=True))


def _odd_sets(n: int, degree: int) -> Iterator[int]:
    for size in range(1, degree + 1, 2):
        for leaves in combinations(range(n), size):
            yield sum(1 << leaf for leaf in leaves)


def _sizes(arity: int, depth: int) -> list[int]:
    """Leaves below a node, for the levels below the root."""
    return [arity**level for level in range(depth)]


def _shape(mask: int, arity: int, depth: int) -> tuple[Any, ...]:
    """The same for sets that a symmetry of the tree takes to each other, and for no others."""
    if depth == 0:
        return (mask,)
    size = arity ** (depth - 1)
    return tuple(sorted(_shape(mask >> i * size & ((1 << size) - 1), arity, depth - 1) for i in range(arity)))


def _solve(rows: list[list[Any]]) -> list[Any]:
    """Gauss's elimination; A is positive definite for 0 < t < 1, so that no pivot vanishes."""
    n = len(rows)
    for k in range(n):
        pivot = next(i for i in range(k, n) if rows[i][k] != 0)
        rows[k], rows[pivot] = rows[pivot], rows[k]
        for i in range(n):
            if i != k and rows[i][k] != 0:
                factor = rows[i][k] / rows[k][k]
                rows[i] = [u - factor * v for u, v in zip(rows[i], rows[k], strict=True)]
    return [row[-1] / row[k] for k, row in enumerate(rows)]
