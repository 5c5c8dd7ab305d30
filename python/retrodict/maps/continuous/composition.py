"""Composition of generative maps."""

from __future__ import annotations

from retrodict.maps.continuous.generative_map import GenerativeMap, chain

__all__ = ["compose"]


def compose(outer: GenerativeMap, inner: GenerativeMap) -> GenerativeMap:
    """z -> F(G(z)), with constants by the chain rule (`chain`).

    Raises
    ------
    ValueError
        For maps of different dimensions.

    >>> from fractions import Fraction
    >>> from retrodict.maps.continuous import residual
    >>> g = residual(Fraction(1, 2), [[1]])
    >>> [str(value) for value in compose(g, g).certificate.require("m", "M", "M2", "M3")]
    ['1/4', '9/4', '15/8', '57/16']
    """
    if outer.dimension != inner.dimension:
        raise ValueError(f"{outer.name} has dimension {outer.dimension}, {inner.name} has {inner.dimension}")
    return GenerativeMap(
        f"{outer.name} o {inner.name}",
        inner.dimension,
        lambda z: outer.forward(inner.forward(z)),
        lambda z, v: outer.jvp(inner.forward(z), inner.jvp(z, v)),
        lambda z, v: inner.vjp(z, outer.vjp(inner.forward(z), v)),
        chain(outer.certificate, inner.certificate),
        (*inner.blocks, *outer.blocks) if inner.blocks and outer.blocks else (),
    )
