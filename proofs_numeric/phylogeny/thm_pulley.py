r"""The pulley principle: a reversible model does not see where the root is.

If pi_i P_ij = pi_j P_ji for the channel P of every edge, the probability of what the leaves show is the same from
whatever node the tree is rooted at; and if the channels are exp(Q b), from whatever point of an edge too. So a root
with two children may slide along its edge, like a rope over a pulley, and only the sum of both lengths counts. After
Felsenstein (1981), who named it.

The checks run on the trees and columns of this file, and on the alignments of ../shared/data/phylo, beside the
repository or the working directory, where that folder is found; sentences name those that were.
"""

from fractions import Fraction as Q
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import sympy
from flint import arb, arb_mat, ctx, fmpq

from retrodict import bp as kernel
from retrodict import phylogeny, trees
from retrodict.claims import Computed, Mean, Theorem, equal, near
from retrodict.exact import bp
from retrodict.graphs import Tree
from retrodict.io.alignments import read_alignment

T = Theorem(
    label="thm:pulley",
    title="The pulley principle",
    source="After Felsenstein (1981)",
    bibtex=r"""@article{Felsenstein1981,
  author = {Felsenstein, Joseph},
  title = {Evolutionary trees from {DNA} sequences: a maximum likelihood approach},
  journal = {Journal of Molecular Evolution},
  volume = {17}, pages = {368--376}, year = {1981}}""",
    statement=r"""Let $\pi_iQ_{ij}=\pi_jQ_{ji}$. The probability of what the leaves of a tree show, with root
law $\pi$ and channels $e^{Qb}$, is the same wherever on the tree the root is placed; on an edge, two lengths below the
root count through their sum.""",
    uses=["thm:pruning"],
)

FOUND = next(
    (
        base.parent / "shared" / "data" / "phylo"
        for base in (Path(__file__).resolve().parents[2], Path.cwd())
        if (base.parent / "shared" / "data" / "phylo" / "README.md").is_file()
    ),
    None,
)
QUICK = ["five", *(["primates3", "rbcl4"] if FOUND else [])]
ALL = [*QUICK, *(["turtle17", "rrna101"] if FOUND else [])]

FIVE = "((((v:0.1,w:0.35):0.2,x:0.3):0.15,y:0.5):0.1,z:0.25);"
COLUMNS = {"v": "ACGTACGTNA", "w": "ACGTCCTTAA", "x": "AAGTAAGCAC", "y": "ACTTTCG-GC", "z": "CCGAACGRGA"}

PI = [Q(1, 8), Q(1, 4), Q(1, 8), Q(1, 2)]
FLOWS = {(0, 1): 3, (0, 2): 1, (0, 3): 2, (1, 2): 2, (1, 3): 5, (2, 3): 4}


def reversible(k):
    """P_ij = F_ij / pi_i with flows F_ij = F_ji through each pair, slower for larger k: rational."""
    rows = [[Q(FLOWS.get((i, j), FLOWS.get((j, i), 0)), 128 + 32 * k) / PI[i] for j in range(4)] for i in range(4)]
    for i in range(4):
        rows[i][i] = 1 - sum(rows[i])
    return rows


def circular(k):
    """The same channel with a current 0 -> 1 -> 2 -> 0 added to the flows: pi is still stationary."""
    rows = reversible(k)
    for i, j in ((0, 1), (1, 2), (2, 0)):
        rows[i][j] += Q(1, 256) / PI[i]
        rows[j][i] -= Q(1, 256) / PI[j]
    return rows


# Edges of unrooted trees, leaves last.
UNROOTED = {"cherry": [(0, 1), (0, 2), (0, 3)], "quartet": [(0, 1), (0, 2), (0, 3), (1, 4), (1, 5)], "path": [(0, 1)]}


def rooted_at(edges, root):
    """The nodes from `root` outward; of each the parent's place among them, and the edge above (of the root, none)."""
    order, parent, above = [root], [-1], [None]
    for place, v in enumerate(order):
        for e, ends in enumerate(edges):
            if v in ends and e != above[place]:
                order.append(sum(ends) - v)
                parent.append(place)
                above.append(e)
    return order, parent, above


def probability(edges, root, shown, channel, law):
    """P(the leaves of an unrooted tree show states), rooted at one of its nodes: a dict from leaves to states."""
    order, parent, above = rooted_at(edges, root)
    columns = [shown[v] for place, v in enumerate(order) if place not in parent]
    start = [p * (shown.get(root, i) == i) for i, p in enumerate(law)]
    return bp.evidence(parent, [channel(e or 0) for e in above], columns, start)


@T.check()
def along_an_edge(law=None):
    "Edges x I + (1 - x) 1 pi and y I + (1 - y) 1 pi below the root are one edge of x y, for any pi of three states."
    x, y, *pi = sympy.symbols("x y p:3", positive=True)
    pi[2] = 1 - pi[0] - pi[1]
    channels = [[[m * int(i == j) + (1 - m) * pi[j] for j in range(3)] for i in range(3)] for m in (1, x, y, x * y)]
    both = [bp.evidence([-1, 0, 0], channels[:3], [i, j], law or pi) for i, j in product(range(3), repeat=2)]
    return equal(both, [pi[i] * channels[3][i][j] for i, j in product(range(3), repeat=2)])


@T.check(name=list(UNROOTED), states=[(0, 0, 0, 0), (3, 1, 2, 1), (1, 3, 3, 0)])
def any_node(name, states, channel=reversible):
    "Rational reversible channels, another on each edge: one rational from all nodes, leaves too."
    edges = UNROOTED[name]
    nodes = range(len(edges) + 1)
    leaves = [v for v in nodes if sum(v in ends for ends in edges) == 1]
    shown = dict(zip(leaves, states, strict=False))
    found = [probability(edges, root, shown, channel, PI) for root in nodes]
    return equal(found[1:], found[0])


EXCHANGE = [Q(x) for x in ("1.2", "3.4", "0.8", "1.1", "4.2", "1.0")]
FREQUENCIES = [Q(x) for x in ("0.27", "0.22", "0.28", "0.23")]


def generator(current):
    """Q of GTR, with a current 0 -> 1 -> 2 -> 0 of that many substitutions added: its stationary law stays."""
    pi = FREQUENCIES
    q = [[Q(0)] * 4 for _ in range(4)]
    for (i, j), s in zip([(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)], EXCHANGE, strict=True):
        q[i][j], q[j][i] = s * pi[j], s * pi[i]
    scale = sum(pi[i] * sum(q[i]) for i in range(4))
    q = [[x / scale for x in row] for row in q]
    for i, j in ((0, 1), (1, 2), (2, 0)):
        q[i][j] += current / pi[i]
        q[j][i] -= current / pi[j]
    for i in range(4):
        q[i][i] = -sum(q[i])
    return q


def ball(x):
    return arb(fmpq(x.numerator, x.denominator))


@T.check(state=[(0, 1), (2, 3)], at=[Q(0), Q(1, 3), Q(1)])
def sliding(state, at, current=Q(0)):
    "GTR in balls of 120 bits: a root that slides along an edge of length 1/2 changes no probability by 10^-30."
    with ctx.workprec(120):
        law, matrix = [ball(x) for x in FREQUENCIES], arb_mat([[ball(x) for x in row] for row in generator(current)])

        def seen(left):
            channels = [(matrix * ball(b)).exp().tolist() for b in (Q(0), left, Q(1, 2) - left)]
            return bp.evidence([-1, 0, 0], channels, list(state), law)

        return near(seen(at / 2), seen(Q(1, 5)), within=Q(1, 10**30))


class Unrooted:
    """An alignment and its tree: edges with lengths, each cut into equal pieces, so that a root may sit between."""

    def __init__(self, name, pieces):
        if name == "five":
            tree, rows = Tree.from_newick(FIVE), COLUMNS
        else:
            tree, rows = Tree.from_newick((FOUND / f"{name}.nwk").read_text()), read_alignment(FOUND / f"{name}.phy")
        self.leaves = {int(v): tree.names[v] for v in tree.leaves}
        self.rows, self.edges, self.lengths = rows, [], []
        n_nodes = tree.n_nodes
        for v in range(1, tree.n_nodes):
            chain = [int(tree.parent[v]), *range(n_nodes, n_nodes + pieces - 1), v]
            n_nodes += pieces - 1
            self.edges += pairwise(chain)
            self.lengths += [tree.lengths[v] / pieces] * pieces
        self.inner = [v for v in range(n_nodes) if v not in self.leaves]

    def log_likelihood(self, root, channels):
        """The kernel's, rooted at an inner node."""
        order, parent, above = rooted_at(self.edges, root)
        tree = Tree(parent)
        columns, weights = phylogeny.patterns(self.rows, [self.leaves[order[v]] for v in tree.leaves])
        likelihoods = (columns[:, :, None] >> np.arange(4) & 1).astype(float)
        lengths = np.array([0.0, *(self.lengths[e] for e in above[1:])])
        law = np.array(FREQUENCIES, dtype=float)
        return float(weights @ kernel.log_evidence(tree, channels(lengths), likelihoods, law))


def by_kernel(lengths):
    exchange, law = np.array(EXCHANGE, dtype=float), np.array(FREQUENCIES, dtype=float)
    return phylogeny.transition_matrices("GTR", lengths, exchangeabilities=exchange, frequencies=law)


def with_current(lengths, current=Q(1, 25)):
    """Channels of the generator with a current, from balls."""
    matrix = arb_mat([[ball(x) for x in row] for row in generator(current)])
    return np.array([[[float(x) for x in row] for row in (matrix * arb(b)).exp().tolist()] for b in lengths.tolist()])


def named(names, full=()):
    """Writes into the sentence of a check which alignments it ran on."""
    more = [name for name in full if name not in names]
    listed = ", ".join(names) + (f", in the full tier {', '.join(more)}" if more else "")

    def tell(check):
        check.__doc__ = check.__doc__.replace("ALIGNMENTS", listed)
        return check

    return tell


@T.check(name=QUICK, full={"name": ALL})
@named(QUICK, ALL)
def alignments(name, channels=by_kernel):
    "GTR: the kernel's log-likelihood differs by less than 10^-9 between roots (alignments at hand: ALIGNMENTS)."
    tree = Unrooted(name, pieces=2)
    roots = tree.inner[:: len(tree.inner) // 5]
    found = [tree.log_likelihood(root, channels) for root in roots]
    return near(Computed(found[1:]), Computed(found[0]), within=Q(1, 10**9))


LAZY_WALK = (Q(1, 4), Q(3, 8), Q(0), Q(3, 8))  # probabilities of steps 0, 1, 2, 3 on a circle of four states


@T.check(root=[0, 1, 4])
def sampled(root, steps=LAZY_WALK):
    "Broadcast from one node, a lazy walk on a circle shows at the leaves what is computed from another node."
    edges, shown = UNROOTED["quartet"], {2: 0, 3: 2, 4: 3, 5: 3}
    channel = [[steps[(j - i) % 4] for j in range(4)] for i in range(4)]
    exactly = probability(edges, 2, shown, lambda edge: channel, [Q(1, 4)] * 4)
    order, parent, _ = rooted_at(edges, root)

    def draw(n, seed):
        states = trees.broadcast(Tree(parent), np.array(channel, dtype=float), n, seed)
        return (states[:, [order.index(v) for v in shown]] == list(shown.values())).all(axis=1).astype(float)

    return equal(Mean(draw, 0, 1, resolution=Q(1, 50)), exactly)


T.control(along_an_edge, "the root's law is not that of the channels", law=[Q(1, 3)] * 3)
T.control(any_node, "not reversible: flows have a current", channel=circular)
T.control(sliding, "not reversible: Q has a current", current=Q(1, 25))
T.control(alignments, "not reversible: Q has a current", channels=with_current)
T.control(sampled, "not reversible: the walk goes one way", steps=(Q(1, 4), Q(3, 4), Q(0), Q(0)))


@T.figure
def picture():
    """The root goes from leaf v to leaf z of the five taxa: the log-likelihood stays, unless Q has a current."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6, 3.2), layout="constrained")
    axes = figure.subplots()
    tree = Unrooted("five", pieces=6)
    leaf = {name: v for v, name in tree.leaves.items()}
    order, parent, above = rooted_at(tree.edges, leaf["v"])
    path = [order.index(leaf["z"])]
    while parent[path[-1]] > 0:
        path.append(parent[path[-1]])
    path = path[::-1]
    travelled = np.cumsum([tree.lengths[above[k]] for k in path])[:-1]
    for current, colour in ((Q(0), "black"), (Q(1, 50), "#0072B2"), (Q(1, 25), "#D55E00")):
        values = [tree.log_likelihood(order[k], lambda b, c=current: with_current(b, c)) for k in path[:-1]]
        axes.plot(travelled, np.array(values) - values[0], color=colour, linewidth=1.3)
        axes.annotate(
            "reversible" if not current else f"current {current}", (travelled[-1], values[-1] - values[0]),
            xytext=(4, 0), textcoords="offset points", color=colour, fontsize=8, va="center",
        )  # fmt: skip
    axes.set(xlabel="place of the root: distance from leaf $v$ towards leaf $z$", ylabel="change of log-likelihood")
    axes.set_xlim(0, travelled[-1] * 1.25)
    axes.spines[["top", "right"]].set_visible(False)
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
