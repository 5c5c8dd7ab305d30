"""Encoders tuned by measurement: what is returned was measured to be near enough, whatever the measure is."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction as Q
from typing import Any

import pytest
from flint import arb, fmpq

from retrodict.encoders.line_distance import total_variation_to_posterior
from retrodict.encoders.rounding import above, below
from retrodict.encoders.tuned import NotFoundError, tuned
from retrodict.encoders.unrolled import UnrolledEncoder
from retrodict.maps.continuous import NoCertificateError, fold, residual

WAVE = residual(Q(1, 2), [[1]])


def on_the_line(encoder: UnrolledEncoder, x: Sequence[Any]) -> Any:
    return total_variation_to_posterior(encoder, x[0])


def test_what_is_returned_is_near_enough() -> None:
    observations = [[Q(1)], [Q(-3, 2)]]
    found = tuned(WAVE, Q(1, 5), Q(3, 100), observations, on_the_line)
    again = tuple(on_the_line(found.encoder, x) for x in observations)
    assert all(one.overlaps(other) for one, other in zip(again, found.distances, strict=True))
    assert all(one <= fmpq(3, 100) for one in again)


def test_a_smaller_error_takes_more_steps() -> None:
    one, other = (tuned(WAVE, Q(1, 5), eps, [[Q(1)]], on_the_line).encoder for eps in (Q(1, 10), Q(1, 100)))
    assert other.depth > one.depth


def steps_alone(encoder: UnrolledEncoder, x: Sequence[Any]) -> Any:
    """A measure that is known."""
    return arb(1) / (encoder.langevin_steps + 1)


def test_the_search_is_for_the_measure_it_is_given() -> None:
    found = tuned(WAVE, Q(1, 5), Q(1, 100), [[Q(1)]], steps_alone)
    assert 99 <= found.encoder.langevin_steps <= 99 + 99 // 16
    assert found.distances[0] <= fmpq(1, 100)
    assert found.measurements >= 5


def test_a_measure_that_never_falls_ends_the_search() -> None:
    with pytest.raises(NotFoundError, match=r"the smallest distance measured is 0\.5, more than eps = 1/10"):
        tuned(WAVE, Q(1, 5), Q(1, 10), [[Q(1)]], lambda e, x: arb(1) / 2)


def test_what_is_not_known_to_be_near_is_not() -> None:
    with pytest.raises(NotFoundError):
        tuned(WAVE, Q(1, 5), Q(1, 10), [[Q(1)]], lambda e, x: arb(0, 1))


def test_maps_without_constants_are_refused() -> None:
    with pytest.raises(NoCertificateError, match="z and -z have the same image"):
        tuned(fold(), Q(1, 5), Q(1, 10), [[Q(1)]], on_the_line)


@pytest.mark.parametrize("value", [Q(1, 3), Q(10**9 + 1), Q(1, 10**12), Q(4095, 4096), Q(2)])
def test_rounding_is_on_the_safe_side(value: Q) -> None:
    ball = arb(fmpq(value.numerator, value.denominator))
    assert value * (1 - Q(1, 2**11)) < below(ball) <= value
    assert value <= above(ball) < value + 1 + Q(1, 2**20)
