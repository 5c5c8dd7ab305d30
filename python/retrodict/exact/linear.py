"""Linear maps over the field of two elements: what they cost in additions, by definition, and their algebra.

A vector of n bits is an integer, and so is a row of a matrix: bit j of row i is the entry in column j. Row i tells of
which inputs output i is the sum.
"""

from collections.abc import Sequence
from itertools import combinations, count

__all__ = ["chain_family", "inverse", "is_invertible", "product", "transpose", "xor_cost", "xor_cost_table"]


def xor_cost_table(n_inputs: int) -> list[int]:
    """The least number of additions of two vectors that make a set of vectors from the units.

    The vectors that are neither 0 nor units are numbered in increasing order; entry s is the cost of the set of those
    that are bits of s. Breadth-first search over the sets that a program can make; five inputs are out of reach.

    >>> xor_cost_table(2), xor_cost_table(3)
    ([0, 1], [0, 1, 1, 2, 1, 2, 2, 3, 2, 2, 2, 3, 2, 3, 3, 4])
    """
    units = [1 << i for i in range(n_inputs)]
    vectors = [v for v in range(1, 1 << n_inputs) if v not in units]
    programs = level = {frozenset[int]()}
    while level:
        level = {
            program | {u ^ v}
            for program in level
            for made in [[*units, *program]]
            for u in made
            for v in made
            if u ^ v and u ^ v not in made
        }
        programs = programs | level
    by_size = sorted((len(program), sum(1 << vectors.index(v) for v in program)) for program in programs)
    return [next(size for size, made in by_size if s & ~made == 0) for s in range(1 << len(vectors))]


def xor_cost(rows: Sequence[int], n_inputs: int) -> int:
    """The least number of additions that make these rows from the units, by trying every set of other vectors.

    >>> xor_cost([0b0111, 0b1011, 0b0100], 4)
    3
    """
    units = {1 << i for i in range(n_inputs)}
    targets = {row for row in rows if row} - units
    others = [v for v in range(1, 1 << n_inputs) if v not in units | targets]

    def can_be_made(vectors: set[int]) -> bool:
        made, left = set(units), set(vectors)
        while new := {v for v in left if any(v ^ u in made for u in made)}:
            made |= new
            left -= new
        return not left

    return next(
        len(targets) + extra
        for extra in count()
        for chosen in combinations(others, extra)
        if can_be_made(targets | set(chosen))
    )


def product(a: Sequence[int], b: Sequence[int]) -> list[int]:
    """a b, the map that does b first: row i is the sum of the rows of b that are bits of row i of a.

    >>> product([0b11, 0b10], [0b01, 0b11])
    [2, 3]
    """
    result = []
    for row in a:
        total = 0
        for j, other in enumerate(b):
            total ^= other * (row >> j & 1)
        result.append(total)
    return result


def transpose(rows: Sequence[int], n_inputs: int) -> list[int]:
    """Column j as row j.

    >>> transpose([0b11, 0b10], 2)
    [1, 3]
    """
    return [sum((row >> j & 1) << i for i, row in enumerate(rows)) for j in range(n_inputs)]


def is_invertible(rows: Sequence[int]) -> bool:
    """Whether no sum of some rows is 0; as many rows as columns.

    >>> is_invertible([0b011, 0b110, 0b101]), is_invertible([0b011, 0b110, 0b111])
    (False, True)
    """
    return len(_eliminated(rows)) == len(rows)


def inverse(rows: Sequence[int]) -> list[int]:
    """The inverse of an invertible square matrix.

    >>> inverse([0b011, 0b110, 0b111])
    [6, 7, 5]
    >>> inverse([0b01, 0b01])
    Traceback (most recent call last):
    ValueError: rows = [1, 1]: the matrix has no inverse
    """
    n = len(rows)
    # Beside each row stands which of the given rows it is the sum of.
    done = _eliminated([row | 1 << n + i for i, row in enumerate(rows)], n)
    if len(done) < n:
        raise ValueError(f"rows = {list(rows)}: the matrix has no inverse")
    return [done[column] >> n for column in range(n)]


def _eliminated(rows: Sequence[int], n_inputs: int | None = None) -> dict[int, int]:
    """Column -> the row that alone has it, after Gauss and Jordan; columns from n_inputs on are carried along."""
    n = len(rows) if n_inputs is None else n_inputs
    left, done = list(rows), dict[int, int]()
    for column in range(n):
        pivot = next((row for row in left if row >> column & 1), None)
        if pivot is None:
            continue
        left.remove(pivot)
        left = [row ^ pivot * (row >> column & 1) for row in left]
        done = {c: row ^ pivot * (row >> column & 1) for c, row in done.items()}
        done[column] = pivot
    return done


def chain_family(n: int, k: int) -> list[int]:
    """The matrix A_{n,k}: y_i = x_i + x_{i+1} for i < n - 1, and y_{n-1} = x_0 + x_k + x_{n-1}; 0 < k < n - 1.

    >>> [f"{row:04b}" for row in chain_family(4, 1)]
    ['0011', '0110', '1100', '1011']
    """
    return [*(3 << i for i in range(n - 1)), 1 | 1 << k | 1 << n - 1]
