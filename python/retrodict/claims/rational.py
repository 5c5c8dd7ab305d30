"""The canonical form of rational functions over the rationals."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import flint
import sympy

__all__ = ["Powers", "to_fraction", "to_sympy", "value_at"]

LARGEST_FACTORED = 10**12
LARGEST_POWER_BITS = 1 << 20


def to_sympy(value: Any) -> Any:
    """A sympy number for an fmpq; expressions as they are."""
    return sympy.Rational(int(value.p), int(value.q)) if isinstance(value, flint.fmpq) else value


def value_at(expression: Any, point: Mapping[Any, Any]) -> Any:
    """The exact value at a rational point as fmpq; None where it is not rational, has a pole, or would be enormous.

    >>> h = sympy.Symbol("h")
    >>> value_at(2**h / 3, {h: sympy.Integer(-2)})
    1/12
    >>> value_at(2 ** (3**h), {h: sympy.Integer(90)}) is None
    True
    """
    if expression in point:
        expression = point[expression]
    if isinstance(expression, sympy.Rational):
        return flint.fmpq(int(expression.p), int(expression.q))
    if not isinstance(expression, sympy.Add | sympy.Mul | sympy.Pow):
        return None
    values = [value_at(argument, point) for argument in expression.args]
    if any(value is None for value in values):
        return None
    if isinstance(expression, sympy.Add):
        return sum(values, flint.fmpq(0))
    if isinstance(expression, sympy.Mul):
        return math.prod(values, start=flint.fmpq(1))
    base, exponent = values
    pole = base == 0 and exponent < 0
    if exponent.q != 1 or pole or abs(exponent) * base.height_bits() > LARGEST_POWER_BITS:
        return None
    return base ** int(exponent.p)


class Powers:
    """Indeterminates for powers with symbolic exponents: one for each pair (base, exponent) left after taking apart.

    Only rules that hold wherever both sides are defined are used: b^(x + y) = b^x b^y, b^(n x) = (b^x)^n for an
    integer n, and (a b)^x = a^x b^x where x is an integer or the bases are not negative (sympy's `expand_power_base`).
    """

    def __init__(self) -> None:
        self.indeterminates: dict[tuple[Any, Any], Any] = {}

    def replace(self, node: Any) -> Any:
        """The expression with an indeterminate for every such power."""
        if not node.args:
            return node
        rebuilt = node.func(*(self.replace(argument) for argument in node.args))
        if not isinstance(rebuilt, sympy.Pow) or not rebuilt.exp.free_symbols:
            return rebuilt
        return sympy.Mul(*(self._power(rebuilt.base, term) for term in sympy.Add.make_args(sympy.expand(rebuilt.exp))))

    def _power(self, base: Any, exponent: Any) -> Any:
        """base^exponent for one term of an exponent."""
        if not exponent.free_symbols:
            return base**exponent
        count, unit = exponent.as_coeff_Mul()
        if not isinstance(count, sympy.Integer):
            count, unit = sympy.Integer(1), exponent
        return (
            sympy.Mul(*(self._factor(part) for part in sympy.Mul.make_args(sympy.expand_power_base(base**unit))))
            ** count
        )

    def _factor(self, part: Any) -> Any:
        if not isinstance(part, sympy.Pow) or not part.exp.free_symbols:
            return part
        times, exponent = part.exp.as_coeff_Mul()
        if not isinstance(times, sympy.Integer):
            times, exponent = sympy.Integer(1), part.exp
        primes = {part.base: 1}
        if isinstance(part.base, sympy.Rational) and 0 < part.base.p * part.base.q < LARGEST_FACTORED:
            primes = sympy.factorrat(part.base)
        return sympy.Mul(*(self._named(base, exponent) ** (power * times) for base, power in primes.items()))

    def _named(self, base: Any, exponent: Any) -> Any:
        return self.indeterminates.setdefault((sympy.sympify(base), exponent), sympy.Dummy("power"))


def to_fraction(expression: Any) -> Any:
    """Numerator and denominator without a common factor, as an element of Q(x, y, ...); None if it is no such function.

    >>> x = sympy.Symbol("x")
    >>> to_fraction((x**2 - 1) / (x - 1) - x)
    1
    >>> to_fraction(sympy.sin(x)) is None
    True
    """
    replaced = Powers().replace(expression)
    if not _is_rational(replaced):
        return None
    symbols = sorted(replaced.free_symbols, key=sympy.default_sort_key)
    if not symbols:
        return sympy.QQ.frac_field(sympy.Dummy("x")).from_sympy(replaced)
    return sympy.QQ.frac_field(*symbols).from_sympy(replaced)


def _is_rational(node: Any) -> bool:
    if isinstance(node, sympy.Rational | sympy.Symbol):
        return True
    if isinstance(node, sympy.Pow):
        return isinstance(node.exp, sympy.Integer) and _is_rational(node.base)
    return isinstance(node, sympy.Add | sympy.Mul) and all(_is_rational(argument) for argument in node.args)
