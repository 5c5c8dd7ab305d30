r"""An encoder that is close to the posterior inverts the map.

Let s be uniform and x seen through noise, p(.|x) the posterior and q(.|x) any other law on the same s. Given x, the
true s has the law p, so a sample of q is right with probability sum_s p(s) q(s), and

    sum_s p(s)^2 - sum_s p(s) q(s) <= max(p) sum_s (p(s) - q(s))_+ = max(p) TV(q, p) <= TV(q, p),                  (1)

at every x; nothing is assumed of q or of the noise. Averaged over x, the left sum is what a sample of the posterior
itself is worth: S(beta)^d for the sign generator of a bijection (thm:sign-posterior). So whoever can sample q can take
y, add noise to it, and sample s: that inverts C with probability at least S(beta)^d - E_x TV. An encoder that returns z
and not s has its signs for s, and the total variation between laws of signs is at most that between laws of z.

(1) is checked with rational odds, where it is an inequality between fractions, and averaged over all observations of
channels with finitely many outputs. With Gaussian noise it is certified for encoders that misjudge the noise: with
q(s|x) the product of sigma(2 g c_i x_i / beta^2) both sides factorise, except TV, which is at least

    E_x |p(A|x) - q(A|x)| >= |(E sigma(2 |x_1| / beta^2))^d - (E sigma(2 g |x_1| / beta^2))^d|                     (2)

for A = {C(s) = sgn x}. Derived here.
"""

from fractions import Fraction as Q

import numpy as np
from flint import arb, fmpq

from retrodict.claims import Mean, Theorem, at_most
from retrodict.exact import posterior as exact
from retrodict.maps import parse
from retrodict.maps.sign_generator import codewords, posterior
from retrodict.maps.sign_rates import gaussian_mean, rounding_rate, sampling_rate, sigmoid

T = Theorem(
    label="lem:encoder-inverter",
    title="An encoder that is close to the posterior is an inverter",
    source="after Pareek and Risteski (2021); this finite form derived here",
    bibtex=r"""@inproceedings{pareek2022effects,
  author = {Divyansh Pareek and Andrej Risteski},
  title = {The Effects of Invertibility on the Representational Complexity of Encoders in {VAEs}},
  booktitle = {International Conference on Learning Representations},
  note = {arXiv:2107.04652},
  year = {2022}
}""",
    statement=r"""Let $C$ be a bijection of $\{\pm 1\}^d$, $s$ uniform, $x = C(s) + \beta\xi$, and let $q(\cdot \mid x)$
be any encoder. Then a sample of $q$ equals $s$ with probability at least
$$S(\beta)^d - \mathbb E_x \mathrm{TV}(q(\cdot \mid x), p(\cdot \mid x)).$$
The rate $(1 - Q(1/\beta))^d$ of the mode cannot take the place of $S(\beta)^d$: the posterior itself has
distance $0$ and is right with probability $S(\beta)^d$ only. This is a fact about every finite $d$; it says nothing of
how large an inverter must be.""",
    uses=["thm:sign-posterior"],
)


def uniform(table, odds):
    return [Q(1, len(table))] * len(table)


def mode(table, odds):
    """All mass on the likeliest pattern: a deterministic encoder."""
    return exact.mode(exact.posterior(table, odds))


def anti_mode(table, odds):
    """All mass on the least likely."""
    return exact.mode([-p for p in exact.posterior(table, odds)])


def overconfident(table, odds):
    return exact.product_formula(table, [w * w for w in odds])


def diffident(table, odds):
    return exact.product_formula(table, [(1 + w) / 2 for w in odds])


def without_inverse(table, odds):
    """Knows the noise but not C: takes the signs of x for those of z."""
    return exact.product_formula(range(len(table)), odds)


def arbitrary(table, odds):
    """Unrelated to the posterior: pseudo-random weights."""
    weights = [s * s * 37 % 101 + 1 for s in range(len(table))]
    return [Q(weight, sum(weights)) for weight in weights]


ENCODERS = [exact.posterior, uniform, mode, anti_mode, overconfident, diffident, without_inverse, arbitrary]


@T.check(
    encoder=ENCODERS,
    name=["gray:n=3", "perm:n=6,seed=0"],
    full={"name": ["gray:n=3", "sbox:present", "perm:n=6,seed=0", "modexp:n=8", "perm:n=10,seed=0"]},
)
def every_x(encoder, name, distance=exact.total_variation):
    "Formula (1), at three vectors of odds: clear, middling, and one-sided."
    table = parse(name).table.tolist()
    d = len(table).bit_length() - 1
    claims = []
    for odds in ([Q(9), Q(1, 7)] * d, [Q(3, 2), Q(2, 3), Q(1)] * d, [Q(20)] * d):
        p, q = exact.posterior(table, odds[:d]), encoder(table, odds[:d])
        claims.append(at_most(exact.agreement(p, p) - distance(q, p), exact.agreement(p, q)))
    return claims


T.control(every_x, "half of the total variation", distance=lambda q, p: exact.total_variation(q, p) / 2)

# P(output | the bit is 1); the bit 0 gives the reverse.
NOISY, WITH_ERASURE = [Q(1, 4), Q(3, 4)], [Q(1, 8), Q(1, 4), Q(5, 8)]


def mode_rate(channel):
    return sum(max(a, b) for a, b in zip(channel, channel[::-1], strict=True)) / 2


@T.check(
    encoder=ENCODERS,
    case=[(NOISY, "perm:n=4,seed=0"), (WITH_ERASURE, "perm:n=3,seed=0")],
    full={"case": [(NOISY, "sbox:present"), (NOISY, "perm:n=6,seed=0"), (WITH_ERASURE, "modexp:n=4")]},
)
def channels(encoder, case, rate=exact.channel_rate):
    "Averaged over all observations of a channel with finitely many outputs: right at least S^d - E TV of the time."
    channel, name = case
    table = parse(name).table.tolist()
    d = len(table).bit_length() - 1
    success = distance = 0
    for odds, mass in exact.observations(channel, d):
        p, q = exact.posterior(table, odds), encoder(table, odds)
        success += mass * exact.agreement(p, q)
        distance += mass * exact.total_variation(q, p)
    return at_most(rate(channel) ** d - distance, success)


T.control(channels, "the rate of the mode, and the posterior for q", rate=mode_rate, encoder=[exact.posterior])


def confidence(beta, sharpness):
    """E sigma(2 g |x| / beta^2), x = 1 + beta nu."""
    noise, factor = arb(fmpq(*beta.as_integer_ratio())), 2 * arb(fmpq(*sharpness.as_integer_ratio()))

    def side(sign):
        return lambda nu: sigmoid(sign * factor * (1 + noise * nu) / noise**2)

    return gaussian_mean(side(1), low=-1 / noise) + gaussian_mean(side(-1), high=-1 / noise)


def apart(beta, sharpness, d):
    """The lower bound (2) on E TV."""
    return abs(confidence(beta, Q(1)) ** d - confidence(beta, sharpness) ** d)


@T.check(beta=[Q(1), Q(1, 2), Q(1, 4)], sharpness=[Q(0), Q(1, 2), Q(3, 4), Q(2), Q(8)], d=[1, 8, 64])
def gaussian(beta, sharpness, d, rate=sampling_rate):
    "With Gaussian noise, for encoders that take the noise for beta^2 / g."
    return at_most(rate(beta) ** d - apart(beta, sharpness, d), sampling_rate(beta, sharpness) ** d)


T.control(
    gaussian,
    "the rate of the mode, and g = 1: .2511 is not at most .1304",
    rate=rounding_rate,
    beta=[Q(1)],
    sharpness=[Q(1)],
    d=[8],
)


def itself(p, f, x):
    return p


def mixture(p, f, x):
    """Half the posterior, half that of one who does not know C."""
    return p / 2 + posterior(parse("gray:n=8"), x, 1.0) / 2


def tempered(p, f, x):
    return np.sqrt(p) / np.sqrt(p).sum(axis=1, keepdims=True)


@T.check(encoder=[itself, mixture, tempered])
def sampled(encoder, rate=sampling_rate):
    "Sampled at d = 8, beta = 1, C the exponential modulo 257: being right and the distance sum to S^8 or more."
    f = parse("modexp:n=8")

    def draw(n, seed):
        rng = np.random.default_rng(seed)
        s = rng.integers(0, 2**8, n)
        x = codewords(f)[s] + rng.standard_normal((n, 8))
        p = posterior(f, x, 1.0)
        q = encoder(p, f, x)
        return np.minimum(q[np.arange(n), s] + np.abs(p - q).sum(axis=1) / 2, 2.0)

    return at_most(rate(1) ** 8, Mean(draw, 0, 2, resolution=Q(1, 10)))


T.control(sampled, "the rate of the mode, and the posterior for q", rate=rounding_rate, encoder=[itself])


@T.figure
def picture():
    """How often an encoder of sharpness g is right (black), S^8 minus (2) (red), d = 8; dashed: the mode's rate."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 3.2), layout="constrained")
    sharpness = [Q(k, 4) for k in range(17)]
    for axes, beta in zip(figure.subplots(1, 2, sharey=True), (Q(1), Q(1, 2)), strict=True):
        found = [float((sampling_rate(beta, g) ** 8).mid()) for g in sharpness]
        bound = [float((sampling_rate(beta) ** 8 - apart(beta, g, 8)).mid()) for g in sharpness]
        axes.plot(sharpness, found, "-", color="black", label="right")
        axes.plot(sharpness, bound, "-", color="tab:red", label="$S^8$ minus (2)")
        axes.axhline(float((rounding_rate(beta) ** 8).mid()), color="0.5", linestyle="--", linewidth=1, label="mode")
        axes.set(xlabel="sharpness $g$", title=rf"$\beta = {beta}$", ylim=(-0.3, 1))
        axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="lower right")
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
