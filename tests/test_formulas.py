"""Claims with free symbols: proofs by canonical form, simplification with points, inequalities with certificates."""

from __future__ import annotations

from fractions import Fraction as Q
from typing import Any

import pytest
import sympy
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Eq, Ne, Sum, binomial, cos, exp, factorial, floor, log, pi, sin, sqrt, symbols

from retrodict.claims import Claim, Grade, Theorem, Verdict, at_most, equal, judge, less, near
from retrodict.claims.balls import enclose, excludes_zero
from retrodict.claims.cells import cells_of
from retrodict.claims.coefficients import is_signed
from retrodict.claims.domain import Bound, domain_of

HOLDS, FAILS, UNDECIDED = Verdict.HOLDS, Verdict.FAILS, Verdict.UNDECIDED
p, q = symbols("p q", positive=True)
r, s = symbols("r s", real=True)
n, h = symbols("n h", integer=True, positive=True)
m = symbols("m", integer=True)
even = symbols("e", even=True)
z, t = symbols("z t")
third = sympy.Rational(1, 3)


@pytest.mark.parametrize(
    ("claim", "verdict", "said"),
    [
        (equal((z + t) ** 2, z**2 + 2 * z * t + t**2), HOLDS, "identity, by canonical form"),
        (equal((z**3 - 1) / (z - 1), z**2 + z + 1), HOLDS, "identity, by canonical form"),
        (equal(z / 3 + t, t + z / 3), HOLDS, "identity, by canonical form"),
        (equal(2 ** (n + 1), 2 * 2**n), HOLDS, "identity, by canonical form"),
        (equal(12**n, 3**n * 2 ** (2 * n)), HOLDS, "identity, by canonical form"),
        (
            equal((2 * p / 3) ** (2 * h + 1), 2 * p * 4**h * p ** (2 * h) / (3 * 9**h)),
            HOLDS,
            "canonical",
        ),
        (equal(z ** (t + 2), z**2 * z**t), HOLDS, "identity, by canonical form"),
        (equal((r * s) ** n, r**n * s**n), HOLDS, "identity, by canonical form"),
        (equal((z + t) ** 2, z**2 + t**2), FAILS, "refuted"),
        (equal(z**2, z), FAILS, "refuted"),
        (equal((r * s) ** 2, r**2 * s**2 + 1), FAILS, "refuted"),
        (equal((z * t) ** sympy.Rational(1, 2), sqrt(z) * sqrt(t)), FAILS, "refuted"),
        (equal(sin(r) ** 2 + cos(r) ** 2, 1), HOLDS, "identity, by simplification and at 32 random points"),
        (equal(sin(r) ** 2 + cos(r) ** 2, 1 + r / 10**30), FAILS, "refuted"),
        (equal(log(p * q), log(p) + log(q)), HOLDS, "by simplification"),
        (equal(log(z * t), log(z) + log(t)), FAILS, "refuted"),
        (equal(sqrt(p**2), p), HOLDS, "identity"),
        (equal(sympy.conjugate(z), z), FAILS, "refuted"),
        (equal(sympy.conjugate(r), r), HOLDS, "identity"),
        (equal(sqrt(r**2), r), FAILS, "refuted"),
        (equal(binomial(n, 2), n * (n - 1) / 2), HOLDS, "by simplification"),
        (equal(factorial(n + 1), (n + 1) * factorial(n)), HOLDS, "by simplification"),
        (equal(Sum(m, (m, 1, n)), n * (n + 1) / 2), HOLDS, "canonical"),
        (equal(sin(pi * m), 0), HOLDS, ""),
        (equal(sin(pi * r), 0), FAILS, "refuted"),
        (equal(floor(r) + floor(-r), 0), FAILS, "refuted"),
        (equal(sympy.Function("f")(r), r), UNDECIDED, "only 0 of 32 random points"),
        (equal(cos(r), sympy.Piecewise((cos(r), r < 100), (sin(r), True))), UNDECIDED, "simplification leaves"),
    ],
)
def test_equality(claim: Claim, verdict: Verdict, said: str) -> None:
    evidence = judge(claim)
    assert (evidence.verdict, said in evidence.said) == (verdict, True), evidence
    assert (evidence.witness is not None) == (verdict is FAILS)


def test_the_witness_is_a_point_with_both_values() -> None:
    assert judge(equal(n - n + third, third + 0 * n)).verdict is HOLDS
    assert judge(equal(n, n**2), assuming=[n > 1, n < 3]).witness == "at n = 2: 2 = 4 is false"
    assert judge(less(n, n**2)).witness == "at n = 1: right - left = 0"


def test_a_domain_makes_the_difference() -> None:
    assert judge(equal(p + q, 1)).verdict is FAILS
    assert judge(equal(p**2 + 2 * p * q + q**2, 1), assuming=[Eq(p + q, 1)]).verdict is HOLDS
    assert judge(equal(p**2 + q**2, 1), assuming=[Eq(p + q, 1)]).verdict is FAILS
    assert judge(equal(sqrt(t**2), t)).verdict is FAILS
    assert judge(equal(abs(r), r), assuming=[r > 2]).verdict is UNDECIDED
    assert judge(equal(abs(r), r)).verdict is FAILS
    nowhere = judge(equal(abs(r), r), assuming=[r > 2, r < 1])
    assert nowhere.verdict is UNDECIDED and "only 0 of 32" in nowhere.said
    assert judge(less(r, r**2), assuming=[r > 2, r < 1]).verdict is UNDECIDED


@pytest.mark.parametrize(
    ("claim", "assuming", "verdict"),
    [
        (less(0, p), [], HOLDS),
        (less(r, r + 1), [], HOLDS),
        (at_most(2 * r, r**2 + 1), [], HOLDS),
        (less(2 * r, r**2 + 1), [], FAILS),
        (less(0, (r**2 - 2) ** 2), [], FAILS),
        (at_most(0, (r**2 - 2) ** 2), [], HOLDS),
        (less(t**2, t), [t > 0, t < 1], HOLDS),
        (less(t**2, t), [t > 0, t <= 1], FAILS),
        (at_most(t**2, t), [t >= 0, t <= 1], HOLDS),
        (less(t**2, Q(99, 100)), [t > 0, t < 1], FAILS),
        (less(1 / p, p), [p > 1], HOLDS),
        (less(-1, 1 / r), [], FAILS),
        (less(0, 1 / r**2), [], HOLDS),
        (less(r, 2), [r**2 < 2], HOLDS),
        (less(r, 1), [r**2 < 2], FAILS),
        (less(r, sqrt(2)), [], FAILS),
        (at_most(n, n**2), [], HOLDS),
        (less(n, n**2), [], FAILS),
        (less(n, n**2), [n >= 2], HOLDS),
        (less(m**2 - m, Q(1, 2)), [m >= 0, m <= 1], HOLDS),
        (less(r**2 - r, Q(-1, 5)), [r >= 0, r <= 1], FAILS),
        (less(0, (2 * m - 1) ** 2), [], HOLDS),
        (less(0, (3 * even - 6) ** 2), [], FAILS),
        (less(0, (even - 3) ** 2), [], HOLDS),
        (less(0, even**3 - 2 * even + 1), [even > 0], UNDECIDED),
        (less(0, p * q + 1), [], HOLDS),
        (less(p * q, p + q), [p < 1, q < 1], HOLDS),
        (less(p * q, 1), [p <= 1, q <= 1], FAILS),
        (less(p * q, 1), [p < 1, q <= 1], HOLDS),
        (at_most(2 * p * q, p**2 + q**2), [], HOLDS),
        (less(2 * p * q, p**2 + q**2), [], FAILS),
        (less(p * q, q**2), [q > 0, p < 1, q > 1], HOLDS),
        (less(r * s, 1), [], FAILS),
        (at_most(2 * r * s, r**2 + s**2), [], HOLDS),
        (less(r * s, r**2 + s**2 + 1), [], UNDECIDED),
        (less(0, exp(r)), [], HOLDS),
        (less(r, exp(r)), [], UNDECIDED),
        (less(exp(r), 1), [], FAILS),
        (near(p / (1 + p), Q(1, 2), within=Q(1, 2)), [], HOLDS),
        (near(p / (1 + p), Q(1, 2), within=Q(1, 3)), [], FAILS),
        (near(r, s, within=abs(r) + abs(s)), [], UNDECIDED),
        (less(-p, 0), [], HOLDS),
        (less(0, -z), [z < 0], HOLDS),
        (at_most(z, -3), [z <= -3, t > 0], HOLDS),
        (less(r, s), [s >= r + 1], UNDECIDED),
        (less(s, r), [s >= r + 1], FAILS),
        (less(0, r**2), [Ne(r, 0)], HOLDS),
        (less(0, r), [Eq(r, 1)], HOLDS),
        (less(0, r), [1 / r > 0], HOLDS),
    ],
)
def test_order(claim: Claim, assuming: list[Any], verdict: Verdict) -> None:
    evidence = judge(claim, assuming=assuming)
    assert evidence.grade is Grade.SYMBOLIC
    assert evidence.verdict is verdict, evidence
    assert (evidence.witness is not None) == (verdict is FAILS)


roots = st.lists(st.integers(-4, 4), min_size=1, max_size=4)


@given(roots, st.sampled_from([1, -1]), st.integers(-3, 2), st.integers(1, 4), st.booleans())
@settings(max_examples=60)
def test_one_variable_agrees_with_the_sign_at_every_quarter(
    zeros: list[int], lead: int, low: int, width: int, strict: bool
) -> None:
    """Roots are integers, so that quarters meet every sign: the decision is right both ways."""
    polynomial = lead * sympy.prod(r - zero for zero in zeros)
    quarters = [low + Q(k, 4) for k in range(4 * width + 1)]
    values = [lead * sympy.prod(quarter - zero for zero in zeros) for quarter in quarters]
    expected = all(value > 0 if strict else value >= 0 for value in values)
    claim = less(0, polynomial) if strict else at_most(0, polynomial)
    verdict = judge(claim, assuming=[r >= low, r <= low + width]).verdict
    assert verdict is (HOLDS if expected else FAILS)


@given(st.lists(st.integers(-1, 3), min_size=9, max_size=9), st.tuples(*[st.booleans()] * 4))
@settings(max_examples=60)
def test_coefficients_never_certify_a_false_inequality(values: list[int], ends: tuple[bool, ...]) -> None:
    polynomial = sympy.Poly.from_dict({(i, j): values[3 * i + j] for i in range(3) for j in range(3)}, p, q)
    box = {p: (Bound(0, ends[0]), Bound(1, ends[1])), q: (Bound(0, ends[2]), None)}
    first = [Q(k, 4) for k in range(ends[0], 5 - ends[1])]
    second = [Q(k, 4) for k in range(ends[2], 20, 3)]
    smallest = min(polynomial.eval((a, b)) for a in first for b in second)
    if is_signed(polynomial, box, strict=True):
        assert smallest > 0
    if is_signed(polynomial, box, strict=False):
        assert smallest >= 0


def test_cells_separate_roots_that_lie_close() -> None:
    near_two = sympy.Poly((10**6 * r - 1414213) * (r**2 - 2), r)
    cells = [cell for cell in cells_of([near_two], r) if cell.sign(near_two) == 0]
    assert [cell.point for cell in cells] == [None, sympy.Rational(1414213, 10**6), None]


@pytest.mark.parametrize(
    "expression",
    [
        exp(1),
        pi**2,
        sqrt(2) ** 7,
        sin(2) ** -3,
        (-2) ** third,
        log(2, 3),
        binomial(7, third),
        sympy.EulerGamma + sympy.GoldenRatio + sympy.Catalan,
        sympy.Max(pi, 3) + 10 * sympy.Min(pi, 3),
        sympy.sign(-pi) + 10 * floor(pi) + 100 * sympy.ceiling(pi),
        abs(1 + sympy.I),
        sympy.erf(1) + sympy.erfc(2),
        sympy.gamma(third) + sympy.zeta(3),
        sympy.atan(2) + sympy.tanh(1),
    ],
)
def test_enclosures_contain_what_sympy_evaluates(expression: Any) -> None:
    real, imaginary = sympy.re(expression).evalf(30), sympy.im(expression).evalf(30)
    ball = enclose(expression)
    assert ball.is_finite()
    assert abs(ball - enclose(sympy.Rational(str(real)) + sympy.I * sympy.Rational(str(imaginary)))) < arb(10) ** -13


def test_powers_of_a_ball_around_zero_are_no_nan() -> None:
    assert enclose(r**2, {r: sympy.sin(sympy.pi, evaluate=False)}).is_finite()
    assert not excludes_zero(r**2, {r: sympy.sin(sympy.pi, evaluate=False)})


def test_towers_of_powers_are_compared_without_being_written_out() -> None:
    tower = (1 - p) ** (2**n)
    assert judge(equal(tower**2, (1 - p) ** (2 ** (n + 1))), assuming=[p < 1]).verdict is HOLDS
    assert judge(equal(tower * (1 - p), (1 - p) ** (2 ** (n + 1))), assuming=[p < 1]).verdict is FAILS
    assert judge(less(tower, 1 - p), assuming=[p < 1]).verdict is UNDECIDED
    assert judge(less(tower, p), assuming=[p < 1]).verdict is FAILS


def test_points_satisfy_the_domain() -> None:
    domain = domain_of([p + q + n + z], [p + q < 1, n < 4, Ne(n, 2), z > p])
    points = list(domain.points(seed=1, count=9))
    assert len(points) >= 6
    for point in points:
        assert point[p] > 0 and point[q] > 0 and point[p] + point[q] < 1 and point[n] in (1, 3) and point[z] > point[p]
    assert points == list(domain.points(seed=1, count=9)) != list(domain.points(seed=2, count=9))
    assert any(not point[z].is_real for point in domain_of([z], []).points(seed=1, count=9))


@pytest.mark.parametrize(
    ("assuming", "error", "message"),
    [
        (["x > 0"], TypeError, r"assuming\[0\] = 'x > 0': it must be a relation"),
        ([r > 0, r], TypeError, r"assuming\[1\] = r"),
        ([p < 0], ValueError, r"assuming\[0\] is false: nothing satisfies it"),
        ([r > 0.5], TypeError, "contains a float"),
    ],
)
def test_assumptions_are_relations(assuming: list[Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        Theorem(label="thm:x", statement="", assuming=assuming)
