"""A permutation of three inputs an output, no bit of whose inverse has small depth: what is finite about it.

Boppana and Lagarias (1987) gave "two provably one-way functions (in fact permutations) for constant depth circuits; the
second has the stronger property that no bit of its inverse can be computed in polynomial size and constant depth"
(their abstract was read, not the paper). Here is one with that property, and a short reason. Let

    t_i = s_i + s_{i+1}  (i < n - 1),      t_{n-1} = s_0 + s_k + s_{n-1}                over GF(2).

The chain sums to s_0 + s_{n-1}, so that s_k is the sum of all t; and s_j is s_k plus the t between j and k. Bit j of
the inverse is thus a parity of n - |j - k| bits, of at least n/2 for k = floor(n/2). That the parity of m bits takes
size exp(c m^(1/(D-1))) in depth D is the theorem of Hastad (1986), which no computation can check: it is cited.

What is checked: depth 2 exactly, and depth 3 as far as a search goes. In depth 2 both normal forms of a parity of m
bits have 2^(m-1) terms. In depth 3, with gates OR, AND, OR and a bottom fan-in w, a circuit is an OR of w-CNFs. In a
w-CNF below parity no two solutions are neighbours; by the satisfiability coding lemma (after Paturi, Pudlak and Zane,
1999) it has at most 2^(m - m/w) solutions, so the circuit has at least 2^(m/w - 1) of them. For small m all sets of
solutions are tried. But depth 3 without that restriction is far below 2^(m-1), as explicit circuits show: nothing here
may be extrapolated from one depth to another.
"""

from itertools import combinations, product

import numpy as np

from retrodict import circuits
from retrodict.claims import Theorem, at_most, equal, less
from retrodict.maps import BooleanMap

T = Theorem(
    label="thm:constant-depth",
    title="A local permutation whose inverse bits are all parities",
    source="after Boppana and Lagarias, Information and Computation 74 (1987); the map is derived here",
    bibtex=r"""@article{boppana1987oneway,
  author = {Ravi B. Boppana and Jeffrey C. Lagarias},
  title = {One-way functions and circuit complexity},
  journal = {Information and Computation},
  volume = {74},
  pages = {226--240},
  year = {1987}
}
@inproceedings{hastad1986almost,
  author = {Johan H{\aa}stad},
  title = {Almost optimal lower bounds for small depth circuits},
  booktitle = {Proceedings of the 18th ACM Symposium on Theory of Computing},
  pages = {6--20},
  year = {1986}
}
@article{paturi1999satisfiability,
  author = {Ramamohan Paturi and Pavel Pudl{\'a}k and Francis Zane},
  title = {Satisfiability coding lemma},
  journal = {Chicago Journal of Theoretical Computer Science},
  volume = {1999},
  year = {1999}
}""",
    statement=r"""The map $t_i = s_i \oplus s_{i+1}$ for $i < n - 1$, $t_{n-1} = s_0 \oplus s_k \oplus s_{n-1}$, with
$k = \lfloor n/2 \rfloor$ and $n \ge 3$, is a permutation; an output reads at most three inputs. Bit $j$ of its inverse
is a parity of $m = n - |j - k| \ge n/2$ bits. Its disjunctive and its conjunctive normal forms have at least
$2^{m-1}$ terms. An OR of $w$-CNFs for the parity of $m$ bits has at least $2^{m/w-1}$ of them; the least numbers for
$m \le 5$ are exact. That depth $D$ takes size $\exp(\Omega(m^{1/(D-1)}))$ is H{\aa}stad's theorem, cited and not
checked. It bounds circuits of constant depth only: $n$ gates of fan-in two compute a bit of the inverse.""",
)

# m, w -> the most solutions of a w-CNF below the parity of m bits, and the fewest w-CNFs whose OR it is.
DEPTH_THREE = {
    (2, 1): (1, 2),
    (2, 2): (2, 1),
    (3, 1): (1, 4),
    (3, 2): (2, 2),
    (3, 3): (4, 1),
    (4, 1): (1, 8),
    (4, 2): (4, 2),
    (4, 3): (6, 2),
    (4, 4): (8, 1),
    (5, 2): (4, 4),
    (5, 3): (8, 2),
}


def middle(n):
    return n // 2


def closed_chain(n, k=middle):
    s = [np.arange(2**n) >> i & 1 for i in range(n)]
    t = [s[i] ^ s[i + 1] for i in range(n - 1)] + [s[0] ^ s[k(n)] ^ s[n - 1]]
    return BooleanMap(f"closed chain, n = {n}", n, n, sum(bit << i for i, bit in enumerate(t)))


def parity(m):
    return np.array([x.bit_count() & 1 for x in range(2**m)])


def reads(f):
    """For each output bit the inputs that it depends on."""
    x = np.arange(2**f.n_inputs)
    bits = [f.output(i) for i in range(f.n_outputs)]
    return [[j for j in range(f.n_inputs) if (bit != bit[x ^ 1 << j]).any()] for bit in bits]


@T.check(n=[3, 5, 8, 12], full={"n": list(range(3, 17))})
def forward(n, encoder=False):
    "It is a permutation, and an output bit reads at most three inputs."
    f = closed_chain(n)
    assert f.collision() is None
    return at_most([len(inputs) for inputs in reads(f.inverse() if encoder else f)], [3] * n)


T.control(forward, "nor does a bit of the inverse read more", n=[8, 12], encoder=True)


@T.check(n=[3, 5, 8, 12], full={"n": list(range(3, 17))})
def backward(n, k=middle):
    "Bit j of the inverse is the parity of n - |j - k| of the t, at least n/2."
    inverse = closed_chain(n, k).inverse()
    found = reads(inverse)
    masks = [sum(1 << i for i in inputs) for inputs in found]
    x = np.arange(2**n)
    parities = [np.bitwise_count(x & mask) & 1 for mask in masks]
    return [
        equal(sum(int((inverse.output(j) != parities[j]).sum()) for j in range(n)), 0),
        equal([len(inputs) for inputs in found], [n - abs(j - middle(n)) for j in range(n)]),
        at_most([n] * n, [2 * len(inputs) for inputs in found]),
    ]


T.control(backward, "closed at k = 0: the Gray chain, some of whose inverse bits are easy", n=[5, 8], k=lambda n: 0)


@T.check(m=[1, 2, 3, 6, 9])
def depth_two(m, function=parity):
    "Neither normal form of the parity of m bits has fewer than 2^(m-1) terms."
    table = function(m)
    forms = [circuits.dnf_terms(values) for values in (table, 1 - table)]
    return equal([bound for form in forms for bound in (form.lower, form.upper)], [2 ** (m - 1)] * 4)


T.control(
    depth_two,
    "majority in place of parity",
    m=[3, 9],
    function=lambda m: (np.bitwise_count(np.arange(2**m)) > m // 2) * 1,
)


def clauses(m, w):
    """Where a clause of exactly w literals holds, as sets of inputs; shorter clauses are conjunctions of these."""
    return [
        sum(1 << x for x in range(2**m) if any(x >> v & 1 == sign for v, sign in zip(inputs, signs, strict=True)))
        for inputs in combinations(range(m), w)
        for signs in product((0, 1), repeat=w)
    ]


def solution_sets(m, w):
    """The sets of odd inputs that are the solutions of a w-CNF: those that are what all clauses that they satisfy say.

    All subsets of the odd inputs are tried; as bits, the i-th odd input is bit i.
    """
    odd = [x for x in range(2**m) if x.bit_count() & 1]
    all_clauses = clauses(m, w)
    found = []
    for subset in range(1, 2 ** len(odd)):
        g = sum(1 << x for i, x in enumerate(odd) if subset >> i & 1)
        closed = 2**2**m - 1
        for clause in all_clauses:
            if g & ~clause == 0:
                closed &= clause
        if closed == g:
            found.append(subset)
    return found


def fewest(sets, whole):
    """The fewest of the sets whose union is `whole`: breadth first, always covering the lowest point left."""
    count, reached = 0, {0}
    by_point = [[s for s in sets if s >> i & 1] for i in range(whole.bit_length())]
    while whole not in reached:
        reached = {r | s for r in reached for s in by_point[(~r & (r + 1)).bit_length() - 1]}
        count += 1
    return count


def maximal(sets):
    largest_first = sorted(sets, key=int.bit_count, reverse=True)
    kept = []
    for s in largest_first:
        if not any(s & ~other == 0 for other in kept):
            kept.append(s)
    return kept


@T.check(case=[c for c in DEPTH_THREE if c != (5, 3)], full={"case": list(DEPTH_THREE)})
def depth_three(case, known=DEPTH_THREE):
    "The most solutions of a w-CNF below parity, and the fewest w-CNFs that make it, by trying all sets of solutions."
    m, w = case
    sets = solution_sets(m, w)
    most = max(s.bit_count() for s in sets)
    return equal((most, fewest(maximal(sets), 2**2 ** (m - 1) - 1)), known[case])


T.control(
    depth_three,
    "2^(m - m/w) rounded down for the most solutions, always attained",
    known={case: (int(2 ** (case[0] - case[0] / case[1])), DEPTH_THREE[case][1]) for case in DEPTH_THREE},
    case=[(4, 3), (5, 2)],
)


@T.check(case=list(DEPTH_THREE))
def coding(case, solutions=lambda case: DEPTH_THREE[case][0]):
    "The coding lemma in integers: (most solutions)^w <= 2^(m (w - 1)), and the fewest w-CNFs are as many as it asks."
    m, w = case
    return [at_most(solutions(case) ** w, 2 ** (m * (w - 1))), at_most(2**m, (2 * DEPTH_THREE[case][1]) ** w)]


T.control(
    coding,
    "one solution more, where the lemma is tight",
    case=[(4, 2), (4, 4)],
    solutions=lambda c: DEPTH_THREE[c][0] + 1,
)


def third_level(blocks, width, flip=0):
    """Parity of blocks * width bits in depth 3 on all inputs, and its gates.

    The OR, over the values of odd sum that the parities of the blocks may take, of the AND of their conjunctive normal
    forms; the clauses are shared.
    """
    n = blocks * width
    x = np.arange(2**n)
    clauses = {}
    for block in range(blocks):
        part = x >> block * width & 2**width - 1
        for value in (0, 1):
            wrong = [a for a in range(2**width) if a.bit_count() % 2 != value]
            clauses[block, value] = [part != a for a in wrong]  # an OR of literals that is false at a alone
    terms = [values for values in product((0, 1), repeat=blocks) if sum(values) % 2 != flip]
    conjunctions = [
        np.logical_and.reduce([c for block, value in enumerate(values) for c in clauses[block, value]])
        for values in terms
    ]
    return np.logical_or.reduce(conjunctions), 1 + len(terms) + sum(map(len, clauses.values()))


@T.check(shape=[(2, 3), (3, 3), (3, 4), (4, 4)])
def more_depth(shape, flip=0):
    "Depth 3 computes parity with far fewer gates than depth 2, in blocks of about the root of the number of bits."
    blocks, width = shape
    values, gates = third_level(blocks, width, flip)
    n = blocks * width
    return [
        equal(int((values != parity(n)).sum()), 0),
        equal(gates, 1 + 2 ** (blocks - 1) + blocks * 2**width),
        less(gates, 2 ** (n - 1) + 1),
    ]


T.control(more_depth, "the terms of even sum", shape=[(3, 3)], flip=1)


@T.figure
def picture():
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.6, 3.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    n = 16
    left.bar(range(n), [n - abs(j - middle(n)) for j in range(n)], color="tab:red", width=0.7, label="inverse bit $j$")
    left.axhline(3, color="black", lw=1, label="output bit, at most")
    left.set_xlabel("$j$")
    left.set_ylabel("inputs read, $n = 16$")
    shapes = [(2, 2), (2, 3), (3, 3), (3, 4), (4, 4)]
    bits = [a * b for a, b in shapes]
    right.plot(bits, [2 ** (m - 1) + 1 for m in bits], "o-", color="tab:red", ms=4, label="depth 2, least")
    right.plot(bits, [third_level(*s)[1] for s in shapes], "s-", color="0.4", ms=4, label="depth 3, enough")
    right.plot(bits, [m - 1 for m in bits], ".-", color="black", ms=4, label="any depth, two-input gates")
    right.set_yscale("log")
    right.set_xlabel("bits of the parity")
    right.set_ylabel("gates")
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False, fontsize=8)
    left.set_ylim(0, 22)
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
