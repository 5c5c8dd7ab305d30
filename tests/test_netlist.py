"""Circuits as data, and what is known of a minimum: both against their definitions, one input at a time."""

from __future__ import annotations

from functools import reduce
from operator import and_, or_, xor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrodict.bounds import Bounds
from retrodict.netlist import AND, OR, XOR, Builder, Circuit, Gate


@st.composite
def circuits(draw: st.DrawFn, max_inputs: int = 5, max_gates: int = 12) -> Circuit:
    """Any circuit: gates that ignore an argument, repeat one or read the constant included."""
    n = draw(st.integers(0, max_inputs))
    gates = [
        (draw(st.integers(0, 15)), draw(st.integers(0, n + i)), draw(st.integers(0, n + i)))
        for i in range(draw(st.integers(0, max_gates)))
    ]
    return Circuit(n, gates, draw(st.lists(st.integers(0, 2 * (n + len(gates)) + 1), max_size=4)))


def value(circuit: Circuit, x: int) -> int:
    """The outputs on input x, by the definition."""
    values = [0, *(x >> i & 1 for i in range(circuit.n_inputs))]
    for operation, a, b in circuit.gates:
        values.append(operation >> (2 * values[a] + values[b]) & 1)
    return sum((values[literal // 2] ^ literal & 1) << i for i, literal in enumerate(circuit.outputs))


def longest(circuit: Circuit, variable: int) -> int:
    if variable <= circuit.n_inputs:
        return 0
    _, a, b = circuit.gates[variable - circuit.n_inputs - 1]
    return 1 + max(longest(circuit, a), longest(circuit, b))


@given(circuits())
def test_the_table_is_the_definition(circuit: Circuit) -> None:
    table = circuit.table()
    assert table.dtype == np.uint64
    assert table.tolist() == [value(circuit, x) for x in range(2**circuit.n_inputs)]
    assert circuit.size == len(circuit.gates)
    assert circuit.n_outputs == len(circuit.outputs)


@given(circuits(max_gates=8))
def test_depth_and_signals(circuit: Circuit) -> None:
    assert circuit.depth == max((longest(circuit, literal // 2) for literal in circuit.outputs), default=0)
    signals = circuit.signals()
    every = Circuit(circuit.n_inputs, circuit.gates, [2 * v for v in range(len(signals))])
    assert [
        sum(value(every, x) >> v & 1 and 1 << x for x in range(2**circuit.n_inputs)) for v in range(len(signals))
    ] == signals
    kept = circuit.signals(only_outputs=True)
    assert all(kept[literal // 2] == signals[literal // 2] for literal in circuit.outputs)


def test_values_that_nothing_needs_are_forgotten() -> None:
    parity = Circuit(3, [(XOR, 1, 2), (XOR, 4, 3)], [10])
    assert parity.signals(only_outputs=True) == [0, 0, 0, 0, 0, 0b10010110]


@given(circuits())
def test_what_is_built_needs_its_gates(circuit: Circuit) -> None:
    build = Builder(circuit.n_inputs)
    literals = [0, *build.inputs]
    for operation, a, b in circuit.gates:
        literals.append(build.gate(operation, literals[a], literals[b]))
    built = build.circuit([literals[o // 2] ^ o & 1 for o in circuit.outputs])
    assert built.table().tolist() == circuit.table().tolist()
    assert built.size <= circuit.size
    assert built.depth <= circuit.depth
    for operation, a, b in built.gates:
        assert 0 < a != b > 0
        assert operation not in (0b0000, 0b1111, 0b1100, 0b0011, 0b1010, 0b0101)


@given(st.integers(0, 15), st.integers(0, 5), st.integers(0, 5))
def test_one_gate_on_literals(operation: int, a: int, b: int) -> None:
    build = Builder(2)
    table = build.circuit([build.gate(operation, a, b)]).table()
    for x in range(4):
        p, q = (((0, x & 1, x >> 1)[literal // 2]) ^ literal & 1 for literal in (a, b))
        assert table[x] == operation >> (2 * p + q) & 1


@pytest.mark.parametrize(("operation", "step", "unit"), [(AND, and_, 1), (OR, or_, 0), (XOR, xor, 0)])
@given(data=st.data())
def test_trees_are_balanced(operation: int, step: object, unit: int, data: st.DataObject) -> None:
    n = data.draw(st.integers(0, 6))
    flips = data.draw(st.lists(st.integers(0, 1), min_size=n, max_size=n))
    build = Builder(n)
    tree = build.circuit([build.tree(operation, (2 * i + 2 ^ flip for i, flip in enumerate(flips)))])
    assert tree.size == max(n - 1, 0)
    assert tree.depth == max(n - 1, 0).bit_length()
    expected = [reduce(step, ((x >> i & 1) ^ flip for i, flip in enumerate(flips)), unit) for x in range(2**n)]  # type: ignore[arg-type]
    assert tree.table().tolist() == expected


@given(st.integers(0, 5), st.data())
def test_functions_by_their_tables(n: int, data: st.DataObject) -> None:
    table = data.draw(st.integers(0, 2**2**n - 1))
    flips = data.draw(st.integers(0, 2**n - 1))
    build = Builder(n)
    made = build.circuit([build.function(table, [2 * i + 2 ^ flips >> i & 1 for i in range(n)])])
    assert made.table().tolist() == [table >> (x ^ flips) & 1 for x in range(2**n)]


def test_functions_that_need_few_gates() -> None:
    for n in range(1, 7):
        build = Builder(n)
        parity = sum((x.bit_count() & 1) << x for x in range(2**n))
        assert build.circuit([build.function(parity, build.inputs)]).size == n - 1
        first = sum((x & 1) << x for x in range(2**n))
        assert build.function(first, build.inputs) == 2
        assert build.function(0, build.inputs) == 0
        assert build.circuit([]).size == n - 1


def test_circuits_are_values() -> None:
    one, other = Circuit(np.int64(2), [[XOR, 1, np.int8(2)]], (6,)), Circuit(2, ((XOR, 1, 2),), [6])
    assert one == other
    assert hash(one) == hash(other)
    assert one.gates == (Gate(6, 1, 2),)
    assert Circuit(10**12, [(AND, 1, 10**12)], [2 * 10**12 + 2]).depth == 1


@pytest.mark.parametrize(
    ("error", "arguments", "message"),
    [
        (ValueError, (-1, [], []), "n_inputs = -1: must not be negative"),
        (ValueError, (1, [(16, 0, 1)], []), r"gates\[0\] has operation 16: must lie in 0 ... 15"),
        (ValueError, (1, [(-1, 0, 1)], []), r"gates\[0\] has operation -1"),
        (ValueError, (1, [(8, 0, 1), (8, 3, 0)], []), r"gates\[1\] reads variable 3: one before .* 0 ... 2"),
        (ValueError, (1, [(8, -1, 1)], []), r"gates\[0\] reads variable -1"),
        (ValueError, (1, [(8, 1)], []), r"gates\[0\] = \(8, 1\): a gate is \(operation, a, b\)"),
        (ValueError, (1, [], [0, 4]), r"outputs\[1\] = 4: a literal of this circuit lies in 0 ... 3"),
        (ValueError, (1, [], [-1]), r"outputs\[0\] = -1"),
        (TypeError, (1.5, [], []), "n_inputs = 1.5: must be an integer"),
        (TypeError, (1, [(8, 0, 0.5)], []), r"gates\[0\] = 0.5: must be an integer"),
        (TypeError, (1, [], [0.0]), r"outputs\[0\] = 0.0: must be an integer"),
    ],
)
def test_bad_circuits(error: type[Exception], arguments: tuple[object, ...], message: str) -> None:
    with pytest.raises(error, match=message):
        Circuit(*arguments)  # type: ignore[arg-type]


def test_tables_that_are_too_large() -> None:
    with pytest.raises(ValueError, match="65 outputs: a table of 64-bit integers holds 64"):
        Circuit(0, [], [0] * 65).table()
    with pytest.raises(ValueError, match=r"25 inputs: a truth table has 2\^n entries, and goes to 24 inputs"):
        Circuit(25, [], [2]).table()


def test_bounds() -> None:
    open_above, closed = Bounds(0, None), Bounds(np.int64(2), np.uint8(2), "a circuit", "a search")
    assert not open_above.exact
    assert closed.exact
    assert closed == Bounds(2, 2, "a circuit", "a search")
    assert type(closed.lower) is type(closed.upper) is int
    assert [str(b) for b in (open_above, closed, Bounds(1, 3, "c", "p"), Bounds(4, None, proof="p"))] == [
        "0..",
        "2",
        "1..3",
        "4..",
    ]


@pytest.mark.parametrize(
    ("error", "arguments", "message"),
    [
        (ValueError, (-1, None), "lower = -1: a size is not negative"),
        (ValueError, (3, 2, "c", "p"), "lower = 3 and upper = 2: the lower bound must not be larger"),
        (ValueError, (0, 2), "upper = 2: an upper bound and its witness come together"),
        (ValueError, (0, None, "c"), "upper = None: an upper bound and its witness come together"),
        (ValueError, (1, 2, "c"), "lower = 1: a lower bound above 0 needs a proof"),
        (TypeError, (0.5, None), "lower = 0.5: a bound must be an integer"),
        (TypeError, (0, 2.0, "c"), "upper = 2.0: a bound must be an integer"),
        (TypeError, (None, 2, "c"), "lower = None: a bound must be an integer"),
    ],
)
def test_bad_bounds(error: type[Exception], arguments: tuple[object, ...], message: str) -> None:
    with pytest.raises(error, match=message):
        Bounds(*arguments)  # type: ignore[arg-type]
