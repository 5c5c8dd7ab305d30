r"""Below d q lam^2 / (2 + (q - 2) lam) = 1 the leaves of the Potts channel tell nothing of the root.

P_i is the law of what the leaves show, given the root's colour i, and for two colours

    L(P_i, P_j) = (1/2) sum (P_i - P_j)^2 / (P_i + P_j),                                                             (1)

what shows of one fair bit that says i or j, as a squared correlation; L_n is its value at depth n, for every pair.

1. An edge makes lam P_i + (1 - lam) mean(P) of P_i. A difference is multiplied by lam, and with p = P_i, r = P_j and s
   the sum of the other laws, the sum of two becomes A (p + r) + B s, A = (2 + (q - 2) lam) / q, B = 2 (1 - lam) / q. So

       L(after the edge) <= c L(before), c = lam^2 / A = q lam^2 / (2 + (q - 2) lam),                                (2)

   term by term, since B s >= 0; and no smaller c will do: there is equality where the other laws live elsewhere.
2. Exchanging i and j on all leaves exchanges P_i and P_j. So what the children tell of the bit are symmetric binary
   channels, independent given the bit, and by (1) of thm:contraction their L adds up to no less than L of all together.
3. Hence L_(n+1) <= d c L_n, L_n <= (d c)^n.
4. With mean law m = mean(P), E sum_i (eta_i - 1/q)^2 is the sum over pairs i < j of sum (P_i - P_j)^2 / (q^3 m), and
   q m >= P_i + P_j: so x_n = (E eta(truth) - 1/q) q / (q - 1) <= L_n.

This is a proof for every depth if d c < 1. What is checked is each step of it, and the theorem on trees small enough to
enumerate. (2) is in print, after Mossel and Peres (2003), recalled; that reading of it is derived here. At d c = 1 it
says nothing.
"""

from fractions import Fraction as Q
from itertools import combinations

import numpy as np
import sympy
from flint import arb, ctx, fmpq

from retrodict import bp, trees
from retrodict.claims import Mean, Theorem, at_most, equal, less, near
from retrodict.exact import trees as exact
from retrodict.graphs import Tree
from retrodict.population_dynamics import leaves, run

p, r, s, q_ = sympy.symbols("p r s q", positive=True)
lam_ = sympy.Symbol("lambda", real=True)

T = Theorem(
    label="thm:contraction-potts",
    title="Where the Potts channel forgets the root, by one functional that contracts",
    source="after Mossel and Peres (2003), recalled; this proof of it derived here",
    bibtex=r"""@article{MosselPeres2003,
  author = {Mossel, Elchanan and Peres, Yuval},
  title = {Information flow on trees},
  journal = {The Annals of Applied Probability},
  volume = {13}, number = {3}, pages = {817--844}, year = {2003}}""",
    statement=r"""For the $q$-state Potts channel on the $d$-ary tree, $-1/(q-1)\le\lambda\le1$,
$$x_n\le\Bigl(\frac{d\,q\lambda^2}{2+(q-2)\lambda}\Bigr)^n,\qquad
x_n=\frac{q}{q-1}\Bigl(\mathbb E\,\eta_{\rm root}-\frac1q\Bigr).$$
So nothing is left of the root where the base is below 1; at $q=5$, $d=2$, $\lambda=.62$ it is $.9958549$.""",
    assuming=[lam_ < 1, (q_ - 1) * lam_ >= -1, q_ >= 2],
    uses=["thm:contraction", "lem:nishimori"],
)


def constant(q, lam):
    """(2)."""
    return q * lam**2 / (2 + (q - 2) * lam)


def numerator_alone(q, lam):
    return q * lam**2


def kesten_stigum(q, lam):
    return lam**2


def le_cam(types, i=0, j=1):
    """(1), of types (count, [P(pattern | root = i) for each i])."""
    return sum(Q(n * (P[i] - P[j]) ** 2) / (P[i] + P[j]) for n, P in types if P[i] + P[j]) / 2


def through_edge(types, lam):
    """The same patterns, given the colour one edge above."""
    return [(n, [lam * x + (1 - lam) * sum(P) / len(P) for x in P]) for n, P in types]


def at_root(q, arity, depth, lam):
    return exact.root_types(exact.symmetric_channel(q, lam), arity, depth)


def tells(types):
    """x: E eta(truth) is the mean over roots of sum P_i^2 / (q m)."""
    q = len(types[0][1])
    mass = sum(n * sum(x * x for x in P) / sum(P) for n, P in types if sum(P)) / q
    return (mass - Q(1, q)) * q / (q - 1)


@T.check()
def one_edge(constant=constant):
    "(2): what an edge loses beyond c is a square times B s over sums of laws."
    a, b = (2 + (q_ - 2) * lam_) / q_, 2 * (1 - lam_) / q_
    after = lam_**2 * (p - r) ** 2 / (lam_ * (p + r) + 2 * (1 - lam_) * (p + r + s) / q_)
    lost = lam_**2 * (p - r) ** 2 * b * s / (a * (p + r) * (a * (p + r) + b * s))
    return equal(constant(q_, lam_) * (p - r) ** 2 / (p + r) - after, lost)


@T.check()
def positive(end=-1):
    "A is at least 1 / (q - 1) for all lam that give a channel, so that (2) divides by nothing that vanishes."
    return equal((2 + (q_ - 2) * end / (q_ - 1)) / q_, 1 / (q_ - 1))


@T.check(q=[3, 5, 8], lam=[Q(1, 3), Q(3, 4), Q(-1, 9)])
def attained(q, lam, constant=constant):
    "Where the other laws live elsewhere, (2) is an equality: c is the supremum."
    pair, others = [Q(3, 4), Q(1, 4), *[0] * (q - 2)], [0, 0, *[Q(1, q - 2)] * (q - 2)]
    types = [(1, pair), (1, [pair[1], pair[0], *pair[2:]]), (1, [x * (q - 2) for x in others])]
    return equal(le_cam(through_edge(types, lam)), constant(q, lam) * le_cam(types))


@T.check(
    case=[
        (3, Q(2, 3), (1, 1)),
        (3, Q(-1, 2), (2, 2)),
        (5, Q(3, 4), (1, 1)),
        (5, Q(1, 2), (0, 1)),
        (3, Q(1, 2), (1, 1, 0)),
    ]
)
def subadditive(case, total=sum):
    "Children that are independent given the root tell together at most the sum, whatever their depths."
    q, lam, depths = case
    children = [through_edge(at_root(q, 2, depth, lam), lam) for depth in depths]
    joint = children[0]
    for child in children[1:]:
        joint = [(n * m, [x * y for x, y in zip(P, R, strict=True)]) for n, P in joint for m, R in child]
    return at_most(le_cam(joint), total(map(le_cam, children)))


def pair(types, i, j):
    """P_i, P_j and how many patterns have them."""
    counts = {}
    for n, P in types:
        counts[P[i], P[j]] = counts.get((P[i], P[j]), 0) + n
    return [(*key, n) for key, n in counts.items()]


def skew(q, lam):
    """A child likes one colour."""
    return [[x * Q(9, 10) + Q(int(j == 0), 10) for j, x in enumerate(row)] for row in exact.symmetric_channel(q, lam)]


@T.check(case=[(3, 2, 2, Q(3, 4)), (5, 2, 2, Q(62, 100)), (4, 3, 1, Q(-1, 3))])
def every_pair(case, channel=exact.symmetric_channel):
    "Each pair of colours can be exchanged: the law of (P_i, P_j) is that of (P_j, P_i), and L the same for all."
    q, d, n, lam = case
    types = exact.root_types(channel(q, lam), d, n)
    for i, j in combinations(range(q), 2):
        here, exchanged = (sorted(pair(types, *at)) for at in ((i, j), (j, i)))
        yield equal([x for row in here for x in row], [x for row in exchanged for x in row])
        yield equal(le_cam(types, i, j), le_cam(types))


GRID = [
    (3, 1, Q(1, 2)),
    (3, 2, Q(1, 2)),
    (3, 2, Q(-1, 2)),
    (3, 3, Q(2, 5)),
    (5, 1, Q(3, 5)),
    (5, 2, Q(62, 100)),
    (2, 2, Q(3, 4)),
]


@T.check(case=GRID, n=[0, 1])
def contraction(case, n, factor=constant):
    "One level multiplies L by at most d c: enumerated."
    q, d, lam = case
    return at_most(le_cam(at_root(q, d, n + 1, lam)), d * factor(q, lam) * le_cam(at_root(q, d, n, lam)))


@T.check(case=GRID, n=[1, 2])
def bounded(case, n, share=1):
    "x_n <= L_n: enumerated; an equality for two colours."
    q, d, lam = case
    types = at_root(q, d, n, lam)
    return at_most(tells(types), share * le_cam(types))


@T.check(case=[(3, 2, 2, Q(3, 4)), (5, 2, 1, Q(62, 100)), (2, 3, 2, Q(1, 2))])
def same_x(case, x=tells):
    "x by likelihoods is x by counting types."
    return equal(x(at_root(*case)), exact.reconstruction(*case).x_n)


@T.check(point=[(5, 2, Q(62, 100))])
def below_one(point, formula=constant):
    "At q = 5, d = 2, lam = .62 the base is .9958549, and x_n < .01 from n = 1109 on."
    q, d, lam = point
    base = d * formula(q, lam)
    return [near(base, Q("0.9958549"), within=Q(1, 10**7)), less(base, 1), less(base**1109, Q(1, 100))]


PRINTED = {
    (5, 2): "0.621699",
    (6, 2): "0.607625",
    (7, 2): "0.596596",
    (10, 2): "0.574166",
    (20, 2): "0.542214",
    (5, 3): "0.478594",
    (10, 3): "0.423927",
    (20, 3): "0.386291",
    (5, 4): "0.4",
    (10, 4): "0.344949",
    (20, 4): "0.306552",
}


def root_of(q, d):
    """Where d c = 1."""
    return (q - 2 + (arb(q - 2) ** 2 + 8 * d * q).sqrt()) / (2 * d * q)


def root_of_numerator(q, d):
    return 1 / arb(d * q).sqrt()


@T.check(point=list(PRINTED))
def values(point, root=root_of):
    "The root in lam of d c = 1: a lower bound of the reconstruction threshold, to the digits that are printed."
    printed = Q(PRINTED[point])
    with ctx.workprec(128):
        return near(root(*point), fmpq(printed.numerator, printed.denominator), within=fmpq(1, 1_900_000))


@T.check(q=[3, 4, 5, 6])
def colourings(q, children=-1):
    "lam = -1/(q - 1): a proper colouring with fewer than q - 1 children a node is forgotten, since c = 1 / (q - 1)."
    return equal((q + children) * constant(q, Q(-1, q - 1)), 1)


@T.check(case=[(5, 2, 4, Q(55, 100)), (3, 2, 5, Q(3, 5))])
def sampled(case, factor=constant):
    "Sampled beyond enumeration, x_n is at most (d c)^n."
    q, d, n, lam = case
    tree, channel = Tree.complete(d, n), np.array(exact.symmetric_channel(q, lam), dtype=float)

    def draw(size, seed):
        shown = trees.broadcast(tree, channel, size, seed, leaves_only=True)
        return ((bp.marginals(tree, channel, shown).root ** 2).sum(axis=1) * q - 1) / (q - 1)

    return at_most(Mean(draw, -0.001, 1, resolution=Q(1, 25)), (d * factor(q, lam)) ** n)


def dead(q, arity, lam, steps, floor, n=1000):
    """Whether a population from perfect leaves has x < floor within so many steps; one replica is one population."""

    def draw(size, seed):
        seeds = np.random.default_rng(seed).integers(2**63, size=size)
        found = (run(leaves(q, n, int(k)), arity, float(lam), steps, stop_below=floor, threads=1) for k in seeds)
        return np.array([f.second[-1] < floor for f in found], dtype=float)

    return Mean(draw, 0, 1, resolution=Q(4, 5))


@T.check(lam=[Q(62, 100)])
def dies(lam):
    "Populations of 1000 posteriors at q = 5, d = 2, lam = .62 have x < .01 within 40 steps, long before the bound."
    return equal(dead(5, 2, lam, 40, 0.01), 1)


COLOURINGS = {(3, 3): 1, (3, 5): 0, (4, 7): 1, (4, 8): 0, (5, 12): 1, (5, 13): 0, (6, 16): 1, (6, 17): 0}


@T.check(tier="full", point=list(COLOURINGS))
def coloured_populations(point, more=0):
    "Colourings of q colours survive for 150 steps with 5, 8, 13, 17 children (q = 3, 4, 5, 6), not with 3, 7, 12, 16."
    q, d = point
    return equal(dead(q, d + more, Q(-1, q - 1), 150, 0.01), COLOURINGS[point])


T.control(one_edge, "without the denominator", constant=numerator_alone)
T.control(one_edge, "lam^2 for c", constant=kesten_stigum)
T.control(positive, "at lam = 0", end=0)
T.control(attained, "lam^2 for c", constant=kesten_stigum)
T.control(subadditive, "all children together tell no more than the best", total=max)
T.control(every_pair, "one colour is liked more", channel=skew)
T.control(contraction, "contraction by d lam^2", factor=kesten_stigum)
T.control(bounded, "half of it", share=Q(1, 2))
T.control(same_x, "L for x", x=le_cam)
T.control(below_one, "the formula with q lam^2 only", formula=numerator_alone)
T.control(below_one, "lam = .63", point=[(5, 2, Q(63, 100))])
T.control(values, "the formula with q lam^2 only", root=root_of_numerator)
T.control(colourings, "with q children", children=0)
T.control(sampled, "d lam^4", factor=lambda q, lam: lam**4)
T.control(dies, "lam = .75, above the Kesten-Stigum point", lam=[Q(3, 4)])
T.control(coloured_populations, "one child more", more=1, point=[(4, 7), (5, 12), (6, 16)])


@T.figure
def picture():
    """x_n of populations (discs) at q = 5, d = 2 under the bound (lines), at three lam."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6, 3.2), layout="constrained")
    axes = figure.subplots()
    for lam, colour in ((0.5, "#0072B2"), (0.58, "#56B4E9"), (0.62, "#D55E00")):
        found = run(leaves(5, 20_000, seed=1), 2, lam, 30)
        axes.plot(found.depth, found.second, "o", color=colour, markersize=3, label=rf"$\lambda={lam}$")
        axes.plot(found.depth, (2 * constant(5, lam)) ** found.depth.astype(float), color=colour, linewidth=1)
    axes.set(xlabel="depth $n$", ylabel="$x_n$", yscale="log", ylim=(1e-5, 1.5))
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
