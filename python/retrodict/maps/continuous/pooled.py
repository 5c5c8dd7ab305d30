"""Strongly invertible maps whose layers are not invertible: a wide hidden layer is pooled to the size of the cause.

What makes the whole invertible is an identity between units, softplus(t) - softplus(-t) = t for every t; bounds that
look at the matrices and the activations one by one do not see it, and give m = 0.
"""

from __future__ import annotations

from fractions import Fraction

from retrodict.maps.continuous.blocks import block
from retrodict.maps.continuous.constants import Certificate, Constant
from retrodict.maps.continuous.families import mixing, open_unit
from retrodict.maps.continuous.generative_map import GenerativeMap, stack

__all__ = ["conv", "pooling"]

Share = Fraction | int


def pooling(d: int, scale: Share) -> GenerativeMap:
    """G(z) = W2 phi(W1 z) with 4 d units: softplus(Rz), softplus(-Rz), sin(Qz), sin(Pz), 0 < a < 1; G(0) = 0.

    W1 = [R; -R; Q; P] for three orthogonal matrices (`mixing(d, 2)`, `mixing(d)` and `mixing(d, 1)`), and
    W2 = [R^T, -R^T, (a/2) Q^T, (a/2) P^T]. Since softplus(t) - softplus(-t) = t,

        G(z) = z + (a/2) Q^T sin(Qz) + (a/2) P^T sin(Pz) .

    The Jacobian is I plus a symmetric matrix of norm at most a, so that m = 1 - a and M = 1 + a; the second and third
    derivatives are those of the two sines, M2 = M3 = a. W2 has a kernel of dimension 3 d: the second layer is not
    injective, and the first is not onto.

    Raises
    ------
    ValueError
        For a outside (0, 1).

    >>> from retrodict.maps.continuous.blocks import block_certificate
    >>> g = pooling(2, Fraction(1, 2))
    >>> [str(value) for value in g.certificate.require("m", "M", "M2", "M3")]
    ['1/2', '3/2', '1/2', '1/2']
    >>> g.blocks[0].width, block_certificate(g.blocks[0]).m.value  # layer by layer nothing is known
    (8, 0)
    """
    open_unit("scale", scale)
    half = Fraction(scale) / 2
    q, p, r = (mixing(d, layer) for layer in range(3))
    inner = [*r, *_times(-1, r), *q, *p]
    out = [
        [*one, *(-entry for entry in one), *(half * entry for entry in two), *(half * entry for entry in three)]
        for one, two, three in zip(*(zip(*rows, strict=True) for rows in (r, q, p)), strict=True)
    ]
    how = "softplus(t) - softplus(-t) = t makes G the identity plus two sines of slope a / 2"
    return stack(
        f"pooling:d={d},a={scale}",
        [block(None, out, ["softplus"] * (2 * d) + ["sin"] * (2 * d), inner)],
        Certificate(*(Constant(value, how) for value in (1 - scale, 1 + scale, scale, scale))),
    )


def conv(d: int, overlap: Share, scale: Share) -> GenerativeMap:
    """Convolution, then units in three channels, then pooling: a map of signals on a circle of d places; G(0) = 0.

    K is the circulant (K z)_i = z_i + (t/2) (z_{i-1} + z_{i+1}), 0 < t < 1: diagonally dominant, symmetric, with the
    eigenvalues 1 + t cos(2 pi j / d) in [1 - t, 1 + t]. The channels are softplus(Kz), softplus(-Kz) and sin(Kz); the
    last is pooled over neighbours, (P u)_i = (u_i + u_{i+1}) / 2, |P| <= 1:

        G(z) = softplus(Kz) - softplus(-Kz) + a P sin(Kz) = F(Kz),  F(y) = y + a P sin y,  0 < a < 1.

    F is the identity plus a map of slope at most a, hence m = (1 - a)(1 - t) and M = (1 + a)(1 + t). The second
    derivative is -a P (sin(Kz) (Ku)(Kv)), of norm at most a |Ku| |Kv|: M2 = a (1 + t)^2, and so M3 = a (1 + t)^3.

    Raises
    ------
    ValueError
        For d < 3, or t or a outside (0, 1).

    >>> [str(v) for v in conv(8, Fraction(1, 2), Fraction(1, 4)).certificate.require("m", "M", "M2", "M3")]
    ['3/8', '15/8', '9/16', '27/32']
    """
    if d < 3:
        raise ValueError(f"d = {d}: must be at least 3, for the two neighbours of a place to differ")
    open_unit("overlap", overlap)
    open_unit("scale", scale)
    beside = {0: Fraction(1), 1: Fraction(overlap) / 2, d - 1: Fraction(overlap) / 2}
    pooled = {0: Fraction(scale) / 2, 1: Fraction(scale) / 2}

    def circulant(row: dict[int, Fraction]) -> list[list[Fraction]]:
        return [[row.get((j - i) % d, Fraction(0)) for j in range(d)] for i in range(d)]

    kernel, pool = circulant(beside), circulant(pooled)
    unit = [[int(i == j) for j in range(d)] for i in range(d)]
    out = [[*one, *(-entry for entry in one), *two] for one, two in zip(unit, pool, strict=True)]
    how = "softplus(t) - softplus(-t) = t makes G the identity plus pooled sines of slope a, after the convolution"
    reach = 1 + overlap
    values = ((1 - scale) * (1 - overlap), (1 + scale) * reach, scale * reach**2, scale * reach**3)
    return stack(
        f"conv:d={d},t={overlap},a={scale}",
        [block(None, out, ["softplus"] * (2 * d) + ["sin"] * d, [*kernel, *_times(-1, kernel), *kernel])],
        Certificate(*(Constant(value, how) for value in values)),
    )


def _times(factor: int, rows: list[list[Fraction]]) -> list[list[Fraction]]:
    return [[factor * entry for entry in row] for row in rows]
