"""Where a posterior of the line is high, in doubles: a search, whose result is enclosed by who uses it, not trusted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import erf, exp, inf, isfinite, sqrt
from typing import Any

from flint import arb, arb_series

from retrodict.maps.continuous.pieces import PiecewisePosterior

__all__ = ["Mode", "intervals", "modes_of_energy", "modes_on_pieces"]

GRID = 1 << 12  # cells of the grid on which minima of an energy are sought
DEEP = 40.0  # modes that are lower by e^-DEEP do not matter


@dataclass(frozen=True)
class Mode:
    """A mode at `at`, of about that standard deviation and mass. It does not leave [low, high]."""

    at: float
    deviation: float
    mass: float
    low: float = -inf
    high: float = inf


def modes_on_pieces(law: PiecewisePosterior) -> list[Mode]:
    """One mode for each piece, from left to right: the piece's mean, moved into it."""
    found = []
    for piece, mean, deviation, mass in zip(law.pieces, law.means, law.deviations, law.masses, strict=True):
        low = -inf if piece.low is None else int(piece.low.p) / int(piece.low.q)
        high = inf if piece.high is None else int(piece.high.p) / int(piece.high.q)
        at = min(max(float(mean.mid()), low), high)
        found.append(Mode(at, float(deviation.mid()), float(mass.mid()), low, high))
    return found


def modes_of_energy(u: Callable[[Any], Any]) -> list[Mode]:
    """Minima of an energy u(z) >= z^2 / 2 on a grid, from left to right, each with Laplace's estimate of its mass.

    >>> [round(mode.at, 6) for mode in modes_of_energy(lambda z: z * z / 2 + (z * z - 1) ** 2 * 50)]
    [-0.997497, 0.997497]
    """

    def value(z: float) -> float:
        return float(u(arb(z)).mid())

    least, before = value(0.0), inf
    while least < before:  # what lies outside z^2 / 2 = least + DEEP does not matter
        reach, before = sqrt(2 * (least + DEEP)), least
        points = [reach * (2 * k / GRID - 1) for k in range(GRID + 1)]
        heights = [value(z) for z in points]
        least = min(least, *heights)
    found = []
    for k in range(1, GRID):
        if heights[k - 1] > heights[k] <= heights[k + 1]:
            low, high = points[k - 1], points[k + 1]
            for _ in range(80):
                third = (high - low) / 3
                low, high = (low, high - third) if value(low + third) <= value(high - third) else (low + third, high)
            at = (low + high) / 2
            curvature = 2 * float(u(arb_series([arb(at), 1], prec=3))[2].mid())
            found.append((at, value(at), 1 / sqrt(max(curvature, 1.0))))
    lowest = min(height for _, height, _ in found)
    weights = [exp(lowest - height) * deviation for _, height, deviation in found]
    return [
        Mode(at, deviation, weight / sum(weights))
        for (at, height, deviation), weight in zip(found, weights, strict=True)
        if height < lowest + DEEP
    ]


def intervals(modes: list[Mode], width: float) -> list[tuple[float, float, float]]:
    """Disjoint intervals of `width` standard deviations to both sides of modes, with rough masses, from left to right.

    Of two that touch the heavier stays.
    """
    kept: list[tuple[float, float, float]] = []
    for mode in modes:
        low, high = max(mode.at - width * mode.deviation, mode.low), min(mode.at + width * mode.deviation, mode.high)
        mass = mode.mass * erf(width / sqrt(2))
        while kept and not low > kept[-1][1] and mass > kept[-1][2]:
            kept.pop()
        if low < high and isfinite(low) and isfinite(high) and (not kept or low > kept[-1][1]):
            kept.append((low, high, mass))
    return kept
