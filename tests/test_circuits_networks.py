"""Networks of integer weights: evaluated by definition, compiled from circuits and counted, and single units."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrodict.circuits import Circuit, Layer, Network, compilation, networks, threshold_unit, to_network
from retrodict.maps import parse
from retrodict.netlist import AND, OR, XOR, Builder

ACTIVATIONS = ("sign", "threshold", "relu")


@st.composite
def circuits(draw: st.DrawFn) -> Circuit:
    """Mostly gates that depend on two different variables, and outputs that are gates of any layer."""
    n = draw(st.integers(0, 4))
    operations = st.sampled_from([0b1000, 0b0111, 0b0100, 0b0010, 0b1110, 0b0001, XOR, XOR ^ 15, 0b1100, 0b1111])
    gates = [
        (draw(operations), draw(st.integers(0, n + i)), draw(st.integers(min(n, 1), n + i)))
        for i in range(draw(st.integers(0, 10)))
    ]
    most = 2 * (n + len(gates)) + 1
    return Circuit(n, gates, draw(st.lists(st.integers(0, most) | st.integers(min(2 * n, most), most), max_size=5)))


def by_definition(network: Network, x: tuple[int, ...]) -> list[int]:
    """One unit at a time in Python's integers."""
    values = list(x)
    for i, layer in enumerate(network.layers):
        sums = [
            sum(int(w) * v for w, v in zip(row, values, strict=True)) + int(b)
            for row, b in zip(layer.weights, layer.bias, strict=True)
        ]
        if network.activation == "sign":
            assert 0 not in sums
            values = [1 if t > 0 else -1 for t in sums]
        elif network.activation == "threshold":
            values = [int(t >= 0) for t in sums]
        else:
            values = sums if i + 1 == len(network.layers) else [max(0, t) for t in sums]
    return values


@pytest.mark.parametrize("activation", ACTIVATIONS)
@given(circuit=circuits())
@settings(max_examples=60)
def test_the_network_is_the_circuit(activation: networks.Activation, circuit: Circuit) -> None:
    network = to_network(circuit, activation)
    expected = circuit.table().tolist()
    assert network.table().tolist() == expected
    low = -1 if activation == "sign" else 0
    for x, bits in enumerate(product((low, 1), repeat=circuit.n_inputs)):
        found = by_definition(network, bits[::-1])
        assert set(found) <= {low, 1}
        assert sum((value == 1) << i for i, value in enumerate(found)) == expected[x]
        assert network(np.array(bits[::-1], dtype=np.int64)).tolist() == found
    for layer in network.layers:
        assert np.abs(layer.weights).max(initial=0) <= 1
    assert network.n_inputs == circuit.n_inputs
    assert network.n_outputs == circuit.n_outputs


@pytest.mark.parametrize("activation", ["sign", "threshold"])
@given(circuit=circuits())
@settings(max_examples=60)
def test_units_are_counted(activation: networks.Activation, circuit: Circuit) -> None:
    """Hidden units are one a gate of AND type, two an XOR, and those that carry a value over a layer."""
    build = Builder(circuit.n_inputs)
    reduced = build.circuit(build.copy(circuit, build.inputs))
    network = to_network(circuit, activation)
    n = circuit.n_inputs
    needed = {o // 2 for o in reduced.outputs}
    for v, (_, a, b) in reversed(list(enumerate(reduced.gates, start=n + 1))):
        if v in needed:
            needed |= {a, b}
    gates = {v: reduced.gates[v - n - 1] for v in needed if v > n}
    level = dict.fromkeys(range(n + 1), 0)
    for v in sorted(gates):
        level[v] = 1 + max(level[gates[v].a], level[gates[v].b])
    double = {v for v, gate in gates.items() if gate.operation.bit_count() == 2}
    ends = [o // 2 for o in reduced.outputs]
    last = max((level[v] + (v in double or v <= n) for v in ends), default=1)
    at_the_end = {v for v in ends if v in gates and v not in double and level[v] == last}
    hidden = sum(2 if v in double else 1 for v in gates if v not in at_the_end)
    readers = {v: [last] if v in set(ends) - at_the_end else [] for v in needed}
    for v, (_, a, b) in gates.items():
        readers[a].append(level[v])
        readers[b].append(level[v])
    carried = sum(max(max(at, default=0) - 1 - level[v], 0) for v, at in readers.items() if v > 0)
    assert network.depth == last
    assert network.units == hidden + carried + len(ends)
    widths = [n, *(len(layer.bias) for layer in network.layers)]
    assert network.parameters == sum(out * (into + 1) for into, out in pairwise(widths))
    assert network.connections <= network.parameters
    assert network.copies <= carried + len(ends)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_xor_and_parity(activation: networks.Activation) -> None:
    one = to_network(Circuit(2, [(XOR, 1, 2)], [6]), activation)
    assert (one.units, one.parameters, one.depth, one.copies) == (3, 9, 2, 0)
    # x0 + x1, carrying x2 and x3; + x2, carrying x3; + x3; the output.
    parity = to_network(Circuit(4, [(XOR, 1, 2), (XOR, 5, 3), (XOR, 6, 4)], [14]), activation)
    assert (parity.units, parity.depth, parity.copies) == (2 + 2 + 2 + 1 + 2 + 1, 4, 3)


def test_outputs_of_several_layers() -> None:
    """A gate of AND type is a unit of the last layer or carried to it; a constant reads nothing and is not carried."""
    circuit = Circuit(3, [(AND, 1, 2), (AND, 4, 3)], [8, 10, 11, 1])
    network = to_network(circuit, "sign")
    assert [layer.weights.tolist() for layer in network.layers] == [
        [[0, 0, 1], [1, 1, 0]],
        [[0, 1], [1, 1], [-1, -1], [0, 0]],
    ]
    assert [layer.bias.tolist() for layer in network.layers] == [[0, -1], [0, -1, 1, 1]]
    assert (network.copies, network.connections) == (2, 12)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_more_outputs_than_a_table_holds(activation: networks.Activation) -> None:
    """They are compiled, unchecked, and the network runs; only its table is refused."""
    circuit = Circuit(2, [(AND, 1, 2), (XOR, 1, 2)], [6, 8] * 33)
    network = to_network(circuit, activation)
    low = -1 if activation == "sign" else 0
    for a, b in product((0, 1), repeat=2):
        found = network([1 if bit else low for bit in (a, b)])
        assert ((found == 1).tolist(), set(found.tolist()) <= {low, 1}) == ([bool(a & b), bool(a ^ b)] * 33, True)
    with pytest.raises(ValueError, match="66 outputs: a table of 64-bit integers holds 64"):
        network.table()


def test_the_widths_of_relu() -> None:
    circuit = Circuit(2, [(XOR, 1, 2), (AND, 1, 2)], [6, 9, 2, 1])
    network = to_network(circuit, "relu")
    assert [len(layer.bias) for layer in network.layers] == [4, 4]  # two of XOR, AND, and x0 carried
    assert network.copies == 1
    assert network.layers[1].weights.tolist() == [[0, 1, 1, 0], [0, 0, 0, -1], [1, 0, 0, 0], [0, 0, 0, 0]]
    assert network.layers[1].bias.tolist() == [0, 1, 0, 1]


def test_a_real_cipher_and_more_than_one_block() -> None:
    """The cost of the S-box does not matter here: a table look-up of each output bit."""
    box = parse("sbox:present")
    build = Builder(4)
    tables = [sum(int(bit) << x for x, bit in enumerate(box.output(i))) for i in range(4)]
    circuit = build.circuit([build.function(table, build.inputs) for table in tables])
    for activation in ACTIVATIONS:
        assert to_network(circuit, activation).table().tolist() == box.table.tolist()
    wide = Builder(14)
    circuit = wide.circuit([wide.tree(XOR, wide.inputs), wide.tree(OR, wide.inputs)])
    assert to_network(circuit, "relu").table().tolist() == circuit.table().tolist()


def test_large_circuits(monkeypatch: pytest.MonkeyPatch) -> None:
    build = Builder(40)
    network = to_network(build.circuit([build.tree(AND, build.inputs)]), "threshold")
    assert network(np.ones(40, dtype=int)).tolist() == [1]
    assert network((np.arange(40) > 0).astype(int)).tolist() == [0]
    chain = Circuit(2, [(XOR, 1, 2), *((XOR, 1, 2 + i) for i in range(1, 10**4))], range(4, 2 * 10**4, 4))
    with pytest.raises(ValueError, match=r"83445857462 parameters in 9997 dense layers: at most 100000000 are"):
        to_network(chain, "sign")
    # Where it is checked, a wrong network is an error and no result.
    monkeypatch.setattr(compilation, "_layers", lambda circuit, activation: (Layer([[1, 1]], [-1]),))
    with pytest.raises(RuntimeError, match="the network differs from the circuit on input 1"):
        to_network(Circuit(2, [(AND, 1, 2)], [6]), "threshold")


def test_a_network_of_ones_own() -> None:
    layer = Layer([[2, -3]], [1])
    network = Network("sign", [layer, Layer([[5]], [0])])
    assert network([[1, 1], [1, -1]]).tolist() == [[0], [1]]  # a sum of 0 has no sign
    assert (network.units, network.parameters, network.connections, network.depth) == (2, 5, 4, 2)
    with pytest.raises(ValueError, match="read-only"):
        layer.weights[0, 0] = 1
    huge = Network("relu", [Layer([[2**40]], [0]), Layer([[2**13]], [0])])
    assert huge([0]).tolist() == [0]
    with pytest.raises(OverflowError, match=r"a sum may reach 9007199254740992: sums must stay below 2\^53"):
        huge([1])


@pytest.mark.parametrize(
    ("error", "call", "message"),
    [
        (ValueError, lambda: to_network(Circuit(1, [], [2]), "tanh"), "activation = 'tanh': it is one of sign"),  # type: ignore[arg-type]
        (ValueError, lambda: Network("sign", []), "layers is empty"),
        (
            ValueError,
            lambda: Network("sign", [Layer([[1]], [0]), Layer([[1, 1]], [0])]),
            r"layers\[1\] reads 2 values: ",
        ),
        (ValueError, lambda: Layer([1], [0]), r"weights has shape \(1,\): it must have 2 dimensions"),
        (ValueError, lambda: Layer([[1]], [0, 1]), "bias has 2 entries: weights have 1 rows"),
        (TypeError, lambda: Layer([[0.5]], [0]), "weights has dtype float64: it must hold integers"),
        (TypeError, lambda: Layer([[1]], [0.5]), "bias has dtype float64"),
        (
            ValueError,
            lambda: Network("sign", [Layer([[1]], [0])])([1, 1]),
            r"x has shape \(2,\): its last",
        ),
        (TypeError, lambda: Network("sign", [Layer([[1]], [0])])([0.5]), "x has dtype float64"),
        (ValueError, lambda: threshold_unit([0, 1, 1]), "table has 3 entries"),
        (ValueError, lambda: threshold_unit([]), "table has 0 entries"),
        (ValueError, lambda: threshold_unit([0, 2]), r"table\[1\] = 2: an entry is 0 or 1"),
        (
            ValueError,
            lambda: threshold_unit(np.zeros(512, dtype=int)),
            "table has 9 inputs: single units are ",
        ),
    ],
)
def test_bad_input(error: type[Exception], call: object, message: str) -> None:
    with pytest.raises(error, match=message):
        call()  # type: ignore[operator]


@pytest.mark.parametrize(("n", "number"), [(0, 2), (1, 4), (2, 14), (3, 104)])
def test_every_threshold_function(n: int, number: int) -> None:
    """Against all functions that small integer weights make; the numbers are OEIS A000609."""
    made = set()
    for weights in product(range(-2, 3), repeat=n):
        sums = [sum(w * (x >> i & 1) for i, w in enumerate(weights)) for x in range(2**n)]
        made |= {tuple(int(t >= bound) for t in sums) for bound in range(min(sums), max(sums) + 2)}
    assert len(made) == number
    for table in product((0, 1), repeat=2**n):
        unit = threshold_unit(table)
        assert (unit is not None) == (table in made)
        if unit is not None:
            assert unit.units == unit.depth == 1
            assert unit.table().tolist() == list(table)


@given(st.lists(st.integers(-5, 5), min_size=6, max_size=7), st.integers(-6, 6))
@settings(max_examples=25, deadline=None)
def test_threshold_functions_of_six_and_seven_inputs(weights: list[int], bound: int) -> None:
    n = len(weights)
    table = [int(sum(w * (x >> i & 1) for i, w in enumerate(weights)) >= bound) for x in range(2**n)]
    unit = threshold_unit(table)
    assert unit is not None
    assert unit.table().tolist() == table


def test_two_inputs_of_six_that_differ() -> None:
    assert threshold_unit([int(x & 1 != x >> 1 & 1) for x in range(64)]) is None
