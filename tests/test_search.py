"""The search for a smallest circuit: its definition, the tables of costs, invariances, and how it ends early."""

from __future__ import annotations

import os
import signal
import threading
from collections import Counter
from functools import cache
from itertools import combinations_with_replacement, permutations
from math import inf, nan
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrodict import circuits
from retrodict.bounds import Bounds
from retrodict.exact import chains as exact
from retrodict.maps import parse

AND_TYPE = [operation for operation in range(16) if operation not in (0b0110, 0b1001)]
OPERATIONS = {"B2": list(range(16)), "U2": AND_TYPE}


def rows_of(functions: list[int], n: int) -> list[list[int]]:
    return [[f >> x & 1 for x in range(2**n)] for f in functions]


def checked(rows: list[list[int]], **options: Any) -> Bounds:
    """The bounds, after the witness was run on all inputs."""
    bounds = circuits.minimum_circuit(rows, **options)
    if bounds.upper is not None:
        assert bounds.exact
        assert bounds.witness.size == bounds.upper
        outputs = bounds.witness.table()
        for i, row in enumerate(rows):
            assert [int(y) >> i & 1 for y in outputs] == row
        if options.get("basis") == "U2":
            assert all(gate.operation in AND_TYPE for gate in bounds.witness.gates)
    return bounds


@cache
def chains_of_three_inputs(basis: str) -> list[list[list[int]]]:
    """In order, so that an example is found again."""
    return [sorted(map(sorted, exact.chains(3, gates, OPERATIONS[basis]))) for gates in range(5)]


@pytest.mark.parametrize("basis", ["B2", "U2"])
def test_outputs_of_two_inputs_are_the_definition(basis: str) -> None:
    for functions in combinations_with_replacement(range(16), 3):
        expected = exact.joint_cost(2, functions, OPERATIONS[basis])
        assert checked(rows_of(list(functions), 2), basis=basis).lower == expected, functions


@pytest.mark.parametrize("basis", ["B2", "U2"])
@given(st.data())
@settings(max_examples=100, deadline=None)
def test_outputs_of_three_inputs_are_the_definition(basis: str, data: st.DataObject) -> None:
    levels = chains_of_three_inputs(basis)
    chain = data.draw(st.sampled_from(levels[data.draw(st.integers(1, 4))]))
    wanted = data.draw(st.sets(st.sampled_from(chain), min_size=1))
    expected = next(r for r, level in enumerate(levels) if any(wanted.issubset(other) for other in level))
    flips = data.draw(st.lists(st.booleans(), min_size=len(wanted), max_size=len(wanted)))
    functions = [f ^ 255 * flip for f, flip in zip(sorted(wanted), flips, strict=True)]
    assert checked(rows_of(functions, 3), basis=basis).lower == expected


@pytest.mark.parametrize("basis", ["B2", "U2"])
def test_functions_of_three_inputs_are_the_table(basis: str) -> None:
    cost = circuits.cost_table(3, basis)
    assert [checked(rows_of([f], 3), basis=basis).upper for f in range(256)] == cost.tolist()


def test_outputs_that_share_a_function_are_no_dearer_than_made() -> None:
    """They are gates of one function y, so that several outputs are made at the end with nothing free left."""
    rng = np.random.default_rng(0)
    operations = (0b1000, 0b0100, 0b0010, 0b1110, 0b0110, 0b0110)
    for _ in range(4000):
        circuit = [(operations[rng.integers(6)], *(1 + int(v) for v in rng.integers(0, 4, 2)))]
        for _ in range(rng.integers(0, 4)):
            circuit.append((operations[rng.integers(6)], 4 + len(circuit), 1 + int(rng.integers(0, 3 + len(circuit)))))
        shared, n_outputs = 4 + len(circuit), int(rng.integers(2, 4))
        for _ in range(n_outputs):
            circuit.append((operations[rng.integers(6)], shared, int(rng.integers(1, shared + 1))))
        made = circuits.Circuit(4, circuit, [2 * (shared + 1 + i) for i in range(n_outputs)])
        rows = [[int(y) >> i & 1 for y in made.table()] for i in range(n_outputs)]
        assert checked(rows, max_gates=made.size, threads=1).exact


@pytest.mark.parametrize("functions", [[0x0080, 0xFF40], [0xB0F0, 0x8000]])
def test_outputs_of_which_one_is_constant_where_the_other_is_zero(functions: list[int]) -> None:
    """They may be gates of the same two functions, which other outputs cannot."""
    assert checked(rows_of(functions, 4)).upper == 4


def classes_of_four_inputs() -> list[int]:
    """The least function of each class under permuting and complementing inputs and complementing the output."""
    least: dict[int, int] = {}
    points = range(16)
    moves = [
        [sum((x >> source & 1) << target for target, source in enumerate(order)) ^ flips for x in points]
        for order in permutations(range(4))
        for flips in points
    ]
    weights = 1 << np.array(moves)
    for f in range(65536):
        if f not in least:
            bits = np.array([f >> x & 1 for x in points])
            for g in {int(image) for image in weights @ bits}:
                least[g] = least[g ^ 65535] = f
    return sorted(set(least.values()))


def test_all_classes_of_four_inputs_are_the_table() -> None:
    cost = circuits.cost_table(4)
    classes = classes_of_four_inputs()
    found = {f: checked(rows_of([f], 4)).upper for f in classes}
    assert found == {f: cost[f] for f in classes}
    assert sorted(Counter(found.values()).items()) == list(enumerate([2, 2, 5, 20, 34, 75, 72, 12]))


def test_permutations_of_three_bits() -> None:
    """One of each class under permuting and complementing inputs and outputs, and how many it stands for."""
    moves = [
        [sum((x >> source & 1) << target for target, source in enumerate(order)) ^ flips for x in range(8)]
        for order in permutations(range(3))
        for flips in range(8)
    ]
    left = set(permutations(range(8)))
    histogram: Counter[int] = Counter()
    while left:
        table = min(left)
        images = {tuple(out[table[x]] for x in into) for into in moves for out in moves}
        left -= images
        inverse = [table.index(y) for y in range(8)]
        costs = [checked([[y >> bit & 1 for y in box] for bit in range(3)]).upper for box in (table, inverse)]
        assert costs[0] == costs[1] is not None
        histogram[costs[0]] += len(images)
    assert [histogram[gates] for gates in range(8)] == [48, 288, 1440, 2448, 7488, 9216, 15552, 3840]


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_bounds_are_invariant(data: st.DataObject) -> None:
    n = data.draw(st.integers(3, 5))
    rows = data.draw(st.lists(st.lists(st.integers(0, 1), min_size=2**n, max_size=2**n), min_size=1, max_size=3))
    order = data.draw(st.permutations(range(n)))
    flips = data.draw(st.integers(0, 2**n - 1))
    move = [sum((x >> source & 1) << target for target, source in enumerate(order)) ^ flips for x in range(2**n)]
    outputs = data.draw(st.permutations(range(len(rows))))
    complement = data.draw(st.lists(st.integers(0, 1), min_size=len(rows), max_size=len(rows)))
    other = [[rows[i][x] ^ complement[i] for x in move] for i in outputs]
    most = len(rows) + 4
    first, second = checked(rows, max_gates=most), checked(other, max_gates=most)
    assert (first.lower, first.upper) == (second.lower, second.upper)


@given(st.data())
@settings(max_examples=15, deadline=None)
def test_one_gate_for_each_further_input(data: st.DataObject) -> None:
    """f ^ x4 and f & x4 cost one gate more than f: putting a constant for x4 saves a gate that reads it."""
    cost = circuits.cost_table(4)
    f = data.draw(st.sampled_from(np.flatnonzero(cost == data.draw(st.integers(1, 3))).tolist()))
    row, expected = rows_of([f], 4)[0], int(cost[f])
    for i in range(4, data.draw(st.integers(5, 6))):
        row = row + [1 - bit for bit in row] if data.draw(st.booleans()) else [0] * 2**i + row
        expected += 1
    assert checked([row]).upper == expected


@pytest.mark.parametrize("n", range(7))
def test_parities_of_any_number_of_inputs(n: int) -> None:
    parity = [x.bit_count() & 1 for x in range(2**n)]
    running = [[(x & (2 << i) - 1).bit_count() & 1 for x in range(2**n)] for i in range(n)]
    for rows in ([parity], running or [parity]):
        assert checked(rows).upper == max(n - 1, 0)


def test_maps_of_ciphers() -> None:
    known = {"skinny4": 8, "gift": 10, "rectangle": 11, "keccak-chi": 10}
    for name, gates in known.items():
        box = parse(f"sbox:{name}")
        assert checked([list(box.output(i)) for i in range(box.n_outputs)], threads=1).upper == gates


def test_permutations_of_four_bits_are_the_classes() -> None:
    """A search of another kind lists the classes of each joint cost: outputs unordered, each up to complement."""
    for cost in range(6):
        classes = circuits.joint_classes(4, cost)
        for outputs in classes[:: max(1, len(classes) // 100)]:
            assert checked(rows_of(outputs.tolist(), 4), threads=1).upper == cost
    for gap in circuits.feeble_gap(4, 5)[::5]:
        inverse = [gap.table.index(y) for y in range(16)]
        for table, cost in ((gap.table, gap.cost), (inverse, gap.inverse_cost)):
            assert checked([[y >> bit & 1 for y in table] for bit in range(4)], threads=1).upper == cost


def test_inputs_that_do_nothing() -> None:
    rows = [[(x >> 7 & x >> 2 & 1) ^ (x >> 4 & 1) ^ invert for x in range(2**9)] for invert in (0, 1)]
    rows += [[1 - (x >> 3 & 1) for x in range(2**9)], [1] * 2**9, [0] * 2**9]
    found = checked(rows)
    assert found.upper == 2
    assert found.witness.outputs[2:] == (2 * 4 + 1, 1, 0)


def test_nothing_to_do() -> None:
    for rows in ([[0]], [[1]], [[0, 1]], [[1, 0], [0, 1], [1, 1]]):
        assert str(checked(rows)) == "0"
        assert checked(rows).proof is None
    assert circuits.minimum_circuit(np.array([False, True, True, False])).upper == 1


PRESENT = [list(parse("sbox:present").output(i)) for i in range(4)]


def test_the_circuit_does_not_depend_on_the_threads() -> None:
    for rows in ([[0xE678 >> x & 1 for x in range(16)]], [list(parse("sbox:skinny4").output(i)) for i in range(4)]):
        found = [checked(rows, threads=threads).witness for threads in (None, 1, 2, 5)]
        assert found[1:] == found[:1] * 3
    late = [circuits.minimum_circuit(PRESENT, max_gates=9, threads=threads) for threads in (1, 3)]
    assert late[0] == late[1]


def test_a_limit_of_gates() -> None:
    found = circuits.minimum_circuit(PRESENT, max_gates=8)
    assert (found.lower, found.upper, found.witness) == (9, None, None)
    assert found.proof == "exhaustive search: no circuit of 8 gates"
    assert found.note == "no more than 8 gates were tried"
    assert circuits.minimum_circuit(PRESENT, max_gates=0).lower == 4  # four outputs, a gate for each
    assert circuits.minimum_circuit(PRESENT[0], max_gates=3).exact


def test_a_limit_of_time() -> None:
    found = circuits.minimum_circuit(PRESENT, timeout=0.3)
    assert 8 <= found.lower <= 11
    assert found.upper is None and not found.exact
    assert found.note == f"interrupted after 0.3 s: {found.lower} gates were being tried"
    assert circuits.minimum_circuit(PRESENT[0], timeout=1e300).exact


def test_control_c_stops_the_search() -> None:
    timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        timer.start()
        circuits.minimum_circuit(PRESENT, timeout=60)
    timer.join()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: circuits.minimum_circuit([0, 1, 1]), "tables has rows of 3 entries: a truth table has 2"),
        (lambda: circuits.minimum_circuit([]), "tables has rows of 0 entries"),
        (lambda: circuits.minimum_circuit([[]]), "tables has rows of 0 entries"),
        (lambda: circuits.minimum_circuit(np.empty((0, 4))), "tables has no rows"),
        (lambda: circuits.minimum_circuit([[0, 1], [0, 2]]), r"tables\[1\]\[1\] = 2: an entry is 0 or 1"),
        (lambda: circuits.minimum_circuit([[0, -1]]), r"tables\[0\]\[1\] = -1"),
        (lambda: circuits.minimum_circuit(3), r"tables has shape \(\): it is one truth table or a row for each output"),
        (lambda: circuits.minimum_circuit(np.zeros((1, 1, 2), int)), r"tables has shape \(1, 1, 2\)"),
        (lambda: circuits.minimum_circuit([0, 1], basis="B3"), "basis = 'B3': the search knows 'B2' and 'U2'"),
        (lambda: circuits.minimum_circuit([0, 1], max_gates=59), "max_gates = 59: the search goes to 58 gates"),
        (lambda: circuits.minimum_circuit([0, 1], max_gates=-1), "max_gates = -1: it must be at least 0"),
        (lambda: circuits.minimum_circuit([0, 1], threads=0), "threads = 0: it must be at least 1"),
        *(
            (lambda t=t: circuits.minimum_circuit([0, 1], timeout=t), f"timeout = {t}: it must be positive")
            for t in (0, -1, nan, -inf)
        ),
        (
            lambda: circuits.minimum_circuit([x.bit_count() & 1 for x in range(128)]),
            "tables depends on 7 inputs: the search for a smallest circuit goes to 6",
        ),
        (
            lambda: circuits.minimum_circuit([[int(x & a == a) for x in range(64)] for a in range(64)]),
            "tables has 57 different outputs that need a gate: the search for a smallest circuit goes to 32",
        ),
    ],
)
def test_bad_input(call: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()  # type: ignore[operator]


def test_bad_types() -> None:
    with pytest.raises(TypeError, match="tables has dtype float64: it must hold integers"):
        circuits.minimum_circuit([0.0, 1.0])
    with pytest.raises(TypeError, match=r"max_gates = 2\.5: it must be an integer"):
        circuits.minimum_circuit([0, 1], max_gates=2.5)  # type: ignore[arg-type]
