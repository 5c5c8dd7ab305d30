"""Why a circuit has at least so many gates, as something that another program can replay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from retrodict.checkers import dimacs, drat

__all__ = ["LowerBound", "Refutation"]


@dataclass(frozen=True)
class Refutation:
    """A formula in conjunctive normal form and a DRAT proof that nothing satisfies it.

    Parameters
    ----------
    claim : str
        What the formula says in words; see `retrodict.synthesis.encoding` for why.
    n_variables : int
    clauses : sequence of sequences of int
    proof : str
        In the text format of DRAT.

    Examples
    --------
    >>> r = Refutation("x and not x", 1, [[1], [-1]], "0")
    >>> r.check(), r
    (Accepted(additions=1, deletions=0, passed_over=0), Refutation(claim='x and not x', n_variables=1))
    """

    claim: str
    n_variables: int
    clauses: Sequence[Sequence[int]] = field(repr=False)
    proof: str = field(repr=False)

    def check(self) -> drat.Accepted:
        """Runs the independent checker.

        Raises
        ------
        retrodict.checkers.dimacs.RefusedError
            Naming the line and the clause that does not follow.
        """
        return drat.check(self.clauses, dimacs.parse_proof(self.proof))

    def write(self, formula: Path, proof: Path) -> None:
        """Both files, as `python -m retrodict.checkers.drat FORMULA.cnf PROOF.drat` and other checkers read them."""
        lines = (" ".join(map(str, [*clause, 0])) for clause in self.clauses)
        header = f"c {self.claim}\np cnf {self.n_variables} {len(self.clauses)}\n"
        formula.write_text(header + "".join(f"{line}\n" for line in lines), encoding="ascii")
        proof.write_text(self.proof + "\n", encoding="ascii")


@dataclass(frozen=True)
class LowerBound:
    """A lower bound: a theorem, or a search, that gives the first `start`, and a refutation of each number from there.

    Parameters
    ----------
    start : int
    reason : str
        Why at least `start` gates are needed: the theorem or the search, named.
    refutations : tuple of Refutation
        That the minimum is not `start`, not `start + 1`, ...

    Examples
    --------
    >>> LowerBound(2, "three inputs flow into one output").value
    2
    """

    start: int
    reason: str
    refutations: tuple[Refutation, ...] = ()

    @property
    def value(self) -> int:
        return self.start + len(self.refutations)

    def check(self) -> list[drat.Accepted]:
        """Runs the independent checker on each refutation; raises as `Refutation.check` does."""
        return [refutation.check() for refutation in self.refutations]

    def __str__(self) -> str:
        proofs = [f"not {self.start + i}: DRAT" for i in range(len(self.refutations))]
        return "; ".join([f"at least {self.start}: {self.reason}", *proofs])
