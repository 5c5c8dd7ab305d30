r"""What an observation tells of the causes, enclosed: log(1/beta) and a constant if the map can be inverted.

z is standard Gaussian, x = G(z) + beta xi. With h the differential entropy, I(z; x) = h(x) - h(beta xi). On the line,
as the noise falls, h(x) tends to h(G(z)), and by the change of variables

    I(z; x) = log(1/beta) + E log|G'(z)| - H(branch | x) + o(1),                                                    (1)

H(branch | x) the entropy of which preimage of x is meant: 0 for invertible G, log 2 for the fold z^2 - 1. A limit is
not checked here; enclosed values at three noises are, and their distance from (1): below beta^2 / 2 for the invertible
map, of the size of sqrt(beta) for the fold, which has a caustic at z = 0. For linear G = A the information is half of
log det(I + A A^T / beta^2). The integrals are certified: see `capacity/line_information.py` for the bounds.

For the fold the specification prints 1.99369, 3.04921 and 4.07242. The integral is 1.994005, 3.049293 and 4.072524: it
differs in the fourth decimal. The values for z + sin(z) / 2 agree in all digits. After Renyi (1959) and Wu and Verdu
(2010), recalled, for the role of the dimension; written out here.
"""

from fractions import Fraction as Q
from functools import cache

from flint import acb, arb, fmpq

from retrodict.capacity.information import mutual_information, sign_information
from retrodict.capacity.line_information import line_information
from retrodict.claims import Theorem, at_most, less, near
from retrodict.maps.continuous import fold, linear, reflection, residual

T = Theorem(
    label="thm:information",
    title="Through an invertible map each halving of the noise tells another bit of each cause",
    source="after Renyi (1959) and Wu and Verdu (2010), recalled; bounds and values derived here",
    statement=r"""Let $z \sim N(0, 1)$ and $x = G(z) + \beta\xi$. For $G(z) = z + \tfrac12 \sin z$ and $\beta = 0.1,
0.03, 0.01$ the information $I(z; x)$ is $2.55255$, $3.75303$, $4.85134$ nats, above
$\log(1/\beta) + \mathbb E\log|G'(z)|$ by at most $\tfrac12\beta^2$. For the fold $z^2 - 1$ it is $1.994005$,
$3.049293$, $4.072524$, above $\log(1/\beta) + \mathbb E\log|G'(z)| - \log 2$ by at most $1.1\sqrt\beta$. For linear
$G = A$ it is $\tfrac12\log\det(I + AA^T/\beta^2)$, of slope $d$ in $\log(1/\beta)$ if $A$ is invertible; for
$C(\mathrm{sgn}\,z)$ it is at most $d\log 2$.""",
    uses=["thm:sign-information"],
)

WAVE, FOLD, LINE = residual(Q(1, 2), [[1]]), fold(), linear([[1]])
NOISES = [Q(1, 10), Q(3, 100), Q(1, 100)]
PRINTED = {Q(1, 10): "2.55255", Q(3, 100): "3.75303", Q(1, 100): "4.85134"}
FOLDED = {Q(1, 10): "1.994005", Q(3, 100): "3.049293", Q(1, 100): "4.072524"}
LOG2 = arb(2).log()
SQUARE = [[Q(2), Q(1)], [Q(0), Q(1, 3)]]
SINGULAR = [[Q(2), Q(1)], [Q(4), Q(2)]]


def ball(value):
    return arb(fmpq(value.numerator, value.denominator))


@cache
def information(g, noise):
    return mutual_information(g, noise)


def slope_of_wave(share=Q(1, 2)):
    """E log(1 + a cos z); |log| is at most log 2 beyond the cut."""
    tail = (LOG2 * (arb(12) / arb(2).sqrt()).erfc()).upper()

    def term(z, analytic):
        return (1 + ball(share) * z.cos()).log(analytic=analytic) * (-z * z / 2).exp()

    return acb.integral(term, -12, 12).real / (2 * arb.pi()).sqrt() + arb(0, tail)


def slope_of_fold():
    """E log|2 z| = (log 2 - Euler's constant) / 2."""
    return (LOG2 - arb.const_euler()) / 2


def limit(noise, slope, branches=0):  # (1)
    return slope - ball(noise).log() - branches * LOG2


@T.check(noise=NOISES)
def values(noise, g=WAVE):
    "The information through z + sin(z) / 2 has the digits that are printed."
    return near(information(g, noise), Q(PRINTED[noise]), within=Q(1, 2 * 10**5))


T.control(values, "through G(z) = z", g=LINE)


@T.check(noise=NOISES)
def folded(noise, g=FOLD):
    "The information through the fold, to six decimals."
    return near(information(g, noise), Q(FOLDED[noise]), within=Q(2, 10**6))


T.control(folded, "through z + sin(z) / 2", noise=NOISES[:1], g=WAVE)


@T.check(noise=NOISES)
def near_the_limit(noise, slope=slope_of_wave):
    "Through z + sin(z) / 2 it exceeds (1) by less than beta^2 / 2."
    gap = information(WAVE, noise) - limit(noise, slope())
    return [less(0, gap), less(gap, noise**2 / 2)]


T.control(near_the_limit, "without the mean of log G'", slope=lambda: 0)


@T.check()
def constant(share=Q(1, 2)):
    "For z + sin(z) / 2 the mean of log G' is 0.246127."
    return near(slope_of_wave(share), Q("0.246127"), within=Q(1, 2 * 10**6))


T.control(constant, "for z + sin(z) / 3", share=Q(1, 3))


@T.check(noise=NOISES)
def near_the_limit_of_the_fold(noise, branches=1):
    "Through the fold it exceeds (1) by between 1 and 1.1 times the root of the noise: log 2 goes to the branch."
    gap = information(FOLD, noise) - limit(noise, slope_of_fold(), branches)
    root = ball(noise).sqrt()
    return [less(root, gap), less(gap, root * 11 / 10)]


T.control(near_the_limit_of_the_fold, "without the entropy of the branch", branches=0)


@T.check(noise=[Q(2), *NOISES])
def a_line(noise, factor=1):
    "The certified integral of a linear map is half of log(1 + 1 / beta^2)."
    exact = factor * (1 + 1 / ball(noise) ** 2).log() / 2
    return near(line_information(LINE, ball(noise)), exact, within=Q(1, 10**6))


T.control(a_line, "the half forgotten", factor=2)


@T.check(normal=[[1, 2], [1, 1, 1]])
def rotated(normal, shift=0):
    "Of z + Q^T sin(Q z) / 2, Q orthogonal, it is that of d maps of the line."
    g = residual(Q(1, 2), reflection(normal))
    return near(
        mutual_information(g, Q(1, 10)), (len(normal) + shift) * information(WAVE, Q(1, 10)), within=Q(1, 10**5)
    )


T.control(rotated, "of d + 1", shift=1)


@T.check(rows=[SQUARE, SINGULAR])
def a_matrix(rows, noise=Q(1, 3), wrong=0):
    "Of a matrix of two rows it is half of log(1 + |A|^2 / beta^2 + det(A)^2 / beta^4), |A| the Frobenius norm."
    (a, b), (c, d) = rows
    square, determinant = a * a + b * b + c * c + d * d + wrong, a * d - b * c
    exact = ball(1 + square / noise**2 + determinant**2 / noise**4).log() / 2
    return near(mutual_information(linear(rows), noise), exact, within=Q(1, 10**9))


T.control(a_matrix, "a norm that is wrong by 1", wrong=1)


@T.check(noise=[Q(1, 16), Q(1, 256)])
def slope_is_rank(noise, rows=SQUARE, rank=2):
    "Through an invertible matrix halving the noise tells d bits more, to 5 per cent."
    more = mutual_information(linear(rows), noise / 2) - mutual_information(linear(rows), noise)
    return near(more / LOG2, rank, within=Q(1, 20))


T.control(slope_is_rank, "through a singular one", rows=SINGULAR)


@T.check(noise=[Q(1, 16), Q(1, 256)])
def slope_of_a_singular_matrix(noise, rows=SINGULAR):
    "Through a matrix of rank 1 it tells 1 bit more."
    return slope_is_rank(noise, rows, 1)


T.control(slope_of_a_singular_matrix, "through an invertible one", rows=SQUARE)


@T.check(noise=[Q(1, 2), Q(1, 16)])
def signs_saturate(noise, told=sign_information):
    "Through d signs halving the noise from 1/2 on tells less than d / 8 bits more."
    return at_most((told(noise / 2) - told(noise)) / LOG2, Q(1, 8))


T.control(signs_saturate, "through z + sin(z) / 2", noise=[Q(1, 2)], told=lambda noise: information(WAVE, noise))


@T.figure
def picture():
    """Information by the noise: invertible (blue), fold (orange), sign (black); dashed is (1)."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6, 3.2), layout="constrained")
    axes = figure.subplots()
    noises = [Q(1, 2), Q(1, 4), Q(1, 8), Q(1, 16), Q(1, 32)]
    xs = [float(noise) for noise in noises]
    for name, g, slope, branches, colour in (
        (r"$z + \frac{1}{2}\sin z$", WAVE, slope_of_wave(), 0, "#0072B2"),
        (r"$z^2 - 1$", FOLD, slope_of_fold(), 1, "#D55E00"),
    ):
        axes.plot(xs, [float(information(g, b).mid()) for b in noises], "o-", color=colour, label=name, markersize=3)
        axes.plot(xs, [float(limit(b, slope, branches).mid()) for b in noises], "--", color=colour, linewidth=0.8)
    axes.plot(xs, [float(sign_information(b).mid()) for b in noises], "o-", color="black", label="sgn", markersize=3)
    axes.set(xlabel=r"noise $\beta$", ylabel="nats", xscale="log", ylim=(0, None))
    axes.minorticks_off()
    axes.set_xticks(xs, [str(noise) for noise in noises])
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
