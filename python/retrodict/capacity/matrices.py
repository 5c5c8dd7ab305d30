"""An output bit as a matrix: one player holds the first half of the inputs, the other the second half."""

from __future__ import annotations

import flint
import numpy as np
from numpy.typing import NDArray

from retrodict.capacity.truth_table import n_variables

__all__ = ["balanced", "rank"]


def balanced(f: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Entry (i, j) is f where inputs 0 ... n // 2 - 1 are the bits of j and the others those of i.

    `f` is a truth table, uint8 of 0 and 1, shape (2^n,); the matrix has 2^(n // 2) columns.

    >>> balanced(np.array([0, 0, 0, 1], dtype=np.uint8)).tolist()
    [[0, 0], [0, 1]]
    """
    return f.reshape(-1, 1 << n_variables(f) // 2)


def rank(matrix: NDArray[np.integer]) -> int:
    """The rank over the rational numbers, in exact arithmetic.

    Over GF(2), or modulo any prime, the rank of an integer matrix is no larger: a minor that is not 0 there is not 0.

    >>> rank(np.array([[1, 1, 0], [0, 1, 1], [1, 0, 1]]))  # 2 over GF(2)
    3
    """
    return int(flint.fmpz_mat(matrix.tolist()).rank())
