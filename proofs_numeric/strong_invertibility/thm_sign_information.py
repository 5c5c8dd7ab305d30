r"""What an observation tells of the causes: at most d bits through signs, without bound through an invertible map.

G(z) = C(sgn z), C a bijection of sign vectors, x = G(z) + beta xi: x speaks of z through s = sgn z only, C(s) is
uniform, and its coordinates pass d independent channels c -> c + beta nu. Hence I(z; x) = I(s; x) = d I(beta), and, the
posterior of a sign being sigma(2 c x / beta^2),

    I(beta) = 1 - E log2(1 + exp(-2 (1 + beta nu) / beta^2)) bits,    nu standard Gaussian,                          (1)

the information of binary phase-shift keying, at most 1 bit at every noise: as a function of log2(1/beta) the slope
falls to 0. For the invertible G(z) = z it is d/2 log2(1 + 1/beta^2), of slope d. (1) is enclosed: log(1 + e^-u) is at
most log 2 + 2 |nu| / beta, which bounds the tails. The statement about channels uses nothing of the Gaussian and is
checked on channels with finitely many outputs. After Shannon; written out here.
"""

from fractions import Fraction as Q
from itertools import product
from math import prod

from flint import arb, fmpq

from retrodict.capacity.information import sign_information as nats
from retrodict.claims import Theorem, at_most, near
from retrodict.maps import BooleanMap, parse

T = Theorem(
    label="thm:sign-information",
    title="Signs tell at most d bits, an invertible map tells more and more",
    source="after Shannon (1948); setting of Pareek and Risteski (2021); written out here",
    statement=r"""Let $C$ be a bijection of $\{\pm1\}^d$, $z \sim N(0, I_d)$, $x = C(\mathrm{sgn}\, z) + \beta\xi$. Then
$$I(z; x) = d\, I(\beta), \qquad I(\beta) = 1 - \mathbb E \log_2(1 + e^{-2(1 + \beta\nu)/\beta^2}) \le 1,$$
$I(1) = 0.48594415$, $I(1/2) = 0.91282229$, $I(1/4) = 0.99986506$ bits. For $G(z) = z$ it is
$\tfrac d2 \log_2(1 + 1/\beta^2)$: one more bit a coordinate for every halving of $\beta$. Remark: information says how
much can be known of the causes, not how hard it is to compute.""",
    uses=["thm:sign-posterior"],
)

VALUES = {Q(1): "0.48594415", Q(1, 2): "0.91282229", Q(1, 4): "0.99986506"}
LOG2 = arb(2).log()

# P(output | the sign is 1), the sign -1 gives the reverse.
CHANNELS = [[Q(1, 50), Q(49, 50)], [Q(1, 3), Q(2, 3)], [Q(1, 8), Q(1, 4), Q(5, 8)]]


def ball(value):
    return arb(fmpq(value.numerator, value.denominator))


def sign_information(beta):  # (1)
    return nats(beta) / LOG2


def linear_information(beta):
    """Of one coordinate through G(z) = z."""
    return (1 + 1 / (ball(beta) * ball(beta))).log() / (2 * LOG2)


def entropy(probabilities):
    return sum((-ball(p) * ball(p).log() / LOG2 for p in probabilities if p), arb(0))


def information(table, d, channel):
    """I(s; x) of a uniform s, whose image passes d channels with finitely many outputs; the definition."""
    outputs = list(product(range(len(channel)), repeat=d))

    def given(y):
        return [prod(channel[j] if y >> i & 1 else channel[::-1][j] for i, j in enumerate(x)) for x in outputs]

    laws = [given(y) for y in table]
    mixture = [sum(column) / len(table) for column in zip(*laws, strict=True)]
    return entropy(mixture) - sum((entropy(law) for law in laws), arb(0)) / len(table)


def bijective(name):
    return parse(name)


def merged(name):
    """The same, but input 1 goes where input 0 goes."""
    f = parse(name)
    return BooleanMap("merged", f.n_inputs, f.n_outputs, [f.table[0], f.table[0], *f.table[2:]])


@T.check(name=["gray:n=2", "perm:n=3,seed=0", "sbox:present"], channel=CHANNELS)
def coordinates_add(name, channel, build=bijective):
    "Through a bijection and channels with finitely many outputs the information is d times that of one sign."
    f = build(name)
    whole = information(f.table.tolist(), f.n_outputs, channel)
    return near(whole, f.n_outputs * information([0, 1], 1, channel), within=Q(1, 10**12))


T.control(coordinates_add, "one pattern has the image of another", build=merged)


@T.check(beta=list(VALUES))
def values(beta, formula=sign_information):
    "(1) has the digits that are printed."
    return near(formula(beta), Q(VALUES[beta]), within=Q(1, 2 * 10**8))


T.control(values, "the capacity without the constraint to signs", formula=linear_information)


@T.check(beta=[Q(4, 2**k) for k in range(6)])
def at_most_one(beta, formula=sign_information):
    "One sign tells at most one bit, and at most what a Gaussian input of its power tells."
    return [at_most(formula(beta), 1 + Q(1, 10**12)), at_most(formula(beta), linear_information(beta))]


T.control(at_most_one, "through G(z) = z", formula=linear_information)


@T.check(beta=[Q(1, 2), Q(1, 4)])
def saturates(beta, formula=sign_information):
    "Halving the noise from 1/2 on adds less than 1/10 of a bit: the slope falls to 0."
    return at_most(formula(beta / 2) - formula(beta), Q(1, 10))


T.control(saturates, "through G(z) = z", formula=linear_information)


@T.check(beta=[Q(1, 4), Q(1, 8), Q(1, 1024)])
def grows(beta, formula=linear_information):
    "Through G(z) = z each halving adds one bit, to 5 per cent: slope 1 a coordinate."
    return near(formula(beta / 2) - formula(beta), 1, within=Q(1, 20))


T.control(grows, "through the sign", beta=[Q(1, 4)], formula=sign_information)


@T.figure
def picture():
    """Information of one coordinate by the noise: through its sign (solid), through the identity (dashed)."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6, 3.2), layout="constrained")
    axes = figure.subplots()
    noises = [Q(1, 8) * Q(5, 4) ** k for k in range(16)]
    xs = [float(noise) for noise in noises]
    axes.plot(xs, [float(sign_information(b).mid()) for b in noises], "-", color="black", label=r"$\mathrm{sgn}\,z$")
    axes.plot(xs, [float(linear_information(b).mid()) for b in noises], "--", color="#0072B2", label=r"$z$")
    axes.set(xlabel=r"noise $\beta$", ylabel="bits", xscale="log", ylim=(0, None))
    axes.minorticks_off()
    axes.set_xticks([1 / 8, 1 / 4, 1 / 2, 1, 2, 4], ["1/8", "1/4", "1/2", "1", "2", "4"])
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
