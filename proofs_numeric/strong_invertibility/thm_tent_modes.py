r"""Composing the tent map k times gives a posterior of 2^k modes, and encoders with fewer stay away from it.

T(z) = 1 - 2 |z| maps [-1, 1] onto itself, two to one. G = T^k is linear on 2^k pieces, of slopes +-2^k, and x = 0 has
one preimage in each: the odd multiples of 2^-k. For small noise the posterior is concentrated around them. Let A_1 <
... < A_n be intervals of widths w_i with gaps D_j > 0, and rho = max_j max(w_j, w_{j+1}) / D_j. For every mixture q of
g unimodal densities all but g of the intervals have together mass at most rho / (1 + rho), so that for every law p

    TV(q, p) >= (sum of the n - g smallest p(A_i)) - rho / (1 + rho).                                               (1)

The proof is in `capacity/modes.py`; here it is checked on all small step functions. Densities with g modes and mixtures
of g Gaussians are such q. On intervals of half width c beta 2^-k around the preimages rho / (1 + rho) = c beta, hence

    TV(q, p) >= 1 - a g / 2^k - o(1)    as the noise falls,    1 <= a < 6/5,                                        (2)

a being not 1 because the prior favours preimages near 0: 1/a is the mean of exp(-z^2/2) on [-1, 1], if many. In the
other direction p conditioned on g pieces is a mixture of g unimodal laws. What is checked: (1) with certified masses,
at finitely many k, g and noises. This is about the encoder's shape: a mixture of 2^k Gaussians is an encoder, and may
have a short description. After Telgarsky (2016), recalled, for the number of pieces; (1) is derived here.
"""

from fractions import Fraction as Q
from itertools import product

from retrodict.capacity.modes import modes_needed, tv_ceiling, tv_floor
from retrodict.claims import Theorem, at_most, equal, less
from retrodict.maps.continuous.folded import tent
from retrodict.maps.continuous.layered import leaky
from retrodict.maps.continuous.pieces import pieces

T = Theorem(
    label="thm:tent-modes",
    title="Encoders with g modes miss the posterior of a map with many more preimages",
    source="after Telgarsky (2016), recalled, for the map; lemma and constants derived here",
    statement=r"""If $q$ is a mixture of $g$ unimodal densities on the line and $A_1 < \dots < A_n$ are intervals of
widths $w_i$ with gaps $D_j$, then for every law $p$
$$\mathrm{TV}(q, p) \ge \sum_{i \le n - g} p_{(i)} - \frac{\rho}{1 + \rho}, \qquad \rho = \max_j \frac{\max(w_j,
w_{j+1})}{D_j},$$
$p_{(1)} \le p_{(2)} \le \dots$ being the masses $p(A_i)$ in order. For the posterior at $x = 0$ of the $k$-fold tent
map with noise $1/1000$, $k \le 8$ and $g = 1, 2^{k-1}, 2^k - 1$, suitable intervals make this bound at least $1 -
\tfrac65 g/2^k - \tfrac1{100}$, and some mixture of $g$ unimodal densities is within $\tfrac1{100}$ of it. Remark: a
lower bound on the number of modes is none on the size of an encoder that mixes many.""",
    uses=["thm:unimodal-fold"],
)

SMALL = Q(1, 1000)
DEPTHS = range(1, 9)


def some(k):
    """Numbers of modes from 1 to one less than there are."""
    return sorted({1, 2 ** (k - 1), 2**k - 1})


def peaks(heights):
    """The number of modes of a step function that is 0 outside."""
    steps = [0]
    for height in heights:
        if height != steps[-1]:
            steps.append(height)
    steps.append(0)
    return sum(a < b > c for a, b, c in zip(steps, steps[1:], steps[2:], strict=False))


@T.check(g=[1, 2], gap=[1, 2])
def lemma(g, gap, more=0):
    "(1) for every step function of heights 0, 1, 2 with at most g modes, three intervals of length 1."
    claims = []
    for heights in product(range(3), repeat=3 + 2 * gap):
        if 1 <= peaks(heights) <= g + more:
            smallest = sum(sorted(heights[:: gap + 1])[: 3 - g])
            claims.append((Q(smallest, sum(heights)), Q(1, gap) / (1 + Q(1, gap))))
    return at_most(*map(list, zip(*claims, strict=True)))


T.control(lemma, "one mode more", g=[1], more=1)


@T.check(k=DEPTHS)
def preimages(k, shift=0):
    "The k-fold tent map has 2^k pieces, and each has an odd multiple of 2^-k where it is 0."
    parts = pieces(tent(k))
    zeros = [-part.constant / part.slope for part in parts]
    inside = [
        (p.low is None or p.low < zero) and (p.high is None or zero < p.high)
        for p, zero in zip(parts, zeros, strict=True)
    ]
    odd = [Q(2 * j + 1 - 2**k + shift, 2**k) for j in range(2**k)]
    return [equal(len(parts), 2**k), equal(sum(inside), 2**k), equal(zeros, odd)]


T.control(preimages, "the even multiples", shift=1)


@T.check(k=DEPTHS)
def far(k, noise=SMALL, modes=some):
    "(2) at noise 1/1000: the total variation is at least 1 - (6/5) g / 2^k - 1/100."
    gs = modes(k)
    return at_most([1 - Q(6, 5) * Q(g, 2**k) - Q(1, 100) for g in gs], [tv_floor(tent(k), 0, noise, g) for g in gs])


T.control(far, "at noise 1", noise=Q(1))


@T.check(k=[2, 3, 5, 8])
def masses_differ(k, share=Q(1)):
    "Some unimodal law is nearer than 1 - 1 / 2^k: a = 1 in (2) would be too much."
    return less(tv_ceiling(tent(k), 0, SMALL, 1), 1 - share / 2**k)


T.control(masses_differ, "6/5 of the mean mass, which no preimage has", share=Q(6, 5))


@T.check(k=DEPTHS)
def nearly_attained(k, noise=SMALL):
    "Some mixture of g unimodal densities comes within 1/100 of the bound."
    return at_most([tv_ceiling(tent(k), 0, noise, g) - tv_floor(tent(k), 0, noise, g) for g in some(k)], Q(1, 100))


T.control(nearly_attained, "at noise 1/10", noise=Q(1, 10))


@T.check(k=DEPTHS)
def as_many_suffice(k, lacking=0):
    "With 2^k unimodal densities the total variation is 0: the posterior is such a mixture."
    return at_most(tv_ceiling(tent(k), 0, SMALL, 2**k - lacking), 0)


T.control(as_many_suffice, "with one less", lacking=1)


@T.check(k=[2, 3, 5, 8])
def needed(k, noise=SMALL):
    "Within 1/2 of the posterior there are only mixtures of at least 2/5 of 2^k unimodal densities."
    return at_most(Q(2, 5) * 2**k, modes_needed(tent(k), 0, noise, Q(1, 2)))


T.control(needed, "at noise 1", noise=Q(1))


def leaky_stack(k):
    return leaky(1, Q(1, 2), k, "relu")


@T.check(k=DEPTHS)
def invertible(k, build=leaky_stack):
    "For k layers of leaky ReLU, which can be inverted, nothing forbids one mode."
    return equal(modes_needed(build(k), 0, SMALL, Q(1, 10)), 1)


T.control(invertible, "the tent map", build=tent)


@T.figure
def picture():
    """Total variation of the best mixture of g unimodal laws, k = 5: bounds from below, by the noise, and above."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6, 3.2), layout="constrained")
    axes = figure.subplots()
    gs = list(range(1, 33))
    colours = ["#0072B2", "#56B4E9", "#999999"]
    for noise, colour in zip((SMALL, Q(1, 100), Q(1, 20)), colours, strict=True):
        floors = [float(tv_floor(tent(5), 0, noise, g).mid()) for g in gs]
        axes.plot(gs, floors, "-", color=colour, label=rf"at least, $\beta={noise}$")
    ceilings = [float(tv_ceiling(tent(5), 0, SMALL, g).mid()) if g < 32 else 0.0 for g in gs]
    axes.plot(gs, ceilings, "--", color="black", label=rf"at most, $\beta={SMALL}$")
    axes.set(xlabel="unimodal laws $g$", ylabel="total variation", xlim=(0, 33), ylim=(0, 1))
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize=8)
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
