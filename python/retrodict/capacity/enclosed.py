"""From exact numbers and balls to the plain numbers of rows, rounded to the side that keeps them true."""

from __future__ import annotations

from fractions import Fraction
from math import inf, isfinite, nextafter
from typing import Any

from flint import arb, fmpq

from retrodict.capacity.measure import Bound, Kind, NoValueError

__all__ = ["bound", "enclosed"]


def bound(kind: Kind, value: Any, note: str = "") -> Bound:
    """The bound of an exact number or a ball.

    Integers stay what they are. Other numbers become doubles: an upper bound is rounded up and a lower one down, of a
    ball from its end; any other kind is the nearest double to the middle, and a ball that leaves the seventh digit open
    is refused.

    >>> bound("upper", Fraction(113, 13)), bound("exact", fmpq(9))
    (Bound(kind='upper', value=8.692307692307693, note=''), Bound(kind='exact', value=9, note=''))
    >>> bound("exact", arb(1, 0.1))
    Traceback (most recent call last):
    retrodict.capacity.measure.NoValueError: only known to lie in [1e+0 +/- 0.101]
    """
    if isinstance(value, int):
        return Bound(kind, value, note)
    if isinstance(value, fmpq | Fraction) and int(value.denominator if isinstance(value, Fraction) else value.q) == 1:
        return Bound(kind, int(value), note)
    ball = arb(fmpq(value.numerator, value.denominator)) if isinstance(value, Fraction) else arb(value)
    if kind in ("upper", "lower"):
        side = inf if kind == "upper" else -inf
        end = float(ball.upper() if kind == "upper" else ball.lower())
        kept = ball <= arb(end) if kind == "upper" else ball >= arb(end)
        rounded = end if kept else nextafter(end, side)
    else:
        rounded = float(ball.mid())
        if not ball.rad() <= 1e-7 * max(abs(rounded), 1e-7):
            raise NoValueError(f"only known to lie in {ball.str(3)}")
    if not isfinite(rounded):
        raise NoValueError(f"{ball.str(3)} is not a finite number")
    return Bound(kind, rounded, note)


def enclosed(value: Any, note: str) -> tuple[Bound, ...]:
    """One exact value if the ball settles its sixth digit, else its ends as a lower and an upper bound.

    >>> [(found.kind, round(found.value, 3)) for found in enclosed(arb(1, 1e-3), "")]
    [('lower', 0.999), ('upper', 1.001)]
    """
    if isinstance(value, arb) and not value.rad() <= 1e-6 * abs(value).mid():
        return (bound("lower", value, note), bound("upper", value, note))
    return (bound("exact", value.mid() if isinstance(value, arb) else value, note),)
