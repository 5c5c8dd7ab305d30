"""Density evolution: rigorous bounds of what the leaves of a deep regular tree tell about its root, two states.

The channel on every edge is symmetric with eigenvalue theta (it flips with probability (1 - theta) / 2), the root is
uniform, and X is its magnetisation given the leaves, P(+ | leaves) - P(- | leaves). The law of |X| at depth n + 1
follows from that at depth n, but its atoms multiply. Laws of few atoms that are degraded or upgraded, all roundings on
the safe side, bound E|X| and E X^2 at every depth (Tal and Vardy, IEEE Trans. Inf. Theory 59, 2013, use such merging
and splitting for polar codes; recalled).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import inf, nextafter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrodict import _core

__all__ = ["DensityEvolution", "Law", "certificate", "density_evolution"]


@dataclass(frozen=True)
class Law:
    """Atoms of |X|, shape (k,); the mass that is missing from 1 lies at 0 in a lower bound and at 1 in an upper one."""

    place: NDArray[np.float64]
    mass: NDArray[np.float64]


@dataclass(frozen=True)
class DensityEvolution:
    """Bounds at depths 0, 1, ..., depth.

    Attributes
    ----------
    lower, upper : float64, shape (depth + 1,)
        lower[n] <= E|X_n| <= upper[n], as real numbers.
    lower_second, upper_second : float64, shape (depth + 1,)
        The same of E X_n^2.
    degraded, upgraded : Law
        Laws that bound that of |X| at the last depth in the order of degradation.
    """

    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    lower_second: NDArray[np.float64]
    upper_second: NDArray[np.float64]
    degraded: Law
    upgraded: Law


def density_evolution(
    arity: int,
    theta: Fraction | float,
    depth: int,
    *,
    leaf: Fraction | float = 1,
    bins: int = 1000,
    threads: int | None = None,
) -> DensityEvolution:
    """Bounds of E|X| and E X^2 at every depth up to `depth` of the complete tree.

    Parameters
    ----------
    arity : int
        Children of a node, at least 1.
    theta : Fraction or float
        Eigenvalue of the channel, in (0, 1]. A Fraction is meant exactly, a float is the dyadic number that it is.
    depth : int
        At least 0.
    leaf : Fraction or float, optional
        What an observed leaf tells: the magnetisation given it, in (0, 1]. 1 is the leaf itself.
    bins : int, optional
        Atoms of a law, 2 to 65536. The width falls with its square, the time grows with it: about 3 ms a level and
        side for 1000 on one core, arity 2.
    threads : int, optional
        At most so many; all where absent. The result is the same.

    Raises
    ------
    ValueError
        Naming the argument, the value and the rule.

    Examples
    --------
    >>> found = density_evolution(2, Fraction(4, 5), 60)
    >>> bool(found.lower[-1] <= 0.643841 <= found.upper[-1]), bool(found.upper[-1] - found.lower[-1] < 1e-5)
    (True, True)
    """
    low, high = (
        _core.density_evolution(
            upgraded, arity, _rounded("theta", theta, upgraded), _rounded("leaf", leaf, upgraded), depth, bins, threads
        )
        for upgraded in (False, True)
    )
    return DensityEvolution(low[0], high[0], low[1], high[1], Law(*low[2:]), Law(*high[2:]))


def certificate(
    arity: int, theta: Fraction, depth: int, *, bins: int = 100, slack: Fraction = Fraction(1, 10**4)
) -> dict[str, Any]:
    """What `retrodict.checkers.reconstruction` can replay: a law that one more level of the tree does not make worse.

    It is the degraded law of a channel that is worse by `slack`, deep enough to be nearly stationary. That it is a
    certificate for theta is for the checker to see: nothing is claimed here, and below the threshold it is refused.

    Parameters
    ----------
    arity, theta, bins : as in `density_evolution`
        The checker's work grows as (2 bins)^arity.
    depth : int
        300 far from the threshold, more near it.
    slack : Fraction, optional
        The channel is used with eigenvalue (1 - slack) theta. A larger slack is kept more easily and bounds less.

    Examples
    --------
    >>> import json
    >>> from retrodict.checkers.reconstruction import check
    >>> found = certificate(2, Fraction(4, 5), 300, bins=30)
    >>> bool(0.64 < check(json.loads(json.dumps(found))) < 0.6439)
    True
    """
    law = density_evolution(arity, (1 - slack) * theta, depth, bins=bins).degraded
    atoms = [[float(m).hex(), float(w).hex()] for m, w in zip(law.place, law.mass, strict=True)]
    return {"statement": "reconstruction", "arity": arity, "theta": str(theta), "law": atoms}


def _rounded(name: str, value: Fraction | float, upwards: bool) -> float:
    """The nearest double on that side."""
    if not 0 < value <= 1:
        raise ValueError(f"{name} = {value}: must lie in (0, 1]")
    exact = Fraction(value)
    nearest = float(exact)
    if upwards and nearest < exact:
        return nextafter(nearest, inf)
    if not upwards and nearest > exact:
        return nextafter(nearest, 0)
    return nearest
