"""Claims about samples, judged at the sizes and gaps that `budget` fixes beforehand."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import flint
import numpy as np
from numpy.typing import NDArray

from retrodict.claims import balls, budget
from retrodict.claims.admission import admit
from retrodict.claims.budget import Stream
from retrodict.claims.evidence import Verdict
from retrodict.claims.outcome import Outcome
from retrodict.claims.samples import Distribution, Law, Mass, Mean
from retrodict.claims.text import RELATIONS, show

__all__ = ["judge_sample"]

Floats = NDArray[np.float64]

KNOWN = 1e-12
"""Width below which a ball counts as a number here: no gap that `budget` allows is below 1e-5."""


def judge_sample(
    relation: str, left: Any, right: Any, within: Any, stream: Stream, index: str, error: float
) -> Outcome:
    """One judgement about a `Mean` (against a number or a `Mean`) or a `Law` (against a distribution or a `Law`)."""
    if isinstance(left, Law) or isinstance(right, Law):
        return _judge_law(left, right, stream, index, error)
    return _judge_mean(relation, left, right, within, stream, index, error)


def batches(sample: Mean | Law, n: int, stream: Stream, *key: object) -> Iterator[Floats]:
    """n replicas in batches of bounded size, each with a seed of its own, shape and bounds tested on every draw."""
    for start in range(0, n, budget.BATCH):
        size = min(budget.BATCH, n - start)
        draws = np.asarray(sample.draw(size, stream.seed(*key, start)))
        if draws.shape != (size,):
            raise ValueError(
                f"draw({size}, seed) has shape {draws.shape}: it must return {size} replicas, shape ({size},)"
            )
        if draws.dtype.kind not in "biuf":
            raise TypeError(f"draw returned {draws.dtype}: replicas are real numbers")
        outside = np.flatnonzero(~((draws >= sample.low) & (draws <= sample.high)))
        if outside.size:
            at, bounds = outside[0], f"[{sample.low}, {sample.high}]"
            raise ValueError(f"draw {start + at} = {draws[at]}: it must lie in the declared bounds {bounds}")
        yield draws.astype(np.float64)


def _judge_mean(relation: str, left: Any, right: Any, within: Any, stream: Stream, index: str, error: float) -> Outcome:
    samples = {name: side for name, side in (("left", left), ("right", right)) if isinstance(side, Mean)}
    first, *others = samples.values()
    if any((other.resolution, other.bound) != (first.resolution, first.bound) for other in others):
        raise ValueError(
            f"means with resolution {first.resolution}, {first.bound}, and {others[0].resolution}, {others[0].bound}: "
            "two means are compared at one resolution, by one bound"
        )
    n, estimate = _estimate(samples, float(first.resolution), stream, index, error)
    fixed_left, fixed_right = ((0.0, 0.0) if isinstance(side, Mean) else _interval(side) for side in (left, right))
    low, high = estimate + fixed_left[0] - fixed_right[1], estimate + fixed_left[1] - fixed_right[0]
    if relation in ("equal", "near"):
        low, high = max(low, -high, 0.0), max(-low, high)
    slack = (0.0, 0.0) if within is None else _interval(within)
    low, high = low - slack[1], high - slack[0]
    allowed = budget.allowed_gap(float(first.resolution))
    if high <= allowed:
        return Outcome(Verdict.HOLDS, f"not refuted {_phrase(first.resolution, error)}")
    if low > allowed:
        shown = f"{_show_side(left)} {RELATIONS[relation]} {_show_side(right)}"
        witness = f"{shown} is off by {low:.6g} in {n} draws, allowed {allowed:.6g}"
        return Outcome(Verdict.FAILS, f"refuted {_phrase(first.resolution, error)}", witness)
    return Outcome(Verdict.UNDECIDED, "the ball that the mean is compared with is too wide, or nan")


def _estimate(
    samples: dict[str, Mean], resolution: float, stream: Stream, index: str, error: float
) -> tuple[int, float]:
    """Sample size and mean of left - right, where a side that is no sample counts as zero."""
    width = float(sum(mean.high - mean.low for mean in samples.values()))
    if next(iter(samples.values())).bound == "hoeffding":
        n = budget.replicas(width, resolution, error)
        return n, _moments(samples, n, stream, index, 0)[0]
    sizes = budget.bernstein_schedule(width, resolution, error)
    for stage, n in enumerate(sizes):
        mean, variance = _moments(samples, n, stream, index, stage)
        half_width = budget.bernstein_half_width(width, variance, n, error / len(sizes))
        if half_width <= budget.allowed_gap(resolution):
            break
    return n, mean


def _moments(samples: dict[str, Mean], n: int, stream: Stream, index: str, stage: int) -> tuple[float, float]:
    """Mean and unbiased variance of n replicas of left - right, merged batch by batch (Chan, Golub, LeVeque 1979)."""
    count, mean, squares = 0, 0.0, 0.0
    streams = [batches(side, n, stream, index, name, stage) for name, side in samples.items()]
    for parts in zip(*streams, strict=True):
        values = sum(
            (part if name == "left" else -part for name, part in zip(samples, parts, strict=True)), np.zeros(1)
        )
        size, centre = len(values), float(np.mean(values))
        shift = centre - mean
        squares += float(np.sum((values - centre) ** 2)) + shift**2 * count * size / (count + size)
        mean += shift * size / (count + size)
        count += size
    return mean, squares / max(count - 1, 1)


def _judge_law(left: Any, right: Any, stream: Stream, index: str, error: float) -> Outcome:
    laws = [side for side in (left, right) if isinstance(side, Law)]
    resolution = float(laws[0].resolution)
    if any(law.resolution != laws[0].resolution for law in laws):
        raise ValueError(f"resolutions {laws[0].resolution} and {laws[1].resolution}: two laws are compared at one")
    other = right if isinstance(left, Law) else left
    allowed = budget.allowed_gap(resolution)
    if isinstance(other, Law):
        n = budget.replicas_of_two_laws(resolution, error)
        samples = [_sample(law, n, stream, index, name) for name, law in (("left", left), ("right", right))]
        distance, at = _distance_of_samples(*samples)
    else:
        if isinstance(other, Mass) and (defect := _defect(other)):
            return Outcome(Verdict.FAILS, "refuted: no probability distribution", defect)
        n = budget.replicas(1, resolution, error)
        distance, at = _distance_to_exact(laws[0], _sample(laws[0], n, stream, index, "left"), other)
    said = _phrase(laws[0].resolution, error)
    if math.isnan(distance):
        return Outcome(Verdict.UNDECIDED, f"the distribution function is no number at {at}")
    if distance <= allowed:
        return Outcome(Verdict.HOLDS, f"not refuted {said}")
    witness = f"P(X <= x) is off by {distance:.6g} near x = {at}, allowed {allowed:.6g}, {n} draws"
    return Outcome(Verdict.FAILS, f"refuted {said}", witness)


def _sample(law: Law, n: int, stream: Stream, index: str, side: str) -> tuple[Floats, Floats]:
    """Distinct values in ascending order, and the empirical distribution function at each."""
    parts = [np.unique(batch, return_counts=True) for batch in batches(law, n, stream, index, side, 0)]
    points, where = np.unique(np.concatenate([values for values, _ in parts]), return_inverse=True)
    counts = np.bincount(where, weights=np.concatenate([count for _, count in parts]))
    return points, np.cumsum(counts) / n


def _distance_to_exact(law: Law, sample: tuple[Floats, Floats], other: Mass | Distribution) -> tuple[float, float]:
    points, steps = sample
    if isinstance(other, Mass):
        atoms = np.array([float(point) for point in other.points])
        return _distance_of_samples(sample, (atoms, np.cumsum([_number(mass) for mass in other.masses])))
    # Between two draws F rises while F_n stays: the supremum is at a draw or just before one, that is, at the integer
    # before it if the law lives on integers, else at the double before it. Below the declared bounds F is 0.
    integral = bool((points == np.floor(points)).all())
    before = points - 1 if integral else np.nextafter(points, -np.inf)
    at = np.array([_cdf(other, point, integral) for point in points])
    just_before = np.array([_cdf(other, point, integral) if point >= law.low else 0.0 for point in before])
    gaps = np.maximum(np.abs(steps - at), np.abs(np.concatenate(([0.0], steps[:-1])) - just_before))
    return _largest(gaps, points)


def _cdf(other: Distribution, point: float, integral: bool) -> float:
    value = other.cdf(int(point) if integral else Fraction(point))
    if isinstance(value, Fraction):  # of a draw's own digits: no float in disguise, even where it looks like one
        return float(value)
    return _number(admit(value, f"the distribution function at {point}"))


def _largest(gaps: Floats, points: Floats) -> tuple[float, float]:
    if np.isnan(gaps).any():
        return math.nan, float(points[np.isnan(gaps)][0])
    worst = int(np.argmax(gaps))
    return float(gaps[worst]), float(points[worst])


def _distance_of_samples(first: tuple[Floats, Floats], second: tuple[Floats, Floats]) -> tuple[float, float]:
    """Supremum of the distance of two step functions, reached at a step of either."""
    points = np.union1d(first[0], second[0])
    gaps = np.abs(_step(first, points) - _step(second, points))
    return _largest(gaps, points)


def _step(function: tuple[Floats, Floats], points: Floats) -> Floats:
    at, value = function
    return np.concatenate(([0.0], value))[np.searchsorted(at, points, side="right")]


def _defect(mass: Mass) -> str | None:
    """Why this is no distribution, if exact arithmetic shows it."""
    if all(isinstance(value, flint.fmpq) for value in mass.masses):
        total = sum(mass.masses, flint.fmpq(0))
        if total != 1:
            return f"the probabilities sum to {show(total)}"
        for point, value in zip(mass.points, mass.masses, strict=True):
            if value < 0:
                return f"P(X = {show(point)}) = {show(value)} is negative"
    return None


def _interval(value: Any) -> tuple[float, float]:
    """Doubles next to the ends: their rounding, like that of summing draws, is far below any gap (`LARGEST_SAMPLE`)."""
    if isinstance(value, flint.fmpq):
        return float(value), float(value)
    with flint.ctx.workprec(128):
        ball = balls.real_ball(value)
        return float(ball.lower()), float(ball.upper())


def _number(value: Any) -> float:
    """A number known to far better than any gap, or nan."""
    low, high = _interval(value)
    return (low + high) / 2 if high - low < KNOWN else math.nan


def _phrase(resolution: Any, error: float) -> str:
    return f"at resolution {float(resolution):g}, error {error:.0e}".replace("e-0", "e-")


def _show_side(side: Any) -> str:
    return f"mean of {show(side.draw)}" if isinstance(side, Mean) else show(side)
