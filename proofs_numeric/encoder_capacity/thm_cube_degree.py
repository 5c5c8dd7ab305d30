"""A quadratic map whose inverse has large degree: x -> x^3 over GF(2^n), n odd.

With a basis of GF(2^n) over GF(2), a power map x^e is n polynomials over GF(2) in n bits. The square is linear, so the
degree of x^e is at most the number of ones of e in binary; it is that number for every output bit, if x^e is a
permutation (Carlet, 2021, section 2.2.2). So x^3 has degree 2. Its inverse is x^e with 3 e = 2 (2^n - 1) + 1, that is
e = 1 + 4 + 16 + ... + 2^(n-1), which has (n + 1)/2 ones: forward, products of two inputs; backward, of (n + 1)/2.
"""

import numpy as np
import sympy

from retrodict.capacity.degree import degree
from retrodict.capacity.monomials import monomials
from retrodict.capacity.truth_table import anf
from retrodict.claims import Theorem, equal
from retrodict.exact import circuits as exact
from retrodict.maps import BooleanMap
from retrodict.maps.algebraic import CUBE_POLYNOMIALS
from retrodict.maps.gf2 import power

T = Theorem(
    label="thm:cube-degree",
    title="The degree of the cube and of its inverse",
    source="after Nyberg, EUROCRYPT 1993; Carlet (2021), section 2.2.2",
    bibtex=r"""@inproceedings{nyberg1993differentially,
  author = {Kaisa Nyberg},
  title = {Differentially uniform mappings for cryptography},
  booktitle = {Advances in Cryptology -- EUROCRYPT '93},
  series = {LNCS},
  volume = {765},
  pages = {55--64},
  publisher = {Springer},
  year = {1993}
}
@book{carlet2021boolean,
  author = {Claude Carlet},
  title = {{Boolean} Functions for Cryptography and Coding Theory},
  publisher = {Cambridge University Press},
  year = {2021}
}""",
    statement=r"""For odd $n$, $x \mapsto x^3$ is a permutation of $\mathrm{GF}(2^n)$. Every output bit of it has
degree $2$ over $\mathrm{GF}(2)$, and every output bit of its inverse has degree $(n+1)/2$, in every basis.""",
)

POLYNOMIALS = CUBE_POLYNOMIALS | {4: 0x13, 6: 0x43, 8: 0x11B}
ODD = [3, 5, 7, 9, 11, 13]
# Sums over the output bits in the basis 1, t, t^2, ...; they depend on the basis, the degrees do not.
MONOMIALS = {3: (9, 10), 5: (34, 60), 7: (73, 349), 9: (142, 1766), 11: (199, 7983), 13: (460, 38121)}

N = sympy.Symbol("N", positive=True)


def power_map(n, exponent=3):
    x = np.arange(2**n, dtype=np.uint64)
    return BooleanMap(f"x^{exponent}", n, n, power(x, exponent, POLYNOMIALS[n]))


def degrees(of):
    return [degree(of.output(i)) for i in range(of.n_outputs)]


def inverse_exponent(N):
    return (2 * N - 1) / 3


@T.check()
def exponents(inverse=inverse_exponent):
    "With N = 2^n, e = (2 N - 1)/3 inverts 3 modulo N - 1: 3 e exceeds a multiple of N - 1 by one."
    return equal(3 * inverse(N), 2 * (N - 1) + 1)


T.control(exponents, "e = (N + 1)/3, which is 2/3 modulo N - 1", inverse=lambda N: (N + 1) / 3)


@T.check(n=list(range(3, 100, 2)))
def weights(n, inverse=inverse_exponent):
    "That exponent is an integer with (n + 1)/2 ones in binary."
    e = inverse(sympy.Integer(2) ** n)
    return [equal(e.q, 1), equal(int(e).bit_count(), (n + 1) // 2)]


T.control(weights, "n even: 3 divides 2^n - 1", n=[4, 6])
T.control(weights, "e = 2^n - 2, the reciprocal in the field", inverse=lambda N: N - 2)


@T.check(n=ODD)
def permutation(n):
    "The cube is a permutation."
    return equal(len(set(power_map(n).table.tolist())), 2**n)


T.control(permutation, "n even: the three cube roots of 1 collide", n=[4, 6, 8])


@T.check(n=ODD)
def forward(n, exponent=3):
    "Every output bit of the cube has degree 2."
    return equal(degrees(power_map(n, exponent)), [2] * n)


T.control(forward, "the seventh power: three ones", n=[5, 7], exponent=7)


@T.check(n=ODD)
def encoder(n, exponent=3):
    "Every output bit of the inverse has degree (n + 1)/2."
    return equal(degrees(power_map(n, exponent).inverse()), [(n + 1) // 2] * n)


T.control(encoder, "the square is linear, and so is its inverse", n=[5, 7], exponent=2)


@T.check(n=ODD)
def inverse_power(n, factor=1):
    "The inverse is the power with the exponent (2^(n+1) - 1)/3."
    e = int(inverse_exponent(sympy.Integer(2) ** n))
    return equal(power_map(n).inverse().table.tolist(), power_map(n, factor * e).table.tolist())


T.control(inverse_power, "twice that exponent", n=[3, 5], factor=2)


@T.check(n=[3, 5, 7])
def definition(n, polynomial=anf):
    "The fast transform gives the polynomials of the inverse that the definition gives."
    inverse = power_map(n).inverse()
    bits = [inverse.output(i) for i in range(n)]
    return [equal(polynomial(bit).tolist(), exact.anf(bit.tolist())) for bit in bits]


T.control(definition, "the truth table itself", n=[3], polynomial=lambda bit: bit)


@T.check(n=ODD)
def products(n, direction=("forward", "encoder")):
    "In the polynomial basis the inverse takes this many monomials, in all its bits together."
    cube = power_map(n)
    maps = {"forward": cube, "encoder": cube.inverse()}
    totals = [sum(monomials(maps[way].output(i)) for i in range(n)) for way in direction]
    return equal(totals, list(MONOMIALS[n]))


T.control(products, "the inverse is no larger", n=[5, 7], direction=("forward", "forward"))


@T.figure
def picture():
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.6, 3.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    n = list(MONOMIALS)
    left.plot(n, [(i + 1) // 2 for i in n], "o-", color="tab:red", ms=4, label="inverse")
    left.plot(n, [2] * len(n), "s-", color="black", ms=4, label="$x^3$")
    left.set_ylabel("degree of every output bit")
    left.set_ylim(0, 8)
    right.plot(n, [MONOMIALS[i][1] for i in n], "o-", color="tab:red", ms=4, label="inverse")
    right.plot(n, [MONOMIALS[i][0] for i in n], "s-", color="black", ms=4, label="$x^3$")
    right.set_ylabel("monomials, all output bits")
    right.set_yscale("log")
    for axes in (left, right):
        axes.set_xticks(n)
        axes.set_xlabel("$n$")
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False, loc="upper left")
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
