"""Rows, side by side: for each map and measure the hardest output bit forward and of the encoder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from retrodict.compare.cells import NO_MEANING, Row

__all__ = ["Pair", "Span", "pairs"]

MARKS = {"conditional": "if ", "estimate": "≈ "}


@dataclass(frozen=True)
class Span:
    """A value, known exactly, to lie between two bounds, or above or below one: the other is infinite.

    `mark` is "if " where it rests on a condition and "≈ " where it is an estimate.

    >>> str(Span(3, 3)), str(Span(7, 95)), str(Span(0.8272, 0.8272)), str(Span(4, inf)), str(Span(-inf, 7.5))
    ('3', '7–95', '0.827', '≥4', '≤7.5')
    """

    low: int | float
    high: int | float
    mark: str = ""

    def __str__(self) -> str:
        low, high = _short(self.low), _short(self.high)
        if self.high == inf:
            return f"≥{low}"
        if self.low == -inf:
            return f"≤{high}"
        return self.mark + (low if low == high else f"{low}–{high}")


def _short(value: int | float) -> str:
    """Three digits, and all of the integer part up to a million.

    >>> _short(0.82724), _short(10000.9), _short(1e9), _short(123456), _short(9876543)
    ('0.827', '10001', '1e+09', '123456', '9.88e+06')
    """
    if abs(value) < 1e6 and (isinstance(value, int) or abs(value) >= 1000):
        return f"{value:.0f}"
    return f"{value:.3g}"


@dataclass(frozen=True)
class Pair:
    """One map under one measure: the largest value over output bits, or the value of the map; None: it has none.

    `alone` says that the measure is one of encoders alone.
    """

    map: str
    measure: str
    unit: str
    forward: Span | None
    encoder: Span | None
    alone: bool = False

    def __str__(self) -> str:
        """Forward, an arrow, encoder; one value where they are equal or where there is one direction."""
        forward, encoder = self.forward, self.encoder
        if self.alone:
            return f"{encoder or 'none'}"
        if forward is None and encoder is None:
            return "none"
        return f"{forward}" if forward == encoder else f"{forward or 'none'} → {encoder or 'none'}"


def pairs(rows: Sequence[Row]) -> list[Pair]:
    """One pair for each map and measure that has a meaning for it, in the order of the rows.

    >>> from retrodict.compare.rows import compare
    >>> [pair] = pairs(compare(["gray:n=8"], ["decision_tree_depth"]))
    >>> str(pair)
    '2 → 8'
    """
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        if not row["note"].startswith(NO_MEANING):
            groups.setdefault((row["map"], row["measure"]), []).append(row)
    return [
        Pair(
            name,
            measure,
            group[0]["unit"],
            _hardest(group, "forward"),
            _hardest(group, "encoder"),
            all(row["direction"] == "encoder" for row in group),
        )
        for (name, measure), group in groups.items()
    ]


def _hardest(rows: Sequence[Row], direction: str) -> Span | None:
    mine = [row for row in rows if row["direction"] == direction]
    bits: dict[int | None, list[Row]] = {}
    for row in [row for row in mine if row["output"] is not None] or mine:
        bits.setdefault(row["output"], []).append(row)
    if all(row["value"] is None for row in mine):
        return None
    lows = [row["value"] for bit in bits.values() for row in bit if row["kind"] != "upper" and row["value"] is not None]
    highs = [[row["value"] for row in bit if row["kind"] != "lower"] for bit in bits.values()]
    high = max(min((end for end in bit if end is not None), default=inf) for bit in highs)
    return Span(max(lows, default=-inf), high, next((MARKS[row["kind"]] for row in mine if row["kind"] in MARKS), ""))
