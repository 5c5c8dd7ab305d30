r"""Leaves that are seen badly enough tell nothing of the root below the Kesten-Stigum point, even where clean ones do.

q colours, d children, channel lam I + (1 - lam) J / q, leaves seen through one of eigenvalue l0 >= 0. With eta the
posterior of a node and f = q eta - 1, S = E (1/q) sum_i f(i)^2 = (q - 1) x is its chi-square information. Let E_0 be
the expectation when the d children are independent of each other and of their parent. What they show has, given that
the parent's colour is i, the density W_i = prod_k (1 + lam f_k(i)) with respect to that law. So the posterior above is
W_i / (q Z), Z = (1/q) sum_i W_i, and with V = (1/q) sum_i (W_i - Z)^2

    S' = E_0 V / Z <= E_0 V + E_0 V (1 - Z)+ / Z.                                                                    (1)

By symmetry E_0 f(i)^2 = S, and E_0 f(i) f(j) = -S / (q - 1), as sum_i f(i) = 0. Hence, exactly,

    E_0 V = A(S) = (1 - 1/q) [(1 + lam^2 S)^d - (1 - lam^2 S / (q - 1))^d],                                          (2)
    E_0 (Z - 1)^2 = B(S) = (1/q) [(1 + lam^2 S)^d + (q - 1) (1 - lam^2 S / (q - 1))^d] - 1.                          (3)

W >= 0 gives V <= (q - 1) Z^2, so (V / Z)^2 <= (q - 1) V, and by Cauchy and Schwarz the last term of (1) is at most
sqrt((q - 1) A B):

    S' <= Phi(S) = A(S) + sqrt((q - 1) A(S) B(S)) = d lam^2 S + O(S^(3/2)), all constants explicit.                  (4)

A / S and B / S^2 have coefficients that are not negative, so Phi(S) / S increases with S: if Phi(S_0) < S_0 at the
leaves, S_0 = (q - 1) l0^2, then S_n <= (Phi(S_0) / S_0)^n S_0 at every depth, and nothing of the root survives; nor for
a smaller l0. Such an l0 > 0 exists whenever d lam^2 < 1. That is one half of the theorem of Janson and Mossel (2004),
recalled; this proof is derived here.

At q = 20, d = 4, lam = .475 (d lam^2 = .9025) it proves death for l0 <= .038. Populations of posteriors, which prove
nothing, die for l0 up to .1, and live for l0 = .2 and 1, on x near .17.
"""

from fractions import Fraction as Q
from itertools import product
from math import comb, prod

import numpy as np

from retrodict.claims import Mean, Theorem, at_most, equal, less
from retrodict.exact import population_dynamics as exact
from retrodict.exact import trees
from retrodict.population_dynamics import leaves, run

T = Theorem(
    label="thm:robust",
    title="Noisy leaves are forgotten below the Kesten-Stigum point",
    source="after Janson and Mossel (2004), recalled; this proof and its constants derived here",
    bibtex=r"""@article{JansonMossel2004,
  author = {Janson, Svante and Mossel, Elchanan},
  title = {Robust reconstruction on trees is determined by the second eigenvalue},
  journal = {The Annals of Probability},
  volume = {32}, number = {3B}, pages = {2630--2649}, year = {2004}}""",
    statement=r"""$S_n=(q-1)x_n$ of the $q$-state Potts channel on the $d$-ary tree, $0\le\lambda\le1$, obeys
$S_{n+1}\le\Phi(S_n)=d\lambda^2S_n+O(S_n^{3/2})$ with $\Phi$ explicit. At $q=20$, $d=4$, $\lambda=.475$, leaves seen
through the channel of eigenvalue $\lambda_0\le.038$ tell nothing of a deep root; at $q=20$, $d=2$, $\lambda=.69$ for
$\lambda_0\le.022$. In populations of $1000$ posteriors ($q=20$, $d=4$, $\lambda=.475$) $x>.02$ after $60$ steps if
$\lambda_0$ is $1$ or $.2$, and $x<2\cdot10^{-4}$ by then if it is $.1$, $.05$ or $.03$ (shares of the populations that
are $1$ at resolution $\tfrac45$).""",
    uses=["lem:nishimori", "thm:naive-population"],
)


def main_term(q, d, lam, s):
    """(2)."""
    a, b = lam**2 * s, lam**2 * s / (q - 1)
    return (1 - Q(1, q)) * ((1 + a) ** d - (1 - b) ** d)


def normaliser(q, d, lam, s):
    """(3)."""
    a, b = lam**2 * s, lam**2 * s / (q - 1)
    return Q(1, q) * ((1 + a) ** d + (q - 1) * (1 - b) ** d) - 1


def without_remainder(q, d, lam, s):
    return 0


def linear(q, d, lam, s):
    return d * lam**2 * s


def below(value, q, d, lam, s, main=main_term, square=normaliser):
    """value <= Phi(s), without a root: (q - 1) A B - (value - A)^2 is not negative, unless value <= A anyway."""
    a = main(q, d, lam, s)
    beyond = max(0, value - a)
    return at_most(beyond**2, (q - 1) * a * square(q, d, lam, s))


def information(eta_law):
    """S."""
    q = len(next(iter(eta_law)))
    return q * exact.masses(eta_law)[0] - 1


def messages(q, d, lam, depth, strength):
    """(E_0 weight, f) of a node at that depth: over the law of eta given the colour 0, and all colours alike."""
    law = exact.leaf_law(q, strength)
    for _ in range(depth):
        law = exact.next_law(law, d, lam)
    shown = {}
    for eta, w in law.items():
        for c in range(q):
            key = exact.exchange(eta, c)
            shown[key] = shown.get(key, 0) + w / q
    return law, [(w, [q * x - 1 for x in eta]) for eta, w in shown.items()]


SMALL = [(3, 2, Q(1, 2), 1, Q(1)), (3, 3, Q(2, 3), 0, Q(1, 2)), (4, 2, Q(1, 2), 0, Q(1)), (3, 2, Q(3, 5), 1, Q(1, 3))]


@T.check(case=SMALL)
def correlations(case, share=1):
    "E_0 f(i)^2 = S and E_0 f(i) f(j) = -S / (q - 1)."
    q = case[0]
    law, seen = messages(*case)
    s = information(law)
    return [equal(sum(w * f[0] * f[j] for w, f in seen), share * (s if j == 0 else -s / (q - 1))) for j in range(q)]


@T.check(case=SMALL)
def moments(case, main=main_term, square=normaliser):
    "(2) and (3), with E_0 Z = 1, by enumeration of what the children show."
    q, d, lam, _, _ = case
    law, seen = messages(*case)
    s = information(law)
    mean = variance = apart = Q(0)
    for chosen in product(seen, repeat=d):
        weight = prod(w for w, _ in chosen)
        density = [prod(1 + lam * f[i] for _, f in chosen) for i in range(q)]
        z = sum(density) / q
        mean += weight * z
        variance += weight * sum((x - z) ** 2 for x in density) / q
        apart += weight * (z - 1) ** 2
    return [equal(mean, 1), equal(variance, main(q, d, lam, s)), equal(apart, square(q, d, lam, s))]


@T.check(case=[*SMALL, (3, 4, Q(1, 2), 0, Q(1)), (5, 2, Q(3, 5), 0, Q(1, 2))])
def one_level(case, main=main_term, square=normaliser):
    "(4) holds where one level more can be enumerated."
    q, d, lam, _, _ = case
    law, _ = messages(*case)
    return below(information(exact.next_law(law, d, lam)), q, d, lam, information(law), main, square)


def after_one_level(q, d, lam):
    """S_1 from clean leaves."""
    types = trees.root_types(trees.symmetric_channel(q, lam), d, 1)
    return sum(n * Q(sum(x * x for x in likelihood)) / sum(likelihood) for n, likelihood in types) - 1


@T.check(q=[20, 60])
def clean_leaves(q, main=main_term, square=normaliser):
    "(4) at the first level above clean leaves, d = 2, lam = 1/5, where d lam^2 S alone is too little."
    lam = Q(1, 5)
    return below(after_one_level(q, 2, lam), q, 2, lam, Q(q - 1), main, square)


@T.check(q=[2, 3, 20], d=[2, 4, 9])
def increasing(q, d):
    "The coefficients of A and B in lam^2 S are not negative, and those of 1, and of S in B, are 0."
    r, powers = Q(1) / (q - 1), range(1, d + 1)
    a = [(1 - Q(1) / q) * comb(d, k) * (1 - (-r) ** k) for k in powers]
    b = [Q(1) / q * comb(d, k) * (1 - (-r) ** (k - 1)) for k in powers]
    yield at_most(0, a + b)
    yield equal(b[0], 0)
    # A polynomial of degree d is known by its values at d + 1 points.
    for s in map(Q, range(d + 1)):
        sums = [sum(c * s**k for k, c in zip(powers, coefficients, strict=True)) for coefficients in (a, b)]
        yield equal(sums, [main_term(q, d, Q(1), s), normaliser(q, d, Q(1), s)])


@T.check(l0=[Q(1), Q(1, 10), Q(3, 100)])
def at_leaves(l0, power=2):
    "S = (q - 1) l0^2 at the leaves."
    return equal(information(exact.leaf_law(20, l0)), 19 * l0**power)


PROVED = [(20, 4, Q(19, 40), Q(3, 100)), (20, 4, Q(19, 40), Q(38, 1000)), (20, 2, Q(69, 100), Q(22, 1000))]


@T.check(case=PROVED)
def dies(case, square=normaliser):
    "Phi(S_0) < S_0 at the leaves, hence x_n -> 0: for l0 = .03 and .038 (d = 4), for .022 (d = 2)."
    q, d, lam, l0 = case
    s = (q - 1) * l0**2
    a = main_term(q, d, lam, s)
    return [less(a, s), less((q - 1) * a * square(q, d, lam, s), (s - a) ** 2)]


@T.check()
def rate(l0=Q(3, 100)):
    "At l0 = .03 (d = 4) every level multiplies S by less than .98: x < 10^-9 at depth 700."
    s, a_rate = 19 * l0**2, Q(98, 100)
    a = main_term(20, 4, Q(19, 40), s)
    square = normaliser(20, 4, Q(19, 40), s)
    return [less(19 * a * square, (a_rate * s - a) ** 2), less(a, a_rate * s), less(l0**2 * a_rate**700, Q(1, 10**9))]


def replicas(arity, lam, l0, steps, alive, n, floor):
    """One replica is one population of n; is x above the floor to the end (alive), or below at some step?"""

    def draw(size, seed):
        seeds = np.random.default_rng(seed).integers(2**63, size=size)
        starts = (leaves(20, n, int(k), strength=float(l0)) for k in seeds)
        stop = 0 if alive else floor
        last = [run(start, arity, lam, steps, stop_below=stop, threads=1).second[-1] for start in starts]
        return np.array([(x > floor) == alive for x in last], dtype=float)

    return Mean(draw, 0, 1, resolution=Q(4, 5))


@T.check(l0=[1, Q(1, 5)])
def populations_live(l0):
    "q = 20, d = 4, lam = .475: populations of 1000 have x > .02 after 60 steps if l0 is 1 or .2."
    return equal(replicas(4, 0.475, l0, 60, True, 1000, 0.02), 1)


@T.check(l0=[Q(1, 10), Q(1, 20), Q(3, 100)])
def populations_die(l0):
    "They have x < .0002 within 60 steps if l0 is .1, .05 or .03."
    return equal(replicas(4, 0.475, l0, 60, False, 1000, 2e-4), 1)


@T.check(tier="full", case=[(1, True), (Q(1, 5), True), (Q(1, 10), False)])
def binary(case, n=4000):
    "q = 20, d = 2, lam = .69: populations of 4000 have x > .05 after 160 steps if l0 is 1 or .2; if .1, x < .0002."
    l0, alive = case
    return equal(replicas(2, 0.69, l0, 160, alive, n, 0.05 if alive else 2e-4), 1)


T.control(correlations, "a tenth less", share=Q(9, 10))
T.control(moments, "the linear term alone", main=linear)
T.control(moments, "Z is 1", square=without_remainder)
T.control(
    one_level, "half of the linear term, and no remainder", main=lambda *at: linear(*at) / 2, square=without_remainder
)
T.control(clean_leaves, "the linear term alone, at every distance from 0", main=linear, square=without_remainder)
T.control(increasing, "half a colour more than one", q=[Q(3, 2)])
T.control(at_leaves, "l0 for l0^2", power=1)
T.control(dies, "l0 = .039", case=[(20, 4, Q(19, 40), Q(39, 1000))])
T.control(dies, "lam = .51, above the Kesten-Stigum point", case=[(20, 4, Q(51, 100), Q(1, 1000))])
T.control(rate, "at l0 = .04", l0=Q(4, 100))
T.control(populations_live, "l0 = .1", l0=[Q(1, 10)])
T.control(populations_die, "l0 = .2, and clean leaves", l0=[Q(1, 5), 1])
T.control(binary, "the other way round", case=[(1, False), (Q(1, 10), True)])


@T.figure
def picture():
    """x by step at q = 20, d = 4, lam = .475, from 20,000 leaves seen through l0; below the line death is proved."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6, 3.2), layout="constrained")
    axes = figure.subplots()
    for l0, colour in ((1, "#0072B2"), (0.2, "#56B4E9"), (0.1, "#D55E00"), (0.05, "#009E73"), (0.03, "#000000")):
        found = run(leaves(20, 20_000, 1, strength=l0), 4, 0.475, 150, stop_below=1e-5)
        axes.plot(found.depth[::3], found.second[::3], "o", color=colour, markersize=3, label=rf"$\lambda_0={l0}$")
    axes.axhline(0.038**2, color="#000000", linewidth=0.8, linestyle="--")
    axes.set(xlabel="step", ylabel="$x$", yscale="log", ylim=(3e-5, 1.5))
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, ncols=2)
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
