r"""What makes a map hard to invert is a small m / beta, not that two causes share an image.

Let C be a bijection of the vectors of d signs, c = C(sgn z), alpha > 0, and compare the generators

    G(z) = c,    G'(z) = c (1 + alpha |z|)  coordinate by coordinate,    x = G(z) + beta xi,  x' = G'(z) + beta xi.

G maps orthants to points. G' is injective: the signs of G'(z) are c, and its sizes give |z|. On an orthant it is a
similarity of factor alpha, so that m <= alpha. (C(sgn z) + alpha |z| would not be injective: in one dimension z > 0 and
-(z + 2 / alpha) share an image.) Given z the observations differ by a shift of length alpha |z|, hence

    TV((z, x'), (z, x)) = E erf(alpha |z| / (2 sqrt(2) beta)) <= t := alpha sqrt(d) / (sqrt(2 pi) beta),            (1)

since erf(s) <= 2 s / sqrt(pi) and E|z| <= sqrt(d); for d = 1 it is (2 / pi) arctan(alpha / (2 beta)). Let an encoder q
have the mean error E TV(q(.|x), p(.|x)) = TV(law of x times q, law of (z, x)) for one generator; by the triangle
inequality, applied twice, it differs from that for the other by at most TV of the observations plus TV of the pairs:

    |E TV(q(.|x'), p'(.|x')) - E TV(q(.|x), p(.|x))| <= 2 t.                                                        (2)

So whatever is hard for C(sgn z) stays as hard, up to 2 t, for an injective map: if no encoder with the noise of x built
in inverts C with probability above e, all have an error of at least S(beta)^d - e - 2 t (thm:one-way-encoders).
Conversely G = 0 and G = sgn are not injective and have trivial encoders: the prior, and d coins. Derived here.
"""

from fractions import Fraction as Q
from random import Random

from flint import acb, arb, fmpq

from retrodict.claims import Theorem, at_most, equal, less, near
from retrodict.maps import parse
from retrodict.maps.continuous import linear
from retrodict.maps.continuous.line import gaussian, total_variation
from retrodict.maps.continuous.posterior import posterior
from retrodict.maps.sign_rates import sampling_rate

T = Theorem(
    label="prop:not-bijectivity",
    title="Small m over the noise makes inversion hard, not shared images",
    source="setting of Pareek and Risteski (2021); derived here",
    statement=r"""Let $C$ be a bijection of $\{\pm1\}^d$, $G(z) = C(\mathrm{sgn}\,z)$ and $G'(z) = C(\mathrm{sgn}\,z)
(1 + \alpha|z|)$ coordinate by coordinate, which is injective. Every encoder's mean total variation from the posterior
of $G'$ differs from that for $G$ by at most $2t$, $t = \alpha\sqrt d/(\sqrt{2\pi}\,\beta)$. If encoders of some size,
given $C(s) + \beta\xi$, find $s$ with probability at most $\varepsilon$, then they have $\mathbb E\,\mathrm{TV} \ge
S(\beta)^d - \varepsilon - 2t$ for the injective $G'$ as well. The maps $G = 0$ and $G = \mathrm{sgn}$ are not
injective, and have trivial encoders.""",
    uses=["thm:one-way-encoders", "thm:condition-number"],
    conditional_on="a bound on how well encoders invert C, for the sentence about hardness",
)

CASES = [(1, Q(1)), (2, Q(1, 3)), (5, Q(1, 10)), (8, Q(1, 100))]  # d, alpha / beta
POINTS = [[Q(random, 7) for random in row] for row in ([3, -5, 2, 11], [-1, -1, 4, 9], [8, 2, -3, -12])]


def ball(value):
    return arb(fmpq(value.numerator, value.denominator))


def codeword(name, signs):
    f = parse(name)
    image = int(f.table[sum(1 << i for i, sign in enumerate(signs) if sign > 0)])
    return [1 if image >> i & 1 else -1 for i in range(f.n_outputs)]


def tilted(name, alpha, z):
    return [c * (1 + alpha * abs(v)) for c, v in zip(codeword(name, [1 if v >= 0 else -1 for v in z]), z, strict=True)]


def added(name, alpha, z):
    return [c + alpha * abs(v) for c, v in zip(codeword(name, [1 if v >= 0 else -1 for v in z]), z, strict=True)]


def undone(name, alpha, y):
    """The cause of an image of `tilted`."""
    signs = codeword_of_inverse(name, [1 if v > 0 else -1 for v in y])
    return [s * (abs(v) - 1) / alpha for s, v in zip(signs, y, strict=True)]


def codeword_of_inverse(name, signs):
    f = parse(name).inverse()
    cause = int(f.table[sum(1 << i for i, sign in enumerate(signs) if sign > 0)])
    return [1 if cause >> i & 1 else -1 for i in range(f.n_outputs)]


def pair_distance(d, ratio, dimension=None):
    """(1): the mean of erf(s |z|), s = ratio / (2 sqrt 2), |z| of d coordinates."""
    n = d if dimension is None else dimension
    s, reach = ball(ratio) / (2 * arb(2).sqrt()), 12 + 2 * n
    constant = 2 / (arb(2) ** (arb(n) / 2) * (arb(n) / 2).gamma())
    tail = (n * (arb(reach) / arb(2 * n).sqrt()).erfc()).upper()  # some coordinate exceeds reach / sqrt n
    return constant * acb.integral(lambda r, _: (s * r).erf() * r ** (n - 1) * (-r * r / 2).exp(), 0, reach).real + arb(
        tail / 2, tail / 2
    )


def bound(d, ratio):
    return ball(ratio) * arb(d).sqrt() / (2 * arb.pi()).sqrt()


@T.check(z=POINTS, alpha=[Q(1, 8), Q(2)])
def injective(z, alpha, build=tilted):
    "The sizes and signs of an image give the cause, for a permutation of four bits."
    return equal(undone("sbox:present", alpha, build("sbox:present", alpha, z)), z)


T.control(injective, "alpha |z| added", build=added)


@T.check(alpha=[Q(1, 8), Q(2)])
def collision(alpha, build=added):
    "With alpha |z| added to the signs, two causes share an image."
    name = "perm:n=1,seed=1"
    z = Q(3, 7) * codeword(name, [1])[0]  # of codeword 1
    return equal(build(name, alpha, [z]), build(name, alpha, [-z - 2 * codeword(name, [1])[0] / alpha]))


T.control(collision, "with alpha |z| as a factor", build=tilted)


@T.check(z=POINTS, alpha=[Q(1, 8), Q(2)])
def similarity(z, alpha, build=tilted):
    "On an orthant the squared distance of two images is alpha^2 times that of the causes: m <= alpha."
    other = [2 * v + (1 if v > 0 else -1) for v in z]
    images = [build("sbox:present", alpha, point) for point in (z, other)]
    square = [sum((a - b) ** 2 for a, b in zip(*pair, strict=True)) for pair in (images, (z, other))]
    return equal(square[0], alpha**2 * square[1])


T.control(similarity, "the identity", build=lambda name, alpha, z: z)


@T.check(ratio=[Q(1, 10), Q(1), Q(7)])
def one_coordinate(ratio, angle=lambda ratio: ratio / 2):
    "For d = 1 the left side of (1) is (2 / pi) arctan(alpha / (2 beta))."
    return near(pair_distance(1, ratio), 2 / arb.pi() * ball(angle(ratio)).atan(), within=Q(1, 10**9))


T.control(one_coordinate, "arctan(alpha / beta)", angle=lambda ratio: ratio)


@T.check(case=CASES)
def shift(case, most=bound):
    "(1): the laws of cause and observation differ by at most alpha sqrt(d) / (sqrt(2 pi) beta)."
    return at_most(pair_distance(*case), most(*case))


T.control(shift, "without the root of d", case=CASES[2:], most=lambda d, ratio: bound(1, ratio))


def tables(seed):
    """Two joint laws of three causes and four observations, and an encoder, random rationals or one extreme case."""
    if seed == 0:
        half, delta = Q(1, 2), Q(1, 10)
        return [[half, half, 0], [0, 0, 0]], [[half, half - delta, 0], [delta, 0, 0]], [[half, half, 0], [0, 1, 0]]
    random = Random(seed)

    def law(size):
        weights = [random.randint(0, 9) ** 2 + 1 for _ in range(size)]
        return [Q(weight, sum(weights)) for weight in weights]

    joint = [law(12) for _ in range(2)]
    if seed % 2:
        joint[1] = [(9 * a + b) / 10 for a, b in zip(*joint, strict=True)]
    return (*([row[3 * x : 3 * x + 3] for x in range(4)] for row in joint), [law(3) for _ in range(4)])


def distance(a, b):
    return sum(abs(u - v) for one, other in zip(a, b, strict=True) for u, v in zip(one, other, strict=True)) / 2


@T.check(seed=range(40))
def triangle(seed, factor=2):
    "(2) for an encoder of finitely many causes and observations: two laws at distance t, errors at most 2 t apart."
    p, other, q = tables(seed)
    errors = [distance([[sum(row) * v for v in q[x]] for x, row in enumerate(law)], law) for law in (p, other)]
    return at_most(abs(errors[0] - errors[1]), factor * distance(p, other))


T.control(triangle, "t alone", factor=1)


@T.check()
def still_hard(alpha=Q(1, 100), beta=Q(1, 4), d=8):
    "For d = 8, beta = 1/4 and alpha = 1/100 the error of an encoder that cannot invert C is above 0.9 - epsilon."
    return less(Q(9, 10), sampling_rate(beta) ** d - 2 * bound(d, alpha / beta))


T.control(still_hard, "alpha = 1/10", alpha=Q(1, 10))


@T.check(x=[Q(0), Q(3)])
def nothing(x, slope=0):
    "The posterior of G = 0, which is as far from injective as can be, is the prior: the encoder has no weights."
    return at_most(total_variation(posterior(linear([[slope]]), x, Q(1, 2)), gaussian(0, 1)), Q(1, 10**9))


T.control(nothing, "G(z) = z", slope=1)


@T.figure
def picture():
    """Distance of the pairs (z, x) of the injective and the other generator by alpha / beta; dashed the bound t."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6, 3.2), layout="constrained")
    axes = figure.subplots()
    ratios = [Q(2) ** k for k in range(-7, 4)]
    xs = [float(ratio) for ratio in ratios]
    for d, colour in ((1, "black"), (8, "#0072B2"), (32, "#56B4E9")):
        axes.plot(xs, [float(pair_distance(d, r).mid()) for r in ratios], "-", color=colour, label=f"$d={d}$")
        axes.plot(xs, [float(bound(d, r).mid()) for r in ratios], "--", color=colour, linewidth=0.8)
    axes.set(xlabel=r"$\alpha / \beta$", ylabel="total variation", xscale="log", ylim=(0, 1))
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
