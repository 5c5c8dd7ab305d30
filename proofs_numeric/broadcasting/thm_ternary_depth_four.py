r"""The advantage on the ternary tree of depth four, exactly.

81 leaves have 4.9e8 triples of types below the root. E|X_4| = sum over triples of count * |difference| needs only the
signs: sort the pairs of types by likelihood ratio, and for the third type the sign changes at one place, so that prefix
sums and a bisection give the exact rational. Here this is done with every multiset of messages, integers never reduced,
ordered by logarithms in double precision; that no triple is closer to a tie than rounding can move it is a check of its
own. `exact.reconstruction` shares none of this: it merges proportional and mirrored messages and orders by integers.
"""

from fractions import Fraction as Q
from functools import cache
from itertools import accumulate
from math import log
from operator import mul
from typing import NamedTuple

import numpy as np
from flint import arb, fmpq

from retrodict import bp, trees
from retrodict.claims import Mean, Theorem, equal, less
from retrodict.exact import trees as exact
from retrodict.graphs import Tree

T = Theorem(
    label="thm:ternary-depth-four",
    title="The advantage on the ternary tree of depth four",
    source="Derived here; recursion as in Evans, Kenyon, Peres, Schulman (2000)",
    bibtex=r"""@article{EvansKenyonPeresSchulman2000,
  author = {Evans, William and Kenyon, Claire and Peres, Yuval and Schulman, Leonard J.},
  title = {Broadcasting on trees and the {Ising} model},
  journal = {The Annals of Applied Probability},
  volume = {10}, number = {2}, pages = {410--433}, year = {2000}}""",
    statement=r"""On the ternary tree of depth $4$ with rational $\theta$, $\mathbb E|X_4|$ is the rational number
$$\frac{\sum_{p,s}c_pc_s\,|p_+s_+-p_-s_-|}{\sum_{p,s}c_pc_s\,(p_+s_++p_-s_-)}$$
over pairs $p$ and single messages $s$ of the subtrees of depth $3$, with multiplicities $c$.""",
)


def messages(theta, depth):
    """Counts and integer messages (plus, minus) of a child of the root, one for each multiset of leaf patterns."""
    a, b = theta.as_integer_ratio()
    channel = [[b + a, b - a], [b - a, b + a]]
    below = exact.root_types(channel, 3, depth - 1)
    return [(count, [sum(map(mul, row, L)) for row in channel]) for count, L in below]


class Triples(NamedTuple):
    """Two children's messages, multiplied and sorted by likelihood ratio, against the third child's."""

    single: list[tuple[int, list[int]]]
    pairs: list[tuple[int, int]]
    pair_ratio: np.ndarray  # ascending
    log_ratio: np.ndarray  # of the single messages


def triples(theta, depth):
    single = messages(theta, depth)
    log_ratio = np.array([log(plus) - log(minus) for _, (plus, minus) in single])
    left, right = np.triu_indices(len(single))
    order = np.argsort(log_ratio[left] + log_ratio[right])
    left, right = left[order], right[order]
    pairs = list(zip(left.tolist(), right.tolist(), strict=True))
    return Triples(single, pairs, log_ratio[left] + log_ratio[right], log_ratio)


def advantage(theta, depth, tie=0.0):
    """E|X|; triples whose log-likelihood ratio is within `tie` count as undecided."""
    single, pairs, pair_ratio, log_ratio = triples(theta, depth)

    def cumulated(side):
        terms = (
            (1 + (i != j)) * single[i][0] * single[j][0] * single[i][1][side] * single[j][1][side] for i, j in pairs
        )
        return list(accumulate(terms, initial=0))

    plus, minus = cumulated(0), cumulated(1)
    losses = np.searchsorted(pair_ratio, -log_ratio - tie, side="left").tolist()
    wins = np.searchsorted(pair_ratio, -log_ratio + tie, side="right").tolist()
    gain = total = 0
    for (count, (p, m)), i, j in zip(single, losses, wins, strict=True):
        gain += count * ((plus[-1] - plus[j] - plus[i]) * p - (minus[-1] - minus[j] - minus[i]) * m)
        total += count * (plus[-1] * p + minus[-1] * m)
    return Q(gain, total)


@cache
def found(theta, depth):
    return exact.reconstruction(2, 3, depth, theta)


@T.check(theta=[Q(1, 2)], full={"theta": [Q(1, 2), Q(2, 3)]})
def bisection(theta, tie=0.0):
    "Sorted pairs, signs from double logarithms and exact sums give the same rational number as merged types."
    joined = found(theta, 4)
    return equal(advantage(theta, 4, tie), [2 * joined.tv_uniform, 2 * joined.p_correct - 1])


@T.check(theta=[Q(1, 2), Q(2, 3)], depth=[1, 2, 3])
def shallower(theta, depth, tie=0.0):
    "And at smaller depths, where the law of the posterior is written out."
    return equal(advantage(theta, depth, tie), 2 * found(theta, depth).tv_uniform)


@T.check(case=[(Q(1, 2), 1e-9)], full={"case": [(Q(1, 2), 1e-9), (Q(2, 3), 1e-8)]})
def no_near_ties(case):
    "Double logarithms decide rightly: they put no triple within 1e-9 of a tie, and err by less than 1e-12."
    theta, within = case
    _, _, pair_ratio, log_ratio = triples(theta, 4)
    low, high = (np.searchsorted(pair_ratio, -log_ratio + sign * within) for sign in (-1, 1))
    return equal((high - low).sum(), 0)


@T.check(theta=[Q(1, 2)], full={"theta": [Q(1, 2), Q(2, 3)]})
def squares(theta, factor=lambda theta: 3 * theta**2):
    "E X_4^2, enclosed, lies between E|X_4|^2 and 3 theta^2 E X_3^2."
    x_4 = found(theta, 4).x_n
    ball = arb(*(fmpq(*x.as_integer_ratio()) for x in (x_4.middle, x_4.radius)))
    return [less((2 * found(theta, 4).tv_uniform) ** 2, ball), less(ball, factor(theta) * found(theta, 3).x_n)]


@T.check(theta=[Q(1, 2)], full={"theta": [Q(1, 2), Q(2, 3)]})
def sampled(theta, depth=4):
    "Belief propagation on 81 sampled leaves has this mean advantage."
    tree, channel = Tree.complete(3, 4), np.array(exact.symmetric_channel(2, theta), dtype=float)

    def draw(n, seed):
        posterior = bp.marginals(tree, channel, trees.broadcast(tree, channel, n, seed, leaves_only=True)).root
        return np.abs(posterior[:, 0] - posterior[:, 1])

    return equal(Mean(draw, 0, 1, resolution=Q(1, 50)), 2 * found(theta, depth).tv_uniform)


T.control(bisection, "likelihood ratios within 1e-6 of one taken for ties", tie=1e-6)
T.control(shallower, "likelihood ratios within 1/10 of one taken for ties", tie=0.1)
T.control(no_near_ties, "logarithms that are right to 1e-6 only", case=[(Q(1, 2), 1e-6)])
T.control(squares, "contraction by 3 theta^3", factor=lambda theta: 3 * theta**3)
T.control(sampled, "one level too few", depth=3)


@T.figure
def picture():
    """E|X_n| (filled) and E X_n^2 (open) on the ternary tree, by depth; dashed: the bound (3 theta^2)^n."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6, 3.2), layout="constrained")
    axes = figure.subplots()
    for theta, colour in ((Q(1, 2), "#D55E00"), (Q(2, 3), "#0072B2")):
        depths = range(5 if theta == Q(1, 2) else 4)
        results = [found(theta, n) for n in depths]
        axes.plot(depths, [2 * r.tv_uniform for r in results], "o-", color=colour, label=rf"$E|X_n|$, $\theta={theta}$")
        squares = [float(r.x_n) for r in results]
        axes.plot(depths, squares, "o-", color=colour, markerfacecolor="white", label=rf"$EX_n^2$, $\theta={theta}$")
    axes.plot(range(5), [0.75**n for n in range(5)], "--", color="#D55E00", linewidth=1, label="$(3/4)^n$")
    axes.set(xlabel="depth $n$", ylim=(0, 1.02), xticks=range(5))
    axes.legend(frameon=False, fontsize="small")
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
