"""The sign generator: its posterior by definition, by enumeration and by the product formula; what they are worth."""

from __future__ import annotations

from fractions import Fraction
from math import erfc, exp, prod, sqrt
from typing import Any

import numpy as np
import pytest
from flint import arb, fmpq
from hypothesis import given
from hypothesis import strategies as st

from retrodict.exact import posterior as exact
from retrodict.maps import BooleanMap, parse
from retrodict.maps.algebraic import gray
from retrodict.maps.permutations import perm, random
from retrodict.maps.sign_generator import codewords, decode, encode, generate, posterior, product_posterior
from retrodict.maps.sign_rates import gaussian_mean, rounding_rate, sampling_rate, sigmoid

positive = st.fractions(Fraction(1, 20), 20, max_denominator=50)


@st.composite
def finite_maps(draw: st.DrawFn) -> tuple[BooleanMap, list[Fraction]]:
    n, m = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    table = draw(st.lists(st.integers(0, 2**m - 1), min_size=2**n, max_size=2**n))
    return BooleanMap("f", n, m, table), draw(st.lists(positive, min_size=m, max_size=m))


@st.composite
def bijections(draw: st.DrawFn) -> tuple[BooleanMap, list[Fraction]]:
    n = draw(st.integers(1, 4))
    table = draw(st.permutations(range(2**n)))
    return BooleanMap("f", n, n, list(table)), draw(st.lists(positive, min_size=n, max_size=n))


@given(finite_maps())
def test_enumeration_is_bayes(case: tuple[BooleanMap, list[Fraction]]) -> None:
    """A channel with these odds shows each bit's value through probabilities w/(1+w) and 1/(1+w); then Bayes' rule."""
    f, odds = case
    joint = [
        Fraction(1, 2**f.n_inputs) * prod((w if y >> i & 1 else 1) / (1 + w) for i, w in enumerate(odds))
        for y in f.table.tolist()
    ]
    assert exact.posterior(f.table.tolist(), odds) == [p / sum(joint) for p in joint]


@given(bijections())
def test_the_product_formula_of_a_bijection(case: tuple[BooleanMap, list[Fraction]]) -> None:
    f, odds = case
    assert exact.product_formula(f.table.tolist(), odds) == exact.posterior(f.table.tolist(), odds)


@given(bijections(), st.lists(positive, min_size=1, max_size=3))
def test_samples_of_the_posterior_over_a_channel(
    case: tuple[BooleanMap, list[Fraction]], weights: list[Fraction]
) -> None:
    """Bayes' rule over all observations: right as often as bit by bit; the mode is right no less often."""
    table, n = case[0].table.tolist(), case[0].n_inputs
    channel = [w / sum(weights) for w in weights]
    seen = [(exact.posterior(table, odds), mass) for odds, mass in exact.observations(channel, n)]
    assert (len(seen), sum(mass for _, mass in seen)) == (len(channel) ** n, 1)
    assert [sum(mass * p[s] for p, mass in seen) for s in range(2**n)] == [Fraction(1, 2**n)] * 2**n
    sampled, guessed = (sum(mass * exact.agreement(p, q(p)) for p, mass in seen) for q in (lambda p: p, exact.mode))
    assert sampled == exact.channel_rate(channel) ** n <= guessed == sum(mass * max(p) for p, mass in seen)


@given(bijections(), st.data())
def test_and_of_no_other_map(case: tuple[BooleanMap, list[Fraction]], data: st.DataObject) -> None:
    f, odds = case
    table = f.table.tolist()
    s, t = data.draw(st.lists(st.integers(0, len(table) - 1), min_size=2, max_size=2, unique=True))
    table[s] = table[t]
    by_product, by_enumeration = exact.product_formula(table, odds), exact.posterior(table, odds)
    assert sum(by_enumeration) == 1
    assert (by_product == by_enumeration) == (sum(by_product) == 1)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=6))
def test_total_variation_is_the_largest_difference_over_events(pairs: list[tuple[int, int]]) -> None:
    p, q = ([Fraction(w[k] + 1, sum(v[k] + 1 for v in pairs)) for w in pairs] for k in (0, 1))
    events = [[s for s in range(len(p)) if event >> s & 1] for event in range(2 ** len(p))]
    assert exact.total_variation(p, q) == max(sum(p[s] - q[s] for s in event) for event in events)


@given(finite_maps(), st.fractions(Fraction(1, 2), 2, max_denominator=20), st.data())
def test_the_kernel_is_the_definition(
    case: tuple[BooleanMap, list[Fraction]], beta: Fraction, data: st.DataObject
) -> None:
    f, _ = case
    x = data.draw(st.lists(st.floats(-3, 3), min_size=f.n_outputs, max_size=f.n_outputs))
    found = posterior(f, [x], float(beta))[0]
    weights = [
        exp(-sum((a - c) ** 2 for a, c in zip(x, row, strict=True)) / (2 * float(beta) ** 2)) for row in codewords(f)
    ]
    assert np.allclose(found, np.array(weights) / sum(weights), rtol=1e-11, atol=0)
    noise = arb(fmpq(beta.numerator, beta.denominator))
    balls = exact.posterior(f.table.tolist(), [(2 * arb(a) / noise**2).exp() for a in x])
    assert all(abs(arb(p) - ball) < arb(1e-12) for p, ball in zip(found.tolist(), balls, strict=True))


@given(bijections(), st.data())
def test_the_two_kernels_agree_on_bijections(case: tuple[BooleanMap, list[Fraction]], data: st.DataObject) -> None:
    f, _ = case
    x = np.array([data.draw(st.lists(st.floats(-4, 4), min_size=f.n_inputs, max_size=f.n_inputs)) for _ in range(3)])
    assert np.abs(product_posterior(f, x, 0.7) - posterior(f, x, 0.7)).max() < 1e-12
    flipped = BooleanMap("flipped", f.n_inputs, f.n_inputs, f.table ^ np.uint64(1))
    x[:, 0] *= -1
    assert np.array_equal(posterior(flipped, x, 0.7), posterior(f, x * ([-1] + [1] * (f.n_inputs - 1)), 0.7))


def test_extreme_observations() -> None:
    f = perm(4, 0)
    x = np.array([[300.0, -300.0, 1e-9, 2.0]])
    for p in (posterior(f, x, 0.01), product_posterior(f, x, 0.01)):
        assert np.isfinite(p).all()
        assert abs(p.sum() - 1) < 1e-12


def test_decoding() -> None:
    rng = np.random.default_rng(0)
    x = rng.standard_normal((200, 5))
    f, g = perm(5, 1), random(5, 1)
    assert decode(f, x).tolist() == f.inverse().table[(x > 0) @ (1 << np.arange(5))].tolist()
    for h in (f, g):
        assert np.array_equal(decode(h, x), posterior(h, x, 0.8).argmax(axis=1))
    assert decode(BooleanMap("constant", 2, 1, [1] * 4), [[0.3]]).tolist() == [0]


def test_the_generator() -> None:
    f = perm(3, 2)
    z = np.random.default_rng(1).standard_normal((50, 3))
    s = [sum(1 << i for i in range(3) if row[i] > 0) for row in z.tolist()]
    expected = [[1 if int(f.table[k]) >> i & 1 else -1 for i in range(3)] for k in s]
    assert generate(f, z).tolist() == expected
    assert codewords(f)[s].tolist() == expected


def test_the_encoder_draws_from_the_posterior() -> None:
    """Chi-square over the eight patterns, 7 degrees of freedom; the same seed draws the same."""
    f = perm(3, 4)
    x = [0.4, -0.1, 0.9]
    n = 20000
    drawn = encode(f.inverse(), np.tile(x, (n, 1)), 1.1, seed=5)
    expected = n * posterior(f, [x], 1.1)[0]
    assert ((np.bincount(drawn, minlength=8) - expected) ** 2 / expected).sum() < 35  # p = 1e-5
    assert np.array_equal(drawn, encode(f.inverse(), np.tile(x, (n, 1)), 1.1, seed=5))
    assert encode(gray(4), [[1e3, -1e3, 1e3, -1e3]], 1e-3, seed=0).tolist() == [int(gray(4).table[5])]


@pytest.mark.parametrize(
    ("beta", "one", "eight", "mode"),
    [
        (Fraction(1), 77520025, 130410, 25106831),
        (Fraction(1, 2), 96570130, 756384, 83184989),
        (Fraction(1, 4), 99995089, 999607, 99974666),
    ],
)
def test_rates_as_specified(beta: Fraction, one: int, eight: int, mode: int) -> None:
    assert abs(sampling_rate(beta) * 10**8 - one) < 0.5
    assert abs(sampling_rate(beta) ** 8 * 10**6 - eight) < 0.5
    assert abs(rounding_rate(beta) ** 8 * 10**8 - mode) < 0.5


@pytest.mark.parametrize("beta", [Fraction(1, 10), Fraction(2, 3), 1, 3, 50])
@pytest.mark.parametrize("sharpness", [0, Fraction(1, 2), 1, 3])
def test_rates_by_another_quadrature(beta: Any, sharpness: Any) -> None:
    nu = np.linspace(-12, 12, 200001)
    t = np.clip(2 * float(sharpness) * (1 + float(beta) * nu) / float(beta) ** 2, -700, 700)
    values = np.exp(-nu * nu / 2) / np.sqrt(2 * np.pi) / (1 + np.exp(-t))
    assert abs(float(sampling_rate(beta, sharpness).mid()) - values.sum() * (nu[1] - nu[0])) < 1e-9
    assert sampling_rate(beta, sharpness).rad() < 1e-10
    assert abs(float(rounding_rate(beta).mid()) - (1 - erfc(1 / float(beta) / sqrt(2)) / 2)) < 1e-12


def test_gaussian_means_on_intervals() -> None:
    for low, high in [(0, 1), (-2, 3), (-30, 1), (1, 30), (-40, -20), (20, 40)]:
        mass = (arb(low) / arb(2).sqrt()).erfc() / 2 - (arb(high) / arb(2).sqrt()).erfc() / 2
        found = gaussian_mean(lambda nu: 1, arb(low), arb(high))
        assert found.overlaps(mass)
        assert found.rad() < 1e-10
    assert gaussian_mean(lambda nu: sigmoid(3 * nu)).overlaps(arb(0.5))
    left, right = (gaussian_mean(sigmoid, *ends) for ends in ((None, arb(1)), (arb(1), None)))
    assert (left + right).overlaps(arb(0.5))


def test_bad_arguments() -> None:
    f = gray(2)
    with pytest.raises(ValueError, match=r"x has shape \(2,\): gray:n=2 needs rows of 2 numbers"):
        posterior(f, [1.0, 2.0], 1)
    with pytest.raises(ValueError, match=r"z has shape \(1, 3\)"):
        generate(f, [[1.0, 2.0, 3.0]])
    with pytest.raises(ValueError, match=r"x\[1, 0\] = nan: must be finite"):
        decode(f, [[1.0, 2.0], [float("nan"), 0.0]])
    for beta in (0.0, -1.0, float("inf"), float("nan")):
        for call in (posterior, product_posterior, lambda f, x, beta: encode(f, x, beta, 0)):
            with pytest.raises(ValueError, match=f"beta = {beta}: the standard deviation"):
                call(f, [[1.0, 2.0]], beta)
    with pytest.raises(ValueError, match="share the image"):
        product_posterior(parse("random:n=2,seed=0"), [[1.0, 2.0]], 1.0)
    with pytest.raises(TypeError, match=r"beta = 0.1 is a float: write the exact number, as in Fraction\('0.1'\)"):
        sampling_rate(0.1)
    with pytest.raises(ValueError, match="beta = 0: the standard deviation of the noise must be positive"):
        rounding_rate(0)
