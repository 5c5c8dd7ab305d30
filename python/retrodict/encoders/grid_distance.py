"""The total variation of a mixture on a grid to the posterior, d = 2 or 3, between bounds from cells.

D = p - q is expanded at the midpoint c of a cell of side s: D(c) + g u + R, where the integral of |R| is at most
d s^2 / 24 times the largest norm of the second derivative, times the volume. The linear term integrates to 0, so that

    sum |D(c)| s^d - int |R|  <=  int |D|  <=  sum (|D(c)| + [|D(c)| < |g|_1 s / 2] |g|_1 s / 4) s^d + int |R|.      (1)

For exp(-U) the second derivative in a cell of half-diagonal r is at most (sup exp(-U)) ((|grad U| + L r)^2 + L), and
sup exp(-U) <= exp(-U(c) + |grad U(c)| r + L r^2 / 2), with L = 1 + (M^2 + M2 (|G(c) - x| + M r)) / beta^2. For a
Gaussian of variance v = k^2, sums of suprema over cells of products of phi, phi' and phi'' are at most products of
integrals and s times variations. What lies outside is bounded by coarser cells, and beyond a ball around z0 by
|G(z) - x| >= m |z - z0| - |G(z0) - x|. Rounding of doubles is not enclosed, as in `grid_chain`. Derived here.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import erfc, exp, log, pi, prod, sqrt
from typing import Any

import numpy as np
from flint import arb

from retrodict.encoders.grid_chain import ROUNDING, Array, GridLaw, factors_of, tensor
from retrodict.encoders.unrolled import UnrolledEncoder
from retrodict.maps.continuous.line import real

__all__ = ["grid_total_variation"]

FINE = {2: 24, 3: 7}  # cells in a standard deviation of the noise
MOST_CELLS = 6_000_000
SPAN = 6.0


def grid_total_variation(encoder: UnrolledEncoder, x: Sequence[Any], law: GridLaw) -> tuple[float, float]:
    """Lower and upper bounds on the total variation to the posterior, rounding of doubles aside.

    Raises
    ------
    NoCertificateError
        For a map without m > 0, M or M2.
    ArithmeticError
        Where too many cells would be needed.
    """
    target = _Target(encoder, x)
    d, k = target.d, sqrt(law.variance)
    mean = law.weights @ law.means / law.weights.sum()
    deviation = np.sqrt(law.weights @ (law.means - mean) ** 2 / law.weights.sum() + law.variance)
    side = min(k, float(deviation.min())) / FINE[d]
    axes = [np.arange(a, b, side) for a, b in zip(mean - SPAN * deviation, mean + SPAN * deviation, strict=True)]
    if prod(map(len, axes)) > MOST_CELLS:
        raise ArithmeticError(f"{' x '.join(str(len(axis)) for axis in axes)} cells, more than {MOST_CELLS}")
    volume = side**d
    factors = factors_of(law, axes)
    p = tensor(factors, law.weights)
    f, gradient, rest_f = target.cells(axes, side)
    inside, outside = f.sum() * volume, target.outside(axes, side)
    constant = inside + (outside + 0.0) / 2
    apart = (rest_f * volume + outside) / (constant - rest_f * volume - outside)  # of q, relative
    rest = _rest_of_gaussians(side / k, d) * law.weights.sum() + rest_f * volume / constant
    difference = p - f / constant
    slope = np.zeros_like(p)
    for c, axis in enumerate(axes):
        tilted = [*factors[:c], factors[c] * (law.means[:, c] - axis[:, None]) / law.variance, *factors[c + 1 :]]
        slope += abs(tensor(tilted, law.weights) + gradient[..., c] * f / constant)
    unsettled = abs(difference) < slope * side / 2 * (1 + 1e-9)
    middle = abs(difference).sum() * volume
    away = law.weights.sum() - (p.sum() * volume - _rest_of_gaussians(side / k, d)) + outside / constant
    margin = apart + law.error + ROUNDING
    lower = (middle - rest - margin) / 2
    upper = (middle + (slope * unsettled).sum() * side / 4 * volume + rest + max(0.0, float(away)) + margin) / 2
    return max(0.0, float(lower)), min(1.0, float(upper))


def _rest_of_gaussians(s: float, d: int) -> float:
    """The integral of |R| for a Gaussian of variance 1 and cells of side s, from integrals and variations of phi, phi'
    and phi'': 1 and 0.8, 0.8 and 0.97, 0.97 and 1.52."""
    zero, one, two = 1 + 0.8 * s, 0.8 + 0.97 * s, 0.97 + 1.52 * s
    return (d * two * zero ** (d - 1) / 24 + d * (d - 1) * one**2 * zero ** (d - 2) / 32) * s**2


class _Target:
    """exp(-U) and what bounds it."""

    def __init__(self, encoder: UnrolledEncoder, x: Sequence[Any]) -> None:
        self.g, self.beta = encoder.generator, float(encoder.beta)
        self.d = self.g.dimension
        m, most, second = self.g.certificate.require("m", "M", "M2")
        self.m = float(arb(m).lower())
        self.most, self.second = (float(arb(value).upper()) for value in (most, second))
        self.x = np.array([float(real(value, "x").mid()) for value in x])
        z = np.zeros(self.d)
        for _ in range(10_000):
            z = z - self.g.vjp(z, self.g.forward(z) - self.x) / self.most**2
        self.centre = z
        self.shift = float(self._energy(z[None, :])[0][0])

    def _energy(self, z: Array) -> tuple[Array, Array, Array]:
        """U, grad U and |G - x| at rows."""
        gap = self.g.forward(z) - self.x
        gradient = z + self.g.vjp(z, gap) / self.beta**2
        square = (gap**2).sum(axis=-1)
        return (z**2).sum(axis=-1) / 2 + square / (2 * self.beta**2), gradient, np.sqrt(square)

    def _suprema(self, z: Array, r: float) -> tuple[Array, Array, Array, Array]:
        """exp(shift - U) and its largest value within r, grad U, and the largest second derivative over that value."""
        energy, gradient, gap = self._energy(z)
        most = 1 + (self.most**2 + self.second * (gap + self.most * r)) / self.beta**2
        steep = np.sqrt((gradient**2).sum(axis=-1))
        f = np.exp(self.shift - energy)
        return f, np.exp(self.shift - energy + steep * r + most * r * r / 2), gradient, (steep + most * r) ** 2 + most

    def cells(self, axes: Sequence[Array], side: float) -> tuple[Array, Array, float]:
        """exp(shift - U) and grad U at the midpoints, and the sum of bounds on |R| over cells, per volume."""
        z = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)
        f, largest, gradient, second = self._suprema(z, sqrt(self.d) * side / 2)
        return f, gradient, float((largest * second).sum()) * self.d * side**2 / 24

    def outside(self, axes: Sequence[Array], side: float) -> float:
        """An upper bound on the integral of exp(shift - U) outside the cells."""
        d, error = self.d, float(np.sqrt(((self.g.forward(self.centre) - self.x) ** 2).sum())) + 1e-12
        t = 8.0 + sqrt(2 * max(0.0, self.shift)) + sqrt(2 * d * log(self.most / self.m + 1))
        reach = (t * self.beta + error) / self.m
        tail = exp(-t * t / 2) if d == 2 else erfc(t / sqrt(2)) + sqrt(2 / pi) * t * exp(-t * t / 2)
        total = exp(self.shift) * (2 * pi * (self.beta * t / (t - error / self.beta) / self.m) ** 2) ** (d / 2) * tail
        width = max(float(axis[-1] - axis[0]) for axis in axes) / 36
        count = 2 * int(reach / width) + 3
        if count**d > MOST_CELLS:
            raise ArithmeticError(
                f"{self.g.name}: m = {self.m:g} is too small to bound the posterior far away by cells"
            )
        offsets = width * (np.arange(count) - count // 2)
        lines = [offsets + centre for centre in self.centre]
        inner = [
            (line - width / 2 >= axis[0] - side / 2) & (line + width / 2 <= axis[-1] + side / 2)
            for line, axis in zip(lines, axes, strict=True)
        ]
        covered = np.logical_and.reduce(np.meshgrid(*inner, indexing="ij"))
        z = np.stack(np.meshgrid(*lines, indexing="ij"), axis=-1)[~covered]
        _, largest, _, _ = self._suprema(z, sqrt(d) * width / 2)
        return float(total + largest.sum() * width**d)
