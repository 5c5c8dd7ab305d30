"""Nodes of the smallest ordered binary decision diagram of an output bit, over *all* orders of the variables.

Exact: dynamic programming over sets of variables, O*(3^n) (Friedman, Supowit, IEEE Trans. Computers 39, 1990). Internal
nodes, no complement edges, terminals not counted. It bounds circuits from above only: a node is a multiplexer, at most
three two-input gates.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from retrodict.capacity.measure import BitMeasure, Bound
from retrodict.capacity.truth_table import on_essential

__all__ = ["MEASURE", "obdd_nodes"]


def obdd_nodes(f: NDArray[np.uint8]) -> int:
    """The least number of internal nodes; `f` is a truth table, uint8 of 0 and 1, shape (2^n,), n <= 16.

    >>> obdd_nodes(np.array([0, 1, 1, 0], dtype=np.uint8))  # parity of n bits: 2n - 1
    3
    """
    from retrodict import circuits  # here, so that `import retrodict` loads no kernel

    core = on_essential(f)
    return int(circuits.obdd_size(core).nodes) if core.size > 1 else 0


MEASURE = BitMeasure(
    "obdd_nodes",
    "nodes",
    "smallest OBDD over all orders",
    lambda f: (Bound("exact", obdd_nodes(f)),),
    maximum=("lower", "max over bits; of the map a lower bound"),
    total=("upper", "sum over bits: a diagram for each, in an order of its own; of the map an upper bound"),
)
