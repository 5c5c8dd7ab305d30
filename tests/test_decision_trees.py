"""Decision trees and the largest parities."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from restricted_tables import bits, moved, parity, tables

from retrodict import circuits
from retrodict.capacity.decision_tree_size import decision_tree_size
from retrodict.exact import restricted as exact
from retrodict.maps import parse


@settings(max_examples=80)
@given(tables(4))
def test_decision_trees_are_their_definition(table: list[int]) -> None:
    assert circuits.decision_tree(table) == circuits.DecisionTree(*exact.decision_tree(table))


@given(tables(7), st.data())
def test_decision_trees_are_invariant(table: list[int], data: st.DataObject) -> None:
    n = len(table).bit_length() - 1
    order, flips = data.draw(st.permutations(range(n))), data.draw(st.integers(0, 2**n - 1))
    assert circuits.decision_tree(moved(table, order, flips)) == circuits.decision_tree(table)
    assert circuits.decision_tree([1 - y for y in table]) == circuits.decision_tree(table)
    # Useless inputs, above and below, change nothing.
    assert circuits.decision_tree(np.repeat(np.tile(table, 2), 2)) == circuits.decision_tree(table)
    assert decision_tree_size(bits(table)) == circuits.decision_tree(table).leaves


@pytest.mark.parametrize("n", [0, 1, 5, 11, 13])
def test_trees_of_parities_and_of_an_or(n: int) -> None:
    assert circuits.decision_tree(parity(n)) == circuits.DecisionTree(n, 2**n)
    assert circuits.decision_tree(np.arange(2**n) > 0) == circuits.DecisionTree(n, n + 1)


def test_the_smallest_tree_is_not_the_shallowest() -> None:
    """No tree of depth 4 of this function has 12 leaves, if all its subtrees are as shallow as can be."""
    table = [0x5D0D08D9 >> x & 1 for x in range(32)]
    assert circuits.decision_tree(table) == circuits.DecisionTree(4, 12)
    assert depth_first(table) == (4, 13)


def depth_first(table: list[int]) -> tuple[int, int]:
    """The least depth, and the fewest leaves of the trees whose subtrees are all of least depth."""
    if len(set(table)) == 1:
        return 0, 1
    options = []
    for i in range(len(table).bit_length() - 1):
        halves = [depth_first([y for x, y in enumerate(table) if x >> i & 1 == bit]) for bit in (0, 1)]
        options.append((1 + max(half[0] for half in halves), sum(half[1] for half in halves)))
    return min(options)


@settings(max_examples=80)
@given(tables(4))
def test_the_largest_parity_is_its_definition(table: list[int]) -> None:
    n = len(table).bit_length() - 1
    mask, value = circuits.largest_parity(table)
    points = [x for x in range(len(table)) if x & mask == value]
    assert len({table[x] ^ (x & ~mask).bit_count() & 1 for x in points}) == 1
    assert n - mask.bit_count() == exact.largest_parity(table)


def test_largest_parities_of_maps() -> None:
    chi = parse("sbox:keccak-chi")
    free = [[5 - circuits.largest_parity(f.output(0))[0].bit_count() for f in (chi, chi.inverse())]]
    assert free == [[2, 3]]
    assert circuits.largest_parity(np.tile(parity(6), 4)) == (0b11000000, 0)
    bit = parse("random:n=13,seed=0").output(0)
    mask, value = circuits.largest_parity(bit)
    inside_it = [x for x in range(2**13) if x & mask == value]
    assert len(inside_it) >= 8
    assert len({bit[x] ^ (x & ~mask).bit_count() & 1 for x in inside_it}) == 1


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: circuits.decision_tree([0, 1, 1]), "table has 3 entries"),
        (lambda: circuits.decision_tree(np.zeros(2**17, bool)), "table has 17 inputs: all subcubes .* up to 16"),
    ],
)
def test_bad_input(call: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()  # type: ignore[operator]


def test_bad_types() -> None:
    with pytest.raises(TypeError, match="table has dtype float64: it must hold integers"):
        circuits.decision_tree([0.0, 1.0])
