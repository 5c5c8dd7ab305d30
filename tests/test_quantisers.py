"""Quantisers: intervals are as good as any odd map, and tables generalise clipped sums."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction as Q
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrodict.exact import clipped_sums, density_evolution, quantisers

LAW = st.dictionaries(
    st.fractions(min_value=0, max_value=1, max_denominator=12), st.integers(1, 9), min_size=1, max_size=4
).map(lambda weights: {m: Q(w, sum(weights.values())) for m, w in weights.items()})


def second(law: density_evolution.Law) -> Q:
    return sum((m * m * w for m, w in law.items()), Q(0))


def best_odd_map(law: density_evolution.Law, cells: int) -> Q:
    """Of all maps of the places to messages -cells, ..., cells, the sign of the place carried along."""
    found = Q(0)
    for image in product(range(-cells, cells + 1), repeat=len(law)):
        moment, mass = defaultdict(Q), defaultdict(Q)
        for (m, w), k in zip(law.items(), image, strict=True):
            if k:
                moment[abs(k)] += m * w if k > 0 else -m * w
                mass[abs(k)] += w
        found = max(found, sum((moment[k] ** 2 / mass[k] for k in mass), Q(0)))
    return found


@settings(max_examples=60, deadline=None)
@given(law=LAW, cells=st.integers(1, 2))
def test_the_programme_finds_the_best_odd_map(law: density_evolution.Law, cells: int) -> None:
    found = quantisers.optimal(law, cells)
    assert second(found) == best_odd_map(law, cells)
    assert sum(found.values()) == 1
    assert len([m for m in found if m]) <= cells
    assert density_evolution.is_degraded(found, law)


@given(law=LAW)
def test_with_a_cell_for_each_atom_nothing_is_lost(law: density_evolution.Law) -> None:
    assert quantisers.optimal(law, len(law)) == law


@given(law=LAW)
def test_messages_tell_the_law(law: density_evolution.Law) -> None:
    p = quantisers.messages([(m, w) for m, w in law.items() if m])
    assert sum(p) == 1
    told = quantisers.magnetisations(p)
    assert {m: w for m, w in told.items() if w} == law


@pytest.mark.parametrize("half", [[3], [2, 1], [4, 2, 1]])
@given(theta=st.fractions(min_value=-1, max_value=1, max_denominator=7))
def test_clipped_sums_are_a_table(half: list[int], theta: Q) -> None:
    p = [Q(w, 20) for w in [*half[::-1], 5, *half[::-1]]]
    table = quantisers.clipped_table(len(half))
    assert quantisers.step(p, theta, table) == clipped_sums.step(p, theta)
    assert quantisers.growth(p, table) == clipped_sums.growth(p)


@given(law=LAW, theta=st.fractions(min_value=Q(1, 9), max_value=1, max_denominator=9))
@settings(max_examples=30, deadline=None)
def test_a_table_tells_no_more_than_both_messages(law: density_evolution.Law, theta: Q) -> None:
    law = quantisers.optimal(law, 2)
    atoms = sorted((m, w) for m, w in law.items() if m)
    p = quantisers.messages(atoms)
    told = quantisers.magnetisations(quantisers.step(p, theta, quantisers.clipped_table(len(atoms))))
    child = density_evolution.edge(law, theta)
    assert density_evolution.is_degraded(told, density_evolution.join(child, child))
