"""Encoders in two and three dimensions: grids against the definition, and against factors and closed forms."""

from fractions import Fraction as Q

import numpy as np
import pytest
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st

from retrodict.encoders.distance import distance
from retrodict.encoders.factors import NotSeparableError, factors, separate
from retrodict.encoders.gaussian_chain import gaussian_laws, gaussian_total_variation
from retrodict.encoders.grid_chain import GridLaw, factors_of, grid_law, tensor
from retrodict.encoders.grid_distance import grid_total_variation
from retrodict.encoders.line_chain import chain_law
from retrodict.encoders.line_distance import total_variation_to_posterior
from retrodict.encoders.unrolled import UnrolledEncoder, iterate
from retrodict.maps.continuous import GenerativeMap, block, coupling, linear, reflection, residual, sines, stack

WAVE = residual(Q(1, 2), reflection([1, 2]))
SHEAR = linear([[1, 1], [0, 1]])
COUPLED = coupling(sines([[1]], 1))


def unrolled(g: GenerativeMap, steps: int = 6, spread: Q = Q(0)) -> UnrolledEncoder:
    return UnrolledEncoder(g, Q(1, 2), 9, Q(1, 8), spread, steps, Q(1, 50))


@pytest.mark.parametrize("d", [2, 3])
def test_the_tensor_is_its_definition(d: int) -> None:
    rng = np.random.default_rng(3)
    law = GridLaw(rng.normal(size=(5000, d)), rng.random(5000), 0.3, 0.0)
    axes = [rng.normal(size=3 + c) for c in range(d)]
    points = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)
    square = ((points[..., None, :] - law.means) ** 2).sum(axis=-1)
    plain = (np.exp(-square / 0.6) / (0.6 * np.pi) ** (d / 2)) @ law.weights
    assert np.allclose(tensor(factors_of(law, axes), law.weights), plain, rtol=1e-11)
    assert np.allclose(law.density(axes), plain, rtol=1e-11)


@pytest.mark.parametrize("spread", [Q(0), Q(1, 30)])
def test_a_grid_gives_the_product_of_the_factors(spread: Q) -> None:
    e, x = unrolled(WAVE, 4, spread), [1, Q(1, 2)]
    law = grid_law(e, x)
    lines = [chain_law(one, seen) for one, seen in factors(e, x)]
    rotation = np.array([[float(int(v.p) / int(v.q)) for v in row] for row in separate(WAVE)[0].tolist()])
    axes = [np.linspace(-2, 3, 101)] * 2
    points = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1) @ rotation.T
    plain = lines[0].density(points[..., 0]) * lines[1].density(points[..., 1])
    off = np.abs(law.density(axes) - plain).sum() * 0.05**2
    assert off < law.error < 1e-4


def test_draws_follow_the_law_of_the_grid() -> None:
    e, n = unrolled(COUPLED, 5), 40_000
    noise = np.random.default_rng(5).standard_normal((6, n, 2))
    draws = iterate(e, np.tile([1.0, 0.5], (n, 1)), noise)
    law = grid_law(e, [1, Q(1, 2)])
    mean = law.weights @ law.means
    second = law.means.T @ (law.weights[:, None] * law.means) + law.variance * np.eye(2)
    assert np.allclose(draws.mean(axis=0), mean, atol=0.02)
    assert np.allclose(draws.T @ draws / n, second, atol=0.03)


def test_total_variation_on_a_grid_is_between_the_largest_factor_and_their_sum() -> None:
    g = stack("wave beside a constant", [block([[1, 0], [0, 1]], [[Q(1, 2)], [0]], "sin", [[1, 0]])])
    e, x = unrolled(g, 60), [1, 0]
    one, two = (total_variation_to_posterior(*part) for part in factors(e, x))
    lower, upper = grid_total_variation(e, x, grid_law(e, x))
    assert lower <= float(one.upper()) + float(two.upper())
    assert max(float(one.lower()), float(two.lower())) <= upper
    assert upper - lower < 2e-3


@settings(deadline=None, max_examples=20)
@given(
    entries=st.lists(st.fractions(-2, 2, max_denominator=4), min_size=4, max_size=4),
    x=st.lists(st.fractions(-2, 2, max_denominator=4), min_size=2, max_size=2),
)
def test_gaussian_laws_are_those_of_the_encoder(entries: list[Q], x: list[Q]) -> None:
    """The encoder is affine in its noise: the mean without noise, the covariance from unit noises."""
    e = unrolled(linear([entries[:2], entries[2:]]), 3, Q(1, 9))
    mean, covariance, mode, hessian = gaussian_laws(e, x)
    seen, unit = np.array(x, dtype=float)[None, :], np.zeros((4, 1, 2))
    plain = iterate(e, seen, unit)[0]
    spread = np.zeros((2, 2))
    for k in np.ndindex(4, 1, 2):
        unit[:] = 0
        unit[k] = 1
        column = iterate(e, seen, unit)[0] - plain
        spread += np.outer(column, column)

    def doubles(matrix: object) -> np.ndarray:
        return np.array([[int(v.p) / int(v.q) for v in row] for row in matrix.tolist()])  # type: ignore[attr-defined]

    assert np.allclose(doubles(mean)[:, 0], plain, atol=1e-9)
    assert np.allclose(doubles(covariance), spread, atol=1e-9)
    slope = doubles(mode)[:, 0] + e.generator.vjp(doubles(mode)[:, 0], e.generator(doubles(mode)[:, 0]) - seen[0]) * 4
    assert np.allclose(slope, 0, atol=1e-9)
    a = np.array(entries, dtype=float).reshape(2, 2)
    assert np.allclose(doubles(hessian), np.eye(2) + 4 * a.T @ a)


@settings(deadline=None, max_examples=8)
@given(a=st.fractions(-2, 2, max_denominator=4), x=st.fractions(-2, 2, max_denominator=4))
def test_gaussian_bounds_hold_on_the_line(a: Q, x: Q) -> None:
    e = unrolled(linear([[a]]), 3, Q(1, 9))
    low, high = gaussian_total_variation(e, [x])
    found = total_variation_to_posterior(e, x)
    assert not found < low
    assert not found > high


def test_a_grid_agrees_with_closed_forms() -> None:
    e, x = unrolled(SHEAR, 40), [1, Q(1, 2)]
    found = distance(e, x)
    lower, upper = grid_total_variation(e, x, grid_law(e, x))
    assert found.grade == "certified"
    assert found.lower < arb(upper)
    assert arb(lower) < found.upper
    assert 0.005 < lower < upper < lower + 2e-3


def test_dispatch() -> None:
    found = distance(unrolled(COUPLED, 20), [1, Q(1, 2)])
    assert found.grade == "grid"
    assert 0.01 < found.lower < found.upper < found.lower + 2e-3


def test_bad_input() -> None:
    ones = [[1, 1, 1, 1]] * 4
    four = stack("four", [block(ones, [[1]] * 4, "sin", [[1, 1, 1, 0]])])
    with pytest.raises(NotSeparableError, match=r"four: no rotation .* and grids end at d = 3"):
        distance(unrolled(four), [0, 0, 0, 0])
    with pytest.raises(ValueError, match="four has dimension 4: grids are for 2 and 3"):
        grid_law(unrolled(four), [0, 0, 0, 0])
    with pytest.raises(ValueError, match="x has 1 entries: "):
        grid_law(unrolled(WAVE), [0])
    with pytest.raises(ValueError, match="spread = 0 and langevin_steps = 0"):
        grid_law(unrolled(WAVE, 0), [0, 0])
    with pytest.raises(ArithmeticError, match="exceeds the tolerance 1e-30"):
        grid_law(unrolled(WAVE, 2), [0, 0], 1e-30)
    with pytest.raises(ValueError, match="must be linear, for laws to be Gaussian"):
        gaussian_laws(unrolled(WAVE), [0, 0])
    with pytest.raises(TypeError, match=r"x\[0\] = 0\.5: must be int or Fraction"):
        gaussian_laws(unrolled(SHEAR), [0.5, 0])
    with pytest.raises(ValueError, match="spread = 0 and langevin_steps = 0"):
        gaussian_total_variation(unrolled(SHEAR, 0), [1, 0])
