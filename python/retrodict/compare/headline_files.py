"""The headline as files: the figure, a table, a caption and all values, each written beside its place and renamed."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from functools import partial
from math import inf
from pathlib import Path
from typing import Any

from retrodict.compare.files import drawn_files, replace_files, tex_span, tex_text
from retrodict.compare.headline import Drawn, Point
from retrodict.compare.headline_figure import headline_figure
from retrodict.compare.pairs import Span

__all__ = ["caption", "headline_json", "headline_latex", "write_headline"]


def write_headline(drawn: Sequence[Drawn], out_dir: str | Path) -> list[Path]:
    """Write `headline.json`, `.csv`, `.tex` (a table, needs booktabs), `headline-caption.tex`, and the figure as three
    files; returns the paths."""
    table = headline_json(drawn)
    return replace_files(
        Path(out_dir),
        {
            "headline.json": (json.dumps(table, indent=1, ensure_ascii=False) + "\n").encode(),
            "headline.csv": _csv(table["rows"]),
            "headline.tex": headline_latex(drawn).encode(),
            "headline-caption.tex": f"\\caption{{{caption(drawn)}}}\n".encode(),
            **drawn_files("headline", partial(headline_figure, drawn)),
        },
    )


def headline_json(drawn: Sequence[Drawn]) -> dict[str, Any]:
    """`caption`, `panels` (letter, title, measure and axis), and `rows`: as those of `compare`, with the panel's
    letter, the line's label and kind, and where on the axis the value stands."""
    panels = _panels(drawn)
    return {
        "caption": caption(drawn),
        "panels": [
            {"panel": letter, "title": p.title, "heading": p.heading, "measure": p.measure, "axis": p.axis, "x": p.x}
            for p, letter in panels.items()
        ],
        "rows": [
            {"panel": panels[one.panel], "line": one.line.label, "of": one.line.kind, "at": point.at, **row}
            for one in drawn
            for point in one.points
            for row in point.rows
        ],
    }


def caption(drawn: Sequence[Drawn]) -> str:
    """What each panel is, what is proved, what is conditional and what was trained, as LaTeX."""
    setting = drawn[0].panel.setting
    told = [
        r"\textbf{Capacity of encoders, against dimension and against noise.}",
        "The causes $z$ are standard Gaussian, $x = G(z) + \\beta\\xi$, and an encoder is to give the posterior of $z$ "
        f"given $x$ up to a total variation $\\varepsilon = {float(setting.eps):g}$; where the axis is not the noise, "
        f"$\\beta = {float(setting.beta):g}$.",
        "Blue: $G$ is strongly invertible, $m > 0$. Red: it is not. Grey: $G$ itself. Solid lines are exact, or "
        "enclosed with six digits; dashed are upper bounds and dotted lower bounds, all proved; dash-dotted values "
        "rest on the condition named; triangles are networks that training found, upper bounds that say nothing from "
        "below. No line is a fit, and none says anything beyond what is shown.",
        *(f"\\textbf{{({letter})}} {panel.title}: {panel.remark}." for panel, letter in _panels(drawn).items()),
        "The proof of (d)--(f) uses a theorem of Vempala and Wibisono (2019), and (b) Nemirovski's, both recalled. "
        "That $C(\\mathrm{sgn}\\,z)$ has no small encoder is a conditional theorem of Pareek and Risteski (2021), "
        "which no finite computation supports: (k) is a finite fact, (l) a theorem about one depth.",
    ]
    return "\n".join(told)


def headline_latex(drawn: Sequence[Drawn]) -> str:
    """A booktabs table: a line for each line of the figure, with its first and its last value.

    A value is plain where it is exact; bounds carry their sign.
    """
    panels = _panels(drawn)
    lines = [
        r"% First and last value of each line of the figure; \le and \ge are bounds, -- no value.",
        r"\begin{tabular}{@{}llllll@{}}",
        r"\toprule",
        r"& measure & map & \multicolumn{2}{l}{from \hfill to} & what it is \\",
    ]
    for panel, letter in panels.items():
        lines.append(r"\midrule")
        for i, one in enumerate(one for one in drawn if one.panel is panel):
            known = [point for point in one.points if _cell(point) != "--"] or [one.points[0]]
            ends = [f"{_cell(point)} {_place(one, point)}" for point in (known[0], known[-1])]
            head = (f"({letter})", panel.title) if i == 0 else ("", "")
            what = {"invertible": "$m>0$", "lost": "not invertible", "forward": "the map"}[one.line.kind]
            name = rf"\texttt{{{tex_text(one.line.map.format('n'))}}}"
            lines.append(" & ".join([*head, name, *ends, what]) + r" \\")
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}", ""])


def _panels(drawn: Sequence[Drawn]) -> dict[Any, str]:
    return {panel: chr(ord("a") + k) for k, panel in enumerate(dict.fromkeys(one.panel for one in drawn))}


def _place(one: Drawn, point: Point) -> str:
    name = r"1/\beta" if one.panel.axis == "noise" else "n"
    return rf"($ {name} = {point.at}$)".replace("$ ", "$")


def _cell(point: Point) -> str:
    conditional = point.value("conditional")
    if conditional is not None:
        return tex_span(Span(conditional, conditional, "if "))
    estimate = point.value("estimate")
    if estimate is not None:
        return tex_span(Span(estimate, estimate, "≈ "))
    return tex_span(None if (point.low, point.high) == (-inf, inf) else Span(point.low, point.high))


def _csv(rows: Sequence[dict[str, Any]]) -> bytes:
    stream = io.StringIO()
    table = csv.DictWriter(stream, fieldnames=list(rows[0]), lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    return stream.getvalue().encode()
