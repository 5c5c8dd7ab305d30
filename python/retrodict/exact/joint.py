"""Joint circuit sizes of permutations by definition: classes found among all sets that chains of gates compute.

A function of n inputs is an integer whose bit x is its value at x.
"""

from collections.abc import Callable, Sequence
from itertools import combinations

from retrodict.exact.chains import chains

__all__ = ["is_permutation", "joint_costs"]


def is_permutation(n_inputs: int, outputs: Sequence[int]) -> bool:
    """Whether these functions are the outputs of a bijection.

    >>> is_permutation(2, [0b1010, 0b0110]), is_permutation(2, [0b1010, 0b1000])
    (True, False)
    """
    images = {tuple(f >> x & 1 for f in outputs) for x in range(2**n_inputs)}
    return len(outputs) == n_inputs and len(images) == 1 << n_inputs


def joint_costs(
    n_inputs: int, most_gates: int, accepts: Callable[[int, Sequence[int]], bool] = is_permutation
) -> dict[frozenset[int], int]:
    """The cost of every class of permutations of at most so many gates: outputs unordered, and of each output the one
    of it and its complement that vanishes at 0.

    `accepts` says of which n functions the cost is wanted. Three inputs and four gates take seconds.

    >>> [sorted(map(sorted, joint_costs(2, gates))) for gates in (0, 1)]
    [[[10, 12]], [[6, 10], [6, 12], [10, 12]]]
    """
    inputs = [sum(1 << x for x in range(2**n_inputs) if x >> i & 1) for i in range(n_inputs)]
    costs: dict[frozenset[int], int] = {}
    for gates in range(most_gates + 1):
        for chain in chains(n_inputs, gates):
            for outputs in combinations([*inputs, *chain], n_inputs):
                if accepts(n_inputs, outputs):
                    costs.setdefault(frozenset(outputs), gates)
    return costs
