r"""Log-det distances add up along paths and do not see how states are renamed, which agreement does.

F is the joint law of the states of two nodes, D = -log|det F| + log(product of both marginals of F) / 2. On an edge
with channel M and a uniform state above, F = M / q; along a path channels multiply, and so do determinants, while all
marginals stay uniform: D is the sum over the edges of -log|det M|. For M = lam I + (1 - lam) J / q that is

    -(q - 1) log lam,                                                                                                (1)

and for two features at once, channel M x M on q^2 states, -2 q (q - 1) log lam. A permutation of the states of an edge
has a determinant of 1 or -1: D stays. The share of features in which two leaves agree does not. So leaves whose
representation is scrambled edge by edge, singly (M1) or in pairs (M2), still show the tree. After Steel (1994),
recalled.
"""

from fractions import Fraction as Q
from itertools import product
from math import prod

import sympy

from retrodict.claims import Theorem, equal
from retrodict.exact.distances import determinant

T = Theorem(
    label="prop:log-det",
    title="Log-det distances do not see renamed states",
    source="after Steel (1994), recalled; models after Mossel (2016), recalled",
    bibtex=r"""@article{Steel1994,
  author = {Mike A. Steel},
  title = {Recovering a tree from the leaf colourations it generates under a {Markov} model},
  journal = {Applied Mathematics Letters},
  volume = {7}, number = {2}, pages = {19--23}, year = {1994}}""",
    statement=r"""Let $F$ be the joint law of the states of two nodes of a tree with uniform states and edges that carry
$\lambda_e I + (1-\lambda_e) J/q$ followed by a permutation of the $q$ states. Then
$-\log|\det F| + \tfrac12 \log \prod F_{i\cdot} F_{\cdot j} = -(q-1)\sum_e \log \lambda_e$ over the path between them,
whatever the permutations; for pairs of features, renamed together, it is $-2q(q-1)\sum_e\log\lambda_e$.""",
)

lam, mu = sympy.symbols("lam mu", positive=True)
ROTATION = {2: (1, 0), 3: (1, 2, 0), 4: (1, 2, 3, 0)}
SWAP = {2: (1, 0), 3: (1, 0, 2), 4: (1, 0, 2, 3)}


def channel(q, strength):
    return [[strength * int(i == j) + (1 - strength) * Q(1, q) for j in range(q)] for i in range(q)]


def symbolic(q, strength):
    return sympy.Matrix(q, q, lambda i, j: strength * int(i == j) + (1 - strength) / sympy.S(q))


def renamed(matrix, names):
    """The state that the channel gives is renamed: j to names[j]."""
    where = {name: j for j, name in enumerate(names)}
    return [[row[where[j]] for j in range(len(names))] for row in matrix]


def path(*channels):
    total = channels[0]
    for m in channels[1:]:
        columns = list(zip(*m, strict=True))
        total = [[sum(a * b for a, b in zip(row, column, strict=True)) for column in columns] for row in total]
    return total


def joint(matrix):
    return [[entry / len(matrix) for entry in row] for row in matrix]


def square(matrix):
    """e^(-2 D)."""
    law = joint(matrix)
    marginals = prod(sum(row) for row in law) * prod(sum(column) for column in zip(*law, strict=True))
    return determinant(law) ** 2 / marginals


def agreement(matrix):
    return sum(matrix[i][i] for i in range(len(matrix))) / len(matrix)


@T.check(q=[2, 3, 4])
def one_edge(q, power=1):
    "(1): the determinant of an edge is lam^(q - 1)."
    return equal(symbolic(q, lam).det(), lam ** (power * (q - 1)))


T.control(one_edge, "lam^(2 (q - 1))", power=2)


@T.check(q=[2, 3, 4])
def two_edges(q, other=mu):
    "Along a path logarithms add up."
    return equal((symbolic(q, lam) * symbolic(q, mu)).det(), (lam * other) ** (q - 1))


T.control(two_edges, "twice the same edge", other=lam)


@T.check(q=[2, 3], pairs=[2])
def two_features(q, pairs):
    "Of two features at once an edge has the determinant lam^(2 q (q - 1))."
    pair = sympy.kronecker_product(symbolic(q, lam), symbolic(q, lam))
    return equal(pair.det(), lam ** (pairs * q * (q - 1)))


T.control(two_features, "lam^(q (q - 1))", pairs=[1])


@T.check(q=[2, 3, 4], first=[ROTATION, SWAP], second=[ROTATION, SWAP])
def renaming(q, first, second, statistic=square):
    "On a path of two edges with renamed states D is what it is without."
    one, other = channel(q, Q(7, 10)), channel(q, Q(1, 2))
    return equal(statistic(path(renamed(one, first[q]), renamed(other, second[q]))), statistic(path(one, other)))


T.control(renaming, "the share of agreement", statistic=agreement)


@T.check(names=[(2, 0, 3, 1), (3, 1, 0, 2)])
def renamed_pairs(names, statistic=square):
    "The same for two features of two states, renamed together."
    single, words = channel(2, Q(7, 10)), list(product(range(2), repeat=2))
    pair = [[single[a][c] * single[b][d] for c, d in words] for a, b in words]
    return equal(statistic(renamed(pair, names)), statistic(pair))


T.control(renamed_pairs, "the share of agreement", statistic=agreement)


@T.figure
def picture():
    """Length of an edge by its eigenvalue: log-det of one feature (solid) and of two at once (dashed), q = 3."""
    from math import log

    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6, 3.2), layout="constrained")
    axes = figure.subplots()
    grid = [k / 100 for k in range(5, 101)]
    for factor, style, label in ((2, "-", "one feature"), (12, "--", "two at once")):
        axes.plot(grid, [-factor * log(x) for x in grid], style, color="black", label=label)
    axes.set(xlabel=r"eigenvalue $\lambda$", ylabel="length of the edge", xlim=(0, 1), ylim=(0, None))
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
