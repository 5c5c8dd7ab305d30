"""A generative map with finitely many causes: n bits in, m bits out, known by its table.

Bit i of an integer is x_i on the way in and y_i on the way out, everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["MAX_INPUTS", "MAX_OUTPUTS", "BooleanMap", "every_input"]

# Every measure enumerates the table, and the exact orders of decision diagrams cost 3^n.
MAX_INPUTS = 16
MAX_OUTPUTS = 64


def every_input(name: str, n_inputs: int) -> NDArray[np.uint64]:
    """0, 1, ..., 2^n_inputs - 1: what a formula is tabulated on. Refused before anything is allocated if too many.

    >>> every_input("f", 2)
    array([0, 1, 2, 3], dtype=uint64)
    >>> every_input("f", 40)
    Traceback (most recent call last):
    ValueError: f: n_inputs = 40: must lie in 1 ... 16, since a map is kept as its table
    """
    if not 1 <= n_inputs <= MAX_INPUTS:
        raise ValueError(
            f"{name}: n_inputs = {n_inputs}: must lie in 1 ... {MAX_INPUTS}, since a map is kept as its table"
        )
    return np.arange(1 << n_inputs, dtype=np.uint64)


@dataclass(frozen=True, eq=False)
class BooleanMap:
    """A map {0,1}^n_inputs -> {0,1}^n_outputs, checked once.

    Parameters
    ----------
    name : str
        What the rows of a comparison call it.
    n_inputs, n_outputs : int
        At most 16 and 64.
    table : integers, shape (2^n_inputs,)
        `table[x]` is the image of x, in 0 ... 2^n_outputs - 1. Kept as a read-only uint64 array.

    Raises
    ------
    ValueError, TypeError
        Naming the index, the value and the rule that it breaks.

    Examples
    --------
    >>> swap = BooleanMap("swap", 2, 2, [0, 2, 1, 3])
    >>> swap.output(0), swap.inverse().table
    (array([0, 0, 1, 1], dtype=uint8), array([0, 2, 1, 3], dtype=uint64))
    """

    name: str
    n_inputs: int
    n_outputs: int
    table: NDArray[np.uint64]

    def __init__(self, name: str, n_inputs: int, n_outputs: int, table: ArrayLike) -> None:
        for what, value, most in (("n_inputs", n_inputs, MAX_INPUTS), ("n_outputs", n_outputs, MAX_OUTPUTS)):
            if not 1 <= value <= most:
                raise ValueError(f"{name}: {what} = {value}: must lie in 1 ... {most}")
        entries = np.asarray(table)
        if entries.shape != (1 << n_inputs,):
            raise ValueError(f"{name}: table has shape {entries.shape}: {n_inputs} inputs need {1 << n_inputs} entries")
        if entries.dtype.kind not in "iu":
            raise TypeError(f"{name}: table has dtype {entries.dtype}: entries must be integers")
        wrong = entries < 0
        if n_outputs < MAX_OUTPUTS:
            wrong |= entries >= 1 << n_outputs
        if wrong.any():
            x = int(wrong.argmax())
            raise ValueError(f"{name}: table[{x}] = {entries[x]}: must lie in 0 ... 2^{n_outputs} - 1")
        entries = entries.astype(np.uint64)
        entries.setflags(write=False)
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "n_inputs", n_inputs)
        object.__setattr__(self, "n_outputs", n_outputs)
        object.__setattr__(self, "table", entries)

    def output(self, i: int) -> NDArray[np.uint8]:
        """The truth table of output bit i: uint8 of 0 and 1, shape (2^n_inputs,)."""
        if not 0 <= i < self.n_outputs:
            raise ValueError(f"i = {i}: {self.name} has output bits 0 ... {self.n_outputs - 1}")
        return (self.table >> np.uint64(i) & np.uint64(1)).astype(np.uint8)

    def collision(self) -> tuple[int, int] | None:
        """Two inputs x < x' with the same image, the least such x', or None where the map is injective.

        >>> BooleanMap("and", 2, 1, [0, 0, 0, 1]).collision()
        (0, 1)
        """
        _, first, group = np.unique(self.table, return_index=True, return_inverse=True)
        repeats = np.flatnonzero(first[group] != np.arange(self.table.size))
        return (int(first[group[repeats[0]]]), int(repeats[0])) if repeats.size else None

    def preimage_counts(self) -> list[int]:
        """How many outputs have k preimages, for k = 0, 1, ..., as many as the largest: their sum is 2^n_outputs.

        >>> BooleanMap("and", 2, 1, [0, 0, 0, 1]).preimage_counts()  # one has one, one has three
        [0, 1, 0, 1]
        """
        sizes = np.unique(self.table, return_counts=True)[1]
        return [(1 << self.n_outputs) - sizes.size, *np.bincount(sizes)[1:].tolist()]

    def inverse(self) -> BooleanMap:
        """The encoder of a bijection.

        Raises
        ------
        ValueError
            Naming two inputs that collide, or the numbers of bits if they differ: then no total inverse exists.

        >>> BooleanMap("constant", 1, 1, [0, 0]).inverse()
        Traceback (most recent call last):
        ValueError: constant: inputs 0 and 1 share the image 0, so there is no inverse
        """
        pair = self.collision()
        if pair is not None:
            image = self.table[pair[0]]
            raise ValueError(
                f"{self.name}: inputs {pair[0]} and {pair[1]} share the image {image}, so there is no inverse"
            )
        if self.n_inputs != self.n_outputs:
            raise ValueError(f"{self.name}: {self.n_inputs} bits to {self.n_outputs}: the inverse is only partial")
        preimage = np.empty(self.table.size, dtype=np.uint64)
        preimage[self.table] = np.arange(self.table.size, dtype=np.uint64)
        return BooleanMap(f"{self.name}^-1", self.n_outputs, self.n_inputs, preimage)
