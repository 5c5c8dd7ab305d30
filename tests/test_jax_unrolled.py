"""Unrolled encoders in JAX: the definition, and the kernel, on the same noise; functions of users."""

from __future__ import annotations

from fractions import Fraction as Q
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from retrodict.encoders import jax_unrolled
from retrodict.encoders.sample import gaussians
from retrodict.encoders.sample import sample as kernel
from retrodict.encoders.unrolled import UnrolledEncoder, iterate
from retrodict.maps.continuous import ACTIVATIONS, GenerativeMap, block, compose, reflection, residual, stack

WAVE = residual(Q(1, 2), reflection([1, 2, 3]))
MIXED = stack(
    "mixed",
    [
        block(
            None,
            [[Q(i - j, 27) for j in range(len(ACTIVATIONS))] for i in range(3)],
            list(ACTIVATIONS),
            [[Q(i + j, 21) for j in range(3)] for i in range(len(ACTIVATIONS))],
            [Q(1, 5)] * len(ACTIVATIONS),
            [Q(1, 3)] * 3,
        )
    ],
)


def encoder(g: GenerativeMap) -> UnrolledEncoder:
    return UnrolledEncoder(g, Q(1, 2), 6, Q(1, 9), Q(1, 3), 9, Q(1, 50))


@pytest.mark.parametrize("g", [WAVE, MIXED, compose(MIXED, WAVE)], ids=lambda g: g.name)
def test_jax_definition_and_kernel_agree_on_the_same_noise(g: GenerativeMap) -> None:
    e, x = encoder(g), np.random.default_rng(0).normal(size=(50, 3))
    noise = gaussians(e, 50, 4)
    found = jax_unrolled.iterate(e, x, noise)
    assert found.dtype == np.float64
    assert np.allclose(found, iterate(e, x, noise), rtol=1e-12, atol=1e-12)
    assert np.allclose(found, kernel(e, x, 4), rtol=1e-12, atol=1e-12)


def test_a_function_of_the_user_is_the_map() -> None:
    q = jnp.asarray(np.array(reflection([1, 2, 3]), dtype=float))

    def mine(z: Any) -> Any:
        return z + q.T @ jnp.sin(q @ z) / 2

    e, x = encoder(WAVE), np.random.default_rng(0).normal(size=(5, 3))
    user = encoder(GenerativeMap("mine", 3, mine, WAVE.jvp, WAVE.vjp, WAVE.certificate))
    noise = gaussians(e, 5, 4)
    for found in (jax_unrolled.iterate(e, x, noise, function=mine), jax_unrolled.iterate(user, x, noise)):
        assert np.allclose(found, iterate(e, x, noise), rtol=1e-6)  # q was made in single precision


def test_the_setting_of_the_program_stays() -> None:
    before = jax.config.jax_enable_x64
    z = jax_unrolled.sample(encoder(WAVE), np.zeros((2, 3)), 1)
    assert z.dtype == np.float64
    assert jax.config.jax_enable_x64 == before
    assert jax_unrolled.sample(encoder(WAVE), np.zeros((2, 3)), 1, dtype="float32").dtype == np.float32


def test_draws_depend_on_seed_and_replica_alone() -> None:
    draw, x = jax_unrolled.sampler(encoder(WAVE)), np.random.default_rng(0).normal(size=(6, 3))
    z = draw(x, 2**40 + 1, per_x=2)
    assert np.allclose(draw(x[3:], 2**40 + 1, per_x=2, first=6), z[3:], rtol=1e-12)
    assert not np.isclose(draw(x, 1, per_x=2), z).any()
    assert not np.isclose(z[:, 0], z[:, 1]).any()
    many = draw(np.zeros((1, 3)), 3, per_x=4_000)[0]
    other = kernel(encoder(WAVE), np.zeros((1, 3)), 3, per_x=4_000)[0]
    deviation = float(many.std())
    assert np.abs(many.mean(axis=0) - other.mean(axis=0)).max() < 5 * deviation * (2 / 4_000) ** 0.5
    assert np.abs(np.cov(many.T) - np.cov(other.T)).max() < 5 * 2 * deviation**2 / 4_000**0.5


def test_bad_input() -> None:
    e = encoder(WAVE)
    with pytest.raises(ValueError, match=r"x has shape \(2, 2\): it must be \(n, 3\)"):
        jax_unrolled.sample(e, np.zeros((2, 2)), 1)
    with pytest.raises(ValueError, match=r"x\[0, 1\] = nan: must be finite"):
        jax_unrolled.sample(e, [[0.0, np.nan, 0.0]], 1)
    with pytest.raises(ValueError, match=r"seed = -1: it must be at least 0"):
        jax_unrolled.sample(e, np.zeros((1, 3)), -1)
    with pytest.raises(ValueError, match=r"per_x = 0: it must be at least 1"):
        jax_unrolled.sample(e, np.zeros((1, 3)), 1, per_x=0)
    with pytest.raises(ValueError, match=r"dtype = int32: must be float32 or float64"):
        jax_unrolled.sample(e, np.zeros((1, 3)), 1, dtype="int32")
    with pytest.raises(ValueError, match=r"noise has shape \(1, 1, 3\): it must be \(10, 1, 3\)"):
        jax_unrolled.iterate(e, np.zeros((1, 3)), np.zeros((1, 1, 3)))
    plain = GenerativeMap("plain", 3, lambda z: z + np.asarray(z), WAVE.jvp, WAVE.vjp, WAVE.certificate)
    with pytest.raises(TypeError, match=r"plain is not written with jax\.numpy"):
        jax_unrolled.sample(encoder(plain), np.zeros((1, 3)), 1)
    steep = UnrolledEncoder(WAVE, Q(1, 2), 600, Q(9), Q(0), 0, Q(1))
    with pytest.raises(ValueError, match=r"z of row 1 is not finite"):
        jax_unrolled.sample(steep, [[0.0] * 3, [1.0] * 3], 1, function=lambda z: 9 * z)
