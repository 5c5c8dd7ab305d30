"""The stationary law of unadjusted Langevin steps for a strongly invertible map of the line, enclosed in L1.

P is the step z -> T(z) + sqrt(2 eta) xi, c a point, e = G(c) - x and u = z - c. |G'| lies in [m, M] and G' has one
sign, so that G(z) - x = g u + e and G'(z) g lies in [m^2, M^2] for some g. Hence |T(z) - c| <= k |u| + C with

    k = max |1 - eta (1 + a^2 / beta^2)| over a in {m, M},    C = eta (|c| + M |e| / beta^2).                        (1)

Let k < 1 and V = exp(s u^2), w = 1 - 4 s eta > 0. By (k |u| + C)^2 <= (1 + d) k^2 u^2 + (1 + 1/d) C^2,

    P V <= A V^q,    q = (1 + d) k^2 / w,    A = w^(-1/2) exp(s (1 + 1/d) C^2 / w).                                  (2)

With q < 1 Jensen's inequality keeps E V bounded from any point, so that a stationary law pi exists, it has
E V <= A^(1 / (1 - q)), and pi(|u| > R) <= exp(-s R^2) A^(1 / (1 - q)). It is unique, since the noise has a density that
is positive everywhere.

Let W be the window |u| <= R. From all nodes of W the laws after n steps are computed with their errors; if they are
within f of one of them in L1, then laws from all of W are within f' = f + h sup |T'| / sqrt(4 pi eta), h the spacing,
and for probabilities p, q, |p P^n - q P^n| <= f' |p - q| + 2 (p + q)(outside W). From 2 this is iterated. Derived here.
"""

from __future__ import annotations

from math import ceil, floor, frexp, fsum, ldexp
from typing import Any

import numpy as np
from flint import arb, arb_series, ctx
from numpy.typing import NDArray

from retrodict.encoders.line_chain import BITS, UNIT, Grid, Mixture, Transition, ball, transition
from retrodict.encoders.strips import LineStep, line_step
from retrodict.encoders.unrolled import UnrolledEncoder
from retrodict.maps.continuous.generative_map import vector

__all__ = ["confinement", "stationary_law"]

OUTSIDE = 1e-20  # of the stationary mass
MOST_STEPS = 2**14


def stationary_law(encoder: UnrolledEncoder, x: Any, tolerance: float = 1e-9) -> Mixture:
    """The law that Langevin steps converge to, whatever the number of steps of the encoder.

    Parameters
    ----------
    encoder : UnrolledEncoder
        Of dimension 1, for a map of analytic blocks with m > 0 and finite M.
    x : int, Fraction or ball
    tolerance : float
        The largest L1 error that is accepted.

    Raises
    ------
    NoCertificateError
        For a map without m > 0 or M; the steps of the fold, for one, have no stationary law.
    ValueError
        For a step so large that (1) gives no contraction, or a map that is not analytic.
    ArithmeticError
        Where the steps are not seen to mix, or the error exceeds the tolerance.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from retrodict.maps.continuous import linear
    >>> half = Fraction(1, 2)
    >>> law = stationary_law(UnrolledEncoder(linear([[1]]), Fraction(1), 0, half, Fraction(0), 1, Fraction(1, 4)), 1)
    >>> law.error < 1e-9, round(float(law.weights @ law.means), 9)
    (True, 0.5)
    """
    with ctx.workprec(BITS):
        step = line_step(encoder, x)
        centre, reach = confinement(encoder, step)
        reach += 9 * float(2 * encoder.langevin_step) ** 0.5  # what starts within the old reach ends in this window
        for resolution in (2, 3, 4):
            grid = _grid(encoder, centre, reach, resolution)
            nodes = grid.nodes
            again = transition(encoder, step, _images(step, grid), 2 * encoder.langevin_step, grid)
            if again.quadrature < 1e-11:
                break
        middle = int(np.abs(nodes - centre).argmin())
        count, factor = _contraction(encoder, step, again, grid, centre, reach, middle)
        weights = np.zeros(grid.count)
        weights[middle] = 1.0
        edge = np.abs(again.means - centre) > reach - 9 * float(2 * encoder.langevin_step) ** 0.5
        bound, before = 2.0, 3.0
        while bound > tolerance and bound < 0.9 * before:
            errors, mass = [], fsum(weights)
            for _ in range(count):
                weights, error = again(weights)
                errors.append(error)
            lost = mass - fsum(weights) + 4 * UNIT
            outside = fsum(weights[edge]) + 3e-19 + OUTSIDE
            before, bound = bound, (factor * bound + 2 * outside + fsum(errors) + lost) * (1 + 1e-9)
        if bound > tolerance:
            raise ArithmeticError(f"{encoder.generator.name}: an L1 error of {bound:.2g} exceeds {tolerance:g}")
        return Mixture(again.means, weights, 2 * encoder.langevin_step, arb(bound))


def confinement(encoder: UnrolledEncoder, step: LineStep) -> tuple[float, float]:
    """c and an R with pi(|z - c| > R) <= 1e-20, by (2)."""
    g = encoder.generator
    m, most = (arb(value) for value in g.certificate.require("m", "M"))
    eta, precision = ball(encoder.langevin_step), ball(1 / encoder.beta**2)
    centre = _preimage(step, 1 / float((most * most).upper()))
    error = abs(g.forward(vector(arb(centre)))[0] - step.seen)
    rate = abs(1 - eta * (1 + m * m * precision)).max(abs(1 - eta * (1 + most * most * precision))).upper()
    if not rate < 1:
        raise ValueError(
            f"langevin_step = {encoder.langevin_step}: with m = {m} and M = {most} of {g.name}, steps are seen to "
            f"contract only below 2 / (1 + M^2 / beta^2)"
        )
    push = eta * (abs(arb(centre)) + most * precision * error)
    found = None
    for part in (5, 6, 7, 8, 9):
        for share in (1, 3, 10, 30):
            s, d = arb(part) / 10 * (1 - rate * rate) / (4 * eta), arb(share) / 100 * (1 - rate * rate)
            w = 1 - 4 * s * eta
            q = (1 + d) * rate * rate / w
            if q < 1:
                logarithm = (s * (1 + 1 / d) * push * push / w - w.log() / 2) / (1 - q)
                reach = ((logarithm - arb(OUTSIDE).log()) / s).sqrt().upper()
                found = reach if found is None else found.min(reach)
    if found is None:
        raise ValueError(f"langevin_step = {encoder.langevin_step}: too small for a bound on where its law lives")
    return centre, float(found) * (1 + 1e-12)


def _preimage(step: LineStep, s: float) -> float:
    """Near G^{-1}(x), by descent in doubles; any point would do."""
    g, seen, z = step.generator, float(step.seen.mid()), np.zeros(1)
    for _ in range(10_000):
        z = z - s * g.vjp(z, g.forward(z) - seen)
    return float(z[0])


def _grid(encoder: UnrolledEncoder, centre: float, reach: float, resolution: int) -> Grid:
    """Nodes on the window and as much again as keeps what starts at its ends."""
    mantissa, exponent = frexp(float(2 * encoder.langevin_step) ** 0.5 / resolution)
    h = ldexp(floor(mantissa * 256), exponent - 8)
    wide = 1.25 * reach + 9 * float(2 * encoder.langevin_step) ** 0.5
    first, last = floor((centre - wide) / h), floor((centre + wide) / h) + 1
    if last - first > 4000:
        raise ArithmeticError(f"langevin_step = {encoder.langevin_step}: {last - first + 1} nodes, more than 4000")
    return Grid(h, first, last - first + 1)


def _images(step: LineStep, grid: Grid) -> NDArray[np.float64]:
    return np.array([float(step.drift(arb(node)).mid()) for node in grid.nodes.tolist()])


def _contraction(
    encoder: UnrolledEncoder, step: LineStep, again: Transition, grid: Grid, centre: float, reach: float, middle: int
) -> tuple[int, float]:
    """n and f' of the module's docstring; n - 1 is a power of 2."""
    n, nodes = grid.count, grid.nodes
    kernel = np.zeros((n, n))
    np.put_along_axis(kernel, again.columns, again.entries, axis=1)
    relative = (again.columns.shape[1] + 8) * UNIT
    # what a step from each component may err by, lost mass included
    each = (
        2 * (again.quadrature + relative + again.sides) + again.moved + np.maximum(1 - kernel.sum(axis=0), 0) + n * UNIT
    )
    near = np.flatnonzero(np.abs(nodes - centre) <= reach + grid.spacing)
    noise = (4 * arb.pi() * ball(encoder.langevin_step)).sqrt()
    between = float((arb(grid.spacing) * _steepest(step, grid) / noise).upper())
    total, steps = each + again.moved, 1
    while steps < MOST_STEPS:
        gaps = np.abs(kernel[:, near] - kernel[:, [middle]]).sum(axis=0) + total[near] + total[middle]
        factor = (float(gaps.max()) + between) * (1 + 1e-9)
        if factor < 0.5:
            # so few digits that the order of summation is not seen
            return steps + 1, ceil(factor * 64) / 64
        total = (total + kernel.T @ total + 2 * n * UNIT) * (1 + 1e-12)
        kernel, steps = kernel @ kernel, 2 * steps
    raise ArithmeticError(
        f"{encoder.generator.name}: {MOST_STEPS} steps are not seen to mix from [{nodes[near[0]]:.3g}, "
        f"{nodes[near[-1]]:.3g}]; laws from there still differ by {factor:.2g} in L1"
    )


def _steepest(step: LineStep, grid: Grid) -> Any:
    """An upper bound on |T'| over the window."""
    most, h = arb(0), arb(grid.spacing)
    for node in grid.nodes.tolist():
        cell = (arb(node) - h / 2).union(arb(node) + h / 2)
        most = most.max(abs(step.drift(arb_series([cell, 1], prec=2))[1]).upper())
    return most
