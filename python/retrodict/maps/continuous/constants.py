"""Constants that hold everywhere, each with how it was obtained."""

from __future__ import annotations

from dataclasses import dataclass, fields
from fractions import Fraction
from typing import Any

from flint import fmpq

__all__ = ["Certificate", "Constant", "NoCertificateError"]


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
    retrodict.maps.continuous.constants.NoCertificateError: m = 0: z and -z have the same image
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
