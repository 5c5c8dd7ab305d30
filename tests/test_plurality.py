"""Recursive plurality with abstention: counting votes is the definition."""

from __future__ import annotations

from fractions import Fraction as Q

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrodict.exact import plurality

SHARES = st.lists(st.integers(0, 6), min_size=3, max_size=3).filter(any)


@settings(deadline=None, max_examples=60)
@given(
    size=st.sampled_from([(1, 2), (2, 2), (3, 2), (4, 2), (2, 3), (4, 3), (5, 3), (3, 4), (4, 4), (3, 5)]),
    shares=SHARES,
    lam=st.fractions(min_value=Q(-1, 4), max_value=1, max_denominator=9),
)
def test_counting_is_the_definition(size: tuple[int, int], shares: list[int], lam: Q) -> None:
    arity, q = size
    a, w, z = (Q(s, sum(shares)) for s in shares)
    b = w / (q - 1)
    assert plurality.step(a, b, arity, q, lam) == plurality.step_by_enumeration(a, b, arity, q, lam)
    assert plurality.step(1 - a - z, b, arity, q, lam)[0] <= 1


@given(lam=st.fractions(min_value=0, max_value=1, max_denominator=9), a=st.fractions(min_value=0, max_value=1))
def test_many_colours(lam: Q, a: Q) -> None:
    """Wrong votes agree with probability of order 1 / q."""
    many, none = plurality.step(a, Q(0), 4, 10**6, lam)[0], plurality.infinite(a, 4, lam)
    assert abs(many - none) < Q(1, 10**5)


def test_bad_input() -> None:
    with pytest.raises(ValueError, match="q = 1, arity = 2"):
        plurality.step(1, 0, 2, 1, Q(1, 2))
