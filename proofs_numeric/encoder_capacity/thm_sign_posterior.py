r"""The posterior of the sign generator, and what a sample of it is worth.

G(z) = C(sgn z) for a map C of sign vectors, z standard Gaussian in d dimensions, x = G(z) + beta xi. G is constant on
orthants, so that x speaks of z through s = sgn z only, and p(s|x) is proportional to exp(-|x - C(s)|^2 / (2 beta^2)),
that is to the product of w_i = exp(2 x_i / beta^2) over the i with C(s)_i = 1. If C is a bijection, the sum of these
over s is the sum over all vectors of signs, which is the product of the 1 + w_i. Hence

    p(s|x) = product over i of sigma(2 c_i x_i / beta^2),    c = C(s):                                             (1)

whatever C is, the coordinates of c are independent given x. The true c_i is the sign with probability sigma of its own
odds: a sample of (1) is right in one coordinate with probability S(beta) = E sigma(2 (1 + beta nu) / beta^2), nu
standard Gaussian, and its mode, the sign of x_i, with probability 1 - Q(1/beta): S(beta)^d and (1 - Q(1/beta))^d for
all of s. Nothing here needs the noise to be Gaussian: (1) is an identity in the odds w, and so it is checked for
symbols, and for channels with finitely many outputs and rational probabilities, where nothing is rounded.
"""

from fractions import Fraction as Q
from itertools import product
from math import prod

import numpy as np
import sympy

from retrodict.claims import Computed, Mean, Theorem, at_most, equal, near
from retrodict.exact import posterior as exact
from retrodict.maps import BooleanMap, parse
from retrodict.maps.sign_generator import codewords, decode, encode, posterior
from retrodict.maps.sign_rates import rounding_rate, sampling_rate

T = Theorem(
    label="thm:sign-posterior",
    title="The posterior of the sign generator is a product",
    source="after Pareek and Risteski (2021); product formula and rates derived here",
    bibtex=r"""@inproceedings{pareek2022effects,
  author = {Divyansh Pareek and Andrej Risteski},
  title = {The Effects of Invertibility on the Representational Complexity of Encoders in {VAEs}},
  booktitle = {International Conference on Learning Representations},
  note = {arXiv:2107.04652},
  year = {2022}
}""",
    statement=r"""Let $C$ be a bijection of $\{\pm 1\}^d$, $z \sim N(0, I_d)$, $x = C(\mathrm{sgn}\, z) + \beta \xi$
with $\xi \sim N(0, I_d)$. Then the posterior of $s = \mathrm{sgn}\, z$ is
$$p(s \mid x) = \prod_{i=1}^d \sigma(2 c_i x_i / \beta^2), \qquad c = C(s), \quad \sigma(t) = 1/(1 + e^{-t}).$$
A sample of it equals $s$ with probability $S(\beta)^d$, $S(\beta) = \mathbb E\,\sigma(2(1 + \beta\nu)/\beta^2)$, $\nu$
standard Gaussian; its mode is $C^{-1}(\mathrm{sgn}\, x)$ and equals $s$ with probability $(1 - Q(1/\beta))^d$. If two
sign patterns share an image, the formula fails. Remark: $G(z) = C(\mathrm{sgn}\, z)$ is not invertible for any $C$; for
$C$ the identity the encoder is trivial. What is hard, if anything, is $C^{-1}$.""",
)

NAMES = ["gray:n=4", "sbox:present", "modexp:n=4", "cube:n=5", "inner-product:n=6", "spn:n=8,rounds=4,seed=0"]
RATES = {  # d = 8, as printed in the specification
    Q(1): ("0.1586552539", "0.25106831", "0.77520025", "0.130410"),
    Q(1, 2): ("0.0227501319", "0.83184989", "0.96570130", "0.756384"),
    Q(1, 4): ("0.0000316712", "0.99974666", "0.99995089", "0.999607"),
}


def bijective(name):
    return parse(name)


def merged(name):
    """The same, but input 1 goes where input 0 goes."""
    f = parse(name)
    return BooleanMap("merged", f.n_inputs, f.n_outputs, [f.table[0], f.table[0], *f.table[2:]])


def random_function(name):
    return parse(f"random:n={parse(name).n_inputs},seed=0")


def rational_odds(d):
    return [Q(i + 2, 2 * i + 1) for i in range(d)]


@T.check(d=[1, 2, 3])
def identity(d, merge=False):
    "(1) is an identity of rational functions in the odds."
    table = [y ^ y >> 1 for y in range(2**d)]
    odds = sympy.symbols(f"w1:{d + 1}", positive=True)
    table = [table[0], *table[:-1]] if merge else table
    return equal(exact.product_formula(table, odds), exact.posterior(table, odds))


T.control(identity, "one pattern has the image of another", merge=True)


@T.check(name=NAMES)
def enumeration(name, build=bijective):
    "With rational odds the product is what enumerating all sign patterns gives."
    f = build(name)
    table, odds = f.table.tolist(), rational_odds(f.n_outputs)
    return equal(exact.product_formula(table, odds), exact.posterior(table, odds))


T.control(enumeration, "one pattern has the image of another", build=merged)
T.control(enumeration, "a random function", build=random_function)


@T.check(name=["perm:n=6,seed=0", "modexp:n=8"], beta=[0.7])
def doubles(name, beta, build=bijective):
    "In double precision, at draws of x, product and enumeration differ by less than 1e-12."
    f, rng = build(name), np.random.default_rng(0)
    x = codewords(f)[rng.integers(0, f.table.size, 20)] + beta * rng.standard_normal((20, f.n_outputs))
    by_product = np.array(exact.product_formula(f.table.tolist(), list(np.exp(2 * x.T / beta**2)))).T
    return at_most(Computed(np.abs(by_product - posterior(f, x, beta)).max()), Q(1, 10**12))


T.control(doubles, "one pattern has the image of another", build=merged)
T.control(doubles, "a random function", build=random_function)


@T.check(beta=list(RATES))
def rates(beta, sampler=sampling_rate, mode=rounding_rate):
    "Q(1/beta), (1 - Q(1/beta))^8, S(beta) and S(beta)^8 have the digits that are printed."
    found = [1 - mode(beta), mode(beta) ** 8, sampler(beta), sampler(beta) ** 8]
    half_units = [Q(1, 2 * 10 ** (len(digits) - 2)) for digits in RATES[beta]]
    printed = [Q(digits) for digits in RATES[beta]]
    return [near(*three[:2], within=three[2]) for three in zip(found, printed, half_units, strict=True)]


T.control(rates, "the sampler taken for the mode", mode=sampling_rate)
T.control(rates, "the mode taken for the sampler", sampler=rounding_rate)

# P(output | the bit is 1); the bit 0 gives the reverse. Noisy, with an erasure, with four outputs.
CHANNELS = [[Q(1, 4), Q(3, 4)], [Q(1, 8), Q(1, 4), Q(5, 8)], [Q(1, 10), Q(1, 5), Q(3, 10), Q(2, 5)]]


@T.check(name=["gray:n=3", "perm:n=4,seed=0"], channel=CHANNELS)
def recovery(name, channel, build=bijective):
    "For a channel with finitely many outputs, a sample of the posterior is right with the product of the rates."
    f = build(name)
    odds = [a / b for a, b in zip(channel, channel[::-1], strict=True)]
    right = 0
    for seen in product(range(len(channel)), repeat=f.n_outputs):
        weight = prod(channel[::-1][j] for j in seen)  # of the image 00...0; the odds do the rest
        given = [odds[j] for j in seen]
        p = exact.posterior(f.table.tolist(), given)
        likelihoods = [weight * prod(w for i, w in enumerate(given) if y >> i & 1) for y in f.table.tolist()]
        right += exact.agreement(likelihoods, p) / f.table.size
    return equal(right, exact.channel_rate(channel) ** f.n_outputs)


T.control(recovery, "one pattern has the image of another", build=merged)


@T.check(name=NAMES)
def modes(name, inverse=BooleanMap.inverse):
    "The mode is the inverse of the signs of x, at an x in every orthant."
    f = parse(name)
    magnitudes = 0.25 + np.random.default_rng(1).random((f.table.size, f.n_outputs))
    signs = 2.0 * (np.arange(f.table.size)[:, None] >> np.arange(f.n_outputs) & 1) - 1
    return equal(decode(f, signs * magnitudes).tolist(), inverse(f).table.tolist())


T.control(modes, "the map itself in place of its inverse", inverse=lambda f: f)


def mode_of(f, x, beta, seed):
    return decode(f, x)


def sample_of(f, x, beta, seed):
    return encode(f.inverse(), x, beta, seed)


@T.check(beta=[Q(1), Q(1, 2)], decoder=[(sample_of, sampling_rate), (mode_of, rounding_rate)])
def sampled(beta, decoder, d=8):
    "Sampled, with Gaussian noise and C the exponential modulo 257, both rates are met."
    found, rate = decoder
    f = parse("modexp:n=8")

    def draw(n, seed):
        rng = np.random.default_rng(seed)
        s = rng.integers(0, 2**8, n)
        x = codewords(f)[s] + float(beta) * rng.standard_normal((n, 8))
        return found(f, x, float(beta), int(rng.integers(2**63))) == s

    return equal(Mean(draw, 0, 1, resolution=Q(1, 20)), rate(beta) ** d)


T.control(sampled, "half the coordinates are found together", d=4)


@T.figure
def picture():
    """Probability that a sample of the posterior (solid) or its mode (dashed) is the true sign pattern."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6, 3.2), layout="constrained")
    axes = figure.subplots()
    betas = [Q(k, 20) for k in range(2, 41)]
    for d, colour in ((8, "#56B4E9"), (64, "#0072B2"), (512, "#000000")):
        for rate, style in ((sampling_rate, "-"), (rounding_rate, "--")):
            values = [float((rate(beta) ** d).mid()) for beta in betas]
            axes.plot(betas, values, style, color=colour, linewidth=1.2, label=f"$d={d}$" if style == "-" else None)
    axes.set(xlabel=r"noise $\beta$", ylabel="sign pattern found", ylim=(0, 1.02))
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
