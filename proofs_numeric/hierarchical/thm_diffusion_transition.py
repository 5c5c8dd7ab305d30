r"""A transition in the diffusion of hierarchical data: where belief in the true symbol survives on the way up.

In the Random Hierarchy Model each of v symbols is rewritten by one of m tuples of s symbols, all m v tuples distinct.
Let the belief in the true symbol be p at each of s siblings, and (1 - p) / (v - 1) in each other one. The weight of
the true tuple is p^s; that of a tuple drawn uniformly from the others is (1 - p^s) / (v^s - 1) on average. Of the m v
allowed tuples m belong to the true parent, so that, with weights replaced by these means (annealed), the belief in it
is

    F(p) = (p^s + a (1 - p^s)) / (p^s + f (1 - p^s)),  a = (m - 1)/(v^s - 1),  f = (m v - 1)/(v^s - 1).              (1)

F(1) = 1 and F(1/v) = 1/v are fixed points, and F'(1) = s m (v - 1) / (v^s - 1). If that is below 1 there is another
one between, which for s = 2 is p* = (m - 1) / (v - m), inside iff 2 m < v + 1; beliefs above it grow to 1, below it
they fall to 1/v. With noise eps, p = 1 - eps + eps / v, the transition is at eps* = (1 - p*) / (1 - 1/v). The mean of
a quotient is not the quotient of means: (1) is an approximation, whose algebra is checked. After Sclocchi, Favero and
Wyart (2024).
"""

from fractions import Fraction as Q
from itertools import product

import sympy

from retrodict.claims import Theorem, equal, less

p = sympy.Symbol("p", positive=True)
v, m = sympy.symbols("v m", positive=True, integer=True)

T = Theorem(
    label="thm:diffusion-transition",
    title="Where belief survives on the way up a random hierarchy",
    source="after Sclocchi, Favero and Wyart (2024), recalled; algebra derived here",
    bibtex=r"""@misc{SclocchiFaveroWyart2024,
  author = {Antonio Sclocchi and Alessandro Favero and Matthieu Wyart},
  title = {A phase transition in diffusion models reveals the hierarchical nature of data},
  note = {arXiv:2402.16991},
  year = {2024}}""",
    statement=r"""With $a = (m-1)/(v^s-1)$ and $f = (mv-1)/(v^s-1)$ the annealed map of beliefs
$F(p) = (p^s + a(1-p^s))/(p^s + f(1-p^s))$ of the Random Hierarchy Model has $F(1) = 1$, $F(1/v) = 1/v$ and
$F'(1) = sm(v-1)/(v^s-1)$. For $s = 2$ its third fixed point is $p_* = (m-1)/(v-m)$, between the two iff $2m < v + 1$.
Remark: the map is an average over rules, not the model itself.""",
    assuming=[v >= 3, m >= 2],
)

TABLE = {  # (v, m): F'(1), p*, eps*; s = 2
    (32, 8): (Q(16, 33), Q(7, 24), Q(68, 93)),
    (16, 4): (Q(8, 17), Q(1, 4), Q(4, 5)),
    (10, 5): (Q(10, 11), Q(4, 5), Q(2, 9)),
    (32, 16): (Q(32, 33), Q(15, 16), Q(2, 31)),
}


def F(p, v, m, s):  # (1)
    a, f = (m - 1) / (v**s - 1), (m * v - 1) / (v**s - 1)
    return (p**s + a * (1 - p**s)) / (p**s + f * (1 - p**s))


def third(v, m):
    return (m - 1) / (v - m)


@T.check(s=[2, 3, 4])
def ends(s, end=1 / v):
    "1 and 1/v are fixed points."
    return [equal(F(sympy.S(1), v, m, s), 1), equal(sympy.factor(F(end, v, m, s)), end)]


T.control(ends, "2/v", end=2 / v)


@T.check(s=[2, 3, 4])
def slope(s, power=1):
    "The slope at 1."
    return equal(sympy.factor(sympy.diff(F(p, v, m, s), p).subs(p, 1)), s * m**power * (v - 1) / (v**s - 1))


T.control(slope, "with m^2", power=2)


@T.check()
def fixed_point(formula=third):
    "The third fixed point for s = 2."
    star = formula(v, m)
    return equal(F(star, v, m, 2), star)


T.control(fixed_point, "(m - 1) / (v - 1)", formula=lambda v, m: (m - 1) / (v - 1))


@T.check(case=list(TABLE))
def printed(case, formula=third):
    "Slope, fixed point and noise of the transition in the table."
    v, m = map(Q, case)
    star = formula(v, m)
    return [equal([2 * m * (v - 1) / (v**2 - 1), star, (1 - star) / (1 - 1 / v)], list(TABLE[case]))]


T.control(printed, "(m - 1) / (v - 1)", formula=lambda v, m: (m - 1) / (v - 1))


@T.check(case=list(TABLE), above=[Q(1, 100), Q(1, 1000)])
def separates(case, above, sign=1):
    "Beliefs a little above it grow, a little below it they fall."
    v, m = map(Q, case)
    star = third(v, m)
    high, low = star + sign * above, star - sign * above
    return [less(high, F(high, v, m, 2)), less(F(low, v, m, 2), low)]


T.control(separates, "the other way round", sign=-1)


@T.check(v=[3, 4], s=[2, 3], belief=[Q(1, 2), Q(4, 5)])
def mean_weight(v, s, belief, others=0):
    "The mean weight of a tuple that is not the true one, over all of them."
    weights = []
    for word in product(range(v), repeat=s):
        weight = Q(1)
        for symbol in word:
            weight *= belief if symbol == 0 else (1 - belief) / (v - 1)
        weights.append(weight)
    return equal(sum(weights[1:]) / (len(weights) - 1 + others), (1 - belief**s) / (v**s - 1))


T.control(mean_weight, "divided by the number of all tuples", others=1)


@T.figure
def picture():
    """F(p) - p for s = 2 and three pairs (v, m): fixed points are zeros."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6, 3.2), layout="constrained")
    axes = figure.subplots()
    grid = [k / 200 for k in range(201)]
    for (size, rules), colour in (((16, 4), "#000000"), ((10, 5), "#0072B2"), ((8, 8), "#D55E00")):
        axes.plot(grid, [F(x, size, rules, 2) - x for x in grid], color=colour, label=f"$v={size}$, $m={rules}$")
    axes.axhline(0, color="black", linewidth=0.6)
    axes.set(xlabel="belief $p$", ylabel="$F(p)-p$", xlim=(0, 1))
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
