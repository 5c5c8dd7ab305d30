"""Capacity curves: the smallest trained network that comes within a tolerance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from retrodict.encoders.trained.result import LABEL, SweepResult

__all__ = ["CapacityCurve", "Point", "capacity_curve"]

Metric = Literal["tv", "worst_tv", "kl"]


@dataclass(frozen=True)
class Point:
    """One width: its parameters, the best value of any seed, the best of any seed up to this width, and how many seeds
    come within the tolerance and how many diverged."""

    width: int
    parameters: int
    best: float | None
    envelope: float | None
    within: int
    diverged: int


@dataclass(frozen=True)
class CapacityCurve:
    """The points of a sweep in order of width, and the smallest size within the tolerance.

    `width` and `parameters` are None where no network came within it; that is no lower bound. They are an upper bound
    on capacity (trained), whatever the training missed.
    """

    label: str
    metric: Metric
    eps: float
    points: tuple[Point, ...]
    width: int | None
    parameters: int | None
    kind: str = LABEL

    def __str__(self) -> str:
        if self.parameters is None:
            found = f"no width up to {self.points[-1].width} was trained to it: nothing follows"
        else:
            found = f"{self.parameters} parameters, width {self.width}"
        return f"{self.label}: {self.metric} <= {self.eps:g}: {found} [{self.kind}]"


def capacity_curve(result: SweepResult, eps: float, metric: Metric = "tv") -> CapacityCurve:
    """The curve of a sweep at a tolerance.

    The envelope is the least value of all networks of that width or a smaller one, since a network is also one of any
    larger width, with idle units. Values count with their error estimate added, and a mean total variation with the
    probability of the inputs that it leaves out, where it is at most 1; the other two are of the inputs covered.

    Parameters
    ----------
    result : SweepResult
    eps : float
        Positive; below 1 for a total variation.
    metric : "tv", "worst_tv" or "kl"

    Raises
    ------
    ValueError
        For a tolerance out of range, or an unknown metric.

    Examples
    --------
    >>> one, two = np.array([[0.5, 0.2], [0.3, np.nan], [0.05, 0.4]]), np.zeros((3, 2))
    >>> r = SweepResult("gray", "by hand", {}, {}, "", "", (1, 2, 4), (0, 1), (9, 20, 60), one, one, one, two, two, 1.0)
    >>> c = capacity_curve(r, 0.25)
    >>> c.width, c.parameters, [point.envelope for point in c.points], [point.diverged for point in c.points]
    (1, 9, [0.2, 0.2, 0.05], [0, 1, 0])
    >>> print(capacity_curve(r, 0.01))
    gray: tv <= 0.01: no width up to 4 was trained to it: nothing follows [upper bound on capacity (trained)]
    """
    if metric not in ("tv", "worst_tv", "kl"):
        raise ValueError(f"metric = {metric!r}: must be tv, worst_tv or kl")
    if not 0 < eps < (np.inf if metric == "kl" else 1):
        raise ValueError(f"eps = {eps}: must lie strictly between 0 and {'infinity' if metric == 'kl' else 1}")
    values = getattr(result, metric) + (result.kl_error if metric == "kl" else result.tv_error)
    if metric == "tv":
        values = result.covered * values + (1 - result.covered)
    points = []
    envelope = np.inf
    for i, row in enumerate(values):
        kept = row[~np.isnan(row)]
        best = float(kept.min()) if kept.size else np.inf
        envelope = min(envelope, best)
        points.append(
            Point(
                result.widths[i],
                result.parameters[i],
                best if best < np.inf else None,
                envelope if envelope < np.inf else None,
                int((kept <= eps).sum()),
                int(np.isnan(row).sum()),
            )
        )
    first = next((point for point in points if point.within), None)
    return CapacityCurve(
        result.label,
        metric,
        eps,
        tuple(points),
        None if first is None else first.width,
        None if first is None else first.parameters,
    )
