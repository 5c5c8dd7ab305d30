r"""In one dimension an invertible piecewise linear map and its inverse have the same number of pieces.

A continuous map of the line that is linear on n pieces, n least, and strictly monotone has an inverse that is linear on
the images of these pieces, with the reciprocal slopes; neighbouring slopes differ, hence so do their reciprocals, and n
is least for the inverse too. So the count of pieces, which bounds the size of ReLU networks of given depth from below
(Telgarsky, 2016, recalled), cannot tell an encoder from its generator here: a control for claims about gaps. The k-fold
tent map is not monotone: it has 2^k pieces with k blocks of two units, and a point has 2^k preimages. The generators
are stacks of blocks z -> a z + b + s ReLU(z - t), a (a + s) > 0; the encoder is made of other blocks, the inverses in
reverse order, and its pieces are counted from these. Derived here.
"""

from fractions import Fraction as Q
from random import Random

from flint import fmpq

from retrodict.claims import Theorem, at_most, equal
from retrodict.maps.continuous import block, stack
from retrodict.maps.continuous.folded import tent
from retrodict.maps.continuous.pieces import pieces

T = Theorem(
    label="prop:linear-pieces",
    title="On the line an invertible piecewise linear map and its encoder have equally many pieces",
    source="after Telgarsky (2016), recalled, for the tent map; derived here",
    statement=r"""If $G$ is a continuous piecewise linear bijection of the line with $n$ pieces, then $G^{-1}$ has $n$
pieces. The $k$-fold tent map has $2^k$ pieces and is made of $2k$ ReLUs; $k$ leaky ReLUs in a row have at most $k + 1$
pieces both ways. Remark: a control; from dimension two on this says nothing.""",
)


def bend(slope, kink, change, offset):
    """z -> slope z + offset + change ReLU(z - kink)."""
    return block([[slope]], [[change]], "relu", [[1]], [-kink], [offset])


def unbend(slope, kink, change, offset):
    """The inverse: the kink moves to its image, the slopes become reciprocals, and order turns if they are negative."""
    at = slope * kink + offset
    left, right = 1 / slope, 1 / (slope + change)
    if slope < 0:
        left, right = right, left
    return block([[left]], [[right - left]], "relu", [[1]], [-at], [kink - left * at])


def choices(seed, k):
    """Slope, kink, change and offset of k blocks, random."""
    random = Random(seed)
    found = []
    for _ in range(k):
        slope = Q(random.choice([-3, -2, -1, 1, 2, 3]), random.randint(1, 3))
        change = Q(random.choice([1, 2, 5]), random.choice([1, 4])) * (1 if slope > 0 else -1)
        found.append((slope, Q(random.randint(-4, 4), 2), change, Q(random.randint(-4, 4), 3)))
    return found


def generator(seed, k):
    return stack("generator", [bend(*choice) for choice in choices(seed, k)])


def encoder(seed, k):
    return stack("encoder", [unbend(*choice) for choice in choices(seed, k)[::-1]])


def value(found, z):
    return next(p.slope * z + p.constant for p in found if p.high is None or z <= p.high)


@T.check(seed=range(10), k=[1, 3, 8])
def inverse(seed, k, order=encoder):
    "The encoder undoes the generator at and around all of its kinks."
    down, up = pieces(generator(seed, k)), pieces(order(seed, k))
    points = [p.high + shift for p in down if p.high is not None for shift in (-1, 0, fmpq(1, 1000), 1)]
    return equal([value(up, value(down, z)) for z in points], points)


T.control(inverse, "of another generator", order=lambda seed, k: encoder(seed + 1, k))


@T.check(seed=range(10), k=[1, 3, 8])
def as_many(seed, k, other=encoder):
    "Generator and encoder have equally many pieces."
    return equal(len(pieces(generator(seed, k))), len(pieces(other(seed, k))))


T.control(as_many, "the encoder of a generator with one block less", k=[3], other=lambda seed, k: encoder(seed, k - 1))


@T.check(seed=range(10), k=[1, 3, 8])
def few(seed, k, build=generator):
    "k blocks that are monotone have at most k + 1 pieces."
    return at_most(len(pieces(build(seed, k))), k + 1)


T.control(few, "k tents", k=[3], build=lambda seed, k: tent(k))


@T.check(k=[1, 2, 5, 9])
def tents(k, count=lambda k: 2**k):
    "k tents have 2^k pieces."
    return equal(len(pieces(tent(k))), count(k))


T.control(tents, "2 k", count=lambda k: 2 * k)


@T.figure
def picture():
    """Pieces by the number of blocks: tents (discs), monotone blocks and their inverses (rings), for ten seeds."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6, 3.2), layout="constrained")
    axes = figure.subplots()
    ks = list(range(1, 9))
    axes.plot(ks, [len(pieces(tent(k))) for k in ks], "o-", color="black", label="tents", markersize=4)
    for seed in range(10):
        axes.plot(ks, [len(pieces(generator(seed, k))) for k in ks], ".", color="#0072B2", markersize=3)
        axes.plot(ks, [len(pieces(encoder(seed, k))) for k in ks], "o", mfc="none", color="#0072B2", markersize=6)
    axes.set(xlabel="blocks", ylabel="pieces", yscale="log")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
