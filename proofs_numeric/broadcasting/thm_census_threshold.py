r"""The census threshold is d lam^2 = 1.

With x = d lam^2 != 1 the squared correlation rho_h^2 of the census with the root (thm:census) satisfies

    1 / rho_h^2 = 1/a + (1 - 1/a) x^(-h),   a = (x - 1) / ((d - 1) lam^2).

So for x > 1 it decreases to a > 0, and for x < 1 it lies below x^h and shrinks by a factor that tends to x. Being the
best linear estimator, the census tells a linear learner nothing in the range d lam^2 < 1 < d lam, in which the leaves
still have d^h lam^h times as much signal as one leaf. What is checked is the identity, and its consequences at finite
depths. Derived here; the threshold after Kesten and Stigum (1966).
"""

from fractions import Fraction as Q
from math import ceil

import numpy as np
import sympy
from flint import arb

from retrodict import trees
from retrodict.claims import Mean, Theorem, at_most, equal, less
from retrodict.exact import estimators
from retrodict.exact import trees as exact
from retrodict.graphs import Tree

d = sympy.Symbol("d", positive=True, integer=True)
h = sympy.Symbol("h", nonnegative=True, integer=True)
t = sympy.Symbol("t", positive=True)

T = Theorem(
    label="thm:census-threshold",
    title="The census threshold is d lambda^2 = 1",
    source="Derived here; after Kesten and Stigum (1966)",
    bibtex=r"""@article{KestenStigum1966,
  author = {Kesten, H. and Stigum, B. P.},
  title = {Additional limit theorems for indecomposable multidimensional {Galton-Watson} processes},
  journal = {The Annals of Mathematical Statistics},
  volume = {37}, number = {6}, pages = {1463--1481}, year = {1966}}""",
    statement=r"""Let $x=d\lambda^2\ne1$ and $a=(x-1)/((d-1)\lambda^2)$. The squared correlation of census and root is
$\rho_h^2=\bigl[\tfrac1a+(1-\tfrac1a)x^{-h}\bigr]^{-1}$. Hence $\rho_h^2>a>0$ at every depth if $x>1$, while
$\rho_h^2\le x^h$ if $x<1$, even where $d\lambda>1$.""",
    assuming=[d >= 2, t <= 1],
    uses=["thm:census"],
)


def ratio(d, t):
    """x: by what the signal of the census is multiplied at each level, relative to its noise."""
    return d * t**2


def linear_ratio(d, t):
    return d * t


def limit(d, t, ratio=ratio):
    return (ratio(d, t) - 1) / ((d - 1) * t**2)


def rho_squared(d, h, t):
    return 1 / (1 / limit(d, t) + (1 - 1 / limit(d, t)) * (d * t**2) ** (-h))


def by_moments(d, h, t):
    """E[S f]^2 / E S^2."""
    return (d * t) ** (2 * h) / estimators.census_second_moment(d, h, t)


@T.check(h=[1, 2, 5])
def identity(h, rho_squared=rho_squared):
    "The squared correlation is covariance^2 / variance of thm:census."
    return equal(by_moments(d, h, t), rho_squared(d, h, t))


@T.check()
def step(rho_squared=rho_squared):
    "1 / rho^2 - 1 / a is divided by x at each level, at every depth."
    gap = 1 / rho_squared(d, h, t) - 1 / limit(d, t)
    return equal((1 / rho_squared(d, h + 1, t) - 1 / limit(d, t)) * d * t**2, gap)


@T.check(d=[2, 3], h=[1, 2], t=[Q(3, 5), Q(3, 4)])
def enumerated(d, h, t, rho_squared=rho_squared):
    "The squared correlation is the definition on small trees."
    covariance = exact.census_moment(d, h, 1, t, root_power=1)
    return equal(covariance**2 / exact.census_moment(d, h, 2, t), rho_squared(d, h, t))


@T.check(case=[(2, Q(3, 4)), (2, Q(18, 25)), (3, Q(3, 5)), (10, Q(1, 3))], h=[1, 4, 16, 64])
def above(case, h, ratio=ratio):
    "Above the threshold the correlation exceeds its positive limit at every depth checked."
    return [less(0, limit(*case, ratio)), less(limit(*case, ratio), by_moments(case[0], h, case[1]))]


@T.check(case=[(2, Q(3, 5)), (2, Q(7, 10)), (3, Q(11, 20)), (10, Q(3, 10))], h=[1, 4, 16, 64])
def below(case, h, ratio=ratio):
    "Below it the correlation is at most x^h, although d lam > 1."
    return [at_most(by_moments(case[0], h, case[1]), ratio(*case) ** h), less(1, case[0] * case[1])]


@T.check(h=[16, 32])
def decay(h, factor=Q(18, 25)):
    "At d = 2, lam = 3/5 one more level multiplies the correlation by d lam^2 = .72, less at most one part in 1000."
    quotient = by_moments(2, h + 1, Q(3, 5)) / by_moments(2, h, Q(3, 5))
    return [less(factor * Q(999, 1000), quotient), less(quotient, factor)]


@T.check(d=[2, 3], lam=[arb("0.4", "0.02"), arb("0.5", "0.02")], h=[8, 64])
def below_throughout(d, lam, h, least=1):
    "x^h / rho_h^2 = E S^2 / d^h exceeds 1 on whole intervals of lam, here enclosed."
    return less(least, estimators.census_second_moment(d, h, lam) / d**h)


@T.check(case=[(2, Q(3, 5)), (2, Q(4, 5))])
def sampled(case, rho_squared=rho_squared):
    "Sampled on 16 leaves, the best multiple of the census misses the root by 1 - rho^2 in mean square."
    d, theta = case
    tree, channel = Tree.complete(d, 4), np.array(exact.symmetric_channel(2, theta), dtype=float)
    slope = (d * theta) ** 4 / estimators.census_second_moment(d, 4, theta)

    def draw(n, seed):
        states = trees.broadcast(tree, channel, n, seed)
        counts = trees.census(np.ascontiguousarray(states[:, tree.leaves]), 2)
        return (1.0 - 2.0 * states[:, 0] - float(slope) * (counts @ [1, -1])) ** 2

    return equal(Mean(draw, 0, ceil((1 + slope * d**4) ** 2), resolution=Q(1, 10)), 1 - rho_squared(d, 4, theta))


T.control(identity, "the limit for the value at every depth", rho_squared=lambda d, h, t: limit(d, t))
T.control(
    step, "x = d lam", rho_squared=lambda d, h, t: 1 / (1 / limit(d, t) + (1 - 1 / limit(d, t)) * (d * t) ** (-h))
)
T.control(enumerated, "the limit for the value at every depth", rho_squared=lambda d, h, t: limit(d, t))
T.control(above, "threshold at d lam = 1: predicts a positive limit", ratio=linear_ratio, case=[(2, Q(3, 5))])
T.control(below, "the decay of a single path", ratio=lambda d, t: t**2)
T.control(decay, "the decay of a single path", factor=Q(9, 25))
T.control(below_throughout, "twice the variance of independent leaves", least=2)
T.control(sampled, "threshold at d lam = 1", rho_squared=lambda d, h, t: limit(d, t, linear_ratio), case=[(2, Q(3, 5))])


@T.figure
def picture():
    """Squared correlation at depths 1, 4, 16, 64 on the binary tree; dashed: its limit; dotted: d lam = 1."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6, 3.2), layout="constrained")
    axes = figure.subplots()
    lam = np.linspace(0.4, 1, 241)
    for depth, colour in ((1, "#56B4E9"), (4, "#009E73"), (16, "#0072B2"), (64, "#000000")):
        axes.plot(lam, by_moments(2, depth, lam), color=colour, linewidth=1.2, label=f"$h={depth}$")
    axes.plot(lam, np.maximum(limit(2, lam), 0), "--", color="#D55E00", linewidth=1.5, label="limit")
    axes.axvline(0.5, color="grey", linestyle=":", linewidth=1)
    axes.text(0.505, 0.93, r"$d\lambda=1$", color="grey")
    axes.set(xlabel=r"$\lambda$", ylabel="squared correlation with the root", xlim=(0.4, 1), ylim=(0, 1))
    axes.legend(frameon=False, loc="lower right")
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
