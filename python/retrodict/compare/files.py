"""A comparison as files: JSON, CSV, a LaTeX table and a figure, each written beside its place and then renamed."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any

from retrodict.compare.figure import figure
from retrodict.compare.pairs import Pair, Span, pairs
from retrodict.compare.rows import Row
from retrodict.compare.scaling import Curve, Member, curves
from retrodict.compare.scaling_figure import scaling_figure
from retrodict.files import replacing

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = [
    "drawn_files",
    "latex",
    "replace_files",
    "scaling_json",
    "scaling_latex",
    "tex_text",
    "write",
    "write_scaling",
]

TEX_ESCAPES = {"\\": r"\textbackslash{}", "^": r"\^{}", "~": r"\~{}", **{c: f"\\{c}" for c in "&%$#_{}"}}


def write(rows: Sequence[Row], out_dir: str | Path) -> list[Path]:
    """Write `compare.json` (the rows), `.csv`, `.tex` (needs booktabs) and the figure as `.pdf`, `.svg` and `.png`.

    Returns the paths. The folder is made if it is missing; no reader meets half a file.

    >>> from tempfile import TemporaryDirectory
    >>> from retrodict.compare.rows import compare
    >>> with TemporaryDirectory() as folder:
    ...     [path.name for path in write(compare(["gray:n=3"], ["gates"]), folder)][:3]
    ['compare.json', 'compare.csv', 'compare.tex']
    """
    return replace_files(
        Path(out_dir),
        {
            "compare.json": _json(rows),
            "compare.csv": _csv(rows),
            "compare.tex": latex(rows).encode(),
            **drawn_files("compare", partial(figure, rows)),
        },
    )


def write_scaling(members: Sequence[Member], rows: Sequence[Row], out_dir: str | Path) -> list[Path]:
    """Write `scaling.json`, `.csv` (the rows, with family and n), `.tex` (the laws) and the figure as three files.

    Returns the paths; as `write` does it.
    """
    found = curves(members, rows)
    return replace_files(
        Path(out_dir),
        {
            "scaling.json": _json(scaling_json(members, rows)),
            "scaling.csv": _csv(scaling_json(members, rows)["rows"]),
            "scaling.tex": scaling_latex(found).encode(),
            **drawn_files("scaling", partial(scaling_figure, members, found)),
        },
    )


def scaling_json(members: Sequence[Member], rows: Sequence[Row]) -> dict[str, list[dict[str, Any]]]:
    """`rows`, each with its family and n, and `growth`: of every curve the points [n, lower, upper] and their laws."""
    places = {member.map.name: {"family": member.family, "n": member.n} for member in members}
    return {
        "rows": [{**places[row["map"]], **row} for row in rows],
        "growth": [
            {
                "family": curve.family,
                "measure": curve.measure,
                "direction": curve.direction,
                "exact": curve.exact,
                "points": [[n, span.low, None if span.high == inf else span.high] for n, span in curve.points],
                "label": curve.label,
                "tex": curve.tex,
                "lower": asdict(curve.lower) if curve.lower else None,
                "upper": asdict(curve.upper) if curve.upper else None,
                "note": "a line through all values where law is linear, else a fit to them: no statement of larger n",
            }
            for curve in curves(members, rows)
        ],
    }


def scaling_latex(found: Sequence[Curve]) -> str:
    """A booktabs table: a line a family and measure, the laws of the hardest output bit forward and of the encoder."""
    cells = {(curve.family, curve.measure, curve.direction): f"${curve.tex}$" if curve.tex else "--" for curve in found}
    lines = [
        r"% Hardest output bit; $\sim$ is a fit to the sizes computed, no theorem; -- no value, or too few for a fit.",
        r"\begin{tabular}{llll}",
        r"\toprule",
        r"family & measure & forward & encoder \\",
        r"\midrule",
    ]
    for family, measure in dict.fromkeys((curve.family, curve.measure) for curve in found):
        forward, encoder = (cells.get((family, measure, way), "--") for way in ("forward", "encoder"))
        lines.append(
            rf"\texttt{{{tex_text(family)}}} & {tex_text(measure.replace('_', ' '))} & {forward} & {encoder} \\"
        )
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}", ""])


def replace_files(folder: Path, contents: Mapping[str, bytes]) -> list[Path]:
    """Each file written beside its place and then renamed."""
    paths = [folder / name for name in contents]
    for path, content in zip(paths, contents.values(), strict=True):
        with replacing(path) as draft:
            draft.write_bytes(content)
    return paths


def drawn_files(stem: str, draw: Callable[[], Figure]) -> dict[str, bytes]:
    """The figure in each format, without dates and with fixed identifiers: the same rows give the same bytes."""
    from matplotlib import rc_context

    drawn = {}
    undated = {"pdf": {"CreationDate": None}, "svg": {"Date": None}, "png": {}}
    with rc_context({"svg.hashsalt": "retrodict"}):
        picture = draw()
        for ending, metadata in undated.items():
            stream = io.BytesIO()
            picture.savefig(stream, format=ending, bbox_inches="tight", dpi=200, metadata=metadata)
            drawn[f"{stem}.{ending}"] = stream.getvalue()
    return drawn


def _json(value: object) -> bytes:
    return (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode()


def _csv(rows: Sequence[Mapping[str, Any]]) -> bytes:
    stream = io.StringIO()
    table = csv.DictWriter(stream, fieldnames=list(rows[0] if rows else Row.__annotations__), lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    return stream.getvalue().encode()


def latex(rows: Sequence[Row]) -> str:
    """A booktabs table: a line a map, and for each measure the hardest output bit forward and of the encoder.

    >>> from retrodict.compare.rows import compare
    >>> print(latex(compare(["gray:n=8"], ["decision_tree_depth"])))  # doctest: +ELLIPSIS
    % Largest value over output bits, ...
    """
    found = pairs(rows)
    measures = list(dict.fromkeys(pair.measure for pair in found))
    cells = {(pair.map, pair.measure): pair for pair in found}
    heads = " & ".join(rf"\multicolumn{{2}}{{c}}{{\shortstack{{{_tex_head(measure)}}}}}" for measure in measures)
    rules = " ".join(rf"\cmidrule(lr){{{2 * i + 2}-{2 * i + 3}}}" for i in range(len(measures)))
    lines = [
        "% Largest value over output bits, of the forward map and of its encoder; -- where there is no inverse.",
        rf"\begin{{tabular}}{{l{'rr' * len(measures)}}}",
        r"\toprule",
        rf"& {heads} \\",
        rules,
        rf"map {'& fwd & enc ' * len(measures)}\\",
        r"\midrule",
    ]
    for name in dict.fromkeys(pair.map for pair in found):
        values = " & ".join(_tex_pair(cells.get((name, measure))) for measure in measures)
        lines.append(rf"\texttt{{{tex_text(name)}}} & {values} \\")
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}", ""])


def _tex_head(measure: str) -> str:
    """In two lines, for its columns hold small numbers."""
    first, _, last = measure.rpartition("_")
    return rf"{tex_text(first.replace('_', ' '))}\\{tex_text(last)}"


def _tex_pair(pair: Pair | None) -> str:
    return " & ".join(tex_span(span) for span in ((pair.forward, pair.encoder) if pair else (None, None)))


def tex_span(span: Span | None) -> str:
    """What a span says, as TeX.

    >>> from math import inf
    >>> print(tex_span(Span(2, 5)), tex_span(Span(-inf, 2.5e8)), tex_span(Span(4, 4, "if ")), tex_span(None))
    $2$--$5$ $\\le 2.5\\cdot 10^{8}$ if $4$ --
    """
    if span is None:
        return "--"
    text = f"${span!s}$".replace("–", "$--$").replace("$if ", "if $")
    text = re.sub(r"e([+-]\d+)", lambda match: rf"\cdot 10^{{{int(match[1])}}}", text)
    return text.replace("≥", r"\ge ").replace("≤", r"\le ").replace("≈", r"\approx")


def tex_text(text: str) -> str:
    r"""The text with what TeX would read as commands escaped.

    >>> print(tex_text("a_b^2"))
    a\_b\^{}2
    """
    return re.sub(r"[\\^~&%$#_{}]", lambda match: TEX_ESCAPES[match[0]], text)
