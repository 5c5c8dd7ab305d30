"""Rational matrices that act on rows of doubles or of exact objects, with enclosures of their singular values."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property
from math import isqrt
from typing import Any

import numpy as np
from flint import arb, fmpq, fmpq_mat
from numpy.typing import NDArray

from retrodict.maps.continuous.spectrum import extremes

__all__ = ["Matrix", "square_root"]


class Matrix:
    """A rational matrix, at least one row and one column.

    Parameters
    ----------
    rows : rows of int, Fraction or fmpq
    name : str
        What messages call it.

    Raises
    ------
    ValueError
        For rows of different lengths, or none.
    TypeError
        For an entry that is not exact.

    Examples
    --------
    >>> Matrix([[3, 0], [4, 0]]).norm, Matrix([[3, 0], [4, 0]]).least
    (5.00000000000000, 0)
    """

    def __init__(self, rows: Sequence[Sequence[Any]], name: str = "matrix") -> None:
        if not rows or not len(rows[0]):
            raise ValueError(f"{name} = {list(rows)}: must have a row and a column")
        for i, row in enumerate(rows):
            if len(row) != len(rows[0]):
                raise ValueError(f"{name}[{i}] has {len(row)} entries, {name}[0] has {len(rows[0])}")
            for j, entry in enumerate(row):
                if not isinstance(entry, int | Fraction | fmpq):
                    raise TypeError(f"{name}[{i}][{j}] = {entry!r}: entries must be int or Fraction")
        self.shape = len(rows), len(rows[0])
        self.exact = fmpq_mat([[_rational(entry) for entry in row] for row in rows])

    @classmethod
    def identity(cls, size: int) -> Matrix:
        """The identity, which leaves rows as they are."""
        return cls(_unit(size))

    @classmethod
    def of(cls, exact: Any) -> Matrix:
        """The matrix of an fmpq_mat."""
        return cls(exact.tolist())

    @cached_property
    def doubles(self) -> NDArray[np.float64]:
        """The nearest doubles, shape (rows, columns)."""
        return np.array([[int(entry.p) / int(entry.q) for entry in row] for row in self.exact.tolist()])

    @cached_property
    def objects(self) -> NDArray[Any]:
        """The fmpq entries, shape (rows, columns)."""
        return np.array(self.exact.tolist(), dtype=object).reshape(self.shape)

    @cached_property
    def is_identity(self) -> bool:
        """Whether it leaves rows as they are."""
        return self.shape[0] == self.shape[1] and self.exact == fmpq_mat(_unit(self.shape[0]))

    def __call__(self, z: NDArray[Any]) -> Any:
        """A z for every row z."""
        return z if self.is_identity else z @ (self.objects if z.dtype == object else self.doubles).T

    def transposed(self, z: NDArray[Any]) -> Any:
        """A^T z for every row z."""
        return z if self.is_identity else z @ (self.objects if z.dtype == object else self.doubles)

    @cached_property
    def norm(self) -> Any:
        """The largest singular value: an fmpq where A^T A is a multiple of the identity by a square, else a ball."""
        return self._extremes[1]

    @cached_property
    def least(self) -> Any:
        """min |A z| / |z|: 0 where there are more columns than rows or the rank is not full, else as `norm`."""
        return self._extremes[0]

    @cached_property
    def _extremes(self) -> tuple[Any, Any]:
        tall = self.shape[0] >= self.shape[1]
        a, transpose = self.exact, self.exact.transpose()
        gram = transpose * a if tall else a * transpose
        if gram == gram[0, 0] * fmpq_mat(_unit(gram.nrows())):
            value = square_root(gram[0, 0])
            return (value if tall else fmpq(0)), value
        least, most = extremes(gram)
        return (least if least == 0 else least.sqrt()) if tall else fmpq(0), most.sqrt()


def _unit(size: int) -> list[list[int]]:
    return [[int(i == j) for j in range(size)] for i in range(size)]


def _rational(entry: Any) -> Any:
    return entry if isinstance(entry, fmpq) else fmpq(entry.numerator, entry.denominator)


def square_root(square: Any) -> Any:
    """The root of an fmpq, which is not negative: an fmpq if it can be, else a ball.

    >>> square_root(fmpq(9, 4)), square_root(fmpq(2))
    (3/2, [1.41421356237309...])
    """
    p, q = isqrt(int(square.p)), isqrt(int(square.q))
    return fmpq(p, q) if p * p == square.p and q * q == square.q else arb(square).sqrt()
