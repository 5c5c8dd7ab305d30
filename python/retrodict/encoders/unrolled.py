"""The encoder that inverts by iterating: gradient descent to the cause, then Langevin steps to its posterior.

z is a standard Gaussian vector, x = G(z) + beta xi. The posterior has the energy

    U(z) = |z|^2 / 2 + |G(z) - x|^2 / (2 beta^2),    grad U(z) = z + J(z)^T (G(z) - x) / beta^2,                    (1)

and the encoder is a deep latent Gaussian whose layers are the steps

    z_0 = 0,    z <- z - s J(z)^T (G(z) - x)                          `descent_steps` times,                        (2)
    z <- z + sqrt(v) xi                                               once,                                         (3)
    z <- z - eta grad U(z) + sqrt(2 eta) xi                           `langevin_steps` times,                       (4)

with fresh standard Gaussian xi. All layers have the same weights, those of G and of its derivative; x is carried along.
After Pareek and Risteski (arXiv:2107.04652).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import fmpq
from numpy.typing import NDArray

from retrodict.maps.continuous import GenerativeMap
from retrodict.maps.continuous.matrix import square_root

__all__ = ["UnrolledEncoder", "iterate"]


@dataclass(frozen=True)
class UnrolledEncoder:
    """The steps (2) to (4) for a generative map.

    Parameters
    ----------
    generator : GenerativeMap
    beta : Fraction
        Standard deviation of the noise of x, positive.
    descent_steps : int
        How often (2) is made; 0 starts from the origin.
    descent_step : Fraction
        s in (2), positive.
    spread : Fraction
        v in (3), a variance; 0 adds nothing.
    langevin_steps : int
        How often (4) is made.
    langevin_step : Fraction
        eta in (4), positive.

    Raises
    ------
    TypeError
        For a float where an exact number is asked for.
    ValueError
        For a number out of range, naming it.

    Examples
    --------
    >>> from retrodict.maps.continuous import residual
    >>> half = Fraction(1, 2)
    >>> UnrolledEncoder(residual(half, [[1]]), half, 10, Fraction(1, 4), Fraction(0), 5, Fraction(1, 100)).depth
    15
    """

    generator: GenerativeMap
    beta: Fraction
    descent_steps: int
    descent_step: Fraction
    spread: Fraction
    langevin_steps: int
    langevin_step: Fraction

    def __post_init__(self) -> None:
        for name in ("beta", "descent_step", "spread", "langevin_step"):
            value = getattr(self, name)
            if not isinstance(value, int | Fraction):
                raise TypeError(f"{name} = {value!r}: write the exact number, as in Fraction('{value}')")
            if value < 0 or (value == 0 and name != "spread"):
                raise ValueError(f"{name} = {value}: must be positive")
            object.__setattr__(self, name, Fraction(value))
        for name in ("descent_steps", "langevin_steps"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} = {getattr(self, name)}: must not be negative")

    @property
    def depth(self) -> int:
        """The number of layers, steps (3) included if v is not 0."""
        return self.descent_steps + self.langevin_steps + (self.spread > 0)


def iterate(encoder: UnrolledEncoder, x: NDArray[Any], noise: NDArray[Any]) -> Any:
    """What the encoder gives for every row of x when the xi of (3) and (4) are the given numbers: the definition.

    Parameters
    ----------
    encoder : UnrolledEncoder
    x : array, shape (..., d)
        Doubles, or objects of a ring that G takes.
    noise : array, shape (1 + langevin_steps, ..., d)
        xi of (3), then of (4) in order.

    Examples
    --------
    >>> import numpy as np
    >>> from retrodict.maps.continuous import linear
    >>> e = UnrolledEncoder(linear([[1]]), Fraction(1), 1, Fraction(1), Fraction(0), 1, Fraction(1, 4))
    >>> iterate(e, np.array([[2.0]]), np.zeros((2, 1, 1)))  # (2) gives 2, and (4) moves towards the mean 1
    array([[1.5]])
    """
    g = encoder.generator

    def number(value: Fraction) -> Any:
        return fmpq(value.numerator, value.denominator) if x.dtype == object else float(value)

    def root(value: Fraction) -> Any:
        return square_root(fmpq(value.numerator, value.denominator)) if x.dtype == object else float(value) ** 0.5

    z = 0 * x
    for _ in range(encoder.descent_steps):
        z = z - number(encoder.descent_step) * g.vjp(z, g.forward(z) - x)
    if encoder.spread:
        z = z + root(encoder.spread) * noise[0]
    for xi in noise[1 : 1 + encoder.langevin_steps]:
        slope = z + g.vjp(z, g.forward(z) - x) * number(1 / encoder.beta**2)
        z = z - number(encoder.langevin_step) * slope + root(2 * encoder.langevin_step) * xi
    return z
