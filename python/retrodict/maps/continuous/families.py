"""Families of generative maps whose constants are elementary. Derived here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from retrodict.maps.continuous.blocks import block
from retrodict.maps.continuous.constants import Certificate, Constant
from retrodict.maps.continuous.generative_map import GenerativeMap, stack
from retrodict.maps.continuous.matrix import Matrix

__all__ = ["fold", "linear", "mixing", "reflection", "residual", "ripple", "sines", "spread"]

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


def mixing(d: int, layer: int = 0) -> list[list[Fraction]]:
    """The reflection in v, v_i = 1 + (i + layer) mod (3 + layer): one for each layer, different for d > 1.

    >>> mixing(2) == reflection([1, 2]), mixing(2, layer=1) == reflection([2, 3])
    (True, True)
    """
    return reflection([1 + (i + layer) % (3 + layer) for i in range(d)])


def linear(matrix: Rows) -> GenerativeMap:
    """G(z) = A z, A square. m and M are the extreme singular values of A, exact or balls.

    >>> linear([[2, 0], [0, 3]]).certificate.require("m", "M")
    ([2.0000000000000...], 3.00000000000000)
    >>> linear([[1, 1], [1, 1]]).certificate.m.value
    0
    """
    _square(matrix)
    return stack(f"linear:d={len(matrix)}", [block(skip=matrix)])


def spread(d: int, m: Fraction | int, M: Fraction | int) -> GenerativeMap:
    """G(z) = Q S z, Q = `mixing(d)`, S diagonal with entries from m to M in equal steps: dense, condition number M / m.

    Q is orthogonal, so that the singular values of Q S are the entries of S.

    Raises
    ------
    ValueError
        Unless 0 <= m <= M and M > 0, and for m < M on the line, where there is one singular value.

    >>> spread(2, 1, 2)([1.0, 1.0])  # the reflection of (1, 2)
    array([-1., -2.])
    """
    if not 0 <= m <= M or not M:
        raise ValueError(f"m = {m}, M = {M}: must be 0 <= m <= M with M > 0")
    if d == 1 and m != M:
        raise ValueError(f"m = {m}, M = {M}: a linear map of the line has one singular value, so that m must be M")
    steps = [m + Fraction(M - m) * i / max(d - 1, 1) for i in range(d)]
    how = "singular values of an orthogonal matrix times a diagonal one"
    nothing = Constant(0, "the map is linear")
    return stack(
        f"linear:d={d},m={m},M={M}",
        [block(skip=[[entry * steps[j] for j, entry in enumerate(row)] for row in mixing(d)])],
        Certificate(Constant(m, how if m else "A is singular"), Constant(M, how), nothing, nothing),
    )


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
    open_unit("scale", scale)
    transpose = _orthogonal(matrix)
    d = len(matrix)
    identity = [[int(i == j) for j in range(d)] for i in range(d)]
    out = [[scale * entry for entry in row] for row in transpose]
    return stack(f"residual:d={d},a={scale}", [block(identity, out, "sin", matrix)])


def ripple(d: int, scale: Fraction | int, frequency: int) -> GenerativeMap:
    """G(z) = z + (a / k) Q^T sin(k Q z), Q = `mixing(d)`, 0 < a < 1: curvature that grows with k; m and M do not.

    Q^T sin(k Q z) has the Jacobian k Q^T diag(cos) Q, so that m = 1 - a and M = 1 + a as for `residual`; each further
    derivative has a factor k: M2 = a k, M3 = a k^2. What asks for M2 small beside m^2 / beta
    fails here first. G(0) = 0.

    Raises
    ------
    ValueError
        For a outside (0, 1) or k < 1.

    >>> [str(value) for value in ripple(2, Fraction(1, 2), 8).certificate.require("m", "M", "M2", "M3")]
    ['1/2', '3/2', '4', '32']
    """
    open_unit("scale", scale)
    if frequency < 1:
        raise ValueError(f"frequency = {frequency}: must be at least 1")
    q = mixing(d)
    out = [[Fraction(scale) / frequency * entry for entry in row] for row in zip(*q, strict=True)]
    inner = [[frequency * entry for entry in row] for row in q]
    identity = [[int(i == j) for j in range(d)] for i in range(d)]
    return stack(f"ripple:d={d},a={scale},k={frequency}", [block(identity, out, "sin", inner)])


def fold() -> GenerativeMap:
    """G(z) = z^2 - 1 on the line: not invertible. The posterior at x = 0 has two modes.

    >>> fold()([0.5])
    array([-0.75])
    """
    square = stack("fold", [block(out=[[1]], activation="square", inner=[[1]], offset=[-1])])
    return replace(square, certificate=replace(square.certificate, m=Constant(0, "z and -z have the same image")))


def open_unit(name: str, value: Fraction | int) -> None:
    """Refuse what is not an exact number strictly between 0 and 1."""
    if isinstance(value, float):
        raise TypeError(f"{name} = {value} is a float: write the exact number, as in Fraction('{value}')")
    if not 0 < value < 1:
        raise ValueError(f"{name} = {value}: must lie strictly between 0 and 1")


def _square(matrix: Rows) -> None:
    for i, row in enumerate(matrix):
        if len(row) != len(matrix):
            raise ValueError(f"matrix[{i}] has {len(row)} entries: a square matrix of {len(matrix)} rows has as many")


def _orthogonal(matrix: Rows) -> list[tuple[int | Fraction, ...]]:
    """The transpose of a matrix that is seen to be orthogonal."""
    _square(matrix)
    exact = Matrix(matrix).exact
    for i, row in enumerate((exact * exact.transpose()).tolist()):
        for j, product in enumerate(row):
            if product != int(i == j):
                raise ValueError(f"matrix: rows {i} and {j} have the product {product}, so it is not orthogonal")
    return list(zip(*matrix, strict=True))
