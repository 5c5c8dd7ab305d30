"""What the layers of a network of another package become: blocks with exact weights, and constants.

A double is a dyadic rational, so that the map is exact: it is what the other package computes but for its rounding.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from flint import fmpq
from numpy.typing import ArrayLike

from retrodict.maps.continuous.blocks import Block, block, block_certificate
from retrodict.maps.continuous.constants import Certificate, Constant
from retrodict.maps.continuous.generative_map import GenerativeMap, chain, stack

__all__ = ["Affine", "Layer", "Sum", "Units", "affine", "network"]


@dataclass(frozen=True)
class Affine:
    """z -> W z + b, exact: rows of W, and b."""

    rows: tuple[tuple[Fraction, ...], ...]
    offset: tuple[Fraction, ...]


@dataclass(frozen=True)
class Units:
    """t -> s t + (1 - s) phi(t) in every coordinate, 0 <= s < 1; s > 0 makes a leaky ReLU of a ReLU."""

    activation: str
    slope: Fraction = Fraction(0)


@dataclass(frozen=True)
class Sum:
    """z -> one(z) + other(z), each the layers of a branch; none of them for z itself."""

    one: tuple[Layer, ...]
    other: tuple[Layer, ...]


Layer = Affine | Units | Sum
Part = tuple[tuple[Block, ...], Certificate]


def affine(weight: ArrayLike, offset: ArrayLike | None, where: str) -> Affine:
    """The layer of arrays of numbers, outputs x inputs and outputs.

    Raises
    ------
    ValueError
        For a shape that does not fit or a number that is not finite, naming the array by `where`.

    >>> affine([[0.5, 1]], None, "layers[0]")
    Affine(rows=((Fraction(1, 2), Fraction(1, 1)),), offset=(Fraction(0, 1),))
    """
    w = np.asarray(weight, dtype=np.float64)
    if w.ndim != 2 or not w.size:
        raise ValueError(f"{where}.weight has shape {w.shape}: must be outputs x inputs")
    b = np.zeros(w.shape[0]) if offset is None else np.asarray(offset, dtype=np.float64)
    if b.shape != w.shape[:1]:
        raise ValueError(
            f"{where}.bias has shape {b.shape}: weight has shape {w.shape}, so that it needs {w.shape[:1]}"
        )
    for name, array in (("weight", w), ("bias", b)):
        if not np.isfinite(array).all():
            index = np.argwhere(~np.isfinite(array))[0].tolist()
            raise ValueError(f"{where}.{name}{index} = {array[tuple(index)]}: must be finite")
    return Affine(tuple(tuple(map(Fraction, row)) for row in w.tolist()), tuple(map(Fraction, b.tolist())))


def network(name: str, layers: Sequence[Layer], inputs: int | None = None) -> GenerativeMap:
    """The map of a list of layers, the first one applied first.

    Its constants: those of each block (`block_certificate`) by the chain rule, and for a sum of two branches
    M <= M_1 + M_2, M2 and M3 likewise, and m >= m_1 - M_2 or m_2 - M_1, with m = M = 1 for a branch without layers.

    Parameters
    ----------
    name : str
    layers : layers
    inputs : int, optional
        The number of inputs, where the first layer is not affine.

    Raises
    ------
    ValueError
        For layers that do not fit, or that give another number of outputs than they take inputs.

    >>> half = affine([[0.5]], None, "layers[0]")
    >>> g = network("half", [Sum((), (half, Units("tanh")))])
    >>> [str(value) for value in g.certificate.require("m", "M")], g([0.0])
    (['1', '3/2'], array([0.]))
    """
    d = inputs if inputs is not None else _inputs(layers)
    if d is None:
        raise ValueError(f"{name}: no layer says how many inputs there are")
    (blocks, certificate), outputs = _chain(tuple(layers), d, name)
    if outputs != d:
        raise ValueError(
            f"{name} takes {d} numbers and gives {outputs}: a generative map here gives as many as it takes"
        )
    return stack(name, blocks, certificate)


def _inputs(layers: Sequence[Layer]) -> int | None:
    for layer in layers:
        if isinstance(layer, Affine):
            return len(layer.rows[0])
        if isinstance(layer, Sum):
            found = (_inputs(branch) for branch in (layer.one, layer.other))
            return next((size for size in found if size is not None), None)
    return None


def _chain(layers: tuple[Layer, ...], width: int, name: str) -> tuple[Part, int]:
    """Blocks and constants of a branch, and the number of its outputs."""
    blocks: list[Block] = []
    certificate: Certificate | None = None
    i = 0
    while i < len(layers):
        one, following = layers[i], layers[i + 1] if i + 1 < len(layers) else None
        if isinstance(one, Affine):
            if len(one.rows[0]) != width:
                raise ValueError(f"{name}: a layer takes {len(one.rows[0])} numbers, but {width} come in")
            width = len(one.rows)
            if isinstance(following, Units) and not following.slope:
                part = _alone(block(None, _unit(width), following.activation, one.rows, one.offset))
                i += 1
            else:
                part = _alone(block(one.rows, offset=one.offset))
        elif isinstance(one, Units):
            part = _alone(_units(one, width))
        else:
            part, width = _sum(one, width, name)
        blocks += part[0]
        certificate = part[1] if certificate is None else chain(part[1], certificate)
        i += 1
    if certificate is None:
        return _alone(block(_unit(width))), width
    return (tuple(blocks), certificate), width


def _alone(one: Block) -> Part:
    return (one,), block_certificate(one)


def _units(units: Units, width: int) -> Block:
    s = units.slope
    return block(_unit(width, s) if s else None, _unit(width, 1 - s), units.activation, _unit(width))


def _sum(layer: Sum, width: int, name: str) -> tuple[Part, int]:
    """A single block where one branch is at most affine and the other has one row of units; else both side by side."""
    (one, first), one_width = _chain(layer.one, width, name)
    (other, second), other_width = _chain(layer.other, width, name)
    if one_width != other_width:
        raise ValueError(f"{name}: a sum of {one_width} and of {other_width} numbers")
    bound = _sum_certificate(first, second)
    for straight, bent in ((one, other), (other, one)):
        single = _single(straight, bent)
        if single is not None:
            return ((single,), _better(bound, block_certificate(single))), one_width
    blocks = [block([*_unit(width), *_unit(width)])]
    blocks += [_beside(part, width, leading=True) for part in other]
    blocks += [_beside(part, one_width, leading=False) for part in one]
    blocks.append(block([[*row, *row] for row in _unit(one_width)]))
    return (tuple(blocks), bound), one_width


def _single(straight: tuple[Block, ...], bent: tuple[Block, ...]) -> Block | None:
    """straight + bent as one block, if straight is affine, and bent units with an affine map behind them or none."""
    if len(straight) > 1 or straight[0].out is not None or len(bent) > 2:
        return None
    units, behind = bent[0], bent[1] if len(bent) == 2 else None
    if units.skip is not None or units.out is None or units.inner is None or (behind and behind.out is not None):
        return None
    linear, out, moved = straight[0].skip, units.out.exact, [straight[0].offset, units.offset]
    assert linear is not None
    if behind is not None:
        assert behind.skip is not None
        if any(units.offset):
            return None
        out, moved = behind.skip.exact * out, [straight[0].offset, behind.offset]
    offset = [a + b for a, b in zip(*moved, strict=True)]
    return block(
        linear.exact.tolist(), out.tolist(), units.activations, units.inner.exact.tolist(), units.shift, offset
    )


def _beside(part: Block, kept: int, leading: bool) -> Block:
    """The block on a part of the state; the other `kept` numbers, before or behind it, stay as they are."""
    outputs, inputs, width = part.outputs, part.inputs, part.width
    zero, keep, idle = [fmpq(0)], _unit(kept), [fmpq(0)] * kept
    rows = [zero * inputs] * outputs if part.skip is None else part.skip.exact.tolist()
    out = [] if part.out is None else part.out.exact.tolist()
    inner = [] if part.inner is None else part.inner.exact.tolist()
    if leading:
        skip = [[*row, *zero * inputs] for row in keep] + [[*idle, *row] for row in rows]
        out, inner, offset = [zero * width] * kept + out, [[*idle, *row] for row in inner], [*idle, *part.offset]
    else:
        skip = [[*row, *idle] for row in rows] + [[*zero * inputs, *row] for row in keep]
        out, inner, offset = out + [zero * width] * kept, [[*row, *idle] for row in inner], [*part.offset, *idle]
    return block(skip, out, part.activations, inner, part.shift, offset) if width else block(skip, offset=offset)


def _sum_certificate(one: Certificate, other: Certificate) -> Certificate:
    def total(name: str) -> Constant:
        a, b = getattr(one, name), getattr(other, name)
        lacking = next((constant for constant in (a, b) if constant.value is None), None)
        return lacking or Constant(a.value + b.value, "sum of two branches")

    nothing = Constant(0, "no bound above 0 from the branches of a sum")
    least = nothing
    for a, b in ((one, other), (other, one)):
        if a.m.value is not None and b.M.value is not None and a.m.value - b.M.value > 0:
            least = Constant(a.m.value - b.M.value, "one branch of a sum is steeper than the other")
    return Certificate(least, total("M"), total("M2"), total("M3"))


def _better(a: Certificate, b: Certificate) -> Certificate:
    """Both hold; of each constant the one that says more."""

    def pick(name: str) -> Constant:
        one: Constant = getattr(a, name)
        other: Constant = getattr(b, name)
        if one.value is None or other.value is None:
            return one if other.value is None else other
        return other if (other.value > one.value if name == "m" else other.value < one.value) else one

    return Certificate(pick("m"), pick("M"), pick("M2"), pick("M3"))


def _unit(size: int, value: Any = 1) -> list[list[Any]]:
    return [[value if i == j else 0 for j in range(size)] for i in range(size)]
