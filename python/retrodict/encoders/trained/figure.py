"""Capacity curves drawn: every network a dot, the best up to each size a step line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from retrodict.encoders.trained.comparison import Comparison
from retrodict.encoders.trained.curve import Metric, capacity_curve
from retrodict.encoders.trained.result import LABEL, SweepResult

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["capacity_figure"]

# Of the figures of `compare`: told apart by the colour-blind, and in print by their shapes and lines.
ROLES: dict[str, dict[str, Any]] = {
    "control": {"color": "#8a8a8a", "ls": "--", "marker": "s", "ms": 9, "shift": 1.09},
    "forward": {"color": "#2166ac", "ls": "-", "marker": "o", "ms": 7, "shift": 0.95},
    "encoder": {"color": "#d6604d", "ls": "-", "marker": "D", "ms": 5, "shift": 1.045},
}
NAMES = {"tv": "mean total variation", "worst_tv": "largest total variation", "kl": "mean KL divergence (nats)"}
COLUMNS = 3


def capacity_figure(comparisons: Sequence[Comparison], eps: float, metric: Metric = "tv") -> Figure:
    """A matplotlib Figure with a panel for each comparison.

    Dots are all networks, moved a little aside so that all are seen; a network that diverged is a cross at the
    top. The step line is the best value of any network up to that size, and the large mark on it the smallest size
    within eps, an upper bound on capacity.

    Raises
    ------
    ValueError
        If there is nothing to draw, or eps is out of range.
    """
    from matplotlib.figure import Figure

    if not comparisons:
        raise ValueError("comparisons is empty: there must be at least one")
    columns = min(COLUMNS, len(comparisons))
    lines = -(-len(comparisons) // columns)
    picture = Figure(figsize=(0.5 + 3.1 * columns, 0.9 + 2.6 * lines), layout="constrained")
    panels = picture.subplots(lines, columns, sharey=True, squeeze=False)
    for axes in panels.flat[len(comparisons) :]:
        axes.remove()
    for axes, comparison in zip(panels.flat, comparisons, strict=False):
        _panel(axes, comparison, eps, metric)
    for axes in panels[:, 0]:
        axes.set_ylabel(NAMES[metric], fontsize=8)
    _legend(picture, comparisons, eps, metric)
    return picture


def _panel(axes: Axes, comparison: Comparison, eps: float, metric: Metric) -> None:
    from matplotlib.ticker import LogLocator, NullFormatter

    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.xaxis.set_major_locator(LogLocator(10, subs=(1, 2, 5)))
    axes.xaxis.set_major_formatter("{x:g}")
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.yaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.tick_params(labelsize=7, which="both", length=2)
    axes.grid(color="#eeeeee", lw=0.6, zorder=0)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.axhline(eps, color="black", lw=0.7, ls=":", zorder=2)
    for height, (role, look) in zip((0.03, 0.1, 0.17), ROLES.items(), strict=True):
        result = getattr(comparison, role)
        if result is not None:
            size = _curve(axes, result, look, eps, metric)
            text = f"{role}: {'not reached' if size is None else f'≤ {size}'}"
            words = axes.text(0.03, height, text, color=look["color"], fontsize=7, transform=axes.transAxes, zorder=7)
            words.set_bbox({"facecolor": "white", "edgecolor": "none", "alpha": 0.7, "pad": 0.5})
    axes.set_title(comparison.encoder.label.replace(", encoder", ""), fontsize=8)
    axes.set_xlabel("parameters", fontsize=8)


def _curve(axes: Axes, result: SweepResult, look: dict[str, Any], eps: float, metric: Metric) -> int | None:
    """Draw one, and give the smallest size within eps."""
    curve = capacity_curve(result, eps, metric)
    sizes = np.array(result.parameters, dtype=float)
    values = getattr(result, metric)
    at = np.repeat(sizes * look["shift"], values.shape[1])
    axes.plot(at, values.ravel(), lw=0, marker="o", ms=2.2, mew=0, color=look["color"], alpha=0.35, zorder=3)
    lost = sizes[result.diverged.any(axis=1)]
    axes.plot(
        lost * look["shift"], np.full(len(lost), 0.98), lw=0, marker="x", ms=4, color=look["color"], zorder=4,
        transform=axes.get_xaxis_transform(),
    )  # fmt: skip
    steps = [(point.parameters, point.envelope) for point in curve.points if point.envelope is not None]
    if steps:
        x, y = zip(*steps, (steps[-1][0] * 1.15, steps[-1][1]), strict=True)  # the best of all has a line too
        axes.step(x, y, where="post", color=look["color"], ls=look["ls"], lw=1.3, zorder=5)
    for point in curve.points:
        if point.parameters == curve.parameters and point.envelope is not None:
            look_of_mark = {"marker": look["marker"], "ms": look["ms"], "mfc": "white", "mew": 1.4, "lw": 0}
            axes.plot([point.parameters], [point.envelope], color=look["color"], zorder=6, **look_of_mark)
    return curve.parameters


def _legend(picture: Figure, comparisons: Sequence[Comparison], eps: float, metric: Metric) -> None:
    from matplotlib.lines import Line2D

    words = {
        "forward": "forward map",
        "encoder": "encoder",
        "control": "control: encoder of a random permutation",
    }
    handles = []
    for role in ("forward", "encoder", "control"):
        look = ROLES[role]
        if any(getattr(comparison, role) is not None for comparison in comparisons):
            mark = {"marker": look["marker"], "ms": 5, "mfc": "white"}
            handles.append(Line2D([], [], color=look["color"], ls=look["ls"], lw=1.3, label=words[role], **mark))
    handles.append(Line2D([], [], color="black", lw=0.7, ls=":", label=f"tolerance {eps:g}"))
    if any(r is not None and r.diverged.any() for c in comparisons for r in (c.encoder, c.forward, c.control)):
        handles.append(Line2D([], [], color="black", lw=0, marker="x", ms=4, label="diverged"))
    picture.legend(
        handles=handles,
        loc="outside upper left",
        ncols=len(handles),
        fontsize=7.5,
        frameon=False,
        title=f"Smallest trained network within the tolerance: {LABEL}. Dots are all networks",
        title_fontsize=9,
        alignment="left",
    )
