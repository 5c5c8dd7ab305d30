r"""How long a first-order encoder must iterate: the condition number stays bounded as the noise falls iff m > 0.

Where m |v| <= |J v| <= M |v| for a linear G = A, the energy |z|^2 / 2 + |A z - x|^2 / (2 beta^2) has curvatures between
1 + m^2 / beta^2 and 1 + M^2 / beta^2, both attained when m and M are the extreme singular values. Its condition number
is

    kappa(beta) = (1 + M^2 / beta^2) / (1 + m^2 / beta^2) = (beta^2 + M^2) / (beta^2 + m^2) <= M^2 / m^2             (1)

if m > 0, and 1 + M^2 / beta^2, of slope -2 in log beta, if m = 0. Gradient descent with step 2 / (alpha + Lambda)
contracts the worst error by rho = (kappa - 1) / (kappa + 1) a step; no method of first order does better on quadratics
in K steps than Chebyshev's, 1 / T_K(1 / rho), T_K the Chebyshev polynomial (Nemirovski, recalled). With
tau = (sqrt(kappa) - 1) / (sqrt(kappa) + 1) one has T_K(1 / rho) = (tau^K + tau^-K) / 2, so that the lengths of unrolled
encoders for an error eps are

    rho^k <= eps,    T_K(1 / rho) >= 1 / eps:    k ~ (kappa / 2) log(1/eps),  K ~ (sqrt(kappa) / 2) log(2/eps).      (2)

This is about the family of quadratics with these curvatures; for other maps the bound on the condition number holds
near the cause (section 1.4 of the specification), and no lower bound on the size of encoders of another kind follows.
"""

from fractions import Fraction as Q

import sympy
from flint import arb, fmpq

from retrodict.capacity.condition import chebyshev_steps, condition_number, descent_steps
from retrodict.claims import Theorem, at_most, equal, less, near
from retrodict.maps.continuous import linear

T = Theorem(
    label="thm:condition-number",
    title="The condition number of inversion is flat in the noise iff the map is strongly invertible",
    source="after Pareek and Risteski (2021) and Nemirovski's lower bound, recalled; constants derived here",
    statement=r"""For linear $G$ with singular values between $m$ and $M$ the posterior's energy has the condition
number
$$\kappa(\beta) = \frac{\beta^2 + M^2}{\beta^2 + m^2},$$
at most $M^2/m^2$ if $m > 0$; if $m = 0$ it is $1 + M^2/\beta^2$. Gradient descent needs the least $k$ with
$((\kappa-1)/(\kappa+1))^k \le \varepsilon$ steps, the best first-order method the least $K$ with
$T_K((\kappa+1)/(\kappa-1)) \ge 1/\varepsilon$: flat as $\beta \to 0$ if $m > 0$, of slopes $-2$ and $-1$ in
$\log \beta$ if $m = 0$. Remark: what matters is $m/\beta$, not whether $G$ is bijective.""",
)

beta, m, M = sympy.symbols("beta m M", positive=True)
EPS = Q(1, 1000)
STEPS = {  # kappa: gradient descent, Chebyshev
    Q(4): (14, 7),
    Q(10): (35, 12),
    Q(100): (346, 38),
    Q(1000): (3454, 121),
    Q(10000): (34539, 381),
}
NOISES = [Q(1, 10), Q(1, 100), Q(1, 1000)]
NOISY = {  # (m, beta): as STEPS, M = 3/2
    (Q(0), Q(1, 10)): (781, 58),
    (Q(0), Q(1, 100)): (77716, 571),
    (Q(0), Q(1, 1000)): (7771229, 5701),
    (Q(1, 2), Q(1, 10)): (30, 11),
    (Q(1, 2), Q(1, 100)): (31, 11),
    (Q(1, 2), Q(1, 1000)): (31, 11),
}


def kappa(noise, least, most=Q(3, 2)):  # (1)
    return (1 + most**2 / noise**2) / (1 + least**2 / noise**2)


def ball(value):
    return arb(fmpq(value.numerator, value.denominator))


def descent(k, condition):
    """Worst error after k steps of gradient descent."""
    return (k * ((ball(condition) - 1) / (ball(condition) + 1)).log()).exp()


def chebyshev(k, condition):
    """1 / T_k(1 / rho)."""
    root = ball(condition).sqrt()
    power = (k * ((root + 1) / (root - 1)).log()).exp()
    return 2 / (power + 1 / power)


def chebyshev_exact(k, condition):
    """The same in fractions, by the recursion T_{k+1} = 2 t T_k - T_{k-1}."""
    t = (condition + 1) / (condition - 1)
    before, now = Q(1), t
    for _ in range(k - 1):
        before, now = now, 2 * t * now - before
    return 1 / now


def descent_exact(k, condition):
    return ((condition - 1) / (condition + 1)) ** k


@T.check()
def bounded(power=2):
    "(1): the condition number is below M^2 / m^2 by a fraction that is positive for m < M."
    gap = beta**2 * (M**power - m**power) / (m**2 * (beta**2 + m**2))
    return equal(M**2 / m**2 - kappa(beta, m, M), gap)


T.control(bounded, "M - m for the difference of the squares", power=1)


@T.check()
def unbounded(least=0):
    "With m = 0 it is 1 + M^2 / beta^2, so that kappa - 1 has slope -2."
    return equal((kappa(beta / 2, least, M) - 1) / (kappa(beta, least, M) - 1), 4)


T.control(unbounded, "with m > 0", least=m)


@T.check(noise=NOISES)
def flat(noise, least=Q(1, 2)):
    "With m > 0 halving the noise changes the condition number by less than 4 per cent."
    return near(kappa(noise / 2, least) / kappa(noise, least), 1, within=Q(1, 25))


T.control(flat, "with m = 0", least=Q(0))


@T.check(noise=NOISES)
def slope_two(noise, least=Q(0)):
    "With m = 0 halving the noise multiplies it by 4, to 1.5 per cent: slope -2."
    return near(kappa(noise / 2, least) / kappa(noise, least), 4, within=Q(3, 50))


T.control(slope_two, "with m > 0", least=Q(1, 2))


@T.check(noise=NOISES)
def printed(noise, most=Q(3, 2)):
    "The condition numbers printed for M = 3/2."
    values = {Q(1, 10): (226, "8.6923"), Q(1, 100): (22501, "8.9968"), Q(1, 1000): (2250001, "9.0000")}
    zero, half = values[noise]
    return [equal(kappa(noise, Q(0), most), zero), near(kappa(noise, Q(1, 2), most), Q(half), within=Q(1, 20000))]


T.control(printed, "M = 1", most=Q(1))


@T.check(condition=[Q(4), Q(10), Q(100)])
def steps_exact(condition, shift=0):
    "The numbers of steps are the least ones, in fractions."
    k, K = (count + shift for count in STEPS[condition])
    return [
        at_most(descent_exact(k, condition), EPS),
        less(EPS, descent_exact(k - 1, condition)),
        at_most(chebyshev_exact(K, condition), EPS),
        less(EPS, chebyshev_exact(K - 1, condition)),
    ]


T.control(steps_exact, "one step less", shift=-1)
T.control(steps_exact, "one step more", shift=1)


@T.check(condition=list(STEPS))
def steps(condition, best=chebyshev):
    "The numbers of steps for kappa from 4 to 10^4."
    k, K = STEPS[condition]
    return [
        at_most(descent(k, condition), EPS),
        less(EPS, descent(k - 1, condition)),
        at_most(best(K, condition), EPS),
        less(EPS, best(K - 1, condition)),
    ]


T.control(steps, "gradient descent for Chebyshev's method", best=descent)


@T.check(least=[Q(0), Q(1, 2)], noise=NOISES)
def steps_by_noise(least, noise, most=Q(3, 2)):
    "The numbers of steps for m = 0 grow like 1 / beta^2 and 1 / beta, for m = 1/2 they do not grow."
    k, K = NOISY[least, noise]
    condition = kappa(noise, least, most)
    return [
        at_most(descent(k, condition), EPS),
        less(EPS, descent(k - 1, condition)),
        at_most(chebyshev(K, condition), EPS),
        less(EPS, chebyshev(K - 1, condition)),
    ]


T.control(steps_by_noise, "M = 1", most=Q(1))


@T.check(condition=list(STEPS))
def counted(condition, count=(descent_steps, chebyshev_steps)):
    "The ceilings of the quotients of logarithms are these numbers of steps."
    return equal([steps(condition, EPS) for steps in count], list(STEPS[condition]))


T.control(counted, "the methods exchanged", count=(chebyshev_steps, descent_steps))


@T.check(noise=NOISES)
def a_matrix(noise, rows=((Q(1, 2), Q(0)), (Q(0), Q(3, 2)))):
    "The condition number of a map with singular values 1/2 and 3/2 is (1)."
    return near(condition_number(linear(rows), noise).value, kappa(noise, Q(1, 2)), within=Q(1, 10**9))


T.control(a_matrix, "a shear of them", rows=((Q(1, 2), Q(1)), (Q(0), Q(3, 2))))


@T.figure
def picture():
    """Steps to an error of 1e-3 by the noise, M = 3/2: gradient descent (solid) and Chebyshev (dashed)."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6, 3.2), layout="constrained")
    axes = figure.subplots()
    noises = [Q(1, 2**k) for k in range(11)]
    for least, colour in ((Q(0), "#000000"), (Q(1, 8), "#0072B2"), (Q(1, 2), "#56B4E9")):
        for count, style in ((descent_steps, "-"), (chebyshev_steps, "--")):
            counts = [count(kappa(noise, least), EPS) for noise in noises]
            label = f"$m={least}$" if style == "-" else None
            axes.plot([float(noise) for noise in noises], counts, style, color=colour, linewidth=1.2, label=label)
    axes.set(xlabel=r"noise $\beta$", ylabel="steps", xscale="log", yscale="log")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
