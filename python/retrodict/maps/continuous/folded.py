"""Maps that cannot be inverted: negative controls, with the constants that they do have."""

from __future__ import annotations

from fractions import Fraction

from flint import fmpq

from retrodict.maps.continuous.blocks import block
from retrodict.maps.continuous.constants import Certificate, Constant
from retrodict.maps.continuous.families import mixing
from retrodict.maps.continuous.generative_map import GenerativeMap, stack
from retrodict.maps.continuous.matrix import square_root

__all__ = ["projection", "tent"]


def projection(d: int, k: int) -> GenerativeMap:
    """From R^d to a bent surface of dimension k < d; G(0) = 0.

    In the coordinates y = Qz, Q = `mixing(d)`, the surface is the graph of sines over the first k of them:
    G(z) = Q^T (y_1, ..., y_k, sin y_1, sin y_2, ...), the sines in turn until there are d numbers. A coordinate has at
    most n = ceil((d - k) / k) sines, so that |J v|^2 <= (1 + n) |v|^2, and the second and third derivatives have norms
    of at most sqrt n: M2 = M3 = sqrt n. The other coordinates of z are lost: m = 0.

    Raises
    ------
    ValueError
        Unless 1 <= k < d.

    >>> g = projection(3, 1)
    >>> g.certificate.M2.value, g.certificate.m.how
    ([1.414213562373...], 'd - k = 2 directions are mapped to a point')
    """
    if not 1 <= k < d:
        raise ValueError(f"k = {k}: must lie in 1 ... d - 1 = {d - 1}")
    q = mixing(d)
    skip = [[sum(row[i] * row[j] for row in q[:k]) for j in range(d)] for i in range(d)]
    out = [[sum((q[j][i] for j in range(k, d) if j % k == unit), Fraction(0)) for unit in range(k)] for i in range(d)]
    copies = -(-(d - k) // k)
    how = f"a coordinate is met once by itself and in at most {copies} sines, all orthogonal"
    bent = Constant(square_root(fmpq(copies)), how)
    return stack(
        f"projection:d={d},k={k}",
        [block(skip, out, "sin", q[:k])],
        Certificate(
            Constant(0, f"d - k = {d - k} directions are mapped to a point"),
            Constant(square_root(fmpq(1 + copies)), how),
            bent,
            bent,
        ),
    )


def tent(k: int) -> GenerativeMap:
    """The tent map z -> 1 - 2 |z| composed k times, on the line: k ReLU blocks of two units each.

    It maps [-1, 1] onto itself, two to one: the preimages of y are (1 - y) / 2 and its negative, both in [-1, 1] if y
    is, so that every y in (-1, 1) has exactly 2^k preimages under G, and none of them lies outside. The slope is 2^k or
    -2^k wherever there is one, so that M = 2^k. After Telgarsky (2016), recalled, who takes [0, 1].

    Raises
    ------
    ValueError
        For k < 1.

    >>> g = tent(2)
    >>> g([[-0.75], [-0.25], [0.25], [0.75]]).tolist()
    [[0.0], [0.0], [0.0], [0.0]]
    >>> g.certificate.M.value, g.certificate.m.how
    (4, '4 causes share an image')
    """
    if k < 1:
        raise ValueError(f"k = {k}: must be at least 1")
    fold = block(out=[[-2, -2]], activation="relu", inner=[[1], [-1]], offset=[1])
    kink = Constant(None, f"{2**k - 1} kinks")
    return stack(
        f"tent:k={k}",
        [fold] * k,
        Certificate(
            Constant(0, f"{2**k} causes share an image"),
            Constant(2**k, "the slope is 2^k or -2^k off the kinks"),
            kink,
            kink,
        ),
    )
