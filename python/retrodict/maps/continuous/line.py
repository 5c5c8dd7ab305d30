"""Laws on the line and their total variation, in balls: integrals and signs are enclosed, tails are bounded.

Functions are handed over as code that takes real balls, complex balls and power series. The total variation of p and q
is the integral of (p - q)+. Let h = log p - log q. Cells on which a Taylor expansion with remainder encloses h away
from 0 are collected by sign; on a cell where the sign of h stays open the integrand lies between 0 and p max(h, 0),
since 1 - exp(-h) <= h; such a cell is halved until that is negligible. Nothing is assumed about the number of sign
changes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

from flint import acb, arb, arb_series, ctx, fmpq

__all__ = ["LineLaw", "enclosure", "gaussian", "integral", "minimiser", "real", "total_variation"]

Function = Callable[[Any], Any]
ORDER = 4  # of the expansions: the leading difference of a posterior and its Gaussian is cubic
CELLS = 64


@dataclass(frozen=True)
class LineLaw:
    """A law with a density on the line.

    Parameters
    ----------
    log_density : function of a ball or a power series
    mass : function (low, high) of two balls
        A ball around the probability of [low, high].
    outside : function of a ball
        An upper bound on the mass outside [-r, r].
    reach : ball
        An r at which that bound is negligible at the precision in use.
    """

    log_density: Function
    mass: Callable[[Any, Any], Any]
    outside: Function
    reach: Any


def real(value: Any, name: str) -> Any:
    """A ball around an exact number; floats are refused.

    >>> from fractions import Fraction
    >>> real(Fraction(1, 4), "beta")
    0.250000000000000
    """
    if isinstance(value, float):
        raise TypeError(f"{name} = {value} is a float: write the exact number, as in Fraction('{value}')")
    return arb(fmpq(value.numerator, value.denominator)) if isinstance(value, Fraction) else arb(value)


def enclosure(f: Function, low: Any, high: Any) -> Any:
    """A ball around the range of f on [low, high]: Taylor's formula at the midpoint, remainder over the cell.

    Where there is no Taylor series, at a kink, it is f of the cell.

    >>> enclosure(lambda z: z * z - z, arb(0), arb(1)).contains(arb(-0.25))
    True
    """
    middle, cell = ((low + high) / 2).mid(), low.union(high)
    value = f(arb_series([cell, 1], prec=ORDER + 1))[ORDER]
    at_middle = f(arb_series([middle, 1], prec=ORDER))
    for k in reversed(range(ORDER)):
        value = value * (cell - middle) + at_middle[k]
    return value if value.is_finite() else f(cell)


def integral(f: Function, low: Any, high: Any, **tolerances: Any) -> Any:
    """A ball around the integral of f over [low, high].

    Parameters
    ----------
    f : function of a ball or a complex ball
        Of a ball, an enclosure of the values, and nothing more is asked. Of a complex ball on which f is not analytic,
        because of a pole, a branch cut or a kink, what is not finite: the maps of this package do so.
    low, high : balls
    **tolerances
        Of `acb.integral`.

    >>> integral(lambda z: z * z, arb(0), arb(3))
    [9.0000000000...]
    """

    def value(z: Any, analytic: bool) -> Any:
        return f(z) if analytic else acb(f(z.real))  # an interval of the path is real

    return acb.integral(value, low, high, **tolerances).real


def gaussian(mean: Any, deviation: Any) -> LineLaw:
    """The normal law of that mean and standard deviation, exact numbers or balls.

    >>> gaussian(0, 1).mass(arb(-1), arb(1))
    [0.682689492137...]
    """
    mu, sigma = real(mean, "mean"), real(deviation, "deviation")
    if not sigma > 0:
        raise ValueError(f"deviation = {deviation}: must be positive")
    unit, constant = 1 / (sigma * arb(2).sqrt()), sigma.log() + (2 * arb.pi()).log() / 2

    def outside(r: Any) -> Any:
        return (((r - mu) * unit).erfc() + ((r + mu) * unit).erfc()) / 2

    return LineLaw(
        lambda z: -(z - mu) * (z - mu) * (unit * unit) - constant,
        lambda low, high: (((high - mu) * unit).erf() - ((low - mu) * unit).erf()) / 2,
        outside,
        (abs(mu) + sigma * (2 * ctx.prec * arb(2).log()).sqrt()).upper().ceil(),
    )


def total_variation(p: LineLaw, q: LineLaw) -> Any:
    """A ball around the total variation of p and q, half the integral of |p - q|.

    Raises
    ------
    ArithmeticError
        Where the densities cannot be told apart at the precision in use, nor shown to be close.

    >>> total_variation(gaussian(0, 1), gaussian(1, 1))  # 2 Phi(1/2) - 1
    [0.38292492...]
    """
    r = p.reach.max(q.reach)
    tail = p.outside(r).upper()
    negligible = arb(2) ** (-3 * ctx.prec // 4)

    def difference(z: Any) -> Any:
        return p.log_density(z) - q.log_density(z)

    corners = [(r * (2 * k - CELLS) / CELLS).mid() for k in range(CELLS + 1)]
    waiting = list(pairwise(corners))[::-1]
    found = arb(tail / 2, tail / 2)
    positive: list[tuple[Any, Any]] = []
    while waiting:
        low, high = waiting.pop()
        h = enclosure(difference, low, high)
        if h > 0:
            if positive and positive[-1][1] == low:
                low = positive.pop()[0]
            positive.append((low, high))
        elif not h < 0:
            most = ((high - low) * enclosure(p.log_density, low, high).exp() * h).upper()
            if most < negligible:
                found = found + arb(0).union(most)
            else:
                middle = ((low + high) / 2).mid()
                if not low < middle < high:
                    raise ArithmeticError(f"near {middle}: {ctx.prec} bits do not settle which density is larger")
                waiting += [(middle, high), (low, middle)]
    return sum((p.mass(low, high) - q.mass(low, high) for low, high in positive), found)


def minimiser(f: Function, low: Any, high: Any) -> Any:
    """A ball around the point of [low, high] where f is least, if it is inside and the only one.

    Cells whose lower bound exceeds a value that f takes are dropped. When f is seen to be convex on the hull of what
    is left, its one critical point there is the minimiser, and Newton's method with the second derivative over the
    hull encloses it.

    Raises
    ------
    ValueError
        Where the least value is at an end of the interval, or at points that cannot be told apart.

    >>> minimiser(lambda z: z * z * z - 6 * z, arb(-1), arb(4))
    [1.41421356...]
    """
    cells = [(low, high)]
    for _ in range(ctx.prec):
        halves = [half for a, b in cells for half in ((a, ((a + b) / 2).mid()), (((a + b) / 2).mid(), b))]
        bounds = [enclosure(f, a, b).lower() for a, b in halves]
        best = f(((halves[0][0] + halves[0][1]) / 2).mid()).upper()
        for a, b in halves[1:]:
            best = best.min(f(((a + b) / 2).mid()).upper())
        cells = [half for half, bound in zip(halves, bounds, strict=True) if not bound > best]
        hull = cells[0][0].union(cells[-1][1])
        if hull.contains(low) or hull.contains(high):
            continue
        if 2 * f(arb_series([hull, 1], prec=3))[2] > 0:
            return _newton(f, hull)
    raise ValueError(f"f is least on [{low}, {high}] at an end, or at points of {hull} that cannot be told apart")


def _newton(f: Function, hull: Any) -> Any:
    """The zero of f' in a hull on which f is convex and that contains it."""
    for _ in range(ctx.prec):
        middle = hull.mid()
        step = f(arb_series([middle, 1], prec=2))[1] / (2 * f(arb_series([hull, 1], prec=3))[2])
        smaller = (middle - step).intersection(hull)
        if not smaller.rad() < hull.rad():
            break
        hull = smaller
    return hull
