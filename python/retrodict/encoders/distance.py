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
from retrodict.encoders.line_chain import BITS, chain_law
from retrodict.encoders.line_distance import Comparison, compare, total_variation_to_posterior
from retrodict.encoders.sampled_distance import sampled_bounds
from retrodict.encoders.strips import line_step
from retrodict.encoders.unrolled import UnrolledEncoder

__all__ = ["Distance", "distance", "product_bounds"]

EVENTS = 10  # coordinates whose events are combined, 2^10 outcomes

CHANCE = 1e-6  # of an interval from draws


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


def distance(encoder: UnrolledEncoder, x: Sequence[Any], *, seed: int | None = None, draws: int = 20_000) -> Distance:
    """TV(q(.|x), p(.|x)), q the law of what the encoder gives at x and p the posterior, enclosed.

    On the line it is an integral in balls (`total_variation_to_posterior`). Where the map separates in rotated
    coordinates both laws are products. With t_i for coordinate i, TV is at least max t_i, and at least the total
    variation of the vectors of indicators of one event for each coordinate, where the law's density is the larger; it
    is at most 1 - prod (1 - t_i), by coupling every coordinate on its own, and at most sqrt(1 - prod (1 - H_i^2)^2), by
    Le Cam's inequality for Hellinger distances H_i. For linear maps both laws are
    Gaussian (`gaussian_chain`). What is left is measured on tensor grids for d = 2, 3 (`grid_distance`), in seconds to
    minutes, and beyond bounded from draws (`sampled_distance`), if there is a seed for them.

    Parameters
    ----------
    encoder : UnrolledEncoder
    x : sequence of int, Fraction or ball, d entries
    seed, draws : int
        For what only draws can bound.

    Raises
    ------
    NotSeparableError
        For d > 3 without a seed, where no rotation separates the map and it is not linear.
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
        return _whole(encoder, x, seed, draws)
    with ctx.workprec(BITS):
        each = [compare(chain_law(one, seen), line_step(one, seen)) for one, seen in parts]
        lower, upper = product_bounds(each)
    return Distance(lower, upper, "certified", f"{len(each)} factors, each by quadrature in balls")


def product_bounds(each: Sequence[Comparison]) -> tuple[Any, Any]:
    """Lower and upper bounds on the total variation of two products, from what is known of each factor.

    >>> coin = Comparison(arb(1) / 4, (arb(1) / 2, arb(1) / 4), arb(1))
    >>> product_bounds([coin, coin])  # 5/16, by outcomes; 7/16, by coupling
    (0.312500000000000, 0.437500000000000)
    """
    apart, affinity, lower = arb(1), arb(1), arb(0)
    for found in each:
        apart = apart * (1 - found.total_variation)
        affinity = affinity * (1 - found.hellinger)
        lower = lower.max(found.total_variation.lower())
    upper = (1 - apart).upper().min((1 - affinity * affinity).sqrt().upper())
    here, there = [arb(1)], [arb(1)]
    for found in sorted(each, key=lambda found: -float(found.total_variation.mid()))[:EVENTS]:
        p, q = found.event
        here = [mass * side for mass in here for side in (p, 1 - p)]
        there = [mass * side for mass in there for side in (q, 1 - q)]
    events = sum((abs(a - b) for a, b in zip(here, there, strict=True)), arb(0)) / 2
    return lower.max(events.lower()), upper


def _whole(encoder: UnrolledEncoder, x: Sequence[Any], seed: int | None, draws: int) -> Distance:
    """The distance for a map that does not separate."""
    g = encoder.generator
    if g.blocks and all(part.inner is None for part in g.blocks):
        low, high = gaussian_total_variation(encoder, x)
        return Distance(low, high, "certified", "Gaussian laws: affinity and divergence in closed form")
    if g.dimension > 3 and seed is None:
        raise NotSeparableError(
            f"{g.name}: no rotation was found that separates its coordinates, and grids end at d = 3; with a seed "
            "there is an interval from draws"
        )
    if g.dimension > 3 and seed is not None:
        low, high = sampled_bounds(encoder, x, seed, draws=draws, chance=CHANCE)
        return Distance(arb(low), arb(high), "statistical", f"{draws} draws, wrong with probability at most {CHANCE:g}")
    lower, upper = grid_total_variation(encoder, x, grid_law(encoder, x))
    return Distance(arb(lower), arb(upper), "grid", "tensor grid; sums bounded, rounding of doubles not enclosed")
