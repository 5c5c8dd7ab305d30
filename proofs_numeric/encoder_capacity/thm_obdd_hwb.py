"""Least decision diagrams, over all orders of the inputs.

For a lower bound on the width of an encoder it is not enough that one order is bad: the minimum over all n! orders is
what counts. It is found exactly (Friedman and Supowit, 1990), here for functions whose growth is known: exponential for
the hidden weighted bit and for the middle bit of a product (Bryant, 1991), linear for parity and for the inner product.
Sizes count internal nodes, without complement edges. Those of the first two have no formula; up to 10 inputs an
independent program found the same.
"""

from itertools import permutations

from retrodict import circuits
from retrodict.claims import Theorem, equal, less
from retrodict.exact import circuits as exact

T = Theorem(
    label="thm:obdd-hwb",
    title="Least decision diagrams over all orders",
    source="Bryant, IEEE Trans. Computers 40 (1991); Friedman and Supowit, IEEE Trans. Computers 39 (1990)",
    bibtex=r"""@article{bryant1991complexity,
  author = {Randal E. Bryant},
  title = {On the complexity of {VLSI} implementations and graph representations of {Boolean} functions with
           application to integer multiplication},
  journal = {IEEE Transactions on Computers},
  volume = {40},
  pages = {205--213},
  year = {1991}
}
@article{friedman1990finding,
  author = {Steven J. Friedman and Kenneth J. Supowit},
  title = {Finding the optimal variable ordering for binary decision diagrams},
  journal = {IEEE Transactions on Computers},
  volume = {39},
  pages = {710--713},
  year = {1990}
}""",
    statement=r"""Let $B(f)$ be the least number of internal nodes of an ordered binary decision diagram of $f$ over all
orders of its inputs. For the hidden weighted bit, $f(x) = x_{|x|}$ with inputs numbered from 1 and $f(0) = 0$, it is
$1, 3, 7, 14, 21, 31, 44, 61, 80, 107, 137, 176, 222, 280, 346, 432, 529, 651, 794$ for $n = 2, \dots, 20$; one
order is not enough: with $x_1$ at the root and the others in turn it is $55$ and $119$ for $n = 8$ and $10$, with $x_n$
at the root $53$ and $107$. For bit $k - 1$ of the product of two $k$-bit numbers $B$ is
$2, 6, 12, 29, 61, 134, 313, 754, 1715, 4024$ for $k = 1, \dots, 10$; for the parity of $n$ bits it is $2n - 1$, under
every order; for the inner product of two vectors of $k$ bits it is $4k - 2$, under the interleaved order. Remarks. 1.
These are finite facts: no exponent can be read from them, and the growth is that of Bryant's theorems. 2. They are
about encoders that are decision diagrams; both functions of large diagrams have circuits of polynomial size, and
nothing follows for unrestricted encoders.""",
)

HIDDEN_WEIGHTED_BIT = {2: 1, 3: 3, 4: 7, 5: 14, 6: 21, 7: 31, 8: 44, 9: 61, 10: 80}
HIDDEN_WEIGHTED_BIT |= {11: 107, 12: 137, 13: 176, 14: 222, 15: 280, 16: 346, 17: 432, 18: 529, 19: 651, 20: 794}
MIDDLE_BIT = {1: 2, 2: 6, 3: 12, 4: 29, 5: 61, 6: 134, 7: 313, 8: 754, 9: 1715, 10: 4024}
FIXED_ORDERS = {8: [55, 53], 10: [119, 107]}  # of the hidden weighted bit: the natural order, and its reverse


def hidden_weighted_bit(n):
    return [x >> (x.bit_count() - 1) & 1 if x else 0 for x in range(2**n)]


def middle_bit(k):
    return [(x % 2**k) * (x >> k) >> (k - 1) & 1 for x in range(4**k)]


def parity(n):
    return [x.bit_count() & 1 for x in range(2**n)]


def inner_product(k):
    return [(x % 2**k & x >> k).bit_count() & 1 for x in range(4**k)]


def interleaved(k):
    return [i for j in range(k) for i in (j, k + j)]


def separated(k):
    return list(range(2 * k))


def least(table):
    return circuits.obdd_size(table).nodes


def natural(table):
    return circuits.obdd_size_of_order(table, range(len(table).bit_length() - 1))


@T.check(n=list(range(2, 17)), full={"n": list(range(2, 21))})
def hidden_weighted_bits(n, size=least):
    "The hidden weighted bit of n inputs."
    return equal(size(hidden_weighted_bit(n)), HIDDEN_WEIGHTED_BIT[n])


T.control(hidden_weighted_bits, "in the natural order of the inputs", n=[8, 10], size=natural)


def natural_and_reversed(n):
    return [range(n), range(n)[::-1]]


def best(n):
    return [circuits.obdd_size(hidden_weighted_bit(n)).order] * 2


@T.check(n=list(FIXED_ORDERS))
def natural_orders(n, orders=natural_and_reversed):
    "Neither the natural order nor its reverse is the best for the hidden weighted bit."
    table = hidden_weighted_bit(n)
    sizes = [circuits.obdd_size_of_order(table, order) for order in orders(n)]
    return [equal(sizes, FIXED_ORDERS[n]), less([least(table)] * 2, sizes)]


T.control(natural_orders, "the best order does not beat itself", orders=best)


@T.check(k=list(range(1, 8)), full={"k": list(range(1, 11))})
def middle_bits(k, size=least):
    "The middle bit of the product of two numbers of k bits."
    return equal(size(middle_bit(k)), MIDDLE_BIT[k])


T.control(middle_bits, "in the natural order, one factor above the other", k=[4, 5], size=natural)


@T.check(k=[5, 7, 8])
def sifting_is_not_enough(k, function=middle_bit):
    "Moving one input at a time, as programs do, stops at a larger diagram of the middle bit."
    table = function(k)
    return less(least(table), circuits.obdd_sift(table).nodes)


T.control(sifting_is_not_enough, "the inner product in place of the middle bit", function=inner_product)


@T.check(n=[1, 2, 3, 4, 5])
def parities(n, table=parity):
    "Parity has 2n - 1 nodes under every order."
    sizes = [circuits.obdd_size_of_order(table(n), order) for order in permutations(range(n))]
    return [equal(least(table(n)), 2 * n - 1), equal(sizes, [2 * n - 1] * len(sizes))]


T.control(parities, "the hidden weighted bit in place of parity", n=[5], table=hidden_weighted_bit)


@T.check(k=[1, 2, 3, 4, 5, 6], full={"k": list(range(1, 9))})
def inner_products(k, order=interleaved):
    "The inner product has 4k - 2 nodes, and the interleaved order has that size."
    table = inner_product(k)
    return equal([least(table), circuits.obdd_size_of_order(table, order(k))], [4 * k - 2] * 2)


T.control(inner_products, "one vector above the other: every value must be remembered", k=[3, 4], order=separated)


FUNCTIONS = {
    "hidden weighted bit, n = 4": hidden_weighted_bit(4),
    "hidden weighted bit, n = 5": hidden_weighted_bit(5),
    "middle bit, k = 2": middle_bit(2),
    "parity, n = 4": parity(4),
    "inner product, k = 2": inner_product(2),
}


@T.check(function=list(FUNCTIONS))
def definition(function, size=least):
    "The dynamic programme finds what trying every order finds, with distinct subfunctions counted by definition."
    return equal(size(FUNCTIONS[function]), exact.minimum_obdd(FUNCTIONS[function])[0])


T.control(definition, "one order in place of all", size=natural)


@T.check(n=[6, 8], full={"n": [6, 8, 10, 12]})
def witnesses(n, shift=0):
    "The order that the dynamic programme returns has the size that it claims, by definition."
    table = hidden_weighted_bit(n)
    found = circuits.obdd_size(table)
    return equal(exact.obdd_size_of_order(table, [(i + shift) % n for i in found.order]), found.nodes)


T.control(witnesses, "another order, each input replaced by the next", shift=1)


@T.figure
def picture():
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.2, 3.8), layout="constrained")
    axes = figure.subplots()
    k = list(range(1, 8))
    n = list(range(2, 15))
    sizes = range(2, 15, 2)
    lines = [
        ("hidden weighted bit, natural order", hidden_weighted_bit, natural, n, n, "s:", "0.6"),
        ("hidden weighted bit", hidden_weighted_bit, least, n, n, "s-", "black"),
        ("middle bit of a product, natural order", middle_bit, natural, k, sizes, "o:", "tab:orange"),
        ("middle bit of a product", middle_bit, least, k, sizes, "o-", "tab:red"),
        ("inner product", inner_product, least, k, sizes, "^-", "tab:blue"),
    ]
    for label, family, size, parameters, inputs, style, color in lines:
        axes.plot(inputs, [size(family(i)) for i in parameters], style, color=color, ms=4, label=label)
    axes.set_yscale("log")
    axes.set_xlabel("inputs")
    axes.set_ylabel("nodes (solid: least over all orders)")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize=8)
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
