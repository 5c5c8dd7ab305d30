"""Toys of the two ways in which ciphers make a permutation out of a small one: rounds, and whitening.

With their keys known both are as easy to invert as to apply: controls. That a random-looking map is hard to invert is
not what these show.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from retrodict.maps.boolean_map import BooleanMap, every_input
from retrodict.maps.permutations import perm, words
from retrodict.maps.sboxes import sbox

__all__ = ["encrypt", "even_mansour", "spn"]


def encrypt(x: NDArray[np.uint64], keys: Sequence[int], n: int) -> NDArray[np.uint64]:
    """Rounds of PRESENT on blocks of n bits (Bogdanov et al., CHES 2007), n a multiple of 4, at most 64.

    In every round a key is added, the S-box is applied to every nibble, and bit i goes to bit i n/4 mod (n - 1), the
    last bit staying; one more key is added at the end. So there is one round less than there are keys.

    >>> hex(encrypt(np.array([0], dtype=np.uint64), [0, 0], 64)[0])  # sixteen C, spread
    '0xffffffff00000000'
    """
    box = sbox("present").table
    for key in keys[:-1]:
        x = x ^ np.uint64(key)
        moved = np.zeros_like(x)
        for nibble in range(0, n, 4):
            y = box[x >> np.uint64(nibble) & np.uint64(15)]
            for i in range(nibble, nibble + 4):
                to = i * (n // 4) % (n - 1) if i < n - 1 else i
                moved |= (y >> np.uint64(i - nibble) & np.uint64(1)) << np.uint64(to)
        x = moved
    return x ^ np.uint64(keys[-1])


def spn(n: int, rounds: int, seed: int) -> BooleanMap:
    """A substitution-permutation network: rounds of PRESENT on n bits with independent random keys.

    Raises
    ------
    ValueError
        For an n that is not a multiple of 4.

    >>> spn(4, 1, seed=0).collision()
    """
    name = f"spn:n={n},rounds={rounds},seed={seed}"
    if n % 4:
        raise ValueError(f"{name}: n must be a multiple of 4, for the S-box has 4 bits")
    x = every_input(name, n)
    keys = words(seed, 2001, rounds + 1) >> np.uint64(64 - n)
    return BooleanMap(name, n, n, encrypt(x, keys.tolist(), n))


def even_mansour(n: int, seed: int) -> BooleanMap:
    """P(x + k_1) + k_2 (mod 2), P being `perm` of that seed (Even and Mansour, J. Cryptology 10, 1997).

    >>> even_mansour(3, seed=0).collision()
    """
    name = f"even-mansour:n={n},seed={seed}"
    x = every_input(name, n)
    first, second = words(seed, 2002, 2) >> np.uint64(64 - n)
    return BooleanMap(name, n, n, perm(n, seed).table[x ^ first] ^ second)
