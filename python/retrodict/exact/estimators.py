"""Estimators of the root of a complete tree, in any ring: their laws by recursion, where nobody can enumerate.

States +1 and -1, channel symmetric with second eigenvalue theta on every edge, uniform root. By symmetry everything may
be conditioned on a root of +1. The definitions are `exact.trees.expectation` and `census_moment`.
"""

from math import comb
from typing import Any

__all__ = ["census_law", "census_second_moment", "majority_correlation"]


def census_law(arity: int, depth: int, theta: Any) -> dict[int, Any]:
    """P(S = s | root = +1), S the sum of the leaves: reflect for a flip, convolve over the children.

    >>> from fractions import Fraction
    >>> census_law(2, 1, Fraction(1, 2))
    {-2: Fraction(1, 16), 0: Fraction(3, 8), 2: Fraction(9, 16)}
    """
    law: dict[int, Any] = {1: 1}
    for _ in range(depth):
        size = max(law)
        child = {s: ((1 + theta) * law.get(s, 0) + (1 - theta) * law.get(-s, 0)) / 2 for s in range(-size, size + 1, 2)}
        law = {0: 1}
        for _ in range(arity):
            total: dict[int, Any] = {}
            for s, p in law.items():
                for x, w in child.items():
                    total[s + x] = total.get(s + x, 0) + p * w
            law = total
    return law


def census_second_moment(arity: int, depth: int, lam: Any) -> Any:
    """E S^2 = d^h [1 + (d - 1) lam^2 sum_(k < h) (d lam^2)^k] for any mean-zero f with E f^2 = 1, and any q.

    Two leaves that part k levels above them, of which there are d^h (d - 1) d^(k - 1) ordered pairs, have correlation
    lam^(2 k). The sum is ((d lam^2)^h - 1) / (d lam^2 - 1) away from the Kesten-Stigum point d lam^2 = 1.

    >>> from fractions import Fraction
    >>> census_second_moment(2, 1, Fraction(1, 2))
    Fraction(5, 2)
    """
    pairs = sum((arity * lam * lam) ** k for k in range(depth))
    return arity**depth * (1 + (arity - 1) * lam * lam * pairs)


def majority_correlation(arity: int, depth: int, theta: Any) -> Any:
    """E[root * recursive majority of the leaves], odd arity: every node takes the majority of its children's votes.

    >>> from fractions import Fraction
    >>> majority_correlation(3, 1, Fraction(1, 2))
    Fraction(11, 16)
    """
    if arity % 2 == 0:
        raise ValueError(f"arity = {arity}: it must be odd, so that no vote is tied")
    m: Any = 1
    for _ in range(depth):
        right = (1 + theta * m) / 2
        wins = sum(comb(arity, k) * right**k * (1 - right) ** (arity - k) for k in range(arity // 2 + 1, arity + 1))
        m = 2 * wins - 1
    return m
