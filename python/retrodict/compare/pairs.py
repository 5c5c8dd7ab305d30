"""Rows, side by side: for each map and measure the hardest output bit forward and of the encoder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from retrodict.compare.rows import Row

__all__ = ["Pair", "Span", "pairs"]


@dataclass(frozen=True)
class Span:
    """A value, known exactly, to lie between two bounds, or (`high` infinite) above one.

    >>> str(Span(3, 3)), str(Span(7, 95)), str(Span(0.8272, 0.8272)), str(Span(4, inf))
    ('3', '7–95', '0.827', '≥4')
    """

    low: int | float
    high: int | float

    def __str__(self) -> str:
        if self.high == inf:
            return f"≥{self.low}"
        low, high = (f"{end:.3g}" if isinstance(end, float) else f"{end}" for end in (self.low, self.high))
        return low if low == high else f"{low}–{high}"


@dataclass(frozen=True)
class Pair:
    """One map under one measure: the largest value over output bits, or the value of the map; None: it has none."""

    map: str
    measure: str
    unit: str
    forward: Span | None
    encoder: Span | None

    def __str__(self) -> str:
        """Forward, an arrow, encoder; one value where they are equal."""
        forward, encoder = self.forward, self.encoder
        return f"{forward}" if forward == encoder else f"{forward or 'none'} → {encoder or 'none'}"


def pairs(rows: Sequence[Row]) -> list[Pair]:
    """One pair for each map and measure, in the order of the rows.

    >>> from retrodict.compare.rows import compare
    >>> [pair] = pairs(compare(["gray:n=8"], ["decision_tree_depth"]))
    >>> str(pair)
    '2 → 8'
    """
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((row["map"], row["measure"]), []).append(row)
    return [
        Pair(name, measure, group[0]["unit"], _hardest(group, "forward"), _hardest(group, "encoder"))
        for (name, measure), group in groups.items()
    ]


def _hardest(rows: Sequence[Row], direction: str) -> Span | None:
    mine = [row for row in rows if row["direction"] == direction]
    bits: dict[int | None, list[Row]] = {}
    for row in [row for row in mine if row["output"] is not None] or mine:
        bits.setdefault(row["output"], []).append(row)
    lows = [row["value"] for bit in bits.values() for row in bit if row["kind"] != "upper" and row["value"] is not None]
    highs = [[row["value"] for row in bit if row["kind"] != "lower"] for bit in bits.values()]
    if not lows:
        return None
    return Span(max(lows), max(min((end for end in bit if end is not None), default=inf) for bit in highs))
