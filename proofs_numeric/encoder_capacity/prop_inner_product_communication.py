"""The bits that two players must exchange to know an inner product, or whether they hold the same.

A protocol of c bits divides the matrix of a function, rows x and columns y, into at most 2^c rectangles on which it is
constant; both players know the value at the end. Those of ones number at least the rank of the matrix over the
rationals, for each is a matrix of rank 1, and at least the size of a fooling set: ones of which no two lie in one
rectangle of ones. For the inner product IP_n of two vectors of n bits, J - 2 IP is a Hadamard matrix; IP has rank
2^n - 1 and J - IP rank 2^n: more than 2^n rectangles, hence n + 1 bits. These suffice: one player names his vector, the
other answers. IP_n is what the first bit of s in the inverse of (x, y, s) -> (x, y, t) computes where t = 0
(thm:one-hidden-layer), while an output bit of the map itself needs one or two bits.
"""

import numpy as np

from retrodict.capacity.communication import communication, fooling_set, leaves
from retrodict.capacity.matrices import rank
from retrodict.claims import Theorem, at_most, equal
from retrodict.exact import restricted as exact
from retrodict.maps.graph_chain import inner_product as chain

T = Theorem(
    label="prop:inner-product-communication",
    title="The communication of inner product and equality",
    source="after Mehlhorn and Schmidt, STOC 1982; Kushilevitz and Nisan (1997), sections 1.3 and 1.4",
    bibtex=r"""@book{kushilevitz1997communication,
  author = {Eyal Kushilevitz and Noam Nisan},
  title = {Communication Complexity},
  publisher = {Cambridge University Press},
  year = {1997}
}""",
    statement=r"""Two players, who hold $x$ and $y$ of $n$ bits, need exactly $n + 1$ bits to know both the inner
product $\bigoplus_i x_i y_i$, and exactly $n + 1$ to know whether $x = y$. They need two for the parity of
$x \oplus y$. With $t_i = s_i \oplus s_{i+1} \oplus x_i y_i$ and one holding $x$, the other $y$ and $s$, every output
bit of the map $(x, y, s) \mapsto (x, y, t)$ takes at most two bits.""",
)


def inner_product(x, y):
    return (x & y).bit_count() & 1


def equality(x, y):
    return int(x == y)


def parity(x, y):
    return (x ^ y).bit_count() & 1


def matrix(n, function):
    return np.array([[function(x, y) for y in range(2**n)] for x in range(2**n)])


@T.check(n=[1, 2, 3, 4, 5, 6, 7, 8])
def ranks(n, function=inner_product):
    "The matrix of IP has rank 2^n - 1, its complement 2^n: more than 2^n rectangles."
    m = matrix(n, function)
    return [equal([rank(m), rank(1 - m)], [2**n - 1, 2**n]), at_most(2**n + 1, leaves(m))]


T.control(ranks, "the parity of x + y", n=[2, 4], function=parity)


@T.check(n=[1, 2, 3, 4, 5, 6, 7, 8])
def fooling(n, function=equality):
    "Equality has a fooling set of size 2^n for its ones, and one zero at least: n + 1 bits."
    m = matrix(n, function)
    places = fooling_set(m)
    clashes = sum(int(m[i, l]) & int(m[k, j]) for i, j in places for k, l in places if (i, j) != (k, l))
    return [equal([len(places), clashes], [2**n, 0]), equal((leaves(m) - 1).bit_length(), n + 1)]


T.control(fooling, "the parity of x + y", n=[2, 4], function=parity)


@T.check(function=["inner product", "equality"], n=[1, 2, 3])
def least(function, n, extra=1):
    "By the search over all protocols: n + 1 bits."
    m = matrix(n, inner_product if function == "inner product" else equality)
    return equal(communication(m), n + extra)


T.control(least, "n bits", extra=0)


@T.check(function=["inner product", "equality", "parity"], n=[1, 2])
def definition(function, n, transposed=True):
    "The search finds what the definition gives, and does not depend on whose the rows are."
    m = matrix(n, {"inner product": inner_product, "equality": equality, "parity": parity}[function])
    other = m.T if transposed else 1 - np.eye(4, dtype=int)
    return [equal(communication(m), exact.communication(m.tolist())), equal(communication(other), communication(m))]


T.control(definition, "another matrix", n=[1], transposed=False)


@T.check(n=[1, 2, 3, 4, 5, 6, 7, 8])
def parities(n, function=parity):
    "The parity of x + y takes two bits: two distinct rows, whatever n."
    return equal(communication(np.unique(matrix(n, function), axis=0)), 2)


T.control(parities, "equality", n=[2, 3], function=equality)


@T.check(n=[1, 2, 3, 4, 5])
def forward(n, encoder=False):
    "An output bit of the map takes at most two bits between the holder of x and that of y and s."
    f = chain(3 * n).inverse() if encoder else chain(3 * n)
    matrices = [f.output(i).reshape(-1, 2**n) for i in range(3 * n)]  # columns: x, the lowest bits
    return at_most([communication(distinct(m)) for m in matrices], [2] * (3 * n))


T.control(forward, "nor does a bit of the inverse take more", n=[2, 3], encoder=True)


def distinct(m):
    return np.unique(np.unique(m, axis=0), axis=1)


@T.figure
def picture():
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.2, 3.2), layout="constrained")
    axes = figure.subplots()
    n = range(1, 9)
    axes.plot(n, [i + 1 for i in n], "o-", color="tab:red", ms=5, label="inner product: the inverse bit")
    axes.plot(n, [i + 1 for i in n], "x", color="black", ms=5, label="equality")
    axes.plot(n, [2] * 8, "s-", color="0.5", ms=4, label="an output bit of the map, at most")
    axes.set_xlabel("$n$")
    axes.set_ylabel("bits exchanged")
    axes.set_ylim(0, 10)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="upper left")
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
