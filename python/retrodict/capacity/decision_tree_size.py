"""Leaves of the smallest decision tree of an output bit; the tree may be deeper than the shallowest.

Exact, over all 3^k subcubes of the k essential variables: a leaf where f is constant, else the least sum of the two
halves along an input. Source: Wegener, "Branching Programs and Binary Decision Diagrams" (2000), chapter 2.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from retrodict.capacity.measure import BitMeasure, Bound
from retrodict.capacity.truth_table import on_essential

__all__ = ["MEASURE", "decision_tree_size"]


def decision_tree_size(f: NDArray[np.uint8]) -> int:
    """The least number of leaves; `f` is a truth table, uint8 of 0 and 1, shape (2^n,), n <= 16.

    >>> decision_tree_size(np.array([0, 1, 1, 0], dtype=np.uint8))  # parity of n bits: 2^n
    4
    """
    from retrodict import circuits  # here, so that `import retrodict` loads no kernel

    return circuits.decision_tree(on_essential(f)).leaves


MEASURE = BitMeasure(
    "decision_tree_size",
    "leaves",
    "leaves of the smallest decision tree",
    lambda f: (Bound("exact", decision_tree_size(f)),),
    maximum=("lower", "max over bits; of the map a lower bound"),
    total=("upper", "sum over bits: a tree for each; of the map an upper bound"),
)
