"""The posterior of one real cause: z standard Gaussian, x = G(z) + beta xi, xi standard Gaussian.

p(z|x) is proportional to exp(-U(z)), U(z) = z^2 / 2 + (G(z) - x)^2 / (2 beta^2). Its normalising constant is an
integral in balls; since U(z) >= z^2 / 2, what lies outside [-r, r] is at most the Gaussian tail over that constant.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flint import arb, arb_series, ctx

from retrodict.maps.continuous.generative_map import GenerativeMap, vector
from retrodict.maps.continuous.line import LineLaw, integral, minimiser, real

__all__ = ["energy", "image", "laplace", "posterior"]


def image(g: GenerativeMap, z: Any) -> Any:
    """G(z) of a map of the line, at a ball, a complex ball or a power series."""
    if g.dimension != 1:
        raise ValueError(f"{g.name} has dimension {g.dimension}: must be 1")
    return g.forward(vector(z))[0]


def energy(g: GenerativeMap, x: Any, beta: Any) -> Callable[[Any], Any]:
    """U, a function of a ball, a complex ball or a power series.

    Parameters
    ----------
    g : GenerativeMap
        Of dimension 1.
    x, beta : Fraction, int or ball
        What is observed, and the standard deviation of its noise.

    >>> from retrodict.maps.continuous import fold
    >>> energy(fold(), 0, 1)(arb(2))
    6.50000000000000
    """
    seen, noise = real(x, "x"), real(beta, "beta")
    if not noise > 0:
        raise ValueError(f"beta = {beta}: the standard deviation of the noise must be positive")
    precision = 1 / (noise * noise)

    def value(z: Any) -> Any:
        error = image(g, z) - seen
        return (z * z + error * error * precision) / 2

    image(g, arb(0))
    return value


def posterior(g: GenerativeMap, x: Any, beta: Any) -> LineLaw:
    """p(z|x), for G of balls that `line.integral` takes: every map of blocks, also one with kinks.

    >>> from fractions import Fraction
    >>> from retrodict.maps.continuous import fold
    >>> posterior(fold(), 0, Fraction(1, 5)).mass(arb(0), arb(9))
    [0.5000000...]
    """
    u = energy(g, x, beta)
    low = _rough_minimum(u)  # taken off the energy, lest the integral be tiny; any number will do
    r = (2 * (low + 2 * ctx.prec * arb(2).log())).sqrt().upper().ceil()

    def prior_outside(r: Any) -> Any:
        return low.exp() * (2 * arb.pi()).sqrt() * (r / arb(2).sqrt()).erfc()

    tail = prior_outside(r).upper()
    constant = integral(lambda z: (low - u(z)).exp(), -r, r) + arb(tail / 2, tail / 2)
    if not constant > 0:
        noise = real(beta, "beta").str(3, radius=False)
        raise ArithmeticError(f"beta = {noise}: {ctx.prec} bits do not separate the normalising constant from 0")
    logarithm = constant.log() - low

    def log_density(z: Any) -> Any:
        return -u(z) - logarithm

    return LineLaw(
        log_density,
        lambda low, high: integral(lambda z: log_density(z).exp(), low, high),
        lambda r: prior_outside(r) / constant,
        r,
    )


def _rough_minimum(u: Callable[[Any], Any]) -> Any:
    """A value of U near its least, on finer and finer grids; where U <= U(0), z^2 <= 2 U(0)."""
    middle, width = arb(0), (2 * u(arb(0))).sqrt().upper() + 1
    for _ in range(4):
        points = [(middle + width * k / 32).mid() for k in range(-32, 33)]
        middle = min(points, key=lambda z: float(u(z).mid()))
        width = width / 16
    return u(middle).mid()


def laplace(g: GenerativeMap, x: Any, beta: Any, low: Any, high: Any) -> tuple[Any, Any]:
    """Mean and standard deviation of Laplace's Gaussian: the mode in [low, high], and U'' there to the power -1/2.

    Raises
    ------
    ValueError
        Where the posterior has no single interior mode in [low, high].

    >>> from fractions import Fraction
    >>> from retrodict.maps.continuous import fold
    >>> laplace(fold(), 0, Fraction(1, 5), 0, 3)  # the mode is the root of 1 - beta^2 / 2
    ([0.98994949...], [0.10101525...])
    """
    u = energy(g, x, beta)
    mode = minimiser(u, real(low, "low"), real(high, "high"))
    return mode, 1 / (2 * u(arb_series([mode, 1], prec=3))[2]).sqrt()
