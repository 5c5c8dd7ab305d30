"""Quadratic forms of graphs over GF(2): cut-ranks, linear rank-width, and least decision diagrams without a table.

A graph with vertices 0, ..., n - 1 has the form q(x) = sum over its edges {u, v} of x_u x_v (mod 2). When the variables
of a set P are fixed in all ways, between 2**r and 2**(r + 1) subfunctions are left, where r, the *cut-rank* of P, is
the rank over GF(2) of the adjacency matrix's rows in P and columns outside. The *linear rank-width* w is the least over
all orders of the largest cut-rank of a prefix. If there is an edge, a diagram of q has at least 2**w nodes, whatever
its order: with N >= 2**w subfunctions after a prefix, the nodes above it branch to N different places, so they are at
least N - 1, and those below it are at least N - 2, one for each subfunction that is not constant. These are 2 N - 3,
at least 2**w for w >= 2; and q depends on two variables at least.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from retrodict import _core
from retrodict.bounds import Bounds
from retrodict.circuits.arguments import integers
from retrodict.circuits.obdd import Obdd

__all__ = [
    "LinearLayout",
    "cut_rank",
    "linear_rank_width",
    "quadratic_form_bounds",
    "quadratic_form_obdd",
    "quadratic_form_obdd_of_order",
]


@dataclass(frozen=True)
class LinearLayout:
    """An order of the vertices and its width, the largest cut-rank of a prefix."""

    width: int
    order: tuple[int, ...]


def cut_rank(adjacency: ArrayLike, subset: Sequence[int]) -> int:
    """The rank over GF(2) of the adjacency matrix's rows in `subset` and columns outside.

    Parameters
    ----------
    adjacency : integers or bool, shape (n, n)
        Zeros and ones, symmetric, zeros on the diagonal; n at most 64.
    subset : sequence of int
        Different vertices.

    Raises
    ------
    ValueError
        Naming the entry that is wrong and the rule that it breaks.

    Examples
    --------
    Every other vertex of a cycle of six, then an arc of it:

    >>> cycle = [[(u - v) % 6 in (1, 5) for u in range(6)] for v in range(6)]
    >>> cut_rank(cycle, [0, 2, 4]), cut_rank(cycle, [0, 1, 2])
    (2, 2)
    """
    return _core.circuits_cut_rank(_matrix(adjacency), integers("subset", subset))


def linear_rank_width(adjacency: ArrayLike, *, threads: int | None = None) -> LinearLayout:
    """The least over all orders of the vertices of the largest cut-rank of a prefix, and the first order that has it.

    Exact: dynamic programming over the sets of vertices that come last, in time 2**n times the cost of a rank, with
    2**n bytes.

    Parameters
    ----------
    adjacency : integers or bool, shape (n, n)
        See `cut_rank`; n at most 26.
    threads : int, optional
        None: as many as the process may use. The result does not depend on it.

    Raises
    ------
    ValueError
        As `cut_rank`, and for more than 26 vertices.

    Examples
    --------
    >>> linear_rank_width([[(u - v) % 6 in (1, 5) for u in range(6)] for v in range(6)])
    LinearLayout(width=2, order=(0, 1, 2, 3, 4, 5))
    """
    return LinearLayout(*_core.circuits_linear_rank_width(_matrix(adjacency), threads))


def quadratic_form_obdd(adjacency: ArrayLike, *, threads: int | None = None) -> Obdd:
    """The least decision diagram of q over all orders of the variables: `obdd_size` of its truth table, faster.

    The dynamic programme of Friedman and Supowit, with the nodes of each level counted by linear algebra over GF(2)
    (derived in cpp/circuits/graph_form.cpp): time 2**n times a power of n, with 5 * 2**n bytes.

    Parameters
    ----------
    adjacency : integers or bool, shape (n, n)
        See `cut_rank`; n at most 26.
    threads : int, optional
        None: as many as the process may use. The result does not depend on it.

    Returns
    -------
    Obdd
        Of several orders that have the least size the first, compared as tuples.

    Raises
    ------
    ValueError
        As `cut_rank`, and for more than 26 vertices.

    Examples
    --------
    >>> quadratic_form_obdd([[(u - v) % 8 in (1, 7) for u in range(8)] for v in range(8)]).nodes
    31
    """
    return Obdd(*_core.circuits_quadratic_form_obdd(_matrix(adjacency), threads))


def quadratic_form_obdd_of_order(adjacency: ArrayLike, order: Sequence[int]) -> int:
    """The number of nodes of the decision diagram of q with this order of the variables, the root's first.

    By linear algebra, as `quadratic_form_obdd`; at most 64 vertices.

    >>> quadratic_form_obdd_of_order([[0, 1], [1, 0]], [1, 0])
    2
    """
    return _core.circuits_quadratic_form_obdd_of_order(_matrix(adjacency), integers("order", order))


def quadratic_form_bounds(adjacency: ArrayLike, *, exact_vertices: int = 20, threads: int | None = None) -> Bounds:
    """What is known of the least decision diagram of q, over all orders, for up to 64 vertices.

    Upper bound: sifting, with its order as the witness. Lower bound: x_v = 0 deletes the vertex v, and a diagram of q
    becomes one of the remaining graph's form, without the nodes of x_v, of which there was one if v had a neighbour. So
    the exact minimum of a part of the graph and one node for each of those vertices bound all diagrams of q from below.
    The vertices are deleted one by one, each time so that the diagram of the sifted order stays as large as possible.

    Parameters
    ----------
    adjacency : integers or bool, shape (n, n)
        See `cut_rank`; n at most 64.
    exact_vertices : int
        How many vertices are left to the exact minimum, at most 26. With n or more of them the bounds meet.
    threads : int, optional
        None: as many as the process may use. The result does not depend on it.

    Returns
    -------
    Bounds
        The witness is an `Obdd`, and `quadratic_form_obdd_of_order` recounts its nodes. The proof says which vertices
        were left.

    Raises
    ------
    ValueError
        As `cut_rank`, and for `exact_vertices` outside 0 ... 26.

    Examples
    --------
    >>> cycle = [[(u - v) % 40 in (1, 39) for u in range(40)] for v in range(40)]
    >>> str(quadratic_form_bounds(cycle, exact_vertices=8))
    '54..287'
    """
    if not 0 <= exact_vertices <= 26:
        raise ValueError(f"exact_vertices = {exact_vertices}: the exact minimum takes 0 ... 26")
    matrix = _matrix(adjacency)
    if len(matrix) <= exact_vertices:
        best = quadratic_form_obdd(matrix, threads=threads)
        return Bounds(best.nodes, best.nodes, witness=best, proof="minimum over all orders (Friedman and Supowit)")
    found = Obdd(*_core.circuits_quadratic_form_sift(matrix))
    left, nodes = list(found.order), 0
    while len(left) > exact_vertices:
        parts = [[u for u in left if u != v] for v in left]
        sizes = [quadratic_form_obdd_of_order(matrix[np.ix_(part, part)], range(len(part))) for part in parts]
        largest = int(np.argmax(sizes))
        nodes += bool(matrix[left[largest], left].any())
        left = parts[largest]
    least = quadratic_form_obdd(matrix[np.ix_(left, left)], threads=threads).nodes
    proof = (
        f"the minimum over all orders of the part on the vertices {sorted(left)} is {least} (Friedman and Supowit); "
        f"{nodes} nodes more for the others"
    )
    return Bounds(least + nodes, found.nodes, witness=found, proof=proof)


def _matrix(adjacency: ArrayLike) -> NDArray[np.int64]:
    array = np.asarray(adjacency)
    if array.size and not (np.issubdtype(array.dtype, np.integer) or array.dtype == np.bool_):
        raise TypeError(f"adjacency has dtype {array.dtype}: it must hold integers")
    return np.ascontiguousarray(array, dtype=np.int64)
