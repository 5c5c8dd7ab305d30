"""Recursions with bounded memory on the binary tree, in any ring: sums of the children's messages, clipped to -L ... L.

States +1 and -1, symmetric channel of eigenvalue theta. A law of messages given the root +1 is a list p of 2 L + 1
numbers, p[k + L] for the message k; given -1 it is reversed. For L = 1 the message is the sign of the sum, 0 for a tie.
"""

from collections.abc import Sequence
from typing import Any

__all__ = ["clip", "edge", "growth", "step"]


def edge(p: Sequence[Any], theta: Any) -> list[Any]:
    """The law of a child's message given the parent."""
    return [((1 + theta) * x + (1 - theta) * y) / 2 for x, y in zip(p, reversed(p), strict=True)]


def clip(p: Sequence[Any], r: Sequence[Any]) -> list[Any]:
    """The law of the clipped sum of two independent messages; also for p or r a difference of two laws.

    >>> clip([0, 0, 1], [1, 1, 0])
    [0, 1, 1]
    """
    size = len(p) // 2
    found: list[Any] = [0] * len(p)
    for i, x in enumerate(p):
        for j, y in enumerate(r):
            found[max(0, min(2 * size, i + j - size))] += x * y
    return found


def step(p: Sequence[Any], theta: Any) -> list[Any]:
    """The law one level higher.

    >>> step([0, 0, 1], 0)  # p = (P(-1), P(0), P(1)); nothing gets through
    [0.25, 0.5, 0.25]
    """
    child = edge(p, theta)
    return clip(child, child)


def growth(p: Sequence[Any]) -> list[list[Any]]:
    """By what a small bias of the messages grows in a step of a channel without noise, about a symmetric law p.

    The bias is an antisymmetric difference of laws, delta[k] = -delta[-k], known by k = 1, ..., L; row k - 1 of the
    result gives (2 clip(p, delta))[k]. With a channel of eigenvalue theta it is multiplied by theta.
    """
    size = len(p) // 2
    columns = []
    for j in range(1, size + 1):
        delta: list[Any] = [0] * len(p)
        delta[size + j], delta[size - j] = 1, -1
        columns.append([2 * x for x in clip(p, delta)[size + 1 :]])
    return [list(row) for row in zip(*columns, strict=True)]
