"""The formula that says: a circuit of exactly r gates computes these functions.

After Kojevnikov, Kulikov, Yaroslavtsev, "Finding efficient circuits using SAT-solvers" (SAT 2009), Knuth, The Art of
Computer Programming 4B (2022), section 7.2.2.2, and Haaswijk, Soeken, Mishchenko, De Micheli, "SAT-based exact
synthesis" (IEEE Trans. CAD 39, 2020), for several outputs.

Functions are *normal* (0 at input 0), one for each function and its complement, complements being free; so gates have
one of the operations &, &~, ~&, ^, | that depend on both arguments (without ^ in the basis U2), and nothing is said
about input 0. Variables:

    select[i][j, k]     gate i reads the signals j < k (the leaves come first, then the gates): exactly one pair
    operation[i]        its values at (j, k) = (0, 1), (1, 0), (1, 1)
    value[i][t]         its value on input t = 1, 2, ...
    place[h][i]         gate i computes target h: exactly one gate for each target, at most one target for each gate

**What the formula means.** *If the least circuit of the targets has exactly r gates, the formula is satisfiable; and a
solution is a circuit with r gates.* So a refutation shows that the minimum is not r, and refutations for
r = L, ..., U - 1 with a proof of "at least L" show that it is at least U. The second half is plain. For the first,
let the targets be distinct normal functions that are no leaves and no constants, and let the minimum be r. In a least
circuit no gate is constant, a leaf, or equal to another gate up to complement (it could be dropped); so the gates may
be taken normal, and each target has exactly one. Of all least circuits, in all orders, take one whose sequence of gates
is least: gates are compared by (k, j, operation), sequences lexicographically. Then:

1. Every gate is a target or is read (else drop it); every leaf in `used` is read.
2. No gate i' reads {j, i} or {k, i} where i reads {j, k}: it is a function of j and k alone, and reading {j, k} makes
   the sequence smaller. It stays in the basis: an operation that is not ^ is constant for one value of each argument;
   so for one value of j, i' is constant, and as a function of j and k it is not ^ either.
3. If gate i + 1 does not read gate i, its pair is not smaller than that of i: else exchange the two. If the pairs are
   equal, its operation is greater: else exchange the two, or drop one.
4. A symmetry is a permutation of the leaves that permutes the targets. None makes the pair of gate 0 smaller: else
   apply it. If the exchange of two leaves p < q is one, a gate that reads q and not p comes after one that reads p:
   else exchange them; the first gate that reads q and not p gets a smaller pair, and no gate before it changes.
5. Target h is not at gate i if its own minimum is known to be more than i + 1: the gates up to i compute it.

A proof certifies that the formula has no solution. What that means is argued
here, and tested against exhaustive search.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import combinations, count
from typing import NamedTuple

__all__ = ["Formula", "encode"]

# Values at (0, 1), (1, 0), (1, 1) that no gate has: constant 0, first argument, second argument.
NO_GATE = ((0, 0, 0), (0, 1, 1), (1, 0, 1))
EXCLUSIVE_OR = (1, 1, 0)

Clause = list[int]


class Formula(NamedTuple):
    """Clauses over the variables 1 ... n_variables, and which variables say what the circuit is."""

    n_variables: int
    clauses: list[Clause]
    n_leaves: int
    select: list[dict[tuple[int, int], int]]
    operation: list[list[int]]
    place: list[list[int]]

    def gates(self, model: Collection[int]) -> tuple[list[tuple[int, int, int]], list[int]]:
        """The gates (operation, j, k), with signals counted from 0, leaves first, and the signal of each target.

        `model` holds the literals that a solution makes true.
        """
        gates = []
        for pairs, values in zip(self.select, self.operation, strict=True):
            ((j, k),) = (pair for pair, variable in pairs.items() if variable in model)
            gates.append((sum(2 << case for case, variable in enumerate(values) if variable in model), j, k))
        signals = [self.n_leaves + [variable in model for variable in at].index(True) for at in self.place]
        return gates, signals


def encode(
    leaves: Sequence[int],
    targets: Sequence[int],
    rows: int,
    r: int,
    *,
    basis: str = "B2",
    used: Collection[int] = (),
    symmetries: Collection[tuple[int, ...]] = (),
    at_least: Sequence[int] = (),
) -> Formula:
    """The formula of r gates.

    Parameters
    ----------
    leaves, targets : sequences of int
        Normal truth tables: bit t is the value on input t, bit 0 is 0. The targets are distinct, and no leaves.
    rows : int
        The number of inputs t.
    r : int
        At least the number of targets.
    basis : {"B2", "U2"}
    used : leaves that some target depends on
    symmetries : permutations of the leaves that permute the targets; entry i is the image of leaf i
    at_least : for each target, a lower bound of its own minimum
    """
    counter = count(1)
    n, points = len(leaves), range(1, rows)
    select = [{(j, k): next(counter) for k in range(n + i) for j in range(k)} for i in range(r)]
    operation = [[next(counter) for _ in range(3)] for _ in range(r)]
    value = [[0, *(next(counter) for _ in points)] for _ in range(r)]
    place = [[next(counter) for _ in range(r)] for _ in targets]
    readers: list[list[list[int]]] = [[[] for _ in range(r)] for _ in range(n + r)]  # [signal][gate]: select variables
    for i, pairs in enumerate(select):
        for pair, chosen in pairs.items():
            for signal in pair:
                readers[signal][i].append(chosen)
    clauses: list[Clause] = []

    for i, pairs in enumerate(select):
        clauses += _exactly_one(list(pairs.values()))
        forbidden = NO_GATE if basis == "B2" else (*NO_GATE, EXCLUSIVE_OR)
        clauses += [[-v if bit else v for v, bit in zip(operation[i], bits, strict=True)] for bits in forbidden]
        for (j, k), chosen in pairs.items():
            clauses += _gate(
                chosen, operation[i], value[i], _signal(j, leaves, value), _signal(k, leaves, value), points
            )
    for at, target in zip(place, targets, strict=True):
        clauses += _exactly_one(at)
        for where, values in zip(at, value, strict=True):
            clauses += [[-where, values[t] if target >> t & 1 else -values[t]] for t in points]
    for i in range(r):
        clauses += [[-a, -b] for a, b in combinations([at[i] for at in place], 2)]

    for i in range(r):  # 1
        clauses.append([v for reading in readers[n + i] for v in reading] + [at[i] for at in place])
    clauses += [[v for reading in readers[leaf] for v in reading] for leaf in used]
    for i, pairs in enumerate(select):  # 2
        for pair, chosen in pairs.items():
            clauses += [[-chosen, -select[later][s, n + i]] for later in range(i + 1, r) for s in pair]
    for i in range(r - 1):  # 3
        for first, chosen in select[i].items():
            for second, then in select[i + 1].items():
                if n + i not in second and second[::-1] < first[::-1]:
                    clauses.append([-chosen, -then])
            clauses += _greater(operation[i], operation[i + 1], [-chosen, -select[i + 1][first]])
    clauses += _symmetric(select, readers, symmetries)  # 4
    for at, least in zip(place, at_least, strict=False):  # 5
        clauses += [[-where] for where in at[: least - 1]]
    return Formula(next(counter) - 1, clauses, n, select, operation, place)


def _exactly_one(variables: list[int]) -> list[Clause]:
    return [list(variables), *([-a, -b] for a, b in combinations(variables, 2))]


def _signal(signal: int, leaves: Sequence[int], value: Sequence[Sequence[int]]) -> tuple[int, Sequence[int]]:
    """A leaf's truth table and nothing, or 0 and a gate's value variables."""
    return (leaves[signal], ()) if signal < len(leaves) else (0, value[signal - len(leaves)])


def _gate(
    chosen: int,
    operation: Sequence[int],
    value: Sequence[int],
    first: tuple[int, Sequence[int]],
    second: tuple[int, Sequence[int]],
    points: range,
) -> list[Clause]:
    """If the pair is chosen, the value on every input is the operation of the two values there."""
    clauses = []
    (a_table, a_values), (b_table, b_values) = first, second
    for t in points:
        for a in (0, 1) if a_values else (a_table >> t & 1,):
            for b in (0, 1) if b_values else (b_table >> t & 1,):
                clause = [-chosen]
                if a_values:
                    clause.append(-a_values[t] if a else a_values[t])
                if b_values:
                    clause.append(-b_values[t] if b else b_values[t])
                if a or b:
                    result = operation[2 * a + b - 1]
                    clauses += [[*clause, -result, value[t]], [*clause, result, -value[t]]]
                else:
                    clauses.append([*clause, -value[t]])
    return clauses


def _greater(low: Sequence[int], high: Sequence[int], unless: Clause) -> list[Clause]:
    """Unless one of the literals holds, low < high as sequences of three bits."""
    a, b = low, high
    # The bits before the one considered are equal or already in order; the last one must be in order strictly.
    return [
        [*unless, -a[0], b[0]],
        *([*unless, s, -a[1], b[1]] for s in (-a[0], b[0])),
        *([*unless, s, u, v] for s in (-a[0], b[0]) for u in (-a[1], b[1]) for v in (-a[2], b[2])),
    ]


def _symmetric(
    select: Sequence[dict[tuple[int, int], int]],
    readers: Sequence[Sequence[Sequence[int]]],
    symmetries: Collection[tuple[int, ...]],
) -> list[Clause]:
    clauses: list[Clause] = []
    for pair, chosen in select[0].items() if select else ():
        images = (sorted((image[pair[0]], image[pair[1]]), reverse=True) for image in symmetries)
        if any(image < [pair[1], pair[0]] for image in images):
            clauses.append([-chosen])
    for image in symmetries:
        moved = [leaf for leaf, to in enumerate(image) if leaf != to]
        if len(moved) == 2:
            p, q = moved
            before: Clause = []
            for i, pairs in enumerate(select):
                clauses += [[-v, *before] for pair, v in pairs.items() if q in pair and p not in pair]
                before += readers[p][i]
    return clauses
