"""The rotation by the weight: a permutation whose every bit, forward and backward, is a hidden weighted bit."""

from __future__ import annotations

import numpy as np

from retrodict.maps.boolean_map import BooleanMap, every_input

__all__ = ["hidden_weight"]


def hidden_weight(n: int) -> BooleanMap:
    """y_i = x_{i + w}, indices modulo n, where w is the number of ones of x.

    A rotation keeps w, so the inverse rotates back: as hard as the map, a control. Its last bit y_{n-1} is the hidden
    weighted bit x_{w-1} (0 at w = 0), whose decision diagrams are exponential under every order (Bryant, IEEE Trans.
    Computers 40, 1991).

    >>> hidden_weight(3).table  # 001 -> 100, 011 -> 110: down by one, down by two
    array([0, 4, 1, 6, 2, 3, 5, 7], dtype=uint64)
    """
    name = f"hidden-weight:n={n}"
    x = every_input(name, n)
    down = sum(x >> np.uint64(i) & np.uint64(1) for i in range(n)) % np.uint64(n)
    table = (x >> down | x << np.uint64(n) - down) & np.uint64((1 << n) - 1)
    return BooleanMap(name, n, n, table)
