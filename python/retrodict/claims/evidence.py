"""Claims, grades and verdicts: the types of two values decide the grade of the evidence, nobody declares it."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import flint
import numpy as np
import sympy

from retrodict.claims.admission import admit, admit_distribution
from retrodict.claims.computed import Computed
from retrodict.claims.samples import Distribution, Law, Mass, Mean

__all__ = ["Claim", "Evidence", "Grade", "Verdict", "at_most", "equal", "less", "near"]


class Grade(enum.Enum):
    """What kind of evidence: each leaves a different doubt, so grades are not ordered."""

    SYMBOLIC = "SYMBOLIC"
    EXACT = "EXACT"
    CERTIFIED = "CERTIFIED"
    STATISTICAL = "STATISTICAL"


class Verdict(enum.Enum):
    """HOLDS, FAILS, or UNDECIDED."""

    HOLDS = "HOLDS"
    FAILS = "FAILS"
    UNDECIDED = "UNDECIDED"


@dataclass(frozen=True)
class Evidence:
    """One judged claim.

    `said` states what was seen, in the words of the grade; `witness` is the counterexample of a FAILS; `comparisons`
    counts pairs of values, and `judgements` those of them that spent error.
    """

    grade: Grade
    verdict: Verdict
    said: str
    witness: str | None = None
    relation: str = "equal"
    computed: bool = False
    comparisons: int = 1
    judgements: int = 0


@dataclass(frozen=True)
class Claim:
    """A relation not yet judged, made by `equal`, `less`, `at_most` or `near`.

    `pairs` holds both sides, one pair for each element, at the indices `at` ("" for a scalar); `within` is the
    tolerance of `near`. Values are admitted already: rationals as fmpq, other numbers and formulas as sympy
    expressions, balls, samples. `computed` says that a kernel's floats are among them.
    """

    relation: str
    pairs: tuple[tuple[Any, Any], ...]
    at: tuple[str, ...] = ("",)
    within: Any = None
    computed: bool = False

    @property
    def grade(self) -> Grade:
        """A sample anywhere is STATISTICAL, else a ball CERTIFIED, else free symbols SYMBOLIC, else EXACT."""
        return grade_of([value for pair in self.pairs for value in pair] + [self.within])

    @property
    def judgements(self) -> int:
        """How many times judging this claim spends the error of one judgement: once for each pair with a sample."""
        return sum(isinstance(left, Mean | Law) or isinstance(right, Mean | Law) for left, right in self.pairs)

    def __bool__(self) -> bool:
        raise TypeError(f"a claim ({self.relation}) has no truth value before it is judged: return it from the check")


def grade_of(values: list[Any]) -> Grade:
    """The grade that admitted values give a claim about them."""
    if any(isinstance(value, Mean | Law) for value in values):
        return Grade.STATISTICAL
    if any(isinstance(value, flint.arb | flint.acb) for value in values):
        return Grade.CERTIFIED
    if any(isinstance(value, sympy.Expr) and value.free_symbols for value in values):
        return Grade.SYMBOLIC
    return Grade.EXACT


def equal(left: Any, right: Any) -> Claim:
    """left = right: numbers, formulas, balls, samples; or sequences of equal length, element by element.

    A `Law` is compared with a dict from values to probabilities, with a function x -> P(X <= x), or with a `Law`.

    >>> from fractions import Fraction
    >>> equal(Fraction(1, 2) + Fraction(1, 3), Fraction(5, 6)).grade
    <Grade.EXACT: 'EXACT'>
    >>> equal(0.1 + 0.2, Fraction(3, 10))
    Traceback (most recent call last):
    TypeError: left = 0.30000000000000004 is a float, evidence of nothing: ...
    """
    return _claim("equal", left, right)


def less(left: Any, right: Any) -> Claim:
    """left < right, strictly. Of samples, strict and weak differ by less than any resolution."""
    return _claim("less", left, right)


def at_most(left: Any, right: Any) -> Claim:
    """left <= right. A number is compared with each element of a sequence.

    >>> at_most([1, 2], 2).pairs
    ((1, 2), (2, 2))
    """
    return _claim("at_most", left, right)


def near(left: Any, right: Any, *, within: Any) -> Claim:
    """abs(left - right) <= within, where the tolerance is as exact as any other value, and not negative.

    >>> from fractions import Fraction
    >>> near(Computed(0.1), Fraction(1, 10), within=Fraction(1, 10**16)).grade
    <Grade.EXACT: 'EXACT'>
    """
    tolerance = admit(within, "within")
    if isinstance(tolerance, Mean | Law):
        raise TypeError(f"within is a {type(tolerance).__name__}: a tolerance is an exact number")
    if isinstance(tolerance, flint.fmpq) and tolerance < 0:
        raise ValueError(f"within = {tolerance}: a tolerance is not negative")
    return _claim("near", left, right, tolerance)


def _claim(relation: str, left: Any, right: Any, within: Any = None) -> Claim:
    lefts, rights = _elements(left, "left"), _elements(right, "right")
    if lefts is None and rights is None:
        lefts, rights = [("", left)], [("", right)]
    elif lefts is None:
        lefts = _spread(left, "left", rights or [])
    elif rights is None:
        rights = _spread(right, "right", lefts)
    assert lefts is not None and rights is not None
    if len(lefts) != len(rights):
        raise ValueError(f"left has {len(lefts)} elements and right has {len(rights)}: they are compared one by one")
    if not lefts:
        raise ValueError("left and right are empty: that verifies nothing")
    pairs = tuple(
        _pair(relation, (a, f"left{i}"), (b, f"right{j}"), within) for (i, a), (j, b) in zip(lefts, rights, strict=True)
    )
    computed = any(isinstance(value, Computed) for value in (left, right, *(value for _, value in (*lefts, *rights))))
    return Claim(relation, pairs, tuple(index for index, _ in lefts), within, computed)


def _elements(value: Any, where: str) -> list[tuple[str, Any]] | None:
    """Scalars of a sequence with their indices, in order; None for a scalar."""
    if isinstance(value, Computed):
        if not isinstance(value.exact, np.ndarray):
            return None
        return [(_index(i), value[i]) for i in np.ndindex(value.exact.shape)]
    if isinstance(value, str | bytes):
        raise TypeError(f"{where} = {value!r} is text: a value is a number, a formula or a sample")
    if isinstance(value, np.ndarray):
        if value.dtype.kind in "fc":
            raise TypeError(
                f"{where} is an array of {value.dtype}, evidence of nothing: give exact numbers, or Computed(...) for "
                "what a kernel returned"
            )
        return [(_index(i), value[i]) for i in np.ndindex(value.shape)] if value.ndim else [("", value[()])]
    if isinstance(value, sympy.MatrixBase | flint.fmpq_mat | flint.fmpz_mat | flint.arb_mat | flint.acb_mat):
        value = value.tolist()
    if isinstance(value, Sequence):
        return list(_flatten(value, where))
    return None


def _flatten(values: Sequence[Any], where: str) -> Iterator[tuple[str, Any]]:
    for i, value in enumerate(values):
        inner = _elements(value, f"{where}[{i}]")
        if inner is None:
            yield f"[{i}]", value
        else:
            yield from ((f"[{i}]{rest}", element) for rest, element in inner)


def _index(position: tuple[int, ...]) -> str:
    return "".join(f"[{i}]" for i in position)


def _spread(value: Any, where: str, partners: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """A number is compared with each element of a sequence; a sample would be drawn anew each time."""
    if isinstance(value, Mean | Law):
        raise TypeError(
            f"{where} is one {type(value).__name__}, its partner has {len(partners)} elements: name the one"
        )
    return [(index, value) for index, _ in partners]


def _pair(relation: str, left: tuple[Any, str], right: tuple[Any, str], within: Any) -> tuple[Any, Any]:
    laws = [isinstance(side[0], Law) for side in (left, right)]
    distributions = [isinstance(side[0], Mapping) or _is_function(side[0]) for side in (left, right)]
    if any(laws):
        if relation != "equal":
            raise TypeError(f"{relation} of a Law: a whole distribution can only be equal to another")
        if not all(law or other for law, other in zip(laws, distributions, strict=True)):
            raise TypeError("a Law is compared with a dict value -> probability, a function x -> P(X <= x), or a Law")
    elif any(distributions):
        raise TypeError(
            f"{right[1] if distributions[1] else left[1]} is a distribution: it is compared with a Law of draws"
        )
    values = [
        admit_distribution(*side) if distribution else admit(*side)
        for side, distribution in zip((left, right), distributions, strict=True)
    ]
    _compatible(relation, [*values, within])
    return values[0], values[1]


def _is_function(value: Any) -> bool:
    return callable(value) and not isinstance(value, sympy.Basic | Mean | Law)


def _compatible(relation: str, values: list[Any]) -> None:
    symbolic = [value for value in values if isinstance(value, sympy.Expr) and value.free_symbols]
    numeric = flint.arb | flint.acb | Mean | Law | Mass | Distribution
    if symbolic and any(isinstance(value, numeric) for value in values):
        raise TypeError(f"{symbolic[0]} has free symbols, its partner is a ball or a sample: give the symbols values")
    if relation in ("less", "at_most") and any(isinstance(value, flint.acb) for value in values):
        raise TypeError(f"{relation} of a complex ball: complex numbers have no order")
    if any(isinstance(value, Mean) for value in values) and any(isinstance(value, flint.acb) for value in values):
        raise TypeError("a Mean is real, its partner a complex ball")
