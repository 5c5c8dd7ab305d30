"""Cut-ranks, linear rank-width, diagrams of quadratic forms: definition, dynamic programming, kernel."""

from __future__ import annotations

import os
import signal
import threading
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrodict import circuits
from retrodict.exact import circuits as exact_circuits
from retrodict.exact import obdd as exact

Matrix = list[list[int]]


@st.composite
def graphs(draw: st.DrawFn, most: int) -> Matrix:
    n = draw(st.integers(1, most))
    density = draw(st.integers(1, 6))
    edges = {(u, v): draw(st.integers(0, density)) == 1 for u in range(n) for v in range(u)}
    return [[int(edges.get((u, v), False) or edges.get((v, u), False)) for v in range(n)] for u in range(n)]


def table(adjacency: Matrix) -> list[int]:
    n = len(adjacency)
    edges = [1 << u | 1 << v for u in range(n) for v in range(u) if adjacency[u][v]]
    return [sum(x & edge == edge for edge in edges) % 2 for x in range(2**n)]


def relabelled(adjacency: Matrix, order: list[int]) -> Matrix:
    return [[adjacency[u][v] for v in order] for u in order]


def cycle(n: int) -> Matrix:
    return [[int((u - v) % n in (1, n - 1)) for v in range(n)] for u in range(n)]


@given(graphs(9), st.data())
def test_cut_rank_is_the_definition_and_bounds_the_subfunctions(adjacency: Matrix, data: st.DataObject) -> None:
    subset = data.draw(st.lists(st.integers(0, len(adjacency) - 1), unique=True))
    rank = circuits.cut_rank(adjacency, subset)
    assert rank == exact.cut_rank(adjacency, subset)
    assert rank == circuits.cut_rank(adjacency, [v for v in range(len(adjacency)) if v not in subset])
    assert 2**rank <= exact.subfunctions(table(adjacency), subset) <= 2 ** (rank + 1)


def test_cut_rank_of_many_vertices() -> None:
    "A perfect matching on 64 vertices: each edge that is cut counts."
    matching = np.eye(64, dtype=int)[[v ^ 1 for v in range(64)]]
    assert circuits.cut_rank(matching, range(0, 64, 2)) == 32
    assert circuits.cut_rank(matching, range(64)) == circuits.cut_rank(matching, []) == 0


@given(graphs(6))
@settings(max_examples=40)
def test_linear_rank_width_is_the_definition(adjacency: Matrix) -> None:
    found = circuits.linear_rank_width(adjacency)
    assert (found.width, found.order) == exact.linear_rank_width(adjacency)


@given(graphs(9))
@settings(max_examples=40)
def test_linear_rank_width_by_sets(adjacency: Matrix) -> None:
    found = circuits.linear_rank_width(adjacency)
    assert found.width == exact.minimum_linear_rank_width(adjacency)
    assert found.width == max(circuits.cut_rank(adjacency, found.order[:i]) for i in range(len(found.order) + 1))


@given(graphs(10))
@settings(max_examples=60)
def test_least_diagram_is_that_of_the_table(adjacency: Matrix) -> None:
    "Of edges that cross, edges inside, isolated vertices; ties are broken alike."
    found = circuits.quadratic_form_obdd(adjacency)
    assert found == circuits.obdd_size(table(adjacency))
    assert found.nodes >= 2 ** circuits.linear_rank_width(adjacency).width or not any(map(any, adjacency))


@given(graphs(5))
@settings(max_examples=30)
def test_least_diagram_is_the_definition(adjacency: Matrix) -> None:
    found = circuits.quadratic_form_obdd(adjacency)
    assert (found.nodes, found.order) == exact_circuits.minimum_obdd(table(adjacency))


@given(graphs(9), st.data())
@settings(max_examples=40)
def test_size_of_an_order_is_that_of_the_table(adjacency: Matrix, data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(adjacency))))
    size = circuits.quadratic_form_obdd_of_order(adjacency, order)
    assert size == circuits.obdd_size_of_order(table(adjacency), order)


@given(graphs(9), st.integers(0, 9))
@settings(max_examples=60)
def test_bounds_enclose_the_minimum(adjacency: Matrix, exact_vertices: int) -> None:
    bounds = circuits.quadratic_form_bounds(adjacency, exact_vertices=exact_vertices)
    least = circuits.quadratic_form_obdd(adjacency)
    assert bounds.upper is not None
    assert bounds.lower <= least.nodes <= bounds.upper
    assert circuits.quadratic_form_obdd_of_order(adjacency, bounds.witness.order) == bounds.upper
    if exact_vertices >= len(adjacency):
        assert bounds.witness == least
        assert bounds.exact
    elif exact_vertices == 0:  # what is left has no node: one for each vertex that had a neighbour when it was deleted
        assert bounds.lower >= min(1, np.sum(adjacency))
    # The same moves as on the table.
    if exact_vertices < len(adjacency):
        assert bounds.witness == circuits.obdd_sift(table(adjacency))


@pytest.mark.parametrize("n", [40, 64])
def test_sifting_large_cycles(n: int) -> None:
    "The least sizes of cycles up to 26 vertices are 8 n - 33."
    bounds = circuits.quadratic_form_bounds(cycle(n), exact_vertices=12)
    assert bounds.upper == 8 * n - 33
    assert bounds.lower >= n


@given(graphs(11), st.data())
@settings(max_examples=30)
def test_invariant_under_relabelling(adjacency: Matrix, data: st.DataObject) -> None:
    other = relabelled(adjacency, data.draw(st.permutations(range(len(adjacency)))))
    assert circuits.linear_rank_width(other).width == circuits.linear_rank_width(adjacency).width
    assert circuits.quadratic_form_obdd(other).nodes == circuits.quadratic_form_obdd(adjacency).nodes


def test_no_vertices() -> None:
    empty = np.zeros((0, 0), dtype=int)
    assert circuits.linear_rank_width(empty) == circuits.LinearLayout(0, ())
    assert circuits.quadratic_form_obdd(empty) == circuits.Obdd(0, ())
    assert circuits.cut_rank(empty, []) == 0


def test_threads_do_not_matter() -> None:
    random = np.triu(np.random.default_rng(1).integers(0, 2, (15, 15)), 1)
    adjacency = random + random.T
    for measure in (circuits.linear_rank_width, circuits.quadratic_form_obdd):
        found: list[Any] = [measure(adjacency, threads=threads) for threads in (None, 1, 3)]
        assert found[1:] == found[:1] * 2


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: circuits.cut_rank([0, 1], [0]), r"adjacency has shape \(2,\): it must be \(n, n\)"),
        (lambda: circuits.cut_rank([[0, 1]], [0]), r"adjacency has shape \(1, 2\): it must be \(n, n\)"),
        (lambda: circuits.cut_rank([[0, 2], [2, 0]], [0]), r"adjacency\[0, 1\] = 2: an entry is 0 or 1"),
        (lambda: circuits.cut_rank([[0, 1], [0, 0]], [0]), r"adjacency\[0, 1\] = 1, adjacency\[1, 0\] = 0: the matrix"),
        (lambda: circuits.cut_rank([[0, 0], [0, 1]], [0]), r"adjacency\[1, 1\] = 1: no vertex is joined to itself"),
        (lambda: circuits.cut_rank(cycle(4), [4]), r"subset\[0\] = 4: a vertex is one of 0..3"),
        (lambda: circuits.cut_rank(cycle(4), [1, 1]), r"subset\[1\] = 1: each vertex comes once"),
        (lambda: circuits.cut_rank(cycle(65), []), "adjacency has 65 rows: a graph has at most 64 vertices"),
        (lambda: circuits.linear_rank_width(cycle(27)), "27 rows: exact linear rank-width goes to 26 vertices"),
        (lambda: circuits.quadratic_form_obdd(cycle(27)), "27 rows: the exact minimum over all orders goes to 26"),
        (lambda: circuits.quadratic_form_bounds(cycle(65)), "65 rows: a graph has at most 64 vertices"),
        (lambda: circuits.quadratic_form_bounds(cycle(4), exact_vertices=27), "exact_vertices = 27: the exact minimum"),
        (lambda: circuits.quadratic_form_obdd_of_order(cycle(4), [0]), "order has 1 entries: the graph has 4 vertices"),
        (lambda: circuits.quadratic_form_obdd_of_order(cycle(3), [0, 0, 1]), r"order\[1\] = 0: each input comes once"),
        (lambda: circuits.quadratic_form_obdd(cycle(4), threads=0), "threads = 0: it must be at least 1"),
    ],
)
def test_bad_input(call: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()  # type: ignore[operator]


def test_bad_types() -> None:
    with pytest.raises(TypeError, match="adjacency has dtype float64: it must hold integers"):
        circuits.cut_rank([[0.0, 1.0], [1.0, 0.0]], [0])
    with pytest.raises(TypeError, match="subset has dtype float64: it must hold integers"):
        circuits.cut_rank([[0, 1], [1, 0]], [0.5])  # type: ignore[list-item]


@pytest.mark.parametrize("measure", [circuits.linear_rank_width, circuits.quadratic_form_obdd])
def test_control_c(measure: Any) -> None:
    timer = threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):  # many seconds, if nothing stops it
        timer.start()
        measure(cycle(26), threads=1)
    timer.join()
