r"""Fair bits that an encoder needs to sample a posterior: at least its entropy, and less than two more.

A sampler that tosses fair coins is a binary tree whose leaves carry outcomes; a leaf at depth k is reached with
probability 2^-k, and the mean number of tosses is the sum of k 2^-k over leaves. If outcome i has probability p_i, its
leaves' 2^-k sum to p_i. The least mean takes for every i one leaf at depth k for each binary digit 1 of p_i at place k
(Knuth and Yao, 1976, recalled), and is

    B(p) = sum over i of nu(p_i),    nu(p) = sum over k of k 2^-k (digit k of p),    H(p) <= B(p) < H(p) + 2.       (1)

Two leaves of one outcome at depth k + 1 take (k + 1) 2^-k of the mean, one leaf at depth k in their place takes k 2^-k;
where no two are left, the leaves are the digits. For rational p the digits are periodic from some place on, and nu(p)
is rational: the periodic part sums to a geometric series and its derivative. The posterior of a uniform cause z given
x = f(z) is uniform on the preimages of x: with n of them B = n nu(1 / n), which is log2 n if n is a power of 2. If f is
injective there is nothing to toss. This counts coins, not gates: an encoder that must first find the preimages may be
large though it tosses few coins.
"""

from fractions import Fraction as Q
from functools import cache

import numpy as np
from flint import arb, fmpq

from retrodict.claims import Theorem, at_most, equal, less
from retrodict.maps import parse

T = Theorem(
    label="prop:sampling-bits",
    title="Sampling a posterior takes its entropy in fair bits, and less than two more",
    source="after Knuth and Yao (1976), recalled; written out here",
    statement=r"""The least mean number of fair bits from which a law $p$ on finitely many outcomes is sampled is
$B(p) = \sum_i \nu(p_i)$, $\nu(p) = \sum_k k\, 2^{-k}\, (\text{binary digit } k \text{ of } p)$, and $H(p) \le B(p) <
H(p) + 2$ in bits. For a uniform cause of a map $f$ on bits and an observation with $n$ preimages it is
$n\,\nu(1/n)$: $\log_2 n$ if $n$ is a power of two, more if not, and $0$ if $f$ is injective. Remark:
coins are counted, not gates.""",
    uses=["thm:random-functions"],
)

LAWS = [
    [Q(1, 3), Q(2, 3)],
    [Q(1, 7)] * 7,
    [Q(1, 2), Q(1, 3), Q(1, 6)],
    [Q(5, 8), Q(3, 8)],
    [Q(1, 1000), Q(999, 1000)],
    [Q(k + 1, 5050) for k in range(100)],
]
MAPS = ["random:n=6,seed=1", "random:n=10,seed=0"]


def ball(value):
    return arb(fmpq(value.numerator, value.denominator))


def nu(p):
    """nu(p) in fractions: the digits before the period, then the period once more from every later place."""
    if not 0 <= p <= 1:
        raise ValueError(f"p = {p}: must lie between 0 and 1")
    if p == 1:
        return Q(0)
    digits, seen, rest = [], {}, p
    while rest and rest not in seen:
        seen[rest] = len(digits)
        digits.append(int(2 * rest >= 1))
        rest = 2 * rest - digits[-1]
    total = sum((Q(k * digit, 2**k) for k, digit in enumerate(digits, 1)), Q(0))
    if not rest:
        return total
    start = seen[rest]
    r = len(digits) - start
    once = sum((Q(k * digit, 2**k) for k, digit in enumerate(digits[start:], start + 1)), Q(0))
    mass = sum((Q(digit, 2**k) for k, digit in enumerate(digits[start:], start + 1)), Q(0))
    # sum over j >= 1 of 2^-jr (once + j r mass)
    q = Q(1, 2**r)
    return total + once * q / (1 - q) + r * mass * q / (1 - q) ** 2


def bits(law):
    return sum((nu(p) for p in law), Q(0))


def entropy(law):
    """In bits."""
    return sum((-ball(p) * ball(p).log() for p in law if p), arb(0)) / arb(2).log()


def by_digits(p, places=200):
    """nu(p) up to a rest that is less than (places + 2) 2^-places."""
    total, rest = Q(0), p
    for k in range(1, places + 1):
        digit = int(2 * rest >= 1)
        total, rest = total + Q(k * digit, 2**k), 2 * rest - digit
    return total


def least_tree(counts, depth):
    """The least mean number of tosses for the dyadic law counts / 2^depth, over all ways to place leaves.

    An outcome with n / 2^depth of the mass has leaves at depths <= depth whose masses sum to it; a tree with given
    leaves exists whenever all masses sum to 1 (Kraft), so that the outcomes choose one by one.
    """

    @cache
    def cheapest(n, k):
        """For mass n / 2^depth, leaves at depth k or deeper."""
        if n == 0:
            return Q(0)
        if k > depth:
            return None
        size = 2 ** (depth - k)
        options = ((leaves, cheapest(n - leaves * size, k + 1)) for leaves in range(n // size + 1))
        return min(Q(leaves * k, 2**k) + rest for leaves, rest in options if rest is not None)

    return sum(cheapest(n, 0 if n == 2**depth else 1) for n in counts)


@T.check(law=range(len(LAWS)))
def digits(law, formula=nu):
    "The formula for periodic digits is the sum over digits."
    slack = Q(202, 2**200)
    values = [formula(p) - by_digits(p) for p in LAWS[law]]
    return [at_most(0, values), at_most(values, slack)]


T.control(digits, "the digits before the period only", law=[0], formula=lambda p: by_digits(p, 2))


@T.check(law=range(len(LAWS)))
def bounds(law, more=2):
    "(1): the entropy, and less than two bits more."
    found = bits(LAWS[law])
    return [at_most(entropy(LAWS[law]) - fmpq(1, 10**12), found), less(found, entropy(LAWS[law]) + more)]


T.control(bounds, "less than one bit more", more=1)


@T.check(depth=[1, 2, 3, 4], outcomes=[2, 3])
def least(depth, outcomes, formula=bits):
    "No tree that is one toss deeper does better, for all laws of two or three outcomes in multiples of 1/2 ... 1/16."
    claims = []
    for a in range(2**depth + 1):
        for b in range(2**depth + 1 - a) if outcomes == 3 else [0]:
            counts = [a, b, 2**depth - a - b]
            claims.append((formula([Q(n, 2**depth) for n in counts]), least_tree([2 * n for n in counts], depth + 1)))
    return equal(*map(list, zip(*claims, strict=True)))


T.control(least, "one toss more for each outcome", formula=lambda law: bits(law) + 1)


@T.check(n=[1, 2, 4, 8, 16, 3, 6, 12])
def uniform(n, size=lambda n: n):
    "On n equally likely preimages it is log2 n if n is a power of 2, and more else."
    found = bits([Q(1, size(n))] * size(n))
    whole = n & (n - 1) == 0
    return equal(found, n.bit_length() - 1) if whole else less(entropy([Q(1, n)] * n), found)


T.control(uniform, "on n + 1 preimages", n=[4], size=lambda n: n + 1)


def preimages(name):
    """For each observation that occurs, the number of its preimages."""
    return [int(n) for n in np.unique(parse(name).table, return_counts=True)[1]]


def mean_bits(name):
    """The mean over observations: n preimages are met with a mass of n / N."""
    sizes = preimages(name)
    return sum((Q(n, sum(sizes)) * n * nu(Q(1, n)) for n in sizes), Q(0))


@T.check(name=MAPS)
def maps(name, least=mean_bits):
    "For random maps the mean number of tosses is above the entropy of the cause, and less than two bits more."
    sizes = preimages(name)
    left = sum((ball(Q(n, sum(sizes))) * arb(n).log() for n in sizes), arb(0)) / arb(2).log()
    return [less(left, least(name)), less(least(name), left + 2)]


T.control(maps, "the logarithms rounded down", least=lambda name: sum(
    Q(n, sum(preimages(name))) * (n.bit_length() - 1) for n in preimages(name)
))  # fmt: skip


@T.check(name=["sbox:present", "gray:n=8"])
def injective(name):
    "For a bijection nothing is tossed."
    return equal(mean_bits(name), 0)


T.control(injective, "a random map", name=MAPS[:1])


@T.figure
def picture():
    """Least mean number of fair bits for one of n equally likely preimages: log2 n (line), and two more (dashed)."""
    from math import log2

    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6, 3.2), layout="constrained")
    axes = figure.subplots()
    ns = list(range(1, 65))
    axes.plot(ns, [float(bits([Q(1, n)] * n)) for n in ns], "o", color="#0072B2", markersize=3)
    axes.plot(ns, [log2(n) for n in ns], "-", color="black", linewidth=0.8)
    axes.plot(ns, [log2(n) + 2 for n in ns], "--", color="black", linewidth=0.8)
    axes.set(xlabel="preimages", ylabel="fair bits", ylim=(0, None))
    axes.spines[["top", "right"]].set_visible(False)
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
