"""Arithmetic of GF(2^n) on tables: bit i of an element is the coefficient of t^i in the polynomial basis."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["multiply", "power"]


def multiply(a: NDArray[np.uint64], b: NDArray[np.uint64], polynomial: int) -> NDArray[np.uint64]:
    """a * b elementwise, reduced by `polynomial`, whose degree is n; Horner's rule over the bits of b.

    >>> elements = np.array([0x57], dtype=np.uint64), np.array([0x83], dtype=np.uint64)
    >>> hex(multiply(*elements, 0x11B)[0])  # the worked example of FIPS 197, section 4.2
    '0xc1'
    """
    n = polynomial.bit_length() - 1
    one = np.uint64(1)
    product = np.zeros_like(a)
    for i in reversed(range(n)):
        product = product << one
        product ^= (product >> np.uint64(n) & one) * np.uint64(polynomial)
        product ^= (b >> np.uint64(i) & one) * a
    return product


def power(a: NDArray[np.uint64], exponent: int, polynomial: int) -> NDArray[np.uint64]:
    """a ** exponent elementwise, exponent >= 1, by squaring.

    >>> power(np.arange(8, dtype=np.uint64), 7, 0xB)  # the multiplicative group of GF(8) has order 7
    array([0, 1, 1, 1, 1, 1, 1, 1], dtype=uint64)
    """
    result = np.ones_like(a)
    for bit in f"{exponent:b}":
        result = multiply(result, result, polynomial)
        if bit == "1":
            result = multiply(result, a, polynomial)
    return result
