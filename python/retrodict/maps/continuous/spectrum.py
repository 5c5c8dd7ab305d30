"""The extreme eigenvalues of a symmetric rational matrix, enclosed by two routes that have nothing in common."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from typing import Any

import numpy as np
from flint import arb, arb_mat, fmpq

__all__ = ["enclosed", "extremes", "isolated"]

SMALL = 64  # rows; up to there the isolated roots take a tenth of a second
PRECISE = arb(2) ** -20  # a relative radius


def extremes(gram: Any) -> tuple[Any, Any]:
    """The least and the largest eigenvalue of an fmpq_mat A^T A other than 0: balls, or 0 if it is singular.

    By `isolated` up to 64 rows. Beyond that by `enclosed`, whose time grows as the cube of the size and not faster,
    unless the least eigenvalue is so small beside the largest that doubles do not see it.

    >>> from flint import fmpq_mat
    >>> extremes(fmpq_mat([[2, 1], [1, 2]]))
    (1.00000000000000, 3.00000000000000)
    >>> extremes(fmpq_mat([[1, 1], [1, 1]]))
    (0, 2.00000000000000)
    """
    singular = gram.rank() < gram.nrows()
    if gram.nrows() > SMALL:
        least, most = enclosed(gram)
        if singular or least.rad() < PRECISE * least:
            return (fmpq(0) if singular else least), most
    least, most = isolated(gram)
    return (fmpq(0) if singular else least), most


def isolated(h: Any) -> tuple[Any, Any]:
    """The least and the largest root of the characteristic polynomial, which is computed exactly.

    >>> from flint import fmpq_mat
    >>> isolated(fmpq_mat([[5, 2], [2, 2]]))
    (1.00000000000000, 6.00000000000000)
    """
    roots = [root.real for root, _ in h.charpoly().complex_roots()]
    return _least(roots), _largest(roots)


def enclosed(h: Any) -> tuple[Any, Any]:
    """Bounds from approximate eigenvectors, the columns of V. Nothing is assumed of how good they are.

    For x = V y the quotient x.H x / x.x is y.A y / y.B y, A = V^T H V and B = V^T V. Gershgorin's discs bound the
    eigenvalues of A and B. If those of B are positive, V is invertible, and the eigenvalues of H lie between the
    bounds of A divided by those of B. On the other side, the quotients A_ii / B_ii are at least the least and at most
    the largest eigenvalue.

    Raises
    ------
    ArithmeticError
        Where V is not seen to be invertible.

    >>> from flint import fmpq_mat
    >>> enclosed(fmpq_mat([[5, 2], [2, 2]]))
    ([1.00000000000...], [6.00000000000...])
    """
    balls = arb_mat(h)
    size = _largest(abs(entry) for row in balls.tolist() for entry in row)
    size = size if size > 0 else arb(1)
    nearest = np.array([[float((entry / size).mid()) for entry in row] for row in balls.tolist()])
    v = arb_mat(np.linalg.eigh(nearest)[1].tolist())
    a, b = v.transpose() * balls * v, v.transpose() * v
    (low, high), (thin, thick) = _discs(a), _discs(b)
    if not thin > 0:
        raise ArithmeticError(f"approximate eigenvectors of {h.nrows()} rows are not seen to be independent")
    quotients = [a[i, i] / b[i, i] for i in range(h.nrows())]
    below, above = _least([low / thick, low / thin]), _largest([high / thick, high / thin])
    return below.union(_least(quotients)), above.union(_largest(quotients))


def _discs(m: Any) -> tuple[Any, Any]:
    """Bounds on the eigenvalues of a symmetric matrix of balls."""
    rows = [(row[i], sum((abs(x) for j, x in enumerate(row) if j != i), arb(0))) for i, row in enumerate(m.tolist())]
    return _least(centre - radius for centre, radius in rows), _largest(centre + radius for centre, radius in rows)


def _least(values: Iterable[Any]) -> Any:
    return reduce(lambda a, b: a.min(b), values)


def _largest(values: Iterable[Any]) -> Any:
    return reduce(lambda a, b: a.max(b), values)
