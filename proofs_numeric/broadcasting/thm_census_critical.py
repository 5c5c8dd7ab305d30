r"""At the Kesten-Stigum point the census decays like one over the depth.

At d lam^2 = 1 the formula of thm:census is 0/0; its value there is E S^2 = d^h [1 + h (d - 1) / d], so that the squared
correlation with the root is rho_h^2 = 1 / (1 + h (d - 1) / d): not exponential. Derived here.
"""

from fractions import Fraction as Q
from math import ceil

import numpy as np
import sympy
from flint import arb

from retrodict import trees
from retrodict.claims import Mean, Theorem, at_most, equal
from retrodict.exact import estimators
from retrodict.exact import trees as exact
from retrodict.graphs import Tree

d = sympy.Symbol("d", positive=True, integer=True)
h = sympy.Symbol("h", nonnegative=True, integer=True)

T = Theorem(
    label="thm:census-critical",
    title="The census at the Kesten-Stigum point",
    source="Derived here; after Kesten and Stigum (1966)",
    bibtex=r"""@article{KestenStigum1966,
  author = {Kesten, H. and Stigum, B. P.},
  title = {Additional limit theorems for indecomposable multidimensional {Galton-Watson} processes},
  journal = {The Annals of Mathematical Statistics},
  volume = {37}, number = {6}, pages = {1463--1481}, year = {1966}}""",
    statement=r"""If $d\lambda^2=1$, the squared correlation of the census of $d^h$ leaves with the root is
$$\rho_h^2=\frac1{1+h\,(d-1)/d}.$$""",
    assuming=[d >= 2],
    uses=["thm:census"],
)


def rho_squared(d, h):
    return 1 / (1 + h * Q(d - 1, d)) if isinstance(d, int) else 1 / (1 + h * (d - 1) / d)


def exponential(d, h):
    """The exponential through the values at h = 1 and h = 2."""
    return rho_squared(d, 1) * (rho_squared(d, 2) / rho_squared(d, 1)) ** (h - 1)


def by_moments(d, h, lam):
    return (d * lam) ** (2 * h) / estimators.census_second_moment(d, h, lam)


@T.check(h=[0, 1, 2, 3, 8])
def at_the_point(h, rho_squared=rho_squared):
    "Every level adds the same variance relative to the signal: the identity in d, at lam = d^(-1/2)."
    return equal(by_moments(d, h, 1 / sympy.sqrt(d)), rho_squared(d, h))


@T.check(x_minus_one=[sympy.Symbol("epsilon")])
def continuity(x_minus_one, slope=(d - 1) / d):
    "The formula of thm:census has the limit 1 + h (d - 1) / d as d lam^2 tends to 1: shown by its expansion, h = 5."
    x = 1 + x_minus_one
    v = 1 + (d - 1) * (x / d) * sympy.cancel((x**5 - 1) / x_minus_one)
    return equal(v.subs(x_minus_one, 0), 1 + 5 * slope)


@T.check(case=[(4, Q(1, 2), 1), (4, Q(1, 2), 3), (9, Q(1, 3), 2)], full={"case": [(4, Q(1, 2), 4), (9, Q(1, 3), 3)]})
def by_law(case, rho_squared=rho_squared):
    "Where lam is rational, the whole law of the census gives the same."
    d, lam, h = case
    law = estimators.census_law(d, h, lam)
    mean, square = (sum(p * s**k for s, p in law.items()) for k in (1, 2))
    return equal(mean**2 / square, rho_squared(d, h))


@T.check(q=[2, 3])
def enumerated(q, rho_squared=rho_squared):
    "And so does the definition, at d = 4, h = 1, for q = 2 and 3 states."
    f = (1, -1) if q == 2 else (1, 1, -2)
    covariance = exact.census_moment(4, 1, 1, Q(1, 2), f, root_power=1)
    variance = Q(sum(x * x for x in f), q)
    return equal(covariance**2 / (variance * exact.census_moment(4, 1, 2, Q(1, 2), f)), rho_squared(4, 1))


@T.check(h=[1, 10, 100])
def enclosed(h, rho_squared=rho_squared):
    "At the irrational point lam = 2^(-1/2) of the binary tree, a ball around the ratio of moments."
    ball = by_moments(2, h, 1 / arb(2).sqrt())
    return [at_most(ball, rho_squared(2, h) + Q(1, 10**12)), at_most(rho_squared(2, h) - Q(1, 10**12), ball)]


@T.check(case=[(4, Q(1, 2), 3), (9, Q(1, 3), 1)])
def sampled(case, rho_squared=rho_squared):
    "Sampled, the best multiple of the census misses the root by 1 - rho^2 in mean square."
    d, lam, h = case
    tree, channel = Tree.complete(d, h), np.array(exact.symmetric_channel(2, lam), dtype=float)
    slope = (d * lam) ** h / estimators.census_second_moment(d, h, lam)

    def draw(n, seed):
        states = trees.broadcast(tree, channel, n, seed)
        counts = trees.census(np.ascontiguousarray(states[:, tree.leaves]), 2)
        return (1.0 - 2.0 * states[:, 0] - float(slope) * (counts @ [1, -1])) ** 2

    return equal(Mean(draw, 0, ceil((1 + slope * d**h) ** 2), resolution=Q(1, 5)), 1 - rho_squared(d, h))


T.control(at_the_point, "exponential decay through the first two depths", rho_squared=exponential)
T.control(continuity, "forgets that a vertex is no sibling of itself", slope=1)
T.control(by_law, "exponential decay through the first two depths", rho_squared=exponential)
T.control(enumerated, "forgets that a vertex is no sibling of itself", rho_squared=lambda d, h: Q(1, 1 + h))
T.control(enclosed, "exponential decay through the first two depths", rho_squared=exponential)
T.control(sampled, "one level only", rho_squared=lambda d, h: rho_squared(d, 0))


@T.figure
def picture():
    """One over the squared correlation is a line in the depth; dashed: the exponential through the first two depths."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6, 3.2), layout="constrained")
    axes = figure.subplots()
    depths = np.arange(1, 17)
    for d, colour in ((2, "#0072B2"), (9, "#D55E00")):
        exact_values = [float(1 / by_moments(d, int(h), 1 / np.sqrt(d))) for h in depths]
        axes.plot(depths, exact_values, "o", color=colour, markersize=3.5, label=f"$d={d}$")
        axes.plot(depths, [float(1 / rho_squared(d, int(h))) for h in depths], "-", color=colour, linewidth=1)
        fit = [float(1 / exponential(d, int(h))) for h in depths]
        axes.plot(depths, fit, "--", color=colour, linewidth=1)
    axes.set(xlabel="depth $h$", ylabel=r"$1/\rho_h^2$", ylim=(0, 25))
    axes.legend(frameon=False, loc="upper left")
    axes.text(10.4, 19, "exponential")
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
