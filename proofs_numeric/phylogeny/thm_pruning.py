r"""Felsenstein's pruning is belief propagation.

A site of an alignment is a broadcast of one nucleotide from the root of the tree, with the law pi at the root and the
channel exp(Q b) on an edge of length b; Q has the stationary law pi and is scaled to one expected substitution per unit
length. So the probability of the site is sum_i pi_i L_root(i) with the upward messages

    L_v(i) = prod over children c of v of sum_j exp(Q b_c)_ij L_c(j),

where L at a leaf is the indicator of the set of nucleotides that its symbol stands for, all four for a gap. After
Felsenstein (1981).

The checks run on two alignments that this file holds, and on the alignments of ../shared/data/phylo, beside the
repository or the working directory, where that folder is found; sentences name those that were.
"""

import re
from contextlib import contextmanager
from fractions import Fraction as Q
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import sympy
from flint import arb, arb_mat, ctx, fmpq

from retrodict import phylogeny, trees
from retrodict.claims import Computed, Mean, Theorem, equal, near
from retrodict.exact import bp
from retrodict.exact import trees as exact
from retrodict.graphs import Tree
from retrodict.io.alignments import read_alignment

T = Theorem(
    label="thm:pruning",
    title="Felsenstein's pruning is belief propagation",
    source="After Felsenstein (1981)",
    bibtex=r"""@article{Felsenstein1981,
  author = {Felsenstein, Joseph},
  title = {Evolutionary trees from {DNA} sequences: a maximum likelihood approach},
  journal = {Journal of Molecular Evolution},
  volume = {17}, pages = {368--376}, year = {1981}}""",
    statement=r"""Let sites be independent broadcasts with root law $\pi$ and channels $e^{Qb}$,
$\pi Q=0$, $-\sum_i\pi_iQ_{ii}=1$. The log-likelihood of an alignment is
$\sum_{\mathrm{sites}}\log\sum_i\pi_iL_{\mathrm{root}}(i)$ with
$L_v(i)=\prod_{c}\sum_j(e^{Qb_c})_{ij}L_c(j)$, and $L$ at a leaf the indicator of what its symbol stands for.""",
    uses=["thm:belief-propagation"],
)

EMBEDDED = {  # drawn from HKY and then spoilt with gaps and codes; lengths are far from those of a best tree
    "quartet": (
        ">a\nTAAACTTAGTGAGAT-AATGTTTTTAGACATAAACTTGGA\n>b\nTGGTCTTATTTAGATTGATTGTTGCGAACATGGACTCGAG\n"
        ">c\nTAATCTTAGCTAGTTTGATTTTTGCARTCATACACTCANN\n>d\n--ATCCTGACCAGTTTAATGTTTGYAGTCACACGCTCGAA\n",
        "(a:0.3,b:0.2,(c:0.15,d:0.4):0.1);",
    ),
    "ladder": (
        ">v\nTTATGATATTATGGAATATGATTAGATGGTTACAGACTAA\n>w\nCTATCATCTTAAGGAAAATTATTCGATATCTATAGACTCA\n"
        ">x\nCGAAGATT??ACTGAATAGATTGAGGTAATTTCGTACTAG\n>y\nGTTTGATATCACGTTATGTAATGAG-TACTTGTTGGTTAG\n"
        ">z\nATATAAATTTAtaaaATATAATGAAAGCATTSGGGATTWT\n",
        "((((v:0.1,w:0.35):0.2,x:0.3):0.15,y:0.5):0.1,z:0.25);",
    ),
}
FOUND = next(
    (
        base.parent / "shared" / "data" / "phylo"
        for base in (Path(__file__).resolve().parents[2], Path.cwd())
        if (base.parent / "shared" / "data" / "phylo" / "README.md").is_file()
    ),
    None,
)
QUICK = [*EMBEDDED, *(["primates3", "rbcl4"] if FOUND else [])]
ALL = [*QUICK, *(["turtle17", "rrna101"] if FOUND else [])]

FREQUENCIES = {"HKY": ["0.30", "0.20", "0.25", "0.25"], "GTR": ["0.27", "0.22", "0.28", "0.23"]}
EXCHANGE = {"HKY": ["1", "2.5", "1", "1", "2.5", "1"], "GTR": ["1.2", "3.4", "0.8", "1.1", "4.2", "1.0"]}
MODELS = ["JC", "HKY", "GTR"]


def pi_of(model):
    return [Q(x) for x in FREQUENCIES.get(model, ["0.25"] * 4)]


def exchangeabilities_of(model):
    """The symmetric matrix, zero on the diagonal."""
    s = [[Q(0)] * 4 for _ in range(4)]
    pairs = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]
    for (i, j), x in zip(pairs, EXCHANGE.get(model, ["1"] * 6), strict=True):
        s[i][j] = s[j][i] = Q(x)
    return s


def parameters(model):
    """As `phylogeny.log_likelihood` takes them."""
    pi, s = [float(x) for x in FREQUENCIES.get(model, [])], [float(x) for x in EXCHANGE.get(model, [])]
    return {
        "JC": {},
        "HKY": {"kappa": s[1] if s else None, "frequencies": pi},
        "GTR": {"exchangeabilities": s, "frequencies": pi},
    }[model]


@contextmanager
def files(name):
    """Paths of an alignment and of its tree."""
    if name not in EMBEDDED:
        yield FOUND / f"{name}.phy", FOUND / f"{name}.nwk"
        return
    with TemporaryDirectory() as folder:
        paths = Path(folder) / "alignment", Path(folder) / "tree"
        for path, text in zip(paths, EMBEDDED[name], strict=True):
            path.write_text(text)
        yield paths


def kernel(name, model, rates=None):
    with files(name) as paths:
        return phylogeny.log_likelihood(*paths, model, rates=rates, **parameters(model))


def stationary(pi):
    return pi


def one_substitution(s, pi):
    """The scale that Q is divided by."""
    n = range(len(pi))
    return sum(pi[i] * s[i][j] * pi[j] for i in n for j in n)


def as_printed(tree):
    return [0 if v == 0 else Q(repr(float(b))) for v, b in enumerate(tree.lengths)]


def all_four(mask, pi, s):
    """What a leaf of a set of nucleotides shows, with the law and the exchangeabilities: gaps are the full set."""
    return [mask >> i & 1 for i in range(4)], pi, s


def fifth_state(mask, pi, s):
    """A gap is a state of its own, a fifth of the sites, as exchangeable as any."""
    shown = [0, 0, 0, 0, 1] if mask == 15 else [*(mask >> i & 1 for i in range(4)), 0]
    return shown, [x * Q(4, 5) for x in pi] + [Q(1, 5)], [[*row, Q(1)] for row in s] + [[Q(1)] * 4 + [Q(0)]]


def both_ways(tree):
    """The two edges below the root as one, counted for each of its ends."""
    lengths = as_printed(tree)
    top = [v for v in range(1, tree.n_nodes) if tree.parent[v] == 0]
    if len(top) == 2:
        lengths[top[0]] = lengths[top[1]] = lengths[top[0]] + lengths[top[1]]
    return lengths


def sites(name):
    """The tree, the columns as sets of nucleotides, and how often each occurs."""
    with files(name) as (alignment, newick):
        tree = Tree.from_newick(newick.read_text())
        columns, weights = phylogeny.patterns(read_alignment(alignment), [tree.names[v] for v in tree.leaves])
    return tree, columns.tolist(), weights.tolist()


def ball(x):
    return arb(fmpq(x.numerator, x.denominator))


def in_balls(name, model, root, scale, edges, gap, rates=(Q(1),), average=None):
    """The log-likelihood by the upward messages, in balls of 120 bits."""
    tree, columns, weights = sites(name)
    _, pi, s = gap(1, pi_of(model), exchangeabilities_of(model))
    n = range(len(pi))
    q = [[s[i][j] * pi[j] / scale(s, pi) for j in n] for i in n]
    for i in n:
        q[i][i] = -sum(q[i])
    with ctx.workprec(120):
        generator = arb_mat([[ball(x) for x in row] for row in q])
        law = [ball(Q(x)) for x in root(pi)]
        by_rate = []
        for rate in rates:
            channels = [(generator * ball(b * rate)).exp().tolist() for b in map(Q, edges(tree))]
            leaves = [[gap(mask, pi, s)[0] for mask in column] for column in columns]
            by_rate.append([bp.evidence(tree.parent.tolist(), channels, shown, law) for shown in leaves])
        mean = average or (lambda values: (sum(values) / len(values)).log())
        return sum(w * mean(site) for w, site in zip(weights, zip(*by_rate, strict=True), strict=True))


def named(names, full=()):
    """Writes into the sentence of a check which alignments it ran on."""
    more = [name for name in full if name not in names]
    listed = ", ".join(names) + (f", in the full tier {', '.join(more)}" if more else "")

    def tell(check):
        check.__doc__ = check.__doc__.replace("ALIGNMENTS", listed)
        return check

    return tell


def within(name):
    """10^-12 a site. No alignment here has a log-likelihood of less than 1 a site: a relative error below 10^-12."""
    return Q(sum(sites(name)[2]), 10**12)


@T.check()
def polynomial(root=stationary):
    "Three leaves of two states, generic channels: pruning is the sum over both inner states, as polynomials."
    a = sympy.symbols("a:z", positive=True)
    channels = [[a[4 * k : 4 * k + 2], a[4 * k + 2 : 4 * k + 4]] for k in range(5)]
    parent, law = [-1, 0, 0, 1, 1], list(a[20:22])
    channel = channels[1:]
    shown = sum(
        law[i] * channel[1][i][1] * channel[0][i][j] * channel[2][j][0] * channel[3][j][1]
        for i, j in product(range(2), repeat=2)
    )
    return equal(bp.evidence(parent, channels, [1, 0, 1], root(law)), shown)


CHANNEL = [  # rational rows, no symmetry at all
    [Q(5, 8), Q(1, 8), Q(3, 16), Q(1, 16)],
    [Q(1, 16), Q(3, 4), Q(1, 16), Q(1, 8)],
    [Q(1, 4), Q(0), Q(1, 2), Q(1, 4)],
    [Q(1, 8), Q(1, 4), Q(1, 8), Q(1, 2)],
]
TREES = [[-1, 0, 1, 1, 0], [-1, 0, 0, 0, 3, 3], [-1, 0, 1, 1, 0, 4]]
A, C, R, N = (1, 0, 0, 0), (0, 1, 0, 0), (1, 0, 1, 0), (1, 1, 1, 1)


@T.check(parent=TREES, shown=[(A, C, A), (A, R, C), (N, C, A), (R, N, N)])
def enumeration(parent, shown, root=stationary, gap=N):
    "Pruning is the sum over the states of all nodes and over the nucleotides that each symbol may stand for."
    n_leaves = len(parent) - len(set(parent)) + 1
    row, pi = [*shown, A][:n_leaves], pi_of("GTR")
    letters = [[i for i in range(4) if symbol[i]] for symbol in row]
    definition = sum(exact.evidence(parent, CHANNEL, list(word), pi) for word in product(*letters))
    pruned = bp.evidence(parent, CHANNEL, [gap if symbol == N else symbol for symbol in row], root(pi))
    return equal(pruned, definition)


@T.check(name=QUICK, model=MODELS, full={"name": ALL})
@named(QUICK, ALL)
def balls(name, model, root=stationary, scale=one_substitution, edges=as_printed, gap=all_four):
    "The kernel's log-likelihood is within 10^-12 a site of the ball of 120 bits (alignments at hand: ALIGNMENTS)."
    return near(Computed(kernel(name, model)), in_balls(name, model, root, scale, edges, gap), within=within(name))


RATES = ["0.25", "0.75", "2"]


@T.check(name=QUICK[:3], model=["JC", "GTR"])
def categories(name, model, average=None):
    "Rates of equal weight: each site has the mean of its probabilities at each rate."
    found = in_balls(name, model, stationary, one_substitution, as_printed, all_four, list(map(Q, RATES)), average)
    return near(Computed(kernel(name, model, [float(r) for r in RATES])), found, within=within(name))


def published():
    """(alignment, model, digits): of the README of the shared data, and of the embedded alignments as computed by
    enumeration of the inner states, in balls of 200 bits."""
    rows = [
        ("quartet", "JC", "-165.3008871216404595132753"),
        ("quartet", "GTR", "-158.6410867342704004439437"),
        ("ladder", "HKY", "-219.8983616945717402158810"),
    ]
    if FOUND:
        row = re.compile(r"^\| (\w+) \| (\w+) +\| *-[\d.]+ \| (-[\d.]+) \|", re.M)
        rows += row.findall((FOUND / "README.md").read_text())
    return rows


@T.check(row=published())
@named(ALL)
def values(row, rates=None):
    "The kernel returns digits computed elsewhere, relative error below 10^-12 (alignments at hand: ALIGNMENTS)."
    name, model, digits = row
    return near(Computed(kernel(name, model, rates)), Q(digits), within=-Q(digits) / 10**12)


SKEWED = [Q(1, 2), Q(1, 8), Q(1, 8), Q(1, 4)]


@T.check(word=[(0, 0, 0), (1, 1, 1)])
def sampled(word, root=stationary):
    "Columns of a sampled alignment show a pattern as often as pruning says."
    parent = [-1, 0, 1, 1, 0]

    def draw(n, seed):
        channel, prior = np.array(CHANNEL, dtype=float), np.array(SKEWED, dtype=float)
        leaves = trees.broadcast(Tree(parent), channel, n, seed, prior, leaves_only=True)
        return (leaves == word).all(axis=1).astype(float)

    return equal(Mean(draw, 0, 1, resolution=Q(1, 50)), bp.evidence(parent, CHANNEL, list(word), root(SKEWED)))


def no_law(pi):
    return [1] * len(pi)


def uniform(pi):
    return [Q(1, len(pi))] * len(pi)


T.control(polynomial, "leaves out pi at the root", root=no_law)
T.control(enumeration, "leaves out pi at the root", root=no_law)
T.control(enumeration, "a gap shows A", gap=A)
T.control(balls, "leaves out pi at the root", root=no_law)
T.control(balls, "Q is not scaled to one substitution per unit length", scale=lambda s, pi: 1)
T.control(balls, "a gap is a fifth state", gap=fifth_state)
T.control(balls, "the edge through the root is counted from both its ends", edges=both_ways)
T.control(categories, "averages logarithms", average=lambda values: sum(x.log() for x in values) / len(values))
T.control(values, "substitutions are three quarters as fast", rates=[0.75])
T.control(sampled, "the root's law is uniform", root=uniform)


@T.figure
def picture():
    """Log-likelihood a site of the embedded ladder, all lengths times one factor; dots: balls, lines: the kernel."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6, 3.2), layout="constrained")
    axes = figure.subplots()
    factors, dots = np.geomspace(0.1, 10, 41), [Q(1, 5), Q(1), Q(5)]
    n = sum(sites("ladder")[2])
    for model, colour in zip(MODELS, ("#0072B2", "#009E73", "#D55E00"), strict=True):
        line = [kernel("ladder", model, [f]) / n for f in factors]
        axes.plot(factors, line, "-", color=colour, linewidth=1.2, label=model)
        exactly = [
            float(in_balls("ladder", model, stationary, one_substitution, as_printed, all_four, [f])) / n for f in dots
        ]
        axes.plot([float(f) for f in dots], exactly, "o", color=colour, markersize=4)
    axes.set(xscale="log", xlabel="factor on all branch lengths", ylabel="log-likelihood a site")
    axes.set_xticks([0.1, 1, 10], ["0.1", "1", "10"])
    axes.legend(frameon=False)
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
