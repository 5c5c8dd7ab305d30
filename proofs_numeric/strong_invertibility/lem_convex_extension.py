r"""The energy of the posterior is extended from a ball around the cause to one that is strongly convex and smooth.

Let m |v| <= |J v| <= M |v| and |D^2 G| <= M2, x = G(z*), u = z - z*, 1/2 <= k < 1, r = (1 - k) m^2 / (M M2), and

    V(z) = |z|^2 / 2 + (M^2 r^2 Omega(|G(z) - x| / (M r)) + m^2 r^2 p(|u| / r)) / beta^2,                           (1)

Omega'' = w = 1 on [0, 1], (3 - s) / 2 on [1, 3], 0 beyond;  p'' = 0 on [0, 19/20], 9/4 on [1, oo), straight between.
Then V = U = |z|^2 / 2 + |G(z) - x|^2 / (2 beta^2) for |u| <= 19 r / 20, and everywhere

    1 + k m^2 / beta^2 <= Hessian of V <= 1 + (M^2 + 2 (1 - k) m^2 + 9 m^2 / 4) / beta^2.                           (2)

Proof. Write y = G(z) - x, s = |u| / r, W for the integral of w. Without I and the factor 1 / beta^2 the Hessian is

    J^T Psi'' J + <grad Psi, D^2 G> + m^2 (p'' along u, p' / s across).

Psi'' has eigenvalues w(q) and W(q) / q >= w(q), q = |y| / (M r) <= s, so that the first term is at least w(s) m^2,
and at most M^2. |grad Psi| = M r W(q) <= M r W(s), so that the second is at most (1 - k) m^2 W(s) <= 2 (1 - k) m^2. As
p'' does not fall, p' / s <= p''. So the lower bound needs w - (1 - k) W + p' / s >= k, that is

    margin(s, k) = s (w(s) - (1 - k) W(s) - k) + p'(s) >= 0;                                                        (3)

for s <= 1 it is (1 - k) s (1 - s) + p'; for s >= 1 it is that of k = 1/2 plus s (k - 1/2) (W - 1); and that of k = 1/2
is t (2 - t) (5 - t) / 8 + 9/160 at s = 1 + t, t <= 2, and grows from s = 3 on. No third derivative of G enters.
"""

from fractions import Fraction as Q

import sympy
from flint import arb, arb_series, fmpq

from retrodict.claims import Theorem, at_most, equal, near
from retrodict.encoders.extension import PENALTY, REACH, curvatures, fit, fit_slope, margin, penalty, radius
from retrodict.maps.continuous import compose, reflection, residual
from retrodict.maps.continuous.generative_map import vector

T = Theorem(
    label="lem:convex-extension",
    title="Near the cause the posterior's energy is that of a strongly convex and smooth one",
    source="derived here",
    statement=r"""Let $G$ be $C^2$ with $m\|v\| \le \|J v\| \le M\|v\|$, $\|D^2G\| \le M_2$, $x = G(z_*)$,
$\tfrac12 \le k < 1$, $r = (1-k)m^2/(M M_2)$. There is a $C^2$ function $V$ that equals
$U(z) = \tfrac12\|z\|^2 + \tfrac1{2\beta^2}\|G(z) - x\|^2$ for $\|z - z_*\| \le \tfrac{19}{20} r$, with
$$1 + \frac{k m^2}{\beta^2} \preceq \nabla^2 V \preceq 1 + \frac{M^2 + (\tfrac{17}4 - 2k) m^2}{\beta^2}$$
everywhere. Remark: the polynomial inequality behind it is checked for all arguments, the Hessian on examples.""",
)

t, k = sympy.symbols("t k", positive=True)
HALF = fmpq(1, 2)
NOISE = Q(1, 20)
CAUSES = [(Q(3, 2),), (Q(-1), Q(2, 3)), (Q(1, 2), Q(-2), Q(1))]


def wave(d):
    return residual(Q(1, 2), reflection([1 + i % 3 for i in range(d)]))


def twice(d):
    return compose(wave(d), wave(d))


def profile(t, k, top=Q(9, 4)):
    """margin at s = 1 + t, 0 <= t <= 2, in symbols."""
    w, W = 1 - t / 2, 1 + t - t**2 / 4
    return (1 + t) * (w - (1 - k) * W - k) + sympy.Rational(top) * (t + sympy.Rational(1, 40))


@T.check()
def cubic(k=sympy.S.Half, top=Q(9, 4)):
    "(3) on [1, 3] for k = 1/2: a sum of terms that are not negative, and 9/160."
    return equal(profile(t, k, top), t * (2 - t) * (5 - t) / 8 + sympy.Rational(9, 160))


T.control(cubic, "p'' up to 2 only", top=Q(2))
T.control(cubic, "a third of m^2 kept", k=sympy.Rational(1, 3))


@T.check()
def more_kept(rest=t - t**2 / 4):
    "For s in [1, 3] the margin grows with k, by s (W - 1) per unit."
    return equal(profile(t, k) - profile(t, sympy.S.Half), (k - sympy.S.Half) * (1 + t) * rest)


T.control(more_kept, "W for W - 1", rest=1 + t - t**2 / 4)


@T.check(s=[Q(i, 16) for i in range(0, 17)], kept=[Q(1, 2), Q(3, 4), Q(7, 8)])
def inside(s, kept, first=1):
    "(3) for s <= 1, and that p starts at 19/20."
    s, kept = fmpq(s.numerator, s.denominator), fmpq(kept.numerator, kept.denominator)
    tau = max(s - REACH, fmpq(0))
    return equal(margin(s, kept), (1 - kept) * s * (first - s) + PENALTY * tau * tau * 10)


T.control(inside, "w that starts to fall at 1/2", first=HALF)


@T.check(s=[Q(i, 8) for i in range(8, 25)])
def used(s, top=Q(9, 4)):
    "The functions that the encoder's proof uses are those of (3); four points decide a cubic."
    return equal(
        margin(fmpq(s.numerator, s.denominator), HALF),
        Q(str(profile(sympy.Rational(s - 1), sympy.S.Half, top))),
    )


T.control(used, "p'' up to 2 only", top=Q(2))


@T.check(s=[Q(3), Q(4), Q(100)])
def outside(s, slope=Q(3, 4)):
    "From s = 3 on the margin for k = 1/2 is (3/4)(s - 3) + 9/160, and k adds (k - 1/2) s."
    at = fmpq(s.numerator, s.denominator)
    return [equal(margin(at, HALF + d) - d * at, slope * (s - 3) + Q(9, 160)) for d in (fmpq(0), fmpq(1, 4))]


T.control(outside, "a slope of 1", slope=Q(1), s=[Q(4), Q(100)])


def ball(value):
    return arb(fmpq(value.numerator, value.denominator))


def problem(g, cause):
    z = vector(*map(ball, cause))
    m, M, M2 = (arb(c) for c in g.certificate.require("m", "M", "M2"))
    return z, g.forward(z), m, M, radius(m, M, M2, HALF)


def omega(q):
    if q[0] < 1:
        return q * q / 2
    t = q - (1 if q[0] < 3 else 3)
    return t * t / 2 - t * t * t / 12 + t + HALF if q[0] < 3 else 2 * t + HALF + 2 + 2 - fmpq(2, 3)


def weight(s):
    if s[0] < ball(Q(19, 20)):
        return 0 * s
    tau, t = s - REACH, s - 1
    return PENALTY * (tau * tau * tau * fmpq(10, 3) if s[0] < 1 else t * t / 2 + t / 40 + fmpq(1, 2400))


def no_weight(s):
    return 0 * s


def along(g, cause, point, direction, weight=weight, omega=omega):
    """(1) at point + h direction, a power series in h."""
    z, x, m, M, r = problem(g, cause)
    line = vector(*(arb_series([a, b], prec=3) for a, b in zip(point, direction, strict=True)))
    square = sum((a * a for a in line), arb_series([0], prec=3))
    y = sum((a * a for a in g.forward(line) - x), arb_series([0], prec=3)).sqrt()
    s = sum((a * a for a in line - z), arb_series([0], prec=3)).sqrt()
    fitted = M * M * omega(y / (M * r)) + m * m * weight(s / r)
    return square / 2 + fitted * (r * r / ball(NOISE) ** 2)


SPOTS = [Q(1, 2), Q(97, 100), Q(7, 5), Q(11, 5), Q(33, 10), Q(6), Q(31)]


def spots(d):
    """Unit vectors to go from the cause, and to look along."""
    rows = [[ball(e) for e in row] for row in reflection([2, 1, 3][:d])]
    return [*rows, [-e for e in rows[0]]]


@T.check(cause=CAUSES, s=SPOTS, g=[wave, twice])
def curvature(cause, s, g, weight=weight, omega=omega):
    "(2) at points in dimensions 1 to 3, in several directions: second derivatives of (1) itself."
    f = g(len(cause))
    z, _, m, M, r = problem(f, cause)
    low, high = curvatures(m, M, HALF, ball(NOISE))
    claims = []
    for away in spots(len(cause)):
        point = z + vector(*away) * (ball(s) * r)
        for look in spots(len(cause)):
            second = 2 * along(f, cause, point, look, weight, omega)[2]
            claims += [at_most(low, second), at_most(second, high)]
    return claims


T.control(curvature, "without the penalty p", weight=no_weight)
T.control(curvature, "a penalty of ten times the size", weight=lambda s: 10 * weight(s))


@T.check(cause=CAUSES, s=[Q(1, 10), Q(1, 2), Q(9, 10), Q(94, 100)])
def same_energy(cause, s):
    "V = U within 19 r / 20 of the cause: value and derivatives."
    g = wave(len(cause))
    z, x, _, _, r = problem(g, cause)
    claims = []
    for away in spots(len(cause)):
        point = z + vector(*away) * (ball(s) * r)
        line = vector(*(arb_series([a, b], prec=3) for a, b in zip(point, away, strict=True)))
        y = g.forward(line) - x
        u = sum((a * a for a in line), arb_series([0], prec=3)) + sum((a * a for a in y), arb_series([0], prec=3)) * (
            1 / ball(NOISE) ** 2
        )
        v = along(g, cause, point, away)
        claims += [near(v[j], u[j] / 2, within=Q(1, 10**8)) for j in range(3)]
    return claims


T.control(same_energy, "at r and beyond", s=[Q(3, 2), Q(2)])


def second_derivative(cause, cell, inner=1):
    """V'' of the wave on the line over a ball of points."""
    g = wave(1)
    z, x, m, M, r = problem(g, cause)
    series = g.forward(vector(arb_series([cell, 1], prec=3)))[0]
    y, u = series[0] - x[0], abs(cell - z[0])
    q, bent = abs(y) / (M * r), 2 * series[2] * M * r
    bend = bent * fit(q) if y >= 0 else -bent * fit(q) if y <= 0 else bent * fit(q) * arb(0, 1)
    fitted = fit_slope(q) * series[1] ** 2 + bend + inner * m * m * penalty(u / r)
    return 1 + fitted / ball(NOISE) ** 2


@T.check(cause=[(Q(3, 2),), (Q(-3),), (Q(2, 5),)])
def on_the_line(cause, inner=1, cells=600):
    "(2) for z + sin(z) / 2 at every point within 12 r of the cause, cell by cell."
    z, _, m, M, r = problem(wave(1), cause)
    low, high = curvatures(m, M, HALF, ball(NOISE))
    claims = []
    for i in range(-cells, cells):
        found = second_derivative(cause, (z[0] + 12 * r * i / cells).union(z[0] + 12 * r * (i + 1) / cells), inner)
        claims += [at_most(low, found), at_most(found, high)]
    return claims


T.control(on_the_line, "without the penalty p", inner=0)


@T.figure
def picture():
    """Curvature of V (solid) and of U (dotted) near the cause 2, for z + sin(z) / 2, noise 1/20, between the bounds (2)
    (dashed)."""
    import numpy as np
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6, 3.2), layout="constrained")
    axes = figure.subplots()
    z, x, m, M, r = problem(wave(1), (Q(2),))
    points = np.linspace(-5, 5, 201)
    curves = [second_derivative((Q(2),), (z[0] + arb(float(p)) * r).mid()) for p in points]
    axes.plot(points, [float(c.mid()) for c in curves], "-", color="black", linewidth=1.2)
    at = 2 + points * float(r.mid())
    plain = (
        1 + ((1 + np.cos(at) / 2) ** 2 - (at + np.sin(at) / 2 - float(x[0].mid())) * np.sin(at) / 2) / float(NOISE) ** 2
    )
    axes.plot(points, plain, ":", color="black", linewidth=1.0)
    for bound in curvatures(m, M, HALF, ball(NOISE)):
        axes.axhline(float(bound.mid()), color="black", linestyle="--", linewidth=0.8)
    axes.set(xlabel=r"$(z - z_*)/r$", ylabel="second derivative")
    axes.spines[["top", "right"]].set_visible(False)
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
