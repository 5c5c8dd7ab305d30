r"""A chain whose second eigenvalue is 0: no polynomial of low degree sees the root, and a recursion does for ever.

States 1, 2, 3, root of law pi = (1/4, 1/4, 1/2). A child of 1 is 1 or 2, a child of 2 is 3, a child of 3 has law pi:

    M = (1/2 1/2 0; 0 0 1; 1/4 1/4 1/2),     M^2 = (1, 1, 1)^T pi,                                                   (1)

so that all eigenvalues of M but one are 0, and d lambda^2 = 0 < 1 for every arity d. A grandchild is independent of its
grandparent. Two of them below one child are not: that child's state is known better from both.

No function of fewer than 2^floor(n/2) leaves at depth n is correlated with the root, by induction on n. Let S be a set
of leaves whose states are not independent of the root's. A child of the root below which fewer than 2^floor((n-1)/2)
leaves of S lie adds nothing. If n is odd, some child has 2^floor(n/2) of them. If n is even, either two children have
2^(n/2-1) each, or all that is told goes through one child c; if only one child of c has 2^(n/2-1) of them, all that is
told goes through that grandchild, which tells nothing by (1); so two have. Hence each polynomial of degree below
2^floor(n/2) = N^(log_d(2)/2), about, in functions of single leaves has covariance 0 with every function of the root.

Yet for d = 12 let a leaf send its state, and a node send 1, 3 or 2 according as the number of children that sent 3 is
at most 1, from 2 to 10, or at least 11. If each message is wrong with probability at most e = 1/100 given
any state, then a child sends 3 with probability at most e, at least 1 - e, or within e/2 of 1/2, given its parent's
state 1, 2 or 3, and the node's message is wrong with probability at most e again: binomial tails at the ends of these
intervals, which are monotone. So the root is known with probability .99 at every depth.

That such chains exist is due to Koehler and Mossel (2022; abstract read), for degree N^c; this one is derived here. Of
the same kind, for every chain with d lambda^2 < 1: Huang and Mossel (2025; abstract read) rule out degree N^c. In terms
of circuits (Moitra, Mossel and Sandon; abstract read): no circuits of constant depth and polynomial size do better than
guessing, threshold circuits match Bayes's estimator in a range above the Kesten-Stigum point, and for some chain of 16
states below it guessing better is NC1-hard. None of these three is checked here.
"""

from fractions import Fraction as Q
from itertools import combinations, product
from math import comb

import numpy as np

from retrodict import trees
from retrodict.claims import Mean, Theorem, at_most, equal, less
from retrodict.exact.bp import upward
from retrodict.exact.trees import complete, root_types
from retrodict.graphs import Tree

T = Theorem(
    label="thm:zero-eigenvalue",
    title="Second eigenvalue 0: no low degree sees the root, a recursion does",
    source="derived here; after Koehler and Mossel (2022), abstract read",
    bibtex=r"""@inproceedings{KoehlerMossel2022,
  author = {Frederic Koehler and Elchanan Mossel},
  title = {Reconstruction on trees and low-degree polynomials},
  booktitle = {Advances in Neural Information Processing Systems},
  note = {arXiv:2109.06915},
  year = {2022}}
@inproceedings{MoitraMosselSandon2020,
  author = {Ankur Moitra and Elchanan Mossel and Colin Sandon},
  title = {Parallels between phase transitions and circuit complexity?},
  booktitle = {Conference on Learning Theory}, year = {2020}}
@misc{HuangMossel2025,
  author = {Han Huang and Elchanan Mossel},
  title = {Optimal low degree hardness for broadcasting on trees},
  note = {arXiv:2502.04861},
  year = {2025}}""",
    statement=r"""Let $M$ be the channel on three states with rows $(\tfrac12,\tfrac12,0)$, $(0,0,1)$,
$(\tfrac14,\tfrac14,\tfrac12)$, all of whose eigenvalues but the first are $0$. On the complete $d$-ary tree of depth
$n$ the states of fewer than $2^{\lfloor n/2\rfloor}$ leaves are independent of the root's, so that every polynomial of
lower degree in the leaves is uncorrelated with it. For $d = 12$ a recursion with three messages finds the root's state
with probability at least $.99$ given any state, at every depth. Remark: checked for sets of at most three leaves at
depths up to four; the induction is in the text.""",
    uses=["thm:low-degree", "thm:shallow-deep"],
)

ROWS = [[2, 2, 0], [0, 0, 4], [1, 1, 2]]  # 4 M, in integers
ROOT = [1, 1, 2]  # 4 pi
COPY = [[4, 0, 0], [0, 4, 0], [1, 1, 2]]
PRINTED = {2: "17/32", 3: "181/256", 4: "54275/65536", 5: "3768901/4194304"}
ARITY, CUTS = 12, (1, 10)


@T.check()
def nilpotent(rows=ROWS):
    "(1), and M itself is not of this form."
    square = [[sum(rows[i][k] * rows[k][j] for k in range(3)) for j in range(3)] for i in range(3)]
    return [equal(square[i], [4 * x for x in ROOT]) for i in range(3)] + [less(rows[0][2], rows[1][2])]


T.control(nilpotent, "states 1 and 2 are copied", rows=COPY)


def shape(chosen, arity, depth):
    """The same for sets of leaves that a symmetry of the tree takes to each other."""
    if depth == 0 or not chosen:
        return bool(chosen)
    size = arity ** (depth - 1)
    parts = ([x - i * size for x in chosen if x // size == i] for i in range(arity))
    return str(sorted(str(shape(part, arity, depth - 1)) for part in parts))


@T.check(case=[(2, 2, 1), (2, 3, 1), (3, 2, 1), (3, 3, 1), (2, 4, 1), (2, 4, 2), (2, 4, 3)])
def independent(case, rows=ROWS):
    "What so many leaves show has the same probability given any state of the root: all sets, all states."
    arity, depth, size = case
    parent, n = complete(arity, depth), arity**depth
    sets = {shape(chosen, arity, depth): chosen for chosen in combinations(range(n), size)}
    likelihoods = []
    for chosen in sets.values():
        for states in product(range(3), repeat=size):
            leaves = [None] * n
            for leaf, state in zip(chosen, states, strict=True):
                leaves[leaf] = state
            # a leaf that is not seen has row sums of 4 in place of 1, the same for each state
            likelihoods.append(upward(parent, rows, leaves)[0])
    return [equal([x[i] for x in likelihoods], [x[2] for x in likelihoods]) for i in (0, 1)]


T.control(independent, "one or two leaves more", case=[(2, 2, 2), (2, 3, 2), (3, 2, 2), (2, 4, 4)])
T.control(independent, "states 1 and 2 are copied", rows=COPY)


@T.check(d=list(PRINTED))
def bayes(d, depth=2):
    "All d^2 leaves at depth 2 tell more than a guess, right half of the time: chances of Bayes's estimator."
    scale = 4 * 4 ** sum(d**k for k in range(1, depth + 1))
    right = Q(sum(n * max(p * x for p, x in zip(ROOT, L, strict=True)) for n, L in root_types(ROWS, d, depth)), scale)
    return [equal(right, Q(PRINTED[d])), less(Q(1, 2), right)]


T.control(bayes, "at depth 1", d=[2, 3], depth=1)


def at_most_successes(k, p, d):
    """P(Bin(d, p) <= k)."""
    return sum(comb(d, i) * p**i * (1 - p) ** (d - i) for i in range(k + 1))


@T.check()
def for_ever(d=ARITY, cuts=CUTS, e=Q(1, 100)):
    "If all messages are wrong with probability at most 1/100 below, they are so above."
    low, high = cuts
    wrong_at_3 = at_most_successes(low, (1 - e) / 2, d) + 1 - at_most_successes(high, (1 + e) / 2, d)
    return at_most([1 - at_most_successes(low, e, d), at_most_successes(high, 1 - e, d), wrong_at_3], [e] * 3)


T.control(for_ever, "for d = 8", d=8, cuts=(1, 6))


@T.check(state=[0, 1, 2], wrong=[(0, 0, 0), (Q(1, 100), 0, Q(1, 200)), (Q(1, 100), Q(1, 100), Q(1, 100))])
def intervals(state, wrong, e=Q(1, 100)):
    "The chance that a child sends 3, for messages that are wrong with such probabilities given 1, 2 and 3."
    sends = [wrong[0], wrong[1], 1 - wrong[2]]
    chance = sum(Q(x, 4) * y for x, y in zip(ROWS[state], sends, strict=True))
    low, high = ((0, e), (1 - e, 1), ((1 - e) / 2, (1 + e) / 2))[state]
    return [at_most(low, chance), at_most(chance, high)]


T.control(intervals, "an interval of a tenth of the width", e=Q(1, 1000))


def recursion(leaves):
    """Messages 0, 1, 2 of the root from leaves of depth 2, shape (n, 12, 12)."""
    low, high = CUTS
    for _ in range(2):
        threes = (leaves == 2).sum(axis=-1)
        leaves = np.where(threes <= low, 0, np.where(threes <= high, 2, 1))
    return leaves


def first_leaf(leaves):
    return leaves[:, 0, 0]


def wrong(estimator):
    def draw(n, seed):
        tree = Tree.complete(ARITY, 2)
        states = trees.broadcast(tree, np.array(ROWS) / 4, n, seed, np.array(ROOT) / 4)
        found = estimator(states[:, tree.leaves].reshape(n, ARITY, ARITY))
        return (found != states[:, 0]).astype(float)

    return draw


@T.check()
def sampled(estimator=recursion):
    "On the tree of depth 2 the recursion errs with probability at most 1/100, within the resolution of 1/20."
    return at_most(Mean(wrong(estimator), 0, 1, resolution=0.05), Q(1, 100))


T.control(sampled, "the state of one leaf for the root's", estimator=first_leaf)


def deeper(sends, d, cuts):
    """P(message 3), and P(a wrong message), given each state, one level higher; floats."""
    low, high = cuts
    chances = [sum(x / 4 * y for x, y in zip(row, sends, strict=True)) for row in ROWS]
    below, above = ([at_most_successes(k, p, d) for p in chances] for k in (low, high))
    return [b - a for a, b in zip(below, above, strict=True)], [1 - below[0], above[1], 1 - above[2] + below[2]]


@T.figure
def picture():
    """Mean chance of a wrong message by depth, for arity d; dashed, 1/2, what a guess achieves."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6, 3.2), layout="constrained")
    axes = figure.subplots()
    for d, colour in ((6, "#D55E00"), (8, "#56B4E9"), (10, "#0072B2"), (12, "#000000")):
        sends, errors = [0.0, 0.0, 1.0], []
        for _ in range(24):
            sends, mistakes = deeper(sends, d, (1, d - 2))
            errors.append(sum(p / 4 * x for p, x in zip(ROOT, mistakes, strict=True)))
        axes.plot(range(1, 25), errors, "o-", color=colour, markersize=3, label=f"$d = {d}$")
    axes.axhline(0.5, color="black", linestyle="--", linewidth=0.8)
    axes.set(xlabel="depth $n$", ylabel="chance of a wrong message", yscale="log", ylim=(2e-4, 1))
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="lower right")
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
