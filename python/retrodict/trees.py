"""Broadcasting on a tree, and what simple estimators of the root see of the leaves.

In a broadcast the root's state has the law `prior`, and the state of every other node has the law that the channel on
the edge above it gives its parent's state. States are 0, ..., q - 1, stored as uint8 up to 255 states and as uint16
beyond; the largest value of the type says "unobserved".
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from retrodict import _core
from retrodict.graphs import Tree

__all__ = ["broadcast", "census", "recursive_majority"]

type_of_states = (np.dtype(np.uint8), np.dtype(np.uint16))


def broadcast(
    tree: Tree,
    channels: ArrayLike,
    n: int,
    seed: int,
    prior: ArrayLike | None = None,
    *,
    first: int = 0,
    leaves_only: bool = False,
    threads: int | None = None,
) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """Samples first, ..., first + n - 1 of a seed.

    Sample i is the same whatever `first`, the threads and the way in which a range of samples is split, and with
    `leaves_only` its states are the columns `tree.leaves` of the full ones.

    Parameters
    ----------
    channels : float, shape (q, q) or (n_nodes, q, q)
        One channel for all edges, or entry v for the edge above node v (the root's is ignored); row = parent's state.
    n, seed, first : int
        At least 0 and below 2^64.
    prior : float, shape (q,), optional
        Law of the root's state; uniform where absent.
    leaves_only : bool
        Return only the columns of the leaves.
    threads : int, optional
        At most so many threads; where absent as many as the process may use.

    Returns
    -------
    uint8 (q <= 255) or uint16, shape (n, n_nodes) or, with `leaves_only`, (n, n_leaves)

    Raises
    ------
    ValueError
        Naming the index, the value and the rule that it breaks; rows and the prior sum to 1 within 1e-9.

    Notes
    -----
    Sample i reads the stream of replica i: Philox4x32-10 (Salmon et al., SC 2011) with the seed as key and (block, i)
    as counter, each a 64-bit word, low half first. Node v takes words 2 v and 2 v + 1 of the stream, the first one the
    low half of a 64-bit word w, and u = floor(w / 4) is uniform on the integers below 2^62. A law p is read as
    thresholds t_j = sum_(i <= j) round(2^62 p_i), j < m, where m is the last state with p_m > 0, and the state is the
    number of thresholds <= u. So each state below m has its probability within 2^-63, m has what is left of 1, and a
    state of probability 0 is never drawn.

    Leaves that are observed through a channel N need no function of their own. Either the channels above the leaves are
    multiplied by N, and the columns of the leaves are what is observed; or each leaf gets one child, on an edge with
    channel N, and its own state is there too. What is observed has the same law together with all inner nodes, and
    `bp.marginals` with the same tree and channels gives the posterior.

    Examples
    --------
    >>> tree = Tree.complete(2, 2)
    >>> states = broadcast(tree, [[0.9, 0.1], [0.1, 0.9]], n=1000, seed=1)
    >>> states.shape, states.dtype
    ((1000, 7), dtype('uint8'))
    >>> part = broadcast(tree, [[0.9, 0.1], [0.1, 0.9]], n=10, seed=1, first=990, leaves_only=True)
    >>> bool((part == states[990:, tree.leaves]).all())
    True

    Leaves observed through a channel, without and with their own states beside it:

    >>> noise = np.array([[0.8, 0.2], [0.2, 0.8]])
    >>> edges = np.tile([[0.9, 0.1], [0.1, 0.9]], (tree.n_nodes, 1, 1))
    >>> through = edges.copy()
    >>> through[tree.leaves] = edges[tree.leaves] @ noise
    >>> observed = broadcast(tree, through, n=1000, seed=1, leaves_only=True)
    >>> longer = Tree([*tree.parent, *tree.leaves])
    >>> both = broadcast(longer, np.concatenate([edges, np.tile(noise, (tree.n_leaves, 1, 1))]), n=1000, seed=1)
    >>> observed.shape, both[:, longer.leaves].shape, both[:, tree.leaves].shape
    ((1000, 4), (1000, 4), (1000, 4))
    """
    law = None if prior is None else np.ascontiguousarray(prior, dtype=np.float64)
    blocks = np.ascontiguousarray(channels, dtype=np.float64)
    return _core.trees_broadcast(tree._native, blocks, n, seed, law, first, leaves_only, threads)


def census(leaves: NDArray[np.uint8] | NDArray[np.uint16], q: int, *, threads: int | None = None) -> NDArray[np.int32]:
    """How many leaves show each state; unobserved leaves count nowhere.

    The census estimator of the root is linear in it: for a function f of the states,
    S = sum over leaves of f(state) = census(leaves, q) @ f. With f a mean-zero eigenfunction, E f^2 = 1, of a channel
    of eigenvalue lambda, on the complete tree of arity d and depth h, E[S f(root)] = (d lambda)^h and
    E S^2 = d^h (1 + (d - 1) lambda^2 sum_(k < h) (d lambda^2)^k).

    Parameters
    ----------
    leaves : uint8 or uint16, shape (n, n_leaves)
        States below q, or the largest value of the type.
    q : int
        Number of states.

    Returns
    -------
    int32, shape (n, q)

    Raises
    ------
    ValueError
        If a state is q or more, naming where.
    TypeError
        If `leaves` holds something else than uint8 or uint16.

    Examples
    --------
    >>> counts = census(np.array([[0, 1, 1, 255]], dtype=np.uint8), 2)
    >>> counts, counts @ [1, -1]
    (array([[1, 2]], dtype=int32), array([-1]))
    """
    return _core.trees_census(_states(leaves), q, threads)


def recursive_majority(
    tree: Tree,
    leaves: NDArray[np.uint8] | NDArray[np.uint16],
    *,
    ties: str = "unobserved",
    seed: int | None = None,
    first: int = 0,
    threads: int | None = None,
) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """The root's value where every inner node takes the state that most of its children have.

    Unobserved children have no vote, and a node whose children are all unobserved is unobserved. On a tie the node is
    unobserved too (`ties="unobserved"`): for two states on a binary tree this is the sign of the sum of messages
    -1, 0, 1. With `ties="random"` the node takes one of the tied states uniformly, and `seed` is required. For two
    states and odd arity nothing is ever tied.

    Parameters
    ----------
    leaves : uint8 or uint16, shape (n, n_leaves)
        Any number of states; the largest value of the type is "unobserved".
    seed, first : int
        Only with `ties="random"`: row i draws from replica first + i of the seed (see `broadcast` for the stream), two
        words for each tie, from the last node to the first. With w the 64-bit word and m states tied, the node takes
        number floor(m floor(w / 2^11) 2^-53) of them in the order in which the children show them, each with
        probability 1 / m within 2^-52.

    Returns
    -------
    shape (n,), type of `leaves`

    Raises
    ------
    ValueError
        For a wrong shape, an unknown rule of ties, or a seed that is missing or has no use.
    TypeError
        If `leaves` holds something else than uint8 or uint16.

    Examples
    --------
    >>> leaves = np.array([[0, 1, 1, 1], [0, 1, 0, 1]], dtype=np.uint8)
    >>> recursive_majority(Tree.complete(2, 2), leaves)
    array([  1, 255], dtype=uint8)
    """
    if ties not in ("unobserved", "random"):
        raise ValueError(f"ties = {ties!r}: it must be 'unobserved' or 'random'")
    if (ties == "random") != (seed is not None):
        rule = "random ties need a seed" if seed is None else "nothing is drawn unless ties='random'"
        raise ValueError(f"seed = {seed}: {rule}")
    return _core.trees_recursive_majority(tree._native, _states(leaves), seed, first, threads)


def _states(leaves: ArrayLike) -> NDArray[np.uint8] | NDArray[np.uint16]:
    array = np.ascontiguousarray(leaves)
    if array.dtype not in type_of_states:
        raise TypeError(f"leaves has dtype {array.dtype}: it must be uint8 or uint16")
    return array
