"""Quantisers of messages about a sign: the best ones, and recursions that combine messages by a table, in any ring.

A message tells the sign with a magnetisation; its law is a dict of places m = |X| in [0, 1] and masses, as in
`exact.density_evolution`. A quantiser with `cells` cells keeps 2 cells + 1 messages: one that tells nothing, and for
each cell its two signs. It is optimal if no odd map to so many messages keeps a larger E X^2. As for every convex
measure of information, optimal cells are intervals (Kurkoski and Yagi, IEEE Trans. Inf. Theory 60, 2014; recalled):
a dynamic programme over the sorted places finds them.

A table of an odd map has rows and columns for the children's messages -L, ..., L and entries in the same range. A law
of messages given the root +1 is a list p, p[k + L] for the message k; given -1 it is reversed.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from retrodict.exact.clipped_sums import edge

__all__ = ["clipped_table", "combine", "growth", "magnetisations", "messages", "optimal", "step"]

Table = Sequence[Sequence[int]]


def optimal(law: Mapping[Any, Any], cells: int) -> dict[Any, Any]:
    """The law after an optimal quantiser: the lowest places fall to 0, each cell above goes to its mean.

    >>> from fractions import Fraction
    >>> third = Fraction(1, 3)
    >>> optimal({Fraction(1, 10): third, Fraction(4, 5): third, Fraction(1): third}, 1)
    {Fraction(0, 1): Fraction(1, 3), Fraction(9, 10): Fraction(2, 3)}
    """
    atoms = sorted(law.items())
    mass, moment = [0 * atoms[0][1]], [0 * atoms[0][0]]
    for m, w in atoms:
        mass.append(mass[-1] + w)
        moment.append(moment[-1] + m * w)

    def cell(i: int, j: int) -> tuple[Any, Any]:
        """Place and mass of atoms i, ..., j - 1 together."""
        w = mass[j] - mass[i]
        return (moment[j] - moment[i]) / w, w

    # best[j]: the largest E X^2 of the atoms before j in so many cells, and where these begin
    best: list[tuple[Any, tuple[int, ...]]] = [(moment[0], ())] * (len(atoms) + 1)
    for _ in range(cells):
        best = [
            max([best[j]] + [(best[i][0] + m * m * w, (*best[i][1], i)) for i in range(j) for m, w in [cell(i, j)]])
            for j in range(len(atoms) + 1)
        ]
    begins = best[-1][1]
    found = {moment[0]: mass[begins[0]]} if begins and begins[0] else {}
    for i, j in zip(begins, (*begins[1:], len(atoms)), strict=True):
        m, w = cell(i, j)
        found[m] = found.get(m, 0 * w) + w
    return found if begins else {moment[0]: mass[-1]}


def messages(law: Sequence[tuple[Any, Any]]) -> list[Any]:
    """p of the places and masses of the messages 1, ..., L; what is missing from 1 is the message 0.

    >>> from fractions import Fraction
    >>> messages([(Fraction(1, 2), Fraction(2, 3))])
    [Fraction(1, 6), Fraction(1, 3), Fraction(1, 2)]
    """
    for_it = [w * (1 + m) / 2 for m, w in law]
    against = [w * (1 - m) / 2 for m, w in law]
    return [*against[::-1], 1 - sum(w for _, w in law), *for_it]


def magnetisations(p: Sequence[Any]) -> dict[Any, Any]:
    """What the messages tell: the law of |X|.

    >>> from fractions import Fraction
    >>> magnetisations([Fraction(1, 6), Fraction(1, 3), Fraction(1, 2)])
    {Fraction(0, 1): Fraction(1, 3), Fraction(1, 2): Fraction(2, 3)}
    """
    size = len(p) // 2
    law = {0 * p[size]: p[size]}
    for k in range(1, size + 1):
        w = p[size + k] + p[size - k]
        if w:
            m = abs(p[size + k] - p[size - k]) / w
            law[m] = law.get(m, 0 * w) + w
    return law


def clipped_table(size: int) -> list[list[int]]:
    """Of the sum clipped to -L, ..., L.

    >>> clipped_table(1)
    [[-1, -1, 0], [-1, 0, 1], [0, 1, 1]]
    """
    span = range(-size, size + 1)
    return [[max(-size, min(size, i + j)) for j in span] for i in span]


def combine(p: Sequence[Any], r: Sequence[Any], table: Table) -> list[Any]:
    """The law of the table's entry for two independent messages; also for p or r a difference of two laws."""
    size = len(p) // 2
    found: list[Any] = [0 * p[0]] * len(p)
    for x, row in zip(p, table, strict=True):
        for y, entry in zip(r, row, strict=True):
            found[size + entry] += x * y
    return found


def step(p: Sequence[Any], theta: Any, table: Table) -> list[Any]:
    """The law one level higher on the binary tree.

    >>> from fractions import Fraction
    >>> step([0, 0, Fraction(1)], Fraction(1, 2), clipped_table(1))
    [Fraction(1, 16), Fraction(3, 8), Fraction(9, 16)]
    """
    child = edge(p, theta)
    return combine(child, child, table)


def growth(p: Sequence[Any], table: Table) -> list[list[Any]]:
    """By what a small bias grows in a step without noise, about a symmetric law p: see `exact.clipped_sums.growth`."""
    size = len(p) // 2
    columns = []
    for j in range(1, size + 1):
        delta = [0 * p[0]] * len(p)
        delta[size + j], delta[size - j] = 1 + 0 * p[0], -1 + 0 * p[0]
        columns.append([2 * x for x in combine(p, delta, table)[size + 1 :]])
    return [list(row) for row in zip(*columns, strict=True)]
