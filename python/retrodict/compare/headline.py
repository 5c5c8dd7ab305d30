"""The headline: encoder capacity against dimension and against 1/beta, of invertible and of other maps.

Every point of the figure is a cell of a comparison, rows as `compare` gives them. Cells are kept in a folder as they
are found, so that an interrupted headline goes on where it was, and gives the same bytes as one that was not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

from retrodict.capacity import MEASURES, Setting
from retrodict.capacity.measure import BY_CTRL_C
from retrodict.compare.cells import Row, cell
from retrodict.compare.formulas import HIDDEN_UNITS, hidden_units
from retrodict.compare.headline_plan import PANELS, Line, Panel
from retrodict.compare.rows import Progress
from retrodict.compare.store import CellStore
from retrodict.maps import parse_any

__all__ = ["Drawn", "Point", "headline"]


@dataclass(frozen=True)
class Point:
    """A map at one place of the axis: its rows, without which nothing is drawn."""

    at: int
    rows: tuple[Row, ...]

    def value(self, *kinds: str) -> int | float | None:
        """The value of the first row of one of the kinds."""
        return next((row["value"] for row in self.rows if row["kind"] in kinds and row["value"] is not None), None)

    @property
    def low(self) -> int | float:
        """What is known from below, -inf if nothing is."""
        found = self.value("lower", "exact")
        return -inf if found is None else found

    @property
    def high(self) -> int | float:
        """What is known from above, inf if nothing is."""
        found = self.value("upper", "exact")
        return inf if found is None else found


@dataclass(frozen=True)
class Drawn:
    """A line of a panel with its points, in the order of the axis."""

    panel: Panel
    line: Line
    points: tuple[Point, ...]

    @property
    def refusal(self) -> str:
        """Why there is no value at any point, else nothing."""
        if any(row["value"] is not None for point in self.points for row in point.rows):
            return ""
        return self.points[0].rows[0]["note"]


def headline(
    store: CellStore,
    *,
    quick: bool = False,
    progress: Progress | None = None,
    panels: Sequence[Panel] = PANELS,
) -> list[Drawn]:
    """All lines of all panels; cells that the store has are not computed again.

    Parameters
    ----------
    store : CellStore
        Cells are read from it and written to it one by one.
    quick : bool
        Fewer points.
    progress : callable, optional
        As of `compare`.
    panels : sequence of Panel

    Raises
    ------
    KeyboardInterrupt
        On Ctrl-C; the cells that were finished are kept.
    """
    found = []
    total = sum(len(panel.places(line, quick)) for panel in panels for line in panel.lines)
    done = 0
    for panel in panels:
        for line in panel.lines:
            points = []
            for at in panel.places(line, quick):
                if progress is not None:
                    progress(done, total, f"{line.map.format(at)} {line.measure or panel.measure}")
                points.append(Point(at, tuple(_rows(store, panel, line, at))))
                done += 1
            found.append(Drawn(panel, line, tuple(points)))
    if progress is not None:
        progress(total, total, "")
    return found


def _rows(store: CellStore, panel: Panel, line: Line, at: int) -> list[Row]:
    name = line.map.format(at)
    direction = "forward" if line.kind == "forward" else "encoder"
    setting = panel.setting_at(at)
    measure = line.measure or panel.measure
    asked = {"map": name, "measure": measure, "direction": direction, **_written(setting)}
    kept = store.read(asked)
    if kept is not None:
        return kept
    if measure == HIDDEN_UNITS:
        rows = [hidden_units(at // 3, direction)]
    else:
        rows = cell(parse_any(name), MEASURES[measure], direction, setting)
    if any(BY_CTRL_C in row["note"] for row in rows):
        raise KeyboardInterrupt
    rows = _hardest(rows)
    store.write(asked, rows)
    return rows


def _written(setting: Setting) -> dict[str, Any]:
    return {"beta": str(setting.beta), "eps": str(setting.eps)}


def _hardest(rows: Sequence[Row]) -> list[Row]:
    """Of a measure of single bits the largest lower and the largest upper bound of a bit, else the rows of the map."""
    bits: dict[int, list[Row]] = {}
    for row in rows:
        if row["output"] is not None:
            bits.setdefault(row["output"], []).append(row)
    if not bits:
        return list(rows)
    ends: list[Row] = []
    for kind in ("lower", "upper"):
        sides = [next((row for row in mine if row["kind"] in (kind, "exact")), None) for mine in bits.values()]
        known = [row for row in sides if row is not None]
        if len(known) == len(sides):
            most = max(known, key=lambda row: row["value"] or 0)
            ends.append({**most, "kind": kind})
    if len(ends) == 2 and ends[0]["value"] == ends[1]["value"]:
        ends = [{**ends[0], "kind": "exact"}]
    return [{**row, "note": f"hardest output bit; {row['note']}".rstrip("; ")} for row in ends]
