"""The headline as a figure: a panel a measure, blue what is strongly invertible and red what is not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import floor, inf, log2, log10
from typing import TYPE_CHECKING, Any

from retrodict.compare.figure import ENCODER, FORWARD, GREY
from retrodict.compare.headline import Drawn

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["headline_figure"]

COLOURS = {"invertible": FORWARD, "lost": ENCODER, "forward": GREY}  # told apart by the colour-blind
EXACT: dict[str, Any] = {"ls": "-", "lw": 1.3}
UPPER: dict[str, Any] = {"ls": (0, (4.5, 1.7)), "lw": 1.1}
LOWER: dict[str, Any] = {"ls": (0, (1, 1.3)), "lw": 1.5}
CONDITIONAL: dict[str, Any] = {"ls": (0, (5, 1.4, 1, 1.4)), "lw": 0.9}
ESTIMATE: dict[str, Any] = {"lw": 0, "marker": "o", "ms": 2.8}
TRAINED: dict[str, Any] = {"lw": 0, "marker": "^", "ms": 3.6, "mfc": "white", "mew": 0.9}
WIDTH, COLUMNS = 7.1, 3  # inches: the text of a page in two columns
PANEL = (1.22, 1.12)  # inches, without labels
LEFT, RIGHT, TOP, BOTTOM, GAP = 0.46, 0.68, 0.86, 0.36, 0.84
LABEL = 6.3  # points
WORDS: dict[str, Any] = {"fontsize": LABEL, "va": "center", "ha": "left", "annotation_clip": False}


def headline_figure(drawn: Sequence[Drawn]) -> Figure:
    """A matplotlib Figure of the lines of `headline`, as wide as a page.

    Solid is exact, dashed an upper and dotted a lower bound, dash-dotted conditional; triangles are trained networks.
    Between a lower and an upper bound of one map there is a tint.
    """
    from matplotlib.figure import Figure

    panels = list(dict.fromkeys(one.panel for one in drawn))
    lines = -(-len(panels) // COLUMNS)
    height = TOP + lines * PANEL[1] + (lines - 1) * GAP + BOTTOM
    step = (WIDTH - LEFT - RIGHT - PANEL[0]) / (COLUMNS - 1)
    picture = Figure(figsize=(WIDTH, height))
    for k, panel in enumerate(panels):
        row, column = divmod(k, COLUMNS)
        if column == 0:
            y = (TOP + row * (PANEL[1] + GAP) - 0.33) / height
            picture.text(0.08 / WIDTH, 1 - y, panel.heading, fontsize=7.5, color="#444444", weight="bold", va="center")
        left, bottom = LEFT + column * step, height - TOP - PANEL[1] - row * (PANEL[1] + GAP)
        axes = picture.add_axes((left / WIDTH, bottom / height, PANEL[0] / WIDTH, PANEL[1] / height))
        _panel(axes, [one for one in drawn if one.panel is panel], chr(ord("a") + k))
    _legend(picture, drawn)
    return picture


def _panel(axes: Axes, mine: Sequence[Drawn], letter: str) -> None:
    panel = mine[0].panel
    if panel.axis == "noise" or _wide(panel.at):
        axes.set_xscale("log", base=2)
    if not panel.linear:
        axes.set_yscale("log")
    shown = [one for one in mine if not one.refusal]
    for one in shown:
        _line(axes, one)
    _scale(axes, shown, len(mine))
    _labels(axes, shown)
    refused = [one.line.label for one in mine if one.refusal]
    if refused:
        text = "none: " + ", ".join(refused)
        axes.text(0.04, 1.0, text, transform=axes.transAxes, fontsize=LABEL, color=ENCODER, va="top")
    axes.set_title(f"$\\bf{{{letter}}}$  {panel.title}", fontsize=7.3, loc="left", x=-0.24, pad=4)
    axes.set_xlabel(panel.x, fontsize=7, labelpad=1.5)
    axes.tick_params(labelsize=6.3, which="both", length=2, width=0.5, pad=1.5)
    axes.grid(color="#ececec", lw=0.5, zorder=0)
    for side, spine in axes.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set_linewidth(0.5)


def _wide(at: Sequence[int]) -> bool:
    return max(at) >= 8 * min(at) and all(b == 2 * a for a, b in pairwise(at))


def _line(axes: Axes, one: Drawn) -> None:
    colour = COLOURS[one.line.kind]
    if one.panel.measure == "trained_size":
        _plot(axes, [(p.at, p.high) for p in one.points], colour, TRAINED)
        return
    kinds = {row["kind"] for p in one.points for row in p.rows if row["value"] is not None}
    if "conditional" in kinds:
        _plot(axes, [(p.at, p.value("conditional")) for p in one.points], colour, CONDITIONAL)
    if "estimate" in kinds:
        _plot(axes, [(p.at, p.value("estimate")) for p in one.points], colour, ESTIMATE)
    if kinds == {"exact"}:
        _plot(axes, [(p.at, p.low) for p in one.points], colour, EXACT)
        return
    both = [p for p in one.points if 0 < p.low < p.high < inf]
    if both:
        met = [p for p in one.points if 0 < p.low <= p.high < inf]
        ends = [p.at for p in met], [p.low for p in met], [p.high for p in met]
        axes.fill_between(*ends, color=colour, alpha=0.13, lw=0, zorder=1)
    if "upper" in kinds:
        _plot(axes, [(p.at, p.high) for p in one.points], colour, UPPER)
    if "lower" in kinds:
        _plot(axes, [(p.at, p.low) for p in one.points], colour, LOWER)
    if "exact" in kinds:
        _plot(axes, [(p.at, p.value("exact")) for p in one.points], colour, {"lw": 0, "marker": "o", "ms": 2.4})


def _plot(axes: Axes, points: Sequence[tuple[int, float | None]], colour: str, style: Mapping[str, Any]) -> None:
    found = [(at, value) for at, value in points if value is not None and 0 < value < inf]
    if found:
        axes.plot(*zip(*found, strict=True), color=colour, zorder=3, clip_on=False, **style)


def _scale(axes: Axes, shown: Sequence[Drawn], lines: int) -> None:
    """Limits and ticks; there is room for a line of text at the top where a line has no value."""
    from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, MaxNLocator, NullFormatter, NullLocator

    values = [float(row["value"]) for one in shown for p in one.points for row in p.rows if row["value"]]
    low, high = min(values, default=1.0), max(values, default=10.0)
    if axes.get_yscale() == "log":
        top = max(high * 1.5, low * 8)
        axes.set_ylim(low / 1.5, top * (top / low) ** (0.14 if len(shown) < lines else 0))
        axes.yaxis.set_major_locator(LogLocator(10, subs=(1, 2, 5) if top < 30 * low else (1,), numticks=5))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: _power(y)))
        axes.yaxis.set_minor_locator(NullLocator())
    else:
        axes.set_ylim(0, 1.05 * high)
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_minor_formatter(NullFormatter())
    at = [p.at for one in shown for p in one.points]
    if axes.get_xscale() == "log":
        ends = (min(at), max(at))
        powers = [2**k for k in range(0, 20) if ends[0] <= 2**k <= ends[1]]
        few = powers[:: -(-len(powers) // 4)]
        axes.xaxis.set_major_locator(FixedLocator(few))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: _power_of_two(x)))
    else:
        axes.xaxis.set_major_locator(MaxNLocator(4, integer=True))


def _power_of_two(value: float) -> str:
    return f"{value:g}" if value < 100 else f"$2^{{{round(log2(value))}}}$"


def _power(value: float) -> str:
    """
    >>> _power(0.01), _power(50.0), _power(1e6), _power(2e8)
    ('0.01', '50', '$10^{6}$', '$2\\\\cdot 10^{8}$')
    """
    if 0.01 <= value < 1000:
        return f"{value:g}"
    exponent = floor(log10(value) + 1e-9)
    digit = round(value / 10**exponent)
    return f"$10^{{{exponent}}}$" if digit == 1 else rf"${digit}\cdot 10^{{{exponent}}}$"


def _labels(axes: Axes, shown: Sequence[Drawn]) -> None:
    """At the right end of each line, moved apart where they would touch."""
    ends: list[tuple[float, Drawn]] = []
    for one in shown:
        last = next(p for p in reversed(one.points) if any(row["value"] for row in p.rows))
        value = next(float(row["value"]) for row in last.rows if row["value"])
        share = axes.transAxes.inverted().transform(axes.transData.transform((1, value)))[1]
        ends.append((72 * PANEL[1] * float(share), one))
    ends.sort(key=lambda end: end[0])
    apart = LABEL + 0.9
    heights = [end[0] for end in ends]
    for _ in range(60):
        for i in range(1, len(heights)):
            lacking = apart - (heights[i] - heights[i - 1])
            if lacking > 0:
                heights[i - 1] -= lacking / 2
                heights[i] += lacking / 2
        if heights and heights[0] < 0:
            heights[0] = 0
    for (_, one), height in zip(ends, heights, strict=True):
        axes.annotate(
            one.line.label,
            (1.0, 0.0),
            (4, height),
            xycoords="axes fraction",
            textcoords="offset points",
            color=COLOURS[one.line.kind],
            **WORDS,
        )


def _legend(picture: Figure, drawn: Sequence[Drawn]) -> None:
    from matplotlib.lines import Line2D

    colours = [
        Line2D([], [], color=COLOURS["invertible"], lw=2.5, label="encoder of a strongly invertible map"),
        Line2D([], [], color=COLOURS["lost"], lw=2.5, label="encoder of a map that is not"),
        Line2D([], [], color=COLOURS["forward"], lw=2.5, label="the map itself"),
    ]
    styles = [
        Line2D([], [], color="black", label="exact", **EXACT),
        Line2D([], [], color="black", label="proved upper bound", **UPPER),
        Line2D([], [], color="black", label="proved lower bound", **LOWER),
        Line2D([], [], color="black", label="conditional", **CONDITIONAL),
    ]
    if any(row["kind"] == "estimate" for one in drawn for point in one.points for row in point.rows):
        styles.append(Line2D([], [], color="black", label="measured at one $x$", **ESTIMATE))
    if any(one.panel.measure == "trained_size" for one in drawn):
        styles.append(Line2D([], [], color="black", label="trained: upper bound", **TRAINED))
    for handles, y in ((colours, 1.0), (styles, 1 - 0.17 / picture.get_figheight())):
        legend = picture.legend(
            handles=handles,
            loc="upper left",
            bbox_to_anchor=(0.0, y),
            ncols=len(handles),
            fontsize=7,
            frameon=False,
            handlelength=2.6,
            columnspacing=1.2,
            borderaxespad=0.15,
        )
        picture.add_artist(legend)
