"""What a judged theorem reports, as data and as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from retrodict.claims.evidence import Grade, Verdict

__all__ = ["ControlFinding", "Finding", "Report"]


@dataclass(frozen=True)
class ControlFinding:
    """Whether a false twin was caught, and what was seen."""

    reason: str
    caught: bool
    said: str


@dataclass(frozen=True)
class Finding:
    """Outcome of one check over its grid, with its controls; `grade` is None where no claim was reached."""

    check: str
    sentence: str
    grade: Grade | None
    verdict: Verdict
    said: str
    instances: int
    witness: str | None
    traceback: str | None
    controls: tuple[ControlFinding, ...]
    judgements: int


@dataclass(frozen=True)
class Report:
    """Everything about one judged theorem."""

    label: str
    title: str
    statement: str
    source: str
    bibtex: str
    assuming: tuple[str, ...]
    uses: tuple[str, ...]
    conditional_on: str | None
    open: bool
    verdict: Verdict
    salt: int
    tier: str
    judgements: int
    seconds: float
    findings: tuple[Finding, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain dicts, lists, strings and numbers; verdicts and grades by name, exact values as text."""
        plain: dict[str, Any] = _plain(asdict(self))
        return plain


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    return value.value if isinstance(value, Grade | Verdict) else value
