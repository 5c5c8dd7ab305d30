"""What tests of continuous maps share: derivatives by their definition, in balls."""

from __future__ import annotations

from fractions import Fraction as Q

from flint import arb, arb_series, fmpq
from hypothesis import strategies as st

from retrodict.maps.continuous import GenerativeMap
from retrodict.maps.continuous.generative_map import vector

SMALL = st.fractions(min_value=-3, max_value=3, max_denominator=16)


def points(size: int) -> st.SearchStrategy[list[Q]]:
    """Rational points with `size` coordinates."""
    return st.lists(SMALL, min_size=size, max_size=size)


def ball(value: Q) -> arb:
    return arb(fmpq(value.numerator, value.denominator))


def along(g: GenerativeMap, z: list[Q], v: list[Q], order: int) -> list[arb_series]:
    """Taylor coefficients of G(z + t v): the definition of the derivatives, in balls."""
    line = [arb_series([ball(a), ball(b)], prec=order + 1) for a, b in zip(z, v, strict=True)]
    return list(g.forward(vector(*line)))


def length(values: list[arb]) -> arb:
    return sum((value * value for value in values), arb(0)).sqrt()
