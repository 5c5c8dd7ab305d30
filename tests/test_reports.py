"""Tiers, reports, progress, and the declarations that are refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import sympy

from retrodict.claims import Claim, Theorem, Verdict, equal

x = sympy.Symbol("x", real=True)


def a_theorem(**given: Any) -> Theorem:
    return Theorem(**({"label": "thm:x", "statement": "$x = x$"} | given))


def test_tiers() -> None:
    T = a_theorem()
    seen: list[tuple[int, int]] = []

    @T.check(d=[1], h=[1, 2], full={"h": [3, 4, 5]})
    def grid(d: int, h: int, shift: int = 0) -> Claim:
        "Counts."
        seen.append((d, h))
        return equal(d * h + shift, d * h)

    T.control(grid, "shifted", shift=1)

    @T.check(tier="full")
    def long(shift: int = 0) -> Claim:
        "Long."
        return equal(shift, 0)

    T.control(long, "shifted", shift=1)
    quick, full = T.judge(), T.judge(full=True)
    assert [finding.check for finding in quick.findings] == ["grid"] and quick.tier == "quick"
    assert [finding.check for finding in full.findings] == ["grid", "long"] and full.tier == "full"
    assert seen == [(1, 1), (1, 2), (1, 1), (1, 3), (1, 4), (1, 5), (1, 3)]
    assert a_theorem().judge().verdict is Verdict.UNDECIDED


def test_the_report_is_json_with_everything_in_it() -> None:
    T = a_theorem(
        title="T",
        source="S",
        bibtex="@article{s}",
        assuming=[x > 0, sympy.true],
        uses=["lem:y"],
        conditional_on="one-way functions",
        open=True,
    )

    @T.check(d=[10**50])
    def huge(d: int, shift: int = 1) -> Claim:
        """A sentence
        on two lines."""
        return equal(d, d + shift)

    plain = json.loads(json.dumps(T.judge(salt=7).to_json()))
    seconds = plain.pop("seconds")
    assert seconds >= 0
    assert plain == {
        "label": "thm:x",
        "title": "T",
        "statement": "$x = x$",
        "source": "S",
        "bibtex": "@article{s}",
        "assuming": ["x > 0"],
        "uses": ["lem:y"],
        "conditional_on": "one-way functions",
        "open": True,
        "verdict": "FAILS",
        "salt": 7,
        "tier": "quick",
        "judgements": 0,
        "findings": [
            {
                "check": "huge",
                "sentence": "A sentence on two lines.",
                "grade": "EXACT",
                "verdict": "FAILS",
                "said": "at d = 1000000000...0000000000 (51 digits): refuted",
                "instances": 1,
                "witness": "d = 1000000000...0000000000 (51 digits): 1000000000...0000000000 (51 digits) "
                "= 1000000000...0000000001 (51 digits) is false",
                "traceback": None,
                "controls": [],
                "judgements": 0,
            }
        ],
    }


def test_instances_are_named_the_same_in_every_run() -> None:
    class Thing:
        pass

    T = a_theorem()

    @T.check(thing=[Thing(), Thing()], table=[np.eye(2)])
    def check(thing: Thing, table: Any) -> Claim:
        "Sentence."
        return equal(1, 2)

    (finding,) = T.judge().findings
    assert " at 0x" not in str(finding.witness) and "[[1. 0.] [0. 1.]]" in str(finding.witness)


def test_progress_counts_instances_and_figures_are_kept() -> None:
    T = a_theorem()

    @T.check(d=[1, 2])
    def check(d: int, shift: int = 0) -> Claim:
        "Sentence."
        return equal(d + shift, d)

    T.control(check, "shifted", shift=1)

    @T.figure
    def picture() -> str:
        return "a figure"

    calls: list[tuple[int, int, str]] = []
    T.judge(progress=lambda *call: calls.append(call))
    assert calls == [(1, 4, "check"), (2, 4, "check"), (3, 4, "check / control 0: shifted")]
    assert [figure() for figure in T.figures] == ["a figure"]


def a_check(d: int, v: int = 1) -> Claim:
    "Sentence."
    return equal(d, d)


def starred(*d: int) -> Claim:
    "Sentence."
    return equal(1, 1)


def silent(d: int) -> Claim:
    return equal(1, 1)


def with_control(reason: str = "because", **changes: Any) -> None:
    T = a_theorem()
    T.check(d=[1])(a_check)
    T.control(a_check, reason, **changes)


def twice() -> None:
    T = a_theorem()
    T.check(d=[1])(a_check)
    T.check(d=[1])(a_check)


@pytest.mark.parametrize(
    ("declare", "error", "message"),
    [
        (lambda: a_theorem(label="thm census"), ValueError, "label = 'thm census'"),
        (lambda: a_theorem(label=""), ValueError, "label = ''"),
        (lambda: a_theorem(uses="lem:y"), TypeError, "uses = 'lem:y': it must be a list"),
        (lambda: a_theorem().check(tier="slow"), ValueError, "tier = 'slow'"),
        (lambda: a_theorem().check(d=[]), ValueError, r"d = \[\]: an axis without values"),
        (lambda: a_theorem().check(d=3), TypeError, "d = 3: an axis is a list"),
        (lambda: a_theorem().check(d="ab"), TypeError, "d = 'ab': an axis is a list"),
        (lambda: a_theorem().check(d=[1], full={"d": []}), ValueError, "an axis without values"),
        (lambda: a_theorem().check(d=[1], w=[1])(a_check), ValueError, "a_check has no parameter w: it has d, v"),
        (lambda: a_theorem().check(d=[1], full={"dd": [1]})(a_check), ValueError, "no parameter dd: did you mean d?"),
        (lambda: a_theorem().check()(a_check), ValueError, "the parameter d has neither an axis nor a default"),
        (lambda: a_theorem().check(d=[1])(silent), ValueError, "silent has no docstring"),
        (lambda: a_theorem().check(d=[1])(starred), TypeError, "the parameter d must be one that is passed by name"),
        (twice, ValueError, "thm:x has a check a_check already"),
        (lambda: a_theorem().control(a_check, "r", v=1), ValueError, "a_check is no check of thm:x"),
        (lambda: with_control(), ValueError, "changes nothing"),
        (lambda: with_control("", v=2), ValueError, "has no reason"),
        (lambda: with_control(w=2), ValueError, "a_check has no parameter w"),
        (lambda: with_control(d=2), TypeError, "d = 2: an axis is a list"),
    ],
)
def test_declarations_name_what_is_wrong(declare: Callable[[], Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        declare()
