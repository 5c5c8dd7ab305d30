"""Circuits are neural networks: sign, threshold or ReLU units, a few a gate.

The generator of the lower bound is C(sgn z) with C a circuit; this is the step that makes C a network of sign units,
and it says what is counted. It is elementary (after McCulloch and Pitts, 1943). The construction is told at the head of
python/retrodict/circuits/compilation.py; here its network is compared with the map on every input.
"""

from itertools import product

from retrodict import circuits
from retrodict.claims import Theorem, at_most, equal
from retrodict.maps import parse
from retrodict.netlist import XOR, Builder

T = Theorem(
    label="lem:compiled-networks",
    title="Circuits as networks of sign units",
    source="derived here; after McCulloch and Pitts (1943)",
    bibtex=r"""@article{mcculloch1943logical,
  author = {Warren S. McCulloch and Walter Pitts},
  title = {A logical calculus of the ideas immanent in nervous activity},
  journal = {Bulletin of Mathematical Biophysics},
  volume = {5},
  pages = {115--133},
  year = {1943}
}""",
    statement=r"""A circuit of $s$ two-input gates, each of which depends on both, $r$ of them XOR or its complement,
with $m$ outputs and depth $d$, is a layered network of sign units on $\{\pm 1\}$, of threshold units on $\{0, 1\}$, and
of ReLU units, with weights $-1, 0, 1$ and depth at most $d + 1$. Beside units that copy a value from one layer to the
next (not needed if connections may skip layers) it has at most $s + 2r + m$. XOR is no single unit: those compute only
$14$ of the $16$ functions of two inputs, and $104$ of the $256$ of three.""",
)

ACTIVATIONS = ["sign", "threshold", "relu"]
MAPS = ["sbox:present", "sbox:keccak-chi", "gray:n=8", "triangular:n=8", "inner-product:n=6", "cube:n=5"]


def of_map(name):
    return parse(name)


def of_encoder(name):
    return parse(name).inverse()


def circuit_of(map_):
    """Some circuit: each output bit by itself, by Shannon's expansion."""
    build = Builder(map_.n_inputs)
    bits = [map_.output(i).tolist() for i in range(map_.n_outputs)]
    return build.circuit([build.function(sum(bit << x for x, bit in enumerate(row)), build.inputs) for row in bits])


@T.check(name=MAPS, activation=ACTIVATIONS)
def same_map(name, activation, of=of_map):
    "The network of the map's circuit has the map's value on every input."
    return equal(circuits.to_network(circuit_of(of(name)), activation).table().tolist(), parse(name).table.tolist())


T.control(same_map, "the network of the encoder", name=["sbox:present", "cube:n=5"], of=of_encoder)


def signs(x, n):
    return [1 if x >> i & 1 else -1 for i in range(n)]


def bits(x, n):
    return [x >> i & 1 for i in range(n)]


@T.check(name=["sbox:present", "gray:n=5", "inner-product:n=6"])
def unit_by_unit(name, encode=signs):
    "The same by definition, one sign unit after another in integers; no unit ever sums to 0, where sgn has no value."
    map_ = parse(name)
    network = circuits.to_network(circuit_of(map_), "sign")
    outputs, zeros = [], 0
    for x in range(1 << map_.n_inputs):
        values = encode(x, map_.n_inputs)
        for layer in network.layers:
            rows = zip(layer.weights.tolist(), layer.bias.tolist(), strict=True)
            sums = [sum(w * v for w, v in zip(row, values, strict=True)) + b for row, b in rows]
            zeros += sums.count(0)
            values = [(t > 0) - (t < 0) for t in sums]
        outputs.append(sum((value > 0) << i for i, value in enumerate(values)))
    return [equal(outputs, map_.table.tolist()), equal(zeros, 0)]


T.control(unit_by_unit, "0 and 1 in place of -1 and +1", encode=bits)


def xor_gates(circuit):
    return sum(gate.operation in (XOR, XOR ^ 15) for gate in circuit.gates)


def none(circuit):
    return 0


@T.check(name=MAPS, activation=ACTIVATIONS)
def counted(name, activation, r=xor_gates):
    "At most s + 2r + m units beside those that copy, at most d + 1 layers, and weights of -1, 0 and 1."
    circuit = circuit_of(parse(name))
    network = circuits.to_network(circuit, activation)
    return [
        at_most(network.units - network.copies, circuit.size + 2 * r(circuit) + circuit.n_outputs),
        at_most(network.depth, circuit.depth + 1),
        at_most(max(int(abs(layer.weights).max()) for layer in network.layers), 1),
    ]


T.control(counted, "a single unit for XOR", name=["gray:n=8"], r=none)


@T.check(n=[0, 1, 2, 3])
def single_units(n, functions=(2, 4, 14, 104)):
    "So many functions of n inputs are computed by one unit: the perceptron finds it, or has shown that there is none."
    found = [circuits.threshold_unit(table) for table in product((0, 1), repeat=2**n)]
    return equal(sum(unit is not None for unit in found), functions[n])


T.control(single_units, "every function", functions=(2, 4, 16, 256))


@T.figure
def picture():
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.2, 3.4), layout="constrained")
    axes = figure.subplots()
    built = [circuit_of(parse(name)) for name in MAPS]
    networks = [circuits.to_network(circuit, "sign") for circuit in built]
    gates = [circuit.size for circuit in built]
    computing = [network.units - network.copies for network in networks]
    copying = [network.copies for network in networks]
    places = range(len(MAPS))
    axes.barh([p + 0.2 for p in places], gates, 0.4, color="0.72", label="gates of a circuit")
    axes.barh([p - 0.2 for p in places], computing, 0.4, color="tab:blue", label="sign units that compute")
    axes.barh([p - 0.2 for p in places], copying, 0.4, left=computing, color="tab:cyan", label="sign units that copy")
    axes.set_yticks(list(places), [name.removeprefix("sbox:") for name in MAPS])
    axes.set_xlabel("number (not minimal)")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
