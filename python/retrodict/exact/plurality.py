"""Recursive plurality with abstention, in any ring: q + 1 messages that work below the Kesten-Stigum point.

The channel is lam I + (1 - lam) J / q on every edge, uniform root. A leaf sends its colour. Every other node sends the
colour that has more votes than each other among its children's messages, if it has at least two, and else abstains.
Given the node's colour let its message be that colour with probability a, each other colour with b, and none with z,
a + (q - 1) b + z = 1. A child's message seen from its parent is the parent's colour with probability A, each other with
B,

    A = lam a + (1 - lam) (1 - z) / q,    B = lam b + (1 - lam) (1 - z) / q,                                        (1)

and the next a and b are polynomials in A, B, z with integer coefficients, which count votes:

    a' = sum_k A^k d! / k! [x^(d - k)] e^(z x) (sum_(j < k) (B x)^j / j!)^(q - 1),   k = 2, ..., d,                 (2)

and the same for b' with B^k in front, sum_(j < k) (A x)^j / j! for the true colour and the power q - 2. For q to
infinity two wrong votes never agree, and a' = P(Bin(d, lam a) >= 2).
"""

from fractions import Fraction
from functools import cache
from itertools import product
from math import comb, factorial
from typing import Any

__all__ = ["infinite", "step", "step_by_enumeration"]

Polynomial = dict[tuple[int, int, int], int]  # exponents of A, B, z


def step(a: Any, b: Any, arity: int, q: int, lam: Any) -> tuple[Any, Any]:
    """(a', b') from (a, b) by (1) and (2).

    >>> step(Fraction(1), Fraction(0), 2, 3, Fraction(1, 2))
    (Fraction(4, 9), Fraction(1, 36))
    """
    if q < 2 or arity < 1:
        raise ValueError(f"q = {q}, arity = {arity}: there must be at least 2 colours and a child")
    z = 1 - a - (q - 1) * b
    noise = (1 - lam) * (1 - z) / q
    right, wrong = _counts(arity, q)
    powers = [_powers(base, arity) for base in (lam * a + noise, lam * b + noise, z)]
    return _value(right, powers), _value(wrong, powers)


def step_by_enumeration(a: Any, b: Any, arity: int, q: int, lam: Any) -> tuple[Any, Any]:
    """The definition: all (q + 1)^arity messages of the children of a node of colour 0; the message q abstains."""
    law = [sum((lam * (j == 0) + (1 - lam) / q) * (a if j == i else b) for j in range(q)) for i in range(q)]
    law.append(1 - a - (q - 1) * b)
    sent: list[Any] = [0] * q
    for votes in product(range(q + 1), repeat=arity):
        chance: Any = 1
        for vote in votes:
            chance = chance * law[vote]
        counts = sorted(((votes.count(i), i) for i in range(q)), reverse=True)
        if counts[0][0] >= 2 and counts[0][0] > counts[1][0]:
            sent[counts[0][1]] += chance
    return sent[0], sent[1]


def infinite(a: Any, arity: int, lam: Any) -> Any:
    """P(Bin(d, lam a) >= 2).

    >>> infinite(1, 3, Fraction(1, 2))
    Fraction(1, 2)
    """
    y = lam * a
    return sum(comb(arity, k) * y**k * (1 - y) ** (arity - k) for k in range(2, arity + 1))


@cache
def _counts(arity: int, q: int) -> tuple[Polynomial, Polynomial]:
    """The polynomials a' and b' in A, B, z."""
    right: Polynomial = {}
    wrong: Polynomial = {}
    for k in range(2, arity + 1):
        others, but_one = (_truncated_power(k, power, arity - k) for power in (q - 1, q - 2))
        for m, c in enumerate(others):
            left = arity - k - m
            _add(right, (k, m, left), c / (factorial(k) * factorial(left)), arity)
        for j in range(min(k, arity - k + 1)):
            for m, c in enumerate(but_one[: arity - k - j + 1]):
                left = arity - k - j - m
                _add(wrong, (j, k + m, left), c / (factorial(k) * factorial(j) * factorial(left)), arity)
    return right, wrong


def _add(polynomial: Polynomial, exponents: tuple[int, int, int], share: Fraction, arity: int) -> None:
    count = share * factorial(arity)
    assert count.denominator == 1, "votes are counted in integers"
    if count:
        polynomial[exponents] = polynomial.get(exponents, 0) + int(count)


def _truncated_power(k: int, power: int, degree: int) -> list[Fraction]:
    """The coefficients of (sum_(j < k) x^j / j!)^power up to that degree."""
    base = [Fraction(1, factorial(j)) if j < k else Fraction(0) for j in range(degree + 1)]
    found = [Fraction(1)] + [Fraction(0)] * degree
    while power:
        if power & 1:
            found = _product(found, base)
        base = _product(base, base)
        power >>= 1
    return found


def _product(f: list[Fraction], g: list[Fraction]) -> list[Fraction]:
    return [sum((f[i] * g[n - i] for i in range(n + 1)), Fraction(0)) for n in range(len(f))]


def _powers(base: Any, degree: int) -> list[Any]:
    found: list[Any] = [1]
    for _ in range(degree):
        found.append(found[-1] * base)
    return found


def _value(polynomial: Polynomial, powers: list[list[Any]]) -> Any:
    return sum(c * powers[0][i] * powers[1][j] * powers[2][k] for (i, j, k), c in polynomial.items())
