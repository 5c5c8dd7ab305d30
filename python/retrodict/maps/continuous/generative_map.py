"""A generative map G: R^d -> R^d, known by its values and derivatives, and by constants that hold everywhere.

The values are written once, in numpy: on arrays of doubles they are fast, and on object arrays of Arb balls, complex
balls or truncated power series they are enclosures, since numpy calls the methods of the elements.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from fractions import Fraction
from typing import Any

import numpy as np
from flint import fmpq
from numpy.typing import NDArray

__all__ = ["Certificate", "Constant", "GenerativeMap", "NoCertificateError", "vector"]

Map = Callable[[NDArray[Any]], NDArray[Any]]
Product = Callable[[NDArray[Any], NDArray[Any]], NDArray[Any]]


class NoCertificateError(ValueError):
    """A theorem asks for a constant that the map does not have."""


@dataclass(frozen=True)
class Constant:
    """A bound that holds everywhere, and how it was obtained.

    Parameters
    ----------
    value : int, Fraction, ball or None
        Rationals are kept as fmpq. None where no finite bound exists, or where none is known.
    how : str
        The reason, in a clause.
    """

    value: Any
    how: str

    def __post_init__(self) -> None:
        if isinstance(self.value, float):
            raise TypeError(f"value = {self.value} is a float: a bound is an exact number or a ball")
        if isinstance(self.value, int | Fraction):  # flint's own rationals go with its balls
            object.__setattr__(self, "value", fmpq(self.value.numerator, self.value.denominator))


@dataclass(frozen=True)
class Certificate:
    """The constants of strong invertibility and smoothness, for Euclidean norms.

    For all z, z' the distance of the images is at least m and at most M times that of z and z'; M2 and M3 bound the
    norms of the second and third derivative as bilinear and trilinear maps.

    Examples
    --------
    >>> from retrodict.maps.continuous import fold
    >>> fold().certificate.require("m", "M2")
    Traceback (most recent call last):
    retrodict.maps.continuous.generative_map.NoCertificateError: m = 0: z and -z have the same image
    """

    m: Constant
    M: Constant
    M2: Constant
    M3: Constant

    def require(self, *names: str) -> tuple[Any, ...]:
        """The values of the constants that are named.

        Raises
        ------
        NoCertificateError
            Where one is None, or where m is not positive, with the reason.
        """
        known = [field.name for field in fields(self)]
        for name in names:
            if name not in known:
                raise ValueError(f"names: {name!r} is no constant: they are {', '.join(known)}")
            constant = getattr(self, name)
            if constant.value is None:
                raise NoCertificateError(f"{name} is not bounded: {constant.how}")
            if name == "m" and not constant.value > 0:
                raise NoCertificateError(f"m = {constant.value}: {constant.how}")
        return tuple(getattr(self, name).value for name in names)


@dataclass(frozen=True)
class GenerativeMap:
    """A map R^d -> R^d with its derivative and its constants.

    Parameters
    ----------
    name : str
        What rows and messages call it.
    dimension : int
        d, at least 1.
    forward : function
        z of shape (..., d) to G(z) of the same shape; doubles to doubles, and objects with the operations of a ring and
        the functions that the map uses (balls, complex balls, power series) to such objects.
    jvp, vjp : functions
        (z, v) to J(z) v and J(z)^T v, J the Jacobian matrix; arrays of one shape.
    certificate : Certificate

    Raises
    ------
    ValueError
        For a dimension below 1, and from a call, naming the shape or the entry that is wrong.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from retrodict.maps.continuous import residual
    >>> g = residual(Fraction(1, 2), [[1]])
    >>> g(np.array([[0.0], [1.0]]))
    array([[0.        ],
           [1.42073549]])
    >>> g([0.0, 1.0])
    Traceback (most recent call last):
    ValueError: z has shape (2,): residual:d=1,a=1/2 takes rows of 1 numbers
    """

    name: str
    dimension: int
    forward: Map
    jvp: Product
    vjp: Product
    certificate: Certificate

    def __post_init__(self) -> None:
        if self.dimension < 1:
            raise ValueError(f"dimension = {self.dimension}: must be at least 1")

    def __call__(self, z: Any) -> NDArray[np.float64]:
        """G(z) in doubles, with what comes in and out checked."""
        points = np.asarray(z, dtype=np.float64)
        if points.ndim == 0 or points.shape[-1] != self.dimension:
            raise ValueError(f"z has shape {points.shape}: {self.name} takes rows of {self.dimension} numbers")
        image = self.forward(points)
        for what, values in (("z", points), (f"{self.name}(z)", image)):
            if values.shape != points.shape:
                raise ValueError(f"{what} has shape {values.shape}: it must have the shape {points.shape} of z")
            if not np.isfinite(values).all():
                index = np.argwhere(~np.isfinite(values))[0].tolist()
                raise ValueError(f"{what}{index} = {values[tuple(index)]}: must be finite")
        return image


def vector(*entries: Any) -> NDArray[Any]:
    """An object array of one axis: numpy would otherwise take a power series for a row of numbers.

    >>> vector(1, 2)
    array([1, 2], dtype=object)
    """
    row = np.empty(len(entries), dtype=object)
    row[:] = entries
    return row
