"""What a capacity measure says: a value, and of what kind it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from retrodict.bounds import BY_CTRL_C
from retrodict.maps import BooleanMap

__all__ = ["BY_CTRL_C", "BitMeasure", "Bound", "JointMeasure", "Kind", "MapMeasure", "Measure"]

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


Measure = BitMeasure | JointMeasure | MapMeasure
