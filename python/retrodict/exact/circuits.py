"""Sizes of Boolean functions by definition: gates, nodes of decision diagrams, polynomials over GF(2).

A truth table is a sequence of 2**n zeros and ones; entry x is f(x), and input i is bit i of x. A function given as an
integer has f(x) as its bit x, and an operation given as an integer has its value at (a, b) as its bit 2 a + b.
"""

from collections.abc import Collection, Sequence
from itertools import combinations, count, permutations, product

__all__ = ["anf", "cost_table", "level_size", "minimum_obdd", "obdd_size_of_order"]


def cost_table(n_inputs: int, operations: Collection[int] = range(16)) -> list[int]:
    """The least number of gates of every function, by breadth-first search over the sets that a program can compute.

    Constants, inputs and complements are free, so a program keeps of f and its complement the one that vanishes at 0.
    `operations` are closed under exchanging the arguments. Three inputs take seconds, and four are out of reach.

    Raises ValueError if the operations do not generate every function.

    >>> cost_table(2)
    [0, 1, 1, 0, 1, 0, 1, 1, 1, 1, 0, 1, 0, 1, 1, 0]
    """
    ones = 2**2**n_inputs - 1
    inputs = [sum(1 << x for x in range(2**n_inputs) if x >> i & 1) for i in range(n_inputs)]
    free = [0, *inputs]
    cost = {f: 0 for a in free for f in (a, ones ^ a)}

    vanishing = {operation ^ 15 if operation & 1 else operation for operation in operations}

    def made(program: frozenset[int]) -> set[int]:
        found = set()
        for a, b in combinations([*inputs, *program], 2):
            for operation in vanishing:
                only_b, only_a, both = (operation >> case & 1 for case in (1, 2, 3))
                found.add(only_b * (b & ~a) | only_a * (a & ~b) | both * (a & b))
        return found.difference(free, program)

    programs = {frozenset[int]()}
    for gates in count(1):
        steps = [(program, made(program)) for program in programs]
        for _, found in steps:
            for f in found:
                cost.setdefault(f, gates)
                cost.setdefault(ones ^ f, gates)
        if len(cost) > ones:
            break
        programs = {program | {f} for program, found in steps for f in found}
        if not programs:
            raise ValueError(f"operations = {sorted(operations)}: not every function is made of them")
    return [cost[f] for f in range(ones + 1)]


def obdd_size_of_order(table: Sequence[int], order: Sequence[int]) -> int:
    """The number of internal nodes of the reduced diagram: at each level, of the functions that are left when the
    inputs above are fixed, those that differ and depend on the level's input.

    >>> obdd_size_of_order([0, 1, 1, 0], [1, 0])
    3
    """
    return sum(level_size(table, order[:level], order[level], order[level + 1 :]) for level in range(len(order)))


def level_size(table: Sequence[int], above: Sequence[int], here: int, below: Sequence[int]) -> int:
    """How many functions that are left when the inputs `above` are fixed depend on `here`; the others are `below`."""
    halves = {tuple(tuple(table[x + y + (bit << here)] for y in _cube(below)) for bit in (0, 1)) for x in _cube(above)}
    return sum(low != high for low, high in halves)


def _cube(inputs: Sequence[int]) -> list[int]:
    """All assignments to the inputs, the others being 0."""
    return [sum(bits[j] << i for j, i in enumerate(inputs)) for bits in product((0, 1), repeat=len(inputs))]


def minimum_obdd(table: Sequence[int]) -> tuple[int, tuple[int, ...]]:
    """The least number of nodes over all orders, by trying them, and the first order that has it.

    >>> minimum_obdd([0, 1, 1, 0])
    (3, (0, 1))
    """
    n_inputs = len(table).bit_length() - 1
    return min((obdd_size_of_order(table, order), order) for order in permutations(range(n_inputs)))


def anf(table: Sequence[int]) -> list[int]:
    """The coefficients of the polynomial over GF(2); entry m is that of the product of the inputs that are bits of m.

    The coefficient is the sum of f over the x that are 0 outside m.

    >>> anf([0, 1, 1, 1])
    [0, 1, 1, 1]
    """
    return [sum(f for x, f in enumerate(table) if x & ~m == 0) % 2 for m in range(len(table))]
