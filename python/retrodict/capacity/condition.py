"""How long a first-order encoder must iterate: the condition number of inversion, and the steps that it asks for.

z is a standard Gaussian vector, x = G(z) + beta xi. The energy of the posterior, |z|^2 / 2 + |G(z) - x|^2 / (2 beta^2),
has the second derivative

    I + J^T J / beta^2 + (terms with the second derivative of G, times the components of (G(z) - x) / beta^2),       (1)

and the last terms vanish for linear G, and for every G where G(z) = x. With m |v| <= |J v| <= M |v| the eigenvalues of
the first two lie between 1 + m^2 / beta^2 and 1 + M^2 / beta^2, so that their quotient is at most

    kappa(beta) = (1 + M^2 / beta^2) / (1 + m^2 / beta^2),                                                          (2)

bounded by M^2 / m^2 as the noise falls if m > 0. On quadratics whose curvatures have the quotient kappa, k steps of
gradient descent with the best constant step multiply the worst error by rho^k, rho = (kappa - 1) / (kappa + 1); no
method of first order does better in k steps than Chebyshev's, 1 / T_k(1 / rho), T_k the Chebyshev polynomial
(Nemirovski, recalled). Statement: thm:condition-number.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from math import ceil
from typing import Any, Literal

from flint import arb, ctx, fmpq

from retrodict.maps.continuous import GenerativeMap, Matrix
from retrodict.maps.continuous.line import real

__all__ = ["ConditionNumber", "chebyshev_steps", "condition_number", "descent_steps"]


@dataclass(frozen=True)
class ConditionNumber:
    """kappa(beta), or what bounds it.

    Parameters
    ----------
    value : fmpq, ball or None
        None where no finite bound exists, or where none is known.
    kind : str
        "exact" for linear maps: the quotient of the extreme curvatures of the energy, for every x. "upper" for others:
        (2) with the constants of the certificate; it bounds the quotient of the eigenvalues of I + J^T J / beta^2 at
        every z, which is that of all curvatures where G(z) = x. "unbounded" where there is no value.
    how : str
        The reason, in a clause.
    """

    value: Any
    kind: Literal["exact", "upper", "unbounded"]
    how: str


def condition_number(g: GenerativeMap, beta: Any) -> ConditionNumber:
    """kappa(beta) of (2), exact for linear maps, from the certificate for others.

    Parameters
    ----------
    g : GenerativeMap
    beta : int, Fraction, fmpq or ball
        Standard deviation of the noise, positive.

    Raises
    ------
    TypeError
        For a float.
    ValueError
        For a beta that is not seen to be positive.

    Examples
    --------
    >>> from retrodict.maps.continuous import fold, linear, residual
    >>> condition_number(residual(Fraction(1, 2), [[1]]), Fraction(1, 10))
    ConditionNumber(value=113/13, kind='upper', how='constants m = 1/2 and M = 3/2 of the certificate')
    >>> condition_number(linear([[2]]), Fraction(1, 10)).kind
    'exact'
    >>> condition_number(fold(), 1).how
    'M is not bounded: the derivative 2 t grows without bound'
    """
    noise = _number(beta, "beta")
    if not noise > 0:
        raise ValueError(f"beta = {beta}: the standard deviation of the noise must be positive")
    if g.blocks and all(block.out is None for block in g.blocks):
        whole = reduce(lambda inner, outer: outer * inner, (block.skip.exact for block in g.blocks if block.skip))
        matrix = Matrix.of(whole)
        return ConditionNumber(_quotient(matrix.least, matrix.norm, noise), "exact", "extreme singular values")
    least, most = g.certificate.m.value, g.certificate.M.value
    if most is None:
        return ConditionNumber(None, "unbounded", f"M is not bounded: {g.certificate.M.how}")
    least = fmpq(0) if least is None else least  # true of every map
    how = f"constants m = {least} and M = {most} of the certificate"
    return ConditionNumber(_quotient(least, most, noise), "upper", how)


def _quotient(least: Any, most: Any, noise: Any) -> Any:
    return (noise * noise + most * most) / (noise * noise + least * least)


def descent_steps(kappa: Any, eps: Any) -> int:
    """The least k with rho^k <= eps, rho = (kappa - 1) / (kappa + 1): steps of gradient descent.

    Parameters
    ----------
    kappa : int, Fraction, fmpq or ball
        At least 1.
    eps : int, Fraction or fmpq
        Strictly between 0 and 1.

    Raises
    ------
    TypeError
        For a float.
    ValueError
        For a number out of range.
    ArithmeticError
        Where kappa is a ball whose ends ask for different numbers of steps.

    Examples
    --------
    >>> descent_steps(100, Fraction(1, 1000)), descent_steps(Fraction(11, 9), Fraction(1, 1000))  # rho = 1/10
    (346, 3)
    """

    def rate(kappa: Any) -> Any:
        return (arb(kappa + 1) / arb(kappa - 1)).log()

    def error(kappa: Any, k: int) -> Any:
        return ((kappa - 1) / (kappa + 1)) ** k

    return _steps(kappa, eps, lambda value, kappa: -arb(value).log() / rate(kappa), error)


def chebyshev_steps(kappa: Any, eps: Any) -> int:
    """The least k with 1 / T_k((kappa + 1) / (kappa - 1)) <= eps: steps of the best method of first order.

    Arguments and errors as for `descent_steps`.

    >>> chebyshev_steps(100, Fraction(1, 1000)), chebyshev_steps(4, Fraction(8, 41))  # T_2(5/3) = 41/9
    (38, 3)
    >>> chebyshev_steps(4, Fraction(9, 41))
    2
    """

    def count(value: Any, kappa: Any) -> Any:
        return arb(1 / value).acosh() / (arb(kappa + 1) / arb(kappa - 1)).acosh()

    def error(kappa: Any, k: int) -> Any:
        t = (kappa + 1) / (kappa - 1)
        before, now = fmpq(1), t
        for _ in range(k - 1):
            before, now = now, 2 * t * now - before
        return 1 / now

    return _steps(kappa, eps, count, error)


def _steps(kappa: Any, eps: Any, count: Callable[[Any, Any], Any], error: Callable[[Any, int], Any]) -> int:
    """The least k with error(kappa, k) <= eps; `count` is the real k of equality, `error` exact."""
    condition, target = _number(kappa, "kappa"), _number(eps, "eps")
    if not condition >= 1 or (isinstance(condition, arb) and not condition.is_finite()):
        raise ValueError(f"kappa = {kappa}: must be finite and at least 1")
    if isinstance(target, arb):
        raise TypeError(f"eps = {eps!r} is a ball: must be an exact number")
    if not 0 < target < 1:
        raise ValueError(f"eps = {eps}: must lie strictly between 0 and 1")
    if isinstance(condition, arb):
        low, high = (_least(_dyadic(end), target, count, error) for end in (condition.lower(), condition.upper()))
        if low != high:
            raise ArithmeticError(f"kappa = {kappa}: its ends ask for {low} and for {high} steps")
        return low
    return _least(condition, target, count, error)


def _least(kappa: Any, eps: Any, count: Callable[[Any, Any], Any], error: Callable[[Any, int], Any]) -> int:
    """The least k with error <= eps for rationals: the ceiling of `count`, at a precision that settles it.

    No precision does where error(k) = eps. Then 2^k is at most the numerator or denominator of 1/eps or of 2/eps: rho^k
    has a denominator of at least 2^k; 2 T_k(t) is a monic polynomial in 2 t with integer coefficients, with denominator
    r^k if 2 t has r > 1, and at least 2^k if 2 t is an integer, which is at least 3. Such k are tried exactly.
    """
    if kappa == 1:
        return 1  # one step along the gradient ends at the minimum
    few = max(int(eps.p).bit_length(), int(eps.q).bit_length()) + 2
    bits = 64 + int(kappa.p).bit_length() + int(kappa.q).bit_length()
    while True:
        with ctx.workprec(bits):
            value = count(eps, kappa)
            found = value.ceil().unique_fmpz()
            near = ceil(Fraction(*_parts(value.mid())) - Fraction(1, 2))
        if found is not None:
            return int(found)
        if 1 <= near <= few and error(kappa, near) == eps:
            return near
        bits *= 2


def _number(value: Any, name: str) -> Any:
    """An fmpq of an exact number, a ball as it is; floats are refused."""
    if isinstance(value, fmpq):
        return value
    if isinstance(value, int | Fraction):
        return fmpq(value.numerator, value.denominator)
    ball = real(value, name)
    return _dyadic(ball) if ball.is_exact() and ball.is_finite() else ball


def _parts(end: Any) -> tuple[int, int]:
    mantissa, exponent = (int(part) for part in end.man_exp())
    return (mantissa << exponent, 1) if exponent >= 0 else (mantissa, 1 << -exponent)


def _dyadic(end: Any) -> Any:
    """The dyadic number that a ball of radius 0 is."""
    return fmpq(*_parts(end))
