"""Local permutations whose inverse has a bit without a small decision diagram: chains along a graph.

For a graph with edges e = 0, ..., m - 1 the chain (x, s) -> (x, t), t_e = s_e + s_{e+1} + x_u x_v over GF(2), where
e = {u, v} and s_m = 0, is undone from its end: s_e is the sum over e' >= e of t_{e'} + x_u x_v. At t = 0 the first bit
of s is the form q(x) = sum over edges of x_u x_v.

When the variables of a set P are fixed, q becomes q_J(x_J) + <A x_P, x_J> + q_P(x_P), where J is the rest and A the
adjacency matrix's rows J and columns P. So the subfunctions are the pairs (A x_P, q_P(x_P)): of 2^r first parts, r the
rank of A over GF(2), each has one or two second parts. Hence

    2^r <= number of subfunctions <= 2^(r + 1).                                                                    (1)

A diagram that has N subfunctions after a prefix of its order has at least N - 1 nodes above, since these branch to N
different places, and N - 2 below, one for each that is not constant. So with w, the linear rank-width, the least over
all orders of the largest r of a prefix,

    least diagram of q >= 2^(w + 1) - 3.                                                                           (2)

In a graph of degree at most d, take an edge that crosses a cut and drop the at most 2 d^2 crossing edges at neighbours
of its ends; again and again. Of m crossing edges at least m / (2 d^2) are taken, their ends make A a permutation matrix
there, and r is at least their number. In an expander some prefix of every order is crossed by a constant part of all
edges, so w grows as the number of vertices. Random 4-regular graphs are expanders with high probability: known, not
checked here. Sizes count internal nodes, without complement edges; all minima are over all orders, and exact.
"""

from functools import cache

from retrodict import circuits
from retrodict.capacity.obdd_nodes import obdd_nodes
from retrodict.capacity.truth_table import on_essential
from retrodict.claims import Theorem, at_most, equal, less
from retrodict.exact import obdd as exact
from retrodict.maps.graph_chain import graph_chain
from retrodict.maps.regular_graphs import cycle, moebius_ladder, random_regular

T = Theorem(
    label="thm:graph-chain",
    title="Chains along a graph: local forward, no small decision diagram backward",
    source="derived here; cut-rank and rank-width after Oum and Seymour, J. Combin. Theory Ser. B 96 (2006)",
    bibtex=r"""@article{oum2006approximating,
  author = {Sang-il Oum and Paul Seymour},
  title = {Approximating clique-width and branch-width},
  journal = {Journal of Combinatorial Theory, Series B},
  volume = {96},
  pages = {514--528},
  year = {2006}
}""",
    uses=["thm:obdd-hwb"],
    statement=r"""For a graph with edges $e = 0, \dots, m - 1$ let $(x, s) \mapsto (x, t)$ with
$t_e = s_e + s_{e+1} + x_u x_v$ over $\mathrm{GF}(2)$ for $e = \{u, v\}$, $s_m = 0$. It is a permutation; each output
depends on at most four inputs and has a decision diagram of at most six nodes. In the inverse, the first bit of $s$ at
$t = 0$ is $q(x) = \sum_{\{u,v\}} x_u x_v$. When the variables of a set $P$ are fixed, between $2^r$ and $2^{r+1}$
subfunctions of $q$ are left, $r$ the cut-rank of $P$. So, $w$ being the linear rank-width, every diagram of $q$, and of
that bit, has at least $2^{w+1} - 3$ nodes, under any order. For the cycles on $8, 10, \dots, 24$ vertices $w = 2$ and
the least diagram has $8 n - 33$ nodes; for the Möbius ladders on $14, 16, \dots, 24$ vertices $w = 4$ and it has
$32 n - 279$; for the random 4-regular graphs on $24$ vertices of seeds $0, 1, 2$ $w = 7, 6, 7$ and it has $1353$,
$977$, $1565$. Remarks. 1. Small counts of nodes do not tell expanders from Möbius ladders, whose width is bounded: at
10 and 12 vertices a random graph has fewer. No exponent can be read from such counts; that diagrams for expanders grow
exponentially is the theorem about $w$. 2. This is about decision diagrams only: circuits compute $q$, and the whole
inverse, with a number of gates proportional to the edges. It is an unconditional bound for a restricted encoder, and no
evidence that unrestricted encoders must be large. 3. The map is a bijection: what matters is not whether there is an
inverse, but what it costs.""",
)

GRID = [(3 * i + j, 3 * i + j + 1) for i in range(3) for j in range(2)] + [(i, i + 3) for i in range(6)]
FAMILIES = {
    "cycle": cycle,
    "ladder": moebius_ladder,
    "grid": lambda _: GRID,
    **{f"random {seed}": lambda n, seed=seed: random_regular(n, seed) for seed in range(3)},
}
RANDOM = [f"random {seed}" for seed in range(3)]

# By the number of vertices: the linear rank-width, and the nodes of the least diagram.
VALUES = {
    "cycle": {6: (2, 14)} | {n: (2, 8 * n - 33) for n in range(8, 25, 2)},
    "ladder": {6: (1, 10), 8: (3, 41), 10: (4, 65), 12: (4, 117)} | {n: (4, 32 * n - 279) for n in range(14, 25, 2)},
    "grid": {9: (3, 35)},
    "random 0": {6: (2, 12), 8: (3, 32), 10: (3, 67), 12: (4, 109), 14: (4, 185), 16: (5, 293)}
    | {18: (5, 373), 20: (5, 493), 22: (6, 1089), 24: (7, 1353)},
    "random 1": {6: (2, 12), 8: (3, 32), 10: (3, 69), 12: (4, 107), 14: (4, 177), 16: (4, 251)}
    | {18: (5, 377), 20: (5, 565), 22: (6, 933), 24: (6, 977)},
    "random 2": {6: (2, 12), 8: (2, 35), 10: (3, 39), 12: (4, 111), 14: (4, 177), 16: (4, 237)}
    | {18: (4, 305), 20: (5, 561), 22: (6, 801), 24: (7, 1565)},
}
SIZES = list(range(6, 19, 2))
LARGE = list(range(6, 25, 2))


def adjacency(family, n):
    joined = {frozenset(edge) for edge in FAMILIES[family](n)}
    return [[int(frozenset((u, v)) in joined) for v in range(n)] for u in range(n)]


@cache
def form(family, n):
    edges = FAMILIES[family](n)
    return [sum(x >> u & x >> v & 1 for u, v in edges) % 2 for x in range(2**n)]


@cache
def width(family, n):
    return circuits.linear_rank_width(adjacency(family, n)).width


@cache
def nodes(family, n):
    return circuits.quadratic_form_obdd(adjacency(family, n)).nodes


def chain(family, n):
    return graph_chain(family, n, FAMILIES[family](n))


def bits_of_s(f, n):
    return [f.output(i) for i in range(n, f.n_outputs)]


CHAINS = [{"family": "cycle", "n": 8}, {"family": "ladder", "n": 6}, {"family": "random 0", "n": 5}]


@T.check(of=CHAINS)
def forward(of, encoder=False):
    "Forward, an output depends on at most four inputs, and six nodes are enough for it."
    f = chain(**of)
    essential = [on_essential(bit) for bit in bits_of_s(f.inverse() if encoder else f, of["n"])]
    sizes = [obdd_nodes(bit) for bit in essential]
    return [at_most([bit.size for bit in essential], [2**4] * len(sizes)), at_most(sizes, [6] * len(sizes))]


T.control(forward, "nor is the encoder more than local", encoder=True)


@T.check(of=CHAINS)
def backward(of, bit=0):
    "Backward, the first bit of s is the form at t = 0, so that its diagrams are no smaller."
    s = bits_of_s(chain(**of).inverse(), of["n"])[bit]
    return [equal(s[: 2 ** of["n"]].tolist(), form(**of)), at_most(nodes(**of), obdd_nodes(s))]


T.control(backward, "the last bit of s, a single product", bit=-1)


@T.check(family=["cycle", "ladder", *RANDOM], n=[8])
def sandwich(family, n, rank=circuits.cut_rank):
    "Formula (1) for every set of vertices: the subfunctions are counted by definition."
    graph, q = adjacency(family, n), form(family, n)
    sets = [[v for v in range(n) if chosen >> v & 1] for chosen in range(2**n)]
    ranks = [rank(graph, fixed) for fixed in sets]
    counts = [exact.subfunctions(q, fixed) for fixed in sets]
    return [at_most([2**r for r in ranks], counts), at_most(counts, [2 ** (r + 1) for r in ranks])]


T.control(sandwich, "the number of vertices in place of the rank", rank=lambda graph, fixed: len(fixed))
T.control(sandwich, "one less than the rank", rank=lambda graph, fixed: max(0, circuits.cut_rank(graph, fixed) - 1))


def natural(family, n):
    return circuits.obdd_size_of_order(form(family, n), range(n))


@T.check(family=["cycle", "ladder", "random 0"], n=[6], full={"n": [6, 8]})
def definition(family, n, least=nodes):
    "Rank-width and least diagrams are those of recursions over all sets; ranks and subfunctions by definition."
    found = [exact.minimum_linear_rank_width(adjacency(family, n)), exact.friedman_supowit(form(family, n))[0]]
    return equal([width(family, n), least(family, n)], found)


T.control(definition, "the natural order in place of the best", least=natural)


@T.check(family=["cycle", "ladder", *RANDOM], n=[8, 12], full={"n": [8, 10, 12, 14, 16]})
def by_table(family, n, least=nodes):
    "Linear algebra finds what the dynamic programme finds from the truth table."
    return equal(least(family, n), circuits.obdd_size(form(family, n)).nodes)


T.control(by_table, "the natural order in place of the best", least=natural)


@T.check(n=SIZES, full={"n": LARGE})
def cycles(n, family="cycle"):
    "Cycles have width 2 and 8 n - 33 nodes."
    return equal([width(family, n), nodes(family, n)], VALUES["cycle"][n])


T.control(cycles, "the Möbius ladders", family="ladder")


@T.check(n=SIZES, full={"n": LARGE})
def ladders(n, family="ladder"):
    "Möbius ladders have width 4 and, from 14 vertices on, 32 n - 279 nodes."
    return equal([width(family, n), nodes(family, n)], VALUES["ladder"][n])


T.control(ladders, "the cycles", family="cycle")


@T.check(family=RANDOM, n=SIZES, full={"n": LARGE})
def random_graphs(family, n, least=nodes):
    "Random 4-regular graphs."
    return equal([width(family, n), least(family, n)], VALUES[family][n])


T.control(random_graphs, "the natural order in place of the best", n=[12], least=natural)


@T.check(n=[9])
def grid(n, edges=12):
    "The grid of three by three vertices has width 3 and 35 nodes."
    graph = [[int((u, v) in GRID[:edges] or (v, u) in GRID[:edges]) for v in range(n)] for u in range(n)]
    return equal(
        [circuits.linear_rank_width(graph).width, circuits.quadratic_form_obdd(graph).nodes], VALUES["grid"][n]
    )


T.control(grid, "one edge less", edges=11)


@T.check(family=["cycle", "ladder", *RANDOM], n=SIZES, full={"n": LARGE})
def certificate(family, n, rank=width):
    "Formula (2): the width bounds the least diagram from below."
    return at_most(2 ** (rank(family, n) + 1) - 3, nodes(family, n))


T.control(certificate, "the largest rank that a cut could have", family=["cycle"], n=[16], rank=lambda _, n: n // 2)


def in_turn(n):
    return list(range(n))


def around_both_sides(n):
    return [v for i in range(n // 2) for v in (i, i + n // 2)]


NARROW = [{"family": "cycle", "order": in_turn, "most": 2}, {"family": "ladder", "order": around_both_sides, "most": 4}]


@T.check(of=NARROW, n=[20, 40, 64])
def width_stays(of, n, family=None):
    "Cycles keep width 2 and Möbius ladders width 4 for any number of vertices: an order that shows it."
    order, graph = of["order"](n), adjacency(family or of["family"], n)
    return at_most(max(circuits.cut_rank(graph, order[:i]) for i in range(n)), of["most"])


T.control(width_stays, "so do random graphs under these orders", family="random 0")


LINEAR = {"cycle": lambda n: 8 * n - 33, "ladder": lambda n: 32 * n - 279}


@T.check(family=list(LINEAR), n=[40, 64])
def nodes_stay_linear(family, n, other=None):
    "For 40 and 64 vertices sifting finds diagrams of 8 n - 33 and of 32 n - 279 nodes, recounted: upper bounds."
    graph = adjacency(other or family, n)
    found = circuits.quadratic_form_bounds(graph, exact_vertices=8)
    recounted = circuits.quadratic_form_obdd_of_order(graph, found.witness.order)
    return [equal(found.upper, recounted), at_most(recounted, LINEAR[family](n))]


T.control(nodes_stay_linear, "nor does it find a larger one for random graphs", n=[40], other="random 0")


@T.check(family=RANDOM)
def width_grows(family, sizes=(6, 12, 20)):
    "The width of the random graphs grows."
    widths = [width(family, n) for n in sizes]
    return less(widths[:-1], widths[1:])


T.control(width_grows, "so does that of cycles", family=["cycle"])
T.control(width_grows, "so does that of the Möbius ladders, from 12 vertices on", family=["ladder"], sizes=(12, 14, 16))


@T.check(n=[10, 12])
def counts_alone_mislead(n):
    "At 10 and 12 vertices a random graph has a smaller diagram than the ladder, whose width is bounded."
    return less(min(nodes(family, n) for family in RANDOM), nodes("ladder", n))


T.control(counts_alone_mislead, "still at 18 vertices", n=[18])


@T.figure
def picture():
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.2, 3.8), layout="constrained")
    axes = figure.subplots()
    colors = {"cycle": "black", "ladder": "tab:blue"}
    labels = {"cycle": "cycle", "ladder": "Möbius ladder", "random 0": "random 4-regular, three graphs"}
    for family in ("cycle", "ladder", *RANDOM):
        color = colors.get(family, "tab:red")
        axes.plot(SIZES, [nodes(family, n) for n in SIZES], "o-", color=color, ms=4, label=labels.get(family))
        bounds = [2 ** (width(family, n) + 1) - 3 for n in SIZES]
        axes.plot(SIZES, bounds, ":", color=color, lw=1.2)
    axes.plot([], [], ":", color="0.4", label="lower bound by linear rank-width")
    axes.set_yscale("log")
    axes.set_xlabel("vertices $n$")
    axes.set_ylabel("nodes of $q$, least over all orders")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize=8)
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
