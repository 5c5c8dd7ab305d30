from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrodict import _core, circuits
from retrodict.exact import circuits as exact

GATES = {"and": [0b1000], "andnot": [0b0010, 0b0100], "or": [0b1110], "xor": [0b0110]}
# The sets of gates that make every function, and the number of inputs where the definition is still quick.
COMPLETE = {
    "and andnot or xor": 3,
    "and andnot or": 3,
    "and andnot xor": 3,
    "and or xor": 3,
    "andnot or xor": 3,
    "and xor": 2,
    "andnot xor": 2,
    "or xor": 2,
    "andnot or": 2,
}


def table_of(f: int, n: int) -> list[int]:
    return [f >> x & 1 for x in range(2**n)]


def number_of(table: list[int]) -> int:
    return sum(bit << x for x, bit in enumerate(table))


@st.composite
def tables(draw: st.DrawFn, most: int) -> list[int]:
    n = draw(st.integers(0, most))
    return draw(st.lists(st.integers(0, 1), min_size=2**n, max_size=2**n))


def moved(table: list[int], order: list[int], flips: int, out: int) -> list[int]:
    """The table after the inputs are permuted, those in `flips` complemented, and the output too if `out`."""
    return [
        out ^ table[sum((x >> source & 1) << target for target, source in enumerate(order)) ^ flips]
        for x in range(len(table))
    ]


@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_costs_are_those_of_the_definition(n: int) -> None:
    assert circuits.cost_table(n).tolist() == exact.cost_table(n)


@pytest.mark.parametrize(("basis", "most"), COMPLETE.items(), ids=lambda value: str(value))
def test_costs_of_other_bases(basis: str, most: int) -> None:
    gates = basis.split()
    operations = [operation for gate in gates for operation in GATES[gate]]
    for n in range(most + 1):
        assert circuits.cost_table(n, gates).tolist() == exact.cost_table(n, operations)


@pytest.mark.parametrize("basis", ["and or not", "and not", "or not", "andnot or not", "and xor not"])
def test_costs_where_negation_is_a_gate(basis: str) -> None:
    gates = basis.split()
    operations = [operation for gate in gates if gate != "not" for operation in GATES[gate]]
    for n in range(3):
        assert circuits.cost_table(n, gates).tolist() == exact.cost_table(n, operations, free_complements=False)
    three = exact.cost_table(3, operations, free_complements=False, max_cost=4)
    assert circuits.cost_table(3, gates, 4).tolist() == [255 if cost is None else cost for cost in three]


def test_costs_over_and_or_not() -> None:
    cost = circuits.cost_table(3, "AON")
    number = np.arange(256)
    complement, dual = 255 - number, 255 - sum((number >> 7 - x & 1) << x for x in range(8))
    assert np.all(cost[complement] <= cost + 1)
    assert cost[dual].tolist() == cost.tolist()  # De Morgan
    free = circuits.cost_table(3, "U2")
    assert np.all(free <= cost)
    majority, parity = 0b1110_1000, 0b1001_0110
    assert (cost[majority], cost[parity], cost.max()) == (4, 8, 8)


@pytest.mark.parametrize("basis", ["B2", "U2", "AON"])
def test_part_of_a_table(basis: str) -> None:
    whole = circuits.cost_table(3, basis)
    for most in (0, 1, 3, 400):
        assert circuits.cost_table(3, basis, most).tolist() == np.where(whole > most, 255, whole).tolist()
    four = circuits.cost_table(4, basis, 5)
    assert four[np.arange(256) * 257].tolist() == np.where(whole > 5, 255, whole).tolist()


def test_four_inputs_without_one_gate() -> None:
    whole = circuits.cost_table(4, ["and", "or", "xor"])
    assert whole.max() == 7 and np.all(whole >= circuits.cost_table(4))
    assert whole[np.arange(256) * 257].tolist() == circuits.cost_table(3, ["and", "or", "xor"]).tolist()


@pytest.mark.parametrize("n", [0, 1, 2])
def test_threshold_costs_are_those_of_the_definition(n: int) -> None:
    assert circuits.cost_table(n, "LT").tolist() == exact.threshold_cost_table(n, 2)


@pytest.mark.parametrize(("n", "weight"), [(0, 1), (1, 1), (2, 1), (3, 2), (4, 3)])
def test_threshold_functions_have_small_weights(n: int, weight: int) -> None:
    inputs = [sum(1 << x for x in range(2**n) if x >> i & 1) for i in range(n)]
    assert _core.circuits_threshold_functions(n).tolist() == sorted(exact.threshold_functions(inputs, 2**n, weight))


def test_threshold_costs_of_four_inputs() -> None:
    # Numbers of threshold functions: OEIS A000609.
    assert [len(_core.circuits_threshold_functions(n)) for n in range(6)] == [2, 4, 14, 104, 1882, 94572]
    cost = circuits.cost_table(4, "LT")
    assert np.count_nonzero(cost <= 1) == 1882
    assert cost[np.arange(256) * 257].tolist() == circuits.cost_table(3, "LT").tolist()
    parity = number_of([x.bit_count() & 1 for x in range(16)])
    assert cost[parity] == cost.max() == 3
    two_input = circuits.cost_table(4, "U2", 3)
    assert np.all(cost <= two_input)  # and, or, ... are threshold functions
    assert circuits.cost_table(4, "LT", 2).tolist() == np.where(cost > 2, 255, cost).tolist()


def test_two_threshold_gates_by_definition() -> None:
    rng = np.random.default_rng(3)
    one, inputs = exact.threshold_functions([0xAA, 0xCC, 0xF0], 8, 2), [0xAA, 0xCC, 0xF0]
    cost = circuits.cost_table(3, "LT")
    for g in rng.choice(sorted(one), 6).tolist():
        for f in exact.threshold_functions([*inputs, g], 8, 3):
            assert cost[f] <= 2


def test_a_basis_that_is_too_small_has_no_definition() -> None:
    with pytest.raises(ValueError, match=r"operations = \[6, 9\]: not every function is made of them"):
        exact.cost_table(2, [9, 6])


def test_named_bases() -> None:
    assert circuits.cost_table(3, "B2").tolist() == circuits.cost_table(3, list(GATES)).tolist()
    assert circuits.cost_table(3, "U2").tolist() == circuits.cost_table(3, ["and", "andnot", "or"]).tolist()
    complements = [operation ^ 15 * flip for operation in (1, 2, 4, 8) for flip in (0, 1)]
    assert circuits.cost_table(2, "U2").tolist() == exact.cost_table(2, complements)


def test_costs_of_four_inputs() -> None:
    cost = circuits.cost_table(4)
    assert cost.dtype == np.uint8
    assert np.bincount(cost).tolist() == [10, 60, 456, 2474, 10624, 24184, 25008, 2720]
    # A function of the first three inputs costs what it costs as a function of three.
    assert cost[np.arange(256) * 257].tolist() == circuits.cost_table(3).tolist()
    # No gate makes a function at less than its cost: x & y, x & ~y and x ^ y are all gates up to free complements.
    order = np.argsort(cost, kind="stable")
    for g in order[: np.searchsorted(cost[order], 3)]:  # cost at most 2, and by it everything
        for made in (order & g, order & ~g & 0xFFFF, order ^ g):
            assert np.all(cost[made] <= cost[order] + cost[g] + 1)


@given(st.integers(0, 65535), st.permutations(range(4)), st.integers(0, 15), st.integers(0, 1))
def test_gate_cost_is_invariant(f: int, order: list[int], flips: int, out: int) -> None:
    table = table_of(f, 4)
    other = moved(table, order, flips, out)
    assert circuits.gate_cost(other) == circuits.gate_cost(table) == circuits.gate_cost(f, 4)
    assert circuits.gate_cost(number_of(other), 4) == circuits.gate_cost(table)


def test_single_outputs_of_present() -> None:
    sbox = [0xC, 5, 6, 0xB, 9, 0, 0xA, 0xD, 3, 0xE, 0xF, 8, 4, 7, 1, 2]
    inverse = [sbox.index(y) for y in range(16)]
    costs = [[circuits.gate_cost([y >> bit & 1 for y in box]) for bit in range(4)] for box in (sbox, inverse)]
    assert costs == [[3, 6, 6, 6], [3, 7, 7, 6]]


def test_anf_is_the_polynomial() -> None:
    table = table_of(0xB5E6_9D21, 5)
    monomials = exact.anf(table)
    assert exact.anf(monomials) == table
    for x, value in enumerate(table):
        assert value == sum(c for m, c in enumerate(monomials) if m & x == m) % 2


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: circuits.gate_cost([0] * 64), "table has 6 inputs: exact gate costs go to 5"),
        (lambda: circuits.gate_bounds([0] * 64), "table has 6 inputs: exact gate costs go to 5"),
        (lambda: circuits.gate_cost([0, 3]), r"table\[1\] = 3"),
        (lambda: circuits.gate_cost(16, 2), r"table = 16: a function of 2 inputs is one of 0..15"),
        (lambda: circuits.gate_cost(-1, 2), r"table = -1"),
        (lambda: circuits.gate_cost(0, 9**9), "n_inputs = 387420489: exact gate costs go to 5 inputs"),
        (lambda: circuits.cost_table(5), "n_inputs = 5: the table goes to 4 inputs"),
        (lambda: circuits.cost_table(4, "AON"), "n_inputs = 4: the whole table takes xor and two"),
        (lambda: circuits.cost_table(4, "U2", -1), "max_cost = -1: it must be at least 0"),
        (lambda: circuits.cost_table(-1), "n_inputs = -1: it must be at least 0"),
        (lambda: circuits.cost_table(2, "B3"), "basis = 'B3': it is one of B2, U2, AON, LT or a collection"),
        (lambda: circuits.cost_table(5, "LT"), "n_inputs = 5: the table goes to 4 inputs"),
        (lambda: circuits.cost_table(2, ["nand"]), "basis has 'nand': a gate is one of and, andnot, or, xor, not"),
        (lambda: circuits.cost_table(2, "B2", -1), "max_cost = -1: it must be at least 0"),
        *(
            (lambda gates=gates: circuits.cost_table(2, gates), "basis: not every function is made of these gates")
            for gates in ([], ["xor"], ["and"], ["and", "or"], ["and", "andnot"], ["not"], ["xor", "not"])
        ),
    ],
)
def test_bad_input(call: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()  # type: ignore[operator]


def test_bad_types() -> None:
    with pytest.raises(TypeError, match="integer"):
        circuits.gate_cost(2.0, 2)
