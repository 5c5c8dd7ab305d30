"""Circuits of two-input gates as sets of functions, by definition.

A function is an integer whose bit x is its value on input x. Constants, inputs and complements are free, so of f and
its complement a set holds the one that vanishes at 0.
"""

from collections.abc import Collection
from itertools import combinations, count

__all__ = ["chains", "joint_cost"]


def chains(n_inputs: int, gates: int, operations: Collection[int] = range(16)) -> set[frozenset[int]]:
    """All sets of `gates` functions that can be made one after the other, each by a gate that is needed to make it.

    `operations` are closed under exchanging and complementing the arguments; bit 2 a + b is the value at (a, b).

    >>> sorted(map(sorted, chains(2, 1)))
    [[2], [4], [6], [8], [14]]
    """
    inputs = _inputs(n_inputs)
    vanishing = {operation for operation in operations if not operation & 1}
    found = {frozenset[int]()}
    for _ in range(gates):
        longer = set()
        for chain in found:
            for a, b in combinations([*inputs, *chain], 2):
                for operation in vanishing:
                    only_b, only_a, both = (operation >> case & 1 for case in (1, 2, 3))
                    f = only_b * (b & ~a) | only_a * (a & ~b) | both * (a & b)
                    if f and f not in inputs and f not in chain:
                        longer.add(chain | {f})
        found = longer
    return found


def joint_cost(n_inputs: int, outputs: Collection[int], operations: Collection[int] = range(16)) -> int:
    """The least number of gates of a circuit with these outputs: the least chain that contains them.

    Three inputs and five gates take seconds.

    >>> joint_cost(2, [0b0110, 0b1000, 0b0111])
    2
    """
    ones = 2**2**n_inputs - 1
    wanted = {f ^ ones if f & 1 else f for f in outputs} - {0, *_inputs(n_inputs)}
    return next(r for r in count() if any(wanted <= chain for chain in chains(n_inputs, r, operations)))


def _inputs(n_inputs: int) -> list[int]:
    return [sum(1 << x for x in range(2**n_inputs) if x >> i & 1) for i in range(n_inputs)]
