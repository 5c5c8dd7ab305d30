"""Sizes of a Boolean function in restricted models, by definition: trees, terms, formulas, protocols.

A truth table is a sequence of 2**n zeros and ones; entry x is f(x), and input i is bit i of x. A cube is a pair
(mask, value), the inputs x with x & mask == value: a product of literals, one for each bit of the mask.
"""

from collections.abc import Sequence
from functools import cache
from itertools import combinations, count

__all__ = [
    "communication",
    "cubes",
    "decision_tree",
    "dnf_terms",
    "formula_table",
    "largest_parity",
    "prime_implicants",
]


def decision_tree(table: Sequence[int]) -> tuple[int, int]:
    """The least depth and the least number of leaves, over all decision trees; not always of one tree.

    >>> decision_tree([0, 1, 1, 0])
    (2, 4)
    """

    @cache
    def least(f: tuple[int, ...]) -> tuple[int, int]:
        if len(set(f)) == 1:
            return 0, 1
        depths, leaves = [], []
        for i in range(len(f).bit_length() - 1):
            low, high = (least(tuple(y for x, y in enumerate(f) if x >> i & 1 == bit)) for bit in (0, 1))
            depths.append(1 + max(low[0], high[0]))
            leaves.append(low[1] + high[1])
        return min(depths), min(leaves)

    return least(tuple(table))


def cubes(n_inputs: int) -> list[tuple[int, int]]:
    """All 3**n cubes.

    >>> cubes(1)
    [(0, 0), (1, 0), (1, 1)]
    """
    return [(mask, value) for mask in range(2**n_inputs) for value in range(2**n_inputs) if value & ~mask == 0]


def _implicants(table: Sequence[int]) -> dict[tuple[int, int], frozenset[int]]:
    """The cubes on which f is 1, and what they cover."""
    n = len(table).bit_length() - 1
    inside = {cube: frozenset(x for x in range(len(table)) if x & cube[0] == cube[1]) for cube in cubes(n)}
    return {cube: points for cube, points in inside.items() if all(table[x] for x in points)}


def prime_implicants(table: Sequence[int]) -> list[tuple[int, int]]:
    """The cubes on which f is 1 that lie in no other such cube, ascending.

    >>> prime_implicants([0, 1, 1, 1])
    [(1, 1), (2, 2)]
    """
    found = _implicants(table)
    return [cube for cube, points in found.items() if not any(points < others for others in found.values())]


def largest_parity(table: Sequence[int]) -> int:
    """The most inputs that can be left free, the others being fixed, so that each of them always matters.

    >>> largest_parity([0, 1, 1, 0])
    2
    """
    n = len(table).bit_length() - 1
    sensitive = {
        (mask, value)
        for mask, value in cubes(n)
        if all(
            table[x] != table[x ^ 1 << i]
            for x in range(len(table))
            if x & mask == value
            for i in range(n)
            if not mask >> i & 1
        )
    }
    return max(n - mask.bit_count() for mask, _ in sensitive)


def dnf_terms(table: Sequence[int]) -> int:
    """The least number of cubes whose union is where f is 1, by trying all sets of cubes.

    >>> dnf_terms([0, 1, 1, 0])
    2
    """
    ones = frozenset(x for x, y in enumerate(table) if y)
    found = list(_implicants(table).values())
    return next(k for k in count() if any(frozenset().union(*some) == ones for some in combinations(found, k)))


def formula_table(n_inputs: int) -> list[int]:
    """The least number of leaves of a De Morgan formula of every function: AND and OR of two, literals at the leaves.

    Entry f is that of the function whose value at x is bit x of f. A constant is a formula without leaves.

    >>> formula_table(2)
    [0, 2, 2, 1, 2, 1, 4, 2, 2, 4, 1, 2, 1, 2, 2, 0]
    """
    points = range(2**n_inputs)
    ones = 2 ** len(points) - 1
    literals = {sum(1 << x for x in points if x >> i & 1 == bit) for i in range(n_inputs) for bit in (0, 1)}
    size = {0: 0, ones: 0} | dict.fromkeys(literals, 1)
    of_size = [[0, ones], sorted(literals)]
    while len(size) <= ones:
        leaves = len(of_size)
        made = set()
        for left in range(1, leaves // 2 + 1):
            made |= {h for f in of_size[left] for g in of_size[leaves - left] for h in (f & g, f | g)}
        of_size.append(sorted(made - size.keys()))
        size |= dict.fromkeys(of_size[-1], leaves)
    return [size[f] for f in range(ones + 1)]


def communication(matrix: Sequence[Sequence[int]]) -> int:
    """The least depth of a protocol: who speaks splits the rows or the columns left, until the entries left agree.

    >>> communication([[1, 0], [0, 1]])
    2
    """

    @cache
    def least(rows: frozenset[int], columns: frozenset[int]) -> int:
        if len({matrix[i][j] for i in rows for j in columns}) == 1:
            return 0
        by_rows = [max(least(part, columns), least(rows - part, columns)) for part in _parts(rows)]
        by_columns = [max(least(rows, part), least(rows, columns - part)) for part in _parts(columns)]
        return 1 + min(by_rows + by_columns)

    return least(frozenset(range(len(matrix))), frozenset(range(len(matrix[0]))))


def _parts(members: frozenset[int]) -> list[frozenset[int]]:
    """The subsets that are neither empty nor all, one of each complementary pair."""
    first, *rest = sorted(members)
    return [frozenset((first, *some)) for k in range(len(rest)) for some in combinations(rest, k)]
