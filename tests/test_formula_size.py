"""De Morgan formulas: least ones, expansions, and lower bounds."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from restricted_tables import bits, moved, parity, tables

from retrodict import circuits
from retrodict.capacity import formula_size
from retrodict.capacity.truth_table import n_variables, on_essential
from retrodict.exact import restricted as exact
from retrodict.maps import parse


@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_formulas_are_their_definition(n: int) -> None:
    assert circuits.formula_table(n).tolist() == exact.formula_table(n)


def test_formulas_of_four_inputs() -> None:
    leaves = circuits.formula_table(4)
    assert leaves[np.arange(256) * 257].tolist() == circuits.formula_table(3).tolist()
    assert leaves[0x6996] == leaves[0x9669] == 16
    # f is a conjunction of two functions above it, or f's complement is: the best pair has as many leaves as f.
    for f in np.random.default_rng(0).integers(0, 65536, 60).tolist():
        if 6 <= f.bit_count() <= 10:
            assert leaves[f] == min(best_conjunction(g, leaves) for g in (f, f ^ 65535))


def best_conjunction(f: int, leaves: np.ndarray) -> int:
    above = np.array([g for g in range(65536) if g & f == f and g not in (f, 65535)])
    pairs = leaves[above].astype(int)[:, None] + leaves[above]
    return int(pairs[above[:, None] & above == f].min())


@settings(max_examples=50)
@given(st.integers(0, 65535), st.permutations(range(4)), st.integers(0, 15))
def test_formula_cost_is_invariant(f: int, order: list[int], flips: int) -> None:
    table = [f >> x & 1 for x in range(16)]
    assert circuits.formula_cost(table) == circuits.formula_table(4)[f] == circuits.formula_upper(table)
    assert circuits.formula_cost(moved(table, order, flips)) == circuits.formula_cost([1 - y for y in table])


def smallest_expansion(table: list[int]) -> int:
    """Leaves, trying every input at every node."""
    if len(table) <= 16:
        return circuits.formula_cost(table)
    best = []
    for i in range(len(table).bit_length() - 1):
        low, high = ([y for x, y in enumerate(table) if x >> i & 1 == bit] for bit in (0, 1))
        rises = all(a <= b for a, b in zip(low, high, strict=True))
        falls = all(a >= b for a, b in zip(low, high, strict=True))
        if rises and falls:
            return smallest_expansion(low)
        best.append(smallest_expansion(low) + smallest_expansion(high) + (1 if rises or falls else 2))
    return min(best)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1))
def test_expansions_by_trying_everything(word: int, mask: int) -> None:
    for f in (word, word & mask, word & mask & mask >> 8, word | mask << 4):
        table = [f >> x & 1 for x in range(64)]
        assert circuits.formula_upper(table) == smallest_expansion(table)


def test_expansions_beyond_free_choice_only_grow() -> None:
    table = parse("triangular:n=13").inverse().output(12)
    assert circuits.formula_upper(np.tile(table, 2)) == circuits.formula_upper(table)
    reversed_inputs = table.reshape((2,) * 13).T.reshape(-1)  # now the cheap input is expanded first
    assert circuits.formula_upper(reversed_inputs) != circuits.formula_upper(table)


@settings(max_examples=60)
@given(tables(4, least=1), st.data())
def test_koutsoupias_bounds_formulas(table: list[int], data: st.DataObject) -> None:
    f = bits(table)
    weights = data.draw(st.lists(st.integers(0, 9), min_size=f.size, max_size=f.size))
    sides = [[w for w, y in zip(weights, table, strict=True) if y == bit] for bit in (0, 1)]
    if any(sum(side) == 0 for side in sides):
        with pytest.raises(ValueError, match="both sides need some"):
            formula_size.koutsoupias(f, weights)
        return
    n = f.size.bit_length() - 1
    edges = [(x, x ^ 1 << i) for x in range(f.size) for i in range(n) if f[x] < f[x ^ 1 << i]]
    total = sum(weights[x] * weights[y] for x, y in edges)
    norms = [sum(w * w for w in side) for side in sides]
    bound = formula_size.koutsoupias(f, weights)
    assert bound == Fraction(total**2, norms[0] * norms[1])
    assert bound <= circuits.formula_cost(table)
    assert bound <= formula_size.koutsoupias(f, formula_size.weights(f)) + Fraction(1, 50)


def test_khrapchenko_of_parities_and_ors() -> None:
    for n in range(1, 9):
        assert formula_size.khrapchenko(bits(parity(n))) == n**2
        some = (np.arange(2**n) > 0).astype(np.uint8)
        assert formula_size.khrapchenko(some) == Fraction(n**2, 2**n - 1)
        assert formula_size.khrapchenko(some, weights_at_most_one(n)) == n
        [bound] = formula_size.bounds(some)
        assert (bound.kind, bound.value) == ("exact", n)
    assert [formula_size.bounds(bits(parity(n)))[0].value for n in (4, 8)] == [16, 64]
    assert [b.value for b in formula_size.bounds(bits(parity(5)))] == [25, 28]


def weights_at_most_one(n: int) -> list[int]:
    return [int(x.bit_count() <= 1) for x in range(2**n)]


@settings(max_examples=40)
@given(tables(3, least=1), tables(4, least=1))
def test_summands(left: list[int], right: list[int]) -> None:
    f = bits([a ^ b for b in right for a in left])
    parts = formula_size.summands(f)
    assert all(part.size > 1 for part in parts) or len(parts) == 1
    total = np.zeros(1, dtype=np.uint8)
    for part in parts:
        total = (total[None, :] ^ part[:, None]).reshape(-1)
    # The inputs of the parts are the essential ones of f, in another order.
    core = on_essential(f)
    assert total.size == core.size
    if core.size <= 16:
        same = (moved(total.tolist(), list(order), 0) for order in permutations(range(n_variables(core))))
        assert any(table in (core.tolist(), (1 - core).tolist()) for table in same)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: circuits.formula_table(5), "n_inputs = 5: the table of formulas goes to 4 inputs"),
        (lambda: circuits.formula_cost([0] * 32), "table has 32 entries: least formulas are known up to 4 inputs"),
        (lambda: circuits.formula_upper([]), "table has 0 entries"),
        (lambda: formula_size.koutsoupias(bits([0, 1]), [-1, 1]), r"weights lie in -1 ... 1: they must lie in 0 ..."),
    ],
)
def test_bad_input(call: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()  # type: ignore[operator]
