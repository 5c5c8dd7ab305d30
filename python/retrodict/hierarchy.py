"""Hierarchical generative models: features that are broadcast down a complete tree and renamed on the way.

Every node of the complete tree has a representation R(v) in [q]^k, of which the leaves' are seen. Down an edge each
entry is kept with probability lam, the strength, and is else uniform on [q]; then

| model | what an edge does to the noisy copy |
|---|---|
| M0 | nothing: k independent broadcasts |
| M1 | a permutation of the q states renames every entry, the same one for all features |
| M2 | entries are taken in pairs, rows 2 i and 2 i + 1, and a permutation of the q^2 pairs maps each, one for all |

Who sees the leaves knows neither the tree nor the permutations. On average over the permutations of M1 and M2 one
feature of a leaf says nothing about the same feature of another; log-det distances, of features for M1 and of pairs for
M2, do not change under any. After Mossel, "Deep learning and hierarchical generative models" (2016); names are ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrodict.graphs import Tree
from retrodict.trees import broadcast

__all__ = ["MODELS", "Simulated", "pairs", "simulate"]

MODELS = ("M0", "M1", "M2")

States = NDArray[np.uint8] | NDArray[np.uint16]


@dataclass(frozen=True, eq=False)
class Simulated:
    """What `simulate` draws: what is seen, and the truth behind it."""

    tree: Tree  #: the true one; leaf data in the order of `tree.leaves`
    features: States  #: (n_features, n_leaves)
    states: States | None  #: (n_features, n_nodes), if asked for
    permutations: NDArray[np.int64] | None  #: (n_nodes, q), for M2 (n_nodes, q * q); the root's is the identity


def simulate(
    model: str,
    n_features: int,
    seed: int,
    *,
    arity: int,
    depth: int,
    q: int,
    strength: float,
    permutations: str = "edges",
    nodes: bool = False,
    threads: int | None = None,
) -> Simulated:
    """Features of the leaves of a complete tree under model M0, M1 or M2.

    Parameters
    ----------
    model : "M0", "M1" or "M2"
    n_features : int
        At least 0; even for M2, whose features come in pairs.
    seed : int
        At least 0 and below 2^64. The noise reads the streams of `trees.broadcast`; permutation e of m symbols is the
        ascending order of words e m, ..., e m + m - 1 of Philox4x64-10 with key (seed, 1).
    arity, depth : int
        As for `Tree.complete`.
    q : int
        States of a feature, at least 2; for M2 at most 16.
    strength : float
        lam: between -1 / (q - 1) and 1.
    permutations : "edges" or "levels"
        Whether every edge has a permutation of its own, drawn uniformly and independently, or the edges between two
        levels share one. M0 has none.
    nodes : bool
        Also return the states of all nodes.
    threads : int, optional
        At most so many threads; the result does not depend on it.

    Raises
    ------
    ValueError
        Naming the argument, its value and the rule that it breaks.

    Examples
    --------
    >>> drawn = simulate("M1", 4, 7, arity=2, depth=3, q=3, strength=1.0, nodes=True)
    >>> drawn.features.shape, drawn.permutations.shape
    ((4, 8), (15, 3))
    >>> bool((drawn.permutations[5][drawn.states[:, 2]] == drawn.states[:, 5]).all())  # no noise: renamed, no more
    True
    """
    _check(model, n_features, seed, q, strength, permutations)
    tree = Tree.complete(arity, depth)
    noise = np.maximum(strength * np.eye(q) + (1 - strength) / q, 0)  # at the least strength 0 may be rounded below it
    names = None if model == "M0" else _permutations(arity, depth, q * q if model == "M2" else q, seed, permutations)
    if model == "M2":
        states = _split(broadcast(tree, _pair_channels(noise, names), n_features // 2, seed, threads=threads), q)
    else:
        states = broadcast(tree, noise, n_features, seed, threads=threads)
        if names is not None:
            # the noise is the same under any name, so that all renaming may be done at the end
            composed: Any = _path_permutations(arity, depth, names).astype(_type(q))
            states = composed[np.arange(tree.n_nodes), states]
    seen: Any = np.ascontiguousarray(states[:, tree.leaves])
    return Simulated(tree, seen, states if nodes else None, names)


def pairs(features: States, q: int) -> States:
    """Two rows of features as one of q^2 states: the pair (x, y) is the state q x + y.

    Parameters
    ----------
    features : uint8 or uint16, shape (n_features, n)
        States below q, at most 255; an even number of rows.
    q : int

    Returns
    -------
    uint8 (q <= 15) or uint16, shape (n_features / 2, n)

    Raises
    ------
    ValueError
        For an odd number of rows, or a state that is q or more, naming where.
    TypeError
        If `features` holds something else than uint8 or uint16.

    Examples
    --------
    >>> pairs(np.array([[0, 1, 2], [1, 1, 0]], dtype=np.uint8), 3)
    array([[1, 4, 6]], dtype=uint8)
    """
    if not 2 <= q <= 255:
        raise ValueError(f"q = {q}: it must be 2 ... 255, so that pairs have at most 65,025 states")
    array: NDArray[Any] = np.asarray(features)
    if array.dtype not in (np.uint8, np.uint16):
        raise TypeError(f"features has dtype {array.dtype}: it must be uint8 or uint16")
    if array.ndim != 2 or len(array) % 2:
        raise ValueError(f"features has shape {array.shape}: it must have two dimensions and an even number of rows")
    wrong = np.argwhere(array >= q)
    if len(wrong):
        i, v = wrong[0]
        raise ValueError(f"features[{i}, {v}] = {array[i, v]}: a state is less than {q}")
    joined: Any = array[0::2].astype(np.uint16) * np.uint16(q) + array[1::2].astype(np.uint16)
    found: States = joined.astype(_type(q * q))
    return found


def _check(model: str, n_features: int, seed: int, q: int, strength: float, permutations: str) -> None:
    if model not in MODELS:
        raise ValueError(f"model = {model!r}: it must be 'M0', 'M1' or 'M2'")
    if n_features < 0 or (model == "M2" and n_features % 2):
        rule = "even, since features come in pairs" if n_features >= 0 else "at least 0"
        raise ValueError(f"n_features = {n_features}: it must be {rule}")
    if not 0 <= seed < 2**64:
        raise ValueError(f"seed = {seed}: it must be at least 0 and below 2^64")
    most = 16 if model == "M2" else 65535
    if not 2 <= q <= most:
        raise ValueError(f"q = {q}: {model} takes 2 ... {most} states")
    if not -1 / (q - 1) <= strength <= 1:
        raise ValueError(f"strength = {strength}: it must be between -1/(q - 1) = {-1 / (q - 1):g} and 1")
    if permutations not in ("edges", "levels"):
        raise ValueError(f"permutations = {permutations!r}: it must be 'edges' or 'levels'")


def _permutations(arity: int, depth: int, size: int, seed: int, kind: str) -> NDArray[np.int64]:
    """One for each node, of the edge above it."""
    n_nodes = [arity**level for level in range(depth + 1)]
    edge = np.repeat(np.arange(depth + 1), n_nodes) if kind == "levels" else np.arange(sum(n_nodes))
    words = np.random.Philox(key=np.array([seed, 1], dtype=np.uint64)).random_raw((int(edge[-1]) + 1) * size)
    drawn = words.reshape(-1, size).argsort(axis=1, kind="stable")
    drawn[0] = np.arange(size)
    found: NDArray[np.int64] = drawn[edge]
    return found


def _path_permutations(arity: int, depth: int, names: NDArray[np.int64]) -> NDArray[np.int64]:
    """All renaming between the root and each node."""
    composed = names.copy()
    begin, width = 0, 1
    for _ in range(depth):
        above = np.repeat(composed[begin : begin + width], arity, axis=0)
        begin, width = begin + width, width * arity
        composed[begin : begin + width] = np.take_along_axis(names[begin : begin + width], above, axis=1)
    return composed


def _type(q: int) -> type[np.uint8] | type[np.uint16]:
    return np.uint8 if q <= 255 else np.uint16


def _pair_channels(noise: NDArray[np.float64], names: NDArray[np.int64] | None) -> NDArray[np.float64]:
    assert names is not None
    each: NDArray[np.float64] = np.kron(noise, noise)[:, np.argsort(names, axis=1)]  # type: ignore[assignment]
    return each.transpose(1, 0, 2)


def _split(codes: States, q: int) -> States:
    """Rows 2 i and 2 i + 1 from row i of pairs."""
    found = np.empty((2 * len(codes), codes.shape[1]), dtype=np.uint8)
    found[0::2], found[1::2] = np.divmod(codes, codes.dtype.type(q))
    return found
