"""From circuits to neural networks with integer weights.

How a circuit is compiled. Gates lie in layers, each one layer after the later of its arguments. Let a and b be the
values of literals in the network's encoding; complements are free, being affine: 1 - a for bits, -a for signs. A gate
of AND type is, up to a complement, a AND b: one unit, [a + b - 2 >= 0] for thresholds, sgn(a + b - 1) for signs,
max(0, a + b - 1) for ReLU. XOR is two units, a AND NOT b and NOT a AND b, of which at most one is on: their sum (plus 1
for signs) is the value, which the next layer reads as it is. So every value is an affine function of the units of one
layer, with coefficients +-1. A value that is read more than one layer later is carried, by a unit a layer, of which the
first adds up an XOR: [a - 1 >= 0], sgn(a) or max(0, a). Outputs are units of the last layer for signs and thresholds,
and affine functions without an activation for ReLU. So XOR is 2 units, and 2 + 1 where it is carried or an output.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

import numpy as np

from retrodict.circuits.networks import Activation, Layer, Network
from retrodict.netlist import XOR, Builder, Circuit

__all__ = ["to_network"]

_MAX_PARAMETERS = 10**8
_MAX_PRODUCTS = 10**10  # of the check on all inputs: seconds


def to_network(circuit: Circuit, activation: Activation) -> Network:
    """A layered network that computes a circuit; how is told at the head of this file.

    For each gate that an output needs, one unit if of AND type and two if of XOR type; and a unit for each layer that a
    value must be carried over, and for each output that is no gate of AND type in the last layer. Parameters are those
    of dense layers. The network is compared with the circuit on all 2^n inputs where there are at most 64 outputs and
    that takes at most 10^10 products, which is so for n = 16 and 150,000 parameters; otherwise it is not.

    Parameters
    ----------
    circuit : Circuit
    activation : "sign", "threshold" or "relu"

    Raises
    ------
    ValueError
        Another activation, or more than 10^8 parameters.

    Examples
    --------
    >>> both = Circuit(3, [(0b1000, 1, 2), (0b1000, 3, 4)], [10])
    >>> net = to_network(both, "threshold")
    >>> net.units, net.copies, net.depth, net.layers[1].weights, net.layers[1].bias
    (3, 1, 2, array([[1, 1]]), array([-2]))

    The output of an XOR is a third unit:

    >>> xor = to_network(Circuit(2, [(XOR, 1, 2)], [6]), "sign")
    >>> xor.units, xor.parameters, xor.depth
    (3, 9, 2)
    >>> xor([[-1, -1], [1, -1], [-1, 1], [1, 1]])[:, 0]
    array([-1,  1,  1, -1])
    """
    build = Builder(circuit.n_inputs)
    reduced = build.circuit(build.copy(circuit, build.inputs))
    network = Network(activation, _layers(reduced, activation))
    if network.parameters << circuit.n_inputs <= _MAX_PRODUCTS and circuit.n_outputs <= 64:
        differing = np.flatnonzero(network.table() != circuit.table())
        if differing.size:
            raise RuntimeError(f"the network differs from the circuit on input {differing[0]}")
    return network


@dataclass(frozen=True)
class _Form:
    """An affine function of the units of a layer: their coefficients, and a constant."""

    terms: tuple[tuple[int, int], ...]
    constant: int

    def times(self, factor: int, plus: int = 0) -> _Form:
        return _Form(tuple((unit, factor * weight) for unit, weight in self.terms), factor * self.constant + plus)

    def __add__(self, other: _Form) -> _Form:
        return _Form(self.terms + other.terms, self.constant + other.constant)


def _layers(circuit: Circuit, activation: Activation) -> tuple[Layer, ...]:
    n, ends = circuit.n_inputs, [output // 2 for output in circuit.outputs]
    gates = dict(enumerate(circuit.gates, start=n + 1))
    level = dict.fromkeys(range(n + 1), 0)
    for v, (_, a, b) in gates.items():
        level[v] = 1 + max(level[a], level[b])

    # Outputs that are units by themselves may be gates of the last layer; those that are read come before it.
    units = {v for v in ends if activation != "relu" and v in gates and gates[v].operation.bit_count() != 2}
    last = max((level[v] + (v not in units) for v in ends), default=1)
    units = {v for v in units if level[v] == last}

    # Of each other value that is needed, the last layer of whose units it must be a function.
    until = dict.fromkeys((v for v in ends if v not in units), last - 1)
    for v, (_, a, b) in reversed(gates.items()):
        if v in until or v in units:
            for argument in (a, b):
                until[argument] = max(until.get(argument, 0), level[v] - 1)

    # Values by the layer that makes them, and how many units each layer has.
    made: list[list[int]] = [[] for _ in range(last)]
    grows = [0] * (last + 1)  # by how much each layer is wider than the one before
    for v in sorted(until.keys() - {0}):
        made[level[v]].append(v)
        own = len(_cases(gates[v].operation)[0]) if v in gates else 0
        grows[level[v]] += own
        grows[level[v] + 1] += (until[v] > level[v]) - own
        grows[until[v] + 1] -= until[v] > level[v]
    widths = [n, *list(accumulate(grows))[1:last], len(ends)]
    parameters = sum(units * (reads + 1) for reads, units in pairwise(widths))
    if parameters > _MAX_PARAMETERS:
        raise ValueError(f"{parameters} parameters in {last} dense layers: at most {_MAX_PARAMETERS} are made")

    forms = {0: _Form((), -1 if activation == "sign" else 0)} | {v: _Form(((v - 1, 1),), 0) for v in range(1, n + 1)}
    layers: list[list[_Form]] = []
    for depth in range(1, last):
        rows: list[_Form] = []
        after = {0: forms[0]}
        for v in sorted([*(v for v in forms if until.get(v, 0) >= depth and v > 0), *made[depth]]):
            if level[v] < depth:
                after[v] = _unit(rows, _carry(forms[v], activation))
            else:
                _, a, b = gates[v]
                cases, complement = _cases(gates[v].operation)
                value = _Form((), len(cases) - 1 if activation == "sign" else 0)
                for case in cases:
                    value += _unit(rows, _conjunction(case, forms[a], forms[b], activation))
                after[v] = _complement(value, activation) if complement else value
        layers.append(rows)
        forms = after
    rows = []
    for v, literal in zip(ends, circuit.outputs, strict=True):
        if v in units:
            _, a, b = gates[v]
            (case,), complement = _cases(gates[v].operation)
            row = _conjunction(case, forms[a], forms[b], activation)
            rows.append(_opposite(row, activation) if complement ^ literal & 1 else row)
        else:
            value = _complement(forms[v], activation) if literal & 1 else forms[v]
            rows.append(value if activation == "relu" else _carry(value, activation))
    layers.append(rows)
    return tuple(_layer(rows, reads) for rows, reads in zip(layers, widths, strict=False))


def _cases(operation: int) -> tuple[list[int], int]:
    """The values 2 a + b where the gate, or where its complement is 1, is 1: one for AND type, two for XOR."""
    complement = int(operation.bit_count() > 2 or operation == XOR ^ 15)
    return [case for case in range(4) if operation >> case & 1 != complement], complement


def _complement(form: _Form, activation: Activation) -> _Form:
    return form.times(-1, 0 if activation == "sign" else 1)


def _conjunction(case: int, a: _Form, b: _Form, activation: Activation) -> _Form:
    """What a unit sums that is on where 2 a + b is the case."""
    literals = [form if case >> bit & 1 else _complement(form, activation) for form, bit in ((a, 1), (b, 0))]
    return literals[0] + literals[1] + _Form((), -2 if activation == "threshold" else -1)


def _carry(form: _Form, activation: Activation) -> _Form:
    """What a unit sums that is on where the value is."""
    return form.times(1, -1 if activation == "threshold" else 0)


def _opposite(row: _Form, activation: Activation) -> _Form:
    """What a unit sums that is on where that of this row is off."""
    return row.times(-1, -1 if activation == "threshold" else 0)


def _unit(rows: list[_Form], row: _Form) -> _Form:
    rows.append(row)
    return _Form(((len(rows) - 1, 1),), 0)


def _layer(rows: Sequence[_Form], n_inputs: int) -> Layer:
    weights = np.zeros((len(rows), n_inputs), dtype=np.int64)
    for i, row in enumerate(rows):
        for unit, weight in row.terms:
            weights[i, unit] += weight
    return Layer(weights, np.array([row.constant for row in rows], dtype=np.int64))
