"""Broadcasting on a tree, by definition: sums over the states of all nodes, in any ring.

Arguments, here and in `exact.bp`:

- A tree is its `parent` sequence. Node 0 is the root, parent[0] = -1, and a parent comes before its children. Leaves
  are the nodes without children, in ascending order.
- `channels` is one q x q nested sequence for all edges, or one per node, channels[v] on the edge above v (the root's is
  ignored). A row is the law of the child given the parent's state.
- `prior` is the law of the root's state; None is the uniform one.
- Entry k of `leaves` is what the k-th leaf shows: its state, None for nothing, or a sequence of q likelihoods. `leaves`
  = None shows nothing at all.

Entries may be of any ring in which an element can be divided by an integer (needed for the uniform prior only): int,
Fraction, float, sympy, flint's fmpq and arb. Nothing else is divided.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations_with_replacement
from math import factorial, prod
from operator import mul
from typing import Any

from retrodict.exact.reconstruction import Enclosure, Reconstruction, reconstruction

__all__ = [
    "Broadcast",
    "Enclosure",
    "Reconstruction",
    "census_moment",
    "children",
    "complete",
    "evidence",
    "expectation",
    "marginals",
    "max_product",
    "reconstruction",
    "root_types",
    "symmetric_channel",
    "weights",
]

States = tuple[int, ...]


def complete(arity: int, depth: int) -> list[int]:
    """Parents of the complete tree with arity**depth leaves, level by level.

    >>> complete(2, 2)
    [-1, 0, 0, 1, 1, 2, 2]
    """
    return [(v - 1) // arity for v in range(sum(arity**level for level in range(depth + 1)))]


def symmetric_channel(q: int, lam: Any) -> list[list[Any]]:
    """lam I + (1 - lam) J / q: with probability lam a copy, else a uniform state.

    >>> symmetric_channel(2, Fraction(1, 2))
    [[Fraction(3, 4), Fraction(1, 4)], [Fraction(1, 4), Fraction(3, 4)]]
    """
    other = (1 - lam) / q
    return [[lam + other if j == i else other for j in range(q)] for i in range(q)]


def children(parent: Sequence[int]) -> list[list[int]]:
    """The children of each node, ascending; a leaf has none.

    >>> children([-1, 0, 0, 1])
    [[1, 2], [3], [], []]
    """
    below: list[list[int]] = [[] for _ in parent]
    if not below:
        raise ValueError("parent is empty: a tree has a root")
    if parent[0] != -1:
        raise ValueError(f"parent[0] = {parent[0]}: node 0 is the root, its parent is -1")
    for v, above in enumerate(parent[1:], start=1):
        if not 0 <= above < v:
            raise ValueError(f"parent[{v}] = {above}: a parent must come before its child")
        below[above].append(v)
    return below


@dataclass(frozen=True)
class Broadcast:
    """A tree, its channels and what is seen, with everything spelled out per node: see `Broadcast.read`."""

    parent: Sequence[int]
    children: list[list[int]]
    prior: Sequence[Any]
    channels: Sequence[Any]
    likelihoods: list[list[Any]]  # all ones at inner nodes

    @classmethod
    def read(cls, parent: Sequence[int], channels: Any, leaves: Any, prior: Any) -> "Broadcast":
        below = children(parent)
        shared = not hasattr(channels[-1][0], "__len__")
        each = [channels] * len(below) if shared else channels
        if len(each) != len(below):
            raise ValueError(f"channels has {len(each)} entries: the tree has {len(below)} nodes")
        q = len(each[-1])
        if prior is None:
            one = each[-1][0][0] * 0 + 1
            prior = [Fraction(1, q) if isinstance(one, int) else one / q] * q
        at = [v for v, kids in enumerate(below) if not kids]
        seen = [None] * len(at) if leaves is None else leaves
        if len(seen) != len(at):
            raise ValueError(f"leaves has {len(seen)} entries: the tree has {len(at)} leaves")
        likelihoods: list[list[Any]] = [[1] * q for _ in below]
        for k, v in enumerate(at):
            if seen[k] is not None:
                likelihoods[v] = _likelihood(k, seen[k], q)
        return cls(parent, below, prior, each, likelihoods)


def _likelihood(k: int, shown: Any, q: int) -> list[Any]:
    if hasattr(shown, "__len__"):
        if len(shown) != q:
            raise ValueError(f"leaves[{k}] has {len(shown)} likelihoods: there are {q} states")
        return list(shown)
    if not 0 <= shown < q:
        raise ValueError(f"leaves[{k}] = {shown}: a state is at least 0 and less than {q}")
    return [int(i == shown) for i in range(q)]


def weights(parent: Sequence[int], channels: Any, leaves: Any = None, prior: Any = None) -> dict[States, Any]:
    """P(states of all nodes, what the leaves show), for every assignment of states, in lexicographic order.

    prior[s_0] * prod_v channels[v][s_parent(v)][s_v] * prod_leaves likelihood: with nothing shown, the law of the
    broadcast; divided by `evidence`, the posterior law.

    >>> weights([-1, 0], symmetric_channel(2, Fraction(1, 2)), [0])[(1, 0)]
    Fraction(1, 8)
    """
    b = Broadcast.read(parent, channels, leaves, prior)
    law: dict[States, Any] = {(i,): p * b.likelihoods[0][i] for i, p in enumerate(b.prior)}
    for v, above in enumerate(parent[1:], start=1):
        law = {
            (*s, j): w * step * b.likelihoods[v][j]
            for s, w in law.items()
            for j, step in enumerate(b.channels[v][s[above]])
        }
    return law


def evidence(parent: Sequence[int], channels: Any, leaves: Any, prior: Any = None) -> Any:
    """P(what the leaves show): the sum of all `weights`.

    >>> evidence([-1, 0, 0], symmetric_channel(2, Fraction(1, 2)), [0, 0])
    Fraction(5, 16)
    """
    return sum(weights(parent, channels, leaves, prior).values())


def marginals(parent: Sequence[int], channels: Any, leaves: Any, prior: Any = None) -> list[list[Any]]:
    """P(state of v = i, what the leaves show), row v, column i. Each row sums to `evidence`: divide for the posterior.

    >>> marginals([-1, 0, 0], symmetric_channel(2, Fraction(1, 2)), [0, None])[0]
    [Fraction(3, 8), Fraction(1, 8)]
    """
    law = weights(parent, channels, leaves, prior)
    states = sorted({s[0] for s in law})
    return [[sum(w for s, w in law.items() if s[v] == i) for i in states] for v in range(len(parent))]


def max_product(parent: Sequence[int], channels: Any, leaves: Any, prior: Any = None) -> tuple[States, Any]:
    """The likeliest states of all nodes, the lexicographically first of equals, and their weight. The ring is ordered.

    >>> max_product([-1, 0, 0], symmetric_channel(2, Fraction(1, 2)), [0, 1])
    ((0, 0, 1), Fraction(3, 32))
    """
    return max(weights(parent, channels, leaves, prior).items(), key=lambda item: item[1])


def expectation(parent: Sequence[int], channels: Any, value: Callable[[States], Any], prior: Any = None) -> Any:
    """E value(states of all nodes) under the broadcast.

    >>> expectation([-1, 0], symmetric_channel(2, Fraction(1, 2)), lambda s: s[0] == s[1])
    Fraction(3, 4)
    """
    return sum(w * value(s) for s, w in weights(parent, channels, None, prior).items())


def census_moment(arity: int, depth: int, power: int, lam: Any, f: Sequence[Any] = (1, -1), root_power: int = 0) -> Any:
    """E[S^power f(root)^root_power], S the sum of f(state) over the leaves of the complete tree, q = len(f) states.

    >>> census_moment(2, 1, 2, Fraction(1, 2))
    Fraction(5, 2)
    """

    def value(states: States) -> Any:
        return sum(f[i] for i in states[-(arity**depth) :]) ** power * f[states[0]] ** root_power

    return expectation(complete(arity, depth), symmetric_channel(len(f), lam), value)


def root_types(channel: Sequence[Sequence[Any]], arity: int, depth: int) -> list[tuple[int, list[Any]]]:
    """(count, L): that many leaf patterns of the complete tree have P(pattern | root = i) = L[i].

    A type is a multiset of `arity` types of the level below. Nothing is compared or divided, so entries may be
    polynomials.

    >>> root_types([[3, 1], [1, 3]], 2, 1)
    [(1, [9, 1]), (2, [3, 3]), (1, [1, 9])]
    """
    q = len(channel)
    types: list[tuple[int, list[Any]]] = [(1, [int(i == j) for j in range(q)]) for i in range(q)]
    for _ in range(depth):
        below = [(count, [sum(map(mul, row, L)) for row in channel]) for count, L in types]
        types = []
        for chosen in combinations_with_replacement(range(len(below)), arity):
            orders = factorial(arity) // prod(factorial(chosen.count(k)) for k in set(chosen))
            count = orders * prod(below[k][0] for k in chosen)
            types.append((count, [prod(below[k][1][i] for k in chosen) for i in range(q)]))
    return types
