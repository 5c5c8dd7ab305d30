"""Formulas: equality by canonical form, or by simplification and points; order in `order`.

A rational function with rational coefficients has a canonical form, so that an equality of two is decided by it: a
proof. A power with a symbolic exponent is taken apart first, base^(2 h + 1) = base (base^h)^2, and base^h is one more
indeterminate; zero in the indeterminates is zero. For all else, sympy's simplification must find zero *and* the
formulas must agree at random points of the domain.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sympy

from retrodict.claims import balls, order
from retrodict.claims.domain import Domain, domain_of
from retrodict.claims.evidence import Verdict
from retrodict.claims.outcome import Outcome
from retrodict.claims.rational import to_fraction, to_sympy
from retrodict.claims.text import RELATIONS, show

__all__ = ["is_zero_constant", "judge_formula"]

POINTS = 32
FEWEST_POINTS = 16


def judge_formula(relation: str, left: Any, right: Any, within: Any, assuming: tuple[Any, ...], seed: int) -> Outcome:
    """Judge a claim with free symbols over the domain that the symbols and `assuming` give."""
    left, right = to_sympy(left), to_sympy(right)
    tolerance = sympy.Integer(0) if within is None else to_sympy(within)
    domain = domain_of((left, right, tolerance), assuming, real=relation != "equal")
    if relation == "equal":
        return _equal(left, right, domain, seed)
    if relation == "less":
        return order.judge_sign(right - left, "less", domain, seed)
    if relation == "at_most":
        return order.judge_sign(right - left, "at_most", domain, seed)
    above = order.judge_sign(tolerance - (left - right), "at_most", domain, seed)
    below = order.judge_sign(tolerance + (left - right), "at_most", domain, seed)
    return next((side for side in (above, below) if side.verdict is Verdict.FAILS), None) or min(
        (above, below), key=lambda side: side.verdict is Verdict.HOLDS
    )


def _equal(left: Any, right: Any, domain: Domain, seed: int) -> Outcome:
    difference = (left - right).xreplace(domain.solved())
    canonical = to_fraction(difference.doit())
    if canonical is not None and not canonical:
        return Outcome(Verdict.HOLDS, "identity, by canonical form")
    agreeing = 0
    for point in domain.points(seed, POINTS):
        if balls.excludes_zero(difference, point):
            values = f"{order.show_at(left, point)} {RELATIONS['equal']} {order.show_at(right, point)} is false"
            return Outcome(Verdict.FAILS, "refuted at a point of the domain", f"at {order.show_point(point)}: {values}")
        agreeing += balls.is_tiny(difference, point)
    if agreeing < FEWEST_POINTS:
        reason = f"only {agreeing} of {POINTS} random points of the domain ({domain}) could be compared"
        return Outcome(Verdict.UNDECIDED, reason)
    if not is_zero_constant(difference):
        reason = f"equal at {agreeing} random points, but simplification leaves {show(sympy.simplify(difference))}"
        return Outcome(Verdict.UNDECIDED, reason)
    return Outcome(Verdict.HOLDS, f"identity, by simplification and at {agreeing} random points")


def is_zero_constant(expression: Any) -> bool:
    """Whether sympy finds the expression zero: by its minimal polynomial if it is algebraic, else by simplification."""
    if not expression.free_symbols and expression.is_algebraic:
        x = sympy.Dummy("x")
        return bool(sympy.minimal_polynomial(expression, x) == x)
    return any(form == 0 for form in _simpler(expression))


def _simpler(expression: Any) -> Iterator[Any]:
    yield sympy.expand(expression)
    yield sympy.simplify(expression)
    yield sympy.simplify(sympy.expand(expression, func=True))
    yield sympy.simplify(expression.rewrite(sympy.exp))
