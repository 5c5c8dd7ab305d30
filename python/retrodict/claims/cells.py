"""The sign of a rational function of one variable, decided: the line is cut at the roots of all polynomials in play.

Between two successive roots no polynomial changes its sign, so that one rational point tells all signs there; at a root
of an irreducible g a polynomial is zero if g divides it, and has the sign that it has beside the root otherwise. Roots
are isolated in disjoint rational intervals, so nothing is rounded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import sympy

__all__ = ["Cell", "cell_at", "cells_of", "integers_of"]

MOST_INTEGERS = 10_000

Sign = Callable[[Any], int]


class Cell(NamedTuple):
    """A point or an open interval on which no polynomial changes its sign: `sign(f)` tells it."""

    where: str
    point: Any
    """A rational point of the cell, or None for an irrational root."""
    sign: Sign


class _Root(NamedTuple):
    low: Any
    high: Any
    factor: Any


def cells_of(polynomials: list[Any], x: Any) -> Iterator[Cell]:
    """The cells of the real line for polynomials in x over the rationals, from left to right.

    >>> x = sympy.Symbol("x")
    >>> for cell in cells_of([sympy.Poly(x**2 - 2, x), sympy.Poly(x + 2, x)], x):
    ...     print(cell.where)
    x = -3
    x = -2
    x = -7/4
    x = the root of x**2 - 2 in (-3/2, -1)
    x = 0
    x = the root of x**2 - 2 in (1, 2)
    x = 3
    """
    roots = _roots(polynomials)
    edges = [root.low for root in roots], [root.high for root in roots]
    samples = [(high + low) / 2 for high, low in zip(edges[1], edges[0][1:], strict=False)]
    samples = [roots[0].low - 1, *samples, roots[-1].high + 1] if roots else [sympy.Integer(0)]
    for i, sample in enumerate(samples):
        yield cell_at(x, sample)
        if i < len(roots):
            root = roots[i]
            exact = root.low if root.low == root.high else None
            place = (
                f"{exact}" if exact is not None else f"the root of {root.factor.as_expr()} in ({root.low}, {root.high})"
            )
            yield Cell(f"{x} = {place}", exact, _sign_at_root(root.factor, sample))


def integers_of(polynomials: list[Any]) -> range | None:
    """Integers that meet every sign pattern: beyond them no polynomial changes its sign. None if they are too many."""
    roots = _roots(polynomials)
    if not roots:
        return range(1)
    first, last = int(sympy.floor(roots[0].low)) - 1, int(sympy.ceiling(roots[-1].high)) + 1
    return range(first, last + 1) if last - first < MOST_INTEGERS else None


def cell_at(x: Any, point: Any) -> Cell:
    """The cell of a rational point."""
    return Cell(f"{x} = {point}", point, lambda polynomial: int(sympy.sign(polynomial.eval(point))))


def _sign_at_root(factor: Any, beside: Any) -> Sign:
    return lambda polynomial: 0 if polynomial.rem(factor).is_zero else int(sympy.sign(polynomial.eval(beside)))


def _roots(polynomials: list[Any]) -> list[_Root]:
    """Real roots in ascending order, in disjoint closed intervals; rational ones exactly."""
    factors = {factor for polynomial in polynomials for factor, _ in polynomial.factor_list()[1]}
    roots: list[_Root] = []
    for factor in factors:
        if factor.degree() == 1:
            slope, constant = factor.all_coeffs()
            roots.append(_Root(-constant / slope, -constant / slope, factor))
        else:
            roots.extend(_Root(low, high, factor) for (low, high), _ in factor.intervals())
    while True:
        roots.sort(key=lambda root: (root.low, root.high))
        meeting = {k for i in range(len(roots) - 1) if roots[i].high >= roots[i + 1].low for k in (i, i + 1)}
        if not meeting:
            return roots
        roots = [_refined(root) if i in meeting else root for i, root in enumerate(roots)]


def _refined(root: _Root) -> _Root:
    """Half as wide; irreducible factors have different roots, so that halving ends by separating them."""
    if root.low == root.high:
        return root
    middle = (root.low + root.high) / 2
    left = sympy.sign(root.factor.eval(root.low)) != sympy.sign(root.factor.eval(middle))
    return _Root(root.low, middle, root.factor) if left else _Root(middle, root.high, root.factor)
