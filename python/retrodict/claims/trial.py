"""A check tried over its grid, and its controls with it."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from retrodict.claims.budget import CapacityError, Ledger, Stream
from retrodict.claims.evidence import Claim, Evidence, Grade, Verdict
from retrodict.claims.findings import ControlFinding, Finding
from retrodict.claims.judge import judge
from retrodict.claims.text import show_instance

__all__ = ["Setting", "Trial", "find", "try_instance"]

GRADES_BY_PRECEDENCE = (Grade.STATISTICAL, Grade.CERTIFIED, Grade.SYMBOLIC, Grade.EXACT)

WORDS = {"equal": "equal", "less": "less", "at_most": "at most", "near": "within tolerance"}


@dataclass(frozen=True)
class Setting:
    """What all instances of one run of a theorem share."""

    label: str
    assuming: tuple[Any, ...]
    salt: int
    ledger: Ledger
    advance: Callable[[str], None]


@dataclass(frozen=True)
class Trial:
    """One instance: the evidence for each of its claims, or the exception that came between."""

    instance: str
    evidence: tuple[Evidence, ...]
    error: str | None = None
    traceback: str | None = None

    @property
    def decisive(self) -> Evidence | None:
        """The evidence that keeps the instance from holding."""
        for verdict in (Verdict.FAILS, Verdict.UNDECIDED):
            for evidence in self.evidence:
                if evidence.verdict is verdict:
                    return evidence
        return None

    @property
    def verdict(self) -> Verdict:
        """FAILS if a claim fails, UNDECIDED if one is or an exception came, else HOLDS."""
        decisive = self.decisive
        if decisive is not None and (decisive.verdict is Verdict.FAILS or self.error is None):
            return decisive.verdict
        return Verdict.UNDECIDED if self.error is not None else Verdict.HOLDS

    @property
    def said(self) -> str:
        """What was seen here, led by the instance."""
        where = f"at {self.instance}: " if self.instance else ""
        decisive = self.decisive
        if self.verdict is Verdict.UNDECIDED and self.error is not None:
            return f"{where}{self.error}"
        return where + (describe(self.evidence, 1) if decisive is None else decisive.said)

    @property
    def witness(self) -> str | None:
        """The counterexample, led by the instance."""
        decisive = self.decisive
        if decisive is None or decisive.witness is None:
            return None
        return f"{self.instance}: {decisive.witness}" if self.instance else decisive.witness


def try_instance(
    setting: Setting, check: str, function: Callable[..., Any], values: dict[str, Any], shown: str
) -> Trial:
    """Call the check and judge what it returns, up to the first claim that fails; an exception is kept, not raised."""
    found: list[Evidence] = []
    try:
        for number, claim in enumerate(_claims(function(**values))):
            setting.ledger.spend(claim.judgements)
            stream = Stream(setting.salt, setting.label, check, f"{shown} #{number}")
            found.append(judge(claim, assuming=setting.assuming, stream=stream))
            if found[-1].verdict is Verdict.FAILS:
                break
        if not found:
            raise ValueError("the check returned no claim: that verifies nothing")
    except CapacityError:
        raise
    except Exception as error:
        return Trial(shown, tuple(found), f"{type(error).__name__}: {error}", traceback.format_exc())
    finally:
        setting.advance(check)
    return Trial(shown, tuple(found))


def _claims(returned: Any) -> Iterable[Claim]:
    claims = (returned,) if isinstance(returned, Claim) else returned
    if not isinstance(claims, Iterable) or isinstance(claims, str):
        raise TypeError(f"the check returned a {type(returned).__name__}: it must return a claim, or several")
    for number, claim in enumerate(claims):
        if not isinstance(claim, Claim):
            raise TypeError(f"claim {number} is a {type(claim).__name__}: use equal, less, at_most or near")
        yield claim


def grade_of_trials(trials: Iterable[Trial]) -> Grade | None:
    """As for values: a sample anywhere makes it STATISTICAL, and so on; None where no claim was reached."""
    seen = {evidence.grade for trial in trials for evidence in trial.evidence}
    return next((grade for grade in GRADES_BY_PRECEDENCE if grade in seen), None)


def describe(evidence: Iterable[Evidence], instances: int) -> str:
    """What was seen where everything holds, grade by grade; never more than was seen."""
    everything = list(evidence)
    phrases = []
    for grade in reversed(GRADES_BY_PRECEDENCE):
        some = [item for item in everything if item.grade is grade]
        if not some:
            continue
        at = f" at all {instances} instances" if instances > 1 else ""
        comparisons = sum(item.comparisons for item in some)
        count = f" ({comparisons} comparisons)" if comparisons > instances else ""
        words = " and ".join(dict.fromkeys(WORDS[item.relation] for item in some))
        methods = "; ".join(dict.fromkeys(item.said for item in some))
        if grade is Grade.EXACT:
            outputs = ": evidence about these outputs of a kernel" if any(item.computed for item in some) else ""
            phrases.append(f"{words}{at}{count}, {methods}{outputs}")
        elif grade is Grade.CERTIFIED:
            phrases.append(f"{methods} on the whole box{at}{count}")
        elif grade is Grade.SYMBOLIC:
            phrases.append(f"{methods}{at}")
        else:
            phrases.append(
                f"{methods}{',' * bool(at)}{at}{count}; off by less than the resolution, either verdict may come out"
            )
    return "; ".join(phrases)


def find(
    setting: Setting,
    check: str,
    sentence: str,
    function: Callable[..., Any],
    grid: list[dict[str, Any]],
    controls: list[tuple[str, list[dict[str, Any]]]],
) -> Finding:
    """Try a check on its grid and each control on its own, and weigh them.

    FAILS stays FAILS whatever the controls do; HOLDS stays HOLDS only if there is a control and every one is caught.
    """
    before = setting.ledger.spent
    trials = [try_instance(setting, check, function, values, show_instance(values)) for values in grid]
    grade = grade_of_trials(trials)
    outcomes = tuple(
        _control(setting, f"{check} / control {number}: {reason}", reason, function, twin_grid, grade)
        for number, (reason, twin_grid) in enumerate(controls)
    )
    verdict, decisive = Verdict.HOLDS, None
    for worst in (Verdict.FAILS, Verdict.UNDECIDED):
        worse = [trial for trial in trials if trial.verdict is worst]
        if worse:
            verdict, decisive = worst, worse[0]
            break
    if decisive is None:
        said = describe((item for trial in trials for item in trial.evidence), len(trials))
        missed = [outcome.reason for outcome in outcomes if not outcome.caught]
        if missed or not outcomes:
            verdict = Verdict.UNDECIDED
            doubt = f"a control was not caught ({'; '.join(missed)})" if missed else "it has no control"
            said = f"undecided, since {doubt}; otherwise {said}"
    else:
        number = f" ({len(worse)} of {len(trials)} instances)" if len(trials) > 1 else ""
        said = decisive.said + number
    return Finding(
        check,
        sentence,
        grade,
        verdict,
        said,
        len(trials),
        decisive.witness if decisive else None,
        next((trial.traceback for trial in trials if trial.traceback), None),
        outcomes,
        setting.ledger.spent - before,
    )


def _control(
    setting: Setting,
    name: str,
    reason: str,
    function: Callable[..., Any],
    grid: list[dict[str, Any]],
    grade: Grade | None,
) -> ControlFinding:
    """A statistical control is caught where every instance fails, any other where one does."""
    trial = None
    for values in grid:
        trial = try_instance(setting, name, function, values, show_instance(values))
        everywhere = Grade.STATISTICAL in (grade, grade_of_trials([trial]))
        if everywhere and trial.verdict is not Verdict.FAILS:
            return ControlFinding(reason, False, f"not caught {trial.said}")
        if not everywhere and trial.verdict is Verdict.FAILS:
            return ControlFinding(reason, True, trial.witness or trial.said)
    assert trial is not None
    if trial.verdict is Verdict.FAILS:
        return ControlFinding(
            reason, True, f"refuted at all {len(grid)} instances, lastly {trial.witness or trial.said}"
        )
    return ControlFinding(reason, False, f"fails at none of {len(grid)} instances, lastly {trial.said}")
