"""Deep against shallow labelling on simulated hierarchies: how often is every leaf labelled right?

A trial draws a hierarchy (`hierarchy.simulate`) whose labels are one for each vertex of the complete tree from a height
up to the root's children, reveals the label sets of some leaves, and lets the methods label all others:

| method | is |
|---|---|
| deep | `labelling.label`: the tree from the features, with pairs of features as one for M2, then the rule |
| low-order | `labelling.low_order_scores`, with the best thresholds that hindsight can choose |
| nearest | `labelling.nearest_labels` |

Trials of different numbers are independent; trial i of a seed is the same whatever the threads.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from fractions import Fraction
from functools import cache, cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrodict.distances import correlations
from retrodict.graphs import Tree
from retrodict.hierarchy import MODELS, Simulated, pairs, simulate
from retrodict.labelling import best_thresholds, label, low_order_scores, nearest_labels
from retrodict.labels import Revealed, carriers, complete

__all__ = ["METHODS", "Layout", "Setting", "Trial", "layout", "seeds", "trial", "trials"]

METHODS = ("deep", "low-order", "nearest")


@dataclass(frozen=True)
class Setting:
    """What trials are about.

    Attributes
    ----------
    model, arity, depth, q, strength, n_features
        As for `hierarchy.simulate`, whose permutations are one for each edge.
    lowest : int
        Height of the lowest vertices that have a label, at least 1 and below the depth; leaves have height 0.
    fraction : Fraction, optional
        Each leaf reveals its labels with this probability, independently. Where absent, the first leaf below each
        vertex of height lowest - 1 does: a share of arity^-(lowest - 1), which identifies every label.
    """

    model: str
    arity: int
    depth: int
    q: int
    strength: float
    n_features: int
    lowest: int
    fraction: Fraction | None = None

    def __post_init__(self) -> None:
        if self.model not in MODELS:
            raise ValueError(f"model = {self.model!r}: it must be 'M0', 'M1' or 'M2'")
        if self.arity < 2 or self.depth < 2:
            raise ValueError(f"arity = {self.arity}, depth = {self.depth}: both must be at least 2")
        if not 1 <= self.lowest < self.depth:
            raise ValueError(f"lowest = {self.lowest}: it must be 1 ... {self.depth - 1}, above leaves, below the root")
        if self.fraction is not None and not 0 < self.fraction <= 1:
            raise ValueError(f"fraction = {self.fraction}: it must be above 0 and at most 1")

    @property
    def n_leaves(self) -> int:
        """Number of leaves."""
        return int(self.arity**self.depth)

    @property
    def share(self) -> Fraction:
        """Share of the leaves that are revealed, or its mean."""
        return Fraction(1, self.arity ** (self.lowest - 1)) if self.fraction is None else self.fraction

    def asked(self) -> dict[str, Any]:
        """As JSON takes it."""
        return {**asdict(self), "fraction": None if self.fraction is None else str(self.fraction)}


@dataclass(frozen=True, eq=False)
class Layout:
    """The labels of a complete tree, and which leaves reveal theirs."""

    tree: Tree
    truth: NDArray[np.bool_]  #: (n_leaves, n_labels); label a is that of vertex a + 1
    revealed: Revealed

    @cached_property
    def hidden(self) -> NDArray[np.bool_]:
        """The leaves that are to be labelled, shape (n_leaves,)."""
        found = np.ones(len(self.truth), dtype=bool)
        found[self.revealed.leaves] = False
        return found

    @cached_property
    def identified(self) -> bool:
        """Whether the rule identifies every label on the true tree."""
        return bool(complete(self.tree, self.revealed, strict=False).identified.all())


@dataclass(frozen=True)
class Trial:
    """How one trial went.

    `errors` are, for each method, the wrong entries among those of (unrevealed leaf, label), as a share of them; every
    leaf is right where that is 0. `identified` says whether the rule identifies every label on the true tree.
    """

    errors: dict[str, float]
    identified: bool


def layout(setting: Setting, seed: int) -> Layout:
    """Labels and revealed leaves; the seed matters for random ones alone.

    >>> found = layout(Setting("M0", 2, 4, 2, 0.9, 100, 2), 0)
    >>> found.truth.shape, found.revealed.leaves
    ((16, 6), array([ 0,  2,  4,  6,  8, 10, 12, 14]))
    """
    shape = (setting.arity, setting.depth, setting.lowest)
    if setting.fraction is None:
        return _spread(*shape)
    words = np.random.Philox(key=np.array([seed, 2], dtype=np.uint64)).random_raw(setting.n_leaves)
    chosen = np.flatnonzero((words >> np.uint64(11)) < round(setting.fraction * 2**53))
    spread = _spread(*shape)
    return Layout(spread.tree, spread.truth, Revealed(chosen, spread.truth[chosen]))


@cache
def _spread(arity: int, depth: int, lowest: int) -> Layout:
    tree = Tree.complete(arity, depth)
    n_labels = sum(arity**level for level in range(1, depth - lowest + 1))
    truth = carriers(tree, np.arange(1, n_labels + 1))[tree.leaves]
    chosen = np.arange(0, len(truth), arity ** (lowest - 1))
    return Layout(tree, truth, Revealed(chosen, truth[chosen]))


def trial(
    setting: Setting,
    seed: int,
    methods: tuple[str, ...] = METHODS,
    *,
    placed: Layout | None = None,
    rule: str = "bp",
    threads: int | None = None,
) -> Trial:
    """One trial.

    Parameters
    ----------
    setting : Setting
    seed : int
        At least 0 and below 2^64.
    methods : tuple of str
        Of `METHODS`.
    placed : Layout, optional
        In place of `layout(setting, seed)`.
    rule : str
        As for `labelling.label`: "first_child" does not estimate states anew.
    threads : int, optional
        At most so many threads.

    Examples
    --------
    >>> trial(Setting("M1", 2, 5, 2, 0.9, 600, 2), 1).errors["deep"]
    0.0
    """
    unknown = [method for method in methods if method not in METHODS]
    if unknown:
        raise ValueError(f"methods has {unknown[0]!r}: it takes {', '.join(METHODS)}")
    placed = layout(setting, seed) if placed is None else placed
    drawn = simulate(
        setting.model,
        setting.n_features,
        seed,
        arity=setting.arity,
        depth=setting.depth,
        q=setting.q,
        strength=setting.strength,
        threads=threads,
    )
    hidden = placed.hidden
    truth = placed.truth[hidden]
    found: dict[str, NDArray[np.bool_]] = {}
    if "deep" in methods:
        found["deep"] = _deep(setting, drawn, placed, rule, threads)[hidden]
    if {"low-order", "nearest"} & set(methods):
        close = correlations(drawn.features, setting.q, threads=threads)
        if "low-order" in methods:
            found["low-order"] = best_thresholds(low_order_scores(close, placed.revealed)[hidden], truth)
        if "nearest" in methods and len(placed.revealed.leaves):
            found["nearest"] = nearest_labels(close, placed.revealed)[hidden]
    errors = {name: float((answer != truth).mean()) if truth.size else 0.0 for name, answer in found.items()}
    return Trial(errors, placed.identified)


def trials(setting: Setting, seed: int, first: int, count: int, **how: Any) -> Iterator[Trial]:
    """Trials first, ..., first + count - 1 of a seed, one by one; `how` as for `trial`."""
    for number in seeds(seed, first, count):
        yield trial(setting, number, **how)


def seeds(seed: int, first: int, count: int) -> list[int]:
    """The seeds of trials: words first, ... of Philox4x64-10 with key (seed, 3).

    >>> seeds(1, 2, 2) == seeds(1, 0, 4)[2:]
    True
    """
    words: list[int] = np.random.Philox(key=np.array([seed, 3], dtype=np.uint64)).random_raw(first + count).tolist()
    return words[first:]


def _deep(setting: Setting, drawn: Simulated, placed: Layout, rule: str, threads: int | None) -> NDArray[np.bool_]:
    merged = setting.model == "M2"
    features = pairs(drawn.features, setting.q) if merged else drawn.features
    return label(
        features,
        setting.q**2 if merged else setting.q,
        placed.revealed,
        arity=setting.arity,
        renamed=setting.model != "M0",
        rule=rule,  # type: ignore[arg-type]
        threads=threads,
    ).carries
