r"""Estimators of the root of low degree in the leaves: a ladder from the census to Bayes.

The best linear combination of products of at most D leaves has the squared correlation b^T A^-1 b with the root, A
and b being moments of the tree (`retrodict.exact.low_degree`). Only odd degrees count; D = 1 is the census, and all
degrees together are Bayes's estimator, whose squared correlation E X_n^2 comes from a recursion over likelihoods that
shares no code with this. In between each degree adds a little: below the Kesten-Stigum point, where all of them tend
to 0 with the depth, as well as above. Checked on trees of at most 16 leaves; what holds for many leaves (Huang and
Mossel, 2025) is not checked. Derived here.
"""

from fractions import Fraction as Q

from retrodict.claims import Theorem, equal, less, near
from retrodict.exact.estimators import census_second_moment
from retrodict.exact.low_degree import degree_correlation
from retrodict.exact.reconstruction import reconstruction

T = Theorem(
    label="thm:low-degree",
    title="Low-degree estimators of the root",
    source="Derived here; the question after Huang and Mossel (2025), recalled",
    bibtex=r"""@misc{HuangMossel2025,
  author = {Han Huang and Elchanan Mossel},
  title = {Optimal low degree hardness for broadcasting on trees},
  note = {arXiv:2502.04861},
  year = {2025}}""",
    statement=r"""On the binary tree of depth $3$ with channels of eigenvalue $t$, the squared correlation of the root
with the best polynomial of degree $1, 3, 5, 7$ in the leaves is $.206691, .210617, .210712, .210714$ at $t = .6$,
$.320601, .330521, .330970, .330986$ at $t = \tfrac23$ and $.597858, .628499, .631295, .631458$ at $t = .8$; the last
is $\mathbb E X_3^2$. At depth $4$ degrees $1$ and $3$ give $.138511, .141509$ at $t = .6$ and $.553480, .588166$ at
$t = .8$.""",
    uses=["thm:census", "thm:reconstruction-exact"],
)

PRINTED = {
    (3, Q(3, 5)): {1: "0.206691239013326", 3: "0.210616770898973", 5: "0.210712028143164", 7: "0.210714021598364"},
    (3, Q(2, 3)): {1: "0.320601127113338", 3: "0.330521044822082", 5: "0.330970188573011", 7: "0.330985588342992"},
    (3, Q(4, 5)): {1: "0.597858016019267", 3: "0.628499066725281", 5: "0.63129507412746", 7: "0.631457708432476"},
    (4, Q(3, 5)): {1: "0.138511231210944", 3: "0.141508747282099"},
    (4, Q(4, 5)): {1: "0.553480498682247", 3: "0.588166465617213"},
}


@T.check(case=list(PRINTED))
def values(case, more=Q(0)):
    "The values that are printed."
    depth, t = case
    return [
        near(degree_correlation(2, depth, t + more, degree), Q(digits), within=Q(1, 10**14))
        for degree, digits in PRINTED[case].items()
    ]


T.control(values, "at a t larger by 1/1000", more=Q(1, 1000))


@T.check(depth=[1, 2, 3], t=[Q(3, 5), Q(2, 3), Q(4, 5)])
def bayes(depth, t, missing=0):
    "All degrees together are Bayes's estimator: E X_n^2."
    return equal(degree_correlation(2, depth, t, 2**depth - missing), reconstruction(2, 2, depth, t).x_n)


T.control(bayes, "without the highest odd degree", depth=[2, 3], missing=2)


@T.check(depth=[1, 2, 3, 4, 5], t=[Q(3, 5), Q(4, 5)])
def census(depth, t, degree=1):
    "Degree 1 is the census."
    square = (2 * t) ** (2 * depth)
    return equal(degree_correlation(2, depth, t, degree), square / census_second_moment(2, depth, t))


T.control(census, "degree 3", depth=[2, 3], degree=3)


@T.check(depth=[3], t=[Q(3, 5), Q(2, 3), Q(4, 5)], step=[1, 3, 5])
def strictly(depth, t, step, by=2):
    "Each odd degree up to 7 adds something."
    return less(degree_correlation(2, depth, t, step), degree_correlation(2, depth, t, step + by))


T.control(strictly, "the even degree after it", by=1)


@T.figure
def picture():
    """What degree 1, 3 and 5 leave of Bayes's squared correlation, by t; depth 3."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6, 3.2), layout="constrained")
    axes = figure.subplots()
    grid = [Q(k, 40) for k in range(8, 40)]
    best = [float(degree_correlation(2, 3, t, 7)) for t in grid]
    for degree, colour in ((1, "#56B4E9"), (3, "#0072B2"), (5, "#000000")):
        share = [1 - float(degree_correlation(2, 3, t, degree)) / b for t, b in zip(grid, best, strict=True)]
        axes.plot([float(t) for t in grid], share, color=colour, label=f"degree {degree}")
    axes.axvline(0.5**0.5, color="black", linestyle="--", linewidth=0.8)
    axes.set(xlabel="eigenvalue $t$", ylabel="share that is missed", yscale="log")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
