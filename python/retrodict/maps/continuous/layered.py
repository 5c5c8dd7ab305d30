"""Stacks of layers each of which can be inverted; the constants are products over the layers."""

from __future__ import annotations

from fractions import Fraction

from retrodict.maps.continuous.blocks import Block, block
from retrodict.maps.continuous.families import mixing, open_unit, residual
from retrodict.maps.continuous.generative_map import GenerativeMap, stack

__all__ = ["leaky", "resnet"]

Share = Fraction | int


def resnet(d: int, layers: int, scale: Share) -> GenerativeMap:
    """An invertible residual network: `residual` with Q = `mixing(d, k)` in layer k = 0, 1, ...; G(0) = 0.

    Each layer is z + g(z) with g of slope at most a < 1, hence m = (1 - a)^layers and M = (1 + a)^layers. M2 and M3 are
    those of the chain rule (`chain`). For d = 1 the layers are all z + a sin z.

    Raises
    ------
    ValueError
        For a outside (0, 1), or fewer than one layer.

    >>> [str(value) for value in resnet(2, 3, Fraction(1, 4)).certificate.require("m", "M", "M2", "M3")]
    ['27/64', '125/64', '1525/1024', '50325/16384']
    """
    parts = [part for k in _layers(layers) for part in residual(scale, mixing(d, k)).blocks]
    return stack(f"resnet:d={d},layers={layers},a={scale}", parts)


def leaky(d: int, slope: Share, layers: int, activation: str = "softplus") -> GenerativeMap:
    """Layers z -> s Q z + (1 - s) phi(Q z), Q = `mixing(d, k)` in layer k = 0, 1, ..., 0 < s < 1; G(0) = 0.

    phi is the softplus, log((1 + e^t) / 2), and the layer a smooth leaky ReLU: its slopes s + (1 - s) phi' lie in
    [s, 1], so that m = s^layers and M = 1. One layer has M2 = (1 - s) / 4 and M3 = (1 - s) / (6 sqrt 3), rounded up;
    several those of the chain rule. With the activation "relu" it is the leaky ReLU itself: m and M stay, M2 and M3 do
    not exist, because of the kinks.

    Raises
    ------
    ValueError
        For s outside (0, 1), fewer than one layer, or an activation other than the two.

    >>> [str(value) for value in leaky(2, Fraction(1, 2), 2).certificate.require("m", "M", "M2")]
    ['1/4', '1', '1/4']
    >>> leaky(2, Fraction(1, 2), 2, "relu").certificate.require("M2")
    Traceback (most recent call last):
    retrodict.maps.continuous.constants.NoCertificateError: M2 is not bounded: ReLU has a kink at 0
    """
    if activation not in ("softplus", "relu"):
        raise ValueError(f"activation {activation!r}: must be softplus or relu")
    open_unit("slope", slope)

    def layer(k: int) -> Block:
        q = mixing(d, k)
        bent = [[(1 - slope) * int(i == j) for j in range(d)] for i in range(d)]
        return block([[slope * entry for entry in row] for row in q], bent, activation, q)

    name = "leaky" if activation == "softplus" else "leakyrelu"
    return stack(f"{name}:d={d},s={slope},layers={layers}", [layer(k) for k in _layers(layers)])


def _layers(layers: int) -> range:
    if layers < 1:
        raise ValueError(f"layers = {layers}: must be at least 1")
    return range(layers)
