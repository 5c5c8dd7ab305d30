r"""Exact reconstruction on small regular trees.

The law of the root's posterior on a regular tree is that of finitely many rational vectors, so the advantage E|X_n| of
the best guess, E X_n^2, and for q states P(correct), E TV(posterior, uniform) and x_n = (E eta(true) - 1/q) q/(q - 1)
are rational numbers at rational lambda. They are compared here with the definition, with values of an independent
computation, and with the kernels. n = 0 is the observed root itself: no channel is applied to a leaf.
"""

from fractions import Fraction as Q
from functools import cache

import numpy as np
from flint import arb, fmpq

from retrodict import bp, trees
from retrodict.claims import Mean, Theorem, equal, less
from retrodict.exact import trees as exact
from retrodict.graphs import Tree

T = Theorem(
    label="thm:reconstruction-exact",
    title="Exact reconstruction on small regular trees",
    source="Derived here; recursion as in Evans, Kenyon, Peres, Schulman (2000)",
    bibtex=r"""@article{EvansKenyonPeresSchulman2000,
  author = {Evans, William and Kenyon, Claire and Peres, Yuval and Schulman, Leonard J.},
  title = {Broadcasting on trees and the {Ising} model},
  journal = {The Annals of Applied Probability},
  volume = {10}, number = {2}, pages = {410--433}, year = {2000}}""",
    statement=r"""With $\lambda$ rational, $\mathbb E|X_n|$, $\mathbb EX_n^2$ and, for $q$ states,
$P(\mathrm{correct})=\mathbb E\max_i\eta_i$, $\mathbb E\tfrac12\sum_i|\eta_i-\tfrac1q|$ and
$x_n=\tfrac q{q-1}(\mathbb E\eta_{\mathrm{true}}-\tfrac1q)$ on the regular tree of depth $n$ are rational; for
instance $\mathbb E|X_3|=\tfrac{1963}{8192}$ and $\mathbb EX_3^2=\tfrac{4928957493}{56307031040}$ at $d=2$,
$\lambda=\frac12$.""",
)

# (d, lambda, n): E|X_n|, E X_n^2
BINARY = {
    (2, Q(1, 2), 1): (Q(1, 2), Q(2, 5)),
    (2, Q(1, 2), 2): (Q(11, 32), Q(53, 290)),
    (2, Q(1, 2), 3): (Q(1963, 8192), Q(4928957493, 56307031040)),
    (2, Q(2, 3), 3): (Q(19519, 39366), Q(57567130942099123661312, 173926397310216968409057)),
    (2, Q(3, 4), 2): (Q(351, 512), Q(450927, 759200)),
    (2, Q(4, 5), 2): (Q(472, 625), Q(47752192, 69315625)),
    (3, Q(1, 2), 1): (Q(11, 16), Q(29, 56)),
    (3, Q(1, 2), 2): (Q(32461, 65536), Q(725067538190123, 2305348148219648)),
    (3, Q(2, 3), 1): (Q(23, 27), Q(1276, 1701)),
    (3, Q(3, 4), 1): (Q(117, 128), Q(4671, 5504)),
}
DEEP = {
    (2, Q(1, 2), 4): Q(90324263, 536870912),
    (2, Q(2, 3), 4): Q(65440162541, 148769467776),
    (2, Q(3, 4), 3): Q(2690469, 4194304),
    (3, Q(1, 2), 3): Q(7174681885742395223, 18446744073709551616),
    (3, Q(2, 3), 3): Q(11959236031929878882717657, 16997648288528104232583168),
    (3, Q(3, 4), 3): Q(4259203021159210776170336710311, 5070602400912917605986812821504),
}
# (d, lambda, n): P(correct), E TV, x_n, for q = 3
TERNARY = {
    (2, Q(1, 2), 1): (Q(2, 3), Q(7, 18), Q(29, 72)),
    (2, Q(1, 2), 2): (Q(247, 432), Q(25, 96), Q(1272657861, 6837677440)),
    (2, Q(2, 3), 1): (Q(7, 9), Q(40, 81), Q(472, 765)),
    (2, Q(2, 3), 2): (Q(14209, 19683), Q(8192, 19683), Q(8469489400419136, 19024209314440803)),
    (2, Q(3, 4), 1): (Q(5, 6), Q(13, 24), Q(2745, 3808)),
    (3, Q(1, 2), 1): (Q(7, 9), Q(4, 9), Q(93, 176)),
    (3, Q(2, 3), 1): (Q(217, 243), Q(136, 243), Q(788, 1035)),
}
TERNARY_DEEP = {
    (2, Q(1, 2), 3): (Q(1480333, 2985984), Q(3090593, 17915904)),
    (2, Q(3, 4), 2): (Q(2453, 3072), Q(3025, 6144)),
    (2, Q(3, 4), 3): (Q(4177036451, 5435817984), Q(14695696033, 32614907904)),
    (3, Q(1, 2), 2): (Q(2981107, 4478976), Q(1525543, 4478976)),
    (3, Q(2, 3), 2): (Q(36133163, 43046721), Q(21983408, 43046721)),
}


reconstruction = cache(exact.reconstruction)


def levels(n):
    """Edges between the root and a leaf."""
    return n


def one_less(n):
    return n - 1


@T.check(case=list(BINARY))
def binary(case, levels=levels):
    "E|X_n| and E X_n^2 are the rational numbers of the table."
    d, lam, n = case
    found = exact.reconstruction(2, d, levels(n), lam)
    return equal([2 * found.tv_uniform, 2 * found.p_correct - 1, found.x_n], [BINARY[case][0], *BINARY[case]])


@T.check(case=list(DEEP))
def deep(case, levels=levels):
    "And E|X_n| further down."
    d, lam, n = case
    return equal(2 * exact.reconstruction(2, d, levels(n), lam).tv_uniform, DEEP[case])


@T.check(case=list(TERNARY))
def ternary(case, levels=levels):
    "For three states P(correct), E TV and x_n are the rational numbers of the table."
    d, lam, n = case
    found = exact.reconstruction(3, d, levels(n), lam)
    return equal([found.p_correct, found.tv_uniform, found.x_n], TERNARY[case])


@T.check(case=list(TERNARY_DEEP))
def ternary_deep(case, levels=levels):
    "And P(correct), E TV further down."
    d, lam, n = case
    found = exact.reconstruction(3, d, levels(n), lam)
    return equal([found.p_correct, found.tv_uniform], TERNARY_DEEP[case])


@T.check(case=[(2, 2, 3), (2, 3, 2), (3, 2, 2), (4, 3, 1)], lam=[Q(1, 2), Q(-1, 3)])
def definition(case, lam, levels=levels):
    "P(correct) and E TV are sums over all multisets of children's messages, none of them merged."
    q, d, n = case
    types = exact.root_types(exact.symmetric_channel(q, lam), d, n)
    p_correct = sum(count * max(L) for count, L in types) / q
    apart = sum(count * sum(abs(q * x - sum(L)) for x in L) for count, L in types) / (2 * q * q)
    found = exact.reconstruction(q, d, levels(n), lam)
    return equal([found.p_correct, found.tv_uniform], [p_correct, apart])


@T.check(case=[(3, 3, 3, Q(1, 2))], full={"case": [(3, 3, 3, Q(1, 2)), (3, 3, 3, Q(2, 3)), (2, 3, 4, Q(1, 2))]})
def beyond_a_megabit(case, lower=lambda advantage: advantage**2):
    "Where the denominator of x_n passes a megabit x_n is enclosed, within ((q P(correct) - 1)/(q - 1))^2 and 2 E TV."
    q, found = case[0], reconstruction(*case)
    middle, radius = (fmpq(*x.as_integer_ratio()) for x in (found.x_n.middle, found.x_n.radius))
    ball = arb(middle, radius)
    return [less(lower((q * found.p_correct - 1) / (q - 1)), ball), less(ball, 2 * found.tv_uniform)]


def posteriors(q, d, n, lam):
    """A sampler of (true root, its posterior) on the kernels."""
    tree, channel = Tree.complete(d, n), np.array(exact.symmetric_channel(q, lam), dtype=float)

    def draw(n, seed):
        states = trees.broadcast(tree, channel, n, seed)
        eta = bp.marginals(tree, channel, np.ascontiguousarray(states[:, tree.leaves])).root
        return states[:, 0], eta

    return draw


@T.check(case=[(2, 2, 5, Q(2, 3)), (3, 2, 4, Q(1, 2))], full={"case": [(2, 3, 4, Q(1, 2)), (3, 3, 3, Q(2, 3))]})
def sampled(case, levels=levels):
    "The kernels' posterior of a sampled root, with more leaves than can be enumerated, is as far from uniform."
    q, d, n, lam = case
    sampler = posteriors(*case)

    def draw(n, seed):
        _, eta = sampler(n, seed)
        return np.abs(eta - 1 / q).sum(axis=1) / 2

    return equal(Mean(draw, 0, 1, resolution=Q(1, 50)), exact.reconstruction(q, d, levels(n), lam).tv_uniform)


@T.check(case=[(2, 2, 5, Q(2, 3)), (3, 2, 4, Q(1, 2))], full={"case": [(2, 3, 4, Q(1, 2)), (3, 3, 3, Q(2, 3))]})
def sampled_guess(case, levels=levels):
    "And the likeliest state is the true root as often as it should."
    q, d, n, lam = case
    sampler = posteriors(*case)

    def draw(n, seed):
        root, eta = sampler(n, seed)
        return (eta.argmax(axis=1) == root).astype(float)

    return equal(Mean(draw, 0, 1, resolution=Q(1, 50)), exact.reconstruction(q, d, levels(n), lam).p_correct)


for check in (binary, deep, ternary, ternary_deep, definition, sampled, sampled_guess):
    T.control(check, "no channel on the edge above a leaf: one level too few", levels=one_less)
T.control(beyond_a_megabit, "x_n is at least the advantage, not its square", lower=lambda advantage: advantage)


@T.figure
def picture():
    """P(correct) rescaled to 0 for a guess and 1 for certainty, by depth: binary tree, two and three states."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6, 3.2), layout="constrained")
    axes = figure.subplots()
    for q, style, depths in ((2, "o-", range(6)), (3, "s--", range(4))):
        for lam, colour in ((Q(1, 2), "#D55E00"), (Q(2, 3), "#E69F00"), (Q(3, 4), "#009E73"), (Q(4, 5), "#0072B2")):
            values = [(q * exact.reconstruction(q, 2, n, lam).p_correct - 1) / (q - 1) for n in depths]
            label = f"$q={q}$" if lam == Q(1, 2) else None
            axes.plot(depths, values, style, color=colour, markersize=4, linewidth=1, label=label)
            if q == 2:
                axes.text(5.15, float(values[-1]), rf"$\lambda={lam}$", color=colour, va="center")
    axes.set(xlabel="depth $n$", ylabel=r"$(qP(\mathrm{correct})-1)/(q-1)$", xlim=(-0.2, 6.2), ylim=(0, 1.03))
    axes.legend(frameon=False, loc="lower left")
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
