"""Bounds by density evolution: the exact twin is the definition, the kernel encloses it, threads do not matter."""

from __future__ import annotations

from fractions import Fraction as Q

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrodict.density_evolution import density_evolution
from retrodict.exact import density_evolution as exact
from retrodict.exact.reconstruction import reconstruction

UNIT = st.fractions(min_value=0, max_value=1, max_denominator=12)
THETA = st.fractions(min_value=Q(1, 8), max_value=1, max_denominator=12)
POINTS = [Q(k, 6) for k in range(7)]


@st.composite
def laws(draw: st.DrawFn) -> exact.Law:
    weights = draw(st.dictionaries(UNIT, st.integers(1, 9), min_size=1, max_size=4))
    return {m: Q(w, sum(weights.values())) for m, w in weights.items()}


def moments(law: exact.Law) -> tuple[Q, Q]:
    return sum((m * w for m, w in law.items()), Q(0)), sum((m * m * w for m, w in law.items()), Q(0))


@pytest.mark.parametrize(("arity", "depth"), [(2, 1), (2, 2), (2, 3), (3, 1), (3, 2)])
@pytest.mark.parametrize("theta", [Q(1, 2), Q(4, 5)])
def test_recursion_is_the_definition(arity: int, depth: int, theta: Q) -> None:
    found = reconstruction(2, arity, depth, theta)
    assert moments(exact.root(arity, theta, depth)) == (2 * found.p_correct - 1, found.x_n)


@given(one=laws(), other=laws(), theta=THETA)
def test_bounds_are_kept_by_the_recursion(one: exact.Law, other: exact.Law, theta: Q) -> None:
    worse, better = exact.merge(one, POINTS), exact.split(one, POINTS)
    assert exact.is_degraded(worse, one)
    assert exact.is_degraded(one, better)
    assert moments(worse)[0] == moments(one)[0] == moments(better)[0]
    for law in (worse, one, better):
        assert sum(law.values()) == 1
        assert exact.is_degraded(exact.edge(law, theta), law)
    assert exact.is_degraded(exact.join(worse, other), exact.join(one, other))
    assert exact.is_degraded(exact.join(one, other), exact.join(better, other))
    assert exact.is_degraded(other, exact.join(one, other))


@settings(deadline=None, max_examples=60)
@given(
    shape=st.sampled_from([(1, 3), (2, 0), (2, 1), (2, 2), (2, 3), (3, 1), (3, 2), (4, 1), (5, 1)]),
    theta=THETA,
    leaf=st.fractions(min_value=Q(1, 5), max_value=1, max_denominator=5),
    bins=st.sampled_from([2, 3, 50]),
)
def test_kernel_encloses_the_law(shape: tuple[int, int], theta: Q, leaf: Q, bins: int) -> None:
    arity, depth = shape
    found = density_evolution(arity, theta, depth, leaf=leaf, bins=bins)
    assert all(len(values) == depth + 1 for values in (found.lower, found.upper, found.lower_second))
    for n in range(depth + 1):
        law = exact.root(arity, theta, n, leaf)
        first, second = moments(law)
        assert Q(found.lower[n]) <= first <= Q(found.upper[n])
        assert Q(found.lower_second[n]) <= second <= Q(found.upper_second[n])
    worse, better = (
        {Q(m): Q(w) for m, w in zip(a.place, a.mass, strict=True)} for a in (found.degraded, found.upgraded)
    )
    better[Q(1)] = better.get(Q(1), Q(0)) + 1 - sum(better.values())
    assert better[Q(1)] >= 0
    assert sum(worse.values()) <= 1
    assert exact.is_degraded(worse, law)
    assert exact.is_degraded(law, better)


@pytest.mark.parametrize("arity", [2, 3, 7])
def test_many_bins_are_close(arity: int) -> None:
    theta, depth = Q(3, 4), 2 if arity == 2 else 1
    found = density_evolution(arity, theta, depth, bins=1000)
    first, second = moments(exact.root(arity, theta, depth))
    assert found.upper[-1] - found.lower[-1] < 2e-4
    assert float(first) == pytest.approx(found.lower[-1], abs=1e-12)  # merging keeps the mean
    assert float(second) == pytest.approx(found.lower_second[-1], abs=1e-8)


def test_threads_do_not_matter() -> None:
    one, many = (density_evolution(3, 0.7, 12, bins=150, threads=threads) for threads in (1, 5))
    for name in ("lower", "upper", "lower_second", "upper_second"):
        assert np.array_equal(getattr(one, name), getattr(many, name))


def test_deep_trees_stay_in_range() -> None:
    dying = density_evolution(2, 0.3, 700, bins=20)
    assert 0 <= dying.lower[-1] <= dying.upper[-1] < 1e-3
    sure = density_evolution(2, 1, 50, bins=20)
    assert sure.lower[-1] > 1 - 1e-9
    assert sure.upper[-1] == 1
    assert density_evolution(40, 0.9, 3, bins=30).lower[-1] > 0.99


def test_bad_input() -> None:
    for theta in (0, -0.5, 1.5, float("nan"), Q(3, 2)):
        with pytest.raises(ValueError, match=rf"theta = {theta}: must lie in \(0, 1\]"):
            density_evolution(2, theta, 3)
    with pytest.raises(ValueError, match=r"leaf = 2: must lie in \(0, 1\]"):
        density_evolution(2, 0.5, 3, leaf=2)
    with pytest.raises(ValueError, match="arity = 0"):
        density_evolution(0, 0.5, 3)
    with pytest.raises(ValueError, match="bins = 1"):
        density_evolution(2, 0.5, 3, bins=1)
    with pytest.raises(ValueError, match="bins = 100000: must lie in 2"):
        density_evolution(2, 0.5, 3, bins=100000)
    with pytest.raises(TypeError, match=r"depth = 1\.5: it must be an integer"):
        density_evolution(2, 0.5, 1.5)  # type: ignore[arg-type]
