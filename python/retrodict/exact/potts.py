"""What two independent views of a Potts colour tell together, by the sum over all relative permutations.

A view is a vector a of q ratios posterior : prior, of mean 1; over all observations its law does not change when the
colours are permuted. Fractions stay fractions, floats floats.
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import permutations
from math import factorial
from typing import Any

__all__ = ["chi_square", "edge", "excess", "excess_bound", "is_peaked_enough", "joined", "shortfall_bound", "skewness"]

Vector = Sequence[Any]


def edge(a: Vector, eigenvalue: Any) -> list[Any]:
    """The same view from the other end of an edge: a goes to 1 + eigenvalue (a - 1)."""
    return [1 + eigenvalue * (x - 1) for x in a]


def joined(a: Vector, b: Vector) -> list[tuple[Any, list[Any]]]:
    """Probabilities and views: both seen together, for each permutation of b.

    >>> joined([Fraction(2), Fraction(0)], [Fraction(3, 2), Fraction(1, 2)])[0]
    (Fraction(3, 4), [Fraction(2, 1), Fraction(0, 1)])
    """
    found = []
    for order in permutations(b):
        both = [x * y for x, y in zip(a, order, strict=True)]
        density = sum(both) / len(a)
        if density:
            found.append((density / factorial(len(a)), [x / density for x in both]))
    return found


def chi_square(a: Vector) -> Any:
    """mean (a - 1)^2.

    >>> chi_square([2, 0])
    Fraction(1, 1)
    """
    return Fraction(1, len(a)) * sum((x - 1) * (x - 1) for x in a)


def skewness(a: Vector) -> Any:
    """mean (a - 1)^3 / mean (a - 1)^2, for a view that tells something."""
    return sum((x - 1) ** 3 for x in a) / sum((x - 1) ** 2 for x in a)


def excess(a: Vector, b: Vector) -> Any:
    """By how much chi_square of both exceeds the sum of their chi_squares: the definition."""
    return sum(p * chi_square(c) for p, c in joined(a, b)) - chi_square(a) - chi_square(b)


def excess_bound(a: Vector, b: Vector) -> Any:
    """X X' [1 + (m m' - (2 + r)(2 + r')) / (q-1)]: an upper bound of `excess`, X chi-square, r skewness, m maximum.

    >>> a = [Fraction(3, 2), Fraction(3, 2), Fraction(0)]
    >>> excess(a, a), excess_bound(a, a)
    (Fraction(1, 4), Fraction(1, 4))
    """
    spread = max(a) * max(b) - (2 + skewness(a)) * (2 + skewness(b))
    return chi_square(a) * chi_square(b) * (1 + spread / (len(a) - 1))


def shortfall_bound(a: Vector, b: Vector) -> Any:
    """X X' / ((q-1) (2 + (2/3) r r' / (q-2))): a lower bound of the information of one view about the other, q >= 3."""
    q = len(a)
    spread = 2 + 2 * skewness(a) * skewness(b) / (3 * (q - 2))
    return chi_square(a) * chi_square(b) / ((q - 1) * spread)


def is_peaked_enough(a: Vector, c: Any) -> bool:
    """Whether a, at least 1 - c, has the skewness r that its maximum 1 + A asks for, and no more than is possible:

    r + c >= 2 A k / (1 + k) with k^2 = (A + c) / (q c), and -c (q-2) / (q-1) <= r <= (q-2) c.
    """
    q, top, r = len(a), max(a) - 1, skewness(a)
    enough = (r + c) ** 2 * q * c >= (top + c) * (2 * top - r - c) ** 2
    return bool(enough and -c * (q - 2) <= (q - 1) * r <= (q - 1) * (q - 2) * c)
