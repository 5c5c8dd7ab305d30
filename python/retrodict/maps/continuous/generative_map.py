"""A generative map G: R^d -> R^d, known by its values and derivatives, and by constants that hold everywhere.

The values are written once, in numpy: on arrays of doubles they are fast, and on object arrays of Arb balls, complex
balls or truncated power series they are enclosures, since numpy calls the methods of the elements.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrodict.maps.continuous.blocks import Block, block_certificate
from retrodict.maps.continuous.constants import Certificate, Constant

__all__ = ["GenerativeMap", "chain", "stack", "vector"]

Map = Callable[[NDArray[Any]], NDArray[Any]]
Product = Callable[[NDArray[Any], NDArray[Any]], NDArray[Any]]


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
    blocks : tuple of Block
        The network, first block first; empty for a map that is not made of blocks, such as a user's function.

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
    blocks: tuple[Block, ...] = ()

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


def stack(name: str, blocks: Sequence[Block], certificate: Certificate | None = None) -> GenerativeMap:
    """The map of a stack of blocks, the first one applied first.

    Parameters
    ----------
    name : str
    blocks : blocks whose inputs and outputs fit; the first takes as many numbers as the last one gives
    certificate : Certificate, optional
        By default that of each block (`block_certificate`), multiplied by the chain rule.

    Raises
    ------
    ValueError
        Where there is no block, or two do not fit, naming them.

    >>> from retrodict.maps.continuous.blocks import block
    >>> double = block(skip=[[2]])
    >>> stack("four", [double, double])([3.0])
    array([12.])
    """
    if not blocks:
        raise ValueError("blocks is empty: must have a block")
    for i, (one, next_one) in enumerate(zip(blocks, [*blocks[1:], blocks[0]], strict=True)):
        if one.outputs != next_one.inputs:
            after = (i + 1) % len(blocks)
            raise ValueError(f"blocks[{i}] gives {one.outputs} numbers, blocks[{after}] takes {next_one.inputs}")
    parts = tuple(blocks)

    def inputs(z: NDArray[Any]) -> list[NDArray[Any]]:
        found = [z]
        for part in parts[:-1]:
            found.append(part.forward(found[-1]))
        return found

    def jvp(z: NDArray[Any], v: NDArray[Any]) -> Any:
        for part, at in zip(parts, inputs(z), strict=True):
            v = part.jvp(at, v)
        return v

    def vjp(z: NDArray[Any], v: NDArray[Any]) -> Any:
        for part, at in zip(parts[::-1], inputs(z)[::-1], strict=True):
            v = part.vjp(at, v)
        return v

    return GenerativeMap(
        name,
        parts[0].inputs,
        lambda z: parts[-1].forward(inputs(z)[-1]),
        jvp,
        vjp,
        certificate or reduce(lambda inner, outer: chain(outer, inner), map(block_certificate, parts)),
        parts,
    )


def chain(f: Certificate, g: Certificate) -> Certificate:
    """The constants of F o G from those of F and of G.

    m and M multiply. D^2(F o G) = D^2 F (DG, DG) + DF D^2 G, hence M2 = M2_F M_G^2 + M_F M2_G, and so for the third:
    M3 = M3_F M_G^3 + 3 M2_F M_G M2_G + M_F M3_G. A constant is missing where one that it needs is.
    """

    def rule(bound: Callable[[], Any], *needed: Constant) -> Constant:
        lacking = next((constant for constant in needed if constant.value is None), None)
        return Constant(bound(), "chain rule") if lacking is None else Constant(None, lacking.how)

    zero = next((constant for constant in (f.m, g.m) if constant.value == 0), None)
    return Certificate(
        zero or rule(lambda: f.m.value * g.m.value, f.m, g.m),
        rule(lambda: f.M.value * g.M.value, f.M, g.M),
        rule(lambda: f.M2.value * g.M.value**2 + f.M.value * g.M2.value, f.M2, g.M, f.M, g.M2),
        rule(
            lambda: f.M3.value * g.M.value**3 + 3 * f.M2.value * g.M.value * g.M2.value + f.M.value * g.M3.value,
            *(f.M3, g.M, f.M2, g.M2, f.M, g.M3),
        ),
    )


def vector(*entries: Any) -> NDArray[Any]:
    """An object array of one axis: numpy would otherwise take a power series for a row of numbers.

    >>> vector(1, 2)
    array([1, 2], dtype=object)
    """
    row = np.empty(len(entries), dtype=object)
    row[:] = entries
    return row
