"""Goldreich's local functions: every output bit is one predicate of a few inputs, chosen at random.

Candidates for one-way functions whose output bits cost O(1) each (Goldreich, "Candidate one-way functions based on
expander graphs", 2000). Random ones are not injective: the encoder is the posterior over preimages.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from retrodict.maps.boolean_map import MAX_INPUTS, BooleanMap, every_input
from retrodict.maps.permutations import words

__all__ = ["goldreich", "local_function", "parity_and"]


def parity_and(d: int) -> list[int]:
    """The predicate x_0 + ... + x_{d-3} + x_{d-2} x_{d-1} (mod 2) as a table of 2^d entries, d >= 2.

    At d = 5 it is the predicate of Mossel, Shpilka and Trevisan (FOCS 2003): quadratic, and balanced even when any two
    inputs are known.

    >>> parity_and(3)
    [0, 1, 0, 1, 0, 1, 1, 0]
    """
    low = (1 << d - 2) - 1
    return [((x & low).bit_count() + (x >> d - 2 == 3)) % 2 for x in range(1 << d)]


def local_function(name: str, n: int, subsets: Sequence[Sequence[int]], predicate: Sequence[int]) -> BooleanMap:
    """f_{S,P}: output i is P of the inputs subsets[i], in that order.

    Parameters
    ----------
    name : str
        What the map is called.
    n : int
        Number of inputs, at most 16.
    subsets : sequence of sequences of d inputs
    predicate : sequence of 2^d zeros and ones
        Entry b is P(b); its argument j is bit j of b.

    Raises
    ------
    ValueError
        Naming the output and what is wrong with its inputs.

    >>> local_function("and-or", 2, [[0, 1]], [0, 0, 0, 1]).table
    array([0, 0, 0, 1], dtype=uint64)
    """
    x = every_input(name, n)
    table = np.zeros_like(x)
    values = np.array(predicate, dtype=np.uint64)
    for i, subset in enumerate(subsets):
        if 1 << len(subset) != values.size or not set(subset) <= set(range(n)) or len(set(subset)) < len(subset):
            raise ValueError(
                f"{name}: subsets[{i}] = {list(subset)}: must be different inputs of 0 ... {n - 1}, as many as the "
                f"predicate has, which is a table of {values.size} entries"
            )
        argument = np.zeros_like(x)
        for j, source in enumerate(subset):
            argument |= (x >> np.uint64(source) & np.uint64(1)) << np.uint64(j)
        table |= values[argument] << np.uint64(i)
    return BooleanMap(name, n, len(subsets), table)


def goldreich(n: int, d: int, seed: int) -> BooleanMap:
    """n outputs, each `parity_and(d)` of d random inputs out of n, 2 <= d <= n.

    >>> goldreich(6, 5, seed=0).collision()
    (4, 10)
    """
    name = f"goldreich:n={n},d={d},seed={seed}"
    if not 2 <= d <= n <= MAX_INPUTS:
        raise ValueError(f"{name}: must be 2 <= d <= n <= {MAX_INPUTS}, since an output looks at d of the n inputs")
    order = np.argsort(words(seed, 2000, n * n).reshape(n, n), kind="stable")
    return local_function(name, n, order[:, :d].tolist(), parity_and(d))
