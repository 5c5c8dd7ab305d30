"""Leaves of the smallest De Morgan formula of an output bit: AND and OR, negations at the leaves, nothing shared.

Exact for at most 4 essential variables, from the table of all 65,536 functions. Beyond, two bounds. Lower: the number
of essential variables, and Koutsoupias (1993), which contains Khrapchenko (1971): with u >= 0 on the inputs where f is
0 and v >= 0 on those where f is 1,

    L(f) >= (sum of u_x v_y over x, y that differ in one place)^2 / (|u|^2 |v|^2).                              (1)

Proof. A formula with L leaves divides the pairs (x, y) into L rectangles X x Y, each with one place i in which all x of
X differ from all y of Y (Karchmer, Wigderson, 1990). In a rectangle a vertex has at most one neighbour, that across
place i, so that its part of the sum is at most |u_X| |v_Y| by Cauchy and Schwarz; and again by them the L parts are
together at most sqrt(L) times the root of the sum of |u_X|^2 |v_Y|^2, which is |u|^2 |v|^2. With u = v = 1 on sets A
and B, (1) is |N(A, B)|^2 / (|A| |B|). The bound holds for all u, v; floating point only chooses them, and (1) is then
evaluated in integers. It never exceeds the square of the number of variables.

Upper: expansions down to the table (`retrodict.circuits.formula_upper`), of f or, where f is a sum over GF(2) of
functions of disjoint variables, of these, with L(g + h) <= 2 L(g) + 2 L(h).
"""

from __future__ import annotations

from fractions import Fraction
from heapq import heapify, heappop, heappush
from math import ceil

import numpy as np
from numpy.typing import ArrayLike, NDArray

from retrodict.capacity.measure import BitMeasure, Bound
from retrodict.capacity.truth_table import anf, n_variables, on_essential

__all__ = ["MEASURE", "bounds", "khrapchenko", "koutsoupias", "weights"]

EXACT_UP_TO = 4
ROUNDS, SCALE = 30, 1 << 12
LARGEST = 1 << 20  # 2^16 products of two such fit 64 bits


def koutsoupias(f: NDArray[np.uint8], weights: ArrayLike) -> Fraction:
    """The right side of (1): `weights` are integers, u_x where f(x) = 0 and v_x where f(x) = 1, shape (2^n,).

    Raises
    ------
    ValueError
        A weight outside 0 ... 2^20, or none where f is 0 or where f is 1.

    >>> koutsoupias(np.array([0, 1, 1, 0], dtype=np.uint8), [1, 1, 1, 1])
    Fraction(4, 1)
    """
    w = np.asarray(weights).astype(np.int64)
    if w.min() < 0 or w.max() > LARGEST:
        raise ValueError(f"weights lie in {w.min()} ... {w.max()}: they must lie in 0 ... {LARGEST}")
    zeros, ones = (int(w[f == bit] @ w[f == bit]) for bit in (0, 1))
    if zeros == 0 or ones == 0:
        raise ValueError(f"weights vanish where f is {int(zeros > 0)}: both sides need some")
    edges = 0
    for i in range(n_variables(f)):
        value, weight = f.reshape(-1, 2, 1 << i), w.reshape(-1, 2, 1 << i)
        cut = value[:, 0] != value[:, 1]
        edges += int(weight[:, 0][cut] @ weight[:, 1][cut])
    return Fraction(edges**2, zeros * ones)


def khrapchenko(f: NDArray[np.uint8], members: ArrayLike | None = None) -> Fraction:
    """|N(A, B)|^2 / (|A| |B|), where A and B are the `members` on which f is 0 and 1; None: all inputs.

    >>> khrapchenko(np.array([0, 1, 1, 1], dtype=np.uint8))
    Fraction(4, 3)
    """
    return koutsoupias(f, np.ones(f.size, dtype=np.int64) if members is None else np.asarray(members) != 0)


def weights(f: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Weights for which (1) is nearly the largest: the singular vectors of the graph of sensitive edges, rounded.

    >>> weights(np.array([0, 0, 0, 1], dtype=np.uint8)).tolist()  # and: u_01 = u_10, and u_00 has no edge
    [0, 2896, 2896, 4096]
    """
    n = n_variables(f)
    masks = [f.reshape(-1, 2, 1 << i)[:, 0] != f.reshape(-1, 2, 1 << i)[:, 1] for i in range(n)]
    vector = np.ones(f.size)
    for _ in range(ROUNDS):
        moved = np.zeros(f.size)
        for i, cut in enumerate(masks):
            old, new = vector.reshape(-1, 2, 1 << i), moved.reshape(-1, 2, 1 << i)
            new[:, 0] += cut * old[:, 1]
            new[:, 1] += cut * old[:, 0]
        for bit in (0, 1):
            norm = np.linalg.norm(moved[f == bit])
            moved[f == bit] /= norm if norm > 0 else 1
        vector = moved
    largest = vector.max()
    return np.rint(vector * (SCALE / largest if largest > 0 else 0)).astype(np.int64)


def bounds(f: NDArray[np.uint8]) -> tuple[Bound, ...]:
    """One exact bound, or a lower and an upper one; `f` is a truth table, uint8 of 0 and 1, shape (2^n,).

    >>> [bound.value for bound in bounds(np.array([0, 1, 1, 0], dtype=np.uint8))]
    [4]
    """
    from retrodict import circuits  # here, so that `import retrodict` loads no kernel

    core = on_essential(f)
    k = n_variables(core)
    if k <= EXACT_UP_TO:
        return (Bound("exact", circuits.formula_cost(core)),)
    least = max(k, *(ceil(koutsoupias(core, w)) for w in (weights(core), np.ones(core.size, dtype=np.int64))))
    most = min(circuits.formula_upper(core), _sum_of([circuits.formula_upper(part) for part in summands(core)]))
    if least == most:
        return (Bound("exact", most, "Khrapchenko's bound meets a formula"),)
    return (
        Bound("lower", least, f"Koutsoupias; exact up to {EXACT_UP_TO} essential variables, here {k}"),
        Bound("upper", most, f"expansions down to the smallest formulas of {EXACT_UP_TO} variables"),
    )


def summands(f: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
    """Functions of disjoint variables whose sum over GF(2) is f, or f with its complement taken, as many as there are.

    >>> [part.tolist() for part in summands(np.array([0, 1, 1, 0], dtype=np.uint8))]
    [[0, 1], [0, 1]]
    """
    coefficients = anf(f)
    groups: list[int] = []
    for monomial in np.flatnonzero(coefficients).tolist():
        joined = monomial
        for group in [group for group in groups if group & joined]:
            groups.remove(group)
            joined |= group
        if joined:
            groups.append(joined)
    x = np.arange(f.size)
    return [on_essential(f[x & group]) for group in sorted(groups)] or [on_essential(f)]


def _sum_of(leaves: list[int]) -> int:
    """Leaves of the sum of functions with so many: the two smallest are added first, each sum at twice their leaves."""
    heapify(leaves)
    while len(leaves) > 1:
        heappush(leaves, 2 * (heappop(leaves) + heappop(leaves)))
    return leaves[0]


MEASURE = BitMeasure(
    "formula_size",
    "leaves",
    "leaves of the smallest De Morgan formula",
    bounds,
    maximum=("lower", "max over bits; of the map a lower bound"),
    total=("exact", "sum over bits: formulas share nothing"),
)
