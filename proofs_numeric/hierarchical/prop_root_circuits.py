r"""Bayes's decision of the root as a circuit: one majority in noisy channels, a majority of majorities in good ones.

Ternary tree of depth 2, states +1 and -1, symmetric channels of eigenvalue t. A node whose leaves agree says (in log
likelihood ratios) A, one whose leaves are two to one says B, and Bayes's estimator decides by the sign of the sum. It
differs from a majority of all nine leaves, and agrees with the majority of the nodes' majorities, where one node that
agrees stands against two that do not, and A < 2 B. That is so for t above

    t_0 = sqrt(sqrt 5 - 2) = .485868...,   the root of  1 - 4 t^2 - t^4  on (0, 1),                                  (1)

so that below t_0 the decision is a single threshold gate and above it is a circuit of two levels of them. It is no
threshold gate itself: 135 inputs on which it is 1 have the same sum as 135 on which it is 0. So already at nine leaves
one level of majority is not what Bayes's estimator computes, if t > t_0, and two are.

For n levels recursive majority is a formula of depth n over majorities of three, and of 4 (3^n - 1)/2 gates with two
inputs, 4 being the least for one majority: a circuit of depth O(log N), in the class NC1.
What holds for large N is not checked here: that no circuits of constant depth and polynomial size do better than
guessing, that threshold circuits of constant depth match Bayes's estimator in a range above the Kesten-Stigum point,
and that for some chain of 16 states below that point guessing better is NC1-hard (Moitra, Mossel and Sandon, 2020;
abstract read). Derived here.
"""

from fractions import Fraction as Q
from functools import cache
from itertools import product

import numpy as np
import sympy

from retrodict.circuits import Layer, Network, gate_cost
from retrodict.claims import Theorem, equal, less
from retrodict.exact.bp import upward
from retrodict.exact.estimators import majority_correlation
from retrodict.exact.reconstruction import reconstruction
from retrodict.exact.trees import complete, symmetric_channel

T = Theorem(
    label="prop:root-circuits",
    title="Bayes's decision of the root as a circuit: one threshold gate or two levels",
    source="derived here; the question after Moitra, Mossel and Sandon (2020), abstract read",
    bibtex=r"""@inproceedings{MoitraMosselSandon2020,
  author = {Ankur Moitra and Elchanan Mossel and Colin Sandon},
  title = {Parallels between phase transitions and circuit complexity?},
  booktitle = {Conference on Learning Theory}, year = {2020}}""",
    statement=r"""On the ternary tree of depth $2$ with symmetric binary channels of eigenvalue $t$ let
$t_0 = \sqrt{\sqrt5 - 2} = .48587$. Bayes's decision of the root is the majority of the nine leaves for
$t < t_0$ and the majority of the three majorities for $t > t_0$, which no threshold gate computes. One majority of
three takes $4$ gates with two inputs, so that recursive majority of $3^n$ leaves takes at most $4(3^n-1)/2$, in depth
$O(n)$. Remark: nothing is said of other circuits for many leaves.""",
    uses=["thm:recursive-majority", "thm:reconstruction-exact", "thm:zero-eigenvalue"],
)

t = sympy.Symbol("t", positive=True)
PLAIN = Network("sign", [Layer([[1] * 9], [0])])
BLOCKS = [[int(leaf // 3 == node) for leaf in range(9)] for node in range(3)]
RECURSIVE = Network("sign", [Layer(BLOCKS, [0, 0, 0]), Layer([[1, 1, 1]], [0])])


@cache
def bayes(theta):
    """Whether +1 is likelier, for each of 2^9 inputs; bit 1 is +1."""
    parent, channel = complete(3, 2), symmetric_channel(2, theta)
    found = []
    for x in range(512):
        minus, plus = upward(parent, channel, [x >> leaf & 1 for leaf in range(9)])[0]
        assert minus != plus
        found.append(int(plus > minus))
    return found


@T.check(theta=[Q(1, 10), Q(1, 4), Q(2, 5), Q(48, 100)])
def weak(theta, circuit=PLAIN):
    "Below t_0 the decision is the majority of the leaves, on all 512 inputs."
    return equal(bayes(theta), circuit.table().tolist())


T.control(weak, "the majority of majorities", circuit=RECURSIVE)
T.control(weak, "above t_0", theta=[Q(1, 2)])


@T.check(theta=[Q(49, 100), Q(3, 5), Q(4, 5), Q(9, 10)])
def strong(theta, circuit=RECURSIVE):
    "Above t_0 it is the majority of the three majorities."
    return equal(bayes(theta), circuit.table().tolist())


T.control(strong, "the majority of the leaves", circuit=PLAIN)
T.control(strong, "below t_0", theta=[Q(2, 5)])


def margin(t):
    """P(leaves | +1) - P(leaves | -1): one node agrees on +1, two nodes are two to one for -1."""
    right, left = (1 + t) / 2, (1 - t) / 2
    agree = [right * right**3 + left * left**3, left * right**3 + right * left**3]
    split = [right * right * left**2 + left * left * right**2, left * right * left**2 + right * left * right**2]
    return sympy.factor(agree[0] * split[0] ** 2 - agree[1] * split[1] ** 2)


@T.check()
def switch(factor=1 - 4 * t**2 - t**4):
    "Whether one node that agrees outweighs two that do not is the sign of (1), which falls on (0, 1)."
    zero = sympy.sqrt(sympy.sqrt(5) - 2)
    claims = [equal(margin(t), t**2 * (1 - t) ** 3 * (1 + t) ** 3 * factor / 256)]
    return [*claims, equal(sympy.expand(factor.subs(t, zero)), 0), less(Q("0.485868"), zero), less(zero, Q("0.485869"))]


T.control(switch, "with 3 t^2", factor=1 - 3 * t**2 - t**4)


def blocks(pattern):
    """All inputs whose three nodes show so many leaves of +1, in any order of the nodes."""
    words = list(product((0, 1), repeat=3))
    rows = []
    for order in sorted({pattern, pattern[1:] + pattern[:1], pattern[2:] + pattern[:2]}):
        rows += [a + b + c for a, b, c in product(*([w for w in words if sum(w) == k] for k in order))]
    return rows


@T.check()
def no_threshold(circuit=RECURSIVE):
    "Weights that accept the first 135 inputs and refuse the others would have two sums for one."
    accepted = 5 * blocks((2, 2, 0))
    refused = 4 * blocks((3, 1, 1)) + [(0,) * 9] * 27
    values = [circuit(2 * np.array(rows) - 1)[:, 0].tolist() for rows in (accepted, refused)]
    return [
        equal(*([len(rows), *map(sum, zip(*rows, strict=True))] for rows in (accepted, refused))),
        equal(values[0], [1] * len(accepted)),
        equal(values[1], [-1] * len(refused)),
    ]


T.control(no_threshold, "the majority of the leaves, which is one", circuit=PLAIN)


def correlation(circuit, theta):
    """E[root * decision], by the law of the nine leaves given the root +1."""
    parent, channel, total = complete(3, 2), symmetric_channel(2, theta), Q(0)
    for x, bit in enumerate(circuit.table().tolist()):
        plus = upward(parent, channel, [x >> leaf & 1 for leaf in range(9)])[0][1]
        total += plus if bit else -plus
    return total


@T.check(theta=[Q(3, 5), Q(4, 5)])
def gain(theta, circuit=PLAIN):
    "Above t_0 two levels are Bayes's estimator, and one level is worse."
    best = 2 * reconstruction(2, 3, 2, theta).p_correct - 1
    return [equal(majority_correlation(3, 2, theta), best), less(correlation(circuit, theta), best)]


T.control(gain, "two levels for one", circuit=RECURSIVE)


@T.check()
def gates(table=(0, 0, 0, 1, 0, 1, 1, 1)):
    "A majority of three takes 4 gates with two inputs, by exhaustion."
    return equal(gate_cost(list(table)), 4)


T.control(gates, "the parity of three", table=(0, 1, 1, 0, 1, 0, 0, 1))


@T.figure
def picture():
    """What either circuit misses of Bayes's correlation with the root, by t; dashed, t_0."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6, 3.2), layout="constrained")
    axes = figure.subplots()
    grid = [Q(k, 25) for k in range(2, 25)]
    best = [float(2 * reconstruction(2, 3, 2, x).p_correct - 1) for x in grid]
    for circuit, name, colour in ((PLAIN, "one majority", "#D55E00"), (RECURSIVE, "majority of majorities", "#0072B2")):
        missed = [b - float(correlation(circuit, x)) for x, b in zip(grid, best, strict=True)]
        axes.plot([float(x) for x in grid], missed, "o-", color=colour, markersize=3, label=name)
    axes.axvline((5**0.5 - 2) ** 0.5, color="black", linestyle="--", linewidth=0.8)
    axes.set(xlabel="eigenvalue $t$", ylabel="correlation that is missed", xlim=(0, 1))
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
