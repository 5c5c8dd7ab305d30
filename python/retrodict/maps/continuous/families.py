"""Families of generative maps whose constants are elementary. Derived here."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat
from numpy.typing import NDArray

from retrodict.maps.continuous.generative_map import Certificate, Constant, GenerativeMap

__all__ = ["fold", "linear", "reflection", "residual", "sines"]


class _Matrix:
    """A square rational matrix, and its transpose, acting on rows of doubles or of exact objects."""

    def __init__(self, name: str, rows: Sequence[Sequence[Any]]) -> None:
        d = len(rows)
        for i, row in enumerate(rows):
            if len(row) != d:
                raise ValueError(f"{name}[{i}] has {len(row)} entries: a square matrix of {d} rows has {d}")
            for j, entry in enumerate(row):
                if not isinstance(entry, int | Fraction):
                    raise TypeError(f"{name}[{i}][{j}] = {entry!r}: entries must be int or Fraction")
        if not d:
            raise ValueError(f"{name} = []: must have a row")
        entries = [[fmpq(entry.numerator, entry.denominator) for entry in row] for row in rows]
        self.exact = fmpq_mat(entries)
        self.doubles = np.array([[float(entry) for entry in row] for row in rows])
        self.objects = np.array(entries, dtype=object)

    def __call__(self, z: NDArray[Any]) -> Any:
        return z @ (self.objects if z.dtype == object else self.doubles).T

    def transposed(self, z: NDArray[Any]) -> Any:
        return z @ (self.objects if z.dtype == object else self.doubles)


def _number(value: Any, z: NDArray[Any]) -> Any:
    return fmpq(value.numerator, value.denominator) if z.dtype == object else float(value)


def _orthogonal(name: str, rows: Sequence[Sequence[Any]]) -> _Matrix:
    matrix = _Matrix(name, rows)
    gram = matrix.exact * matrix.exact.transpose()
    for i in range(gram.nrows()):
        for j in range(gram.ncols()):
            if gram[i, j] != int(i == j):
                raise ValueError(f"{name}: rows {i} and {j} have the product {gram[i, j]}, so it is not orthogonal")
    return matrix


def reflection(normal: Sequence[int | Fraction]) -> list[list[Fraction]]:
    """The orthogonal matrix I - 2 v v^T / (v^T v) for a rational v that is not 0: dense, and exact.

    >>> [[str(entry) for entry in row] for row in reflection([1, 2])]
    [['3/5', '-4/5'], ['-4/5', '-3/5']]
    """
    length = sum(Fraction(v) * v for v in normal)
    if not length:
        raise ValueError(f"normal = {list(normal)}: must not be 0")
    return [[(i == j) - 2 * Fraction(u) * v / length for j, v in enumerate(normal)] for i, u in enumerate(normal)]


def linear(matrix: Sequence[Sequence[int | Fraction]]) -> GenerativeMap:
    """G(z) = A z. m and M are the extreme singular values of A, balls around roots of det(t - A^T A).

    >>> linear([[2, 0], [0, 3]]).certificate.require("m", "M")
    ([2.0000000000000...], 3.00000000000000)
    >>> linear([[1, 1], [1, 1]]).certificate.m.value
    0
    """
    a = _Matrix("matrix", matrix)
    roots: Any = (a.exact.transpose() * a.exact).charpoly().complex_roots()
    squares = [root.real for root, _ in roots]
    least, most = squares[0], squares[0]
    for square in squares[1:]:
        least, most = least.min(square), most.max(square)
    how = "singular value of A, from isolated roots of the characteristic polynomial of A^T A"
    nothing = Constant(0, "G is linear")
    return GenerativeMap(
        f"linear:d={len(matrix)}",
        len(matrix),
        a,
        lambda z, v: a(v),
        lambda z, v: a.transposed(v),
        Certificate(
            Constant(least.sqrt(), f"least {how}") if a.exact.det() else Constant(0, "A is singular"),
            Constant(most.sqrt(), f"largest {how}"),
            nothing,
            nothing,
        ),
    )


def sines(matrix: Sequence[Sequence[int | Fraction]], scale: Fraction | int) -> GenerativeMap:
    """a Q^T sin(Q z), Q orthogonal: the residual of `residual`, not invertible itself."""
    q = _orthogonal("matrix", matrix)

    def forward(z: NDArray[Any]) -> Any:
        return _number(scale, z) * q.transposed(np.sin(q(z)))

    def derivative(z: NDArray[Any], v: NDArray[Any]) -> Any:
        return _number(scale, z) * q.transposed(np.cos(q(z)) * q(v))

    size = Constant(abs(Fraction(scale)), "|a| times the bound 1 of sine's derivatives, Q being orthogonal")
    return GenerativeMap(
        f"sines:d={len(matrix)},a={scale}",
        len(matrix),
        forward,
        derivative,
        derivative,  # the Jacobian a Q^T diag(cos Qz) Q is symmetric
        Certificate(Constant(0, "sine is periodic"), size, size, size),
    )


def residual(scale: Fraction | int, matrix: Sequence[Sequence[int | Fraction]]) -> GenerativeMap:
    """G(z) = z + a Q^T sin(Q z), Q orthogonal and rational, 0 < a < 1; G(0) = 0.

    The Jacobian I + a Q^T diag(cos Qz) Q is symmetric with eigenvalues in [1 - a, 1 + a]. The segment between two
    points gives m = 1 - a and M = 1 + a; the second and third derivatives are those of a Q^T sin(Q z).

    Raises
    ------
    ValueError
        For a outside (0, 1), or a matrix that is not orthogonal.

    >>> g = residual(Fraction(1, 2), reflection([1, 2]))
    >>> [str(value) for value in g.certificate.require("m", "M", "M2", "M3")]
    ['1/2', '3/2', '1/2', '1/2']
    """
    a = Fraction(scale) if not isinstance(scale, float) else scale
    if isinstance(a, float):
        raise TypeError(f"scale = {a} is a float: write the exact number, as in Fraction('{a}')")
    if not 0 < a < 1:
        raise ValueError(f"scale = {a}: must lie strictly between 0 and 1, for the constants to be positive")
    wave = sines(matrix, a)
    how = "eigenvalues of I + a Q^T diag(cos Qz) Q lie in [1 - a, 1 + a]"
    return GenerativeMap(
        f"residual:d={len(matrix)},a={a}",
        len(matrix),
        lambda z: z + wave.forward(z),
        lambda z, v: v + wave.jvp(z, v),
        lambda z, v: v + wave.vjp(z, v),
        Certificate(Constant(1 - a, how), Constant(1 + a, how), wave.certificate.M2, wave.certificate.M3),
    )


def fold() -> GenerativeMap:
    """G(z) = z^2 - 1 on the line: not invertible. The posterior at x = 0 has two modes.

    >>> from retrodict.maps.continuous.generative_map import vector
    >>> fold().forward(vector(Fraction(1, 2)))
    array([Fraction(-3, 4)], dtype=object)
    """

    def derivative(z: NDArray[Any], v: NDArray[Any]) -> Any:
        return 2 * z * v

    return GenerativeMap(
        "fold",
        1,
        lambda z: z * z - 1,
        derivative,
        derivative,
        Certificate(
            Constant(0, "z and -z have the same image"),
            Constant(None, "the derivative 2 z grows without bound"),
            Constant(2, "the second derivative"),
            Constant(0, "the third derivative"),
        ),
    )
