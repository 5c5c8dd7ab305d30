"""Chance: sizes, gaps, seeds and the capacity; both error rates measured with the error set to 5 %."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction as Q
from typing import Any

import numpy as np
import pytest

from retrodict.claims import CAPACITY, CapacityError, Claim, Law, Mean, Theorem, Verdict, budget, enforce, equal, judge
from retrodict.claims.budget import ERROR, Stream, allowed_gap, bernstein_half_width, bernstein_schedule, replicas

RUNS = 4000
ALLOWED = 0.05 + 4 * math.sqrt(0.05 * 0.95 / RUNS)


def test_a_whole_run_is_wrong_by_chance_with_probability_at_most_one_in_ten_thousand() -> None:
    assert pytest.approx(1e-4) == ERROR * CAPACITY


@pytest.mark.parametrize(
    ("width", "resolution", "n"), [(1, 0.02, 95_570), (1, 0.1, 3823), (2, 0.2, 3823), (10, 0.5, 15_292)]
)
def test_sample_sizes(width: float, resolution: float, n: int) -> None:
    assert replicas(width, resolution) == n == math.ceil(2 * math.log(2e8) * (width / resolution) ** 2)


@pytest.mark.parametrize("error", [0.05, 1e-8])
@pytest.mark.parametrize("resolution", [0.3, 0.02, 0.001])
def test_the_size_is_the_least_at_which_both_errors_are_bounded(resolution: float, error: float) -> None:
    def tail(n: int) -> float:
        return 2 * math.exp(-2 * n * allowed_gap(resolution) ** 2)

    n = replicas(1, resolution, error)
    assert tail(n) <= error * (1 + 1e-9) < tail(n - 1) * (1 + 1e-6)
    assert allowed_gap(resolution) == resolution - allowed_gap(resolution)


@pytest.mark.parametrize(
    ("width", "resolution", "message"),
    [
        (1, 0, "resolution = 0: it must be positive"),
        (1, 1, "below the width 1"),
        (1, 1e-6, "resolution = 1e-06: 3.8e.13 draws"),
    ],
)
def test_impossible_sizes_are_refused(width: float, resolution: float, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replicas(width, resolution)


@pytest.mark.parametrize("error", [0.05, 1e-8])
@pytest.mark.parametrize("resolution", [0.5, 0.1, 0.01])
def test_the_bernstein_schedule_ends_where_any_sample_is_decided(resolution: float, error: float) -> None:
    sizes = bernstein_schedule(1, resolution, error)
    assert sizes == sorted(set(sizes))
    assert sizes[-1] >= replicas(1, resolution, error / len(sizes))
    for n, next_n in itertools.pairwise(sizes):
        assert next_n <= 2 * n
    if len(sizes) > 1:
        assert bernstein_half_width(1, 0, sizes[0], error / len(sizes)) <= allowed_gap(resolution)


def test_a_small_variance_costs_fewer_draws_under_a_bernstein_bound() -> None:
    drawn = {"hoeffding": 0, "bernstein": 0}

    def sample(bound: str) -> Mean:
        def draw(n: int, seed: int) -> Any:
            drawn[bound] += n
            return np.random.default_rng(seed).random(n) * 0.01

        return Mean(draw, 0, 1, resolution=0.01, bound=bound)

    for bound in drawn:
        assert judge(equal(sample(bound), Q(1, 200))).verdict is Verdict.HOLDS
    assert 10 * drawn["bernstein"] < drawn["hoeffding"] == replicas(1, 0.01)


def test_seeds_depend_on_everything_that_names_a_draw() -> None:
    base = Stream(0, "thm:a", "check", "d = 2")
    others = [
        Stream(1, "thm:a", "check", "d = 2"),
        Stream(0, "thm:b", "check", "d = 2"),
        Stream(0, "thm:a", "x", "d = 2"),
    ]
    others.append(Stream(0, "thm:a", "check", "d = 3"))
    seeds = [stream.seed("left", 0) for stream in [base, *others]] + [base.seed("left", 1), base.seed("right", 0)]
    assert len(set(seeds)) == 7 and all(0 <= seed < 2**63 for seed in seeds)
    assert base.seed("left", 0) == Stream(0, "thm:a", "check", "d = 2").seed("left", 0)


def theorem_that_records(seen: list[tuple[int, int]]) -> Theorem:
    T = Theorem(label="thm:fair", statement="")

    @T.check(d=[1, 2])
    def fair(d: int, value: Q = Q(1, 2)) -> Claim:
        "The coin is fair."

        def draw(n: int, seed: int) -> Any:
            seen.append((n, seed))
            return np.random.default_rng(seed).integers(0, 2, n)

        return equal(Mean(draw, 0, 1, resolution=0.02), value)

    T.control(fair, "the coin is biased", value=Q(3, 5))
    return T


def test_instances_controls_batches_and_salts_draw_apart_and_reproducibly() -> None:
    runs: list[list[tuple[int, int]]] = []
    for salt in (0, 0, 1):
        runs.append([])
        report = theorem_that_records(runs[-1]).judge(salt=salt)
        assert (report.verdict, report.judgements, report.salt) == (Verdict.HOLDS, 4, salt)
    assert runs[0] == runs[1]
    seeds = [seed for run in runs[1:] for _, seed in run]
    assert len(set(seeds)) == len(seeds)
    assert sum(n for n, _ in runs[0]) == 4 * replicas(1, 0.02)
    assert max(n for n, _ in runs[0]) <= budget.BATCH


@pytest.mark.parametrize(
    ("draw", "error", "message"),
    [
        (lambda n, seed: np.zeros((n, 2)), ValueError, r"shape \(\d+, 2\): it must return \d+ replicas"),
        (lambda n, seed: np.zeros(n - 1), ValueError, "replicas"),
        (lambda n, seed: 0, ValueError, "replicas"),
        (lambda n, seed: np.where(np.arange(n) == 7, 1.5, 0), ValueError, r"draw 7 = 1.5: it must lie in .* \[0, 1\]"),
        (lambda n, seed: np.where(np.arange(n) == 3, np.nan, 0), ValueError, "draw 3 = nan"),
        (lambda n, seed: -np.ones(n), ValueError, "draw 0 = -1.0"),
        (lambda n, seed: np.full(n, "a"), TypeError, "replicas are real numbers"),
    ],
)
def test_bounds_and_shape_are_tested_on_every_draw(draw: Any, error: type[Exception], message: str) -> None:
    for claim in (equal(Mean(draw, 0, 1, resolution=0.1), 0), equal(Law(draw, 0, 1, resolution=0.1), {0: 1})):
        with pytest.raises(error, match=message):
            judge(claim)


def test_the_capacity_is_enforced_over_a_run() -> None:
    assert enforce([CAPACITY - 1, 1]) == CAPACITY
    with pytest.raises(CapacityError, match="10001 judgements: a run may make 10000"):
        enforce([CAPACITY, 1])


def test_the_capacity_is_enforced_within_a_theorem_before_anything_is_drawn() -> None:
    T = Theorem(label="thm:many", statement="")

    def draw(n: int, seed: int) -> Any:
        raise AssertionError("drawn")

    @T.check()
    def many(count: int = CAPACITY + 1) -> Claim:
        "Too many means."
        return equal([Mean(draw, 0, 1, resolution=0.5)] * count, [0] * count)

    with pytest.raises(CapacityError, match="10001 judgements"):
        T.judge()


def coin(heads: float) -> Any:
    return lambda n, seed: np.random.default_rng(seed).random(n) < heads


def uniform(n: int, seed: int) -> Any:
    return np.random.default_rng(seed).integers(0, 200, n)


UNIFORM = {k: Q(1, 200) for k in range(200)}


def refusals(claim: Claim) -> float:
    """Share of independent runs that refute the claim, each with an error of 5 % to do so wrongly."""
    seen = [judge(claim, stream=Stream(salt), error=0.05).verdict for salt in range(RUNS)]
    return seen.count(Verdict.FAILS) / RUNS


@pytest.mark.parametrize(
    "claim",
    [
        equal(Mean(coin(0.5), 0, 1, resolution=0.1), Q(1, 2)),
        equal(Mean(coin(0.5), 0, 1, resolution=0.1, bound="bernstein"), Q(1, 2)),
        equal(Law(uniform, 0, 199, resolution=0.2), UNIFORM),
        equal(Law(uniform, 0, 199, resolution=0.4), Law(uniform, 0, 199, resolution=0.4)),
    ],
)
def test_a_true_claim_is_refuted_at_most_at_the_declared_rate(claim: Claim) -> None:
    assert refusals(claim) <= ALLOWED


@pytest.mark.parametrize(
    "claim",
    [
        equal(Mean(coin(0.55), 0, 1, resolution=0.1), Q(9, 20)),
        equal(Mean(coin(0.55), 0, 1, resolution=0.1, bound="bernstein"), Q(9, 20)),
        equal(Law(coin(0.55), 0, 1, resolution=0.1), {0: Q(11, 20), 1: Q(9, 20)}),
        equal(Law(coin(0.7), 0, 1, resolution=0.4), Law(coin(0.3), 0, 1, resolution=0.4)),
    ],
)
def test_a_claim_that_is_off_by_the_resolution_passes_at_most_at_the_declared_rate(claim: Claim) -> None:
    assert 1 - refusals(claim) <= ALLOWED


def test_an_allowed_gap_shrunk_by_a_third_is_seen_to_fail_for_a_law(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "allowed_gap", lambda resolution: resolution / 3)
    assert refusals(equal(Law(uniform, 0, 199, resolution=0.2), UNIFORM)) > 2 * ALLOWED
