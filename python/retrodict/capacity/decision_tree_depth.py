"""Depth of the shallowest decision tree of an output bit: inputs read at worst, each chosen in view of those before.

Exact by the definition, over all 3^k subcubes of the k essential variables, up to k = EXACT_UP_TO. Beyond, two bounds:
the degree of f as a real polynomial is a lower one, k an upper one, and where they meet the value is exact. Source:
Buhrman, de Wolf, "Complexity measures and decision tree complexity" (2002), theorem 11.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from retrodict.capacity.measure import BitMeasure, Bound
from retrodict.capacity.truth_table import n_variables, on_essential, weights

__all__ = ["EXACT_UP_TO", "MEASURE", "bounds", "decision_tree_depth", "real_degree"]

EXACT_UP_TO = 14


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
    """D(f): 0 for a constant, else 1 + min over i of max over b of D(f at x_i = b); all subcubes, 3^n time.

    `f` is a truth table, uint8 of 0 and 1, shape (2^n,).

    >>> decision_tree_depth(np.array([0, 0, 1, 1, 0, 1, 0, 1], dtype=np.uint8))  # x_2 ? x_0 : x_1
    2
    """
    # Subcubes by their set of free variables; along an array runs the assignment of the others, compacted. 2 = mixed.
    n = n_variables(f)
    value = {0: f}
    depth = {0: np.zeros_like(f)}
    for free in range(1, 1 << n):
        members = [i for i in range(n) if free >> i & 1]
        best = np.full(1 << n - len(members), n, dtype=np.uint8)
        for i in members:
            below = i - (free & ((1 << i) - 1)).bit_count()
            pair = depth[free ^ 1 << i].reshape(-1, 2, 1 << below)
            worst = np.maximum(pair[:, 0], pair[:, 1]).reshape(-1)
            best = np.minimum(best, worst)
        pair = value[free ^ 1 << members[0]].reshape(-1, 2, 1 << members[0])
        value[free] = np.where(pair[:, 0] == pair[:, 1], pair[:, 0], np.uint8(2)).reshape(-1)
        depth[free] = np.where(value[free] == 2, best + np.uint8(1), np.uint8(0))
    return int(depth[(1 << n) - 1][0])


def bounds(f: NDArray[np.uint8]) -> tuple[Bound, ...]:
    """One exact bound, or a lower and an upper one where f has more than EXACT_UP_TO essential variables."""
    core = on_essential(f)
    k = n_variables(core)
    least = real_degree(core)
    if least == k or k <= EXACT_UP_TO:
        return (Bound("exact", k if least == k else decision_tree_depth(core)),)
    return (
        Bound("lower", least, f"degree over the reals; exact up to {EXACT_UP_TO} essential variables, here {k}"),
        Bound("upper", k, "the number of essential variables"),
    )


MEASURE = BitMeasure(
    "decision_tree_depth",
    "queries",
    "inputs read in the worst case",
    bounds,
    maximum=("lower", "max over bits; of the map a lower bound"),
    total=("upper", "sum over bits: a tree for each; of the map an upper bound"),
)
