"""Bits that two players must exchange to know an output bit: one has the first half of the inputs, one the second.

Deterministic communication, in the worst case; at the end both know the bit. The halves are inputs 0 ... n // 2 - 1 and
the others: *this* partition, not the best or the worst. Source: Kushilevitz, Nisan, "Communication Complexity" (1997),
sections 1.2 to 1.4.

Exact by the definition where the matrix has at most EXACT_UP_TO distinct rows and as many distinct columns. Beyond, two
bounds. Lower: a protocol of c bits divides the matrix into at most 2^c rectangles on which it is constant. Those of
ones are at least as many as the rank of the matrix M over the rationals, and as a fooling set, which is a set of ones
no two of which lie in one such rectangle; and likewise those of zeros, with J - M. Upper: one player names his row
among the distinct ones, the other answers.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from retrodict.capacity.matrices import balanced, rank
from retrodict.capacity.measure import BitMeasure, Bound

__all__ = ["EXACT_UP_TO", "MEASURE", "bounds", "communication", "fooling_set", "leaves"]

EXACT_UP_TO = 8


def communication(matrix: NDArray[np.integer]) -> int:
    """The bits of the best protocol for a matrix of 0 and 1, by the definition; 3^k steps for k distinct rows.

    Sets of rows and of columns are bits of integers. In round c, entry R of `by_rows` has the bit C set if and only if
    rows R and columns C can be settled with c bits, and `by_columns` the same with the two exchanged.

    >>> communication(np.eye(4, dtype=np.uint8))
    3
    """
    m = np.unique(np.unique(matrix, axis=0), axis=1)
    by_rows = _constant(m)
    bits = 0
    while not by_rows[-1] >> (1 << m.shape[1]) - 1 & 1:
        by_columns = _transposed(by_rows, 1 << m.shape[1])
        from_columns = _transposed(_split(by_columns), 1 << m.shape[0])
        by_rows = [a | b for a, b in zip(_split(by_rows), from_columns, strict=True)]
        bits += 1
    return bits


def _constant(m: NDArray[np.integer]) -> list[int]:
    ones = _sums(_sums(m.astype(np.int64)).T).T
    sizes = _sums(_sums(np.ones(m.shape, dtype=np.int64)).T).T
    return _packed((ones == 0) | (ones == sizes))


def _sums(m: NDArray[np.int64]) -> NDArray[np.int64]:
    """Sums of the rows over all sets of rows."""
    total = np.zeros((1, *m.shape[1:]), dtype=np.int64)
    for row in m:
        total = np.concatenate([total, total + row])
    return total


def _packed(entries: NDArray[np.bool_]) -> list[int]:
    packed = np.packbits(entries, axis=1, bitorder="little")
    return [int.from_bytes(row.tobytes(), "little") for row in packed]


def _transposed(words: list[int], length: int) -> list[int]:
    size = (length + 7) // 8
    packed = np.frombuffer(b"".join(word.to_bytes(size, "little") for word in words), dtype=np.uint8)
    entries = np.unpackbits(packed.reshape(len(words), size), axis=1, bitorder="little")[:, :length]
    return _packed(entries.T.astype(bool))


def _split(solved: list[int]) -> list[int]:
    """What one more bit, sent by the player whose sets the entries are, settles."""
    result = list(solved)
    for whole in range(1, len(solved)):
        part = (whole - 1) & whole
        while 2 * part >= whole and part:  # of each complementary pair the larger number is the part
            result[whole] |= solved[part] & solved[whole ^ part]
            part = (part - 1) & whole
    return result


def fooling_set(matrix: NDArray[np.integer]) -> list[tuple[int, int]]:
    """Places of ones no two of which lie in a rectangle of ones, chosen greedily; as many as it finds.

    Of any two, (i, j) and (k, l), entry (i, l) or (k, j) is 0.

    >>> fooling_set(np.eye(3, dtype=np.uint8))
    [(0, 0), (1, 1), (2, 2)]
    """
    m = np.asarray(matrix) != 0
    crowd = np.outer(m.sum(axis=1), m.sum(axis=0))
    order = np.argsort(crowd, axis=None, kind="stable")
    left = m.copy()
    chosen = []
    while left.any():
        place = int(order[left.reshape(-1)[order].argmax()])
        i, j = divmod(place, m.shape[1])
        chosen.append((i, j))
        left &= ~np.outer(m[:, j], m[i])
    return chosen


def leaves(matrix: NDArray[np.integer]) -> int:
    """A lower bound on the rectangles of a protocol: for ones and zeros, rank or fooling set."""
    return sum(max(rank(m), len(fooling_set(m))) for m in (matrix, 1 - matrix))


def bounds(f: NDArray[np.uint8]) -> tuple[Bound, ...]:
    """One exact bound, or a lower and an upper one; `f` is a truth table, uint8 of 0 and 1, shape (2^n,).

    >>> [bound.value for bound in bounds(np.array([0, 1, 1, 0], dtype=np.uint8))]
    [2]
    """
    m = np.unique(np.unique(balanced(f), axis=0), axis=1).astype(np.int64)
    if max(m.shape) <= EXACT_UP_TO:
        return (Bound("exact", communication(m)),)
    least = (leaves(m) - 1).bit_length()
    most = (min(m.shape) - 1).bit_length() + 1
    if least == most:
        return (Bound("exact", most, "the rank or a fooling set meets the protocol that names a row"),)
    return (
        Bound("lower", least, f"rank and fooling set; exact up to {EXACT_UP_TO} distinct rows, here {max(m.shape)}"),
        Bound("upper", most, "one player names his row, the other answers"),
    )


MEASURE = BitMeasure(
    "communication",
    "bits",
    "exchanged by the holders of the two halves of the inputs",
    bounds,
    maximum=("lower", "max over bits; of the map a lower bound"),
    total=("upper", "sum over bits: a protocol for each; of the map an upper bound"),
)
