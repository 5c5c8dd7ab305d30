"""The Random Hierarchy Model: data whose parts have synonyms, at every level; and its rules identified by counting.

A class is rewritten by one of m tuples of s symbols, each of these by one of m tuples, and so on for `depth` levels.
The v symbols of a level have m tuples each, all distinct, so that a tuple tells its parent (Cagnetta, Petrini,
Tomasini, Favero and Wyart, 2023; the abstract was read). The choices are uniform and independent:
n_c m^((s^depth - 1)/(s - 1)) data in all, each as likely as any other.

Which symbol a tuple stands for can be learnt: two tuples of one symbol, synonyms, tell the same about the class. That
takes about n_c m^depth samples (`prop:random-hierarchy`), far fewer than there are data.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from retrodict import trees
from retrodict.graphs import Tree

__all__ = ["IdentifiedRules", "RandomHierarchy", "identify", "random_hierarchy"]

Symbols = NDArray[np.int64]
MOST_TUPLES = 1 << 24


@dataclass(frozen=True, eq=False)
class RandomHierarchy:
    """Rules of every level, from the classes down.

    Attributes
    ----------
    rules : tuple of int64 arrays
        rules[0] has shape (classes, m, s), rules[1], ..., rules[depth - 1] have shape (v, m, s): entry [a, k] is the
        k-th tuple of symbol a. All tuples of a level are distinct.
    symbols : int
        v, at every level below the classes.
    """

    rules: tuple[Symbols, ...]
    symbols: int

    def __post_init__(self) -> None:
        for level, rule in enumerate(self.rules):
            if rule.ndim != 3 or rule.shape[1:] != self.rules[0].shape[1:]:
                raise ValueError(f"rules[{level}] has shape {rule.shape}: it must be (symbols, m, s), m and s the same")
            if level and len(rule) != self.symbols:
                raise ValueError(f"rules[{level}] has {len(rule)} symbols: the level above has {self.symbols}")
            wrong = np.argwhere((rule < 0) | (rule >= self.symbols))
            if len(wrong):
                at = tuple(int(i) for i in wrong[0])
                raise ValueError(f"rules[{level}]{list(at)} = {rule[at]}: there are {self.symbols} symbols")
            tuples, counts = np.unique(rule.reshape(-1, rule.shape[2]), axis=0, return_counts=True)
            if (counts > 1).any():
                raise ValueError(f"rules[{level}]: the tuple {tuples[counts > 1][0].tolist()} has two parents")

    @property
    def classes(self) -> int:
        return len(self.rules[0])

    @property
    def synonyms(self) -> int:
        return int(self.rules[0].shape[1])

    @property
    def branching(self) -> int:
        return int(self.rules[0].shape[2])

    @property
    def depth(self) -> int:
        return len(self.rules)

    def sample(self, n: int, seed: int, *, first: int = 0) -> tuple[Symbols, Symbols]:
        """Data, shape (n, s^depth), and their classes, shape (n,): samples first, ..., first + n - 1 of the seed.

        Sample i is the same however a range is split: the class and the choices are those of `trees.broadcast` with
        uniform laws, level by level, from the left.
        """
        nodes = sum(self.branching**level for level in range(self.depth))
        classes = trees.broadcast(Tree([-1]), np.eye(self.classes), n, seed, first=first)[:, 0].astype(np.int64)
        uniform = np.full((self.synonyms, self.synonyms), 1 / self.synonyms)
        star = Tree([-1] + [0] * nodes)
        choices = trees.broadcast(star, uniform, n, seed, first=first, leaves_only=True)
        data = classes[:, None]
        for rule in self.rules:
            chosen, choices = choices[:, : data.shape[1]], choices[:, data.shape[1] :]
            data = rule[data, chosen].reshape(n, data.shape[1] * self.branching)
        return data, classes

    def parse(self, data: ArrayLike) -> Symbols:
        """The class of each row, -1 where some tuple on the way up has no parent."""
        return _parsed(self.rules, self._data(data))

    def posterior(self, likelihoods: ArrayLike) -> NDArray[np.float64]:
        """P(class | what is seen of the symbols), exactly but for rounding, by sums of products up the tree.

        Parameters
        ----------
        likelihoods : float, shape (n, s^depth, v)
            What is seen of each symbol, as a likelihood of its v values, up to a factor.

        Returns
        -------
        float64, shape (n, classes)
            Rows sum to 1; nan where the evidence is impossible.

        Examples
        --------
        >>> model = RandomHierarchy((np.array([[[0, 0]], [[0, 1]]]),), symbols=2)
        >>> model.posterior([[[0.5, 0.5], [0.9, 0.1]]])
        array([[0.9, 0.1]])
        """
        message = np.asarray(likelihoods, dtype=np.float64)
        width = self.branching**self.depth
        if message.ndim != 3 or message.shape[1:] != (width, self.symbols):
            raise ValueError(f"likelihoods has shape {message.shape}: it must be (n, {width}, {self.symbols})")
        for rule in reversed(self.rules):
            parts = [message[:, i :: self.branching][:, :, rule[..., i]] for i in range(self.branching)]
            message = np.prod(parts, axis=0).sum(axis=-1)
            with np.errstate(invalid="ignore"):
                message = message / message.sum(axis=-1, keepdims=True)
        return message[:, 0]

    def _data(self, data: ArrayLike) -> Symbols:
        return _checked("data", data, self.branching**self.depth)


def random_hierarchy(
    classes: int, symbols: int, synonyms: int, branching: int, depth: int, seed: int
) -> RandomHierarchy:
    """Rules drawn uniformly: at each level distinct tuples in a random order, the first m for the first symbol.

    Parameters
    ----------
    classes, symbols, synonyms, branching, depth : int
        n_c, v, m, s and the number of levels, each at least 1; n_c m and v m at most v^s <= 2^24.
    seed : int
        At least 0 and below 2^64. The tuples of level l, as numbers to the base v, stand in the order of words
        0, ..., v^s - 1 of Philox4x64-10 with key (seed, l).

    Raises
    ------
    ValueError
        Naming the argument, the value and the rule.

    Examples
    --------
    >>> model = random_hierarchy(classes=4, symbols=4, synonyms=2, branching=2, depth=3, seed=1)
    >>> data, classes = model.sample(1000, seed=2)
    >>> data.shape, bool((model.parse(data) == classes).all())
    ((1000, 8), True)
    """
    sizes = {"classes": classes, "symbols": symbols, "synonyms": synonyms, "branching": branching, "depth": depth}
    for name, value in sizes.items():
        if value < 1:
            raise ValueError(f"{name} = {value}: it must be at least 1")
    n_tuples = symbols**branching
    if n_tuples > MOST_TUPLES:
        raise ValueError(f"symbols^branching = {n_tuples}: at most 2^24 tuples are drawn from")
    for name, parents in (("classes", classes), ("symbols", symbols)):
        if parents * synonyms > n_tuples:
            raise ValueError(f"{name} * synonyms = {parents * synonyms}: there are only {n_tuples} tuples")
    rules = []
    for level in range(depth):
        parents = symbols if level else classes
        words = np.random.Philox(key=np.array([seed, level], dtype=np.uint64)).random_raw(n_tuples)
        codes = np.argsort(words, kind="stable")[: parents * synonyms]
        digits = np.stack(np.unravel_index(codes, (symbols,) * branching), axis=-1)
        rules.append(digits.reshape(parents, synonyms, branching).astype(np.int64))
    return RandomHierarchy(tuple(rules), symbols)


@dataclass(frozen=True, eq=False)
class IdentifiedRules:
    """What `identify` finds.

    Attributes
    ----------
    parents : tuple of (tuples, symbols)
        From the lowest level up: the tuples that were seen, shape (k, s), and the symbol that each was given; on top
        the class. Names of symbols are arbitrary, those of classes are not.
    """

    parents: tuple[tuple[Symbols, Symbols], ...]

    def parse(self, data: ArrayLike) -> Symbols:
        """The class of each row, -1 where a tuple was never seen."""
        level = _checked("data", data, self.parents[0][0].shape[1] ** len(self.parents))
        for tuples, symbols in self.parents:
            level = _look_up(level, tuples, symbols)
        return level[:, 0]


def identify(data: ArrayLike, classes: ArrayLike, symbols: int, branching: int) -> IdentifiedRules:
    """Rules from samples, without their number of levels or synonyms: count, then group the tuples that agree.

    At each level, from the lowest up, tuple t is described by the numbers of samples of each class in which it stands
    at each place. Synonyms have the same expected description. They are grouped by Ward's rule (J. Am. Stat. Assoc. 58,
    1963; recalled): join the two groups whose union costs the least in squared distances to the mean, until `symbols`
    are left. On top a tuple gets the class with which it was seen most, the least of equals.

    Parameters
    ----------
    data : int, shape (n, s^depth)
    classes : int, shape (n,)
        At least 0.
    symbols, branching : int
        v, the number of groups, at least 1, and s, at least 2.

    Raises
    ------
    ValueError
        Naming the argument and the rule: a width that is no power of s, other lengths, negative entries.

    Examples
    --------
    >>> model = random_hierarchy(classes=4, symbols=4, synonyms=2, branching=2, depth=2, seed=1)
    >>> found = identify(*model.sample(500, seed=2), symbols=4, branching=2)
    >>> data, classes = model.sample(1000, seed=3)
    >>> bool((found.parse(data) == classes).all())
    True
    """
    level = np.asarray(data, dtype=np.int64)
    if symbols < 1:
        raise ValueError(f"symbols = {symbols}: it must be at least 1")
    if branching < 2:
        raise ValueError(f"branching = {branching}: it must be at least 2")
    width, depth = level.shape[1] if level.ndim == 2 else 0, 0
    while branching ** (depth + 1) <= width:
        depth += 1
    if depth == 0 or branching**depth != width:
        raise ValueError(f"data has shape {level.shape}: it must be (n, s^depth), s = {branching}, depth at least 1")
    level = _checked("data", data, width)
    labels = np.asarray(classes, dtype=np.int64)
    if labels.shape != (len(level),) or not len(level):
        raise ValueError(f"classes has shape {labels.shape}: there are {len(level)} data, and there must be one")
    if labels.min() < 0:
        raise ValueError(f"classes[{int(labels.argmin())}] = {labels.min()}: it must be at least 0")
    parents = []
    while level.shape[1] > 1:
        n, places = len(level), level.shape[1] // branching
        tuples, which = np.unique(level.reshape(-1, branching), axis=0, return_inverse=True)
        at = (which.reshape(n, places) * places + np.arange(places)) * (labels.max() + 1) + labels[:, None]
        shape = (len(tuples), places * (int(labels.max()) + 1))
        counts = np.bincount(at.ravel(), minlength=shape[0] * shape[1]).reshape(shape).astype(np.float64)
        groups = counts.argmax(axis=1) if places == 1 else _ward(counts, symbols)
        parents.append((tuples, groups))
        level = groups[which].reshape(n, places)
    return IdentifiedRules(tuple(parents))


def _ward(rows: NDArray[np.float64], groups: int) -> Symbols:
    """The group of each row, by Ward's rule."""
    centre, size = rows.copy(), np.ones(len(rows))
    group = np.arange(len(rows))
    square = (centre**2).sum(axis=1)
    cost = np.maximum(square[:, None] + square - 2 * centre @ centre.T, 0) / 2
    np.fill_diagonal(cost, np.inf)
    for _ in range(len(rows) - groups):
        a, b = divmod(int(cost.argmin()), len(rows))
        total = size[a] + size[b]
        # Lance and Williams's update, and b is gone
        row = ((size[a] + size) * cost[a] + (size[b] + size) * cost[b] - size * cost[a, b]) / (total + size)
        cost[a], cost[:, a] = row, row
        cost[b], cost[:, b], cost[a, a] = np.inf, np.inf, np.inf
        size[a], size[b] = total, 0
        group[group == b] = a
    return np.unique(group, return_inverse=True)[1].astype(np.int64)


def _parsed(rules: tuple[Symbols, ...], level: Symbols) -> Symbols:
    for rule in reversed(rules):
        tuples = rule.reshape(-1, rule.shape[2])
        level = _look_up(level, tuples, np.repeat(np.arange(len(rule)), rule.shape[1]))
    return level[:, 0]


def _look_up(level: Symbols, tuples: Symbols, symbols: Symbols) -> Symbols:
    """The symbol of each tuple, -1 for one that is not there or has such a part."""
    base = int(max(level.max(initial=0), tuples.max())) + 2
    weight = base ** np.arange(tuples.shape[1])
    codes, order = (tuples + 1) @ weight, np.argsort((tuples + 1) @ weight)
    asked = (level.reshape(len(level), level.shape[1] // tuples.shape[1], tuples.shape[1]) + 1) @ weight
    place = order[np.minimum(np.searchsorted(codes[order], asked), len(codes) - 1)]
    return np.where(codes[place] == asked, symbols[place], -1)


def _checked(name: str, data: ArrayLike, width: int) -> Symbols:
    array = np.asarray(data)
    if array.dtype.kind not in "iu":
        raise TypeError(f"{name} has dtype {array.dtype}: it must hold integers")
    if array.ndim != 2 or array.shape[1] != width:
        raise ValueError(f"{name} has shape {array.shape}: it must be (n, {width})")
    if array.size and array.min() < 0:
        at = tuple(int(i) for i in np.argwhere(array < 0)[0])
        raise ValueError(f"{name}{list(at)} = {array[at]}: a symbol is at least 0")
    return array.astype(np.int64)
