"""Sign-rank: certified norms, and realisations by sign changes."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from restricted_tables import bits

from retrodict.capacity import sign_rank
from retrodict.capacity.matrices import balanced, rank


def test_norms_of_hadamard_matrices_are_exact() -> None:
    x = np.arange(64)
    hadamard = 1 - 2 * (np.bitwise_count(x & x[:, None]).astype(np.int64) & 1)
    assert sign_rank.norm_powers(hadamard) == [(p, 64 ** (p // 2)) for p in (2, 4, 8, 16, 32)]
    assert sign_rank.forster_bound(hadamard) == 8
    assert sign_rank.discrepancy_bound(hadamard) == Fraction(1, 8)
    assert sign_rank.forster_bound(np.ones((4, 4), dtype=np.int64)) == 1
    assert sign_rank.discrepancy_bound(np.ones((4, 4), dtype=np.int64)) == 1


@settings(max_examples=40)
@given(st.integers(1, 9), st.integers(1, 9), st.randoms(use_true_random=False))
def test_norms_are_enclosed(rows: int, columns: int, random: object) -> None:
    signs = np.array([[random.choice((-1, 1)) for _ in range(columns)] for _ in range(rows)])  # type: ignore[attr-defined]
    norm = np.linalg.norm(signs, 2)
    powers = sign_rank.norm_powers(signs)
    assert all(bound >= norm**p * (1 - 1e-9) for p, bound in powers)
    assert powers[-1][1] ** (1 / 32) <= norm * rows ** (1 / 32) * (1 + 1e-9)
    assert sign_rank.forster_bound(signs) <= rank(signs)
    assert sign_rank.forster_bound(signs) <= np.sqrt(signs.size) / norm + 1
    best = max(abs(int(signs[np.ix_(r, c)].sum())) for r in subsets(min(rows, 6)) for c in subsets(min(columns, 6)))
    assert Fraction(best, signs.size) <= sign_rank.discrepancy_bound(signs)


def subsets(size: int) -> list[list[int]]:
    return [[i for i in range(size) if word >> i & 1] for word in range(1, 1 << size)]


def realised(signs: np.ndarray) -> int:
    """The least number of changes of sign along every row, over all orders and signs of the columns."""
    best = signs.shape[1]
    for order in permutations(range(signs.shape[1])):
        for flips in product((1, -1), repeat=signs.shape[1] - 1):
            best = min(best, sign_rank.sign_changes((signs * (1, *flips))[:, order]))
    return best


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**16 - 1))
def test_sign_rank_of_four_inputs(word: int) -> None:
    """Sign-rank is at most 2 if and only if some order and signs of the columns leave one change in every row."""
    f = bits([word >> x & 1 for x in range(16)])
    found = sign_rank.bounds(f)
    low, high = found[0].value, found[-1].value
    changes = realised(1 - 2 * balanced(f).astype(np.int64))
    assert low <= max(changes + 1, 1)
    if high <= 2:
        assert changes <= 1
    if changes >= 2:
        assert high >= 3


def test_sign_rank_of_equality_and_greater() -> None:
    x = np.arange(16)
    for matrix, low, high in ((x == x[:, None], 2, 3), (x > x[:, None], 2, 2), (x * 0 == 0, 1, 1)):
        found = sign_rank.bounds(matrix.astype(np.uint8).reshape(-1))
        assert (found[0].value, found[-1].value) == (low, high)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: sign_rank.forster_bound([[1, 0]]), r"matrix\[0, 1\] = 0: an entry is 1 or -1"),
        (lambda: sign_rank.norm_powers([1, 1]), r"matrix has shape \(2,\): it must have rows and columns"),
    ],
)
def test_bad_input(call: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()  # type: ignore[operator]


def test_bad_types() -> None:
    with pytest.raises(TypeError, match="matrix has dtype float64: entries must be integers"):
        sign_rank.norm_powers([[1.0]])
