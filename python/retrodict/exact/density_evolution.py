"""The law of the root's magnetisation under a symmetric binary channel, atom by atom, and bounds of it with few atoms.

A law is a dict of places m = |X| in [0, 1] and masses that add up to 1. `edge` and `join` are the recursion (2.1 of
Evans, Kenyon, Peres, Schulman, Ann. Appl. Probab. 10, 2000, in terms of |X|); `merge` makes a law worse and `split`
makes it better in the order of degradation, in which P is below Q if E_P(m - c)+ <= E_Q(m - c)+ for every c in [0, 1].
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from fractions import Fraction

__all__ = ["edge", "excess", "is_degraded", "join", "merge", "root", "split"]

Law = dict[Fraction, Fraction]


def edge(law: Law, theta: Fraction) -> Law:
    """Seen through a channel of eigenvalue theta >= 0: m goes to theta m."""
    return _collect((theta * m, w) for m, w in law.items())


def join(one: Law, other: Law) -> Law:
    """Two subtrees at one root: (m1 + m2) / (1 + m1 m2) with probability (1 + m1 m2) / 2, else |m1 - m2| / (1 - m1 m2).

    >>> join({Fraction(1, 2): Fraction(1)}, {Fraction(1, 2): Fraction(1)})
    {Fraction(4, 5): Fraction(5, 8), Fraction(0, 1): Fraction(3, 8)}
    """
    outcomes = []
    for x, p in one.items():
        for y, q in other.items():
            outcomes.append(((x + y) / (1 + x * y), p * q * (1 + x * y) / 2))
            if x * y != 1:
                outcomes.append((abs(x - y) / (1 - x * y), p * q * (1 - x * y) / 2))
    return _collect(outcomes)


def root(arity: int, theta: Fraction, depth: int, leaf: Fraction = Fraction(1)) -> Law:
    """The law at the root of the complete tree, leaves of magnetisation `leaf`: the definition, for small depths."""
    law = {leaf: Fraction(1)}
    for _ in range(depth):
        child = edge(law, theta)
        law = child
        for _ in range(arity - 1):
            law = join(law, child)
    return law


def merge(law: Law, ends: Sequence[Fraction]) -> Law:
    """Each atom goes to the mean of those in its interval between two of the `ends`, which ascend from 0 to 1."""
    groups: dict[int, list[tuple[Fraction, Fraction]]] = {}
    for m, w in law.items():
        groups.setdefault(bisect_right(ends, m), []).append((m, w))
    return _collect(
        (sum(m * w for m, w in group) / total, total)
        for group in groups.values()
        for total in [sum((w for _, w in group), Fraction(0))]
        if total
    )


def split(law: Law, points: Sequence[Fraction]) -> Law:
    """Each atom goes to its two neighbours among the `points`, which ascend from 0 to 1, keeping its mean."""
    pieces = []
    for m, w in law.items():
        k = min(bisect_right(points, m), len(points) - 1)
        low, high = points[k - 1], points[k]
        share = (m - low) / (high - low)
        pieces += [(low, w * (1 - share)), (high, w * share)]
    return _collect(pieces)


def excess(law: Law, c: Fraction) -> Fraction:
    """E (m - c)+."""
    return sum(((m - c) * w for m, w in law.items() if m > c), Fraction(0))


def is_degraded(one: Law, other: Law) -> bool:
    """Whether E_one(m - c)+ <= E_other(m - c)+ for all c: both sides are lines between atoms, and equal beyond 1.

    >>> half, sure = Fraction(1, 2), Fraction(1)
    >>> is_degraded({half: sure}, {0 * half: half, sure: half}), is_degraded({sure: sure}, {half: sure})
    (True, False)
    """
    return all(excess(one, c) <= excess(other, c) for c in {Fraction(0), *one, *other})


def _collect(pieces: Iterable[tuple[Fraction, Fraction]]) -> Law:
    law: Law = {}
    for m, w in pieces:
        if w:
            law[m] = law.get(m, Fraction(0)) + w
    return law
