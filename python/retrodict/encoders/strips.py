"""Maps of the line off the line: where a map of blocks is analytic, and how far Langevin's step moves imaginary parts.

With U(z) = z^2 / 2 + (G(z) - x)^2 / (2 beta^2) the step is z -> T(z) + sqrt(2 eta) xi, T(z) = z - eta U'(z). Where
every unit's argument stays in the strip in which its activation is analytic, so are G, G', U and T. T is real on the
line, so that |Im T| is the same at z and at its conjugate.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import acb, arb, fmpq
from numpy.typing import NDArray

from retrodict.encoders.unrolled import UnrolledEncoder
from retrodict.maps.continuous import GenerativeMap
from retrodict.maps.continuous.generative_map import vector
from retrodict.maps.continuous.line import real

__all__ = ["LineStep", "line_step", "require_analytic"]

Function = Callable[[Any], Any]

# Half-width of the strip around the line in which an activation is analytic, in units of pi; None for the whole plane.
STRIPS: dict[str, Any] = {
    "sin": None,
    "square": None,
    "softplus": 1,
    "softplus_plain": 1,
    "sigmoid": 1,
    "tanh": fmpq(1, 2),
}


@dataclass(frozen=True)
class LineStep:
    """Langevin's step at what is seen: `drift` is T and `energy` is U, on balls, complex balls and power series."""

    generator: GenerativeMap
    seen: Any
    drift: Function
    energy: Function
    energy_of_doubles: Callable[[NDArray[np.float64]], NDArray[np.float64]]

    def imaginary(self, low: Any, high: Any, bottom: Any, top: Any) -> Any:
        """An upper bound on |Im T| over low <= Re z <= high, bottom <= Im z <= top."""
        return abs(self.drift(acb(low.union(high), bottom.union(top))).imag).upper()

    def require_analytic(self, low: Any, high: Any, bottom: Any, top: Any) -> None:
        """Nothing, if T and U are seen to be analytic there; else a ValueError."""
        require_analytic(self.generator, vector(acb(low.union(high), bottom.union(top))))


def line_step(encoder: UnrolledEncoder, x: Any) -> LineStep:
    """T and U of an encoder on the line.

    Raises
    ------
    ValueError
        For a map that is not of dimension 1.
    TypeError
        For an x that is a float.

    >>> from fractions import Fraction
    >>> from retrodict.maps.continuous import fold
    >>> e = UnrolledEncoder(fold(), Fraction(1), 0, Fraction(1), Fraction(1), 1, Fraction(1, 8))
    >>> line_step(e, 0).drift(arb(2))  # U'(2) = 2 + 2 * 2 * 3
    0.250000000000000
    """
    g = encoder.generator
    if g.dimension != 1:
        raise ValueError(f"{g.name} has dimension {g.dimension}: must be 1")
    seen = real(x, "x")
    precision, eta = (arb(fmpq(v.numerator, v.denominator)) for v in (1 / encoder.beta**2, encoder.langevin_step))

    def drift(z: Any) -> Any:
        row = vector(z)
        slope = g.vjp(row, g.forward(row) - seen)[0]
        return z - eta * (z + precision * slope)

    def energy(z: Any) -> Any:
        error = g.forward(vector(z))[0] - seen
        return (z * z + precision * (error * error)) / 2

    def energy_of_doubles(z: NDArray[np.float64]) -> NDArray[np.float64]:
        error = g.forward(z[:, None])[:, 0] - float(seen.mid())
        return np.asarray(z**2 / 2 + error**2 / (2 * float(encoder.beta) ** 2))

    return LineStep(g, seen, drift, energy, energy_of_doubles)


def require_analytic(g: GenerativeMap, z: NDArray[Any]) -> None:
    """Nothing, if g is seen to be analytic on the complex balls z, shape (d,).

    Raises
    ------
    ValueError
        Where it is not, or is not made of blocks, with the reason.

    >>> from retrodict.maps.continuous import fold
    >>> require_analytic(fold(), vector(acb(1, 100)))
    """
    if not g.blocks:
        raise ValueError(f"{g.name} is not made of blocks: where it is analytic is not known")
    for part in g.blocks:
        if part.inner is not None:
            t = part.inner(z) + np.array(part.shift, dtype=object)
            for name, units in part.groups:
                if name not in STRIPS:
                    raise ValueError(f"activation {name!r} of {g.name}: must be analytic, one of {', '.join(STRIPS)}")
                width = STRIPS[name]
                for i in units:
                    if width is not None and not abs(acb(t[i]).imag) < width * arb.pi():
                        raise ValueError(f"{g.name}: {name} is not seen to be analytic at {t[i]}")
        z = part.forward(z)
