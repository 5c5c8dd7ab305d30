"""Two monomials an output bit on the way down, Fibonacci many on the way up.

The map t_i = x_i + x_{i-1} x_{i-2} over GF(2) (t_0 = x_0, t_1 = x_1) is inverted from the bottom:
x_i = t_i + q_{i-1} with q_i = x_i x_{i-1}, q_0 = 0. Because bits are idempotent, x_{i-1} q_{i-1} = q_{i-1}, so that

    q_i = (t_i + q_{i-1}) x_{i-1} = t_i x_{i-1} + q_{i-1}.                                                     (1)

As polynomials in t the two terms of (1) share no monomial, since t_i is in none of q_{i-1}, nor do those of
x_i = t_i + q_{i-1}. Let a_i be the number of monomials of x_i. Then q_i has a_{i+1} - 1, and (1) says
a_{i+1} = a_i + a_{i-1}, with a_0 = a_1 = 1. In the same way the degree of q_i is one more than that of x_{i-1}, and the
degree of x_i is 1 + floor(i/2).
"""

from collections import Counter

import sympy

from retrodict.capacity.degree import degree
from retrodict.capacity.monomials import monomials
from retrodict.claims import Theorem, at_most, equal
from retrodict.exact import circuits as exact
from retrodict.maps import BooleanMap
from retrodict.maps.algebraic import triangular

T = Theorem(
    label="thm:triangular-fibonacci",
    title="A triangular map whose inverse has Fibonacci many monomials",
    source="derived here",
    statement=r"""Let $t_i = x_i + x_{i-1} x_{i-2}$ over $\mathrm{GF}(2)$ for $0 \le i < n$, where
$x_{-1} = x_{-2} = 0$. Each $t_i$ has at most two monomials, of degree at most two. In the inverse, $x_i$ has $F_{i+1}$
monomials, the Fibonacci numbers with $F_1 = F_2 = 1$, at least $\varphi^{i-1}$ for the golden ratio $\varphi$, and
degree $1 + \lfloor i/2 \rfloor$.""",
)

PHI = (1 + sympy.sqrt(5)) / 2


def fibonacci(i):
    """F_{i+1}: 1, 1, 2, 3, 5, ..."""
    a, b = 1, 1
    for _ in range(i):
        a, b = b, a + b
    return a


def linear(n):
    """t_i = x_i + x_{i-1}."""
    return BooleanMap("linear", n, n, [x ^ x << 1 & 2**n - 1 for x in range(2**n)])


def outputs(boolean_map):
    return [boolean_map.output(i) for i in range(boolean_map.n_outputs)]


def times(p, q, join=lambda a, b: a | b):
    """The product of polynomials over GF(2): sets of monomials, each a set of variables as the bits of an integer."""
    counts = Counter(join(a, b) for a in p for b in q)
    return {monomial for monomial, count in counts.items() if count % 2}


def inverse_polynomials(n):
    """x_0, ..., x_{n-1} as polynomials in t, by the recursion."""
    x = []
    for i in range(n):
        x.append({1 << i} ^ (times(x[i - 1], x[i - 2]) if i > 1 else set()))
    return x


@T.check(n=[8, 16])
def forward(n, encoder=False):
    "Forward, an output bit has at most two monomials, of degree at most two."
    t = triangular(n)
    bits = outputs(t.inverse() if encoder else t)
    return [at_most([monomials(bit) for bit in bits], [2] * n), at_most([degree(bit) for bit in bits], [2] * n)]


T.control(forward, "nor is the inverse larger", encoder=True)


@T.check(n=[8, 16])
def counts(n, build=triangular):
    "Backward, they have Fibonacci many monomials."
    return equal([monomials(bit) for bit in outputs(build(n).inverse())], [fibonacci(i) for i in range(n)])


T.control(counts, "the linear map t_i = x_i + x_{i-1}: the counts are 1, 2, 3, ...", build=linear)


@T.check(n=[8, 16])
def degrees(n, build=triangular):
    "Backward, bit i has degree 1 + floor(i/2)."
    return equal([degree(bit) for bit in outputs(build(n).inverse())], [1 + i // 2 for i in range(n)])


T.control(degrees, "the linear map t_i = x_i + x_{i-1}", build=linear)


@T.check(n=[1, 4, 8])
def definition(n, build=triangular):
    "The recursion gives the polynomials that the definition takes from the truth tables of the inverse."
    coefficients = [[int(m in polynomial) for m in range(2**n)] for polynomial in inverse_polynomials(n)]
    return [equal(c, exact.anf(bit.tolist())) for c, bit in zip(coefficients, outputs(build(n).inverse()), strict=True)]


T.control(definition, "the inverse of the linear map", build=linear)


@T.check(i=list(range(1, 16)))
def step(i, join=lambda a, b: a | b):
    "Formula (1), and its two terms share no monomial."
    x = inverse_polynomials(i + 1)
    q = times(x[i], x[i - 1], join)
    kept = times(x[i - 1], x[i - 2], join) if i > 1 else set()
    joined = times({1 << i}, x[i - 1])
    return [equal(sorted(q), sorted(joined | kept)), equal(len(joined & kept), 0)]


T.control(step, "variables that square to 1, such as signs, instead of bits", join=lambda a, b: a ^ b)


@T.check(i=list(range(1, 41)))
def growth(i, exponent=lambda i: i - 1):
    "These are at least as many as the powers of the golden ratio: exponentially many."
    return at_most(PHI ** exponent(i), fibonacci(i))


T.control(growth, "one power more", exponent=lambda i: i)


@T.figure
def picture():
    from matplotlib.figure import Figure

    n = 16
    t = triangular(n)
    figure = Figure(figsize=(6.2, 3.4), layout="constrained")
    axes = figure.subplots()
    i = range(n)
    axes.plot(i, [monomials(bit) for bit in outputs(t.inverse())], "o", color="tab:red", ms=5, label="inverse")
    axes.plot(i, [fibonacci(k) for k in i], "-", color="tab:red", lw=0.8, label="$F_{i+1}$")
    axes.plot(
        i,
        [monomials(bit) for bit in outputs(linear(n).inverse())],
        "^",
        color="0.6",
        ms=4,
        label="inverse of the linear map",
    )
    axes.plot(i, [monomials(bit) for bit in outputs(t)], "s", color="black", ms=4, label="forward")
    axes.set_yscale("log")
    axes.set_xlabel("output bit $i$")
    axes.set_ylabel("monomials over GF(2)")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="upper left")
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
