"""Least decision diagrams: the definition, the dynamic programme, the kernel; sifting; what bad input gets."""

from __future__ import annotations

import os
import signal
import threading
import time
from itertools import permutations
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrodict import circuits
from retrodict.exact import circuits as exact
from retrodict.exact import obdd as exact_obdd


@st.composite
def tables(draw: st.DrawFn, most: int, least: int = 0) -> list[int]:
    n = draw(st.integers(least, most))
    return draw(st.lists(st.integers(0, 1), min_size=2**n, max_size=2**n))


@st.composite
def structured(draw: st.DrawFn, most: int) -> list[int]:
    """Functions of a weight of the inputs: the bound drops many sets, and inputs of weight 0 do not matter."""
    n = draw(st.integers(3, most))
    weights = draw(st.lists(st.integers(0, 3), min_size=n, max_size=n))
    value = draw(st.lists(st.integers(0, 1), min_size=3 * n + 1, max_size=3 * n + 1))
    return [value[sum(w for i, w in enumerate(weights) if x >> i & 1)] for x in range(2**n)]


def moved(table: list[int], order: list[int], flips: int, out: int) -> list[int]:
    """The table after the inputs are permuted, those in `flips` complemented, and the output too if `out`."""
    return [
        out ^ table[sum((x >> source & 1) << target for target, source in enumerate(order)) ^ flips]
        for x in range(len(table))
    ]


def hidden_weighted_bit(n: int) -> list[int]:
    return [x >> (x.bit_count() - 1) & 1 if x else 0 for x in range(2**n)]


@given(st.one_of(tables(4), structured(4)))
@settings(max_examples=60)
def test_the_dynamic_programme_is_the_definition(table: list[int]) -> None:
    assert exact_obdd.friedman_supowit(table) == exact.minimum_obdd(table)


@given(tables(4))
@settings(max_examples=60)
def test_least_diagram_is_the_definition(table: list[int]) -> None:
    best = circuits.obdd_size(table)
    assert (best.nodes, best.order) == exact.minimum_obdd(table)


@given(st.one_of(tables(6, 5), structured(7)))
@settings(max_examples=40)
def test_least_diagram_is_that_of_all_sets(table: list[int]) -> None:
    "The bound drops sets of inputs, but no order of least size, not even a tie."
    best = circuits.obdd_size(table)
    assert (best.nodes, best.order) == exact_obdd.friedman_supowit(table)


@pytest.mark.parametrize("n", [7, 8])
def test_least_diagrams_of_the_hidden_weighted_bit(n: int) -> None:
    best = circuits.obdd_size(hidden_weighted_bit(n))
    assert (best.nodes, best.order) == exact_obdd.friedman_supowit(hidden_weighted_bit(n))


@given(tables(8), st.randoms(use_true_random=False))
def test_diagram_of_an_order(table: list[int], random: Random) -> None:
    order = list(range(len(table).bit_length() - 1))
    random.shuffle(order)
    size = circuits.obdd_size_of_order(table, order)
    assert size == exact.obdd_size_of_order(table, order)
    best = circuits.obdd_size(table)
    assert best.nodes <= size
    assert circuits.obdd_size_of_order(table, best.order) == best.nodes


def test_five_inputs_try_every_order() -> None:
    table = np.random.default_rng(5).integers(0, 2, 32)
    sizes = {order: circuits.obdd_size_of_order(table, order) for order in permutations(range(5))}
    best = circuits.obdd_size(table)
    assert (best.nodes, best.order) == min((size, order) for order, size in sizes.items())
    assert (best.nodes, best.order) == exact.minimum_obdd(table.tolist())


@given(tables(7), st.data())
@settings(max_examples=50)
def test_least_diagram_is_invariant(table: list[int], data: st.DataObject) -> None:
    n = len(table).bit_length() - 1
    order = data.draw(st.permutations(range(n)))
    flips, out = data.draw(st.integers(0, 2**n - 1)), data.draw(st.integers(0, 1))
    assert circuits.obdd_size(moved(table, order, flips, out)).nodes == circuits.obdd_size(table).nodes


@pytest.mark.parametrize("n", [0, 1, 2, 9, 13])
def test_parity_and_threads(n: int) -> None:
    parity = [x.bit_count() & 1 for x in range(2**n)]
    assert circuits.obdd_size(parity) == circuits.Obdd(max(2 * n - 1, 0), tuple(range(n)))
    random = np.random.default_rng(n).integers(0, 2, 2**n)
    sizes = [circuits.obdd_size(random, threads=threads) for threads in (None, 1, 2, 5)]
    assert sizes[1:] == sizes[:1] * 3
    assert circuits.obdd_size_of_order(random, sizes[0].order) == sizes[0].nodes


def test_seventeen_inputs() -> None:
    "All functions of four inputs lie below some sets: numbers up to 2^16 - 1 are in use."
    table = np.random.default_rng(17).integers(0, 2, 2**17)
    best = circuits.obdd_size(table)
    assert best.nodes == circuits.obdd_size_of_order(table, best.order)
    assert best.nodes <= circuits.obdd_sift(table).nodes
    selector = np.arange(2**17) >> 16 & 1  # one input matters, the last
    assert circuits.obdd_size(selector) == circuits.Obdd(1, tuple(range(17)))


@given(tables(7))
def test_sifting_finds_an_order_that_moving_one_input_does_not_improve(table: list[int]) -> None:
    found = circuits.obdd_sift(table)
    assert circuits.obdd_size_of_order(table, found.order) == found.nodes
    assert found.nodes >= circuits.obdd_size(table).nodes
    for x in found.order:
        others = [i for i in found.order if i != x]
        for place in range(len(found.order)):
            order = [*others[:place], x, *others[place:]]
            assert circuits.obdd_size_of_order(table, order) >= found.nodes


@given(st.one_of(tables(7), structured(7)), st.integers(0, 7))
@settings(max_examples=60)
def test_bounds_enclose_the_minimum(table: list[int], exact_inputs: int) -> None:
    bounds = circuits.obdd_bounds(table, exact_inputs=exact_inputs)
    least = circuits.obdd_size(table)
    assert bounds.upper is not None
    assert bounds.lower <= least.nodes <= bounds.upper
    assert circuits.obdd_size_of_order(table, bounds.witness.order) == bounds.witness.nodes == bounds.upper
    if len(table) <= 1 << exact_inputs:
        assert bounds.witness == least
        assert bounds.exact


def test_the_lower_bound_counts_the_inputs_that_are_fixed() -> None:
    "Of parity every restriction is a parity; an input that does not matter adds nothing."
    parity = [x.bit_count() & 1 for x in range(2**9)]
    bounds = circuits.obdd_bounds(parity, exact_inputs=5)
    assert (bounds.lower, bounds.upper) == (2 * 5 - 1 + 4, 2 * 9 - 1)
    assert "the minimum over all orders is 9 (Friedman and Supowit); 4 nodes more" in bounds.proof
    padded = np.tile(parity, 4)
    assert circuits.obdd_bounds(padded, exact_inputs=9).exact


def test_progress_is_told_to_the_end() -> None:
    fractions: list[float] = []
    circuits.obdd_size(hidden_weighted_bit(9), progress=fractions.append)
    assert len(fractions) == 9
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1
    with pytest.raises(ZeroDivisionError):
        circuits.obdd_size(hidden_weighted_bit(5), progress=lambda _: 1 // 0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: circuits.obdd_size([0, 1, 1]), "table has 3 entries: a truth table has 2"),
        (lambda: circuits.obdd_size([]), "table has 0 entries"),
        (lambda: circuits.obdd_size([0, 1, 2, 0]), r"table\[2\] = 2: an entry is 0 or 1"),
        (lambda: circuits.obdd_size([0, -1]), r"table\[1\] = -1: an entry is 0 or 1"),
        (lambda: circuits.obdd_size([2**32, 0]), r"table\[0\] = 4294967296: an entry is 0 or 1"),
        (lambda: circuits.obdd_size([[0, 1]]), r"table has shape \(1, 2\)"),
        (
            lambda: circuits.obdd_size(np.zeros(2**21, bool)),
            "table has 21 inputs: the exact minimum over all orders goes to 20, with up to 2.6 GB.* obdd_bounds",
        ),
        (lambda: circuits.obdd_size([0, 1], threads=0), "threads = 0: it must be at least 1"),
        (lambda: circuits.obdd_size_of_order([0, 1, 1, 0], [0]), "order has 1 entries: the table has 2 inputs"),
        (lambda: circuits.obdd_size_of_order([0, 1, 1, 0], [1, 1]), r"order\[1\] = 1: each input comes once"),
        (lambda: circuits.obdd_size_of_order([0, 1, 1, 0], [2, 1]), r"order\[0\] = 2: an input is one of 0..1"),
        (lambda: circuits.obdd_size_of_order([0, 1, 1, 0], [0, -1]), r"order\[1\] = -1: an input"),
        (lambda: circuits.obdd_sift(np.zeros(2**25, bool)), "table has 25 inputs: sifting goes to 24"),
        (lambda: circuits.obdd_bounds([0, 1], exact_inputs=21), r"exact_inputs = 21: the exact minimum takes 0 ... 20"),
        (lambda: circuits.obdd_bounds([0, 1, 1]), "table has 3 entries: a truth table has 2"),
        (lambda: circuits.obdd_bounds([0, 2], exact_inputs=0), r"table\[1\] = 2: an entry is 0 or 1"),
        (lambda: circuits.obdd_sift([0, 1, 1]), "table has 3 entries: a truth table has 2"),
    ],
)
def test_bad_input(call: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()  # type: ignore[operator]


def test_bad_types() -> None:
    with pytest.raises(TypeError, match="table has dtype float64: it must hold integers"):
        circuits.obdd_size([0.0, 1.0])
    with pytest.raises(TypeError, match="order has dtype float64: it must hold integers"):
        circuits.obdd_size_of_order([0, 1], [0.5])


def test_control_c_stops_the_dynamic_programme() -> None:
    table = np.random.default_rng(0).integers(0, 2, 2**18)
    started = time.process_time()
    circuits.obdd_size(table, threads=1)
    whole = time.process_time() - started
    timer = threading.Timer(whole / 10, os.kill, (os.getpid(), signal.SIGINT))
    started = time.process_time()
    with pytest.raises(KeyboardInterrupt):
        timer.start()
        circuits.obdd_size(table, threads=1)
    assert time.process_time() - started < 0.8 * whole
    timer.join()
