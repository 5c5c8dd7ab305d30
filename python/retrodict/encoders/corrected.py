"""Langevin steps that are accepted or refused, so that the posterior itself is their stationary law: a reference.

The move (4) of `unrolled` is a proposal y with the density q(y|z) proportional to exp(-|y - z + eta grad U(z)|^2 / (4
eta)), and is accepted with probability min(1, e^r),

    r = U(z) - U(y) + log q(z|y) - log q(y|z),                                                                      (1)

so that exp(-U(z)) q(y|z) min(1, e^r) is symmetric in y and z: the chain is reversible (Metropolis et al., 1953;
Hastings, 1970; Roberts and Tweedie, 1996). It forgets its start only as fast as it mixes: between modes that are far
apart hardly ever, and a start where eta is too large for the curvature may refuse all proposals for ever. So look at
`accepted`. It is no encoder in the sense of the theorems: its layers are not Gaussian.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from retrodict.encoders.sample import run_kernel
from retrodict.encoders.unrolled import UnrolledEncoder, iterate

__all__ = ["Corrected", "iterate_corrected", "log_ratio", "sample_corrected"]


@dataclass(frozen=True)
class Corrected:
    """Where the chains ended, and how many of their `langevin_steps` proposals each accepted.

    Parameters
    ----------
    z : float64, shape (n, d) or (n, per_x, d)
    accepted : int64, shape (n,) or (n, per_x)
    """

    z: NDArray[np.float64]
    accepted: NDArray[np.int64]


def log_ratio(encoder: UnrolledEncoder, x: NDArray[Any], z: NDArray[Any], y: NDArray[Any]) -> Any:
    """r of (1) for every row, term by term.

    Parameters
    ----------
    x, z, y : float, shape (n, d)

    Examples
    --------
    >>> from fractions import Fraction
    >>> from retrodict.maps.continuous import linear
    >>> e = UnrolledEncoder(linear([[1]]), Fraction(1), 0, Fraction(1), Fraction(0), 1, Fraction(1, 2))
    >>> log_ratio(e, np.array([[0.0]]), np.array([[0.0]]), np.array([[1.0]])) # U = z^2, grad U = 2 z: -1 - 0 + 1 / 2
    array([-0.5])
    """
    g, eta, precision = encoder.generator, float(encoder.langevin_step), float(1 / encoder.beta**2)

    def energy(z: NDArray[Any]) -> Any:
        return (z**2).sum(axis=-1) / 2 + ((g.forward(z) - x) ** 2).sum(axis=-1) * precision / 2

    def log_proposal(y: NDArray[Any], z: NDArray[Any]) -> Any:
        gradient = z + g.vjp(z, g.forward(z) - x) * precision
        return -((y - z + eta * gradient) ** 2).sum(axis=-1) / (4 * eta)

    return energy(z) - energy(y) + log_proposal(z, y) - log_proposal(y, z)


def iterate_corrected(
    encoder: UnrolledEncoder, x: NDArray[Any], noise: NDArray[Any], uniforms: NDArray[Any]
) -> Corrected:
    """The definition: (2) and (3) of `unrolled`, then (4) with y accepted where log u <= r.

    Parameters
    ----------
    x : float, shape (n, d)
    noise : float, shape (1 + langevin_steps, n, d)
    uniforms : float in (0, 1], shape (langevin_steps, n)
    """
    z, one = iterate(replace(encoder, langevin_steps=0), x, noise[:1]), replace(encoder, langevin_steps=1)
    count = np.zeros(len(x), dtype=np.int64)
    eta, precision, g = float(encoder.langevin_step), float(1 / one.beta**2), encoder.generator
    for xi, u in zip(noise[1:], uniforms, strict=True):
        slope = z + g.vjp(z, g.forward(z) - x) * precision
        y = z - eta * slope + (2 * eta) ** 0.5 * xi
        moves = np.log(u) <= log_ratio(encoder, x, z, y)
        z = np.where(moves[:, None], y, z)
        count += moves
    return Corrected(z, count)


def sample_corrected(
    encoder: UnrolledEncoder,
    x: ArrayLike,
    seed: int,
    *,
    per_x: int | None = None,
    first: int = 0,
    threads: int | None = None,
    progress: Callable[[float], object] | None = None,
) -> Corrected:
    """What such chains end in for every row of x, by the kernel of `sample`; arguments and errors as there.

    Uniform k of a replica is 1 - floor(w / 2^12) 2^-52 for word w number k of its stream from block 2^63 on. A proposal
    whose energy is not finite is refused.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from retrodict.maps.continuous import fold
    >>> e = UnrolledEncoder(fold(), Fraction(1, 2), 0, Fraction(1), Fraction(1, 16), 99, Fraction(1, 20))
    >>> chains = sample_corrected(e, [[0.0]], seed=1, per_x=10_000)
    >>> bool(abs((chains.z > 0).mean() - 1 / 2) < 0.02)
    True
    >>> round(float(chains.accepted.mean() / e.langevin_steps), 1)
    0.9
    """
    z, accepted = run_kernel(
        encoder, x, seed, corrected=True, per_x=per_x, first=first, threads=threads, progress=progress
    )
    assert accepted is not None
    return Corrected(z, accepted)
