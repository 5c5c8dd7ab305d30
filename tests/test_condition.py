"""Condition numbers and steps: the counts are the least ones by the definition, in fractions."""

from __future__ import annotations

from fractions import Fraction as Q

import numpy as np
import pytest
from flint import arb, ctx, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from retrodict.capacity.condition import chebyshev_steps, condition_number, descent_steps
from retrodict.maps.continuous import compose, fold, linear, reflection, residual, sines

conditions = st.fractions(min_value=Q(31, 30), max_value=60, max_denominator=30)
targets = st.fractions(min_value=Q(1, 500), max_value=Q(9, 10), max_denominator=500)


def by_descent(kappa: Q, eps: Q) -> int:
    k, error = 0, Q(1)
    while error > eps:
        k, error = k + 1, error * (kappa - 1) / (kappa + 1)
    return k


def by_chebyshev(kappa: Q, eps: Q) -> int:
    t = (kappa + 1) / (kappa - 1)
    k, before, now = 1, Q(1), t
    while eps * now < 1:
        k, before, now = k + 1, now, 2 * t * now - before
    return k


@settings(deadline=None)
@given(kappa=conditions, eps=targets)
def test_counts_are_the_definition(kappa: Q, eps: Q) -> None:
    assert descent_steps(kappa, eps) == by_descent(kappa, eps)
    assert chebyshev_steps(kappa, eps) == by_chebyshev(kappa, eps) <= descent_steps(kappa, eps)


@settings(deadline=None)
@given(kappa=conditions, k=st.integers(1, 12), low_precision=st.booleans())
def test_equality_is_seen(kappa: Q, k: int, low_precision: bool) -> None:
    """An error that k steps reach exactly needs k of them, one that is smaller by a hair needs one more."""
    t = (kappa + 1) / (kappa - 1)
    before, now = Q(1), t
    for _ in range(k - 1):
        before, now = now, 2 * t * now - before
    with ctx.workprec(10 if low_precision else 53):
        for steps, eps in ((descent_steps, 1 / t**k), (chebyshev_steps, 1 / now)):
            assert steps(kappa, eps) == k
            assert steps(kappa, eps * (1 - Q(1, 10**40))) == k + 1


def test_balls_and_ends() -> None:
    assert descent_steps(arb(100, 1e-9), Q(1, 1000)) == 346
    assert descent_steps(1, Q(1, 10**9)) == chebyshev_steps(arb(1), Q(1, 10**9)) == 1
    with pytest.raises(ArithmeticError, match="its ends ask for 342 and for 349 steps"):
        descent_steps(arb(100, 1), Q(1, 1000))


@pytest.mark.parametrize(
    ("kappa", "eps", "error", "message"),
    [
        (Q(1, 2), Q(1, 2), ValueError, "kappa = 1/2: must be finite and at least 1"),
        (arb("inf"), Q(1, 2), ValueError, "must be finite and at least 1"),
        (arb("nan"), Q(1, 2), ValueError, "kappa = nan: must be finite"),
        (2, 1, ValueError, "eps = 1: must lie strictly between 0 and 1"),
        (2, Q(0), ValueError, "eps = 0: must lie"),
        (2, arb(1, 0.5) / 3, TypeError, "eps = .* is a ball: must be an exact number"),
        (2.0, Q(1, 2), TypeError, "kappa = 2.0 is a float"),
    ],
)
def test_bad_arguments(kappa: object, eps: object, error: type[Exception], message: str) -> None:
    for steps in (descent_steps, chebyshev_steps):
        with pytest.raises(error, match=message):
            steps(kappa, eps)


def test_linear_maps_are_exact() -> None:
    shear, scale = linear([[1, 1], [0, 1]]), linear([[2, 0], [0, Q(1, 2)]])
    beta = Q(1, 3)
    found = condition_number(compose(scale, shear), beta)
    assert found.kind == "exact"
    matrix = np.array([[2.0, 0.0], [0.0, 0.5]]) @ np.array([[1.0, 1.0], [0.0, 1.0]])
    curvatures = np.linalg.eigvalsh(np.eye(2) + matrix.T @ matrix * 9)
    assert float(found.value.mid()) == pytest.approx(curvatures[1] / curvatures[0], rel=1e-12)
    rotation = condition_number(linear(reflection([1, 2, 2])), beta)
    assert rotation.value == 1
    assert condition_number(linear([[1, 1], [1, 1]]), 1).value.overlaps(arb(5))


@settings(deadline=None, max_examples=20)
@given(point=st.lists(st.floats(-4, 4), min_size=3, max_size=3), beta=st.fractions(Q(1, 20), 2, max_denominator=20))
def test_certificates_bound_the_curvatures(point: list[float], beta: Q) -> None:
    g = compose(residual(Q(1, 3), reflection([1, 1, 1])), residual(Q(1, 2), reflection([1, -2, 3])))
    found = condition_number(g, beta)
    jacobian = np.stack([g.jvp(np.array(point), row) for row in np.eye(3)], axis=1)
    curvatures = np.linalg.eigvalsh(np.eye(3) + jacobian.T @ jacobian / float(beta) ** 2)
    assert found.kind == "upper"
    assert curvatures[-1] / curvatures[0] <= float(found.value.p) / float(found.value.q) * (1 + 1e-9)


def test_maps_without_constants() -> None:
    assert condition_number(sines([[1]], 2), 1).value == fmpq(5)  # m = 0, M = 2
    assert condition_number(fold(), 1).value is None
    with pytest.raises(ValueError, match="beta = 0: the standard deviation of the noise must be positive"):
        condition_number(linear([[1]]), 0)
