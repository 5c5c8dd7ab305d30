"""Two-input gates of the smallest circuit of an output bit, all 16 operations allowed, inverters free.

Exact for at most 4 essential variables, from the table of all 65,536 functions (Knuth, TAOCP 4A, section 7.1.2). For 5
from the table of all 616,126 classes: exact for thirteen functions in fourteen, else 10 and what a circuit has, 11 or
seldom 12. Beyond, two bounds. Lower: k - 1, since k inputs must flow into one output.
Upper: the smallest tree of expansions

    f = (x and f1) or (not x and f0)      3 gates beside f0 and f1         (Shannon)
    f = f0 xor (x and f2)                 2 gates beside f0 and f2         (positive Davio)
    f = f1 xor (not x and f2)             2 gates beside f1 and f2         (negative Davio)

with f0, f1 the cofactors and f2 = f0 xor f1, whose leaves are the circuits of those tables, of 5 variables up to
FIVE_UP_TO essential variables and of 4 beyond; a constant among them leaves one gate at most. The variable and the
expansion are chosen at every node, at best, up to CHOICE_UP_TO essential variables; beyond, all nodes expand the last
variables first. Nothing is shared in such a tree, so it is no minimum.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from retrodict.capacity.measure import BitMeasure, Bound
from retrodict.capacity.truth_table import n_variables, on_essential

__all__ = ["CHOICE_UP_TO", "MEASURE", "bounds"]

FOUR, FIVE = 4, 5
FIVE_UP_TO = 9  # looking up five inputs takes the canonical form, 10 us; a tree of nine has 10,206 leaves
CHOICE_UP_TO = 10


@cache
def _four_inputs() -> NDArray[np.uint8]:
    from retrodict import circuits  # here, so that `import retrodict` loads no kernel

    return circuits.cost_table(FOUR)


def _of_leaves(words: NDArray[np.int64], inputs: int) -> NDArray[np.int64]:
    """Gates of a circuit of each function of 4 or 5 variables."""
    if inputs == FOUR:
        return _four_inputs()[words].astype(np.int64)
    from retrodict.circuits import five_inputs

    different, place = np.unique(words, return_inverse=True)
    return five_inputs.load().upper(different).astype(np.int64)[place]


def bounds(f: NDArray[np.uint8]) -> tuple[Bound, ...]:
    """One exact bound, or a lower and an upper one; `f` is a truth table, uint8 of 0 and 1, shape (2^n,).

    >>> [bound.value for bound in bounds(np.array([0, 1, 1, 0], dtype=np.uint8))]
    [1]
    """
    core = on_essential(f)
    k = n_variables(core)
    if k <= FIVE:
        word = int.from_bytes(np.packbits(np.tile(core, 1 << FIVE - k), bitorder="little").tobytes(), "little")
        return (Bound("exact", int(_four_inputs()[word & 0xFFFF])),) if k <= FOUR else _of_five(word)
    least, most = k - 1, expansion_tree(core)
    if least == most:
        return (Bound("exact", most, f"a tree of expansions with {k} - 1 gates, the least that read {k} inputs"),)
    return (
        Bound("lower", least, f"essential variables - 1; tables go to {FIVE} of them, here {k}"),
        Bound("upper", most, f"a tree of Shannon and Davio expansions down to circuits of {_leaf(k)} variables"),
    )


def _of_five(word: int) -> tuple[Bound, ...]:
    from retrodict.circuits import five_inputs

    lower, upper = five_inputs.load().bounds(word)
    if lower == upper:
        return (Bound("exact", upper),)
    return (
        Bound("lower", lower, f"exhaustive search of all circuits of {lower - 1} gates"),
        Bound("upper", upper, "a circuit, from the table of functions of 5 variables"),
    )


def _leaf(k: int) -> int:
    return FIVE if k <= FIVE_UP_TO else FOUR


def expansion_tree(f: NDArray[np.uint8], leaf: int | None = None) -> int:
    """Gates of the smallest expansion tree of f, k = log2(size) variables, with leaves of `leaf` variables, 4 or 5.

    `cost[taken]` runs over the functions that remain when the variables in `taken` are set to 0, to 1, or summed over
    both (digits 0, 1, 2, the lowest variable's digit the lowest); `constant` beside it is 0, 1, or 2 for neither.
    """
    k = n_variables(f)
    leaf = leaf or _leaf(k)
    free_choice = k <= CHOICE_UP_TO
    levels: list[list[int]] = [[] for _ in range(k - leaf + 1)]
    for taken in range(1 << k):
        size = taken.bit_count()
        if size <= k - leaf and (free_choice or taken == ((1 << size) - 1) << (k - size)):
            levels[size].append(taken)
    cost: dict[int, NDArray[np.int64]] = {}
    constant: dict[int, NDArray[np.int64]] = {}
    for taken in levels[-1]:
        words = _remaining(f, taken, leaf)
        cost[taken] = _of_leaves(words, leaf)
        constant[taken] = np.where(words == 0, 0, np.where(words == (1 << (1 << leaf)) - 1, 1, 2))
    for level in reversed(levels[:-1]):
        for taken in level:
            options = []
            for i in range(k):
                more = taken | 1 << i
                if more != taken and more in cost:
                    shape = (-1, 3, 3 ** (taken & ((1 << i) - 1)).bit_count())
                    gates, const = cost[more].reshape(shape), constant[more].reshape(shape)
                    options.append(_expanded(gates, const).reshape(-1))
            cost[taken] = np.minimum.reduce(options)
            constant[taken] = np.where(const[:, 0] == const[:, 1], const[:, 0], 2).reshape(-1)
    return int(cost[0][0])


def _expanded(gates: NDArray[np.int64], constant: NDArray[np.int64]) -> NDArray[np.int64]:
    """The cheapest join along axis 1, whose three entries are f0, f1 and f2."""
    g0, g1, g2 = gates[:, 0], gates[:, 1], gates[:, 2]
    c0, c1, c2 = (constant[:, j] != 2 for j in range(3))
    best = np.minimum(np.minimum(g0 + g1 + 3, g0 + g2 + 2), g1 + g2 + 2)
    best = np.where(c0, np.minimum(best, g1 + 1), best)
    best = np.where(c1, np.minimum(best, g0 + 1), best)
    best = np.where(c2, np.minimum(best, g0 + constant[:, 2]), best)
    return np.where(c0 & c1, 0, best)


def _remaining(f: NDArray[np.uint8], taken: int, leaf: int) -> NDArray[np.int64]:
    """The functions of the `leaf` variables outside `taken`, as integers."""
    k = n_variables(f)
    kept = [i for i in range(k) if not taken >> i & 1]
    cube = f.reshape((2,) * k)  # axis k - 1 - i is variable i
    for i in range(k):
        if taken >> i & 1:
            axis = k - 1 - i
            low, high = np.split(cube, 2, axis=axis)
            cube = np.concatenate([low, high, low ^ high], axis=axis)
    cube = np.moveaxis(cube, [k - 1 - i for i in reversed(kept)], range(k - leaf, k))
    return cube.reshape(-1, 1 << leaf) @ (1 << np.arange(1 << leaf))


MEASURE = BitMeasure(
    "gates",
    "gates",
    "two-input gates of the smallest circuit",
    bounds,
    maximum=("lower", "max over bits; of the map a lower bound"),
    total=("upper", "sum over bits: a circuit for each; of the map an upper bound"),
)
