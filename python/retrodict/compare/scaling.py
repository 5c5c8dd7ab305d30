"""A family of maps as n grows: its capacity forward and backward, and how fast each grows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from math import inf
from typing import NamedTuple

from retrodict.compare.growth import Growth, growth
from retrodict.compare.pairs import Span, pairs
from retrodict.compare.rows import Progress, Row, compare
from retrodict.maps import FAMILIES, BooleanMap, parse

__all__ = ["SCALING_MEASURES", "Curve", "Member", "curves", "members", "scaling", "sizes_of"]

SCALING_MEASURES = ("degree", "monomials", "decision_tree_depth", "obdd_nodes", "gates")


class Member(NamedTuple):
    """One map of a family."""

    family: str
    n: int
    map: BooleanMap


@dataclass(frozen=True)
class Curve:
    """One family under one measure, one way: at each n the hardest output bit, or the map if the measure is of maps.

    Parameters
    ----------
    points : (n, Span) of each n
        Only where there is a value.
    lower, upper : Growth or None
        Of the lower and of the upper bounds; the same where all values are exact.
    """

    family: str
    measure: str
    unit: str
    direction: str
    points: tuple[tuple[int, Span], ...]
    lower: Growth | None
    upper: Growth | None

    @property
    def exact(self) -> bool:
        """Whether every value is."""
        return all(span.low == span.high for _, span in self.points)

    @property
    def label(self) -> str:
        """The growth, and what it is the growth of.

        >>> points = ((4, Span(3, 5)), (5, Span(3, 8)))
        >>> Curve("f", "gates", "gates", "forward", points, growth(range(4), [3] * 4), None).label
        '≥ 3'
        """
        if self.exact:
            return str(self.lower or "")
        return ", ".join(f"{sign} {fit}" for sign, fit in (("≥", self.lower), ("≤", self.upper)) if fit is not None)

    @property
    def tex(self) -> str:
        """The label as TeX, without dollars."""
        if self.exact:
            return self.lower.tex if self.lower else ""
        ends = (("lower", self.lower), ("upper", self.upper))
        return r",\ ".join(rf"\mathrm{{{end}}}\ {fit.tex}" for end, fit in ends if fit is not None)


def members(families: Iterable[str], sizes: Iterable[int]) -> list[Member]:
    """The maps of families of maps at the given sizes; sizes at which a family has no map are left out.

    A family is a name of `retrodict.maps.FAMILIES`, with keys other than n if they are not to be those of its example:
    "gray", "feistel:rounds=8,seed=1".

    Raises
    ------
    ValueError
        An unknown family (with the nearest names), one without a parameter n, a key that is wrong, no size at all, or a
        family that has a map at none of them.

    >>> [member.map.name for member in members(["cube", "feistel:rounds=2"], [3, 4, 5])]
    ['cube:n=3', 'cube:n=5', 'feistel:n=4,rounds=2,seed=0']
    """
    chosen = list(dict.fromkeys(sizes))
    if not chosen:
        raise ValueError("sizes is empty: there must be at least one n")
    found: list[Member] = []
    for text in dict.fromkeys(families):
        head, _, tail = text.partition(":")
        if head not in FAMILIES or "n" not in FAMILIES[head].ranges:
            named = [name for name, family in FAMILIES.items() if "n" in family.ranges]
            nearest = get_close_matches(head, named) or named
            raise ValueError(f"{text}: no such family of maps of n bits; nearest: {', '.join(nearest)}")
        keys = _keys(FAMILIES[head].example.partition(":")[2]) | _keys(tail)
        refused = None
        before = len(found)
        for n in chosen:
            name = f"{head}:{','.join(f'{key}={value}' for key, value in (keys | {'n': str(n)}).items())}"
            try:
                found.append(Member(text, n, parse(name)))
            except ValueError as error:
                refused = error
        if len(found) == before and refused is not None:
            raise refused
    return found


def _keys(text: str) -> dict[str, str]:
    return {key: value for key, _, value in (part.partition("=") for part in text.split(",") if part)}


def scaling(
    families: Iterable[str],
    sizes: Iterable[int],
    measures: Iterable[str] | None = None,
    progress: Progress | None = None,
    *,
    timeout: float | None = None,
) -> tuple[list[Member], list[Row]]:
    """The maps of `members`, and their rows as `compare` gives them; `SCALING_MEASURES` if no measure is named.

    >>> found, rows = scaling(["gray"], range(4, 8), ["decision_tree_depth"])
    >>> [f"{curve.direction}: {curve.label}" for curve in curves(found, rows)]
    ['forward: 2', 'encoder: n']
    """
    found = members(families, sizes)
    chosen = SCALING_MEASURES if measures is None else measures
    return found, compare([member.map for member in found], chosen, progress, timeout=timeout)


def curves(found: Sequence[Member], rows: Sequence[Row]) -> list[Curve]:
    """The curves of every family and measure, forward and encoder; those without a value are left out."""
    places = {member.map.name: (member.family, member.n) for member in found}
    points: dict[tuple[str, str, str, str], list[tuple[int, Span]]] = {}
    for pair in pairs(rows):
        family, size = places[pair.map]
        for direction, span in (("forward", pair.forward), ("encoder", pair.encoder)):
            if span is not None:
                points.setdefault((family, pair.measure, pair.unit, direction), []).append((size, span))
    found_curves = []
    for (family, measure, unit, direction), mine in points.items():
        mine.sort(key=lambda point: point[0])
        sizes = [n for n, _ in mine]
        lower = growth(sizes, [span.low for _, span in mine])
        known = all(span.high < inf for _, span in mine)
        upper = growth(sizes, [span.high for _, span in mine]) if known else None
        found_curves.append(Curve(family, measure, unit, direction, tuple(mine), lower, upper))
    return found_curves


def sizes_of(text: str) -> list[int]:
    """The sizes that "n=4..16", "n=4..16..2" (in steps of 2) or "n=4,6,10" mean.

    >>> sizes_of("n=4..7"), sizes_of("n=4..16..4"), sizes_of("n=3,5")
    ([4, 5, 6, 7], [4, 8, 12, 16], [3, 5])
    """
    listed = re.fullmatch(r"n=(\d+(?:,\d+)*)", text)
    if listed:
        return [int(number) for number in listed[1].split(",")]
    span = re.fullmatch(r"n=(\d+)\.\.(\d+)(?:\.\.(\d+))?", text)
    if not span or int(span[1]) > int(span[2]) or span[3] == "0":
        raise ValueError(f"{text}: sizes are written as n=4..16, n=4..16..2 (in steps of 2) or n=4,6,10")
    return list(range(int(span[1]), int(span[2]) + 1, int(span[3] or 1)))
