"""Discrete logarithms where the order of the group is a power of two, in any group: only its product is used."""

from collections.abc import Callable
from typing import TypeVar

__all__ = ["discrete_logarithm"]

Element = TypeVar("Element")


def discrete_logarithm(y: Element, g: Element, n: int, multiply: Callable[[Element, Element], Element]) -> int:
    """The x in 0 ... 2^n - 1 with g^x = y, where g has order 2^n: one bit at a time (Pohlig and Hellman, 1978).

    Let y g^z = g^e, with z = 0 at first, and e a multiple of 2^i. If bit i of e is set, its power 2^(n-1-i) is
    g^(2^(n-1)), the one element of order 2; if not, it is 1. If it is set, adding 2^i to z clears it. After n steps
    e = 0, so that x = -z. No inverse is needed. Group operations: n - 1 squarings for the powers of g, n (n - 1)/2 for
    those of y, and at most n products: (n^2 + 3 n - 2)/2 at most, and so many for y = g.

    A g of another order gives a wrong answer, not an error.

    >>> discrete_logarithm(13, 3, 4, lambda a, b: a * b % 17)
    4
    """
    powers = [g]
    for _ in range(n - 1):
        powers.append(multiply(powers[-1], powers[-1]))
    z = 0
    for i in range(n):
        high = y
        for _ in range(n - 1 - i):
            high = multiply(high, high)
        if high == powers[n - 1]:
            z += 1 << i
            y = multiply(y, powers[i])
    return -z % (1 << n)
