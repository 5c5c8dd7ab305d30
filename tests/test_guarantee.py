"""The encoder with a proof: its inequalities, recomputed from the encoder; the extension; what is refused and why."""

from __future__ import annotations

from fractions import Fraction as Q
from typing import Any

import numpy as np
import pytest
from flint import arb, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from retrodict.encoders.chi_square import chi_square_tail
from retrodict.encoders.extension import REACH, curvatures, fit, fit_slope, margin, penalty, penalty_slope, radius
from retrodict.encoders.guarantee import KEPT, Guarantee, NoGuaranteeError, construct, largest_noise, require
from retrodict.encoders.unrolled import iterate
from retrodict.maps.continuous import (
    Certificate,
    Constant,
    GenerativeMap,
    NoCertificateError,
    block,
    compose,
    coupling,
    fold,
    linear,
    reflection,
    residual,
    sines,
    stack,
)

WAVES = [residual(Q(1, 2), reflection([1 + i % 3 for i in range(d)])) for d in (1, 2, 5)]
MAPS = [*WAVES, compose(WAVES[1], WAVES[1]), coupling(sines([[1]], Q(1, 2))), linear([[2, 0], [0, 3]])]
ERRORS = st.sampled_from([Q(1, 10), Q(3, 100), Q(1, 1000)])
SPOTS = st.fractions(min_value=0, max_value=6, max_denominator=64)


def total_again(found: Guarantee) -> Any:
    """The bound on total variation, from the encoder's numbers and the constants of its map alone."""
    e, g = found.encoder, found.encoder.generator
    m, M, M2 = (arb(c) for c in g.certificate.require("m", "M", "M2"))
    d, beta = g.dimension, arb(fmpq(e.beta.numerator, e.beta.denominator))
    s, v, eta = (arb(fmpq(f.numerator, f.denominator)) for f in (e.descent_step, e.spread, e.langevin_step))
    t = (2 * (2 * found.failure.denominator / arb(found.failure.numerator)).log()).sqrt()
    X, Z = (M + beta) * (arb(d).sqrt() + t), (1 + beta / m) * (arb(d).sqrt() + t)
    assert X.overlaps(found.constants["X"])
    assert s * (M * M + M2 * X) <= 1
    a, A = 1 + (m / beta) ** 2, 1 + (M / beta) ** 2
    low, high, rho = a, A, None
    if M2 > 0:
        low, high = curvatures(m, M, found.constants["keep"], beta)
        rho = REACH * radius(m, M, M2, found.constants["keep"])
    assert 4 * eta * high**2 <= low
    h = (1 - s * m * m) ** arb(e.descent_steps / arb(2)) * X / m + Z / low
    start = arb(d) / 2 * (v * high - 1 - (low * v).log()) + high * h**2 / 2
    divergence = (-low * eta * e.langevin_steps).exp() * start + 8 * eta * d * high**2 / low
    total = (divergence / 2).sqrt()
    if rho is not None:
        assert rho > h + Z / low
        total += e.langevin_steps * chi_square_tail(d, (rho - Z / low - h) ** 2 * low * (1 - low * eta / 2))
        b = a / 4
        ratio = (d * (A / (a - b)).log() / 2 + Z**2 / (2 * b)).exp()
        total += chi_square_tail(d, low * (rho - Z / low) ** 2) + ratio * chi_square_tail(d, (a - b) * rho**2)
    return total


@settings(deadline=None, max_examples=20)
@given(which=st.integers(0, len(MAPS) - 1), eps=ERRORS, share=st.integers(1, 40))
def test_what_is_constructed_is_proved(which: int, eps: Q, share: int) -> None:
    g = MAPS[which]
    limit = largest_noise(g, eps)
    found = construct(g, Q(1, share) * (1 if limit is None else limit), eps)
    assert all(one.holds for one in found.inequalities)
    assert total_again(found) <= arb(fmpq(eps.numerator, eps.denominator))


@pytest.mark.parametrize("g", WAVES, ids=lambda g: g.name)
def test_the_largest_noise_is_between_an_admissible_and_a_refused_one(g: GenerativeMap) -> None:
    limit = largest_noise(g, Q(1, 10))
    assert limit is not None
    assert construct(g, limit, Q(1, 10)).failing is None
    with pytest.raises(NoGuaranteeError, match=f"the largest beta found .* is {limit}$"):
        construct(g, limit * Q(65, 64), Q(1, 10))


def test_one_step_less_is_not_proved() -> None:
    found = construct(WAVES[0], Q(1, 200), Q(1, 10))
    c, eta = found.constants, found.encoder.langevin_step
    shorter = -c["alpha"] * fmpq(eta.numerator, eta.denominator) * (found.encoder.langevin_steps - 1)
    bias = 8 * fmpq(eta.numerator, eta.denominator) * c["Lambda"] ** 2 / c["alpha"]
    assert ((shorter.exp() * c["KL_0"] + bias) / 2).sqrt() > c["langevin"]
    assert ((shorter.exp() * c["KL_0"] + bias) / 2).sqrt() > fmpq(15, 160)


def test_descent_ends_where_it_should() -> None:
    for g in (WAVES[1], MAPS[4]):
        found = construct(g, Q(1, 400), Q(1, 10))
        e, c = found.encoder, found.constants
        z = np.random.default_rng(1).normal(size=(20, g.dimension))
        x = g(z)  # no noise: the cause is z
        no_chain = type(e)(g, e.beta, e.descent_steps, e.descent_step, Q(0), 0, e.langevin_step)
        gap = np.linalg.norm(iterate(no_chain, x, np.zeros((1, *x.shape))) - z, axis=1)
        assert (gap <= float(c["delta"])).all()


@given(s=SPOTS)
def test_the_profile_is_its_own_integral(s: Q) -> None:
    at = fmpq(s.numerator, s.denominator)
    step = fmpq(1, 1 << 20)
    for whole, part in ((fit, fit_slope), (penalty_slope, penalty)):
        slope = (whole(at + step) - whole(at)) / step
        assert min(part(at), part(at + step)) <= slope <= max(part(at), part(at + step))


@given(s=SPOTS, keep=st.sampled_from(KEPT))
def test_the_margin_is_positive(s: Q, keep: Q) -> None:
    assert margin(fmpq(s.numerator, s.denominator), fmpq(keep.numerator, keep.denominator)) >= 0


@given(d=st.integers(1, 12), level=st.integers(1, 60))
def test_chi_square_tails(d: int, level: int) -> None:
    """P(chi^2_{d+2} > c) = P(chi^2_d > c) + (c/2)^{d/2} exp(-c/2) / Gamma(d/2 + 1), from erfc and exp."""
    c = arb(level)
    base, first = ((c / 2).sqrt().erfc(), 1) if d % 2 else ((-c / 2).exp(), 2)
    for k in range(first, d, 2):
        base += ((c / 2).log() * arb(k) / 2 - c / 2).exp() / (arb(k) / 2 + 1).gamma()
    assert chi_square_tail(d, c).overlaps(base)
    assert chi_square_tail(d, arb(0)) == 1


def test_maps_without_constants_are_refused() -> None:
    kinked = stack("kinked", [block([[2]], [[1]], "relu", [[1]])])
    for g, reason in ((fold(), "z and -z have the same image"), (kinked, "ReLU has a kink at 0")):
        with pytest.raises(NoCertificateError, match=f"{reason}.*smooth activations"):
            construct(g, Q(1, 100), Q(1, 10))
    with pytest.raises(NoCertificateError, match="A is singular"):
        require(linear([[1, 1], [1, 1]]))


@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        ((0.1, Q(1, 10)), TypeError, r"beta = 0\.1: write the exact number, as in Fraction\('0\.1'\)"),
        ((Q(-1), Q(1, 10)), ValueError, "beta = -1: must be positive"),
        ((Q(1, 100), Q(1)), ValueError, "eps = 1: must lie between 0 and 1"),
        ((Q(1, 100), Q(1, 10), Q(0)), ValueError, "failure = 0: must lie between 0 and 1"),
    ],
)
def test_arguments_are_named(arguments: tuple[Any, ...], kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message):
        construct(WAVES[0], *arguments)


def test_a_worse_certificate_makes_a_smaller_noise() -> None:
    g = WAVES[0]
    bent = GenerativeMap(
        "bent",
        1,
        g.forward,
        g.jvp,
        g.vjp,
        Certificate(g.certificate.m, g.certificate.M, Constant(1, "twice as large"), Constant(None, "not needed")),
        g.blocks,
    )
    one, other = largest_noise(g, Q(1, 10)), largest_noise(bent, Q(1, 10))
    assert one is not None
    assert other is not None
    assert other < one
