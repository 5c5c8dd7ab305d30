"""Bounds of the least decision diagram where the minimum over all orders is out of reach."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from retrodict.bounds import Bounds
from retrodict.circuits.arguments import integers
from retrodict.circuits.obdd import Obdd, obdd_sift, obdd_size, obdd_size_of_order

__all__ = ["obdd_bounds"]


def obdd_bounds(table: ArrayLike, *, exact_inputs: int = 16, threads: int | None = None) -> Bounds:
    """What is known of the least number of nodes of a decision diagram, over all orders of the inputs.

    Upper bound: sifting, with its order as the witness. Lower bound: the exact minimum of a restriction. Fix some
    inputs; in a diagram of f, redirect every edge into a node of a fixed input to the child that its value selects.
    What results is a diagram of the restriction with the order of the other inputs. So, under every order, f has at
    least the nodes of the restriction and one for each fixed input on which f, with those fixed before it, depends. The
    inputs are fixed one by one, each time so that the diagram of the sifted order stays as large as possible.

    Parameters
    ----------
    table : integers or bool, shape (2**n,)
        Zeros and ones, n at most 24.
    exact_inputs : int
        How many inputs are left to the exact minimum, at most 20: see `obdd_size` for what that costs. With n or more
        of them the bounds meet.
    threads : int, optional
        None: as many as the process may use. The result does not depend on it.

    Returns
    -------
    Bounds
        The witness is an `Obdd`; `obdd_size_of_order` recounts its nodes. The proof says which inputs were fixed.

    Raises
    ------
    ValueError
        As `obdd_size`, for more than 24 inputs, and for `exact_inputs` outside 0 ... 20.

    Examples
    --------
    >>> multiplexer = [x >> (2 + x % 4) & 1 for x in range(64)]
    >>> str(obdd_bounds(multiplexer)), str(obdd_bounds(multiplexer, exact_inputs=4))
    ('7', '6..7')
    """
    if not 0 <= exact_inputs <= 20:
        raise ValueError(f"exact_inputs = {exact_inputs}: the exact minimum takes 0 ... 20")
    values = integers("table", table)
    if values.size <= 1 << exact_inputs:
        best = obdd_size(values, threads=threads)
        return Bounds(best.nodes, best.nodes, witness=best, proof="minimum over all orders (Friedman and Supowit)")
    found = obdd_sift(values)
    fixed, nodes, rest = _restrict(values, found, exact_inputs)
    least = obdd_size(rest, threads=threads).nodes
    proof = (
        f"with {', '.join(f'x_{i} = {value}' for i, value in fixed.items())} the minimum over all orders is {least} "
        f"(Friedman and Supowit); {nodes} nodes more for these inputs"
    )
    return Bounds(least + nodes, found.nodes, witness=found, proof=proof)


def _restrict(
    values: NDArray[np.int64], found: Obdd, exact_inputs: int
) -> tuple[dict[int, int], int, NDArray[np.int64]]:
    """The inputs that are fixed, on how many of them there is a node at least, and the restriction."""
    names = list(range(len(found.order)))
    fixed: dict[int, int] = {}
    nodes = 0
    while len(names) > exact_inputs:
        best = (-1, 0, 0)
        for place, name in enumerate(names):
            order = [names.index(i) - (names.index(i) > place) for i in found.order if i in names and i != name]
            for value, part in enumerate(_halves(values, place)):
                best = max(best, (obdd_size_of_order(part, order), place, value))
        _, place, value = best
        low, high = _halves(values, place)
        nodes += not np.array_equal(low, high)
        fixed[names.pop(place)] = value
        values = high if value else low
    return fixed, nodes, values


def _halves(values: NDArray[np.int64], place: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The restrictions to 0 and to 1 of an input."""
    pairs = values.reshape(-1, 2, 1 << place)
    return pairs[:, 0].ravel(), pairs[:, 1].ravel()
