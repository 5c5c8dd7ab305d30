"""Additive coupling: half of the coordinates pass unchanged, and shift the other half (Dinh et al., 2014)."""

from __future__ import annotations

from typing import Any

from flint import arb, fmpq

from retrodict.maps.continuous.blocks import block
from retrodict.maps.continuous.constants import Certificate, Constant
from retrodict.maps.continuous.generative_map import GenerativeMap, stack

__all__ = ["coupling"]


def coupling(shift: GenerativeMap) -> GenerativeMap:
    """G(z1, z2) = (z1, z2 + t(z1)) for a map t of one block with bounded slope l; the inverse subtracts t(z1).

    With D = Dt the Jacobian matrix is [[I, 0], [D, I]]. In the singular vectors of D it splits into blocks
    [[1, 0], [s, 1]], whose singular values are sqrt(1 + s^2 / 4) -+ s / 2, s <= l: monotone in s, and m, M are those at
    s = l. The inverse has the same form, so that m bounds distances from below. M2 and M3 are those of t.

    Raises
    ------
    NoCertificateError
        Where the slope of t is not bounded.
    ValueError
        Where t is not a single block.

    >>> from retrodict.maps.continuous import linear
    >>> coupling(linear([[1]])).certificate.require("m", "M")  # the golden ratio and its inverse
    ([0.61803398874989...], [1.6180339887498...])
    """
    (slope,) = shift.certificate.require("M")
    if len(shift.blocks) != 1:
        raise ValueError(f"shift = {shift.name} has {len(shift.blocks)} blocks: must be a single one")
    (t,), d = shift.blocks, shift.dimension
    half = arb(slope) / 2
    root = (1 + half * half).sqrt()
    how = "singular values of [[I, 0], [D, I]] for the largest |D|"
    zeros: list[Any] = [fmpq(0)] * d
    skip = [[fmpq(int(i == j)) for j in range(2 * d)] for i in range(2 * d)]
    for i, row in enumerate(t.skip.exact.tolist() if t.skip else []):
        skip[d + i][:d] = row
    return stack(
        f"coupling({shift.name})",
        [
            block(
                skip,
                None if t.out is None else [[fmpq(0)] * t.width] * d + t.out.exact.tolist(),
                t.activations,
                None if t.inner is None else [row + zeros for row in t.inner.exact.tolist()],
                t.shift,
                [*zeros, *t.offset],
            )
        ],
        Certificate(Constant(root - half, how), Constant(root + half, how), shift.certificate.M2, shift.certificate.M3),
    )
