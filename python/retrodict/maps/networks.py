"""Networks of rounds."""

from __future__ import annotations

import numpy as np

from retrodict.maps.boolean_map import BooleanMap, every_input
from retrodict.maps.permutations import words

__all__ = ["feistel"]


def feistel(n: int, rounds: int, seed: int) -> BooleanMap:
    """A Feistel network with random round functions: (L, R) -> (R, L + F_r(R)) each round.

    L is the upper half of the bits. The inverse is the same network with the halves exchanged and the rounds reversed,
    so neither way is harder: a control.

    Raises
    ------
    ValueError
        For odd n.

    >>> int(feistel(4, 1, seed=0).table[0b0111]) >> 2  # L = 1, R = 3: R moves up
    3
    """
    if n % 2:
        raise ValueError(f"feistel:n={n}: n must be even, for there are two halves")
    name = f"feistel:n={n},rounds={rounds},seed={seed}"
    half = np.uint64(n // 2)
    x = every_input(name, n)
    left, right = x >> half, x & np.uint64((1 << n // 2) - 1)
    for r in range(rounds):
        round_function = words(seed, 2 + r, 1 << n // 2) >> np.uint64(64) - half
        left, right = right, left ^ round_function[right]
    return BooleanMap(name, n, n, left << half | right)
