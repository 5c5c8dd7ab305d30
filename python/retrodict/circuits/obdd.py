"""Nodes of the smallest ordered binary decision diagram of a function: internal nodes, without complement edges."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from numpy.typing import ArrayLike

from retrodict import _core
from retrodict.circuits.arguments import integers

__all__ = ["Obdd", "obdd_sift", "obdd_size", "obdd_size_of_order"]


@dataclass(frozen=True)
class Obdd:
    """An ordered binary decision diagram: its number of internal nodes, and its order, the root's input first."""

    nodes: int
    order: tuple[int, ...]


def obdd_size(
    table: ArrayLike, *, threads: int | None = None, progress: Callable[[float], object] | None = None
) -> Obdd:
    """The least number of nodes of an ordered binary decision diagram of a 0/1 output, over all orders of its inputs.

    Internal nodes of the reduced diagram, without complement edges; terminals are not counted. Exact: the dynamic
    programme of Friedman and Supowit (IEEE Trans. Computers 39, 1990) over all sets of inputs but those that no order
    as good as the sifted one has below (the proof is in cpp/circuits/bdd_order.cpp). Time and memory are at most of
    order 3**n: seconds and up to 2.6 GB for 20 inputs, where no set can be left out.

    Parameters
    ----------
    table : integers or bool, shape (2**n,)
        Zeros and ones, n at most 20.
    threads : int, optional
        None: as many as the process may use. The result does not depend on it.
    progress : callable, optional
        Told n times how far the work is, in (0, 1]; an exception that it raises ends the work.

    Returns
    -------
    Obdd
        Of several orders that have the least size the first, compared as tuples.

    Raises
    ------
    ValueError
        A length that is no power of two, an entry that is not 0 or 1, more than 20 inputs (see `obdd_bounds`).

    Examples
    --------
    The multiplexer reads its address (inputs 0 and 1) first:

    >>> multiplexer = [x >> (2 + x % 4) & 1 for x in range(64)]
    >>> obdd_size(multiplexer)
    Obdd(nodes=7, order=(0, 1, 2, 3, 4, 5))
    """
    return Obdd(*_core.circuits_obdd_size(integers("table", table), threads, progress))


def obdd_size_of_order(table: ArrayLike, order: Sequence[int]) -> int:
    """The number of nodes of the ordered binary decision diagram with this order of the inputs, the root's first.

    >>> obdd_size_of_order([x >> (2 + x % 4) & 1 for x in range(64)], [5, 4, 3, 2, 1, 0])
    29
    """
    return _core.circuits_obdd_size_of_order(integers("table", table), integers("order", order))


def obdd_sift(table: ArrayLike) -> Obdd:
    """A diagram that moving any one input to another place of the order does not make smaller: an upper bound.

    Sifting (Rudell, ICCAD 1993) from the order 0, 1, ..., n - 1, repeated until a pass gains nothing. Time n 2**n a
    pass; n at most 24.

    >>> obdd_sift([x >> (2 + x % 4) & 1 for x in range(64)]).nodes
    7
    """
    return Obdd(*_core.circuits_obdd_sift(integers("table", table)))
