"""Belief propagation on a tree: what the leaves of a broadcast say about the states above them.

The root's state has the law `prior`; the state of any other node v has the law that the channel on the edge above v
gives its parent's state. Given what the leaves show, the posterior is computed by two passes. Up, for the state i of v,

    L_v(i) = prod over children c of v of sum_j P_c(i, j) L_c(j),    L_v the likelihood at a leaf

(pruning: Felsenstein, J. Mol. Evol. 17, 1981); the evidence is Z = sum_i prior_i L_root(i). Down, D_root = prior,

    D_c(j) = sum_i P_c(i, j) D_v(i) prod over siblings b of c of sum_k P_b(i, k) L_b(k),

and the posterior of v's state is D_v(i) L_v(i) / Z (Pearl, Probabilistic Reasoning in Intelligent Systems, 1988).

Arguments of all functions here
-------------------------------
tree : Tree
channels : float, shape (q, q) or (n_nodes, q, q)
    One channel for all edges, or entry v for the edge above node v (the root's is ignored); row = parent's state. Rows
    sum to 1 within 1e-9. At most 65535 states.
leaves : uint8 or uint16, shape (n, n_leaves); or float, shape (n, n_leaves, q)
    One row a sample, one column a leaf, in the order of `tree.leaves`. States below q, or the largest value of the
    type for "unobserved"; or likelihoods P(what is seen | state), finite and at least 0, which need not sum to 1.
prior : float, shape (q,), optional
    Law of the root's state; uniform where absent.
threads : int, optional
    At most so many threads; where absent as many as the process may use.

Results are those of the formulas in double precision with unbounded exponents: nothing underflows, however many leaves
there are, and a sample gives the same bits whatever the threads, the other samples and the instruction set. Sums run
over ascending states, in fused operations; on a processor without them (before 2013) they are slow. Ctrl-C stops a
long call.

Errors: ValueError naming the argument, the index, the value and the rule that it breaks; TypeError for a dtype.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from retrodict import _core
from retrodict.graphs import Tree

__all__ = ["Marginals", "MaxProduct", "log_evidence", "marginals", "max_product", "sample"]


@dataclass(frozen=True)
class Marginals:
    """Posterior laws of single nodes, one row a sample; nan where the evidence is impossible."""

    log_evidence: NDArray[np.float64]  #: (n,): natural logarithm of Z, -inf where the evidence is impossible
    root: NDArray[np.float64]  #: (n, q)
    nodes: NDArray[np.float64] | None  #: (n, n_internal, q), nodes that are not leaves in ascending order, or None


@dataclass(frozen=True)
class MaxProduct:
    """The likeliest states of all nodes together, one row a sample."""

    states: NDArray[np.uint8] | NDArray[np.uint16]  #: (n, n_nodes)
    log_score: NDArray[np.float64]  #: (n,): natural logarithm of P(states, what the leaves show)


def log_evidence(
    tree: Tree,
    channels: ArrayLike,
    leaves: ArrayLike,
    prior: ArrayLike | None = None,
    *,
    precision: Literal["double", "single"] = "double",
    threads: int | None = None,
) -> NDArray[np.float64]:
    """Natural logarithm of the probability Z of what the leaves show; -inf where it is impossible. Shape (n,).

    The arguments are those of the module. A C-contiguous array of the right type is not copied; states of at most four
    kinds that are all observed are read once, others once for checking and once for computing.

    Parameters
    ----------
    precision : "double" or "single"
        Single: channels are rounded to float32, and messages computed in it, each sample scaled by powers of
        two so that nothing underflows; the last sum and the logarithm are in double precision. Terms
        of Z are products of entries that are not negative, so each is off by a product of factors 1 + d, |d| <= u =
        2^-24, one for each rounding on its way: at most K = (q + 1)(n_internal - 1) + 3 n_leaves of them (q of a sum
        and one of its channel for each edge above an internal node, at most two for each leaf, one for each further
        factor of a node, and one in reserve for what is done in double). Hence |log Z - computed| <= -log(1 - g),
        g = K u / (1 - K u), up to the rounding of the logarithm itself (Higham, Accuracy and Stability of Numerical
        Algorithms, 2002, lemma 3.1).
        Roundings go both ways, and what is seen is far less: benchmarks/bench_bp.py prints it. Samples whose messages
        come to differ by more than a factor 2^40, leaves given as likelihoods, and channels or a prior with an entry
        other than 0 below 2^-40 are computed in double precision.

    Examples
    --------
    >>> tree = Tree.complete(2, 1)
    >>> z = log_evidence(tree, [[0.75, 0.25], [0.25, 0.75]], np.array([[0, 0], [0, 1], [255, 1]], dtype=np.uint8))
    >>> np.exp(z).round(12)
    array([0.3125, 0.1875, 0.5   ])
    """
    return _core.bp_log_evidence(tree._native, _float(channels), _leaves(leaves), _law(prior), precision, threads)


def marginals(
    tree: Tree,
    channels: ArrayLike,
    leaves: ArrayLike,
    prior: ArrayLike | None = None,
    *,
    nodes: bool = False,
    out: NDArray[np.float64] | None = None,
    threads: int | None = None,
) -> Marginals:
    """Posterior laws of the root's state and, on request, of the state of every internal node.

    The arguments are those of the module, and:

    Parameters
    ----------
    nodes : bool
        Also return the posterior law of each node that is not a leaf, in ascending order of node ids.
    out : float64, C-contiguous, shape (n, n_internal, q), optional
        Where to write them: asks for them as `nodes` does, and is `Marginals.nodes`.

    Examples
    --------
    >>> tree = Tree.complete(2, 2)
    >>> leaves = np.array([[0, 0, 0, 1]], dtype=np.uint8)
    >>> posterior = marginals(tree, [[0.75, 0.25], [0.25, 0.75]], leaves, nodes=True)
    >>> posterior.root.round(12)
    array([[0.7, 0.3]])
    >>> posterior.nodes.shape
    (1, 3, 2)
    """
    if out is not None and not (isinstance(out, np.ndarray) and out.dtype == np.float64):
        raise TypeError(f"out is {getattr(out, 'dtype', type(out).__name__)}: it must be an array of float64")
    if out is not None and not out.flags.c_contiguous:
        raise ValueError("out is not C-contiguous: results are written to it in place")
    problem = (tree._native, _float(channels), _leaves(leaves), _law(prior))
    return Marginals(*_core.bp_marginals(*problem, nodes, out, threads))


def sample(
    tree: Tree,
    channels: ArrayLike,
    leaves: ArrayLike,
    seed: int,
    prior: ArrayLike | None = None,
    *,
    first: int = 0,
    threads: int | None = None,
) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """One draw per sample of the states of all nodes from their joint posterior. Shape (n, n_nodes).

    The arguments are those of the module, and seed, first: integers from 0 to 2^64 - 1. uint8 up to 255 states, else
    uint16; where the evidence is impossible, the states are the largest value of the type.

    Sample s draws from stream first + s of the seed: node v, after its parent, takes the state in which the cumulative
    sums of P_v(parent's state, .) L_v pass u times their total, where u is number v of the stream's uniforms on the
    multiples of 2^-53 (`trees.broadcast` tells what a stream is).

    Examples
    --------
    >>> tree = Tree.complete(2, 2)
    >>> seen = np.zeros((10_000, 4), dtype=np.uint8)
    >>> states = sample(tree, [[0.75, 0.25], [0.25, 0.75]], seen, seed=1)
    >>> states.shape, bool((states[:, tree.leaves] == 0).all())
    ((10000, 7), True)
    >>> exact = marginals(tree, [[0.75, 0.25], [0.25, 0.75]], seen[:1]).root[0, 0]
    >>> bool(abs((states[:, 0] == 0).mean() - exact) < 0.02)
    True
    """
    problem = (tree._native, _float(channels), _leaves(leaves), _law(prior))
    return _core.bp_sample(*problem, seed, first, threads)


def max_product(
    tree: Tree,
    channels: ArrayLike,
    leaves: ArrayLike,
    prior: ArrayLike | None = None,
    *,
    threads: int | None = None,
) -> MaxProduct:
    """The states of all nodes that are likeliest together, given what the leaves show.

    The arguments are those of the module. Of states whose computed probabilities are equal the smallest is taken, at
    the root first and then downwards: the lexicographically first assignment, as far as rounding keeps ties. Where the
    evidence is impossible, the score is -inf and all states are the largest value of their type (uint8 up to 255
    states, else uint16).

    Examples
    --------
    >>> tree = Tree.complete(2, 2)
    >>> best = max_product(tree, [[0.75, 0.25], [0.25, 0.75]], np.array([[0, 1, 1, 1]], dtype=np.uint8))
    >>> best.states, np.exp(best.log_score).round(12)
    (array([[1, 1, 1, 0, 1, 1, 1]], dtype=uint8), array([0.02966309]))
    """
    problem = (tree._native, _float(channels), _leaves(leaves), _law(prior))
    return MaxProduct(*_core.bp_max_product(*problem, threads))


def _float(entries: ArrayLike) -> NDArray[np.float64]:
    return np.ascontiguousarray(entries, dtype=np.float64)


def _law(prior: ArrayLike | None) -> NDArray[np.float64] | None:
    return None if prior is None else _float(prior)


def _leaves(leaves: ArrayLike) -> NDArray[np.uint8] | NDArray[np.uint16] | NDArray[np.float64]:
    array = np.ascontiguousarray(leaves)
    if array.dtype.kind == "f":
        return array.astype(np.float64, copy=False)
    if array.dtype not in (np.dtype(np.uint8), np.dtype(np.uint16)):
        raise TypeError(f"leaves has dtype {array.dtype}: states are uint8 or uint16, likelihoods floating")
    return array
