"""Graphs for the graph chains, as edges (u, v) with u < v: what separates a cycle from an expander.

The pairing model is from Bollobás, European J. Combin. 1 (1980): given that the paired half-edges make a graph without
loops and double edges, that graph is uniform over all labelled 4-regular graphs.
"""

from __future__ import annotations

import numpy as np

from retrodict.maps.permutations import words

__all__ = ["Edges", "cycle", "matching", "moebius_ladder", "random_regular"]

Edges = list[tuple[int, int]]

DEGREE = 4


def matching(k: int) -> Edges:
    """k disjoint edges on 2k vertices.

    >>> matching(2)
    [(0, 2), (1, 3)]
    """
    return [(i, k + i) for i in range(k)]


def cycle(n_vertices: int) -> Edges:
    """0 - 1 - ... - 0, at least three vertices.

    >>> cycle(4)
    [(0, 1), (1, 2), (2, 3), (0, 3)]
    """
    if n_vertices < 3:
        raise ValueError(f"n_vertices = {n_vertices}: a cycle has at least 3")
    return [(min(i, (i + 1) % n_vertices), max(i, (i + 1) % n_vertices)) for i in range(n_vertices)]


def moebius_ladder(n_vertices: int) -> Edges:
    """A cycle of even length with every two opposite vertices joined: cubic, and as narrow as a cycle.

    >>> moebius_ladder(4)
    [(0, 1), (1, 2), (2, 3), (0, 3), (0, 2), (1, 3)]
    """
    if n_vertices < 4 or n_vertices % 2:
        raise ValueError(f"n_vertices = {n_vertices}: a Möbius ladder has an even number, at least 4")
    return [*cycle(n_vertices), *matching(n_vertices // 2)]


def random_regular(n_vertices: int, seed: int) -> Edges:
    """A uniformly random 4-regular graph, its edges in ascending order; an expander with high probability.

    Half-edge h belongs to vertex h // 4. An attempt takes all of them in random order (`retrodict.maps.permutations`
    has the recipe) and joins the 1st to the 2nd, the 3rd to the 4th, ...; the first attempt without loops and double
    edges counts. About one in 40 succeeds for many vertices, one in 110 for six.

    >>> random_regular(5, 0) == [(u, v) for u in range(5) for v in range(u + 1, 5)]  # the only one on five vertices
    True
    """
    if n_vertices <= DEGREE:
        raise ValueError(f"n_vertices = {n_vertices}: a {DEGREE}-regular graph has at least {DEGREE + 1}")
    attempt = 0
    while len(edges := _paired(n_vertices, seed, attempt)) < DEGREE * n_vertices // 2:
        attempt += 1
    return edges


def _paired(n_vertices: int, seed: int, attempt: int) -> Edges:
    """What an attempt joins, without loops and repetitions."""
    order = np.argsort(words(seed, 4096 + attempt, DEGREE * n_vertices), kind="stable") // DEGREE
    return sorted({(min(u, v), max(u, v)) for u, v in order.reshape(-1, 2).tolist() if u != v})
