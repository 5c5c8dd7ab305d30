"""The rows of a comparison, side by side: a panel for each measure, in it a line for each map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["Panel", "Row", "laws", "missing", "panels"]

Row = Mapping[str, Any]
SIGNS = {"exact": "", "lower": "≥ ", "upper": "≤ ", "estimate": "≈ ", "conditional": "if "}
DIRECTIONS = ("forward", "encoder")
MISSING = "–"
NO_MEANING = "no meaning here: "  # so begin the notes of measures that are of other maps


@dataclass(frozen=True)
class Panel:
    """One measure. `spans` are the ranges that its columns come in (`max over bits`, `sum over bits`, or `map`), each a
    pair of columns, forward and encoder; `lines` hold a map and its cells in that order."""

    measure: str
    unit: str
    spans: tuple[str, ...]
    lines: tuple[tuple[str, tuple[str, ...]], ...]


def panels(rows: Sequence[Row]) -> list[Panel]:
    """The rows of whole maps, ordered for reading; those of single bits are left out.

    >>> row = {"map": "m", "measure": "gates", "output": None, "unit": "1", "kind": "lower", "note": "max over bits"}
    >>> panels([{**row, "direction": "forward", "value": 2}, {**row, "direction": "encoder", "value": 3}])
    [Panel(measure='gates', unit='1', spans=('max over bits',), lines=(('m', ('≥ 2', '≥ 3')),))]
    """
    whole = [row for row in rows if row["output"] is None and not row["note"].startswith(NO_MEANING)]
    found = []
    for measure in dict.fromkeys(row["measure"] for row in whole):
        mine = [row for row in whole if row["measure"] == measure]
        spans = tuple(dict.fromkeys(_span(row) for row in mine))
        cells: dict[tuple[str, str, str], str] = {}
        for row in mine:  # a lower and an upper bound share a cell
            place = (row["map"], _span(row), row["direction"])
            cells[place] = f"{cells[place]}, {_cell(row)}" if place in cells else _cell(row)
        lines = tuple(
            (name, tuple(cells.get((name, span, direction), MISSING) for span in spans for direction in DIRECTIONS))
            for name in dict.fromkeys(row["map"] for row in mine)
        )
        found.append(Panel(measure.replace("_", " "), mine[0]["unit"], spans, lines))
    return found


def laws(growth: Sequence[Mapping[str, Any]]) -> list[tuple[str, ...]]:
    """Family, measure, and the laws forward and of the encoder, as TeX; a dash where there is none."""
    cells = {(curve["family"], curve["measure"], curve["direction"]): curve["tex"] for curve in growth}
    lines = dict.fromkeys((curve["family"], curve["measure"]) for curve in growth)
    return [
        (family, measure.replace("_", " "), *(cells.get((family, measure, way)) or MISSING for way in DIRECTIONS))
        for family, measure in lines
    ]


def missing(rows: Sequence[Row]) -> list[tuple[str, str]]:
    """The maps that have a value missing, and why: the note, of single bits its last clause, each once.

    Measures that have no meaning for a map are left out.

    >>> row = {"map": "fold", "output": None, "value": None, "note": "m = 0: z and -z have the same image"}
    >>> missing([row, row, {**row, "note": "no meaning here: a measure of maps of bits"}])
    [('fold', 'm = 0: z and -z have the same image')]
    """
    found = [
        (row["map"], row["note"].rpartition("; ")[2] if _span(row) != "map" else row["note"])
        for row in rows
        if row["output"] is None and row["value"] is None and not row["note"].startswith(NO_MEANING)
    ]
    return list(dict.fromkeys(found))


def _span(row: Row) -> str:
    """What a row that has no single output ranges over: its note begins with it."""
    return next((f"{word} over bits" for word in ("max", "sum") if row["note"].startswith(word)), "map")


def _cell(row: Row) -> str:
    """A value with the sign of what it is: nothing where it is exact, an inequality where it is a bound.

    >>> _cell({"kind": "upper", "value": 12}), _cell({"kind": "exact", "value": 0.879135}), _cell({"value": None})
    ('≤ 12', '0.8791', '–')
    """
    if row["value"] is None:
        return MISSING
    value = row["value"]
    return SIGNS[row["kind"]] + (f"{value:.4g}" if isinstance(value, float) else str(value))
