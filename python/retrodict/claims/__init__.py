"""Typed evidence for theorems."""

from retrodict.claims.budget import CAPACITY, ERROR, CapacityError, enforce
from retrodict.claims.computed import Computed
from retrodict.claims.evidence import Claim, Evidence, Grade, Verdict, at_most, equal, less, near
from retrodict.claims.findings import ControlFinding, Finding, Report
from retrodict.claims.judge import judge
from retrodict.claims.samples import Law, Mean
from retrodict.claims.theorem import Check, Control, Theorem

__all__ = [
    "CAPACITY",
    "ERROR",
    "CapacityError",
    "Check",
    "Claim",
    "Computed",
    "Control",
    "ControlFinding",
    "Evidence",
    "Finding",
    "Grade",
    "Law",
    "Mean",
    "Report",
    "Theorem",
    "Verdict",
    "at_most",
    "enforce",
    "equal",
    "judge",
    "less",
    "near",
]
