"""Information: the certified integrals are those of plain quadrature, and closed forms where there are some."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction as Q

import numpy as np
import pytest
from flint import arb, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from retrodict.capacity import line_information as implementation
from retrodict.capacity.information import entropy_left, error_floor, mutual_information, sign_information
from retrodict.capacity.line_information import line_information
from retrodict.maps.continuous import GenerativeMap, block, compose, fold, linear, reflection, residual, stack
from retrodict.maps.continuous.layered import leaky

BUMP = stack("bump", [block([[1]], [[Q(1, 3), Q(1, 8)]], ["sin", "square"], [[2], [1]], [Q(1, 2), 0], [1])])
SMOOTH = stack(
    "smooth",
    [block([[1]], [[1, -1]], ["tanh", "sigmoid"], [[2], [1]]), block([[2]], [[Q(1, 2)]], "softplus_plain", [[-3]])],
)
MAPS = [
    fold(),
    residual(Q(3, 4), [[1]]),
    compose(residual(Q(1, 2), [[1]]), residual(Q(1, 3), [[1]])),
    BUMP,
    leaky(1, Q(1, 3), 2),
    SMOOTH,
]


def by_quadrature(g: Callable[[np.ndarray], np.ndarray], beta: float, reach: float = 8.5) -> float:
    z = np.linspace(-reach, reach, 8_001)
    weights = np.exp(-z * z / 2) / np.sqrt(2 * np.pi) * (z[1] - z[0])
    image = g(z[:, None])[:, 0]
    x = np.linspace(image.min() - 9 * beta, image.max() + 9 * beta, int(6 * np.ptp(image) / beta) + 200)
    p = np.array([np.exp(-((t - image) ** 2) / (2 * beta * beta)) @ weights for t in x]) / (beta * np.sqrt(2 * np.pi))
    p = p[p > 0]
    return float(-(p * np.log(p)).sum() * (x[1] - x[0]) - np.log(beta * np.sqrt(2 * np.pi * np.e)))


@pytest.mark.parametrize("g", MAPS, ids=lambda g: g.name)
@pytest.mark.parametrize("beta", [Q(2), Q(1, 4)])
def test_integrals_are_those_of_quadrature(g: GenerativeMap, beta: Q) -> None:
    found = mutual_information(g, beta)
    assert found.rad() < 1e-5
    assert abs(found - by_quadrature(g, float(beta))) < 2e-6


@pytest.mark.parametrize("slope", [Q(1, 8), Q(1), Q(5)])
@pytest.mark.parametrize("beta", [Q(4), Q(1), Q(1, 20)])
def test_lines_have_a_closed_form(slope: Q, beta: Q) -> None:
    g, noise = linear([[slope]]), arb(fmpq(beta.numerator, beta.denominator))
    found = line_information(g, noise)
    assert found.overlaps(mutual_information(g, beta))
    assert found.rad() < 1e-5
    shifted = stack("shifted", [block([[-slope]], offset=[7])])
    assert line_information(shifted, noise).overlaps(found)


@pytest.mark.parametrize(
    "coarse",
    [{"REACH": 3}, {"X_ERROR": 1e-2}, {"Z_ERROR": 1e-3}, {"MARGIN": 3}, {"CUT": 4, "Z_ERROR": 1e-3}],
    ids=str,
)
def test_coarse_rules_still_enclose(coarse: dict[str, float], monkeypatch: pytest.MonkeyPatch) -> None:
    """The bounds carry the error: with rules that are much too coarse the ball is wide, and contains the value."""
    exact = {g.name: mutual_information(g, Q(1, 4)) for g in MAPS[:2]}
    for name, value in coarse.items():
        monkeypatch.setattr(implementation, name, value)
    for g in MAPS[:2]:
        found = mutual_information(g, Q(1, 4))
        assert found.overlaps(exact[g.name])
        assert found.rad() > 10 * exact[g.name].rad()


@settings(deadline=None, max_examples=30)
@given(
    entries=st.lists(st.fractions(-3, 3, max_denominator=8), min_size=9, max_size=9),
    beta=st.fractions(Q(1, 16), 4, max_denominator=16),
)
def test_matrices(entries: list[Q], beta: Q) -> None:
    rows = [entries[:3], entries[3:6], entries[6:]]
    singular = np.linalg.svd(np.array(rows, dtype=float), compute_uv=False)
    expected = np.log1p((singular / float(beta)) ** 2).sum() / 2
    g = linear(rows)
    assert float(mutual_information(g, beta).mid()) == pytest.approx(expected, rel=1e-9, abs=1e-9)
    twice = compose(linear([[0, 1, 0], [0, 0, 1], [1, 0, 0]]), g)
    assert mutual_information(twice, beta).overlaps(mutual_information(g, beta))
    assert float(error_floor(g, beta).mid()) <= np.mean(1 / (1 + (singular / float(beta)) ** 2)) + 1e-9
    assert (entropy_left(g, beta) + mutual_information(g, beta)).overlaps(
        entropy_left(linear(np.zeros((3, 3), int).tolist()), 1)
    )


def test_rotations_change_nothing() -> None:
    """A residual map of the plane is two maps of the line; so are a stack with one rotation, and a block of both."""
    q, half = reflection([1, 2]), Q(1, 2)
    one, two = residual(half, [[1]]), residual(Q(1, 4), [[1]])
    whole = mutual_information(residual(half, q), half)
    assert whole.overlaps(2 * mutual_information(one, half))
    stacked = mutual_information(compose(residual(Q(1, 4), q), residual(half, q)), half)
    assert stacked.overlaps(2 * mutual_information(compose(two, one), half))
    mixed = stack("mixed", [block([[1, 0], [0, 1]], [[half, 0], [0, Q(1, 4)]], "sin", [[1, 0], [0, 1]])])
    assert mutual_information(mixed, half).overlaps(mutual_information(one, half) + mutual_information(two, half))
    with pytest.raises(ValueError, match="no rotation was found that separates its coordinates"):
        mutual_information(compose(linear([[1, 2], [0, 1]]), residual(half, q)), half)


def test_one_sign() -> None:
    nu = np.linspace(-12, 12, 200_001)
    for beta in (2.0, 0.5):
        u = np.logaddexp(0, -2 * (1 + beta * nu) / beta**2)
        expected = np.log(2) - (u * np.exp(-nu * nu / 2)).sum() * (nu[1] - nu[0]) / np.sqrt(2 * np.pi)
        assert float(sign_information(Q(beta)).mid()) == pytest.approx(expected, abs=1e-10)
    assert sign_information(Q(1, 20)).overlaps(arb(2).log())


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: mutual_information(fold(), 0), ValueError, "beta = 0: the standard deviation of the noise"),
        (lambda: mutual_information(fold(), 0.5), TypeError, "beta = 0.5 is a float"),
        (lambda: sign_information(-1), ValueError, "beta = -1"),
        (lambda: line_information(linear([[1, 0], [0, 1]]), arb(1)), ValueError, "has dimension 2: must be 1"),
        (
            lambda: mutual_information(stack("r", [block([[1]], [[1]], "relu", [[1]])]), 1),
            ValueError,
            "r has the activation 'relu': must be one of sin, tanh, sigmoid, square, softplus",
        ),
    ],
)
def test_bad_arguments(call: Callable[[], object], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()
