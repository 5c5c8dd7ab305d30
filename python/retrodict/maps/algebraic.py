"""Permutations with a formula: cheap forward by construction, and their inverses are known."""

from __future__ import annotations

import numpy as np

from retrodict.maps.boolean_map import BooleanMap, every_input
from retrodict.maps.gf2 import power

__all__ = ["CUBE_POLYNOMIALS", "cube", "gray", "triangular"]

# Irreducible over GF(2); bit i is the coefficient of t^i.
CUBE_POLYNOMIALS = {3: 0xB, 5: 0x25, 7: 0x83, 9: 0x211, 11: 0x805, 13: 0x201B}


def gray(n: int) -> BooleanMap:
    """The Gray chain y_i = x_i + x_{i+1}, y_{n-1} = x_{n-1} (mod 2): two bits each forward, a parity backward.

    >>> gray(2).table, gray(2).inverse().table
    (array([0, 1, 3, 2], dtype=uint64), array([0, 1, 3, 2], dtype=uint64))
    """
    name = f"gray:n={n}"
    x = every_input(name, n)
    return BooleanMap(name, n, n, x ^ x >> np.uint64(1))


def triangular(n: int) -> BooleanMap:
    """y_i = x_i + x_{i-1} x_{i-2} (mod 2), y_0 = x_0, y_1 = x_1: two monomials forward, Fibonacci many backward.

    >>> triangular(3).table
    array([0, 1, 2, 7, 4, 5, 6, 3], dtype=uint64)
    """
    name = f"triangular:n={n}"
    x = every_input(name, n)
    carry = (x << np.uint64(1)) & (x << np.uint64(2)) & np.uint64((1 << n) - 1)
    return BooleanMap(name, n, n, x ^ carry)


def cube(n: int) -> BooleanMap:
    """x -> x^3 over GF(2^n), n odd: quadratic forward, degree (n+1)/2 backward (Nyberg, EUROCRYPT 1993).

    A permutation because 3 is prime to 2^n - 1 for odd n.

    Raises
    ------
    ValueError
        For an n without a polynomial in `CUBE_POLYNOMIALS`.

    >>> cube(3).table
    array([0, 1, 3, 4, 5, 6, 7, 2], dtype=uint64)
    """
    if n not in CUBE_POLYNOMIALS:
        raise ValueError(f"cube:n={n}: n must be odd, one of {', '.join(map(str, CUBE_POLYNOMIALS))}")
    name = f"cube:n={n}"
    return BooleanMap(name, n, n, power(every_input(name, n), 3, CUBE_POLYNOMIALS[n]))
