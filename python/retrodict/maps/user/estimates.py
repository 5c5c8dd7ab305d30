"""What samples show of the constants of a map. None of it is a bound that a theorem can use.

A sampled least slope is at least m, and a sampled largest slope at most M; how far from it, nobody knows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrodict.maps.continuous.generative_map import GenerativeMap

__all__ = ["Estimate", "Estimates", "estimate"]

SEGMENT = 2.0**-3  # length of the segments along which the slope is followed
HALVINGS = 12
ROUNDING = 1e-9  # of the slope; a jump below that is not told from rounding
STEP = 2.0**-9  # of third differences: rounding and the next derivative are both about 1e-5


@dataclass(frozen=True)
class Estimate:
    """A number that samples show, on which side of the constant it lies, and how it was found.

    `value` is None where the samples speak against there being a constant.
    """

    value: float | None
    side: str
    how: str


@dataclass(frozen=True)
class Estimates:
    """Of m from above, of M, M2 and M3 from below. It is no `Certificate`, and none can be made of it."""

    m: Estimate
    M: Estimate
    M2: Estimate
    M3: Estimate


def estimate(g: GenerativeMap, seed: int, *, samples: int, radius: float) -> Estimates:
    """Sampled constants of a map.

    Points are uniform in the ball of the radius; at each the singular values of the Jacobian matrix give m and M. From
    each a segment of length 1/8 goes in a random direction v, and is halved twelve times, to the half on which J v
    changes more: the last change over its length is a value of |D^2 G (v, v)|, and if it still doubles where the
    segment halves, there is a kink, or curvature that only shorter segments show: M2 and M3 are then None. M3 is the
    largest second difference of J v at the end of these segments.

    Parameters
    ----------
    g : GenerativeMap
    seed : int
        Of NumPy's default generator.
    samples : int
        The number of points, at least 1.
    radius : float
        Positive. A standard Gaussian cause has a length of about sqrt d.

    Raises
    ------
    ValueError
        For samples or a radius out of range, or a Jacobian matrix that is not finite, naming the point.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from retrodict.maps.continuous import residual
    >>> found = estimate(residual(Fraction(1, 2), [[1]]), 0, samples=1000, radius=4)
    >>> [round(constant.value, 2) for constant in (found.m, found.M, found.M2, found.M3)]
    [0.5, 1.5, 0.5, 0.5]
    >>> found.m.side, found.m.how
    ('at least m', '1000 points in the ball of radius 4, seed 0')
    """
    if samples < 1:
        raise ValueError(f"samples = {samples}: must be at least 1")
    if not 0 < radius < np.inf:
        raise ValueError(f"radius = {radius}: must be positive and finite")
    d, rng = g.dimension, np.random.default_rng(seed)
    z = _directions(rng, samples, d) * radius * rng.random((samples, 1)) ** (1 / d)
    values = np.linalg.svd(_jacobians(g, z), compute_uv=False)
    how = f"{samples} points in the ball of radius {radius}, seed {seed}"
    m, M = Estimate(float(values.min()), "at least m", how), Estimate(most := float(values.max()), "at most M", how)
    v = _directions(rng, samples, d)
    low, changes = _steepest(g, z, v)
    how += f", a direction at each, segments of length 2^-3 halved {HALVINGS} times"
    last, earlier = float(changes[-1].max()), float(changes[-4].max())
    place = low[changes[-1].argmax()].tolist()
    if not np.isfinite(last):
        raise ValueError(f"the slope of {g.name} near {place} is not finite")
    if last > 4 * earlier and last * SEGMENT / 2**HALVINGS > ROUNDING * most:
        kink = f"the slope changes by {last:.3g} per length near {place}, and by more on shorter segments"
        kink += f": a kink, or more curvature than they show; {how}"
        return Estimates(m, M, Estimate(None, "at most M2", kink), Estimate(None, "at most M3", kink))
    third = g.jvp(low + STEP * v, v) - 2 * g.jvp(low, v) + g.jvp(low - STEP * v, v)
    largest = float(np.linalg.norm(third, axis=-1).max()) / STEP**2
    return Estimates(
        m,
        M,
        Estimate(last, "at most M2", how),
        Estimate(largest, "at most M3", f"{how}, then differences of step 2^-9"),
    )


def _directions(rng: np.random.Generator, samples: int, d: int) -> NDArray[np.float64]:
    v = rng.normal(size=(samples, d))
    return np.asarray(v / np.linalg.norm(v, axis=1, keepdims=True))


def _jacobians(g: GenerativeMap, z: NDArray[np.float64]) -> NDArray[np.float64]:
    """Shape (samples, d, d); its column j is J e_j."""
    found = np.stack([g.jvp(z, np.broadcast_to(row, z.shape)) for row in np.eye(g.dimension)], axis=-1)
    wrong = ~np.isfinite(found).all(axis=(1, 2))
    if wrong.any():
        raise ValueError(f"the Jacobian matrix of {g.name} at {z[wrong.argmax()].tolist()} is not finite")
    return found


def _steepest(
    g: GenerativeMap, z: NDArray[np.float64], v: NDArray[np.float64]
) -> tuple[NDArray[np.float64], list[NDArray[np.float64]]]:
    """The starts of the last segments, and of all segments the change of J v over the length."""
    low, length = z, SEGMENT
    start, end = g.jvp(low, v), g.jvp(low + length * v, v)
    changes = [np.linalg.norm(end - start, axis=-1) / length]
    for _ in range(HALVINGS):
        length /= 2
        middle = g.jvp(low + length * v, v)
        one, other = (np.linalg.norm(b - a, axis=-1) for a, b in ((start, middle), (middle, end)))
        second = (other > one)[:, None]
        low = np.where(second, low + length * v, low)
        start, end = np.where(second, middle, start), np.where(second, end, middle)
        changes.append(np.maximum(one, other) / length)
    return low, changes
