"""Families of maps as n grows: a column a family, a row a measure, forward and encoder against n on a log axis."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from textwrap import fill
from typing import TYPE_CHECKING, Any

from retrodict.compare.figure import ENCODER, FORWARD, GREY
from retrodict.compare.scaling import Curve, Member
from retrodict.maps import FAMILIES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["scaling_figure"]

COLOURS = {"forward": FORWARD, "encoder": ENCODER}
MARKS: dict[str, dict[str, Any]] = {
    "forward": {"marker": "o", "ms": 3.2},
    "encoder": {"marker": "o", "ms": 6, "mfc": "none", "mew": 1.1},
}


def scaling_figure(members: Sequence[Member], curves: Sequence[Curve]) -> Figure:
    """A matplotlib Figure. Families with an inverse stand left of those without.

    Marks joined by a line are exact values; a band reaches from a lower to an upper bound. The tint between the curves
    is where the encoder certainly needs more than the map.
    """
    from matplotlib.figure import Figure

    families = list(dict.fromkeys(member.family for member in members))
    injective = {f: all(m.map.collision() is None for m in members if m.family == f) for f in families}
    families.sort(key=lambda family: not injective[family])
    measures = list(dict.fromkeys(curve.measure for curve in curves))
    picture = Figure(figsize=(0.9 + 1.75 * len(families), 1.2 + 1.3 * len(measures)), layout="constrained")
    panels = picture.subplots(len(measures), len(families), sharex="col", sharey="row", squeeze=False)
    for row, measure in zip(panels, measures, strict=True):
        for axes, family in zip(row, families, strict=True):
            mine = {curve.direction: curve for curve in curves if (curve.family, curve.measure) == (family, measure)}
            _panel(axes, mine)
        unit = next(curve.unit for curve in curves if curve.measure == measure)
        name = measure.replace("_", " ")
        row[0].set_ylabel(name if unit in name else f"{name}\n({unit})", fontsize=8)
    for axes, family in zip(panels[0], families, strict=True):
        about = fill(FAMILIES[family.partition(":")[0]].about, 26)
        axes.set_title(about, fontsize=6.5, color="#555555", linespacing=1.1)
        axes.annotate(
            family,
            (0.5, 1),
            (0, 30),
            xycoords="axes fraction",
            textcoords="offset points",
            ha="center",
            fontsize=8.5,
            family="monospace",
            annotation_clip=False,
        )
    for axes in panels[-1]:
        axes.set_xlabel("n", fontsize=8)
    _legend(picture, curves)
    return picture


def _panel(axes: Axes, mine: dict[str, Curve]) -> None:
    from matplotlib.ticker import MaxNLocator, NullFormatter

    axes.set_yscale("log", base=2)
    axes.yaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.xaxis.set_major_locator(MaxNLocator(4, integer=True))
    axes.tick_params(labelsize=7, which="both", length=2)
    axes.grid(color="#eeeeee", lw=0.6, zorder=0)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    _gap(axes, mine)
    for direction, curve in mine.items():
        _curve(axes, curve, COLOURS[direction], MARKS[direction])
    lines = [(f"${curve.tex}$", COLOURS[direction]) for direction, curve in mine.items() if curve.tex]
    for height, (text, colour) in zip((0.98, 0.84), reversed(lines), strict=False):
        axes.text(0.04, height, text, color=colour, fontsize=6.8, transform=axes.transAxes, va="top", zorder=5)
    if not mine:
        axes.text(0.5, 0.5, "–", color=GREY, transform=axes.transAxes, ha="center", va="center")


def _curve(axes: Axes, curve: Curve, colour: str, mark: dict[str, Any]) -> None:
    n = [size for size, _ in curve.points]
    low = [span.low for _, span in curve.points]
    high = [span.low if span.high == inf else span.high for _, span in curve.points]
    if curve.exact:
        axes.plot(n, low, color=colour, lw=1, zorder=3, **mark)
        return
    axes.fill_between(n, low, high, color=colour, alpha=0.13, lw=0, zorder=1)
    axes.plot(n, high, color=colour, lw=0.8, ls=":", zorder=3)
    axes.plot(n, low, color=colour, lw=0.8, ls="--", zorder=3)
    known = [(size, span.low) for size, span in curve.points if span.low == span.high]
    if known:
        axes.plot(*zip(*known, strict=True), color=colour, lw=0, zorder=4, **mark)


def _gap(axes: Axes, mine: dict[str, Curve]) -> None:
    """From the upper bound of the one to the lower bound of the other, at the sizes where both are known."""
    if len(mine) < 2:
        return
    forward, encoder = dict(mine["forward"].points), dict(mine["encoder"].points)
    n = [size for size in forward if size in encoder]
    bottom, top = [forward[size].high for size in n], [encoder[size].low for size in n]
    dearer = [low < high for low, high in zip(bottom, top, strict=True)]
    axes.fill_between(n, bottom, top, where=dearer, color=ENCODER, alpha=0.12, lw=0, zorder=1)


def _legend(picture: Figure, curves: Sequence[Curve]) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles: list[Any] = [
        Line2D([], [], color=FORWARD, lw=1, **MARKS["forward"], label="forward map, exact"),
        Line2D([], [], color=ENCODER, lw=1, **MARKS["encoder"], label="encoder, exact"),
        Patch(color=ENCODER, alpha=0.25, lw=0, label="inverting costs more"),
    ]
    if not all(curve.exact for curve in curves):
        handles.append(Line2D([], [], color=GREY, lw=0.8, ls="--", label="lower bound"))
        handles.append(Line2D([], [], color=GREY, lw=0.8, ls=":", label="upper bound"))
    picture.legend(
        handles=handles,
        loc="outside upper left",
        ncols=5,
        fontsize=7.5,
        frameon=False,
        title="What inverting costs as maps grow: the hardest output bit, forward and backward "
        "(lines hold at all sizes shown; ~ is a fit to them, no theorem)",
        title_fontsize=9,
        alignment="left",
    )
