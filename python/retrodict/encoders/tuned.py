"""Encoders as short as a measurement allows, where a proof asks for far more steps than are needed.

The search is among encoders of one form: gradient descent, then Langevin steps of one size. It looks at measured
distances only to choose; what it returns has been measured to be near enough, for the x that were asked for and no
others. That no shorter encoder would do is not claimed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
from flint import arb

from retrodict.encoders.guarantee import require
from retrodict.encoders.rounding import below
from retrodict.encoders.unrolled import UnrolledEncoder
from retrodict.maps.continuous import GenerativeMap
from retrodict.maps.continuous.line import real

__all__ = ["NotFoundError", "Tuned", "tuned"]

MOST_DESCENT = 10_000
MOST_STEPS = 1 << 16
HALVINGS = 12  # of the first step size
GAIN = 0.95  # twice the steps are worth trying again if they leave at most this share of the distance

Measure = Callable[[UnrolledEncoder, Sequence[Any]], Any]


class NotFoundError(ValueError):
    """No encoder within the limits of the search is near enough."""


@dataclass(frozen=True)
class Tuned:
    """An encoder, and what was measured of it.

    Parameters
    ----------
    encoder : UnrolledEncoder
    distances : tuple of ball
        What the measure said at each x: all at most eps.
    measurements : int
        How many were made on the way.
    """

    encoder: UnrolledEncoder
    distances: tuple[Any, ...]
    measurements: int


def tuned(
    g: GenerativeMap, beta: Fraction | int, eps: Fraction, observations: Sequence[Sequence[Any]], measure: Measure
) -> Tuned:
    """A short encoder whose distance to the posterior is at most eps at every one of the observations.

    From eta = 16 eps / (d Lambda), at most 1 / Lambda, Lambda = 1 + M^2 / beta^2, the step is halved until for some
    number of steps, doubled from 8 as long as that helps, all distances are at most eps; then the number is bisected.

    Parameters
    ----------
    g : GenerativeMap
        With certified m > 0, M and M2.
    beta, eps : Fraction
    observations : sequence of x, each of d exact numbers or balls
    measure : function (encoder, x)
        An upper bound on the total variation, exact or a ball; such as `lambda e, x: distance(e, x).upper`.

    Raises
    ------
    NoCertificateError
        As `construct`.
    NotFoundError
        Where the search ends without success, with the nearest that it came.

    Examples
    --------
    >>> from retrodict.encoders.line_distance import total_variation_to_posterior
    >>> from retrodict.maps.continuous import residual
    >>> g = residual(Fraction(1, 2), [[1]])
    >>> found = tuned(g, Fraction(1, 5), Fraction(1, 50), [[1]], lambda e, x: total_variation_to_posterior(e, x[0]))
    >>> found.encoder.langevin_steps, bool(found.distances[0] < arb(1) / 50)
    (3, True)
    """
    m, M, M2 = (arb(constant) for constant in require(g))
    noise, error = real(beta, "beta"), real(eps, "eps")
    smooth = 1 + M * M / (noise * noise)
    seen = np.array([[float(real(e, "x").mid()) for e in x] for x in observations])
    slow = M * M + M2 * arb(float(np.linalg.norm(seen - g(np.zeros((1, g.dimension))), axis=1).max()))
    descent_steps, descent_step = _descent(g, seen, [below(1 / (M * M)), below(1 / slow)], float(m / smooth.sqrt()))
    first = UnrolledEncoder(
        g, Fraction(beta), descent_steps, descent_step, below(1 / smooth), 8, min(Fraction(1), 16 * eps / g.dimension)
    )
    made = 0

    def distances(encoder: UnrolledEncoder) -> tuple[Any, ...]:
        nonlocal made
        made += len(observations)
        return tuple(arb(measure(encoder, x)) for x in observations)

    def near(found: tuple[Any, ...]) -> bool:
        return all(one <= error for one in found)

    best = float("inf")
    for halving in range(HALVINGS):
        encoder = replace(first, langevin_step=below(real(first.langevin_step / 2**halving, "step") / smooth))
        found, last = distances(encoder), float("inf")
        while not near(found) and _worst(found) < GAIN * last and encoder.langevin_steps < MOST_STEPS:
            last = _worst(found)
            best = min(best, last)
            encoder = replace(encoder, langevin_steps=2 * encoder.langevin_steps)
            found = distances(encoder)
        if near(found):
            low, high = 0 if encoder.langevin_steps == 8 else encoder.langevin_steps // 2, encoder.langevin_steps
            while high - low > max(1, high // 32):
                middle = (low + high) // 2
                shorter = replace(encoder, langevin_steps=middle)
                measured = distances(shorter)
                if near(measured):
                    encoder, found, high = shorter, measured, middle
                else:
                    low = middle
            return Tuned(encoder, found, made)
        best = min(best, _worst(found))
    raise NotFoundError(
        f"{g.name}: after {HALVINGS} step sizes the smallest distance measured is {best:.4g}, more than eps = {eps}"
    )


def _descent(g: GenerativeMap, seen: Any, sizes: Sequence[Fraction], near: float) -> tuple[int, Fraction]:
    """The first step size, and how many steps, for which doubles come near every x."""
    for size in sizes:
        z = np.zeros_like(seen)
        for count in range(MOST_DESCENT):
            error = g.forward(z) - seen
            if np.linalg.norm(error, axis=1).max() <= near:
                return count, size
            z = z - float(size) * g.vjp(z, error)
    raise NotFoundError(f"{g.name}: {MOST_DESCENT} steps of gradient descent do not come near every x")


def _worst(found: tuple[Any, ...]) -> float:
    return max(float(one.upper()) for one in found)
