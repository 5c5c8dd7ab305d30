"""Hierarchical models over any ring, and the completion of labels by definition.

Models M0, M1 and M2 are broadcasts (`exact.trees`) with a channel of its own on each edge: for M0 it is
lam I + (1 - lam) J / q; for M1 a permutation of the q states follows it; in M2 the states are pairs, both members go
through it independently, and a permutation of the q^2 pairs follows. The pair (x, y) is the state q x + y.

Labels: each label a has a top vertex t(a), and exactly the vertices below it carry a. What some leaves reveal, whether
they carry a, leaves the vertices that are consistent with it: those above every revealed carrier and above no other
revealed leaf.
"""

from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["channels", "completion", "consistent", "pair_channel", "renamed"]

Channel = list[list[Any]]


def renamed(channel: Sequence[Sequence[Any]], permutation: Sequence[int]) -> Channel:
    """The channel followed by the permutation j -> permutation[j].

    >>> renamed([[1, 2, 3], [4, 5, 6], [7, 8, 9]], [1, 2, 0])
    [[3, 1, 2], [6, 4, 5], [9, 7, 8]]
    """
    if sorted(permutation) != list(range(len(channel))):
        raise ValueError(f"permutation = {list(permutation)}: it must hold each of 0, ..., {len(channel) - 1} once")
    source = {j: i for i, j in enumerate(permutation)}
    return [[row[source[j]] for j in range(len(row))] for row in channel]


def pair_channel(channel: Sequence[Sequence[Any]]) -> Channel:
    """Both members of a pair go through the channel, independently.

    >>> pair_channel([[3, 1], [1, 3]])[1]
    [3, 9, 1, 3]
    """
    q = len(channel)
    pairs = [(x, y) for x in range(q) for y in range(q)]
    return [[channel[i][x] * channel[j][y] for x, y in pairs] for i, j in pairs]


def channels(model: str, channel: Sequence[Sequence[Any]], permutations: Sequence[Sequence[int]]) -> list[Channel]:
    """The channel of each edge, permutations[v] on the edge above node v (the root's is ignored)."""
    if model not in ("M0", "M1", "M2"):
        raise ValueError(f"model = {model!r}: it must be 'M0', 'M1' or 'M2'")
    noise = pair_channel(channel) if model == "M2" else [list(row) for row in channel]
    return [noise if model == "M0" else renamed(noise, permutation) for permutation in permutations]


def consistent(parent: Sequence[int], revealed: Mapping[int, bool]) -> list[int]:
    """The definition: all vertices that may be a label's top, given which leaves (nodes) reveal that they carry it.

    >>> consistent([-1, 0, 0, 1, 1, 2, 2], {3: True, 5: False})
    [1, 3]
    """
    lines = {leaf: _upward(parent, leaf) for leaf in revealed}
    return [v for v in range(len(parent)) if all((v in lines[leaf]) == carries for leaf, carries in revealed.items())]


def completion(parent: Sequence[int], revealed: Mapping[int, bool]) -> tuple[int, int] | None:
    """The algorithm: the lowest and the highest consistent vertex, all between being consistent; None without any.

    u is the lowest common ancestor of the revealed carriers; from there one goes up while no other revealed leaf is
    below the parent. Without a revealed carrier nothing is known, and None is returned too.

    >>> completion([-1, 0, 0, 1, 1, 2, 2], {3: True, 5: False})
    (3, 1)
    """
    carriers = [leaf for leaf, carries in revealed.items() if carries]
    if not carriers:
        return None
    above = set(_upward(parent, carriers[0])).intersection(*(_upward(parent, leaf) for leaf in carriers))
    barred = {v for leaf, carries in revealed.items() if not carries for v in _upward(parent, leaf)}
    low = max(above)
    if low in barred:
        return None
    high = low
    while high and parent[high] not in barred:
        high = parent[high]
    return low, high


def _upward(parent: Sequence[int], v: int) -> list[int]:
    """v, its parent, ..., the root."""
    line = [v]
    while line[-1]:
        line.append(parent[line[-1]])
    return line
