"""Linear maps in XOR gates: the definition, the table of all sets of vectors, and the search for one matrix."""

from __future__ import annotations

import os
import signal
import threading
import time
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrodict import circuits
from retrodict.exact import linear as exact
from retrodict.netlist import XOR


def matrix(rows: list[int], n: int) -> list[list[int]]:
    return [[row >> j & 1 for j in range(n)] for row in rows]


def place(rows: list[int], n: int) -> int:
    """Where the table has the cost of these rows."""
    vectors = [v for v in range(1 << n) if v.bit_count() > 1]
    return sum(1 << vectors.index(row) for row in set(rows) if row in vectors)


@st.composite
def matrices(draw: st.DrawFn, most: int, most_rows: int = 6) -> tuple[int, list[int]]:
    n = draw(st.integers(1, most))
    return n, draw(st.lists(st.integers(0, 2**n - 1), max_size=most_rows))


@pytest.fixture(scope="module")
def five() -> np.ndarray:
    return circuits.xor_cost_table(5)


@pytest.mark.parametrize("n", [0, 1, 2, 3, 4])
def test_the_table_is_the_definition(n: int) -> None:
    table = circuits.xor_cost_table(n)
    assert table.dtype == np.uint8
    assert table.tolist() == exact.xor_cost_table(n)


def test_four_inputs_one_by_one() -> None:
    table = circuits.xor_cost_table(4)
    vectors = [v for v in range(16) if v.bit_count() > 1]
    for s in range(0, len(table), 7):
        rows = [v for j, v in enumerate(vectors) if s >> j & 1]
        cost = circuits.xor_cost(np.array(matrix(rows, 4)).reshape(-1, 4))
        assert cost.exact
        assert cost.upper == table[s]


@pytest.mark.parametrize("size", [1, 2, 3])
def test_the_search_is_the_table_for_all_small_sets(five: np.ndarray, size: int) -> None:
    """Few rows take many other sums, so that the search has to go through all of them."""
    vectors = [v for v in range(32) if v.bit_count() > 1]
    places = {v: 1 << j for j, v in enumerate(vectors)}
    for rows in combinations(vectors, size):
        cost = circuits.xor_cost(matrix(list(rows), 5))
        assert cost.exact
        assert cost.upper == five[sum(places[row] for row in rows)]


@pytest.mark.parametrize(
    "rows",
    [
        [3, 20, 53, 31, 51],
        [17, 39, 46, 56, 45, 24],
        [19, 56, 34, 39, 50],
        [23, 43, 27, 58, 18],
        [34, 43, 54, 49, 24],
        [42, 37, 55, 31, 59, 43],
        [42, 49, 7, 37, 46],
        [49, 50, 20, 39, 57, 29],
        [51, 50, 62, 55, 31],
        [53, 62, 22, 43, 36, 11],
        [60, 20, 59, 62, 55],
    ],
)
def test_rows_with_few_least_circuits(rows: list[int]) -> None:
    """A search that skips some pairs of other sums, such as neighbours in its list, misses those of these rows."""
    assert circuits.xor_cost(matrix(rows, 6)).upper == exact.xor_cost(rows, 6)


@given(map_=matrices(6, 4))
@settings(max_examples=40, deadline=None)
def test_the_search_is_the_definition(map_: tuple[int, list[int]]) -> None:
    n, rows = map_
    cost = circuits.xor_cost(np.array(matrix(rows, n)).reshape(-1, n))
    if cost.upper - len({row for row in rows if row.bit_count() > 1}) <= 2:  # more other sums take long by definition
        assert exact.xor_cost(rows, n) == cost.upper


@given(map_=matrices(5, 8))
@settings(max_examples=200)
def test_the_search_is_the_table(five: np.ndarray, map_: tuple[int, list[int]]) -> None:
    n, rows = map_
    cost = circuits.xor_cost(np.array(matrix(rows, n)).reshape(-1, n))
    assert cost.exact
    assert cost.upper == five[place(rows, 5)]
    assert cost.note == ""


def test_a_table_of_four_lies_in_that_of_five(five: np.ndarray) -> None:
    of_four = [j for j, v in enumerate(v for v in range(32) if v.bit_count() > 1) if v < 16]
    sets = np.arange(1 << len(of_four))
    places = sum((sets >> i & 1) << j for i, j in enumerate(of_four))
    assert five[places].tolist() == circuits.xor_cost_table(4).tolist()


@given(map_=matrices(7, 7))
def test_the_witness_is_the_map(map_: tuple[int, list[int]]) -> None:
    n, rows = map_
    cost = circuits.xor_cost(np.array(matrix(rows, n), dtype=bool).reshape(-1, n), max_visits=2000)
    assert {gate.operation for gate in cost.witness.gates} <= {XOR}
    assert cost.witness.size == cost.upper
    expected = [sum(((row & x).bit_count() & 1) << i for i, row in enumerate(rows)) for x in range(2**n)]
    assert cost.witness.table().tolist() == expected
    assert cost.exact or cost.note.startswith("the search was stopped after ")


@given(st.data())
@settings(max_examples=60)
def test_transposition(data: st.DataObject) -> None:
    """m x n without zero rows and columns: the transpose costs m - n more."""
    n, m = data.draw(st.integers(1, 5)), data.draw(st.integers(1, 5))
    rows = data.draw(st.lists(st.integers(1, 2**n - 1), min_size=m, max_size=m))
    columns = exact.transpose(rows, n)
    if 0 in columns:
        return
    forward, backward = circuits.xor_cost(matrix(rows, n)), circuits.xor_cost(matrix(columns, m))
    assert forward.exact
    assert backward.exact
    assert forward.upper + m == backward.upper + n


@given(st.data())
@settings(max_examples=50)
def test_order_and_repetition_do_not_matter(data: st.DataObject) -> None:
    n, rows = data.draw(matrices(6))
    array = np.array(matrix(rows, n), dtype=int).reshape(-1, n)
    columns = data.draw(st.permutations(range(n)))
    repeated = data.draw(st.permutations([*range(len(rows)), *range(len(rows))]))
    more = np.vstack([np.eye(n, dtype=int), array[repeated][:, columns], np.zeros((1, n), dtype=int)])
    assert circuits.xor_cost(more).upper == circuits.xor_cost(array).upper


@given(st.data())
def test_algebra(data: st.DataObject) -> None:
    n = data.draw(st.integers(1, 6))
    rows = data.draw(st.lists(st.integers(0, 2**n - 1), min_size=n, max_size=n))
    units = [1 << i for i in range(n)]
    injective = len({sum(((row & x).bit_count() & 1) << i for i, row in enumerate(rows)) for x in range(2**n)}) == 2**n
    assert exact.is_invertible(rows) == injective
    if injective:
        back = exact.inverse(rows)
        assert exact.product(back, rows) == exact.product(rows, back) == units
        assert exact.inverse(exact.transpose(rows, n)) == exact.transpose(back, n)
    else:
        with pytest.raises(ValueError, match="the matrix has no inverse"):
            exact.inverse(rows)


@pytest.mark.parametrize(("n", "k", "forward", "backward"), [(6, 2, 7, 7), (7, 3, 8, 9), (8, 4, 9, 10), (9, 4, 10, 12)])
def test_a_family_that_is_dearer_backward(n: int, k: int, forward: int, backward: int) -> None:
    rows = exact.chain_family(n, k)
    costs = [circuits.xor_cost(matrix(a, n)) for a in (rows, exact.inverse(rows))]
    assert [(cost.exact, cost.upper) for cost in costs] == [(True, forward), (True, backward)]
    assert "exhausted" in costs[1].proof


def test_a_search_that_is_stopped_keeps_its_bounds() -> None:
    rows = exact.inverse(exact.chain_family(13, 6))
    whole = circuits.xor_cost(matrix(rows, 13))
    assert whole.exact
    for most in (0, 1, 100, 1000):
        cost = circuits.xor_cost(matrix(rows, 13), max_visits=most)
        assert not cost.exact
        assert cost.note == f"the search was stopped after {most} sets"
        assert cost.lower <= whole.lower <= cost.upper
        assert cost.witness.size == cost.upper
    lower = 0
    for most in range(10**4):  # up to the visit before the last, in which the lower bound has nothing to spare
        cost = circuits.xor_cost(matrix(exact.inverse(exact.chain_family(9, 4)), 9), max_visits=most)
        assert lower <= cost.lower <= 12 <= cost.upper
        lower = cost.lower
        if cost.exact:
            break
    assert cost.exact
    assert most > 20
    assert circuits.xor_cost([[1, 1, 1]], max_visits=0).exact  # greedy, and too few sums for less
    assert circuits.xor_cost([[1, 1, 1]]).proof.startswith("the 1 rows that take a gate and any 0 other sums")
    assert circuits.xor_cost([[1, 1]]).proof == "different rows that are neither 0 nor units take a gate each"
    assert circuits.xor_cost(np.zeros((0, 3), dtype=int)).proof is None


@pytest.mark.parametrize(
    ("error", "call", "message"),
    [
        (ValueError, lambda: circuits.xor_cost([1, 0]), r"matrix has shape \(2,\): it must have two dimensions"),
        (ValueError, lambda: circuits.xor_cost([[0, 2]]), r"matrix\[0, 1\] = 2: an entry is 0 or 1"),
        (ValueError, lambda: circuits.xor_cost([[0, 1], [-1, 0]]), r"matrix\[1, 0\] = -1: an entry is 0 or 1"),
        (ValueError, lambda: circuits.xor_cost(np.ones((1, 17), bool)), "matrix has 17 columns: it must have 1 to 16"),
        (ValueError, lambda: circuits.xor_cost(np.ones((1, 0), bool)), "matrix has 0 columns"),
        (ValueError, lambda: circuits.xor_cost(np.ones((65, 1), bool)), "matrix has 65 rows: it must have at most 64"),
        (ValueError, lambda: circuits.xor_cost([[1]], max_visits=-1), "max_visits = -1: it must be at least 0"),
        (ValueError, lambda: circuits.xor_cost_table(6), "n_inputs = 6: the table of all sets .* goes to 5 inputs"),
        (TypeError, lambda: circuits.xor_cost([[0.5]]), "matrix has dtype float64: it must hold integers"),
        (TypeError, lambda: circuits.xor_cost_table(2.0), "n_inputs = 2.0: it must be an integer"),
    ],
)
def test_bad_input(error: type[Exception], call: object, message: str) -> None:
    with pytest.raises(error, match=message):
        call()  # type: ignore[operator]


def test_control_c_stops_the_search() -> None:
    rows = exact.inverse(exact.chain_family(15, 7))
    timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    started = time.process_time()
    with pytest.raises(KeyboardInterrupt):
        timer.start()
        circuits.xor_cost(matrix(rows, 15), max_visits=2**63)
    assert time.process_time() - started < 3
    timer.join()
