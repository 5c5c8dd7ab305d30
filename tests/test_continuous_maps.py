"""Maps of real causes: derivatives are those of the map, and no pair of points breaks a constant."""

from __future__ import annotations

from fractions import Fraction as Q

import numpy as np
import pytest
from derivatives import along, ball, length, points
from flint import arb, fmpq
from hypothesis import given, settings

from retrodict.maps.continuous import (
    Constant,
    GenerativeMap,
    NoCertificateError,
    compose,
    coupling,
    fold,
    linear,
    parse_continuous,
    reflection,
    residual,
    sines,
)
from retrodict.maps.continuous.generative_map import vector

NORMAL = [1, -2, 3]
NAMED = [
    "linear:d=3,m=1/2,M=3/2",
    "ripple:d=2,a=1/2,k=5",
    "resnet:d=2,layers=3,a=1/4",
    "coupling:d=4,l=1/2",
    "leaky:d=2,s=1/2,layers=2",
    "pooling:d=3,a=3/4",
    "conv:d=4,t=1/2,a=1/4",
]
MAPS = [
    linear([[2, 1, 0], [0, 1, Q(1, 3)], [1, 0, 1]]),
    residual(Q(1, 2), reflection(NORMAL)),
    compose(residual(Q(1, 3), reflection([1, 1, 1])), residual(Q(1, 2), reflection(NORMAL))),
    compose(linear([[1, 2, 0], [0, 1, 0], [0, 3, 1]]), residual(Q(3, 4), reflection([2, 0, 1]))),
    coupling(sines(reflection([1, 2]), Q(3, 2))),
    *map(parse_continuous, NAMED),
]
SIZE = 4  # points are cut to the dimension of the map


@pytest.mark.parametrize("g", MAPS, ids=lambda g: g.name)
@settings(deadline=None, max_examples=25)
@given(z=points(SIZE), v=points(SIZE), w=points(SIZE))
def test_products_are_the_derivative(g: GenerativeMap, z: list[Q], v: list[Q], w: list[Q]) -> None:
    z, v, w = (values[: g.dimension] for values in (z, v, w))
    at, along_v, along_w = (vector(*map(ball, values)) for values in (z, v, w))
    product = g.jvp(at, along_v)
    assert all(a.overlaps(b[1]) for a, b in zip(product, along(g, z, v, 1), strict=True))
    assert (product @ along_w).overlaps(g.vjp(at, along_w) @ along_v)
    doubles = [np.array([float(a) for a in values]) for values in (z, v, w)]
    assert np.allclose(g.jvp(doubles[0], doubles[1]), [float(a.mid()) for a in product], rtol=1e-13, atol=1e-13)
    assert np.allclose(g(doubles[0]), [float(a.mid()) for a in g.forward(at)], rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("g", MAPS, ids=lambda g: g.name)
@settings(deadline=None, max_examples=25)
@given(z=points(SIZE), v=points(SIZE))
def test_constants_hold(g: GenerativeMap, z: list[Q], v: list[Q]) -> None:
    z, v = z[: g.dimension], v[: g.dimension]
    m, M, M2, M3 = g.certificate.require("m", "M", "M2", "M3")
    step = length([ball(a) for a in v])
    if step > 0:
        moved = [a + b for a, b in zip(z, v, strict=True)]
        images = [g.forward(vector(*map(ball, values))) for values in (z, moved)]
        distance = length(list(images[1] - images[0]))
        assert not distance < step * m
        assert not distance > step * M
        second, third = ([series[k] for series in along(g, z, v, 3)] for k in (2, 3))
        assert not 2 * length(second) > M2 * step * step
        assert not 6 * length(third) > M3 * step * step * step


def test_constants_are_met() -> None:
    g = residual(Q(1, 2), [[1]])
    m, M, M2, _ = g.certificate.require("m", "M", "M2", "M3")
    assert float(g.jvp(np.array([np.pi]), np.array([1.0]))[0]) == pytest.approx(float(m))
    assert float(g.jvp(np.array([0.0]), np.array([1.0]))[0]) == pytest.approx(float(M))
    assert abs(2 * along(g, [Q(11, 7)], [Q(1)], 2)[0][2]) > fmpq(999, 1000) * M2
    shear = linear([[1, 1], [0, 1]])  # singular values are the golden ratio and its inverse
    assert all(
        value.overlaps((arb(5).sqrt() + sign) / 2)
        for value, sign in zip(shear.certificate.require("m", "M"), (-1, 1), strict=True)
    )


def test_coupling_is_undone_by_subtraction() -> None:
    shift = sines(reflection([1, 2]), Q(3, 2))
    z = np.array([[0.3, -1.2, 2.5, 0.1], [1.0, 0.0, 0.0, -4.0]])
    y = coupling(shift)(z)
    assert np.array_equal(y[:, :2], z[:, :2])
    assert np.allclose(y[:, 2:] - shift(y[:, :2]), z[:, 2:], atol=1e-15)
    with pytest.raises(NoCertificateError, match="M is not bounded: the derivative 2 t"):
        coupling(fold())


def test_maps_that_cannot_be_inverted_say_why() -> None:
    with pytest.raises(NoCertificateError, match="m = 0: z and -z"):
        fold().certificate.require("m")
    with pytest.raises(NoCertificateError, match="M is not bounded: the derivative 2 t"):
        compose(residual(Q(1, 2), [[1]]), fold()).certificate.require("M")
    with pytest.raises(NoCertificateError, match="m = 0: A is singular"):
        linear([[1, 2], [2, 4]]).certificate.require("m")
    assert sines([[1]], Q(1, 2)).certificate.m.value == 0


def test_bad_input() -> None:
    with pytest.raises(ValueError, match=r"matrix: rows 0 and 1 have the product 1, so it is not orthogonal"):
        residual(Q(1, 2), [[1, 0], [1, 1]])
    with pytest.raises(ValueError, match=r"scale = 1: must lie strictly between 0 and 1"):
        residual(1, [[1]])
    with pytest.raises(TypeError, match=r"scale = 0.5 is a float"):
        residual(0.5, [[1]])  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"skip\[0\]\[1\] = 0.5: entries must be int or Fraction"):
        linear([[1, 0.5], [0, 1]])  # type: ignore[list-item]
    with pytest.raises(ValueError, match=r"matrix\[1\] has 1 entries"):
        linear([[1, 0], [1]])
    with pytest.raises(ValueError, match=r"normal = \[0, 0\]: must not be 0"):
        reflection([0, 0])
    with pytest.raises(TypeError, match=r"value = 0.5 is a float"):
        Constant(0.5, "guessed")
    with pytest.raises(ValueError, match=r"fold has dimension 1, linear:d=2 has 2"):
        compose(fold(), linear([[1, 0], [0, 1]]))
    with pytest.raises(ValueError, match=r"z\[1, 0\] = nan: must be finite"):
        fold()([[0.0], [np.nan]])
    with pytest.raises(ValueError, match=r"fold\(z\)\[0\] = inf: must be finite"), np.errstate(over="ignore"):
        fold()([1e200])
    with pytest.raises(ValueError, match=r"'L' is no constant: they are m, M, M2, M3"):
        fold().certificate.require("L")
