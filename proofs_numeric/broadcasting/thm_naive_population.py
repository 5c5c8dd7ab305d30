r"""A population of posteriors that is not symmetrised comes to believe in a colour that is not there.

Population dynamics (`retrodict.population_dynamics`) keeps posteriors eta of nodes whose colour is 0. A new member
combines d old ones, each with the colours 0 and c exchanged, c drawn from the channel lam I + (1 - lam) J / q. Near
eta = 1/q a population of mean 1/q + u has, one step later, the mean 1/q + d lam sum_c M(0, c) (u with 0 and c
exchanged): to first order in u the factor is

    d lam^2                        along e_0 - 1/q,                                                                  (1)
    d lam (1 - (1 - lam) / q)      along e_i - e_j, i and j among the other colours.                                 (2)

In the law of a true posterior the other colours are exchangeable, and there is nothing along (2). In a finite
population there is, by chance, and it grows if (2) is above 1, which it is far below the Kesten-Stigum point
d lam^2 = 1, nearly as in a ferromagnet (d lam = 1). The members end up agreed on one wrong colour: sure of themselves,
and wrong more often than a guess, which the Nishimori identity E eta(truth) = E sum_i eta_i^2 forbids.

The cure: draw the truth i anew from eta, exchange 0 and i, shuffle the others. It keeps the law of a posterior, makes
the identity true of *any* law, and leaves no first order at all: what is left is second order, and grows by d lam^2.

Derived here; that naive populations fail in this way is the specification's observation. Which value x the naive
iteration settles at depends on how members are relabelled to a child's colour (here: 0 and c are exchanged).
"""

from fractions import Fraction as Q
from itertools import permutations

import numpy as np
import sympy

from retrodict.claims import Mean, Theorem, equal
from retrodict.exact import population_dynamics as exact
from retrodict.exact import trees
from retrodict.population_dynamics import leaves, run

lam_ = sympy.Symbol("lambda", real=True)
eps = sympy.Symbol("epsilon", real=True)

T = Theorem(
    label="thm:naive-population",
    title="Why population dynamics has to be symmetrised",
    source="derived here; population dynamics after Mezard and Montanari (2006), recalled",
    bibtex=r"""@article{MezardMontanari2006,
  author = {M{\'e}zard, Marc and Montanari, Andrea},
  title = {Reconstruction on trees and spin glass transition},
  journal = {Journal of Statistical Physics},
  volume = {124}, number = {6}, pages = {1317--1350}, year = {2006}}""",
    statement=r"""Near the uniform posterior the naive step multiplies what a population is wrong about by
$d\lambda(1-\frac{1-\lambda}q)$ to first order, the symmetrised one by $0$; symmetrising keeps the law of the posterior.
At $q=5$, $d=2$, $\lambda=.67$ ($d\lambda^2=.8978$) naive populations of $1000$ have $\mathbb E\sum_i\eta_i^2>\tfrac12$
and $\mathbb E\,\eta_{\rm true}<\tfrac15$ after $100$ steps; symmetrised ones have $x<.01$ after $60$ (shares of the
populations that are $1$ at resolution $\tfrac12$).""",
    assuming=[lam_ < 1, 4 * lam_ > -1],
    uses=["lem:nishimori"],
)


def astray(q, d, lam):
    """(2)."""
    return d * lam * (1 - (1 - lam) / q)


def signal(q, d, lam):
    """(1)."""
    return d * lam**2


def law_near(direction):
    """All members are 1/q + eps direction."""
    return {tuple(sympy.Rational(1, len(direction)) + eps * u for u in direction): sympy.S(1)}


def derivative(law):
    """d/d eps of the mean, at eps = 0."""
    q = len(next(iter(law)))
    return [sum(sympy.diff(w * eta[i], eps).subs(eps, 0) for eta, w in law.items()) for i in range(q)]


def curvature(law):
    """d^2/d eps^2 of E sum eta^2, at eps = 0."""
    return sum(sympy.diff(w * sum(p * p for p in eta), eps, 2).subs(eps, 0) for eta, w in law.items())


def shuffled(law):
    """The truth is left where it is."""
    q = len(next(iter(law)))
    orders = list(permutations(range(1, q)))
    return collect((exact.symmetrise(eta, 0, order), w / len(orders)) for eta, w in law.items() for order in orders)


def guessed(law):
    """The truth is drawn from nothing."""
    q = len(next(iter(law)))
    orders = list(permutations(range(1, q)))
    return collect(
        (exact.symmetrise(eta, truth, order), w / (q * len(orders)))
        for eta, w in law.items()
        for truth in range(q)
        for order in orders
    )


def collect(terms):
    law = {}
    for eta, w in terms:
        law[eta] = law.get(eta, 0) + w
    return law


@T.check(shape=[(3, 1), (3, 2), (4, 2), (3, 3)])
def among_others(shape, factor=astray):
    "(2): one step multiplies e_1 - e_2 by d lam (1 - (1 - lam) / q)."
    q, d = shape
    direction = [0, 1, -1, *[0] * (q - 3)]
    found = derivative(exact.next_law(law_near(direction), d, lam_))
    return equal(found, [factor(q, d, lam_) * u for u in direction])


@T.check(shape=[(2, 2), (3, 2), (4, 2), (3, 3)])
def along_truth(shape, factor=signal):
    "(1): one step multiplies e_0 - 1/q by d lam^2."
    q, d = shape
    direction = [q - 1, *[-1] * (q - 1)]
    found = derivative(exact.next_law(law_near(direction), d, lam_))
    return equal(found, [factor(q, d, lam_) * u for u in direction])


@T.check(shape=[(3, 2), (3, 3), (4, 2)])
def no_first_order(shape, step=exact.symmetrised_law):
    "Symmetrised, nothing is left of either to first order."
    q, d = shape
    for direction in ([0, 1, -1, *[0] * (q - 3)], [q - 1, *[-1] * (q - 1)]):
        yield equal(derivative(step(exact.next_law(law_near(direction), d, lam_))), [0] * q)


@T.check(lam=[Q(1, 2), Q(-1, 3)])
def second_order(lam, factor=signal):
    "Of a symmetrised law (q = 3, d = 2) the second order of E sum eta^2 grows by d lam^2."
    law = exact.symmetrised_law(law_near([0, 1, -1]))
    after = exact.next_law(law, 2, sympy.Rational(lam.numerator, lam.denominator))
    return equal(curvature(after), factor(3, 2, lam) * curvature(law))


@T.check(case=[(2, 2, 3, Q(2, 3)), (3, 2, 2, Q(1, 2)), (3, 3, 1, Q(-1, 2)), (4, 2, 1, Q(3, 4)), (5, 2, 1, Q(67, 100))])
def law_is_kept(case, step=exact.symmetrised_law):
    "Symmetrising the law of the posterior of a small tree gives that law, atom by atom."
    q, d, depth, lam = case
    law = exact.leaf_law(q, Q(1))
    for _ in range(depth):
        law = exact.next_law(law, d, lam)
    renewed = step(law)
    atoms = sorted({*law, *renewed})
    return equal([renewed.get(eta, 0) for eta in atoms], [law.get(eta, 0) for eta in atoms])


@T.check(case=[(3, 2, 2, Q(1, 2)), (4, 2, 1, Q(3, 4))])
def identity(case, x=1):
    "It is the law of the posterior: both sides of the Nishimori identity are E eta(truth) by counting types."
    q, d, depth, lam = case
    law = exact.leaf_law(q, Q(1))
    for _ in range(depth):
        law = exact.next_law(law, d, lam)
    return equal(exact.masses(law), [x * trees.reconstruction(*case).true_mass] * 2)


WRONG = {(Q(1, 10), Q(7, 10), Q(1, 5)): Q(1, 3), (Q(1, 2), Q(1, 4), Q(1, 4)): Q(2, 3)}


@T.check(steps=[0, 1])
def restores(steps, step=exact.symmetrised_law):
    "Of any law, even of one that no posterior has, it makes the identity true."
    law = WRONG
    for _ in range(steps):
        law = exact.next_law(law, 2, Q(1, 2))
    first, second = exact.masses(step(law))
    return equal(first, second)


def replicas(symmetrised, steps, shows, n=1000, lam=0.67):
    """One replica is one population of n from perfect leaves, q = 5 and d = 2."""

    def draw(size, seed):
        seeds = np.random.default_rng(seed).integers(2**63, size=size)
        runs = (run(leaves(5, n, int(k)), 2, lam, steps, symmetrised=symmetrised, threads=1) for k in seeds)
        return np.array([shows(found) for found in runs], dtype=float)

    return Mean(draw, 0, 1, resolution=Q(1, 2))


def deluded(found):
    """Sure, and wrong more often than a guess: x is 0 where E eta(truth) is 1/q."""
    return found.second[-1] > 3 / 8 and found.first[-1] < 0


def forgotten(found):
    return found.second[-1] < 0.01


@T.check()
def goes_astray(symmetrised=False):
    "Naive populations of 1000 have E sum eta^2 > 1/2 and E eta(truth) < 1/5 after 100 steps."
    return equal(replicas(symmetrised, 100, deluded), 1)


@T.check()
def forgets(symmetrised=True):
    "Symmetrised ones have x < .01 after 60 steps at d lam^2 = .8978."
    return equal(replicas(symmetrised, 60, forgotten), 1)


@T.check(tier="full")
def at_step_33(symmetrised=True, steps=33):
    "Symmetrised populations of 10^5 have x < .01 at step 33."
    return equal(replicas(symmetrised, steps, forgotten, n=100_000), 1)


T.control(among_others, "d lam^2 here too", factor=signal)
T.control(along_truth, "d lam here too, as of a ferromagnet", factor=lambda q, d, lam: d * lam)
T.control(no_first_order, "the other colours are shuffled, the truth is not drawn anew", step=shuffled)
T.control(no_first_order, "not symmetrised", step=lambda law: law)
T.control(second_order, "d lam", factor=lambda q, d, lam: d * lam)
T.control(law_is_kept, "the truth is drawn from nothing", step=guessed)
T.control(identity, "off by a thousandth", x=Q(1001, 1000))
T.control(restores, "the other colours are shuffled, the truth is not drawn anew", step=shuffled)
T.control(goes_astray, "symmetrised", symmetrised=True)
T.control(forgets, "not symmetrised", symmetrised=False)
T.control(at_step_33, "at step 30", steps=30)


@T.figure
def picture():
    """x by step at q = 5, d = 2, lam = .67: by E eta(truth) (discs) and by E sum eta^2 (rings), of 10^5 members."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6, 3.2), layout="constrained")
    axes = figure.subplots()
    for symmetrised, colour, name in ((True, "#0072B2", "symmetrised"), (False, "#D55E00", "naive")):
        found = run(leaves(5, 100_000, seed=1), 2, 0.67, 120, symmetrised=symmetrised)
        every = slice(None, None, 4)
        axes.plot(found.depth[every], found.first[every], "o", color=colour, markersize=3, label=f"{name}, first")
        axes.plot(found.depth[every], found.second[every], "o", color=colour, mfc="none", label=f"{name}, second")
    axes.axhline(0, color="#000000", linewidth=0.6)
    axes.set(xlabel="step", ylabel="$x$")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
