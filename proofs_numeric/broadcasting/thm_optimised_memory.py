r"""With an optimised quantiser five messages beat clipped sums of any size that was tried.

On the binary tree let every node keep one of 2 L + 1 messages -L, ..., L, an odd function of its two children's.
Clipped sums have thresholds .75, .7418, ..., .7390 for L = 1, ..., 8 (thm:bounded-memory) and seem to stop there.
Let for L = 2 two weak messages of one sign stay weak, 1 + 1 -> 1, everything else as in the clipped sum:

            -2  -1   0   1   2
      -2    -2  -2  -2  -1   0
      -1    -2  -1  -1   0   1
       0    -2  -1   0   1   2                                                                                       (1)
       1    -1   0   1   1   2
       2     0   1   2   2   2

Its symmetric fixed law of full support is uniform, a small bias about it grows by t (4 + 2 sqrt 2)/5 a level, and so
its threshold, to first order, is 5 (2 - sqrt 2)/4 = .732233. A search over the 50 odd tables that are monotone in both
arguments found none better; that search is no part of what is checked.

That a memory of 2 L + 1 messages remembers for ever is certified by a law of |X| with L atoms beside 0 that is degraded
with respect to what two children with that law tell, joined without any loss: by Blackwell's theorem a randomised odd
table takes the pair of messages back to that very law, at each level the same one. This is the certificate of
thm:density-evolution, with few atoms: `density_evolution.certificate` with few bins is a certificate of bounded memory
too, whose cells nobody optimised. For L = 2 and 3 more is checked: table (1), and one for L = 3, lose nothing below the
law, so that it is enough to make their result worse by a random change of the one message.

Each theta here is an upper bound for the threshold of the best memory of that size; without randomness at the nodes
too, if tables may differ from node to node, since some choice of them does no worse than the average. That no memory
reaches 1 / sqrt 2 is a theorem of Jain, Koehler, Liu and Mossel (2019), recalled; how fast the best ones approach it is
not said here. An optimal quantiser, in the sense of E X^2, has intervals as cells (Kurkoski and Yagi, 2014, recalled),
so that a dynamic programme finds it; iterated, it gives the thresholds in the figure, which are floats and no evidence.
Derived here.
"""

from fractions import Fraction as Q
from itertools import product

import sympy
from flint import arb, ctx, fmpq

from retrodict.checkers.reconstruction import CertificateError, check
from retrodict.claims import Theorem, at_most, equal, less
from retrodict.exact import density_evolution, quantisers
from retrodict.exact.quantisers import clipped_table

T = Theorem(
    label="thm:optimised-memory",
    title="A better quantiser: five messages beat all clipped sums that were tried",
    source="Derived here; after Jain, Koehler, Liu, Mossel (2019) and Kurkoski, Yagi (2014), recalled",
    bibtex=r"""@inproceedings{JainKoehlerLiuMossel2019,
  author = {Jain, Vishesh and Koehler, Frederic and Liu, Jingbo and Mossel, Elchanan},
  title = {Accuracy-memory tradeoffs and phase transitions in belief propagation},
  booktitle = {Conference on Learning Theory}, year = {2019}}
@article{KurkoskiYagi2014,
  author = {Kurkoski, Brian M. and Yagi, Hideki},
  title = {Quantization of binary-input discrete memoryless channels},
  journal = {IEEE Transactions on Information Theory},
  volume = {60}, number = {8}, pages = {4544--4552}, year = {2014}}""",
    statement=r"""On the binary tree with symmetric channels of eigenvalue $t$ there are randomised recursions with
$5, 7, 9, 13, 17$ messages that remember the root at every depth at $t = .735, .725, .72, .715, .712$; sums clipped to
as many have thresholds $.741806, .740149, .739557, .739130, .738980$, to first order. A deterministic table of five
messages has the threshold $\tfrac54(2-\sqrt2) = .732233$, to first order; from leaves that send either message of their
sign with probability $\tfrac12$ its bias is below $10^{-6}$ after $1000$ levels at $t = .72$. Remark: these are upper
bounds for the threshold of the best memory of that size, all above $1/\sqrt2$.""",
    uses=["thm:bounded-memory", "thm:density-evolution"],
)

FIVE = [[-2, -2, -2, -1, 0], [-2, -1, -1, 0, 1], [-2, -1, 0, 1, 2], [-1, 0, 1, 1, 2], [0, 1, 2, 2, 2]]
UPPER = {  # rows of the table for L = 3 for the messages 1, 2, 3, columns for -3, ..., 3
    1: [-2, -1, 0, 1, 2, 2, 3],
    2: [-1, 0, 1, 1, 2, 3, 3],
    3: [0, 1, 2, 2, 3, 3, 3],
}
SEVEN = [[-x for x in reversed(UPPER[k])] for k in (3, 2, 1)] + [[-2, -1, -1, 0, 1, 1, 2]] + [*UPPER.values()]
CLIPPED = {2: "0.741805964", 3: "0.740148659", 4: "0.739556734", 6: "0.739130025", 8: "0.738979895"}
# L -> theta, and the atoms (place, mass) that are not at 0, in units of 10^-4
LAWS = {
    2: (Q(735, 1000), [(590, 3950), (1420, 4050)]),
    3: (Q(725, 1000), [(555, 3614), (1147, 2989), (2037, 1900)]),
    4: (Q(720, 1000), [(464, 2946), (992, 3020), (1740, 2194), (2688, 532)]),
    6: (Q(715, 1000), [(432, 2551), (870, 2009), (1431, 2413), (2021, 972), (2580, 763), (3381, 298)]),
    8: (
        Q(712, 1000),
        [(186, 1997), (376, 1762), (594, 1773), (831, 1503), (1110, 1145), (1456, 756), (1901, 241), (2437, 32)],
    ),
}
TABLE_THRESHOLD = 5 * (2 - sympy.sqrt(2)) / 4


def atoms(size):
    return [(Q(m, 10**4), Q(w, 10**4)) for m, w in LAWS[size][1]]


def excesses(law, places):
    return [density_evolution.excess(law, c) for c in places]


def highest(law, cells):
    """The places above in cells of their own, for comparison."""
    ordered = sorted(law.items())
    return dict([(Q(0), sum(w for _, w in ordered[:-cells])), *ordered[-cells:]])


@T.check(t=[Q(3, 5), Q(4, 5), Q(1)], cells=[1, 2])
def optimal(t, cells, quantiser=quantisers.optimal):
    "No odd map of the magnetisations of a node with two children to 2 cells + 1 messages keeps a larger E X^2."
    child = density_evolution.edge({Q(1, 2): Q(1, 2), Q(4, 5): Q(1, 2)}, t)
    law = density_evolution.join(child, child)
    best = Q(0)
    for image in product(range(-cells, cells + 1), repeat=len(law)):
        parts = {k: [(m if i > 0 else -m, w) for (m, w), i in zip(law.items(), image, strict=True) if abs(i) == k]
                 for k in range(1, cells + 1)}  # fmt: skip
        kept = [(sum(m * w for m, w in part), sum(w for _, w in part)) for part in parts.values() if part]
        best = max(best, sum((moment**2 / mass for moment, mass in kept), Q(0)))
    return equal(sum(m * m * w for m, w in quantiser(law, cells).items()), best)


T.control(optimal, "the highest places, each in its own cell", t=[Q(3, 5), Q(4, 5)], cells=[1], quantiser=highest)


@T.check()
def uniform(table=FIVE):
    "The uniform law is fixed by table (1) with no noise."
    law = [Q(1, 5)] * 5
    return [equal(quantisers.combine(law, law, table), law)]


T.control(uniform, "the clipped sum", table=clipped_table(2))


@T.check()
def threshold(table=FIVE):
    "A small bias about it grows by the factor (4 + 2 sqrt 2)/5, the larger eigenvalue; the threshold is its inverse."
    rates = quantisers.growth([sympy.Rational(1, 5)] * 5, table)
    x = sympy.Symbol("x")
    roots = [(4 + 2 * sympy.sqrt(2)) / 5, (4 - 2 * sympy.sqrt(2)) / 5]
    return [
        equal(sympy.expand(sympy.Matrix(rates).charpoly(x).as_expr() - (x - roots[0]) * (x - roots[1])), 0),
        equal(sympy.simplify(1 / roots[0]), TABLE_THRESHOLD),
    ]


T.control(threshold, "the clipped sum", table=clipped_table(2))


@T.check(size=list(CLIPPED))
def below_clipped(size, bound=TABLE_THRESHOLD):
    "It lies between 1 / sqrt 2 and the thresholds of clipped sums, those of more messages too."
    return [less(1 / sympy.sqrt(2), bound), less(bound, sympy.Rational(CLIPPED[size]))]


T.control(below_clipped, "that of three messages, 3/4", bound=sympy.Rational(3, 4))


@T.check(case=[(2, FIVE), (3, SEVEN)])
def kept_by_the_table(case, worse=Q(0)):
    "What the tables for L = 2 and 3 make of two children with the certificate's law is no worse than that law."
    size, table = case
    told = quantisers.magnetisations(quantisers.step(quantisers.messages(atoms(size)), LAWS[size][0] - worse, table))
    law = quantisers.magnetisations(quantisers.messages(atoms(size)))
    places = sorted({*law, *told})
    return at_most(excesses(law, places), excesses(told, places))


T.control(kept_by_the_table, "clipped sums", case=[(2, clipped_table(2)), (3, clipped_table(3))])
T.control(kept_by_the_table, "a channel that is worse by 1/100", worse=Q(1, 100))


def accepted(size, theta):
    """The lower bound of E|X_n| that the checker accepts, or 0 where it refuses."""
    law = [[str(m), str(w)] for m, w in atoms(size)]
    try:
        return check({"statement": "reconstruction", "arity": 2, "theta": str(theta), "law": law})
    except CertificateError:
        return Q(0)


@T.check(size=list(LAWS))
def for_ever(size, worse=Q(0)):
    "The checker accepts the law, which bounds E|X| from below at each depth, at a t below the clipped threshold."
    theta = LAWS[size][0]
    return [less(Q(6, 100), accepted(size, theta - worse)), less(theta, Q(CLIPPED[size]))]


T.control(for_ever, "the same law for a channel that is worse by 1/200", worse=Q(1, 200))


@T.check(theta=[Q(72, 100)])
def dies(theta, depth=1000):
    "Table (1), leaves that send 1 or 2 with their sign: at t = .72 the bias is below 1e-6 after 1000 levels."
    with ctx.workprec(8000):  # balls grow at each level
        p = [arb(0), arb(0), arb(0), arb(1) / 2, arb(1) / 2]
        strength = arb(fmpq(theta.numerator, theta.denominator))
        for _ in range(depth):
            p = quantisers.step(p, strength, FIVE)
        return [less(abs(p[2 + k] - p[2 - k]), Q(1, 10**6)) for k in (1, 2)]


T.control(dies, "at t = .74", theta=[Q(74, 100)])


def greedy_threshold(cells, levels=60):
    """A float: optimal quantisers of small magnetisations, level after level, and what of E X^2 they keep."""
    law, kept = {1.0: 1.0}, []
    for _ in range(levels):
        joined = {}
        for (x, v), (y, w) in product(law.items(), repeat=2):
            for place in (x + y, abs(x - y)):
                joined[round(place, 12)] = joined.get(round(place, 12), 0.0) + v * w / 2
        law = quantisers.optimal(joined, min(cells, len(joined) - 1))
        square, before = (sum(m * m * w for m, w in x.items()) for x in (law, joined))
        kept.append(square / before)
        total = sum(law.values())
        law = {m / square**0.5: w / total for m, w in law.items()}
    late = kept[levels // 2 :]
    return (len(late) / sum(late) / 2) ** 0.5


@T.figure
def picture():
    """Memory and threshold: certified here (discs), table (1) (cross), clipped sums (rings), optimal cells (line)."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6, 3.2), layout="constrained")
    axes = figure.subplots()
    clipped = {1: "0.75", **CLIPPED}
    axes.plot([2 * k + 1 for k in clipped], [float(x) for x in clipped.values()], "o", color="#D55E00", mfc="none",
              label="clipped sums")  # fmt: skip
    axes.plot([2 * k + 1 for k in LAWS], [float(x) for x, _ in LAWS.values()], "o", color="#0072B2", markersize=4,
              label="remembers, certified")  # fmt: skip
    axes.plot([5], [float(TABLE_THRESHOLD)], "x", color="#000000", label="table of five")
    cells = range(1, 7)
    axes.plot([2 * k + 1 for k in cells], [greedy_threshold(k) for k in cells], color="#56B4E9", label="optimal cells")
    axes.axhline(0.5**0.5, color="black", linestyle="--", linewidth=0.8)
    axes.set(xlabel="messages $2L+1$", ylabel="threshold in $t$", ylim=(0.7, 0.775))
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="upper right")
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
