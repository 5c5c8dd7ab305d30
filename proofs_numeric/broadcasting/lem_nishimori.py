r"""The Nishimori identity: a posterior is as sure of the truth as it is of itself.

For every tree, channels and prior, with eta the posterior of the root given the leaves,

    E eta(true root) = E sum_i eta_i^2,

because the true root, given the leaves, is one more sample of eta. It is the first thing to check of anything that
claims to be a posterior. Folklore; in physics after Nishimori (1980).
"""

from fractions import Fraction as Q
from itertools import product

import numpy as np
import sympy

from retrodict import bp as kernel
from retrodict import trees
from retrodict.claims import Mean, Theorem, equal
from retrodict.exact import bp
from retrodict.exact import trees as exact
from retrodict.graphs import Tree

T = Theorem(
    label="lem:nishimori",
    title="The Nishimori identity",
    source="Folklore; after Nishimori (1980)",
    bibtex=r"""@article{Nishimori1980,
  author = {Nishimori, Hidetoshi},
  title = {Exact results and critical properties of the {Ising} model with competing interactions},
  journal = {Journal of Physics C: Solid State Physics},
  volume = {13}, number = {21}, pages = {4071--4076}, year = {1980}}""",
    statement=r"""Let $\eta$ be the posterior of the root given the leaves of a finite tree, and $\sigma$ the true
root. Then $\mathbb E\,\eta_\sigma=\mathbb E\sum_i\eta_i^2$.""",
)

t = sympy.Symbol("t", positive=True)
SKEW = [[Q(1, 2), Q(1, 3), Q(1, 6)], [0, Q(3, 4), Q(1, 4)], [Q(1, 5), Q(1, 5), Q(3, 5)]]
MODELS = [
    ([-1, 0, 0, 1, 1], exact.symmetric_channel(2, Q(2, 3)), [Q(1, 3), Q(2, 3)]),
    ([-1, 0, 0, 0], SKEW, [Q(1, 2), Q(1, 4), Q(1, 4)]),
    ([-1, 0, 1, 1, 0], SKEW, None),
]


def of_itself(eta):
    """How sure the posterior is of itself: the second of two samples of eta agrees with the first."""
    return sum(p * p for p in eta)


def largest(eta):
    return max(eta)


def of_truth(parent, channels, prior):
    """E eta(true root), from the law of all states."""
    leaves = [v for v, kids in enumerate(exact.children(parent)) if not kids]
    total = 0
    for states, p in exact.weights(parent, channels, prior=prior).items():
        if p:
            joint = bp.marginals(parent, channels, [states[v] for v in leaves], prior)[0]
            total += p * joint[states[0]] / sum(joint)
    return total


def patterns(parent, channels, prior):
    """(P(leaves), posterior of the root) for every leaf pattern that can occur."""
    n_leaves = sum(not kids for kids in exact.children(parent))
    for leaves in product(range(len(channels)), repeat=n_leaves):
        joint = bp.marginals(parent, channels, leaves, prior)[0]
        if sum(joint) != 0:
            yield sum(joint), [p / sum(joint) for p in joint]


@T.check()
def cherry(of_itself=of_itself):
    "Two leaves and any theta: the identity of rational functions."
    channel = exact.symmetric_channel(2, t)
    mean = sum(p * of_itself(eta) for p, eta in patterns([-1, 0, 0], channel, None))
    return equal(of_truth([-1, 0, 0], channel, None), mean)


@T.check(model=MODELS)
def definition(model, of_itself=of_itself):
    "Small trees, channels and priors without any symmetry: all states against all leaf patterns."
    return equal(of_truth(*model), sum(p * of_itself(eta) for p, eta in patterns(*model)))


@T.check(case=[(2, 2, 3, Q(2, 3)), (2, 3, 2, Q(1, 2)), (3, 2, 2, Q(3, 4)), (3, 3, 1, Q(-1, 2))])
def types(case, mass=lambda found: found.true_mass):
    "Counting types gives the mass of the true root that belief propagation gives."
    q, arity, depth, lam = case
    channel = exact.symmetric_channel(q, lam)
    mean = sum(p * of_itself(eta) for p, eta in patterns(exact.complete(arity, depth), channel, None))
    return equal(mass(exact.reconstruction(*case)), mean)


@T.check(case=[(2, 2, 5, Q(4, 5)), (3, 2, 4, Q(3, 4)), (5, 3, 3, Q(3, 5))])
def sampled(case, of_itself="square"):
    "In samples beyond enumeration the posterior that the kernel computes is calibrated."
    q, arity, depth, lam = case
    tree, channel = Tree.complete(arity, depth), np.array(exact.symmetric_channel(q, lam), dtype=float)

    def draw(n, seed):
        states = trees.broadcast(tree, channel, n, seed)
        eta = kernel.marginals(tree, channel, np.ascontiguousarray(states[:, tree.leaves])).root
        itself = (eta**2).sum(axis=1) if of_itself == "square" else eta.max(axis=1)
        return eta[np.arange(n), states[:, 0]] - itself

    return equal(Mean(draw, -1, 1, resolution=Q(1, 25)), 0)


T.control(cherry, "the posterior is as sure of itself as of its largest entry", of_itself=lambda eta: (1 + t) / 2)
T.control(definition, "E eta(true) = E max eta", of_itself=largest)
T.control(types, "E eta(true) = E max eta", mass=lambda found: found.p_correct)
T.control(sampled, "E eta(true) = E max eta", of_itself="max")


@T.figure
def picture():
    """E eta(true root), E max eta and E sum of eta^2 on the binary tree of depth 3, over theta."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6, 3.2), layout="constrained")
    axes = figure.subplots()
    thetas = [Q(k, 20) for k in range(21)]
    found = [exact.reconstruction(2, 2, 3, theta) for theta in thetas]
    truth = [of_truth(exact.complete(2, 2), exact.symmetric_channel(2, theta), None) for theta in thetas[::2]]
    two = [exact.reconstruction(2, 2, 2, theta) for theta in thetas]
    for results, n, colour in ((two, 2, "#0072B2"), (found, 3, "#D55E00")):
        axes.plot(thetas, [r.true_mass for r in results], color=colour, label=rf"$E\sum\eta_i^2$, depth {n}")
        axes.plot(thetas, [r.p_correct for r in results], "--", color=colour, label=rf"$E\max\eta_i$, depth {n}")
    axes.plot(thetas[::2], truth, "o", color="black", markersize=4, label=r"$E\,\eta_\sigma$, depth 2")
    axes.set(xlabel=r"$\theta$", ylabel="posterior mass", xlim=(0, 1), ylim=(0.5, 1))
    axes.legend(frameon=False)
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
