"""I(z; x) of one real cause, enclosed: x = G(z) + beta xi, G a map of the line that is analytic near it.

I(z; x) = h(x) - log(beta sqrt(2 pi e)), and h(x) is an integral over x of -p log p, where p(x) is an integral over z.
Both are taken by the trapezoidal rule, whose error is exponentially small for functions that are analytic in a strip.
The bounds below need nothing of G but that it is analytic in some strip, and its slope on a grid of cells there; what
is finite on the cells of an enclosure that is no number where G is not analytic is analytic on all. Derived here.

Cut. Let delta = P(|z| > R). Since x tells at most H(delta) of whether |z| <= R,

    0 <= I(z; x) - (1 - delta) I' <= H(delta) + delta log(1 + E[G^2 | |z| > R] / beta^2) / 2,                       (1)

I' the information given |z| <= R. There G lies in an interval [lo, hi]. Let p be the density of x given |z| <= R.

Rule. For f analytic on |Re z| <= X = (n + 1/2) h, |Im z| <= a, by the residues of f / (1 - exp(2 pi i z / h)),

    |int_-X^X f - h sum_|j|<=n f(j h)| <= int_-X^X (|f(t + ia)| + |f(t - ia)|) dt / (exp(2 pi a / h) - 1)           (2)
                                  + sum over the 4 half sides of int_0^a |f(+-X +- iy)| / (exp(2 pi y / h) + 1) dy.

Over z. f(z) = phi(z) N(x; G(z), beta^2). If |G'| <= L near t then |Im G(t + iy)| <= L |y|, hence

    |f(t + iy)| <= phi(t) exp(y^2 / 2) exp(L^2 y^2 / (2 beta^2)) / (sqrt(2 pi) beta)    for every real x.           (3)

Over x. Let l(x) = -log(sqrt(2 pi) beta p(x)) >= 0. Relative entropy is not negative, and that of the posterior to the
prior is l - E[(G - x)^2 | x] / (2 beta^2), so that W = (G - x) / beta^2 has E[W^2 | x] <= 2 l / beta^2. Now
p(x + iy) = p(x) exp(y^2 / (2 beta^2)) E[exp(iyW) | x], and for |y| <= theta beta / sqrt(l), theta < 1,

    E[exp(iyW) | x] = exp(iy E[W | x]) (1 + u),  |u| <= theta^2,  |y E[W | x]| <= sqrt(2) theta:                    (4)

p has no zero there, and |log p(x + iy)| <= |log p(x)| + y^2 / (2 beta^2) + sqrt(2) theta - log(1 - theta^2). If G comes
within c beta of x, it is within (c + 1) beta on an interval of length beta / L, so that

    l(x) <= (c + 1)^2 / 2 - log(phi(R) beta / L).                                                                   (5)

For x farther than c beta from [lo, hi], p(hi + s) <= exp(-s^2 / (2 beta^2)) / (sqrt(2 pi) beta), and likewise at lo.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, factorial
from typing import Any

from flint import acb, arb, fmpq_poly

from retrodict.maps.continuous import GenerativeMap
from retrodict.maps.continuous.generative_map import vector
from retrodict.maps.continuous.posterior import image

__all__ = ["line_information"]

CUT = 7  # R
MARGIN = 6  # c, in units of beta
REACH = 7.5  # terms of p(x) with |G(z) - x| > REACH beta are bounded together
THETA = arb(7) / 8
CELLS = 256
Z_ERROR = 1e-11  # of (2) over z, relative to 1 / beta
X_ERROR = 1e-7  # of the first term of (2) over x
STRIPS = [2 ** (k / 2) for k in range(-10, 8)]  # a / beta over z: those that are tried
ROOT = (2 * arb.pi()).sqrt()
ONE = fmpq_poly([1])
GROWTH: dict[str, Callable[[Any], Any]] = {  # activations that are analytic near the line, |phi(t)| <= this at |t|
    "sin": lambda t: ONE,
    "tanh": lambda t: ONE,
    "sigmoid": lambda t: ONE,
    "square": lambda t: t * t,
    "softplus": lambda t: t,
    "softplus_plain": lambda t: t + 1,
}


@dataclass(frozen=True)
class _Rule:
    """Nodes (low + (i + 1/2) step), i < count, of the trapezoidal rule, and a bound on its error."""

    low: Any
    step: Any
    count: int
    error: Any


def line_information(g: GenerativeMap, beta: Any) -> Any:
    """A ball around I(z; x) in nats, of radius about 1e-6. The work is in proportion to the range of G over beta.

    Parameters
    ----------
    g : GenerativeMap
        Of dimension 1, made of blocks whose activations are in `GROWTH`.
    beta : ball
        Positive.

    Raises
    ------
    ValueError
        For another dimension or activation.
    ArithmeticError
        Where no rule has a small error: G' is too large near the line.

    Examples
    --------
    >>> from retrodict.maps.continuous import fold
    >>> line_information(fold(), arb(1) / 2)
    [0.80270...]
    """
    if g.dimension != 1:
        raise ValueError(f"{g.name} has dimension {g.dimension}: must be 1")
    growth = _growth(g)
    inner = _over_z(g, beta)
    points = [arb(CUT) * (2 * k - CELLS) / CELLS for k in range(CELLS + 1)]
    slopes = _slopes(g, arb(0))
    steepest = slopes[0]
    for slope in slopes:
        steepest = steepest.max(slope)
    values = [image(g, z) for z in points]
    low = high = values[0]  # G of [-R, R] lies in [low.lower(), high.upper()]
    least = most = values[0]  # and takes all values between these
    for (a, b), (left, right), slope in zip(pairwise(points), pairwise(values), slopes, strict=True):
        reach = slope * (b - a) / 2
        low, high = low.min((left + right) / 2 - reach), high.max((left + right) / 2 + reach)
        least, most = least.min(right), most.max(right)
    start, end = (low - MARGIN * beta).lower(), (high + MARGIN * beta).upper()
    far = (least - start).max(end - most) / beta
    depth = (far + 1) * (far + 1) / 2 - (_normal(arb(CUT)) * (beta / steepest).min(arb(CUT))).log()  # (5)
    outer = _over_x(beta, start, end, depth.upper())
    total = sum((_term(p) for p in _densities(g, beta, inner, outer)), arb(0))
    tail = _tail(beta)
    entropy = outer.step * total + _around(outer.error) + arb(tail / 2, tail / 2)
    given = entropy - (beta * ROOT).log() - arb(1) / 2
    delta = (arb(CUT) / arb(2).sqrt()).erfc()
    extra = -delta * delta.log() - (1 - delta) * (1 - delta).log() + delta * (1 + growth / (beta * beta)).log() / 2
    return (1 - delta) * given + arb(extra.upper() / 2, extra.upper() / 2)


def _around(error: Any) -> Any:
    return arb(0, error.upper())


def _normal(t: Any) -> Any:
    return (-t * t / 2).exp() / ROOT


def _growth(g: GenerativeMap) -> Any:
    """A bound on E[G^2 | |z| > R]: |G| <= a polynomial in |z|, and |z| - R is dominated by an exponential law."""
    if not g.blocks:
        raise ValueError(f"{g.name} is not made of blocks: nothing is known of its growth")
    paths = [fmpq_poly([0, 1])]
    for block in g.blocks:
        found = [fmpq_poly([abs(b)]) for b in block.offset]
        for matrix, rows in ((block.skip, paths), (block.out, _units(g, block, paths))):
            if matrix is not None:
                for i, row in enumerate(matrix.exact.tolist()):
                    found[i] = found[i] + sum(
                        (abs(a) * path for a, path in zip(row, rows, strict=True)), fmpq_poly([0])
                    )
        paths = found
    shifted = (paths[0] * paths[0])(fmpq_poly([CUT, 1]))
    return arb(sum(c * factorial(j) / CUT**j for j, c in enumerate(shifted.coeffs())))


def _units(g: GenerativeMap, block: Any, paths: list[Any]) -> list[Any]:
    found = []
    for i, name in enumerate(block.activations):
        row = block.inner.exact.tolist()[i]
        path = sum((abs(a) * p for a, p in zip(row, paths, strict=True)), fmpq_poly([abs(block.shift[i])]))
        if name not in GROWTH:
            raise ValueError(
                f"{g.name} has the activation {name!r}: must be one of {', '.join(GROWTH)}, which are analytic"
            )
        found.append(GROWTH[name](path))
    return found


def _slopes(g: GenerativeMap, a: Any) -> list[Any]:
    """Upper bounds on |Re G'(t + iy)|, |y| <= a, on each cell of [-R, R]; not finite where G may not be analytic."""
    points = [arb(CUT) * (2 * k - CELLS) / CELLS for k in range(CELLS + 1)]
    found = []
    for low, high in pairwise(points):
        cell = acb(low.union(high), (-a).union(a))
        analytic = acb(image(g, cell)).is_finite()
        found.append(acb(g.jvp(vector(cell), vector(acb(1)))[0]).real.abs_upper() if analytic else arb("inf"))
    return found


def _over_z(g: GenerativeMap, beta: Any) -> _Rule:
    """The longest step for which the first term of (2) is at most `Z_ERROR` / beta by (3)."""
    pi, best = arb.pi(), None
    for width in STRIPS:
        a = arb(width * float(beta.mid()))
        slopes = _slopes(g, a)
        scale = (a * a / 2).exp() / (ROOT * beta)
        ends = [arb(CUT) * (2 * k - CELLS) / CELLS / arb(2).sqrt() for k in range(CELLS + 1)]
        lines = 2 * scale * sum(
            ((right.erf() - left.erf()) / 2 * ((slope * a / beta) ** 2 / 2).exp())
            for (left, right), slope in zip(pairwise(ends), slopes, strict=True)
        )  # fmt: skip
        wanted = (1 + 2 * lines * beta / Z_ERROR).log()
        if not wanted.is_finite():
            continue
        count = ceil(float((CUT * wanted / (pi * a)).upper()))
        for _ in range(10):  # until the sides are as small
            step = arb(2 * CUT) / count
            rate = 2 * pi / step - slopes[0].max(slopes[-1]) ** 2 * a / (2 * beta * beta)
            error = lines / ((2 * pi * a / step).exp() - 1) + 4 * scale * _normal(arb(CUT)) / rate
            if rate > 0 and error * beta < Z_ERROR and (best is None or count < best.count):
                best = _Rule(arb(-CUT), step, count, error)
            count = 1 + count * 5 // 4
    if best is None:
        raise ArithmeticError(
            f"{g.name}, beta = {beta}: no rule over z that was tried has an error below {Z_ERROR} / beta"
        )
    return best


def _over_x(beta: Any, start: Any, end: Any, depth: Any) -> _Rule:
    """The step for which the first term of (2) is at most `X_ERROR`, by (4) with l <= depth everywhere."""
    pi = arb.pi()
    a = THETA * beta / depth.sqrt()
    grown = (a * a / (2 * beta * beta)).exp()
    offset = (ROOT * beta).log()  # log p = -l - offset
    size = abs(offset).max(abs(depth + offset))
    size = size + a * a / (2 * beta * beta) + arb(2).sqrt() * THETA - (1 - THETA * THETA).log()
    lines = 2 * grown * size  # p has mass at most 1
    count = ceil(float(((end - start) * (1 + lines / X_ERROR).log() / (2 * pi * a)).upper()))
    step = (end - start) / count
    side = grown * size * (-(arb(MARGIN) ** 2) / 2).exp() / (ROOT * beta)
    error = lines / ((2 * pi * a / step).exp() - 1) + 4 * side * step * arb(2).log() / (2 * pi)
    return _Rule(start, step, count, error)


def _densities(g: GenerativeMap, beta: Any, inner: _Rule, outer: _Rule) -> list[Any]:
    """Balls around p at the nodes of the outer rule."""
    raw = [arb(0)] * outer.count
    k = outer.step / beta
    falling = (-k * k).exp()
    steps = ceil(REACH / float(k.lower())) + 1
    mass = arb(0)
    for j in range(inner.count):
        z = inner.low + (2 * j + 1) * inner.step / 2
        value = image(g, z)
        weight = inner.step * _normal(z)
        mass = mass + weight
        nearest = round(float(((value - outer.low) / outer.step).mid()) - 0.5)
        d = (outer.low + (2 * nearest + 1) * outer.step / 2 - value) / beta
        assert 0 <= nearest < outer.count
        assert abs(d) < k
        first = weight * (-d * d / 2).exp()
        term, ratio = first, (-k * (d + k / 2)).exp()
        for i in range(nearest, min(nearest + steps + 1, outer.count)):
            raw[i] = raw[i] + term
            term = term * ratio
            ratio = ratio * falling
        ratio = (k * (d - k / 2)).exp()
        term = first * ratio
        for i in range(nearest - 1, max(nearest - steps, 0) - 1, -1):
            ratio = ratio * falling
            raw[i] = raw[i] + term
            term = term * ratio
    scale = 1 / (ROOT * beta)
    dropped = mass * scale * (-(arb(REACH) ** 2) / 2).exp()
    slack = _around(dropped) + _around(inner.error)
    inside = (arb(CUT) / arb(2).sqrt()).erf()
    return [(scale * p + slack) / inside for p in raw]


def _term(p: Any) -> Any:
    """A ball around -p log p, p >= 0: increasing to p = 1/e."""
    if p.lower() > 0:
        return -p * p.log()
    most = p.upper()
    assert most * 3 < 1
    return arb(0).union(-most * most.log())


def _tail(beta: Any) -> Any:
    """A bound on the integral of -p log p outside the outer rule's nodes."""
    c = arb(MARGIN)
    top = _normal(c) / beta
    if not top * 3 < 1:
        raise ValueError(f"beta = {beta}: too small for the bound of the tails, which asks for p < 1/e there")
    beyond = (c / arb(2).sqrt()).erfc() / 2
    return 2 * ((c * _normal(c) + beyond) / 2 + (ROOT * beta).log().max(arb(0)) * beyond)
