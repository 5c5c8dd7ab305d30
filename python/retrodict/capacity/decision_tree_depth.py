"""Depth of the shallowest decision tree of an output bit: inputs read at worst, each chosen in view of those before.

Exact, over all 3^k subcubes of the k essential variables; where the degree of f as a real polynomial is k, it is k
without a search, for the degree is a lower bound. Source: Buhrman, de Wolf, "Complexity measures and decision tree
complexity" (2002), theorem 11.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from retrodict.capacity.measure import BitMeasure, Bound
from retrodict.capacity.truth_table import n_variables, on_essential, weights

__all__ = ["MEASURE", "bounds", "decision_tree_depth", "real_degree"]


def real_degree(f: NDArray[np.uint8]) -> int:
    """The degree of the multilinear polynomial over the reals that equals f on {0,1}^n; 0 for constants.

    >>> real_degree(np.array([0, 1, 1, 0], dtype=np.uint8))  # x_0 + x_1 - 2 x_0 x_1
    2
    """
    coefficients = f.astype(np.int64)
    for i in range(n_variables(f)):
        split = coefficients.reshape(-1, 2, 1 << i)
        split[:, 1] -= split[:, 0]
    return int((weights(n_variables(f)) * (coefficients != 0)).max())


def decision_tree_depth(f: NDArray[np.uint8]) -> int:
    """D(f): 0 for a constant, else 1 + min over i of max over b of D(f at x_i = b); all subcubes, n 3^n time.

    `f` is a truth table, uint8 of 0 and 1, shape (2^n,).

    >>> decision_tree_depth(np.array([0, 0, 1, 1, 0, 1, 0, 1], dtype=np.uint8))  # x_2 ? x_0 : x_1
    2
    """
    from retrodict import circuits  # here, so that `import retrodict` loads no kernel

    return circuits.decision_tree(f).depth


def bounds(f: NDArray[np.uint8]) -> tuple[Bound, ...]:
    """One exact bound."""
    core = on_essential(f)
    k = n_variables(core)
    return (Bound("exact", k if real_degree(core) == k else decision_tree_depth(core)),)


MEASURE = BitMeasure(
    "decision_tree_depth",
    "queries",
    "inputs read in the worst case",
    bounds,
    maximum=("lower", "max over bits; of the map a lower bound"),
    total=("upper", "sum over bits: a tree for each; of the map an upper bound"),
)
