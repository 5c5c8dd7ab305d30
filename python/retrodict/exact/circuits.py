"""Sizes of Boolean functions by definition: gates, nodes of decision diagrams, polynomials over GF(2).

A truth table is a sequence of 2**n zeros and ones; entry x is f(x), and input i is bit i of x. A function given as an
integer has f(x) as its bit x, and an operation given as an integer has its value at (a, b) as its bit 2 a + b.
"""

from collections.abc import Collection, Sequence
from itertools import combinations, count, permutations, product

__all__ = [
    "anf",
    "class_of",
    "class_orbits",
    "cost_table",
    "level_size",
    "minimum_obdd",
    "obdd_size_of_order",
    "threshold_cost_table",
    "threshold_functions",
]


def cost_table(
    n_inputs: int,
    operations: Collection[int] = range(16),
    free_complements: bool = True,
    max_cost: int | None = None,
) -> list[int | None]:
    """The least number of gates of every function, by breadth-first search over the sets that a program can compute.

    Constants and inputs are free. So are complements, and then a program keeps of f and its complement the one that
    vanishes at 0; unless they are gates themselves. `operations` are closed under exchanging the arguments. Three
    inputs take seconds, and four are out of reach. None stands for more than `max_cost`.

    Raises ValueError if the operations do not generate every function.

    >>> cost_table(2)
    [0, 1, 1, 0, 1, 0, 1, 1, 1, 1, 0, 1, 0, 1, 1, 0]
    >>> cost_table(1, [0b1000, 0b1110], free_complements=False)         # and, or, not
    [0, 1, 0, 0]
    """
    ones = 2**2**n_inputs - 1
    inputs = [sum(1 << x for x in range(2**n_inputs) if x >> i & 1) for i in range(n_inputs)]
    free = [0, *inputs] if free_complements else [0, ones, *inputs]

    def same(f: int) -> tuple[int, ...]:
        return (f, ones ^ f) if free_complements else (f,)

    cost: list[int | None] = [None] * (ones + 1)
    for a in free:
        for f in same(a):
            cost[f] = 0

    gates = {operation ^ 15 if free_complements and operation & 1 else operation for operation in operations}

    def made(program: frozenset[int]) -> set[int]:
        found = set()
        for a, b in combinations([*inputs, *program], 2):
            for operation in gates:
                neither, only_b, only_a, both = (operation >> case & 1 for case in range(4))
                found.add(neither * (ones & ~a & ~b) | only_b * (b & ~a) | only_a * (a & ~b) | both * (a & b))
        if not free_complements:
            found.update(ones ^ a for a in (*inputs, *program))
        return found.difference(free, program)

    programs = {frozenset[int]()}
    for size in count(1) if max_cost is None else range(1, max_cost + 1):
        steps = [(program, made(program)) for program in programs]
        for f in set().union(*(found for _, found in steps)):
            for g in same(f):
                cost[g] = size if cost[g] is None else cost[g]
        if None not in cost:
            break
        programs = {program | {f} for program, found in steps for f in found}
        if not programs:
            raise ValueError(f"operations = {sorted(operations)}: not every function is made of them")
    return cost


def threshold_functions(columns: Sequence[int], points: int, weight: int) -> set[int]:
    """All [w . x >= t] where coordinate i of point x is bit x of columns[i], with integers |w_i| <= `weight`.

    >>> sorted(threshold_functions([0b1010, 0b1100], 4, 1)) == [f for f in range(16) if f not in (0b0110, 0b1001)]
    True
    """
    rows = [[column >> x & 1 for column in columns] for x in range(points)]
    found: set[int] = set()
    for weights in product(range(-weight, weight + 1), repeat=len(columns)):
        sums = [sum(w for w, bit in zip(weights, row, strict=True) if bit) for row in rows]
        found.update(sum((s >= t) << x for x, s in enumerate(sums)) for t in {*sums, max(sums) + 1})
    return found


def threshold_cost_table(n_inputs: int, weight: int) -> list[int]:
    """The least number of threshold gates, of any number of inputs and earlier gates, with weights of at most `weight`.

    By breadth-first search over programs. Two inputs take no time, three a minute.

    >>> threshold_cost_table(2, 2)[0b0110]
    2
    """
    points = 2**n_inputs
    inputs = tuple(sum(1 << x for x in range(points) if x >> i & 1) for i in range(n_inputs))
    ones = 2**points - 1
    cost: dict[int, int] = dict.fromkeys([0, ones, *inputs, *(ones ^ f for f in inputs)], 0)
    programs: set[tuple[int, ...]] = {()}
    for gates in count(1):
        longer = set()
        for program in programs:
            for f in threshold_functions((*inputs, *program), points, weight):
                cost.setdefault(f, gates)
                longer.add((*program, f))
        if len(cost) > ones:
            break
        programs = longer
    return [cost[f] for f in range(ones + 1)]


def class_of(f: int, n_inputs: int) -> set[int]:
    """What permuting inputs, complementing inputs and complementing the result make of f.

    >>> sorted(class_of(0b0110, 2)), len(class_of(0b0001, 2))
    ([6, 9], 8)
    """
    found = set()
    for order in permutations(range(n_inputs)):
        for flips in range(2**n_inputs):
            moved = [flips ^ sum((x >> i & 1) << order[i] for i in range(n_inputs)) for x in range(2**n_inputs)]
            found.add(sum((f >> point & 1) << x for x, point in enumerate(moved)))
    return found | {f ^ 2**2**n_inputs - 1 for f in found}


def class_orbits(n_inputs: int, complement_result: bool = True) -> int:
    """The number of those classes, by Burnside's lemma: the mean number of functions that a symmetry fixes.

    A function is fixed if it is constant on the cycles of the symmetry of points; and it is carried to its complement
    if it alternates along them, for which all must be even.

    >>> [class_orbits(n) for n in range(5)]
    [1, 2, 4, 14, 222]
    """
    fixed = symmetries = 0
    for order in permutations(range(n_inputs)):
        for flips in range(2**n_inputs):
            moved = [flips ^ sum((x >> i & 1) << order[i] for i in range(n_inputs)) for x in range(2**n_inputs)]
            cycles = _cycle_lengths(moved)
            symmetries += 1
            fixed += 2 ** len(cycles)
            if complement_result:
                symmetries += 1
                fixed += 2 ** len(cycles) if all(length % 2 == 0 for length in cycles) else 0
    return fixed // symmetries


def _cycle_lengths(moved: Sequence[int]) -> list[int]:
    lengths, seen = [], set()
    for start in range(len(moved)):
        length, x = 0, start
        while x not in seen:
            seen.add(x)
            x, length = moved[x], length + 1
        if length:
            lengths.append(length)
    return lengths


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
