"""Terms of the smallest disjunctive normal form of an output bit: an OR of ANDs of literals, circuits of depth 2.

Exact where the search ends: prime implicants, then the covering problem by branch and bound (Quine, 1952). Of 400
random functions of 8 variables, NODES nodes of it left one open. Where they do not suffice, two bounds: a form, and a
lower bound from weights of the inputs that any reader can add up (`retrodict.circuits.dnf_bound`). Where there are too
many prime implicants to list, the bounds are made from those of the two halves. Complementing an output may change the
number.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from retrodict.capacity.measure import BitMeasure, Bound
from retrodict.capacity.truth_table import n_variables, on_essential

__all__ = ["MEASURE", "NODES", "bounds"]

NODES = 1000
# The search reads all rows and columns at a node; beyond this many essential variables there is only its root.
SEARCH_UP_TO = 9


def bounds(f: NDArray[np.uint8]) -> tuple[Bound, ...]:
    """One exact bound, or a lower and an upper one; `f` is a truth table, uint8 of 0 and 1, shape (2^n,).

    >>> [bound.value for bound in bounds(np.array([0, 1, 1, 0], dtype=np.uint8))]
    [2]
    """
    from retrodict import circuits  # here, so that `import retrodict` loads no kernel

    core = on_essential(f)
    k = n_variables(core)
    try:
        found = circuits.dnf_terms(core, nodes=NODES if k <= SEARCH_UP_TO else 1)
    except ValueError:  # too many prime implicants to list
        low, high = (bounds(half) for half in core.reshape(2, -1))
        return (
            Bound(
                "lower", max(low[0].value, high[0].value), f"of the halves along x_{k - 1}: a form of f contains both"
            ),
            Bound("upper", low[-1].value + high[-1].value, f"forms of the halves along x_{k - 1}, together"),
        )
    assert found.upper is not None
    if found.exact:
        return (Bound("exact", found.upper),)
    return (
        Bound("lower", found.lower, f"weights of the inputs; {found.note}"),
        Bound("upper", found.upper, "a form without a term that is not needed"),
    )


MEASURE = BitMeasure(
    "dnf_terms",
    "terms",
    "terms of the smallest disjunctive normal form",
    bounds,
    maximum=("lower", "max over bits; of the map a lower bound"),
    total=("upper", "sum over bits: a form for each; of the map an upper bound"),
)
