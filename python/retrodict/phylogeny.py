"""Substitution models, and the likelihood of an alignment on a tree: Felsenstein's pruning is belief propagation.

Each site is one broadcast down the tree: the root's nucleotide has the stationary law pi, and the channel on an edge
of length b is exp(Q b). The models are reversible, Q_ij = s_ij pi_j / scale for i != j, with exchangeabilities
s_ij = s_ji and the scale of one expected substitution per unit length, sum_i pi_i Q_ii = -1. Nucleotides are in the
order A, C, G, T everywhere, exchangeabilities in the order AC, AG, AT, CG, CT, GT.

Models, and the parameters that each takes (no more, no less)
-------------------------------------------------------------
"JC" : none
    All exchangeabilities and frequencies equal (Jukes, Cantor, 1969).
"HKY" : kappa, frequencies
    Transitions A-G and C-T are kappa times as exchangeable as transversions (Hasegawa, Kishino, Yano, 1985).
"GTR" : exchangeabilities, frequencies
    The general reversible model (Tavare, 1986).

kappa is a number, exchangeabilities are 6, finite and at least 0 and not all 0; frequencies are 4, positive, and sum to
1 within 1e-9.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from retrodict import bp
from retrodict.graphs import Tree
from retrodict.io.alignments import iupac, read_alignment

__all__ = ["log_likelihood", "patterns", "rate_matrix", "read_states", "transition_matrices"]

nucleotides = "ACGT"
parameters_of = {"JC": (), "HKY": ("kappa", "frequencies"), "GTR": ("exchangeabilities", "frequencies")}


def log_likelihood(
    alignment_path: str | PathLike[str],
    newick_path: str | PathLike[str],
    model: str,
    *,
    kappa: float | None = None,
    frequencies: ArrayLike | None = None,
    exchangeabilities: ArrayLike | None = None,
    rates: ArrayLike | None = None,
) -> float:
    """Natural logarithm of P(alignment | tree, model), sites independent; lengths as printed in the tree.

        sum over sites of log (mean over r in rates of sum_i pi_i L_root(i)),    channels exp(Q r b)

    with L the upward message of belief propagation. Sites that look alike are computed once. IUPAC codes are sets of
    nucleotides; `-`, `?`, X and N are all four; the root may have any number of children.

    Parameters
    ----------
    alignment_path : path
        PHYLIP or FASTA: see `retrodict.io.alignments`.
    newick_path : path
        One Newick tree whose leaves are the taxa of the alignment, with a length on every edge.
    model, kappa, frequencies, exchangeabilities
        See the head of this module.
    rates : float, shape (k,), optional
        Rates of k equally likely categories, finite and at least 0, used as they are; (1,) where absent.

    Raises
    ------
    ValueError
        For a file that is not what it should be, taxa that differ, a length that is missing, a parameter that is
        missing, superfluous or out of range.
    OSError
        If a file cannot be read.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> alignment, tree = folder / "a.fasta", folder / "a.nwk"
    >>> _ = alignment.write_text(">x\\nACGT\\n>y\\nACGA\\n"), tree.write_text("(x:0.1,y:0.2);")
    >>> round(log_likelihood(alignment, tree, "JC"), 6)
    -8.893211
    """
    exchange, pi = _parameters(model, kappa, frequencies, exchangeabilities)
    speeds = np.ones(1) if rates is None else _numbers("rates", rates, None)
    tree = _tree(Path(newick_path))
    assert tree.names is not None and tree.lengths is not None
    sites, weights = patterns(read_alignment(Path(alignment_path)), [str(tree.names[v]) for v in tree.leaves])
    likelihoods = ((sites[:, :, None] >> np.arange(4)) & 1).astype(np.float64)
    lengths = tree.lengths.copy()
    lengths[0] = 0  # the edge above the root, if the tree names one, leads nowhere
    by_rate = np.stack(
        [bp.log_evidence(tree, _transition_matrices(exchange, pi, lengths * r), likelihoods, pi) for r in speeds]
    )
    per_pattern = np.logaddexp.reduce(by_rate, axis=0) - math.log(len(speeds)) if len(speeds) > 1 else by_rate[0]
    return math.fsum(weights * per_pattern)


def read_states(alignment_path: str | PathLike[str]) -> tuple[NDArray[np.uint8], tuple[str, ...]]:
    """An alignment as leaf data, and the names of its taxa: sites are features of the leaves (`distances`).

    Returns
    -------
    uint8, shape (n_sites, n_taxa), and n_taxa names, in the order of the file
        A, C, G, T are 0 ... 3; every other code, gaps too, is 255, unobserved.

    Raises
    ------
    ValueError, OSError
        As `retrodict.io.alignments.read_alignment`.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp(), "a.fasta")
    >>> _ = path.write_text(">x\\nACGT\\n>y\\nAC-R\\n")
    >>> read_states(path)
    (array([[  0,   0],
           [  1,   1],
           [  2, 255],
           [  3, 255]], dtype=uint8), ('x', 'y'))
    """
    alignment = read_alignment(Path(alignment_path))
    code = np.full(256, 255, dtype=np.uint8)
    code[[ord(x) for x in nucleotides]] = range(4)
    rows = [code[np.frombuffer(sequence.encode("ascii"), dtype=np.uint8)] for sequence in alignment.values()]
    return np.stack(rows, axis=1), tuple(alignment)


def patterns(alignment: Mapping[str, str], names: Sequence[str]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """The different columns of an alignment, rows in the order of `names`, and how often each occurs.

    Returns
    -------
    uint8, shape (n_patterns, n_taxa), and int64, shape (n_patterns,)
        A set of nucleotides is the sum of A = 1, C = 2, G = 4, T = 8: two symbols of one set are one.

    Raises
    ------
    ValueError
        If the taxa are not those of `names`, with the first few on each side.

    Examples
    --------
    >>> patterns({"x": "AAN", "y": "CCR"}, ["y", "x"])
    (array([[ 2,  1],
           [ 5, 15]], dtype=uint8), array([2, 1]))
    """
    for here, there, text in [(alignment, names, "in the alignment only"), (names, alignment, "in the tree only")]:
        alone = sorted(set(here) - set(there))
        if alone:
            more = f" and {len(alone) - 3} more" if len(alone) > 3 else ""
            raise ValueError(f"taxa {text}: {', '.join(alone[:3])}{more}")
    table = {ord(code): sum(1 << nucleotides.index(x) for x in states) for code, states in iupac.items()}
    rows = [np.frombuffer(alignment[name].translate(table).encode("latin-1"), dtype=np.uint8) for name in names]
    columns, weights = np.unique(np.stack(rows, axis=1), axis=0, return_counts=True)
    return columns, weights.astype(np.int64)


def rate_matrix(
    model: str,
    *,
    kappa: float | None = None,
    frequencies: ArrayLike | None = None,
    exchangeabilities: ArrayLike | None = None,
) -> NDArray[np.float64]:
    """Q, shape (4, 4): rows sum to 0, and one substitution is expected per unit length.

    >>> rate_matrix("JC")[0]
    array([-1.        ,  0.33333333,  0.33333333,  0.33333333])
    """
    return _rate_matrix(*_parameters(model, kappa, frequencies, exchangeabilities))


def transition_matrices(
    model: str,
    lengths: ArrayLike,
    *,
    kappa: float | None = None,
    frequencies: ArrayLike | None = None,
    exchangeabilities: ArrayLike | None = None,
) -> NDArray[np.float64]:
    """exp(Q b) for each length b, shape (n, 4, 4): channels, rows the state above.

    D^(1/2) Q D^(-1/2) with D = diag(pi) is symmetric, U diag(x) U^T, and exp(Q b) - I is computed from expm1(x b). So
    its entries are off by a few times 2^-53 min(1, max |x| b) sqrt(pi_j / pi_i), and small probabilities on short edges
    keep their digits. Negative rounding is set to 0 and rows are divided by their sums, which changes an entry by no
    more than that and its last digit again.

    >>> transition_matrices("JC", [0.0, 0.5])[1, 0]
    array([0.63506284, 0.12164572, 0.12164572, 0.12164572])
    """
    exchange, pi = _parameters(model, kappa, frequencies, exchangeabilities)
    return _transition_matrices(exchange, pi, _numbers("lengths", lengths, None))


def _transition_matrices(
    exchange: NDArray[np.float64], pi: NDArray[np.float64], lengths: NDArray[np.float64]
) -> NDArray[np.float64]:
    root = np.sqrt(pi)
    symmetric = root[:, None] * _rate_matrix(exchange, pi) / root
    values, vectors = np.linalg.eigh((symmetric + symmetric.T) / 2)
    values[-1] = 0.0  # the stationary law's, known exactly; the others are negative
    left, right = vectors / root[:, None], vectors * root[:, None]
    growth = np.expm1(lengths[:, None] * values)
    channels = np.maximum(np.eye(4) + np.einsum("ik,bk,jk->bij", left, growth, right), 0.0)
    scaled: NDArray[np.float64] = channels / channels.sum(axis=2, keepdims=True)
    return scaled


def _rate_matrix(exchange: NDArray[np.float64], pi: NDArray[np.float64]) -> NDArray[np.float64]:
    q = np.zeros((4, 4))
    q[np.triu_indices(4, 1)] = exchange
    q = (q + q.T) * pi
    np.fill_diagonal(q, -q.sum(axis=1))
    return q / -(pi @ np.diagonal(q))


def _parameters(
    model: str, kappa: float | None, frequencies: ArrayLike | None, exchangeabilities: ArrayLike | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Exchangeabilities and frequencies of a model."""
    if model not in parameters_of:
        raise ValueError(f"model = {model!r}: it must be one of {', '.join(parameters_of)}")
    given = {"kappa": kappa, "frequencies": frequencies, "exchangeabilities": exchangeabilities}
    for name, value in given.items():
        if (value is not None) != (name in parameters_of[model]):
            raise ValueError(f"{name}: {model} {'needs it' if value is None else 'has no such parameter'}")
    pi = np.full(4, 0.25) if frequencies is None else _numbers("frequencies", frequencies, 4)
    if not (pi > 0).all():
        raise ValueError(f"frequencies[{int(np.argmin(pi))}] = {pi.min()}: a frequency is positive")
    if abs(math.fsum(pi) - 1) > 1e-9:
        raise ValueError(f"frequencies sum to {math.fsum(pi)}: they sum to 1 (within 1e-9)")
    if kappa is not None:
        if not (math.isfinite(kappa) and kappa >= 0):
            raise ValueError(f"kappa = {kappa}: it must be finite and at least 0")
        return np.array([1, kappa, 1, 1, kappa, 1], dtype=np.float64), pi
    exchange = np.ones(6) if exchangeabilities is None else _numbers("exchangeabilities", exchangeabilities, 6)
    if not exchange.any():
        raise ValueError("exchangeabilities are all 0: at least one is positive")
    return exchange, pi


def _numbers(name: str, values: ArrayLike, size: int | None) -> NDArray[np.float64]:
    array = np.array(values, dtype=np.float64)
    if array.ndim != 1 or array.size == 0 or (size is not None and array.size != size):
        raise ValueError(f"{name} has shape {array.shape}: it must be ({'k' if size is None else size},)")
    for i, x in enumerate(array):
        if not (math.isfinite(x) and x >= 0):
            raise ValueError(f"{name}[{i}] = {x}: it must be finite and at least 0")
    return array


def _tree(path: Path) -> Tree:
    """A tree with a length on every edge; its leaves have names, as Newick is read."""
    try:
        tree = Tree.from_newick(path.read_text(encoding="utf-8"))
        assert tree.names is not None
        for v in range(1, tree.n_nodes):
            if tree.lengths is None or math.isnan(tree.lengths[v]):
                raise ValueError(f"no length above {tree.names[v] or f'node {v}'}: every edge needs one")
    except UnicodeDecodeError:
        raise ValueError(f"{path}: not a text file") from None
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    return tree
