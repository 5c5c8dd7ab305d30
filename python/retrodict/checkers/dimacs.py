"""Formulas in DIMACS format and proofs in the text format of DRAT, read strictly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

__all__ = ["Line", "RefusedError", "parse_formula", "parse_proof", "show"]


class RefusedError(Exception):
    """The proof does not show that the formula is unsatisfiable; the message names the line and the clause."""


class Line(NamedTuple):
    """One clause of a proof, to add or to delete; `number` counts the lines of its file from 1."""

    number: int
    deletes: bool
    literals: tuple[int, ...]


def parse_formula(text: str) -> tuple[int, list[tuple[int, ...]]]:
    """The number of variables and the clauses of a formula in DIMACS format.

    Raises
    ------
    ValueError
        Naming the line, the word and the rule.

    Examples
    --------
    >>> parse_formula("c x or y, not x\\np cnf 2 2\\n1 2 0\\n-1 0\\n")
    (2, [(1, 2), (-1,)])
    """
    announced: tuple[int, int] | None = None
    clauses: list[tuple[int, ...]] = []
    clause: list[int] = []
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split()
        if not words or words[0] == "c":
            continue
        if words[0] == "p":
            if announced or len(words) != 4 or words[1] != "cnf" or not (words[2].isdigit() and words[3].isdigit()):
                raise ValueError(f"line {number}: {line[:60]}: one line must be `p cnf VARIABLES CLAUSES`")
            announced = int(words[2]), int(words[3])
            continue
        if announced is None:
            raise ValueError(f"line {number}: {line[:60]}: `p cnf VARIABLES CLAUSES` must come first")
        for word in words:
            literal = _literal(number, word)
            if literal == 0:
                clauses.append(tuple(clause))
                clause = []
            elif abs(literal) > announced[0]:
                raise ValueError(f"line {number}: literal {literal}: the header announces {announced[0]} variables")
            else:
                clause.append(literal)
    if announced is None:
        raise ValueError("no line `p cnf VARIABLES CLAUSES`")
    if clause:
        raise ValueError(f"the last clause, {show(clause)}, has no final 0: the file is truncated")
    if len(clauses) != announced[1]:
        raise ValueError(f"{len(clauses)} clauses: the header announces {announced[1]}")
    return announced[0], clauses


def parse_proof(text: str) -> list[Line]:
    """The lines of a proof in the text format of DRAT.

    Raises
    ------
    RefusedError
        A line without its final 0: the file is truncated.
    ValueError
        What is no line of a proof.

    Examples
    --------
    >>> parse_proof("2 0\\nd 1 2 0\\n0\\n")[1]
    Line(number=2, deletes=True, literals=(1, 2))
    """
    lines = []
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split()
        if not words or words[0] == "c":
            continue
        deletes = words[0] == "d"
        try:
            literals = tuple(map(int, words[deletes:]))
        except ValueError:
            literals = tuple(_literal(number, word) for word in words[deletes:])
        if not literals or literals[-1] != 0:
            raise RefusedError(f"line {number}: {line[:60]}: no final 0: the file is truncated")
        if literals.index(0) < len(literals) - 1:
            raise ValueError(f"line {number}: {line[:60]}: a 0 inside: one clause a line, with one 0 at its end")
        lines.append(Line(number, deletes, literals[:-1]))
    return lines


def show(literals: Sequence[int]) -> str:
    return f"clause {' '.join(map(str, literals))}" if literals else "the empty clause"


def _literal(number: int, word: str) -> int:
    try:
        return int(word)
    except ValueError:
        raise ValueError(f"line {number}: {word[:60]}: must be an integer") from None
