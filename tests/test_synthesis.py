"""Joint minima against exhaustive search, proofs against the independent checker, circuits against their tables."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from functools import cache
from itertools import combinations, permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrodict import circuits
from retrodict.capacity import gates_joint
from retrodict.checkers import circuit as circuit_checker
from retrodict.checkers import dimacs, drat
from retrodict.maps import BooleanMap, parse
from retrodict.netlist import Circuit
from retrodict.synthesis import LowerBound, Refutation, synthesize
from retrodict.synthesis import search as search_module
from retrodict.synthesis.encoding import Formula, encode
from retrodict.synthesis.expansion import expand
from retrodict.synthesis.network import Network
from retrodict.synthesis.solver import Solver
from retrodict.synthesis.targets import input_tables, outputs_of, symmetries, targets
from retrodict.synthesis.theorems import first_outputs
from retrodict.synthesis.windows import improve

U2 = [op for op in range(16) if op.bit_count() % 2]  # operations with one or three ones


BASES = st.sampled_from(["B2", "U2"])


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


def maps(n: int, m: int) -> st.SearchStrategy[BooleanMap]:
    entries = st.lists(st.integers(0, (1 << m) - 1), min_size=1 << n, max_size=1 << n)
    return entries.map(lambda table: BooleanMap("drawn", n, m, table))


def replayed(f: BooleanMap, circuit: Circuit, basis: str = "B2") -> int:
    """Gates, by the independent checker."""
    return circuit_checker.check(
        {
            "n_inputs": circuit.n_inputs,
            "gates": [list(gate) for gate in circuit.gates],
            "outputs": list(circuit.outputs),
            "table": [int(y) for y in f.table],
            "operations": list(range(16)) if basis == "B2" else U2,
        }
    )


@settings(max_examples=25)
@given(st.integers(1, 3).flatmap(lambda n: maps(n, 2)), BASES, st.booleans())
def test_bounds_hold_what_they_say(f: BooleanMap, basis: str, with_refutations: bool) -> None:
    found = synthesize(f, basis=basis, drat=with_refutations)
    assert replayed(f, found.witness, basis) == found.witness.size == found.upper
    assert found.proof.value == found.lower
    assert len(found.proof.check()) == len(found.proof.refutations)
    assert found.exact == (found.note == "")
    wanted = targets(*outputs_of(f))
    if basis == "B2" and len(wanted.inputs) == 3:
        least = joint_cost(set(wanted.functions), 4)
        assert found.lower <= least or least == 5
        assert found.upper >= least
        assert not found.exact or least == 5 or found.upper == least


def test_refutations_and_exhaustive_search_agree() -> None:
    draw = random.Random(1)
    for n, m in ((3, 3), (4, 1)):
        f = BooleanMap("drawn", n, m, [draw.randrange(1 << m) for _ in range(1 << n)])
        searched, refuted = synthesize(f), synthesize(f, drat=True)
        assert searched.exact
        assert "exhaustive" not in refuted.proof.reason
        assert "table" not in refuted.proof.reason
        assert refuted.lower <= searched.lower <= refuted.upper
        assert refuted.proof.refutations
        assert not searched.proof.refutations


def test_free_outputs_cost_nothing() -> None:
    table = [x & 1 | (~x >> 1 & 1) << 1 | 1 << 3 for x in range(4)]  # x0, not x1, 0, 1
    found = synthesize(BooleanMap("free", 2, 4, table))
    assert (str(found), found.witness.outputs, found.proof.start) == ("0", (2, 5, 0, 1), 0)
    twice = synthesize([[0, 0, 0, 1], [1, 1, 1, 0], [0, 0, 0, 1]])
    assert (twice.upper, twice.exact, twice.witness.outputs[1] ^ 1) == (1, True, twice.witness.outputs[0])
    unread = synthesize([[x >> 3 & x & 1 for x in range(16)]])  # x0 x3 of four inputs
    assert (unread.upper, unread.witness.n_inputs, set(unread.witness.gates[0][1:])) == (1, 4, {1, 4})


FEEBLE = [0, 14, 5, 11, 4, 12, 1, 9, 7, 15, 2, 10, 3, 13, 6, 8]


def test_a_feebly_one_way_permutation() -> None:
    f = BooleanMap("feeble", 4, 4, FEEBLE)
    forward, inverse = synthesize(f), synthesize(f.inverse())
    assert (forward.lower, forward.upper, inverse.lower, inverse.upper) == (5, 5, 6, 6)
    functions = [list(targets(*outputs_of(one)).functions) for one in (f, f.inverse())]
    least = [next(r for r in (4, 5, 6) if has_circuit(4, one, r)) for one in functions]
    assert least == [5, 6]


@cache
def five_gates() -> Refutation:
    """That 5 gates are not enough for bd84, which needs 6."""
    formula = formula_of(4, [0xBD84], 5)
    with Solver(formula.clauses, with_proof=True) as solver:
        assert solver.run(10**8) is False
        return Refutation("bd84 by 5 gates", formula.n_variables, formula.clauses, solver.proof())


def refusal(lines: list[str]) -> str:
    formula = five_gates()
    try:
        drat.check(formula.clauses, dimacs.parse_proof("\n".join(lines)))
    except dimacs.RefusedError as error:
        return str(error)
    return ""


def test_five_gates_are_not_enough(tmp_path: Path) -> None:
    assert circuits.gate_cost(0xBD84, 4) == 6
    refutation = five_gates()
    refutation.write(tmp_path / "formula.cnf", tmp_path / "proof.drat")
    assert drat.main([str(tmp_path / "formula.cnf"), str(tmp_path / "proof.drat")]) == 0
    # A lemma that is needed: without it a later line is refused. The beginning of the proof is enough to find one.
    lines = refutation.proof.splitlines()
    assert refusal(lines[:400]) == "no line adds the empty clause"
    without = ((i, refusal(lines[:i] + lines[i + 1 : 400])) for i in range(400) if not lines[i].startswith("d"))
    needed, message = next((i, message) for i, message in without if message.startswith("line "))
    assert refusal(lines[:needed] + lines[needed + 1 :]) == message
    assert message.endswith("unit propagation finds no conflict")
    assert int(message.split(":")[0].split()[1]) > needed


def test_damaged_proofs_are_refused(tmp_path: Path) -> None:
    lines = five_gates().proof.splitlines()
    assert lines[-1] == "0"
    assert refusal(lines[:-1]) == "no line adds the empty clause"
    first = next(i for i, line in enumerate(lines) if not line.startswith("d"))
    literals = lines[first].split()
    wrong = " ".join([str(-int(literals[0])), *literals[1:]])
    assert refusal([*lines[:first], wrong, *lines[first + 1 :]]).startswith(
        f"line {first + 1}: clause {wrong[:-2]}: unit"
    )
    formula, proof = tmp_path / "formula.cnf", tmp_path / "proof.drat"
    five_gates().write(formula, proof)
    text = proof.read_text()
    proof.write_text(text[: len(text) // 2].rstrip("0123456789- \n") + " 1")  # inside of a line
    assert drat.main([str(formula), str(proof)]) == 1
    # Of a formula that has a solution nothing is accepted.
    enough = formula_of(4, [0xBD84], 6)
    with pytest.raises(dimacs.RefusedError):
        drat.check(enough.clauses, dimacs.parse_proof(five_gates().proof))


def test_lower_bounds_are_replayed() -> None:
    good = five_gates()
    bad = Refutation(good.claim, good.n_variables, good.clauses, "0")
    assert LowerBound(5, "theorem", (good,)).value == 6
    assert str(LowerBound(5, "theorem", (good,))) == "at least 5: theorem; not 5: DRAT"
    with pytest.raises(dimacs.RefusedError, match="line 1: the empty clause"):
        LowerBound(5, "theorem", (bad,)).check()


@settings(max_examples=25)
@given(
    st.integers(1, 5).flatmap(lambda n: maps(n, 3)), st.randoms(use_true_random=False), st.sampled_from(["B2", "U2"])
)
def test_expansions_and_windows_compute_the_functions(f: BooleanMap, draw: random.Random, basis: str) -> None:
    functions = targets(*outputs_of(f))
    n = len(functions.inputs)
    order = draw.sample(range(n), n)
    circuit = expand(n, functions.functions, order, basis)
    network = Network.of(circuit, functions.functions)
    assert network.size <= circuit.size
    smaller = improve(network, basis, least=0, windows=4, seed=draw.randrange(9), stop=lambda: network.size == 0)
    assert smaller.size <= network.size
    for one in (network, smaller):
        assert [one.tables[v] for v in one.places] == list(functions.functions)
        assert len(set(one.tables)) == len(one.tables)
        assert basis == "B2" or all(operation != 6 for operation, _, _ in one.gates)


def test_windows_find_what_expansions_miss() -> None:
    inverse = parse("sbox:keccak-chi").inverse()
    functions = targets(*outputs_of(inverse)).functions
    network = Network.of(expand(5, functions, range(5)), functions)
    smaller = improve(network, "B2", least=0, windows=60, seed=0, stop=lambda: False)
    assert smaller.size < network.size - 3


def test_a_timeout_leaves_the_best_bounds() -> None:
    started = time.process_time()
    found = synthesize(parse("sbox:ascon"), timeout=1.0)
    assert time.process_time() - started < 4
    assert found.note == "interrupted after 1 s: no minimum, but the best bounds by then"
    assert not found.exact
    assert found.lower >= 10
    assert replayed(parse("sbox:ascon"), found.witness) == found.upper


def test_control_c_leaves_the_best_bounds() -> None:
    timer = threading.Timer(1.0, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    found = synthesize(parse("sbox:ascon").inverse(), timeout=60)
    timer.join()
    assert found.note == "interrupted by Ctrl-C: no minimum, but the best bounds by then"
    assert found.lower >= 7
    assert replayed(parse("sbox:ascon").inverse(), found.witness) == found.upper


def test_without_a_timeout_the_result_is_the_same() -> None:
    first, second = (synthesize(parse("perm:n=4,seed=0")) for _ in range(2))
    assert (first.lower, first.witness, first.note) == (second.lower, second.witness, second.note)
    assert first.note.startswith("stopped after a fixed amount of work, which a timeout would raise: no minimum")


def test_without_a_solver_the_theorems_and_the_construction_remain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_module, "available", lambda: False)
    found = synthesize(parse("sbox:present"))
    assert (found.lower, found.note.split(",")[0]) == (11, "python-sat")
    assert replayed(parse("sbox:present"), found.witness) == found.upper


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: synthesize([[0, 1]], basis="B3"), "basis = 'B3': it is one of 'B2', 'U2', 'AIG'"),
        (lambda: synthesize([[0, 1]], timeout=0), "timeout = 0: must be a positive number of seconds"),
        (lambda: synthesize([]), "outputs is empty"),
        (lambda: synthesize([[0, 1, 1]]), r"outputs\[0\] has shape \(3,\): a truth table has 2\^n entries"),
        (lambda: synthesize([[0, 1], [0, 1, 1, 0]]), r"outputs\[1\] has 4 entries and outputs\[0\] 2"),
        (lambda: synthesize([[0, 1], [0, 2]]), r"outputs\[1\]\[1\] = 2: an entry is 0 or 1"),
        (lambda: synthesize([[[0, 1]]]), r"outputs\[0\] has shape \(1, 2\)"),
    ],
)
def test_bad_input(call: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()  # type: ignore[operator]


def test_bad_types() -> None:
    with pytest.raises(TypeError, match=r"outputs\[0\] has dtype float64"):
        synthesize([np.zeros(4)])


def test_the_measure_of_all_bits_together() -> None:
    """Published counts are upper bounds: chi is five exclusive ors and five conjunctions, and no fewer do."""
    [chi] = gates_joint.bounds(parse("sbox:keccak-chi"))
    assert (chi.kind, chi.value, chi.note) == ("exact", 10, "at least 10: exhaustive search: no circuit of 9 gates")
    lower, upper = gates_joint.bounds(parse("sbox:present"))
    assert (lower.kind, upper.kind) == ("lower", "upper")
    assert 11 <= lower.value < upper.value
    assert "no minimum" in lower.note
    assert "no minimum" in upper.note
