r"""A strongly invertible map has a small encoder: gradient descent, then Langevin steps, with every constant.

Let m |z - z'| <= |G(z) - G(z')| <= M |z - z'|, |D^2 G| <= M2, x = G(z) + beta xi, z* = G^{-1}(x). But for a chance of
2 exp(-t^2 / 2), |x - G(0)| <= X = (M + beta)(sqrt d + t) and |z*| <= Z = (1 + beta / m)(sqrt d + t). Then

(1) gradient descent with s <= 1 / L, L = M^2 + M2 X, ends within (1 - s m^2)^(n/2) X / m <= delta of z*;
(2) U is within rho of z* an energy V with alpha <= Hessian <= Lambda everywhere, mode c, |c - z*| <= Z / alpha;
(3) Langevin steps on V from N(z_n, v), v <= 1 / Lambda, h = delta + Z / alpha:
        KL_0 <= (d/2)(v Lambda - 1 - log(alpha v)) + Lambda h^2 / 2,
        KL_K <= exp(-alpha eta K) KL_0 + 8 eta d Lambda^2 / alpha   for eta <= alpha / (4 Lambda^2);
(4) they leave the ball of radius rho with a chance of at most
        K P(chi^2_d > (rho - Z / alpha - h)^2 alpha (1 - alpha eta / 2));
(5) exp(-V) has at most P(chi^2_d > alpha (rho - Z / alpha)^2) outside of it, and the posterior at most
        exp(|z*|^2 / (2 b)) (A / (a - b))^(d/2) P(chi^2_d > (a - b) rho^2),
    0 < b < a = 1 + m^2 / beta^2, A = 1 + M^2 / beta^2.

Total variation is at most sqrt(KL_K / 2) + (4) + (5). The proofs are in `retrodict.encoders.guarantee`; (2) is checked
in lem:convex-extension, (3) and (4) in lem:langevin-steps; the second line of (3) is the theorem of Vempala and
Wibisono, recalled and not proved here. The number of untied parameters is

    N' <= (2 N + 3)(3 + (2.01 L / m^2) log(X sqrt(Lambda) / m) + (21/4) d (kappa / eps)^2 log(5 E / eps^2)),         (6)
    kappa = (M^2 + (17/4 - 2 k) m^2) / (k m^2),   E = d (1 + log kappa) / 2 + 1 + kappa Z^2 / alpha,

in which the noise enters through logarithms only. If m = 0, kappa is 1 + M^2 / beta^2 and (3) asks for beta^-4 steps.
"""

from fractions import Fraction as Q
from functools import cache

import numpy as np
from flint import arb, ctx, fmpq

from retrodict.claims import Theorem, at_most, near
from retrodict.encoders.chi_square import chi_square_tail
from retrodict.encoders.extension import REACH, curvatures, radius
from retrodict.encoders.guarantee import attempt, construct
from retrodict.encoders.size import size, untied_bound
from retrodict.maps.continuous import reflection, residual
from retrodict.maps.continuous.generative_map import vector
from retrodict.maps.continuous.line import integral
from retrodict.maps.continuous.posterior import energy, image

T = Theorem(
    label="thm:unrolled-encoder",
    title="Strongly invertible maps have small encoders",
    source="after Pareek and Risteski (2021), recalled; explicit constants, and no third derivative, derived here",
    bibtex="""@inproceedings{pareek2022effects,
  author = {Pareek, Divyansh and Risteski, Andrej},
  title = {The Effects of Invertibility on the Representational Complexity of Encoders in {VAEs}},
  booktitle = {International Conference on Learning Representations},
  year = {2022},
  note = {arXiv:2107.04652; recalled}
}""",
    statement=r"""Let $m\|z - z'\| \le \|G(z) - G(z')\| \le M\|z - z'\|$, $\|D^2G\| \le M_2$, and let $\beta$ be so
small that (4) and (5) of the proof are at most $\varepsilon/16$. Then $n$ steps of gradient descent and $K$
Langevin steps, all of them Gaussian layers made of $G$ and its derivative, sample the posterior up to total variation
$\varepsilon$ for all $x$ but a set of probability $1/100$,
$$n = O(\tfrac{L}{m^2}\log\tfrac1\beta),\qquad K = O(d\,\kappa^2\varepsilon^{-2}\log\tfrac d\varepsilon),\qquad
\kappa \le (M^2 + \tfrac{13}4 m^2)/(\tfrac12 m^2),$$
with the constants of (6). Checked for $z + \tfrac12 Q^T\sin(Qz)$, $d \le 8$, $\varepsilon = 0.1, 0.03, 0.01$ at noise
$1/200$. Remark: upper bounds on a sufficient number of steps; `prop:measured-encoder` measures far shorter ones.""",
    conditional_on="the rate of unadjusted Langevin steps in KL divergence (Vempala and Wibisono, 2019), recalled",
    uses=["thm:gradient-inversion", "lem:convex-extension", "lem:langevin-steps", "thm:condition-number"],
)

BITS = 128
NOISE = Q(1, 200)  # below what all dimensions and errors that are checked ask for
ERRORS = [Q(1, 10), Q(3, 100), Q(1, 100)]
DIMENSIONS = [1, 2, 3, 4, 5, 6, 7, 8]


def ball(value):
    return arb(fmpq(value.numerator, value.denominator))


def wave(d, scale=Q(1, 2)):
    return residual(scale, reflection([1 + i % 3 for i in range(d)]))


@cache
def found(d, eps, noise=NOISE):
    return construct(wave(d), noise, eps)


def start_bound(v, low, high, h, d):
    return (v * high - 1 - (low * v).log()) * d / 2 + high * h * h / 2


def steps(curvature, smooth, d, start, eps):
    """K of (3) for KL_0 = start, with 7/8 of the divergence for the bias."""
    divergence = 2 * ball(eps) ** 2
    eta = divergence * 7 / 8 * curvature / (8 * d * smooth**2)
    return (8 * start / divergence).log() / (curvature * eta)


# (1)


@T.check(d=[1, 2])
def descent(d, part=1):
    "(1): after the steps that are taken, all balls, the iterate is within delta of the cause."
    one = found(d, Q(1, 10))
    e, g = one.encoder, one.encoder.generator
    with ctx.workprec(800):
        cause = vector(*(arb((-1) ** i * (5 + i)) / 2 for i in range(d)))
        z, x = 0 * cause, g.forward(cause)
        for _ in range(e.descent_steps // part):
            z = z - g.vjp(z, g.forward(z) - x) * ball(e.descent_step)
        gap = ((z - cause) * (z - cause)).sum().sqrt()
    return at_most(gap, one.constants["delta"])


T.control(descent, "a hundredth of the steps", part=100)


# (5)


def moment(cause, noise, weight):
    """E exp(weight (z - cause)^2) under the posterior of z + sin(z) / 2 at the image of the cause, an upper bound."""
    g = wave(1)
    u = energy(g, image(g, ball(cause)), noise)
    reach = arb(14)
    outside = (2 * arb.pi()).sqrt() * (reach / arb(2).sqrt()).erfc()  # U - weight (z - cause)^2 >= z^2 / 2

    def tilted(z):
        return (weight * (z - ball(cause)) * (z - ball(cause)) - u(z)).exp()

    return (integral(tilted, -reach, reach) + outside) / integral(lambda z: (-u(z)).exp(), -reach, reach)


def tail_bound(d, a, A, b, cause, r):
    return (cause / (2 * b) + d * (A / (a - b)).log() / 2).exp() * chi_square_tail(d, (a - b) * r * r)


def confused(d, a, A, b, cause, r):
    return tail_bound(d, A, a, b, cause, r)


@T.check(d=[1, 2, 3, 4], share=[Q(1, 4), Q(1, 2)], r=[Q(8, 5)])
def tail(d, share, r, bound=tail_bound):
    "(5) for posteriors that are products: Chernoff's bound on what lies outside, from the moments of the factors."
    noise = Q(1, 5)
    a, A = (1 + ball(c / noise) ** 2 for c in (Q(1, 2), Q(3, 2)))
    causes = [Q(1), Q(-1, 2), Q(3, 2), Q(0)][:d]
    weight = fmpq(27, 64) * a  # below m^2 / (2 beta^2)
    most = (-weight * ball(r) ** 2).exp()
    for cause in causes:
        most = most * moment(cause, noise, weight)
    return at_most(most, bound(d, a, A, ball(share) * a, ball(sum(c * c for c in causes)), ball(r)))


T.control(tail, "m and M exchanged", bound=confused)


# (3) + (4) + (5)


def total(d, eps, noise, part=1):
    """The sum, from the numbers of the encoder and the constants of its map alone."""
    one = found(d, eps)
    e, keep = one.encoder, one.constants["keep"]
    m, M, M2 = (arb(c) for c in e.generator.certificate.require("m", "M", "M2"))
    beta, s, v, eta = (ball(q) for q in (noise, e.descent_step, e.spread, e.langevin_step))
    K = fmpq(e.langevin_steps) / part
    low, high = curvatures(m, M, keep, beta)
    rho = REACH * radius(m, M, M2, keep)
    length = arb(d).sqrt() + (2 * arb(200).log()).sqrt()
    X, Z = (M + beta) * length, (1 + beta / m) * length
    h = ((1 - s * m * m).log() * e.descent_steps / 2).exp() * X / m + Z / low
    kl = (-low * eta * K).exp() * start_bound(v, low, high, h, d) + 8 * eta * d * high**2 / low
    a, A = 1 + (m / beta) ** 2, 1 + (M / beta) ** 2
    free = (rho - Z / low - h).max(arb(0))
    leaves = K * chi_square_tail(d, free**2 * low * (1 - low * eta / 2))
    own = (4 * Z**2 / a + d * (8 * A / (7 * a)).log() / 2).exp() * chi_square_tail(d, a * rho**2 * 7 / 8)
    return (kl / 2).sqrt() + leaves + chi_square_tail(d, low * (rho - Z / low).max(arb(0)) ** 2).max(own)


@T.check(d=DIMENSIONS, eps=ERRORS)
def adds_up(d, eps, noise=NOISE, part=1):
    "The sum is at most eps, recomputed from the numbers of the encoder alone."
    with ctx.workprec(BITS):
        return at_most(total(d, eps, noise, part), ball(eps))


T.control(adds_up, "two thirds of the Langevin steps", part=fmpq(3, 2))
T.control(adds_up, "the same encoder at four times the noise", noise=4 * NOISE)


@T.check(d=DIMENSIONS, eps=ERRORS)
def inequalities(d, eps, noise=NOISE):
    "Every inequality that the proof asks for holds."
    return [at_most(one.left, one.right) for one in attempt(wave(d), noise, eps, Q(1, 100), Q(1, 2)).inequalities]


T.control(inequalities, "at noise 1/50", noise=Q(1, 50))


@T.check(d=DIMENSIONS, eps=ERRORS)
def sizes(d, eps, times=1):
    "(6): the untied parameters, counted layer by layer, are within the bound."
    return at_most(times * size(found(d, eps).encoder).untied_parameters, untied_bound(found(d, eps)))


T.control(sizes, "a fifth of the bound", times=5)


@T.check(noise=[Q(1, 10**4), Q(1, 10**6), Q(1, 10**9)])
def flat(noise, within=Q(1, 500)):
    "For m > 0 the Langevin steps change by less than 1/500 as the noise falls from 1e-3 to 1e-9."
    one, other = (found(2, Q(1, 10), beta).encoder.langevin_steps for beta in (Q(1, 1000), noise))
    return near(Q(other, one), 1, within=within)


T.control(flat, "already from 1/200 on, where less curvature can be kept", noise=[NOISE])


@T.check(noise=[Q(1, 10), Q(1, 100), Q(1, 1000)])
def degenerate(noise, least=Q(0), power=4):
    "For singular values 0 and 3/2 half the noise takes 13 to 19 times the steps of (3): like beta^-4."

    def count(beta):
        a, A = 1 + ball(least / beta) ** 2, 1 + ball(Q(3, 2) / beta) ** 2
        return steps(a, A, 2, start_bound(1 / A, a, A, ball(Q(4)) / a, 2), Q(1, 10))

    return near(count(noise / 2) / count(noise), arb(2) ** power, within=Q(3))


T.control(degenerate, "with m = 1/2", least=Q(1, 2))
T.control(degenerate, "beta^-2", power=2)


@T.figure
def picture():
    """Proved Langevin steps by the noise for eps = 0.1 and d = 2: z + sin(z) / 2 in rotated coordinates (solid), where
    the proof applies; singular values 0 and 3/2 (dashed)."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6, 3.2), layout="constrained")
    axes = figure.subplots()
    noises = [Q(1, 2**j) for j in range(20)]
    small = [beta for beta in noises if beta <= NOISE]
    axes.plot(
        [float(b) for b in small], [found(2, Q(1, 10), b).encoder.langevin_steps for b in small], "-", color="black"
    )
    counts = []
    for beta in noises[:12]:
        A = 1 + ball(Q(3, 2) / beta) ** 2
        counts.append(float(steps(arb(1), A, 2, start_bound(1 / A, arb(1), A, arb(4), 2), Q(1, 10)).mid()))
    axes.plot(np.array([float(b) for b in noises[:12]]), counts, "--", color="black")
    axes.set(xlabel=r"noise $\beta$", ylabel="Langevin steps", xscale="log", yscale="log")
    axes.spines[["top", "right"]].set_visible(False)
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
