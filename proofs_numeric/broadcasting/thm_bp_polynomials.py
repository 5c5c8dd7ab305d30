r"""Bayes's advantage on shallow trees is a polynomial.

Broadcast a uniform sign down the complete d-ary tree, copied on each edge with probability (1 + theta)/2 and flipped
otherwise. Let X_n = E[root | leaves at depth n]. Then E|X_n|, the advantage of the best guess over a coin, is

    d = 2:  theta,   theta^2 (3 - theta^2) / 2,   theta^3 (35 - 15 theta^2 - 11 theta^4 + 7 theta^6) / 16

at n = 1, 2, 3 and every theta in [0, 1]; and theta (3 - theta^2) / 2 for d = 3, n = 1. For d = 3, n = 2 the best guess
changes once, at theta = sqrt(sqrt(5) - 2) = 0.4858..., and only above it is the advantage the polynomial below. Derived
here from the definition, E|X_n| = TV(P(leaves | +), P(leaves | -)).
"""

from fractions import Fraction as Q

import numpy as np
import sympy

from retrodict import bp, trees
from retrodict.claims import Mean, Theorem, equal
from retrodict.exact import trees as exact
from retrodict.graphs import Tree

t = sympy.Symbol("t", positive=True)

T = Theorem(
    label="thm:bp-polynomials",
    title="Bayes's advantage on shallow trees is a polynomial",
    source="Derived here; recursion as in Evans, Kenyon, Peres, Schulman (2000)",
    bibtex=r"""@article{EvansKenyonPeresSchulman2000,
  author = {Evans, William and Kenyon, Claire and Peres, Yuval and Schulman, Leonard J.},
  title = {Broadcasting on trees and the {Ising} model},
  journal = {The Annals of Applied Probability},
  volume = {10}, number = {2}, pages = {410--433}, year = {2000}}""",
    statement=r"""For the binary symmetric broadcast on the binary tree and $0\le\theta\le1$,
$$\mathbb E|X_1|=\theta,\quad \mathbb E|X_2|=\tfrac12\theta^2(3-\theta^2),\quad
\mathbb E|X_3|=\tfrac1{16}\theta^3(35-15\theta^2-11\theta^4+7\theta^6);$$
on the ternary tree $\mathbb E|X_1|=\tfrac12\theta(3-\theta^2)$, and
$\mathbb E|X_2|=\tfrac1{16}\theta^2(3-\theta^2)(12-9\theta^4+6\theta^6-\theta^8)$ for
$\theta\ge\sqrt{\sqrt5-2}=0.4858\ldots$ only. Moreover $\mathbb E X_1^2=2\theta^2/(1+\theta^2)$ on the binary tree.""",
    assuming=[t <= 1],
)

BINARY, TERNARY = [(2, 1), (2, 2), (2, 3)], [(3, 1), (3, 2)]


def advantage(d, n, t):
    """E|X_n|."""
    return {
        (2, 1): t,
        (2, 2): t**2 * (3 - t**2) / 2,
        (2, 3): t**3 * (35 - 15 * t**2 - 11 * t**4 + 7 * t**6) / 16,
        (3, 1): t * (3 - t**2) / 2,
        (3, 2): t**2 * (3 - t**2) * (12 - 9 * t**4 + 6 * t**6 - t**8) / 16,
    }[d, n]


FLIP = sympy.sqrt(sympy.sqrt(5) - 2)  # the root of t^4 + 4 t^2 - 1


def correction(t):
    """What E|X_2| on the ternary tree gains below FLIP."""
    return 27 * t**2 * (1 - t**2) ** 3 * (1 - 4 * t**2 - t**4) / 128


def square_only(d, n, t):
    return t**2


def differences(d, n):
    """(number of leaf patterns, P(pattern | +) - P(pattern | -)), a polynomial in t for every type of pattern."""
    types = exact.root_types(exact.symmetric_channel(2, t), d, n)
    return [(count, sympy.Poly(plus - minus, t)) for count, (plus, minus) in types]


def roots_inside(polynomial):
    """How many distinct roots lie strictly between 0 and 1."""
    if polynomial.is_zero:
        return 0
    ends = sum(polynomial.eval(end) == 0 for end in (0, 1))
    return polynomial.count_roots(0, 1) - ends


@T.check(case=BINARY + TERNARY)
def decided(case, advantage=advantage):
    "With every pattern decided as at theta = 3/4, the total variation distance is the polynomial."
    total = sum(count * p * sympy.sign(p.eval(sympy.Rational(3, 4))) for count, p in differences(*case))
    return equal(total.as_expr() / 2, advantage(*case, t))


@T.check(case=[*BINARY, (3, 1)])
def no_decision_changes(case):
    "No likelihood difference has a root strictly between 0 and 1: the decisions are the same throughout."
    return [equal(roots_inside(p), 0) for _, p in differences(*case)]


@T.check()
def one_decision_changes(flip=FLIP):
    "For d = 3, n = 2 one type of pattern and its mirror image change their decision, at sqrt(sqrt(5) - 2)."
    changing = [p for _, p in differences(3, 2) if roots_inside(p)]
    return [equal(len(changing), 2), *(equal(p.eval(flip), 0) for p in changing)]


@T.check()
def square(value=2 * t**2 / (1 + t**2)):
    "E X_1^2 = 2 t^2 / (1 + t^2) on the binary tree."
    types = exact.root_types(exact.symmetric_channel(2, t), 2, 1)
    return equal(sum(c * (plus - minus) ** 2 / (plus + minus) for c, (plus, minus) in types) / 2, value)


@T.check(case=BINARY + TERNARY, theta=[Q(1, 2), Q(2, 3), Q(9, 10)], full={"theta": [Q(k, 20) for k in range(10, 21)]})
def by_types(case, theta, advantage=advantage):
    "The polynomial is the exact advantage, with no rounding."
    return equal(2 * exact.reconstruction(2, *case, theta).tv_uniform, advantage(*case, theta))


@T.check(theta=[Q(1, 5), Q(2, 5)])
def below_the_flip(theta, correction=correction):
    "Below sqrt(sqrt(5) - 2) the polynomial for d = 3, n = 2 misses the two patterns that are decided the other way."
    return equal(2 * exact.reconstruction(2, 3, 2, theta).tv_uniform, advantage(3, 2, theta) + correction(theta))


@T.check(case=[(2, 2), (2, 3), (3, 2)], theta=[Q(3, 5), Q(4, 5)])
def sampled(case, theta, advantage=advantage):
    "Belief propagation on sampled leaves has the polynomial as its mean advantage."
    tree = Tree.complete(*case)
    channel = np.array(exact.symmetric_channel(2, theta), dtype=float)

    def draw(n, seed):
        leaves = trees.broadcast(tree, channel, n, seed, leaves_only=True)
        posterior = bp.marginals(tree, channel, leaves).root
        return np.abs(posterior[:, 0] - posterior[:, 1])

    return equal(Mean(draw, 0, 1, resolution=Q(1, 50)), advantage(*case, theta))


T.control(decided, "the second polynomial without its correction", advantage=square_only, case=[(2, 2)])
T.control(no_decision_changes, "the ternary tree of depth 2 does change a decision", case=[(3, 2)])
T.control(one_decision_changes, "the root of t^4 + 4 t^2 - 2", flip=sympy.sqrt(sympy.sqrt(6) - 2))
T.control(square, "E X_1^2 = t^2, as for a single leaf", value=t**2)
T.control(by_types, "the second polynomial without its correction", advantage=square_only, case=[(2, 2)])
T.control(below_the_flip, "the polynomial for d = 3, n = 2 at every theta", correction=lambda theta: 0)
T.control(sampled, "the second polynomial without its correction", advantage=square_only, case=[(2, 2)])


@T.figure
def picture():
    """The advantage of the best guess: the polynomials, and exact values of the definition as points."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6, 3.2), layout="constrained")
    axes = figure.subplots()
    grid = np.linspace(0, 1, 201)
    for (d, n), colour in zip(BINARY + TERNARY, ["#000000", "#0072B2", "#56B4E9", "#D55E00", "#E69F00"], strict=True):
        axes.plot(grid, advantage(d, n, grid), color=colour, linewidth=1.2, label=f"$d={d}$, $n={n}$")
        points = [Q(k, 8) for k in range(9)]
        values = [2 * exact.reconstruction(2, d, n, theta).tv_uniform for theta in points]
        axes.plot(points, values, "o", color=colour, markersize=4)
    axes.set(xlabel=r"$\theta$", ylabel="$E|X_n|$", xlim=(0, 1), ylim=(0, 1.01))
    axes.legend(frameon=False, loc="upper left")
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
