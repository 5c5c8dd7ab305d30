"""What is learned of a finite map C: its forward map, or its encoder, on the whole domain.

The generator is G(z) = C(sgn z) of `retrodict.maps.sign_generator`; the codeword of s is G(s), a vector of signs. The
encoder sees a codeword and gives a law q of sign patterns, which should be the posterior p(s | x) at noise beta; at
beta = 0, its limit, p is uniform on the preimages of the codeword. The forward map sees the signs of s and gives a law
of images, which should be the point C(s). Every codeword has weight proportional to its number of preimages, every s
the same. The domain is enumerated: there is no test set, and

    E KL(p || q) = sum over x of w(x) sum over s of p(s | x) log(p(s | x) / q(s | x)),                              (1)
    E TV(p, q) = sum over x of w(x) 1/2 sum over s of |p(s | x) - q(s | x)|                                         (2)

are finite sums. For q a product of bits, (1) needs of p only its entropy and its marginals. A code is a row of bits,
bit i first to last, and stands for the integer sum over i of 2^i bit i.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from retrodict.encoders.trained.settings import positive
from retrodict.maps import BooleanMap
from retrodict.maps.permutations import perm
from retrodict.maps.sign_generator import codewords, posterior

__all__ = ["MOST_BITS", "FiniteTable", "FiniteTask", "control", "distances", "finite_table", "one_hot"]

Floats = NDArray[np.float64]
MOST_BITS = 10  # of a law that is written out: 2^10 patterns for each of 2^10 codewords


@dataclass(frozen=True)
class FiniteTask:
    """The encoder or the forward map of a finite map.

    Parameters
    ----------
    map : BooleanMap
    direction : "encoder" or "forward"
    beta : float
        Noise of the posterior, not negative; the codewords that the encoder sees are clean. The forward map has none.
    head : "bits" or "patterns"
        The law that the network gives: independent bits by one logit each, or all 2^b patterns by a softmax. No law of
        independent bits, hence no width, gives the posterior of a map that is not injective.

    Raises
    ------
    ValueError
        For a value out of range, and where 2^b patterns would have to be written out for more than 10 bits: by the
        head "patterns", by beta > 0 or by a map that is not injective.

    Examples
    --------
    >>> from retrodict.maps import parse
    >>> FiniteTask(parse("gray:n=4"), "encoder").label
    'gray:n=4, encoder'
    """

    map: BooleanMap
    direction: Literal["encoder", "forward"]
    beta: float = 0.0
    head: Literal["bits", "patterns"] = "bits"

    def __post_init__(self) -> None:
        if not isinstance(self.map, BooleanMap):
            raise TypeError(f"map = {self.map!r}: must be a BooleanMap")
        if self.direction not in ("encoder", "forward"):
            raise ValueError(f"direction = {self.direction!r}: must be encoder or forward")
        if self.beta != 0:
            positive("beta", self.beta)
        if self.beta != 0 and self.direction == "forward":
            raise ValueError(f"beta = {self.beta}: the forward map has no noise")
        if self.head not in ("bits", "patterns"):
            raise ValueError(f"head = {self.head!r}: must be bits or patterns")
        if self.bits > MOST_BITS and (self.head == "patterns" or not self.points):
            raise ValueError(
                f"{self.map.name}: {self.bits} bits: at most {MOST_BITS}, since all 2^{self.bits} patterns would be "
                f"written out for every input; a bijection with head = 'bits' and beta = 0 needs none of that"
            )

    @property
    def bits(self) -> int:
        """Of what the network gives."""
        return self.map.n_inputs if self.direction == "encoder" else self.map.n_outputs

    @property
    def ends(self) -> tuple[tuple[int, int], ...]:
        """Inputs and outputs of the network."""
        inputs = self.map.n_outputs if self.direction == "encoder" else self.map.n_inputs
        return ((inputs, self.bits if self.head == "bits" else 1 << self.bits),)

    @property
    def points(self) -> bool:
        """Whether every p is a point."""
        return self.direction == "forward" or (self.beta == 0 and self.map.collision() is None)

    @property
    def label(self) -> str:
        """The map, its direction, the noise if there is any, and the head if it is not of bits."""
        noise = f", beta = {self.beta:g}" if self.beta else ""
        return f"{self.map.name}, {self.direction}{noise}{', patterns' * (self.head == 'patterns')}"

    def as_json(self) -> dict[str, Any]:
        """Plain values, for files; the table of the map is in the fingerprint."""
        return {
            "kind": "finite",
            "map": self.map.name,
            "direction": self.direction,
            "beta": self.beta,
            "head": self.head,
        }


@dataclass(frozen=True)
class FiniteTable:
    """A task written out: k numbers go in, r of them different, b bits come out.

    Parameters
    ----------
    inputs : shape (k, r)
        Signs.
    weights : shape (r,)
        w, positive, of sum 1.
    marginals : shape (b, r)
        The probability of a 1 in each bit.
    law : shape (2^b, r), or None
        p; None where all are points, those that the marginals are then.
    entropy : shape (r,)
        Of p, in nats.
    """

    inputs: Floats
    weights: Floats
    marginals: Floats
    law: Floats | None
    entropy: Floats


def finite_table(task: FiniteTask) -> FiniteTable:
    """The table of a task.

    >>> from retrodict.maps import BooleanMap
    >>> t = finite_table(FiniteTask(BooleanMap("and", 2, 1, [0, 0, 0, 1]), "encoder"))
    >>> t.inputs, t.weights, t.law[:, 0].round(3)
    (array([[-1.,  1.]]), array([0.75, 0.25]), array([0.333, 0.333, 0.333, 0.   ]))
    """
    f = task.map
    bits = _bits(np.arange(1 << task.bits, dtype=np.uint64), task.bits)
    if task.direction == "forward":
        return _points(
            2.0 * _bits(np.arange(f.table.size, dtype=np.uint64), f.n_inputs) - 1.0, _bits(f.table, task.bits)
        )
    images, first, counts = np.unique(f.table, return_index=True, return_counts=True)
    seen = codewords(f)[first]
    if task.points:
        return _points(seen, bits[first])
    law = posterior(f, seen, task.beta) if task.beta else (f.table == images[:, None]) / counts[:, None]
    entropy = -np.sum(law * np.log(np.where(law > 0, law, 1.0)), axis=1)
    return FiniteTable(seen.T, counts / f.table.size, (law @ bits).T, law.T, entropy)


def control(task: FiniteTask, seed: int) -> FiniteTask:
    """The same of a random permutation of as many bits as the map takes: what has no structure to be found.

    >>> from retrodict.maps import parse
    >>> control(FiniteTask(parse("gray:n=4"), "encoder"), seed=0).label
    'perm:n=4,seed=0, encoder'
    """
    return FiniteTask(perm(task.map.n_inputs, seed), task.direction, task.beta, task.head)


def distances(task: FiniteTask, table: FiniteTable, logits: Floats) -> tuple[float, float, float]:
    """(1) in nats, (2), and the largest total variation of any input, of a network's logits, shape (b or 2^b, r).

    Sums in doubles over all patterns: there is no error but rounding.
    """
    if task.head == "bits":
        cross = np.sum(_softplus(logits) - table.marginals * logits, axis=0)
        log_law = _bit_law(logits) if table.law is not None else None
    else:
        log_law = logits - _log_sum(logits)
        law = table.law if table.law is not None else one_hot(table.marginals)
        cross = -np.sum(law * log_law, axis=0)
    if table.law is not None:
        assert log_law is not None
        variation = np.abs(table.law - np.exp(log_law)).sum(axis=0) / 2
    else:
        variation = -np.expm1(-cross)  # 1 - q(point), and the cross entropy of a point is -log q(point)
    kl = float(np.sum(table.weights * (cross - table.entropy)))
    return max(kl, 0.0) if not math.isnan(kl) else kl, float(np.sum(table.weights * variation)), float(variation.max())


def _points(seen: Floats, bits: Floats) -> FiniteTable:
    rows = len(seen)
    return FiniteTable(
        np.ascontiguousarray(seen.T),
        np.full(rows, 1.0 / rows),
        np.ascontiguousarray(bits.T),
        None,
        np.zeros(rows),
    )


def _bits(codes: NDArray[np.uint64], n: int) -> Floats:
    return (codes[:, None] >> np.arange(n, dtype=np.uint64) & np.uint64(1)).astype(np.float64)


def one_hot(marginals: Floats) -> Floats:
    """The law of points: shape (2^b, r).

    >>> one_hot(np.array([[0.0, 1.0]]))
    array([[1., 0.],
           [0., 1.]])
    """
    codes = (marginals.T @ (1 << np.arange(len(marginals)))).astype(np.int64)
    found = np.zeros((1 << len(marginals), len(codes)))
    found[codes, np.arange(len(codes))] = 1.0
    return found


def _bit_law(logits: Floats) -> Floats:
    """log q of every pattern, from the logits of its bits: shape (2^b, r)."""
    found = np.zeros((1, logits.shape[1]))
    for t in logits:  # the next bit is the higher half of the codes
        found = np.concatenate([found - _softplus(t), found - _softplus(-t)])
    return found


def _softplus(t: Floats) -> Floats:
    return np.asarray(np.logaddexp(0.0, t))


def _log_sum(logits: Floats) -> Floats:
    top = logits.max(axis=0)
    return np.asarray(top + np.log(np.exp(logits - top).sum(axis=0)))
