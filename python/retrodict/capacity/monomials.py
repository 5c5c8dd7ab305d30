"""The number of monomials in the algebraic normal form over GF(2) of an output bit.

Exact for the polynomial, hence for a sigma-pi layer (products, then one parity) in these coordinates; it depends on the
basis of the inputs, unlike the degree, and bounds no other circuit. Source: Carlet, "Boolean Functions for Cryptography
and Coding Theory" (2021), section 2.2.1.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from retrodict.capacity.measure import BitMeasure, Bound
from retrodict.capacity.truth_table import anf

__all__ = ["MEASURE", "monomials"]


def monomials(f: NDArray[np.uint8]) -> int:
    """How many coefficients of the ANF are 1; `f` is a truth table, uint8 of 0 and 1, shape (2^n,).

    >>> monomials(np.array([0, 1, 1, 1], dtype=np.uint8))  # x_0 + x_1 + x_0 x_1
    3
    """
    return int(anf(f).sum())


MEASURE = BitMeasure(
    "monomials",
    "monomials",
    "monomials over GF(2)",
    lambda f: (Bound("exact", monomials(f)),),
    maximum=("lower", "max over bits; of the total a lower bound"),
    total=("exact", "sum over bits, which is the number of monomials of the map, bit by bit"),
)
