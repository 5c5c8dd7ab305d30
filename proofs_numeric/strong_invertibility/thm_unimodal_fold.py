r"""The fold has a posterior with two modes, and no encoder with one mode comes close to it when the noise is small.

G(z) = z^2 - 1 at x = 0: the posterior is symmetric with modes near -1 and 1. Let A and B be intervals of width w with a
gap of length D between them, and let the density q be unimodal. Somewhere in A it is at least q(A) / w, somewhere in B
at least q(B) / w, and between two points it is at least the smaller of its values there: on the gap at least
min(q(A), q(B)) / w, and the mass there is at most 1. Hence

    min(q(A), q(B)) <= w / D,    TV(q, p) >= min(p(A), p(B)) - w / D,                                                (1)

TV being at least p - q of any event. With A and B of width 4 beta around -1 and 1, w / D = 2 beta / (1 - 2 beta), which
falls to 0 with the noise: TV >= 1/2 - o(1). Upper bounds are certified for the Gaussians named here; that they are the
best of all Gaussians is numerical and not claimed. At noise 1/2 the valley is shallow and one wide Gaussian does better
than 1/2. A search over all means and deviations ends at mean 0, deviation 0.915304 and a total variation of 0.354013.
The specification prints 0.353465. These are the digits of half the integral of |p - q| over [-3, 3] only, which is
least at deviation 0.92277: what the Gaussian has outside, 0.0011, is left out there. A strongly invertible map has no
such limit (thm:laplace-law). Derived here.
"""

from fractions import Fraction as Q
from functools import cache
from itertools import product

from flint import arb

from retrodict.claims import Theorem, at_most, less, near
from retrodict.maps.continuous import fold, residual
from retrodict.maps.continuous.line import gaussian, real, total_variation
from retrodict.maps.continuous.posterior import image, laplace, posterior

T = Theorem(
    label="thm:unimodal-fold",
    title="Unimodal encoders of the fold stay half of the mass away",
    source="setting of Pareek and Risteski (2021); lemma and constants derived here",
    statement=r"""If $p$ is a law on the line, $A$ and $B$ are intervals of width $w$ at distance $D$, and $q$ has a
unimodal density, then $\mathrm{TV}(q, p) \ge \min(p(A), p(B)) - w/D$. For the posterior of the fold $z^2 - 1$ at $x =
0$ with noise $\beta \le 1/10$ and intervals of width $4\beta$ around $\pm 1$ this is at least
$\tfrac12 - 10^{-3} - 2\beta/(1 - 2\beta)$. At $\beta = 1/2$ the Gaussian of mean $0$ and
deviation $0.915304$ has $\mathrm{TV} = 0.354013$, so that $\tfrac12$ is no bound at all noises. Remark:
this is about the encoder's shape, not its size.""",
    uses=["thm:laplace-law"],
)

FOLD = fold()
WAVE = residual(Q(1, 2), [[1]])
SMALL = [Q(1, 10), Q(1, 20), Q(1, 40), Q(1, 80)]
SINGLE = {  # mean, standard deviation, total variation: found by search, enclosed here
    Q(3, 10): (Q("0.908024"), Q("0.312627"), "0.498577"),
    Q(1, 5): (Q("0.9496"), Q("0.2"), "0.499999"),
    Q(1, 10): (Q(1), Q(1, 10), "0.500000"),
}
LAPLACE = {Q(3, 10): "0.517520", Q(1, 5): "0.504220", Q(1, 10): "0.500317"}


@cache
def at_zero(noise):
    return posterior(FOLD, 0, noise)


def best(noise):
    return SINGLE[noise][:2]


def wide_one(noise):
    return Q(0), Q("0.915304")


def best_inside(noise):
    """Where half the integral of |p - q| over [-3, 3] is least, by search."""
    return Q(0), Q("0.92277")


def at_mode(noise):
    return laplace(FOLD, 0, noise, 0, 3)


@cache
def distance(noise, encoder):
    return total_variation(at_zero(noise), gaussian(*encoder(noise)))


def mass(noise, half=2):
    """p(A) = p(B), of width 4 beta around 1 and -1."""
    low, high = real(1 - half * noise, "low"), real(1 + half * noise, "high")
    return at_zero(noise).mass(low, high)


def ratio(noise):
    """w / D."""
    return 2 * noise / (1 - 2 * noise)


def unimodal(heights):
    top = heights.index(max(heights))
    return list(heights[: top + 1]) == sorted(heights[: top + 1]) and list(heights[top:]) == sorted(
        heights[top:], reverse=True
    )


@T.check(width=[1, 2], gap=[1, 2, 3])
def lemma(width, gap, shape=unimodal):
    "(1) for every unimodal step function of heights 0, 1, 2 on cells of length 1."
    claims = []
    for heights in product(range(3), repeat=2 * width + gap):
        if any(heights) and shape(heights):
            smaller = Q(min(sum(heights[:width]), sum(heights[-width:])), sum(heights))
            claims.append((smaller, Q(width, gap)))
    return at_most(*map(list, zip(*claims, strict=True)))


T.control(lemma, "without unimodality", shape=lambda heights: True)


@T.check(noise=SMALL)
def two_masses(noise, half=2):
    "Both intervals have nearly half of the posterior's mass."
    return at_most(Q(1, 2) - Q(1, 1000), mass(noise, half))


T.control(two_masses, "intervals of half that width", half=1)


@T.check(noise=SMALL, encoder=[(Q(1), Q(1, 20)), (Q(0), Q(1)), (Q(1, 2), Q(1, 2))])
def obeyed(noise, encoder, make=gaussian):
    "Gaussians obey (1)."
    q = total_variation(at_zero(noise), make(*encoder))
    return at_most(mass(noise) - real(ratio(noise), "ratio"), q)


T.control(obeyed, "the posterior itself, with two modes", noise=[Q(1, 20)], make=lambda *_: at_zero(Q(1, 20)))


@T.check(noise=list(SINGLE))
def one_gaussian(noise, encoder=best):
    "One Gaussian comes to a distance of about 1/2, and the one named has the digits that are printed."
    value = distance(noise, encoder)
    return [near(value, Q(SINGLE[noise][2]), within=Q(1, 10**6)), less(Q(49, 100), value)]


T.control(one_gaussian, "Laplace's Gaussian", encoder=at_mode)


@T.check(noise=list(LAPLACE))
def at_one_mode(noise, encoder=at_mode):
    "Laplace's Gaussian at the mode above 0 has the digits that are printed."
    return near(distance(noise, encoder), Q(LAPLACE[noise]), within=Q(1, 2 * 10**6))


T.control(at_one_mode, "the better Gaussian", encoder=best)


@T.check(noise=[Q(3, 10), Q(1, 5), Q(1, 10)])
def wide(noise, encoder=wide_one):
    "At these noises a wide Gaussian over both modes is no better than 1/2."
    return less(Q(1, 2), distance(noise, encoder))


T.control(wide, "at noise 1/2, where the valley is shallow", noise=[Q(1, 2)])


@T.check()
def shallow(noise=Q(1, 2)):
    "At noise 1/2 a wide Gaussian has total variation 0.354013: a bound of 1/2 at all noises is false."
    return near(distance(noise, wide_one), Q("0.354013"), within=Q(1, 2 * 10**6))


T.control(shallow, "at noise 3/10", noise=Q(3, 10))


@T.check()
def inside(cut=3, noise=Q(1, 2)):
    "Over [-3, 3] alone half the integral of |p - q| can be 0.353465; over the line that Gaussian has more than 0.354."
    mean, deviation = best_inside(noise)
    q, p = gaussian(mean, deviation), at_zero(noise)
    little = (1 - p.mass(arb(-cut), arb(cut))).upper()  # of p outside; that of |p - q| is q's up to this
    outside = q.outside(arb(cut)) + arb(0, little)
    whole = distance(noise, best_inside)
    return [near(whole - outside / 2, Q("0.353465"), within=Q(1, 2 * 10**6)), less(Q("0.354"), whole)]


T.control(inside, "over [-4, 4]", cut=4)


@T.check(mean=[Q(k, 8) for k in range(9)], deviation=[Q(3, 8), Q(3, 4), Q(7, 8), Q(1), Q(5, 4)])
def no_better(mean, deviation, least=Q("0.354013")):
    "No Gaussian of a grid, off-centre ones among them, comes nearer at noise 1/2."
    return less(least, total_variation(at_zero(Q(1, 2)), gaussian(mean, deviation)))


T.control(no_better, "nearer than 0.36", least=Q("0.36"))


@T.check(noise=SMALL)
def invertible(noise, g=WAVE, cause=Q(1)):
    "Of a strongly invertible map one Gaussian misses the posterior by less than the noise."
    x = image(g, real(cause, "cause"))
    q = gaussian(*laplace(g, x, noise, 0, 3))
    return less(total_variation(posterior(g, x, noise), q), noise)


T.control(invertible, "the fold", g=FOLD)


@T.check()
def symmetric(noise=Q(1, 5), middle=0):
    "Half of the posterior's mass is on either side of 0."
    p = at_zero(noise)
    return near(p.mass(arb(middle), p.reach), p.mass(-p.reach, arb(middle)), within=Q(1, 10**9))


T.control(symmetric, "of 1", middle=1)


@T.figure
def picture():
    """Total variation by the noise: Laplace's Gaussian, a wide one, and the bound (1) with the best width on a grid."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6, 3.2), layout="constrained")
    axes = figure.subplots()
    noises = [Q(k, 80) for k in (2, 3, 4, 6, 8, 12, 16, 20, 24, 28, 32, 36, 40, 48)]
    xs = [float(noise) for noise in noises]
    axes.plot(xs, [float(distance(b, at_mode).mid()) for b in noises], "-", color="#0072B2", label="Laplace")
    axes.plot(xs, [float(distance(b, wide_one).mid()) for b in noises], "-", color="#56B4E9", label="wide Gaussian")
    bounds = []
    for b in noises:
        halves = [b * k / 4 for k in range(2, 13) if b * k < 3]
        bounds.append(
            max(
                float(at_zero(b).mass(real(1 - h, "low"), real(1 + h, "high")).mid()) - float(h / (1 - h))
                for h in halves
            )
        )
    axes.plot(xs, [max(0.0, bound) for bound in bounds], "--", color="black", label="any unimodal law, at least")
    axes.axhline(0.5, color="grey", linewidth=0.6)
    axes.set(xlabel=r"noise $\beta$", ylabel="total variation", ylim=(0, 1))
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
