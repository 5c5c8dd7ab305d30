"""The formulas of synthesis decide the minimum."""

from __future__ import annotations

import random
from itertools import permutations

import pytest
from synthesis_definition import has_circuit, joint_cost, programs

from retrodict import circuits
from retrodict.synthesis.targets import symmetries, targets
from retrodict.synthesis.theorems import first_outputs


def essential_normal(n: int) -> list[int]:
    """Functions of all n inputs that vanish at 0, one of each class under permuting the inputs."""
    points = range(1 << n)
    moves = [[sum((x >> i & 1) << to for i, to in enumerate(p)) for x in points] for p in permutations(range(n))]
    return [
        f
        for f in range(0, 1 << (1 << n), 2)
        if len(targets(n, [f]).inputs) == n and all(f <= sum((f >> move[x] & 1) << x for x in points) for move in moves)
    ]


@pytest.mark.parametrize("basis", ["B2", "U2"])
def test_formulas_of_three_inputs_decide_the_minimum(basis: str) -> None:
    """The formula of r gates has a solution at the minimum, and none below: against the table of all functions. (Above,
    it may have none, since every gate must be needed.)"""
    cost = circuits.cost_table(3, basis)
    chosen = essential_normal(3)
    if basis == "U2":
        chosen = [f for f in chosen if cost[f] <= 5]
    for f in chosen:
        answers = [has_circuit(3, [f], r, basis) for r in range(1, int(cost[f]) + 1)]
        assert answers == [False] * (len(answers) - 1) + [True], f
        assert has_circuit(3, [f], len(answers), basis, at_least=[len(answers)]), f


def test_formulas_of_four_inputs_decide_the_minimum() -> None:
    cost = circuits.cost_table(4)
    draw = random.Random(0)
    chosen = [0x8000, 0x6996 ^ 0, 0x7630, 0x8290, 0x1668, 0xBD84]
    chosen += [f for f in (draw.randrange(0, 1 << 16, 2) for _ in range(60)) if len(targets(4, [f]).inputs) == 4][:12]
    for f in chosen:
        r = int(cost[f])
        assert (has_circuit(4, [f], r), r == 3 or has_circuit(4, [f], r - 1)) == (True, r == 3), f


@pytest.mark.parametrize("seed", range(12))
def test_formulas_of_several_outputs_decide_the_minimum(seed: int) -> None:
    """Against a breadth-first search over everything that four gates compute together."""
    draw = random.Random(seed)
    # Functions of one program, so that they often share gates.
    functions = sorted(draw.sample(sorted(draw.choice(sorted(programs(4)[4], key=sorted))), 2 + seed % 2))
    found = targets(3, functions)
    if len(found.inputs) < 3:
        functions = [0b10001000, 0b11000000, 0b01100110]  # x0 x1, x1 x2, x0 ^ x1
    least = joint_cost(set(functions), 4)
    answers = [has_circuit(3, functions, r) for r in range(len(functions), least + 1)]
    assert answers == [False] * (least - len(functions)) + [True]
    assert first_outputs(3, functions, "B2")[0] <= least


def test_symmetric_maps_decide_the_minimum() -> None:
    """Symmetries that move targets: rotations of the inputs, and exchanges of two."""
    rotations = [sum((x >> i & ~(x >> (i + 1) % 3) & 1) << x for x in range(8)) for i in range(3)]
    pairs = [0b10001000, 0b10100000, 0b11000000]
    majority_and_parity = [0b11101000, 0b10010110]
    assert len(symmetries(3, rotations)) == 3
    assert len(symmetries(3, pairs)) == len(symmetries(3, majority_and_parity)) == 6
    for functions, least in ((rotations, 3), (pairs, 3), ([*pairs, 0b10000000], 4)):
        assert joint_cost(set(functions), 4) == least
        assert [has_circuit(3, functions, r) for r in range(len(functions), least + 1)][-1]
        assert not any(has_circuit(3, functions, r) for r in range(len(functions), least))
    assert joint_cost(set(majority_and_parity), 4) == 5  # the full adder: five, as everybody builds it
    assert [has_circuit(3, majority_and_parity, r) for r in (3, 4, 5)] == [False, False, True]
