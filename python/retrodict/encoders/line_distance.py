"""The total variation of a mixture of Gaussians to the posterior on the line, in balls.

The line is cut into cells. On each, the mixture p and exp(-U) are their Taylor polynomials at the midpoint up to
Cauchy's bound on the rest: with |f| <= M on the disc of radius r, what is beyond order N is at most
M t^N / (1 - t) at distance t r. A Gaussian of variance v is at most exp(r^2 / (2 v)) times its largest value
within r on the line; exp(-U) is enclosed on the disc. The sum of the integrals of exp(-U) normalises the posterior q.
Then int (p - q)+ is collected over pieces of cells on which the sign of the polynomial p - q is settled; a piece where
it is not is halved until it is negligible. Nothing is assumed about the number of sign changes.

For products of laws two more numbers are kept: the probabilities of the event that p > q, and an upper bound on the
squared Hellinger distance H^2 = int (sqrt p - sqrt q)^2 / 2, from (sqrt p - sqrt q)^2 = (p - q)^2 / (sqrt p + sqrt q)^2
with p and q bounded from below on pieces of cells. A law at e in L1 is at most sqrt(e / 2) away in H. Derived here.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from flint import acb, arb, arb_poly, arb_series, ctx

from retrodict.encoders.line_chain import BITS, Mixture, ball, chain_law
from retrodict.encoders.strips import LineStep, line_step
from retrodict.encoders.unrolled import UnrolledEncoder

__all__ = ["Comparison", "compare", "distance_to_posterior", "total_variation_to_posterior"]

ORDER = 24
RATIO = 4  # of the radius of the disc to the half-width of the cell
PIECES = 8  # of half a cell, on which densities are bounded from below
SMALL = 1e-15  # what the rest of a cell may add, and a piece of no sign


def total_variation_to_posterior(encoder: UnrolledEncoder, x: Any, origin: Any = None) -> Any:
    """A ball around TV(q(.|x), p(.|x)), q the law of what the encoder gives and p the posterior; d = 1.

    Parameters
    ----------
    encoder : UnrolledEncoder
        Of dimension 1, of blocks with analytic activations.
    x : int, Fraction or ball
    origin : int, Fraction or ball, optional
        Where the noisy layers start; by default where descent ends.

    Raises
    ------
    ValueError, ArithmeticError
        As `chain_law`.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from retrodict.maps.continuous import residual
    >>> fifth, step = Fraction(1, 5), Fraction(2, 229)
    >>> e = UnrolledEncoder(residual(Fraction(1, 2), [[1]]), fifth, 9, Fraction(1, 3), Fraction(0), 60, step)
    >>> total_variation_to_posterior(e, 1)
    [0.05953241290...]
    """
    with ctx.workprec(BITS):
        return distance_to_posterior(chain_law(encoder, x, origin=origin), line_step(encoder, x))


@dataclass(frozen=True)
class Comparison:
    """What is known of a law and the posterior.

    Parameters
    ----------
    total_variation : ball
    event : pair of balls
        Probabilities of the same event under the law and under the posterior; their difference is nearly the total
        variation.
    hellinger : ball
        An upper bound on H^2, 1 minus the integral of the root of the product of the densities.
    """

    total_variation: Any
    event: tuple[Any, Any]
    hellinger: Any


def distance_to_posterior(law: Mixture, step: LineStep) -> Any:
    """A ball around the total variation of the law that the mixture stands for and exp(-U) / int exp(-U)."""
    return compare(law, step).total_variation


def compare(law: Mixture, step: LineStep) -> Comparison:
    """The law that the mixture stands for, and exp(-U) / int exp(-U)."""
    low, high, shift, width = _window(law, step)
    cap, ctx.cap = ctx.cap, ORDER  # flint cuts power series here, whatever their own length
    try:
        cells = _cells(law, step, low, high, shift, width)
    finally:
        ctx.cap = cap
    outside = _outside(step, low, high, shift)
    constant = sum((_integral(cell.q, cell.q_rest, -cell.half, cell.half) for cell in cells), outside)
    mass = sum((arb(w) for w in law.weights.tolist()), arb(0))
    covered = sum((_integral(cell.p, cell.p_rest, -cell.half, cell.half) for cell in cells), arb(0))
    found, here, there, squares = arb(0), arb(0), arb(0), arb(0)
    for cell in cells:
        q, q_rest = cell.q * (1 / constant), (cell.q_rest / constant).upper()
        value, pieces = _positive(cell.p - q, cell.p_rest + q_rest, cell.half)
        found = found + value
        for a, b in pieces:
            here = here + _integral(cell.p, cell.p_rest, a, b)
            there = there + _integral(q, q_rest, a, b)
        squares = squares + _squares(cell.p, cell.p_rest, q, q_rest, cell.half)
    # p - q is at most p outside the cells; half of |p - q| is its positive part and half of what p falls short of 1
    beyond, unit = abs(mass - covered).upper(), arb(0).union(arb(1))
    total = found + arb(beyond / 2, beyond / 2) + (1 - mass) / 2 + arb(0, (law.error / 2).upper())
    hellinger = (((squares + beyond + outside / constant) / 2).sqrt() + (law.error / 2).sqrt()) ** 2
    event = (here + arb(0, law.error.upper())).intersection(unit), there.intersection(unit)
    return Comparison(total.intersection(unit), event, hellinger.upper().min(arb(1)))


@dataclass(frozen=True)
class Cell:
    """Polynomials around the midpoint of a cell, and bounds on what they leave out."""

    half: Any
    p: Any
    p_rest: Any
    q: Any
    q_rest: Any


def _window(law: Mixture, step: LineStep) -> tuple[float, float, Any, float]:
    """Where p and q are not negligible, the least energy and a first width; doubles, since nothing depends on it."""
    reach = 9 * float(law.variance) ** 0.5
    least = min(float(step.energy(arb(mean)).mid()) for mean in law.means.tolist())
    wide = (2 * least + 100) ** 0.5
    points = np.linspace(-wide, wide, 8193)
    values = step.energy_of_doubles(points)
    inside = points[values < values.min() + 45]
    heavy = law.means[law.weights > 1e-18]
    low, high = min(inside[0], heavy.min() - reach), max(inside[-1], heavy.max() + reach)
    scale = np.exp(values.min() - values).sum() * (points[1] - points[0]) / 2.5
    return low, high, arb(float(values.min())), min(float(scale), float(law.variance) ** 0.5) / 2


def _cells(law: Mixture, step: LineStep, low: float, high: float, shift: Any, width: float) -> list[Cell]:
    count = int((high - low) / (2 * width)) + 1
    corners = [arb(low) + (arb(high) - arb(low)) * k / count for k in range(count + 1)]
    waiting = [(a.mid(), b.mid()) for a, b in pairwise(corners)][::-1]
    found = []
    while waiting:
        a, b = waiting.pop()
        middle = ((a + b) / 2).mid()
        half = (b - middle).max(middle - a).upper()
        p, p_rest = _mixture(law, middle, half)
        q, q_rest = _likelihood(step, shift, middle, half)
        if p_rest * half < SMALL and q_rest * half < SMALL * width:
            found.append(Cell(half, p, p_rest, q, q_rest))
        elif half < width * 2.0**-20:
            raise ArithmeticError(f"near {float(middle):g}: the densities are too steep for {ctx.prec} bits")
        else:
            waiting += [(middle, b), (a, middle)]
    return found


def _rest(most: Any) -> Any:
    return (most * arb(RATIO) ** (1 - ORDER) / (RATIO - 1)).upper()


def _mixture(law: Mixture, middle: Any, half: Any) -> tuple[Any, Any]:
    v, r = ball(law.variance), RATIO * half
    scale, lift = 1 / (2 * arb.pi() * v).sqrt(), (r * r / (2 * v)).exp()
    far = float((r + 13 * v.sqrt()).upper())
    gaps = np.abs(law.means - float(middle))
    near = gaps <= far * (1 + 1e-12) + 1e-300
    total, most = arb_series([0], prec=ORDER), arb(0)
    for mean, weight in zip(law.means[near].tolist(), law.weights[near].tolist(), strict=True):
        s = arb_series([middle - arb(mean), 1], prec=ORDER)
        total = total + (s * s * (-1 / (2 * v))).exp() * arb(weight)
        gap = (abs(middle - arb(mean)) - r).max(arb(0))
        most = most + (-gap * gap / (2 * v)).exp() * arb(weight)
    rest = _rest(most * lift * scale) + scale * lift * arb(-84.5).exp() * float(law.weights[~near].sum()) * 2
    return arb_poly([total[k] * scale for k in range(ORDER)]), rest.upper()


def _likelihood(step: LineStep, shift: Any, middle: Any, half: Any) -> tuple[Any, Any]:
    around = arb(0, (RATIO * half).upper())
    disc = acb(middle + around, around)
    step.require_analytic(disc.real, disc.real, disc.imag, disc.imag)
    most = (shift - step.energy(disc).real).exp().upper()
    series = (shift - step.energy(arb_series([middle, 1], prec=ORDER))).exp()
    return arb_poly([series[k] for k in range(ORDER)]), _rest(most)


def _outside(step: LineStep, low: float, high: float, shift: Any) -> Any:
    """A ball around the integral of exp(shift - U) outside [low, high]; U >= z^2 / 2 bounds the far ends."""
    r = (2 * (shift + 90)).sqrt().upper().max(arb(max(-low, high)))
    bound = shift.exp() * (2 * arb.pi()).sqrt() * (r / arb(2).sqrt()).erfc()
    waiting = [(-r, arb(low)), (arb(high), r)]
    while waiting:
        a, b = waiting.pop()
        most = (shift - step.energy(a.union(b))).exp().upper() * (b - a)
        if most < SMALL * 1e-3 or (b - a) < 1e-6:
            bound = bound + abs(most).upper()
        else:
            middle = ((a + b) / 2).mid()
            waiting += [(a, middle), (middle, b)]
    return arb(0).union(bound.upper())


def _integral(polynomial: Any, rest: Any, low: Any, high: Any) -> Any:
    whole = polynomial.integral()
    return whole(high) - whole(low) + arb(0, ((high - low) * rest).upper())


def _range(polynomial: Any, slope: Any, low: Any, high: Any) -> Any:
    """A ball around the values between two points, by the mean value theorem."""
    middle = ((low + high) / 2).mid()
    return polynomial(middle) + slope(low.union(high)) * (low.union(high) - middle)


def _positive(polynomial: Any, rest: Any, half: Any) -> tuple[Any, list[tuple[Any, Any]]]:
    """The integral over [-half, half] of the positive part of a polynomial that is known up to rest, and where it is
    positive."""
    slope, whole, noise = polynomial.derivative(), polynomial.integral(), arb(0, rest.upper())
    waiting, found, pieces = [(-half, half)], arb(0), []
    while waiting:
        a, b = waiting.pop()
        around = _range(polynomial, slope, a, b)
        value = around + noise
        if around > 0:  # then p - q is at least -rest
            found = found + whole(b) - whole(a) + arb(0, ((b - a) * rest).upper())
            pieces.append((a, b))
        elif not value < 0:
            most = ((b - a) * value).upper()
            if most < SMALL:
                found = found + arb(0).union(most)
            else:
                middle = ((a + b) / 2).mid()
                waiting += [(middle, b), (a, middle)]
    return found, pieces


def _squares(p: Any, p_rest: Any, q: Any, q_rest: Any, half: Any) -> Any:
    """An upper bound on the integral of (sqrt p - sqrt q)^2 over [-half, half]."""
    difference, rest = p - q, (p_rest + q_rest).upper()
    slopes, whole = (p.derivative(), q.derivative(), difference.derivative()), (difference * difference).integral()
    found = arb(0)
    for k in range(-PIECES, PIECES):
        a, b = half * k / PIECES, half * (k + 1) / PIECES
        least = [
            (_range(f, slope, a, b) - error).lower()
            for f, slope, error in ((p, slopes[0], p_rest), (q, slopes[1], q_rest))
        ]
        # (sqrt p - sqrt q)^2 is at most |p - q| as well
        most = (b - a) * (abs(_range(difference, slopes[2], a, b)) + rest)
        if least[0] > 0 and least[1] > 0:
            norm = (whole(b) - whole(a)).max(arb(0)).sqrt() + rest * (b - a).sqrt()
            most = most.min(norm * norm / (least[0].sqrt() + least[1].sqrt()) ** 2)
        found = found + most.upper()
    return found
