"""Population dynamics: the twin's laws are the definition, the kernel is the twin on the draws that are documented."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from fractions import Fraction as Q
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrodict.exact import population_dynamics as exact
from retrodict.exact.reconstruction import reconstruction
from retrodict.population_dynamics import Population, leaves, run, scaling, threshold

LAMBDA = st.fractions(min_value=Q(-1, 4), max_value=1, max_denominator=9)
WORD = 2**64


def philox_words(seed: int, replica: int) -> Iterator[int]:
    """64-bit words of one stream of Philox4x32-10, written from the paper (Salmon et al., SC 2011)."""
    low = 0xFFFFFFFF
    for block in range(1 << 20):
        c = [block & low, block >> 32, replica & low, replica >> 32]
        k = [seed & low, seed >> 32]
        for _ in range(10):
            left, right = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
            c = [right >> 32 ^ c[1] ^ k[0], right & low, left >> 32 ^ c[3] ^ k[1], left & low]
            k = [(k[0] + 0x9E3779B9) & low, (k[1] + 0xBB67AE85) & low]
        yield c[0] | c[1] << 32
        yield c[2] | c[3] << 32


def expected(members: Any, k: int, arity: int, lam: float, seed: int, step: int, symmetrised: bool) -> Any:
    """Member k one step later: the documented draws, and the twin."""
    n, q = members.shape
    words = philox_words(seed, (step + 2 << 32) + k)
    drawn = []
    for _ in range(arity):
        w = next(words) * n
        other = w % WORD * (q - 1)
        same = other % WORD < Q(lam + (1 - lam) / q) * WORD
        drawn.append((w // WORD, 0 if same else 1 + other // WORD))
    rows = [[float(p) for p in row] for row in members]
    eta = exact.update(rows, drawn, lam)
    if not symmetrised:
        return eta
    u, truth, below = (next(words) >> 11) * 2.0**-53, 0, eta[0]
    while below <= u and truth + 1 < q:
        truth += 1
        below += eta[truth]
    order, faces = list(range(1, q)), 2**32
    for m in range(q - 1, 1, -1):
        if faces * m > 2**32:
            w, faces = next(words), 1
        faces *= m
        j, w = w * m // WORD, w * m % WORD
        order[m - 1], order[j] = order[j], order[m - 1]
    return exact.symmetrise(eta, truth, order)


@pytest.mark.parametrize("symmetrised", [True, False])
@pytest.mark.parametrize(
    ("q", "arity", "lam"),
    [(2, 1, 0.5), (2, 3, -1.0), (3, 2, 0.75), (5, 2, 0.67), (9, 12, -0.1), (64, 2, 0.6), (4, 9, -1 / 3)],
)
def test_kernel_is_the_twin(q: int, arity: int, lam: float, symmetrised: bool) -> None:
    start = leaves(q, 70, seed=5, strength=0.4, dtype=np.float64)
    found = run(start, arity, lam, 1, symmetrised=symmetrised).population.members
    for k in (0, 1, 33, 63, 64, 69):
        assert found[k] == pytest.approx(expected(start.members, k, arity, lam, 5, 0, symmetrised), abs=1e-14)
    later = run(Population(found, 5, 7), arity, lam, 1, symmetrised=symmetrised).population.members
    assert later[3] == pytest.approx(expected(found, 3, arity, lam, 5, 7, symmetrised), abs=1e-14)


@pytest.mark.parametrize(
    ("q", "arity", "depth"), [(2, 2, 2), (2, 3, 1), (3, 2, 1), (3, 2, 2), (3, 3, 1), (4, 2, 1), (5, 2, 1)]
)
@pytest.mark.parametrize("lam", [Q(2, 3), Q(-1, 5), Q(1), Q(0)])
def test_laws_are_those_of_the_posterior_and_symmetrising_keeps_them(q: int, arity: int, depth: int, lam: Q) -> None:
    law = exact.leaf_law(q, Q(1))
    for _ in range(depth):
        law = exact.next_law(law, arity, lam)
        assert sum(law.values()) == 1
        assert exact.symmetrised_law(law) == law
    true_mass = reconstruction(q, arity, depth, lam).true_mass
    assert exact.masses(law) == (true_mass, true_mass)


@given(lam=LAMBDA, strength=LAMBDA)
def test_noisy_leaves_too(lam: Q, strength: Q) -> None:
    law = exact.next_law(exact.leaf_law(3, strength), 2, lam)
    first, second = exact.masses(law)
    assert first == second
    assert exact.symmetrised_law(law) == law


def test_symmetrising_restores_what_a_law_lacks() -> None:
    skew = {(Q(1, 5), Q(3, 5), Q(1, 5)): Q(1)}
    first, second = exact.masses(skew)
    assert first != second
    law = exact.symmetrised_law(skew)
    assert exact.masses(law) == (second, second)
    assert exact.symmetrised_law(law) == law


@pytest.mark.parametrize(
    ("q", "arity", "depth", "lam"), [(3, 2, 3, Q(3, 4)), (3, 3, 2, Q(1, 2)), (3, 2, 3, Q(-1, 2)), (5, 2, 2, Q(2, 3))]
)
@pytest.mark.parametrize("symmetrised", [True, False])
def test_populations_estimate_x(q: int, arity: int, depth: int, lam: Q, symmetrised: bool) -> None:
    found = run(leaves(q, 200_000, seed=3), arity, float(lam), depth, symmetrised=symmetrised)
    for n in range(depth):
        x = float(reconstruction(q, arity, n + 1, lam).x_n)
        # Errors of the steps before add to that of one step.
        assert found.first[n] == pytest.approx(x, abs=8 * found.first_error[n])
        assert found.second[n] == pytest.approx(x, abs=8 * found.second_error[n])
        assert abs(found.gap[n]) < 6 * found.gap_error[n] + 1e-12


def test_errors_are_those_of_independent_members() -> None:
    n, tries = 400, 2000
    last = [run(leaves(3, n, seed=s), 2, 0.75, 1, threads=1).last() for s in range(tries)]
    for name in ("first", "second", "gap"):
        spread = np.std([getattr(e, name) for e in last])
        assert spread == pytest.approx(np.mean([getattr(e, f"{name}_error") for e in last]), rel=0.08)


@settings(max_examples=30, deadline=None)
@given(
    q=st.sampled_from([2, 3, 5, 8, 11]),
    arity=st.integers(1, 5),
    n=st.integers(1, 2500),
    cut=st.integers(0, 4),
    dtype=st.sampled_from([np.float32, np.float64]),
    symmetrised=st.booleans(),
    seed=st.integers(0, 2**64 - 1),
)
def test_threads_and_cuts_do_not_matter(
    q: int, arity: int, n: int, cut: int, dtype: Any, symmetrised: bool, seed: int
) -> None:
    start = leaves(q, n, seed, strength=0.7, dtype=dtype)
    one = run(start, arity, 0.6, 4, symmetrised=symmetrised, threads=1)
    part = run(start, arity, 0.6, cut, symmetrised=symmetrised, threads=3)
    rest = run(part.population, arity, 0.6, 4 - cut, symmetrised=symmetrised, threads=2)
    assert np.array_equal(one.population.members, rest.population.members)
    assert one.population.members.dtype == dtype
    for name in ("depth", "first", "second", "first_error", "second_error", "gap_error"):
        assert np.array_equal(getattr(one, name), np.concatenate([getattr(part, name), getattr(rest, name)]))


def test_it_stops_below() -> None:
    whole = run(leaves(5, 2000, seed=1), 2, 0.5, 60)
    short = run(leaves(5, 2000, seed=1), 2, 0.5, 60, stop_below=0.05)
    k = len(short.depth)
    assert 0 < k < 60
    assert short.second[-1] < 0.05 <= short.second[:-1].min()
    assert np.array_equal(short.second, whole.second[:k])
    assert short.population.steps == k


def test_certain_colours_stay_certain() -> None:
    still = run(leaves(6, 500, seed=2), 3, 1.0, 5)
    assert still.second == pytest.approx(np.ones(5), abs=1e-15)
    colourings = run(leaves(3, 20_000, seed=2), 9, -0.5, 30)
    assert colourings.second[-1] > 0.9
    assert np.isfinite(colourings.population.members).all()
    assert abs(colourings.gap[-1]) < 6 * colourings.gap_error[-1]


def test_many_children_do_not_underflow() -> None:
    found = run(leaves(64, 300, seed=4), 300, 0.1, 1)  # products of 300 factors near 1/64
    assert found.second[0] > 0.99


def test_nothing_is_learnt_of_nothing() -> None:
    found = run(leaves(4, 300, seed=0, strength=0), 2, 0.9, 2)
    assert np.abs(found.first).max() < 1e-6
    assert np.allclose(run(leaves(4, 300, seed=0), 2, 0, 1).population.members, 0.25)


def test_progress_is_told_and_can_stop() -> None:
    seen: list[float] = []
    run(leaves(20, 20_000, seed=1), 4, 0.5, 25, progress=seen.append, threads=1)
    assert seen == sorted(seen)
    assert 0 < seen[-1] <= 1

    def stop(fraction: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(leaves(20, 20_000, seed=1), 4, 0.5, 10_000, progress=stop, threads=1)


def test_threshold_brackets_what_it_saw() -> None:
    found = threshold(10, 2, seed=7, n=1000, steps=80, width=0.01)
    assert found.upper - found.lower <= 0.01
    assert found.lower == max(lam for lam, survived, _ in found.runs if not survived)
    assert found.upper == min(lam for lam, survived, _ in found.runs if survived)
    assert [e.seed for _, _, e in found.runs] == [7 + k for k in range(len(found.runs))]
    assert all((e.second >= found.floor) == survived for _, survived, e in found.runs)
    assert json.loads(json.dumps(dataclasses.asdict(found)))["q"] == 10
    assert found.relative == pytest.approx(2 * ((found.lower + found.upper) / 2) ** 2)


def test_scaling_is_one_run_a_size() -> None:
    first, second = scaling(4, 2, 0.8, [50, 60], 3, seed=4)
    assert (first.n, first.seed, second.n, second.seed) == (50, 4, 60, 5)
    assert second == run(leaves(4, 60, 5), 2, 0.8, 3).last()


def test_bad_input() -> None:
    start = leaves(4, 10, seed=1)
    for q, n, message in ((1, 5, "q = 1: must be at least 2"), (3, 0, "n = 0: must be at least 1")):
        with pytest.raises(ValueError, match=message):
            leaves(q, n, seed=1)
    with pytest.raises(ValueError, match="dtype = int64: it must be float32 or float64"):
        leaves(3, 5, seed=1, dtype=int)
    with pytest.raises(ValueError, match="members has 2000 columns: there are 2 to 1024 colours"):
        run(leaves(2000, 3, seed=1), 2, 0.5, 1)
    for lam in (1.01, -0.34, float("nan")):
        with pytest.raises(ValueError, match=rf"lam = {lam}: must be at least -1/3 and at most 1"):
            run(start, 2, lam, 1)
    with pytest.raises(ValueError, match="arity = 0"):
        run(start, 0, 0.5, 1)
    with pytest.raises(TypeError, match=r"steps = 1\.5: it must be an integer"):
        run(start, 2, 0.5, 1.5)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"steps = 5 after step 4294967295: the last must be below 2\^32"):
        run(Population(start.members, 1, 2**32 - 2), 2, 0.5, 5)
    with pytest.raises(ValueError, match="stop_below = nan"):
        run(start, 2, 0.5, 1, stop_below=float("nan"))
    with pytest.raises(ValueError, match=r"seed = -1"):
        run(Population(start.members, -1, 0), 2, 0.5, 1)
    with pytest.raises(ValueError, match=r"members has shape \(4,\): it must be \(n, q\)"):
        run(Population(np.ones(4, dtype=np.float32), 1, 0), 2, 0.5, 1)
    members = start.members.copy()
    members[7, 2] = -0.5
    with pytest.raises(ValueError, match=r"members\[7, 2\] = -0\.5: a probability lies in \[0, 1\]"):
        run(Population(members, 1, 0), 2, 0.5, 1)
    members[7] = 0.5
    with pytest.raises(ValueError, match=r"members\[7\] sums to 2: a posterior sums to 1 within 1e-05"):
        run(Population(members, 1, 0), 2, 0.5, 1)
    with pytest.raises(ValueError, match="steps = 0: there is no estimate before the first step"):
        run(start, 2, 0.5, 0).last()
    for bracket in ((0.6, 0.5), (-0.1, 0.5), (0.5, 1.5)):
        with pytest.raises(ValueError, match=r"bracket = \(.*\): must ascend within \[0, 1\]"):
            threshold(5, 2, seed=1, bracket=bracket)
    with pytest.raises(ValueError, match="width = 0: must be positive"):
        threshold(5, 2, seed=1, width=0)
    with pytest.raises(ValueError, match="floor = 1: must lie in"):
        threshold(5, 2, seed=1, floor=1)


def test_children_are_combined() -> None:
    with pytest.raises(ValueError, match="children is empty: a node without children is a leaf"):
        exact.combine([], Q(1, 2))
