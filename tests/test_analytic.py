"""Integrals through activations with poles, branch cuts and kinks: no complex ball is taken for what it is not."""

from __future__ import annotations

from fractions import Fraction as Q
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from flint import acb, arb, arb_series, ctx, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from retrodict.maps.continuous import ACTIVATIONS, GenerativeMap, block, parse_continuous, stack
from retrodict.maps.continuous.generative_map import vector
from retrodict.maps.continuous.line import enclosure, gaussian, integral, total_variation
from retrodict.maps.continuous.posterior import energy, posterior

ENTIRE = {"sin", "square"}
KINKS = {"relu", "sign"}
# where an activation is not analytic, or its branch not the one of the line
SINGULAR = {
    "softplus": acb(2, arb.pi()),  # 1 + e^t is negative, on the cut of the logarithm and far from 0
    "sigmoid": acb(0, arb.pi()),
    "tanh": acb(0, arb.pi() / 2),
    "relu": acb(0, 1),
    "sign": acb(0, 1),
}
NEAR = st.floats(-3, 3).map(lambda x: arb(x))


def at(name: str, t: Any) -> Any:
    return ACTIVATIONS[name].value(vector(t))[0]


def curve(name: str) -> GenerativeMap:
    """z + phi(2 z) / 2 on the line."""
    return stack(f"curve:{name}", [block([[1]], [[Q(1, 2)]], name, [[2]])])


def riemann(f: Any, low: int, high: int, cells: int = 512) -> Any:
    """The integral by the midpoint rule, f'' enclosed in each cell; by the range of f in a cell without one."""
    found, corners = arb(0), [arb(low) + arb(high - low) * k / cells for k in range(cells + 1)]
    for a, b in pairwise(corners):
        h, middle, cell = b - a, ((a + b) / 2).mid(), a.union(b)
        second = 2 * f(arb_series([cell, 1], prec=3))[2]
        found += h * f(middle) + h * h * h * second / 24 if second.is_finite() else h * f(cell)
    return found


@pytest.mark.parametrize("name", sorted(ACTIVATIONS.keys() & {*ENTIRE, *SINGULAR}))
@settings(deadline=None, max_examples=40)
@given(x=NEAR, y=NEAR, radius=st.sampled_from([0.0, 1e-9, 0.1, 1.0]))
def test_complex_balls_are_analytic_or_no_numbers(name: str, x: arb, y: arb, radius: float) -> None:
    """On a disc where the value is finite, Cauchy's mean over the circle around its centre is the value there."""
    disc = acb(arb(x, radius), arb(y, radius))
    if not at(name, disc).is_finite() or not radius:
        return
    centre = acb(x, y)
    mean = acb.integral(
        lambda angle, analytic: at(name, centre + (angle * acb(0, 1)).exp() * arb(radius).mid()),
        0,
        2 * arb.pi(),
        rel_tol=arb(2) ** -30,
        abs_tol=arb(2) ** -30,
    ) / (2 * arb.pi())
    assert mean.overlaps(at(name, centre))


@pytest.mark.parametrize("name", sorted(SINGULAR))
def test_what_is_not_analytic_is_no_number(name: str) -> None:
    around = SINGULAR[name] + acb(arb(0, 0.25), arb(0, 0.25))
    assert not at(name, around).is_finite()
    assert at(name, acb(arb(1, 0.5), arb(0, 0.5))).is_finite()
    if name in KINKS:
        assert at(name, arb(0, 1)).is_finite()
        assert not at(name, arb_series([arb(0, 1), 1], prec=3))[0].is_finite()
        assert at(name, arb_series([arb(-2), 1], prec=3))[0].overlaps(at(name, arb(-2)))
        assert at(name, arb_series([arb(2), 1], prec=3))[1] == (name == "relu")


@pytest.mark.parametrize("name", sorted(ACTIVATIONS.keys() & {*ENTIRE, *SINGULAR}))
def test_integrals_of_activations(name: str) -> None:
    f = lambda t: at(name, t)  # noqa: E731
    found = integral(f, arb(-3), arb(5))
    assert found.overlaps(riemann(f, -3, 5))
    assert found.rad() < 1e-9


@pytest.mark.parametrize("name", sorted({"softplus", "sigmoid", "tanh", "relu"}))
@settings(deadline=None, max_examples=6)
@given(x=st.fractions(-2, 2, max_denominator=8), beta=st.sampled_from([Q(1, 3), Q(1), Q(2)]))
def test_posterior_is_the_quotient_of_plain_sums(name: str, x: Q, beta: Q) -> None:
    g = curve(name)
    u, p = energy(g, x, beta), posterior(g, x, beta)
    density = lambda z: (-u(z)).exp()  # noqa: E731
    whole = riemann(density, -8, 8) + arb(0).union(6 * arb(-32).exp())  # U >= z^2 / 2 outside
    part = riemann(density, 0, 2, 256)
    found = p.mass(arb(0), arb(2))
    assert found.overlaps(part / whole)
    assert found.rad() < 1e-8
    assert p.mass(-p.reach, p.reach).overlaps(arb(1))
    assert p.outside(p.reach) < 1e-12


@pytest.mark.parametrize("name", ["leaky:d=1,s=1/4,layers=2", "leakyrelu:d=1,s=1/4,layers=2", "pooling:d=1,a=1/2"])
def test_posteriors_of_families(name: str) -> None:
    p = posterior(parse_continuous(name), Q(1, 3), Q(1, 5))
    assert abs(p.mass(-p.reach, p.reach) - 1) < 1e-12
    distance = total_variation(p, gaussian(0, Q(1, 2)))
    grid = np.linspace(-12, 12, 96001)
    weights = np.exp(-(grid**2) / 2 - 12.5 * (parse_continuous(name)(grid[:, None])[:, 0] - 1 / 3) ** 2)
    weights /= weights.sum()
    normal = np.exp(-2 * grid**2)
    assert float(distance.mid()) == pytest.approx(abs(weights - normal / normal.sum()).sum() / 2, abs=1e-5)
    assert distance.rad() < 1e-8


def test_tent_has_a_mode_for_each_cause() -> None:
    p = posterior(parse_continuous("tent:k=2"), 0, Q(1, 50))
    for low, high in ((-1, Q(-1, 2)), (Q(-1, 2), 0), (0, Q(1, 2)), (Q(1, 2), 1)):
        assert (
            p.mass(arb(fmpq(Q(low).numerator, Q(low).denominator)), arb(fmpq(Q(high).numerator, Q(high).denominator)))
            > 0.2
        )


def test_a_kink_is_enclosed_without_a_series() -> None:
    cell = enclosure(lambda z: at("relu", z), arb(-1), arb(1))
    assert cell.is_finite()
    assert cell.contains(0)
    assert cell.contains(1)
    assert enclosure(lambda z: at("relu", z), arb(1), arb(2)).rad() < 0.51


def test_precision_of_the_context() -> None:
    with ctx.workprec(200):
        found = integral(lambda z: at("tanh", z), arb(0), arb(1))
        assert found.overlaps(arb(1).cosh().log())
        assert found.rad() < arb(2) ** -180
