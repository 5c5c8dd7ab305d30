"""The statements: each is complete in its file, and the index says truly where the specifications are checked."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from retrodict.claims import Claim, Theorem, Verdict

FOLDER = Path(__file__).parent.parent / "proofs_numeric"
FILES = sorted(FOLDER.rglob("*.py"))
INDEX = [
    tuple(cell.strip() for cell in line.strip("|").split("|"))
    for line in (FOLDER / "INDEX.md").read_text().splitlines()
    if line.startswith("| ") and not line.startswith("| id ")
]
PRECEDENCE = ("STATISTICAL", "CERTIFIED", "SYMBOLIC", "EXACT")


def load(path: Path) -> Theorem:
    spec = importlib.util.spec_from_file_location(f"statement_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (theorem,) = (value for value in vars(module).values() if isinstance(value, Theorem))
    return theorem


@pytest.fixture(scope="session")
def statements() -> dict[str, Theorem]:
    loaded = [load(path) for path in FILES]
    by_label = {theorem.label: theorem for theorem in loaded}
    assert len(by_label) == len(loaded), "two statements share a label"
    return by_label


def grade(returned: Any) -> str:
    claims = [returned] if isinstance(returned, Claim) else returned
    seen = {claim.grade.name for claim in claims}
    return next(name for name in PRECEDENCE if name in seen)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_statement_is_complete(path: Path) -> None:
    assert path.name.startswith(("thm_", "lem_", "prop_")), "statements are thm_*.py, lem_*.py or prop_*.py"
    assert path.read_text().rstrip().endswith('main(["run", __file__])'), "the file does not run on its own"
    theorem = load(path)
    assert theorem.checks
    assert theorem.title
    assert theorem.source
    assert theorem.figures
    controlled = {control.check.name for control in theorem.controls}
    assert [check.name for check in theorem.checks if check.name not in controlled] == []


def test_what_is_used_exists(statements: dict[str, Theorem]) -> None:
    used = {label for theorem in statements.values() for label in theorem.uses}
    assert used <= statements.keys()


def test_every_id_that_has_a_statement_is_indexed() -> None:
    wanted = {f"trees C{k:02d}" for k in (1, 2, 3, 4, 5, 6, 7, 9, 10, 25, 26)}
    assert wanted <= {row[0] for row in INDEX}
    assert len(set(INDEX)) == len(INDEX)


@pytest.mark.parametrize("row", INDEX, ids="-".join)
def test_index_is_true(row: tuple[str, ...], statements: dict[str, Theorem]) -> None:
    _, label, name, claimed = row
    assert label in statements
    found = [check for check in statements[label].checks if check.name == name]
    assert found, f"{label} has no check {name}"
    instance = found[0].grid(full=found[0].tier == "full")[-1]
    assert grade(found[0].function(**instance)) == claimed


@pytest.mark.parametrize("label", ["thm:belief-propagation", "thm:contraction", "thm:recursive-majority"])
def test_quick_statements_hold(label: str, statements: dict[str, Theorem]) -> None:
    assert statements[label].judge().verdict is Verdict.HOLDS
