"""Belief propagation on a tree, in any ring: the algorithm for what `exact.trees` defines, with the same arguments.

Upward messages are Felsenstein's pruning (J. Mol. Evol. 17, 1981); the upward and the downward pass together are
Pearl's sum-product algorithm. Entry i of the upward message of v is P(what the leaves below v show | state of v = i).
"""

from collections.abc import Sequence
from functools import reduce
from operator import mul
from typing import Any

from retrodict.exact.trees import Broadcast, States

__all__ = ["evidence", "marginals", "max_product", "upward"]


def _through(channel: Sequence[Sequence[Any]], message: Sequence[Any]) -> list[Any]:
    """What a child's message says about the parent's state: the message, averaged over each row."""
    return [sum(map(mul, row, message)) for row in channel]


def _times(a: Sequence[Any], b: Sequence[Any]) -> list[Any]:
    return list(map(mul, a, b))


def _upward(b: Broadcast) -> list[list[Any]]:
    up = list(b.likelihoods)
    for v in range(len(up) - 1, 0, -1):
        up[b.parent[v]] = _times(up[b.parent[v]], _through(b.channels[v], up[v]))
    return up


def upward(parent: Sequence[int], channels: Any, leaves: Any) -> list[list[Any]]:
    """P(what the leaves below v show | state of v = i), row v, column i.

    >>> upward([-1, 0, 0], [[3, 1], [1, 3]], [0, 1])[0]
    [3, 3]
    """
    return _upward(Broadcast.read(parent, channels, leaves, ()))


def evidence(parent: Sequence[int], channels: Any, leaves: Any, prior: Any = None) -> Any:
    """P(what the leaves show) = sum_i prior_i L_root(i).

    >>> from retrodict.exact.trees import symmetric_channel
    >>> from fractions import Fraction
    >>> evidence([-1, 0, 0], symmetric_channel(2, Fraction(1, 2)), [0, 0])
    Fraction(5, 16)
    """
    b = Broadcast.read(parent, channels, leaves, prior)
    return sum(_times(b.prior, _upward(b)[0]))


def marginals(parent: Sequence[int], channels: Any, leaves: Any, prior: Any = None) -> list[list[Any]]:
    """P(state of v = i, what the leaves show), row v, column i: no division, so rows sum to `evidence`.

    down_v(i) = P(state of v = i, what the leaves not below v show) goes from a parent to each child c with everything
    known at the parent except what c itself said.

    >>> from retrodict.exact.trees import symmetric_channel
    >>> from fractions import Fraction
    >>> marginals([-1, 0, 0], symmetric_channel(2, Fraction(1, 2)), [0, None])[0]
    [Fraction(3, 8), Fraction(1, 8)]
    """
    b = Broadcast.read(parent, channels, leaves, prior)
    up = _upward(b)
    down = [list(b.prior)] * len(up)
    for v, kids in enumerate(b.children):
        for c in kids:
            siblings = (_through(b.channels[s], up[s]) for s in kids if s != c)
            above = reduce(_times, siblings, down[v])
            columns = [[row[j] for row in b.channels[c]] for j in range(len(above))]
            down[c] = _through(columns, above)
    return list(map(_times, down, up))


def max_product(parent: Sequence[int], channels: Any, leaves: Any, prior: Any = None) -> tuple[States, Any]:
    """The likeliest states of all nodes, the lexicographically first of equals, and their weight. The ring is ordered.

    >>> max_product([-1, 0, 0], [[3, 1], [1, 3]], [0, 1], prior=[1, 1])
    ((0, 0, 1), 3)
    """
    b = Broadcast.read(parent, channels, leaves, prior)
    best = list(b.likelihoods)  # best[v][i]: weight of the best states below v, given state i at v
    for v in range(len(best) - 1, 0, -1):
        best[b.parent[v]] = _times(best[b.parent[v]], [max(_times(row, best[v])) for row in b.channels[v]])
    score = _times(b.prior, best[0])
    states = [score.index(max(score))]
    for v in range(1, len(best)):
        here = _times(b.channels[v][states[b.parent[v]]], best[v])
        states.append(here.index(max(here)))
    return tuple(states), max(score)
