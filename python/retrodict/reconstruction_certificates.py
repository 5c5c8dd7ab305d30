"""Certificates that the root of a deep regular tree is forgotten, for `retrodict.checkers.non_reconstruction`.

Two states: E X_n^2 by upgraded laws for some levels and then by a scalar recursion, to the Kesten-Stigum point and at
it. Three and more, Potts channel: one functional that contracts, mutual information plus a weight times chi-square,

    V = mean(a log a) + weight mean((a - 1)^2),   a = q times the posterior.

That these are certificates is for the checker to see, which has the proofs; nothing is claimed here.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil, inf, isqrt, log1p
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrodict.density_evolution import density_evolution

__all__ = ["binary", "largest_eigenvalue", "potts"]

CELLS = 512  # of the maxima of a view: the finest that the checker tries
POINTS = 2000  # of the grid on which the largest ratio is looked for before it is refined
SLACK = 1e-9  # relative, of the contraction that is written


def binary(
    arity: int, theta_squared: Fraction, depth: int, *, levels: int = 0, bins: int = 24, digits: int = 6
) -> dict[str, Any]:
    """E X_m^2 is at most `bound` at every depth m >= depth, and falls to 0; two states.

    Parameters
    ----------
    arity : int
        Children of a node, at least 1.
    theta_squared : Fraction
        Square of the channel's eigenvalue, at most 1 / arity and below 1; the eigenvalue itself may be irrational.
    depth : int
        From which on the bound holds, at least `levels`.
    levels : int, optional
        Of so many levels upgraded laws are written, the rest is the recursion s -> 1 - (1 - theta^2 s)^arity.
    bins : int, optional
        Atoms of a law. The checker's work grows as levels (2 bins)^arity.
    digits : int, optional
        Decimal digits of the bound, which is rounded up.

    Raises
    ------
    ValueError
        Naming the argument, the value and the rule.

    Examples
    --------
    >>> from retrodict.checkers.non_reconstruction import check
    >>> found = binary(2, Fraction(1, 2), 1000)
    >>> found["bound"], check(found)
    ('3962/1000000', Fraction(1981, 500000))
    """
    if not (theta_squared > 0 and arity * theta_squared <= 1):
        raise ValueError(f"theta_squared = {theta_squared}: must be positive and at most 1 / arity = 1 / {arity}")
    if theta_squared == 1:
        raise ValueError("theta_squared = 1: must be below 1, for a path without noise remembers its root")
    if not 0 <= levels <= depth:
        raise ValueError(f"levels = {levels}: must lie in 0 ... depth = {depth}")
    theta = Fraction(isqrt((theta_squared.numerator << 512) // theta_squared.denominator) + 1, 1 << 256)
    laws = [density_evolution(arity, theta, n, bins=bins).upgraded for n in range(1, levels + 1)]
    second = 1.0
    if laws:
        second = sum(w * m * m for m, w in zip(laws[-1].place, laws[-1].mass, strict=True))
        second += max(0.0, 1 - sum(laws[-1].mass))
    for _ in range(depth - levels):
        second = 1 - (1 - float(theta_squared) * second) ** arity
    scale = 10**digits
    return {
        "statement": "no reconstruction",
        "states": 2,
        "arity": arity,
        "theta_squared": str(theta_squared),
        "laws": [[[float(m).hex(), float(w).hex()] for m, w in zip(law.place, law.mass, strict=True)] for law in laws],
        "depth": depth,
        "bound": f"{int(second * (1 + SLACK) * scale) + 1}/{scale}",
    }


def potts(states: int, arity: int, eigenvalue: Fraction, *, weight: Fraction | None = None) -> dict[str, Any]:
    """V contracts by less than 1 / arity along an edge; three or more states, Potts channel.

    Parameters
    ----------
    states, arity : int
        At least 3 and 1.
    eigenvalue : Fraction
        Of the channel, in (0, 1).
    weight : Fraction, optional
        Of chi-square in V; about the largest that the checker accepts where absent. 0 is mutual information alone.

    Raises
    ------
    ValueError
        Naming the argument, the value and the rule; where V does not contract by less than 1 / arity there is no
        certificate of this kind.

    Examples
    --------
    >>> from retrodict.checkers.non_reconstruction import check
    >>> bool(0.98 < check(potts(5, 2, Fraction(69, 100))) < 1)
    True
    >>> potts(5, 2, Fraction(7, 10))
    Traceback (most recent call last):
    ValueError: eigenvalue = 7/10: V contracts by 0.507... along an edge only, and must by less than 1 / arity = 1 / 2
    """
    _checked(states, arity)
    if not 0 < eigenvalue < 1:
        raise ValueError(f"eigenvalue = {eigenvalue}: must lie in (0, 1)")
    weight = _weight(states, arity, eigenvalue) if weight is None else weight
    ratio, touch = _largest_ratio(states, float(eigenvalue), float(weight))
    contraction = Fraction(ceil(ratio * (1 + SLACK) * 10**12), 10**12)
    touch = _top(states, float(eigenvalue), float(weight), float(contraction), touch)
    if arity * contraction >= 1:
        raise ValueError(
            f"eigenvalue = {eigenvalue}: V contracts by {ratio:.9g} along an edge only, and must by less than "
            f"1 / arity = 1 / {arity}"
        )
    return {
        "statement": "no reconstruction",
        "states": states,
        "arity": arity,
        "eigenvalue": str(eigenvalue),
        "contraction": str(contraction),
        "weight": str(weight),
        "touch": f"{touch:.12f}",
    }


def largest_eigenvalue(states: int, arity: int, *, weight: Fraction | None = None, digits: int = 5) -> Fraction:
    """The largest eigenvalue of so many decimal digits for which `potts` finds a certificate.

    Examples
    --------
    >>> largest_eigenvalue(10, 2, digits=3), largest_eigenvalue(10, 2, weight=Fraction(0), digits=3)
    (Fraction(673, 1000), Fraction(167, 250))
    """
    _checked(states, arity)
    scale = 10**digits
    low, high = 0, scale
    while high - low > 1:
        middle = (low + high) // 2
        lam = Fraction(middle, scale)
        some = _weight(states, arity, lam) if weight is None else weight
        ratio, _ = _largest_ratio(states, float(lam), float(some))
        low, high = (middle, high) if arity * ratio * (1 + 2 * SLACK) < 1 else (low, middle)
    return Fraction(low, scale)


def _checked(states: int, arity: int) -> None:
    if states < 3:
        raise ValueError(f"states = {states}: must be at least 3")
    if arity < 1:
        raise ValueError(f"arity = {arity}: must be at least 1")


def _weight(states: int, arity: int, eigenvalue: Fraction) -> Fraction:
    """A weight that the checker accepts: V is subadditive, and worst at views in which one colour stands out."""
    lam = float(eigenvalue)
    (m, low, high), (m2, low2, high2) = (_cells(states, c) for c in (1.0 if arity > 2 else lam, lam))
    excess = states - 1 + np.outer(m, m2) - np.outer(2 + low, 2 + low2)
    third = np.max([np.outer(r, r2) for r in (low, high) for r2 in (low2, high2)], axis=0)
    needed = float(np.max(excess * (2 + 2 * third / (3 * (states - 2)))))
    last = 1 - lam + lam * states
    one_stands_out = (lam**2 * states - last / arity) / (2 * max(1 / arity - lam**2, 1e-9) * states * last)
    weight = min(0.999 / needed if needed > 0 else inf, 0.999 * one_stands_out)
    return Fraction(max(0, int(weight * 10**4)), 10**4)


def _cells(q: int, c: float) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Views that are at least 1 - c: maxima, and from both sides the least skewness they allow, by cells of maxima."""
    top = (q - 1) * c * np.linspace(0, 1, CELLS + 1)
    root = np.sqrt((top + c) / (q * c))
    least = np.maximum(2 * top * root / (1 + root), c / (q - 1)) - c
    return 1 + top[1:], least[:-1], least[1:]


def _v(q: int, t: float, weight: float) -> float:
    """V of the view (1 + (q-1) t, 1 - t, ..., 1 - t)."""
    low = (q - 1) * (1 - t) * log1p(-t) if t < 1 else 0.0
    return ((1 + (q - 1) * t) * log1p((q - 1) * t) + low) / q + weight * (q - 1) * t * t


def _slope(q: int, t: float, weight: float) -> float:
    """The derivative of `_v`."""
    return (log1p((q - 1) * t) - log1p(-t)) * (q - 1) / q + 2 * weight * (q - 1) * t


def _largest_ratio(q: int, lam: float, weight: float) -> tuple[float, float]:
    """The largest V(lam t) / V(t) over t, and where: from the best point of a grid by Dinkelbach's iteration."""

    def ratio(t: float) -> float:
        return _v(q, lam * t, weight) / _v(q, t, weight)

    best = max(range(1, POINTS), key=lambda k: ratio(k / POINTS)) / POINTS
    for _ in range(3):
        best = _top(q, lam, weight, ratio(best), best)
    return max(ratio(best), lam * lam), best


def _top(q: int, lam: float, weight: float, eta: float, near: float) -> float:
    """Where V(lam t) - eta V(t) is largest near a point: its derivative falls through 0."""
    low, high = max(near - 1 / POINTS, 0.5 / POINTS), min(near + 1 / POINTS, 1 - 0.5 / POINTS)
    for _ in range(60):
        middle = (low + high) / 2
        rises = lam * _slope(q, lam * middle, weight) > eta * _slope(q, middle, weight)
        low, high = (middle, high) if rises else (low, middle)
    return low
