r"""A layer of the encoder costs a constant number of gates for each gate of the map.

A Langevin step z - eta (z + J(z)^T (G(z) - x) / beta^2) evaluates G once forward and once backward. Backward every
weight is used once more, every activation has a derivative and a product, and what was copied forward is added. For
G(z) = z + B sin(C z) with dense d x d matrices of weights other than 0, 1 and -1,

    gates(G) = 4 d^2,    gates(step) = 8 d^2 + 5 d = 2 gates(G) + 5 d,    N = 2 d^2.                                (1)

In general the gradient of a function of g gates takes at most 5 g (Baur and Strassen, 1983, recalled); here that is
counted for families of maps, with 4 d more for G(z) - x and for the step. A gate is a multiplication by a weight other
than 0, 1, -1, an addition, an activation or its derivative, or a product; a product in squares is 6 of these.
"""

from fractions import Fraction as Q
from functools import cache

import numpy as np

from retrodict.claims import Theorem, at_most, equal, near
from retrodict.encoders.network import network, run_network
from retrodict.encoders.size import size
from retrodict.encoders.unrolled import UnrolledEncoder
from retrodict.maps.continuous.names import parse_continuous

T = Theorem(
    label="prop:gates-linear",
    title="A layer of the encoder costs at most five times the map",
    source="after Baur and Strassen (1983), recalled; counts made here",
    statement=r"""For residual maps, residual networks, pooling maps, convolutions and leaky layers on
$\mathbb R^d$, $d = 4, 8, 16, 32$, a Langevin step has at most $5\,\mathrm{gates}(G) + 4d$ gates. For dense residual
maps it has $2\,\mathrm{gates}(G) + 5d$, where $\mathrm{gates}(G) = 2N$. A step of a stack of $b$ residual blocks has
depth $2 + 6b$, whatever $d$ is. Remark: counts of the network that is written down; smaller ones may do the same.""",
    uses=["thm:unrolled-encoder"],
)

DENSE = ["residual:d={d},a=1/2", "resnet:d={d},layers=3,a=1/2", "pooling:d={d},a=1/2"]
FAMILIES = [*DENSE, "conv:d={d},t=1/2,a=1/4", "leaky:d={d},s=1/2,layers=2"]
SIZES = [4, 8, 16]


def encoder(name):
    return UnrolledEncoder(parse_continuous(name), Q(1, 7), 1, Q(1, 9), Q(0), 1, Q(1, 100))


@cache
def counted(name):
    return size(encoder(name))


class Tally:
    """A number that counts what is done to it, or a known 0."""

    gates = 0

    def __init__(self, zero=False):
        self.zero = zero

    def __mul__(self, other):
        if not isinstance(other, Tally):
            Tally.gates += not self.zero and other not in (0, 1, -1)
            return Tally(self.zero or other == 0)
        Tally.gates += not self.zero and not other.zero
        return Tally(self.zero or other.zero)

    def __add__(self, other):
        known = other.zero if isinstance(other, Tally) else other == 0
        Tally.gates += not self.zero and not known
        return Tally(self.zero and known)

    def sin(self):
        Tally.gates += 1
        return Tally()

    __radd__, __rmul__, cos = __add__, __mul__, sin


def executed(name):
    """Gates of a Langevin step without its noise, counted while it runs from some z."""
    net = network(encoder(name))
    begin = {"kind": "affine", "to": "z", "terms": [{"from": "x", "scale": "1"}]}
    layers = [begin, *(layer for layer in net["sections"][-1]["layers"] if layer["kind"] != "noise")]
    x = np.array([Tally() for _ in range(net["dimension"])], dtype=object)
    Tally.gates = 0
    run_network(
        {**net, "sections": [{"repeat": 1, "layers": layers}]}, x, np.empty((0, net["dimension"]), dtype=object)
    )
    return Tally.gates


@T.check(name=["residual:d=2,a=1/2", "residual:d=5,a=1/3", "resnet:d=3,layers=2,a=1/2", "resnet:d=4,layers=3,a=1/4"])
def runs(name, extra=0):
    "The count is what a run of the network does."
    return equal(counted(name).step_gates + extra, executed(name))


T.control(runs, "one gate more", extra=1)


@T.check(d=SIZES, full={"d": [*SIZES, 32]})
def dense(d, factor=2):
    "(1) for dense residual maps."
    found = counted(f"residual:d={d},a=1/2")
    return [
        equal(found.map_parameters, 2 * d * d),
        equal(found.map_gates, 2 * found.map_parameters),
        equal(found.step_gates, factor * found.map_gates + 5 * d),
    ]


T.control(dense, "one pass instead of two", factor=1)


@T.check(family=FAMILIES, d=SIZES, full={"d": [*SIZES, 32]})
def five(family, d, factor=5):
    "A step has at most 5 gates(G) + 4 d gates."
    found = counted(family.format(d=d))
    return at_most(found.step_gates, factor * found.map_gates + 4 * d)


T.control(five, "1 gates(G) + 4 d", factor=1)


@T.check(family=DENSE, d=SIZES, full={"d": [*SIZES, 32]})
def linear(family, d, power=1):
    "Dense families: a step has 2 gates for each gate of the map, up to 4 / d of it."
    found = counted(family.format(d=d))
    return near(Q(found.step_gates, found.map_gates**power), 2, within=Q(4, d))


T.control(linear, "the square of the gates of the map", power=2)


@T.check(family=DENSE[:2], d=SIZES)
def depth(family, d, each=6):
    "The depth of a step depends on the number of blocks alone."
    blocks = len(parse_continuous(family.format(d=d)).blocks)
    return equal(counted(family.format(d=d)).depth_of_step, 2 + each * blocks)


T.control(depth, "five layers a block", each=5)


@T.check(family=FAMILIES, d=SIZES)
def weights(family, d, scalars=4):
    "Tied, the encoder has the parameters of the map and 4 more, two untied layers at most 2 N + 2 N + 4."
    found = counted(family.format(d=d))
    return [
        equal(found.tied_parameters, found.map_parameters + scalars),
        at_most(found.untied_parameters, 4 * found.map_parameters + scalars),
    ]


T.control(weights, "3 more", scalars=3)


@T.figure
def picture():
    """Gates of a step by gates of the map: five families, d = 4 to 32; 5 (dashed) and 2 (dotted) for each gate."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6, 3.2), layout="constrained")
    axes = figure.subplots()
    for family, mark in zip(FAMILIES, "os^vD", strict=True):
        found = [counted(family.format(d=d)) for d in [*SIZES, 32]]
        axes.plot(
            [one.map_gates for one in found],
            [one.step_gates for one in found],
            mark,
            markersize=4,
            color="black",
            fillstyle="none",
            label=family.split(":")[0],
        )
    ends = np.array([10, 20000])
    axes.plot(ends, 5 * ends, "--", color="black", linewidth=0.8)
    axes.plot(ends, 2 * ends, ":", color="black", linewidth=0.8)
    axes.set(xlabel="gates of the map", ylabel="gates of a step", xscale="log", yscale="log")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
