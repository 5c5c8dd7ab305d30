"""The domain of a formula: what its symbols' assumptions and `assuming` allow, and random points of it."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import sympy
from sympy.core.relational import Relational

__all__ = ["Bound", "Domain", "domain_of", "relations_of"]

CANDIDATES_PER_POINT = 200
SIZES = (4, 12, 40)
REAL_SHARE = 0.5


def relations_of(assuming: Iterable[Any]) -> tuple[Any, ...]:
    """The relations of `assuming`, conjunctions taken apart.

    Raises
    ------
    TypeError, ValueError
        Naming the entry that is no relation, or that nothing satisfies.

    Examples
    --------
    >>> t = sympy.Symbol("t", real=True)
    >>> relations_of([0 < t, t < 1])
    (t > 0, t < 1)
    """
    found: list[Any] = []
    for i, entry in enumerate(assuming):
        for relation in sympy.And.make_args(entry) if isinstance(entry, sympy.And) else (entry,):
            if relation in (True, sympy.true):
                continue
            if relation in (False, sympy.false):
                raise ValueError(f"assuming[{i}] is false: nothing satisfies it")
            if not isinstance(relation, Relational):
                raise TypeError(f"assuming[{i}] = {relation!r}: it must be a relation between symbols, such as t < 1")
            if relation.atoms(sympy.Float):
                raise TypeError(f"assuming[{i}] = {relation} contains a float: write it as a Rational")
            found.append(relation)
    return tuple(dict.fromkeys(found))


class Bound(NamedTuple):
    """End of an interval, and whether it is left out."""

    value: Any
    open: bool


@dataclass(frozen=True)
class Domain:
    """Values of `symbols` that satisfy their own assumptions and every relation.

    A symbol that is not assumed real is complex, unless a relation orders it or `real` says that the claim does.
    """

    symbols: tuple[sympy.Symbol, ...]
    relations: tuple[Any, ...]
    real: bool = False

    def __str__(self) -> str:
        return ", ".join(map(str, self.relations)) or "the symbols' assumptions"

    def is_real(self, symbol: sympy.Symbol) -> bool:
        """Whether the symbol stands for a real number."""
        ordered = any(symbol in r.free_symbols for r in self.relations if not isinstance(r, sympy.Eq | sympy.Ne))
        return self.real or ordered or symbol.is_extended_real is True

    def contains(self, point: dict[Any, Any]) -> bool:
        """Whether numbers for all symbols satisfy every assumption, as far as sympy can tell."""
        for symbol in self.symbols:
            for name, wanted in symbol.assumptions0.items():
                if name != "commutative" and getattr(point[symbol], f"is_{name}", None) is not wanted:
                    return False
        return all(relation.xreplace(point) == sympy.true for relation in self.relations)

    def bounds(self, symbol: sympy.Symbol) -> tuple[Bound | None, Bound | None]:
        """Rational bounds of one symbol, from its sign and from relations with a number; None where there is none."""
        lows, highs = [], []
        if symbol.is_extended_nonnegative:
            lows.append(Bound(sympy.Integer(0), bool(symbol.is_extended_positive)))
        if symbol.is_extended_nonpositive:
            highs.append(Bound(sympy.Integer(0), bool(symbol.is_extended_negative)))
        for relation in self.relations:
            flipped = relation.reversed if relation.rhs == symbol else relation
            if flipped.lhs == symbol and isinstance(flipped.rhs, sympy.Rational):
                bound = Bound(flipped.rhs, isinstance(flipped, sympy.Gt | sympy.Lt))
                if isinstance(flipped, sympy.Gt | sympy.Ge):
                    lows.append(bound)
                if isinstance(flipped, sympy.Lt | sympy.Le):
                    highs.append(bound)
        low = max(lows, key=lambda bound: (bound.value, bound.open), default=None)
        high = min(highs, key=lambda bound: (bound.value, not bound.open), default=None)
        if symbol.is_integer:
            low = low and Bound(sympy.floor(low.value) + 1 if low.open else sympy.ceiling(low.value), False)
            high = high and Bound(sympy.ceiling(high.value) - 1 if high.open else sympy.floor(high.value), False)
        return low, high

    def points(self, seed: int, count: int) -> Iterator[dict[Any, Any]]:
        """Up to `count` random points, simple ones first: integers for integer symbols, else (Gaussian) rationals."""
        source = random.Random(seed)
        solved = self.solved()
        for k in range(count):
            size = SIZES[k * len(SIZES) // count]
            for _ in range(CANDIDATES_PER_POINT):
                point = {symbol: self._candidate(symbol, size, source) for symbol in self.symbols}
                point |= {symbol: value.xreplace(point) for symbol, value in solved.items()}
                if self.contains(point):
                    yield point
                    break

    def solved(self) -> dict[Any, Any]:
        """Equations of the domain, each solved for a symbol of its own in which it is linear."""
        solved: dict[Any, Any] = {}
        for relation in self.relations:
            if isinstance(relation, sympy.Eq):
                equation = sympy.expand((relation.lhs - relation.rhs).xreplace(solved))
                for symbol in sorted(equation.free_symbols, key=str, reverse=True):
                    slope = equation.diff(symbol)
                    if slope.is_Rational and slope != 0:
                        value = sympy.expand(symbol - equation / slope)
                        solved = {key: old.xreplace({symbol: value}) for key, old in solved.items()} | {symbol: value}
                        break
        return solved

    def _candidate(self, symbol: sympy.Symbol, size: int, source: random.Random) -> Any:
        low, high = (bound and bound.value for bound in self.bounds(symbol))
        if symbol.is_integer:
            first = low if low is not None else (-size if high is None else high - size)
            last = first + 2 * size if high is None else min(high, first + 2 * size)
            return sympy.Integer(source.randint(int(first), max(int(first), int(last))))
        value = _rational(low, high, size, source)
        if symbol.is_imaginary:
            return sympy.I * value
        if self.is_real(symbol) or source.random() < REAL_SHARE:
            return value
        return value + sympy.I * _rational(None, None, size, source)


def _rational(low: Any, high: Any, size: int, source: random.Random) -> Any:
    """Near the end of a half-line as often as far away, since a relation may leave only a neighbourhood of it."""
    denominator, reach = source.randint(2, size), source.choice((1, size))
    if low is not None and high is not None:
        return low + (high - low) * sympy.Rational(source.randint(0, denominator), denominator)
    distance = sympy.Rational(source.randint(0, reach * denominator), denominator)
    if low is not None:
        return low + distance
    if high is not None:
        return high - distance
    return distance * source.choice((-1, 1))


def domain_of(formulas: Iterable[Any], assuming: Iterable[Any], *, real: bool = False) -> Domain:
    """The domain of the symbols of some formulas, with those that relations tie to them."""
    symbols = set().union(*(formula.free_symbols for formula in formulas))
    relations = relations_of(assuming)
    while tied := [r for r in relations if r.free_symbols & symbols and r.free_symbols - symbols]:
        symbols |= set().union(*(relation.free_symbols for relation in tied))
    return Domain(
        tuple(sorted(symbols, key=lambda symbol: (str(symbol), sympy.default_sort_key(symbol)))),
        tuple(relation for relation in relations if relation.free_symbols & symbols),
        real,
    )
