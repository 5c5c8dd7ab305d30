r"""Recursions with bounded memory on the binary tree miss the Kesten-Stigum point.

Every node sends the sum of its two children's messages, clipped to -L, ..., L. For L = 1 that is the sign, 0 for a tie:
with a = P(+) - P(-) and z = P(0) given the root +,

    a' = t a (1 + z),    z' = z^2 + ((1 - z)^2 - t^2 a^2) / 2.                                                       (1)

It has the fixed point z = 1/t - 1, a^2 = (1 - z)(1 - 3 z) / t^2, which is real and not 0 iff t > 3/4. In general let p
be a symmetric law of full support with p = clip(p * p). A small bias delta, an antisymmetric difference of laws,
becomes

    delta' = t A delta,    A delta = 2 clip(p * delta),                                                              (2)

so that, to first order, it dies iff t rho(A) < 1, rho the spectral radius. p is enclosed by Krawczyk's operator, the
eigenvalues of A are isolated in balls, and so 1 / rho(A) is enclosed: .75 for L = 1, .739 for L = 8, above
1 / sqrt 2 = .7071 each time. That a bounded memory always misses the point is a theorem of Jain, Koehler, Liu and
Mossel (2019); here eight quantisers do, and clipping is a poor one: nothing is said of others, nor of a limit in L.
Derived here.
"""

from fractions import Fraction as Q
from functools import cache

import sympy
from flint import acb, acb_mat, arb, arb_mat, ctx, fmpq

from retrodict.claims import Theorem, equal, less, near
from retrodict.exact import clipped_sums as exact

T = Theorem(
    label="thm:bounded-memory",
    title="Clipped sums miss the Kesten-Stigum point",
    source="Derived here; after Jain, Koehler, Liu, Mossel (2019), recalled",
    bibtex=r"""@inproceedings{JainKoehlerLiuMossel2019,
  author = {Jain, Vishesh and Koehler, Frederic and Liu, Jingbo and Mossel, Elchanan},
  title = {Accuracy-memory tradeoffs and phase transitions in belief propagation},
  booktitle = {Conference on Learning Theory}, year = {2019}}""",
    statement=r"""On the binary tree let every node send the sum of its children's messages, clipped to
$\{-L, \dots, L\}$. For $L = 1$ the recursion has a biased fixed point iff $t > \tfrac34$. For $L = 1, \dots, 8$ a
small bias about the symmetric fixed law of full support grows, to first order, iff $t$ exceeds $.75$, $.741805964$,
$.740148659$, $.739556734$, $.739280602$, $.739130025$, $.739039033$, $.738979895$: each above $1/\sqrt2$.""",
)

t, a, z = sympy.symbols("t a z", positive=True)
BITS = 160
THRESHOLDS = ["0.75", "0.741805964", "0.740148659", "0.739556734", "0.739280602", "0.739130025"]
THRESHOLDS += ["0.739039033", "0.738979895"]


def three_messages(a, z, t):
    """(1)."""
    return t * a * (1 + z), z**2 + ((1 - z) ** 2 - t**2 * a**2) / 2


@T.check()
def recursion(formula=three_messages):
    "(1) is the clipped sum with L = 1."
    law = [(1 - z - a) / 2, z, (1 - z + a) / 2]
    low, middle, high = exact.step(law, t)
    return [equal(high - low, formula(a, z, t)[0]), equal(middle, formula(a, z, t)[1])]


T.control(recursion, "z without its square", formula=lambda a, z, t: (t * a * (1 + z), (1 - z) ** 2 / 2))


@T.check()
def fixed_point(z_star=1 / t - 1):
    "The biased fixed point."
    square = (1 - z_star) * (1 - 3 * z_star) / t**2
    return [equal(t * (1 + z_star), 1), equal(z_star**2 + ((1 - z_star) ** 2 - t**2 * square) / 2, z_star)]


T.control(fixed_point, "with z = 1/t - 1/2", z_star=1 / t - sympy.Rational(1, 2))


@T.check(theta=[Q(76, 100), Q(4, 5), Q(9, 10), Q(1)])
def real_above(theta):
    "Its square is positive above 3/4."
    z_star = 1 / theta - 1
    return less(0, (1 - z_star) * (1 - 3 * z_star) / theta**2)


T.control(real_above, "at t = 3/4", theta=[Q(3, 4)])


@T.check(theta=[Q(72, 100)])
def dies(theta, depth=400):
    "Below 3/4 the bias from perfect leaves is gone: at t = .72 less than 1e-6 after 400 levels."
    with ctx.workprec(4000):  # balls grow by a factor of up to 3 at each level
        bias, tie, strength = arb(1), arb(0), arb(fmpq(theta.numerator, theta.denominator))
        for _ in range(depth):
            bias, tie = three_messages(bias, tie, strength)
        return less(bias, Q(1, 10**6))


T.control(dies, "at t = .8", theta=[Q(4, 5)])


def unfolded(half):
    """The symmetric law of p_1, ..., p_L."""
    return [*half[::-1], 1 - 2 * sum(half), *half]


def residue(half):
    size = len(half)
    law = unfolded(half)
    return [x - y for x, y in zip(exact.clip(law, law)[size + 1 :], half, strict=True)]


def derivative(half):
    """Of the residue; a symmetric change of p_j takes twice as much from p_0."""
    size, law = len(half), unfolded(half)
    columns = []
    for j in range(1, size + 1):
        change = [0] * (2 * size + 1)
        change[size + j] = change[size - j] = 1
        change[size] = -2
        columns.append([2 * x for x in exact.clip(law, change)[size + 1 :]])
    return arb_mat([[columns[j][i] - int(i == j) for j in range(size)] for i in range(size)])


@cache
def symmetric_law(size):
    """p_1, ..., p_L in balls, by Krawczyk's operator around what the iteration from the uniform law tends to."""
    half = [1.0 / (2 * size + 1)] * size
    for _ in range(4000):
        law = unfolded(half)
        half = exact.clip(law, law)[size + 1 :]
        total = 2 * sum(half) + exact.clip(law, law)[size]
        half = [x / total for x in half]
    centre = [arb(x) for x in half]
    for _ in range(4):  # Newton, to the precision of the balls
        inverse = derivative(centre).inv()
        move = inverse * arb_mat([[x] for x in residue(centre)])
        centre = [(x - move[i, 0]).mid() for i, x in enumerate(centre)]
    inverse = derivative(centre).mid().inv().mid()
    box = [arb(x, arb(2) ** (-BITS // 2)) for x in centre]
    shift = inverse * arb_mat([[x] for x in residue(centre)])
    rest = arb_mat([[int(i == j) for j in range(size)] for i in range(size)]) - inverse * derivative(box)
    spread = rest * arb_mat([[b - c] for b, c in zip(box, centre, strict=True)])
    image = [c - shift[i, 0] + spread[i, 0] for i, c in enumerate(centre)]
    assert all(b.contains_interior(k) for b, k in zip(box, image, strict=True)), "no fixed law was enclosed"
    return image


@cache
def growth_rates(size):
    """The eigenvalues of A, isolated."""
    with ctx.workprec(BITS):
        return acb_mat(arb_mat(exact.growth(unfolded(symmetric_law(size))))).eig()


def threshold(size):
    """1 / rho(A), a ball."""
    with ctx.workprec(BITS):
        rho = abs(growth_rates(size)[0])
        for rate in growth_rates(size)[1:]:
            rho = rho.max(abs(rate))
        return 1 / rho


@T.check(size=list(range(1, 9)))
def eigenvalues(size, shift=0):
    "The isolated eigenvalues add up to the trace of A, and their product is its determinant."
    with ctx.workprec(BITS):
        matrix = arb_mat(exact.growth(unfolded(symmetric_law(size))))
        total, product = acb(shift), acb(1)
        for rate in growth_rates(size):
            total, product = total + rate, product * rate
        trace = sum((matrix[i, i] for i in range(size)), arb(0))
        return [near(total.real, trace, within=Q(1, 10**20)), near(product.real, matrix.det(), within=Q(1, 10**20))]


T.control(eigenvalues, "one of them off by 1", shift=1)


@T.check(size=list(range(1, 9)))
def values(size, other=0):
    "The thresholds for L = 1, ..., 8 have the digits that are printed."
    digits = THRESHOLDS[size - 1]
    return near(threshold(size + other), Q(digits), within=Q(6, 10**10))


T.control(values, "those of L + 1", size=[1, 2, 3], other=1)


@T.check(size=list(range(1, 9)))
def missed(size, square=Q(1, 2)):
    "Each is above the Kesten-Stigum point, and below the one before."
    value = threshold(size)
    return [less(square, value * value), *([less(value, threshold(size - 1))] if size > 1 else [])]


T.control(missed, "above .74", square=Q(74, 100) ** 2)


@T.figure
def picture():
    """Thresholds of clipped sums by the largest message L; dashed, the Kesten-Stigum point."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6, 3.2), layout="constrained")
    axes = figure.subplots()
    sizes = range(1, 9)
    axes.plot(sizes, [float(threshold(size).mid()) for size in sizes], "o", color="black", markersize=4)
    axes.axhline(0.5**0.5, color="black", linestyle="--", linewidth=0.8)
    axes.set(xlabel="largest message $L$", ylabel="threshold in $t$", ylim=(0.7, 0.76))
    axes.spines[["top", "right"]].set_visible(False)
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
