"""Encoders that run coordinate by coordinate in rotated coordinates, such as those of z + a Q^T sin(Q z).

Let C be orthogonal and y = C z. The prior, the noise of x and the steps of an unrolled encoder look the same in y, with
C x for x and C G(C^T y) for G. If that map has no mixed terms, coordinate i of y never meets another one: the encoder
is made of d encoders of maps of the line, and so is the posterior.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat

from retrodict.encoders.unrolled import UnrolledEncoder
from retrodict.maps.continuous import Block, GenerativeMap, block, stack
from retrodict.maps.continuous.generative_map import vector
from retrodict.maps.continuous.line import real
from retrodict.maps.continuous.matrix import square_root

__all__ = ["NotSeparableError", "factors", "separate"]


class NotSeparableError(ValueError):
    """No rotation was found in which the map has no mixed terms."""


def factors(encoder: UnrolledEncoder, x: Sequence[Any]) -> list[tuple[UnrolledEncoder, Any]]:
    """The d encoders of maps of the line, each with its observation: TV and KL of products follow from theirs.

    Raises
    ------
    NotSeparableError
        Where no such rotation was found: the rows of the blocks' matrices are tried, and the identity.
    ValueError
        Where x does not have d entries.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from retrodict.maps.continuous import reflection, residual
    >>> half = Fraction(1, 2)
    >>> e = UnrolledEncoder(residual(half, reflection([1, 2])), half, 9, half, Fraction(0), 9, Fraction(1, 9))
    >>> [(one.generator([1.0]).round(6).tolist(), seen) for one, seen in factors(e, [5, 0])]
    [([1.420735], 3), ([1.420735], -4)]
    """
    d = encoder.generator.dimension
    if len(x) != d:
        raise ValueError(f"x has {len(x)} entries: {encoder.generator.name} has dimension {d}")
    rotation, maps = separate(encoder.generator)
    seen = [_exact(value, f"x[{i}]") for i, value in enumerate(x)]
    rotated = (vector(*seen) @ np.array(rotation.tolist(), dtype=object).T).tolist()
    return [(replace(encoder, generator=g), value) for g, value in zip(maps, rotated, strict=True)]


def separate(g: GenerativeMap) -> tuple[Any, list[GenerativeMap]]:
    """An orthogonal fmpq_mat C and maps G_i of the line with C G(C^T y) = (G_1(y_1), ..., G_d(y_d)).

    >>> from retrodict.maps.continuous import linear
    >>> separate(linear([[1, 2], [3, 4]]))
    Traceback (most recent call last):
    retrodict.encoders.factors.NotSeparableError: linear:d=2: no rotation was found that separates its coordinates
    """
    if g.blocks and all(part.inputs == part.outputs == g.dimension for part in g.blocks):
        for rotation in _rotations(g):
            parts = [_split(part, rotation) for part in g.blocks]
            if all(part is not None for part in parts):
                lines = zip(*(part for part in parts if part is not None), strict=True)
                return rotation, [stack(f"{g.name}[{i}]", blocks) for i, blocks in enumerate(lines)]
    raise NotSeparableError(f"{g.name}: no rotation was found that separates its coordinates")


def _exact(value: Any, name: str) -> Any:
    """Rationals stay exact, so that what is computed from them can be had to any precision."""
    return fmpq(value.numerator, value.denominator) if isinstance(value, int | Fraction) else real(value, name)


def _rotations(g: GenerativeMap) -> Iterator[Any]:
    """The identity, and for every block the directions of its rows where there are d and they are orthogonal."""
    d = g.dimension
    unit = fmpq_mat([[int(i == j) for j in range(d)] for i in range(d)])
    yield unit
    for part in g.blocks:
        directions: list[list[Any]] = []
        for row in [] if part.inner is None else part.inner.exact.tolist():
            length = square_root(sum((entry * entry for entry in row), fmpq(0)))
            if isinstance(length, fmpq) and length != 0:
                direction = [entry / length for entry in row]
                if direction not in directions and [-entry for entry in direction] not in directions:
                    directions.append(direction)
        if len(directions) == d:
            rotation = fmpq_mat(directions)
            if rotation * rotation.transpose() == unit:
                yield rotation


def _split(part: Block, rotation: Any) -> list[Block] | None:
    """The blocks of the line that a block is made of in rotated coordinates, or None."""
    d = part.inputs
    back = rotation.transpose()
    skip = None if part.skip is None else (rotation * part.skip.exact * back).tolist()
    if skip is not None and any(skip[i][j] != 0 for i in range(d) for j in range(d) if i != j):
        return None
    units: list[list[int]] = [[] for _ in range(d)]
    out: list[list[Any]] = []
    inner: list[list[Any]] = []
    if part.out is not None and part.inner is not None:
        out, inner = (rotation * part.out.exact).tolist(), (part.inner.exact * back).tolist()
        for k in range(part.width):
            touched = {i for i in range(d) if inner[k][i] != 0 or out[i][k] != 0}
            if len(touched) > 1:
                return None
            units[min(touched, default=0)].append(k)
    offset = (rotation * fmpq_mat([[entry] for entry in part.offset])).tolist()
    return [
        block(
            # a coordinate without units, nor a skip, is constant
            [[0 if skip is None else skip[i][i]]] if skip is not None or not units[i] else None,
            [[out[i][k] for k in units[i]]] if units[i] else None,
            [part.activations[k] for k in units[i]],
            [[inner[k][i]] for k in units[i]] if units[i] else None,
            [part.shift[k] for k in units[i]],
            offset[i],
        )
        for i in range(d)
    ]
