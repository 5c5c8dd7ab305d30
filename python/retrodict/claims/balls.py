"""Enclosures of sympy expressions, at a precision that grows until the question is settled."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import flint
import sympy

__all__ = ["enclose", "excludes_zero", "is_nan", "is_tiny", "real_ball", "sign_at"]

PRECISIONS = (64, 256, 1024, 4096)
"""Bits at which an enclosure is tried, in turn."""

TINY_BITS = 128
"""A ball around zero this small counts as agreement at a point, never as a proof."""

CONSTANTS: dict[Any, Callable[[], Any]] = {
    sympy.pi: flint.arb.pi,
    sympy.E: flint.arb.const_e,
    sympy.EulerGamma: flint.arb.const_euler,
    sympy.Catalan: flint.arb.const_catalan,
    sympy.GoldenRatio: lambda: (1 + flint.arb(5).sqrt()) / 2,
}

FUNCTIONS: dict[Any, Callable[..., Any]] = {
    sympy.exp: flint.acb.exp,
    sympy.log: flint.acb.log,
    sympy.sin: flint.acb.sin,
    sympy.cos: flint.acb.cos,
    sympy.tan: flint.acb.tan,
    sympy.cot: flint.acb.cot,
    sympy.asin: flint.acb.asin,
    sympy.acos: flint.acb.acos,
    sympy.atan: flint.acb.atan,
    sympy.sinh: flint.acb.sinh,
    sympy.cosh: flint.acb.cosh,
    sympy.tanh: flint.acb.tanh,
    sympy.coth: flint.acb.coth,
    sympy.asinh: flint.acb.asinh,
    sympy.acosh: flint.acb.acosh,
    sympy.atanh: flint.acb.atanh,
    sympy.erf: flint.acb.erf,
    sympy.erfc: flint.acb.erfc,
    sympy.gamma: flint.acb.gamma,
    sympy.loggamma: flint.acb.lgamma,
    sympy.zeta: flint.acb.zeta,
    sympy.factorial: lambda z: (z + 1).gamma(),
    sympy.re: lambda z: flint.acb(z.real),
    sympy.im: lambda z: flint.acb(z.imag),
    sympy.conjugate: flint.acb.conjugate,
    sympy.Abs: lambda z: flint.acb(abs(z)),
}

REAL_FUNCTIONS: dict[Any, Callable[..., Any]] = {
    sympy.Max: lambda *xs: _fold(flint.arb.max, xs),
    sympy.Min: lambda *xs: _fold(flint.arb.min, xs),
    sympy.sign: flint.arb.sgn,
    sympy.floor: flint.arb.floor,
    sympy.ceiling: flint.arb.ceil,
}


def enclose(expression: Any, point: Mapping[Any, Any] | None = None) -> Any:
    """A complex ball that contains the value of `expression` with numbers for its symbols, at the current precision.

    nan where a function is not known here: nothing is decided then.

    >>> enclose(sympy.sqrt(2)).real.overlaps(flint.arb(2).sqrt())
    True
    """
    if isinstance(expression, flint.fmpq | flint.arb | flint.acb):
        return flint.acb(expression)
    return _walk(expression, dict(point or {}))


def _walk(node: Any, point: Mapping[Any, Any]) -> Any:
    if isinstance(node, sympy.Rational):
        return flint.acb(flint.fmpq(int(node.p), int(node.q)))
    if node in point:
        return _walk(point[node], {})
    if node in CONSTANTS:
        return flint.acb(CONSTANTS[node]())
    if node is sympy.I:
        return flint.acb(0, 1)
    if isinstance(node, sympy.Sum | sympy.Product | sympy.Piecewise):
        settled = node.xreplace(point).doit()
        return flint.acb("nan") if isinstance(settled, type(node)) else _walk(settled, {})
    if isinstance(node, sympy.Pow):
        return _power(node, point)
    arguments = [_walk(argument, point) for argument in node.args]
    if isinstance(node, sympy.Add):
        return _fold(lambda a, b: a + b, arguments)
    if isinstance(node, sympy.Mul):
        return _fold(lambda a, b: a * b, arguments)
    if node.func in FUNCTIONS and len(arguments) == 1:
        return FUNCTIONS[node.func](arguments[0])
    if node.func is sympy.binomial:
        top, bottom = arguments
        return (top + 1).gamma() * (bottom + 1).rgamma() * (top - bottom + 1).rgamma()
    if node.func in REAL_FUNCTIONS and all(argument.imag.is_zero() for argument in arguments):
        return flint.acb(REAL_FUNCTIONS[node.func](*(argument.real for argument in arguments)))
    return flint.acb("nan")


def _power(node: Any, point: Mapping[Any, Any]) -> Any:
    base, exponent = node.args
    if base is sympy.E:
        return _walk(exponent, point).exp()
    ground, power = _walk(base, point), _walk(exponent, point)
    if exponent == sympy.Rational(1, 2):
        return ground.sqrt()
    count = power.unique_fmpz() if power.is_exact() and power.imag.is_zero() else None
    return ground**power if count is None else _integer_power(ground, int(count))


def _integer_power(base: Any, exponent: int) -> Any:
    """Repeated multiplication: python-flint 0.9.0 gives nan for `**` of a ball that contains zero."""
    if exponent < 0:
        return 1 / _integer_power(base, -exponent)
    power = flint.acb(1)
    for bit in bin(exponent)[2:]:
        power = power * power
        if bit == "1":
            power = power * base
    return power


def _fold(operation: Callable[[Any, Any], Any], values: Any) -> Any:
    first, *rest = values
    for value in rest:
        first = operation(first, value)
    return first


def is_nan(value: Any) -> bool:
    """Whether a value is the ball about which nothing is known."""
    if isinstance(value, flint.acb):
        return bool(value.real.is_nan() or value.imag.is_nan())
    return isinstance(value, flint.arb) and bool(value.is_nan())


def real_ball(value: Any, point: Mapping[Any, Any] | None = None) -> Any:
    """The real ball of a real number, formula or ball; nan where it may be no real number."""
    ball = enclose(value, point)
    real = ball.imag.is_zero() or (isinstance(value, sympy.Expr) and value.is_extended_real is True)
    return ball.real if real else flint.arb("nan")


def excludes_zero(expression: Any, point: Mapping[Any, Any] | None = None) -> bool:
    """Whether an enclosure at some precision shows that the value is not zero: this refutes."""
    for precision in PRECISIONS:
        with flint.ctx.workprec(precision):
            ball = enclose(expression, point)
            if not ball.overlaps(flint.acb(0)) and ball.is_finite():
                return True
            if ball.is_exact():
                return False
    return False


def is_tiny(expression: Any, point: Mapping[Any, Any] | None = None) -> bool:
    """Whether an enclosure at high precision lies within 2^-128 of zero: agreement, which establishes nothing alone."""
    with flint.ctx.workprec(PRECISIONS[-1]):
        return bool(abs(enclose(expression, point)) < flint.arb(flint.fmpq(1, 1 << TINY_BITS)))


def sign_at(expression: Any, point: Mapping[Any, Any] | None = None) -> int | None:
    """Sign of a real value where balls settle it: they tell a number from zero, and never find it to be zero."""
    for precision in PRECISIONS:
        with flint.ctx.workprec(precision):
            ball = real_ball(expression, point)
            if ball > 0:
                return 1
            if ball < 0:
                return -1
    return None
