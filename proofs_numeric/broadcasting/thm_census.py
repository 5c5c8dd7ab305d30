r"""The census: correlation of the root with the sum over the leaves.

Complete d-ary tree of depth h, channel lam I + (1 - lam) J / q, uniform root, S the sum of f(state) over the d^h leaves
with E f = 0, E f^2 = 1. Then E S^2 = d^h v(d, h, lam) with

    v = 1 + (d - 1) lam^2 ((d lam^2)^h - 1) / (d lam^2 - 1),                                                      (7)

and E[S f(root)] = (d lam)^h, so that the squared correlation is (d lam^2)^h / v. After Evans, Kenyon, Peres, Schulman
(2000); the closed form is derived here. The sum is the best linear estimator, by symmetry of the leaves.
"""

from fractions import Fraction as Q

import numpy as np
import sympy

from retrodict import trees
from retrodict.claims import Law, Mean, Theorem, equal
from retrodict.exact import estimators
from retrodict.exact import trees as exact
from retrodict.graphs import Tree

d, h = sympy.symbols("d h", positive=True, integer=True)
t = sympy.Symbol("t", positive=True)

T = Theorem(
    label="thm:census",
    title="Second moment of the census",
    source="After Evans, Kenyon, Peres, Schulman (2000)",
    bibtex=r"""@article{EvansKenyonPeresSchulman2000,
  author = {Evans, William and Kenyon, Claire and Peres, Yuval and Schulman, Leonard J.},
  title = {Broadcasting on trees and the {Ising} model},
  journal = {The Annals of Applied Probability},
  volume = {10}, number = {2}, pages = {410--433}, year = {2000}}""",
    statement=r"""Let $S_h$ be the sum of $f$ over the leaves of the complete $d$-ary tree of depth $h$, with
$\mathbb E f=0$ and $\mathbb E f^2=1$. For $d\lambda^2\ne1$
$$\mathbb E S_h^2=d^h\Bigl[1+(d-1)\lambda^2\,\frac{(d\lambda^2)^h-1}{d\lambda^2-1}\Bigr],\qquad
\mathbb E[S_h f(\mathrm{root})]=(d\lambda)^h .$$""",
    assuming=[t <= 1],
)


def v(d, h, t):
    """(7)."""
    return 1 + (d - 1) * t**2 * ((d * t**2) ** h - 1) / (d * t**2 - 1)


def covariance(d, h, t):
    return (d * t) ** h


def independent_leaves(d, h, t):
    """The variance given the root, as if the leaves were independent given it, divided by d^h."""
    return 1 - t ** (2 * h)


def no_siblings(d, h, t):
    return 1 + 0 * t


@T.check()
def base(v=v):
    "At depth 0 the census is the root itself."
    return equal(v(d, 0, t), 1)


@T.check()
def recursion(v=v):
    "A level adds, to d subtrees, their d (d - 1) ordered pairs: independent given the root, each of mean t (d t)^h f."
    return equal(v(d, h + 1, t), v(d, h, t) + (d - 1) * t**2 * (d * t**2) ** h)


@T.check(d=[2, 3], h=[1, 2], t=[Q(1, 3), Q(3, 4)])
def second_moment(d, h, t, v=v):
    "(7) is the definition on every tree small enough to enumerate."
    return equal(exact.census_moment(d, h, 2, t), d**h * v(d, h, t))


@T.check(d=[2, 3], h=[1, 2], t=[Q(1, 3), Q(3, 4)])
def first_moment(d, h, t, covariance=covariance):
    "The census has covariance (d t)^h with the root."
    return equal(exact.census_moment(d, h, 1, t, root_power=1), covariance(d, h, t))


@T.check(f=[(1, 1, -2), (0, 1, -1)], h=[1, 2], t=[Q(-1, 2), Q(2, 3)])
def every_function(f, h, t, v=v):
    "For three states, and every function of mean zero, only its variance enters."
    variance = Q(sum(x * x for x in f), 3)
    return equal(exact.census_moment(2, h, 2, t, f), variance * 2**h * v(2, h, t))


@T.check(d=[2, 3], h=[3, 4], t=[Q(1, 3), Q(9, 10)], full={"h": [3, 4, 5]})
def by_law(d, h, t, v=v):
    "(7) is the second moment of the whole law of the census, convolved from child to parent."
    law = estimators.census_law(d, h, t)
    return equal(sum(p * s * s for s, p in law.items()), d**h * v(d, h, t))


def censuses(d, h, t, n, seed):
    """(root, S / d^h) of n sampled trees, both signs of the root as +1 and -1."""
    tree, channel = Tree.complete(d, h), np.array(exact.symmetric_channel(2, t), dtype=float)
    states = trees.broadcast(tree, channel, n, seed)
    counts = trees.census(np.ascontiguousarray(states[:, tree.leaves]), 2)
    return 1.0 - 2.0 * states[:, 0], counts @ [1, -1] / tree.n_leaves


@T.check(d=[2, 3], h=[4], t=[Q(4, 5), Q(9, 10)])
def sampled(d, h, t, v=v):
    "The kernels agree with (7) where enumeration cannot go."

    def draw(n, seed):
        _, S = censuses(d, h, t, n, seed)
        return S**2

    return equal(Mean(draw, 0, 1, resolution=Q(1, 50)), v(d, h, t) / d**h)


@T.check(d=[2, 3], h=[4], t=[Q(4, 5), Q(9, 10)])
def sampled_covariance(d, h, t, covariance=covariance):
    "Sampled, the census divided by the number of leaves has covariance t^h with the root."

    def draw(n, seed):
        root, S = censuses(d, h, t, n, seed)
        return root * S

    return equal(Mean(draw, -1, 1, resolution=Q(1, 25)), covariance(d, h, t) / d**h)


@T.check(d=[2, 3], h=[4], t=[Q(1, 2), Q(4, 5)])
def sampled_law(d, h, t, law=estimators.census_law):
    "Seen from the root, the sampled census has the whole law."

    def draw(n, seed):
        root, S = censuses(d, h, t, n, seed)
        return np.rint(root * S * d**h)

    return equal(Law(draw, -(d**h), d**h, resolution=Q(1, 50)), law(d, h, t))


T.control(base, "one level too many", v=lambda d, h, t: v(d, h + 1, t))
T.control(recursion, "forgets that siblings are correlated", v=no_siblings)
T.control(recursion, "leaves independent given the root", v=independent_leaves)
T.control(second_moment, "leaves independent given the root", v=independent_leaves)
T.control(first_moment, "forgets the number of leaves", covariance=lambda d, h, t: t**h)
T.control(every_function, "forgets that siblings are correlated", v=no_siblings)
T.control(by_law, "leaves independent given the root", v=independent_leaves)
T.control(sampled, "leaves independent given the root", v=independent_leaves)
T.control(sampled_covariance, "one level too many", covariance=lambda d, h, t: d**h * t ** (h + 1))
T.control(sampled_law, "two edges in place of each", law=lambda d, h, t: estimators.census_law(d, h, t**2))


@T.figure
def picture():
    """Squared correlation of the census and the root, by depth, on the binary tree; dotted: the Kesten-Stigum point."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6, 3.2), layout="constrained")
    axes = figure.subplots()
    depths = np.arange(17)
    for theta, colour in ((0.8, "#0072B2"), (0.75, "#009E73"), (0.65, "#E69F00"), (0.5, "#D55E00")):
        rho = (2 * theta**2) ** depths / v(2, depths, theta)
        axes.plot(depths, rho, "o-", color=colour, markersize=3, linewidth=1, label=rf"$\lambda={theta}$")
    axes.plot(depths, 1 / (1 + depths / 2), ":", color="black", label=r"$2\lambda^2=1$")
    axes.set(xlabel="depth $h$", ylabel="squared correlation with the root", ylim=(0, 1))
    axes.legend(frameon=False)
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
