"""Maps of the line made of ReLU blocks are linear on finitely many pieces: the pieces, exactly, and the posterior.

On a piece where G(z) = s z + c the energy z^2 / 2 + (G(z) - x)^2 / (2 beta^2) is a square,

    (z - mu)^2 / (2 v) + (x - c)^2 / (2 t),   t = beta^2 + s^2,   v = beta^2 / t,   mu = s (x - c) / t,

so that masses of the posterior are sums of error functions, and it is log-concave on every piece.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, reduce
from itertools import pairwise
from typing import Any

from flint import arb, fmpq

from retrodict.maps.continuous.blocks import Block
from retrodict.maps.continuous.generative_map import GenerativeMap
from retrodict.maps.continuous.line import real

__all__ = ["Piece", "PiecewisePosterior", "pieces", "piecewise_posterior"]

# A stretch of the line between two rationals (None is infinity), and on it one linear function for each coordinate.
Linear = tuple[Any, Any]
Stretch = tuple[Any, Any, tuple[Linear, ...]]


@dataclass(frozen=True)
class Piece:
    """G(z) = slope z + constant for low <= z <= high; fmpq, and None for an end at infinity."""

    low: Any
    high: Any
    slope: Any
    constant: Any


def pieces(g: GenerativeMap) -> tuple[Piece, ...]:
    """The maximal pieces of a map of the line whose activations are all ReLU, from left to right.

    Raises
    ------
    ValueError
        For a map of another dimension, without blocks, or with another activation.

    Examples
    --------
    >>> from retrodict.maps.continuous.folded import tent
    >>> [(str(p.low), str(p.high), str(p.slope)) for p in pieces(tent(1))]
    [('None', '0', '2'), ('0', 'None', '-2')]
    >>> len(pieces(tent(5)))
    32
    """
    if g.dimension != 1:
        raise ValueError(f"{g.name} has dimension {g.dimension}: must be 1")
    if not g.blocks:
        raise ValueError(f"{g.name} is not made of blocks: its pieces are not known")
    for block in g.blocks:
        for name in block.activations:
            if name != "relu":
                raise ValueError(f"{g.name} has the activation {name!r}: it is linear on pieces for relu only")
    start: list[Stretch] = [(None, None, ((fmpq(1), fmpq(0)),))]
    found: list[Piece] = []
    for low, high, ((slope, constant),) in reduce(_through, g.blocks, start):
        if found and (found[-1].slope, found[-1].constant) == (slope, constant):
            low = found.pop().low
        found.append(Piece(low, high, slope, constant))
    return tuple(found)


def _through(stretches: list[Stretch], block: Block) -> list[Stretch]:
    """The stretches after a block: cut where a unit changes sign."""
    found = []
    for low, high, z in stretches:
        units = [] if block.inner is None else _apply(block.inner.exact.tolist(), z, block.shift)
        roots = sorted({-c / s for s, c in units if s != 0})
        inside = [root for root in roots if (low is None or low < root) and (high is None or root < high)]
        for left, right in pairwise([low, *inside, high]):
            active = [unit if _positive(unit, left, right) else (fmpq(0), fmpq(0)) for unit in units]
            image = [(fmpq(0), constant) for constant in block.offset]
            for matrix, rows in ((block.skip, z), (block.out, active)):
                if matrix is not None:
                    parts = _apply(matrix.exact.tolist(), rows, [fmpq(0)] * block.outputs)
                    image = [(s + t, c + e) for (s, c), (t, e) in zip(image, parts, strict=True)]
            found.append((left, right, tuple(image)))
    return found


def _apply(rows: Sequence[Sequence[Any]], z: Sequence[Linear], shift: Sequence[Any]) -> list[Linear]:
    found = []
    for row, constant in zip(rows, shift, strict=True):
        slope = fmpq(0)
        for entry, (s, c) in zip(row, z, strict=True):
            slope, constant = slope + entry * s, constant + entry * c
        found.append((slope, constant))
    return found


def _positive(unit: Linear, low: Any, high: Any) -> bool:
    """Whether a linear function without a zero inside the stretch is positive there."""
    slope, constant = unit
    if low is None and high is None:
        middle = fmpq(0)
    elif low is None or high is None:
        middle = high - 1 if low is None else low + 1
    else:
        middle = (low + high) / 2
    return bool(slope * middle + constant > 0)


@dataclass(frozen=True)
class PiecewisePosterior:
    """The posterior of a piecewise linear map, one truncated Gaussian for each piece.

    Parameters
    ----------
    pieces : tuple of Piece
    means, deviations : tuples of balls
        mu and sqrt v of each piece; mu need not lie in it.
    weights : tuple of balls
        The mass that the whole Gaussian of a piece would have, relative to the normalised posterior.
    masses : tuple of balls
        The probability of each piece; they sum to 1.
    """

    pieces: tuple[Piece, ...]
    means: tuple[Any, ...]
    deviations: tuple[Any, ...]
    weights: tuple[Any, ...]
    masses: tuple[Any, ...]

    @cached_property
    def knots(self) -> list[Any]:
        """Where pieces meet, fmpq."""
        return [piece.high for piece in self.pieces[:-1]]

    def mass(self, low: Any, high: Any) -> Any:
        """A ball around the probability of [low, high]: int, Fraction or fmpq, None for an end at infinity."""
        left, right = (None if end is None else _exact(end) for end in (low, high))
        first = 0 if left is None else bisect_right(self.knots, left)
        last = len(self.knots) if right is None else bisect_left(self.knots, right)
        found = arb(0)
        for i in range(first, last + 1):
            piece = self.pieces[i]
            a = left if i == first else piece.low
            b = right if i == last else piece.high
            found = found + self.weights[i] * _between(self.means[i], self.deviations[i], _end(a), _end(b))
        return found


def piecewise_posterior(g: GenerativeMap, x: Any, beta: Any) -> PiecewisePosterior:
    """p(z|x) of a map of ReLU blocks on the line; x and beta exact or balls.

    Raises
    ------
    TypeError
        For a float.
    ValueError
        As `pieces`, and for a beta that is not seen to be positive.

    >>> from retrodict.maps.continuous import linear
    >>> piecewise_posterior(linear([[1]]), 1, 1).mass(Fraction(1, 2), None)  # mean 1/2
    [0.500000000000...]
    """
    seen, noise = _ball(x, "x"), _ball(beta, "beta")
    if not noise > 0:
        raise ValueError(f"beta = {beta}: the standard deviation of the noise must be positive")
    parts = pieces(g)
    spreads = [noise * noise + arb(part.slope) * part.slope for part in parts]
    errors = [seen - part.constant for part in parts]
    means = [error * part.slope / spread for part, error, spread in zip(parts, errors, spreads, strict=True)]
    deviations = [noise / spread.sqrt() for spread in spreads]
    energies = [error * error / (2 * spread) for error, spread in zip(errors, spreads, strict=True)]
    inside = [
        _between(mean, deviation, _end(part.low), _end(part.high))
        for part, mean, deviation in zip(parts, means, deviations, strict=True)
    ]
    # the largest term is near 1, lest the sum be tiny
    shift = min(
        (energy - mass.log() for energy, mass in zip(energies, inside, strict=True) if mass > 0),
        key=lambda value: float(value.mid()),
    ).mid()
    weights = [(shift - energy).exp() * deviation for energy, deviation in zip(energies, deviations, strict=True)]
    raw = [weight * mass for weight, mass in zip(weights, inside, strict=True)]
    total = sum(raw, arb(0))
    return PiecewisePosterior(
        parts,
        tuple(means),
        tuple(deviations),
        tuple(weight / total for weight in weights),
        tuple(mass / total for mass in raw),
    )


def _between(mean: Any, deviation: Any, low: Any | None, high: Any | None) -> Any:
    """P(low <= N(mean, deviation^2) <= high), by the tail that loses no digits."""
    unit = 1 / (deviation * arb(2).sqrt())
    a, b = (None if end is None else (end - mean) * unit for end in (low, high))
    if a is None and b is None:
        return arb(1)
    if a is None or b is None:
        return (-b).erfc() / 2 if a is None else a.erfc() / 2  # type: ignore[operator]
    if a > 0:
        return (a.erfc() - b.erfc()) / 2
    if b < 0:
        return ((-b).erfc() - (-a).erfc()) / 2
    return (b.erf() - a.erf()) / 2


def _end(value: Any | None) -> Any:
    return None if value is None else arb(value)


def _exact(value: Any) -> Any:
    if isinstance(value, fmpq):
        return value
    if not isinstance(value, int | Fraction):
        raise TypeError(f"end = {value!r}: must be int, Fraction, fmpq or None")
    return fmpq(value.numerator, value.denominator)


def _ball(value: Any, name: str) -> Any:
    return arb(value) if isinstance(value, fmpq) else real(value, name)
