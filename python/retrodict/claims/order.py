"""The sign of a formula on its domain."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import flint
import sympy

from retrodict.claims import balls, cells, coefficients
from retrodict.claims.domain import Domain
from retrodict.claims.evidence import Verdict
from retrodict.claims.outcome import Outcome
from retrodict.claims.rational import to_fraction, value_at
from retrodict.claims.text import show

__all__ = ["judge_sign", "show_at", "show_point"]

POINTS = 256

SIGNS: dict[Any, Callable[[int], bool]] = {
    sympy.Gt: lambda sign: sign > 0,
    sympy.Ge: lambda sign: sign >= 0,
    sympy.Lt: lambda sign: sign < 0,
    sympy.Le: lambda sign: sign <= 0,
    sympy.Eq: lambda sign: sign == 0,
    sympy.Ne: lambda sign: sign != 0,
}


def judge_sign(difference: Any, relation: str, domain: Domain, seed: int) -> Outcome:
    """Judge `difference > 0` (relation "less") or `difference >= 0` ("at_most") on the domain, where it is defined.

    A rational function of one variable is decided. Any other formula is refuted by a point of the domain, established
    by the coefficients of its polynomials or by the signs of its terms, or undecided: points establish nothing.
    """
    fraction = to_fraction(difference)
    symbols = domain.symbols
    if fraction is not None and len(symbols) == 1 and set(fraction.field.symbols) <= set(symbols):
        outcome = _one_variable(fraction, relation, domain)
        if outcome is not None:
            return outcome
    for point in domain.points(seed, POINTS):
        value = value_at(difference, point)
        sign = balls.sign_at(difference, point) if value is None else (value > 0) - (value < 0)
        if sign == -1 or (sign == 0 and relation == "less"):
            witness = f"at {show_point(point)}: right - left = {show_at(difference, point)}"
            return Outcome(Verdict.FAILS, "refuted at a point of the domain", witness)
    if fraction is not None and set(fraction.field.symbols) <= set(symbols):
        product = sympy.Poly((fraction.numer * fraction.denom).as_expr(), *symbols)
        intervals = {symbol: domain.bounds(symbol) for symbol in symbols}
        if coefficients.is_signed(product, intervals, strict=relation == "less"):
            return Outcome(Verdict.HOLDS, "inequality, by the coefficients after a change of variables")
    if difference.is_positive or (relation == "at_most" and difference.is_nonnegative):
        return Outcome(Verdict.HOLDS, "inequality, by the signs of its terms")
    return Outcome(Verdict.UNDECIDED, "no counterexample at random points of the domain, and no certificate")


def _one_variable(fraction: Any, relation: str, domain: Domain) -> Outcome | None:
    """Decide the sign on every cell of the domain; None where the domain is not given by rational functions."""
    (x,) = domain.symbols
    numerator, denominator = (sympy.Poly(part.as_expr(), x) for part in (fraction.numer, fraction.denom))
    conditions = _conditions(domain, x)
    if conditions is None:
        return None
    polynomials = [numerator, denominator, *(polynomial for polynomial, _ in conditions)]
    places: Iterator[cells.Cell] = cells.cells_of(polynomials, x)
    if x.is_integer:
        integers = cells.integers_of(polynomials)
        if integers is None:
            return None
        places = (cells.cell_at(x, sympy.Integer(value)) for value in integers)
    inhabited, doubtful = False, False
    for cell in places:
        irrational = cell.point is None
        if (irrational and x.is_rational) or not all(allowed(cell.sign(part)) for part, allowed in conditions):
            continue
        pole = cell.sign(denominator) == 0
        inhabited = inhabited or not pole
        sign = cell.sign(numerator) * cell.sign(denominator)
        if pole or sign > 0 or (sign == 0 and relation == "at_most"):
            continue
        if irrational or domain.contains({x: cell.point}):
            value = "0" if irrational else show_at(fraction.as_expr(), {x: cell.point})
            return Outcome(Verdict.FAILS, "refuted by isolating real roots", f"at {cell.where}: right - left = {value}")
        doubtful = True  # other assumptions of x, such as being even, exclude this point but perhaps not the cell
    if doubtful:
        return None
    if not inhabited:
        return Outcome(Verdict.UNDECIDED, f"the domain ({domain}) has no point where the formulas are defined")
    return Outcome(Verdict.HOLDS, "inequality, by isolating the real roots")


def _conditions(domain: Domain, x: Any) -> list[tuple[Any, Callable[[int], bool]]] | None:
    """Signs that polynomials in x must have on the domain."""
    line = sympy.Poly(x, x)
    found: list[tuple[Any, Callable[[int], bool]]] = []
    for holds, allowed in (
        (x.is_extended_nonnegative, SIGNS[sympy.Ge]),
        (x.is_extended_nonpositive, SIGNS[sympy.Le]),
        (x.is_zero is False, SIGNS[sympy.Ne]),
    ):
        if holds:
            found.append((line, allowed))
    for relation in domain.relations:
        fraction = to_fraction(relation.lhs - relation.rhs)
        if fraction is None or set(fraction.field.symbols) - {x}:
            return None
        product = sympy.Poly((fraction.numer * fraction.denom).as_expr(), x)
        found.append((product, SIGNS[relation.func]))
        found.append((sympy.Poly(fraction.denom.as_expr(), x), SIGNS[sympy.Ne]))
    return found


def show_point(point: dict[Any, Any]) -> str:
    """x = 1/2, y = 3"""
    return ", ".join(f"{symbol} = {show(value)}" for symbol, value in point.items())


def show_at(expression: Any, point: dict[Any, Any]) -> str:
    """The value at a point: exact if rational, else as a ball."""
    value = value_at(expression, point)
    if value is not None:
        return show(value)
    with flint.ctx.workprec(64):
        ball = balls.enclose(expression, point)
        return show(ball.real if ball.imag.is_zero() else ball)
