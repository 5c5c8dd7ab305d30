"""Nodes of the smallest ordered binary decision diagram of a function."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from numpy.typing import ArrayLike

from retrodict import _core
from retrodict.circuits.arguments import integers

__all__ = ["Obdd", "obdd_size", "obdd_size_of_order"]


@dataclass(frozen=True)
class Obdd:
    """A least ordered binary decision diagram: its number of internal nodes, and its order, the root's input first.

    Of several orders that have this size it is the first, compared as tuples.
    """

    nodes: int
    order: tuple[int, ...]


def obdd_size(table: ArrayLike, *, threads: int | None = None) -> Obdd:
    """The least number of nodes of an ordered binary decision diagram of a 0/1 output, over all orders of its inputs.

    Internal nodes of the reduced diagram, without complement edges; terminals are not counted. Exact: the dynamic
    programme of Friedman and Supowit (IEEE Trans. Computers 39, 1990), in time and memory of order 3**n.

    Parameters
    ----------
    table : integers or bool, shape (2**n,)
        Zeros and ones, n at most 16.
    threads : int, optional
        None: as many as the process may use. The result does not depend on it.

    Raises
    ------
    ValueError
        A length that is no power of two, an entry that is not 0 or 1, more than 16 inputs.

    Examples
    --------
    The multiplexer reads its address (inputs 0 and 1) first:

    >>> multiplexer = [x >> (2 + x % 4) & 1 for x in range(64)]
    >>> obdd_size(multiplexer)
    Obdd(nodes=7, order=(0, 1, 2, 3, 4, 5))
    """
    nodes, order = _core.circuits_obdd_size(integers("table", table), threads)
    return Obdd(nodes, order)


def obdd_size_of_order(table: ArrayLike, order: Sequence[int]) -> int:
    """The number of nodes of the ordered binary decision diagram with this order of the inputs, the root's first.

    >>> obdd_size_of_order([x >> (2 + x % 4) & 1 for x in range(64)], [5, 4, 3, 2, 1, 0])
    29
    """
    return _core.circuits_obdd_size_of_order(integers("table", table), integers("order", order))
