"""Truth tables as lists, for the tests of restricted models."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

UNIT = 1 << 20


@st.composite
def tables(draw: st.DrawFn, most: int, least: int = 0) -> list[int]:
    n = draw(st.integers(least, most))
    return draw(st.lists(st.integers(0, 1), min_size=2**n, max_size=2**n))


def parity(n: int) -> list[int]:
    return [x.bit_count() & 1 for x in range(2**n)]


def bits(table: list[int]) -> np.ndarray:
    return np.array(table, dtype=np.uint8)


def moved(table: list[int], order: list[int], flips: int) -> list[int]:
    """The table after the inputs are permuted and those in `flips` complemented."""
    return [
        table[sum((x >> source & 1) << target for target, source in enumerate(order)) ^ flips]
        for x in range(len(table))
    ]


def inside(cube: tuple[int, int], points: int) -> set[int]:
    return {x for x in range(points) if x & cube[0] == cube[1]}
