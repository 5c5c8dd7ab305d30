"""Two inputs an output bit on the way down, a parity on the way up: trees, terms and formulas.

The Gray chain t_i = s_i + s_{i+1} over GF(2), t_{n-1} = s_{n-1}, has the inverse s_i = t_i + ... + t_{n-1}. Parity
of n bits is sensitive to every input everywhere, whence all that follows, without any assumption: a subcube on which
it is constant is a point, so a decision tree has all 2^n leaves and depth n, and a term of a normal form covers
one of the 2^(n-1) inputs of odd weight. Khrapchenko (1971): a De Morgan formula of f has at least |N|^2 / (|A| |B|)
leaves, where N are the pairs of neighbours in A x B, f = 0 on A and f = 1 on B; for parity |N| = n 2^(n-1) and
|A| = |B| = 2^(n-1). For n a power of two n^2 is attained, since x + y = (x and not y) or (not x and y) doubles twice.

These are lower bounds for trees, normal forms and formulas only: a circuit of n - 1 gates computes parity.
"""

from fractions import Fraction

import numpy as np
import sympy

from retrodict import circuits
from retrodict.capacity.formula_size import khrapchenko
from retrodict.claims import Theorem, at_most, equal
from retrodict.exact import restricted as exact
from retrodict.maps.algebraic import gray

T = Theorem(
    label="thm:gray-chain",
    title="The Gray chain and its inverse in restricted models",
    source="after Khrapchenko (1971); the rest is elementary",
    bibtex=r"""@article{khrapchenko1971complexity,
  author = {V. M. Khrapchenko},
  title = {Complexity of the realization of a linear function in the class of {$\Pi$}-circuits},
  journal = {Mathematical Notes},
  volume = {9},
  pages = {21--23},
  year = {1971}
}""",
    statement=r"""Every output bit of the Gray chain $t_i = s_i \oplus s_{i+1}$ has a decision tree of depth $2$, a
disjunctive normal form of $2$ terms and a De Morgan formula of $4$ leaves. Bit $i$ of its inverse is a parity of
$m = n - i$ bits: its decision trees have depth $m$ and $2^m$ leaves, its normal forms $2^{m-1}$ terms, and its formulas
at least $m^2$ leaves, which is attained where $m$ is a power of two. Circuits of unbounded depth need $m - 1$ gates
only: the bounds are for these models.""",
)


def parity(n):
    return [x.bit_count() & 1 for x in range(2**n)]


def some(n):
    """OR of n bits."""
    return [int(x > 0) for x in range(2**n)]


def sizes(table):
    """Depth and leaves of trees, terms; exact, or an exception."""
    tree, terms = circuits.decision_tree(table), circuits.dnf_terms(table)
    assert terms.exact
    return [tree.depth, tree.leaves, terms.upper]


@T.check(n=[2, 4, 8, 11])
def forward(n, encoder=False):
    "Forward: depth 2, 4 leaves, 2 terms, formulas of 4 leaves; the last bit is an input."
    f = gray(n).inverse() if encoder else gray(n)
    bits = [f.output(i).tolist() for i in range(n)]
    models = [[*sizes(bit), circuits.formula_upper(bit)] for bit in bits]
    return equal(models, [[2, 4, 2, 4]] * (n - 1) + [[1, 2, 1, 1]])


T.control(forward, "nor is the inverse larger", n=[4, 8], encoder=True)


@T.check(n=[2, 4, 8, 11])
def backward(n, encoder=True):
    "Backward: bit i is the parity of the n - i bits from t_i on."
    f = gray(n).inverse() if encoder else gray(n)
    wanted = [[(x >> i).bit_count() & 1 for x in range(2**n)] for i in range(n)]
    return equal(sum(f.output(i).tolist() != wanted[i] for i in range(n)), 0)


T.control(backward, "the chain itself", encoder=False)


@T.check(n=list(range(1, 11)), full={"n": list(range(1, 14))})
def trees_and_terms(n, function=parity):
    "Parity of n bits: depth n, 2^n leaves, 2^(n-1) terms, each the least."
    return equal(sizes(function(n)), [n, 2**n, 2 ** (n - 1)])


T.control(trees_and_terms, "OR in place of parity: n + 1 leaves and n terms", n=[2, 5, 9], function=some)


@T.check(n=list(range(1, 11)))
def disjunctions(n, function=some):
    "OR of n bits, the control: depth n, n + 1 leaves, n terms."
    return equal(sizes(function(n)), [n, n + 1, n])


T.control(disjunctions, "parity", n=[3, 6], function=parity)


@T.check(n=[1, 2, 3])
def definition(n, function=parity):
    "The kernels find what the definitions give: all trees, all sets of terms, all formulas."
    table = function(n)
    by_definition = [*exact.decision_tree(table), exact.dnf_terms(table)]
    number = sum(bit << x for x, bit in enumerate(table))
    return [
        equal(sizes(table), by_definition),
        equal(circuits.formula_cost(parity(n)), exact.formula_table(n)[number]),
    ]


T.control(definition, "OR against parity", n=[2, 3], function=some)


m = sympy.Symbol("m", positive=True)  # 2^(n-1)
k = sympy.Symbol("k", positive=True)  # n


@T.check()
def bound(edges=k * m):
    "With |N| = n m and |A| = |B| = m, m = 2^(n-1), Khrapchenko's bound is n^2."
    return equal(edges**2 / (m * m), k**2)


T.control(bound, "each pair of neighbours counted from both sides", edges=2 * k * m)


def at_most_one(n):
    return [int(x.bit_count() <= 1) for x in range(2**n)]


def everything(n):
    return [1] * 2**n


@T.check(n=list(range(1, 13)))
def khrapchenko_of_parity(n, function=parity):
    "It is n^2 by counting, with A and B everything."
    return equal(khrapchenko(np.array(function(n), dtype=np.uint8)), Fraction(n**2))


T.control(khrapchenko_of_parity, "OR in place of parity", n=[2, 8], function=some)


@T.check(n=list(range(1, 11)))
def khrapchenko_of_or(n, members=at_most_one):
    "For OR it is n, with A the input 0 and B its neighbours, and n leaves suffice."
    table = np.array(some(n), dtype=np.uint8)
    return [equal(khrapchenko(table, members(n)), Fraction(n)), equal(circuits.formula_upper(table), n)]


T.control(khrapchenko_of_or, "with B everything", n=[3, 6], members=everything)


def formula(inputs):
    """Parity of a power of two of inputs (columns of bits) by (x and not y) or (not x and y); its leaves."""
    if inputs.shape[1] == 1:
        return inputs[:, 0], 1
    half = inputs.shape[1] // 2
    (x, left), (y, right) = formula(inputs[:, :half]), formula(inputs[:, half:])
    return (x & (1 - y)) | ((1 - x) & y), 2 * left + 2 * right


@T.check(n=[1, 2, 4, 8, 16])
def attained(n, leaves=lambda n: n**2):
    "For n a power of two a formula of n^2 leaves computes parity: on all inputs."
    inputs = np.arange(2**n)[:, None] >> np.arange(n) & 1
    values, count = formula(inputs)
    return [equal(int((values != inputs.sum(axis=1) % 2).sum()), 0), equal(count, leaves(n))]


T.control(attained, "one leaf fewer", n=[4, 8], leaves=lambda n: n**2 - 1)


@T.check(n=[1, 2, 3, 4])
def least_formulas(n, leaves=(1, 4, 10, 16)):
    "The least formulas of up to four bits: n^2 leaves for n = 1, 2, 4, and one more than n^2 for n = 3."
    found = circuits.formula_cost(parity(n))
    return [equal(found, leaves[n - 1]), at_most(n**2, found)]


T.control(least_formulas, "n^2 always", leaves=(1, 4, 9, 16))


@T.figure
def picture():
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.2, 3.6), layout="constrained")
    axes = figure.subplots()
    n = list(range(1, 13))
    found = [sizes(parity(i)) for i in n[:11]]
    lines = [
        ("leaves of trees", [row[1] for row in found], "o-", "tab:red"),
        ("terms", [row[2] for row in found], "s-", "tab:orange"),
        ("leaves of formulas, at least", [i**2 for i in n], "^-", "tab:blue"),
        ("depth of trees", [row[0] for row in found], "v-", "0.5"),
        ("gates", [None, *(i - 1 for i in n[1:])], ".-", "black"),
    ]
    for label, values, style, color in lines:
        axes.plot(n[: len(values)], values, style, color=color, ms=4, label=label)
    axes.axhspan(1, 4, color="0.92", zorder=0)
    axes.annotate("forward: all of them at most 4", (12, 1.1), ha="right", va="bottom", fontsize=8)
    axes.set_yscale("log", base=2)
    axes.set_xlabel("bits of the parity")
    axes.set_ylabel("least size, inverse bit")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize=8)
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
