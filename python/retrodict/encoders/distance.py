"""How far what an unrolled encoder draws is from the true posterior, by a measurement of the grade that d allows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flint import arb, ctx

from retrodict.encoders.factors import NotSeparableError, factors
from retrodict.encoders.gaussian_chain import gaussian_total_variation
from retrodict.encoders.grid_chain import grid_law
from retrodict.encoders.grid_distance import grid_total_variation
from retrodict.encoders.line_chain import BITS
from retrodict.encoders.line_distance import total_variation_to_posterior
from retrodict.encoders.unrolled import UnrolledEncoder

__all__ = ["Distance", "distance"]


@dataclass(frozen=True)
class Distance:
    """A total variation and what is known of it.

    Parameters
    ----------
    lower, upper : ball
        It is between them.
    grade : str
        "certified": by balls. "grid": bounds whose doubles are not enclosed, as `grid_chain` says.
    how : str
        The method, in a clause.
    """

    lower: Any
    upper: Any
    grade: str
    how: str


def distance(encoder: UnrolledEncoder, x: Sequence[Any]) -> Distance:
    """TV(q(.|x), p(.|x)), q the law of what the encoder gives at x and p the posterior, enclosed.

    On the line it is an integral in balls (`total_variation_to_posterior`). Where the map separates in rotated
    coordinates both laws are products; with t_i for coordinate i, max t_i <= TV <= 1 - prod (1 - t_i), the first since
    a coordinate is a function of all, the second by coupling every coordinate on its own. For linear maps both laws are
    Gaussian (`gaussian_chain`). What is left is measured on tensor grids for d = 2, 3 (`grid_distance`), in seconds to
    minutes, and refused beyond.

    Parameters
    ----------
    encoder : UnrolledEncoder
    x : sequence of int, Fraction or ball, d entries

    Raises
    ------
    NotSeparableError
        For d > 3, where no rotation separates the map and it is not linear.
    NoCertificateError
        For d = 2, 3, where grids are needed, for a map without m > 0, M or M2.
    ValueError, ArithmeticError
        As `chain_law`.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from retrodict.maps.continuous import reflection, residual
    >>> g, half, step = residual(Fraction(1, 2), reflection([1, 2])), Fraction(1, 2), Fraction(1, 100)
    >>> found = distance(UnrolledEncoder(g, half, 20, Fraction(1, 3), Fraction(0), 100, step), [1, 0])
    >>> found.lower < found.upper, found.grade
    (True, 'certified')
    """
    g = encoder.generator
    if len(x) != g.dimension:
        raise ValueError(f"x has {len(x)} entries: {g.name} has dimension {g.dimension}")
    if g.dimension == 1:
        found = total_variation_to_posterior(encoder, x[0])
        return Distance(found.lower(), found.upper(), "certified", "quadrature in balls")
    try:
        parts = factors(encoder, x)
    except NotSeparableError:
        return _whole(encoder, x)
    with ctx.workprec(BITS):
        each = [total_variation_to_posterior(one, seen) for one, seen in parts]
        lower, apart = arb(0), arb(1)
        for found in each:
            lower, apart = lower.max(found.lower()), apart * (1 - found)
        return Distance(lower, (1 - apart).upper(), "certified", f"{len(each)} factors, each by quadrature in balls")


def _whole(encoder: UnrolledEncoder, x: Sequence[Any]) -> Distance:
    """The distance for a map that does not separate."""
    g = encoder.generator
    if g.blocks and all(part.inner is None for part in g.blocks):
        low, high = gaussian_total_variation(encoder, x)
        return Distance(low, high, "certified", "Gaussian laws: affinity and divergence in closed form")
    if g.dimension > 3:
        raise NotSeparableError(
            f"{g.name}: no rotation was found that separates its coordinates, and grids end at d = 3; samples bound a "
            f"total variation from one side only, and are not offered as a measurement"
        )
    lower, upper = grid_total_variation(encoder, x, grid_law(encoder, x))
    return Distance(arb(lower), arb(upper), "grid", "tensor grid; sums bounded, rounding of doubles not enclosed")
