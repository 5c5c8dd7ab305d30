r"""How small the noise must be for the proof of the encoder: which powers of the dimension, of m and of M2.

The proof of thm:unrolled-encoder asks that what lies outside the radius rho = (19/20)(1 - k) m^2 / (M M2) is a small
part of eps, for a law of precision of the order of m^2 / beta^2 in each of d directions and over K steps: that beta be
below a constant times

    m^3 / (M M2 sqrt(d + log(K / eps))).                                                                            (1)

The condition of Pareek and Risteski, as recalled, is beta = O(d^{-3/2} log(d / eps)^{-1/2}). Below, beta* is the
largest noise that a search finds at which the proof goes through, for z + a Q^T sin(Qz); only m = 1 - a, M = 1 + a,
M2 = a and d enter. Its slopes between d and 2 d are those of computed numbers.

They say what this proof needs, not what an encoder needs. A power of -1/2 is what any proof needs that asks for half of
the posterior within a fixed radius rho: for a Gaussian of precision A in each direction no ball of radius rho has more
mass than the one around the mean (Anderson, recalled), and that is at most

    P(chi^2_d <= A rho^2) < 1/2    once A rho^2 <= d - 1.                                                           (2)
"""

from dataclasses import replace
from fractions import Fraction as Q
from functools import cache

from flint import arb, fmpq

from retrodict.claims import Theorem, at_most, less, near
from retrodict.encoders.chi_square import chi_square_tail
from retrodict.encoders.guarantee import KEPT, attempt, largest_noise
from retrodict.maps.continuous import residual

T = Theorem(
    label="thm:noise-condition",
    title="The proof of the encoder asks for noise of the order of d to the power -1/2, not -3/2",
    source="after Pareek and Risteski (2021), recalled; the proof and these values derived here",
    statement=r"""Let $\beta_*(d)$ be the largest noise found at which the proof of the unrolled encoder goes through
for $z + \tfrac12 Q^T\sin(Qz)$ on $\mathbb R^d$, $\varepsilon = 1/10$: it does at $\beta_*$, and does not at
$(1 + 2^{-12})\beta_*$. Between $d$ and $2d$ the slope of $\log\beta_*$ in $\log d$ falls from $-0.10$ at $d = 1$ to
$-0.41$ at $d = 64$, and is $-1/2$ up to $1/500$ from $d = 128$ to $2^{14}$: the power $-3/2$ is not what this proof
needs. In $m$, $\beta_*$ follows $m^3/(M M_2)$ up to logarithms; from $\varepsilon = 10^{-1}$ to $10^{-6}$ it falls by
less than a half. Remark: finite facts about a sufficient condition; encoders still work at larger noise. Any proof that
asks for half of a Gaussian posterior within a fixed radius needs the power $-1/2$.""",
    uses=["thm:unrolled-encoder"],
)

PARTS = 4096
EPS = Q(1, 10)
DIMENSIONS = [2**j for j in range(15)]
SLOPES = {1: "-0.100", 2: "-0.123", 4: "-0.153", 8: "-0.191", 16: "-0.234", 32: "-0.277", 64: "-0.409"}


def ball(value):
    return arb(fmpq(value.numerator, value.denominator))


def wave(d, scale=Q(1, 2)):
    """Only the constants and the dimension enter the proof; those of z + a Q^T sin(Qz) are the same for all d."""
    return replace(residual(scale, [[1]]), name=f"residual:d={d},a={scale}", dimension=d)


@cache
def best(d, scale=Q(1, 2), eps=EPS):
    return largest_noise(wave(d, scale), eps, parts=PARTS)


def slope(d, eps=EPS):
    """Of log beta* in log d, between d and 2 d."""
    return (ball(best(2 * d, eps=eps)) / ball(best(d, eps=eps))).log() / arb(2).log()


def attempts(d, noise):
    """The inequalities of the proof, for each share of curvature that it tries to keep."""
    return [attempt(wave(d), noise, EPS, Q(1, 100), keep).inequalities for keep in KEPT]


@T.check(d=DIMENSIONS)
def goes_through(d, factor=Q(1)):
    "At beta* every inequality of the proof holds, for one of the shares of curvature."
    for inequalities in attempts(d, factor * best(d)):
        if all(one.holds for one in inequalities):
            break
    return [at_most(one.left, one.right) for one in inequalities]


T.control(goes_through, "at twice the noise", factor=Q(2))


@T.check(d=DIMENSIONS)
def no_further(d, factor=1 + Q(1, PARTS)):
    "At 4097/4096 of beta* one inequality is refuted, for each of the shares."
    claims = []
    for inequalities in attempts(d, factor * best(d)):
        failing = [one for one in inequalities if not one.holds] or inequalities[-1:]
        claims.append(less(failing[0].right, failing[0].left))
    return claims


T.control(no_further, "at beta* itself", factor=Q(1))


@T.check(d=list(SLOPES))
def slopes(d, per=1):
    "The slope between d and 2 d has these digits, for d up to 64."
    return near(slope(d) * per, Q(SLOPES[d]), within=Q(1, 1000))


T.control(slopes, "of beta*^3, for a power -3/2", per=3)


@T.check(d=DIMENSIONS[7:])
def half(d, power=Q(-1, 2)):
    "From d = 128 on the slope is -1/2 up to 1/500."
    return near(slope(d), power, within=Q(1, 500))


T.control(half, "-3/2", power=Q(-3, 2))
T.control(half, "for smaller d", d=[8, 64])


@T.check(j=[1, 2, 3, 4, 5, 6, 7])
def invertibility(j, power=3):
    "beta* over m^3 / (M M2) changes by less than 6 per cent when m is halved, from m = 1/2 to 1/256."

    def scaled(m):
        return best(1, 1 - m) * (2 - m) * (1 - m) / m**power

    return near(scaled(Q(1, 2 ** (j + 1))) / scaled(Q(1, 2**j)), 1, within=Q(3, 50))


T.control(invertibility, "m^2 for m^3", power=2)


@T.check(d=[1, 8, 64])
def accuracy(d, factor=2):
    "From eps = 1/10 to 1e-6 the noise falls by less than a half."
    return less(best(d), factor * best(d, eps=Q(1, 10**6)))


T.control(accuracy, "by less than a twentieth", factor=Q(21, 20))


@T.check(d=[2, 3, 10, 100, 1000, 10000])
def needed(d, level=1):
    "(2): a ball of squared radius (d - 1) / A has at most half of the mass of a Gaussian of precision A."
    return at_most(1 - chi_square_tail(d, arb(d - level)), Q(1, 2))


T.control(needed, "of squared radius (d + 1) / A", level=-1)


@T.figure
def picture():
    """The largest noise found at which the proof goes through, by the dimension: eps = 0.1 (solid), 1e-6 (dashed); a
    slope of -1/2 and one of -3/2 (dotted)."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6, 3.2), layout="constrained")
    axes = figure.subplots()
    for eps, style in ((EPS, "-"), (Q(1, 10**6), "--")):
        axes.plot(DIMENSIONS, [float(best(d, eps=eps)) for d in DIMENSIONS], style, color="black", linewidth=1.2)
    for power, start in ((0.5, 64), (1.5, 64)):
        away = [d for d in DIMENSIONS if start <= d <= 2048]
        axes.plot(away, [0.006 * (start / d) ** power for d in away], ":", color="black", linewidth=1.0)
    axes.set(xlabel="dimension $d$", ylabel=r"noise $\beta_*$", xscale="log", yscale="log")
    axes.spines[["top", "right"]].set_visible(False)
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
