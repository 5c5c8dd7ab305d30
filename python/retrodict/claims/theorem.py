"""One statement, the checks that verify it, their controls, and its figure."""

from __future__ import annotations

import difflib
import inspect
import itertools
import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from retrodict.claims.budget import Ledger
from retrodict.claims.domain import relations_of
from retrodict.claims.evidence import Verdict
from retrodict.claims.findings import Report
from retrodict.claims.trial import Setting, find

__all__ = ["Check", "Control", "Theorem"]

Function = TypeVar("Function", bound=Callable[..., Any])
Progress = Callable[[int, int, str], None]

LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9:._+-]*")
TIERS = ("quick", "full")


@dataclass(frozen=True)
class Check:
    """A function that returns claims, over the cartesian product of its axes."""

    name: str
    sentence: str
    function: Callable[..., Any]
    axes: Mapping[str, tuple[Any, ...]]
    full: Mapping[str, tuple[Any, ...]]
    tier: str

    def grid(self, full: bool, changes: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """Keyword arguments of every instance; `changes` replaces axes and parameters, as a control does."""
        axes = {**self.axes, **(self.full if full else {})}
        fixed = {}
        for name, value in (changes or {}).items():
            if name in axes:
                axes[name] = value
            else:
                fixed[name] = value
        return [{**dict(zip(axes, values, strict=True)), **fixed} for values in itertools.product(*axes.values())]


@dataclass(frozen=True)
class Control:
    """The false twin of a check: the same code with one thing changed, and the reason why that is false."""

    check: Check
    reason: str
    changes: Mapping[str, Any]


@dataclass(kw_only=True)
class Theorem:
    """One statement, keyed by its LaTeX label.

    Parameters
    ----------
    label : str
        The LaTeX label, such as "thm:census".
    statement : str
        The statement, in LaTeX.
    title : str, optional
    source : str, optional
        Where the statement is from, said honestly: read there, recalled, or derived here.
    bibtex : str, optional
        BibTeX entry of the source.
    assuming : sequence of sympy relations, optional
        The domain of the symbols beside their own assumptions; a symbol that is not assumed real, and that no relation
        orders, is complex.
    uses : sequence of labels, optional
    conditional_on : str, optional
        An unproved assumption that the statement rests on.
    open : bool
        An UNDECIDED is expected: listed apart, it does not fail a run.

    Examples
    --------
    >>> import sympy
    >>> from retrodict.claims import equal
    >>> x = sympy.Symbol("x", real=True)
    >>> T = Theorem(label="lem:binomial", statement=r"$(x+1)^2 = x^2 + 2x + 1$")
    >>> @T.check()
    ... def expansion(middle=2 * x):
    ...     "The square is the binomial sum."
    ...     return equal((x + 1) ** 2, x**2 + middle + 1)
    >>> T.judge().verdict
    <Verdict.UNDECIDED: 'UNDECIDED'>
    >>> T.control(expansion, "the middle term once instead of twice", middle=x)
    >>> T.judge().findings[0].said
    'identity, by canonical form'
    """

    label: str
    statement: str
    title: str = ""
    source: str = ""
    bibtex: str = ""
    assuming: Iterable[Any] = ()
    uses: Iterable[str] = ()
    conditional_on: str | None = None
    open: bool = False
    checks: list[Check] = field(default_factory=list, init=False)
    controls: list[Control] = field(default_factory=list, init=False)
    figures: list[Callable[[], Any]] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        if not LABEL.fullmatch(self.label):
            raise ValueError(
                f"label = {self.label!r}: it must be a LaTeX label such as 'thm:census', since files are named by it"
            )
        if isinstance(self.uses, str):
            raise TypeError(f"uses = {self.uses!r}: it must be a list of labels")
        self.assuming = relations_of(self.assuming)
        self.uses = tuple(self.uses)

    def check(
        self, *, tier: str = "quick", full: Mapping[str, Iterable[Any]] | None = None, **axes: Iterable[Any]
    ) -> Callable[[Function], Function]:
        """Decorator: called at every point of the grid, the function returns a claim or several.

        Its docstring is the sentence that it verifies.

        Parameters
        ----------
        tier : "quick" or "full"
            A full check is left out of the quick tier.
        full : dict, optional
            Axes that replace those of the same name in the full tier.
        **axes : sequences
            Values of the function's parameters; those without an axis need a default.
        """
        if tier not in TIERS:
            raise ValueError(f"tier = {tier!r}: it is 'quick' or 'full'")
        plain = {name: _axis(name, values) for name, values in axes.items()}
        longer = {name: _axis(name, values) for name, values in (full or {}).items()}

        def enlist(function: Function) -> Function:
            name, sentence = function.__name__, inspect.getdoc(function)
            if not sentence:
                raise ValueError(f"{name} has no docstring: it is the sentence that the check verifies")
            if any(check.name == name for check in self.checks):
                raise ValueError(f"{self.label} has a check {name} already")
            defaulted = _parameters(function)
            for axis in (*plain, *longer):
                if axis not in defaulted:
                    raise ValueError(f"{name} has no parameter {axis}{_nearest(axis, defaulted)}")
            for parameter, has_default in defaulted.items():
                if not has_default and parameter not in plain:
                    raise ValueError(f"{name}: the parameter {parameter} has neither an axis nor a default")
            self.checks.append(Check(name, " ".join(sentence.split()), function, plain, longer, tier))
            return function

        return enlist

    def control(self, check: Callable[..., Any], reason: str, **changes: Any) -> None:
        """Declare the false twin of a check: the same function with other values of parameters or, as lists, of axes.

        An exact, symbolic or certified control must fail somewhere on the grid, a statistical one at every instance.
        """
        found = next((known for known in self.checks if known.function is check), None)
        if found is None:
            raise ValueError(f"{getattr(check, '__name__', check)} is no check of {self.label}: decorate it first")
        if not reason:
            raise ValueError(f"a control of {found.name} has no reason: say why it is false")
        if not changes:
            raise ValueError(f"the control '{reason}' of {found.name} changes nothing: give a formula or an axis")
        parameters = _parameters(found.function)
        for name in changes:
            if name not in parameters:
                raise ValueError(f"{found.name} has no parameter {name}{_nearest(name, parameters)}")
        axes = {*found.axes, *found.full}
        settled = {name: _axis(name, value) if name in axes else value for name, value in changes.items()}
        self.controls.append(Control(found, reason, settled))

    def figure(self, picture: Function) -> Function:
        """Decorator: the function returns a matplotlib figure."""
        self.figures.append(picture)
        return picture

    def judge(self, salt: int = 0, full: bool = False, progress: Progress | None = None) -> Report:
        """Try every check of the tier with its controls.

        Parameters
        ----------
        salt : int
            Enters every seed; the same salt gives the same report.
        full : bool
            The full tier: its checks and its axes.
        progress : function (done, total, name), optional
            Called after every instance; controls that are settled early skip some of the total.

        Raises
        ------
        CapacityError
            Before more statistical judgements are made than a run may make.
        """
        start = time.perf_counter()
        plan = [
            (
                check,
                check.grid(full),
                [(c.reason, check.grid(full, c.changes)) for c in self.controls if c.check is check],
            )
            for check in self.checks
            if full or check.tier == "quick"
        ]
        total = sum(len(grid) + sum(len(twin) for _, twin in twins) for _, grid, twins in plan)
        done = itertools.count(1)

        def advance(name: str) -> None:
            if progress is not None:
                progress(next(done), total, name)

        ledger = Ledger()
        setting = Setting(self.label, tuple(self.assuming), salt, ledger, advance)
        findings = tuple(
            find(setting, check.name, check.sentence, check.function, grid, twins) for check, grid, twins in plan
        )
        return Report(
            label=self.label,
            title=self.title or self.label,
            statement=self.statement,
            source=self.source,
            bibtex=self.bibtex,
            assuming=tuple(map(str, self.assuming)),
            uses=tuple(self.uses),
            conditional_on=self.conditional_on,
            open=self.open,
            verdict=_verdict([finding.verdict for finding in findings]),
            salt=salt,
            tier="full" if full else "quick",
            judgements=ledger.spent,
            seconds=time.perf_counter() - start,
            findings=findings,
        )


def _verdict(verdicts: list[Verdict]) -> Verdict:
    """FAILS if any fails, else UNDECIDED if any is or there is none at all, else HOLDS."""
    if Verdict.FAILS in verdicts:
        return Verdict.FAILS
    return Verdict.UNDECIDED if Verdict.UNDECIDED in verdicts or not verdicts else Verdict.HOLDS


def _axis(name: str, values: Any) -> tuple[Any, ...]:
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise TypeError(f"{name} = {values!r}: an axis is a list of values")
    settled = tuple(values)
    if not settled:
        raise ValueError(f"{name} = []: an axis without values verifies nothing")
    return settled


def _parameters(function: Callable[..., Any]) -> dict[str, bool]:
    """Names of parameters, and whether each has a default."""
    found = {}
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.kind not in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
            raise TypeError(f"{function.__name__}: the parameter {name} must be one that is passed by name")
        found[name] = parameter.default is not parameter.empty
    return found


def _nearest(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(known), n=1)
    return f": did you mean {close[0]}?" if close else f": it has {', '.join(known) or 'none'}"
