"""Corrected Langevin chains: the kernel is the definition, the ratio is that of densities, the law is the posterior."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction as Q

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_elementary import words

from retrodict.encoders.corrected import iterate_corrected, log_ratio, sample_corrected
from retrodict.encoders.sample import gaussians, run_kernel, sample
from retrodict.encoders.unrolled import UnrolledEncoder
from retrodict.maps.continuous import GenerativeMap, compose, fold, linear, reflection, residual

WAVE = residual(Q(1, 2), reflection([1, 2, 3]))
SHEAR = linear([[1, Q(1, 2)], [0, 1]])
MAPS = [fold(), WAVE, SHEAR, compose(WAVE, WAVE)]


def encoder(g: GenerativeMap, steps: int, step: Q = Q(1, 8)) -> UnrolledEncoder:
    return UnrolledEncoder(g, Q(1, 2), 3, Q(1, 20), Q(1, 3), steps, step)


@settings(max_examples=30)
@given(index=st.integers(0, len(MAPS) - 1), n=st.integers(1, 70), steps=st.integers(0, 30), seed=st.integers(0, 2**63))
def test_the_kernel_is_the_definition(index: int, n: int, steps: int, seed: int) -> None:
    g = MAPS[index]
    e, rng = encoder(g, steps), np.random.default_rng(seed)
    x, noise = rng.normal(size=(n, g.dimension)), rng.normal(size=(steps + 1, n, g.dimension))
    uniforms = rng.uniform(2.0**-52, 1, size=(steps, n))
    expected = iterate_corrected(e, x, noise, uniforms)
    z, accepted = run_kernel(e, x, 0, corrected=True, noise=noise, uniforms=uniforms)
    assert accepted is not None
    assert np.array_equal(accepted, expected.accepted)
    assert np.allclose(z, expected.z, rtol=1e-9, atol=1e-9)


def test_uniforms_are_words_of_the_stream_and_bits_are_bits() -> None:
    e, n, seed = encoder(WAVE, 7), 70, 2**33 + 5
    x = np.random.default_rng(0).normal(size=(n, 3))
    found = sample_corrected(e, x, seed, first=3)
    uniforms = np.array(
        [[1 - (words(seed, 2**63 + t // 2, 3 + r)[t % 2] >> 12) * 2.0**-52 for r in range(n)] for t in range(7)]
    )
    expected = iterate_corrected(e, x, gaussians(e, n, seed, first=3), uniforms)
    assert np.allclose(found.z, expected.z, rtol=1e-10)
    assert np.array_equal(found.accepted, expected.accepted)
    parts = [sample_corrected(e, x[:33], seed, first=3, threads=1), sample_corrected(e, x[33:], seed, first=36)]
    assert np.array_equal(np.concatenate([p.z for p in parts]), found.z)
    long = encoder(WAVE, 20_000, Q(1, 50))  # in several stretches
    told: list[float] = []
    once = sample_corrected(long, x[:3], seed, progress=told.append)
    again = iterate_corrected(
        replace(long, langevin_steps=50), x[:3], gaussians(long, 3, seed)[:51], np.full((50, 3), 2.0**-40)
    )
    assert once.accepted.max() < 20_000
    assert (again.accepted == 50).all()  # and where u is tiny, everything is


@given(seed=st.integers(0, 2**32), index=st.integers(0, len(MAPS) - 1))
def test_the_ratio_is_that_of_densities(seed: int, index: int) -> None:
    "pi(z) q(y|z) min(1, e^r) is symmetric: r(z, y) = -r(y, z), and r is the difference of log(pi q)."
    g = MAPS[index]
    rng = np.random.default_rng(seed)
    x, z, y = rng.normal(size=(3, 4, g.dimension))
    e = encoder(g, 1)
    assert np.allclose(log_ratio(e, x, z, y), -log_ratio(e, x, y, z), rtol=1e-10, atol=1e-8)

    def log_flow(z: np.ndarray, y: np.ndarray) -> np.ndarray:
        beta, eta, error = 0.5, 0.125, g.forward(z) - x
        drift = z + g.vjp(z, error) / beta**2
        u = (z * z).sum(axis=1) / 2 + (error * error).sum(axis=1) / (2 * beta**2)
        return -u - ((y - (z - eta * drift)) ** 2).sum(axis=1) / (2 * (2 * eta))

    assert np.allclose(log_ratio(e, x, z, y), log_flow(y, z) - log_flow(z, y), rtol=1e-9, atol=1e-8)


def test_the_posterior_of_a_linear_map_is_met_where_plain_steps_miss_it() -> None:
    a, x, n = np.array([[1.0, 0.5], [0.0, 1.0]]), np.array([1.0, -2.0]), 40_000
    covariance = np.linalg.inv(np.eye(2) + 4 * a.T @ a)
    e = replace(encoder(SHEAR, 60, Q(1, 8)), descent_steps=30, descent_step=Q(1, 2))
    chains = sample_corrected(e, [x], 3, per_x=n)
    z = chains.z[0]
    error = np.sqrt(np.outer(covariance.diagonal(), covariance.diagonal()) * 2 / n)
    assert (np.abs(z.mean(axis=0) - 4 * covariance @ a.T @ x) < 5 * np.sqrt(covariance.diagonal() / n)).all()
    assert (np.abs(np.cov(z.T) - covariance) < 5 * error).all()
    plain = sample(e, [x], 3, per_x=n)[0]
    assert (np.abs(np.cov(plain.T) - covariance) > 20 * error).any()
    assert 0.5 < chains.accepted.mean() / 60 < 0.95


def test_the_posterior_of_a_fold_is_met() -> None:
    grid = np.linspace(-4, 4, 80_001)
    weights = np.exp(-(grid**2) / 2 - (grid**2 - 1) ** 2 * 2)
    second = (grid**2 * weights).sum() / weights.sum()
    fourth = (grid**4 * weights).sum() / weights.sum()
    # a start far out, where all proposals overshoot, would stay there
    e = UnrolledEncoder(fold(), Q(1, 2), 0, Q(1), Q(1, 16), 600, Q(1, 20))
    z = sample_corrected(e, [[0.0]], 1, per_x=20_000).z
    assert abs((z**2).mean() - second) < 5 * ((fourth - second**2) / 20_000) ** 0.5


def test_bad_input() -> None:
    with pytest.raises(ValueError, match=r"uniforms\[1, 0\] = 0: must be in \[2\^-52, 1\]"):
        run_kernel(encoder(fold(), 2), [[0.0]], 1, corrected=True, noise=np.zeros((3, 1, 1)), uniforms=[[0.5], [0.0]])
    with pytest.raises(ValueError, match=r"x\[0, 0\] = inf"):
        sample_corrected(encoder(fold(), 2), [[np.inf]], 1)
