r"""An exact encoder of a map with small m has large weights: its layers' norms multiply to 1/m.

Let E invert G: E(G(z)) = z for all z. For every pair z, z'

    Lip(E) >= |z - z'| / |G(z) - G(z')|,    so that Lip(E) >= 1 / m,  m = inf |G(z) - G(z')| / |z - z'|.            (1)

If E is a stack of layers z -> phi(W z + b) with activations of slope at most 1, then Lip(E) is at most the product of
the norms |W_l|, and

    prod |W_l| >= 1 / m,    sum log2 |W_l| >= log2(1 / m):                                                          (2)

a layer of width at most d with weights at most w in size has |W_l| <= d w, so that L of them need log2 w >=
log2(1 / m) / L - log2 d. A certificate gives a lower bound on m, hence an upper bound on 1 / m; pairs of points give
lower bounds on Lip(E). They meet for matrices, for leaky ReLUs, for the residual z + a sin z near pi, and for
couplings, which the opposite shift inverts. This is about the size of weights, not their number. Derived here.
"""

from fractions import Fraction as Q

from flint import arb, fmpq

from retrodict.claims import Theorem, at_most, equal, near
from retrodict.maps.continuous import Matrix, block, compose, coupling, linear, reflection, residual, sines, stack
from retrodict.maps.continuous.generative_map import vector
from retrodict.maps.continuous.layered import leaky

T = Theorem(
    label="prop:inverse-lipschitz",
    title="The norms of an exact encoder's layers multiply to the inverse of m",
    source="derived here",
    statement=r"""If $E(G(z)) = z$ for all $z$ and $E$ is a stack of layers $\phi(W_l z + b_l)$ with $|\phi'| \le 1$,
then $\prod_l \|W_l\| \ge |z - z'|/|G(z) - G(z')|$ for all $z \ne z'$, hence $\prod_l \|W_l\| \ge 1/m$, $m = \inf
|G(z) - G(z')|/|z - z'|$. Equality holds for a matrix and one layer, and for $k$ leaky ReLUs of slope $\tfrac12$,
where $m = 2^{-k}$. Remark: the bound is on the size of weights, not on their number.""",
    uses=["thm:condition-number"],
)

LAYERS = [[[Q(2), Q(1)], [Q(0), Q(1, 3)]], [[Q(1), Q(0)], [Q(5), Q(1)]], [[Q(1, 4), Q(1)], [Q(-1), Q(2)]]]
SHARES = [Q(1, 2), Q(9, 10), Q(999, 1000)]
ROTATION = reflection([1, 2])
MAPS = [
    residual(Q(9, 10), ROTATION),
    coupling(sines([[1]], Q(3))),
    compose(residual(Q(1, 2), ROTATION), coupling(sines([[1]], Q(1)))),
    leaky(2, Q(1, 4), 3),
]
PAIRS = [([1, 2], [1, 3]), ([0, -1], [4, 0]), ([2, 2], [-1, 7]), ([Q(1, 100), 0], [0, 0])]


def ball(value):
    return arb(fmpq(value.numerator, value.denominator))


def length(z):
    return sum((value * value for value in z), arb(0)).sqrt()


def ratio(g, z, other):
    """|z - z'| / |G(z) - G(z')|."""
    points = [vector(*(ball(Q(value)) for value in point)) for point in (z, other)]
    images = [g.forward(point) for point in points]
    return length(points[0] - points[1]) / length(images[0] - images[1])


def inverse(rows):
    (a, b), (c, d) = rows
    det = a * d - b * c
    return [[d / det, -b / det], [-c / det, a / det]]


def product(matrices):
    total = arb(1)
    for rows in matrices:
        total = total * Matrix(rows).norm
    return total


def whole(count):
    """The matrix that applies the first `count` of `LAYERS`."""
    rows = LAYERS[0]
    for after in LAYERS[1:count]:
        rows = [[sum(after[i][k] * rows[k][j] for k in range(2)) for j in range(2)] for i in range(2)]
    return rows


def stretch(rows):
    """1 / m of a matrix."""
    return 1 / arb(linear(rows).certificate.m.value)


@T.check(g=range(len(MAPS)), pair=range(len(PAIRS)))
def pairs(g, pair, bound=lambda certificate: 1 / arb(certificate.m.value)):
    "No pair of points makes (1) larger than 1 over the constant of the certificate."
    return at_most(ratio(MAPS[g], *PAIRS[pair]), bound(MAPS[g].certificate) + fmpq(1, 10**9))


T.control(pairs, "1 over the upper constant", bound=lambda certificate: 1 / arb(certificate.M.value))


@T.check(count=[1, 2, 3])
def layers(count, lacking=0):
    "(2) for linear layers, each inverted by a layer of its own: the norms multiply to at least 1 / m."
    return at_most(stretch(whole(count)), product([inverse(rows) for rows in LAYERS[lacking:count]]) + fmpq(1, 10**9))


T.control(layers, "one layer left out", lacking=1)


@T.check(count=[1, 2, 3])
def one_layer(count, invert=inverse):
    "One layer that inverts them all has the norm 1 / m: equality in (2)."
    return near(product([invert(whole(count))]), stretch(whole(count)), within=Q(1, 10**9))


T.control(one_layer, "the transpose", invert=lambda rows: [list(row) for row in zip(*rows, strict=True)])


@T.check(k=[1, 5, 20], point=[Q(-3, 7), Q(2), Q(-1)])
def leaky_layers(k, point, slope=Q(1, 2)):
    "k leaky ReLUs of slope 1/2 are inverted by k layers of norm 2, and a pair of points asks for 2^k."
    down = stack("down", [block([[slope]], [[1 - slope]], "relu", [[1]])] * k)
    up = stack("up", [block([[Q(2)]], [[Q(-1)]], "relu", [[1]])] * k)
    z = fmpq(point.numerator, point.denominator)
    low = [down.forward(vector(value))[0] for value in (fmpq(-1), fmpq(-2))]
    return [
        equal(up.forward(down.forward(vector(z)))[0], z),
        equal(1 / (low[0] - low[1]), 2**k),
        equal(up.certificate.M.value, 1 / down.certificate.m.value),
    ]


T.control(leaky_layers, "of slope 1/3", slope=Q(1, 3))


@T.check(share=SHARES)
def near_pi(share, middle=Q(355, 113)):
    "Points near pi make (1) at least 0.99 / (1 - a) for z + a sin z: exact encoders need nearly all of 1 / m."
    g, step = residual(share, [[1]]), Q(1, 1000)
    return at_most(Q(99, 100) / (1 - share), ratio(g, [middle - step], [middle + step]))


T.control(near_pi, "points near 0", middle=Q(0))


@T.check(slope=[Q(1, 2), Q(3)], z=[[1, 2], [-4, Q(1, 3)]])
def couplings(slope, z, sign=-1):
    "The coupling with the opposite shift inverts a coupling, and its upper constant is 1 / m."
    g, encoder = (coupling(sines([[1]], factor * slope)) for factor in (1, sign))
    point = vector(*(ball(Q(value)) for value in z))
    back = encoder.forward(g.forward(point))
    claims = [near(a, b, within=Q(1, 10**9)) for a, b in zip(back, point, strict=True)]
    return [*claims, near(encoder.certificate.M.value, 1 / g.certificate.m.value, within=Q(1, 10**9))]


T.control(couplings, "the same shift", sign=1)


@T.figure
def picture():
    """What pairs around a point ask of an exact encoder of z + a sin z, a = 9/10; dashed is 1 / m."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6, 3.2), layout="constrained")
    axes = figure.subplots()
    g, step = residual(Q(9, 10), [[1]]), Q(1, 100)
    points = [Q(k, 16) for k in range(-64, 129)]
    axes.plot(
        [float(z) for z in points],
        [float(ratio(g, [z - step], [z + step]).mid()) for z in points],
        color="#0072B2",
        linewidth=1.2,
    )
    axes.axhline(10, color="black", linestyle="--", linewidth=0.8)
    axes.set(xlabel="$z$", ylabel="$|z - z'| / |G(z) - G(z')|$", ylim=(0, None))
    axes.spines[["top", "right"]].set_visible(False)
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
