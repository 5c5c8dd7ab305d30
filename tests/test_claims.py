"""Claims of every grade: false ones are caught, true ones hold, unsettled ones are undecided, floats are refused."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction as Q
from typing import Any

import numpy as np
import pytest
import sympy
from flint import acb, arb, fmpq, fmpz
from hypothesis import given, settings
from hypothesis import strategies as st

from retrodict.claims import Claim, Computed, Grade, Law, Mean, Verdict, at_most, equal, judge, less, near

HOLDS, FAILS, UNDECIDED = Verdict.HOLDS, Verdict.FAILS, Verdict.UNDECIDED
x = sympy.Symbol("x", real=True)
third = arb(1) / 3


def coin(n: int, seed: int) -> Any:
    return np.random.default_rng(seed).integers(0, 2, n)


FAIR, HALF = {0: Q(1, 2), 1: Q(1, 2)}, Mean(coin, 0, 1, resolution=0.05)


@pytest.mark.parametrize(
    ("claim", "grade"),
    [
        (equal(1, Q(1)), Grade.EXACT),
        (equal(np.int32(3), fmpz(3)), Grade.EXACT),
        (equal(Computed(0.5), Q(1, 2)), Grade.EXACT),
        (equal(sympy.sqrt(2) ** 2, 2), Grade.EXACT),
        (equal(x, x), Grade.SYMBOLIC),
        (near(1, 1, within=x**2), Grade.SYMBOLIC),
        (less(third, 1), Grade.CERTIFIED),
        (near(1, 1, within=third), Grade.CERTIFIED),
        (equal([1, third], [1, 1]), Grade.CERTIFIED),
        (equal([1, x], [1, 1]), Grade.SYMBOLIC),
        (equal(HALF, third), Grade.STATISTICAL),
        (equal([1, HALF], [1, Q(1, 2)]), Grade.STATISTICAL),
        (equal(Law(coin, 0, 1, resolution=0.05), FAIR), Grade.STATISTICAL),
    ],
)
def test_types_decide_the_grade(claim: Claim, grade: Grade) -> None:
    assert claim.grade is grade
    assert judge(claim).grade is grade


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (equal(Q(1, 3), Q(2, 6)), HOLDS),
        (equal(Q(1, 3), Q(1, 4)), FAILS),
        (less(1, 2), HOLDS),
        (less(2, 2), FAILS),
        (less(3, 2), FAILS),
        (at_most(2, 2), HOLDS),
        (at_most(3, 2), FAILS),
        (near(3, 2, within=1), HOLDS),
        (near(2, 3, within=1), HOLDS),
        (near(3, 2, within=Q(9, 10)), FAILS),
        (near(1, 1, within=0), HOLDS),
        (equal(10**5000, 10**5000), HOLDS),
        (equal(10**5000, 10**5000 + 1), FAILS),
        (equal(sympy.sqrt(2) + sympy.sqrt(3), sympy.sqrt(5 + 2 * sympy.sqrt(6))), HOLDS),
        (equal(sympy.sqrt(2), Q(14142, 10000)), FAILS),
        (equal(sympy.I**2, -1), HOLDS),
        (equal(sympy.exp(sympy.I), 1), FAILS),
        (less(sympy.sqrt(2) + sympy.sqrt(3), sympy.pi), FAILS),
        (at_most(sympy.sqrt(2) * sympy.sqrt(3), sympy.sqrt(6)), HOLDS),
        (less(sympy.pi, Q(22, 7)), HOLDS),
        (equal(sympy.sin(1) ** 2 + sympy.cos(1) ** 2, 1), HOLDS),
        (near(sympy.pi, Q(22, 7), within=Q(1, 100)), HOLDS),
        (near(sympy.pi, Q(22, 7), within=Q(1, 1000)), FAILS),
        (less(sympy.I, 1), UNDECIDED),
        (equal(sympy.oo, 1), UNDECIDED),
    ],
)
def test_exact(claim: Claim, verdict: Verdict) -> None:
    evidence = judge(claim)
    assert (evidence.grade, evidence.verdict) == (Grade.EXACT, verdict)
    assert (evidence.witness is not None) == (verdict is FAILS)


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (equal(third, Q(1, 3)), UNDECIDED),
        (equal(arb(3), 3), UNDECIDED),
        (equal(third, Q(1, 4)), FAILS),
        (equal(acb(third, 1), sympy.I), FAILS),
        (less(third, Q(1, 2)), HOLDS),
        (less(Q(1, 2), third), FAILS),
        (less(third, Q(1, 3)), UNDECIDED),
        (less(arb(3), 3), FAILS),
        (at_most(arb(3), 3), HOLDS),
        (at_most(arb(0, 1), 2), HOLDS),
        (less(arb(0, 1), sympy.pi), HOLDS),
        (near(third, Q(1, 3), within=Q(1, 10**12)), HOLDS),
        (near(third, Q(1, 3), within=Q(1, 10**30)), UNDECIDED),
        (near(third, 1, within=Q(1, 2)), FAILS),
        (near(acb(0, 1), 1, within=2), HOLDS),
    ],
)
def test_certified(claim: Claim, verdict: Verdict) -> None:
    evidence = judge(claim)
    assert (evidence.grade, evidence.verdict) == (Grade.CERTIFIED, verdict)


@pytest.mark.parametrize("relation", [equal, less, at_most, lambda a, b: near(a, b, within=1)])
@pytest.mark.parametrize("nan", [arb("nan"), acb("nan"), Computed(math.nan), Computed(math.inf), sympy.nan])
def test_nan_is_undecided(relation: Callable[..., Claim], nan: Any) -> None:
    if isinstance(nan, acb) and relation in (less, at_most):
        pytest.skip("complex numbers have no order: refused")
    for claim in (relation(nan, 1), relation(1, nan)):
        assert judge(claim).verdict is UNDECIDED


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (equal(HALF, Q(1, 2)), HOLDS),
        (equal(Q(1, 2), HALF), HOLDS),
        (equal(HALF, Q(11, 20)), FAILS),
        (equal(HALF, Q(9, 20)), FAILS),
        (equal(HALF, sympy.sqrt(2) / 2), FAILS),
        (equal(HALF, arb(1) / 2), HOLDS),
        (equal(HALF, arb(0.5, 0.5)), UNDECIDED),
        (equal(HALF, arb("nan")), UNDECIDED),
        (at_most(HALF, Q(1, 2)), HOLDS),
        (less(HALF, 1), HOLDS),
        (at_most(HALF, Q(9, 20)), FAILS),
        (at_most(Q(9, 20), HALF), HOLDS),
        (at_most(Q(11, 20), HALF), FAILS),
        (near(HALF, Q(3, 5), within=Q(1, 10)), HOLDS),
        (near(HALF, Q(3, 5), within=Q(1, 20)), FAILS),
        (equal(HALF, Mean(lambda n, seed: 1 - coin(n, seed), 0, 1, resolution=0.05)), HOLDS),
        (equal(HALF, Mean(lambda n, seed: coin(n, seed) ** 2 / 2, 0, 1, resolution=0.05)), FAILS),
        (equal(Mean(lambda n, seed: coin(n, seed) * 0.01, 0, 1, resolution=0.01, bound="bernstein"), Q(1, 200)), HOLDS),
        (equal(Mean(lambda n, seed: coin(n, seed) * 0.01, 0, 1, resolution=0.01, bound="bernstein"), Q(3, 200)), FAILS),
    ],
)
def test_mean(claim: Claim, verdict: Verdict) -> None:
    evidence = judge(claim)
    assert (evidence.grade, evidence.verdict, evidence.judgements) == (Grade.STATISTICAL, verdict, 1)


LAW = Law(coin, 0, 1, resolution=0.05)
UNIFORM = Law(lambda n, seed: np.random.default_rng(seed).random(n), 0, 1, resolution=0.2)
GEOMETRIC = Law(lambda n, seed: np.random.default_rng(seed).geometric(0.5, n), 1, 10**6, resolution=0.05)


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (equal(LAW, FAIR), HOLDS),
        (equal(FAIR, LAW), HOLDS),
        (equal(LAW, {0: Q(11, 20), 1: Q(9, 20)}), FAILS),
        (equal(LAW, {0: Q(1, 2), 2: Q(1, 2)}), FAILS),
        (equal(LAW, {0: Q(1, 2), 1: Q(1, 4)}), FAILS),
        (equal(LAW, {0: Q(1, 2), 1: Q(51, 100), 2: Q(-1, 100)}), FAILS),
        (equal(LAW, {0: arb(1) / 2, 1: arb(1) / 2}), HOLDS),
        (equal(LAW, {0: arb("nan"), 1: 1}), UNDECIDED),
        (equal(LAW, Law(lambda n, seed: 1 - coin(n, seed), 0, 1, resolution=0.05)), HOLDS),
        (equal(LAW, Law(lambda n, seed: coin(n, seed) * 0, 0, 1, resolution=0.05)), FAILS),
        (equal(UNIFORM, lambda value: value), HOLDS),
        (equal(UNIFORM, lambda value: value**2), FAILS),
        (equal(UNIFORM, lambda value: arb(fmpq(value.numerator, value.denominator)).sin()), FAILS),
        (equal(GEOMETRIC, lambda k: 1 - Q(1, 2) ** k), HOLDS),
        (equal(GEOMETRIC, lambda k: 1 - Q(1, 2) ** (k + 1)), FAILS),
    ],
)
def test_law(claim: Claim, verdict: Verdict) -> None:
    assert judge(claim).verdict is verdict


def test_an_atom_that_is_never_drawn_is_noticed() -> None:
    never_in_the_middle = Law(lambda n, seed: 3 * coin(n, seed), 0, 3, resolution=0.1)
    steps = [Q(1, 2), Q(7, 10), Q(7, 10), Q(1)]
    assert judge(equal(never_in_the_middle, lambda k: steps[k])).verdict is FAILS


@pytest.mark.parametrize("launder", [Q, arb, lambda value: sympy.Rational(Q(value)), lambda value: acb(value, 0)])
@pytest.mark.parametrize("value", [0.1, 0.3, -0.7, 1.1, 1e-9, math.pi / 4, 123.456, 1 / 3])
def test_a_laundered_float_is_refused(launder: Callable[[float], Any], value: float) -> None:
    with pytest.raises(TypeError, match="in disguise"):
        equal(launder(value), 1)
    with pytest.raises(TypeError, match="in disguise"):
        near(1, 1, within=Q(abs(value)))


@given(st.integers(-(10**9), 10**9), st.integers(0, 20))
@settings(max_examples=200)
def test_small_dyadics_are_honest(numerator: int, power: int) -> None:
    value = Q(numerator, 2**power)
    for same in (value, arb(fmpq(numerator, 2**power)), sympy.Rational(numerator, 2**power)):
        equal(same, value)


@pytest.mark.parametrize(
    "value", [Q(1806109375, 4294967296), Q(3, 4) ** 20, Q(1, 2**60), Q(3, 4) ** 60, Q(2**70 + 1, 2**80)]
)
def test_honest_dyadics_with_large_denominators_pass(value: Q) -> None:
    assert judge(equal(value, value)).verdict is HOLDS


def test_an_exact_result_that_fills_a_mantissa_enters_as_fmpq() -> None:
    value = Q(3, 4) ** 33
    with pytest.raises(TypeError, match=r"enters as fmpq\(p, q\)"):
        equal(value, 1)
    assert judge(equal(fmpq(value.numerator, value.denominator), fmpq(3, 4) ** 33)).verdict is HOLDS
    tenth = Q(0.1)
    with pytest.raises(TypeError, match="in disguise"):
        equal(fmpq(tenth.numerator, tenth.denominator), 1)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: equal(0.5, 1), "left = 0.5 is a float, evidence of nothing"),
        (lambda: equal(1, np.float32(0.5)), "right = 0.5 is a float"),
        (lambda: equal(1j, 1), "is a float"),
        (lambda: equal(np.array([0.5]), [1]), "left is an array of float64"),
        (lambda: equal([1, [2, 0.5]], [1, [2, 3]]), r"left\[1\]\[1\] = 0.5 is a float"),
        (lambda: equal(0.1 * x, x), "contains the float 0.1"),
        (lambda: equal(sympy.Rational(0.1) * x, x), "in disguise"),
        (lambda: near(1, 1, within=1e-9), "within = 1e-09 is a float"),
        (lambda: near(1, 1, within=HALF), "a tolerance is an exact number"),
        (lambda: equal(True, 1), "left = True is a truth value"),
        (lambda: equal(np.bool_(True), 1), "truth value"),
        (lambda: equal(x < 1, 1), "truth value"),
        (lambda: equal("a", 1), "is text"),
        (lambda: equal(None, 1), "left is a NoneType"),
        (lambda: equal(x, third), "free symbols"),
        (lambda: equal(HALF, x), "free symbols"),
        (lambda: less(acb(0, 1), 1), "no order"),
        (lambda: equal(HALF, acb(0, 1)), "a Mean is real"),
        (lambda: equal([1, 2], HALF), "right is one Mean, its partner has 2 elements"),
        (lambda: less(LAW, FAIR), "less of a Law"),
        (lambda: equal(LAW, 1), "a Law is compared with a dict"),
        (lambda: equal(1, FAIR), "right is a distribution"),
        (lambda: equal(LAW, {sympy.pi: 1}), "over rational numbers"),
        (lambda: equal(LAW, {0: HALF}), "a probability here is a number"),
        (lambda: equal(LAW, {0: x}), "free symbols"),
        (lambda: equal(LAW, {0: 0.5, 1: 0.5}), r"right\[0\] = 0.5 is a float"),
        (lambda: bool(equal(1, 1)), "no truth value before it is judged"),
        (lambda: Computed("a"), "Computed of <U1"),
        (lambda: Computed(Q(1, 2)), "exact values enter as they are"),
        (lambda: Computed(0.5) * 0.5, "arithmetic of Computed with a float"),
        (lambda: Mean(1, 0, 1, resolution=0.1), "draw is a int"),  # type: ignore[arg-type]
    ],
)
def test_type_errors_name_what_is_wrong(make: Callable[[], Any], message: str) -> None:
    with pytest.raises(TypeError, match=message):
        make()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: equal([], []), "empty: that verifies nothing"),
        (lambda: equal([1], [1, 2]), "left has 1 elements and right has 2"),
        (lambda: near(1, 1, within=-1), "within = -1: a tolerance is not negative"),
        (lambda: equal(LAW, {}), "at least one value"),
        (lambda: Mean(coin, 1, 0, resolution=0.1), "low must be below high"),
        (lambda: Mean(coin, 0, 1, resolution=0), "resolution = 0: it must be positive"),
        (lambda: Mean(coin, 0, 1, resolution=1), "below the width 1"),
        (lambda: Mean(coin, 0, 1, resolution=0.1, bound="normal"), "'hoeffding' or 'bernstein'"),
        (lambda: Law(coin, 0, 9, resolution=1), "must be below 1"),
        (lambda: judge(equal(HALF, Mean(coin, 0, 1, resolution=0.1))), "compared at one resolution"),
        (lambda: judge(equal(LAW, Law(coin, 0, 1, resolution=0.1))), "two laws are compared at one"),
    ],
)
def test_value_errors_name_what_is_wrong(make: Callable[[], Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


def test_computed_is_the_dyadic_number_and_nothing_nearby() -> None:
    assert judge(equal(Computed(0.1), Q(1, 10))).verdict is FAILS
    assert Computed(0.1).exact == Q(3602879701896397, 2**55)
    assert judge(equal(Computed(0.1), Computed(0.1))).verdict is HOLDS
    assert judge(near(Computed([0.1, 0.2]), [Q(1, 10), Q(1, 5)], within=Q(1, 10**16))).verdict is HOLDS
    assert judge(near(Computed([[0.1], [0.2]]), [[Q(1, 10)], [Q(1, 4)]], within=Q(1, 10**16))).witness is not None
    assert judge(at_most(Computed(np.float32(0.1)), Q(1, 10))).verdict is FAILS
    assert judge(equal(Computed(np.arange(3)), [0, 1, 2])).verdict is HOLDS
    shifted = 1 + Computed(0.25) * Q(1, 3) - fmpq(1, 12)
    assert shifted.exact == 1
    assert (abs(-Computed([0.5, 0.25])[1:] / 2) - [Q(1, 8)]).exact.tolist() == [0]
    assert (2 / Computed(0.5)).exact == 4 and (2 - Computed(0.5)).exact == Q(3, 2)


def test_elements_are_named_and_matrices_compared() -> None:
    assert judge(equal([[1, 2], [3, 4]], [[1, 2], [3, 5]])).witness == "[1][1]: 4 = 5 is false"
    assert judge(equal(sympy.Matrix([[1, x]]), [[1, x]])).verdict is HOLDS
    assert judge(less(np.array([1, 2]), 2)).witness == "[1]: 2 < 2 is false"
    assert judge(equal(np.array(2), 2)).verdict is HOLDS
    assert judge(equal([third, 1], [Q(1, 3), 2])).verdict is FAILS


def test_long_values_are_abbreviated_with_their_number_of_digits() -> None:
    witness = judge(equal(10**5000, Q(1, 7))).witness
    assert witness == "1000000000...0000000000 (5001 digits) = 1/7 is false"
