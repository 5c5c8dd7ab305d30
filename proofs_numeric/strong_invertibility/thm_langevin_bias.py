r"""Unadjusted Langevin steps sample a law that is off by an amount linear in the step, and exactly so for Gaussians.

The step z' = z - eta U'(z) + sqrt(2 eta) xi on U(z) = z^2 / (2 sigma^2), r = eta / sigma^2, is the autoregression
z' = (1 - r) z + sqrt(2 eta) xi. Its variance obeys v' = (1 - r)^2 v + 2 eta; for 0 < r < 2 it converges to

    v = sigma^2 / (1 - r / 2),                                                                                       (1)

for r >= 2 it grows without bound. Let rho = v / sigma^2. Two centred Gaussians of variances 1 and rho have equal
densities at t^2 = rho log(rho) / (rho - 1), so that their distances are

    KL = (rho - 1 - log rho) / 2,    TV = erf(t / sqrt 2) - erf(t / sqrt(2 rho)),                                   (2)

and TV / r -> E |u^2 - 1| / 8 = phi(1) / 2 = 0.120985. With the correction of Metropolis the chain is reversible for the
target at every step size: there is no bias at all. That the bias of other strongly convex energies is linear as well is
not checked here. (1) and (2) are elementary; after Roberts and Tweedie (1996).
"""

from fractions import Fraction as Q

import sympy
from flint import arb, fmpq

from retrodict.claims import Theorem, at_most, equal, near
from retrodict.maps.continuous.line import gaussian, total_variation

T = Theorem(
    label="thm:langevin-bias",
    title="The bias of unadjusted Langevin steps on Gaussians is linear in the step",
    source="after Roberts and Tweedie (1996), recalled; closed forms derived here",
    statement=r"""Unadjusted Langevin steps of size $\eta$ on $N(0, \sigma^2)$, $r = \eta/\sigma^2 < 2$, have the
stationary variance $\sigma^2/(1 - r/2)$; the total variation to the target is $\varphi(1) r / 2 = 0.120985\, r$ to
first order, within $r^2/25$ for $r \le 1/2$. For $r \ge 2$ the variance diverges. With the Metropolis correction the
target itself is stationary for every $\eta$. Remark: Gaussians only; for them the distances are closed forms.""",
)

r, s, x, y = sympy.symbols("r s x y", positive=True)

TABLE = {  # r: variance ratio, KL, TV
    Q(1, 2): ("1.333333", "0.02282563", "0.06949089"),
    Q(1, 5): ("1.111111", "0.00287530", "0.02548827"),
    Q(1, 10): ("1.052632", "0.00066914", "0.01241080"),
    Q(1, 20): ("1.025641", "0.00016161", "0.00612609"),
}


def stationary(step):  # (1)
    """v / sigma^2."""
    return 1 / (1 - step / 2)


def without_discretisation(step):
    return step / step


def half_the_noise(step):
    return stationary(step) / 2


def ball(value):
    return arb(fmpq(value.numerator, value.denominator))


def crossing(rho):
    return (rho * rho.log() / (rho - 1)).sqrt()


def at_one(rho):
    return arb(1)


def distances(rho, cross=crossing):  # (2)
    t = cross(rho)
    return (rho - 1 - rho.log()) / 2, (t / arb(2).sqrt()).erf() - (t / (2 * rho).sqrt()).erf()


def variances(step, count, start=0):
    """v_k / sigma^2 along the chain, from a point."""
    step = fmpq(step.numerator, step.denominator)
    found = [fmpq(start)]
    for _ in range(count):
        found.append((1 - step) ** 2 * found[-1] + 2 * step)
    return found


@T.check()
def fixed_point(ratio=stationary):
    "(1) solves v = (1 - r)^2 v + 2 eta, for all r and sigma."
    v = s**2 * ratio(r)
    return equal((1 - r) ** 2 * v + 2 * r * s**2, v)


T.control(fixed_point, "the variance of the target", ratio=without_discretisation)
T.control(fixed_point, "noise of half the variance", ratio=half_the_noise)


@T.check(step=list(TABLE), count=[1, 5, 20])
def convergence(step, count, power=2):
    "The distance to (1) is multiplied by (1 - r)^2 at every step."
    step = fmpq(step.numerator, step.denominator)
    v = stationary(step)
    return equal(v - variances(step, count)[-1], (1 - step) ** (power * count) * v)


T.control(convergence, "by 1 - r", power=1)


@T.check(step=[Q(1, 2), Q(1), Q(3, 2), Q(19, 10)])
def bounded(step):
    "For r < 2 the variance never exceeds its limit."
    return at_most(variances(step, 40), abs(stationary(step)))


T.control(bounded, "for r = 5/2", step=[Q(5, 2)])
T.control(bounded, "for r = 21/10", step=[Q(21, 10)])


@T.check(step=[Q(2), Q(21, 10), Q(5, 2), Q(4)])
def diverges(step):
    "For r >= 2 it grows by at least 4 at every step."
    path = variances(step, 40)
    return at_most([v + 4 for v in path[:-1]], path[1:])


T.control(diverges, "for r = 3/2", step=[Q(3, 2)])


@T.check(step=list(TABLE))
def values(step, ratio=stationary, cross=crossing):
    "Variance ratio, KL and TV have the digits that are printed."
    printed = TABLE[step]
    found = [ball(ratio(step)), *distances(ball(ratio(step)), cross)]
    units = [Q(1, 2 * 10 ** (len(digits) - 2)) for digits in printed]
    return [near(a, Q(b), within=unit) for a, b, unit in zip(found, printed, units, strict=True)]


T.control(values, "densities taken to cross at 1", cross=at_one)
T.control(values, "twice the step", ratio=lambda step: stationary(2 * step))


@T.check(step=list(TABLE))
def enclosed(step, cross=crossing):
    "The closed form of TV is the integral of the positive part."
    rho = ball(stationary(step))
    return near(total_variation(gaussian(0, rho.sqrt()), gaussian(0, 1)), distances(rho, cross)[1], within=Q(1, 10**9))


T.control(enclosed, "densities taken to cross at 1", cross=at_one)


@T.check(step=[*TABLE, Q(1, 1000)])
def first_order(step, factor=Q(1, 2)):
    "TV / r is within r / 25 of phi(1) / 2."
    density = (-arb(1) / 2).exp() / (2 * arb.pi()).sqrt()
    return near(distances(ball(stationary(step)))[1] / ball(step), density * ball(factor), within=step / 25)


T.control(first_order, "of phi(1)", factor=Q(1))


@T.check()
def constant(point=1):
    "phi(1) / 2 is 0.120985."
    return near((-arb(point) / 2).exp() / (8 * arb.pi()).sqrt(), Q("0.120985"), within=Q(1, 2 * 10**6))


T.control(constant, "phi(0) / 2", point=0)


@T.check()
def corrected(exponent=-r * (y**2 - x**2) / 4):
    "Accepting x -> y with probability min(1, exp(-r (y^2 - x^2) / 4)) balances the flows of the target, for every r."
    there = -(x**2) / 2 - (y - (1 - r) * x) ** 2 / (4 * r)
    back = -(y**2) / 2 - (x - (1 - r) * y) ** 2 / (4 * r)
    return equal(back - there, exponent)


T.control(corrected, "accepting always", exponent=0 * r)


@T.figure
def picture():
    """Total variation over step, by the step r: the stationary law of unadjusted steps (solid), its limit (dashed)."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6, 3.2), layout="constrained")
    axes = figure.subplots()
    steps = [Q(k, 50) for k in range(1, 96)]
    ratios = [float((distances(ball(stationary(step)))[1] / ball(step)).mid()) for step in steps]
    axes.plot([float(step) for step in steps], ratios, "-", color="black", linewidth=1.2)
    axes.axhline(
        float(((-arb(1) / 2).exp() / (8 * arb.pi()).sqrt()).mid()), color="black", linestyle="--", linewidth=0.8
    )
    axes.set(xlabel=r"step $r = \eta/\sigma^2$", ylabel=r"TV$/r$", ylim=(0, None))
    axes.spines[["top", "right"]].set_visible(False)
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
