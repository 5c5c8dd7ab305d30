"""The law of an unrolled encoder in two or three dimensions, on a tensor grid, with a bound on its error in L1.

As on the line (`line_chain`), with a sum for the integral in every coordinate in turn: a mixture of Gaussians goes to

    r_{k+1}(y) = sum_j w_j phi(y - T(z_j)),    w_j = h^d r_k(z_j),    z_j on a tensor grid of spacing h.             (1)

The sum over coordinate c is compared with the integral while the coordinates before it are already sums and those after
it still integrals. By contour integration in coordinate c alone the error in L1 is, per unit of mass, at most

    f^(c-1) 2 / (exp(2 pi a / h) - 1) exp(a^2 / (2 v) + B^2 / (4 eta)),    B >= |Im T(x + i a e_c)|,                 (2)

and at the two ends of coordinate c, times the density of that coordinate there,

    f^(d-1) 2 int_0^a exp(y^2 / (2 v) + B(y)^2 / (4 eta) - 2 pi y / h) dy;                                           (3)

f = 1 + h / sqrt(2 pi v) bounds the sum of h times a Gaussian density over nodes. B is enclosed by balls on boxes that
are halved where they matter most. What lies outside the window is what the mass falls short of 1, as on the line.

These are bounds for exact arithmetic. Sums, images T(z_j) and exponentials are doubles here, and their rounding is not
enclosed: `ROUNDING` is added for every step instead, which is far more than what is seen. Derived here.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, inf, pi, prod
from typing import Any

import numpy as np
from flint import acb, arb, ctx
from numpy.typing import NDArray

from retrodict.encoders.line_chain import BITS, ball, descend
from retrodict.encoders.strips import require_analytic
from retrodict.encoders.unrolled import UnrolledEncoder
from retrodict.maps.continuous.generative_map import vector
from retrodict.maps.continuous.line import real

__all__ = ["GridLaw", "cloud", "drift", "factors_of", "grid_law", "tensor"]

Array = NDArray[np.float64]
ROUNDING = 1e-10
RESOLUTION = {2: 2.0, 3: 1.4}  # nodes in a standard deviation of the noise
MOST_NODES = 100_000
SPAN = {2: 7.5, 3: 6.5}  # of the window, in standard deviations of the law
BOXES = {2: 300, 3: 1200}
CHUNK = 4096


@dataclass(frozen=True)
class GridLaw:
    """The sum over j of weights[j] times the normal law of mean means[j] and covariance variance * I.

    Parameters
    ----------
    means : array of double, shape (n, d)
    weights : array of double, shape (n,)
    variance : float
    error : float
        An upper bound on the L1 distance to the law that it stands for, rounding as the module says.
    """

    means: Array
    weights: Array
    variance: float
    error: float

    def density(self, axes: Sequence[Array]) -> Array:
        """On the tensor grid of these axes, in doubles."""
        return tensor(factors_of(self, axes), self.weights)


def tensor(factors: Sequence[Array], weights: Array) -> Array:
    """sum_j weights[j] factors[0][a, j] factors[1][b, j] ..., for two or three factors."""
    first = factors[0] * weights
    if len(factors) == 2:
        return np.asarray(np.einsum("aj,bj->ab", first, factors[1], optimize=True))
    shape = tuple(len(factor) for factor in factors)
    found = np.zeros((shape[0], shape[1] * shape[2]))
    for start in range(0, len(weights), CHUNK):
        part = slice(start, start + CHUNK)
        pairs = factors[1][:, None, part] * factors[2][None, :, part]
        found += first[:, part] @ pairs.reshape(shape[1] * shape[2], -1).T
    return found.reshape(shape)


def grid_law(encoder: UnrolledEncoder, x: Sequence[Any], tolerance: float = 1e-3) -> GridLaw:
    """The law of what the encoder gives at x, d = 2 or 3, with its error in L1.

    Parameters
    ----------
    encoder : UnrolledEncoder
        Of blocks with analytic activations.
    x : sequence of int or Fraction
    tolerance : float
        The largest error that is accepted.

    Raises
    ------
    ValueError
        For another dimension, an encoder without noise, or a map that is not analytic.
    ArithmeticError
        Where too many nodes would be needed, or the error exceeds the tolerance.
    """
    g = encoder.generator
    if g.dimension not in (2, 3):
        raise ValueError(f"{g.name} has dimension {g.dimension}: grids are for 2 and 3")
    if len(x) != g.dimension:
        raise ValueError(f"x has {len(x)} entries: {g.name} has dimension {g.dimension}")
    with ctx.workprec(BITS):
        start = np.array([float(z.mid()) for z in descend(encoder, vector(*x))])
    seen = np.array([float(real(value, "x").mid()) for value in x])
    left, variance = encoder.langevin_steps, float(encoder.spread)
    if not variance:
        if not left:
            raise ValueError("spread = 0 and langevin_steps = 0: the encoder gives a point, which has no density")
        start, left, variance = drift(encoder, seen, start), left - 1, 2 * float(encoder.langevin_step)
    law = GridLaw(start[None, :], np.ones(1), variance, 0.0)
    error = ROUNDING
    if left:
        axes, h = _axes(encoder, seen, law, left)
        nodes = np.stack([axis.ravel() for axis in np.meshgrid(*axes, indexing="ij")], axis=-1)
        images = drift(encoder, seen, nodes)
    for k in range(left):
        if k < 2:  # after the first step the components stay where they are
            quadrature, sides = _contour(encoder, x, law.variance, h, axes)
            factors = [h * factor for factor in factors_of(law, axes)]
            ends = _ends(axes, law, h, sides)
        weights = tensor(factors, law.weights).ravel()
        error += 2 * (float(law.weights.sum()) * quadrature + float(ends @ law.weights) + ROUNDING)
        law = GridLaw(images, weights, 2 * float(encoder.langevin_step), 0.0)
    lost = max(0.0, 1 - float(law.weights.sum()))
    if not error + lost < tolerance:
        raise ArithmeticError(
            f"{g.name}: an error of {error + lost:.2g}, of which {lost:.2g} is mass outside the window, exceeds the "
            f"tolerance {tolerance:g}"
        )
    return GridLaw(law.means, law.weights, law.variance, error + lost)


def drift(encoder: UnrolledEncoder, seen: Array, z: Array) -> Array:
    """T(z) for every row z."""
    g = encoder.generator
    slope = z + g.vjp(z, g.forward(z) - seen) / float(encoder.beta) ** 2
    return np.asarray(z - float(encoder.langevin_step) * slope)


def cloud(encoder: UnrolledEncoder, seen: Array, law: GridLaw, steps: int) -> tuple[Array, Array]:
    """Low and high corners of a box that holds nearly all of the law at every step; nothing rigorous depends on it."""
    rng, d = np.random.default_rng(0), len(seen)
    z = law.means[0] + law.variance**0.5 * rng.standard_normal((2000, d))
    low, high = np.full(d, inf), np.full(d, -inf)
    for k in range(steps + 1):
        mean, reach = z.mean(axis=0), SPAN[d] * z.std(axis=0)
        low, high = np.minimum(low, mean - reach), np.maximum(high, mean + reach)
        if k < steps:
            noise = rng.standard_normal((2000, d))
            z = drift(encoder, seen, z) + (2 * float(encoder.langevin_step)) ** 0.5 * noise
    return low, high


def _axes(encoder: UnrolledEncoder, seen: Array, law: GridLaw, steps: int) -> tuple[list[Array], float]:
    low, high = cloud(encoder, seen, law, steps)
    h = min(law.variance, 2 * float(encoder.langevin_step)) ** 0.5 / RESOLUTION[len(seen)]
    axes = [h * np.arange(floor(a / h), floor(b / h) + 2) for a, b in zip(low, high, strict=True)]
    if prod(map(len, axes)) > MOST_NODES:
        shape = " x ".join(str(len(axis)) for axis in axes)
        raise ArithmeticError(
            f"langevin_step = {encoder.langevin_step}: a grid of {shape} nodes would be needed, more than {MOST_NODES}"
        )
    return axes, h


def factors_of(law: GridLaw, axes: Sequence[Array]) -> list[Array]:
    """For each coordinate the densities of the components at its axis."""
    scale, v = (2 * pi * law.variance) ** -0.5, law.variance
    return [
        scale * np.exp(-((axis[:, None] - mean) ** 2) / (2 * v)) for axis, mean in zip(axes, law.means.T, strict=True)
    ]


def _ends(axes: Sequence[Array], law: GridLaw, h: float, sides: Sequence[float]) -> Array:
    """(3) for each component."""
    outer = [np.array([axis[0] - h / 2, axis[-1] + h / 2]) for axis in axes]
    total = np.zeros(len(law.weights))
    for side, factor in zip(sides, factors_of(law, outer), strict=True):
        total += side * factor.sum(axis=0)
    return total


def _contour(
    encoder: UnrolledEncoder, x: Sequence[Any], variance: float, h: float, axes: Sequence[Array]
) -> tuple[float, list[float]]:
    """(2), summed over coordinates, and (3) for each with unit density at the ends."""
    v, noise, d = 2 * variance, 4 * float(encoder.langevin_step), len(axes)
    more = 1 + h / (2 * pi * variance) ** 0.5
    window = [(float(axis[0] - h / 2), float(axis[-1] + h / 2)) for axis in axes]
    tallest = min(pi / h / (1 / v + 1 / noise), 16 * h)
    total, sides = 0.0, []
    for c in range(d):
        best, height = inf, tallest
        for part in (7, 4):
            a = tallest * part / 8
            b = _imaginary(encoder, x, window, c, a, a, BOXES[d])
            found = 2 / np.expm1(2 * pi * a / h) * np.exp(min(700.0, a * a / v + b / noise))
            if found < best:
                best, height = float(found), a
        if best == inf:
            raise ValueError(f"{encoder.generator.name}: not seen to be analytic around the window")
        total += more**c * best
        side, pieces = 0.0, 8
        for k in range(pieces):
            bottom, top = height * k / pieces, height * (k + 1) / pieces
            for end in window[c]:
                slab = [*window[:c], (end, end), *window[c + 1 :]]
                b = _imaginary(encoder, x, slab, c, bottom, top, BOXES[d] // 20)
                side = max(side, float(np.exp(min(700.0, top * top / v + b / noise - 2 * pi * bottom / h))))
        sides.append(more ** (d - 1) * 2 * height * side)
    return total * (1 + 1e-9), sides


def _imaginary(
    encoder: UnrolledEncoder,
    x: Sequence[Any],
    window: Sequence[tuple[float, float]],
    c: int,
    bottom: float,
    top: float,
    boxes: int,
) -> float:
    """An upper bound on |Im T|^2 over the window, with the imaginary part of coordinate c between two numbers.

    The box with the largest bound is halved, again and again. Infinite where T is not seen to be analytic.
    """
    g, eta = encoder.generator, ball(encoder.langevin_step)
    precision, seen = ball(1 / encoder.beta**2), vector(*(real(value, "x") for value in x))

    def bound(sides: Sequence[tuple[float, float]]) -> float:
        reals = [arb(low).union(arb(high)) for low, high in sides]
        try:
            require_analytic(g, vector(*(acb(z, arb(0).union(arb(top)) if i == c else 0) for i, z in enumerate(reals))))
        except ValueError:
            return inf
        z = vector(*(acb(z, arb(bottom).union(arb(top)) if i == c else 0) for i, z in enumerate(reals)))
        image = z - eta * (z + precision * g.vjp(z, g.forward(z) - seen))
        square = sum((entry.imag * entry.imag for entry in image[1:]), image[0].imag * image[0].imag)
        value = float(square.upper())
        return value if value == value else inf

    heap = [(-bound(window), 0, list(window))]
    for k in range(boxes):
        _, _, sides = heapq.heappop(heap)
        widest = max(range(len(sides)), key=lambda i: sides[i][1] - sides[i][0])
        low, high = sides[widest]
        middle = (low + high) / 2
        for piece in ((low, middle), (middle, high)):
            half = [*sides[:widest], piece, *sides[widest + 1 :]]
            heapq.heappush(heap, (-bound(half), 2 * k + 1 + (piece[0] == middle), half))
    return -heap[0][0] * (1 + 1e-9)
