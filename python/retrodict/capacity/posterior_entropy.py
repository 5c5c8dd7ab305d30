"""H(z|x): the bits that no encoder can recover, z uniform on the 2^n inputs and x = f(z).

Exact: H(z|x) = 2^-n sum over z of log2 |f^-1(f(z))|, 0 if and only if f is injective. A sampler of the posterior needs
at least H fair bits on average, and less than H + 2 suffice (Knuth, Yao, "The complexity of nonuniform random number
generation", 1976). Forward the same measure is H(x|z) = 0: a map has no choice.
"""

from __future__ import annotations

from math import fsum, log2

import numpy as np

from retrodict.capacity.measure import Bound, MapMeasure
from retrodict.maps import BooleanMap

__all__ = ["MEASURE", "posterior_entropy"]


def posterior_entropy(f: BooleanMap) -> float:
    """H(z|x) in bits, rounded as a sum of doubles is.

    >>> posterior_entropy(BooleanMap("and", 2, 1, [0, 0, 0, 1]))  # 3/4 log2 3
    1.188721875540867
    """
    sizes, fibres = np.unique(np.unique(f.table, return_counts=True)[1], return_counts=True)
    total = fsum(int(k) * int(size) * log2(size) for size, k in zip(sizes, fibres, strict=True))
    return total / f.table.size


MEASURE = MapMeasure(
    "posterior_entropy",
    "bits",
    "entropy left of the input when the output is known",
    forward=lambda f: (Bound("exact", 0.0, "H(x|z): a map has no choice"),),
    encoder=lambda f: (Bound("exact", posterior_entropy(f), "H(z|x), z uniform"),),
)
