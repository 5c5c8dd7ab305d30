r"""Below the Kesten-Stigum point low degrees lose the root level by level: what is finite about it.

Let rho_D(n)^2 be the squared correlation of the root with the best polynomial of degree D in the leaves of the binary
tree of depth n, symmetric channels of eigenvalue t. For D = 1, the census, and for all degrees together, where it is
E X_n^2, a level multiplies it by at most 2 t^2 (thm:census-threshold, thm:contraction). Here the same is seen for D = 3
and D = 5 on trees that are small enough,

    rho_D(n + 1)^2 <= 2 t^2 rho_D(n)^2,                                                                              (1)

exactly, together with the order in D. With t < 1/sqrt 2 on all levels that would be a geometric decay for each fixed D;
that all degrees up to N^c, for some c > 0, lose the root when d lambda^2 < 1, for every channel, is a theorem of Huang
and Mossel (2025; abstract read), not checked here. For two states Bayes's estimator loses it too; thm:zero-eigenvalue
has a chain for which it does not. Derived here.
"""

from fractions import Fraction as Q
from functools import cache

from retrodict.claims import Theorem, at_most, less
from retrodict.exact.low_degree import degree_correlation

T = Theorem(
    label="prop:low-degree-decay",
    title="A level costs low-degree estimators a factor of 2 t^2",
    source="derived here; after Huang and Mossel (2025), abstract read",
    bibtex=r"""@misc{HuangMossel2025,
  author = {Han Huang and Elchanan Mossel},
  title = {Optimal low degree hardness for broadcasting on trees},
  note = {arXiv:2502.04861},
  year = {2025}}""",
    statement=r"""On the binary tree of depth $n$ with channels of eigenvalue $t$ let $\rho_D(n)^2$ be the squared
correlation of the root with the best polynomial of degree $D$ in the leaves. For $t = \tfrac25, \tfrac12, \tfrac35,
\tfrac23, \tfrac45$: $\rho_D(n+1)^2 \le 2t^2\rho_D(n)^2$ for $D = 1, 3$ and $1 \le n \le 3$, and for $D = 5$ and
$1 \le n \le 2$. At $t = \tfrac12$ the ratios lie in
$(\tfrac25, \tfrac12)$. Remark:
finite; no bound for other depths follows.""",
    uses=["thm:low-degree", "thm:contraction", "thm:census-threshold", "thm:zero-eigenvalue"],
)

STRENGTHS = [Q(2, 5), Q(1, 2), Q(3, 5), Q(2, 3), Q(4, 5)]
CASES = [(1, 1), (1, 2), (1, 3), (3, 1), (3, 2), (3, 3), (5, 1), (5, 2)]  # degree, depth


@cache
def square(degree, depth, t):
    return degree_correlation(2, depth, t, degree)


@T.check(t=STRENGTHS, case=CASES)
def decay(t, case, power=1):
    "(1)."
    degree, depth = case
    return at_most(square(degree, depth + 1, t), (2 * t * t) ** power * square(degree, depth, t))


T.control(decay, "the square of that factor", power=2)


@T.check(t=STRENGTHS, depth=[2, 3, 4])
def more_is_more(t, depth, degrees=(1, 3)):
    "Degree 3 sees more than degree 1, and less than twice as much."
    low, high = degrees
    return [
        less(square(low, depth, t), square(high, depth, t)),
        less(square(high, depth, t), 2 * square(low, depth, t)),
    ]


T.control(more_is_more, "degree 2, which adds nothing", depth=[2, 3], degrees=(1, 2))


@T.check(case=CASES)
def rate(case, low=Q(2, 5)):
    "At t = 1/2 the ratios lie between 2/5 and 1/2."
    degree, depth = case
    before, after = square(degree, depth, Q(1, 2)), square(degree, depth + 1, Q(1, 2))
    return [less(low * before, after), less(after, before / 2)]


T.control(rate, "above .49", low=Q(49, 100))


@T.figure
def picture():
    """Squared correlation of degree 1 (rings) and 3 (discs) by depth; lines fall by min(1, 2 t^2) a level."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6, 3.2), layout="constrained")
    axes = figure.subplots()
    for t, colour in ((Q(1, 2), "#D55E00"), (Q(3, 5), "#0072B2"), (Q(4, 5), "#000000")):
        depths = [1, 2, 3, 4]
        axes.plot(depths, [float(square(1, n, t)) for n in depths], "o", color=colour, mfc="none", markersize=6)
        axes.plot(depths, [float(square(3, n, t)) for n in depths], "o", color=colour, markersize=3,
                  label=f"$t = {float(t):g}$")  # fmt: skip
        bound = [float(square(3, 1, t)) * min(1.0, float(2 * t * t)) ** (n - 1) for n in depths]
        axes.plot(depths, bound, color=colour, linewidth=0.8)
    axes.set(xlabel="depth $n$", ylabel=r"squared correlation $\rho_D(n)^2$", yscale="log", xticks=[1, 2, 3, 4])
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
