"""Families of generative maps whose constants are elementary. Derived here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from retrodict.maps.continuous.blocks import block
from retrodict.maps.continuous.constants import Constant
from retrodict.maps.continuous.generative_map import GenerativeMap, stack

__all__ = ["fold", "linear", "reflection", "residual", "sines"]

Rows = Sequence[Sequence[int | Fraction]]


def reflection(normal: Sequence[int | Fraction]) -> list[list[Fraction]]:
    """The orthogonal matrix I - 2 v v^T / (v^T v) for a rational v that is not 0: dense, and exact.

    >>> [[str(entry) for entry in row] for row in reflection([1, 2])]
    [['3/5', '-4/5'], ['-4/5', '-3/5']]
    """
    length = sum(Fraction(v) * v for v in normal)
    if not length:
        raise ValueError(f"normal = {list(normal)}: must not be 0")
    return [[(i == j) - 2 * Fraction(u) * v / length for j, v in enumerate(normal)] for i, u in enumerate(normal)]


def linear(matrix: Rows) -> GenerativeMap:
    """G(z) = A z, A square. m and M are the extreme singular values of A, exact or balls.

    >>> linear([[2, 0], [0, 3]]).certificate.require("m", "M")
    ([2.0000000000000...], 3.00000000000000)
    >>> linear([[1, 1], [1, 1]]).certificate.m.value
    0
    """
    _square(matrix)
    return stack(f"linear:d={len(matrix)}", [block(skip=matrix)])


def sines(matrix: Rows, scale: Fraction | int) -> GenerativeMap:
    """a Q^T sin(Q z), Q orthogonal: the residual of `residual`, not invertible itself."""
    transpose = _orthogonal(matrix)
    wave = stack(
        f"sines:d={len(matrix)},a={scale}",
        [block(out=[[scale * entry for entry in row] for row in transpose], activation="sin", inner=matrix)],
    )
    return replace(wave, certificate=replace(wave.certificate, m=Constant(0, "sine is periodic")))


def residual(scale: Fraction | int, matrix: Rows) -> GenerativeMap:
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
    if isinstance(scale, float):
        raise TypeError(f"scale = {scale} is a float: write the exact number, as in Fraction('{scale}')")
    if not 0 < scale < 1:
        raise ValueError(f"scale = {scale}: must lie strictly between 0 and 1, for the constants to be positive")
    transpose = _orthogonal(matrix)
    d = len(matrix)
    identity = [[int(i == j) for j in range(d)] for i in range(d)]
    out = [[scale * entry for entry in row] for row in transpose]
    return stack(f"residual:d={d},a={scale}", [block(identity, out, "sin", matrix)])


def fold() -> GenerativeMap:
    """G(z) = z^2 - 1 on the line: not invertible. The posterior at x = 0 has two modes.

    >>> fold()([0.5])
    array([-0.75])
    """
    square = stack("fold", [block(out=[[1]], activation="square", inner=[[1]], offset=[-1])])
    return replace(square, certificate=replace(square.certificate, m=Constant(0, "z and -z have the same image")))


def _square(matrix: Rows) -> None:
    for i, row in enumerate(matrix):
        if len(row) != len(matrix):
            raise ValueError(f"matrix[{i}] has {len(row)} entries: a square matrix of {len(matrix)} rows has as many")


def _orthogonal(matrix: Rows) -> list[tuple[int | Fraction, ...]]:
    """The transpose of a matrix that is seen to be orthogonal."""
    _square(matrix)
    for i, u in enumerate(matrix):
        for j, v in enumerate(matrix):
            product = sum(a * b for a, b in zip(u, v, strict=True))
            if product != int(i == j):
                raise ValueError(f"matrix: rows {i} and {j} have the product {product}, so it is not orthogonal")
    return list(zip(*matrix, strict=True))
