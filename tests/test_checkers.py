"""The checkers of certificates against their definitions, and what they refuse."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pysat.solvers import Solver

from retrodict.checkers import circuit, dimacs, drat
from retrodict.netlist import AND, OR, XOR, Circuit

Clauses = list[tuple[int, ...]]
CONTRADICTION: Clauses = [(1, 2), (1, -2), (-1, 2), (-1, -2)]


def conclusions(clauses: Clauses, known: frozenset[int]) -> frozenset[int] | None:
    """What follows from `known` by unit propagation, or None: a conflict."""
    while True:
        if any(-literal in known for literal in known):
            return None
        left = [[one for one in clause if -one not in known] for clause in clauses]
        if [] in left:
            return None
        more = known.union(*(ones for ones in left if len(set(ones)) == 1))
        if more == known:
            return known
        known = more


def first_refused(clauses: Clauses, steps: list[tuple[bool, tuple[int, ...]]]) -> int:
    """The number of the first line that does not follow; 0: a line adds the empty clause; -1: none does."""
    database = [tuple(sorted(clause)) for clause in clauses]
    known = conclusions(database, frozenset())
    for number, (deletes, clause) in enumerate(steps, 1):
        key = tuple(sorted(clause))
        if deletes:
            if key in database:
                database.remove(key)
            continue
        if known is not None:
            if conclusions(database, known.union(-one for one in clause)) is not None:
                return number
            database.append(key)
            known = conclusions(database, known)
        if not clause:
            return 0
    return -1


LITERALS = st.integers(1, 4).flatmap(lambda v: st.sampled_from([v, -v]))
STEPS = st.lists(st.tuples(st.booleans(), st.lists(LITERALS, max_size=3).map(tuple)), max_size=6)


@given(st.lists(st.lists(LITERALS, min_size=2, max_size=5).map(tuple), max_size=22), STEPS, st.data())
@settings(max_examples=400)
def test_lines_are_taken_as_the_definition_takes_them(
    clauses: Clauses, steps: list[tuple[bool, tuple[int, ...]]], data: st.DataObject
) -> None:
    clauses = [(1, 2, 3, 4), *clauses]
    for _ in range(data.draw(st.integers(0, 3))):  # deletions of what is there, and often the last word
        steps.insert(data.draw(st.integers(0, len(steps))), (True, data.draw(st.sampled_from(clauses))))
    if data.draw(st.booleans()):
        steps.append((False, ()))
    expected = first_refused(clauses, steps)
    proof = [dimacs.Line(number, *step) for number, step in enumerate(steps, 1)]
    if expected == 0:
        assert drat.check(clauses, proof).additions >= 1
    else:
        message = f"line {expected}: .*: unit propagation finds no conflict" if expected > 0 else "no line adds"
        with pytest.raises(dimacs.RefusedError, match=message):
            drat.check(clauses, proof)


def random_formula(seed: int, n: int, m: int) -> Clauses:
    draw = random.Random(seed)
    return [tuple(v * draw.choice((1, -1)) for v in draw.sample(range(1, n + 1), 3)) for _ in range(m)]


@pytest.mark.parametrize("seed", range(6))
def test_long_clauses_keep_their_literals(seed: int) -> None:
    """Many clauses to each literal, hence many that are watched elsewhere when a conflict is found."""
    draw = random.Random(seed)
    variables = range(1, 13)

    def clause(length: int) -> tuple[int, ...]:
        return tuple(v * draw.choice((1, -1)) for v in draw.sample(variables, length))

    formula = [tuple(variables), *(clause(draw.randint(3, 5)) for _ in range(50))]
    kept, database = list(formula), drat._Database(formula)
    for _ in range(150):
        lemma, gone = clause(draw.randint(3, 7)), draw.choice(kept[1:])
        kept.remove(gone)
        assert database.delete(gone)
        known = conclusions(kept, frozenset())
        assert known is not None
        expected = conclusions(kept, known.union(-one for one in lemma)) is None
        assert database.implies(lemma) == expected
        kept.append(lemma)
        database.add(lemma)


@pytest.mark.parametrize("name", ["cadical153", "glucose42", "maplechrono"])
def test_proofs_of_solvers_are_accepted(name: str) -> None:
    for seed in range(8):
        formula = random_formula(seed, 50, 300)
        with Solver(name, bootstrap_with=formula, with_proof=True) as solver:
            assert not solver.solve()
            proof = dimacs.parse_proof("\n".join(solver.get_proof()))
        found = drat.check(formula, proof)
        assert found.additions + found.deletions + found.passed_over <= len(proof)
        with pytest.raises(dimacs.RefusedError):  # the same proof of a formula that has a solution
            drat.check(formula[: len(formula) // 2], proof)


def test_what_is_no_refutation_is_refused() -> None:
    def refusal(proof: str, formula: Clauses = CONTRADICTION) -> str:
        with pytest.raises(dimacs.RefusedError) as caught:
            drat.check(formula, dimacs.parse_proof(proof))
        return str(caught.value)

    assert drat.check(CONTRADICTION, dimacs.parse_proof("c a comment\n\n1 0\n0\n")) == (2, 0, 0)
    assert drat.check(CONTRADICTION, dimacs.parse_proof("1 0\nd 1 2 0\nd 2 1 0\n0\n")) == (2, 1, 1)
    assert refusal("1 0\n") == "no line adds the empty clause"
    assert refusal("") == "no line adds the empty clause"
    assert refusal("0\n") == "line 1: the empty clause: unit propagation finds no conflict"
    assert refusal("1 0\n0\n", CONTRADICTION[:3]) == "line 2: the empty clause: unit propagation finds no conflict"
    assert refusal("d 1 2 0\n1 0\n0\n") == "line 2: clause 1: unit propagation finds no conflict"
    long = [(*clause, 3) for clause in CONTRADICTION] + [(*clause, -3) for clause in CONTRADICTION]
    assert drat.check(long, dimacs.parse_proof("1 2 0\n1 0\n2 0\n0\n")) == (4, 0, 0)
    assert refusal("d 3 2 1 0\n1 2 0\n", long) == "line 2: clause 1 2: unit propagation finds no conflict"
    assert refusal("3 0\n0\n").startswith("line 1: clause 3: literal 3: the formula has variables 1 ... 2, and def")
    assert refusal("1 0\n-1 2").startswith("line 2: -1 2: no final 0: the file is truncated")
    assert refusal("d").startswith("line 1: d: no final 0")


def test_clauses_that_look_alike() -> None:
    """Repeated clauses and literals, tautologies: a deletion takes one clause, a repeated literal counts once."""
    double = [(1, 2), *CONTRADICTION]
    assert drat.check(double, dimacs.parse_proof("d 2 1 0\n1 0\n0\n")).deletions == 1
    with pytest.raises(dimacs.RefusedError, match="line 3"):
        drat.check(double, dimacs.parse_proof("d 2 1 0\nd 1 2 0\n1 0\n"))
    assert drat.check([(1, 1, 1), (-1, -1)], dimacs.parse_proof("0\n")).additions == 1
    tautologies: Clauses = [(1, -1), (2, -2, 1), *CONTRADICTION]
    assert drat.check(tautologies, dimacs.parse_proof("1 -1 0\nd 1 -1 0\nd 1 2 -2 0\n1 0\n0\n")) == (3, 2, 0)
    assert drat.check([()], dimacs.parse_proof("0\n")) == (1, 0, 0)


def test_what_a_deleted_clause_made_known_stays() -> None:
    """As DRAT-trim has it: a deletion of the reason of a known literal does not make it unknown."""
    formula = [(1,), (-1, 2), (-2, 3, 4), (-2, 3, -4), (-3, 4), (-3, -4)]
    assert drat.check(formula, dimacs.parse_proof("d -1 2 0\nd 1 0\n3 0\n0\n")) == (2, 2, 0)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no line `p cnf"),
        ("1 2 0\n", "line 1: 1 2 0: `p cnf VARIABLES CLAUSES` must come first"),
        ("p cnf 2\n", "line 1: p cnf 2: one line must be"),
        ("p cnf 2 1\np cnf 2 1\n1 0\n", "line 2: p cnf 2 1: one line must be"),
        ("p dnf 2 1\n1 0\n", "line 1: p dnf 2 1: one line"),
        ("p cnf 2 1\n1 x 0\n", "line 2: x: must be an integer"),
        ("p cnf 2 1\n1 -3 0\n", "line 2: literal -3: the header announces 2 variables"),
        ("p cnf 2 2\n1 0\n", "1 clauses: the header announces 2"),
        ("p cnf 2 1\n1 2\n", "the last clause, clause 1 2, has no final 0: the file is truncated"),
    ],
)
def test_formulas_that_are_none(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        dimacs.parse_formula(text)


@pytest.mark.parametrize(
    ("text", "message"), [("1 0\nx 0\n", "line 2: x: must be an integer"), ("1 0 2 0\n", "line 1: 1 0 2 0: a 0 inside")]
)
def test_proofs_that_are_none(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        dimacs.parse_proof(text)


def test_a_clause_may_run_over_lines() -> None:
    assert dimacs.parse_formula("c\np cnf 3 2\n1 2\n3 0 -1\n0\n") == (3, [(1, 2, 3), (-1,)])


def test_command_line_of_drat(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    formula, good, bad = tmp_path / "f.cnf", tmp_path / "good.drat", tmp_path / "bad.drat"
    formula.write_text("p cnf 2 4\n" + "".join(f"{a} {b} 0\n" for a, b in CONTRADICTION))
    good.write_text("1 0\n0\n")
    bad.write_text("0\n")
    assert drat.main([str(formula), str(good)]) == 0
    assert capsys.readouterr().out.startswith("accepted: 2 variables and 4 clauses are unsatisfiable; 2 clauses added")
    assert drat.main([str(formula), str(bad)]) == 1
    assert capsys.readouterr().out == f"refused: {bad}: line 1: the empty clause: unit propagation finds no conflict\n"
    for arguments in ([str(good), str(formula)], [str(formula), str(tmp_path / "none")], [str(formula)]):
        assert drat.main(arguments) == 2
        assert capsys.readouterr().err
    command = [sys.executable, "-m", "retrodict.checkers.drat", str(formula)]
    assert [subprocess.run([*command, p], capture_output=True).returncode for p in (good, bad, tmp_path)] == [0, 1, 2]


HALF_ADDER: dict[str, Any] = {"n_inputs": 2, "gates": [[6, 1, 2], [8, 1, 2]], "outputs": [6, 8], "table": [0, 1, 1, 2]}


@given(st.integers(0, 4), st.data())
def test_circuits_are_replayed(n: int, data: st.DataObject) -> None:
    gates = [
        (data.draw(st.sampled_from([AND, OR, XOR, 2, 9])), *data.draw(st.tuples(*[st.integers(0, n + i)] * 2)))
        for i in range(data.draw(st.integers(0, 6)))
    ]
    outputs = data.draw(st.lists(st.integers(0, 2 * (n + len(gates)) + 1), max_size=4))
    table = [int(y) for y in Circuit(n, gates, outputs).table()]
    certificate = {"n_inputs": n, "gates": [list(gate) for gate in gates], "outputs": outputs, "table": table}
    assert circuit.check(json.loads(json.dumps(certificate))) == len(gates)
    x = data.draw(st.integers(0, len(table) - 1))
    wrong = [y ^ (i == x) for i, y in enumerate(table)]
    with pytest.raises(circuit.RefusedError, match=f"input {x}: the circuit gives {table[x]}, the table {wrong[x]}"):
        circuit.check({**certificate, "table": wrong})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"n_inputs": -1}, "n_inputs = -1: must lie in 0 ... 24"),
        ({"n_inputs": None}, "n_inputs = .*: must be integers"),
        ({"gates": 3}, "gates: must be a list"),
        ({"gates": [[6, 1]]}, r"gates\[0\] = \[6, 1\]: must be an operation"),
        ({"gates": [[6, 1, 3], [8, 1, 2]]}, r"gates\[0\] = \[6, 1, 3\]: .* two variables, 0 ... 2"),
        ({"gates": [[16, 1, 2], [8, 1, 2]]}, r"gates\[0\] = \[16, 1, 2\]"),
        ({"outputs": [6, 10]}, r"outputs\[1\] = 10: must lie in 0 ... 9"),
        ({"table": [0, 1, 1]}, "table has 3 entries: 2 inputs need 4"),
        ({"table": [0, 1, 1, 2.0]}, "table = .*: must be integers"),
    ],
)
def test_certificates_that_are_none(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        circuit.check({**HALF_ADDER, **change})


def test_gates_outside_of_the_basis() -> None:
    assert circuit.check({**HALF_ADDER, "operations": [6, 8]}) == 2
    with pytest.raises(circuit.RefusedError, match=r"gates\[0\] has operation 6: allowed are \[8\]"):
        circuit.check({**HALF_ADDER, "operations": [8]})


def test_command_line_of_circuit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "half_adder.json"
    for certificate, status in ((HALF_ADDER, 0), ({**HALF_ADDER, "outputs": [6, 9]}, 1), ([], 2)):
        path.write_text(json.dumps(certificate))
        assert circuit.main([str(path)]) == status
    assert capsys.readouterr().out.startswith("accepted: the circuit computes the table with 2 gates\nrefused: ")
    path.write_text("{")
    assert [circuit.main([str(path)]), circuit.main([]), circuit.main([str(tmp_path)])] == [2, 2, 2]
