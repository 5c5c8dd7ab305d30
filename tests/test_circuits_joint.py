from __future__ import annotations

import os
import signal
import threading
from functools import cache
from itertools import permutations, product
from math import factorial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrodict import _core, circuits
from retrodict.exact import joint as exact
from retrodict.exact.chains import joint_cost

# The classes of permutations of n bits of cost 0, 1, 2, ...
CLASSES = {1: [1], 2: [1, 2], 3: [1, 6, 30, 51, 156, 192, 324, 80], 4: [1, 12, 132, 1162, 8788, 63188]}
EXAMPLE = [0, 14, 5, 11, 4, 12, 1, 9, 7, 15, 2, 10, 3, 13, 6, 8]
PRESENT = [0xC, 5, 6, 0xB, 9, 0, 0xA, 0xD, 3, 0xE, 0xF, 8, 4, 7, 1, 2]


def permutation_of(row: np.ndarray) -> list[int]:
    return [sum((int(f) >> x & 1) << i for i, f in enumerate(row)) for x in range(1 << len(row))]


def outputs_of(table: list[int], n_outputs: int) -> list[int]:
    return [sum((y >> i & 1) << x for x, y in enumerate(table)) for i in range(n_outputs)]


def class_of(table: list[int]) -> list[int]:
    ones = (1 << len(table)) - 1
    return sorted(f ^ ones * (f & 1) for f in outputs_of(table, len(table).bit_length() - 1))


def moved(x: int, order: list[int], flips: int) -> int:
    return sum((x >> source & 1) << target for target, source in enumerate(order)) ^ flips


@st.composite
def symmetries(draw: st.DrawFn, n: int) -> tuple[list[int], int]:
    return draw(st.permutations(range(n))), draw(st.integers(0, 2**n - 1))


@pytest.mark.parametrize("n", [0, 1, 2])
def test_cost_of_every_small_map_is_the_definition(n: int) -> None:
    for table in product(range(4), repeat=2**n):
        found = circuits.joint_cost(table)
        assert found.exact
        assert found.upper == found.witness.size == joint_cost(n, outputs_of(list(table), 2))
        assert found.witness.table().tolist() == list(table)


@pytest.mark.parametrize(("n", "most"), [(1, 3), (2, 5), (3, 3)])
def test_classes_are_those_of_the_definition(n: int, most: int) -> None:
    costs = exact.joint_costs(n, most)
    for cost in range(most + 1):
        wanted = sorted(sorted(outputs) for outputs, gates in costs.items() if gates == cost)
        found = circuits.joint_classes(n, cost)
        assert found.dtype == np.uint16
        assert found.shape == (len(wanted), n)
        assert found.tolist() == wanted


@pytest.mark.parametrize("n", [1, 2, 3])
def test_every_permutation_has_its_cost(n: int) -> None:
    table = circuits.joint_cost_table(n)
    assert table.dtype == np.uint8
    members = factorial(n) * 2**n
    assert np.bincount(table).tolist() == [members * count for count in CLASSES[n]]
    assert members * sum(CLASSES[n]) == len(table) == factorial(2**n)
    cost = {tuple(row): r for r in range(len(CLASSES[n]) + 2) for row in circuits.joint_classes(n, r).tolist()}
    for permutation, found in list(zip(permutations(range(2**n)), table.tolist(), strict=True))[:: 97 if n == 3 else 1]:
        assert cost[tuple(class_of(list(permutation)))] == found


def test_a_class_that_is_lost_ends_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """Were the enumeration not complete, more gates would never find the rest."""

    def without_the_dearest(n: int, cost: int) -> tuple[np.ndarray, ...]:
        levels = _core.circuits_joint_classes(n, cost, None)
        return tuple(level[1:] if r == 7 else level for r, level in enumerate(levels))

    monkeypatch.setattr("retrodict.circuits.joint._levels", without_the_dearest)
    with pytest.raises(RuntimeError, match="no permutation of 3 bits costs 8 gates, and 48 have no cost"):
        circuits.joint_cost_table(3)


def test_classes_of_four_bits() -> None:
    assert [len(circuits.joint_classes(4, cost)) for cost in range(6)] == CLASSES[4]
    rows = circuits.joint_classes(4, 5)
    assert rows.tolist() == sorted(rows.tolist())
    assert all(sorted(permutation_of(row)) == list(range(16)) for row in rows[::101])
    for threads in (1, 2, 3):
        assert np.array_equal(circuits.joint_classes(4, 5, threads=threads), rows)


# All classes of a cost by one search, the cost of one map by another: they have no code in common.
@pytest.mark.parametrize(("n", "cost"), [*((3, cost) for cost in range(8)), *((4, cost) for cost in range(7))])
def test_one_search_finds_what_the_other_finds(n: int, cost: int) -> None:
    rows = circuits.joint_classes(n, cost)
    for row in rows[np.random.default_rng(cost).integers(0, len(rows), 25)]:
        table = permutation_of(row)
        found = circuits.joint_cost(table)
        assert found.exact
        assert found.upper == found.witness.size == cost
        assert found.witness.table().tolist() == table


@given(st.integers(0, CLASSES[4][5] - 1), symmetries(4), symmetries(4))
@settings(max_examples=40, deadline=None)
def test_cost_is_invariant(place: int, at_inputs: tuple[list[int], int], at_outputs: tuple[list[int], int]) -> None:
    table = permutation_of(five_gates()[place])
    other = [moved(table[moved(x, *at_inputs)], *at_outputs) for x in range(16)]
    assert circuits.joint_cost(other).upper == 5
    assert tuple(class_of(other)) in five_gate_classes()


@cache
def five_gates() -> np.ndarray:
    return circuits.joint_classes(4, 5)


@cache
def five_gate_classes() -> set[tuple[int, ...]]:
    return {tuple(row) for row in five_gates().tolist()}


def test_one_output_costs_what_gate_cost_says() -> None:
    costs = circuits.cost_table(4)
    for cost in range(8):
        for f in np.random.default_rng(cost).choice(np.flatnonzero(costs == cost), 3):
            assert circuits.joint_cost([int(f) >> x & 1 for x in range(16)]).upper == cost


def test_bounds_say_where_the_search_ended() -> None:
    found = circuits.joint_cost(PRESENT, max_gates=8)
    assert (found.lower, found.upper, found.witness) == (9, None, None)
    assert found.proof == "exhaustive search: no circuit of 8 gates"
    assert found.note == "no more than 8 gates were tried"
    assert circuits.joint_cost(EXAMPLE, max_gates=5).upper == 5
    assert str(circuits.joint_cost(EXAMPLE, max_gates=4)) == "5.."
    assert circuits.joint_cost([3, 2, 1, 0]).upper == 0
    assert circuits.joint_cost([0, 0, 0, 0]).witness.n_outputs == 1
    # The default ends 10 - n gates beyond the different outputs that take gates: here f + x_0 and twice f.
    outputs = [7 * (x.bit_count() == 3) ^ 9 * (x & 1) ^ 16 for x in range(32)]
    assert circuits.joint_cost(outputs).note == f"no more than {2 + 10 - 5} gates were tried"


def test_gaps() -> None:
    assert [circuits.feeble_gap(n, cost) for n in (1, 2, 3) for cost in range(9)] == [()] * 27
    gaps = circuits.feeble_gap(4, 5)
    rows = {tuple(class_of(list(gap.table))) for gap in gaps}
    assert len(rows) == len(gaps) > 0
    assert rows <= five_gate_classes()
    assert tuple(class_of(EXAMPLE)) in rows
    inverse = [EXAMPLE.index(y) for y in range(16)]
    assert tuple(class_of(inverse)) not in rows
    # Their inverses are found by searches of one map each; the classes of one gate more have them too.
    assert {gap.inverse_cost for gap in gaps} == {6}
    assert {gap.cost for gap in gaps} == {5}
    place = 65536 ** np.arange(3, -1, -1, dtype=np.uint64)
    inverses = np.array([class_of([gap.table.index(y) for y in range(16)]) for gap in gaps], dtype=np.uint64)
    six_gates = circuits.joint_classes(4, 6)
    assert len(six_gates) == 414017
    assert np.isin(inverses @ place, six_gates.astype(np.uint64) @ place).all()


def test_as_many_permutations_go_up_as_come_down() -> None:
    """f -> its inverse exchanges the permutations of costs (r, s) and (s, r); all classes have as many members."""
    cost = {tuple(row): r for r in range(6) for row in circuits.joint_classes(4, r).tolist()}
    pairs = np.zeros((6, 6), dtype=int)
    for r in range(5):
        for row in circuits.joint_classes(4, r):
            table = permutation_of(row)
            pairs[r, cost[tuple(class_of([table.index(y) for y in range(16)]))]] += 1
    assert pairs[:5, :5].tolist() == np.diag(CLASSES[4][:5]).tolist()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: circuits.joint_cost([0, 1, 1]), "table has 3 entries: the table of a map has 2"),
        (lambda: circuits.joint_cost([]), "table has 0 entries"),
        (lambda: circuits.joint_cost([0, -1]), r"table\[1\] = -1: an entry must not be negative"),
        (lambda: circuits.joint_cost(range(128)), "depends on 7 inputs: the search for a smallest circuit goes to 6"),
        (lambda: circuits.joint_cost([[0, 1]]), r"table has shape \(1, 2\)"),
        (lambda: circuits.joint_cost([0, 1], max_gates=-1), "max_gates = -1: it must be at least 0"),
        (lambda: circuits.joint_classes(0, 1), "n_inputs = 0: classes of permutations are enumerated for 1..4 inputs"),
        (lambda: circuits.joint_classes(5, 1), "n_inputs = 5: classes of permutations"),
        (lambda: circuits.joint_classes(3, -1), "cost = -1: it must be at least 0"),
        (lambda: circuits.joint_classes(3, 64), "cost = 64: the search tells at most 63 gates apart"),
        (lambda: circuits.joint_classes(3, 1, threads=0), "threads = 0: it must be at least 1"),
        (lambda: circuits.joint_cost_table(4), r"n_inputs = 4: the table of all permutations is for 1 \.\.\. 3 inputs"),
        (lambda: circuits.joint_cost_table(0), "n_inputs = 0: the table of all permutations"),
        (lambda: circuits.feeble_gap(5, 1), "n_inputs = 5: classes of permutations"),
        (lambda: circuits.feeble_gap(3, -1), "cost = -1: it must be at least 0"),
    ],
)
def test_bad_input(call: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()  # type: ignore[operator]


def test_bad_types() -> None:
    with pytest.raises(TypeError, match="table has dtype float64: it must hold integers"):
        circuits.joint_cost([0.0, 1.0])
    with pytest.raises(TypeError, match=r"cost = 2\.5: it must be an integer"):
        circuits.joint_classes(3, 2.5)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "call", [lambda: circuits.joint_classes(4, 9, threads=1), lambda: circuits.joint_cost(PRESENT, max_gates=12)]
)
def test_control_c_stops_the_search(call: object) -> None:
    timer = threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        timer.start()
        call()  # type: ignore[operator]
    timer.join()
