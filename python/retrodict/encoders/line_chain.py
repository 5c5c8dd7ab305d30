"""The law of an unrolled encoder on the line, as a mixture of Gaussians with a bound on its error in L1.

A Langevin step takes the density r to P r(y) = int r(z) phi(y - T(z)) dz, phi the Gaussian density of variance 2 eta.
The integral over a window becomes the sum over nodes z_j of spacing h, half a spacing inside its ends: a mixture,

    r_{k+1}(y) = sum_j w_j phi(y - T(z_j)),    w_j = h r_k(z_j).                                                     (1)

r_k is itself a mixture of Gaussians of variance v, hence |r_k(x + iy)| <= exp(y^2 / (2 v)) r_k(x), and the integrand
is analytic where T is. Integrated over a rectangle around the window, |Im z| <= a, against 1 / (exp(2 pi i z / h) - 1),
it gives the error of the sum (Trefethen and Weideman, 2014, recalled; the ends are added here). In L1 it is at most

    2 / (exp(2 pi a / h) - 1) exp(a^2 / (2 v) + B^2 / (4 eta))  per unit of mass, B >= |Im T| on the top,            (2)
    2 int_0^a exp(y^2 / (2 v) + B(y)^2 / (4 eta) - 2 pi y / h) dy  times r_k at both ends of the window.             (3)

The rest needs no estimate of tails. What lies outside the window and entries of the kernel that are left out only take
mass away, so that together they are at most what the mass falls short of 1, up to (2), (3) and rounding, which count
twice. Entries of the kernel are rounded from balls, sums of positive doubles have a known relative error, and moving a
Gaussian by t changes it by at most 2 t / sqrt(2 pi v) in L1. P contracts L1, so that errors add up. Derived here.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import floor, frexp, fsum, ldexp
from typing import Any

import numpy as np
from flint import arb, ctx, fmpq
from numpy.typing import NDArray

from retrodict.encoders.strips import LineStep, line_step
from retrodict.encoders.unrolled import UnrolledEncoder
from retrodict.maps.continuous.generative_map import vector
from retrodict.maps.continuous.line import real

__all__ = ["Grid", "Mixture", "Transition", "ball", "chain_law", "descend", "start", "transition", "window"]

BITS = 128  # of the balls
REACH = 9.0  # of the kernel, in standard deviations: 1e-18 of the mass is beyond
MOST_NODES = 20_000
UNIT = 2.0**-53


@dataclass(frozen=True)
class Mixture:
    """The sum over j of weights[j] times the normal law of mean means[j] and the common variance.

    Parameters
    ----------
    means, weights : arrays of double, shape (n,)
    variance : Fraction
    error : ball
        An upper bound on the L1 distance to the law that it stands for, at most twice the total variation's error.
    """

    means: NDArray[np.float64]
    weights: NDArray[np.float64]
    variance: Fraction
    error: Any

    def density(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        """In doubles, for figures."""
        v = float(self.variance)
        gaps = np.asarray(z, dtype=np.float64)[..., None] - self.means
        return np.asarray(np.exp(-(gaps**2) / (2 * v)) @ self.weights / (2 * np.pi * v) ** 0.5, dtype=np.float64)


@dataclass(frozen=True)
class Grid:
    """Nodes spacing * (first + j), 0 <= j < count; the spacing has few bits, so that they are exact in doubles."""

    spacing: float
    first: int
    count: int

    @property
    def nodes(self) -> NDArray[np.float64]:
        """Shape (count,)."""
        return np.asarray(self.spacing * np.arange(self.first, self.first + self.count), dtype=np.float64)

    @property
    def ends(self) -> tuple[Any, Any]:
        """The window, as balls."""
        h = arb(self.spacing)
        return h * (arb(self.first) - arb(0.5)), h * (arb(self.first + self.count) - arb(0.5))


@dataclass(frozen=True)
class Transition:
    """One step (1) from weights of components to the weights of the next ones.

    Parameters
    ----------
    columns : array of int, shape (n, width)
        Which components reach a node.
    entries : array of double, shape (n, width)
        h phi(node - mean), up to `rounding` of it.
    quadrature : float
        (2).
    sides : array of double, shape (components,)
        (3) for unit weights.
    moved : float
        L1 error of rounding the next means.
    means : array of double, shape (n,)
        T(node), rounded.
    """

    columns: NDArray[np.intp]
    entries: NDArray[np.float64]
    quadrature: float
    sides: NDArray[np.float64]
    moved: float
    means: NDArray[np.float64]

    def __call__(self, weights: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
        """The next weights, and the error of this step as the module's docstring counts it."""
        found = np.einsum("ij,ij->i", self.entries, weights[self.columns])
        mass = fsum(weights)
        error = mass * (self.quadrature + (self.columns.shape[1] + 8) * UNIT) + float(
            np.einsum("j,j->", self.sides, weights)
        )
        tiny = 2.0**-900  # products that underflow
        return found, (2 * (error + tiny) + mass * self.moved) * (1 + 1e-6)


def ball(value: Fraction | int) -> Any:
    """A ball around a rational number."""
    return arb(fmpq(value.numerator, value.denominator))


def chain_law(encoder: UnrolledEncoder, x: Any, tolerance: float = 1e-8, origin: Any = None) -> Mixture:
    """The law of what the encoder gives at x, enclosed in L1.

    Parameters
    ----------
    encoder : UnrolledEncoder
        Of dimension 1, of blocks with analytic activations.
    x : int, Fraction or ball
    tolerance : float
        The largest error that is accepted; it is usually far smaller.
    origin : int, Fraction or ball, optional
        Where the noisy layers start; by default where descent ends.

    Raises
    ------
    ValueError
        For an encoder without noise, and a map that is not analytic or not of dimension 1.
    ArithmeticError
        Where the error exceeds the tolerance, saying which part of it, or where too many nodes would be needed.

    Examples
    --------
    >>> from retrodict.maps.continuous import linear
    >>> half = Fraction(1, 2)
    >>> law = chain_law(UnrolledEncoder(linear([[1]]), Fraction(1), 0, half, Fraction(0), 5, Fraction(1, 4)), 1)
    >>> law.error < 1e-11, round(float(law.weights @ law.means), 9)  # (1 - (1 - 2 eta)^5) x / 2
    (True, 0.484375)
    """
    with ctx.workprec(BITS):
        step = line_step(encoder, x)
        law, left = start(encoder, x, step, origin)
        if not left:
            return law
        for grow in (0.0, 0.25, 0.5, 1.0, 2.0):
            grid = window(encoder, step, law, grow)
            found = _run(encoder, step, law, left, grid)
            lost = 1 - fsum(found.weights)
            if found.error < tolerance:
                return found
        part = "outside the window or the kernel's reach" if lost > tolerance / 2 else "by quadrature and rounding"
        raise ArithmeticError(
            f"{encoder.generator.name}: an error of {float(found.error):.2g}, most of it {part}, exceeds the "
            f"tolerance {tolerance:g} with {grid.count} nodes on [{grid.nodes[0]:g}, {grid.nodes[-1]:g}]"
        )


def _run(encoder: UnrolledEncoder, step: LineStep, law: Mixture, left: int, grid: Grid) -> Mixture:
    first = transition(encoder, step, law.means, law.variance, grid)
    weights, error = first(law.weights)
    errors = [error]
    if left > 1:
        variance = 2 * encoder.langevin_step
        again = transition(encoder, step, first.means, variance, grid)
        for _ in range(left - 1):
            weights, error = again(weights)
            errors.append(error)
    lost = (arb(1) - arb(fsum(weights)) + arb(UNIT)).upper()
    total = (law.error + lost + arb(fsum(errors)) * arb(1 + UNIT)).upper()
    return Mixture(first.means, weights, 2 * encoder.langevin_step, total)


def descend(encoder: UnrolledEncoder, x: NDArray[Any]) -> NDArray[Any]:
    """Balls around the point that gradient descent reaches; more bits are taken until they are small.

    Parameters
    ----------
    encoder : UnrolledEncoder
    x : array of exact numbers or balls, shape (d,)

    Raises
    ------
    ArithmeticError
        Where the descent diverges, or the balls stay large.
    """
    g, bits = encoder.generator, ctx.prec
    for _ in range(7):
        with ctx.workprec(bits):
            seen = vector(*(real(value, "x") for value in x))
            z, s = vector(*[arb(0)] * g.dimension), ball(encoder.descent_step)
            for _ in range(encoder.descent_steps):
                z = z - s * g.vjp(z, g.forward(z) - seen)
                if not all(entry.rad() < 1 for entry in z):
                    break
        if all(entry.rad() < 2.0**-45 * max(1.0, abs(float(entry.mid()))) for entry in z):
            return z
        bits *= 2
    raise ArithmeticError(
        f"descent_step = {encoder.descent_step}: after {encoder.descent_steps} steps of descent for {g.name}, "
        f"{bits // 2} bits do not tell where it is; a smaller step may converge, and x must be known exactly"
    )


def start(encoder: UnrolledEncoder, x: Any, step: LineStep, origin: Any = None) -> tuple[Mixture, int]:
    """The law after the first layer that adds noise, a Gaussian, and how many layers are left."""
    z = descend(encoder, vector(x))[0] if origin is None else real(origin, "origin")
    left, variance = encoder.langevin_steps, encoder.spread
    if not variance:
        if not left:
            raise ValueError("spread = 0 and langevin_steps = 0: the encoder gives a point, which has no density")
        z, left, variance = step.drift(z), left - 1, 2 * encoder.langevin_step
    mean = float(z.mid())
    moved = (2 * abs(z - arb(mean)) / (2 * arb.pi() * ball(variance)).sqrt()).upper()
    return Mixture(np.array([mean]), np.array([1.0]), variance, moved), left


def window(encoder: UnrolledEncoder, step: LineStep, law: Mixture, grow: float) -> Grid:
    """Nodes that cover the start, the posterior, and what is between; doubles, since nothing depends on it."""
    energy = step.energy_of_doubles
    eta = float(encoder.langevin_step)
    reach = np.sqrt(2 * energy(law.means).min() + 100)
    points = np.linspace(-reach, reach, 8193)
    values = energy(points)
    inside = points[values < values.min() + 50]
    images = [float(step.drift(arb(mean)).mid()) for mean in law.means.tolist()]
    ends = [inside[0], inside[-1]]
    for centres, variance in ((law.means, float(law.variance)), (np.array(images), 2 * eta)):
        ends += [centres.min() - 9 * variance**0.5, centres.max() + 9 * variance**0.5]
    margin = (max(ends) - min(ends)) * grow / 2
    low, high = min(ends) - margin, max(ends) + margin
    h = min(float(law.variance), 2 * eta) ** 0.5 / (2 + grow)
    mantissa, exponent = frexp(h)
    h = ldexp(floor(mantissa * 256), exponent - 8)
    first, last = floor(low / h), floor(high / h) + 1
    if last - first >= MOST_NODES:
        raise ArithmeticError(
            f"langevin_step = {encoder.langevin_step}: {last - first + 1} nodes of spacing {h:.2g} would be needed on "
            f"[{low:.3g}, {high:.3g}], more than {MOST_NODES}"
        )
    return Grid(h, first, last - first + 1)


def transition(
    encoder: UnrolledEncoder, step: LineStep, means: NDArray[np.float64], variance: Fraction, grid: Grid
) -> Transition:
    """The step (1) for a mixture with these means and this variance, and its errors."""
    images = [step.drift(arb(float(node))) for node in grid.nodes]
    rounded = np.array([float(image.mid()) for image in images])
    off = max((abs(image - arb(mean)).upper() for image, mean in zip(images, rounded.tolist(), strict=True)), key=float)
    moved = 2 * off / (4 * arb.pi() * ball(encoder.langevin_step)).sqrt()
    columns, entries = _kernel(means, variance, grid)
    quadrature, side = _contour(encoder, step, variance, grid)
    ends = [_gaussian(grid.ends[k], mean, variance) for k in (0, 1) for mean in means.tolist()]
    sides = np.array([float((side * value).upper()) for value in ends]).reshape(2, -1).sum(axis=0)
    return Transition(columns, entries, float(quadrature) * (1 + 1e-9), sides * (1 + 1e-9), _up(moved), rounded)


def _up(value: Any) -> float:
    return float(value.upper()) * (1 + 1e-9)


def _gaussian(z: Any, mean: float, variance: Fraction) -> Any:
    v, gap = 2 * ball(variance), z - arb(mean)
    return (-gap * gap / v).exp() / (arb.pi() * v).sqrt()


def _kernel(means: NDArray[np.float64], variance: Fraction, grid: Grid) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """For every node, the components between the first and the last that reach it, and their entries."""
    nodes, n = grid.nodes, len(means)
    near = np.abs(nodes[:, None] - means) < REACH * float(variance) ** 0.5
    some = near.any(axis=1)
    first = np.where(some, near.argmax(axis=1), 0)
    last = np.where(some, n - 1 - near[:, ::-1].argmax(axis=1), 0)
    width = int((last - first).max()) + 1
    columns = np.minimum(first, n - width)[:, None] + np.arange(width)
    v = 2 * ball(variance)
    scale, factor = arb(grid.spacing) / (arb.pi() * v).sqrt(), -1 / v
    entries = np.empty(columns.shape)
    balls = [arb(mean) for mean in means.tolist()]
    for i, node in enumerate(nodes.tolist()):
        z = arb(node)
        for k, j in enumerate(columns[i].tolist()):
            gap = z - balls[j]
            entries[i, k] = float((factor * (gap * gap)).exp() * scale)
    return columns, entries


def _contour(encoder: UnrolledEncoder, step: LineStep, variance: Fraction, grid: Grid) -> tuple[Any, Any]:
    """Upper bounds (2) and (3), the latter for unit density at both ends; the height a is the best of a few."""
    v, noise, h = 2 * ball(variance), 4 * ball(encoder.langevin_step), arb(grid.spacing)
    low, high = grid.ends
    # the best height where |Im T| = |Im z|, unless (2) is negligible from further down
    tallest = (arb.pi() / h / (1 / v + 1 / noise)).min(16 * h)
    best = None
    for part in (8, 7, 6, 5, 4, 3, 2):
        a = (tallest * part / 8).mid()
        try:
            found = _bounds(step, low, high, a, lambda y, b: y * y / v + b * b / noise, h)
        except ValueError as reason:
            failure = reason
            continue
        if best is None or found[0] < best[0]:
            best = found
    if best is None:
        raise failure
    return best


def _bounds(step: LineStep, low: Any, high: Any, a: Any, exponent: Any, h: Any) -> tuple[Any, Any]:
    cells = int(float((high - low) / a) * 12) + 1
    corners = [low + (high - low) * k / cells for k in range(cells + 1)]
    top = arb(0)
    for left, right in pairwise(corners):
        step.require_analytic(left, right, arb(0), a)
        top = top.max(step.imaginary(left, right, a, a))
    quadrature = 2 * exponent(a, top).exp() / ((2 * arb.pi() * a / h).exp() - 1)
    side, pieces = arb(0), 16
    for k in range(pieces):
        bottom, above = a * k / pieces, a * (k + 1) / pieces
        most = step.imaginary(low, low, bottom, above).max(step.imaginary(high, high, bottom, above))
        side = side + 2 * a / pieces * (exponent(above, most) - 2 * arb.pi() * bottom / h).exp()
    return quadrature.upper(), side.upper()
