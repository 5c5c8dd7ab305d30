"""The kernel of unrolled encoders is the definition on the same noise, whatever the threads, batch and processor."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction as Q
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from retrodict import _core
from retrodict.encoders.sample import gaussians, run_kernel, sample
from retrodict.encoders.unrolled import UnrolledEncoder, iterate
from retrodict.maps.continuous import (
    ACTIVATIONS,
    Certificate,
    Constant,
    GenerativeMap,
    block,
    compose,
    fold,
    linear,
    reflection,
    residual,
    stack,
)

SMALL = st.fractions(min_value=-1, max_value=1, max_denominator=8)
# where t = 0 in one arithmetic and not in another, a jump tells them apart
SMOOTH = [name for name in ACTIVATIONS if name not in ("relu", "sign")]
LEVELS = ["baseline", "x86-64-v3", "x86-64-v4"]
LEVELS = LEVELS[: LEVELS.index(_core.simd_level()) + 1]
WAVE = residual(Q(1, 2), [[1]])
UNKNOWN = Certificate(*[Constant(None, "not asked for")] * 4)


def rows(draw: Any, height: int, width: int) -> list[list[Q]]:
    return [[draw(SMALL) for _ in range(width)] for _ in range(height)]


@st.composite
def blocks(draw: Any, outputs: int, inputs: int) -> Any:
    skip = draw(st.sampled_from(["none", "dense", "identity"] if outputs == inputs else ["none", "dense"]))
    a = {"none": None, "dense": rows(draw, outputs, inputs)}.get(
        skip, [[int(i == j) for j in range(inputs)] for i in range(outputs)]
    )
    width = draw(st.integers(0 if a else 1, 6))
    names = [draw(st.sampled_from(SMOOTH)) for _ in range(width)]
    offset = rows(draw, 1, outputs)[0]
    if not width:
        return block(a, offset=offset)
    return block(a, rows(draw, outputs, width), names, rows(draw, width, inputs), rows(draw, 1, width)[0], offset)


@st.composite
def encoders(draw: Any) -> UnrolledEncoder:
    d, middle = draw(st.integers(1, 5)), draw(st.integers(1, 9))
    parts = draw(st.sampled_from([[d], [d, d], [middle, d]]))
    network = [draw(blocks(out, into)) for out, into in zip(parts, [d, *parts], strict=False)]
    step, spread = draw(st.fractions(Q(1, 100), Q(1, 20))), draw(st.sampled_from([Q(0), Q(1, 3)]))
    counts = draw(st.integers(0, 4)), draw(st.integers(0, 4))
    return UnrolledEncoder(stack("any", network, UNKNOWN), Q(2, 3), counts[0], step, spread, counts[1], step / 3)


def assert_same(encoder: UnrolledEncoder, x: np.ndarray, noise: np.ndarray, z: np.ndarray) -> None:
    """z is `iterate` up to rounding: to 1e-13, and a hundredth of what 2^-36 more of data, noise or slopes changes."""
    expected, slack = iterate(encoder, x, noise), 1 + Q(1, 2**36)
    other = iterate(encoder, x * float(slack), noise * float(slack))
    steeper = iterate(replace(encoder, beta=encoder.beta / slack), x, noise)
    moved = sum(np.abs(z - expected).max(axis=1, keepdims=True) for z in (other, steeper))
    assert (np.abs(z - expected) <= 1e-13 + moved / 100).all()


def stays(z: np.ndarray) -> bool:
    """Not where steps are so large that each squares what went before, and the roundings of all."""
    return bool(np.abs(z).max() < 1000)


@settings(max_examples=40, derandomize=True)
@given(encoder=encoders(), n=st.integers(1, 70), seed=st.integers(0, 2**64 - 1))
def test_the_kernel_is_the_definition_on_its_noise(encoder: UnrolledEncoder, n: int, seed: int) -> None:
    x = np.random.default_rng(n).normal(size=(n, encoder.generator.dimension))
    noise = gaussians(encoder, n, seed)
    with np.errstate(over="ignore", invalid="ignore"):
        assume(stays(iterate(encoder, x, noise)))
        assert_same(encoder, x, noise, sample(encoder, x, seed))
        xi = np.random.default_rng(seed).normal(size=noise.shape)
        assume(stays(iterate(encoder, x, xi)))
        assert_same(encoder, x, xi, run_kernel(encoder, x, 0, noise=xi)[0])


def test_activations_with_jumps_too() -> None:
    inner = np.random.default_rng(5).integers(-50, 50, size=(6, 3)).tolist()
    parts = [[Q(v, 49) for v in row] for row in inner]
    g = stack("jumps", [block(None, list(zip(*parts, strict=True)), ["relu", "sign"] * 3, parts)], UNKNOWN)
    e = UnrolledEncoder(g, Q(2, 3), 5, Q(1, 20), Q(1, 2), 9, Q(1, 50))
    x = np.random.default_rng(6).normal(size=(200, 3))
    assert_same(e, x, gaussians(e, 200, 1), sample(e, x, 1))


@settings(max_examples=20)
@given(encoder=encoders(), n=st.integers(2, 70), cut=st.integers(1, 69), seed=st.integers(0, 2**64 - 1))
def test_threads_batch_and_processor_change_no_bit(encoder: UnrolledEncoder, n: int, cut: int, seed: int) -> None:
    x = np.random.default_rng(n).normal(size=(n, encoder.generator.dimension)) / 4
    try:
        z = sample(encoder, x, seed, first=5)
        several = sample(encoder, x, seed, per_x=3)
    except ValueError:  # some steps are too large
        assume(False)
    cut = min(cut, n - 1)
    parts = [sample(encoder, x[:cut], seed, first=5), sample(encoder, x[cut:], seed, first=5 + cut, threads=1)]
    assert np.array_equal(np.concatenate(parts), z)
    for level in LEVELS:
        assert np.array_equal(run_kernel(encoder, x, seed, first=5, threads=3, level=level)[0], z)
    assert np.array_equal(several.reshape(3 * n, -1), sample(encoder, np.repeat(x, 3, axis=0), seed))


def test_long_chains_go_in_stretches_that_change_nothing() -> None:
    e = UnrolledEncoder(residual(Q(1, 2), reflection([1, 2, 3])), Q(1, 2), 1001, Q(1, 9), Q(1, 4), 5001, Q(1, 50))
    x = np.random.default_rng(0).normal(size=(35, 3))
    told: list[float] = []
    z = sample(e, x, 1, progress=told.append)
    assert np.allclose(z, iterate(e, x, gaussians(e, 35, 1)), rtol=1e-9, atol=1e-10)
    assert all(0 < a <= b <= 1 for a, b in pairwise(told))

    class StopError(Exception):
        pass

    def stop(fraction: float) -> None:
        raise StopError

    with pytest.raises(StopError):
        sample(UnrolledEncoder(WAVE, Q(1, 2), 10**9, Q(1, 9), Q(0), 0, Q(1, 50)), [[1.0]], 1, progress=stop)


def test_the_law_of_a_linear_posterior_is_sampled() -> None:
    "G(z) = A z: (4) with a small step ends near N(S A^T x / beta^2, S), S = (I + A^T A / beta^2)^-1."
    a = np.array([[1.0, 0.5], [0.0, 1.0]])
    e = UnrolledEncoder(linear([[1, Q(1, 2)], [0, 1]]), Q(1), 30, Q(1, 2), Q(1, 2), 400, Q(1, 100))
    x = np.array([1.0, -2.0])
    z = sample(e, [x], 7, per_x=40_000)[0]
    covariance = np.linalg.inv(np.eye(2) + a.T @ a)
    assert np.abs(z.mean(axis=0) - covariance @ a.T @ x).max() < 0.02  # 5 standard errors
    assert np.abs(np.cov(z.T) - covariance).max() < 0.025  # and the bias of the step, 0.005


def test_bad_input() -> None:
    e = UnrolledEncoder(WAVE, Q(1, 2), 3, Q(1, 9), Q(1, 3), 2, Q(1, 50))
    with pytest.raises(ValueError, match=r"x has shape \(3,\): it must be \(n, 1\)"):
        sample(e, [1.0, 2.0, 3.0], 1)
    with pytest.raises(ValueError, match=r"x has shape \(1, 2\): it must be \(n, 1\)"):
        sample(e, [[1.0, 2.0]], 1)
    with pytest.raises(ValueError, match=r"x\[1, 0\] = nan: must be finite"):
        sample(e, [[1.0], [np.nan]], 1)
    with pytest.raises(ValueError, match=r"per_x = 0: it must be at least 1"):
        sample(e, [[1.0]], 1, per_x=0)
    with pytest.raises(TypeError, match=r"seed = 0.5: it must be an integer"):
        sample(e, [[1.0]], 0.5)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"seed = -1"):
        sample(e, [[1.0]], -1)
    with pytest.raises(ValueError, match=r"threads = 0: it must be at least 1"):
        sample(e, [[1.0]], 1, threads=0)
    with pytest.raises(ValueError, match=r"noise has shape \(2, 1, 1\): it must be \(3, 1, 1\)"):
        run_kernel(e, [[1.0]], 1, noise=np.zeros((2, 1, 1)))
    user = GenerativeMap("mine", 1, WAVE.forward, WAVE.jvp, WAVE.vjp, WAVE.certificate)
    with pytest.raises(ValueError, match=r"mine is not made of blocks: .* encoders.jax_unrolled"):
        sample(UnrolledEncoder(user, Q(1, 2), 3, Q(1, 9), Q(0), 2, Q(1, 50)), [[1.0]], 1)
    assert sample(e, np.empty((0, 1)), 1).shape == (0, 1)


@pytest.mark.parametrize("threads", [1, 3])
def test_divergence_names_the_first_row_and_its_step(threads: int) -> None:
    x = np.zeros((200, 1))
    x[150] = 1e150
    wild = UnrolledEncoder(compose(fold(), fold()), Q(1, 100), 0, Q(1), Q(0), 50, Q(1))
    noise = np.zeros((51, 200, 1))
    noise[1, 70] = 3.0  # 0 is a stationary point, which row 70 leaves
    rule = r"z of row 70 is no longer finite after Langevin step \d+: langevin_step = 1 may be too large"
    with pytest.raises(ValueError, match=rule):
        run_kernel(wild, x, 1, noise=noise, threads=threads)
    steep = UnrolledEncoder(linear([[10]]), Q(1), 1000, Q(1), Q(0), 0, Q(1))
    with pytest.raises(ValueError, match=r"row 0 .* after descent step 155: descent_step = 1 may be too large"):
        sample(steep, [[1.0]], 1, threads=threads)
