"""Deep against shallow labelling, drawn: how often some leaf is wrong, against the number of features."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from retrodict.files import replacing
from retrodict.separation.grid import Row

__all__ = ["draw"]

LOOKS: dict[str, dict[str, Any]] = {
    "deep": {"color": "#0072B2", "marker": "o", "label": "deep: the tree, then the rule"},
    "low-order": {"color": "#D55E00", "marker": "o", "mfc": "none", "label": "first moments, best thresholds"},
    "nearest": {"color": "#009E73", "marker": "^", "mfc": "none", "label": "nearest labelled leaf"},
}
ASIDE = {"deep": 1.0, "low-order": 0.96, "nearest": 1.04}  # so that bars do not hide each other
DASHES = ("-", "--", ":", "-.")


def draw(rows: Sequence[Row], path: Path) -> None:
    """Writes the figure; its format is the suffix of the path.

    A panel for each model: the probability that some leaf is labelled wrong, with its bounds; another dash for each
    number of leaves and share of labelled ones.
    """
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    models = list(dict.fromkeys(row["model"] for row in rows))
    kinds = list(dict.fromkeys((row["n_leaves"], row["share"]) for row in rows))
    with rc_context({"svg.hashsalt": "labels", "font.size": 9}):
        figure = Figure(figsize=(2.7 * len(models) + 0.8, 3.1), layout="constrained")
        panels = figure.subplots(1, len(models), squeeze=False, sharey=True)[0]
        for axes, model in zip(panels, models, strict=True):
            for method, look in LOOKS.items():
                for kind, dash in zip(kinds, DASHES * len(kinds), strict=False):
                    where = (model, method, *kind)
                    some = [r for r in rows if (r["model"], r["method"], r["n_leaves"], r["share"]) == where]
                    some.sort(key=lambda r: r["n_features"])
                    values = [r["some_wrong"] for r in some]
                    bars = [[v - low for v, low, _ in values], [high - v for v, _, high in values]]
                    at = [r["n_features"] * ASIDE[method] for r in some]
                    shape = {"linestyle": dash, "linewidth": 1, "markersize": 4, "elinewidth": 0.8}
                    axes.errorbar(at, [v for v, _, _ in values], bars, **{**look, **shape})
            ticks = sorted({r["n_features"] for r in rows if r["model"] == model})
            axes.set(title=model, xlabel="features", xscale="log", ylim=(-0.03, 1.03))
            axes.set_xticks(ticks, map(str, ticks), rotation=45)
            axes.set_xticks([], minor=True)
            axes.spines[["top", "right"]].set_visible(False)
        panels[0].set_ylabel("P(some leaf is labelled wrong)")
        handles, labels = panels[0].get_legend_handles_labels()
        named = dict(zip(labels, handles, strict=True))
        columns = 3 if len(models) > 2 else 1
        figure.legend(named.values(), named.keys(), loc="outside lower center", ncols=columns, frameon=False)
        with replacing(path) as draft:
            figure.savefig(draft, format=path.suffix.removeprefix(".") or "svg", metadata={"Date": None}, dpi=150)
