"""What a capacity measure says: a value, and of what kind it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from retrodict.bounds import BY_CTRL_C
from retrodict.maps import BooleanMap, SignGenerator, TiltedSignGenerator
from retrodict.maps.continuous import GenerativeMap

__all__ = [
    "BY_CTRL_C",
    "BitMeasure",
    "Bound",
    "ContinuousMeasure",
    "JointMeasure",
    "Kind",
    "MapMeasure",
    "Measure",
    "NoValueError",
    "RealMap",
    "Setting",
    "of_blocks",
]

RealMap = GenerativeMap | SignGenerator | TiltedSignGenerator
Kind = Literal["exact", "lower", "upper", "conditional", "estimate"]


@dataclass(frozen=True)
class Bound:
    """What is known of one value, and how it was found if that is not plain."""

    kind: Kind
    value: int | float
    note: str = ""


@dataclass(frozen=True)
class BitMeasure:
    """A measure of one output bit.

    `of_bit` takes a truth table (uint8 of 0 and 1, shape (2^n,)) and gives one exact bound, or a lower and an upper
    one. `maximum` and `total` are the kinds of the maximum and of the sum over bits *as values of the whole map*, with
    the reasons: the bits of a map may share work, so the maximum of minima is a lower bound and their sum an upper one.
    """

    name: str
    unit: str
    about: str
    of_bit: Callable[[NDArray[np.uint8]], tuple[Bound, ...]]
    maximum: tuple[Kind, str]
    total: tuple[Kind, str]


@dataclass(frozen=True)
class JointMeasure:
    """A measure of all output bits of a map together; that of an encoder is that of the inverse.

    `of_map` takes a map and the seconds that it may spend, or None: as much as gives the same bounds on any machine in
    a second or two. It keeps to them by itself, and gives the best bounds that it has by then; on Ctrl-C too, and then
    their notes hold `BY_CTRL_C`.
    """

    name: str
    unit: str
    about: str
    of_map: Callable[[BooleanMap, float | None], tuple[Bound, ...]]


@dataclass(frozen=True)
class MapMeasure:
    """A measure of a whole map, defined for its encoder whether or not the map is injective."""

    name: str
    unit: str
    about: str
    forward: Callable[[BooleanMap], tuple[Bound, ...]]
    encoder: Callable[[BooleanMap], tuple[Bound, ...]]


class NoValueError(ValueError):
    """A measure has no meaning for a map, or no value that is known; the message is the reason, in a clause."""


@dataclass(frozen=True)
class Setting:
    """What is asked of an encoder of a continuous map.

    Parameters
    ----------
    beta : Fraction
        Standard deviation of the noise of x = G(z) + beta xi, positive.
    eps : Fraction
        The error that is allowed, a total variation, strictly between 0 and 1.
    Both are taken as int, Fraction, or text such as "0.01" and "1/100", and kept as Fraction.

    Raises
    ------
    TypeError
        For a float: it is not the number that was written.
    ValueError
        For what is no number, or out of range.

    Examples
    --------
    >>> Setting("0.01").beta, Setting(eps=Fraction(1, 3)).eps
    (Fraction(1, 100), Fraction(1, 3))
    >>> Setting(beta=0)
    Traceback (most recent call last):
    ValueError: beta = 0: the standard deviation of the noise must be positive
    """

    beta: Fraction = Fraction(1, 1000)
    eps: Fraction = Fraction(1, 10)

    def __init__(self, beta: Fraction | int | str = beta, eps: Fraction | int | str = eps) -> None:
        object.__setattr__(self, "beta", _exact("beta", beta))
        object.__setattr__(self, "eps", _exact("eps", eps))
        if self.beta <= 0:
            raise ValueError(f"beta = {beta}: the standard deviation of the noise must be positive")
        if not 0 < self.eps < 1:
            raise ValueError(f"eps = {eps}: the total variation allowed must lie strictly between 0 and 1")


def _exact(name: str, value: Fraction | int | str) -> Fraction:
    if isinstance(value, float):
        raise TypeError(f"{name} = {value} is a float: write the exact number, as in '{value}' or Fraction('{value}')")
    try:
        return Fraction(value)
    except (ValueError, ZeroDivisionError):
        raise ValueError(f"{name} = {value}: must be a number such as 0.01 or 1/100") from None


def of_blocks(g: RealMap) -> GenerativeMap:
    """The map itself, if it has derivatives and constants.

    >>> from retrodict.maps import parse_any
    >>> of_blocks(parse_any("sgn:gray:n=3"))
    Traceback (most recent call last):
    retrodict.capacity.measure.NoValueError: the sign jumps at 0: no derivative tells anything
    """
    if isinstance(g, GenerativeMap):
        return g
    raise NoValueError("the sign jumps at 0: no derivative tells anything")


@dataclass(frozen=True)
class ContinuousMeasure:
    """A measure of a map of real causes at a given noise and error.

    Each side takes a map and a `Setting` and gives one bound or several. It raises `NoValueError` or
    `NoCertificateError` where there is none, with the reason. `forward` is None where the measure is one of encoders
    alone; `uses` names the numbers of the setting that matter.
    """

    name: str
    unit: str
    about: str
    forward: Callable[[RealMap, Setting], tuple[Bound, ...]] | None
    encoder: Callable[[RealMap, Setting], tuple[Bound, ...]]
    uses: tuple[Literal["beta", "eps"], ...] = ("beta", "eps")


Measure = BitMeasure | JointMeasure | MapMeasure | ContinuousMeasure
