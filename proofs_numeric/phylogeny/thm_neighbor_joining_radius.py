r"""Neighbour joining finds the tree if all distances are off by less than half of its shortest inner edge.

Distances in a tree are sums of the lengths of edges. Neighbour joining, given distances d, joins the pair of least
Q_ij = (r - 2) d_ij - S_i - S_j, S_i the sum of row i and r the number of rows, replaces it by a node that is at
(d_ik + d_jk - d_ij) / 2 from the others, and goes on. Atteson (1999, recalled): let D be the distances in a tree, all
inner nodes with three neighbours, whose edges between inner nodes are at least mu. If

    max |d_ij - D_ij| < mu / 2,

the tree is found; and no factor above 1/2 would do. Edges at leaves do not matter, and may have any length: adding a_i
and a_j to each d_ij adds (r - 2) a_i + sum a to S_i, hence

    -2 sum a to every Q_ij,                                                                                         (1)

the same for all pairs; and the new node's distances grow by a_k, again by a length at the leaf k. That 1/2 is the most:
take four leaves, an inner edge of 1 between {0, 1} and {2, 3}, and p, the sum of the other edges. Errors r of d_01,
d_23, d_03, d_12 and -r of d_02, d_13 make the three sums of two distances

    d_01 + d_23 = p + 2 r,    d_02 + d_13 = p + 2 - 2 r,    d_03 + d_12 = p + 2 + 2 r,                              (2)

and the pairs of the least are joined, which is the second if r > 1/2.

Checked: (1) for symbols; the theorem at all corners of the cube of errors just inside of 1/2 for four and five leaves,
at random corners for more, in fractions, and by the kernel for a hundred leaves; (2) just outside. These are finitely
many errors and trees; the theorem itself is recalled, not proved here.
"""

import random
from fractions import Fraction as Q
from itertools import combinations, product

import numpy as np
import sympy

from retrodict import topology
from retrodict.claims import Theorem, equal
from retrodict.exact.distances import along_tree
from retrodict.exact.neighbor_joining import neighbor_joining
from retrodict.exact.splits import splits
from retrodict.graphs import Tree

T = Theorem(
    label="thm:neighbor-joining-radius",
    title="The radius of neighbour joining",
    source="after Atteson (1999), recalled; independence of the edges at leaves derived here",
    bibtex=r"""@article{atteson1999performance,
  author = {Kevin Atteson},
  title = {The Performance of Neighbor-Joining Methods of Phylogenetic Reconstruction},
  journal = {Algorithmica},
  volume = {25},
  pages = {251--278},
  year = {1999}
}""",
    statement=r"""Let $D$ be the distances between the leaves of a tree in which every inner node has three
neighbours and edges between inner nodes have lengths of at least $\mu > 0$. If
$\max_{ij} |d_{ij} - D_{ij}| < \mu / 2$, neighbour joining with the distances $d$ finds the tree. The factor $1/2$
cannot be replaced by a larger one. Lengths of edges at leaves do not matter.""",
)


def criterion(d, i, j):
    """Q_ij."""
    return (len(d) - 2) * d[i][j] - sum(d[i]) - sum(d[j])


def at_both_ends(d, a):
    return [[0 if i == j else d[i][j] + a[i] + a[j] for j in range(len(d))] for i in range(len(d))]


def at_one_end(d, a):
    return [[0 if i == j else d[i][j] + a[min(i, j)] for j in range(len(d))] for i in range(len(d))]


@T.check(n=[4, 5, 6])
def leaves(n, add=at_both_ends):
    "(1): all Q_ij change by the same, so the same pair is joined."
    symbols = {pair: sympy.Symbol("d" + "".join(map(str, pair))) for pair in combinations(range(n), 2)}
    d = [[symbols.get((min(i, j), max(i, j)), 0) for j in range(n)] for i in range(n)]
    a = sympy.symbols(f"a:{n}")
    pairs = list(symbols)
    return equal([criterion(add(d, a), *p) - criterion(d, *p) for p in pairs], [-2 * sum(a)] * len(pairs))


T.control(leaves, "a length at one of the two leaves only", add=at_one_end)

# Trees of four leaves, of five, both of six, one of seven, one of eight: parents of nodes, -1 at the root.
QUARTET = [-1, 0, 0, 0, 3, 3]
FIVE = [-1, 0, 0, 0, 3, 3, 5, 5]
CATERPILLAR = [-1, 0, 0, 0, 3, 3, 5, 5, 7, 7]
SNOWFLAKE = [-1, 0, 0, 0, 1, 1, 2, 2, 3, 3]
SEVEN = [*SNOWFLAKE, 4, 4]
EIGHT = [*SEVEN, 9, 9]


def drawn(parent, rng):
    """Lengths from 1 to 3 between inner nodes, at least one of them 1, and from 0 at leaves."""
    lengths = [Q(rng.randint(6, 18), 6) if v in parent else Q(rng.randint(0, 18), 6) for v in range(len(parent))]
    lengths[rng.choice([v for v in range(1, len(parent)) if v in parent])] = Q(1)
    return lengths


def moved(distances, errors, radius):
    """Each distance of a pair by the radius times its error."""
    d = [list(row) for row in distances]
    for (i, j), error in zip(combinations(range(len(d)), 2), errors, strict=True):
        d[i][j] = d[j][i] = d[i][j] + radius * error
    return d


def misses(parent, lengths, corners, radius):
    """At how many of the corners another tree is found."""
    distances, tree = along_tree(parent, lengths), splits(parent)
    return sum(splits(neighbor_joining(moved(distances, errors, radius))[0]) != tree for errors in corners)


@T.check(parent=[QUARTET, FIVE], seed=[0, 1], full={"seed": list(range(8))})
def all_corners(parent, seed, radius=Q(499, 1000)):
    "With every sign for every error, just inside of 1/2, the tree is found."
    n = (len(parent) + 2) // 2
    return equal(
        misses(parent, drawn(parent, random.Random(seed)), product([-1, 1], repeat=n * (n - 1) // 2), radius), 0
    )


T.control(all_corners, "radius 1", radius=Q(999, 1000))


@T.check(parent=[CATERPILLAR, SNOWFLAKE, SEVEN, EIGHT], seed=[0, 1, 2], full={"seed": list(range(20))})
def random_corners(parent, seed, radius=Q(499, 1000)):
    "So it is for six leaves, both shapes, for seven and for eight, at 100 corners drawn at random."
    rng, n = random.Random(seed), (len(parent) + 2) // 2
    corners = [[rng.choice([-1, 1]) for _ in range(n * (n - 1) // 2)] for _ in range(100)]
    return equal(misses(parent, drawn(parent, rng), corners, radius), 0)


T.control(random_corners, "radius 1", radius=Q(999, 1000))


@T.check(n=[100], seed=[0, 1, 2])
def kernel(n, seed, radius=0.499):
    "So the kernel finds trees of a hundred leaves: all n - 3 splits."
    tree, distances = large(n, seed)
    signs = np.triu(np.random.default_rng(seed).choice([-radius, radius], (n, n)), 1)
    return equal(topology.count_splits(topology.neighbor_joining(distances + signs + signs.T).tree, tree).shared, n - 3)


T.control(kernel, "radius 1", radius=0.999)


def large(n, seed):
    """A random tree whose edges have the lengths 1, 2, 3, and its distances."""
    rng = np.random.default_rng(seed)
    parent, leaves = [-1, 0, 0, 0], [1, 2, 3]
    while len(leaves) < n:
        v = leaves.pop(int(rng.integers(len(leaves))))
        leaves += [len(parent), len(parent) + 1]
        parent += [v, v]
    return Tree(parent), np.array(along_tree(parent, rng.integers(1, 4, len(parent)).tolist()), dtype=np.float64)


@T.check(lengths=[[Q(0), Q(1), Q(1), Q(1), Q(1), Q(1)], [Q(0), Q(3), Q(1, 2), Q(1), Q(0), Q(2)]])
def no_more(lengths, radius=Q(501, 1000)):
    "(2): just outside of 1/2 an error makes it find another tree of four leaves."
    errors = [1, -1, 1, 1, -1, 1]  # of 01, 02, 03, 12, 13, 23
    found = neighbor_joining(moved(along_tree(QUARTET, lengths), errors, radius))[0]
    return equal([sorted(side) for side in splits(found)], [[1, 3]])


T.control(no_more, "just inside of it", radius=Q(499, 1000))


@T.figure
def picture():
    """How often the tree is found where each distance is off by r, up or down at random; the shortest edge is 1."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6, 3.2), layout="constrained")
    axes = figure.subplots()
    radii = np.linspace(0.3, 3, 28)
    for n, colour in ((8, "#56B4E9"), (32, "#0072B2"), (100, "#000000")):
        found = np.zeros(len(radii))
        for seed in range(20):
            tree, distances = large(n, seed)
            signs = np.triu(np.random.default_rng(seed).choice([-1.0, 1.0], (n, n)), 1)
            for k, radius in enumerate(radii):
                noisy = np.maximum(distances + radius * (signs + signs.T), 0)
                found[k] += topology.count_splits(topology.neighbor_joining(noisy).tree, tree).distance == 0
        axes.plot(radii, found / 20, "-", color=colour, linewidth=1.2, label=f"{n} leaves")
    axes.axvline(0.5, color="0.5", linestyle="--", linewidth=1)
    axes.set(xlabel="error $r$ of every distance", ylabel="trees found, of 20", ylim=(-0.02, 1.02))
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
