"""Sign-rank of an output bit under the halves of the inputs: what bounds one-hidden-layer nets from below.

The sign-rank of a matrix of signs is the least rank of a real matrix with those signs. The halves are inputs
0 ... n // 2 - 1 and the others, as in `communication`. If sgn(a_1 phi_1(u_1 x + v_1 y) + ... + a_w phi_w(...) + b) is
the bit, with integers |u| <= W on m inputs x in {0,1}^m and any functions phi, then w (m W + 1) + 1 is at least the
sign-rank, since a hidden unit is a matrix with at most m W + 1 distinct rows.

Lower: Forster (2002), sqrt(rows * columns) / ||M|| with the spectral norm; also 1 or 2, as M has rank 1 or not. Upper:
the rank of M over the rationals, and one more than the largest number of changes of sign along a row (in this order of
the columns) or along a column, since a polynomial of that degree has those signs.

The norm is bounded in integers: ||M||^2 is the largest eigenvalue of the symmetric G = M M^T, and its power k, that of
G^k, is at most the largest sum of absolute values in a row of G^k. For Hadamard matrices this is exact at k = 1.
"""

from __future__ import annotations

from fractions import Fraction
from math import isqrt

import flint
import numpy as np
from numpy.typing import ArrayLike, NDArray

from retrodict.capacity.matrices import balanced, rank
from retrodict.capacity.measure import BitMeasure, Bound

__all__ = ["MEASURE", "bounds", "discrepancy_bound", "forster_bound", "norm_powers", "sign_changes"]

SQUARINGS = 4
RESOLUTION = 20  # a discrepancy is bounded by a multiple of 2^-20


def norm_powers(matrix: ArrayLike) -> list[tuple[int, int]]:
    """Pairs (p, N) with ||M||^p <= N for the spectral norm of a matrix of integers; p = 2, 4, ..., 32.

    Raises
    ------
    TypeError, ValueError
        Entries that are no integers, or not a matrix.

    >>> norm_powers([[1, 1], [1, -1]])[:2]
    [(2, 2), (4, 4)]
    """
    m = np.asarray(matrix)
    if m.ndim != 2 or 0 in m.shape:
        raise ValueError(f"matrix has shape {m.shape}: it must have rows and columns")
    if m.dtype.kind not in "iu":
        raise TypeError(f"matrix has dtype {m.dtype}: entries must be integers")
    integers = flint.fmpz_mat(m.tolist())
    gram = integers * integers.transpose()
    powers = []
    for k in range(SQUARINGS + 1):
        powers.append((2 << k, max(sum(abs(int(entry)) for entry in row) for row in gram.tolist())))
        gram = gram * gram
    return powers


def forster_bound(matrix: ArrayLike) -> int:
    """The least integer that sqrt(rows * columns) / ||M|| allows: sign-rank M is at least that.

    Parameters
    ----------
    matrix : integers, shape (rows, columns)
        Signs, 1 and -1.

    Raises
    ------
    ValueError
        An entry that is no sign, named.

    Source: Forster, "A linear lower bound on the unbounded error probabilistic communication complexity", J. Computer
    and System Sciences 65 (2002), theorem 2.2.

    Examples
    --------
    The inner product of two vectors of 4 bits, and equality:

    >>> inner_product = [[1 - 2 * ((x & y).bit_count() & 1) for y in range(16)] for x in range(16)]
    >>> forster_bound(inner_product), forster_bound([[1 - 2 * (x == y) for y in range(16)] for x in range(16)])
    (4, 2)
    """
    m = _signs(matrix)
    return max(_least(p, bound, m.size) for p, bound in norm_powers(m))


def _least(p: int, bound: int, entries: int) -> int:
    """The least integer s with s^p * bound >= entries^(p/2)."""
    quotient = -(-(entries ** (p // 2)) // bound)
    s = 1
    while s**p < quotient:
        s += 1
    return s


def discrepancy_bound(matrix: ArrayLike) -> Fraction:
    """An upper bound on the discrepancy of a matrix of signs: the largest |sum over a rectangle| / (rows * columns).

    It is ||M|| / sqrt(rows * columns) (Lindsey's lemma), rounded up to a multiple of 2^-20. A protocol with public
    coins that errs with probability e on each input exchanges at least log2((1 - 2 e) / discrepancy) bits (Kushilevitz,
    Nisan, 1997, section 3.5).

    >>> discrepancy_bound([[1 - 2 * ((x & y).bit_count() & 1) for y in range(16)] for x in range(16)])
    Fraction(1, 4)
    """
    m = _signs(matrix)
    found = []
    for p, bound in norm_powers(m):
        power = Fraction(bound, m.size ** (p // 2)) * 2 ** (RESOLUTION * p)  # of the discrepancy times 2^20
        root = -(-power.numerator // power.denominator)
        while p > 1:
            root, p = isqrt(root - 1) + 1, p // 2
        found.append(root)
    return Fraction(min(found), 1 << RESOLUTION)


def _signs(matrix: ArrayLike) -> NDArray[np.int64]:
    m = np.asarray(matrix)
    wrong = np.argwhere((m != 1) & (m != -1))
    if wrong.size:
        place = tuple(wrong[0].tolist())
        raise ValueError(f"matrix[{', '.join(map(str, place))}] = {m[place]}: an entry is 1 or -1")
    return m.astype(np.int64)


def sign_changes(matrix: NDArray[np.integer]) -> int:
    """The largest number of changes of sign along a row.

    >>> sign_changes(np.array([[1, 1, -1, 1], [1, 1, 1, -1]]))
    2
    """
    return int((matrix[:, 1:] != matrix[:, :-1]).sum(axis=1).max(initial=0))


def bounds(f: NDArray[np.uint8]) -> tuple[Bound, ...]:
    """One exact bound, or a lower and an upper one; `f` is a truth table, uint8 of 0 and 1, shape (2^n,).

    >>> [bound.value for bound in bounds(np.array([0, 1, 1, 0], dtype=np.uint8))]  # x_0 + x_1: signs of rank 1
    [1]
    """
    # Equal rows need no rank of their own, but for Forster's bound they count.
    signs = 1 - 2 * balanced(f).astype(np.int64)
    distinct = np.unique(np.unique(signs, axis=0), axis=1)
    most = rank(distinct)
    if most > 2:
        most = min(most, 1 + min(sign_changes(m) for m in (signs, signs.T)))
    if most <= 2:
        return (Bound("exact", most),)
    least = max(2, *(forster_bound(m) for m in ([signs] if distinct.shape == signs.shape else [signs, distinct])))
    if least == most:
        return (Bound("exact", most),)
    return (
        Bound("lower", least, "Forster, with the spectral norm bounded in integers"),
        Bound("upper", most, "rank, or changes of sign along a row or a column"),
    )


MEASURE = BitMeasure(
    "sign_rank",
    "dimensions",
    "sign-rank under the two halves of the inputs",
    bounds,
    maximum=("lower", "max over bits; of the map a lower bound"),
    total=("upper", "sum over bits: an arrangement for each; of the map an upper bound"),
)
