"""Inversion by first-order steps: counts of the literature, and iterates that keep what the counts promise."""

from __future__ import annotations

from fractions import Fraction as Q

import numpy as np
import pytest
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from retrodict.encoders.inversion import chebyshev, chebyshev_count, descent_count, invert, plan
from retrodict.maps.continuous import NoCertificateError, compose, fold, linear, reflection, residual

EPS = Q(1, 1000)
KAPPAS = [4, 10, 100, 1000, 10000]
BASIS = [[1, 2, 2], [2, 1, -2], [2, -2, 1]]  # orthogonal rows of length 3


def polynomial(K: int, rho: Q) -> Q:
    one, two = Q(1), rho
    for _ in range(K):
        one, two = two, 2 * rho * two - one
    return one


@pytest.mark.parametrize("kappa", KAPPAS)
def test_chebyshev_attains_its_count_on_a_diagonal_map(kappa: int) -> None:
    "The error of the eigenvalue at the low end is 1 / T_K(rho): above eps before the count, at most eps at it."
    g, K = linear([[1, 0], [0, 1]]), chebyshev_count(kappa, EPS)
    rho = Q(kappa + 1, kappa - 1)
    assert polynomial(K - 1, rho) < 1000 <= polynomial(K, rho)
    x = np.array([[1.0, 1.0]])
    found = [float(abs(1 - z[0, 0])) for z in chebyshev(g, x, 1.0, float(kappa), K)]  # eigenvalue 1 of [1, kappa]
    exact = [float(1 / polynomial(k, rho)) for k in (0, 1, K - 1, K)]
    assert np.allclose([found[0], found[1], found[-2], found[-1]], exact, rtol=1e-9)
    assert found[-1] <= EPS < found[-2]


def test_chebyshev_is_exact_over_rationals() -> None:
    g, x = linear([[1, 0], [0, 2]]), np.array([fmpq(1), fmpq(2)], dtype=object)
    path = chebyshev(g, x, fmpq(1), fmpq(4), 7)
    for k, z in enumerate(path):
        value = 1 / polynomial(k, Q(5, 3))
        assert 1 - z[0] == fmpq(value.numerator, value.denominator)
        assert 1 - z[1] == (-1) ** k * fmpq(value.numerator, value.denominator)


@given(kappa=st.fractions(1, 50), eps=st.fractions(Q(1, 10**6), Q(1, 2)))
def test_counts_are_least(kappa: Q, eps: Q) -> None:
    K, k = descent_count(kappa, eps), chebyshev_count(kappa, eps)
    if kappa == 1:
        assert K == k == 1
        return
    rho = (kappa + 1) / (kappa - 1)
    assert rho**K >= 1 / eps and (K == 1 or rho ** (K - 1) < 1 / eps)
    assert polynomial(k, rho) >= 1 / eps and (k == 1 or polynomial(k - 1, rho) < 1 / eps)
    assert k <= K


def test_counts_at_integers_are_decided_exactly() -> None:
    assert descent_count(3, Q(1, 1024)) == 10  # ratio 1/2
    assert chebyshev_count(4, 1 / polynomial(5, Q(5, 3))) == 5
    assert [descent_count(k, EPS) for k in KAPPAS] == [14, 35, 346, 3454, 34539]


MAPS = [
    residual(Q(1, 2), [[1]]),
    residual(Q(1, 2), reflection([1, 2, 3, 4])),
    compose(residual(Q(1, 4), reflection([1, 2])), residual(Q(1, 4), reflection([2, 1]))),
    linear([[Q(v, 3) * (1 + i) for v in row] for i, row in enumerate(BASIS)]),
    linear([[2, 0], [0, 2]]),
]


@settings(max_examples=25)
@given(g=st.sampled_from(MAPS), seed=st.integers(0, 99), digits=st.integers(2, 9), scale=st.integers(0, 6))
def test_both_methods_keep_their_promise(g, seed: int, digits: int, scale: int) -> None:  # type: ignore[no-untyped-def]
    z = np.random.default_rng(seed).normal(size=(4, g.dimension)) * scale
    delta = Q(1, 10**digits)
    for accelerated in (True, False):
        path, found = invert(g, g(z), delta, accelerated=accelerated)
        count = found.descent_steps + found.accelerated_steps if accelerated else found.only_descent
        assert path.shape == (1 + count, *z.shape)
        assert np.linalg.norm(path[-1] - z, axis=1).max() <= delta + 1e-12


def test_descent_keeps_its_rate_and_hands_over_where_it_should() -> None:
    g = residual(Q(1, 2), reflection([1, 2, 3, 4]))
    z = np.array([[1.0, -2.0, 0.5, 3.0]])
    path, found = invert(g, g(z), Q(1, 10**6))
    errors = np.linalg.norm(g.forward(path) - g(z), axis=-1)[:, 0]
    rate = (1 - 0.25 / found.smoothness) ** 0.5
    head = errors[: 1 + found.descent_steps]
    assert (head[1:] <= head[:-1] * rate).all()
    m, M, M2 = 0.5, 1.5, 0.5
    radius = m * m / (2 * M * M2)
    assert head[-1] <= m * radius / (3 * (1 + found.steepness / found.curvature) ** 0.5)
    assert np.linalg.norm(path[1 + found.descent_steps :] - z, axis=-1).max() <= radius
    assert found.descent_steps + found.accelerated_steps < found.only_descent


def test_acceleration_pays_where_the_map_is_ill_conditioned() -> None:
    certificate = linear([[1, 0], [0, 40]]).certificate
    found = plan(certificate, 1, Q(1, 10**6))
    assert found.descent_steps == 0
    assert found.accelerated_steps < found.only_descent / 20


def test_bad_input() -> None:
    with pytest.raises(NoCertificateError, match="m = 0"):
        invert(fold(), [[1.0]], EPS)
    with pytest.raises(ValueError, match=r"x\[0, 0\] = nan: must be finite"):
        invert(MAPS[0], [[np.nan]], EPS)
    with pytest.raises(ValueError, match=r"x has shape \(1,\): it must be \(n, 1\)"):
        invert(MAPS[0], [1.0], EPS)
    with pytest.raises(TypeError, match=r"delta = 0.1: write the exact number"):
        invert(MAPS[0], [[1.0]], 0.1)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"delta = 0: must be positive"):
        plan(MAPS[0].certificate, 1, 0)
    with pytest.raises(ValueError, match=r"kappa = 1/2: must be at least 1"):
        descent_count(Q(1, 2), EPS)
    with pytest.raises(ValueError, match=r"eps = 1: must lie strictly between 0 and 1"):
        chebyshev_count(4, 1)
    with pytest.raises(ValueError, match=r"fold is not linear: use `invert`"):
        chebyshev(fold(), np.ones((1, 1)), 1, 2, 3)
    with pytest.raises(ValueError, match=r"low = 2, high = 1: must be 0 < low < high"):
        chebyshev(MAPS[3], np.ones((1, 3)), 2, 1, 3)
    with pytest.raises(ValueError, match=r"count = -1: must not be negative"):
        chebyshev(MAPS[3], np.ones((1, 3)), 1, 2, -1)
