"""CaDiCaL, a number of conflicts at a time."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Thread
from types import TracebackType

__all__ = ["Solver", "available"]

SLICE = 1000  # conflicts between two looks at the clock: some hundredths of a second


def available() -> bool:
    """Whether python-sat, the extra `sat`, is installed."""
    from importlib.util import find_spec

    return find_spec("pysat") is not None


class Solver:
    """One formula, and what CaDiCaL 1.5.3 has found out about it so far.

    It runs in a thread of its own, where python-sat leaves Ctrl-C to Python, which hears of it after the slice.

    >>> if available():
    ...     with Solver([[1, 2], [-1], [-2, 3]]) as solver:
    ...         print(solver.run(), sorted(solver.model()))
    True [-1, 2, 3]
    """

    def __init__(self, clauses: Sequence[Sequence[int]], *, with_proof: bool = False) -> None:
        from pysat.solvers import Cadical153

        self._solver = Cadical153(bootstrap_with=clauses, with_proof=with_proof)

    def __enter__(self) -> Solver:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._solver.delete()

    def run(self, conflicts: int = SLICE) -> bool | None:
        """Whether there is a solution; None: not known after so many more conflicts."""
        self._solver.conf_budget(conflicts)
        answers: list[bool | None] = []
        thread = Thread(target=lambda: answers.append(self._solver.solve_limited()))
        thread.start()
        thread.join()
        return answers[0]

    def model(self) -> frozenset[int]:
        """The literals that are true in the solution."""
        return frozenset(self._solver.get_model())

    def proof(self) -> str:
        """Why there is no solution, in the text format of DRAT; with `with_proof`."""
        return "\n".join(self._solver.get_proof())
