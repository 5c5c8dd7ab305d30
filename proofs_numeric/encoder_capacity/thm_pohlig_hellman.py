r"""Exponentiation modulo a Fermat prime is a permutation of n bits, and easy to invert: a control for one-wayness.

Modulo p = 2^n + 1, x -> 3^x - 1 is a permutation of n bits; its circuits at n = 4 are smaller than those of its
inverse, and for large primes of another form nobody knows a fast inverse. But here the group has order p - 1 = 2^n, and
the exponent can be found bit by bit (Pohlig and Hellman, 1978): if g^e = y and e is a multiple of 2^i, then bit i of e
is 1 exactly if y^(2^(n-1-i)) is not 1. The algorithm of `exact.groups` takes at most (n^2 + 3 n - 2)/2 products, which
are counted here; trying all exponents takes 2^n. So a gap between the costs of a map and of its inverse at n = 4 says
nothing about large n.
"""

from retrodict import circuits
from retrodict.claims import Theorem, at_most, equal
from retrodict.exact.groups import discrete_logarithm
from retrodict.maps.modexp import modexp

T = Theorem(
    label="thm:pohlig-hellman",
    title="Discrete logarithms modulo Fermat primes are easy",
    source="Pohlig and Hellman, IEEE Trans. Inform. Theory 24 (1978); this count derived here",
    bibtex=r"""@article{pohlig1978improved,
  author = {Stephen C. Pohlig and Martin E. Hellman},
  title = {An improved algorithm for computing logarithms over {$GF(p)$} and its cryptographic significance},
  journal = {IEEE Transactions on Information Theory},
  volume = {24},
  pages = {106--110},
  year = {1978}
}""",
    statement=r"""Let $p = 2^n + 1$ be a prime, $n = 4, 8, 16$. Then $x \mapsto 3^x - 1 \bmod p$ is a permutation of
$\{0, 1\}^n$, and $x$ is found from its image with at most $(n^2 + 3n - 2)/2$ products modulo $p$, so many for $x = 1$.
The map is a negative control for one-wayness, not an example of it. At $n = 4$ its output bits cost $3, 4, 3, 3$ gates,
those of its inverse $5, 5, 5, 6$ (separate minima): such a gap at one size is no evidence for larger ones.""",
)


GATES = {"forward": [3, 4, 3, 3], "encoder": [5, 5, 5, 6]}


def bound(n):
    return (n * n + 3 * n - 2) // 2


def solve(n, y, order=lambda n: n):
    """The exponent that the algorithm finds for y, and how many products it takes."""
    products = 0

    def multiply(a, b):
        nonlocal products
        products += 1
        return a * b % (2**n + 1)

    return discrete_logarithm(y, 3, order(n), multiply), products


def exponents(n):
    """All of them for n = 4 and 8, and 64 spread over the 65,536 for n = 16."""
    return range(1, 2**n, 1 if n < 16 else 1023)


@T.check(n=[4, 8, 16])
def permutation(n, base=3):
    "Exponentiation is a permutation."
    return equal(len({pow(base, x, 2**n + 1) - 1 for x in range(2**n)}), 2**n)


T.control(permutation, "to the base 2, whose powers are few", base=2)


@T.check(n=[4, 8, 16])
def tables(n, base=3):
    "The map that is compared elsewhere is this one."
    return equal(sum(y == pow(base, x, 2**n + 1) - 1 for x, y in enumerate(modexp(n).table.tolist())), 2**n)


T.control(tables, "to the base 5", n=[4], base=5)


@T.check(n=[4, 8, 16])
def inverted(n, order=lambda n: n):
    "The algorithm finds the exponent."
    return equal([solve(n, pow(3, x, 2**n + 1), order)[0] for x in exponents(n)], list(exponents(n)))


T.control(inverted, "the order of the group taken for 2^(n-1)", order=lambda n: n - 1)
T.control(inverted, "the order of the group taken for 2^(n+1)", order=lambda n: n + 1)


@T.check(tier="full", n=[16])
def inverted_everywhere(n, order=lambda n: n):
    "All 65,536 exponents modulo 65537."
    return equal(sum(solve(n, pow(3, x, 2**n + 1), order)[0] == x for x in range(2**n)), 2**n)


T.control(inverted_everywhere, "the order of the group taken for 2^(n-1)", n=[8], order=lambda n: n - 1)


@T.check(n=[4, 8, 16])
def few_products(n, most=bound):
    "It never takes more than (n^2 + 3 n - 2)/2 products."
    return at_most(max(solve(n, pow(3, x, 2**n + 1))[1] for x in exponents(n)), most(n))


T.control(few_products, "a linear number is enough", most=lambda n: 2 * n)


@T.check(n=[4, 8, 16])
def attained(n, count=bound):
    "For x = 1 it takes exactly so many."
    return equal(solve(n, 3)[1], count(n))


T.control(attained, "as many as there are exponents: 2^n", count=lambda n: 2**n)


@T.check(direction=["forward", "encoder"])
def gates(direction, costs=GATES):
    "At n = 4 every bit of the inverse is dearer, which proves nothing about n."
    f = modexp(4) if direction == "forward" else modexp(4).inverse()
    return equal([circuits.gate_cost(f.output(i)) for i in range(4)], costs[direction])


T.control(gates, "the inverse costs what the map costs", costs=dict.fromkeys(GATES, GATES["forward"]))


@T.figure
def picture():
    """Products to find a logarithm: the worst case of the algorithm (dots: counted) and of trying all exponents."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6, 3.2), layout="constrained")
    axes = figure.subplots()
    n = list(range(2, 33))
    axes.plot(n, [2**k for k in n], "--", color="0.5", linewidth=1, label="all exponents")
    axes.plot(n, [bound(k) for k in n], "-", color="tab:red", linewidth=1, label="$(n^2+3n-2)/2$")
    axes.plot([4, 8, 16], [solve(k, 3)[1] for k in (4, 8, 16)], "o", color="tab:red", label="counted, $x=1$")
    axes.set(xlabel="$n$", ylabel="products modulo $2^n+1$", yscale="log")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
