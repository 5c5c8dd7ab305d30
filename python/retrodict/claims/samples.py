"""Quantities known through independent replicas, with bounds and a resolution declared before anything is drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import flint
from numpy.typing import ArrayLike

__all__ = ["Distribution", "Draw", "Law", "Mass", "Mean"]

Draw = Callable[[int, int], ArrayLike]
"""draw(n, seed) -> n independent replicas, shape (n,)."""


@dataclass(frozen=True)
class Mean:
    """The expectation of `draw`, tested to `resolution`.

    Parameters
    ----------
    draw : function (n, seed) -> real numbers, shape (n,)
        n *independent* replicas. States along one Markov chain are not: start each replica from the exact law instead.
    low, high : numbers
        Every draw lies in [low, high]; each one is tested.
    resolution : number
        A claim that is off by this or more is refuted; by less, either verdict may come out.
    bound : "hoeffding" or "bernstein"
        Empirical Bernstein stops earlier where the variance is small. Declared here, before the data are seen.

    Examples
    --------
    >>> import numpy as np
    >>> Mean(lambda n, seed: np.random.default_rng(seed).random(n), 0, 1, resolution=0.02).bound
    'hoeffding'
    """

    draw: Draw
    low: float
    high: float
    resolution: float
    bound: str = "hoeffding"

    def __post_init__(self) -> None:
        _check_declaration(self)
        if self.bound not in ("hoeffding", "bernstein"):
            raise ValueError(f"bound = {self.bound!r}: it is 'hoeffding' or 'bernstein'")
        if not self.resolution < self.high - self.low:
            raise ValueError(f"resolution = {self.resolution}: it must be below the width {self.high - self.low}")


@dataclass(frozen=True)
class Law:
    """The whole distribution of `draw`, tested to `resolution` in sup-norm of distribution functions.

    Parameters as for `Mean`. Compare it by `equal` with a dict from rational values to probabilities, with a function
    x -> P(X <= x) that maps a Fraction to an exact number or a ball, or with another `Law`.

    Examples
    --------
    >>> import numpy as np
    >>> Law(lambda n, seed: np.random.default_rng(seed).integers(0, 2, n), 0, 1, resolution=0.02).high
    1
    """

    draw: Draw
    low: float
    high: float
    resolution: float

    def __post_init__(self) -> None:
        _check_declaration(self)
        if not self.resolution < 1:
            raise ValueError(f"resolution = {self.resolution}: it must be below 1, the largest distance of two laws")


def _check_declaration(sample: Mean | Law) -> None:
    if not callable(sample.draw):
        raise TypeError(f"draw is a {type(sample.draw).__name__}: it must be a function (n, seed) -> n replicas")
    if not sample.low < sample.high:
        raise ValueError(f"low = {sample.low}, high = {sample.high}: low must be below high")
    if not sample.resolution > 0:
        raise ValueError(f"resolution = {sample.resolution}: it must be positive")


@dataclass(frozen=True)
class Mass:
    """An exact distribution with finitely many values, in ascending order."""

    points: tuple[flint.fmpq, ...]
    masses: tuple[Any, ...]


@dataclass(frozen=True)
class Distribution:
    """An exact distribution known by its distribution function."""

    cdf: Callable[[Any], Any]
