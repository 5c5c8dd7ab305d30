"""Refutations are replayed by the independent checker, and damaged ones refused."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from synthesis_definition import formula_of

from retrodict import circuits
from retrodict.checkers import dimacs, drat
from retrodict.synthesis import LowerBound, Refutation
from retrodict.synthesis.solver import Solver


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
