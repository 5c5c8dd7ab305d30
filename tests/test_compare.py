"""Rows, files and figure of a comparison."""

from __future__ import annotations

import csv
import importlib
import json
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import retrodict
from retrodict.capacity import MEASURES, BitMeasure, Bound, ContinuousMeasure
from retrodict.compare import DEFAULT_MAPS, Pair, Row, Span, compare, latex, maps_list, measures_list, pairs, write
from retrodict.compare.figure import figure
from retrodict.maps import EXAMPLES, REAL_EXAMPLES, BooleanMap, parse, parse_any

OF_BITS = [name for name, measure in MEASURES.items() if not isinstance(measure, ContinuousMeasure)]


def select(rows: list[Row], **wanted: Any) -> list[Row]:
    return [row for row in rows if all(row[key] == value for key, value in wanted.items())]  # type: ignore[literal-required]


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return compare(["sbox:present", "random:n=8,seed=0", "gray:n=8", "sbox:ascon"])


def test_the_package_has_the_function_and_the_modules() -> None:
    importlib.import_module("retrodict.compare.files")
    assert retrodict.compare is compare
    assert retrodict.compare(["gray:n=2"], ["degree"])[0]["value"] == 1


def test_rows_have_the_promised_shape(rows: list[Row]) -> None:
    assert list(rows[0]) == ["map", "measure", "direction", "output", "kind", "value", "unit", "note", "beta", "eps"]
    assert {row["direction"] for row in rows} == {"forward", "encoder"}
    assert {row["kind"] for row in rows} <= {"exact", "lower", "upper", "conditional", "estimate"}
    assert list(dict.fromkeys(row["measure"] for row in rows)) == OF_BITS
    assert json.loads(json.dumps(rows)) == rows


def test_a_row_a_bit_then_max_and_sum(rows: list[Row]) -> None:
    mine = select(rows, map="sbox:present", measure="gates", direction="encoder")
    assert [row["output"] for row in mine] == [0, 1, 2, 3, None, None]
    assert [row["value"] for row in mine] == [3, 7, 7, 6, 7, 23]
    assert [row["kind"] for row in mine] == ["exact"] * 4 + ["lower", "upper"]
    assert [row["note"].partition(" ")[0] for row in mine[4:]] == ["max", "sum"]
    assert {row["unit"] for row in mine} == {"gates"}


@pytest.mark.parametrize(
    ("measure", "maximum", "total"),
    [
        ("degree", ("exact", 3), ("upper", 11)),
        ("monomials", ("lower", 8), ("exact", 27)),
        ("decision_tree_depth", ("lower", 4), ("upper", 16)),
        ("obdd_nodes", ("lower", 8), ("upper", 30)),
        ("gates", ("lower", 6), ("upper", 21)),
    ],
)
def test_what_the_bits_say_of_the_map(
    rows: list[Row], measure: str, maximum: tuple[str, int], total: tuple[str, int]
) -> None:
    whole = select(rows, map="sbox:present", measure=measure, direction="forward", output=None)
    assert [(row["kind"], row["value"]) for row in whole] == [maximum, total]
    bits = [row["value"] for row in select(rows, map="sbox:present", measure=measure, direction="forward")][:-2]
    assert (max(bits), sum(bits)) == (maximum[1], total[1])  # type: ignore[type-var, arg-type]


def test_bounds_are_two_rows_and_never_mix(rows: list[Row]) -> None:
    mine = select(rows, map="sbox:ascon", measure="gates", direction="encoder")
    lower = {row["output"]: row["value"] for row in mine if row["kind"] == "lower" and row["output"] is not None}
    upper = {row["output"]: row["value"] for row in mine if row["kind"] == "upper" and row["output"] is not None}
    exact = {row["output"]: row["value"] for row in mine if row["kind"] == "exact"}
    assert set(lower) == set(upper)
    assert sorted({*lower, *exact}) == [0, 1, 2, 3, 4]
    assert all(lower[i] < upper[i] for i in lower)  # type: ignore[operator]
    most, total = mine[-2:]
    assert (most["kind"], most["value"]) == ("lower", max([*lower.values(), *exact.values()]))  # type: ignore[type-var]
    assert (total["kind"], total["value"]) == ("upper", sum([*upper.values(), *exact.values()]))  # type: ignore[arg-type]


def test_a_map_without_inverse_is_no_error(rows: list[Row]) -> None:
    mine = select(rows, map="random:n=8,seed=0", direction="encoder")
    entropy = mine.pop()
    assert (entropy["measure"], entropy["kind"], entropy["unit"]) == ("posterior_entropy", "exact", "bits")
    assert entropy["value"] is not None and 0.5 < entropy["value"] < 1.2
    assert len(mine) == sum(2 if isinstance(measure, BitMeasure) else 1 for measure in map(MEASURES.get, OF_BITS)) - 1
    for row in mine:
        assert (row["output"], row["value"]) == (None, None)
        assert "the encoder is the posterior, H(z|x) = 0.9" in row["note"]
    first, second = (int(word) for word in mine[0]["note"].split("inputs ")[1].split(" collide")[0].split(" and "))
    table = parse("random:n=8,seed=0").table
    assert first < second
    assert table[first] == table[second]


def test_maps_that_are_not_square() -> None:
    wide = BooleanMap("wide", 2, 3, [0, 7, 1, 5])
    narrow = BooleanMap("narrow", 2, 1, [0, 1, 1, 1])
    found = compare([wide, narrow], ["degree", "posterior_entropy"])
    assert [row["output"] for row in select(found, map="wide", direction="forward")] == [0, 1, 2, None, None, None]
    assert all("injective but not onto" in row["note"] for row in select(found, map="wide", measure="degree")[-2:])
    assert select(found, map="wide", measure="posterior_entropy", direction="encoder")[0]["value"] == 0
    assert "inputs 1 and 2 collide" in select(found, map="narrow", direction="encoder")[0]["note"]


def test_the_forward_map_leaves_no_entropy(rows: list[Row]) -> None:
    for row in select(rows, measure="posterior_entropy", direction="forward"):
        assert (row["value"], row["kind"], row["output"]) == (0, "exact", None)


def test_what_is_compared_is_listed() -> None:
    names = [name for name, _ in maps_list()]
    assert [name for name in names if "FILE" not in name] == [*EXAMPLES, *REAL_EXAMPLES]
    assert all(parse_any(name).name == name for name in [*EXAMPLES, *REAL_EXAMPLES])
    assert [name for name in EXAMPLES if name in DEFAULT_MAPS] == list(DEFAULT_MAPS)
    assert [name for name, _ in measures_list()] == list(MEASURES)
    assert all(about for _, about in [*maps_list(), *measures_list()])


def test_progress_is_told() -> None:
    told: list[tuple[int, int, str]] = []
    compare(["gray:n=2", "gray:n=3"], ["degree", "gates"], lambda *said: told.append(said))
    assert [done for done, _, _ in told] == list(range(9))
    assert {total for _, total, _ in told} == {8}
    assert told[0][2] == "gray:n=2 degree forward"


def test_bad_requests() -> None:
    with pytest.raises(ValueError, match="degre: no such measure; nearest: degree"):
        compare(["gray:n=2"], ["degre"])
    with pytest.raises(ValueError, match="zzz: no such measure; nearest: degree, monomials"):
        compare(["gray:n=2"], ["zzz"])
    with pytest.raises(TypeError, match="maps = 'gray:n=2': must be a list"):
        compare("gray:n=2")
    assert compare(["gray:n=2"], ["degree", "degree"]) == compare(["gray:n=2"], ["degree"])
    with pytest.raises(ValueError, match="gray:n=2 is given twice"):
        compare(["gray:n=2", parse("gray:n=2")])
    with pytest.raises(ValueError, match="maps is empty"):
        compare([])


def test_sixteen_bits_are_within_reach() -> None:
    found = compare(["triangular:n=16"], ["degree", "monomials", "decision_tree_depth", "posterior_entropy"])
    assert select(found, measure="monomials", direction="encoder")[-1]["value"] == 2583  # F(18) - 1
    depth = select(found, measure="decision_tree_depth", direction="encoder", output=15)
    assert [row["kind"] for row in depth] in (["exact"], ["lower", "upper"])


def test_pairs_take_the_hardest_bit(rows: list[Row]) -> None:
    found = {(pair.map, pair.measure): pair for pair in pairs(rows)}
    assert len(found) == 4 * len(OF_BITS)
    assert found["gray:n=8", "obdd_nodes"] == Pair("gray:n=8", "obdd_nodes", "nodes", Span(3, 3), Span(15, 15))
    assert found["random:n=8,seed=0", "degree"].encoder is None
    assert found["sbox:ascon", "gates"].encoder == Span(9, 9)
    random = found["random:n=8,seed=0", "gates"].forward
    assert random.low < random.high


def test_files(rows: list[Row], tmp_path: Path) -> None:
    folder = tmp_path / "new" / "out"
    paths = write(rows, folder)
    assert sorted(path.name for path in folder.iterdir()) == sorted(path.name for path in paths)
    assert [path.suffix for path in paths] == [".json", ".csv", ".tex", ".pdf", ".svg", ".png"]
    assert json.loads((folder / "compare.json").read_text()) == rows
    with (folder / "compare.csv").open(newline="") as stream:
        table = list(csv.DictReader(stream))
    assert [row["map"] for row in table] == [row["map"] for row in rows]
    assert [row["value"] for row in table] == ["" if row["value"] is None else str(row["value"]) for row in rows]
    assert (folder / "compare.pdf").read_bytes().startswith(b"%PDF")
    assert (folder / "compare.png").read_bytes().startswith(b"\x89PNG")
    assert b"<svg" in (folder / "compare.svg").read_bytes()
    before = [path.read_bytes() for path in paths]
    write(rows, folder)
    assert [path.read_bytes() for path in paths] == before


def test_a_failed_write_leaves_the_old_file(rows: list[Row], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(rows, tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def full(path: Path, content: bytes) -> int:
        path.open("wb").close()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        write(compare(["gray:n=2"]), tmp_path)
    monkeypatch.undo()
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


FEW = ("degree", "monomials", "decision_tree_depth", "obdd_nodes", "gates", "posterior_entropy")


def test_the_figure_shows_every_map_and_measure(rows: list[Row]) -> None:
    assert len(figure(rows).axes) == len(OF_BITS)
    picture = figure([row for row in rows if row["measure"] in FEW])
    titles = ["degree", "monomials", "decision tree depth (queries)", "obdd nodes", "gates", "posterior entropy (bits)"]
    assert [axes.get_title(loc="left") for axes in picture.axes] == titles
    labels = [label.get_text() for label in picture.axes[0].get_yticklabels()]
    assert labels == ["sbox:present", "random:n=8,seed=0", "gray:n=8", "sbox:ascon"]
    depth = [text.get_text() for text in picture.axes[2].texts]
    assert depth == ["4", "8 → none", "2 → 8", "5"]
    long = BooleanMap("folder/" * 9 + "map.blif", 1, 1, [0, 1])
    [label] = figure(compare([long], ["degree"])).axes[0].get_yticklabels()
    assert label.get_text() == "…" + long.name[-31:]


def test_the_figure_draws_no_gap_that_is_not_certain() -> None:
    def row(direction: str, kind: str, value: int) -> dict[str, Any]:
        whole = {"map": "f", "measure": "gates", "output": 0, "unit": "gates", "note": ""}
        return {**whole, "direction": direction, "kind": kind, "value": value}

    def thick(rows: list[Any]) -> list[list[float]]:
        lines = figure(rows).axes[0].lines
        return [np.asarray(line.get_xdata()).tolist() for line in lines if line.get_linewidth() == 3]

    forward = [row("forward", "lower", 4), row("forward", "upper", 9)]
    assert thick([*forward, row("encoder", "lower", 9), row("encoder", "upper", 12)]) == []
    assert thick([*forward, row("encoder", "lower", 10), row("encoder", "upper", 12)]) == [[9, 10]]
    assert thick([*forward, row("encoder", "exact", 3)]) == [[3, 4]]


def test_latex_is_a_table_of_pairs(rows: list[Row]) -> None:
    lines = latex([row for row in rows if row["measure"] in FEW]).splitlines()
    assert lines[1] == r"\begin{tabular}{lrrrrrrrrrrrr}"
    gray = next(line for line in lines if "gray" in line)
    assert gray == r"\texttt{gray:n=8} & $1$ & $1$ & $2$ & $8$ & $2$ & $8$ & $3$ & $15$ & $1$ & $7$ & $0$ & $0$ \\"
    odd = compare([BooleanMap("a_b%{}^\\", 1, 1, [0, 1])], ["degree"])
    assert r"\texttt{a\_b\%\{\}\^{}\textbackslash{}}" in latex(odd)


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
def test_latex_compiles(rows: list[Row], tmp_path: Path) -> None:
    text = r"\documentclass{article}\usepackage{booktabs}\begin{document}\tiny " + latex(rows) + r"\end{document}"
    (tmp_path / "t.tex").write_text(text)
    subprocess.run(["pdflatex", "-interaction=nonstopmode", "t.tex"], cwd=tmp_path, check=True, capture_output=True)


def test_time_limits_leave_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    depth = MEASURES["decision_tree_depth"]
    assert isinstance(depth, BitMeasure)

    def slow(f: np.ndarray[Any, np.dtype[np.uint8]]) -> tuple[Bound, ...]:
        while f[1]:
            pass
        return depth.of_bit(f)

    monkeypatch.setitem(MEASURES, depth.name, replace(depth, of_bit=slow))
    swap = BooleanMap("swap", 2, 2, [0, 2, 1, 3])  # the table of output 1 is 0, 1, 0, 1: it never ends
    found = select(compare([swap], [depth.name], timeout=0.05), direction="forward")
    assert [(row["output"], row["kind"], row["value"]) for row in found] == [
        (0, "exact", 1),
        (1, "lower", 0),
        (None, "lower", 1),
        (None, "upper", None),
    ]
    assert "interrupted" in found[1]["note"]
    assert "no upper bound" in found[3]["note"]
    [pair] = pairs(found)
    assert str(pair) == "≥1 → none"
    assert latex(found)
    assert figure(found)


def test_bad_time_limits() -> None:
    for seconds in (0, -1, float("nan"), float("inf")):
        with pytest.raises(ValueError, match=f"timeout = {seconds}: must be a positive number"):
            compare(["gray:n=2"], ["degree"], timeout=seconds)
    with ThreadPoolExecutor(1) as pool, pytest.raises(ValueError, match=r"timeout = 1: a time limit takes the main"):
        pool.submit(compare, ["gray:n=2"], ["degree"], timeout=1).result()
