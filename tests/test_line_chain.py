"""Laws of unrolled encoders on the line: against closed forms, plain quadrature, draws, and their own error bound."""

from dataclasses import replace
from fractions import Fraction as Q
from math import floor, frexp, fsum, ldexp
from typing import Any

import numpy as np
import pytest
from flint import arb, ctx, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from retrodict.encoders.line_chain import BITS, Grid, Mixture, chain_law, start, transition, window
from retrodict.encoders.line_distance import distance_to_posterior, total_variation_to_posterior
from retrodict.encoders.strips import line_step
from retrodict.encoders.unrolled import UnrolledEncoder, iterate
from retrodict.maps.continuous import GenerativeMap, block, compose, fold, linear, residual, stack
from retrodict.maps.continuous.line import gaussian, total_variation

WAVE = residual(Q(1, 2), [[1]])
BEND = stack("bend", [block([[1]], [[1]], "softplus", [[1]])])
TILT = stack("tilt", [block([[1]], [[Q(1, 2)]], "tanh", [[1]], [Q(1, 3)])])
MAPS = [WAVE, BEND, TILT, fold(), compose(WAVE, BEND)]
SMALL = st.fractions(min_value=-2, max_value=2, max_denominator=16)
GRID = np.linspace(-8, 8, 2001)


def unrolled(g: GenerativeMap, beta: Q, spread: Q, steps: int, eta: Q, descent: int = 3) -> UnrolledEncoder:
    return UnrolledEncoder(g, beta, descent, Q(1, 8), spread, steps, eta)


def plain(e: UnrolledEncoder, x: float) -> tuple[np.ndarray, np.ndarray]:
    """Densities of the law and of the posterior on GRID, by sums over a fine grid in doubles."""
    g, h, eta, beta = e.generator, GRID[1] - GRID[0], float(e.langevin_step), float(e.beta)

    def normal(gap: np.ndarray, v: float) -> np.ndarray:
        return np.exp(-(gap**2) / (2 * v)) / np.sqrt(2 * np.pi * v)

    def drift(z: np.ndarray) -> np.ndarray:
        return z - eta * (z + g.vjp(z[:, None], g(z[:, None]) - x)[:, 0] / beta**2)

    z = iterate(replace(e, spread=Q(0), langevin_steps=0), np.array([[x]]), np.zeros((1, 1, 1)))[0]
    left = e.langevin_steps
    if e.spread:
        density = normal(GRID - z, float(e.spread))
    else:
        density, left = normal(GRID - drift(z), 2 * eta), left - 1
    inside = np.abs(GRID) < 4  # the fold's step leaves the grid from further out
    kernel = normal(GRID[:, None] - drift(GRID[inside])[None, :], 2 * eta) * h
    for _ in range(left):
        density = kernel @ density[inside]
    weights = np.exp(-(GRID**2) / 2 - (g(GRID[:, None])[:, 0] - x) ** 2 / (2 * beta**2))
    return density, weights / (weights.sum() * h)


@settings(deadline=None, max_examples=12)
@given(a=SMALL, x=SMALL, steps=st.integers(0, 12), part=st.fractions(Q(1, 10), Q(3, 2), max_denominator=10))
def test_linear_maps_have_gaussian_laws(a: Q, x: Q, steps: int, part: Q) -> None:
    beta, v = Q(1, 2), Q(1, 10)
    precision = 1 + a * a / beta**2
    eta = part / precision
    mean, variance = Q(0), v
    for _ in range(3):
        mean -= a * (a * mean - x) / 8
    for _ in range(steps):
        mean -= eta * (precision * mean - a * x / beta**2)
        variance = (1 - eta * precision) ** 2 * variance + 2 * eta
    e = unrolled(linear([[a]]), beta, v, steps, eta)
    found = total_variation_to_posterior(e, x)
    closed = total_variation(
        gaussian(mean, arb(fmpq(variance.numerator, variance.denominator)).sqrt()),
        gaussian(a * x / beta**2 / precision, arb(fmpq(precision.denominator, precision.numerator)).sqrt()),
    )
    assert found.overlaps(closed)
    assert found.rad() < 1e-10


@settings(deadline=None, max_examples=6)
@given(g=st.sampled_from(MAPS), x=SMALL, spread=st.sampled_from([Q(0), Q(1, 50)]), steps=st.integers(1, 9))
def test_the_law_is_that_of_plain_sums(g: GenerativeMap, x: Q, spread: Q, steps: int) -> None:
    e = unrolled(g, Q(1, 2), spread, steps, Q(1, 100))
    law, (density, posterior) = chain_law(e, x), plain(e, float(x))
    assert np.abs(law.density(GRID) - density).sum() * (GRID[1] - GRID[0]) < 1e-8
    ball = total_variation_to_posterior(e, x)
    assert ball.rad() < 1e-9
    assert float(ball.mid()) == pytest.approx(np.abs(density - posterior).sum() / 2 * (GRID[1] - GRID[0]), abs=2e-4)


def test_draws_follow_the_law() -> None:
    e, n = unrolled(WAVE, Q(1, 3), Q(1, 30), 6, Q(1, 60)), 40_000
    noise = np.random.default_rng(7).standard_normal((7, n, 1))
    draws = np.sort(iterate(e, np.ones((n, 1)), noise)[:, 0])
    law = chain_law(e, 1)
    fine = np.linspace(-4, 6, 20001)
    below = np.interp(draws, fine, np.cumsum(law.density(fine)) * (fine[1] - fine[0]))
    gap = np.abs(below - (np.arange(n) + 0.5) / n).max()
    assert gap < np.sqrt(np.log(2 / 1e-8) / (2 * n)) + 1e-3


@pytest.mark.parametrize("g", MAPS, ids=lambda g: g.name)
@pytest.mark.parametrize("coarse", [0.8, 1.1])
def test_the_error_bound_holds_where_it_matters(g: GenerativeMap, coarse: float) -> None:
    """On a grid so coarse that the error is seen: it is below the bound, and the bound is no more than 10^4 of it."""
    e = unrolled(g, Q(1, 2), Q(1, 200), 2, Q(1, 400))
    with ctx.workprec(BITS):
        step = line_step(e, 1)
        law, _ = start(e, 1, step)
        fine = window(e, step, law, 0.0)
        mantissa, exponent = frexp(float(2 * e.langevin_step) ** 0.5 / coarse)
        h = ldexp(floor(mantissa * 256), exponent - 8)
        nodes = [floor(fine.nodes[k] / h) for k in (0, -1)]
        found = transition(e, step, law.means, law.variance, Grid(h, nodes[0], nodes[1] - nodes[0] + 2))
        weights, error = found(law.weights)
    once = Mixture(found.means, weights, 2 * e.langevin_step, arb(0))
    truth = chain_law(replace(e, langevin_steps=1), 1)
    off = np.abs(once.density(GRID) - truth.density(GRID)).sum() * (GRID[1] - GRID[0])
    assert 1e-9 < off < error + 1 - fsum(weights)
    assert error < 1e4 * off


def test_the_mass_that_leaves_the_window_is_part_of_the_error() -> None:
    e = unrolled(WAVE, Q(1, 2), Q(1, 20), 1, Q(1, 40))
    law = chain_law(e, 1)
    with ctx.workprec(BITS):
        step = line_step(e, 1)
        first, _ = start(e, 1, step)
        grid = window(e, step, first, 0.0)
        half = Grid(grid.spacing, grid.first, grid.count // 2)
        weights, _ = transition(e, step, first.means, first.variance, half)(first.weights)
    assert fsum(law.weights) == pytest.approx(1, abs=1e-12)
    assert fsum(weights) < 0.95


def test_an_observation_may_be_a_ball() -> None:
    e = unrolled(WAVE, Q(1, 5), Q(0), 5, Q(1, 200))
    with ctx.workprec(200):
        x = 1 + arb(1).sin() / 2
    found: Any = total_variation_to_posterior(e, x)
    assert found.overlaps(total_variation_to_posterior(e, arb(x.mid())))
    assert found.rad() < 1e-10


def test_half_of_the_fold_stays_away() -> None:
    e = UnrolledEncoder(fold(), Q(1, 5), 0, Q(1), Q(0), 100, Q(498, 10**6))
    found = total_variation_to_posterior(e, 0, origin=1)
    assert abs(found - arb(1) / 2) < 1e-4
    assert total_variation_to_posterior(e, 0, origin=-1).overlaps(found)


def test_bad_input() -> None:
    kink = stack("kink", [block([[1]], [[1]], "relu", [[1]])])
    with pytest.raises(ValueError, match="activation 'relu' of kink: must be analytic, one of sin"):
        chain_law(unrolled(kink, Q(1, 2), Q(1, 9), 1, Q(1, 9)), 0)
    with pytest.raises(ValueError, match="spread = 0 and langevin_steps = 0"):
        chain_law(unrolled(WAVE, Q(1, 2), Q(0), 0, Q(1, 9)), 0)
    with pytest.raises(TypeError, match=r"x = 0\.5 is a float"):
        chain_law(unrolled(WAVE, Q(1, 2), Q(0), 1, Q(1, 9)), 0.5)
    with pytest.raises(ValueError, match="linear:d=2 has dimension 2: must be 1"):
        chain_law(unrolled(linear([[1, 0], [0, 1]]), Q(1, 2), Q(0), 1, Q(1, 9)), 0)
    with pytest.raises(ValueError, match="is not made of blocks"):
        chain_law(unrolled(replace(WAVE, blocks=()), Q(1, 2), Q(0), 2, Q(1, 9)), 0)
    with pytest.raises(ArithmeticError, match=r"langevin_step = 1/1000000000: \d+ nodes"):
        chain_law(unrolled(WAVE, Q(1, 2), Q(0), 2, Q(1, 10**9)), 0)
    with pytest.raises(ArithmeticError, match="descent_step = 1/8: after 40 steps of descent for linear"):
        chain_law(unrolled(linear([[100]]), Q(1, 2), Q(0), 2, Q(1, 9), descent=40), arb(0, 1))
    with pytest.raises(ArithmeticError, match="exceeds the tolerance 1e-30"):
        chain_law(unrolled(WAVE, Q(1, 2), Q(0), 2, Q(1, 9)), 0, 1e-30)
    assert (
        distance_to_posterior(
            chain_law(unrolled(WAVE, Q(1), Q(0), 9, Q(1, 9)), 0), line_step(unrolled(WAVE, Q(1), Q(0), 9, Q(1, 9)), 0)
        )
        < 1
    )
