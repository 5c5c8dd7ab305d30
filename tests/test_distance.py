"""Encoders that separate, and distances of products."""

import math
from fractions import Fraction as Q

import numpy as np
import pytest
from flint import arb, fmpq_mat
from hypothesis import given, settings
from hypothesis import strategies as st

from retrodict.encoders.distance import distance, product_bounds
from retrodict.encoders.factors import NotSeparableError, factors, separate
from retrodict.encoders.line_distance import Comparison, total_variation_to_posterior
from retrodict.encoders.unrolled import UnrolledEncoder, iterate
from retrodict.maps.continuous import (
    GenerativeMap,
    block,
    compose,
    coupling,
    linear,
    reflection,
    residual,
    sines,
    stack,
)

HALF = Q(1, 2)
MIRROR = reflection([1, 2, 3])
DIAGONAL = linear([[2, 0, 0], [0, -1, 0], [0, 0, 3]])
PAIRED = stack(  # softplus(t) - softplus(-t) = t on the rows of a reflection, with another offset for each coordinate
    "paired",
    [
        block(
            None,
            [list(a) + [-v for v in a] for a in zip(*MIRROR, strict=True)],
            "softplus",
            [*MIRROR, *[[-v for v in row] for row in MIRROR]],
            [0, Q(1, 3), 1, 0, 0, Q(1, 5)],
            [1, 2, 3],
        )
    ],
)
SEPARABLE = [residual(HALF, MIRROR), compose(residual(HALF, MIRROR), residual(Q(1, 3), MIRROR)), PAIRED, DIAGONAL]
NUMBERS = st.lists(st.fractions(-2, 2, max_denominator=8), min_size=3, max_size=3)


def unrolled(g: GenerativeMap) -> UnrolledEncoder:
    return UnrolledEncoder(g, HALF, 4, Q(1, 16), Q(1, 50), 3, Q(1, 100))


@settings(deadline=None, max_examples=20)
@given(which=st.integers(0, len(SEPARABLE) - 1), x=NUMBERS, seed=st.integers(0, 99))
def test_factors_run_the_encoder_in_rotated_coordinates(which: int, x: list[Q], seed: int) -> None:
    g = SEPARABLE[which]
    e, noise = unrolled(g), np.random.default_rng(seed).standard_normal((4, 5, 3))
    rotation = np.array([[float(int(v.p) / int(v.q)) for v in row] for row in separate(g)[0].tolist()])
    whole = iterate(e, np.tile(np.array(x, dtype=float), (5, 1)), noise) @ rotation.T
    for i, (one, seen) in enumerate(factors(e, x)):
        start = np.full((5, 1), int(seen.p) / int(seen.q))
        alone = iterate(one, start, (noise @ rotation.T)[..., i : i + 1])
        assert np.allclose(alone[:, 0], whole[:, i], atol=1e-11)


def test_rotations_are_orthogonal() -> None:
    for g in SEPARABLE:
        rotation, maps = separate(g)
        assert rotation * rotation.transpose() == fmpq_mat([[int(i == j) for j in range(3)] for i in range(3)])
        assert [one.dimension for one in maps] == [1, 1, 1]


@pytest.mark.parametrize("g", [residual(HALF, reflection([1, 2])), linear([[2, 0], [0, 1]])], ids=lambda g: g.name)
def test_a_product_is_no_closer_than_a_factor(g: GenerativeMap) -> None:
    e = unrolled(g)
    found = distance(e, [1, Q(1, 3)])
    each = [total_variation_to_posterior(one, seen) for one, seen in factors(e, [1, Q(1, 3)])]
    assert found.grade == "certified"
    assert not max(each, key=float) > found.upper
    assert not found.lower > sum(each[1:], each[0])
    assert found.lower < found.upper
    assert found.upper < 1 - (1 - each[0]) * (1 - each[1]) + 1e-9


@pytest.mark.parametrize("d", [1, 2, 4])
def test_bounds_of_products_hold_for_gaussians(d: int) -> None:
    """Equal factors N(0, v) against N(0, 1): by symmetry TV is that of chi-square laws scaled by v, here by a sum."""
    e = UnrolledEncoder(linear([[int(i == j) for j in range(d)] for i in range(d)]), HALF, 0, Q(1), Q(0), 30, Q(1, 20))
    r = 1 / 4  # eta over the posterior's variance 1/5
    v = (1 - (1 - r) ** 60) / (1 - r / 2)
    points = (np.arange(400_000) + 0.5) * 1e-4
    log = (d - 1) * np.log(points) - math.lgamma(d / 2) - (d / 2 - 1) * np.log(2)
    chi = np.exp(log - points**2 / 2)
    wide = np.exp(log - points**2 / (2 * v)) / v ** (d / 2)
    truth = np.abs(chi - wide).sum() / 2 * 1e-4
    found = distance(e, [0] * d)
    assert float(found.lower) <= truth + 1e-6
    assert truth <= float(found.upper) + 1e-6
    assert float(found.upper) < 1.6 * float(truth)
    assert float(found.lower) > 0.6 * float(truth)


def test_bounds_of_products_by_hand() -> None:
    """Fair against biased coins: outcomes 1/4 each against 1/16, 3/16, 3/16, 9/16."""
    quarter, half = arb(1) / 4, arb(1) / 2
    coin = Comparison(quarter, (half, quarter), 1 - (arb(1) / 8).sqrt() - (arb(3) / 8).sqrt())
    lower, upper = product_bounds([coin, coin])
    assert abs(lower - arb(5) / 16) < 1e-12
    assert abs(upper - (1 - (1 - coin.hellinger) ** 4).sqrt()) < 1e-12
    far = Comparison(quarter, (half, quarter), arb(1))
    assert abs(product_bounds([far, far])[1] - arb(7) / 16) < 1e-12


def test_on_the_line_the_interval_is_narrow() -> None:
    found = distance(unrolled(residual(HALF, [[1]])), [1])
    assert 0 < found.lower < found.upper < found.lower + 1e-9


def test_bad_input() -> None:
    turned = stack("turned", [*residual(HALF, MIRROR).blocks, *linear([[1, 1, 0], [0, 1, 1], [1, 0, 2]]).blocks])
    with pytest.raises(NotSeparableError, match="turned: no rotation was found that separates its coordinates"):
        separate(turned)
    with pytest.raises(NotSeparableError, match="coupling"):
        separate(coupling(sines([[1]], HALF)))
    with pytest.raises(ValueError, match="x has 2 entries: residual:d=3,a=1/2 has dimension 3"):
        distance(unrolled(residual(HALF, MIRROR)), [1, 2])
    with pytest.raises(ValueError, match="x has 2 entries: residual:d=1,a=1/2 has dimension 1"):
        distance(unrolled(residual(HALF, [[1]])), [1, 2])
    with pytest.raises(TypeError, match=r"x\[1\] = 0\.5 is a float"):
        factors(unrolled(residual(HALF, MIRROR)), [1, 0.5, 1])
