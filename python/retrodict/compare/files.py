"""A comparison as files: JSON, CSV, a LaTeX table and a figure, each written beside its place and then renamed."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Sequence
from pathlib import Path

from retrodict.compare.figure import figure
from retrodict.compare.pairs import Pair, Span, pairs
from retrodict.compare.rows import Row

__all__ = ["latex", "write"]

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
    folder = Path(out_dir)
    folder.mkdir(parents=True, exist_ok=True)
    contents = {
        "json": (json.dumps(rows, indent=1, ensure_ascii=False) + "\n").encode(),
        "csv": _csv(rows).encode(),
        "tex": latex(rows).encode(),
    }
    contents |= _drawn(rows)
    paths = [folder / f"compare.{ending}" for ending in contents]
    for path, content in zip(paths, contents.values(), strict=True):
        draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
        try:
            draft.write_bytes(content)
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    return paths


def _drawn(rows: Sequence[Row]) -> dict[str, bytes]:
    """The figure in each format, without dates and with fixed identifiers: the same rows give the same bytes."""
    from matplotlib import rc_context

    drawn = {}
    undated = {"pdf": {"CreationDate": None}, "svg": {"Date": None}, "png": {}}
    with rc_context({"svg.hashsalt": "retrodict"}):
        picture = figure(rows)
        for ending, metadata in undated.items():
            stream = io.BytesIO()
            picture.savefig(stream, format=ending, bbox_inches="tight", dpi=200, metadata=metadata)
            drawn[ending] = stream.getvalue()
    return drawn


def _csv(rows: Sequence[Row]) -> str:
    stream = io.StringIO()
    table = csv.DictWriter(stream, fieldnames=list(Row.__annotations__), lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    return stream.getvalue()


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
        lines.append(rf"\texttt{{{_tex(name)}}} & {values} \\")
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}", ""])


def _tex_head(measure: str) -> str:
    """In two lines, for its columns hold small numbers."""
    first, _, last = measure.rpartition("_")
    return rf"{_tex(first.replace('_', ' '))}\\{_tex(last)}"


def _tex_pair(pair: Pair | None) -> str:
    return " & ".join(_tex_span(span) for span in ((pair.forward, pair.encoder) if pair else (None, None)))


def _tex_span(span: Span | None) -> str:
    if span is None:
        return "--"
    return f"${span!s}$".replace("–", "$--$").replace("≥", r"\ge ")


def _tex(text: str) -> str:
    return re.sub(r"[\\^~&%$#_{}]", lambda match: TEX_ESCAPES[match[0]], text)
