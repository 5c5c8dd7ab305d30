"""A certificate that a polynomial is positive on a product of intervals: a change of variables that shows its signs.

With x = a + y on [a, oo), x = b - y on (-oo, b] and x = (a + b y) / (1 + y) on [a, b], every interval becomes y >= 0
(an upper end b is y = oo). If no coefficient of the polynomial in y is negative, the polynomial is not. It is positive
if, besides, some monomial is positive at each corner that belongs to the domain: one whose exponent is 0 in every
variable that is at its lower end there, and the degree in every variable at its upper end.
"""

from __future__ import annotations

import itertools
from typing import Any

import sympy

from retrodict.claims.domain import Bound

__all__ = ["is_signed"]

Interval = tuple[Bound | None, Bound | None]


def is_signed(polynomial: Any, intervals: dict[Any, Interval], *, strict: bool) -> bool:
    """Whether the polynomial is shown to be positive (`strict`), or nowhere negative, on the product of intervals.

    The certificate is sought for each irreducible factor, up to its sign; an even power is nowhere negative as it is.

    >>> x, y = sympy.symbols("x y")
    >>> unit = (Bound(0, True), Bound(1, True))
    >>> is_signed(sympy.Poly(x + y - x * y, x, y), {x: unit, y: unit}, strict=True)
    True
    >>> is_signed(sympy.Poly(x**2 + y**2 - 2 * x * y, x, y), {x: unit, y: unit}, strict=False)
    True
    """
    constant, factors = polynomial.factor_list()
    sign = sympy.sign(constant)
    for factor, power in factors:
        if power % 2 == 0 and not strict:
            continue
        if _is_positive(factor, intervals, strict=strict):
            continue
        if not _is_positive(-factor, intervals, strict=strict):
            return False
        sign *= (-1) ** power
    return bool(sign > 0 or (sign == 0 and not strict))


def _is_positive(polynomial: Any, intervals: dict[Any, Interval], *, strict: bool) -> bool:
    changed = _changed(polynomial, intervals)
    if changed is None or not all(coefficient >= 0 for coefficient in changed.coeffs()):
        return False
    corners = itertools.product(*(_ends(*intervals[x], polynomial.degree(x)) for x in polynomial.gens))
    return not strict or all(any(_alive(monomial, corner) for monomial in changed.monoms()) for corner in corners)


def _alive(monomial: tuple[int, ...], corner: tuple[int | None, ...]) -> bool:
    return all(end is None or end == exponent for exponent, end in zip(monomial, corner, strict=True))


def _ends(low: Bound | None, high: Bound | None, degree: int) -> list[int | None]:
    """Exponents that a monomial needs to survive at the ends that belong to the interval; None where none does."""
    ends: list[int | None] = []
    if low is not None and not low.open:
        ends.append(0)
    if high is not None and not high.open:
        ends.append(0 if low is None else degree)
    return ends or [None]


def _changed(polynomial: Any, intervals: dict[Any, Interval]) -> Any:
    """The polynomial in the new variables; None if one of them has no bound at all."""
    for x in polynomial.gens:
        low, high = intervals[x]
        if low is not None and high is not None:
            polynomial = _on_segment(polynomial, x, low.value, high.value)
        elif low is not None:
            polynomial = _with(polynomial, x, low.value + x)
        elif high is not None:
            polynomial = _with(polynomial, x, high.value - x)
        else:
            return None
    return polynomial


def _with(polynomial: Any, x: Any, image: Any) -> Any:
    return sympy.Poly(polynomial.as_expr().xreplace({x: image}), *polynomial.gens)


def _on_segment(polynomial: Any, x: Any, low: Any, high: Any) -> Any:
    degree = polynomial.degree(x)
    terms = [
        coefficient * (low + high * x) ** power * (1 + x) ** (degree - power)
        for power, coefficient in enumerate(reversed(sympy.Poly(polynomial.as_expr(), x).all_coeffs()))
    ]
    return sympy.Poly(sympy.Add(*terms), *polynomial.gens)
