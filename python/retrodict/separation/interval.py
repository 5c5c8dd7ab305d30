"""Bounds of an expectation from independent draws in [0, 1]."""

from __future__ import annotations

from math import log

__all__ = ["interval"]


def interval(mean: float, n: int, error: float = 0.05) -> tuple[float, float]:
    """Bounds of an expectation, from the mean of n independent draws in [0, 1]; wrong with probability at most `error`.

    The p on either side with n KL(mean, p) = log(2 / error), KL the relative entropy of a coin (Hoeffding, 1963,
    theorem 1); for a mean of 0 or 1 that is the interval of Clopper and Pearson.

    >>> [round(x, 4) for x in interval(1.0, 100)], [round(x, 4) for x in interval(0.2, 1000)]
    ([0.9638, 1.0], [0.1672, 0.2358])
    """
    if n < 1 or not 0 <= mean <= 1 or not 0 < error < 1:
        raise ValueError(f"mean = {mean}, n = {n}, error = {error}: n >= 1, and the others are in [0, 1] and (0, 1)")
    allowed = log(2 / error) / n
    ends = []
    for far in (0.0, 1.0):
        near = mean
        for _ in range(60):
            middle = (near + far) / 2
            near, far = (middle, far) if _relative_entropy(mean, middle) <= allowed else (near, middle)
        ends.append(far)
    return ends[0], ends[1]


def _relative_entropy(a: float, p: float) -> float:
    if p in (0.0, 1.0):
        return 0.0 if a == p else float("inf")
    return (a * log(a / p) if a else 0.0) + ((1 - a) * log((1 - a) / (1 - p)) if a < 1 else 0.0)
