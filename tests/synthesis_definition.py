"""What least circuits are, for the tests of synthesis: by a formula, and by all programs of a few gates."""

from __future__ import annotations

from functools import cache
from itertools import combinations

from retrodict.synthesis.encoding import Formula, encode
from retrodict.synthesis.network import Network
from retrodict.synthesis.solver import Solver
from retrodict.synthesis.targets import input_tables, symmetries, targets


def formula_of(n: int, functions: list[int], r: int, basis: str = "B2", **pruned: object) -> Formula:
    found = targets(n, functions)
    assert found.functions == tuple(functions)
    k = len(found.inputs)
    assert k == n
    moved = symmetries(n, functions)
    return encode(input_tables(n), functions, 1 << n, r, basis=basis, used=range(n), symmetries=moved, **pruned)  # type: ignore[arg-type]


def has_circuit(n: int, functions: list[int], r: int, basis: str = "B2", **pruned: object) -> bool:
    formula = formula_of(n, functions, r, basis, **pruned)
    with Solver(formula.clauses) as solver:
        answer = solver.run(10**8)
        assert answer is not None
        if answer:
            gates, places = formula.gates(solver.model())
            tables = Network(input_tables(n), gates, functions).tables
            assert len(gates) == r
            assert [tables[v] for v in places] == functions
            assert basis == "B2" or all(operation != 6 for operation, _, _ in gates)
        return answer


@cache
def programs(gates: int) -> list[frozenset[frozenset[int]]]:
    """For r = 0 ... gates, the sets of normal functions of three inputs that r gates, all different, compute."""
    inputs = input_tables(3)
    levels = [frozenset({frozenset[int]()})]
    for _ in range(gates):
        level = set()
        for program in levels[-1]:
            for a, b in combinations([*inputs, *program], 2):
                for made in (a & b, a & ~b, b & ~a, a | b, a ^ b):
                    if made and made not in inputs and made not in program:
                        level.add(program | {made})
        levels.append(frozenset(level))
    return levels


def joint_cost(functions: set[int], most: int) -> int:
    """The definition; most + 1 if it is more than `most`."""
    return next((r for r, level in enumerate(programs(most)) if any(functions <= p for p in level)), most + 1)
