r"""An encoder of the sign generator is as good as it inverts: for a one-way permutation, if there is one, it is large.

G(z) = C(sgn z), C a bijection of sign vectors, x = G(z) + beta xi. An encoder q becomes an inverter of C: given y, add
noise to it and sample s from q. Let r be the probability that this s is right. Then

    S(beta)^d - r <= E_x TV(q, p) <= 1 - r,                                                                         (1)

the left half by lem:encoder-inverter, the right half because TV(q, p) = 1 - sum_s min(p, q), and p q <= min(p, q). Here
q and p are laws of sign patterns. Of laws of z itself the left half holds all the more, and the right half if q draws
the magnitudes |z_i|, of which x says nothing, from their law. And since 1 / (1 + e^u) <= e^(-u/2) / 2, where
u = 2 (1 + beta nu) / beta^2 and E e^(-u/2) = e^(-1 / (2 beta^2)),

    S(beta) >= 1 - e^(-1 / (2 beta^2)) / 2,    S(beta)^d >= 1 - (d/2) e^(-1 / (2 beta^2)):                           (2)

beta^2 <= 1 / (2 log(d / (2 delta))) makes the ends of (1) differ by at most delta. That holds at every finite d, and
is checked here. What follows is conditional and is not checked: if no circuit of polynomial size inverts C with
probability better than eps, then no encoder of polynomial size comes closer than S(beta)^d - eps; for the inverter only
adds noise and rounds weights. After Pareek and Risteski (2021), theorem 2, recalled; (1), (2) derived here. Their noise
is o(1 / sqrt d), which gives 1 - e^(-omega(d)) for S(beta)^d.
"""

from fractions import Fraction as Q

import sympy
from flint import arb

from retrodict.claims import Theorem, at_most, equal
from retrodict.exact import posterior as exact
from retrodict.maps import BooleanMap, parse
from retrodict.maps.modexp import modexp, modexp_preimage
from retrodict.maps.sign_rates import sampling_rate

T = Theorem(
    label="thm:one-way-encoders",
    title="Encoders of one-way permutations",
    source="after Pareek and Risteski (2021), theorem 2, recalled; finite form and constants derived here",
    bibtex=r"""@inproceedings{pareek2022effects,
  author = {Divyansh Pareek and Andrej Risteski},
  title = {The Effects of Invertibility on the Representational Complexity of Encoders in {VAEs}},
  booktitle = {International Conference on Learning Representations},
  note = {arXiv:2107.04652},
  year = {2022}
}""",
    statement=r"""Let $C$ be a bijection of $\{\pm 1\}^d$, $x = C(\mathrm{sgn}\, z) + \beta\xi$, $q$ an encoder, and
$r$ the probability that a sample of $q$ is the true sign pattern. For every $d$
$$S(\beta)^d - r \le \mathbb E_x \mathrm{TV}(q, p) \le 1 - r, \qquad
S(\beta)^d \ge 1 - \tfrac d2 e^{-1/(2\beta^2)}.$$
Conditionally, and not checked: if $C = C_d$ are one-way permutations and $d e^{-1/(2\beta^2)} \to 0$, then encoders of
polynomial size have $\mathbb E_x \mathrm{TV} \to 1$; exponential size is needed only if inverting $C$ is exponentially
hard. Remarks. 1. The dichotomy is not bijective against not: $G = 0$ and $G = \mathrm{sgn}$ are not invertible and have
trivial encoders; what is hard is $C^{-1}$. Conversely $C(\mathrm{sgn}\, z)$ plus a small monotone function of $|z|$ can
be injective with a tiny lower Lipschitz constant $m$; the quantity is $m/\beta$. 2. No computation at toy size supports
that no encoder of polynomial size exists: only finite facts, and bounds for restricted classes, can be verified.
3. Exponentiation modulo Fermat primes is a perfect permutation of $n$ bits but easy to invert (Pohlig and Hellman): a
negative control, not an example.""",
    uses=["lem:encoder-inverter", "thm:sign-posterior", "thm:pohlig-hellman"],
    conditional_on="the existence of one-way permutations, for the asymptotic part only",
)

beta, nu, y = sympy.symbols("beta nu y", positive=True)

# P(output | the bit is 1), the bit 0 gives the reverse: little noise, much noise, with an erasure.
CHANNELS = [[Q(1, 50), Q(49, 50)], [Q(1, 3), Q(2, 3)], [Q(1, 8), Q(1, 4), Q(5, 8)]]


def uniform(table, odds):
    return [Q(1, len(table))] * len(table)


def mode(table, odds):
    return exact.mode(exact.posterior(table, odds))


def without_inverse(table, odds):
    return exact.product_formula(range(len(table)), odds)


def lazy(table, odds):
    """The posterior for half of the time, else pattern 0."""
    return [p / 2 + (Q(1, 2) if s == 0 else 0) for s, p in enumerate(exact.posterior(table, odds))]


ENCODERS = [exact.posterior, uniform, mode, without_inverse, lazy]


def lower(channel, d):
    return exact.channel_rate(channel) ** d


def one(channel, d):
    return Q(1)


@T.check(encoder=ENCODERS, channel=CHANNELS, name=["sbox:present"], full={"name": ["sbox:present", "modexp:n=4"]})
def both_ways(encoder, channel, name, least=lower, most=one):
    "Formula (1), over all observations of channels with finitely many outputs, for d = 4."
    table = parse(name).table.tolist()
    right = distance = 0
    for odds, mass in exact.observations(channel, 4):
        p, q = exact.posterior(table, odds), encoder(table, odds)
        right += mass * exact.agreement(p, q)
        distance += mass * exact.total_variation(q, p)
    return [at_most(least(channel, 4) - right, distance), at_most(distance, most(channel, 4) - right)]


T.control(both_ways, "1 on the left: the posterior itself is not always right", least=one)
T.control(both_ways, "S^d on the right: the mode is right more often than a sample", most=lower)


@T.check(d=[4, 8])
def logarithms(d, preimage=modexp_preimage):
    "Who inverts C needs a coin for each sign and C^-1, no more: here C^-1 is the logarithm modulo 2^d + 1."
    odds = [Q(2 * i + 3, i + 2) for i in range(d)]
    q = [Q(0)] * 2**d
    for c, p in enumerate(exact.product_formula(range(2**d), odds)):
        q[preimage(c, d)] += p
    return equal(q, exact.posterior(modexp(d).table.tolist(), odds))


T.control(logarithms, "C in place of its inverse", preimage=lambda c, d: int(modexp(d).table[c]))


def identity(d):
    return BooleanMap("identity", d, d, range(2**d))


@T.check(d=[2, 4, 8])
def sign_alone(d, build=identity):
    "G = sgn is not invertible, and the coins alone are its encoder: no inverse is needed."
    odds = [Q(2 * i + 3, i + 2) for i in range(d)]
    return equal(exact.product_formula(range(2**d), odds), exact.posterior(build(d).table.tolist(), odds))


T.control(sign_alone, "a random permutation after the sign", build=lambda d: parse(f"perm:n={d},seed=0"))


@T.check()
def pointwise(numerator=(1 - y) ** 2):
    "With y = e^(u/2): 1 / (1 + y^2) is below 1 / (2 y), by a square over positive factors."
    return equal(1 / (2 * y) - 1 / (1 + y**2), numerator / (2 * y * (1 + y**2)))


T.control(pointwise, "1 - y^2 for the square", numerator=1 - y**2)


@T.check()
def moment(exponent=1 / (2 * beta**2)):
    "Completing the square: E e^(-u/2) is e^(-1/(2 beta^2)), the mean moving by -1/beta."
    return equal(-(1 + beta * nu) / beta**2 - nu**2 / 2, -((nu + 1 / beta) ** 2) / 2 - exponent)


T.control(moment, "the exponent of 1/beta^2", exponent=1 / beta**2)


@T.check(noise=[Q(k, 10) for k in range(2, 31)])
def one_sign(noise, exponent=lambda b: 1 / (2 * b * b)):
    "Formula (2): a sample of the posterior fails in one sign with probability at most e^(-1/(2 beta^2)) / 2."
    return at_most(
        1 - sampling_rate(noise), (-arb(1) * exponent(noise).numerator / exponent(noise).denominator).exp() / 2
    )


T.control(one_sign, "with the exponent 1/beta^2", exponent=lambda b: 1 / (b * b))


@T.check(d=[8, 64, 1024, 2**20], delta=[Q(1, 10), Q(1, 1000)])
def small_noise(d, delta, factor=1):
    "At beta^2 = 1 / (2 log(d / (2 delta))) the two ends of (1) are within delta."
    noise = factor / (2 * (arb(d * delta.denominator) / (2 * delta.numerator)).log()).sqrt()
    return at_most(1 - sampling_rate(noise) ** d, delta)


T.control(small_noise, "at twice that beta", factor=2)


@T.figure
def picture():
    """1 - S^d, the room that (1) leaves, by the noise: enclosed (solid) and bound (2) (dashed)."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6, 3.2), layout="constrained")
    axes = figure.subplots()
    noises = [Q(k, 50) for k in range(9, 76)]
    for d, colour in ((1, "#56B4E9"), (64, "#0072B2"), (1024, "#000000")):
        room = [float((1 - sampling_rate(b) ** d).mid()) for b in noises]
        bound = [min(1.0, d / 2 * float((-1 / arb(2 * b.numerator**2) * b.denominator**2).exp())) for b in noises]
        axes.plot(noises, room, "-", color=colour, linewidth=1.2, label=f"$d={d}$")
        axes.plot(noises, bound, "--", color=colour, linewidth=0.8)
    axes.set(xlabel=r"noise $\beta$", ylabel=r"$1 - S(\beta)^d$", yscale="log", ylim=(1e-7, 1.5))
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="lower right")
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
