"""Modular exponentiation for the Fermat primes p = 2^n + 1: a perfect permutation of n bits that looks one-way.

It is not: the group has order p - 1 = 2^n, and Pohlig and Hellman's algorithm takes logarithms in it with O(n^2)
products. A *negative* control for one-wayness, not an example.
"""

from __future__ import annotations

import numpy as np

from retrodict.exact.groups import discrete_logarithm
from retrodict.maps.boolean_map import BooleanMap, every_input

__all__ = ["EXPONENTS", "modexp", "modexp_preimage"]

EXPONENTS = (4, 8, 16)  # p = 17, 257, 65537; of p = 3 and 5 nothing can be learnt


def modexp(n: int, g: int = 3) -> BooleanMap:
    """x -> g^x - 1 mod p, p = 2^n + 1.

    A permutation if g generates the group, which for a Fermat prime means that g is no square (for 3: Pépin, 1877).

    Raises
    ------
    ValueError
        For an n without a Fermat prime, or a g that is no generator.

    >>> modexp(4).table
    array([ 0,  2,  8,  9, 12,  4, 14, 10, 15, 13,  7,  6,  3, 11,  1,  5],
          dtype=uint64)
    """
    name = f"modexp:n={n}" if g == 3 else f"modexp:n={n},g={g}"
    if n not in EXPONENTS:
        raise ValueError(f"{name}: 2^n + 1 must be one of the primes 17, 257, 65537: n = 4, 8, 16")
    p = 2**n + 1
    if pow(g, 2 ** (n - 1), p) != p - 1:
        raise ValueError(f"{name}: g = {g} is a square modulo {p} or divisible by it, and generates no more than half")
    x = every_input(name, n)
    value = np.ones_like(x)
    for i in range(n):
        factor = np.where(x >> np.uint64(i) & np.uint64(1), np.uint64(pow(g, 1 << i, p)), np.uint64(1))
        value = value * factor % np.uint64(p)
    return BooleanMap(name, n, n, value - np.uint64(1))


def modexp_preimage(y: int, n: int, g: int = 3) -> int:
    """The x that `modexp(n, g)` maps to y, with at most (n^2 + 3 n - 2)/2 products modulo 2^n + 1.

    >>> [modexp_preimage(int(y), 4) for y in modexp(4).table] == list(range(16))
    True
    """
    p = 2**n + 1
    return discrete_logarithm(y + 1, g, n, lambda a, b: a * b % p)
