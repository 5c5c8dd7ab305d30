r"""How far a random function is from being invertible.

Let f be uniform among the functions of N points. The other N - 1 points go where a given point z goes independently,
with probability 1/N each, so that the fibre of z has the size K = 1 + Bin(N - 1, 1/N). The image fraction is the mean
of 1/K over z, and the posterior entropy H(z|f(z)), z uniform, the mean of log2 K. Hence

    E |Im f| / N = E 1/K = 1 - (1 - 1/N)^N,    E H = E log2 K.                                                     (1)

Since (1 - 1/N)^N < 1/e < (1 - 1/N)^(N-1), the first lies between 1 - 1/e and 1 - 1/e + 1/(eN). K - 1 tends to a Poisson
variable of mean 1, and E H to e^-1 sum over k of log2(1 + k) / k! = .827245...: the best deterministic encoder of a
large random function finds the cause with probability .632, and no encoder can resolve the last .827 bits. A
permutation has 1 and 0. Derived here; the law of K is folklore.
"""

from collections import Counter
from fractions import Fraction as Q
from itertools import product
from math import comb, factorial

import numpy as np
from flint import arb

from retrodict.capacity.posterior_entropy import posterior_entropy
from retrodict.claims import Computed, Law, Theorem, equal, less, near
from retrodict.maps.permutations import perm, random

T = Theorem(
    label="thm:random-functions",
    title="Image and posterior entropy of a random function",
    source="folklore; finite forms derived here",
    statement=r"""Let $f$ be a uniformly random function on $N$ points and $z$ uniform. Then
$\mathbb E\,|\mathrm{Im} f| / N = 1 - (1 - 1/N)^N$, which lies between $1 - 1/e$ and $1 - 1/e + 1/(eN)$, and
$\mathbb E\,H(z \mid f(z)) = \mathbb E \log_2 K$ with $K = 1 + \mathrm{Bin}(N - 1, 1/N)$, which for $N = 2^{16}$ is
within $1/N$ of $e^{-1} \sum_{k \ge 0} \log_2(1 + k) / k! = 0.827245\ldots$ bits. For a permutation they are $1$
and $0$.""",
)


def fibre_law(N):
    """P(K = k), k = 1, ..., N."""
    return {k: Q(comb(N - 1, k - 1) * (N - 1) ** (N - k), N ** (N - 1)) for k in range(1, N + 1)}


def image_fraction(N):
    return 1 - (1 - Q(1, N)) ** N


def without_the_point_itself(N):
    """Bin(N - 1, 1/N), on 0, ..., N - 1."""
    return {k - 1: p for k, p in fibre_law(N).items()}


@T.check(N=[1, 2, 3, 4, 5], full={"N": [1, 2, 3, 4, 5, 6]})
def every_function(N, fraction=image_fraction):
    "The mean image fraction, over all functions of N points."
    return equal(sum(Q(len(set(f)), N) for f in product(range(N), repeat=N)) / N**N, fraction(N))


T.control(every_function, "one factor too few", fraction=lambda N: 1 - (1 - Q(1, N)) ** (N - 1))


@T.check(N=[1, 2, 3, 4, 5], full={"N": [1, 2, 3, 4, 5, 6]})
def fibres(N, law=fibre_law):
    "The size of the fibre of a uniform point has the law of K, over all functions of N points."
    sizes = Counter(size for f in product(range(N), repeat=N) for size in Counter(f).values())
    found = [Q(k * sizes[k], N ** (N + 1)) for k in range(1, N + 1)]
    return equal(found, [law(N).get(k, 0) for k in range(1, N + 1)])


T.control(fibres, "the point itself is not counted", law=without_the_point_itself)


@T.check(N=[1, 2, 16, 256])
def reciprocal(N, law=fibre_law):
    "The mean of 1/K is the image fraction."
    return equal(sum(p / (k or 1) for k, p in law(N).items()), image_fraction(N))


T.control(reciprocal, "the point itself is not counted", law=without_the_point_itself)


@T.check(n=[1, 2, 4, 8, 16], full={"n": list(range(1, 17))})
def squeezed(n, excess=lambda N: 1 / (arb(1).exp() * N)):
    "At N = 2^n the image fraction exceeds 1 - 1/e, by less than 1/(eN)."
    limit, fraction = 1 - 1 / arb(1).exp(), 1 - (1 - 1 / arb(2**n)) ** (2**n)
    return [less(limit, fraction), less(fraction, limit + excess(2**n))]


T.control(squeezed, "by less than 1/(e N^2)", excess=lambda N: 1 / (arb(1).exp() * N * N))


@T.check()
def limit_of_the_image(digits=Q(632121, 10**6)):
    "1 - 1/e = .632121 to the digits printed."
    return near(1 - 1 / arb(1).exp(), digits, within=Q(1, 2 * 10**6))


T.control(limit_of_the_image, "a third instead of 1/e", digits=Q(666667, 10**6))


def log2(k):
    return arb(k).log() / arb(2).log()


def limit_entropy(terms=40):
    """e^-1 sum of log2(1 + k) / k!, k < terms, and the rest in [0, 2 / (terms - 2)!], since log2(1 + k) <= k."""
    total = sum((log2(1 + k) / factorial(k) for k in range(terms)), arb(0))
    rest = 2 / arb(factorial(terms - 2))  # k / k! = 1 / (k - 1)!, and these fall by half or more
    return (total + arb(rest / 2, rest / 2)) / arb(1).exp()


def mean_entropy(N, terms=40):
    """E log2 K: the terms k <= `terms`, and the rest, at most 2 / (terms - 1)!, since P(K = k + 1) <= 1 / k!."""
    p, total = (1 - 1 / arb(N)) ** (N - 1), arb(0)
    for k in range(1, min(terms, N) + 1):
        total += p * log2(k)
        p *= arb(N - k) / (k * (N - 1))
    rest = 2 / arb(factorial(terms - 1)) if terms < N else arb(0)
    return total + arb(rest / 2, rest / 2)


@T.check()
def limit_of_the_entropy(value=limit_entropy):
    "The limit of the entropy is .827245 bits to the digits printed."
    return near(value(), Q(827245, 10**6), within=Q(1, 2 * 10**6))


T.control(limit_of_the_entropy, "the mean over outputs, log2 k in place of log2(1 + k)", value=lambda: mean_entropy(4))


@T.check(N=[1, 2, 3, 4, 5])
def entropies(N, value=mean_entropy):
    "E H is E log2 K: both, over all functions of N points, within 1e-12."
    total = arb(0)
    for f in product(range(N), repeat=N):
        total += sum((size * log2(size) for size in Counter(f).values()), arb(0)) / N
    return near(total / N**N, value(N), within=Q(1, 10**12))


T.control(entropies, "the limit, as if N were large", value=lambda N: limit_entropy())


@T.check(n=[16], full={"n": [16, 20, 24]})
def near_the_limit(n, tolerance=lambda N: Q(1, N)):
    "At N = 2^n the mean entropy is within 1/N of its limit."
    return near(mean_entropy(2**n), limit_entropy(), within=tolerance(2**n))


T.control(near_the_limit, "within 1/N^2", tolerance=lambda N: Q(1, N * N))


@T.check(seed=[0, 1, 2, 3])
def one_draw(seed, build=random):
    "Four random functions of 16 bits have an entropy and an image fraction within 1/100 of the limits."
    f = build(16, seed)
    image = Q(len(set(f.table.tolist())), 2**16)
    return [
        near(Computed(posterior_entropy(f)), limit_entropy(), within=Q(1, 100)),
        near(image, 1 - 1 / arb(1).exp(), within=Q(1, 100)),
    ]


T.control(one_draw, "random permutations", build=perm)


@T.check(n=[1, 4, 8, 16])
def permutations(n, build=perm):
    "A random permutation leaves no entropy, and its image is everything."
    f = build(n, 0)
    return [equal(Computed(posterior_entropy(f)), 0), equal(len(set(f.table.tolist())), 2**n)]


T.control(permutations, "a random function", build=random)


@T.check(n=[8])
def sampled(n, law=fibre_law):
    "Sampled over independent seeds, the fibre of point 0 under the generator of random functions has the law of K."

    def draw(count, seed):
        start = seed % 2**60
        tables = (random(n, start + i).table for i in range(count))
        return np.array([np.count_nonzero(table == table[0]) for table in tables])

    return equal(Law(draw, 0, 2**n, resolution=Q(1, 10)), law(2**n))


T.control(sampled, "the point itself is not counted", law=without_the_point_itself)


@T.figure
def picture():
    """Law of the fibre of a point: all functions of 4 points, and the limit; then image fraction and entropy by N."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 3.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    k = list(range(1, 8))
    left.bar([i - 0.2 for i in k], [float(fibre_law(4).get(i, 0)) for i in k], 0.4, color="0.72", label="$N = 4$")
    left.bar([i + 0.2 for i in k], [float(fibre_law(256)[i]) for i in k], 0.4, color="0.25", label="$N = 256$")
    left.set(xlabel="size of the fibre $K$", ylabel="probability")
    left.legend(frameon=False)
    sizes = [2**i for i in range(11)]
    right.plot(sizes, [float(image_fraction(N)) for N in sizes], "s-", color="black", ms=4, label="image fraction")
    right.plot(sizes, [float(mean_entropy(N).mid()) for N in sizes], "o-", color="tab:red", ms=4, label="entropy, bits")
    for value in (1 - 1 / np.e, float(limit_entropy().mid())):
        right.axhline(value, color="0.6", linestyle="--", linewidth=0.8)
    right.set(xlabel="$N$", xscale="log", ylim=(0, 1.05))
    right.legend(frameon=False, loc="lower right")
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
