"""A user's function of jax: the same values and derivatives, no constants, and samples that never pass for bounds."""

from __future__ import annotations

from fractions import Fraction as Q
from pathlib import Path

import numpy as np
import pytest
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st

from retrodict.maps import parse_any
from retrodict.maps.continuous import (
    Certificate,
    GenerativeMap,
    NoCertificateError,
    compose,
    linear,
    parse_continuous,
    tent,
)
from retrodict.maps.continuous.generative_map import vector
from retrodict.maps.user import Estimates, estimate, load, wrap

jax = pytest.importorskip("jax")
jnp = pytest.importorskip("jax.numpy")

WAVE = parse_continuous("residual:d=3,a=1/2")
Q3 = np.array([[float(entry) for entry in row] for row in WAVE.blocks[0].inner.exact.tolist()])  # type: ignore[union-attr]


def wave(z):  # type: ignore[no-untyped-def]
    return z + 0.5 * Q3.T @ jnp.sin(Q3 @ z)


USER = wrap(wave, dimension=3, name="wave")


@pytest.fixture
def module(tmp_path: Path) -> str:
    path = tmp_path / "mine.py"
    path.write_text(
        "import jax.numpy as jnp\n"
        "number = 3\n"
        "def wave(z): return z + jnp.sin(z) / 2\n"
        "def wide(z): return jnp.concatenate([z, z])\n"
        "def sums(z): return z.sum()\n"
        "def single(z): return z.astype(jnp.float32)\n"
        "def pole(z): return 1 / z\n"
        "def numpy_only(z): return z if float(z[0]) > 0 else -z\n"
        "def raises(z): raise RuntimeError('out of order\\nsecond line')\n"
        "def nothing(z): pass\n"
    )
    return str(path)


def test_values_and_derivatives_are_those_of_the_blocks() -> None:
    z, v = np.random.default_rng(0).normal(size=(2, 4, 5, 3))
    assert np.allclose(USER(z), WAVE(z), atol=1e-14)
    assert np.allclose(USER.jvp(z, v), WAVE.jvp(z, v), atol=1e-14)
    assert np.allclose(USER.vjp(z, v), WAVE.vjp(z, v), atol=1e-14)
    assert USER.jvp(z, np.ones(3)).shape == z.shape


def test_doubles_here_and_nowhere_else() -> None:
    before = jnp.zeros(1).dtype
    assert USER(np.zeros(3)).dtype == np.float64
    assert abs(USER(np.full(3, 1e-9)) - WAVE(np.full(3, 1e-9))).max() < 1e-24
    assert jnp.zeros(1).dtype == before == np.float32


def test_no_theorem_applies() -> None:
    for name in ("m", "M", "M2", "M3"):
        with pytest.raises(NoCertificateError, match="estimated only: no constant of wave is known"):
            USER.certificate.require(name)
        with pytest.raises(NoCertificateError, match="estimated only"):
            compose(WAVE, USER).certificate.require(name)
    with pytest.raises(TypeError, match="wave is a function of doubles: it takes no balls"):
        USER.forward(vector(*[arb(0)] * 3))
    assert USER.blocks == ()


def test_load(module: str) -> None:
    g = load(f"{module}:wave", dimension=2)
    assert np.allclose(g([0.0, 1.0]), [0, 1 + np.sin(1) / 2], atol=1e-15)
    assert g.name == f"{module}:wave"
    named = parse_any(f"user:{module}:wave,d=2")
    assert isinstance(named, GenerativeMap)
    assert (named.name, named.dimension) == (f"user:{module}:wave,d=2", 2)


@pytest.mark.parametrize(
    "name, message",
    [
        ("wide", r"gives shape \(4,\) for shape \(2,\): must give as many numbers as it takes"),
        ("sums", r"gives shape \(\) for shape \(2,\)"),
        ("single", r"gives float32 for float64: must compute in doubles"),
        ("pole", r"gives \[inf inf\] at the origin: must be finite"),
        ("numpy_only", r"fails on shape \(2,\): ConcretizationTypeError"),
        ("raises", r"fails on shape \(2,\): RuntimeError: out of order$"),
        ("nothing", r"gives shape None for shape \(2,\)"),
        ("number", r"number is a int: must be a function"),
        ("absent", r"has no absent"),
    ],
)
def test_wrong_functions_say_what_is_wrong(name: str, message: str, module: str) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        load(f"{module}:{name}", dimension=2)
    assert str(caught.value).startswith(f"{module}:{name}")


@pytest.mark.parametrize(
    "text, message",
    [
        ("user:mine.py:f,d=2", r"user:mine.py:f,d=2: mine.py:f: No such file"),
        ("user:nowhere:f,d=2", r"nowhere:f: No module named 'nowhere'"),
        ("user:nowhere:f", r"user:nowhere:f: must be user:module:function,d=2"),
        ("user:f,d=2", r"user:f,d=2: f: must be module:function, or file.py:function"),
        ("user:jax.numpy:tanh,d=0", r"dimension = 0: must be at least 1"),
        ("missing.onnx", r"missing.onnx: No such file or directory"),
    ],
)
def test_wrong_names_say_what_is_wrong(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_any(text)


@pytest.mark.parametrize(
    "name", ["residual:d=2,a=1/2", "ripple:d=2,a=1/2,k=3", "resnet:d=2,layers=2,a=1/4", "leaky:d=3,s=1/4,layers=2"]
)
@settings(deadline=None, max_examples=5)
@given(seed=st.integers(0, 2**32), radius=st.sampled_from([0.1, 1.0, 5.0]))
def test_estimates_lie_within_the_constants(name: str, seed: int, radius: float) -> None:
    g = parse_continuous(name)
    found = estimate(g, seed, samples=50, radius=radius)
    m, M, M2, M3 = (float(value) for value in g.certificate.require("m", "M", "M2", "M3"))
    values = [constant.value for constant in (found.m, found.M, found.M2, found.M3)]
    assert None not in values
    assert values[0] >= m - 1e-9  # type: ignore[operator]
    assert values[1] <= M + 1e-9  # type: ignore[operator]
    assert values[2] <= M2 * (1 + 1e-6) + 1e-6  # type: ignore[operator]
    assert values[3] <= M3 * (1 + 1e-3) + 1e-3  # type: ignore[operator]


def test_estimates_come_close_where_constants_are_met() -> None:
    found = estimate(USER, 0, samples=500, radius=6)
    values = [constant.value for constant in (found.m, found.M, found.M2, found.M3)]
    assert values == pytest.approx([0.5, 1.5, 0.5, 0.5], abs=0.1)
    assert [constant.side for constant in (found.m, found.M2)] == ["at least m", "at most M2"]
    assert found == estimate(USER, 0, samples=500, radius=6) != estimate(USER, 1, samples=500, radius=6)


@pytest.mark.parametrize(
    "g", [tent(3), parse_continuous("leakyrelu:d=2,s=1/4,layers=2"), wrap(jax.nn.relu, dimension=2, name="relu")]
)
def test_kinks_are_seen(g: GenerativeMap) -> None:
    found = estimate(g, 0, samples=200, radius=1)
    assert found.M2.value is found.M3.value is None
    assert "a kink, or more curvature than they show" in found.M2.how
    assert found.M.value is not None


def test_a_linear_map_has_no_curvature() -> None:
    found = estimate(linear([[2, 1], [0, Q(1, 3)]]), 0, samples=20, radius=10)
    assert (found.M2.value, found.M3.value) == (0, pytest.approx(0, abs=1e-8))
    assert found.m.value == pytest.approx(float(linear([[2, 1], [0, Q(1, 3)]]).certificate.m.value.mid()))


def test_estimates_are_no_certificate() -> None:
    found = estimate(USER, 0, samples=5, radius=1)
    assert isinstance(found, Estimates) and not isinstance(found, Certificate)
    assert not hasattr(found, "require")
    with pytest.raises(ValueError, match="samples = 0: must be at least 1"):
        estimate(USER, 0, samples=0, radius=1)
    with pytest.raises(ValueError, match="radius = -1: must be positive"):
        estimate(USER, 0, samples=1, radius=-1)
    root = wrap(lambda z: jnp.sqrt(z + 1), dimension=1, name="root")
    with pytest.raises(ValueError, match=r"the Jacobian matrix of root at \[-.*\] is not finite"):
        estimate(root, 0, samples=99, radius=9)
