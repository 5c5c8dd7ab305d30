r"""The tree from features, level by level, with and without re-estimated states: finite facts, by sampling.

A feature is one broadcast down the complete d-ary tree of depth h, channel lam I + (1 - lam) J / q; k independent ones
are seen at the leaves. The level-by-level algorithm (after Mossel, 2004, recalled) makes siblings of the roots whose
estimated states are most correlated and estimates their parent's states by belief propagation; lam is estimated too.

1. The whole tree is found with probability above .95 at stated (d, h, q, lam, k), also if every edge renames states.
2. With the first child's states in place of estimated ones it is found with probability below .6 at the same k: roots
   at height j are then compared through leaves, whose correlation has lost a factor lam^(2 j).
3. Features that are enough above the Kesten-Stigum point d lam^2 = 1 are not below it, on the same tree.

Mossel's theorems (recalled) say that k of the order of log N is enough for N leaves if d lam^2 > 1, and that a power of
N is needed if d lam^2 < 1 and q = 2. They are not checked: the figure shows where the probability rises for a few N,
and a trend over few N is no theorem. How siblings are chosen is not the best that could be done with k features, so
that no failure here says what no algorithm could do.
"""

from fractions import Fraction as Q
from math import sqrt

import numpy as np

from retrodict import trees
from retrodict.claims import Mean, Theorem, at_most
from retrodict.graphs import Tree
from retrodict.level_by_level import level_by_level

T = Theorem(
    label="thm:level-by-level",
    title="The tree from features, level by level",
    source="algorithm after Mossel (2004), recalled; its finite form and the numbers derived here",
    bibtex=r"""@article{Mossel2004,
  author = {Elchanan Mossel},
  title = {Phase transitions in phylogeny},
  journal = {Transactions of the American Mathematical Society},
  volume = {356}, number = {6}, pages = {2379--2404}, year = {2004}}""",
    statement=r"""From $k$ features on the complete $d$-ary tree of depth $h$ with channel $\lambda I + (1-\lambda)J/q$,
the level-by-level algorithm with re-estimated states finds the tree with probability above $.95$ at
$(d, h, q, \lambda, k) = (3, 4, 2, .65, 800)$ and, with states renamed on every edge, at $(2, 5, 4, .8, 400)$; on the
long grid also at $(2, 8, 2, .8, 1000)$, $(2, 10, 2, .9, 800)$ and, renamed, $(2, 6, 4, .8, 500)$. At the first point,
where $d\lambda^2 = 1.2675$, it does so with probability below $.6$ if a leaf stands for each subtree, and below $.45$
if $\lambda = .5$, where $d\lambda^2 = .75$. Remark: finite, and by sampling; how $k$ grows with the number of leaves
is not checked.""",
)

BLOCK = 1 << 26  # entries of features at a time


def exact(d, h, q, lam, k, renamed=False, rule="bp"):
    """Draws of whether the tree is found; edge v renames x to x + v, or to itself."""
    tree = Tree.complete(d, h)
    kept = float(lam) * np.eye(q) + (1 - float(lam)) / q
    channels = np.stack([np.roll(kept, v if renamed else 0, axis=1) for v in range(tree.n_nodes)])

    def draw(n, seed):
        found = np.zeros(n)
        block = max(1, BLOCK // (k * tree.n_leaves))
        for first in range(0, n, block):
            count = min(block, n - first)
            rows = trees.broadcast(tree, channels, count * k, seed, first=first * k, leaves_only=True)
            for i, leaves in enumerate(rows.reshape(count, k, -1)):
                parent = level_by_level(leaves, q, d, renamed=renamed, rule=rule, threads=1).tree.parent
                found[first + i] = np.array_equal(parent, tree.parent)
        return found

    return draw


CERTAIN = {"resolution": 0.05, "bound": "bernstein"}
ENOUGH = [(3, 4, 2, Q(65, 100), 800, False), (2, 5, 4, Q(8, 10), 400, True)]
MORE = [(2, 8, 2, Q(8, 10), 1000, False), (2, 10, 2, Q(9, 10), 800, False), (2, 6, 4, Q(8, 10), 500, True)]


@T.check(case=ENOUGH, full={"case": [*ENOUGH, *MORE]})
def found(case, k=None):
    "The tree is found with a probability that is 1 within the resolution."
    d, h, q, lam, enough, renamed = case
    return at_most(1, Mean(exact(d, h, q, lam, k or enough, renamed), 0, 1, **CERTAIN))


T.control(found, "with 20 features", case=ENOUGH, k=20)


@T.check(case=ENOUGH[:1])
def leaves_only(case, rule="first_child"):
    "With a leaf in place of each subtree it is found with probability at most 2/5, within the resolution."
    d, h, q, lam, k, renamed = case
    return at_most(Mean(exact(d, h, q, lam, k, renamed, rule), 0, 1, resolution=0.2), Q(2, 5))


T.control(leaves_only, "with re-estimated states", rule="bp")


@T.check(case=ENOUGH[:1], lam=[Q(1, 2)])
def below(case, lam, stronger=Q(0)):
    "Below the Kesten-Stigum point it is found with probability at most 1/4, within the resolution."
    d, h, q, _, k, renamed = case
    return at_most(Mean(exact(d, h, q, lam + stronger, k, renamed), 0, 1, resolution=0.2), Q(1, 4))


T.control(below, "above it, at lambda = .65", stronger=Q(15, 100))


def interval(p, n):
    """Of a probability seen as a share p of n, two standard errors (Wilson, 1927)."""
    middle = (p + 2 / n) / (1 + 4 / n)
    half = 2 / (1 + 4 / n) * sqrt(p * (1 - p) / n + 1 / n**2)
    return middle - half, middle + half


@T.figure
def picture():
    """Probability of the exact binary tree by the number of features, with re-estimated states (discs) and with a leaf
    for each subtree (rings), above and below the Kesten-Stigum point; bars are two standard errors. A logarithm of the
    number of leaves makes equal steps of k, a power equal steps of log k; three sizes show no more than they do."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.2, 3.4), layout="constrained")
    panels = figure.subplots(1, 2, sharey=True)
    plans = {
        0.8: {
            6: (100, (60, 100, 150, 230, 350, 530, 800, 1600)),
            8: (40, (150, 230, 350, 530, 800, 1600)),
            10: (20, (230, 350, 530, 800)),
        },
        0.6: {
            4: (100, (60, 120, 240, 480, 960, 1920)),
            6: (40, (480, 960, 1920, 3840, 7680)),
            8: (10, (3840, 7680, 15360, 30720)),
        },
    }
    colours = {4: "#009E73", 6: "#0072B2", 8: "#D55E00", 10: "#000000"}
    for axes, (lam, plan) in zip(panels, plans.items(), strict=True):
        for h, (n, sizes) in plan.items():
            for rule, style, face in (("bp", "-", colours[h]), ("first_child", "--", "white")):
                shares = [float(exact(2, h, 2, lam, k, rule=rule)(n, seed=h).mean()) for k in sizes]
                ends = np.array([interval(p, n) for p in shares]).T
                bars = np.maximum(np.abs(ends - shares), 0)
                axes.errorbar(
                    sizes,
                    shares,
                    bars,
                    fmt="o" + style,
                    color=colours[h],
                    markerfacecolor=face,
                    markersize=4,
                    linewidth=1,
                    label=f"{2**h} leaves" if rule == "bp" else None,
                )
        axes.set(
            xlabel="features $k$",
            xscale="log",
            ylim=(-0.03, 1.03),
            title=rf"$\lambda = {lam}$",
        )
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False, fontsize="small")
    panels[0].set_ylabel("probability of the exact tree")
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
