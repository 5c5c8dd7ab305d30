"""The level-by-level algorithm for the tree of leaf data (after Mossel, 2004, recalled), by definition, in any field.

Leaf data is one row a feature; None is unobserved. The tree is complete with a known arity d, and the channel on every
edge is lambda I + (1 - lambda) J / q; if states are renamed, it is followed by an unknown permutation of the states,
one for each edge. All current roots, at first the leaves, show a state or None in each feature. A level is:

1. The closeness of each pair of roots: the correlation (q a / n - 1) / (q - 1) of a agreements in the n features that
   show both; if states are renamed the estimate of its square from joint counts C with margins R and S,

       q^2 / (q - 1) sum_ij (C_ij / n - R_i S_j / n^2)^2 - (q - 1) / n.                                              (1)

   Both are rounded to doubles, so that ties are the same for everyone.
2. A clique is a set of d roots in which everyone is closer to each other member than to everyone else. Cliques are
   siblings. Then, among the roots that are left: the closest pair, of several the first one, and to it, one by one, the
   root whose least closeness to the group is largest, of several the first one.
3. If states are renamed, those of a sibling are given the names of the first one: by the permutation with the most
   agreements, of several the first in lexicographic order.
4. The parent shows the most likely state, by belief propagation through the subtree that was found, with uniform prior;
   None if that is not unique. Two other rules: the state that has most votes among its children, if it has at least two
   and is the only one; the first child's.

Where lambda is not given it is estimated from the siblings of the first level: the square root of their correlation,
kept within 1/1024 ... 1023/1024.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, permutations, product
from math import inf, prod, sqrt
from typing import Any

from retrodict.exact.distances import correlation

__all__ = ["Found", "LevelFound", "level_by_level"]

States = list[int | None]
Closeness = dict[frozenset[int], float]


@dataclass(frozen=True)
class LevelFound:
    """What one level found.

    `groups` are the siblings, as places among the roots, and `cliques` says which of them are cliques. `correlation` is
    that of all pairs of siblings together, in common names; None if no feature shows any. `reliability` is the
    correlation of the roots' states with the true ones, by estimate, and None where there is none. `within` is the
    least closeness of siblings, `across` the largest of others.
    """

    groups: list[list[int]]
    cliques: list[bool]
    correlation: Any
    reliability: Any
    within: float
    across: float


@dataclass(frozen=True)
class Found:
    """Parents of the nodes, which are numbered level by level from the root and in a level by their least leaves; the
    states of the inner nodes, a list for each; levels from the leaves up; lambda; the reliability of the root."""

    parent: list[int]
    states: list[States]
    levels: list[LevelFound]
    quality: Any
    root_reliability: Any


@dataclass
class _Root:
    states: States
    messages: list[list[Any]]  # likelihoods of the leaves below given each state, up to a factor
    leaf: int  # the least one below
    children: list["_Root"]


def level_by_level(
    leaves: Sequence[Sequence[int | None]],
    q: int,
    arity: int = 2,
    *,
    renamed: bool = False,
    quality: Any = None,
    rule: str = "bp",
) -> Found:
    """The tree of leaf data (n_features, n_leaves); `rule` is "bp", "plurality" or "first_child".

    >>> leaves = [[0, 1, 0, 1], [0, 1, 0, 1], [0, 0, 0, 1], [1, 1, 1, 1]]
    >>> found = level_by_level(leaves, 2, quality=Fraction(1, 2))
    >>> found.parent, found.states
    ([-1, 0, 0, 1, 2, 1, 2], [[None, None, 0, 1], [0, 0, 0, 1], [1, 1, None, 1]])
    """
    roots: list[_Root] = []
    levels: list[LevelFound] = []
    lam = quality
    for v in range(len(leaves[0])):
        column = [row[v] for row in leaves]
        roots.append(_Root(column, [[int(s in (None, x)) for x in range(q)] for s in column], v, []))
    while len(roots) > 1:
        shown = [root.states for root in roots]
        pairs = combinations(range(len(roots)), 2)
        close = {frozenset((u, v)): _closeness(shown[u], shown[v], q, renamed) for u, v in pairs}
        groups, cliques = _groups(len(roots), close, arity)
        names = [[_names(shown[g[0]], shown[u], q) if renamed else tuple(range(q)) for u in g] for g in groups]
        common = _common(shown, groups, names, q)
        if lam is None:
            lam = Fraction(min(max(sqrt(max(float(common or 0), 0.0)), 1 / 1024), 1023 / 1024))
        siblings = {frozenset(pair) for g in groups for pair in combinations(g, 2)}
        across = max((close[pair] for pair in close if pair not in siblings), default=-inf)
        reliability = _reliability(roots, q, rule, lam, len(levels), common)
        levels.append(LevelFound(groups, cliques, common, reliability, min(close[p] for p in siblings), across))
        roots = [_parent([roots[u] for u in g], by, q, lam, rule) for g, by in zip(groups, names, strict=True)]
    parent, states = _numbered(roots[0])
    return Found(parent, states, levels, lam, _reliability(roots, q, rule, lam, len(levels), None))


def _closeness(u: States, v: States, q: int, renamed: bool) -> float:
    """As in step 1; -inf if no feature shows both."""
    if not renamed:
        found = correlation(u, v, q)
        return -inf if found is None else float(found)
    counts = _joint(u, v, q)
    n = sum(map(sum, counts))
    if n == 0:
        return -inf
    rows, columns = [sum(row) for row in counts], [sum(column) for column in zip(*counts, strict=True)]
    square = sum((n * counts[i][j] - rows[i] * columns[j]) ** 2 for i, j in product(range(q), repeat=2))
    return float(square * q * q) / float((q - 1) * n**4) - float(q - 1) / float(n)


def _joint(u: States, v: States, q: int) -> list[list[int]]:
    counts = [[0] * q for _ in range(q)]
    for s, t in zip(u, v, strict=True):
        if s is not None and t is not None:
            counts[s][t] += 1
    return counts


def _groups(n: int, close: Closeness, arity: int) -> tuple[list[list[int]], list[bool]]:
    """As in step 2, in the order of their first members."""
    cliques, left = [], set(range(n))
    for u in range(n):
        others = [v for v in range(n) if v != u]
        nearest = sorted(others, key=[-close.get(frozenset((u, v)), 0) for v in range(n)].__getitem__)
        group = sorted([u, *nearest[: arity - 1]])
        if group[0] == u and _is_clique(group, n, close):
            cliques.append(group)
            left -= set(group)
    groups = list(cliques)
    while left:
        group = list(max(combinations(sorted(left), 2), key=lambda pair: close[frozenset(pair)]))
        while len(group) < arity:
            group.append(max(sorted(left - set(group)), key=lambda v: min(close[frozenset((u, v))] for u in group)))
        groups.append(sorted(group))
        left -= set(group)
    groups.sort()
    return groups, [group in cliques for group in groups]


def _is_clique(group: list[int], n: int, close: Closeness) -> bool:
    others = set(range(n)) - set(group)
    return all(
        close[frozenset((u, v))] > max((close[frozenset((u, w))] for w in others), default=-inf) or not others
        for u in group
        for v in group
        if u != v
    )


def _names(first: States, other: States, q: int) -> tuple[int, ...]:
    """As in step 3: entry x is the other's name of the first one's state x."""
    counts = _joint(first, other, q)
    return max(permutations(range(q)), key=lambda names: sum(counts[x][names[x]] for x in range(q)))


def _common(shown: list[States], groups: list[list[int]], names: list[list[tuple[int, ...]]], q: int) -> Any:
    """The correlation of siblings, their agreements counted together."""
    agree = n = 0
    for group, by in zip(groups, names, strict=True):
        ours = [[None if s is None else to.index(s) for s in shown[u]] for u, to in zip(group, by, strict=True)]
        for a, b in combinations(ours, 2):
            both = [(s, t) for s, t in zip(a, b, strict=True) if s is not None and t is not None]
            agree, n = agree + sum(s == t for s, t in both), n + len(both)
    return Fraction(q * agree - n, (q - 1) * n) if n else None


def _parent(children: list[_Root], names: list[tuple[int, ...]], q: int, lam: Any, rule: str) -> _Root:
    """As in step 4, in the names of the first child."""
    states: States = []
    messages: list[list[Any]] = []
    for f in range(len(children[0].states)):
        votes = [to.index(s) for to, child in zip(names, children, strict=True) if (s := child.states[f]) is not None]
        likelihoods = [
            prod(
                q * lam * child.messages[f][to[x]] + (1 - lam) * sum(child.messages[f])
                for to, child in zip(names, children, strict=True)
            )
            for x in range(q)
        ]
        messages.append(likelihoods)
        if rule == "first_child":
            states.append(children[0].states[f])
        elif rule == "plurality":
            counts = [votes.count(x) for x in range(q)]
            states.append(_only(counts) if max(counts) >= 2 else None)
        else:
            states.append(_only(likelihoods))
    return _Root(states, messages, children[0].leaf, children)


def _only(values: list[Any]) -> int | None:
    """The place of the largest value if there is only one."""
    return values.index(max(values)) if values.count(max(values)) == 1 else None


def _reliability(roots: list[_Root], q: int, rule: str, lam: Any, height: int, common: Any) -> Any:
    """Of states at a height: 1 for leaves. By belief propagation (q p - 1) / (q - 1), p the mean probability of what is
    shown. Of first children lambda^height; by votes sqrt(correlation of siblings) / lambda."""
    if height == 0:
        return 1
    if rule == "first_child":
        return lam**height
    if rule == "plurality":
        return None if common is None else sqrt(max(float(common), 0.0)) / float(lam)
    shown = [m[s] / sum(m) for root in roots for m, s in zip(root.messages, root.states, strict=True) if s is not None]
    return (q * sum(shown) / len(shown) - 1) / (q - 1) if shown else None


def _numbered(root: _Root) -> tuple[list[int], list[States]]:
    parent, states, level, first = [-1], [], [root], 0
    while level[0].children:
        below = sorted(
            ((child, first + place) for place, node in enumerate(level) for child in node.children),
            key=lambda entry: entry[0].leaf,
        )
        first += len(level)
        states += [node.states for node in level]
        parent += [number for _, number in below]
        level = [child for child, _ in below]
    return parent, states
