"""What several measures need of a truth table f: uint8 of 0 and 1, shape (2^n,), f[x] with bit i of x the input x_i."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["anf", "essential", "n_variables", "on_essential", "weights"]


def n_variables(f: NDArray[np.uint8]) -> int:
    return f.size.bit_length() - 1


def halves(f: NDArray[np.uint8], i: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """The cofactors at x_i = 0 and x_i = 1, as views."""
    split = f.reshape(-1, 2, 1 << i)
    return split[:, 0], split[:, 1]


def weights(n: int) -> NDArray[np.int64]:
    """The number of ones of 0, 1, ..., 2^n - 1.

    >>> weights(2)
    array([0, 1, 1, 2])
    """
    ones: NDArray[np.int64] = (np.arange(1 << n) >> np.arange(n)[:, None] & 1).sum(axis=0)
    return ones


def anf(f: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The coefficients over GF(2): entry m is that of the product of the x_i with bit i in m (Moebius transform).

    >>> anf(np.array([0, 1, 1, 1], dtype=np.uint8))  # x_0 or x_1 = x_0 + x_1 + x_0 x_1
    array([0, 1, 1, 1], dtype=uint8)
    """
    f = f.copy()
    for i in range(n_variables(f)):
        low, high = halves(f, i)
        high ^= low
    return f


def essential(f: NDArray[np.uint8]) -> list[int]:
    """The variables on which f depends, ascending.

    >>> essential(np.array([0, 1, 0, 1], dtype=np.uint8))
    [0]
    """
    return [i for i in range(n_variables(f)) if not np.array_equal(*halves(f, i))]


def on_essential(f: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """f as a function of its k essential variables alone, in their order: shape (2^k,).

    >>> on_essential(np.array([0, 1, 0, 1], dtype=np.uint8))
    array([0, 1], dtype=uint8)
    """
    kept = essential(f)
    for i in reversed(range(n_variables(f))):
        if i not in kept:
            f = halves(f, i)[0].reshape(-1)
    return f
