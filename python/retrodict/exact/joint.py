"""Joint circuit sizes of several outputs by definition: breadth-first search over what programs can compute.

A function of n inputs is an integer whose bit x is its value at x, and input i is bit i of x. Constants, inputs and
complements are free, so a program keeps of f and its complement the one that vanishes at 0.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations

__all__ = ["inputs", "is_permutation", "joint_cost", "joint_costs", "programs"]

Program = frozenset[int]


def inputs(n_inputs: int) -> list[int]:
    """The functions x_0, ..., x_{n-1}.

    >>> [bin(f) for f in inputs(2)]
    ['0b1010', '0b1100']
    """
    return [sum(1 << x for x in range(2**n_inputs) if x >> i & 1) for i in range(n_inputs)]


def programs(n_inputs: int) -> Iterator[set[Program]]:
    """For 0, 1, 2, ... gates, all sets of as many functions, beside 0 and the inputs, that a program can compute.

    Each gate is one of the sixteen operations, applied to two functions computed before. Three inputs and four gates
    take seconds.

    >>> [len(level) for level, _ in zip(programs(2), range(4))]
    [1, 5, 10, 10]
    """
    free = inputs(n_inputs)
    level = {Program()}
    while level:
        yield level
        level = {program | {f} for program in level for f in _made([*free, *program]).difference(program, free, [0])}


def _made(functions: Sequence[int]) -> set[int]:
    """What one gate makes of two of these functions, if it vanishes at 0."""
    found = set()
    for a, b in combinations(functions, 2):
        for operation in range(0, 16, 2):  # bit 2 a + b is the value at (a, b): those that vanish at (0, 0)
            only_b, only_a, both = (operation >> case & 1 for case in (1, 2, 3))
            found.add(only_b * (b & ~a) | only_a * (a & ~b) | both * (a & b))
    return found


def joint_cost(table: Sequence[int]) -> int:
    """The least number of gates of a program that computes all outputs of a map; bit i of an entry is output i.

    >>> joint_cost([0, 3, 2, 1]), joint_cost([0, 1, 1, 2])  # sum and input; sum and carry
    (1, 2)
    """
    n_inputs = len(table).bit_length() - 1
    ones = 2 ** len(table) - 1
    outputs = [sum((y >> i & 1) << x for x, y in enumerate(table)) for i in range(max(table).bit_length())]
    wanted = {f ^ ones * (f & 1) for f in outputs}.difference(inputs(n_inputs), [0])
    return next(gates for gates, level in enumerate(programs(n_inputs)) if any(wanted <= program for program in level))


def is_permutation(n_inputs: int, outputs: Sequence[int]) -> bool:
    """Whether these functions are the outputs of a bijection.

    >>> is_permutation(2, [0b1010, 0b0110]), is_permutation(2, [0b1010, 0b1000])
    (True, False)
    """
    images = {tuple(f >> x & 1 for f in outputs) for x in range(2**n_inputs)}
    return len(outputs) == n_inputs and len(images) == 1 << n_inputs


def joint_costs(
    n_inputs: int, most_gates: int, accepts: Callable[[int, Sequence[int]], bool] = is_permutation
) -> dict[Program, int]:
    """The cost of every class of permutations of at most so many gates: outputs unordered, and of each output the one
    of it and its complement that vanishes at 0.

    `accepts` says of which n functions the cost is wanted.

    >>> [sorted(map(sorted, joint_costs(2, gates))) for gates in (0, 1)]
    [[[10, 12]], [[6, 10], [6, 12], [10, 12]]]
    """
    costs: dict[Program, int] = {}
    for gates, level in zip(range(most_gates + 1), programs(n_inputs), strict=False):
        for program in level:
            for outputs in combinations([*inputs(n_inputs), *program], n_inputs):
                if accepts(n_inputs, outputs):
                    costs.setdefault(Program(outputs), gates)
    return costs
