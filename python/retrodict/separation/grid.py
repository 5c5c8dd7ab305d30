"""Trials over grids of settings, kept as they finish, and what they say with intervals."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import product
from typing import Any, Protocol, TypedDict

from retrodict.separation.interval import interval
from retrodict.separation.trials import METHODS, Setting, trials

__all__ = ["Row", "Store", "every_setting", "rows_of"]

CHUNK = 10  # trials that are kept, or lost, together

Progress = Callable[[int, int, str], None]


class Store(Protocol):
    """Where finished trials are kept, by what was asked."""

    def read(self, asked: dict[str, Any]) -> Any:
        """What was kept, or None."""

    def write(self, asked: dict[str, Any], rows: Any) -> None:
        """Keep it."""


class Row(TypedDict):
    """One method in one setting: means over trials, each with bounds that are wrong with probability at most 1/20."""

    model: str
    arity: int
    depth: int
    n_leaves: int
    q: int
    strength: float
    n_features: int
    lowest: int
    share: float  #: of leaves that reveal their labels
    identified: float  #: share of the trials in which the rule identifies every label on the true tree
    method: str
    trials: int
    some_wrong: tuple[float, float, float]  #: P(some leaf is labelled wrong): estimate, lower, upper
    error: tuple[float, float, float]  #: share of wrong entries (unrevealed leaf, label): mean, lower, upper


def every_setting(
    models: Sequence[str],
    arity: int,
    depths: Sequence[int],
    q: int,
    strength: float,
    features: Sequence[int],
    lowest: int,
    fractions: Sequence[Fraction | None],
) -> list[Setting]:
    """All combinations, features varying fastest.

    >>> len(every_setting(["M0", "M2"], 2, [4, 5], 2, 0.9, [64, 128, 256], 2, [None]))
    12
    """
    every = product(models, depths, fractions, features)
    return [Setting(model, arity, depth, q, strength, k, lowest, share) for model, depth, share, k in every]


def rows_of(
    grid: Sequence[Setting], n_trials: int, seed: int, store: Store | None = None, progress: Progress | None = None
) -> Iterator[list[Row]]:
    """The rows of each setting, as it is finished. Trial i of the seed is that of `trials`, in every setting.

    Parameters
    ----------
    grid : sequence of Setting
    n_trials : int
        At least 1, of each setting.
    seed : int
    store : Store, optional
        Trials in it are not run again.
    progress : function (done, total, what), optional

    Examples
    --------
    >>> [deep, *others] = next(rows_of([Setting("M0", 2, 4, 2, 0.9, 400, 2)], 10, 1))
    >>> deep["method"], deep["some_wrong"][0], round(deep["some_wrong"][2], 3)
    ('deep', 0.0, 0.308)
    """
    if n_trials < 1:
        raise ValueError(f"n_trials = {n_trials}: it must be at least 1")
    done, total = 0, len(grid) * n_trials
    for setting in grid:
        found: list[dict[str, Any]] = []
        for first in range(0, n_trials, CHUNK):
            count = min(CHUNK, n_trials - first)
            if progress is not None:
                progress(done, total, f"{setting.model}, {setting.n_leaves} leaves, {setting.n_features} features")
            found += _kept(setting, seed, first, count, store)
            done += count
        yield [_row(setting, method, found) for method in METHODS if all(method in each["errors"] for each in found)]


def _kept(setting: Setting, seed: int, first: int, count: int, store: Store | None) -> list[dict[str, Any]]:
    asked = {"labels": setting.asked(), "methods": list(METHODS), "seed": seed, "first": first, "count": count}
    held = None if store is None else store.read(asked)
    if held is None:
        held = [{"errors": t.errors, "identified": t.identified} for t in trials(setting, seed, first, count)]
        if store is not None:
            store.write(asked, held)
    kept: list[dict[str, Any]] = held
    return kept


def _row(setting: Setting, method: str, found: Sequence[dict[str, Any]]) -> Row:
    errors = [each["errors"][method] for each in found]
    n = len(errors)
    return {
        "model": setting.model,
        "arity": setting.arity,
        "depth": setting.depth,
        "n_leaves": setting.n_leaves,
        "q": setting.q,
        "strength": setting.strength,
        "n_features": setting.n_features,
        "lowest": setting.lowest,
        "share": float(setting.share),
        "identified": sum(each["identified"] for each in found) / n,
        "method": method,
        "trials": n,
        "some_wrong": _bounded(sum(error > 0 for error in errors) / n, n),
        "error": _bounded(sum(errors) / n, n),
    }


def _bounded(mean: float, n: int) -> tuple[float, float, float]:
    low, high = interval(mean, n)
    return mean, low, high
