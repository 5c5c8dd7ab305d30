r"""A recursion with q + 1 messages remembers the root below the Kesten-Stigum point.

A leaf sends its colour; every other node sends the colour with the most votes among its children's messages, if it is
the only such one and has at least two, and else abstains. Given a node's colour let a be the probability that its
message is that colour, b that it is a particular other one, z that it abstains: (a', b') = Phi(a, b) is a polynomial
map, and starts from (1, 0). For q to infinity wrong votes never agree,

    a' = P(Bin(d, lam a) >= 2),                                                                                      (1)

and the recursion survives iff lam is at least the minimum of y / P(Bin(d, y) >= 2) over y = lam a in (0, 1]: below it
a' < a for every a, and above it the largest fixed point attracts a = 1, the right side being monotone. For finite q
survival is certified by a box K with centre c and half-widths r that is mapped into itself, since

    |Phi(x) - c| <= |Phi(c) - c| + |Phi'(K)| r < r,  row by row, for x in K,                                         (2)

and that the orbit of (1, 0), enclosed step by step, enters. Death is certified by the orbit too: a message is a colour
only where two children sent one, each with probability s = a + (q - 1) b, so that

    s' <= C(d, 2) s^2,                                                                                               (3)

and s falls to 0 once it is below 1 / C(d, 2). For d >= 11 and large q the thresholds are below d^(-1/2), the
Kesten-Stigum point d lam^2 = 1. Derived here; that reconstruction is possible there for large q is Mossel's (2001).
"""

from fractions import Fraction as Q
from functools import cache
from math import comb

from flint import arb, arb_series, ctx, fmpq

from retrodict.claims import Theorem, equal, less, near
from retrodict.exact import plurality
from retrodict.maps.continuous.line import minimiser

T = Theorem(
    label="thm:plurality",
    title="Recursive plurality works below the Kesten-Stigum point",
    source="recursion and certificates derived here; after Mossel (2001), recalled",
    bibtex=r"""@article{Mossel2001,
  author = {Elchanan Mossel},
  title = {Reconstruction on trees: beating the second eigenvalue},
  journal = {The Annals of Applied Probability},
  volume = {11}, number = {1}, pages = {285--300}, year = {2001}}""",
    statement=r"""On the $d$-ary tree with channel $\lambda I + (1-\lambda)J/q$ let every node send the colour with at
least two votes and more than each other among its children's messages, and abstain if there is none. For $d = 16$,
$q = 1000$, $\lambda = .22$, where $d\lambda^2 = .7744 < 1$, the root's message is its colour with probability at least
$.7718$ and each other colour with probability at most $1.3 \cdot 10^{-5}$, at every depth. For $d = 16$ and
$q = 100, 1000, 10000$ it survives at $\lambda = .2225, .205595, .20405$ and dies at $.22223, .20559, .20404$, for
$d = 25$ and $q = 1000$ at $.13563$ and $.13562$. For
$q \to \infty$ the thresholds are $.320234$, $.29248$, $.269124$, $.2038745$, $.1640384$, $.1318166$ for
$d = 10, 11, 12, 16, 20, 25$: below $d^{-1/2}$ from $d = 11$ on.""",
)

INFINITE = {10: "0.320234", 11: "0.29248", 12: "0.269124", 16: "0.2038745", 20: "0.1640384", 25: "0.1318166"}
BITS = 128


def ball(value):
    return value if isinstance(value, arb) else arb(fmpq(value.numerator, value.denominator))


def derivatives(a, b, d, q, lam):
    """The matrix Phi' over balls."""
    one, other = plurality.step(arb_series([a, 1], prec=2), arb_series([b], prec=2), d, q, lam)
    third, fourth = plurality.step(arb_series([a], prec=2), arb_series([b, 1], prec=2), d, q, lam)
    return [[one[1], third[1]], [other[1], fourth[1]]]


def image(sides, d, q, lam):
    """Phi of a box, by its middle and the derivative over it."""
    middle, half = [side.mid() for side in sides], [arb(side.rad()) for side in sides]
    moved = plurality.step(*middle, d, q, ball(lam))
    slopes = derivatives(*sides, d, q, ball(lam))
    return tuple(
        value + arb(0, (abs(row[0]) * half[0] + abs(row[1]) * half[1]).upper())
        for value, row in zip(moved, slopes, strict=True)
    )


@cache
def orbit(d, q, lam, steps):
    """The orbit of (1, 0), in balls."""
    with ctx.workprec(BITS):
        points = [(arb(1), arb(0))]
        for _ in range(steps):
            points.append(image(points[-1], d, q, lam))
        return points


@cache
def box(d, q, lam, steps, radius):
    """A box (2) that the orbit has entered after some steps, or None where this is no such box."""
    with ctx.workprec(BITS):
        end = orbit(d, q, lam, steps)[-1]
        slopes = [[abs(float(x.mid())) for x in row] for row in derivatives(*end, d, q, ball(lam))]
        shape = [1.0, 1.0]  # towards the largest eigenvector of |Phi'|, in which it contracts most evenly
        for _ in range(50):
            moved = [row[0] * shape[0] + row[1] * shape[1] for row in slopes]
            shape = [x / max(moved) for x in moved]
        sides = tuple(arb(x.mid(), ball(radius) * arb(r)) for x, r in zip(end, shape, strict=True))
        entered = all(side.contains_interior(x) for side, x in zip(sides, end, strict=True))
        stays = all(side.contains_interior(x) for side, x in zip(sides, image(sides, d, q, lam), strict=True))
        return sides if entered and stays else None


def dies(d, q, lam, limit):
    """Whether (3) applies at some depth below the limit."""
    with ctx.workprec(BITS):
        point = arb(1), arb(0)
        for _ in range(limit):
            if (point[0] + (q - 1) * point[1]) * (d * (d - 1)) < 2:
                return True
            point = image(point, d, q, lam)
        return False


@T.check(size=[(2, 3), (3, 2), (4, 3), (3, 4)], lam=[Q(1, 5), Q(3, 4), Q(-1, 8)])
def definition(size, lam, recursion=plurality.step):
    "The polynomials are the sum over all messages of the children."
    d, q = size
    start = (Q(1, 2), Q(1, 8))
    return equal(list(recursion(*start, d, q, lam)), list(plurality.step_by_enumeration(*start, d, q, lam)))


T.control(definition, "one colour more", recursion=lambda a, b, d, q, lam: plurality.step(a, b, d, q + 1, lam))


@T.check(case=[(16, 1000, Q(22, 100))])
def for_ever(case, lam=None):
    "The orbit of (1, 0) stays above a = .7718 and below b = 1.3e-5 until it enters a box that is mapped into itself."
    d, q, strength = case
    strength = lam or strength
    points = [*orbit(d, q, strength, 400), box(d, q, strength, 400, Q(1, 10**6)) or (arb(0), arb(1))]
    return [
        less([Q("0.7718")] * len(points), [a for a, _ in points]),
        less([b for _, b in points], [Q("1.3e-5")] * len(points)),
    ]


T.control(for_ever, "at lambda = .2, where it dies", lam=Q(1, 5))


@T.check(case=[(16, 1000, Q(22, 100))])
def values(case, colours=None):
    "The point that the orbit tends to has the digits that are printed: a - b, a, z."
    d, q, lam = case
    a, b = orbit(d, colours or q, lam, 400)[-1]
    printed = ("0.771853102127", "0.771865333617", "0.215915407602")
    return [near(x, Q(y), within=Q(6, 10**13)) for x, y in zip((a - b, a, 1 - a - (q - 1) * b), printed, strict=True)]


T.control(values, "with 999 colours", colours=999)


WEAK = [(16, 100, Q("0.2220"), 400), (16, 1000, Q("0.2054"), 400)]
NEARLY = [
    (16, 100, Q("0.22223"), 9000),
    (16, 1000, Q("0.20559"), 9000),
    (16, 10000, Q("0.20404"), 9000),
    (25, 1000, Q("0.13562"), 15000),
]
STRONG = [(16, 100, Q("0.2225"), 300, Q(1, 10**6)), (16, 1000, Q("0.2058"), 300, Q(1, 10**6))]
JUST = [
    (16, 1000, Q("0.205595"), 12000, Q(1, 10**7)),
    (16, 10000, Q("0.20405"), 12000, Q(1, 10**7)),
    (25, 1000, Q("0.13563"), 12000, Q(1, 10**7)),
]


@T.check(case=WEAK, full={"case": [*WEAK, *NEARLY]})
def too_weak(case, more=Q(0)):
    "Just below the threshold (3) applies."
    d, q, lam, limit = case
    return equal(int(dies(d, q, lam + more, limit)), 1)


T.control(too_weak, "at lambda larger by 1/1000", case=WEAK[:1], more=Q(1, 1000))


@T.check(case=STRONG, full={"case": [*STRONG, *JUST]})
def strong_enough(case, weaker=Q(0)):
    "Just above the threshold a box with a > 2/5 is mapped into itself."
    d, q, lam, steps, radius = case
    found = box(d, q, lam - weaker, steps, radius)
    return less(Q(2, 5), found[0] if found else arb(0))


T.control(strong_enough, "at lambda smaller by 1/1000", case=STRONG[:1], weaker=Q(1, 1000))


@cache
def least_strength(d, votes=2):
    """min over y of y / P(Bin(d, y) >= votes), on [1/50, 9/10]: elsewhere it is larger, by P <= C(d, 2) y^2 <= 1.

    P grows with y, so that the ratio is at least u / P(v) on [u, v]; cells where that is too much are left out first.
    """

    def ratio(y):
        return 1 / sum(comb(d, k) * y ** (k - 1) * (1 - y) ** (d - k) for k in range(votes, d + 1))

    ends = [ball(Q(k, 500)) for k in range(10, 451)]
    values = [ratio(y) for y in ends]
    best = min(float(value.upper()) for value in values)
    left = [i for i in range(440) if not ends[i] * values[i + 1] / ends[i + 1] > best]
    return ratio(minimiser(ratio, ends[left[0]], ends[left[-1] + 1]))


@T.check(d=list(INFINITE))
def many_colours(d, votes=2):
    "The thresholds for q to infinity."
    digits = INFINITE[d]
    outside = min(Q(50, comb(d, 2)), Q(9, 10))
    threshold = least_strength(d, votes)
    return [near(threshold, Q(digits), within=Q(6, 10 ** (len(digits) - 1))), less(threshold, outside)]


T.control(many_colours, "three votes", d=[16], votes=3)


@T.check(d=[11, 12, 16, 20, 25])
def below(d, power=2):
    "Below the Kesten-Stigum point: d lam^2 < 1."
    return less(d * least_strength(d) ** power, 1)


T.control(below, "for d = 10", d=[10])


@T.figure
def picture():
    """d lam^2 at the threshold of the recursion for infinitely many colours, by d; the Kesten-Stigum point is 1."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6, 3.2), layout="constrained")
    axes = figure.subplots()
    arities = range(5, 41)
    axes.plot(arities, [float((d * least_strength(d) ** 2).mid()) for d in arities], "o", color="black", markersize=3)
    axes.axhline(1, color="black", linestyle="--", linewidth=0.8)
    axes.set(xlabel="arity $d$", ylabel=r"$d\lambda^2$", ylim=(0, None))
    axes.spines[["top", "right"]].set_visible(False)
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
