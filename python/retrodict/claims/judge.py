"""From a claim to evidence: each grade has its own judge, and says no more than it saw."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import flint
import sympy

from retrodict.claims import balls, chance, symbolic
from retrodict.claims.admission import Undefined
from retrodict.claims.budget import ERROR, Stream
from retrodict.claims.evidence import Claim, Evidence, Grade, Verdict, grade_of
from retrodict.claims.outcome import Outcome, holds
from retrodict.claims.rational import to_sympy
from retrodict.claims.text import RELATIONS, show

__all__ = ["judge"]

CERTIFYING_BITS = 4096


def judge(
    claim: Claim, *, assuming: Iterable[Any] = (), stream: Stream | None = None, error: float = ERROR
) -> Evidence:
    """Judge every pair of the claim; one that fails decides it, else one that is undecided.

    Parameters
    ----------
    claim : Claim
    assuming : sympy relations
        The domain of a claim with free symbols, beside the symbols' own assumptions.
    stream : Stream
        Where the seeds of draws and of random points come from.
    error : float
        Probability of a wrong verdict by chance, each way and for each pair; only calibration changes it.

    Examples
    --------
    >>> from retrodict.claims import equal, less
    >>> judge(equal([1, 2], [1, 2])).verdict
    <Verdict.HOLDS: 'HOLDS'>
    >>> judge(less([1, 3], [2, 3])).witness
    '[1]: 3 < 3 is false'
    """
    source = stream or Stream()
    grade = claim.grade
    known = tuple(assuming)
    outcomes: list[Outcome] = []
    for index, (left, right) in zip(claim.at, claim.pairs, strict=True):
        outcome = _judge_pair(claim, left, right, known, (source, index, error))
        outcomes.append(outcome)
        if outcome.verdict is Verdict.FAILS:
            break
    return _combine(claim, grade, outcomes)


def _judge_pair(
    claim: Claim, left: Any, right: Any, assuming: tuple[Any, ...], randomness: tuple[Stream, str, float]
) -> Outcome:
    """By the grade of the pair itself: a sequence may hold samples beside numbers."""
    relation, within = claim.relation, claim.within
    grade = grade_of([left, right, within])
    for value in (left, right, within):
        if isinstance(value, Undefined):
            return Outcome(Verdict.UNDECIDED, f"{value} on one side: nothing is decided about it")
    if grade is Grade.STATISTICAL:
        return chance.judge_sample(relation, left, right, within, *randomness)
    if grade is Grade.CERTIFIED:
        return _certified(relation, left, right, within)
    if grade is Grade.SYMBOLIC:
        return symbolic.judge_formula(
            relation, left, right, within, assuming, randomness[0].seed("points", randomness[1])
        )
    return _exact(relation, left, right, within)


def _combine(claim: Claim, grade: Grade, outcomes: list[Outcome]) -> Evidence:
    index, decisive = next(
        (
            (index, outcome)
            for verdict in (Verdict.FAILS, Verdict.UNDECIDED)
            for index, outcome in zip(claim.at, outcomes, strict=False)
            if outcome.verdict is verdict
        ),
        ("", None),
    )
    where = f"{index}: " if index else ""
    facts: dict[str, Any] = {
        "relation": claim.relation,
        "computed": claim.computed,
        "comparisons": len(outcomes),
        "judgements": claim.judgements,
    }
    if decisive is None:
        said = "; ".join(dict.fromkeys(outcome.said for outcome in outcomes))
        return Evidence(grade, Verdict.HOLDS, said, **facts)
    witness = where + decisive.witness if decisive.witness else None
    return Evidence(grade, decisive.verdict, where + decisive.said, witness, **facts)


def _exact(relation: str, left: Any, right: Any, within: Any) -> Outcome:
    if relation == "near":
        if all(isinstance(value, flint.fmpq) for value in (left, right, within)):
            gap = abs(left - right)
        else:
            gap = sympy.Abs(to_sympy(left) - to_sympy(right))
        inner = _exact("at_most", gap, within, None)
        witness = f"abs({show(left)} - {show(right)}) <= {show(within)} is false" if inner.witness else None
        return Outcome(inner.verdict, inner.said, witness)
    if isinstance(left, flint.fmpq) and isinstance(right, flint.fmpq):
        sign = (left > right) - (left < right)
    else:
        difference = to_sympy(left) - to_sympy(right)
        settled = _sign_of_constant(difference, relation)
        if settled is None:
            reason = f"neither balls nor simplification settle the sign of {show(difference)}"
            return Outcome(Verdict.UNDECIDED, reason)
        sign = settled
    if holds(relation, sign):
        return Outcome(Verdict.HOLDS, "no rounding")
    return _refuted(relation, left, right)


def _sign_of_constant(difference: Any, relation: str) -> int | None:
    """Sign of a constant: balls tell it from zero, the minimal polynomial or sympy's simplification finds it zero."""
    if relation == "equal" and balls.excludes_zero(difference):
        return 1
    sign = balls.sign_at(difference)
    if sign is not None:
        return sign
    if symbolic.is_zero_constant(difference):
        return 0
    return None


def _certified(relation: str, left: Any, right: Any, within: Any) -> Outcome:
    if any(balls.is_nan(value) for value in (left, right, within)):
        return Outcome(Verdict.UNDECIDED, "nan on one side: nothing is decided about it")
    with flint.ctx.workprec(CERTIFYING_BITS):
        if relation in ("equal", "near"):
            a, b = balls.enclose(left), balls.enclose(right)
            if relation == "near":
                return _enclosed(
                    "at_most", abs(a - b), balls.real_ball(within), f"abs({show(left)} - {show(right)})", show(within)
                )
            if not a.overlaps(b):
                return _refuted(relation, left, right)
            return Outcome(
                Verdict.UNDECIDED,
                f"the balls {show(left)} and {show(right)} overlap: that refutes no equality and establishes none",
            )
        return _enclosed(relation, balls.real_ball(left), balls.real_ball(right), show(left), show(right))


def _enclosed(relation: str, a: Any, b: Any, left: str, right: str) -> Outcome:
    """Order of two real balls: settled where they lie apart, or touch in the right way."""
    if a < b or (relation == "at_most" and a <= b):
        return Outcome(Verdict.HOLDS, "enclosed")
    if a > b or (relation == "less" and a >= b):
        return _refuted(relation, left, right)
    return Outcome(Verdict.UNDECIDED, f"{left} and {right} are balls too wide to settle it")


def _refuted(relation: str, left: Any, right: Any) -> Outcome:
    return Outcome(Verdict.FAILS, "refuted", f"{show(left)} {RELATIONS[relation]} {show(right)} is false")
