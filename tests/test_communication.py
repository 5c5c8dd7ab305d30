"""Protocols: their cost, fooling sets and rank."""

from __future__ import annotations

from itertools import product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from restricted_tables import bits, tables

from retrodict.capacity import communication
from retrodict.capacity.matrices import balanced, rank
from retrodict.exact import restricted as exact


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 4), st.integers(1, 4), st.data())
def test_communication_is_its_definition(rows: int, columns: int, data: st.DataObject) -> None:
    word = data.draw(st.integers(0, 2 ** (rows * columns) - 1))
    matrix = [[word >> i * columns + j & 1 for j in range(columns)] for i in range(rows)]
    assert communication.communication(np.array(matrix)) == exact.communication(matrix)


@settings(max_examples=60)
@given(tables(6, least=1))
def test_bounds_of_communication(table: list[int]) -> None:
    matrix = balanced(bits(table)).astype(np.int64)
    [bound] = communication.bounds(bits(table))
    assert bound.kind == "exact"
    assert communication.leaves(matrix) <= 2**bound.value
    assert bound.value <= (min(len(np.unique(matrix, axis=a)) for a in (0, 1)) - 1).bit_length() + 1
    assert communication.communication(matrix.T) == bound.value


@settings(max_examples=60)
@given(tables(8, least=1))
def test_fooling_sets_fool(table: list[int]) -> None:
    matrix = balanced(bits(table))
    chosen = communication.fooling_set(matrix)
    assert all(matrix[i, j] == 1 for i, j in chosen)
    for (i, j), (k, l) in product(chosen, repeat=2):
        assert (i, j) == (k, l) or matrix[i, l] == 0 or matrix[k, j] == 0
    assert bool(chosen) == bool(matrix.any())


def test_communication_of_known_matrices() -> None:
    x = np.arange(256)
    inner = np.bitwise_count(x & x[:, None]) & 1
    for n, known in ((2, 3), (4, 5), (8, 9)):
        size = 1 << n
        equality = np.eye(size, dtype=np.uint8).reshape(-1)
        assert [b.value for b in communication.bounds(equality)] == [known]
        assert len(communication.fooling_set(np.eye(size, dtype=np.uint8))) == size
        assert rank(inner[:size, :size]) == size - 1
        [bound] = communication.bounds(inner[:size, :size].reshape(-1).astype(np.uint8))
        assert (bound.kind, bound.value) == ("exact", n + 1)


def test_rank_is_over_the_rationals() -> None:
    circulant = np.array([[1, 1, 0], [0, 1, 1], [1, 0, 1]])
    assert rank(circulant) == 3
    assert rank(np.ones((3, 5), dtype=np.int64)) == 1
