from __future__ import annotations

from fractions import Fraction
from math import comb, log
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrodict.labels import complete, tops
from retrodict.separation import Setting, draw, every_setting, interval, layout, rows_of, seeds, trial, trials

SETTING = Setting("M0", 2, 6, 2, 0.9, 800, 3)


@settings(max_examples=30)
@given(st.integers(2, 4), st.integers(2, 4), st.integers(1, 3))
def test_the_layout_identifies_every_label(arity: int, depth: int, lowest: int) -> None:
    if lowest >= depth:
        return
    setting = Setting("M0", arity, depth, 2, 0.9, 0, lowest)
    place = layout(setting, 0)
    assert place.identified and len(place.truth) == setting.n_leaves == arity**depth
    assert Fraction(len(place.revealed.leaves), setting.n_leaves) == setting.share
    assert place.hidden.sum() == setting.n_leaves - len(place.revealed.leaves)
    found = complete(place.tree, place.revealed)
    assert (found.carries == place.truth).all() and found.top.tolist() == list(range(1, place.truth.shape[1] + 1))
    heights = [depth - level for level in range(1, depth + 1) for _ in range(arity**level)]
    assert place.truth.shape[1] == sum(height >= lowest for height in heights)


def test_random_leaves() -> None:
    setting = Setting("M0", 2, 10, 2, 0.9, 0, 3, Fraction(1, 4))
    first, again, other = layout(setting, 1), layout(setting, 1), layout(setting, 2)
    assert (first.revealed.leaves == again.revealed.leaves).all()
    assert not np.array_equal(first.revealed.leaves, other.revealed.leaves)
    assert abs(len(first.revealed.leaves) - 256) < 6 * (1024 * 3 / 16) ** 0.5
    assert len(layout(Setting("M0", 2, 4, 2, 0.9, 0, 2, Fraction(1)), 1).revealed.leaves) == 16
    assert (first.truth[first.revealed.leaves] == first.revealed.carries).all()


def test_labels_obey_the_axioms() -> None:
    place = layout(SETTING, 0)
    sets = np.zeros((place.tree.n_nodes, place.truth.shape[1]), dtype=bool)
    sets[place.tree.leaves] = place.truth
    for v in range(place.tree.n_nodes - 1, 0, -1):  # a vertex carries what all its children do
        if v not in place.tree.leaves:
            sets[v] = sets[place.tree.parent == v].all(axis=0)
    assert tops(place.tree, sets).tolist() == list(range(1, place.truth.shape[1] + 1))


@pytest.mark.parametrize("model", ["M0", "M1", "M2"])
def test_a_trial(model: str) -> None:
    setting = Setting(model, 2, 6, 2, 0.9, 800, 3)
    one, two = trial(setting, 7, threads=1), trial(setting, 7, threads=2)
    assert one == two and one.identified
    assert one.errors["deep"] == 0
    assert (one.errors["low-order"] > 0) == (model != "M0")
    assert set(one.errors) == {"deep", "low-order", "nearest"}
    assert trial(setting, 7, ("nearest",)).errors == {"nearest": one.errors["nearest"]}


def test_far_too_few_features_and_stale_states_label_wrong() -> None:
    few = Setting("M0", 2, 6, 2, 0.8, 20, 3)
    assert trial(few, 1, ("deep",)).errors["deep"] > 0
    deep, stale = (
        [trial(Setting("M0", 4, 5, 2, 0.8, 384, 2), s, ("deep",), rule=rule).errors["deep"] for s in (1, 2, 3)]
        for rule in ("bp", "first_child")
    )
    assert deep == [0, 0, 0] and min(stale) > 0


def test_trials_are_numbered() -> None:
    some = Setting("M0", 2, 5, 2, 0.8, 50, 2)
    whole = list(trials(some, 5, 0, 6, methods=("deep",)))
    assert whole[2:5] == list(trials(some, 5, 2, 3, methods=("deep",)))
    assert len(set(seeds(5, 0, 100))) == 100 and seeds(5, 0, 3) != seeds(6, 0, 3)


@settings(max_examples=100)
@given(st.integers(0, 60), st.integers(1, 60), st.sampled_from([0.05, 0.01]))
def test_the_interval_covers(hits: int, n: int, error: float) -> None:
    hits = min(hits, n)
    low, high = interval(hits / n, n, error)
    assert 0 <= low <= hits / n <= high <= 1
    above = sum(comb(n, k) * low**k * (1 - low) ** (n - k) for k in range(hits, n + 1))
    below = sum(comb(n, k) * high**k * (1 - high) ** (n - k) for k in range(hits + 1))
    assert hits == 0 or above <= error / 2 + 1e-9
    assert hits == n or below <= error / 2 + 1e-9
    if hits == n:
        assert abs(n * log(low) - log(error / 2)) < 1e-6


class Memory:
    """A store that counts."""

    def __init__(self) -> None:
        self.kept: dict[str, Any] = {}

    def read(self, asked: dict[str, Any]) -> Any:
        return self.kept.get(str(asked))

    def write(self, asked: dict[str, Any], rows: Any) -> None:
        assert str(asked) not in self.kept
        self.kept[str(asked)] = rows


def test_rows_are_those_of_the_trials_and_are_kept() -> None:
    grid = every_setting(["M0", "M2"], 2, [4], 2, 0.9, [60, 120], 2, [None, Fraction(1, 2)])
    store, seen = Memory(), []
    rows = list(rows_of(grid[:2], 12, 3, store, lambda *at: seen.append(at[:2])))
    assert [x for x, _ in seen] == [0, 10, 12, 22] and {y for _, y in seen} == {24}
    assert len(store.kept) == 4
    assert rows == list(rows_of(grid[:2], 12, 3, store)) == list(rows_of(grid[:2], 12, 3))
    found = [t.errors for t in trials(grid[1], 3, 0, 12)]
    for row in rows[1]:
        errors = [each[row["method"]] for each in found]
        assert row["trials"] == 12 and row["n_features"] == 120 and row["n_leaves"] == 16 and row["share"] == 0.5
        wrong = sum(e > 0 for e in errors) / 12
        assert row["some_wrong"] == (wrong, *interval(wrong, 12))
        assert row["error"][0] == pytest.approx(sum(errors) / 12)


def test_what_is_finished_stays_after_an_interruption() -> None:
    grid = every_setting(["M0"], 2, [4], 2, 0.9, [60], 2, [None])
    store = Memory()

    def stop(done: int, total: int, what: str) -> None:
        if done == 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(rows_of(grid, 30, 3, store, stop))
    assert len(store.kept) == 2
    assert list(rows_of(grid, 30, 3, store)) == list(rows_of(grid, 30, 3))


@pytest.mark.parametrize("suffix", ["svg", "png"])
def test_the_figure(tmp_path: Path, suffix: str) -> None:
    grid = every_setting(["M0", "M1"], 2, [4, 5], 2, 0.9, [60, 120], 2, [None])
    rows = [row for some in rows_of(grid, 2, 3) for row in some]
    paths = [tmp_path / f"{i}.{suffix}" for i in range(2)]
    for path in paths:
        draw(rows, path)
    assert paths[0].read_bytes() == paths[1].read_bytes()


@pytest.mark.parametrize(
    "change, message",
    [
        ({"model": "M4"}, r"model = 'M4'"),
        ({"arity": 1}, r"arity = 1, depth = 3: both must be at least 2"),
        ({"lowest": 3}, r"lowest = 3: it must be 1 ... 2, above leaves, below the root"),
        ({"fraction": Fraction(0)}, r"fraction = 0: it must be above 0 and at most 1"),
    ],
)
def test_errors(change: dict[str, object], message: str) -> None:
    given = {"model": "M0", "arity": 2, "depth": 3, "q": 2, "strength": 0.5, "n_features": 4, "lowest": 1}
    with pytest.raises(ValueError, match=message):
        Setting(**{**given, **change})  # type: ignore[arg-type]


def test_more_errors() -> None:
    with pytest.raises(ValueError, match=r"methods has 'oracle': it takes deep, low-order, nearest"):
        trial(SETTING, 1, ("oracle",))
    with pytest.raises(ValueError, match=r"n_trials = 0: it must be at least 1"):
        next(rows_of([SETTING], 0, 1))
    with pytest.raises(ValueError, match=r"mean = nan, n = 3, error = 0.05"):
        interval(float("nan"), 3)
    with pytest.raises(ValueError, match=r"mean = 0.5, n = 0"):
        interval(0.5, 0)
