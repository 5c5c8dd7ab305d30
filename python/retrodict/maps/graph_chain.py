"""Graph chains: permutations that look at four bits an output, with a quadratic form of a whole graph in the inverse.

For a graph with vertices V and edges e = 0, ..., m - 1, e = {u, v},

    (x, s) -> (x, t),    t_e = s_e + s_{e+1} + x_u x_v (mod 2),    s_m = 0,

so that s_e = sum over e' >= e of (t_{e'} + x_u x_v), and the first bit of s, at t = 0, is the form

    q(x) = sum over edges {u, v} of x_u x_v (mod 2).

For disjoint edges q is the inner product. For an expander every decision diagram of q is large, whatever its order; for
a cycle some are small.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from retrodict.maps.boolean_map import MAX_INPUTS, BooleanMap, every_input
from retrodict.maps.regular_graphs import cycle, matching, moebius_ladder, random_regular

__all__ = ["cycle_chain", "graph_chain", "inner_product", "moebius_chain", "quadratic_form", "regular_chain"]


def _products(
    name: str, x: NDArray[np.uint64], n_vertices: int, edges: Sequence[tuple[int, int]]
) -> list[NDArray[np.uint64]]:
    """x_u x_v for every edge."""
    for e, (u, v) in enumerate(edges):
        if not 0 <= u < n_vertices or not 0 <= v < n_vertices or u == v:
            raise ValueError(f"{name}: edges[{e}] = {(u, v)}: must join two of the vertices 0 ... {n_vertices - 1}")
    return [x >> np.uint64(u) & x >> np.uint64(v) & np.uint64(1) for u, v in edges]


def graph_chain(name: str, n_vertices: int, edges: Sequence[tuple[int, int]]) -> BooleanMap:
    """The permutation (x, s) -> (x, t): bits 0 ... n_vertices - 1 are x, then one bit for each edge.

    Parameters
    ----------
    name : str
        What the map is called.
    n_vertices : int
    edges : sequence of pairs (u, v)
        In the order of the chain; n_vertices + len(edges) is at most 16.

    Raises
    ------
    ValueError
        An edge that does not join two vertices, or too many bits.

    >>> graph_chain("edge", 2, [(0, 1)]).table  # s is flipped where both vertices are 1
    array([0, 1, 2, 7, 4, 5, 6, 3], dtype=uint64)
    """
    n = n_vertices + len(edges)
    table = every_input(name, n)
    s = table >> np.uint64(n_vertices)
    table = table ^ (s >> np.uint64(1) << np.uint64(n_vertices))
    for e, product in enumerate(_products(name, table, n_vertices, edges)):
        table = table ^ product << np.uint64(n_vertices + e)
    return BooleanMap(name, n, n, table)


def quadratic_form(name: str, n_vertices: int, edges: Sequence[tuple[int, int]]) -> BooleanMap:
    """q(x) = sum over edges of x_u x_v (mod 2), one output bit: bit 0 of s in the inverse of the chain, at t = 0.

    It has no s, so that graphs of up to 16 vertices are within reach.

    >>> quadratic_form("edge", 2, [(0, 1)]).table
    array([0, 0, 0, 1], dtype=uint64)
    """
    q = np.zeros_like(x := every_input(name, n_vertices))
    for product in _products(name, x, n_vertices, edges):
        q ^= product
    return BooleanMap(name, n_vertices, 1, q)


def _vertices(name: str, n: int, bits: int, vertices: int, least: int) -> int:
    """The number of vertices of a chain of n bits, which has `bits` bits for every `vertices` vertices."""
    if n % bits or not least <= n <= MAX_INPUTS:
        raise ValueError(
            f"{name}: n must be a multiple of {bits} in {least} ... {MAX_INPUTS}: {vertices} of every {bits} bits are "
            "vertices, and a map is kept as its table"
        )
    return n // bits * vertices


def inner_product(n: int) -> BooleanMap:
    """The chain of k disjoint edges, n = 3k bits in all: (x, y, s) -> (x, y, t), t_i = s_i + s_{i+1} + x_i y_i.

    Bits 0 ... k - 1 are x, k ... 2k - 1 are y, 2k ... 3k - 1 are s. Four inputs an output at most; the first bit of s
    in the inverse is the inner product of x and y, at t = 0.

    Raises
    ------
    ValueError
        For an n that is not a multiple of 3.

    >>> inner_product(3).table  # k = 1: t = s + x y
    array([0, 1, 2, 7, 4, 5, 6, 3], dtype=uint64)
    """
    name = f"inner-product:n={n}"
    return graph_chain(name, _vertices(name, n, 3, 2, 3), matching(n // 3))


def cycle_chain(n: int) -> BooleanMap:
    """The chain of a cycle, n bits in all: n/2 vertices and as many edges. A control: diagrams of q are small.

    >>> cycle_chain(6).collision()
    """
    name = f"cycle-chain:n={n}"
    vertices = _vertices(name, n, 2, 1, 6)
    return graph_chain(name, vertices, cycle(vertices))


def moebius_chain(n: int) -> BooleanMap:
    """The chain of a Möbius ladder, n bits in all: 2n/5 vertices, 3n/5 edges.

    >>> moebius_chain(10).collision()
    """
    name = f"moebius-chain:n={n}"
    vertices = _vertices(name, n, 5, 2, 10)
    return graph_chain(name, vertices, moebius_ladder(vertices))


def regular_chain(n: int, seed: int) -> BooleanMap:
    """The chain of a random 4-regular graph, n bits in all: n/3 vertices, 2n/3 edges.

    Within 16 bits there is only the complete graph on five vertices; `quadratic_form` goes to sixteen vertices.

    >>> regular_chain(15, seed=0).collision()
    """
    name = f"regular-chain:n={n},seed={seed}"
    vertices = _vertices(name, n, 3, 1, 15)
    return graph_chain(name, vertices, random_regular(vertices, seed))
