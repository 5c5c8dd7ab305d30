"""The comparison at a glance: a panel a measure, a line a map, forward and encoder joined by the gap between them."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import TYPE_CHECKING, Any

from retrodict.compare.pairs import Pair, Span, pairs
from retrodict.compare.rows import Row

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["figure"]

FORWARD, ENCODER, GREY = "#2166ac", "#d6604d", "#8a8a8a"  # told apart by the colour-blind, and in print by their shape
DISC: dict[str, Any] = {"marker": "o", "ms": 4.5, "color": FORWARD, "lw": 0}
RING: dict[str, Any] = {"marker": "o", "ms": 8, "mfc": "none", "mec": ENCODER, "mew": 1.4, "lw": 0}
GAP: dict[str, Any] = {"lw": 3, "alpha": 0.4, "solid_capstyle": "butt"}
COLUMNS, LONGEST = 3, 32
LOG_FROM = 20


def figure(rows: Sequence[Row]) -> Figure:
    """A matplotlib Figure of the hardest output bit of each map and of its encoder, under each measure of `rows`."""
    from matplotlib.figure import Figure

    found = pairs(rows)
    maps = list(dict.fromkeys(pair.map for pair in found))
    measures = list(dict.fromkeys(pair.measure for pair in found))
    labels = [name if len(name) <= LONGEST else f"…{name[1 - LONGEST :]}" for name in maps]
    columns = min(len(measures), COLUMNS)
    lines = -(-len(measures) // columns)
    size = (0.3 + 0.075 * max(map(len, labels)) + 2.15 * columns, 0.9 + lines * (0.55 + 0.2 * len(maps)))
    picture = Figure(figsize=size, layout="constrained")
    panels = picture.subplots(lines, columns, sharey=True, squeeze=False)
    for axes in panels.flat[len(measures) :]:
        axes.remove()
    for axes, measure in zip(panels.flat, measures, strict=False):
        _panel(axes, [pair for pair in found if pair.measure == measure], maps)
    panels[0, 0].set_ylim(len(maps) - 0.4, -0.6)
    for axes in panels[:, 0]:
        axes.set_yticks(range(len(maps)), labels, family="monospace", fontsize=8)
    _legend(picture, found)
    return picture


def _panel(axes: Axes, mine: Sequence[Pair], maps: Sequence[str]) -> None:
    from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter

    spans = [span for pair in mine for span in (pair.forward, pair.encoder) if span]
    ends = [end for span in spans for end in (span.low, _shown(span)) if end > -inf]
    low, high = min(ends, default=0), max(ends, default=1) or 1
    if low > 0 and high >= LOG_FROM * low:
        axes.set_xscale("log")
        axes.set_xlim(low / 1.4, high * 1.4)
        axes.xaxis.set_major_locator(LogLocator(10, subs=(1,) if high >= 100 * low else (1, 3)))
        axes.xaxis.set_major_formatter("{x:g}")
        axes.xaxis.set_minor_formatter(NullFormatter())
    else:
        axes.set_xlim(-0.08 * high, 1.08 * high)
        axes.xaxis.set_major_locator(MaxNLocator(4, integer=high >= 2))
    axes.grid(axis="y", color="#eeeeee", zorder=0)
    for pair in mine:
        _dumbbell(axes, maps.index(pair.map), pair)
    measure, unit = mine[0].measure.replace("_", " "), mine[0].unit
    axes.set_title(measure if unit in measure else f"{measure} ({unit})", fontsize=9, loc="left")
    axes.tick_params(axis="x", labelsize=7)
    axes.tick_params(axis="y", length=0)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)


def _shown(span: Span) -> int | float:
    """Where a mark goes: the upper bound, or the lower one if there is no other."""
    return span.low if span.high == inf else span.high


def _dumbbell(axes: Axes, y: int, pair: Pair) -> None:
    """A disc and a ring, which close on each other where there is no gap; thin bars reach down to lower bounds.

    A gap is drawn between what is certain: from the upper bound of the one to the lower bound of the other.
    """
    forward, encoder = pair.forward, pair.encoder
    gap = None
    if forward and encoder and encoder.low > forward.high:
        gap = (forward.high, encoder.low, ENCODER)
    elif forward and encoder and encoder.high < forward.low:
        gap = (encoder.high, forward.low, FORWARD)
    if gap:
        axes.plot(gap[:2], [y, y], color=gap[2], zorder=2, **GAP)
    for span, colour, shift in ((forward, FORWARD, -0.13), (encoder, ENCODER, 0.13)):
        if span and -inf < span.low != span.high:
            axes.plot([span.low, _shown(span)], [y + shift] * 2, color=colour, lw=0.9, zorder=2)
    if forward:
        axes.plot(_shown(forward), y, zorder=3, **DISC)
    if encoder:
        axes.plot(_shown(encoder), y, zorder=4, **RING)
    axes.annotate(
        str(pair),
        (1.02, y),
        xycoords=("axes fraction", "data"),
        va="center",
        fontsize=6.5,
        color="black" if gap else GREY,
        annotation_clip=False,
    )


def _legend(picture: Figure, found: Sequence[Pair]) -> None:
    from matplotlib.lines import Line2D

    spans = [(pair.forward, pair.encoder) for pair in found]
    handles = [
        Line2D([], [], **DISC, label="forward map"),
        Line2D([], [], **RING, label="encoder, if there is an inverse"),
        Line2D([], [], color=ENCODER, **GAP, label="inverting costs more"),
    ]
    if any(f and e and e.high < f.low for f, e in spans):
        handles.append(Line2D([], [], color=FORWARD, **GAP, label="inverting costs less"))
    if any(span and -inf < span.low != span.high for both in spans for span in both):
        handles.append(Line2D([], [], color=GREY, lw=0.9, label="from lower to upper bound"))
    picture.legend(
        handles=handles,
        loc="outside upper left",
        ncols=COLUMNS,
        fontsize=7.5,
        frameon=False,
        title="Capacity of the hardest output bit, forward and backward",
        title_fontsize=9,
        alignment="left",
    )
