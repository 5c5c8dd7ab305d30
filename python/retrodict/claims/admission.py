"""What is let in as evidence, and as what.

A float is evidence of nothing and is refused, and so is a float in disguise. The rule for disguises: a number with
denominator 2^k, k > 20, that a double holds exactly is refused

- if its shortest decimal has at most 12 digits without being the number itself, as `Fraction(0.1)`, whose shortest
  decimal 0.1 is not what it holds: somebody wrote a decimal and got its rounding;
- if its numerator has 50 to 53 bits, so that it fills a double's mantissa as 15 of 16 results of floating-point
  arithmetic do. `fmpq` is exempt from this half, since it has no constructor that takes a float.

Dyadic numbers with denominator up to 2^20 always pass, and so do those with numerators below 50 bits that no short
decimal rounds to, such as (3/4)^20. An exact result that happens to fill a mantissa enters as `fmpq(p, q)`. For balls
the rule applies to those of radius zero; inside a formula the first half applies to every rational constant.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import flint
import numpy as np
import sympy

from retrodict.claims.computed import Computed
from retrodict.claims.samples import Distribution, Law, Mass, Mean

__all__ = ["Undefined", "admit", "admit_distribution"]

SHORT_DECIMAL = 12
LARGEST_PLAIN_POWER = 20
FULL_MANTISSA = range(50, 54)


@dataclass(frozen=True)
class Undefined:
    """nan or an infinity where a number should be: nothing is decided about it."""

    what: str

    def __str__(self) -> str:
        return self.what


def admit(value: Any, where: str) -> Any:
    """The value as the judge reads it: fmpq, sympy expression, ball, sample, or `Undefined`.

    Raises
    ------
    TypeError
        Naming `where` and the rule, for everything that is no evidence.
    """
    if isinstance(value, bool | np.bool_ | sympy.logic.boolalg.Boolean) and not isinstance(value, sympy.Symbol):
        raise TypeError(f"{where} = {value} is a truth value: return the relation itself, so that it can be judged")
    if isinstance(value, float | complex | np.inexact | sympy.Float):
        raise TypeError(
            f"{where} = {value} is a float, evidence of nothing: write the exact number, or Computed(...) for what a "
            "kernel returned"
        )
    if isinstance(value, int | np.integer):
        return flint.fmpq(int(value))
    if isinstance(value, Computed):
        return _admit_output(value.exact)
    if isinstance(value, Fraction):
        _refuse_laundered(value.numerator, value.denominator, where)
        return flint.fmpq(value.numerator, value.denominator)
    if isinstance(value, flint.fmpz | flint.fmpq):
        number = flint.fmpq(value)
        _refuse_laundered(int(number.p), int(number.q), where, mantissa=False)
        return number
    if isinstance(value, sympy.Expr):
        return _admit_expression(value, where)
    if isinstance(value, flint.arb | flint.acb):
        for part in (value,) if isinstance(value, flint.arb) else (value.real, value.imag):
            if part.is_exact() and part.is_finite():
                exact = part.fmpq()
                _refuse_laundered(int(exact.p), int(exact.q), where)
        return value
    if isinstance(value, Mean | Law):
        return value
    raise TypeError(
        f"{where} is a {type(value).__name__}: evidence is an int, Fraction, fmpq, sympy expression, ball, Computed, "
        "Mean or Law"
    )


def admit_distribution(value: Any, where: str) -> Mass | Distribution:
    """What a `Law` is compared with: a mass function as a dict, or a distribution function."""
    if not isinstance(value, Mapping):
        return Distribution(value)
    if not value:
        raise ValueError(f"{where} = {{}}: a mass function needs at least one value")
    masses = {}
    for point, mass in value.items():
        at, probability = admit(point, f"a value of {where}"), admit(mass, f"{where}[{point}]")
        if not isinstance(at, flint.fmpq):
            raise TypeError(f"{where} has a value {point}: a mass function is over rational numbers")
        if isinstance(probability, Mean | Law):
            raise TypeError(f"{where}[{point}] is a {type(mass).__name__}: a probability here is a number")
        if isinstance(probability, sympy.Expr) and probability.free_symbols:
            raise TypeError(f"{where}[{point}] = {mass} has free symbols: give them values")
        masses[at] = probability
    points = tuple(sorted(masses))
    return Mass(points, tuple(masses[point] for point in points))


def _admit_output(exact: Any) -> Any:
    if isinstance(exact, Fraction):
        return flint.fmpq(exact.numerator, exact.denominator)
    return Undefined("a value that is not finite")


def _admit_expression(value: sympy.Expr, where: str) -> Any:
    if value.has(sympy.nan, sympy.zoo, sympy.oo, -sympy.oo):
        return Undefined(str(value))
    if isinstance(value, sympy.Rational):
        _refuse_laundered(int(value.p), int(value.q), where)
        return flint.fmpq(int(value.p), int(value.q))
    for number in sorted(value.atoms(sympy.Number), key=sympy.default_sort_key):
        if isinstance(number, sympy.Float):
            raise TypeError(f"{where} = {value} contains the float {number}: write it as a Rational")
        _refuse_laundered(int(number.p), int(number.q), where, mantissa=False)
    return value


def _refuse_laundered(p: int, q: int, where: str, *, mantissa: bool = True) -> None:
    power = q.bit_length() - 1
    if power <= LARGEST_PLAIN_POWER or q != 1 << power or p.bit_length() >= FULL_MANTISSA.stop:
        return
    double = math.ldexp(p, -power)
    if Fraction(double) != Fraction(p, q):
        return
    digits = len(Decimal(repr(double)).normalize().as_tuple().digits)
    written = digits <= SHORT_DECIMAL and Fraction(repr(double)) != Fraction(p, q)
    if written or (mantissa and p.bit_length() in FULL_MANTISSA):
        raise TypeError(
            f"{where} = {p}/2^{power} is the float {double} in disguise: write the exact Fraction('{double}'), or "
            "Computed(...) for what a kernel returned; an exact result that looks like this enters as fmpq(p, q), and "
            "of a ball compare the ball, not an end"
        )
