"""Clipped sums: the recursion is a sum over all messages, and the growth of a bias is its derivative."""

from __future__ import annotations

from fractions import Fraction as Q
from itertools import product

import pytest
from flint import fmpq, fmpq_series
from hypothesis import given
from hypothesis import strategies as st

from retrodict.exact import clipped_sums as exact

LAW = st.integers(1, 3).flatmap(lambda n: st.lists(st.integers(1, 9), min_size=2 * n + 1, max_size=2 * n + 1))


@given(weights=LAW, theta=st.fractions(min_value=-1, max_value=1, max_denominator=7))
def test_step_is_the_sum_over_all_messages(weights: list[int], theta: Q) -> None:
    p = [Q(w, sum(weights)) for w in weights]
    size = len(p) // 2
    found = [Q(0)] * len(p)
    for signs in product((1, -1), repeat=2):
        for i, j in product(range(-size, size + 1), repeat=2):
            chance = p[size + signs[0] * i] * p[size + signs[1] * j]
            for sign in signs:
                chance *= (1 + sign * theta) / 2
            found[size + max(-size, min(size, i + j))] += chance
    assert exact.step(p, theta) == found
    assert sum(found) == 1


@pytest.mark.parametrize("half", [[3], [2, 1], [4, 2, 1]])
@pytest.mark.parametrize("column", [0, -1])
def test_growth_is_the_derivative(half: list[int], column: int) -> None:
    size, theta = len(half), fmpq(2, 3)
    p = [fmpq(w, 20) for w in [*half[::-1], 5, *half]]
    bias = [fmpq(0)] * size
    bias[column] = fmpq(1)
    line = [*(-b for b in bias[::-1]), fmpq(0), *bias]
    moved = exact.step([fmpq_series([a, b], prec=2) for a, b in zip(p, line, strict=True)], theta)
    rows = exact.growth(p)
    assert [value[1] for value in moved[size + 1 :]] == [theta * row[column] for row in rows]
