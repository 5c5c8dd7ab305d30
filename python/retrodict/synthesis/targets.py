"""What a circuit of several outputs must compute: each function once, and none that needs no gate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, permutations
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Map", "Targets", "input_tables", "outputs_of", "symmetries", "targets"]

SYMMETRIES_UP_TO = 6  # inputs: 720 permutations are tried


@runtime_checkable
class Map(Protocol):
    """A map of bits to bits, such as `retrodict.maps.BooleanMap`: `table[x]` has output i as its bit i."""

    @property
    def n_inputs(self) -> int: ...
    @property
    def n_outputs(self) -> int: ...
    @property
    def table(self) -> NDArray[np.uint64]: ...


@dataclass(frozen=True)
class Targets:
    """The functions that need gates, on the inputs that matter.

    Attributes
    ----------
    n_inputs : int
        Of the map.
    inputs : tuple of int
        Those that some function depends on; input j of a function is input `inputs[j]` of the map.
    functions : tuple of int
        Distinct, normal (bit 0 is 0), neither constant nor an input; truth tables over `inputs`.
    outputs : tuple of (int, int)
        For each output of the map, a signal and whether it is complemented: signal -1 is the constant 0, 0 ... n - 1
        the inputs of the map, n + h is function h.
    """

    n_inputs: int
    inputs: tuple[int, ...]
    functions: tuple[int, ...]
    outputs: tuple[tuple[int, int], ...]


def outputs_of(source: Map | Sequence[ArrayLike]) -> tuple[int, list[int]]:
    """The number of inputs, and each output's truth table as an integer.

    Raises
    ------
    ValueError, TypeError
        For truth tables: no output, a table that is not 2^n zeros and ones, two tables of different lengths.
    """
    if isinstance(source, Map):
        words = np.asarray(source.table)
        rows = [(words >> np.uint64(i) & np.uint64(1)).astype(np.uint8) for i in range(source.n_outputs)]
        return source.n_inputs, [_number(row) for row in rows]
    rows = [np.asarray(row) for row in source]
    if not rows:
        raise ValueError("outputs is empty: a map has at least one output")
    for i, row in enumerate(rows):
        if row.dtype.kind not in "iub":
            raise TypeError(f"outputs[{i}] has dtype {row.dtype}: a truth table holds zeros and ones")
        if row.ndim != 1 or row.size.bit_count() != 1:
            raise ValueError(f"outputs[{i}] has shape {row.shape}: a truth table has 2^n entries")
        if row.size != rows[0].size:
            raise ValueError(f"outputs[{i}] has {row.size} entries and outputs[0] {rows[0].size}: they must be as many")
        for x in np.flatnonzero((row != 0) & (row != 1))[:1]:
            raise ValueError(f"outputs[{i}][{x}] = {row[x]}: an entry is 0 or 1")
    return rows[0].size.bit_length() - 1, [_number(row.astype(np.uint8)) for row in rows]


def _number(row: NDArray[np.uint8]) -> int:
    return int.from_bytes(np.packbits(row, bitorder="little").tobytes(), "little")


def input_tables(n: int) -> list[int]:
    """The truth tables of the inputs.

    >>> [f"{table:04b}" for table in input_tables(2)]
    ['1010', '1100']
    """
    ones = (1 << (1 << n)) - 1
    # 2^(2^i) + 1 divides 2^(2^n) - 1, and the quotient repeats the block of 2^i ones that lie where bit i is 0.
    return [(ones // ((1 << (1 << i)) + 1)) << (1 << i) for i in range(n)]


def targets(n: int, outputs: Sequence[int]) -> Targets:
    """What needs gates.

    A least circuit of it is one of the map: an input that no function depends on may be set to 0, which makes no
    circuit larger; and two functions that are equal up to complement need one gate between them.

    >>> targets(3, [0b10001000, 0b01110111, 0b10101010, 0])       # x0 x1, its complement, x0, 0
    Targets(n_inputs=3, inputs=(0, 1), functions=(8,), outputs=((3, 0), (3, 1), (0, 0), (-1, 0)))
    """
    ones = (1 << (1 << n)) - 1
    known = {0: -1, **{table: i for i, table in enumerate(input_tables(n))}}
    functions: list[int] = []
    signals = []
    for output in outputs:
        complement = output & 1
        normal = output ^ (ones if complement else 0)
        if normal not in known:
            known[normal] = n + len(functions)
            functions.append(normal)
        signals.append((known[normal], complement))
    essential = [i for i in range(n) if any(_depends(f, i, n) for f in functions)]
    return Targets(n, tuple(essential), tuple(_restricted(f, essential, n) for f in functions), tuple(signals))


def _depends(f: int, i: int, n: int) -> bool:
    low = ((1 << (1 << n)) - 1) ^ input_tables(n)[i]
    return (f >> (1 << i) ^ f) & low != 0


def _restricted(f: int, inputs: Sequence[int], n: int) -> int:
    """f as a function of these inputs, the others being 0."""
    for i in reversed(range(n)):
        if i not in inputs:
            half, size = 0, 1 << i
            for block in range(1 << (n - 1 - i)):
                half |= (f >> 2 * block * size & ((1 << size) - 1)) << block * size
            f, n = half, n - 1
    return f


def symmetries(n: int, functions: Sequence[int]) -> list[tuple[int, ...]]:
    """The permutations of the inputs, i to `image[i]`, that permute the functions: all, or those that exchange two.

    >>> symmetries(2, [0b1000]), symmetries(2, [0b0010])
    ([(0, 1), (1, 0)], [(0, 1)])
    """
    tried: list[tuple[int, ...]] = list(permutations(range(n))) if n <= SYMMETRIES_UP_TO else [tuple(range(n))]
    if n > SYMMETRIES_UP_TO:
        tried += [tuple({p: q, q: p}.get(i, i) for i in range(n)) for p, q in combinations(range(n), 2)]
    points = np.arange(1 << n)
    tables = np.array([[f >> x & 1 for x in range(1 << n)] for f in functions], dtype=np.uint8)
    wanted = {row.tobytes() for row in tables}
    found = []
    for image in tried:
        moved = sum((points >> i & 1) << to for i, to in enumerate(image))
        if {row.tobytes() for row in tables[:, moved]} == wanted:
            found.append(image)
    return found
