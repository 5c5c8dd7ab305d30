"""Families of maps as n grows: the laws, the files, the figure, the command."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrodict.capacity import MEASURES as MEASURES_BY_NAME
from retrodict.capacity import Bound, JointMeasure
from retrodict.capacity.measure import BY_CTRL_C
from retrodict.cli import main
from retrodict.compare import Member, Row, curves, members, scaling, sizes_of, stream, write_scaling
from retrodict.compare.growth import growth
from retrodict.compare.scaling_figure import scaling_figure
from retrodict.maps import FAMILIES

MEASURES = ["decision_tree_depth", "monomials", "gates"]
Found = tuple[list[Member], list[Row]]


@pytest.fixture(scope="module")
def found() -> Found:
    return scaling(["gray", "triangular", "random"], range(4, 9), MEASURES)


def test_laws_of_known_families(found: Found) -> None:
    laws = {(c.family, c.measure, c.direction): c for c in curves(*found)}
    assert laws["gray", "decision_tree_depth", "forward"].label == "2"
    assert laws["gray", "decision_tree_depth", "encoder"].label == "n"
    fibonacci = laws["triangular", "monomials", "encoder"]
    assert [span.high for _, span in fibonacci.points] == [3, 5, 8, 13, 21]
    assert fibonacci.lower is not None
    assert fibonacci.lower.law == "exponential"
    assert abs(fibonacci.lower.rate - 0.694) < 0.01  # log2 of the golden ratio
    bounds = laws["triangular", "gates", "encoder"]
    assert not bounds.exact
    assert "≤ n^" in bounds.label or "≤ 2^" in bounds.label
    assert ("random", "monomials", "encoder") not in laws, "a map without inverse has no encoder's curve"


@given(
    law=st.sampled_from(["power", "exponential"]),
    rate=st.floats(0.3, 2),
    constant=st.floats(0.5, 8),
    sizes=st.lists(st.integers(2, 16), min_size=4, max_size=9, unique=True).map(sorted),
)
def test_a_law_is_found_again(law: str, rate: float, constant: float, sizes: list[int]) -> None:
    values = [constant * (n**rate if law == "power" else 2 ** (rate * n)) for n in sizes]
    fit = growth(sizes, values)
    assert fit is not None
    assert fit.misfit < 1e-9
    if fit.law == law:
        assert fit.rate == pytest.approx(rate)
        assert fit.constant == pytest.approx(constant)
    else:
        assert (fit.law, rate) == ("linear", pytest.approx(1))


@given(slope=st.integers(0, 9), start=st.integers(1, 50), sizes=st.lists(st.integers(2, 16), min_size=4, unique=True))
def test_lines_are_told_from_fits(slope: int, start: int, sizes: list[int]) -> None:
    sizes.sort()
    fit = growth(sizes, [slope * n + start for n in sizes])
    assert fit is not None
    assert (fit.law, fit.rate, fit.constant) == ("linear", slope, start)
    off = growth(sizes, [slope * n + start + (n == sizes[-1]) for n in sizes])
    assert off is None or off.law != "linear"


def test_too_little_for_a_law() -> None:
    assert growth([4, 5, 6], [1, 2, 3]) is None
    assert growth([4, 5, 6, 7], [0, 1, 2, 3]) is None
    assert growth([4, 5, 6, 7], [5, 10, 5, 6]) is None, "no law comes near"


def test_sizes() -> None:
    assert sizes_of("n=4..16") == list(range(4, 17))
    for text in ("n=", "n=9..4", "n=4..8..0", "n=4..", "n=-1", "n=a", "4..8"):
        with pytest.raises(ValueError, match="sizes are written as"):
            sizes_of(text)


def test_members_of_every_family_with_n() -> None:
    for name, family in FAMILIES.items():
        if "n" in family.ranges:
            mine = members([name], range(3, 17))
            assert all(member.map.name.startswith(f"{name}:") for member in mine)
            assert mine, name


def test_bad_families() -> None:
    with pytest.raises(ValueError, match="gary: no such family of maps of n bits; nearest: gray"):
        members(["gary"], [4])
    with pytest.raises(ValueError, match="sizes is empty"):
        members(["gray"], [])
    with pytest.raises(ValueError, match=r"cube:n=4: n must be odd|must lie in"):
        members(["cube"], [4])
    with pytest.raises(ValueError, match="rounds = 0"):
        members(["feistel:rounds=0"], [4])


def test_files_and_figure(found: Found, tmp_path: Path) -> None:
    paths = write_scaling(*found, tmp_path)
    assert [path.name for path in paths] == [f"scaling.{e}" for e in ("json", "csv", "tex", "pdf", "svg", "png")]
    held = json.loads((tmp_path / "scaling.json").read_text())
    assert [{k: row[k] for k in found[1][0]} for row in held["rows"]] == found[1]
    assert {(row["family"], row["n"]) for row in held["rows"]} == {(m.family, m.n) for m in found[0]}
    assert len(held["growth"]) == len(curves(*found))
    with (tmp_path / "scaling.csv").open(newline="") as stream:
        assert len(list(csv.DictReader(stream))) == len(found[1])
    tex = (tmp_path / "scaling.tex").read_text()
    assert r"\texttt{gray} & gates & $1$ & $n-1$ \\" in tex
    picture = scaling_figure(found[0], curves(*found))
    assert len(picture.axes) == 9
    texts = [text.get_text() for text in picture.axes[0].texts]
    assert {"$2$", "$n$", "gray"} <= set(texts)


def status(*argv: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(argv)
    assert isinstance(ended.value.code, int)
    return ended.value.code


def test_the_command(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    command = ("compare", "--scaling", "gray", "n=4..7", "--measure", "gates")
    assert status(*command, "--out", "out") == 0
    assert "n-1" in capsys.readouterr().out
    assert (tmp_path / "out" / "scaling.png").is_file()
    assert status(*command, "--json", "--timeout", "60") == 0
    assert {row["n"] for row in json.loads(capsys.readouterr().out)["rows"]} == {4, 5, 6, 7}
    for wrong in (("gray",), ("n=4..6",), ("gray", "n=4..6", "n=4..8"), ("gray", "n=6..4"), ("grey", "n=4..6")):
        assert status("compare", "--scaling", *wrong) == 2
        assert capsys.readouterr().err.startswith("retrodict: ")


def test_an_interrupted_comparison_keeps_what_it_has(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import importlib

    package = importlib.import_module("retrodict.compare.rows")
    monkeypatch.chdir(tmp_path)
    real = package.cell

    def rows(f: object, measure: object, direction: str, *others: object) -> object:
        if direction == "encoder":
            raise KeyboardInterrupt
        return real(f, measure, direction, *others)

    monkeypatch.setattr(package, "cell", rows)
    assert next(stream(["gray:n=3"], ["gates"]))
    for command in (("gray:n=3",), ("--scaling", "gray", "n=3,4")):
        assert status("compare", *command, "--measure", "gates", "--out", "out") == 130
        assert "interrupted; what had finished is kept" in capsys.readouterr().err
    assert {row["direction"] for row in json.loads((tmp_path / "out" / "compare.json").read_text())} == {"forward"}
    assert {row["n"] for row in json.loads((tmp_path / "out" / "scaling.json").read_text())["rows"]} == {3}


def test_a_search_that_was_stopped_keeps_its_bounds_and_ends_the_comparison(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    measure = MEASURES_BY_NAME["gates_joint"]
    assert isinstance(measure, JointMeasure)
    stopped = replace(measure, of_map=lambda f, timeout: (Bound("lower", 3, BY_CTRL_C), Bound("upper", 9, BY_CTRL_C)))
    monkeypatch.setitem(MEASURES_BY_NAME, measure.name, stopped)
    assert status("compare", "gray:n=4", "--measure", "gates_joint", "--out", "out") == 130
    assert "interrupted; what had finished is kept" in capsys.readouterr().err
    rows = json.loads((tmp_path / "out" / "compare.json").read_text())
    assert [(row["direction"], row["kind"], row["value"]) for row in rows] == [
        ("forward", "lower", 3),
        ("forward", "upper", 9),
    ]
