r"""How many features a tree takes: logarithmically many above the Kesten-Stigum point, a power of the leaves below.

Binary trees of height h, n = 2^h leaves, edges of eigenvalue t. Leaves tell about the root, in bits (thm:contraction),

    I(root; leaves) <= E X_h^2 <= (2 t^2)^h = n^(-alpha),    alpha = log_2(1 / (2 t^2)) = 2 log_2(1 / t) - 1.        (1)

Below the Kesten-Stigum point, 2 t^2 < 1, the topology near the root then takes k >= c n^alpha features (Mossel, 2004,
recalled). For four known subtrees the census test of thm:quartet-signal, with x = E S^2 / (2 t)^(2 h), takes

    k90 = 1.2816^2 ((4 x^2 - 8 x t^3 + 4 t^4) / mu^2 - 1),    mu = 2 t^2 (1 - t),                                    (2)

if sums are normal, which grows as (2 t^2)^(-2 h) = n^(2 alpha), since x (2 t^2)^h has a limit; and above the point k90
has one, so that the logarithm of the number of quartets is all that is left. Without that assumption 20 times the outer
bracket of (2), of the same order, is enough by Chebyshev's inequality: each of two comparisons fails with probability
at most .05. No test has an exponent below 2 alpha: with E_h = E X_h^2 the channel from a state to the leaves below it
is more noisy, in the sense of mutual information, than one that shows the state with probability E_h and else nothing,
and four of them side by side are more noisy than four of these (Polyanskiy and Wu, 2017, recalled). One state, or none,
says nothing about the pairing P, uniform on three. So one feature tells at most

    J(E) = 6 E^2 (1 - E)^2 J_2 + 4 E^3 (1 - E) J_3 + E^4 J_4,    E = E_h,                                            (3)

J_i being what i of the four states tell of P; it grows with E. And k features that find P with probability .9 need, by
Fano's inequality,

    k >= (log_2 3 - H(.1) - .1) / J(min(1, (2 t^2)^h)).                                                              (4)

Checked at finite heights; the limits in h, and the two theorems that are recalled, are not. Derived here but for those.
"""

from fractions import Fraction as Q
from functools import cache
from itertools import combinations, product

from flint import arb, fmpq

from retrodict.claims import Theorem, at_most, less, near
from retrodict.exact import trees as exact
from retrodict.exact.estimators import census_second_moment
from retrodict.exact.reconstruction import reconstruction

T = Theorem(
    label="thm:sample-complexity",
    title="Features that a topology takes",
    source="Derived here; the lower bound for whole trees after Mossel (2004), recalled",
    bibtex=r"""@article{Mossel2004,
  author = {Elchanan Mossel},
  title = {Phase transitions in phylogeny},
  journal = {Transactions of the American Mathematical Society},
  volume = {356}, number = {6}, pages = {2379--2404}, year = {2004}}""",
    statement=r"""Let $2t^2<1$ and $\alpha=\log_2\frac1{2t^2}$: $.72499,.47393,.24298,.02915$ at $t=.55,.6,.65,.7$. The
features that decide with probability $.9$ how four known binary subtrees of height $h$, with $n=2^h$ leaves, are paired
are of the order of $n^{2\alpha}$ for the census test, and no test needs fewer in order. From $h=8$ to $10$ the census
test has a local slope between $.98$ and $.99$ at $t=.6$, where $2\alpha=.948$. Above the Kesten--Stigum point,
$2t^2>1$, their number is bounded in $h$.""",
    uses=["thm:census", "thm:contraction", "thm:quartet-signal"],
)

LEAVES = (2, 3, 4, 5)
PAIRINGS = [[-1, 0, 0, 0, 1, 1], [-1, 0, 0, 1, 0, 1], [-1, 0, 0, 1, 1, 0]]  # u, w, then A, B, C, D


def ball(x):
    return arb(fmpq(x.numerator, x.denominator))


def log2(x):
    return ball(Q(x)).log() / arb(2).log()


def alpha(t, edges=2):
    return edges * log2(1 / t) - 1


def k90(h, t):
    """(2)."""
    return at_signal(census_second_moment(2, h, t) / (2 * t) ** (2 * h), t)


def at_signal(x, t):
    mu = 2 * t**2 * (1 - t)
    return Q("1.2816") ** 2 * ((4 * x**2 - 8 * x * t**3 + 4 * t**4) / mu**2 - 1)


def logarithmic(h, t):
    return Q(h)


@T.check(case=[("0.55", "0.72499"), ("0.6", "0.47393"), ("0.65", "0.24298"), ("0.7", "0.02915")])
def exponents(case, edges=2):
    "alpha, to the digits that are printed."
    t, printed = map(Q, case)
    return near(alpha(t, edges), printed, within=Q(1, 200_000))


T.control(exponents, "log_2(1 / (2 t))", edges=1)


@T.check(h=[(8, 10)])
def local_slope(h, features=k90):
    "At t = .6 log_2 k90 grows by .98 to .99 a level from h = 8 to 10: in fractions, k90 by 2^1.96 to 2^1.98."
    low, high = h
    growth = (features(high, Q(3, 5)) / features(low, Q(3, 5))) ** 50
    return [less(2**98, growth), less(growth, 2**99)]


T.control(local_slope, "a number of features of the order of log n", features=logarithmic)
T.control(local_slope, "from h = 2 to 4, too early", h=[(2, 4)])


@T.check(t=[Q("0.55"), Q("0.6"), Q("0.65")], h=[40])
def below(t, h, multiple=2):
    "Below the Kesten-Stigum point the local slope comes to 2 alpha: within 1/1000 at h = 40."
    return near(log2(k90(h + 1, t) / k90(h, t)), multiple * alpha(t), within=Q(1, 1000))


T.control(below, "alpha instead of 2 alpha", multiple=1)


@T.check(t=[Q("0.72"), Q("0.75"), Q("0.8")])
def above(t, heights=range(61)):
    "Above it k90 stays below its limit, at x = t^2 / (2 t^2 - 1); at h = 60 a level adds less than 1 in 10."
    limit = at_signal(t**2 / (2 * t**2 - 1), t)
    found = [k90(h, t) for h in heights]
    return [less(found, limit), less(found[-1] / found[-2], Q(11, 10))]


T.control(above, "below it", t=[Q("0.6"), Q("0.65"), Q("0.7")])


def information(laws):
    """In bits, of a uniform number and what has the law laws[number]: all parts >= 0, those of 0 left out."""
    total, n = arb(0), len(laws)
    for outcome in laws[0]:
        p = [law[outcome] for law in laws]
        middle = sum(p) / n
        total += sum((ball(x) * log2(x / middle) for x in p if x), arb(0))
    return total / n


@cache
def kinds(h, t):
    """What the leaves of a subtree show: P(that | state above) for both states, likelihood ratios that agree as one."""
    merged = {}
    for count, (x, y) in exact.root_types(exact.symmetric_channel(2, t), 2, h):
        ratio = x / (x + y)
        old = merged.get(ratio, (0, 0))
        merged[ratio] = (old[0] + count * x, old[1] + count * y)
    return list(merged.values())


@T.check(t=[Q("0.6"), Q("0.8")], h=[1, 2, 3, 4])
def about_the_root(t, h, most=lambda h, t: (2 * t**2) ** h):
    "(1), both inequalities."
    shown = kinds(h, t)
    square = reconstruction(2, 2, h, t).x_n
    return [
        less(information([{i: x[root] for i, x in enumerate(shown)} for root in (0, 1)]), square),
        at_most(square, most(h, t)),
    ]


T.control(about_the_root, "(2 t^3)^h", most=lambda h, t: (2 * t**3) ** h)


def pairs_of(t, subset, subtree):
    """For each pairing the law of what the subtrees of a subset of A, B, C, D show."""
    laws = []
    for parent in PAIRINGS:
        states = exact.weights(parent, exact.symmetric_channel(2, t))
        roots = {}
        for s, w in states.items():
            key = tuple(s[v] for v in subset)
            roots[key] = roots.get(key, 0) + w
        law = {}
        for shown in product(range(len(subtree)), repeat=len(subset)):
            law[shown] = 0
            for key, w in roots.items():
                for i, root in zip(shown, key, strict=True):
                    w *= subtree[i][root]
                law[shown] += w
        laws.append(law)
    return laws


@cache
def of_states(t):
    """J_2, J_3, J_4."""
    plain = [(1, 0), (0, 1)]
    return [information(pairs_of(t, LEAVES[:size], plain)) for size in (2, 3, 4)]


def one_at_most(E, t):
    """(3)."""
    two, three, four = of_states(t)
    shown, hidden = ball(E), ball(1 - E)
    pairs, triples = 6 * shown * shown * hidden * hidden, 4 * shown * shown * shown * hidden
    return pairs * two + triples * three + shown * shown * shown * shown * four


@T.check(t=[Q("0.6"), Q("0.8")])
def states(t, like=lambda size: size):
    "Any one of the four states says nothing of the pairing, any two as much as any other two; and so of three."
    plain = [(1, 0), (0, 1)]
    found = []
    for size in (2, 3, 4):
        known = of_states(t)[like(size) - 2]
        found += [
            near(information(pairs_of(t, s, plain)), known, within=Q(1, 10**12)) for s in combinations(LEAVES, size)
        ]
    return [*found, less(information(pairs_of(t, LEAVES[:1], plain)), Q(1, 10**12))]


T.control(states, "three no more than two", like=lambda size: min(size, 2))


@T.check(t=[Q("0.6"), Q("0.8")], h=[1, 2])
def one_feature(t, h, shown=lambda h, t: reconstruction(2, 2, h, t).x_n):
    "(3): what the leaves of all four subtrees tell is less than that, at the heights that can be enumerated."
    return less(information(pairs_of(t, LEAVES, kinds(h, t))), one_at_most(shown(h, t), t))


T.control(one_feature, "shown with probability E^2", shown=lambda h, t: reconstruction(2, 2, h, t).x_n ** 2)


def needed(h, t):
    """(4)."""
    p = Q(1, 10)
    entropy = -ball(p) * log2(p) - ball(1 - p) * log2(1 - p)
    return (log2(3) - entropy - ball(p)) / one_at_most(min(Q(1), (2 * t**2) ** h), t)


@T.check(t=[Q("0.55"), Q("0.6"), Q("0.65")], h=[40])
def no_better(t, h, multiple=2):
    "The bound (4) has the slope 2 alpha as well, within 1/1000 at h = 40, and is below k90."
    slope = (needed(h + 1, t) / needed(h, t)).log() / arb(2).log()
    return [near(slope, multiple * alpha(t), within=Q(1, 1000)), less(needed(h, t), k90(h, t))]


T.control(no_better, "alpha instead of 2 alpha", multiple=1)


@T.figure
def picture():
    """Features for four known subtrees: of the census test (solid), and what every test needs (dashed)."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6, 3.2), layout="constrained")
    axes = figure.subplots()
    for t, colour in (("0.6", "#D55E00"), ("0.65", "#000000"), ("0.75", "#56B4E9"), ("0.8", "#0072B2")):
        heights = range(17)
        axes.semilogy(
            heights, [float(k90(h, Q(t))) for h in heights], "-", color=colour, linewidth=1.2, label=f"$t={t}$"
        )
        axes.semilogy(heights, [float(needed(h, Q(t))) for h in heights], "--", color=colour, linewidth=1)
    axes.set(xlabel="height $h$", ylabel="features")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
