"""I(z; x): what an observation x = G(z) + beta xi tells of the causes z, standard Gaussian, in nats.

The entropy of the posterior that is left is h(z) - I(z; x) with h(z) = (d / 2) log(2 pi e), and by rate-distortion no
estimate of z from x has a mean squared error per coordinate below exp(-2 I(z; x) / d) (Shannon). For

    linear G of singular values s_i:    I = sum over i of log(1 + s_i^2 / beta^2) / 2,                              (1)
    maps of the line that are analytic near it:    a certified integral, see `line_information`,
    C(sgn z), C a bijection of d signs:    I = d I_1,  I_1 = log 2 - E log(1 + exp(-2 (1 + beta nu) / beta^2)),    (2)

nu standard Gaussian; (2) is the information of binary phase-shift keying. A rotation Q of causes and observations
changes neither the law of z nor that of xi: if Q G(Q^T y) = (G_1(y_1), ..., G_d(y_d)), the d pairs of coordinates are
independent, and I is the sum of the informations of the G_i.
"""

from __future__ import annotations

from collections import Counter
from functools import reduce
from typing import Any

from flint import acb, arb, arb_mat, fmpq

from retrodict.capacity.line_information import line_information
from retrodict.encoders.factors import separate
from retrodict.maps.continuous import GenerativeMap
from retrodict.maps.continuous.line import real

__all__ = ["entropy_left", "error_floor", "mutual_information", "sign_information"]

SIGN_CUT = 12  # standard deviations; the tails are accounted for


def mutual_information(g: GenerativeMap, beta: Any) -> Any:
    """A ball around I(z; x) in nats.

    Parameters
    ----------
    g : GenerativeMap
        Linear; or of dimension 1, made of blocks with analytic activations; or such that a rotation separates it into
        such maps (`retrodict.encoders.factors.separate`).
    beta : int, Fraction, fmpq or ball
        Standard deviation of the noise, positive.

    Raises
    ------
    TypeError
        For a float.
    ValueError
        For a beta that is not seen to be positive, and for other maps, with the reason.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from retrodict.maps.continuous import linear, reflection, residual
    >>> mutual_information(linear([[1]]), 1)  # log(2) / 2
    [0.346573590279...]
    >>> mutual_information(residual(Fraction(1, 2), [[1]]), Fraction(1, 10))
    [2.55254...]
    """
    noise = _noise(beta)
    if g.blocks and all(block.out is None for block in g.blocks):
        return _linear(g, noise)
    if g.dimension == 1:
        return line_information(g, noise)
    _, lines = separate(g)
    different = {_content(one): one for one in lines}
    counts = Counter(map(_content, lines))
    return sum((counts[content] * line_information(one, noise) for content, one in different.items()), arb(0))


def _content(g: GenerativeMap) -> str:
    """The numbers that a stack of blocks is made of."""
    return str(
        [
            ([part and part.exact.tolist() for part in (b.skip, b.out, b.inner)], b.activations, b.shift, b.offset)
            for b in g.blocks
        ]
    )


def _linear(g: GenerativeMap, noise: Any) -> Any:
    """(1) is half the logarithm of det(I + A A^T / beta^2)."""
    a = reduce(lambda inner, outer: outer * inner, (block.skip.exact for block in g.blocks if block.skip))
    gram = a * a.transpose()
    size = range(gram.nrows())
    matrix = arb_mat([[arb(gram[i, j]) / (noise * noise) + int(i == j) for j in size] for i in size])
    return arb(matrix.det()).log() / 2


def sign_information(beta: Any) -> Any:
    """A ball around I_1 of (2) in nats; log(1 + e^-u) is at most log 2 + 2 |nu| / beta, which bounds the tails.

    Errors as for `mutual_information`.

    >>> sign_information(1) / arb(2).log()  # bits
    [0.485944...]
    """
    noise, cut = _noise(beta), arb(SIGN_CUT)

    def loss(nu: Any, analytic: bool) -> Any:
        softplus = (1 + (-2 * (1 + noise * nu) / (noise * noise)).exp()).log(analytic=analytic)
        return softplus * (-nu * nu / 2).exp()

    root = (2 * arb.pi()).sqrt()
    tail = arb(2).log() * (cut / arb(2).sqrt()).erfc() + 4 * (-cut * cut / 2).exp() / (root * noise)
    inner = acb.integral(loss, -cut, cut).real / root
    return arb(2).log() - inner - arb(tail.upper() / 2, tail.upper() / 2)


def entropy_left(g: GenerativeMap, beta: Any) -> Any:
    """A ball around h(z|x) = (d / 2) log(2 pi e) - I(z; x) in nats: it falls without bound if G is invertible.

    Arguments and errors as for `mutual_information`.

    >>> from retrodict.maps.continuous import linear
    >>> entropy_left(linear([[0]]), 1)  # nothing is told
    [1.41893853320...]
    """
    return arb(g.dimension) / 2 * (2 * arb.pi() * arb(1).exp()).log() - mutual_information(g, beta)


def error_floor(g: GenerativeMap, beta: Any) -> Any:
    """A ball around exp(-2 I(z; x) / d), which is at most the mean squared error per coordinate of every estimate of z.

    Arguments and errors as for `mutual_information`.

    >>> from retrodict.maps.continuous import linear
    >>> error_floor(linear([[1]]), 1)
    [0.5000000000...]
    """
    return (-2 * mutual_information(g, beta) / g.dimension).exp()


def _noise(beta: Any) -> Any:
    noise = arb(beta) if isinstance(beta, fmpq) else real(beta, "beta")
    if not noise > 0:
        raise ValueError(f"beta = {beta}: the standard deviation of the noise must be positive")
    return noise
