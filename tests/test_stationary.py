"""Stationary laws of Langevin's steps: closed forms, fixed points, and maps that have none."""

from dataclasses import replace
from fractions import Fraction as Q

import numpy as np
import pytest
from flint import arb, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from retrodict.encoders.line_chain import chain_law
from retrodict.encoders.line_distance import distance_to_posterior, total_variation_to_posterior
from retrodict.encoders.stationary import confinement, stationary_law
from retrodict.encoders.strips import line_step
from retrodict.encoders.unrolled import UnrolledEncoder
from retrodict.maps.continuous import GenerativeMap, NoCertificateError, fold, linear, residual
from retrodict.maps.continuous.line import gaussian, total_variation

WAVE = residual(Q(1, 2), [[1]])


def langevin(g: GenerativeMap, beta: Q, eta: Q, steps: int = 1) -> UnrolledEncoder:
    return UnrolledEncoder(g, beta, 0, Q(1), Q(0), steps, eta)


@settings(deadline=None, max_examples=5)
@given(
    a=st.fractions(Q(1, 2), 2, max_denominator=8),
    x=st.fractions(-2, 2, max_denominator=8),
    part=st.fractions(Q(1, 10), Q(3, 2), max_denominator=10),
)
def test_linear_maps_have_the_closed_form(a: Q, x: Q, part: Q) -> None:
    beta = Q(1, 2)
    precision = 1 + a * a / beta**2
    e = langevin(linear([[a]]), beta, part / precision)
    found = distance_to_posterior(stationary_law(e, x), line_step(e, x))
    variance = 1 / (1 - part / 2)  # in units of that of the posterior
    closed = total_variation(gaussian(0, arb(fmpq(variance.numerator, variance.denominator)).sqrt()), gaussian(0, 1))
    assert found.overlaps(closed)
    assert found.rad() < 1e-9


def test_the_law_of_many_steps_is_near() -> None:
    e = langevin(WAVE, Q(1, 2), Q(1, 40), 400)
    law, many, z = stationary_law(e, 1), chain_law(e, 1), np.linspace(-6, 6, 4001)
    assert np.abs(law.density(z) - many.density(z)).sum() * (z[1] - z[0]) < 1e-8
    assert total_variation_to_posterior(e, 1).overlaps(distance_to_posterior(law, line_step(e, 1)))


def test_the_law_is_where_it_is_confined() -> None:
    e = langevin(WAVE, Q(1, 2), Q(1, 40), 3000)
    centre, reach = confinement(e, line_step(e, 3))
    assert WAVE([centre])[0] == pytest.approx(3, abs=1e-6)
    law = chain_law(e, 3)
    outside = law.weights[np.abs(law.means - centre) > reach].sum()
    assert outside < 1e-15
    assert reach < 12


def test_bad_input() -> None:
    with pytest.raises(NoCertificateError, match="m = 0: z and -z have the same image"):
        stationary_law(langevin(fold(), Q(1, 2), Q(1, 100)), 0)
    with pytest.raises(ValueError, match=r"langevin_step = 1/2: .* contract only below 2 / \(1 \+ M\^2 / beta\^2\)"):
        stationary_law(langevin(WAVE, Q(1, 2), Q(1, 2)), 0)
    with pytest.raises(ArithmeticError, match=r"an L1 error of .* exceeds 1e-30"):
        stationary_law(langevin(WAVE, Q(1, 2), Q(1, 40)), 0, 1e-30)
    with pytest.raises(ArithmeticError, match=r"\d+ nodes, more than 4000"):
        stationary_law(langevin(WAVE, Q(1, 2), Q(1, 10**5)), 0)
    with pytest.raises(ValueError, match="is not made of blocks"):
        stationary_law(langevin(replace(WAVE, blocks=()), Q(1, 2), Q(1, 40)), 0)
