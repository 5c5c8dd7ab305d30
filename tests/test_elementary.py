"""What the kernel's own sines, exponentials and Gaussians are worth, in units of the last place."""

from __future__ import annotations

import math

import numpy as np
import pytest
from flint import arb, ctx
from hypothesis import given, settings
from hypothesis import strategies as st

from retrodict import _core
from retrodict.encoders.sample import _NUMBERS
from retrodict.maps.continuous import ACTIVATIONS

# The largest errors of value and slope, in units of the last place: what sample.py promises, and no less.
ULPS = {
    "sin": (1, 1),
    "softplus": (2, 3),
    "softplus_plain": (3, 3),
    "sigmoid": (3, 5),
    "tanh": (3, 6),
    "square": (1, 0),
    "relu": (0, 0),
    "sign": (0, 0),
}


def ulps(found: np.ndarray, truth: list[arb]) -> float:
    return max(
        float(abs(arb(value) - ball).mid()) / math.ulp(float(ball.mid()))
        for value, ball in zip(found.tolist(), truth, strict=True)
    )


def errors(name: str, t: np.ndarray) -> tuple[float, float]:
    value, slope = _core.encoders_activation(_NUMBERS[name], t, None)
    with ctx.workprec(1600):
        balls = np.array([arb(x) for x in t.tolist()], dtype=object)
        truth = ACTIVATIONS[name].value(balls), ACTIVATIONS[name].slope(balls)
        return ulps(value, list(truth[0])), ulps(slope, list(truth[1]))


def test_every_activation_has_a_number() -> None:
    assert list(_NUMBERS) == list(ACTIVATIONS)
    assert sorted(_NUMBERS.values()) == list(range(len(ACTIVATIONS)))


@pytest.mark.parametrize("name", list(ACTIVATIONS))
def test_activations_are_right_to_the_last_places(name: str) -> None:
    rng = np.random.default_rng(0)
    sizes = 2.0 ** rng.uniform(-60, 24 if name == "sin" else 8, 4000)
    t = np.concatenate([rng.uniform(-4, 4, 4000), sizes * rng.choice([-1, 1], 4000)])
    if name == "sin":  # near zeros, where nothing but the reduction decides, and where libm takes over
        near = np.array([k * math.pi / 2 for k in range(1, 600_000, 307)])
        t = np.concatenate([t, near, np.nextafter(near, np.inf), [2.0**20, np.nextafter(2.0**20, np.inf)]])
    assert all(error <= most for error, most in zip(errors(name, t), ULPS[name], strict=True))


@settings(max_examples=100)
@given(t=st.lists(st.floats(-350, 350), min_size=1, max_size=70), name=st.sampled_from(list(ACTIVATIONS)))
def test_activations_of_any_numbers(t: list[float], name: str) -> None:
    array = np.array([x if abs(x) > 1e-100 else 1.0 for x in t])
    assert all(error <= most for error, most in zip(errors(name, array), ULPS[name], strict=True))


@pytest.mark.parametrize("name", list(ACTIVATIONS))
def test_ends_of_the_line(name: str) -> None:
    value, slope = _core.encoders_activation(_NUMBERS[name], np.array([1e300, -1e300, np.inf, np.nan, 0.0]), None)
    assert np.isnan(value[3]) == (name != "sign")
    exact = {"softplus": [1e300, -math.log(2)], "sigmoid": [1, 0], "tanh": [1, -1], "relu": [1e300, 0], "sign": [1, -1]}
    exact["softplus_plain"] = [1e300, 0]
    exact["sin"] = [math.sin(1e300), math.sin(-1e300)]
    with np.errstate(over="ignore"):
        exact["square"] = [math.inf, math.inf]
    assert np.allclose(value[:2], exact[name], rtol=1e-15, atol=1e-300)
    assert np.isfinite(slope[[0, 1, 4]]).all()
    assert math.isnan(value[2]) == (name == "sin")


def words(seed: int, block: int, replica: int) -> tuple[int, int]:
    """Philox4x32-10, from its definition."""
    c = [block & 0xFFFFFFFF, block >> 32, replica & 0xFFFFFFFF, replica >> 32]
    k = [seed & 0xFFFFFFFF, seed >> 32]
    for _ in range(10):
        left, right = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [right >> 32 ^ c[1] ^ k[0], right & 0xFFFFFFFF, left >> 32 ^ c[3] ^ k[1], left & 0xFFFFFFFF]
        k = [(k[0] + 0x9E3779B9) & 0xFFFFFFFF, (k[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return c[0] | c[1] << 32, c[2] | c[3] << 32


WORD = st.integers(0, 2**64 - 70)


@given(seed=WORD, replica=WORD, first=st.integers(0, 2**40), count=st.integers(1, 9), n=st.integers(1, 40))
def test_gaussians_are_box_and_muller_of_the_stream(seed: int, replica: int, first: int, count: int, n: int) -> None:
    found = _core.encoders_gaussians(seed, replica, n, first, count, None)
    with ctx.workprec(200):
        for row, k in [(0, 0), (n - 1, count - 1)]:
            v, w = words(seed, (first + k) // 2, replica + row)
            radius = (-2 * (1 - arb(v >> 12) / 2**52).log()).sqrt()
            angle = 2 * arb(w >> 12) / 2**52
            exact = radius * (angle.sin_pi() if (first + k) % 2 else angle.cos_pi())
            assert ulps(found[row, k : k + 1], [exact]) <= 4


def test_gaussians_are_gaussian() -> None:
    draws = np.sort(_core.encoders_gaussians(1, 0, 50_000, 0, 8, None).ravel())
    n = draws.size
    moments = [np.mean(draws**k) for k in range(1, 7)]
    spreads = [1, 2, 15, 96, 945, 10170]  # variances of z^k
    for found, exact, variance in zip(moments, [0, 1, 0, 3, 0, 15], spreads, strict=True):
        assert abs(found - exact) < 4.5 * math.sqrt(variance / n)
    law = np.array([math.erfc(-z / math.sqrt(2)) / 2 for z in draws[::10].tolist()])
    gap = np.abs(law - np.arange(0, n, 10) / n).max() - 10 / n
    assert gap < math.sqrt(math.log(2 / 1e-6) / (2 * n))  # Kolmogorov and Smirnov, by Massart's inequality
    pairs = _core.encoders_gaussians(2, 0, 100_000, 0, 4, None)
    assert np.abs(np.corrcoef(pairs.T) - np.eye(4)).max() < 4.5 / math.sqrt(100_000)
    squares = np.abs(np.corrcoef((pairs**2).T) - np.eye(4)).max()
    assert squares < 4.5 / math.sqrt(100_000)
