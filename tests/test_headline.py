"""The headline: cells that are kept, an interrupted run that goes on, the files, the figure and what it says."""

from __future__ import annotations

import csv
import importlib
import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from retrodict.capacity import MEASURES
from retrodict.cli import main
from retrodict.compare import CellStore, headline, headline_json, write_headline
from retrodict.compare.formulas import HIDDEN_UNITS
from retrodict.compare.headline_figure import headline_figure
from retrodict.compare.headline_files import caption, headline_latex
from retrodict.compare.headline_plan import PANELS, Line, Panel
from retrodict.maps import parse_any

module = importlib.import_module("retrodict.compare.headline")
plan = importlib.import_module("retrodict.compare.headline_plan")
store_module = importlib.import_module("retrodict.compare.store")
SLOW = "tuned_untied"
QUICK = {"condition_number", "first_order_steps", "unrolled_untied", "unrolled_tied", "gates", HIDDEN_UNITS}
SMALL = tuple(
    replace(p, at=p.quick[:2], quick=p.quick[:2], lines=tuple(line for line in p.lines if line.measure != SLOW))
    for p in PANELS
    if p.measure in QUICK
)
TINY = SMALL[:1]
CELLS = sum(len(p.at) * len(p.lines) for p in SMALL)


def test_every_name_and_measure_of_the_plan_is_known() -> None:
    for panel in PANELS:
        assert panel.measure in MEASURES or panel.measure == HIDDEN_UNITS
        assert set(panel.quick) <= set(panel.at) or panel.axis == "noise"
        for line in panel.lines:
            assert not line.measure or line.measure in MEASURES
            for at in panel.at if panel.measure != HIDDEN_UNITS else ():
                f = parse_any(line.map.format(at))
                constants = getattr(f, "certificate", None)
                assert line.kind == "forward" or (line.kind == "invertible") == bool(
                    constants and constants.m.value > 0
                )


def told(folder: Path) -> dict[str, Any]:
    return headline_json(headline(CellStore(folder / "cells"), panels=TINY))


def run(folder: Path) -> dict[str, bytes]:
    paths = write_headline(headline(CellStore(folder / "cells"), panels=SMALL), folder)
    return {path.name: path.read_bytes() for path in paths}


def counted(monkeypatch: pytest.MonkeyPatch, most: int = 10**9) -> list[tuple[Any, ...]]:
    """The cells that are computed from here on; Ctrl-C comes after `most`."""
    real, seen = module.cell, []

    def cell(*asked: Any) -> Any:
        if len(seen) == most:
            raise KeyboardInterrupt
        seen.append(asked)
        return real(*asked)

    monkeypatch.setattr(module, "cell", cell)
    return seen


def test_an_interrupted_headline_goes_on_and_gives_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = run(tmp_path / "whole")
    with monkeypatch.context() as patch:
        seen = counted(patch, most=17)
        with pytest.raises(KeyboardInterrupt):
            run(tmp_path / "broken")
    assert len(seen) == 17
    assert [path.name for path in (tmp_path / "broken").iterdir()] == ["cells"], "no figure of half of it"
    kept = len(list((tmp_path / "broken" / "cells").iterdir()))
    again = counted(monkeypatch)
    assert run(tmp_path / "broken") == whole
    assert 0 < len(again) <= CELLS - kept
    again.clear()
    assert run(tmp_path / "broken") == whole
    assert again == []


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[: len(text) // 2],
        lambda text: "",
        lambda text: "[]",
        lambda text: "null",
        lambda text: text.replace('"value": ', '"value": 1'),
        lambda text: text.replace('"code": "', '"code": "0'),
        lambda text: text.replace('"digest"', '"digests"'),
    ],
)
def test_a_damaged_cell_is_computed_anew(damage: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = told(tmp_path)
    paths = sorted((tmp_path / "cells").iterdir())
    good = [path.read_bytes() for path in paths]
    for path in paths[:3]:
        path.write_text(damage(path.read_text()))
    computed = counted(monkeypatch)
    assert told(tmp_path) == whole
    assert [path.read_bytes() for path in paths] == good
    assert len(computed) == 3


def test_cells_of_other_code_are_computed_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told(tmp_path)
    monkeypatch.setattr(store_module, "code_digest", lambda: "another")
    computed = counted(monkeypatch)
    told(tmp_path)
    assert len(computed) == sum(len(p.at) * len(p.lines) for p in TINY)


def test_files_agree(tmp_path: Path) -> None:
    run(tmp_path)
    held = json.loads((tmp_path / "headline.json").read_text())
    with (tmp_path / "headline.csv").open(newline="") as stream:
        table = list(csv.DictReader(stream))
    assert [row["map"] for row in table] == [row["map"] for row in held["rows"]]
    assert {row["panel"] for row in table} == {panel["panel"] for panel in held["panels"]}
    assert f"\\caption{{{held['caption']}}}\n" == (tmp_path / "headline-caption.tex").read_text()
    assert {row["kind"] for row in held["rows"]} <= {"exact", "lower", "upper", "conditional"}
    refused = [
        row for row in held["rows"] if row["map"] == "projection:d=4,k=1" and row["measure"] == "unrolled_untied"
    ]
    assert all(row["value"] is None and row["note"].startswith("m = 0: ") for row in refused)


def test_the_theorem_is_in_the_rows() -> None:
    """Flat in the noise iff m > 0, by the exact values; polynomial in d where m > 0, refused where m = 0."""
    four = tuple(replace(p, lines=tuple(one for one in p.lines if one.measure != SLOW)) for p in PANELS[:4])
    drawn = headline(MemoryStore(), panels=four, quick=True)
    lines = {(one.panel.measure, one.panel.axis, one.line.map): one for one in drawn}
    flat = lines["condition_number", "noise", "linear:d=4,m=1/2,M=2"].points
    steep = lines["condition_number", "noise", "linear:d=4,m=0,M=3/2"].points
    assert flat[-1].high <= 16.001
    assert steep[-1].low / steep[-2].low == pytest.approx(64, rel=1e-3)  # 1/beta grows by 8
    for name in ("linear:d={},m=1/2,M=3/2", "residual:d={},a=1/2", "pooling:d={},a=1/2"):
        two, four, eight = (point.high for point in lines["unrolled_untied", "size", name].points)
        assert four / two < 16 and eight / four < 16
    assert lines["unrolled_untied", "size", "projection:d={},k=1"].refusal.startswith("m = 0")


class MemoryStore(CellStore):
    """Keeps nothing."""

    def __init__(self) -> None:
        super().__init__("nowhere")

    def read(self, asked: dict[str, Any]) -> None:
        return None

    def write(self, asked: dict[str, Any], rows: Any) -> None:
        return None


def drawn_of(panels: tuple[Panel, ...]) -> Any:
    return headline(MemoryStore(), panels=panels)


def test_the_figure_marks_what_is_proved_by_the_lines_style() -> None:
    line = Line("gray", "sgn:gray:n={}", "lost")
    gates = replace(SMALL[-2], lines=(line,), at=(4, 5), quick=(4, 5))
    [axes] = headline_figure(drawn_of((gates,))).axes
    assert [one.get_linestyle() for one in axes.lines] == ["-"]
    kappa = replace(SMALL[0], lines=(Line("projection", "projection:d=4,k=1", "lost"),))
    [axes] = headline_figure(drawn_of((kappa,))).axes
    assert [one.get_linestyle() for one in axes.lines] == ["--"]
    refused = replace(SMALL[3], lines=(SMALL[3].lines[0], SMALL[3].lines[3]))
    [axes] = headline_figure(drawn_of((refused,))).axes
    assert [text.get_text() for text in axes.texts if "none" in text.get_text()] == ["none: projection"]


def test_the_hardest_bit_has_a_lower_and_an_upper_bound_or_one_value() -> None:
    line = Line("", "sgn:triangular:n={}", "lost")
    [one] = drawn_of((replace(SMALL[-2], lines=(line,), at=(5, 6), quick=(5,)),))
    assert [[row["kind"] for row in point.rows] for point in one.points] == [["exact"], ["lower", "upper"]]
    assert all(point.low <= point.high for point in one.points)
    assert one.points[0].rows[0]["note"].startswith("hardest output bit")


def test_caption_and_table_say_what_is_trained_conditional_and_recalled() -> None:
    drawn = drawn_of(SMALL)
    text = caption(drawn)
    for words in ("upper bounds that say nothing from below", "recalled", "conditional theorem", "No line is a fit"):
        assert words in text
    table = headline_latex(drawn)
    assert table.count(r"\midrule") == len(SMALL)
    assert r"\ge 6.61\cdot 10^{7}" not in table  # the small plan ends earlier
    assert "e+0" not in table
    assert len(headline_json(drawn)["panels"]) == len(SMALL)


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
def test_table_and_caption_compile(tmp_path: Path) -> None:
    run(tmp_path)
    text = (
        r"\documentclass{article}\usepackage{booktabs,graphicx}\begin{document}"
        r"\begin{figure}\includegraphics{headline}\input{headline-caption}\end{figure}"
        r"\tiny\input{headline}\end{document}"
    )
    (tmp_path / "t.tex").write_text(text)
    subprocess.run(["pdflatex", "-interaction=nonstopmode", "t.tex"], cwd=tmp_path, check=True, capture_output=True)


def test_bad_requests(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for argv, words in [
        (("fold", "--headline"), "maps: --headline has maps, measures and settings of its own"),
        (("--headline", "--beta", "0.1"), "beta: --headline has"),
        (("--quick", "fold"), "--quick goes with --headline"),
    ]:
        with pytest.raises(SystemExit) as ended:
            main(("compare", *argv))
        assert ended.value.code == 2
        assert words in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
