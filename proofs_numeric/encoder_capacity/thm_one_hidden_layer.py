"""Permutations that one hidden layer computes and no small hidden layer inverts.

The map (x, y, s) -> (x, y, t) on 3n bits has t_i = s_i + s_{i+1} + x_i y_i, where s_{n+1} = 0. At t = 0 the first bit
of s in its inverse is the inner product IP(x, y), the sum of x_i y_i. Let a net with one hidden layer of w units,

    sgn(a_1 phi_1(u_1 x + v_1 y + ...) + ... + a_w phi_w(u_w x + v_w y + ...) + b),

with any functions phi_j and real a_j, b, and integers |u| <= W on the inputs, give that bit. As a matrix with rows x
and columns y, phi_j has equal rows where u_j x is equal, and u_j x has at most nW + 1 values, for it runs over integers
in an interval of length |u_1| + ... + |u_n|. So a matrix of rank at most w (nW + 1) + 1 has the signs of IP (if an
argument of sgn is 0, move b a little). Forster (2002): such a matrix has rank at least 2^n / ||H||, where H is the
matrix of signs, with spectral norm 2^(n/2) because H H^T = 2^n I. Hence

    w >= (2^(n/2) - 1) / (nW + 1).                                                                              (1)

What this is not. It is about one hidden layer: a second one suffices, with O(n) units for an output bit (`encoder`
below builds it), so the gap is one of depth. It is about nets that are right at every codeword with t = 0; an error on
a small fraction of them is a question of discrepancy and approximate sign-rank, which (1) does not answer. It needs no
assumption. For an encoder of the posterior: let q(z|x) be Gaussian around such a net; if the posterior has the sign of
s_1 right with probability p and TV < p - 1/2 at every codeword, then q has it right more often than not, so has its
mean, and (1) bounds the width.
"""

from itertools import permutations, product

import flint
import numpy as np

from retrodict.capacity.matrices import rank
from retrodict.capacity.sign_rank import forster_bound, norm_powers, sign_changes
from retrodict.claims import Theorem, at_most, equal, less
from retrodict.maps.graph_chain import inner_product as chain

T = Theorem(
    label="thm:one-hidden-layer",
    title="One-way permutations for one hidden layer",
    source="derived here, from Forster, J. Computer and System Sciences 65 (2002)",
    bibtex=r"""@article{forster2002linear,
  author = {J{\"u}rgen Forster},
  title = {A linear lower bound on the unbounded error probabilistic communication complexity},
  journal = {Journal of Computer and System Sciences},
  volume = {65},
  pages = {612--625},
  year = {2002}
}""",
    statement=r"""Let $t_i = s_i \oplus s_{i+1} \oplus x_i y_i$ for $i \le n$, $s_{n+1} = 0$. The permutation
$(x, y, s) \mapsto (x, y, t)$ of $3n$ bits is computed by nets of sign units with one hidden layer, at most $16$ units
for an output bit. A net with one hidden layer of $w$ units of any kind, with integer weights of modulus at most $W$ on
its inputs, that gives the first bit of $s$ in the inverse at every codeword with $t = 0$, has
$w \ge (2^{n/2} - 1)/(nW + 1)$. A second hidden layer suffices with $O(n)$ units, so this is a statement about depth;
it assumes nothing, and it says nothing of nets that err on a few codewords.""",
)

# The least integer w that (1) allows.
WIDTHS = {
    (32, "1"): 1986,
    (48, "1"): 342393,
    (64, "1"): 66076420,
    (32, "n"): 64,
    (48, "n"): 7279,
    (64, "n"): 1048321,
}


def inner_product(x, y):
    return (x & y).bit_count() & 1


def equality(x, y):
    return int(x == y)


def parity(x, y):
    return (x ^ y).bit_count() & 1


def signs(n, function):
    """Rows x, columns y: 1 where the function is 0 and -1 where it is 1."""
    return np.array([[1 - 2 * function(x, y) for y in range(2**n)] for x in range(2**n)])


def differences(a, b):
    """The number of entries at which two arrays of integers differ."""
    return int((np.asarray(a) != np.asarray(b)).sum())


# ---- the lower bound


@T.check(n=[1, 2, 3, 4], full={"n": [1, 2, 3, 4, 5]})
def inverse_bit(n, output=0):
    "At t = 0 the first bit of s in the inverse is the inner product of x and y."
    bit = chain(3 * n).inverse().output(2 * n + output)[: 4**n].reshape(2**n, 2**n)  # rows y, columns x
    return equal(differences(1 - 2 * bit.T.astype(int), signs(n, inner_product)), 0)


T.control(inverse_bit, "the second bit of s, which sums one term less", n=[2, 3], output=1)


@T.check(n=[2, 4, 6, 8])
def norm(n, function=inner_product):
    "H H^T = 2^n I, so that the norm of H is 2^(n/2), and the sign-rank at least that."
    h = signs(n, function)
    return [
        equal(differences(h @ h.T, 2**n * np.eye(2**n, dtype=int)), 0),
        equal(norm_powers(h)[0], (2, 2**n)),
        equal(forster_bound(h), 2 ** (n // 2)),
    ]


T.control(norm, "equality in place of the inner product", function=equality)
T.control(norm, "the parity of x + y, of rank 1", function=parity)


def unit(n, bound, seed):
    """A hidden unit as a matrix: weights drawn from -bound ... bound, and any values at the sums that occur."""
    draw = np.random.default_rng(seed)
    u, v = draw.integers(-bound, bound + 1, (2, n))
    x = np.arange(2**n)[:, None] >> np.arange(n) & 1
    sums = (x @ u)[:, None] + x @ v
    return draw.integers(-9, 10, 4 * bound * n + 1)[sums + 2 * bound * n]


@T.check(n=[8], W=[1, 2, 3], seed=[0, 1, 2])
def units(n, W, seed, factor=1):
    "A hidden unit with any activation is a matrix of rank at most nW + 1: units drawn at random."
    return at_most(rank(unit(n, factor * W, seed)), n * W + 1)


T.control(units, "weights of modulus up to 4W", factor=4)


def largest_threshold_unit(n, W):
    """The largest rank of [u x + v y >= c] over the weights u = v of modulus at most W, and over c.

    Complementing an input moves c, and permuting them changes nothing, so the weights are ascending and not negative.
    Inputs with equal sums are equal rows, so each sum is taken once.
    """
    best = 0
    for weights in product(range(W + 1), repeat=n):
        if list(weights) == sorted(weights):
            sums = sorted({sum(w for i, w in enumerate(weights) if x >> i & 1) for x in range(2**n)})
            for c in range(1, 2 * sums[-1] + 1):
                best = max(best, int(flint.fmpz_mat([[int(a + b >= c) for b in sums] for a in sums]).rank()))
    return best


@T.check(n=[8], W=[1, 2])
def thresholds(n, W, bound=lambda n, W: n * W + 1):
    "So are sign units; of all with u = v the largest has rank 9 for W = 1, which is the bound, and 16 for W = 2."
    largest = largest_threshold_unit(n, W)
    return [equal(largest, {1: 9, 2: 16}[W]), at_most(largest, bound(n, W))]


T.control(thresholds, "rank at most n", bound=lambda n, W: n)


def width(n, W):
    """The least w with w (nW + 1) + 1 >= 2^(n/2), n even."""
    return -(-(2 ** (n // 2) - 1) // (n * W + 1))


@T.check(case=list(WIDTHS))
def values(case, width=width):
    "The width that (1) asks for, W = 1 and W = n."
    n, W = case
    return equal(width(n, n if W == "n" else 1), WIDTHS[case])


T.control(values, "the sign-rank is at least 2^n / n", width=lambda n, W: -(-(2**n // n) // (n * W + 1)))


@T.check(n=list(range(2, 129, 2)), W=[1, 2, 8, 128])
def least(n, W, width=width):
    "Up to n = 128 and W = 128 it is the least integer that satisfies (1): one unit less does not."
    w = width(n, W)
    return [at_most(2 ** (n // 2), w * (n * W + 1) + 1), less((w - 1) * (n * W + 1) + 1, 2 ** (n // 2))]


T.control(least, "(1) without the constant unit b", width=lambda n, W: -(-(2 ** (n // 2)) // (n * W + 1)))
T.control(least, "rounded down", width=lambda n, W: (2 ** (n // 2) - 1) // (n * W + 1))


# ---- where the bound must not come out


@T.check(n=[2, 4, 6])
def equality_is_easy(n, function=equality):
    "For equality the norm is 2^n - 2 and Forster's bound 2; two changes of sign in a row show sign-rank at most 3."
    m, size = -signs(n, function), 2**n  # 2 I - J
    eye, one = np.eye(size, dtype=int), np.ones(size, dtype=int)
    annihilated = (m - 2 * eye) @ (m + (size - 2) * eye)
    return [
        equal(differences(annihilated, 0 * eye), 0),  # eigenvalues 2 and 2 - 2^n, the latter with vector 1
        equal(differences(m @ one, (2 - size) * one), 0),
        equal(forster_bound(m), 2),
        equal(1 + sign_changes(m), 3),
    ]


T.control(equality_is_easy, "the inner product", function=inner_product)


@T.check()
def equality_is_three(function=equality):
    """The sign-rank of equality is 3: it is at most 2 if and only if the columns, each with a sign, can be ordered so
    that a row changes sign at most once, and of four columns no order and no signs do that."""
    m = signs(2, function)
    arrangements = [(order, flips) for order in permutations(range(4)) for flips in product((1, -1), repeat=4)]
    return equal(min(sign_changes((m * flips)[:, order]) for order, flips in arrangements), 2)


T.control(equality_is_three, "x > y", function=lambda x, y: int(x > y))


@T.check(n=[2, 4, 6])
def parity_is_easy(n, function=parity):
    "The parity of x + y has rank 1."
    return equal([rank(signs(n, function)), forster_bound(signs(n, function))], [1, 1])


T.control(parity_is_easy, "the inner product", function=inner_product)


# ---- nets


def fires(weights, least, inputs):
    """Sign units as bits: 1 where the weighted sum of the inputs (columns of bits) is at least `least`."""
    return (inputs @ np.asarray(weights).T >= np.asarray(least)).astype(np.int64)


def points(n_bits):
    return np.arange(2**n_bits)[:, None] >> np.arange(n_bits) & 1


def shallow(table, read):
    """One hidden layer for a function of the inputs `read`: a unit for each of its ones, then a unit for their OR."""
    ones = [a for a in product((0, 1), repeat=len(read)) if table(*a)]

    def net(inputs):
        weights = np.zeros((len(ones), inputs.shape[1]), dtype=np.int64)
        weights[:, read] = 2 * np.array(ones) - 1
        hidden = fires(weights, [sum(a) for a in ones], inputs)
        return fires(np.ones((1, len(ones))), [1], hidden)[:, 0]

    return net, len(ones)


def forward_nets(n, product=lambda x, y: x & y):
    """A net for every output bit of the map, and its hidden units."""
    nets = [shallow(lambda x: x, [i]) for i in range(2 * n)]
    for i in range(n - 1):
        nets.append(shallow(lambda x, y, s, r: s ^ r ^ product(x, y), [i, n + i, 2 * n + i, 2 * n + i + 1]))
    nets.append(shallow(lambda x, y, s: s ^ product(x, y), [n - 1, 2 * n - 1, 3 * n - 1]))
    return nets


def encoder_nets(n, steps=lambda m: m):
    """A net for every s_i of the inverse, and its hidden units in both layers.

    s_i is the parity of t_j and x_j y_j, j >= i. The first layer has x_j y_j and t_j; with m bits from it the second
    has a unit for each threshold 1 ... m on their number, and the output adds and subtracts them in turn.
    """

    def net(first):
        m = 2 * (n - first)

        def run(inputs):
            weights = np.zeros((m, 3 * n), dtype=np.int64)
            for row, j in enumerate(range(first, n)):
                weights[2 * row, [j, n + j]] = 1
                weights[2 * row + 1, 2 * n + j] = 1
            hidden = fires(weights, [2, 1] * (n - first), inputs)
            counts = fires(np.ones((steps(m), m)), np.arange(1, steps(m) + 1), hidden)
            return fires([[(-1) ** k for k in range(steps(m))]], [1], counts)[:, 0]

        return run, 2 * m

    return [net(i) for i in range(n)]


@T.check(n=[1, 2, 3, 4], full={"n": [1, 2, 3, 4, 5]})
def forward(n, product=lambda x, y: x & y):
    "One hidden layer of at most 16 sign units, weights 1 and -1, computes an output bit of the map: all inputs."
    f, nets = chain(3 * n), forward_nets(n, product)
    found = [net(points(3 * n)) for net, _ in nets]
    return [
        equal(differences(found, [f.output(i) for i in range(3 * n)]), 0),
        at_most([hidden for _, hidden in nets], [16] * (3 * n)),
    ]


T.control(forward, "without the products x_i y_i", n=[2, 3], product=lambda x, y: 0)


@T.check(n=[1, 2, 3, 4], full={"n": [1, 2, 3, 4, 5]})
def encoder(n, steps=lambda m: m):
    "Two hidden layers of together at most 4n sign units compute a bit of s in the inverse: all inputs."
    inverse, nets = chain(3 * n).inverse(), encoder_nets(n, steps)
    found = [net(points(3 * n)) for net, _ in nets]
    return [
        equal(differences(found, [inverse.output(2 * n + i) for i in range(n)]), 0),
        at_most([hidden for _, hidden in nets], [4 * n] * n),
    ]


T.control(encoder, "one threshold less in the second layer", n=[2, 3], steps=lambda m: m - 1)


@T.figure
def picture():
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.2, 3.6), layout="constrained")
    axes = figure.subplots()
    n = list(range(2, 129, 2))
    axes.plot(n, [width(i, 1) for i in n], color="tab:red", label="one hidden layer, weights 1: at least (1)")
    axes.plot(n, [width(i, i) for i in n], "--", color="tab:red", label="weights up to $n$: at least (1)")
    axes.plot(n, [4 * i for i in n], color="black", label="two hidden layers: enough")
    axes.plot(n, [16] * len(n), color="0.6", label="the map itself, one hidden layer: enough")
    axes.set_yscale("log")
    axes.set_xlabel("$n$ (the map has $3n$ bits)")
    axes.set_ylabel("hidden units for an output bit")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize=8, loc="upper left")
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
