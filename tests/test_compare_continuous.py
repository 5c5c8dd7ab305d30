"""Continuous maps in a comparison: their rows, beside those of maps of bits, and what is refused."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from flint import arb, fmpq
from hypothesis import given
from hypothesis import strategies as st

from retrodict.capacity import MEASURES, ContinuousMeasure, Setting
from retrodict.capacity.enclosed import bound
from retrodict.capacity.measure import NoValueError
from retrodict.compare import Row, compare, latex, pairs, write
from retrodict.compare.figure import figure
from retrodict.maps.continuous import fold, linear, reflection, residual

HALF = Fraction(1, 2)
WAVE = residual(HALF, reflection([1, 2]))
LOST = linear([[1, 0], [0, 0]])
KAPPA = ["condition_number", "first_order_steps"]


def only(rows: list[Row], **wanted: Any) -> Row:
    (row,) = (row for row in rows if all(row[key] == value for key, value in wanted.items()))  # type: ignore[literal-required]
    return row


def test_rows_say_what_they_were_asked() -> None:
    rows = compare([WAVE], KAPPA, beta="0.1", eps="1/1000")
    kappa, steps = rows
    assert (kappa["kind"], kappa["value"], kappa["beta"], kappa["eps"]) == (
        "upper",
        pytest.approx(113 / 13),
        "1/10",
        None,
    )
    assert (steps["kind"], steps["value"], steps["beta"], steps["eps"]) == ("conditional", 11, "1/10", "1/1000")
    assert json.loads(json.dumps(rows)) == rows


@pytest.mark.parametrize(("noise", "value"), [("0.1", 101), ("0.01", 10001), ("0.001", 1000001)])
def test_a_lost_direction_has_no_bound_in_the_noise(noise: str, value: int) -> None:
    row = only(compare([LOST], KAPPA, beta=noise), measure="condition_number")
    assert (row["kind"], row["value"]) == ("exact", pytest.approx(value))


def test_maps_of_bits_and_continuous_ones_together() -> None:
    rows = compare([WAVE, fold(), "gray:n=3"], ["degree", "condition_number"])
    assert only(rows, map="gray:n=3", measure="degree", direction="encoder", output=2)["value"] == 1
    stray = only(rows, map="gray:n=3", measure="condition_number")
    assert (stray["value"], stray["note"]) == (None, "no meaning here: a measure of continuous maps")
    refused = only(rows, map="fold", measure="condition_number")
    assert (refused["value"], refused["note"]) == (None, "M is not bounded: the derivative 2 t grows without bound")
    found = {(pair.map, pair.measure): str(pair) for pair in pairs(rows)}
    assert found == {
        (WAVE.name, "condition_number"): "≤9",
        ("fold", "condition_number"): "none",
        ("gray:n=3", "degree"): "1",
    }


def test_all_measures_that_have_a_meaning_are_taken() -> None:
    asked = list(dict.fromkeys(row["measure"] for row in compare([LOST])))
    assert asked == [name for name, measure in MEASURES.items() if isinstance(measure, ContinuousMeasure)]


def test_files_and_figure(tmp_path: Path) -> None:
    rows = compare([WAVE, LOST, fold(), "gray:n=3"], ["degree", *KAPPA])
    write(rows, tmp_path)
    assert json.loads((tmp_path / "compare.json").read_text()) == rows
    text = latex(rows)
    assert r"$\le 9$" in text
    assert "if $5$" in text
    assert len(figure(rows).axes) == 3


def test_bad_settings() -> None:
    for name, value, rule in [
        ("beta", 0, "beta = 0: the standard deviation of the noise must be positive"),
        ("beta", "-1/2", "beta = -1/2: the standard deviation of the noise must be positive"),
        ("eps", 2, r"eps = 2: the total variation allowed must lie strictly between 0 and 1"),
        ("eps", "1", r"eps = 1: the total variation allowed must lie strictly between 0 and 1"),
        ("eps", "nan", "eps = nan: must be a number such as 0.01 or 1/100"),
        ("beta", "inf", "beta = inf: must be a number such as 0.01 or 1/100"),
        ("beta", "1/0", "beta = 1/0: must be a number such as 0.01 or 1/100"),
        ("beta", "", "beta = : must be a number such as 0.01 or 1/100"),
    ]:
        with pytest.raises(ValueError, match=rule):
            compare([WAVE], KAPPA, **{name: value})  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"beta = 0.1 is a float: write the exact number, as in '0.1'"):
        Setting(0.1)  # type: ignore[arg-type]


@given(st.fractions(), st.integers(0, 40))
def test_bounds_are_rounded_to_the_side_that_keeps_them_true(value: Fraction, digits: int) -> None:
    exact = value / 10**digits
    ball = arb(fmpq(exact.numerator, exact.denominator))
    for number in (exact, ball):
        upper, lower = bound("upper", number).value, bound("lower", number).value
        assert upper is not None and lower is not None
        assert Fraction(lower) <= exact <= Fraction(upper)
        assert Fraction(upper) - Fraction(lower) <= max(abs(exact), Fraction(1, 10**300)) / 2**50


def test_balls_that_are_too_wide_give_no_value() -> None:
    with pytest.raises(NoValueError, match="only known to lie in"):
        bound("exact", arb(1, 1e-3))
    assert bound("upper", arb(1, 1e-3)).value == pytest.approx(1.001)
    with pytest.raises(NoValueError, match="not a finite number"):
        bound("upper", arb(1) / arb(0))


def test_noise_that_balls_cannot_tell_from_none_leaves_rows_without_values() -> None:
    rows = compare(["fold"], ["unimodal_distance"], beta="1e-400")
    assert [row["value"] for row in rows] == [None] * len(rows)
    assert any("not settled: beta = 1.00e-400" in row["note"] for row in rows)
