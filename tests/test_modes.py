"""Modes: pieces and masses are those of the definition, and no mixture of few unimodal laws beats the bound."""

from __future__ import annotations

from fractions import Fraction as Q
from itertools import pairwise
from math import isclose

import numpy as np
import pytest
from flint import arb, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from retrodict.capacity.modes import mixture_floor, modes_needed, tv_ceiling, tv_floor
from retrodict.maps.continuous import GenerativeMap, block, fold, linear, residual, stack
from retrodict.maps.continuous.folded import tent
from retrodict.maps.continuous.layered import leaky
from retrodict.maps.continuous.pieces import pieces, piecewise_posterior

small = st.integers(-3, 3)


@st.composite
def networks(draw: st.DrawFn) -> GenerativeMap:
    """Stacks of ReLU blocks of two or three units on the line, with and without a skip."""

    def layer() -> object:
        width = draw(st.integers(2, 3))
        rows = [[draw(small)] for _ in range(width)]
        return block(
            draw(st.sampled_from([None, [[1]], [[2]]])),
            [[draw(small) for _ in range(width)]],
            "relu",
            rows,
            [Q(draw(small), 2) for _ in range(width)],
            [draw(small)],
        )

    return stack("network", [layer() for _ in range(draw(st.integers(1, 3)))])  # type: ignore[misc]


@settings(deadline=None, max_examples=60)
@given(g=networks(), points=st.lists(st.fractions(-5, 5, max_denominator=64), min_size=20, max_size=20))
def test_pieces_are_the_map(g: GenerativeMap, points: list[Q]) -> None:
    found = pieces(g)
    assert found[0].low is None
    assert found[-1].high is None
    for one, after in pairwise(found):
        assert one.high == after.low
        assert (one.slope, one.constant) != (after.slope, after.constant)
        assert one.slope * one.high + one.constant == after.slope * one.high + after.constant
    for z in points:
        at = fmpq(z.numerator, z.denominator)
        (value,) = {
            p.slope * at + p.constant
            for p in found
            if (p.low is None or p.low <= at) and (p.high is None or at <= p.high)
        }
        assert isclose(g([float(z)])[0], int(value.p) / int(value.q), abs_tol=1e-9)


def on_a_grid(g: GenerativeMap, x: float, beta: float, reach: float = 8.0) -> tuple[np.ndarray, np.ndarray]:
    z = np.linspace(-reach, reach, 400_001)
    u = z * z / 2 + (g(z[:, None])[:, 0] - x) ** 2 / (2 * beta * beta)
    p = np.exp(u.min() - u)
    return z, p / p.sum()


@settings(deadline=None, max_examples=15)
@given(
    g=networks(), x=st.integers(-2, 2), beta=st.sampled_from([Q(1, 4), Q(1), Q(3)]), low=small, length=st.integers(0, 4)
)
def test_masses_are_integrals(g: GenerativeMap, x: int, beta: Q, low: int, length: int) -> None:
    law = piecewise_posterior(g, x, beta)
    z, p = on_a_grid(g, x, float(beta))
    high = low + Q(length, 2)
    assert float(law.mass(low, high).mid()) == pytest.approx(p[(z >= low) & (z <= float(high))].sum(), abs=1e-3)
    assert law.mass(None, None).overlaps(arb(1))
    assert (law.mass(None, low) + law.mass(low, high) + law.mass(high, None)).overlaps(arb(1))
    for piece, mass in zip(law.pieces, law.masses, strict=True):
        assert mass.overlaps(law.mass(piece.low, piece.high))


def test_far_observations_keep_their_digits() -> None:
    law = piecewise_posterior(tent(1), -60, Q(1, 10))
    assert law.mass(None, 0).overlaps(arb(1) / 2)
    assert law.mass(None, 0).rad() < 1e-9


@settings(deadline=None, max_examples=200)
@given(data=st.data(), components=st.integers(1, 3), k=st.integers(2, 6), gap=st.integers(1, 3))
def test_the_lemma_on_mixtures_of_step_functions(data: st.DataObject, components: int, k: int, gap: int) -> None:
    """Intervals are cells 0, gap + 1, ...; the rest are cells of the gaps."""
    cells = k + gap * (k - 1)
    total = [Q(0)] * cells
    for _ in range(components):
        top = data.draw(st.integers(0, cells - 1))
        heights = data.draw(st.lists(st.integers(0, 5), min_size=cells, max_size=cells).filter(any))
        one = sorted(heights[:top]) + sorted(heights[top:], reverse=True)
        weight = data.draw(st.integers(0, 4)) / Q(sum(one))
        total = [a + weight * b for a, b in zip(total, one, strict=True)]
    if sum(total):
        masses = sorted(total[:: gap + 1])
        rho = Q(1, gap)
        assert sum(masses[: max(0, k - components)]) <= rho / (1 + rho) * sum(total)


@pytest.mark.parametrize("g", [fold(), tent(2)], ids=lambda g: g.name)
@pytest.mark.parametrize("beta", [Q(1, 5), Q(1, 20), Q(1, 100)])
def test_mixtures_of_gaussians_obey_the_bound(g: GenerativeMap, beta: Q) -> None:
    z, p = on_a_grid(g, 0.0, float(beta), 4.0)
    rng = np.random.default_rng(1)
    for components in (1, 2, 3):
        floor = float(tv_floor(g, 0, beta, components).mid())
        for _ in range(40):
            mean, deviation = (
                rng.choice([-0.75, -0.25, 0.25, 0.75, 1, -1, 0], components),
                rng.choice([0.01, 0.05, 0.3, 1], components),
            )
            q = sum(np.exp(-((z - m) ** 2) / (2 * s * s)) / s for m, s in zip(mean, deviation, strict=True))
            assert np.abs(p - q / q.sum()).sum() / 2 >= floor - 1e-4


def test_floor_and_ceiling_of_tents() -> None:
    for k in (1, 3, 5):
        for components in range(1, 2**k + 1):
            floor, ceiling = (bound(tent(k), 0, Q(1, 200), components) for bound in (tv_floor, tv_ceiling))
            assert not floor > ceiling
            assert ceiling - floor < fmpq(1, 40)
    needed = modes_needed(tent(5), 0, Q(1, 200), Q(1, 10))
    assert tv_floor(tent(5), 0, Q(1, 200), needed - 1) > fmpq(1, 10)
    assert not tv_floor(tent(5), 0, Q(1, 200), needed) > fmpq(1, 10)


def test_one_mode_is_enough_for_invertible_maps() -> None:
    for g in (linear([[3]]), leaky(1, Q(1, 2), 3, "relu"), residual(Q(1, 2), [[1]])):
        assert modes_needed(g, 1, Q(1, 20), Q(1, 20)) == 1


def test_exact_arguments_give_exact_bounds() -> None:
    third = Q(1, 3)
    assert mixture_floor([third] * 3, [1, 1, 2], [10, 20], 1) == fmpq(2, 3) - fmpq(1, 11)
    assert mixture_floor([third] * 3, [1, 1, 1], [1, 1], 2) == 0
    assert mixture_floor([third] * 3, [1, 1, 1], [1, 1], 3) == 0
    wide = mixture_floor([arb(0.3, 0.1), arb(0.4, 0.1)], [1, 1], [999], 1)
    assert wide.contains(arb(0.3 - 0.001 + 0.05))
    assert wide.contains(arb(0.3 - 0.001 - 0.05))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: mixture_floor([Q(1)], [1], [], 0), ValueError, "components = 0: must be at least 1"),
        (lambda: mixture_floor([Q(1)], [1], [1], 1), ValueError, "1 masses go with as many widths and one gap less"),
        (lambda: mixture_floor([Q(1), Q(0)], [1, 0], [1], 1), ValueError, r"widths\[1\] = 0: must be positive"),
        (lambda: mixture_floor([0.5], [1], [], 1), TypeError, "is a float"),
        (lambda: tv_floor(fold(), 0, 1, 0), ValueError, "components = 0"),
        (lambda: tv_floor(linear([[1, 0], [0, 1]]), 0, 1, 1), ValueError, "has dimension 2: must be 1"),
        (lambda: tv_floor(tent(1), 0, 0, 1), ValueError, "beta = 0: the standard deviation"),
        (lambda: tv_ceiling(fold(), 0, 1, 1), ValueError, "activation 'square': it is linear on pieces for relu"),
        (lambda: modes_needed(fold(), 0, 1, 1), ValueError, "eps = 1: must lie between 0 and 1"),
        (lambda: piecewise_posterior(tent(1), 0, 1).mass(0.5, 1), TypeError, "end = 0.5: must be int, Fraction"),
    ],
)
def test_bad_arguments(call: object, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()  # type: ignore[operator]
