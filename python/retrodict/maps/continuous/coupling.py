"""Additive coupling: half of the coordinates pass unchanged, and shift the other half (Dinh et al., 2014)."""

from __future__ import annotations

from typing import Any

import numpy as np
from flint import arb
from numpy.typing import NDArray

from retrodict.maps.continuous.generative_map import Certificate, Constant, GenerativeMap

__all__ = ["coupling"]


def coupling(shift: GenerativeMap) -> GenerativeMap:
    """G(z1, z2) = (z1, z2 + t(z1)) for a map t with bounded slope l; the inverse subtracts t(z1).

    With D = Dt the Jacobian matrix is [[I, 0], [D, I]]. In the singular vectors of D it splits into blocks
    [[1, 0], [s, 1]], whose singular values are sqrt(1 + s^2 / 4) -+ s / 2, s <= l: monotone in s, and m, M are those at
    s = l. The inverse has the same form, so that m bounds distances from below. M2 and M3 are those of t.

    Raises
    ------
    NoCertificateError
        Where the slope of t is not bounded.

    >>> from retrodict.maps.continuous import linear
    >>> coupling(linear([[1]])).certificate.require("m", "M")  # the golden ratio and its inverse
    ([0.61803398874989...], [1.6180339887498...])
    """
    (slope,) = shift.certificate.require("M")
    d = shift.dimension
    half = arb(slope) / 2
    root = (1 + half * half).sqrt()
    how = "singular values of [[I, 0], [D, I]] for the largest |D|"

    def forward(z: NDArray[Any]) -> Any:
        return np.concatenate([z[..., :d], z[..., d:] + shift.forward(z[..., :d])], axis=-1)

    def jvp(z: NDArray[Any], v: NDArray[Any]) -> Any:
        return np.concatenate([v[..., :d], v[..., d:] + shift.jvp(z[..., :d], v[..., :d])], axis=-1)

    def vjp(z: NDArray[Any], v: NDArray[Any]) -> Any:
        return np.concatenate([v[..., :d] + shift.vjp(z[..., :d], v[..., d:]), v[..., d:]], axis=-1)

    return GenerativeMap(
        f"coupling({shift.name})",
        2 * d,
        forward,
        jvp,
        vjp,
        Certificate(Constant(root - half, how), Constant(root + half, how), shift.certificate.M2, shift.certificate.M3),
    )
