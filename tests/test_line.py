"""Laws on the line in balls: what they enclose is what plain quadrature finds, and what algebra knows."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction as Q
from math import floor
from typing import Any

import numpy as np
import pytest
from flint import arb, ctx, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from retrodict.maps.continuous import GenerativeMap, compose, fold, linear, residual
from retrodict.maps.continuous.line import LineLaw, enclosure, gaussian, minimiser, total_variation
from retrodict.maps.continuous.posterior import energy, image, laplace, posterior

NOISE = st.fractions(min_value=Q(1, 10), max_value=2, max_denominator=32)
SMALL = st.fractions(min_value=-2, max_value=2, max_denominator=32)
WAVE = residual(Q(1, 2), [[1]])
GRID = np.linspace(-16, 16, 32001)


def doubles(value: Any) -> float:
    return float(value.mid()) if isinstance(value, arb) else float(value)


def density(g: GenerativeMap, x: float, beta: float) -> np.ndarray:
    weights = np.exp(-(GRID**2) / 2 - (g(GRID[:, None])[:, 0] - x) ** 2 / (2 * beta**2))
    return weights / (weights.sum() * (GRID[1] - GRID[0]))


def normal(mean: float, deviation: float) -> np.ndarray:
    return np.exp(-((GRID - mean) ** 2) / (2 * deviation**2)) / (deviation * np.sqrt(2 * np.pi))


def distance(p: np.ndarray, q: np.ndarray) -> float:
    return float(np.abs(p - q).sum() / 2 * (GRID[1] - GRID[0]))


@settings(deadline=None, max_examples=10)
@given(g=st.sampled_from([WAVE, fold(), compose(fold(), WAVE)]), x=SMALL, beta=NOISE, mean=SMALL, deviation=NOISE)
def test_total_variation_is_half_the_integral(g: GenerativeMap, x: Q, beta: Q, mean: Q, deviation: Q) -> None:
    ball = total_variation(posterior(g, x, beta), gaussian(mean, deviation))
    assert ball.rad() < 1e-8
    plain = distance(density(g, float(x), float(beta)), normal(float(mean), float(deviation)))
    assert doubles(ball) == pytest.approx(plain, abs=1e-5)


@settings(deadline=None, max_examples=10)
@given(a=SMALL, x=SMALL, beta=NOISE)
def test_the_posterior_of_a_linear_map_is_gaussian(a: Q, x: Q, beta: Q) -> None:
    precision = 1 + a * a / (beta * beta)
    mean, variance = a * x / (beta * beta * precision), arb(fmpq(precision.denominator, precision.numerator))
    known = gaussian(mean, variance.sqrt())
    p = posterior(linear([[a]]), x, beta)
    found = total_variation(p, known)
    assert found.contains(0)
    assert found < 1e-9
    assert p.mass(arb(0), arb(1)).overlaps(known.mass(arb(0), arb(1)))
    if a * x:
        mode, deviation = laplace(linear([[a]]), x, beta, floor(mean) - 1, floor(mean) + 2)
        assert mode.overlaps(arb(fmpq(mean.numerator, mean.denominator)))
        assert deviation.overlaps(variance.sqrt())


@settings(deadline=None, max_examples=10)
@given(laws=st.lists(st.tuples(SMALL, NOISE), min_size=3, max_size=3))
def test_total_variation_is_a_distance(laws: list[tuple[Q, Q]]) -> None:
    p, q, r = (gaussian(*law) for law in laws)
    assert total_variation(p, q).overlaps(total_variation(q, p))
    assert not total_variation(p, r) > total_variation(p, q) + total_variation(q, r)


def test_more_bits_give_smaller_balls() -> None:
    def found() -> Any:
        return total_variation(posterior(WAVE, 1, Q(1, 5)), gaussian(1, Q(1, 4)))

    coarse = found()
    with ctx.workprec(160):
        fine = found()
        assert fine.rad() < 1e-35
        assert coarse.overlaps(fine)


@pytest.mark.parametrize("function", [lambda z: z.sin(), lambda z: z * z * z - z, lambda z: (-z * z).exp()])
def test_enclosures_contain_values(function: Callable[[Any], Any]) -> None:
    for k in range(-8, 8):
        low, high = arb(fmpq(k, 2)), arb(fmpq(k + 1, 2))
        ball = enclosure(function, low, high)
        assert all(ball.overlaps(function(low + (high - low) * j / 10)) for j in range(11))


def test_the_least_of_two_minima_is_found() -> None:
    def tilted(z: Any) -> Any:
        return (z * z - 1) * (z * z - 1) + z / 100

    assert minimiser(tilted, arb(-4), arb(4)) < 0
    with pytest.raises(ValueError, match="at an end, or at points"):
        minimiser(lambda z: (z * z - 1) * (z * z - 1), arb(-4), arb(4))
    with pytest.raises(ValueError, match="at an end"):
        minimiser(lambda z: z, arb(0), arb(1))


def test_bad_input() -> None:
    with pytest.raises(TypeError, match=r"beta = 0\.5 is a float"):
        posterior(WAVE, 0, 0.5)
    with pytest.raises(ValueError, match="beta = 0: the standard deviation of the noise must be positive"):
        energy(WAVE, 0, 0)
    with pytest.raises(ValueError, match="deviation = -1: must be positive"):
        gaussian(0, -1)
    with pytest.raises(ValueError, match="linear:d=2 has dimension 2: must be 1"):
        posterior(linear([[1, 0], [0, 1]]), 0, 1)
    assert image(fold(), arb(3)) == 8
    assert isinstance(gaussian(0, 1), LineLaw)
