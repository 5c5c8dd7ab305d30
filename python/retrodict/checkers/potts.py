r"""Replays a certificate that the root of every deep regular tree is forgotten, q >= 3 states, Potts channel.

An edge keeps a colour with probability l and else replaces it by a uniform one; 0 < l < 1. Let p be the root's
posterior given the leaves, a = q p, so that the a_i have mean 1, and the law of a is invariant under permutations. With

    D = mean(a log a),   X = mean((a - 1)^2),   V = D + b X  (b >= 0),                                              (1)

E D is the mutual information of the root and the leaves. The proof that E V_n <= (d eta)^n V_0 has two parts.

**An edge contracts.** Behind an edge a becomes 1 + l (a - 1). We show V(1 + l (a - 1)) <= eta V(a) for every a. At a
maximum of the difference, which is a sum of h(a_i), no a_i is 0, since h'(0+) = +inf; all h'(a_i) are equal; and
h'' > 0 for at most one of them. With l^2 < eta,

    a (1 - l + l a) h''(a) = l^2 a - eta (1 - l + l a) - 2 b (eta - l^2) a (1 - l + l a)                             (2)

is concave in a and negative at 0: if it is not negative at q, or if b = 0, then h'' has one change of sign in (0, q],
from - to +, or none. Then all a_i but one are equal, and that one is the largest: a = (1 + (q-1) t, 1 - t, ..., 1 - t),
t in [0, 1). Along these F(t) = V(after) - eta V(before) has F(0) = F'(0) = 0, and F'' has the sign of

    P(t) = l^2 U - eta W - 2 b (eta - l^2) U W,   U = (1 + (q-1) t) (1 - t),   W = (1 + (q-1) l t) (1 - l t).       (3)

P < 0 at 0 and at 1. If it has at most two roots in (0, 1), counted by Sturm's theorem, then F is first concave, hence
negative, then convex, hence largest at an end of that piece, then concave, hence below each of its tangents there:
F(t) <= F(s) + |F'(s)|. The certificate names s; it lies in the last piece if both roots are below it. F(s) and F'(s)
are enclosed in balls.

**Views add up to no more than their sum.** Let a and a' be two independent views, a' permuted uniformly, as it may be;
w = mean(a a') = 1 + e is the density of the pair against independence. With x = a - 1, X = mean x^2, r = mean x^3 / X,

    E e = 0,   E e^2 = X X' / (q-1),   E e^3 = r r' X X' / ((q-1) (q-2)),                                            (4)

over the permutations. D of both falls short of the sum by E w log w (the information of one view about the other), and
(1+e) log(1+e) - e >= e^2 / (2 + 2e/3), so by Cauchy and Schwarz, and (4), by at least

    X X' / ((q-1) (2 + (2/3) r r' / (q-2))).                                                                        (5)

X of both is E S / w - 1 with S = mean((a a')^2) and 1/w = 1 - e + e^2 / w. Here E S = (1 + X)(1 + X'), E S e =
(2 + r)(2 + r') X X' / (q-1), and S / w <= m m'. So X of both exceeds the sum by at most

    X X' [1 + (m m' - (2 + r)(2 + r')) / (q-1)],   m = max a.                                                        (6)

Let x >= -c, A = m - 1, and k^2 = (A + c) / (q c). One x_i is A, so mean((x + c)(x - s)^2) >= (A + c)(A - s)^2 / q. The
left side is X (r + c - 2 s) + c s^2, and with s = A k / (1 + k) the right one is c s^2. And A^2 <= (q-1) X, and
mean((A - x)(x + X/A)^2) >= 0 gives r <= A - X / A <= A (q-2) / (q-1) <= (q-2) c; likewise for -x, which is at most c:

    r >= R(A) = max(2 A k / (1 + k), c / (q-1)) - c,   0 <= A <= (q-1) c,   r <= (q-2) c = R((q-1) c).               (7)

For given r the largest A is the worst: r = R(A). After an edge c = l; for the joined views of several children c = 1
is used. V is subadditive if b times (6) is at most (5) on the whole square of A and A', which is covered by cells. For
b = 0 nothing is to be shown.

D alone, b = 0, is the criterion of Gu and Polyanskiy ("Non-linear log-Sobolev inequalities for the Potts semigroup and
applications to reconstruction problems"; recalled, not quoted). The term b X and the rest are derived here.

A certificate is JSON: {"statement": "no reconstruction", "states": q, "arity": d, "eigenvalue": "l",
"contraction": "eta", "weight": "b", "touch": "s"}.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor, isqrt
from typing import Any

from flint import arb, ctx, fmpq

from retrodict.checkers.laws import CertificateError, arity_of, number

__all__ = ["check"]

BITS = 192
FINEST = 512  # cells along each side of the square of A and A', where they are smallest
UNIT = 1 << 60  # of the fixed point in which they are bounded

Polynomial = list[Fraction]  # coefficients, the constant one first


def check(certificate: Mapping[str, Any]) -> Fraction:
    """d eta < 1: V contracts by it from each depth to the next, so that nothing of the root is left in the limit.

    Raises
    ------
    CertificateError
        Naming the key that fails first and why.

    Examples
    --------
    >>> found = {"statement": "no reconstruction", "states": 5, "arity": 2, "eigenvalue": "0.689", "weight": "0"}
    >>> check({**found, "contraction": "0.4993", "touch": "0.4353"})
    Fraction(4993, 5000)
    >>> check({**found, "contraction": "0.499", "touch": "0.4353"})
    Traceback (most recent call last):
    retrodict.checkers.laws.CertificateError: contraction = 499/1000: V after an edge less eta V before it is up to ...
    """
    q, d, names = certificate.get("states"), arity_of(certificate), ("eigenvalue", "contraction", "weight", "touch")
    if not isinstance(q, int) or isinstance(q, bool) or q < 3:
        raise CertificateError(f"states = {q!r}: must be an integer of at least 3")
    lam, eta, weight, touch = (number(name, certificate.get(name)) for name in names)
    if not 0 < lam < 1:
        raise CertificateError(f"eigenvalue = {lam}: must lie in (0, 1)")
    if not lam**2 < eta < Fraction(1, d):
        raise CertificateError(f"contraction = {eta}: must lie between eigenvalue^2 = {lam**2} and 1 / arity = 1 / {d}")
    if weight < 0:
        raise CertificateError(f"weight = {weight}: must not be negative")
    if not 0 < touch < 1:
        raise CertificateError(f"touch = {touch}: must lie in (0, 1)")
    if weight and d > 1:
        _subadditive(q, lam if d == 2 else Fraction(1), lam, weight)
    _contracts(q, lam, eta, weight, touch)
    return d * eta


def _subadditive(q: int, one: Fraction, other: Fraction, weight: Fraction) -> None:
    """Whether b times (6) is at most (5): cells where bounds do not show it are cut in four. Integers, in units."""
    left, right = _side(q, one), _side(q, other)
    most = weight.denominator * 3 * (q - 2) * UNIT**4
    cells = [(0, 0, FINEST)]
    while cells:
        i, j, size = cells.pop()
        (_, low, _), (_, low2, _) = left[i], right[j]
        (m, _, high), (m2, _, high2) = left[i + size], right[j + size]
        excess = (q - 1) * UNIT**2 + m * m2 - (2 * UNIT + low) * (2 * UNIT + low2)
        third = max(low * low2, low * high2, high * low2, high * high2)
        if excess <= 0 or weight.numerator * excess * (6 * (q - 2) * UNIT**2 + 2 * third) <= most:
            continue
        if size == 1:
            at = f"{m / UNIT - 1:.6g}, {m2 / UNIT - 1:.6g}"
            raise CertificateError(f"weight = {weight}: V is not shown to be subadditive where A = {at}")
        half = size // 2
        cells += [(i + u, j + v, half) for u in (0, half) for v in (0, half)]


def _side(q: int, c: Fraction) -> list[tuple[int, int, int]]:
    """1 + A, rounded up, and R(A), (7), rounded down and up; in units."""
    found = []
    for k in range(FINEST + 1):
        a = (q - 1) * c * Fraction(k, FINEST)
        root = isqrt(floor((a + c) / (q * c) * UNIT * UNIT))
        least = c / (q - 1) * UNIT
        low = max(floor(2 * a * root * UNIT / (UNIT + root)), floor(least)) - ceil(c * UNIT)
        high = max(ceil(2 * a * (root + 1) * UNIT / (UNIT + root + 1)), ceil(least)) - floor(c * UNIT)
        found.append((ceil((1 + a) * UNIT), low, high))
    return found


def _contracts(q: int, lam: Fraction, eta: Fraction, weight: Fraction, touch: Fraction) -> None:
    bend = 2 * weight * (eta - lam**2)
    at_q = lam**2 * q - (eta + bend * q) * (1 - lam + lam * q)
    if weight and at_q < 0:
        raise CertificateError(f"weight = {weight}: h'' may change its sign twice below q = {q}")
    before = _product([Fraction(1), Fraction(q - 1)], [Fraction(1), Fraction(-1)])
    after = _product([Fraction(1), (q - 1) * lam], [Fraction(1), -lam])
    both = _product(before, after)
    signs = [-bend * x for x in both]
    for k in range(3):
        signs[k] += lam**2 * before[k] - eta * after[k]
    roots = _roots(signs, Fraction(0), Fraction(1))
    if roots < 2:  # F is concave on the whole, P being negative at both ends
        return
    if roots > 2 or _roots(signs, Fraction(0), touch) < 2 or _value(signs, touch) >= 0:
        raise CertificateError(f"touch = {touch}: is not where F is concave for the second time")
    with ctx.workprec(BITS):
        height = _v(q, lam * touch, weight) - _ball(eta) * _v(q, touch, weight)
        slope = _ball(lam) * _slope(q, lam * touch, weight) - _ball(eta) * _slope(q, touch, weight)
        top = height + abs(slope)
        if not top <= 0:
            raise CertificateError(
                f"contraction = {eta}: V after an edge less eta V before it is up to {top.str(6)} by the tangent at "
                f"{float(touch):.12g}, and must not be positive"
            )


def _ball(x: Fraction) -> arb:
    return arb(fmpq(x.numerator, x.denominator))


def _v(q: int, t: Fraction, weight: Fraction) -> arb:
    high, low = _ball(1 + (q - 1) * t), _ball(1 - t)
    return (high * high.log() + (q - 1) * low * low.log()) / q + _ball(weight * (q - 1) * t * t)


def _slope(q: int, t: Fraction, weight: Fraction) -> arb:
    return (_ball(1 + (q - 1) * t).log() - _ball(1 - t).log()) * (q - 1) / q + _ball(2 * weight * (q - 1) * t)


def _product(one: Polynomial, other: Polynomial) -> Polynomial:
    found = [Fraction(0)] * (len(one) + len(other) - 1)
    for i, x in enumerate(one):
        for j, y in enumerate(other):
            found[i + j] += x * y
    return found


def _value(polynomial: Polynomial, at: Fraction) -> Fraction:
    value = Fraction(0)
    for x in reversed(polynomial):
        value = value * at + x
    return value


def _trimmed(polynomial: Polynomial) -> Polynomial:
    end = len(polynomial)
    while end and not polynomial[end - 1]:
        end -= 1
    return polynomial[:end]


def _roots(polynomial: Polynomial, low: Fraction, high: Fraction) -> int:
    """Distinct roots in (low, high], by Sturm's theorem; the polynomial is not 0 at low."""
    chain = [_trimmed(polynomial)]
    rest = _trimmed([k * x for k, x in enumerate(chain[0])][1:])
    while rest:
        chain.append(rest)
        left = list(chain[-2])
        while len(left) >= len(rest):
            factor = left[-1] / rest[-1]
            for k, x in enumerate(rest):
                left[len(left) - len(rest) + k] -= factor * x
            left.pop()
        rest = [-x for x in _trimmed(left)]

    def changes(at: Fraction) -> int:
        signs = [value > 0 for p in chain if (value := _value(p, at))]
        return sum(x != y for x, y in pairwise(signs))

    return changes(low) - changes(high)
