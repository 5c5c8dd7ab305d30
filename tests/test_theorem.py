"""Checks over grids, their controls, and what a report says."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from fractions import Fraction as Q
from typing import Any

import numpy as np
import pytest
import sympy
from flint import arb

from retrodict.claims import Claim, Computed, Grade, Mean, Report, Theorem, Verdict, at_most, equal, less, near

HOLDS, FAILS, UNDECIDED = Verdict.HOLDS, Verdict.FAILS, Verdict.UNDECIDED
x = sympy.Symbol("x", real=True)


def a_theorem(**given: Any) -> Theorem:
    return Theorem(**({"label": "thm:x", "statement": "$x = x$"} | given))


def judged(
    function: Callable[..., Any],
    *controls: dict[str, Any],
    full: bool = False,
    axes: dict[str, Any] | None = None,
    **given: Any,
) -> Report:
    T = a_theorem(**given)
    function.__doc__ = function.__doc__ or "A sentence."
    T.check(**(axes or {}))(function)
    for number, changes in enumerate(controls):
        T.control(function, f"twin {number}", **changes)
    return T.judge(full=full)


def mean_of_coin(heads: float) -> Mean:
    return Mean(lambda n, seed: np.random.default_rng(seed).random(n) < heads, 0, 1, resolution=0.05)


def exact(d: int = 2, value: int = 0) -> Claim:
    return equal(d * value, 0)


def symbolic(extra: Any = 0) -> Claim:
    return equal((x + 1) ** 2, x**2 + 2 * x + 1 + extra)


def certified(bound: Any = Q(1, 2)) -> Claim:
    return less(arb(1) / 3, bound)


def statistical(d: int = 1, heads: Any = Q(1, 2)) -> Claim:
    return equal(mean_of_coin(0.5), heads)


@pytest.mark.parametrize(
    ("function", "changes", "grade", "said"),
    [
        (exact, {"value": 1}, "EXACT", "equal, no rounding"),
        (symbolic, {"extra": x}, "SYMBOLIC", "identity, by canonical form"),
        (certified, {"bound": Q(1, 4)}, "CERTIFIED", "enclosed on the whole box"),
        (
            statistical,
            {"heads": Q(3, 5)},
            "STATISTICAL",
            "not refuted at resolution 0.05, error 1e-8; off by less than the resolution, either verdict may come out",
        ),
    ],
)
def test_every_grade_holds_with_its_control_and_says_what_was_seen(
    function: Callable[..., Claim], changes: dict[str, Any], grade: str, said: str
) -> None:
    report = judged(function, changes)
    (finding,) = report.findings
    assert (report.verdict, finding.grade, finding.said) == (HOLDS, Grade(grade), said)
    assert finding.controls[0].caught and finding.witness is None and finding.traceback is None
    assert "proved" not in json.dumps(report.to_json())


@pytest.mark.parametrize(
    ("function", "false"),
    [
        (exact, {"value": [1]}),
        (symbolic, {"extra": [x]}),
        (certified, {"bound": [0]}),
        (statistical, {"heads": [Q(3, 5)]}),
    ],
)
def test_a_false_claim_of_every_grade_fails_whatever_its_controls_do(
    function: Callable[..., Claim], false: dict[str, Any]
) -> None:
    uncaught = {name: {exact: [0], symbolic: [0], certified: [1], statistical: [Q(1, 2)]}[function] for name in false}
    for controls in ((), (false,), (uncaught,)):
        report = judged(function, *controls, axes=false)
        assert report.verdict is FAILS
        assert report.findings[0].witness is not None
        assert "refuted" in report.findings[0].said


def test_a_control_that_does_not_fail_turns_holds_into_undecided() -> None:
    assert judged(exact, {"value": 1}).verdict is HOLDS
    missed = judged(exact, {"value": 1}, {"d": 3})
    assert missed.verdict is UNDECIDED
    assert missed.findings[0].said == "undecided, since a control was not caught (twin 1); otherwise equal, no rounding"
    assert [control.caught for control in missed.findings[0].controls] == [True, False]
    alone = judged(exact)
    assert alone.verdict is UNDECIDED and "since it has no control" in alone.findings[0].said


def test_an_exact_control_must_fail_somewhere_a_statistical_one_everywhere() -> None:
    def somewhere(d: int, shift: int = 0) -> Claim:
        return equal(d * shift, 0)

    assert judged(somewhere, {"shift": 1}, axes={"d": [0, 0, 5]}).verdict is HOLDS
    assert judged(somewhere, {"shift": 1}, axes={"d": [0, 0]}).verdict is UNDECIDED

    def sampled(d: Q, shift: int = 0) -> Claim:
        return equal(mean_of_coin(0.5), Q(1, 2) + d * shift)

    everywhere = judged(sampled, {"shift": 1}, axes={"d": [Q(1, 4), Q(1, 3)]})
    assert everywhere.verdict is HOLDS
    assert everywhere.findings[0].controls[0].said.startswith("refuted at all 2 instances")
    partly = judged(sampled, {"shift": 1}, axes={"d": [Q(1, 4), Q(0)]})
    assert partly.verdict is UNDECIDED
    assert partly.findings[0].controls[0].said.startswith("not caught at d = 0, shift = 1: not refuted")


def test_a_control_may_change_the_grid() -> None:
    def positive(d: int) -> Claim:
        return less(0, d)

    assert judged(positive, {"d": [0, 1]}, axes={"d": [1, 2]}).verdict is HOLDS
    assert judged(positive, {"d": [5]}, axes={"d": [1, 2]}).verdict is UNDECIDED


def test_an_exception_is_undecided_with_its_traceback() -> None:
    def divides(d: int, by: int, shift: int = 0) -> Claim:
        return equal(Q(d, by), d + shift)

    report = judged(divides, {"shift": 1}, axes={"d": [1, 2], "by": [1, 0]})
    (finding,) = report.findings
    assert (report.verdict, finding.grade) == (UNDECIDED, Grade.EXACT)
    assert finding.said == "at d = 1, by = 0: ZeroDivisionError: Fraction(1, 0) (2 of 4 instances)"
    assert finding.traceback is not None and "in divides" in finding.traceback
    (finding,) = judged(divides, axes={"d": [1], "by": [0]}).findings
    assert finding.grade is None and finding.verdict is UNDECIDED


def test_a_float_in_a_check_is_undecided_and_says_so() -> None:
    def floats(value: Any = 0.5) -> Claim:
        return equal(value, Q(1, 2))

    report = judged(floats, {"value": Q(1, 3)})
    assert report.verdict is UNDECIDED
    assert report.findings[0].said.startswith("TypeError: left = 0.5 is a float, evidence of nothing")


def test_a_control_that_raises_is_not_caught() -> None:
    report = judged(exact, {"value": None})
    assert report.verdict is UNDECIDED
    assert "TypeError" in report.findings[0].controls[0].said


def test_a_failure_outweighs_an_exception() -> None:
    def mixed(d: int) -> Claim:
        return equal(Q(1, d), 1)

    report = judged(mixed, axes={"d": [0, 1, 2]})
    assert report.verdict is FAILS and report.findings[0].witness == "d = 2: 1/2 = 1 is false"
    assert "ZeroDivisionError" in str(report.findings[0].traceback)


def test_all_returned_claims_must_hold() -> None:
    def several(last: Any = 3) -> Iterator[Claim]:
        yield equal(1, 1)
        yield less(last, 4)
        yield at_most(arb(1), 2)

    report = judged(several, {"last": 4})
    assert report.verdict is HOLDS and report.findings[0].grade is Grade.CERTIFIED
    assert report.findings[0].said == "equal and less (2 comparisons), no rounding; enclosed on the whole box"
    nothing = judged(lambda: [])
    assert nothing.verdict is UNDECIDED and "returned no claim" in nothing.findings[0].said
    for wrong in (True, None, "x", [equal(1, 1), True]):
        report = judged(lambda wrong=wrong: wrong)
        assert report.verdict is UNDECIDED and "TypeError" in report.findings[0].said


def test_counts_are_reported() -> None:
    def table(d: int, shift: int = 0) -> Claim:
        return equal([d, d], [d, d + shift])

    (finding,) = judged(table, {"shift": 1}, axes={"d": [1, 2, 3]}).findings
    assert finding.said == "equal at all 3 instances (6 comparisons), no rounding" and finding.instances == 3

    def output(tolerance: Q = Q(1, 100)) -> Claim:
        return near(Computed([0.1]), [Q(1, 10)], within=tolerance)

    (finding,) = judged(output, {"tolerance": 0}).findings
    assert finding.said == "within tolerance, no rounding: evidence about these outputs of a kernel"


def test_ctrl_c_passes_through() -> None:
    def interrupted() -> Claim:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        judged(interrupted)
