"""The sign of a formula on its domain."""

from __future__ import annotations

from typing import Any

import flint
import sympy

from retrodict.claims import balls
from retrodict.claims.domain import Domain
from retrodict.claims.evidence import Verdict
from retrodict.claims.outcome import Outcome
from retrodict.claims.text import show

__all__ = ["judge_sign", "show_at", "show_point"]

POINTS = 256


def judge_sign(difference: Any, relation: str, domain: Domain, seed: int) -> Outcome:
    """Judge `difference > 0` (relation "less") or `difference >= 0` ("at_most") on the domain.

    A point of the domain where it is false refutes it. Points establish nothing: that takes a certificate.
    """
    strict = relation == "less"
    for point in domain.points(seed, POINTS):
        sign = balls.compare(difference.xreplace(point), flint.fmpq(0))
        if sign == -1 or (strict and difference.xreplace(point) == 0):
            witness = f"at {show_point(point)}: right - left = {show_at(difference, point)}"
            return Outcome(Verdict.FAILS, "refuted at a point of the domain", witness)
    if difference.is_positive or (not strict and difference.is_nonnegative):
        return Outcome(Verdict.HOLDS, "inequality, by the signs of its terms")
    return Outcome(Verdict.UNDECIDED, "no counterexample at random points of the domain, and no certificate")


def show_point(point: dict[Any, Any]) -> str:
    """x = 1/2, y = 3"""
    return ", ".join(f"{symbol} = {show(value)}" for symbol, value in point.items())


def show_at(expression: Any, point: dict[Any, Any]) -> str:
    """The value at a point: exact if rational, else as a ball."""
    value = expression.xreplace(point)
    if isinstance(value, sympy.Rational):
        return show(value)
    with flint.ctx.workprec(64):
        ball = balls.enclose(value)
        return str(ball.real if ball.imag.is_zero() else ball)
