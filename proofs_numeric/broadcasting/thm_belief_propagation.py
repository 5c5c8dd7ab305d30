r"""Belief propagation on a tree is exact.

Send upward, from the leaves, L_v(i) = prod over children c of sum_j P_c(i, j) L_c(j), and downward to each child what a
node knows apart from what that child said. Then sum_i prior_i L_root(i) is the probability of what the leaves show, the
product of both messages at v is the law of its state jointly with that, and maximising in place of summing finds the
likeliest states of all nodes: whatever the tree, its channels and its prior. After Felsenstein (1981) and Pearl (1988).
"""

from fractions import Fraction as Q

import numpy as np
import sympy
from flint import arb, ctx, fmpq

from retrodict import bp as kernel
from retrodict.claims import Computed, Law, Theorem, equal, near
from retrodict.exact import bp
from retrodict.exact import trees as exact
from retrodict.graphs import Tree

T = Theorem(
    label="thm:belief-propagation",
    title="Belief propagation on a tree is exact",
    source="After Felsenstein (1981) and Pearl (1988)",
    bibtex=r"""@book{Pearl1988,
  author = {Pearl, Judea},
  title = {Probabilistic Reasoning in Intelligent Systems},
  publisher = {Morgan Kaufmann}, year = {1988}}
@article{Felsenstein1981,
  author = {Felsenstein, Joseph},
  title = {Evolutionary trees from {DNA} sequences: a maximum likelihood approach},
  journal = {Journal of Molecular Evolution},
  volume = {17}, pages = {368--376}, year = {1981}}""",
    statement=r"""On a finite tree with channels $P_v$ and root law $\pi$, let
$L_v(i)=\prod_{c\text{ child of }v}\sum_jP_c(i,j)L_c(j)$ with $L_v(i)=P(\text{seen at }v\mid i)$ at a leaf. Then
$P(\text{leaves})=\sum_i\pi_iL_{\mathrm{root}}(i)$, and one downward pass gives the posterior of every state. With
$\max$ for $\sum$ the same passes find the likeliest states.""",
)

SKEW = [[Q(1, 2), Q(3, 8), Q(1, 8)], [Q(0), Q(3, 4), Q(1, 4)], [Q(1, 4), Q(1, 4), Q(1, 2)]]
MIXED = [exact.symmetric_channel(2, Q(k, 8)) for k in range(-3, 7)]
NOISY = [Q(3, 4), Q(1, 8)]

# parent, channels, what the leaves show, law of the root: all exact in binary
PROBLEMS = [
    ([-1, 0, 0, 1, 1], MIXED[5], [1, 0, None], [Q(1, 4), Q(3, 4)]),
    ([-1, 0, 0, 0, 1, 1, 4, 4], MIXED[:8], [0, 1, NOISY, 1, 1], None),
    ([-1, 0, 1, 1, 0], SKEW, [2, 1, 2], [Q(1, 2), Q(1, 4), Q(1, 4)]),
    ([-1, 0, 1, 2, 2, 2], SKEW, [0, 1, None], [Q(1, 8), Q(5, 8), Q(1, 4)]),
    ([-1, 0, 0, 1, 2], SKEW, [2, 1], [Q(1, 2), Q(1, 4), Q(1, 4)]),
    ([-1], SKEW, [1], [Q(1, 8), Q(5, 8), Q(1, 4)]),
]
SEEN = [problem for problem in PROBLEMS if all(isinstance(x, int) for x in problem[2])]


def no_prior(parent, channels, leaves, prior):
    """Forgets the law of the root."""
    return parent, channels, leaves, [1] * len(channels[-1])


def transposed(parent, channels, leaves, prior):
    """Reads the rows of a shared channel as columns."""
    return parent, [list(column) for column in zip(*channels, strict=True)], leaves, prior


def as_is(*problem):
    return problem


def run(function, parent, channels, leaves, prior, **options):
    """A kernel on one sample of an exact problem."""
    dtype = np.uint8 if all(isinstance(x, int) for x in leaves) else float
    q = len(channels[-1])
    rows = [
        x if dtype is np.uint8 else [1.0] * q if x is None else np.eye(q)[x] if isinstance(x, int) else x
        for x in leaves
    ]
    seen = np.array([rows], dtype=float).astype(dtype)
    law = None if prior is None else np.array(prior, dtype=float)
    return function(Tree(parent), np.array(channels, dtype=float), seen, prior=law, **options)


def all_together(*problem):
    return bp.max_product(*problem)[0]


def by_kernel(*problem):
    return run(kernel.max_product, *problem).states[0]


def one_by_one(*problem):
    """The likeliest state of each node by itself."""
    return tuple(row.index(max(row)) for row in exact.marginals(*problem))


@T.check()
def any_channel(read=as_is):
    "Two leaves and an inner node, three generic channels of two states: the identity of polynomials."
    entries = sympy.symbols("a:z", positive=True)
    channels = [[list(entries[4 * k : 4 * k + 2]), list(entries[4 * k + 2 : 4 * k + 4])] for k in range(5)]
    problem = ([-1, 0, 0, 1, 1], channels, [0, 1, 0], list(entries[20:22]))
    found = [bp.evidence(*read(*problem)), *(x for row in bp.marginals(*read(*problem)) for x in row)]
    return equal(found, [exact.evidence(*problem), *(x for row in exact.marginals(*problem) for x in row)])


@T.check(problem=PROBLEMS)
def evidence(problem, read=as_is):
    "The upward pass sums over all states of all nodes."
    return equal(bp.evidence(*read(*problem)), exact.evidence(*problem))


@T.check(problem=PROBLEMS)
def marginals(problem, read=as_is):
    "Both passes together give the law of every state, jointly with what is seen."
    return equal(bp.marginals(*read(*problem)), exact.marginals(*problem))


@T.check(problem=PROBLEMS)
def likeliest(problem, find=all_together):
    "Maximising in place of summing finds the likeliest states of all nodes, and the first of equals."
    states, weight = exact.max_product(*problem)
    found = find(*problem)
    return [equal(found, states), equal(exact.weights(*problem)[tuple(found)], weight)]


@T.check(problem=PROBLEMS)
def kernel_marginals(problem, tolerance=Q(1, 10**15)):
    "The kernel's posteriors of all inner nodes are the exact ones to 15 decimals."
    total, inner = exact.evidence(*problem), [v for v, kids in enumerate(exact.children(problem[0])) if kids]
    joint = exact.marginals(*problem)
    found = run(kernel.marginals, *problem, nodes=True)
    computed = Computed(np.vstack([found.root, *found.nodes]))
    return near(computed, [[x / total for x in joint[v]] for v in [0, *inner]], within=tolerance)


@T.check(problem=PROBLEMS)
def kernel_evidence(problem, read=as_is):
    "The kernel's log-evidence is the logarithm, enclosed, of the exact evidence, to 14 decimals."
    z = exact.evidence(*read(*problem))
    ball = arb(fmpq(*z.as_integer_ratio())).log()
    return near(Computed(run(kernel.log_evidence, *problem)), [ball], within=Q(1, 10**14))


@T.check(problem=SEEN)
def kernel_likeliest(problem, find=by_kernel):
    "The kernel's likeliest states are those of the definition."
    return equal(find(*problem), exact.max_product(*problem)[0])


@T.check(problem=PROBLEMS[:4])
def kernel_sample(problem, read=as_is):
    "The kernel's posterior samples have the joint law of the definition: states as digits of one number."
    parent, channels, *_ = problem
    q, total = len(channels[-1]), exact.evidence(*read(*problem))
    law = {}
    for states, weight in exact.weights(*read(*problem)).items():
        number = sum(i * q**k for k, i in enumerate(states))
        law[number] = law.get(number, 0) + weight / total

    def draw(n, seed):
        def many(tree, channel, seen, prior):
            return kernel.sample(tree, channel, np.repeat(seen, n, axis=0), seed, prior=prior)

        return run(many, *problem) @ q ** np.arange(len(parent))

    return equal(Law(draw, 0, q ** len(parent), resolution=Q(1, 50)), law)


T.control(any_channel, "forgets the law of the root", read=no_prior)
T.control(evidence, "forgets the law of the root", read=no_prior)
T.control(evidence, "a column for a row", read=transposed, problem=[PROBLEMS[2]])
T.control(marginals, "a column for a row", read=transposed, problem=[PROBLEMS[2]])
T.control(likeliest, "the likeliest state of each node by itself", find=one_by_one)
T.control(kernel_marginals, "equal to the last bit", tolerance=Q(0))
T.control(kernel_evidence, "forgets the law of the root", read=no_prior)
T.control(kernel_likeliest, "the likeliest state of each node by itself", find=one_by_one)
T.control(kernel_sample, "a column for a row", read=transposed, problem=[PROBLEMS[2]])


@T.figure
def picture():
    """How far the kernel's log-evidence is from the exact one, in spacings of doubles, by number of leaves."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6, 3.2), layout="constrained")
    axes = figure.subplots()
    for theta, colour in ((Q(1, 4), "#D55E00"), (Q(3, 4), "#0072B2")):
        channel = exact.symmetric_channel(2, theta)
        for depth in range(1, 11):
            leaves = [k * k % 7 % 2 for k in range(2**depth)]
            problem = (exact.complete(2, depth), channel, leaves, None)
            found = run(kernel.log_evidence, *problem)[0]
            z = bp.evidence(*problem)
            with ctx.workprec(200):
                gap = abs(arb(float(found)) - arb(fmpq(*z.as_integer_ratio())).log())
            label = rf"$\theta={theta}$" if depth == 1 else None
            axes.plot(2**depth, float(gap.mid()) / np.spacing(abs(found)), "o", color=colour, label=label)
    axes.set(xlabel="leaves", ylabel="error of the kernel (spacings)", xlim=(1, 2000), ylim=(0, 1.5))
    axes.set_xscale("log", base=2)
    axes.legend(frameon=False)
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
