"""Checks a refutation of a formula in conjunctive normal form, line by line.

A proof in the DRAT format (Heule, "The DRAT format and DRAT-trim checker", arXiv:1610.06229, 2016) is a list of clauses
to add and, after a `d`, to delete; each line ends in 0. This checker takes the RUP subset: a clause may be added when
setting all its literals to false leads, by unit propagation alone in the formula and the clauses added before and not
deleted, to a conflict (reverse unit propagation; Goldberg, Novikov, DATE 2003). What is added so follows from the
formula, whatever is deleted, hence: *if a line adds the empty clause, the formula is unsatisfiable*.

- Every added line is checked, whether or not the empty clause needs it, up to the first that is empty. Clauses that
  only preserve satisfiability (RAT), and so those about new variables, are refused.
- A deletion only spares time. What is known to hold of single variables is kept although the clause that gave it is
  deleted, and a deletion of what is not there is passed over and counted, as DRAT-trim does.

    python -m retrodict.checkers.drat FORMULA.cnf PROOF.drat

exits with 0 if the proof is accepted, 1 if it is refused, 2 if a file is missing or is not of its format.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from retrodict.checkers.dimacs import Line, RefusedError, parse_formula, parse_proof, show

__all__ = ["Accepted", "check", "main"]


class Accepted(NamedTuple):
    """What was checked: clauses added up to the empty one, clauses deleted, and deletions of what was not there."""

    additions: int
    deletions: int
    passed_over: int


def check(clauses: Iterable[Sequence[int]], proof: Iterable[Line]) -> Accepted:
    """Whether the proof shows that no assignment satisfies all clauses.

    Raises
    ------
    RefusedError
        If it does not: a clause that does not follow by unit propagation, or no empty clause.

    Examples
    --------
    >>> formula = [(1, 2), (1, -2), (-1, 2), (-1, -2)]
    >>> check(formula, parse_proof("1 0\\n0\\n"))
    Accepted(additions=2, deletions=0, passed_over=0)
    >>> check(formula, parse_proof("0\\n"))
    Traceback (most recent call last):
    retrodict.checkers.dimacs.RefusedError: line 1: the empty clause: unit propagation finds no conflict
    """
    database = _Database(clauses)
    added = deleted = passed_over = 0
    for number, deletes, literals in proof:
        if deletes:
            if database.delete(literals):
                deleted += 1
            else:
                passed_over += 1
            continue
        for literal in literals:
            if abs(literal) > database.n_variables:
                raise RefusedError(
                    f"line {number}: {show(literals)}: literal {literal}: the formula has variables 1 ... "
                    f"{database.n_variables}, and definitions of new ones are not taken"
                )
        if not database.implies(literals):
            raise RefusedError(f"line {number}: {show(literals)}: unit propagation finds no conflict")
        added += 1
        if not literals:
            return Accepted(added, deleted, passed_over)
        database.add(literals)
    raise RefusedError("no line adds the empty clause")


class _Database:
    """Clauses under unit propagation, two literals of each being watched.

    `true` is indexed by literals: -v counts from the end of the list. A clause of three or more is a list whose first
    two entries are watched. Outside of `implies`, unless there is a `conflict` (a clause is known to be false), nothing
    is left to propagate: a clause holds a literal known to be true, or watches two that are not known to be false.
    """

    def __init__(self, clauses: Iterable[Sequence[int]]) -> None:
        clauses = list(clauses)
        self.n_variables = max((abs(literal) for clause in clauses for literal in clause), default=0)
        self.true = [False] * (2 * self.n_variables + 1)
        self.trail: list[int] = []
        self.conflict = False
        self._watches: list[list[list[int]]] = [[] for _ in self.true]
        self._implied: list[list[int]] = [[] for _ in self.true]  # by clauses of two: [l] holds m where -l or m
        self._places: dict[tuple[int, ...], list[list[int]]] = {}
        for clause in clauses:
            self.add(clause)

    def add(self, literals: Sequence[int]) -> None:
        true = self.true
        # Literals known to be false last; a repeated literal counts once.
        clause = sorted(dict.fromkeys(literals), key=lambda literal: true[-literal])
        self._places.setdefault(tuple(sorted(literals)), []).append(clause)
        if any(-literal in clause for literal in clause):
            return
        if len(clause) == 2:
            a, b = clause
            self._implied[-a].append(b)
            self._implied[-b].append(a)
        elif len(clause) > 2:
            self._watches[clause[0]].append(clause)
            self._watches[clause[1]].append(clause)
        if not clause or true[-clause[0]]:
            self.conflict = True
        elif (len(clause) == 1 or true[-clause[1]]) and not true[clause[0]]:
            start = len(self.trail)
            true[clause[0]] = True
            self.trail.append(clause[0])
            self.conflict = self.conflict or self._propagate(start)

    def delete(self, literals: Sequence[int]) -> bool:
        """Whether the clause was there. What it made known of single variables stays."""
        key = tuple(sorted(literals))
        places = self._places.get(key)
        if not places:
            return False
        clause = places.pop()
        if not places:
            del self._places[key]
        if len(clause) == 2 and clause[0] != -clause[1]:
            a, b = clause
            self._implied[-a].remove(b)
            self._implied[-b].remove(a)
        elif len(clause) > 2:
            clause.clear()  # those that watch it drop it when they meet it
        return True

    def implies(self, literals: Sequence[int]) -> bool:
        """Whether the clause follows by unit propagation from its negation."""
        true, trail = self.true, self.trail
        start = len(trail)
        found = self.conflict
        for literal in literals:
            if true[literal]:
                found = True
            elif not true[-literal]:
                true[-literal] = True
                trail.append(-literal)
        found = found or self._propagate(start)
        for literal in trail[start:]:
            true[literal] = False
        del trail[start:]
        return found

    def _propagate(self, head: int) -> bool:
        """Draws all conclusions from the trail's entries from `head` on; whether a clause became false."""
        true, trail, implied, all_watches = self.true, self.trail, self._implied, self._watches
        while head < len(trail):
            literal = trail[head]
            head += 1
            for other in implied[literal]:
                if not true[other]:
                    if true[-other]:
                        return True
                    true[other] = True
                    trail.append(other)
            watches = all_watches[-literal]
            kept = seen = 0
            for clause in watches:
                seen += 1
                if not clause:
                    continue
                other = clause[0]
                if other == -literal:
                    other = clause[0] = clause[1]
                    clause[1] = -literal
                if true[other]:
                    watches[kept] = clause
                    kept += 1
                    continue
                for k in range(2, len(clause)):
                    candidate = clause[k]
                    if not true[-candidate]:
                        clause[1] = candidate
                        clause[k] = -literal
                        all_watches[candidate].append(clause)
                        break
                else:
                    watches[kept] = clause
                    kept += 1
                    if true[-other]:
                        watches[kept:seen] = []
                        return True
                    true[other] = True
                    trail.append(other)
            del watches[kept:]
        return False


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; the exit status is 0 accepted, 1 refused, 2 bad input."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if len(arguments) != 2:
        print("usage: python -m retrodict.checkers.drat FORMULA.cnf PROOF.drat", file=sys.stderr)
        return 2
    path = ""
    try:
        path = arguments[0]
        n_variables, clauses = parse_formula(Path(path).read_text(encoding="ascii"))
        path = arguments[1]
        found = check(clauses, parse_proof(Path(path).read_text(encoding="ascii")))
    except RefusedError as error:
        print(f"refused: {path}: {error}")
        return 1
    except (OSError, ValueError) as error:
        print(f"{path}: {error}", file=sys.stderr)
        return 2
    print(
        f"accepted: {n_variables} variables and {len(clauses)} clauses are unsatisfiable; {found.additions} clauses "
        f"added, {found.deletions} deleted, {found.passed_over} deletions passed over"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
