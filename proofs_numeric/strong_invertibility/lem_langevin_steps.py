r"""Langevin steps on a strongly convex and smooth energy: how fast they mix, and how rarely they go far.

Let alpha <= Hessian of V <= Lambda on R^d, with the least value at c. From N(z, v I), |z - c| <= h, v <= 1 / Lambda,

    KL_0 <= (d/2)(v Lambda - 1 - log(alpha v)) + Lambda h^2 / 2,                                                    (1)

since V <= V(c) + Lambda |u|^2 / 2 in the mean and V >= V(c) + alpha |u|^2 / 2 in the normalising constant. For steps of
size eta <= alpha / (4 Lambda^2)

    KL_k <= exp(-alpha eta k) KL_0 + 8 eta d Lambda^2 / alpha                                                       (2)

(Vempala and Wibisono, 2019, recalled; not proved here, but compared with closed forms). A step without its noise
contracts the distance to c by 1 - alpha eta, and |a + g| grows stochastically with |a| for a Gaussian vector g. So
|z_k - c| is dominated by |h + g'|, where g' has variance at most 1 / (alpha (1 - alpha eta / 2)) in each direction:

    P(|z_k - c| > r) <= P(chi^2_d > (r - h)^2 alpha (1 - alpha eta / 2)).                                           (3)

(1) and (3) are derived here; Gaussians attain the curvatures, so that the checks are where the bounds are sharpest.
"""

from fractions import Fraction as Q

from flint import arb, fmpq

from retrodict.claims import Theorem, at_most
from retrodict.encoders.chi_square import chi_square_tail

T = Theorem(
    label="lem:langevin-steps",
    title="Langevin steps on strongly convex energies mix, and stay near the mode",
    source="(2) after Vempala and Wibisono (2019), recalled; (1) and (3) derived here",
    statement=r"""Let $\alpha \preceq \nabla^2 V \preceq \Lambda$ on $\mathbb R^d$, with minimum at $c$, and let
Langevin steps of size $\eta \le \alpha/(4\Lambda^2)$ start from $N(z, v I)$, $\|z - c\| \le h$, $v \le 1/\Lambda$. Then
$$\mathrm{KL}_k \le e^{-\alpha\eta k}\bigl[\tfrac d2(v\Lambda - 1 - \log \alpha v) + \tfrac12\Lambda h^2\bigr]
+ 8\eta d\Lambda^2/\alpha,$$
$$P(\|z_k - c\| > r) \le P(\chi^2_d > (r - h)^2 \alpha(1 - \tfrac12\alpha\eta)).$$
Checked on Gaussians, whose chains have closed forms.""",
    conditional_on="the rate of unadjusted Langevin steps in KL divergence (Vempala and Wibisono, 2019), recalled",
    uses=["thm:langevin-bias"],
)


def ball(value):
    return arb(fmpq(value.numerator, value.denominator))


def divergence(variances, shifts, curvatures):
    """KL of N(shift, variance) to exp(-curvature u^2 / 2), summed over coordinates."""
    terms = zip(variances, shifts, curvatures, strict=True)
    return sum((c * v - 1 - (c * v).log() + c * h * h for v, h, c in terms), arb(0)) / 2


def start_bound(v, low, high, h, d):
    return (v * high - 1 - (low * v).log()) * d / 2 + high * h * h / 2


def inverted(v, low, high, h, d):
    return start_bound(v, high, high, h, d)


@T.check(low=[Q(1), Q(1, 2)], high=[Q(1), Q(4)], h=[Q(0), Q(3)])
def start(low, high, h, bound=start_bound):
    "(1) for Gaussians whose curvatures lie between the bounds."
    a, b, c = ball(low), ball(high), ball((low + high) / 2)
    v = 1 / b
    claims = []
    for shift in ([ball(h), 0, 0], [0, 0, ball(h)]):
        claims.append(at_most(divergence([v] * 3, shift, [a, c, b]), bound(v, a, b, ball(h), 3)))
    return claims


T.control(start, "log(Lambda v) for log(alpha v)", bound=inverted)


def chain(curvature, eta, count, mean, variance):
    """Mean and variance after so many steps on curvature u^2 / 2, exactly."""
    power = (1 - curvature * eta) ** count
    limit = 1 / (curvature * (1 - curvature * eta / 2))
    return power * mean, limit + power * power * (variance - limit)


@T.check(high=[Q(1), Q(3)], share=[Q(1), Q(1, 20)], count=[1, 10, 100, 1000])
def langevin(high, share, count, rate=1, bias=8):
    "(2) for Gaussians of curvatures 1 and Lambda, in closed form."
    a, b = arb(1), ball(high)
    eta = ball(share) * a / (4 * b * b)
    before = divergence([1 / b, 1 / b], [arb(5), arb(3)], [a, b])
    laws = [chain(c, eta, count, mean, 1 / b) for c, mean in ((a, arb(5)), (b, arb(3)))]
    after = divergence([v for _, v in laws], [mean for mean, _ in laws], [a, b])
    return at_most(after, (-rate * a * eta * count).exp() * before + bias * eta * 2 * b * b / a)


T.control(langevin, "without the bias", bias=0)
T.control(langevin, "four times the rate", rate=4)


def outside(mean, variance, level):
    """P(|N(mean, variance)| > level)."""
    scale = 1 / (2 * variance).sqrt()
    return (((level - mean) * scale).erfc() + ((level + mean) * scale).erfc()) / 2


def discrete(alpha, eta):
    return alpha * (1 - alpha * eta / 2)


def continuous(alpha, eta):
    return alpha


@T.check(curvature=[Q(1), Q(2), Q(4)], mean=[Q(0), Q(2)], level=[Q(3), Q(6)])
def exit(curvature, mean, level, precision=discrete):
    "(3) for Gaussians of curvature from 1 to 4, at each of 60 steps of size 1/10: exact laws of the chain."
    eta, h, r = arb(1) / 10, ball(mean), ball(level)
    claims = []
    for count in range(60):
        at, variance = chain(ball(curvature), eta, count, h, arb(1) / 4)
        claims.append(at_most(outside(at, variance, r), chi_square_tail(1, (r - h) ** 2 * precision(arb(1), eta))))
    return claims


T.control(exit, "the variance of the continuous process", precision=continuous)


@T.check(first=[Q(0), Q(1, 2), Q(1)], step=[Q(1, 100), Q(1)], level=[Q(1, 2), Q(3)])
def monotone(first, step, level):
    "|a + g| for a standard Gaussian g grows stochastically with |a|."
    one, other = ball(first), ball(first + step)
    return at_most(outside(one, arb(1), ball(level)), outside(other, arb(1), ball(level)))


T.control(monotone, "falls", step=[Q(-1, 2)], first=[Q(1, 2), Q(1)])


@T.figure
def picture():
    """KL divergence by the step on curvatures 1 and 3, steps of size 1/36: exact (solid) and the bound (2) (dashed)."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6, 3.2), layout="constrained")
    axes = figure.subplots()
    a, b, eta = arb(1), arb(3), arb(1) / 36
    counts = range(0, 600, 5)
    exact, bound = [], []
    before = divergence([1 / b, 1 / b], [arb(5), arb(3)], [a, b])
    for count in counts:
        laws = [chain(c, eta, count, mean, 1 / b) for c, mean in ((a, arb(5)), (b, arb(3)))]
        exact.append(float(divergence([v for _, v in laws], [mean for mean, _ in laws], [a, b]).mid()))
        bound.append(float(((-a * eta * count).exp() * before + 8 * eta * 2 * b * b / a).mid()))
    axes.plot(counts, exact, "-", color="black", linewidth=1.2)
    axes.plot(counts, bound, "--", color="black", linewidth=0.8)
    axes.set(xlabel="step", ylabel="KL divergence", yscale="log")
    axes.spines[["top", "right"]].set_visible(False)
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
