r"""A few labelled leaves, and features of all: the tree labels every leaf, first moments label none.

Every vertex of the complete d-ary tree, from some height up to the root's children, is the top of a label. All leaves
show k features, and a few reveal their labels. Models M0, M1 and M2 (`retrodict.hierarchy`): down each edge features
are copied with probability lam, else drawn anew; M0 does no more, M1 then renames the q states by a permutation, the
same for all features, M2 maps each pair of features by a permutation of [q]^2; each edge has its own, uniform.

1. Deep. The tree is found from the features (`level_by_level`); if on the true tree the rule of thm:label-completion
   identifies every label, the right tree gives every leaf its labels. Here d = 4, depth 5, 1024 leaves, q = 2,
   lam = .8, k = 384 for M0 and M1, 512 for M2; 84 labels, and a quarter of the leaves revealed, or each with
   probability 3/5.
2. Shallow. Let f be a centred function of one feature's state. On M1 and M2, on average over the permutations,

       E f(R_i(u)) g(R_j(v)) = 0    for leaves u != v,                                                             (1)

   since the edge above u makes R(u) uniform and independent of the rest. A label's first moments in feature i are the
   mean m_i of f(R_i(u)) over revealed carriers u, and the low-order score of a leaf v is the mean over i of
   f(R_i(v)) m_i. For q = 2, flipping both members of a pair is a permutation of [2]^2, which changes the sign of the
   scores of v for all labels at once; it leaves the law of the permutation above v as it is, so that on M2, and on M1,

       P(v scores higher for its own of two labels) = 1/2,    ties counted half,                                     (2)

   however many features and labelled leaves there are, and whatever the other permutations.
3. On M0 the score is what the census formula says. With D the distance of leaves in edges,

       E score = mean over carriers of lam^D(u, v),    E m^2 = mean over pairs of carriers of lam^D(u, u'),         (3)

   the latter E S_h^2 / d^2h of thm:census where all leaves below a vertex of height h are carriers, and E m f(R(t)) is
   lam^h, so that the squared correlation of m with the feature at the label's top is rho_h^2. For q = 2 one feature's
   term has variance E m^2 - (E score)^2. If the edges between two levels share one permutation, M1 is M0 renamed.

Remarks. The point is above the Kesten-Stigum one (d lam^2 = 2.56), where on M0 low-order moments work too, with more
features. Below it the tree is found with states that recursive plurality estimates: at the point of thm:shallow-deep,
d lam^2 = .7744, on 4096 leaves, with 384 features and 16 labels. At depth 3 that is one level of estimated states: it
shows no limit, and shallow methods err little there. Copying the labels of the nearest labelled leaf is shallow in
another way and is not at chance on M1. The averages in (1) and (2) are over permutations: given them, correlations of
single features are not 0. The theorem, of which the finite facts here are an illustration, is Mossel's.
"""

from fractions import Fraction as Q
from functools import cache
from itertools import permutations, product

import numpy as np

from retrodict.claims import Computed, Mean, Theorem, at_most, equal, less
from retrodict.distances import correlations
from retrodict.exact import estimators
from retrodict.exact import hierarchy as exact
from retrodict.exact.trees import complete, expectation, symmetric_channel, weights
from retrodict.hierarchy import simulate
from retrodict.labelling import low_order_scores
from retrodict.labels import Revealed
from retrodict.separation import Layout, Setting, layout, seeds, trial

T = Theorem(
    label="thm:deep-labels",
    title="The tree labels every leaf where first moments are at chance",
    source='after Mossel, "Deep learning and hierarchical generative models" (2016), recalled; what is finite derived',
    bibtex=r"""@misc{Mossel2016,
  author = {Elchanan Mossel},
  title = {Deep learning and hierarchical generative models},
  note = {arXiv:1612.09057},
  year = {2016}}""",
    statement=r"""On the complete $4$-ary tree of depth $5$ ($1024$ leaves) let $84$ labels have their tops at heights
$2$, $3$ and $4$, and a quarter of the leaves reveal theirs, such that every label is identified. With $q = 2$ and
$\lambda = .8$, the tree from $k = 384$ features (M0, M1), or $512$ (M2), and the completion of labels on it give every
leaf its labels with probability at least $.95$. On M1 and M2 cross moments of single features of two leaves vanish on
average over the permutations, and an unrevealed leaf scores higher for its own of two labels, by the labels' first
moments, with probability exactly $\tfrac12$, ties counted half. On M0 the moments of that score are those of the
census. Remark: one point of the parameters; $.95$, and M1 and M2, by sampling on the long grid, the short one resolves
$.8$ on M0.""",
    uses=["thm:label-completion", "thm:census"],
)

ARITY, DEPTH, STRENGTH, LOWEST = 4, 5, Q(4, 5), 2
FEATURES = {"M0": 384, "M1": 384, "M2": 512}


def setting(model, k=None, fraction=None):
    return Setting(model, ARITY, DEPTH, 2, float(STRENGTH), k or FEATURES[model], LOWEST, fraction)


def exchanged(place):
    """The layout where the first and the next four revealed leaves, below two labels' tops, exchange their sets."""
    carries = place.revealed.carries.copy()
    carries[:8] = np.roll(carries[:8], 4, axis=0)
    return Layout(place.tree, place.truth, Revealed(place.revealed.leaves, carries))


def every_leaf(chosen, method="deep", rule="bp", change=None):
    """Whether every leaf is labelled right, in independent trials."""

    def draw(n, seed):
        found = []
        for number in seeds(seed, 0, n):
            place = layout(chosen, number)
            place = place if change is None else change(place)
            found.append(trial(chosen, number, (method,), placed=place, rule=rule).errors[method] == 0)
        return np.array(found)

    return draw


@T.check()
def identifies(lowest=LOWEST):
    "The rule identifies every label from the quarter of the leaves that is revealed."
    place = layout(Setting("M0", ARITY, DEPTH, 2, 0.8, 0, LOWEST), 0)
    kept = place.revealed.leaves % ARITY ** (lowest - 1) == 0
    fewer = Layout(place.tree, place.truth, Revealed(place.revealed.leaves[kept], place.revealed.carries[kept]))
    return [equal(int(fewer.identified), 1), equal([*place.truth.shape, int(kept.sum())], [1024, 84, 256])]


T.control(identifies, "every sixteenth leaf", lowest=3)


@T.check(model=["M0"], resolution=[Q(1, 5)], full={"resolution": [Q(1, 10)]})
def deep(model, resolution, k=None, rule="bp", change=None):
    "The tree labels every leaf: a probability of 1 is not refuted, one that is less by the resolution would be."
    draw = every_leaf(setting(model, k), rule=rule, change=change)
    return at_most(1, Mean(draw, 0, 1, resolution=resolution, bound="bernstein"))


T.control(deep, "states of inner nodes are not estimated", resolution=[Q(2, 5)], rule="first_child")
T.control(deep, "two labels are exchanged where they are revealed", resolution=[Q(2, 5)], change=exchanged)
T.control(deep, "64 features", resolution=[Q(2, 5)], k=64)


@T.check(tier="full", model=["M0", "M1", "M2"], resolution=[Q(1, 20)])
def deep_closer(model, resolution, method="deep"):
    "The tree labels every leaf: a probability of 1 is not refuted, .95 would be."
    return at_most(1, Mean(every_leaf(setting(model), method), 0, 1, resolution=resolution, bound="bernstein"))


T.control(deep_closer, "low-order scores with the best thresholds", resolution=[Q(1, 4)], method="low-order")


def identified(d, h, p):
    """(1) of thm:label-completion."""
    r = 1 - (1 - p) ** (d ** (h - 1))
    return (1 - (1 - r) ** d - d * r * (1 - r) ** (d - 1)) * (1 - (1 - p) ** ((d - 1) * d**h))


@T.check(tier="full", resolution=[Q(2, 5)])
def below(resolution, rule="plurality"):
    "Below the Kesten-Stigum point, on 4096 leaves: a probability of 1 is not refuted, .6 would be."
    chosen = Setting("M0", 16, 3, 1000, 0.22, 384, 2)
    return at_most(1, Mean(every_leaf(chosen, rule=rule), 0, 1, resolution=resolution, bound="bernstein"))


T.control(below, "states of inner nodes are not estimated", rule="first_child")


@T.check()
def random_leaves(fraction=Q(3, 5)):
    "Leaves that are revealed with probability 3/5 each identify all labels but with probability 1/100."
    missed = sum(ARITY ** (DEPTH - h) * (1 - identified(ARITY, h, fraction)) for h in range(LOWEST, DEPTH))
    return less(missed, Q(1, 100))


T.control(random_leaves, "1/4 each", fraction=Q(1, 4))


@T.check(tier="full", model=["M0", "M1", "M2"], resolution=[Q(1, 10)])
def deep_random(model, resolution, fraction=Q(3, 5)):
    "The same where each leaf is revealed with probability 3/5: 1 is not refuted, .9 would be."
    draw = every_leaf(setting(model, fraction=fraction))
    return at_most(1, Mean(draw, 0, 1, resolution=resolution, bound="bernstein"))


T.control(deep_random, "with probability 1/4", resolution=[Q(1, 4)], fraction=Q(1, 4))


def values(model, state, q=2):
    """f of each feature that a state holds: for q = 2 the sign, else the centred indicator of state 0."""
    members = divmod(state, q) if model == "M2" else (state,)
    return [1 - 2 * x if q == 2 else Q(int(x == 0)) - Q(1, q) for x in members]


@T.check(case=[("M1", 2), ("M1", 3), ("M2", 2)], lam=[Q(1, 2), Q(4, 5)])
def vanishing(case, lam, renamings=None):
    "(1), summed over all permutations of the edges above two siblings."
    model, q = case
    size = q * q if model == "M2" else q
    names = list(permutations(range(size))) if renamings is None else [tuple(range(size))] * renamings
    total = [[Q(0)] * len(values(model, 0, q)) for _ in values(model, 0, q)]
    for above in product(names, repeat=2):
        channels = exact.channels(model, symmetric_channel(q, lam), [names[0], *above])
        for (_, u, v), weight in weights([-1, 0, 0], channels).items():
            for i, j in product(range(len(total)), repeat=2):
                total[i][j] += weight * values(model, u, q)[i] * values(model, v, q)[j]
    return equal([x / len(names) ** 2 for row in total for x in row], 0)


T.control(vanishing, "nothing is renamed", renamings=1)


@cache
def law_of_difference(model, names, above_v):
    """Of one term of score for a less score for b, in units of 4 n P; v and u are below a, w below b; lam = 1/2."""
    parent, size = [-1, 0, 0, 1, 1, 2], 4 if model == "M2" else 2
    channels = exact.channels(model, [[3, 1], [1, 3]], [names[0], names[1], names[2], above_v, names[3], names[4]])
    law = {}
    for (_, _, _, v, u, w), weight in weights(parent, channels, None, [1] * size).items():
        term = sum(x * (y - z) for x, y, z in zip(*(values(model, s) for s in (v, u, w)), strict=True))
        law[term] = law.get(term, 0) + weight
    return law


def sum_law(law, n):
    total = {0: 1}
    for _ in range(n):
        step = {}
        for (x, p), (y, w) in product(total.items(), law.items()):
            step[x + y] = step.get(x + y, 0) + p * w
        total = step
    return total


@T.check(model=["M1", "M2"], terms=[1, 2, 3], turn=[0, 1, 7])
def even(model, terms, turn, renamed=True):
    "(2), summed over all permutations above v, for a few choices of the others."
    size = 4 if model == "M2" else 2
    names = list(permutations(range(size)))
    others = [names[turn * (i + 1) % len(names)] for i in range(5)]
    higher = total = 0
    for above_v in names if renamed else names[:1]:
        law = sum_law(law_of_difference(model, tuple(others), above_v), terms)
        higher += 2 * sum(p for x, p in law.items() if x > 0) + law.get(0, 0)
        total += 2 * sum(law.values())
    return equal(Q(higher, total), Q(1, 2))


T.control(even, "the edge above v renames nothing", renamed=False)


def distance(u, v, d):
    """In edges, of leaves u and v of the complete tree."""
    height = 0
    while u != v:
        u, v, height = u // d, v // d, height + 1
    return 2 * height


@T.check(q=[2, 3], group=[(0,), (0, 1), (0, 2), (1, 2, 3)], lam=[Q(1, 2), Q(-1, 3)])
def score(q, group, lam, halve=1):
    "(3) is the definition on the binary tree of depth 2; f all centred indicators of q states together."
    parent, channel = complete(2, 2), symmetric_channel(q, lam)

    def agreement(s, u, v):
        return Q(q, q - 1) * (int(s[3 + u] == s[3 + v]) - Q(1, q))

    claims = []
    for v in range(4):
        found = expectation(parent, channel, lambda s, v=v: sum(agreement(s, u, v) for u in group)) / len(group)
        claims.append(equal(found, sum(lam ** (distance(u, v, 2) // halve) for u in group) / len(group)))
    square = expectation(parent, channel, lambda s: sum(agreement(s, u, v) for u, v in product(group, repeat=2)))
    claims.append(equal(square, sum(lam ** (distance(u, v, 2) // halve) for u, v in product(group, repeat=2))))
    return claims


T.control(score, "distances to the common ancestor alone", halve=2)


@T.check(d=[2, 3, 4], h=[1, 2, 3], lam=[Q(1, 2), Q(4, 5)])
def census(d, h, lam, power=1):
    "Where all leaves below a vertex are carriers, the mean of (3) over pairs is that of the census."
    pairs = sum(lam ** distance(0, v, d) for v in range(d**h))
    return equal(pairs, estimators.census_second_moment(d, h, lam) / d ** (h * power))


T.control(census, "divided once more by the number of leaves", power=2)

CARRIERS, BELOW = [0, 4, 8, 12], 16  # revealed among the first 16 leaves, which are those below one label's top


def scores(model, sharing, n_features, both=False):
    """In trials: the mean score of a label's unrevealed leaves; or how often it is higher than that of another."""

    def draw(n, seed):
        found = []
        for number in seeds(seed, 0, n):
            drawn = simulate(
                model, n_features, number, arity=ARITY, depth=DEPTH, q=2, strength=float(STRENGTH), permutations=sharing
            )
            close = correlations(np.ascontiguousarray(drawn.features[:, : 2 * BELOW]), 2)
            leaves = np.array([*CARRIERS, *(BELOW + c for c in CARRIERS)])
            table = low_order_scores(close, Revealed(leaves, (leaves // BELOW)[:, None] == [0, 1]))
            own, other = np.delete(table[:BELOW], CARRIERS, axis=0).T
            found.append(((own > other) + 0.5 * (own == other)).mean() if both else own.mean())
        return np.array(found)

    return draw


def expected_score():
    near = [distance(u, v, ARITY) for v in range(BELOW) if v not in CARRIERS for u in CARRIERS]
    return sum(STRENGTH**x for x in near) / len(near)


@T.check(case=[("M0", "edges"), ("M1", "levels"), ("M1", "edges"), ("M2", "edges")])
def first_moments(case, n_features=64, kept=(("M0", "edges"), ("M1", "levels"))):
    "On 1024 leaves the mean score of a label's leaves is (3) on M0 and on M1 renamed by levels, else 0."
    draw = scores(*case, n_features)
    expected = expected_score() if case in kept else 0
    return equal(Mean(draw, -1, 1, resolution=Q(2, 5), bound="bernstein"), expected)


T.control(first_moments, "the other way round", case=[("M0", "edges"), ("M2", "edges")], kept=(("M2", "edges"),))


@T.check(n_features=[16])
def levels(n_features, sharing="levels"):
    "M1 with one permutation for all edges between two levels has the correlations of M0, exactly."
    same = {"arity": ARITY, "depth": DEPTH, "q": 3, "strength": 0.8}
    plain, named = simulate("M0", n_features, 5, **same), simulate("M1", n_features, 5, permutations=sharing, **same)
    agree = [correlations(drawn.features[:, :64].copy(), 3) for drawn in (plain, named)]
    return equal(Computed(agree[0]), Computed(agree[1]))


T.control(levels, "one for each edge", sharing="edges")


@T.check(
    model=["M1", "M2"],
    n_features=[64],
    resolution=[Q(1, 4)],
    full={"n_features": [64, 512], "resolution": [Q(1, 10)]},
)
def chance(model, n_features, resolution):
    "On 1024 leaves a leaf scores higher for its own of two labels half of the time."
    return equal(Mean(scores(model, "edges", n_features, both=True), 0, 1, resolution=resolution), Q(1, 2))


T.control(chance, "on M0", model=["M0"], n_features=[64], resolution=[Q(1, 4)])


@T.check(tier="full")
def no_leaf(method="low-order"):
    "On M2 low-order scores with the best thresholds never label every leaf right: 0 is not refuted, .25 would be."
    return at_most(Mean(every_leaf(setting("M2"), method), 0, 1, resolution=Q(1, 4), bound="bernstein"), 0)


T.control(no_leaf, "the deep algorithm in its place", method="deep")


@T.figure
def picture():
    """Mean low-order score on M0 by height of the label's top: of leaves below it (discs), of their nearest others."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6, 3.2), layout="constrained")
    axes = figure.subplots()
    heights = range(2, DEPTH)
    for begin, colour, name in ((0, "#0072B2", "carriers"), (1, "#D55E00", "leaves of a sibling")):
        means = []
        for h in heights:
            near = [
                distance(u, v + begin * ARITY**h, ARITY)
                for u in range(0, ARITY**h, ARITY)
                for v in range(ARITY**h)
                if v % ARITY
            ]
            means.append(float(sum(STRENGTH**x for x in near) / len(near)))
        axes.plot(heights, means, "o", color=colour, label=f"{name}, M0")
    axes.axhline(0, color="black", linewidth=0.8, label="both, M1 and M2, on average")
    axes.set(xlabel="height of the label's top", ylabel="mean score", xticks=list(heights), ylim=(-0.02, 0.55))
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
