"""Inputs of the largest parity that is left of an output bit when the others are fixed: what small depth cannot do.

Exact, over all 3^k subcubes of the k essential variables. A circuit, tree or formula for f contains one for each of its
restrictions, so that with m such inputs f needs 2^(m-1) terms, 2^m leaves of a decision tree, m^2 leaves of a De Morgan
formula (Khrapchenko, 1971), and in AC0, circuits of AND and OR of any fan-in of depth D, exp(c m^(1/(D-1))) gates:
Hastad, "Almost optimal lower bounds for small depth circuits" (1986), cited, with an unspecified constant c > 0 and m
beyond a bound that depends on D. So for maps of one size the number m says nothing of AC0; its growth along a family
does. A function without large parities may be hard for other reasons.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from retrodict.capacity.measure import BitMeasure, Bound
from retrodict.capacity.truth_table import n_variables, on_essential

__all__ = ["MEASURE", "parity_subcube"]


def parity_subcube(f: NDArray[np.uint8]) -> int:
    """The number of free inputs; `f` is a truth table, uint8 of 0 and 1, shape (2^n,), n <= 16.

    >>> parity_subcube(np.array([0, 1, 1, 0, 0, 0, 0, 1], dtype=np.uint8))  # x_0 + x_1 where x_2 = 0
    2
    """
    from retrodict import circuits  # here, so that `import retrodict` loads no kernel

    core = on_essential(f)
    mask, _ = circuits.largest_parity(core)
    return n_variables(core) - mask.bit_count()


MEASURE = BitMeasure(
    "parity_subcube",
    "inputs",
    "largest parity left when other inputs are fixed",
    lambda f: (Bound("exact", parity_subcube(f)),),
    maximum=("exact", "max over bits: the largest parity in the map"),
    total=("upper", "sum over bits"),
)
