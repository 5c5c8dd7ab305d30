"""Terms: prime implicants, covers and what bounds them."""

from __future__ import annotations

import os
import signal
import threading
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from restricted_tables import UNIT, bits, inside, moved, parity, tables

from retrodict import circuits
from retrodict.capacity import dnf_terms
from retrodict.exact import restricted as exact
from retrodict.maps import parse


@settings(max_examples=60)
@given(tables(4))
def test_prime_implicants_are_their_definition(table: list[int]) -> None:
    assert circuits.prime_implicants(table) == exact.prime_implicants(table)


@settings(max_examples=60)
@given(tables(3))
def test_terms_are_their_definition(table: list[int]) -> None:
    found = circuits.dnf_terms(table)
    assert found.exact
    assert found.upper == exact.dnf_terms(table)


@settings(max_examples=40)
@given(tables(8), st.data())
def test_terms_come_with_what_shows_them(table: list[int], data: st.DataObject) -> None:
    found = circuits.dnf_terms(table, nodes=data.draw(st.sampled_from([1, 50, 10_000])))
    ones = {x for x, y in enumerate(table) if y}
    assert set().union(*(inside(cube, len(table)) for cube in found.witness)) == ones
    assert len(found.witness) == found.upper
    if isinstance(found.proof, np.ndarray):
        assert bound_by_hand(table, found.proof) == found.lower == circuits.dnf_bound(table, found.proof)
    else:
        assert found.proof == "exhaustive search"
        assert found.exact
    n = len(table).bit_length() - 1
    other = moved(table, data.draw(st.permutations(range(n))), data.draw(st.integers(0, 2**n - 1)))
    assert found.lower <= circuits.dnf_terms(other).upper
    assert circuits.dnf_terms(other).lower <= found.upper


def bound_by_hand(table: list[int], weights: np.ndarray) -> int:
    """The bound, from implicants found one by one."""
    w = [int(weight) * y for weight, y in zip(weights, table, strict=True)]
    loads = [sum(w[x] for x in inside(cube, len(table))) for cube in circuits.prime_implicants(table)]
    return max(0, -(-(sum(w) - sum(max(0, load - UNIT) for load in loads)) // UNIT))


@settings(max_examples=60)
@given(tables(3, least=1), st.data())
def test_any_weights_bound_the_terms(table: list[int], data: st.DataObject) -> None:
    weights = data.draw(st.lists(st.integers(0, UNIT), min_size=len(table), max_size=len(table)))
    assert circuits.dnf_bound(table, weights) == bound_by_hand(table, np.array(weights))
    assert circuits.dnf_bound(table, weights) <= exact.dnf_terms(table)


def covering_number(table: list[int]) -> int:
    """The fewest prime implicants that cover, by dynamic programming over the sets covered."""
    points = [x for x, y in enumerate(table) if y]
    place = {x: i for i, x in enumerate(points)}
    columns = [sum(1 << place[x] for x in inside(c, len(table))) for c in circuits.prime_implicants(table)]
    reached, terms = {0}, 0
    while (1 << len(points)) - 1 not in reached:
        # The lowest input that is not covered must be covered by some column.
        reached = {s | c for s in reached for c in columns if c >> (~s & (s + 1)).bit_length() - 1 & 1}
        terms += 1
    return terms


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_terms_of_five_variables_by_another_search(word: int) -> None:
    table = [word >> x & 1 for x in range(32)]
    assert circuits.dnf_terms(table).upper == covering_number(table)
    assert circuits.dnf_terms(table).exact


def test_terms_of_cyclic_cores() -> None:
    """Where nothing is forced and weights alone do not decide, the search does; cut off, it says so."""
    searched = 0
    for seed in range(40):
        table = np.random.default_rng(seed).random(256) < 0.75
        found = circuits.dnf_terms(table)
        assert found.exact
        searched += isinstance(found.proof, str)
        early = circuits.dnf_terms(table, nodes=1)
        assert early.lower <= found.upper <= early.upper
        assert early.exact or early.note == "the search was cut off after 1 nodes"
    assert searched > 0


def coverable(open_points: int, columns: list[int], terms: int) -> bool:
    """Whether so many columns can have all points; branches on the point that the fewest columns have."""
    if open_points == 0:
        return True
    if max((c & open_points).bit_count() for c in columns) * terms < open_points.bit_count():
        return False
    points = [1 << i for i in range(open_points.bit_length()) if open_points >> i & 1]
    rarest = min(points, key=lambda point: sum(c & point > 0 for c in columns))
    return any(coverable(open_points & ~c, columns, terms - 1) for c in columns if c & rarest)


@pytest.mark.parametrize("seed", [3238, 3670])
def test_terms_where_the_first_cover_is_not_the_least(seed: int) -> None:
    table = (np.random.default_rng(seed).random(64) < 0.8).tolist()
    found = circuits.dnf_terms(table)
    assert found.proof == "exhaustive search"
    assert circuits.dnf_terms(table, nodes=1).upper > found.upper
    ones = sum(1 << x for x, y in enumerate(table) if y)
    columns = [sum(1 << x for x in inside(c, 64)) for c in circuits.prime_implicants(table)]
    assert coverable(ones, columns, found.upper)
    assert not coverable(ones, columns, found.upper - 1)


@pytest.mark.parametrize("n", [1, 2, 5, 9])
def test_terms_of_parities_and_of_an_or(n: int) -> None:
    assert circuits.dnf_terms(parity(n)).lower == circuits.dnf_terms(parity(n)).upper == 2 ** (n - 1)
    some = circuits.dnf_terms(np.arange(2**n) > 0)
    assert some.witness == tuple((1 << i, 1 << i) for i in range(n))
    assert some.exact


def test_the_measure_of_terms() -> None:
    assert [bound.kind for bound in dnf_terms.bounds(bits(parity(6)))] == ["exact"]
    wide = dnf_terms.bounds(parse("perm:n=12,seed=0").output(0))
    assert [bound.kind for bound in wide] == ["lower", "upper"]
    assert 0 < wide[0].value < wide[1].value
    assert "cut off" in wide[0].note


def test_too_many_prime_implicants_are_bounded_by_halves() -> None:
    """Of the middle weights of 14 bits there are 14! / (5! 4! 5!) = 252,252, with 2^5 inputs each."""
    weight = np.bitwise_count(np.arange(2**14))
    middle = ((weight >= 4) & (weight <= 9)).astype(np.uint8)
    with pytest.raises(ValueError, match="table has prime implicants with 8072064 inputs in all"):
        circuits.dnf_terms(middle)
    lower, upper = dnf_terms.bounds(middle)
    assert (lower.kind, upper.kind) == ("lower", "upper")
    halves = [dnf_terms.bounds(half) for half in middle.reshape(2, -1)]
    assert lower.value == max(half[0].value for half in halves)
    assert upper.value == sum(half[-1].value for half in halves)
    assert "of the halves along x_13" in lower.note


def test_control_c_stops_the_search_for_terms() -> None:
    table = np.random.default_rng(0).random(1024) < 0.75
    timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    started = time.process_time()
    with pytest.raises(KeyboardInterrupt):
        timer.start()
        circuits.dnf_terms(table, nodes=10**9)
    assert time.process_time() - started < 3
    timer.join()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: circuits.prime_implicants([0, 2]), r"table\[1\] = 2: an entry is 0 or 1"),
        (lambda: circuits.dnf_terms(np.zeros(2**17, bool)), "table has 17 inputs"),
        (lambda: circuits.dnf_terms([0, 1], nodes=0), "nodes = 0: it must be at least 1"),
        (lambda: circuits.dnf_bound([0, 1], [1]), "weights has 1 entries: the table has 2"),
        (lambda: circuits.dnf_bound([0, 1], [0, -1]), r"weights\[0\] = -1: a weight lies in 0 ... 1048576"),
    ],
)
def test_bad_input(call: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()  # type: ignore[operator]
