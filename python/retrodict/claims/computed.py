"""The only door by which a kernel's floats enter a claim."""

from __future__ import annotations

import operator
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import flint
import numpy as np
import sympy
from numpy.typing import ArrayLike

__all__ = ["Computed"]


class Computed:
    """A kernel's float, or array of floats, read as the exact dyadic numbers that they are.

    Evidence about that output and no more: `equal(Computed(x), y)` says that the kernel returned y to the last bit, not
    that the mathematical quantity is y. Arithmetic with rational numbers is exact and stays `Computed`.

    Parameters
    ----------
    output : float or array of floats (or integers) of any shape
        nan and infinities may be there; a claim about them is UNDECIDED.

    Attributes
    ----------
    exact : Fraction, or an object array of Fractions of the shape of `output`; nan where `output` is not finite

    Raises
    ------
    TypeError
        If `output` holds anything but real machine numbers.

    Examples
    --------
    >>> Computed(0.1).exact
    Fraction(3602879701896397, 36028797018963968)
    >>> abs(3 * Computed([0.5, -0.25]) - Fraction(1, 2)).exact.tolist()
    [Fraction(1, 1), Fraction(5, 4)]
    """

    __array_ufunc__ = None  # an array on the left leaves the operation to Computed
    __slots__ = ("exact",)

    exact: Any

    def __init__(self, output: ArrayLike) -> None:
        floats = np.asarray(output)
        if floats.dtype.kind not in "fiu":
            raise TypeError(
                f"Computed of {floats.dtype}: it takes floats that a kernel returned; exact values enter as they are"
            )
        self.exact = np.frompyfunc(_dyadic, 1, 1)(floats)

    def __repr__(self) -> str:
        return f"Computed({np.vectorize(float)(self.exact)!r})"

    def __len__(self) -> int:
        return len(self.exact)

    def __getitem__(self, index: Any) -> Computed:
        return _wrap(self.exact[index])

    def __add__(self, other: Any) -> Computed:
        return _combine(operator.add, self, other)

    def __radd__(self, other: Any) -> Computed:
        return _combine(operator.add, other, self)

    def __sub__(self, other: Any) -> Computed:
        return _combine(operator.sub, self, other)

    def __rsub__(self, other: Any) -> Computed:
        return _combine(operator.sub, other, self)

    def __mul__(self, other: Any) -> Computed:
        return _combine(operator.mul, self, other)

    def __rmul__(self, other: Any) -> Computed:
        return _combine(operator.mul, other, self)

    def __truediv__(self, other: Any) -> Computed:
        return _combine(operator.truediv, self, other)

    def __rtruediv__(self, other: Any) -> Computed:
        return _combine(operator.truediv, other, self)

    def __neg__(self) -> Computed:
        return _wrap(-self.exact)

    def __abs__(self) -> Computed:
        return _wrap(abs(self.exact))


def _dyadic(x: Any) -> Fraction | float:
    return Fraction(*x.as_integer_ratio()) if np.isfinite(x) else float("nan")


def _wrap(exact: Any) -> Computed:
    computed = Computed.__new__(Computed)
    computed.exact = exact
    return computed


def _combine(operation: Callable[[Any, Any], Any], left: Any, right: Any) -> Computed:
    return _wrap(np.frompyfunc(operation, 2, 1)(_rational(left), _rational(right)))


def _rational(value: Any) -> Any:
    """Fraction, or an object array of Fractions; a bare float is refused here as in a claim."""
    if isinstance(value, Computed):
        return value.exact
    if isinstance(value, Fraction):
        return value
    if isinstance(value, int | np.integer) and not isinstance(value, bool):
        return Fraction(int(value))
    if isinstance(value, flint.fmpq | flint.fmpz | sympy.Rational):
        return Fraction(int(value.numerator), int(value.denominator))
    if isinstance(value, list | tuple | np.ndarray):
        return np.array([_rational(entry) for entry in value], dtype=object)
    raise TypeError(f"arithmetic of Computed with a {type(value).__name__}: it stays exact only with rational numbers")
