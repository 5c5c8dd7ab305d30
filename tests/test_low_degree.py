"""Low-degree estimators: orbits change nothing, and all degrees together are Bayes's estimator."""

from __future__ import annotations

from fractions import Fraction as Q
from functools import cache
from itertools import combinations
from math import prod

import pytest
from flint import fmpq, fmpq_mat
from hypothesis import given, settings
from hypothesis import strategies as st

from retrodict.exact import trees
from retrodict.exact.low_degree import degree_correlation
from retrodict.exact.reconstruction import reconstruction

THETA = st.fractions(min_value=Q(1, 9), max_value=Q(8, 9), max_denominator=9)


def by_definition(arity: int, depth: int, t: Q, degree: int) -> fmpq:
    """Projection on the span of all products of 1 to `degree` leaves, moments by enumeration of all states."""
    n = arity**depth
    sets = [s for size in range(1, degree + 1) for s in combinations(range(n), size)]
    parent, channel = trees.complete(arity, depth), trees.symmetric_channel(2, t)

    @cache
    def moment(leaves: frozenset[int], with_root: bool) -> fmpq:
        def value(states: tuple[int, ...]) -> int:
            shown = [1 - 2 * state for state in (states[0], *states[-n:])]
            return prod((shown[1 + i] for i in leaves), start=shown[0] if with_root else 1)

        mean = trees.expectation(parent, channel, value)
        return fmpq(mean.numerator, mean.denominator)

    both = fmpq_mat([[moment(frozenset(u) ^ frozenset(v), False) for v in sets] for u in sets])
    b = fmpq_mat([[moment(frozenset(u), True)] for u in sets])
    return (b.transpose() * both.solve(b))[0, 0]


@pytest.mark.parametrize(("shape", "degree"), [((2, 1), 2), ((3, 1), 3), ((2, 2), 1), ((2, 2), 3)])
@settings(deadline=None, max_examples=5)
@given(t=THETA)
def test_it_is_the_projection(shape: tuple[int, int], degree: int, t: Q) -> None:
    found = degree_correlation(*shape, t, degree)
    assert fmpq(found.numerator, found.denominator) == by_definition(*shape, t, degree)


@given(shape=st.sampled_from([(2, 1), (2, 2), (2, 3), (3, 1), (4, 1)]), t=THETA)
@settings(deadline=None, max_examples=20)
def test_all_degrees_are_bayes(shape: tuple[int, int], t: Q) -> None:
    n = shape[0] ** shape[1]
    assert degree_correlation(*shape, t, n) == reconstruction(2, *shape, t).x_n
    assert degree_correlation(*shape, t, 2) == degree_correlation(*shape, t, 1) < 1
