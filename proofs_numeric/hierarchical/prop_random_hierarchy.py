r"""The Random Hierarchy Model is learnt by counting synonyms, from far fewer samples than there are data.

A class is rewritten by one of m tuples of s symbols, each of them by one of m tuples, and so on L times; the m v tuples
of a level are distinct, n_c classes on top. There are n_c m^((s^L - 1)/(s - 1)) data, each of one class. Let P_c(u) be
the chance that a datum of class c shows the tuple u of lowest symbols at a given place. It depends on u only through
the symbol that u stands for: synonyms have equal P_c, for each c and each place. So tuples can be grouped by what they
tell about the class, level after level, without knowing anything of the levels above.

How many samples does that take? Let two laws on v symbols differ by delta, and rewrite them by random rules. At one
coordinate of the tuples they differ by delta', and, since two distinct uniform tuples agree there with probability
pi = (v^(s-1) - 1)/(v^s - 1),

    E |delta'|^2 = |delta|^2 (1 - pi)/m,                                                                             (1)

on average over the rules. Two classes start with |delta|^2 = 2 and a tuple has a share of 1/m of its symbol, hence

    E sum_u (P_c(u) - P_c'(u))^2 = 2 (1 - pi)^(L-1) / m^L.                                                           (2)

Frequencies in k samples of a class are off by E |p^ - p|^2 = (1 - |p|^2)/k. With k = P/n_c the difference of two of
them has noise of at most 2 n_c/P, and the signal (2) is as large as that at

    P = n_c m^L / (1 - pi)^(L-1).                                                                                    (3)

This is a ratio of means, not a theorem on an algorithm; that deep networks need about n_c m^L samples, and shallow ones
a number that grows as n_c m^((s^L - 1)/(s - 1)), is what Cagnetta, Petrini, Tomasini, Favero and Wyart (2023) report
(abstract read), and nothing of it is checked here. Checked is that counting and grouping (`random_hierarchy.identify`)
does classify new data from 8 n_c m^L samples, where these are 1 in 256 of all data, and not from half of n_c m^L. On
the way up the same rules drive the map of beliefs of thm:diffusion-transition. Derived here.
"""

from fractions import Fraction as Q
from functools import cache
from itertools import combinations, product

import numpy as np

from retrodict.claims import Mean, Theorem, at_most, equal
from retrodict.random_hierarchy import identify, random_hierarchy

T = Theorem(
    label="prop:random-hierarchy",
    title="Synonyms are found by counting, from about n_c m^L samples",
    source="derived here; model of Cagnetta, Petrini, Tomasini, Favero and Wyart (2023), abstract read",
    bibtex=r"""@misc{CagnettaEtAl2023,
  author = {Francesco Cagnetta and Leonardo Petrini and Umberto M. Tomasini and Alessandro Favero and Matthieu Wyart},
  title = {How deep neural networks learn compositional data: the random hierarchy model},
  note = {arXiv:2307.02129},
  year = {2023}}""",
    statement=r"""In the Random Hierarchy Model with $n_c$ classes, $v$ symbols, $m$ synonyms, tuples of $s$ and $L$
levels there are $n_c\,m^{(s^L-1)/(s-1)}$ data, each of one class. Tuples of the same symbol have the same law of the
class, at each place. On average over the rules the laws of a lowest tuple under two classes differ, in squared
distance, by $2(1-\pi)^{L-1}/m^L$ with $\pi = (v^{s-1}-1)/(v^s-1)$; frequencies from $P/n_c$ samples of each have a
noise of at most $2n_c/P$. For $(n_c, v, m, s, L) = (4, 4, 2, 2, 4)$ grouping tuples by their counts misclassifies a new
datum with probability at most $.1$ (resolution $.25$) from $512$ samples of $131072$ data. Remark: an algorithm for
samples without noise; nothing is said of networks.""",
    uses=["thm:diffusion-transition"],
)

SMALL = [(2, 3, 2, 2, 2), (3, 3, 2, 2, 3), (2, 2, 1, 3, 2), (2, 2, 2, 2, 3)]  # n_c, v, m, s, L


def share(v, s):
    """1 - pi."""
    return 1 - Q(v ** (s - 1) - 1, v**s - 1)


@cache
def model(case, seed=1):
    return random_hierarchy(*case, seed=seed)


@cache
def data(case, seed=1):
    """All data, with their classes, level by level."""
    found = [((a,), a) for a in range(case[0])]
    for rule in model(case, seed).rules:
        found = [
            (tuple(x for word in words for x in word), a)
            for row, a in found
            for words in product(*(rule[x].tolist() for x in row))
        ]
    return found


@T.check(case=SMALL)
def number(case, levels=0):
    "The number of distinct data."
    classes, _, m, s, depth = case
    nodes = sum(s**level for level in range(depth - levels))
    return equal(len({row for row, _ in data(case)}), classes * m**nodes)


T.control(number, "one choice less on each way up", levels=1, case=[SMALL[0], SMALL[1], SMALL[3]])


@T.check(case=SMALL, seed=[1, 2])
def unambiguous(case, seed, other=0):
    "Each is parsed to its class."
    rows = data(case, seed)
    return equal(model(case, seed + other).parse([row for row, _ in rows]).tolist(), [a for _, a in rows])


T.control(unambiguous, "with the rules of another draw", other=5)


@T.check(case=SMALL)
def synonyms(case, shift=0):
    "Over all data, tuples of one symbol are seen equally often with each class, at each place."
    classes, _, _, s, _ = case
    claims = []
    for place in range(shift, len(data(case)[0][0]) - s + 1, s):
        seen = {}
        for row, a in data(case):
            seen.setdefault(row[place : place + s], [0] * classes)[a] += 1
        for words in model(case).rules[-1].tolist():
            counts = [seen.get(tuple(word), [0] * classes) for word in words]
            claims.append(equal([x for other in counts for x in other], counts[0] * len(counts)))
    return claims


T.control(synonyms, "tuples that straddle two places", shift=1, case=[SMALL[0], SMALL[1]])


@cache
def all_rules(v, m, s, parents):
    """Every way to give each of the parents m distinct tuples, all different, as tuples of tuples."""
    tuples = list(product(range(v), repeat=s))

    def extend(left, count):
        if count == 0:
            return [()]
        return [
            (chosen, *rest)
            for chosen in combinations(left, m)
            for rest in extend([t for t in left if t not in chosen], count - 1)
        ]

    return extend(tuples, parents)


def rewritten(delta, rules, at, v, m):
    """A difference of laws of symbols after one level, at one coordinate."""
    found = [Q(0)] * v
    for weight, words in zip(delta, rules, strict=True):
        for word in words:
            found[word[at]] += weight / m
    return found


@T.check(sizes=[(2, 1, 2), (2, 2, 2), (3, 1, 2), (2, 1, 3), (2, 2, 3)])
def step(sizes, without=None):
    "(1), averaged over all rules, for two differences and each coordinate."
    v, m, s = sizes
    claims = []
    for delta in ([Q(1), Q(-1)] + [Q(0)] * (v - 2), [Q(k) - Q(v - 1, 2) for k in range(v)]):
        for at in range(s):
            squares = [sum(x * x for x in rewritten(delta, rules, at, v, m)) for rules in all_rules(v, m, s, v)]
            factor = share(v, s) / m if without is None else Q(1, m)
            claims.append(equal(sum(squares) / len(squares), sum(x * x for x in delta) * factor))
    return claims


T.control(step, "as if tuples never agreed by chance", without="agreement")


@T.check(sizes=[(2, 2, 2, 2, 2), (2, 2, 1, 2, 2), (2, 2, 2, 2, 3), (2, 2, 1, 3, 2)])
def signal(sizes, more=0):
    "(2), averaged over the rules of all levels."
    classes, v, m, s, depth = sizes
    total = count = Q(0)
    for rules in product(*(all_rules(v, m, s, v if level else classes) for level in range(depth - 1))):
        delta = [Q(1), Q(-1)]
        for rule in rules:
            delta = rewritten(delta, rule, 0, v, m)
        total += sum(x * x for x in delta) / m
        count += 1
    return equal(total / count, 2 * share(v, s) ** (depth + more - 1) / Q(m ** (depth + more)))


T.control(signal, "one level more", more=1)


@T.check(law=[(Q(1, 2), Q(1, 2)), (Q(1, 6), Q(1, 3), Q(1, 2))], k=[1, 2, 3])
def noise(law, k, square=1):
    "The mean squared error of frequencies in k samples, over all samples."
    error = Q(0)
    for sample in product(range(len(law)), repeat=k):
        weight = Q(1)
        for x in sample:
            weight *= law[x]
        error += weight * sum((Q(sample.count(x), k) - p) ** 2 for x, p in enumerate(law))
    return equal(error, (1 - square * sum(p * p for p in law)) / k)


T.control(noise, "without its own square", square=0)


def misclassified(case, samples):
    """One replica: rules, samples and one new datum, all new."""

    def draw(n, seed):
        found = np.zeros(n)
        for i, (rules, learnt, new) in enumerate(np.random.default_rng(seed).integers(2**63, size=(n, 3)).tolist()):
            hidden = random_hierarchy(*case, seed=rules)
            learner = identify(*hidden.sample(samples, seed=learnt), case[1], case[3])
            row, label = hidden.sample(1, seed=new)
            found[i] = learner.parse(row)[0] != label[0]
        return found

    return draw


@T.check()
def identified(samples=512):
    "From 8 n_c m^L samples a new datum is misclassified with probability at most .1."
    return at_most(Mean(misclassified((4, 4, 2, 2, 4), samples), 0, 1, resolution=0.25), Q(1, 10))


T.control(identified, "from n_c m^L / 2 samples", samples=32)


@T.figure
def picture():
    """Share of 200 new data that are misclassified, by samples in units of n_c m^L; means of 8 draws of the rules."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6, 3.2), layout="constrained")
    axes = figure.subplots()
    colours = ["#56B4E9", "#0072B2", "#009E73", "#D55E00", "#000000"]
    cases = [(8, 8, 2, 2, 2), (8, 8, 4, 2, 2), (8, 8, 2, 2, 3), (4, 4, 2, 2, 4), (10, 10, 5, 2, 2)]
    ratios = [0.25, 0.5, 1, 2, 4, 8]
    for case, colour in zip(cases, colours, strict=True):
        classes, v, m, s, depth = case
        errors = []
        for ratio in ratios:
            wrong = 0.0
            for seed in range(8):
                hidden = model(case, seed)
                learner = identify(*hidden.sample(int(ratio * classes * m**depth), seed=seed + 100), v, s)
                rows, labels = hidden.sample(200, seed=seed + 200)
                wrong += float((learner.parse(rows) != labels).mean()) / 8
            errors.append(wrong)
        axes.plot(ratios, errors, "o-", color=colour, markersize=3, label=f"$n_c={classes}$, $m={m}$, $L={depth}$")
    axes.set(xlabel="samples $P/(n_c m^L)$", ylabel="misclassified", xscale="log", ylim=(-0.02, 1))
    axes.set_xticks(ratios, [f"{ratio:g}" for ratio in ratios], minor=False)
    axes.minorticks_off()
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
