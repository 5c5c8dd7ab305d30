"""Families of continuous maps are what their docstrings say, also those that have kinks or cannot be inverted."""

from __future__ import annotations

from fractions import Fraction as Q

import numpy as np
import pytest
from derivatives import along, ball, length, points
from flint import fmpq, fmpq_mat
from hypothesis import given, settings
from hypothesis import strategies as st

from retrodict.maps.continuous import (
    GenerativeMap,
    NoCertificateError,
    conv,
    leaky,
    mixing,
    parse_continuous,
    pooling,
    projection,
    residual,
    ripple,
    spread,
    tent,
)
from retrodict.maps.continuous.blocks import block_certificate
from retrodict.maps.continuous.generative_map import chain, vector

CENTRED = ["linear:d=3,m=1/2,M=2", "residual:d=4,a=1/2", "ripple:d=2,a=1/3,k=9", "resnet:d=2,layers=3,a=1/4"]
CENTRED += ["coupling:d=4,l=3", "leaky:d=2,s=1/2,layers=2", "leakyrelu:d=2,s=1/2,layers=2", "pooling:d=3,a=1/2"]
CENTRED += ["conv:d=5,t=1/2,a=1/4", "projection:d=5,k=2"]


def rational(values: list[Q]) -> object:
    return vector(*(fmpq(value.numerator, value.denominator) for value in values))


@pytest.mark.parametrize("name", CENTRED)
def test_zero_goes_to_zero(name: str) -> None:
    g = parse_continuous(name)
    assert all(value.contains(0) for value in g.forward(vector(*map(ball, [Q(0)] * g.dimension))))


@pytest.mark.parametrize("m, M", [(Q(1, 2), Q(3, 2)), (Q(0), Q(1)), (Q(2), Q(2))])
@pytest.mark.parametrize("d", [2, 3, 4])
def test_spread_has_the_singular_values_that_it_says(d: int, m: Q, M: Q) -> None:
    g = spread(d, m, M)
    assert g.blocks[0].skip is not None
    generic = block_certificate(g.blocks[0])
    assert abs(generic.m.value - g.certificate.m.value) < fmpq(1, 10**9)
    assert abs(generic.M.value - g.certificate.M.value) < fmpq(1, 10**9)
    assert g.certificate.m.value == fmpq(m.numerator, m.denominator)


def test_layers_mix_in_different_ways() -> None:
    matrices = [mixing(2, layer) for layer in range(4)]
    assert all(a != b for i, a in enumerate(matrices) for b in matrices[:i])
    for q in matrices:
        exact = fmpq_mat([[fmpq(entry.numerator, entry.denominator) for entry in row] for row in q])
        assert exact * exact.transpose() == fmpq_mat([[1, 0], [0, 1]])


@settings(deadline=None, max_examples=20)
@given(z=points(2))
def test_pooling_and_ripple_are_what_their_formulas_say(z: list[Q]) -> None:
    at = vector(*map(ball, z))

    def wave(layer: int, k: int = 1) -> object:
        q = np.array([[fmpq(e.numerator, e.denominator) for e in row] for row in mixing(2, layer)], dtype=object)
        return np.sin(at @ q.T * k) @ q

    expected = at + (wave(0) + wave(1)) / 4  # type: ignore[operator]
    assert all(a.overlaps(b) for a, b in zip(pooling(2, Q(1, 2)).forward(at), expected, strict=True))
    expected = at + wave(0, 8) / 16  # type: ignore[operator]
    assert all(a.overlaps(b) for a, b in zip(ripple(2, Q(1, 2), 8).forward(at), expected, strict=True))


@pytest.mark.parametrize("g", [pooling(2, Q(1, 2)), conv(4, Q(1, 2), Q(1, 4))], ids=lambda g: g.name)
def test_pooled_layers_alone_are_not_invertible(g: GenerativeMap) -> None:
    """The hidden layer has a kernel behind it, and no bound from matrices and slopes sees that the whole has m > 0."""
    (only,) = g.blocks
    assert only.out is not None
    assert only.width > g.dimension
    assert only.out.exact.rank() == g.dimension
    assert block_certificate(only).m.value == 0
    assert g.certificate.require("m")[0] > 0


def test_conv_commutes_with_turns_of_the_circle() -> None:
    g, z = conv(5, Q(1, 2), Q(1, 4)), np.array([0.3, -1.0, 2.0, 0.0, 0.7])
    assert np.allclose(np.roll(g(z), 2), g(np.roll(z, 2)), atol=1e-15)
    constant, alternating, origin = np.ones(4), np.array([1.0, -1.0, 1.0, -1.0]), np.zeros(4)
    g = conv(4, Q(1, 2), Q(1, 4))
    assert g.jvp(origin, constant) == pytest.approx(float(g.certificate.M.value) * constant)  # M is met
    assert g.jvp(origin, alternating) == pytest.approx(0.5 * alternating)  # 1 - t: the pooling erases the sines


@settings(deadline=None, max_examples=30)
@given(z=points(5), v=points(5))
def test_projection_keeps_its_constants(z: list[Q], v: list[Q]) -> None:
    g, step = projection(5, 2), length([ball(a) for a in v])
    M, M2, M3 = g.certificate.require("M", "M2", "M3")
    first, second, third = ([series[k] for series in along(g, z, v, 3)] for k in (1, 2, 3))
    assert not length(first) > M * step
    assert not 2 * length(second) > M2 * step * step
    assert not 6 * length(third) > M3 * step * step * step
    assert all(a.overlaps(b) for a, b in zip(first, g.jvp(*(vector(*map(ball, u)) for u in (z, v))), strict=True))


def test_projection_loses_dimensions() -> None:
    g = projection(3, 1)
    lost = np.array([2.0, -1.0, 0.0])  # a vector in the kernel of the first row of Q
    lost -= np.array([[float(e) for e in row] for row in mixing(3)])[0] * (np.array(mixing(3)[0], dtype=float) @ lost)
    assert np.allclose(g(np.ones(3)), g(np.ones(3) + lost), atol=1e-15)
    assert np.linalg.matrix_rank(g.jvp(np.ones((3, 3)), np.eye(3)), tol=1e-12) == 1
    with pytest.raises(NoCertificateError, match="m = 0: d - k = 2 directions are mapped to a point"):
        g.certificate.require("m")


@settings(deadline=None, max_examples=30)
@given(k=st.integers(1, 6), y=st.fractions(-1, 1, max_denominator=50).filter(lambda y: abs(y) < 1))
def test_tent_has_as_many_preimages_as_it_says(k: int, y: Q) -> None:
    g, causes = tent(k), [y]
    for _ in range(k):
        causes = [sign * (1 - at) / 2 for at in causes for sign in (1, -1)]
    assert len(set(causes)) == 2**k
    assert all(abs(at) < 1 for at in causes)
    for at in causes:
        assert g.forward(rational([at]))[0] == fmpq(y.numerator, y.denominator)
        slope = g.jvp(rational([at]), rational([Q(1)]))[0]
        assert abs(slope) == 2**k == g.certificate.M.value
    generic = block_certificate(g.blocks[0])
    assert generic.M.value.contains(2)
    assert generic.m.value == 0


@settings(deadline=None, max_examples=50)
@given(z=points(3), v=points(3))
def test_leaky_relu_is_linear_between_kinks(z: list[Q], v: list[Q]) -> None:
    """Where the slope is the same at both ends of a short step, the step is J v. m and M hold."""
    g, e = leaky(3, Q(1, 4), 2, "relu"), Q(1, 10**9)
    start, end = rational(z), rational([a + e * b for a, b in zip(z, v, strict=True)])
    one, other = (list(g.jvp(at, rational(v))) for at in (start, end))
    difference = list(g.forward(end) - g.forward(start))
    if all(isinstance(a, fmpq) for a in (*one, *other)) and one == other:  # else a unit is at its kink
        assert [a * 10**9 for a in difference] == one
    m, M = g.certificate.require("m", "M")
    size, moved = (sum((a * a for a in values), fmpq(0)) for values in (difference, list(end - start)))
    assert m * m * moved <= size <= M * M * moved
    for lacking in ("M2", "M3"):
        with pytest.raises(NoCertificateError, match=f"{lacking} is not bounded: ReLU has a kink at 0"):
            g.certificate.require(lacking)


def test_a_smooth_leaky_layer_is_as_steep_as_it_says() -> None:
    g = leaky(1, Q(1, 4), 1)
    slopes = g.jvp(np.array([[-40.0], [40.0]]), np.ones((2, 1)))  # Q = -1 on the line
    assert abs(slopes).ravel().tolist() == pytest.approx([1, 0.25])


def test_resnet_is_the_chain_of_its_layers() -> None:
    g = parse_continuous("resnet:d=2,layers=2,a=1/3")
    parts = [residual(Q(1, 3), mixing(2, layer)) for layer in range(2)]
    z = np.array([0.4, -1.7])
    assert np.array_equal(g(z), parts[1](parts[0](z)))
    assert g.certificate == chain(parts[1].certificate, parts[0].certificate)


@pytest.mark.parametrize(
    "build, message",
    [
        (lambda: spread(2, 2, 1), r"m = 2, M = 1: must be 0 <= m <= M"),
        (lambda: spread(1, 1, 2), r"m = 1, M = 2: a linear map of the line has one singular value"),
        (lambda: ripple(2, Q(1, 2), 0), r"frequency = 0: must be at least 1"),
        (lambda: leaky(2, Q(3, 2), 1), r"slope = 3/2: must lie strictly between 0 and 1"),
        (lambda: leaky(2, Q(1, 2), 0), r"layers = 0: must be at least 1"),
        (lambda: leaky(2, Q(1, 2), 1, "tanh"), r"activation 'tanh': must be softplus or relu"),
        (lambda: conv(2, Q(1, 2), Q(1, 2)), r"d = 2: must be at least 3"),
        (lambda: conv(3, Q(1), Q(1, 2)), r"overlap = 1: must lie strictly between 0 and 1"),
        (lambda: pooling(2, Q(2)), r"scale = 2: must lie strictly between 0 and 1"),
        (lambda: projection(2, 2), r"k = 2: must lie in 1 ... d - 1 = 1"),
        (lambda: tent(0), r"k = 0: must be at least 1"),
    ],
)
def test_bad_input(build: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        build()  # type: ignore[operator]


def test_floats_are_refused() -> None:
    with pytest.raises(TypeError, match=r"scale = 0.5 is a float: write the exact number, as in Fraction\('0.5'\)"):
        pooling(2, 0.5)  # type: ignore[arg-type]
