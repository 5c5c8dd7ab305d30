r"""The reconstruction threshold of the Potts channel, enclosed: certificates below, Kesten and Stigum above.

On the d-ary tree an edge keeps a colour with probability l and else draws it anew, uniformly from q. Let p be the
posterior of the root given the leaves at depth n, a = q p, x = a - 1, and

    D = mean(a log a),   X = mean x^2,   r = mean x^3 / X,   m = max a,   V = D + b X,   b >= 0.                    (1)

E D is the mutual information of root and leaves. For two independent views a, a' of a colour let w = mean(a a') be
their density against independence, a' permuted uniformly. What both tell together satisfies

    E w = 1,   E (w-1)^2 = X X' / (q-1),   E (w-1)^3 = r r' X X' / ((q-1)(q-2)),                                     (2)
    D + D' - E D_both = E w log w >= X X' / ((q-1) (2 + (2/3) r r' / (q-2))),                                       (3)
    E X_both - X - X' <= X X' [1 + (m m' - (2+r)(2+r')) / (q-1)],                                                   (4)

and where a >= 1 - c, with A = m - 1 and k^2 = (A + c) / (q c),

    r + c >= 2 A k / (1 + k),   -c (q-2) / (q-1) <= r <= (q-2) c.                                                   (5)

So V is subadditive for b small enough, though X alone is not, and if V(1 + l x) <= eta V(a) for all a, with d eta < 1,
then E V_n <= (d eta)^n V_0 and the root is forgotten. A largest ratio is attained where one colour stands out and the
rest are alike; there one tangent certifies it. The proofs are in `retrodict.checkers.potts`, which replays the
certificates in integers and balls and shares no code with what makes them.

b = 0 is the criterion of Gu and Polyanskiy, and before them Formentin and Kuelske used the symmetrised divergence
(both recalled; their tables were not seen, hence nothing is said of how the intervals compare with published ones).
The simple criterion d q l^2 <= 2 + (q-2) l is that of thm:contraction-potts. (3) - (5) and the term b X were derived
here. Above d l^2 = 1 the census alone keeps the root for every q (thm:census): that is the upper end. A
weaker edge is a worse view, so what is remembered at l is remembered above it. The threshold itself lies at this end
for q = 3 and large d, and below it for q >= 5 (Sly; recalled); population dynamics, which bounds nothing, puts it
within a few percent.

Two states: s_n = E X_n^2 obeys s_(n+1) <= 1 - (1 - t^2 s_n)^d, which falls to 0 at the critical point d t^2 = 1 too.
"""

from fractions import Fraction as Q
from functools import cache
from itertools import combinations_with_replacement, pairwise, permutations
from math import factorial

from flint import arb, fmpq

from retrodict.checkers.non_reconstruction import CertificateError, check
from retrodict.claims import Theorem, at_most, equal, less
from retrodict.exact import potts as exact
from retrodict.exact.trees import root_types, symmetric_channel
from retrodict.reconstruction_certificates import binary, potts

T = Theorem(
    label="thm:potts-threshold",
    title="Certified brackets of the reconstruction threshold of the Potts channel",
    source="criterion and certificates derived here; after Gu and Polyanskiy (2020), recalled",
    bibtex=r"""@misc{GuPolyanskiy2020,
  author = {Yuzhou Gu and Yury Polyanskiy},
  title = {Non-linear log-{S}obolev inequalities for the {P}otts semigroup and applications to reconstruction problems},
  year = {2020}, eprint = {2005.05444}, archivePrefix = {arXiv}}""",
    statement=r"""Let $l_r(q, d)$ be the supremum of the eigenvalues $\lambda \in [0, 1]$ for which the root of the
$d$-ary tree is forgotten, channel $\lambda I + (1-\lambda) J/q$. Then $l_r(q, d) \le d^{-1/2}$, and for
$q = 3, \dots, 10$
$$l_r(q, 2) \ge .70446, .69941, .69438, .68943, .68485, .68068, .67689, .67344,$$
$$l_r(q, 3) \ge .5737, .56718, .56042, .55396, .5481, .54282, .53807, .53378.$$
Moreover $l_r(1000, 16) \in [.10957, .205595]$, whose upper end is recursive plurality's. For two states
$\mathbb E X_m^2 \le .004$ at every depth $m \ge 1000$ of the binary tree at the critical point $2\theta^2 = 1$.""",
    uses=["thm:census", "thm:contraction", "thm:contraction-potts", "thm:plurality"],
)

LOWER = {
    2: ["0.70446", "0.69941", "0.69438", "0.68943", "0.68485", "0.68068", "0.67689", "0.67344"],
    3: ["0.5737", "0.56718", "0.56042", "0.55396", "0.5481", "0.54282", "0.53807", "0.53378"],
}
ALONE = {  # b = 0
    2: ["0.70237", "0.69568", "0.68957", "0.68424", "0.67959", "0.67551", "0.67189", "0.66865"],
    3: ["0.57132", "0.56283", "0.55511", "0.54841", "0.54258", "0.53748", "0.53296", "0.52892"],
}
CASES = [(q, d, Q(text)) for d, row in LOWER.items() for q, text in enumerate(row, start=3)]
VIEWS = [  # of 3 and 4 colours, behind an edge of eigenvalue 7/10: one stands out, all but one, or neither
    exact.edge([Q(x) for x in view], Q(7, 10))
    for view in [(3, 0, 0), ("3/2", "3/2", 0), (2, 1, 0), (4, 0, 0, 0), (2, 2, 0, 0), ("4/3", "4/3", "4/3", 0)]
]
PAIRS = [(a, b) for a, b in combinations_with_replacement(VIEWS, 2) if len(a) == len(b)]


def ball(x):
    return x if isinstance(x, arb) else arb(fmpq(x.numerator, x.denominator))


def v(a, weight):
    return sum((ball(x) * ball(x).log() for x in a if x), arb(0)) / len(a) + ball(weight * exact.chi_square(a))


def densities(a, b):
    return [sum((x * y for x, y in zip(a, order, strict=True)), Q(0)) / len(a) for order in permutations(b)]


@cache
def produced(q, d, lam, weight):
    return potts(q, d, lam, weight=weight)


def factor(q, d, lam, weight=None, edited=None):
    """d eta where there is a certificate that the checker accepts, and 1, which shows nothing, where there is none."""
    try:
        return ball(check({**produced(q, d, lam, weight), **(edited or {})}))
    except ValueError:  # of the producer, or, a CertificateError, of the checker
        return arb(1)


@T.check(pair=PAIRS)
def moments(pair, last=2):
    "(2), by the sum over all permutations."
    a, b = pair
    q, count = len(a), factorial(len(a))
    seen = [sum((w - 1) ** k for w in densities(a, b)) / count for k in (1, 2, 3)]
    second = exact.chi_square(a) * exact.chi_square(b) / (q - 1)
    return equal(seen, [0, second, second * exact.skewness(a) * exact.skewness(b) / (q - last)])


T.control(moments, "q - 1 for q - 2", last=1)


@T.check(pair=PAIRS)
def shortfall(pair, bound=exact.shortfall_bound):
    "(3): what one view tells about the other."
    a, b = pair
    information = sum((ball(w) * ball(w).log() for w in densities(a, b)), arb(0)) / factorial(len(a))
    return less(ball(bound(a, b)), information)


T.control(
    shortfall,
    "without the third moment",
    bound=lambda a, b: exact.chi_square(a) * exact.chi_square(b) / (2 * (len(a) - 1)),
)


@T.check(pair=PAIRS)
def chi_square(pair, bound=exact.excess_bound):
    "(4): by how much the chi-square of both exceeds the sum, at most."
    return at_most(exact.excess(*pair), bound(*pair))


T.control(chi_square, "chi-square is subadditive", bound=lambda a, b: 0)


@T.check(view=VIEWS)
def skewness(view, c=Q(7, 10)):
    "(5): the least skewness that a maximum asks for, and the largest."
    q, top, r = len(view), max(view) - 1, exact.skewness(view)
    return [
        at_most((top + c) * (2 * top - r - c) ** 2, (r + c) ** 2 * q * c),
        at_most(-c * (q - 2), (q - 1) * r),
        at_most(r, (q - 2) * c),
    ]


T.control(skewness, "for an edge of eigenvalue 1/2", c=Q(1, 2))


@T.check(pair=PAIRS)
def subadditive(pair, times=1):
    "V of both is at most the sum, with the weight b of the certificate at l = .69."
    a, b = pair
    weight = times * Q(potts(len(a), 2, Q(69, 100))["weight"])
    both = sum((ball(p) * v(c, weight) for p, c in exact.joined(a, b)), arb(0))
    return less(both, v(a, weight) + v(b, weight))


T.control(subadditive, "four times the weight", times=4)


@T.check(case=CASES[::5])
def contracts(case, less_by=Q(0)):
    "V contracts by eta along an edge, k colours standing out alike: k = 1 is worst, and touches eta."
    q, d, lam = case
    found = produced(q, d, lam, None)
    eta, weight, touch = (Q(found[name]) for name in ("contraction", "weight", "touch"))
    claims = []
    for k in range(1, q):
        for t in (Q(1, 10), touch, Q(7, 10), Q(99, 100)):
            a = [1 + t * Q(q - k, k)] * k + [1 - t] * (q - k)
            claims.append(less(v(exact.edge(a, lam), weight), ball(eta - less_by) * v(a, weight)))
    return claims


T.control(contracts, "eta less by 1/10000", less_by=Q(1, 10**4))


@cache
def levels(q, d, lam):
    """E V_n of the trees small enough to enumerate, n = 0, 1, ...; and d eta."""
    found = potts(q, d, lam)
    weight, values = Q(found["weight"]), []
    for n in range(3 if d == 3 else 4):
        types = root_types(symmetric_channel(q, lam), d, n)
        value = arb(0)
        for count, row in types:
            total = Q(sum(row))
            value += ball(count * total / q) * v([Q(q * x) / total for x in row], weight)
        values.append(value)
    return values, check(found)


@T.check(case=[(3, 2, Q(7, 10)), (3, 2, Q(1, 2)), (4, 2, Q(69, 100)), (3, 3, Q(1, 2))])
def on_trees(case, factor=lambda d, lam, ratio: ratio):
    "E V_(n+1) <= d eta E V_n on the trees small enough to enumerate."
    values, ratio = levels(*case)
    return [less(after, ball(factor(case[1], case[2], ratio)) * before) for before, after in pairwise(values)]


T.control(on_trees, "contraction by d l^3", factor=lambda d, lam, ratio: d * lam**3)


MANY = (1000, 16, Q("0.10957"))


@T.check(case=[*CASES, MANY], full={"case": [*CASES, MANY, (20, 2, Q("0.65077")), (20, 4, Q("0.42464"))]})
def forgotten(case, edited=None):
    "The checker accepts the certificate: V contracts from depth to depth."
    return less(factor(*case, edited=edited), 1)


T.control(forgotten, "for an eigenvalue above the Kesten-Stigum point", edited={"eigenvalue": "0.71"})
T.control(forgotten, "for another eigenvalue", edited={"eigenvalue": "0.7045"})
T.control(forgotten, "with a weight of .75, twice the largest", edited={"weight": "0.75"})
T.control(forgotten, "with a tangent elsewhere", edited={"touch": "0.7"})


@T.check(case=[(q, d, Q(text)) for d, row in ALONE.items() for q, text in enumerate(row, start=3)])
def information_alone(case, more=Q(0)):
    "With mutual information alone (b = 0) certificates reach less far: 1/50000 further d D(after) > D at some view."
    q, d, lam = case
    touch = Q(produced(q, d, lam, Q(0))["touch"])
    view = [1 + (q - 1) * touch] + [1 - touch] * (q - 1)
    return [
        less(factor(q, d, lam + more, Q(0)), 1),
        less(v(view, Q(0)), d * v(exact.edge(view, lam + Q(1, 50_000)), Q(0))),
        less(lam + Q(1, 50_000), Q(LOWER[d][q - 3])),
    ]


T.control(information_alone, "further by 1/10000", more=Q(1, 10**4))


@T.check(case=CASES)
def beyond_the_simple_criterion(case, less_by=Q(0)):
    "There d q l^2 <= 2 + (q-2) l has failed long before: this is not a weaker criterion in another form."
    q, d, lam = case
    lam -= less_by
    return less(2 + (q - 2) * lam, d * q * lam**2)


T.control(beyond_the_simple_criterion, "at eigenvalues less by 1/10", less_by=Q(1, 10))


def census(d, n, lam):
    """Squared correlation of census and root (thm:census)."""
    ratio = d * lam**2
    return ratio**n / (1 + (d - 1) * lam**2 * (ratio**n - 1) / (ratio - 1))


@T.check(case=[(2, Q("0.70711")), (3, Q("0.57736"))], n=[1, 10, 100, 1000])
def remembered(case, n, less_by=Q(0)):
    "Above d l^2 = 1, by 1e-5, the census keeps a positive correlation with the root, whatever q."
    d, lam = case[0], case[1] - less_by
    limit = (d * lam**2 - 1) / ((d - 1) * lam**2)
    return [less(0, limit), less(limit, census(d, n, lam))]


T.control(remembered, "below it, by 1e-5", less_by=Q(2, 10**5))


@T.check(case=[(2, 1000, 0, Q(4, 1000)), (3, 1000, 0, Q(3, 1000)), (2, 20, 6, Q(15, 100))])
def critical(case, over=1):
    "Two states at the critical point: the checker accepts that E X_m^2 is at most the bound at every depth m >= n."
    d, n, levels, bound = case
    certificate = binary(d, Q(1, d), n, levels=levels, bins=12)
    try:
        return at_most(check({**certificate, "theta_squared": str(Q(over, d))}), bound)
    except CertificateError:
        return at_most(1, bound)


T.control(critical, "above it", over=Q(101, 100))


@T.figure
def picture():
    """Brackets of the threshold over d^(-1/2): from our certificates (blue) to the Kesten-Stigum point; ticks: mutual
    information alone (black), the simple criterion (vermilion); discs: population dynamics, which bounds nothing."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5.4, 3.0), layout="constrained")
    simulated = {2: {5: 0.7060, 6: 0.7045, 7: 0.7028}, 3: {5: 0.5761}}
    for axes, (d, row) in zip(figure.subplots(1, 2, sharey=True), LOWER.items(), strict=True):
        scale = d**0.5
        for q, text in enumerate(row, start=3):
            axes.plot([q, q], [float(text) * scale, 1], color="#0072B2", linewidth=5, solid_capstyle="butt")
            axes.plot(q, float(ALONE[d][q - 3]) * scale, "_", color="#000000", markersize=9)
            simple = (q - 2 + ((q - 2) ** 2 + 8 * d * q) ** 0.5) / (2 * d * q)
            axes.plot(q, simple * scale, "_", color="#D55E00", markersize=9)
        axes.plot(list(simulated[d]), [x * scale for x in simulated[d].values()], "o", color="#000000", markersize=3)
        axes.axhline(1, color="#000000", linewidth=0.6)
        axes.set(xlabel="colours $q$", title=f"$d = {d}$", xticks=range(3, 11))
        axes.spines[["top", "right"]].set_visible(False)
    figure.axes[0].set_ylabel(r"$\lambda\sqrt{d}$")
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
