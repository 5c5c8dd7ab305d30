r"""Gradient descent inverts a strongly invertible map at a linear rate, and the posterior stays near the cause.

Let f(z) = |G(z) - x|^2 / 2, x = G(z*), |J v| >= m |v|, |J v| <= M |v|, |D^2 G| <= M2. The gradient is J^T (G(z) - x),
so that

    |grad f|^2 >= 2 m^2 f                                                                                           (1)

(Polyak and Lojasiewicz), and the Hessian on {f <= f(0)} is at most L = M^2 + M2 |x| if G(0) = 0. With step 1 / L

    f_{k+1} <= f_k - |grad f|^2 / (2 L) <= (1 - m^2 / L) f_k,    |z_k - z*| <= sqrt(2 f_k) / m.                     (2)

For the posterior, u = z - z*, a = 1 + m^2 / beta^2, A = 1 + M^2 / beta^2:

    P(|u| > r | x) <= exp(|z*|^2 / a) (2 A / a)^(d/2) P(chi^2_d > a r^2 / 2),                                       (3)

by m |u| <= |G(z) - x| <= M |u|, -z*.u <= |z*|^2 / a + a |u|^2 / 4 above, and Jensen's inequality below. Here iterates
are rounded to 128 bits; each inequality is enclosed at the rounded point. The causes and maps are examples; the fold
from z = 0, where the gradient vanishes, is the control. After Polyak (1963); constants derived here.
"""

from fractions import Fraction as Q
from functools import cache

import numpy as np
from flint import arb, ctx, fmpq

from retrodict.claims import Theorem, at_most, near
from retrodict.maps.continuous import fold, reflection, residual
from retrodict.maps.continuous.generative_map import vector
from retrodict.maps.continuous.posterior import image, posterior

T = Theorem(
    label="thm:gradient-inversion",
    title="Gradient descent inverts strongly invertible maps at a linear rate",
    source="after Pareek and Risteski (2021) and Polyak (1963), recalled; explicit constants derived here",
    statement=r"""Let $\|G(z) - G(z')\| \ge m \|z - z'\|$, $G(0) = 0$, $\|J\| \le M$, $\|D^2G\| \le M_2$,
$f(z) = \tfrac12\|G(z) - x\|^2$, $L = M^2 + M_2\|x\|$. Gradient descent from $0$ with step $1/L$ has
$f_{k+1} \le (1 - m^2/L) f_k$ and $\|z_k - G^{-1}(x)\| \le \sqrt{2 f_k}/m$. With $a = 1 + m^2/\beta^2$,
$A = 1 + M^2/\beta^2$ and $z_* = G^{-1}(x)$,
$$P(\|z - z_*\| > r \mid x) \le e^{\|z_*\|^2/a} (2A/a)^{d/2} P(\chi^2_d > a r^2/2).$$
Checked on $G(z) = z + \tfrac12 Q^T \sin(Qz)$. Remark: the number of steps bounds the depth of an encoder from above;
that an encoder needs it is not said.""",
    uses=["thm:condition-number"],
)

BITS = 128
TARGET = fmpq(1, 10**12)
LIMIT = 1000
TAILS = {Q(1, 5): (Q(8, 5), "3.81e-14", "1.057e-2"), Q(1, 10): (Q(6, 5), "3.3e-33", "6.56e-5")}


def square(v):
    return (v * v).sum()


def wave(d):
    """A map, a cause of length about sqrt(d), and m, M, M2."""
    g = residual(Q(1, 2), reflection([1 + i % 3 for i in range(d)]))
    cause = vector(*(arb((-1) ** i * (4 + i % 5)) / 6 for i in range(d)))
    return g, g.forward(cause), cause, g.certificate.require("m", "M", "M2")


def bent(d):
    """The fold at x = 1, with constants that it does not have."""
    return fold(), vector(arb(1)), vector(arb(2).sqrt()), (fmpq(1, 2), fmpq(3, 2), fmpq(1, 2))


@cache
def path(d, problem):
    """(f, |grad f|^2, f after the step, |z - z*|^2) at each iterate until f <= 1e-12 f_0; and m, L."""
    with ctx.workprec(BITS):
        g, x, cause, (m, M, M2) = problem(d)
        smooth = M * M + M2 * square(x).sqrt()
        z, rows = vector(*[arb(0)] * d), []
        while len(rows) < LIMIT:
            error = g.forward(z) - x
            gradient = g.vjp(z, error)
            after = vector(*((a - b / smooth).mid() for a, b in zip(z, gradient, strict=True)))
            rows.append((square(error) / 2, square(gradient), square(g.forward(after) - x) / 2, square(z - cause)))
            if rows[-1][0] <= rows[0][0] * TARGET:
                break
            z = after
        return rows, m, smooth


DIMENSIONS = [1, 4, 16]


@T.check(d=DIMENSIONS, full={"d": [*DIMENSIONS, 64]})
def gradients(d, problem=wave):
    "(1) at every iterate."
    rows, m, _ = path(d, problem)
    return at_most([2 * m * m * f for f, *_ in rows], [slope for _, slope, *_ in rows])


T.control(gradients, "the fold from z = 0, where the gradient is 0", d=[1], problem=bent)


@T.check(d=DIMENSIONS, full={"d": [*DIMENSIONS, 64]})
def rate(d, problem=wave):
    "(2): every step multiplies f by at most 1 - m^2 / L."
    rows, m, smooth = path(d, problem)
    return at_most([after for _, _, after, _ in rows], [(1 - m * m / smooth) * f for f, *_ in rows])


T.control(rate, "the fold from z = 0, which stays there", d=[1], problem=bent)


@T.check(d=DIMENSIONS, full={"d": [*DIMENSIONS, 64]})
def steps(d, problem=wave):
    "f falls to 1e-12 of its value in fewer steps than (2) allows."
    rows, m, smooth = path(d, problem)
    return at_most(len(rows) - 1, arb(TARGET).log() / (1 - m * m / smooth).log())


T.control(steps, "the fold from z = 0", d=[1], problem=bent)


@T.check(d=DIMENSIONS, full={"d": [*DIMENSIONS, 64]})
def distances(d, problem=wave, sharper=1):
    "(2): the distance to the cause is at most sqrt(2 f) / m."
    rows, m, _ = path(d, problem)
    return at_most([sharper * m * m * gap for *_, gap in rows], [2 * f for f, *_ in rows])


T.control(distances, "with 3/2 for m, the largest slope", sharper=9)


def chi_square_tail(a, A, r, cause):  # (3), d = 1
    return (cause * cause / a).exp() * (2 * A / a).sqrt() * (r * (a / 4).sqrt()).erfc()


def confused(a, A, r, cause):
    return chi_square_tail(A, A, r, cause)


@T.check(noise=list(TAILS))
def tail(noise, bound=chi_square_tail):
    "(3) for z + sin(z) / 2 at x = G(1), with the digits that are printed."
    radius, true, printed = TAILS[noise]
    with ctx.workprec(200):
        g, r = residual(Q(1, 2), [[1]]), arb(fmpq(radius.numerator, radius.denominator))
        p = posterior(g, image(g, arb(1)), noise)
        outside = p.mass(-p.reach, 1 - r) + p.mass(1 + r, p.reach) + arb(0).union(p.outside(p.reach))
        a, A = (1 + fmpq(k, 4) * fmpq(noise.denominator, noise.numerator) ** 2 for k in (1, 9))
        most = bound(arb(a), arb(A), r, arb(1))
        unit = Q(1, 10 ** (len(true.split("e")[0]) - 2)) * Q("1" + true[true.index("e") :]) / 2
        return [
            at_most(outside, most),
            near(outside, Q(true), within=unit),
            near(most, Q(printed), within=Q("5e-6") if noise == Q(1, 5) else Q("5e-8")),
        ]


T.control(tail, "M for m in the chi-square", bound=confused)


@T.figure
def picture():
    """f_k / f_0 by the step: gradient descent (solid) and the bound (2) (dashed)."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6, 3.2), layout="constrained")
    axes = figure.subplots()
    for d, colour in zip(DIMENSIONS, ("#56B4E9", "#0072B2", "#000000"), strict=True):
        rows, m, smooth = path(d, wave)
        values = np.array([float((f / rows[0][0]).mid()) for f, *_ in rows])
        axes.plot(values, "-", color=colour, linewidth=1.2, label=f"$d={d}$")
        ks = np.arange(250)
        axes.plot(ks, float((1 - m * m / smooth).mid()) ** ks, "--", color=colour, linewidth=0.8)
    axes.set(xlabel="step", ylabel=r"$f_k/f_0$", yscale="log", ylim=(1e-13, 2))
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
