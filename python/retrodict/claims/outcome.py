"""What judging one pair of values gave."""

from __future__ import annotations

from typing import NamedTuple

from retrodict.claims.evidence import Verdict

__all__ = ["Outcome", "holds"]


class Outcome(NamedTuple):
    """`said` is the method of a HOLDS and the reason of an UNDECIDED; `witness` the counterexample of a FAILS."""

    verdict: Verdict
    said: str
    witness: str | None = None


def holds(relation: str, sign: int) -> bool:
    """Whether the relation holds of two numbers whose difference left - right has this sign."""
    return {"equal": sign == 0, "less": sign < 0, "at_most": sign <= 0}[relation]
