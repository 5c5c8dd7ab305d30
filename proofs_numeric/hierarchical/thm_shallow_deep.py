r"""Where every linear method forgets the root, a deep one with q + 1 messages remembers it.

Broadcast a uniform colour down the d-ary tree, channel lam I + (1 - lam) J / q, and ask the leaves at depth n for f,
the centred indicator of one colour at the root. Between the two thresholds, d lam^2 < 1 < d lam, the argument is:

1. The best linear functional of functions of single leaves is the census of f, by the symmetry of the tree; its squared
   correlation with f at the root is rho_n^2 <= (d lam^2)^n (thm:census-threshold), and falls to 0.
2. Recursive plurality with abstention (thm:plurality) sends the root's colour with probability a_n, and each other
   colour with b_n; by a certified box a_n >= .7718 and b_n <= 1.3e-5 at every depth, if d = 16, q = 1000, lam = .22.
3. Its squared correlation with the same f is, with p = (a + (q - 1) b) / q the probability of any given message,

       R^2 = (a - b)^2 (q - 1) / q^2 / (p (1 - p)),                                                                  (1)

   since Cov = (a - b) (q - 1) / q^2 and Var f = (q - 1) / q^2: above 3/4 at every depth.

So corr^2 = .004 against .75 at depth 16, and the ratio grows without bound. At lam = .26, where d lam^2 = 1.08, the
census keeps a positive limit and nothing is separated. That no function of low degree does better is known (Huang and
Mossel, 2025) and not checked here; nothing is said of other shallow methods. After Mossel (2016).
"""

from fractions import Fraction as Q
from functools import cache

import numpy as np
import sympy
from flint import arb, ctx, fmpq

from retrodict import trees
from retrodict.claims import Mean, Theorem, at_most, equal, less, near
from retrodict.exact import estimators, plurality
from retrodict.graphs import Tree

T = Theorem(
    label="thm:shallow-deep",
    title="Below the Kesten-Stigum point the census forgets what recursive plurality remembers",
    source='after Mossel, "Deep learning and hierarchical generative models" (2016), recalled; numbers derived here',
    bibtex=r"""@misc{Mossel2016,
  author = {Elchanan Mossel},
  title = {Deep learning and hierarchical generative models},
  note = {arXiv:1612.09057},
  year = {2016}}""",
    statement=r"""Let $d = 16$, $q = 1000$, $\lambda = .22$, so that $d\lambda^2 = .7744 < 1 < d\lambda$. The squared
correlation of the root's colour with the best linear functional of the leaves at depth $n$ is at most $(d\lambda^2)^n$:
$.448667, .262080, .117499, .034019, .004017$ at $n = 1, 2, 4, 8, 16$. That with the message of recursive plurality,
which has $q + 1$ values, is above $\tfrac34$ at every depth $n \ge 1$. Remark: one point of the parameters, and linear
methods only.""",
    uses=["thm:census-threshold", "thm:plurality"],
)

ARITY, COLOURS, STRENGTH = 16, 1000, Q(22, 100)
CENSUS = {1: "0.448667", 2: "0.262080", 4: "0.117499", 8: "0.034019", 16: "0.004017"}


def census(n, lam=STRENGTH):
    """rho_n^2."""
    return (ARITY * lam * lam) ** n * ARITY**n / estimators.census_second_moment(ARITY, n, lam)


def correlation(a, b, q):
    """(1)."""
    p = (a + (q - 1) * b) / q
    return (a - b) ** 2 * (q - 1) / (q * q * p * (1 - p))


def without_abstention(a, b, q):
    p = 1 / sympy.S(q)
    return (a - b) ** 2 * (q - 1) / (q * q * p * (1 - p))


@cache
def messages(n, lam=STRENGTH):
    """(a_n, b_n) in balls."""
    with ctx.workprec(256):
        a, b, strength = arb(1), arb(0), arb(fmpq(lam.numerator, lam.denominator))
        for _ in range(n):
            a, b = plurality.step(a, b, ARITY, COLOURS, strength)
        return a, b


@T.check(n=list(CENSUS))
def linear(n, lam=STRENGTH):
    "The best linear functional: the values that are printed."
    return near(census(n, lam), Q(CENSUS[n]), within=Q(1, 2 * 10**6))


T.control(linear, "at lambda = .23", lam=Q(23, 100))


@T.check(n=[1, 2, 4, 8, 16, 32, 64])
def forgets(n, lam=STRENGTH):
    "It is at most (d lam^2)^n, which falls to 0."
    return [at_most(census(n, lam), (ARITY * STRENGTH**2) ** n)]


T.control(forgets, "at lambda = .26, above the Kesten-Stigum point", lam=Q(26, 100))


@T.check()
def covariance(formula=correlation):
    "(1) is the squared correlation of f with the indicator that the message is the colour."
    a, b, q = sympy.symbols("a b q", positive=True)
    both, root, sent = a / q, 1 / q, (a + (q - 1) * b) / q
    square = (both - root * sent) ** 2 / (root * (1 - root) * sent * (1 - sent))
    return equal(sympy.simplify(square), formula(a, b, q))


T.control(covariance, "as if there were no abstention", formula=without_abstention)


@T.check(n=[1, 2, 3, 4, 8, 16, 24])
def remembers(n, lam=STRENGTH):
    "Recursive plurality keeps a squared correlation above 3/4."
    return less(Q(3, 4), correlation(*messages(n, lam), COLOURS))


T.control(remembers, "at lambda = .2, where it dies", lam=Q(1, 5))


@T.check()
def for_ever(least=Q("0.7718"), most=Q("1.3e-5")):
    "The bounds on a and b that hold at every depth (thm:plurality) leave it above 3/4."
    # without the factor 1 - p the right side of (1) is smaller, grows with a and falls with b
    return less(Q(3, 4), (least - most) ** 2 * (COLOURS - 1) / (COLOURS * (least + (COLOURS - 1) * most)))


T.control(for_ever, "with a above .6 only", least=Q(6, 10))


def sample(messages_of):
    def draw(n, seed):
        tree = Tree.complete(ARITY, 2)
        channel = float(STRENGTH) * np.eye(COLOURS) + (1 - float(STRENGTH)) / COLOURS
        states = trees.broadcast(tree, channel, n, seed)
        leaves = states[:, tree.leaves].reshape(n, ARITY, ARITY)
        return (messages_of(messages_of(leaves)) == states[:, 0]).astype(float)

    return draw


def vote(messages, least=2):
    """The colour with at least two votes and more than each other, -1 for none; votes of -1 do not count."""
    ordered = np.sort(messages.astype(np.int64), axis=-1)
    run = np.zeros_like(ordered)
    for k in range(1, ordered.shape[-1]):
        run[..., k] = np.where(ordered[..., k] == ordered[..., k - 1], run[..., k - 1] + 1, 0)
    run[ordered < 0] = -1
    best = run.max(axis=-1)
    unique = (run == best[..., None]).sum(axis=-1) == 1
    winner = np.take_along_axis(ordered, run.argmax(axis=-1)[..., None], axis=-1)[..., 0]
    return np.where(unique & (best >= least - 1), winner, -1)


def first_seen(messages):
    """The first child's message."""
    return messages[..., 0].astype(np.int64)


@T.check()
def sampled(rule=vote):
    "On the tree of depth 2 the root's message is right as often as the recursion says."
    return equal(Mean(sample(rule), 0, 1, resolution=0.05), messages(2)[0])


T.control(sampled, "every node takes its first child's message", rule=first_seen)


@T.figure
def picture():
    """Squared correlation with the root by depth: recursive plurality (discs), the best linear functional (rings)."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6, 3.2), layout="constrained")
    axes = figure.subplots()
    depths = range(1, 25)
    deep = [float(correlation(*messages(n), COLOURS).mid()) for n in depths]
    axes.plot(depths, deep, "o", color="#0072B2", markersize=4, label="recursive plurality")
    axes.plot(depths, [float(census(n)) for n in depths], "o", color="#D55E00", mfc="none", label="best linear")
    axes.set(xlabel="depth $n$", ylabel="squared correlation", yscale="log", ylim=(3e-4, 1.5))
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
