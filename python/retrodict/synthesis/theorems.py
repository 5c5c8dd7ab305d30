"""Lower bounds of joint circuits that no search is needed for, each with its proof.

Let the map have m functions that need gates: distinct up to complement, no inputs, no constants.

**Distinct outputs.** Each of the m functions has a gate of its own: a gate computes one function up to complement.

**First outputs.** Let c_1 <= ... <= c_m be lower bounds of their single minima. Then the map needs c_j + m - j gates,
for every j. Proof. In a circuit of the map take a gate for each function, and of these the first j in topological
order. They compute j functions, so one of them, f, has a bound of at least c_j. The gates that the gate of f depends
on, itself included, compute f, so they are at least c_j; and none of the gates of the other m - j functions, which
come later, is among them. (j = m is "no less than the dearest output", j = 1 "the cheapest, and a gate for every
other".)

**Single minima.** With at most 4 essential inputs: the table of all functions, an exhaustive search (B2; U2 up to 3).
With k of them: k - 1 gates, since a circuit in which k inputs flow into one output is connected, and a gate joins two
parts.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from retrodict import circuits
from retrodict.synthesis.targets import targets

__all__ = ["TABLE_UP_TO", "first_outputs", "single"]

TABLE_UP_TO = {"B2": 4, "U2": 3}


@cache
def _table(n: int, basis: str) -> NDArray[np.uint8]:
    return circuits.cost_table(n, basis)


def single(n: int, function: int, basis: str, *, tables: bool = True) -> tuple[int, str]:
    """A lower bound of one normal function's own minimum, and why; without `tables` by the number of inputs alone.

    >>> single(2, 0b0110, "B2"), single(2, 0b0110, "B2", tables=False)
    ((1, 'the table of all functions of 2 inputs'), (1, '2 inputs flow into one output'))
    """
    found = targets(n, [function])
    k = len(found.inputs)
    if not found.functions:
        return 0, "no gate"
    if tables and k <= TABLE_UP_TO[basis]:
        return int(_table(k, basis)[found.functions[0]]), f"the table of all functions of {k} inputs"
    return k - 1, f"{k} inputs flow into one output"


def first_outputs(n: int, functions: Sequence[int], basis: str, *, tables: bool = True) -> tuple[int, str]:
    """The best of the bounds above for several functions, and why.

    >>> first_outputs(3, [0b10001000, 0b10010110], "B2")                # x0 x1 costs 1, the parity of three 2
    (2, 'each output has a gate of its own (2 distinct ones)')
    """
    m = len(functions)
    if m == 0:
        return 0, "no output needs a gate"
    costs = sorted(single(n, f, basis, tables=tables) for f in functions)
    bounds = [(m, f"each output has a gate of its own ({m} distinct ones)")]
    for j, (cost, why) in enumerate(costs, 1):
        if m == 1:
            text = f"its own minimum is at least {cost} ({why})"
        elif j == 1:
            text = f"every output needs {cost} gates ({why}), and the {m - 1} that come after the first one each"
        elif j == m:
            text = f"no less than the dearest output, {cost} ({why})"
        else:
            text = f"of any {j} outputs one needs {cost} gates ({why}), and the {m - j} that come later one each"
        bounds.append((cost + m - j, text))
    return max(bounds, key=lambda bound: bound[0])
