r"""Recursive majority of three needs theta > 2/3.

Every node of the ternary tree takes the majority of its children's votes. If the votes below have correlation m with
the nodes they estimate, the node's own vote has correlation f(m) with its state,

    f(m) = (3 theta m - theta^3 m^3) / 2,                                                                         (1)

with slope 3 theta / 2 at 0: majority forgets the root for theta <= 2/3, and for theta > 2/3 keeps at least
m* = sqrt((3 theta - 2) / theta^3), though the Kesten-Stigum point is only at 3^(-1/2) = .577. With an odd arity d
instead of 3 the threshold is 2^(d-1) / (d C(d-1, (d-1)/2)). Derived here; after Mossel, "Recursive reconstruction on
periodic trees" (1998) and Jain, Koehler, Liu, Mossel (2019), for whom it is the simplest finite-memory reconstruction.
"""

from fractions import Fraction as Q
from math import comb

import numpy as np
import sympy
from flint import arb

from retrodict import trees
from retrodict.claims import Mean, Theorem, at_most, equal, less
from retrodict.exact import estimators
from retrodict.exact import trees as exact
from retrodict.graphs import Tree

t, m = sympy.symbols("t m", positive=True)

T = Theorem(
    label="thm:recursive-majority",
    title="Recursive majority of three needs theta above 2/3",
    source="Derived here; after Mossel (1998) and Jain, Koehler, Liu, Mossel (2019)",
    bibtex=r"""@article{Mossel1998,
  author = {Mossel, Elchanan},
  title = {Recursive reconstruction on periodic trees},
  journal = {Random Structures \& Algorithms},
  volume = {13}, number = {1}, pages = {81--97}, year = {1998}}
@inproceedings{JainKoehlerLiuMossel2019,
  author = {Jain, Vishesh and Koehler, Frederic and Liu, Jingbo and Mossel, Elchanan},
  title = {Accuracy-memory tradeoffs and phase transitions in belief propagation},
  booktitle = {Conference on Learning Theory}, year = {2019}}""",
    statement=r"""On the ternary tree the correlation $m_n$ of the root with the recursive majority of the
leaves at depth $n$ satisfies $m_0=1$, $m_{n+1}=\tfrac12(3\theta m_n-\theta^3m_n^3)$. If $\theta\le\frac23$ then
$m_n\le(3\theta/2)^n$; if $\theta>\frac23$ then $m_n>m_*=\sqrt{(3\theta-2)/\theta^3}$. For odd arity $d$ the
threshold is $2^{d-1}/\bigl(d\binom{d-1}{(d-1)/2}\bigr)$.""",
    assuming=[t <= 1, m <= 1],
)


def f(m, t):
    """(1)."""
    return (3 * t * m - t**3 * m**3) / 2


def threshold(d):
    return Q(2 ** (d - 1), d * comb(d - 1, (d - 1) // 2))


def iterate(f, n, t):
    m = 1
    for _ in range(n):
        m = f(m, t)
    return m


@T.check()
def three_votes(f=f):
    "(1) is the majority of three votes, each of correlation theta m with the node."
    return equal(estimators.majority_correlation(3, 1, t * m), f(m, t))


@T.check()
def fixed_point(excess=3 * t - 2):
    "m* is a fixed point."
    star = sympy.sqrt(excess / t**3)
    return equal((f(star, t) / star), 1)


@T.check()
def slope(value=3 * t / 2):
    "A weak correlation is multiplied by 3 theta / 2, and the cubic term only lowers it."
    return [equal(sympy.diff(f(m, t), m).subs(m, 0), value), equal(value * m - f(m, t), t**3 * m**3 / 2)]


@T.check(d=[3, 5, 7, 9], full={"d": list(range(3, 22, 2))})
def odd_arity(d, threshold=threshold):
    "The slope at 0 of the majority of d votes is theta over the threshold."
    x = sympy.Symbol("x")
    votes = sympy.Poly(estimators.majority_correlation(d, 1, x), x)
    return equal(votes.coeff_monomial(x) * threshold(d), 1)


@T.check(n=[1, 2], theta=[Q(1, 2), Q(7, 10)])
def enumerated(n, theta, f=f):
    "(1) iterated is the definition: all states of the tree of 13 nodes, each voting."

    def agreement(states):
        votes = [1 - 2 * i for i in states[-(3**n) :]]
        while len(votes) > 1:
            votes = [1 if sum(votes[k : k + 3]) > 0 else -1 for k in range(0, len(votes), 3)]
        return votes[0] * (1 - 2 * states[0])

    found = exact.expectation(exact.complete(3, n), exact.symmetric_channel(2, theta), agreement)
    return [equal(found, iterate(f, n, theta)), equal(found, estimators.majority_correlation(3, n, theta))]


@T.check(theta=[Q(3, 5), Q(2, 3)], n=[1, 5, 8])
def dies(theta, n, rate=Q(3, 2)):
    "At theta = 3/5, above the Kesten-Stigum point, and at 2/3 itself, at most (3 theta / 2)^n is left."
    return [less(1, 3 * theta**2), at_most(iterate(f, n, theta), (rate * theta) ** n)]


def star(t):
    """m*."""
    return ((3 * t - 2) / t**3).sqrt()


@T.check(theta=["0.68", "0.7", "0.8", "0.82"], n=[1, 10, 20])
def survives(theta, n, star=star):
    "Above 2/3 more than m* is left: on a ball around each theta, at every depth checked."
    ball = arb(theta, "1e-15")
    return less(star(ball), iterate(f, n, ball))


@T.check(case=[("0.7", "0.539949247156038"), ("0.8", "0.883883476483185")])
def values(case, power=3):
    "m* = .539949247156038 at theta = .7 and .883883476483185 at .8, to all digits."
    theta, digits = Q(case[0]), Q(case[1])
    low, high = digits - Q(1, 10**15), digits + Q(1, 10**15)
    return [less(low * low, (3 * theta - 2) / theta**power), less((3 * theta - 2) / theta**power, high * high)]


@T.check(case=[(3, 4, Q(7, 10)), (3, 4, Q(3, 5)), (5, 3, Q(3, 5))], full={"case": [(3, 6, Q(7, 10)), (5, 4, Q(3, 5))]})
def sampled(case, correlation=estimators.majority_correlation):
    "The kernel's recursive majority has the correlation of the recursion with the true root."
    d, n, theta = case
    tree, channel = Tree.complete(d, n), np.array(exact.symmetric_channel(2, theta), dtype=float)

    def draw(n, seed):
        states = trees.broadcast(tree, channel, n, seed)
        votes = trees.recursive_majority(tree, np.ascontiguousarray(states[:, tree.leaves]))
        return (1.0 - 2.0 * votes) * (1.0 - 2.0 * states[:, 0])

    return equal(Mean(draw, -1, 1, resolution=Q(1, 25)), correlation(d, n, theta))


T.control(three_votes, "a linear vote", f=lambda m, t: 3 * t * m / 2)
T.control(fixed_point, "the fixed point of a threshold at the Kesten-Stigum point", excess=3 * t**2 - 1)
T.control(slope, "three votes count three times", value=3 * t)
T.control(odd_arity, "majority reaches the Kesten-Stigum point", threshold=lambda d: 1 / sympy.sqrt(d))
T.control(enumerated, "a linear vote", f=lambda m, t: 3 * t * m / 2)
T.control(dies, "the decay of a single path", rate=Q(1))
T.control(survives, "theta^4 for theta^3", star=lambda t: ((3 * t - 2) / t**4).sqrt())
T.control(values, "theta^2 for theta^3", power=2)
T.control(sampled, "two levels too few", correlation=lambda d, n, t: estimators.majority_correlation(d, n - 2, t))


@T.figure
def picture():
    """Correlation of the root and its recursive majority on the ternary tree, by depth, and the limit m*."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6, 3.2), layout="constrained")
    axes = figure.subplots()
    theta = np.linspace(0.5, 1, 251)
    for n, colour in ((1, "#56B4E9"), (4, "#009E73"), (16, "#0072B2"), (64, "#000000")):
        axes.plot(theta, iterate(f, n, theta), color=colour, linewidth=1.2, label=f"$n={n}$")
    axes.plot(theta, np.sqrt(np.maximum(3 * theta - 2, 0) / theta**3), "--", color="#D55E00", label="$m_*$")
    axes.axvline(3**-0.5, color="grey", linestyle=":", linewidth=1)
    axes.text(3**-0.5 - 0.005, 0.97, r"$3\theta^2=1$", color="grey", ha="right", va="top")
    axes.set(xlabel=r"$\theta$", ylabel="correlation with the root", xlim=(0.5, 1), ylim=(0, 1))
    axes.legend(frameon=False, loc="lower right")
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
