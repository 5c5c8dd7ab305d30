"""Linear maps that are dearer backward than forward, in XOR gates.

The least circuits are found by exhaustive search, whose completeness is proved in cpp/circuits/linear.cpp. Up to five
inputs a linear map and its inverse always cost the same; six inputs are the fewest where they may differ. That count is
over all of GL(6, 2), one matrix for each class under permuting rows and columns, which changes neither cost.

Everything here is a finite fact about circuits of XOR gates alone. It says nothing of circuits with other gates, and no
finite table supports a statement about all n: the ratio 3/2 that the family below suggests is a conjecture.
"""

from functools import cache
from itertools import combinations, permutations
from math import factorial

import numpy as np

from retrodict import circuits
from retrodict.claims import Theorem, equal
from retrodict.exact import linear as exact

T = Theorem(
    label="thm:linear-gap",
    title="Linear maps dearer backward than forward",
    source="computed here; linear feebly one-way maps after Hiltgen (AUSCRYPT 1992), recalled, as is the ratio 3/2; "
    "transposition after Bordewijk (1956), recalled",
    bibtex=r"""@inproceedings{hiltgen1993constructions,
  author = {Alain P. Hiltgen},
  title = {Constructions of feebly-one-way families of permutations},
  booktitle = {Advances in Cryptology: AUSCRYPT '92},
  series = {Lecture Notes in Computer Science},
  volume = {718},
  pages = {422--434},
  year = {1993}
}""",
    statement=r"""Let $L(A)$ be the least number of two-input XOR gates, results shared, of a circuit of XOR gates for
$x \mapsto Ax$ over $\mathbb{F}_2$. (a) For $n \le 5$ and every $A \in \mathrm{GL}(n, 2)$, $L(A^{-1}) = L(A)$. (b) For
$n = 6$ this fails: of the $44206$ classes of $\mathrm{GL}(6, 2)$ under permuting rows and columns, $45$ have
$L(A^{-1}) = L(A) + 1$, and $45$, their inverses, $L(A^{-1}) = L(A) - 1$; the rows $111000$, $011100$, $100010$,
$001010$, $100001$, $010001$ (from $x_0$) take $7$ gates, their inverse $8$. (c) Let $A_{n,k}$ have
$y_i = x_i + x_{i+1}$ for $i < n - 1$ and $y_{n-1} = x_0 + x_k + x_{n-1}$. Then $L(A_{n,k}^{-1}) = L(A_{n,k})$ for
$n \le 6$, while for $k = (n-1)/2$ and $n = 7, 9, 11, 13, 15$ the two are $n + 1$ and $3(n-1)/2$. (d)
$L(A^\top) = L(A)$ for these matrices up to $n = 13$ and for all of $\mathrm{GL}(n, 2)$, $n \le 6$. All this is finite
and of circuits of XOR gates alone: it says nothing of circuits with other gates nor of all $n$, and that the ratio of
(c) tends to $3/2$ is a conjecture.""",
)

# Matrices of GL(n, 2) by their cost 0, 1, 2, ...
HISTOGRAM = {
    1: [1],
    2: [2, 4],
    3: [6, 36, 108, 18],
    4: [24, 288, 2016, 8112, 8352, 1344, 24],
    5: [120, 2400, 28800, 242400, 1302000, 3756000, 3959400, 705600, 2640],
    6: [720, 21600, 388800, 5205600, 52488000, 388153440, 2022440400, 6178485600, 8315403840, 3008897280, 187224480],
}
N_CLASSES = {1: 1, 2: 2, 3: 7, 4: 51, 5: 885, 6: 44206}
# Classes whose inverse takes one gate more, by their cost 0, 1, 2, ..., 9.
DEARER = {n: [0] * 10 for n in range(1, 6)} | {6: [0, 0, 0, 0, 0, 0, 0, 11, 31, 3]}
FAMILY = {
    (7, 2): (8, 8),
    (7, 3): (8, 9),
    (8, 3): (9, 10),
    (8, 4): (9, 10),
    (9, 3): (10, 11),
    (9, 4): (10, 12),
    (9, 5): (10, 11),
    (11, 5): (12, 15),
    (13, 6): (14, 18),
    (15, 7): (16, 21),
}
QUICK = [nk for nk in FAMILY if nk[0] < 15]
SMALLEST = [7, 14, 17, 20, 33, 34]


@cache
def circuit(*rows):
    """A least circuit; an interrupted search would not do."""
    found = circuits.xor_cost([[row >> j & 1 for j in range(len(rows))] for row in rows], max_visits=10**9)
    if not found.exact:
        raise RuntimeError(f"{rows}: {found.note}")
    return found.witness


def cost(rows):
    return circuit(*rows).size


def without_sharing(rows):
    return sum(row.bit_count() - 1 for row in rows)


def transpose(rows):
    return exact.transpose(rows, len(rows))


def square(rows):
    return exact.product(rows, rows)


@cache
def classes(n):
    """One matrix of each class of GL(n, 2) under permuting rows and columns, and the number of matrices in it.

    A set of k independent rows is a word of 2^n bits; it stands for its class if no permutation of the columns makes a
    smaller word. Each class of k + 1 rows arises by adding a row outside the span to such a set.
    """
    vectors = np.arange(1 << n)
    moved = [sum((vectors >> i & 1) << to for i, to in enumerate(order)) for order in permutations(range(n))]
    sets, stabilisers = np.zeros((1, 0), dtype=int), [factorial(n)]
    for _ in range(n):
        span = np.zeros((len(sets), 1 << n), dtype=bool)
        span[:, 0] = True
        for row in sets.T:
            span |= np.take_along_axis(span, vectors ^ row[:, None], 1)
        which, new = np.nonzero(~span)
        larger = np.column_stack([sets[which], new])
        least = np.full(len(larger), ~np.uint64(0))
        fixed = np.zeros(len(larger), dtype=int)
        for image in moved:
            word = (np.uint64(1) << image[larger].astype(np.uint64)).sum(1, dtype=np.uint64)
            fixed = np.where(word < least, 1, fixed + (word == least))
            least = np.minimum(word, least)
        words, first = np.unique(least, return_index=True)
        bits = words[:, None] >> np.arange(1 << n, dtype=np.uint64) & np.uint64(1)
        sets, stabilisers = np.nonzero(bits)[1].reshape(len(words), -1), fixed[first]
    return [(rows, factorial(n) ** 2 // int(fixed)) for rows, fixed in zip(sets.tolist(), stabilisers, strict=True)]


@T.check(n=[1, 2, 3, 4, 5], full={"n": [1, 2, 3, 4, 5, 6]})
def histogram(n, cost=cost):
    "As many matrices of GL(n, 2) have each cost as the table says; together they are all, in as many classes."
    found = {}
    for rows, matrices in classes(n):
        found[cost(rows)] = found.get(cost(rows), 0) + matrices
    order = 1
    for i in range(n):
        order *= 2**n - 2**i
    listed = [found.get(r, 0) for r in range(len(HISTOGRAM[n]))]
    return [equal(listed, HISTOGRAM[n]), equal([sum(listed), len(classes(n))], [order, N_CLASSES[n]])]


T.control(histogram, "each row computed by itself, without sharing", n=[3, 4], cost=without_sharing)


@T.check(n=[1, 2, 3, 4, 5], full={"n": [1, 2, 3, 4, 5, 6]})
def dearer(n, other=exact.inverse):
    "The inverse is dearer for no class up to five inputs, for 45 at six by one gate, for as many cheaper by one."
    found = {}
    for rows, _ in classes(n):
        pair = cost(rows), cost(other(rows))
        found[pair] = found.get(pair, 0) + 1
    same = sum(number for (there, back), number in found.items() if there == back)
    return [
        equal([found.get((r, r + 1), 0) for r in range(10)], DEARER[n]),
        equal([found.get((r + 1, r), 0) for r in range(10)], DEARER[n]),
        equal(same, N_CLASSES[n] - 2 * sum(DEARER[n])),
    ]


T.control(dearer, "the square in place of the inverse", n=[3, 4], other=square)


@T.check(n=[2, 3, 4], full={"n": [2, 3, 4, 5]})
def every_matrix(n, other=exact.inverse):
    "The same by another algorithm, which finds the cost of every set of vectors: equal for every set of rows."
    table = circuits.xor_cost_table(n)
    vectors = [v for v in range(1 << n) if v.bit_count() > 1]
    place = {v: 1 << j for j, v in enumerate(vectors)}
    bases = [rows for rows in combinations(range(1, 1 << n), n) if exact.is_invertible(rows)]
    there, back = (
        [int(table[sum(place.get(row, 0) for row in map_)]) for map_ in maps] for maps in (bases, map(other, bases))
    )
    counts = [factorial(n) * there.count(r) for r in range(max(there) + 1)]
    return [equal(there, back), equal(counts, HISTOGRAM[n])]


T.control(every_matrix, "the square in place of the inverse", n=[3, 4], other=square)


EXAMPLES = {"six inputs": (SMALLEST, 7, 8)}
EXAMPLES |= {f"A_{n},{k}": (exact.chain_family(n, k), *FAMILY[n, k]) for n, k in ((7, 3), (8, 4))}


@T.check(example=list(EXAMPLES))
def definition(example, other=exact.inverse):
    "Both costs by definition, trying all sets of other vectors: of a matrix of six rows, and of two of the family."
    rows, forward, backward = EXAMPLES[example]
    return [
        equal([exact.xor_cost(rows, len(rows)), exact.xor_cost(other(rows), len(rows))], [forward, backward]),
        equal([cost(rows), cost(other(rows))], [forward, backward]),
    ]


T.control(definition, "transposed instead of inverted", other=transpose)


@T.check(nk=QUICK, full={"nk": list(FAMILY)})
def family(nk, other=exact.inverse, costs=FAMILY):
    "What A and its inverse cost in the family A_{n,k}."
    rows = exact.chain_family(*nk)
    return equal([cost(rows), cost(other(rows))], list(costs[nk]))


T.control(family, "transposed instead of inverted: no gap", nk=[(7, 3)], other=transpose)
T.control(family, "as dear backward as forward", nk=[(7, 3)], costs={(7, 3): (8, 8)})


def smaller_members(most):
    matrices = [exact.chain_family(n, k) for n in range(3, most + 1) for k in range(1, n - 1)]
    return [rows for rows in matrices if exact.is_invertible(rows)]


@T.check()
def no_gap_below_seven(most=6):
    "Every invertible A_{n,k} of at most six inputs costs what its inverse costs."
    return [equal(cost(rows), cost(exact.inverse(rows))) for rows in smaller_members(most)]


T.control(no_gap_below_seven, "seven inputs", most=7)


@T.check(nk=list(FAMILY))
def inverses(nk, invert=exact.inverse):
    "The inverse is the inverse."
    rows = exact.chain_family(*nk)
    units = [1 << i for i in range(nk[0])]
    return [equal(exact.product(invert(rows), rows), units), equal(exact.product(rows, invert(rows)), units)]


T.control(inverses, "the transpose is not", nk=[(7, 3)], invert=transpose)


@T.check(nk=QUICK)
def transposition(nk, other=transpose):
    "A matrix and its transpose cost the same, and so do their inverses."
    rows = exact.chain_family(*nk)
    return [equal(cost(matrix), cost(other(matrix))) for matrix in (rows, exact.inverse(rows))]


T.control(transposition, "inverted instead of transposed", other=exact.inverse)


@T.check(n=[2, 3, 4, 5], full={"n": [2, 3, 4, 5, 6]})
def transposition_everywhere(n, other=transpose):
    "The same for one matrix of each class of GL(n, 2): the principle is a theorem, which the searches meet."
    return equal([cost(rows) for rows, _ in classes(n)], [cost(other(rows)) for rows, _ in classes(n)])


T.control(transposition_everywhere, "the square in place of the transpose", n=[3], other=square)


@T.check(nk=QUICK)
def witnesses(nk, of=exact.inverse):
    "The circuit that the search returns for the inverse has its size and undoes A on every input."
    rows = exact.chain_family(*nk)
    back = circuit(*of(rows))
    x = list(range(1 << nk[0]))
    forward = [sum(((v & row).bit_count() & 1) << i for i, row in enumerate(rows)) for v in x]
    return [equal(back.table()[forward].tolist(), x), equal(back.size, FAMILY[nk][1])]


T.control(witnesses, "the circuit of the transpose", nk=[(7, 3)], of=transpose)


@T.figure
def picture():
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.2, 3.6), layout="constrained")
    axes = figure.subplots()
    odd = [3, 5, 7, 9, 11, 13]
    members = [exact.chain_family(n, (n - 1) // 2) for n in odd]
    for label, matrices, style, color in (
        ("its inverse", [exact.inverse(rows) for rows in members], "s-", "tab:red"),
        ("the transpose of its inverse", [transpose(exact.inverse(rows)) for rows in members], "x", "black"),
        ("$A_{n,k}$, $k = (n - 1)/2$", members, "o-", "tab:blue"),
    ):
        axes.plot(odd, [cost(rows) for rows in matrices], style, color=color, ms=5, label=label)
    axes.set_xticks(odd)
    axes.set_xlabel("inputs $n$")
    axes.set_ylabel("least number of XOR gates")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
