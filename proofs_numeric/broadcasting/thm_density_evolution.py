r"""What the leaves of a deep binary broadcast tell about the root, enclosed from both sides at every depth.

The channel is symmetric with eigenvalue t. Given the leaves the root has the magnetisation X, and the law of m = |X| is
a mixture of binary symmetric channels. An edge takes m to t m; two children m1, m2 join to

    (m1 + m2) / (1 + m1 m2)  with probability (1 + m1 m2) / 2,   else  |m1 - m2| / (1 - m1 m2).                     (1)

Order laws by P <= Q iff E_P (m - c)+ <= E_Q (m - c)+ for all c: P is degraded with respect to Q. Edges and joins are
monotone, E m and E m^2 too. To merge atoms at their mean degrades a law; to split an atom between two neighbours,
keeping the mean, upgrades it. So laws of few atoms enclose the true one at each depth, whatever is rounded, as long as
each rounding is on its side: the kernel rounds masses down, and lets what is missing lie at 0 or at 1.

Since the leaf itself is the best law, an upper bound at any depth bounds the limit. A lower bound of the limit is a law
L with L <= T(L), T the step of the tree: by induction L is below the law at every depth. Such an L is a certificate,
replayed in rational numbers by a checker that shares nothing with the kernel.

With 1000 atoms the bracket of E|X_30| at (d, t) = (3, 2/3) is [.594626, .594630], and that of E|X_200| at (2, 7/10),
below the threshold, is [.021537, .021559]. Merging and splitting after Tal and Vardy (2013), recalled; the order is
Blackwell's.
"""

from fractions import Fraction as Q
from functools import cache

from retrodict.checkers.reconstruction import CertificateError, check
from retrodict.claims import Computed, Theorem, at_most, less
from retrodict.density_evolution import certificate, density_evolution
from retrodict.exact import density_evolution as exact
from retrodict.exact.reconstruction import reconstruction

T = Theorem(
    label="thm:density-evolution",
    title="Brackets for the reconstruction of the root at every depth",
    source="recursion of Evans, Kenyon, Peres, Schulman (2000); bounds after Tal and Vardy (2013), recalled",
    bibtex=r"""@article{EvansKenyonPeresSchulman2000,
  author = {William Evans and Claire Kenyon and Yuval Peres and Leonard J. Schulman},
  title = {Broadcasting on trees and the {I}sing model},
  journal = {The Annals of Applied Probability},
  volume = {10},
  number = {2},
  pages = {410--433},
  year = {2000}
}
@article{TalVardy2013,
  author = {Ido Tal and Alexander Vardy},
  title = {How to construct polar codes},
  journal = {IEEE Transactions on Information Theory},
  volume = {59},
  number = {10},
  pages = {6562--6582},
  year = {2013}
}""",
    statement=r"""Broadcast a uniform sign down the complete $d$-ary tree through symmetric channels of eigenvalue $t$,
and let $X_n$ be the magnetisation of the root given the leaves at depth $n$. For $d = 2$,
$$\mathbb E|X_{60}| \in [.643839, .643844]\ (t = .8),\qquad \mathbb E|X_{150}| \in [.431333, .431340]\ (t = .75),$$
and $\mathbb E|X_{60}| \in [.01065, .01067]$ at $t = 2/3$. At $t = .8$, $\mathbb E|X_n| \ge .643$ for every $n$,
and leaves seen through a channel of eigenvalue $.3$ come within $1.3 \cdot 10^{-5}$ of that bracket at depth 80.""",
    uses=["thm:belief-propagation", "thm:reconstruction-exact"],
)

SMALL = [(2, Q(1, 2), 4), (2, Q(2, 3), 4), (2, Q(4, 5), 4), (3, Q(1, 2), 3), (3, Q(2, 3), 2)]
WIDTHS = {(2, Q(4, 5), 60): Q(1, 10**5), (2, Q(3, 4), 150): Q(1, 10**5), (2, Q(2, 3), 60): Q(2, 10**4)}
PLACES = {
    (2, Q(4, 5), 60): (Q("0.643839"), Q("0.643844")),
    (2, Q(3, 4), 150): (Q("0.431333"), Q("0.431340")),
    (2, Q(2, 3), 60): (Q("0.01065"), Q("0.01067")),
}
FEW = {Q(1, 3): Q(1, 4), Q(1, 2): Q(1, 4), Q(3, 4): Q(1, 3), Q(1): Q(1, 6)}
ENDS = [Q(0), Q(2, 5), Q(1)]


@cache
def bracket(d, t, n, bins=1000, leaf=Q(1)):
    found = density_evolution(d, t, n, bins=bins, leaf=leaf)
    return tuple(Computed(v[-1]) for v in (found.lower, found.upper, found.lower_second, found.upper_second))


def sides_exchanged(d, t, n, bins=1000, leaf=Q(1)):
    low, high, low_second, high_second = bracket(d, t, n, bins, leaf)
    return high, low, high_second, low_second


def step(law, t=Q(4, 5)):
    child = exact.edge(law, t)
    return exact.join(child, child)


@T.check(t=[Q(1, 2), Q(4, 5), Q(1)])
def monotone(t, worse=exact.merge, better=exact.split):
    "Merged atoms are degraded and split atoms upgraded, before a step of the tree and after it."
    claims = []
    for low, high in ((worse(FEW, ENDS), FEW), (FEW, better(FEW, ENDS))):
        for one, other in ((low, high), (step(low, t), step(high, t))):
            places = sorted({Q(0), *one, *other})  # between these both sides are lines
            claims.append(at_most([exact.excess(one, c) for c in places], [exact.excess(other, c) for c in places]))
    return claims


T.control(monotone, "splitting for merging", worse=exact.split)
T.control(monotone, "merging for splitting", better=exact.merge)


@T.check(case=SMALL)
def contains(case, bounds=bracket):
    "The brackets of E|X| and E X^2 contain the exact rationals where these can be had."
    d, t, n = case
    true = reconstruction(2, d, n, t)
    low, high, low_second, high_second = bounds(d, t, n)
    first, second = 2 * true.p_correct - 1, true.x_n
    if not isinstance(second, Q):  # an enclosure, where the denominator has more than a million digits
        return [at_most(low, first), at_most(first, high), at_most(low_second, second.lower)]
    return [at_most(low, first), at_most(first, high), at_most(low_second, second), at_most(second, high_second)]


T.control(contains, "the two sides exchanged", bounds=sides_exchanged)
T.control(contains, "one level more", bounds=lambda d, t, n: bracket(d, t, n + 1))


@T.check(case=list(WIDTHS))
def narrow(case, bins=1000):
    "With 1000 atoms the widths are below 1e-5, 1e-5 and 2e-4."
    low, high, *_ = bracket(*case, bins)
    return less(high - low, WIDTHS[case])


T.control(narrow, "with 20 atoms", bins=20)


@T.check(case=list(PLACES))
def values(case, leaf=Q(1)):
    "The brackets lie where the statement says."
    low, high, *_ = bracket(*case, leaf=leaf)
    return [at_most(PLACES[case][0], low), at_most(high, PLACES[case][1])]


T.control(values, "with leaves that are seen through a channel of eigenvalue 1/10", leaf=Q(1, 10))


@cache
def kept(t, theta_claimed, bins=60, depth=300, slack=Q(1, 10**4)):
    """The lower bound that the checker accepts, or 0 where it refuses."""
    produced = certificate(2, t, depth, bins=bins, slack=slack)
    try:
        return check({**produced, "theta": str(theta_claimed)})
    except CertificateError:
        return Q(0)


@T.check(case=[(Q(4, 5), Q("0.643")), (Q(3, 4), Q("0.43"))], full={"case": [(Q(18, 25), Q("0.22"), 1500)]})
def for_ever(case, worse=Q(0)):
    "A law that the step does not make worse is below E|X_n| at every depth."
    t, bound, *depth = case
    return less(bound, kept(t, t - worse, 100 if depth else 60, *depth))


T.control(for_ever, "the same law for a channel that is worse by 1/100", worse=Q(1, 100))


@T.check(n=[80, 120])
def noisy_leaves(n, t=Q(4, 5)):
    "From leaves of magnetisation .3 the bracket comes to lie within 1.3e-5 of that from clean leaves."
    low, high, *_ = bracket(2, t, n, 400, Q(3, 10))
    return [less(Q("0.643830"), low), less(high, Q("0.643852"))]


T.control(noisy_leaves, "below the threshold", t=Q(7, 10))


@T.figure
def picture():
    """E|X_n| by depth: both bounds, 200 atoms, from clean leaves (solid) and leaves of magnetisation .3 (dashed)."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6, 3.2), layout="constrained")
    axes = figure.subplots()
    for t, colour in ((Q(4, 5), "#000000"), (Q(3, 4), "#0072B2"), (Q(7, 10), "#D55E00")):
        for leaf, style in ((Q(1), "-"), (Q(3, 10), "--")):
            found = density_evolution(2, t, 40, bins=200, leaf=leaf)
            axes.fill_between(range(41), found.lower, found.upper, color=colour, alpha=0.3, linewidth=0)
            label = f"$t = {float(t):g}$" if style == "-" else None
            axes.plot(found.lower, style, color=colour, linewidth=1, label=label)
    axes.set(xlabel="depth $n$", ylabel=r"$\mathbb{E}|X_n|$", ylim=(0, 1.02), xlim=(0, 40))
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
