r"""E X^2 contracts by d theta^2.

Binary symmetric broadcast, X_n = E[root | leaves at depth n] on the complete d-ary tree. Then

    E X_(n+1)^2 <= d theta^2 E X_n^2,

so nothing of the root survives below the Kesten-Stigum point d theta^2 = 1. After Evans, Kenyon, Peres, Schulman
(2000). The reason is one identity: a symmetric channel is a mixture of binary symmetric ones, and for two of these, of
biases m1 and m2, seen together,

    E X^2 = m1^2 + m2^2 - m1^2 m2^2 (2 - m1^2 - m2^2) / (1 - m1^2 m2^2) <= m1^2 + m2^2.                           (1)

So E X^2 is subadditive over independent views, and an edge multiplies it by theta^2. The same argument bounds E X^2 on
any tree by the sum over its leaves of theta^(2 distance from the root). E|X| itself does not contract by d theta^2.
"""

from fractions import Fraction as Q

import numpy as np
import sympy
from flint import arb

from retrodict import bp, trees
from retrodict.claims import Mean, Theorem, at_most, equal, less
from retrodict.exact import trees as exact
from retrodict.graphs import Tree

m1, m2, t = sympy.symbols("m1 m2 t", positive=True)

T = Theorem(
    label="thm:contraction",
    title="Contraction of the squared magnetisation",
    source="After Evans, Kenyon, Peres, Schulman (2000)",
    bibtex=r"""@article{EvansKenyonPeresSchulman2000,
  author = {Evans, William and Kenyon, Claire and Peres, Yuval and Schulman, Leonard J.},
  title = {Broadcasting on trees and the {Ising} model},
  journal = {The Annals of Applied Probability},
  volume = {10}, number = {2}, pages = {410--433}, year = {2000}}""",
    statement=r"""For the binary symmetric broadcast on the complete $d$-ary tree
$$\mathbb E X_{n+1}^2\le d\theta^2\,\mathbb E X_n^2,$$
and on any finite tree $\mathbb E X^2\le\sum_{v\text{ leaf}}\theta^{2|v|}$.""",
    assuming=[m1 < 1, m2 < 1, t <= 1],
)


def square(m1, m2):
    """E X^2 of two binary symmetric channels seen together: they agree with probability (1 + m1 m2) / 2."""
    agree, differ = (1 + m1 * m2) / 2, (1 - m1 * m2) / 2
    return agree * ((m1 + m2) / (1 + m1 * m2)) ** 2 + differ * ((m1 - m2) / (1 - m1 * m2)) ** 2


def gap(m1, m2):
    """What (1) loses to the sum."""
    return m1**2 * m2**2 * (2 - m1**2 - m2**2) / (1 - m1**2 * m2**2)


def kesten_stigum(d, t):
    return d * t**2


def e_square(d, n, t):
    return exact.reconstruction(2, d, n, t).x_n


def e_abs(d, n, t):
    return 2 * exact.reconstruction(2, d, n, t).tv_uniform


@T.check()
def two_views(gap=gap):
    "(1): what two independent views lose to the sum is a product of factors that are not negative."
    return equal(m1**2 + m2**2 - square(m1, m2), gap(m1, m2))


@T.check()
def two_views_by_types(square=square):
    "(1) at m1 = m2 = theta is E X_1^2 of the binary tree."
    types = exact.root_types(exact.symmetric_channel(2, t), 2, 1)
    return equal(sum(c * (plus - minus) ** 2 / (plus + minus) for c, (plus, minus) in types) / 2, square(t, t))


LEVELS = [(2, theta, n) for theta in (Q(1, 2), Q(9, 10)) for n in range(3)] + [(3, Q(1, 2), 0), (3, Q(1, 2), 1)]
CELLS = [arb(k, 0.5) / 10 for k in range(3, 10)]  # the tenths, each with half a tenth on either side


@T.check(m1=CELLS, m2=CELLS)
def enclosed(m1, m2, gap=gap):
    "The loss is positive on the whole square [.25, .95]^2, covered by balls."
    return less(0, gap(m1, m2))


@T.check(case=LEVELS, full={"case": [*LEVELS, *[(2, Q(k, 10), n) for k in range(1, 11) for n in range(5)]]})
def contraction(case, factor=kesten_stigum, functional=e_square):
    "A further level multiplies E X^2 by at most d theta^2."
    d, theta, n = case
    return at_most(functional(d, n + 1, theta), factor(d, theta) * functional(d, n, theta))


@T.check(n=[1, 2, 3])
def below(n, factor=kesten_stigum):
    "At d = 2, theta = 1/2 it is at most 2^(-n), and the ratio of two levels grows."
    before, here, after = (e_square(2, k, Q(1, 2)) for k in (n - 1, n, n + 1))
    return [at_most(here, factor(2, Q(1, 2)) ** n), less(here * here, before * after)]


TREES = [[-1, 0, 0, 1, 1, 1], [-1, 0, 1, 1, 0], [-1, 0, 0, 0, 1, 4, 4]]


@T.check(parent=TREES, theta=[Q(1, 3), Q(3, 4)])
def any_tree(parent, theta, exponent=2):
    "On irregular trees E X^2 is at most the sum over leaves of theta^(2 distance): the definition, all patterns."
    depth = [0] * len(parent)
    for v in range(1, len(parent)):
        depth[v] = depth[parent[v]] + 1
    leaves = [v for v, kids in enumerate(exact.children(parent)) if not kids]
    joint = {}
    for states, p in exact.weights(parent, exact.symmetric_channel(2, theta)).items():
        seen = joint.setdefault(tuple(states[v] for v in leaves), [0, 0])
        seen[states[0]] += p
    e_square = sum((plus - minus) ** 2 / (plus + minus) for plus, minus in joint.values())
    return at_most(e_square, sum(theta ** (exponent * depth[v]) for v in leaves))


@T.check(case=[(2, 4, Q(1, 2)), (2, 6, Q(3, 5)), (3, 4, Q(1, 2))])
def sampled(case, factor=kesten_stigum):
    "Sampled beyond enumeration, E X_n^2 is at most (d theta^2)^n."
    d, n, theta = case
    tree, channel = Tree.complete(d, n), np.array(exact.symmetric_channel(2, theta), dtype=float)

    def draw(n, seed):
        leaves = trees.broadcast(tree, channel, n, seed, leaves_only=True)
        posterior = bp.marginals(tree, channel, leaves).root
        return (posterior[:, 0] - posterior[:, 1]) ** 2

    return at_most(Mean(draw, 0, 1, resolution=Q(1, 50)), factor(d, theta) ** n)


T.control(two_views, "drops the correction", gap=lambda m1, m2: 0)
T.control(two_views_by_types, "the sum without its correction", square=lambda m1, m2: m1**2 + m2**2)
T.control(enclosed, "1 for 2 in the numerator", gap=lambda m1, m2: m1**2 * m2**2 * (1 - m1**2 - m2**2))
T.control(contraction, "contraction by d theta^3", factor=lambda d, t: d * t**3)
T.control(contraction, "E|X| contracts by d theta^2: the ratio is .6875 at n = 1, theta = 1/2", functional=e_abs)
T.control(below, "contraction by d theta^3", factor=lambda d, t: d * t**3)
T.control(any_tree, "theta^3 for theta^2", exponent=3)
T.control(sampled, "contraction by d theta^4", factor=lambda d, t: d * t**4)


@T.figure
def picture():
    """E X_(n+1)^2 / E X_n^2 (filled) and the same ratio of E|X_n| (open), over d theta^2; only the first stays < 1."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6, 3.2), layout="constrained")
    axes = figure.subplots()
    angles = [Q(k, 20) for k in range(8, 21)]
    for n, colour in ((1, "#56B4E9"), (2, "#0072B2"), (3, "#000000")):
        for functional, face in ((e_square, colour), (e_abs, "white")):
            values = [functional(2, n + 1, a) / functional(2, n, a) / (2 * a * a) for a in angles]
            label = f"$n={n}$, " + ("$EX_n^2$" if functional is e_square else "$E|X_n|$")
            axes.plot(angles, values, "o-", color=colour, markerfacecolor=face, markersize=4, linewidth=1, label=label)
    axes.axhline(1, color="#D55E00", linestyle="--", linewidth=1)
    axes.set(xlabel=r"$\theta$", ylabel=r"ratio of two levels over $2\theta^2$", ylim=(0.4, 1.9))
    axes.legend(frameon=False, fontsize="small")
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
