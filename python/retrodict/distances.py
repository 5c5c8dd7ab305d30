"""Distances between leaves, estimated from features: what trees are made of (`topology`, `quartets`).

A feature is one independent broadcast on the unknown tree (`trees.broadcast`); all that is seen of it are the states of
the leaves. The distance of two leaves is estimated so that its mean adds up along paths, approximately: minus the
logarithm of something that is multiplied along paths. What is no logarithm of a positive number gets a finite distance,
the cap, and is reported.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite, log

import numpy as np
from numpy.typing import ArrayLike, NDArray

from retrodict import _core

__all__ = ["Distances", "correlation_distances", "correlations", "log_det_distances"]

Leaves = NDArray[np.uint8] | NDArray[np.uint16]


@dataclass(frozen=True, eq=False)
class Distances:
    """Estimated distances of all pairs of leaves.

    Attributes
    ----------
    values : float64, shape (n_leaves, n_leaves)
        Symmetric, finite, at least 0; 0 on the diagonal.
    capped : bool, shape (n_leaves, n_leaves)
        Where the value is no estimate but the cap: there the features say "far", and not how far.
    cap : float
    """

    values: NDArray[np.float64]
    capped: NDArray[np.bool_]
    cap: float

    @property
    def n_capped(self) -> int:
        """Number of pairs of leaves with a capped distance."""
        return int(np.count_nonzero(self.capped)) // 2


def correlations(leaves: Leaves, q: int, *, threads: int | None = None) -> NDArray[np.float64]:
    """How far each pair of leaves agrees beyond chance: (q / (q - 1)) (A - 1 / q), A the share of equal states.

    If the channel on edge e is lambda_e I + (1 - lambda_e) J / q and the root is uniform, the mean is the product of
    the lambda_e on the path between the leaves. For q = 2 and k features it is within eps of its mean with probability
    at least 1 - 2 exp(-k eps^2 / 2) (Hoeffding).

    Parameters
    ----------
    leaves : uint8 or uint16, shape (n_features, n_leaves)
        States below q, or the largest value of the type for unobserved; a pair is compared on the features that show
        both.
    q : int
        Number of states, at least 2.
    threads : int, optional
        At most so many threads; where absent as many as the process may use. The result does not depend on it.

    Returns
    -------
    float64, shape (n_leaves, n_leaves)
        In -1/(q - 1) ... 1, symmetric, rounded once; 1 on the diagonal, nan where no feature shows both leaves.

    Raises
    ------
    ValueError
        For a wrong shape, a q out of range, or a state that is q or more, naming where.
    TypeError
        If `leaves` holds something else than uint8 or uint16.

    Examples
    --------
    >>> correlations(np.array([[0, 0, 1], [1, 1, 0], [1, 1, 1], [0, 1, 1]], dtype=np.uint8), 2)
    array([[ 1. ,  0.5, -0.5],
           [ 0.5,  1. ,  0. ],
           [-0.5,  0. ,  1. ]])
    """
    return _core.distances_correlations(_features(leaves), q, threads)


def correlation_distances(leaves: Leaves, q: int, *, cap: float | None = None, threads: int | None = None) -> Distances:
    """Minus the logarithm of `correlations`: sums of -log(lambda_e) along paths, estimated.

    A correlation at or below 0 has no logarithm: the distance is the cap, and `capped` says so. Of nucleotides, q = 4,
    three quarters of it are the distance of Jukes and Cantor (1969), in substitutions per site.

    Parameters
    ----------
    leaves, q, threads
        As for `correlations`.
    cap : float, optional
        Positive; larger estimates are capped too. By default log((q - 1)(n_features + 1)), a little more than every
        estimate.

    Raises
    ------
    ValueError, TypeError
        As `correlations`, and for a cap that is not positive and finite.

    Examples
    --------
    >>> found = correlation_distances(np.array([[0, 0, 1], [1, 1, 0], [1, 1, 1], [0, 1, 1]], dtype=np.uint8), 2)
    >>> found.values.round(3), found.n_capped
    (array([[0.   , 0.693, 1.609],
           [0.693, 0.   , 1.609],
           [1.609, 1.609, 0.   ]]), 2)
    """
    array = _features(leaves)
    default = log((max(q, 2) - 1) * (len(array) + 1)) if array.ndim == 2 and len(array) else 1.0
    return _distances(_core.distances_correlation_distances, array, q, cap, default, threads)


def log_det_distances(leaves: Leaves, q: int, *, cap: float | None = None, threads: int | None = None) -> Distances:
    """Log-det distances: -log |det F| + log(product of both marginals of F) / 2, F the joint law of two leaves.

    They add up along paths for any channels, and do not change when the states of a leaf are renamed (Steel, 1994,
    recalled). For lambda I + (1 - lambda) J / q an edge has the length -(q - 1) log(lambda). F is estimated from the
    features that show both leaves.

    The distance is capped, and `capped` says so, where one of the two leaves does not show all q states, and where
    det F vanishes or cannot be told from 0 in double precision: where elimination with complete pivoting meets a pivot
    below 2^-40 of the first.

    Parameters
    ----------
    leaves, threads
        As for `correlations`.
    q : int
        Number of states, 2 ... 64.
    cap : float, optional
        Positive; larger estimates are capped too. By default q log(n_features / q + 1), a little more than every
        estimate.

    Raises
    ------
    ValueError, TypeError
        As `correlations`, and for a cap that is not positive and finite.

    Examples
    --------
    >>> leaves = np.array([[0, 1], [1, 0], [1, 0], [0, 0], [0, 1]], dtype=np.uint8)
    >>> float(log_det_distances(leaves, 2).values[0, 1].round(6)), float(np.log(1.5).round(6))
    (0.405465, 0.405465)
    """
    array = _features(leaves)
    default = q * log(len(array) / q + 1) if array.ndim == 2 and len(array) and q > 0 else 1.0
    return _distances(_core.distances_log_det_distances, array, q, cap, default, threads)


Kernel = Callable[[Leaves, int, float, int | None], tuple[NDArray[np.float64], NDArray[np.bool_]]]


def _distances(
    kernel: Kernel, leaves: Leaves, q: int, cap: float | None, default: float, threads: int | None
) -> Distances:
    bound = default if cap is None else float(cap)
    if not (isfinite(bound) and bound > 0):
        raise ValueError(f"cap = {cap}: it must be positive and finite")
    values, capped = kernel(leaves, q, bound, threads)
    return Distances(values, capped, bound)


def _features(leaves: ArrayLike) -> Leaves:
    array = np.ascontiguousarray(leaves)
    if array.dtype not in (np.uint8, np.uint16):
        raise TypeError(f"leaves has dtype {array.dtype}: it must be uint8 or uint16")
    return array
