"""Total variation from draws: the posterior's draws are exact, and the interval holds what balls enclose."""

from __future__ import annotations

from fractions import Fraction as Q

import numpy as np
import pytest
from flint import arb

from retrodict.encoders.distance import distance
from retrodict.encoders.factors import NotSeparableError
from retrodict.encoders.sampled_distance import posterior_draws, sampled_bounds
from retrodict.encoders.unrolled import UnrolledEncoder
from retrodict.maps.continuous import NoCertificateError, compose, fold, linear, reflection, residual
from retrodict.maps.continuous.posterior import image, posterior

HALF = Q(1, 2)
WAVE = residual(HALF, reflection([1, 2, 3, 1, 2]))
BENT = compose(residual(Q(1, 3), reflection([1, 1, 1, 1])), residual(HALF, reflection([1, 2, 3, 1])))
X = [HALF, -1, Q(1, 3), 1, 0]


def encoder(g, steps: int, eta: Q, beta: Q = HALF) -> UnrolledEncoder:  # type: ignore[no-untyped-def]
    return UnrolledEncoder(g, beta, 60, Q(1, 4), Q(1, 20), steps, eta)


def test_draws_of_a_gaussian_posterior() -> None:
    a = np.array([[2.0, 1.0, 0.0], [0.0, 1.0, 0.5], [0.5, 0.0, 1.0]])
    g = linear([[2, 1, 0], [0, 1, HALF], [HALF, 0, 1]])
    found = posterior_draws(encoder(g, 1, Q(1, 50)), [1.0, 0.0, -1.0], 200_000, np.random.default_rng(3), 1e-6)
    precision = np.eye(3) + 4 * a.T @ a
    covariance = np.linalg.inv(precision)
    mean = covariance @ (4 * a.T @ [1.0, 0.0, -1.0])
    assert np.allclose(found.points.mean(axis=0), mean, atol=0.005)
    assert np.allclose(np.cov(found.points.T), covariance, atol=0.005)
    error = a @ mean - [1.0, 0.0, -1.0]
    log_mass = 1.5 * np.log(2 * np.pi) - np.linalg.slogdet(precision)[1] / 2 - mean @ mean / 2 - 2 * error @ error
    assert log_mass - 0.05 < found.log_mass <= log_mass


def test_draws_on_the_line_have_the_posterior_in_balls() -> None:
    g = residual(HALF, [[1]])
    x = image(g, arb(1))
    found = posterior_draws(encoder(g, 1, Q(1, 50)), [float(x.mid())], 100_000, np.random.default_rng(1), 1e-6)
    p = posterior(g, x, HALF)
    for low, high in ((0, 1), (1, 2), (-2, 0.5)):
        share = ((found.points > low) & (found.points < high)).mean()
        assert abs(share - float(p.mass(arb(low), arb(high)).mid())) < 0.01


@pytest.mark.parametrize(("steps", "eta"), [(40, Q(1, 20)), (3, Q(1, 100))])
def test_the_interval_holds_what_balls_enclose(steps: int, eta: Q) -> None:
    e = encoder(WAVE, steps, eta)
    known = distance(e, X)
    low, high = sampled_bounds(e, X, 7, draws=4000)
    assert low <= float(known.upper.mid())
    assert high >= float(known.lower.mid())
    assert 0 <= low < high <= 1
    assert sampled_bounds(e, X, 7, draws=4000) == (low, high)


def test_maps_that_do_not_separate() -> None:
    e = encoder(BENT, 30, Q(1, 30))
    with pytest.raises(NotSeparableError, match="seed"):
        distance(e, X[:4])
    found = distance(e, X[:4], seed=2, draws=4000)
    assert found.grade == "statistical"
    assert "1e-06" in found.how
    assert 0 <= float(found.lower) < float(found.upper) < 0.8
    narrow = UnrolledEncoder(BENT, HALF, 60, Q(1, 4), Q(0), 1, Q(1, 200))
    assert float(distance(narrow, X[:4], seed=2, draws=4000).lower) > 0.5


def test_bad_input() -> None:
    e = encoder(WAVE, 3, Q(1, 100))
    with pytest.raises(ValueError, match=r"chance = 0: must lie between 0 and 1"):
        sampled_bounds(e, X, 1, chance=0)
    with pytest.raises(ValueError, match=r"draws = 5: must be at least 100"):
        sampled_bounds(e, X, 1, draws=5)
    with pytest.raises(ValueError, match=r"langevin_steps = 0"):
        sampled_bounds(encoder(WAVE, 0, Q(1, 100)), X, 1)
    with pytest.raises(NoCertificateError, match="z and -z"):
        sampled_bounds(encoder(fold(), 3, Q(1, 100)), [0], 1)
    with pytest.raises(ArithmeticError, match="too few for d = 24"):
        sampled_bounds(encoder(residual(Q(3, 4), reflection([1] * 24)), 3, Q(1, 100), Q(1, 50)), [1] * 24, 1)
