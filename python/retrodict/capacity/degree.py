"""Degree over GF(2): the largest product of inputs in the algebraic normal form of an output bit.

Exact, and independent of the basis of the inputs. It bounds from below what no polynomial of lower degree expresses: a
sigma-pi unit of that fan-in, the depth of AND gates of fan-in 2 (at least log2 of it). Source of the transform: Carlet,
"Boolean Functions for Cryptography and Coding Theory" (2021), section 2.2.1.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from retrodict.capacity.measure import BitMeasure, Bound
from retrodict.capacity.truth_table import anf, n_variables, weights

__all__ = ["MEASURE", "degree"]


def degree(f: NDArray[np.uint8]) -> int:
    """deg f over GF(2), 0 for both constants; `f` is a truth table, uint8 of 0 and 1, shape (2^n,).

    >>> degree(np.array([0, 1, 1, 0], dtype=np.uint8)), degree(np.array([0, 0, 0, 1], dtype=np.uint8))
    (1, 2)
    """
    return int((weights(n_variables(f)) * anf(f)).max())


MEASURE = BitMeasure(
    "degree",
    "degree",
    "largest monomial over GF(2)",
    lambda f: (Bound("exact", degree(f)),),
    maximum=("exact", "max over bits, which is the degree of the map"),
    total=("upper", "sum over bits"),
)
