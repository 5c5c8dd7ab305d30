r"""No estimate of the causes is better than their information allows, and signs allow little.

z is a standard Gaussian vector, x = G(z) + beta xi, and an estimate u(x) has the mean squared error D per coordinate.
The rate-distortion function of the Gaussian source is log(1/D) / 2, so that by data processing (Shannon)

    D >= exp(-2 I(z; x) / d),    I in nats.                                                                         (1)

For linear G of singular values s_i the least D is the mean of 1 / (1 + s_i^2 / beta^2) and exp(-2 I / d) their
geometric mean: equality if and only if the s_i are equal. For C(sgn z), C a bijection, the best estimate of z_i is
sqrt(2 / pi) E[s_i | x], s = sgn z, and E[c | x] = tanh(x / beta^2) coordinate by coordinate of c = C(s). For C the
identity

    D = 1 - (2 / pi) E tanh^2((1 + beta nu) / beta^2) >= 1 - 2 / pi = 0.363380...,  nu standard Gaussian,           (2)

and for every bijection D is at least the same 1 - 2 / pi, since x tells of z at most s, and tends to it as the noise
falls. (1) gives 1/4 there, I being at most d log 2. To come near 1 - 2 / pi an encoder must find s, which is the hard
part; (1) and (2) hold for encoders of every size. After Shannon (1959), recalled; written out here.
"""

from fractions import Fraction as Q

import sympy
from flint import acb, arb, fmpq

from retrodict.capacity.information import error_floor, sign_information
from retrodict.claims import Theorem, at_most, equal, less, near
from retrodict.maps.continuous import linear
from retrodict.maps.sign_rates import gaussian_mean

T = Theorem(
    label="thm:rate-distortion",
    title="No estimate of the causes beats their information, and signs leave 0.363 of the variance",
    source="after Shannon (1959), recalled; values derived here",
    statement=r"""Every estimate of $z \sim N(0, I_d)$ from $x$ has a mean squared error per coordinate of at least
$e^{-2 I(z; x)/d}$. For $G(z) = a z$ the best estimate has exactly this, $1/(1 + a^2/\beta^2)$; for linear $G$ with
different singular values more. For $G(z) = \mathrm{sgn}\,z$ it has
$$1 - \tfrac2\pi\, \mathbb E \tanh^2\big((1 + \beta\nu)/\beta^2\big) \to 1 - \tfrac2\pi = 0.363380\ldots,$$
where the information allows $\tfrac14$. For $C(\mathrm{sgn}\,z)$, $C$ a bijection, it is at least $1 - 2/\pi$. Remark:
this is what any encoder must lose, not what a small one can reach.""",
    uses=["thm:sign-information", "thm:information"],
)

a, beta = sympy.symbols("a beta", positive=True)
NOISES = [Q(4), Q(1), Q(1, 2), Q(1, 4), Q(1, 16)]
MATRICES = [[[Q(2), Q(1)], [Q(0), Q(1, 3)]], [[Q(1), Q(0)], [Q(0), Q(9)]], [[Q(1), Q(1)], [Q(1), Q(1)]]]


def ball(value):
    return arb(fmpq(value.numerator, value.denominator))


def least_error(rows, noise):
    """The mean of 1 / (1 + s_i^2 / beta^2): half the trace of (I + A^T A / beta^2)^-1, for two rows."""
    (p, q), (r, s) = rows
    one, two = 1 + (p * p + r * r) / noise**2, 1 + (q * q + s * s) / noise**2
    mixed = (p * q + r * s) / noise**2
    return (one + two) / (one * two - mixed * mixed) / 2


def sign_error(noise, hardly=2):  # (2)
    width = ball(noise)
    seen = gaussian_mean(lambda nu: ((1 + width * nu) / (width * width)).tanh() ** 2)
    return 1 - hardly / arb.pi() * seen


def allowed(noise, factor=2):
    """exp(-2 I / d) for signs."""
    return (-factor * sign_information(noise)).exp()


@T.check()
def one_gain(power=2):
    "For G(z) = a z the least error is exp(-2 I) with I = log(1 + a^2 / beta^2) / 2."
    return equal(sympy.exp(-2 * sympy.log(1 + a**2 / beta**2) / 2), 1 / (1 + a**power / beta**2))


T.control(one_gain, "a for its square", power=1)


@T.check(rows=MATRICES, noise=NOISES[1:])
def matrices(rows, noise, floor=error_floor):
    "For matrices with different singular values it is more than exp(-2 I / d)."
    return less(floor(linear(rows), noise), least_error(rows, noise))


T.control(matrices, "the root of it", floor=lambda g, noise: error_floor(g, noise).sqrt())


@T.check(noise=NOISES)
def equal_gains(noise, rows=((Q(3), Q(4)), (Q(-4), Q(3)))):
    "For a similarity of the plane they are equal."
    return near(error_floor(linear(rows), noise), least_error(rows, noise), within=Q(1, 10**12))


T.control(equal_gains, "a shear", noise=NOISES[1:], rows=((Q(3), Q(4)), (Q(0), Q(3))))


@T.check()
def half_normal(sign=1):
    "The mean of |z| is sqrt(2 / pi), so that of the variance of z its sign leaves 1 - 2 / pi = 0.363380."
    beyond = (-arb(200)).exp()  # of the integral, from 20 on
    mean = 2 * (acb.integral(lambda z, _: z * (-z * z / 2).exp(), 0, 20).real + beyond) / (2 * arb.pi()).sqrt()
    return [
        near(mean, (2 / arb.pi()).sqrt(), within=Q(1, 10**9)),
        near(1 - sign * mean**2, Q("0.363380"), within=Q(1, 10**6)),
    ]


T.control(half_normal, "added", sign=-1)


@T.check(noise=NOISES)
def signs(noise, error=sign_error):
    "The error of the best estimate through signs is above exp(-2 I / d)."
    return less(allowed(noise), error(noise))


T.control(signs, "as if z were the sign", noise=NOISES[3:], error=lambda noise: sign_error(noise, hardly=arb.pi()))


@T.check(noise=NOISES)
def at_least(noise, error=sign_error):
    "It is never below 1 - 2 / pi, while the information allows errors down to 1/4."
    rounding = fmpq(1, 10**9)
    return [at_most(1 - 2 / arb.pi() - rounding, error(noise)), at_most(fmpq(1, 4) - rounding, allowed(noise))]


T.control(at_least, "through G(z) = z", error=lambda noise: ball(1 / (1 + 1 / noise**2)))


@T.check()
def limit(noise=Q(1, 16)):
    "At noise 1/16 both limits are reached to 1e-9."
    return [
        near(sign_error(noise), 1 - 2 / arb.pi(), within=Q(1, 10**9)),
        near(allowed(noise), Q(1, 4), within=Q(1, 10**9)),
    ]


T.control(limit, "at noise 1/4", noise=Q(1, 4))


@T.figure
def picture():
    """Mean squared error of the best estimate by the noise: through the sign, through the identity; dashed is (1)."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6, 3.2), layout="constrained")
    axes = figure.subplots()
    noises = [Q(1, 8) * Q(5, 4) ** k for k in range(16)]
    xs = [float(noise) for noise in noises]
    axes.plot(xs, [float(sign_error(b).mid()) for b in noises], "-", color="black", label=r"$\mathrm{sgn}\,z$")
    axes.plot(
        xs, [float(allowed(b).mid()) for b in noises], "--", color="black", label=r"$e^{-2I}$ of $\mathrm{sgn}\,z$"
    )
    axes.plot(xs, [float(1 / (1 + 1 / b**2)) for b in noises], "-", color="#0072B2", label="$z$, equal to $e^{-2I}$")
    axes.set(xlabel=r"noise $\beta$", ylabel="mean squared error", xscale="log", ylim=(0, 1))
    axes.minorticks_off()
    axes.set_xticks([1 / 8, 1 / 4, 1 / 2, 1, 2], ["1/8", "1/4", "1/2", "1", "2"])
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize=8)
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
