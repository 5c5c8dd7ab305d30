"""Composition of generative maps, and what it does to their constants."""

from __future__ import annotations

from typing import Any

from retrodict.maps.continuous.generative_map import Certificate, Constant, GenerativeMap

__all__ = ["compose"]


def compose(outer: GenerativeMap, inner: GenerativeMap) -> GenerativeMap:
    """z -> F(G(z)), with constants by the chain rule.

    m and M multiply. D^2(F o G) = D^2 F (DG, DG) + DF D^2 G, hence M2 = M2_F M_G^2 + M_F M2_G, and so for the third:
    M3 = M3_F M_G^3 + 3 M2_F M_G M2_G + M_F M3_G. A constant is missing where one that it needs is.

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
    f, g = outer.certificate, inner.certificate

    def chain(bound: Any, *needed: Constant) -> Constant:
        lacking = next((constant for constant in needed if constant.value is None), None)
        return Constant(bound(), "chain rule") if lacking is None else Constant(None, lacking.how)

    return GenerativeMap(
        f"{outer.name} o {inner.name}",
        inner.dimension,
        lambda z: outer.forward(inner.forward(z)),
        lambda z, v: outer.jvp(inner.forward(z), inner.jvp(z, v)),
        lambda z, v: inner.vjp(z, outer.vjp(inner.forward(z), v)),
        Certificate(
            chain(lambda: f.m.value * g.m.value, f.m, g.m),
            chain(lambda: f.M.value * g.M.value, f.M, g.M),
            chain(lambda: f.M2.value * g.M.value**2 + f.M.value * g.M2.value, f.M2, g.M, f.M, g.M2),
            chain(
                lambda: f.M3.value * g.M.value**3 + 3 * f.M2.value * g.M.value * g.M2.value + f.M.value * g.M3.value,
                *(f.M3, g.M, f.M2, g.M2, f.M, g.M3),
            ),
        ),
    )
