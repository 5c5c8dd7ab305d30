"""The unrolled encoder for many x at once, in C++: the definition `unrolled.iterate`, with noise that a seed tells.

Replica r of a seed has its own stream (Philox4x32-10, Salmon et al., SC 2011; seed as key, counter (block, r)). Block b
has two 64-bit words v, w; with u = 1 - floor(v / 2^12) 2^-52 and a = floor(w / 2^12) 2^-52, Gaussians 2 b and 2 b + 1
of the replica are sqrt(-2 log u) times cos(2 pi a) and sin(2 pi a) (Box and Muller, 1958). Coordinate i of the xi of
step t is Gaussian t d + i; t = 0 is the step of the spread, made or not. None is beyond 8.49, where the true law has
2e-17. The uniforms of `corrected` steps come from block 2^63 on.

The same input gives the same bits whatever the threads, the batch, and the instruction set: each operation is rounded
alone or fused by name, in one order. Values of activations are within 3 units in the last place (sines: 1), slopes
within 6, Gaussians within 4. Sines beyond 2^20 are those of libm; e^t below e^-708 is taken for e^-708.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from retrodict import _core
from retrodict.encoders.unrolled import UnrolledEncoder
from retrodict.maps.continuous import Block

__all__ = ["gaussians", "run_kernel", "sample"]

# the order of Activation in cpp/encoders/network.hpp
_NUMBERS = {
    name: number
    for number, name in enumerate(("sin", "softplus", "softplus_plain", "sigmoid", "tanh", "square", "relu", "sign"))
}


def sample(
    encoder: UnrolledEncoder,
    x: ArrayLike,
    seed: int,
    *,
    per_x: int | None = None,
    first: int = 0,
    threads: int | None = None,
    progress: Callable[[float], object] | None = None,
) -> NDArray[np.float64]:
    """What the encoder draws for every row of x.

    Parameters
    ----------
    encoder : UnrolledEncoder
        Of a map that is made of blocks.
    x : float, shape (n, d)
    seed, first : int
        Draw k for row i is replica first + i * per_x + k of the seed. At least 0 and below 2^64.
    per_x : int, optional
        How many are drawn for each x.
    threads : int, optional
        At most so many threads; where absent as many as the process may use.
    progress : function, optional
        Is told, a few times a second, which part of the work is done.

    Returns
    -------
    float64, shape (n, d), or (n, per_x, d) where per_x is given

    Raises
    ------
    ValueError
        For a shape that does not fit, an entry of x that is not finite, a map without blocks; and where z ceases to be
        finite, naming the row (i * per_x + k) and the step.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from retrodict.maps.continuous import residual
    >>> half = Fraction(1, 2)
    >>> e = UnrolledEncoder(residual(half, [[1]]), half, 10, Fraction(1, 4), Fraction(0), 100, Fraction(1, 100))
    >>> z = sample(e, [[0.3], [2.0]], seed=1, per_x=1000)
    >>> z.shape
    (2, 1000, 1)
    >>> bool((sample(e, [[2.0]], seed=1, first=1000) == z[1, 0]).all())
    True
    """
    z, _ = run_kernel(encoder, x, seed, per_x=per_x, first=first, threads=threads, progress=progress)
    return z


def gaussians(encoder: UnrolledEncoder, replicas: int, seed: int, *, first: int = 0) -> NDArray[np.float64]:
    """The xi of replicas first, ..., first + replicas - 1: the `noise` with which `iterate` gives what `sample` gives.

    Returns
    -------
    float64, shape (1 + langevin_steps, replicas, d)

    Examples
    --------
    >>> from fractions import Fraction
    >>> from retrodict.encoders.unrolled import iterate
    >>> from retrodict.maps.continuous import linear
    >>> e = UnrolledEncoder(linear([[1, 0], [1, 1]]), Fraction(1), 2, Fraction(1, 4), Fraction(1), 3, Fraction(1, 8))
    >>> x = np.array([[1.0, 2.0], [0.0, -1.0]])
    >>> np.allclose(sample(e, x, seed=1), iterate(e, x, gaussians(e, 2, seed=1)), rtol=1e-14)
    True
    """
    d = encoder.generator.dimension
    steps = 1 + encoder.langevin_steps
    rows = _core.encoders_gaussians(seed, first, replicas, 0, steps * d, None)
    return np.ascontiguousarray(rows.reshape(-1, steps, d).transpose(1, 0, 2))


def run_kernel(
    encoder: UnrolledEncoder,
    x: ArrayLike,
    seed: int,
    *,
    corrected: bool = False,
    per_x: int | None = None,
    first: int = 0,
    threads: int | None = None,
    progress: Callable[[float], object] | None = None,
    noise: ArrayLike | None = None,
    uniforms: ArrayLike | None = None,
    level: str | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.int64] | None]:
    """The kernel with all that it takes: z, and for `corrected` steps how many proposals of each row were accepted.

    Given `noise`, shape (1 + langevin_steps, n * per_x, d), and for `corrected` steps `uniforms` in [2^-52, 1], shape
    (langevin_steps, n * per_x), nothing is drawn. `level` names a set of instructions, as `_core.simd_level` does.
    """
    g = encoder.generator
    if not g.blocks:
        raise ValueError(f"{g.name} is not made of blocks: for functions of yours there is encoders.jax_unrolled")
    seen = np.ascontiguousarray(x, dtype=np.float64)
    z, accepted = _core.encoders_sample(
        [_parts(block) for block in g.blocks],
        encoder.descent_steps,
        encoder.langevin_steps,
        float(encoder.descent_step),
        float(encoder.spread) ** 0.5,
        float(1 / encoder.beta**2),
        float(encoder.langevin_step),
        float(2 * encoder.langevin_step) ** 0.5,
        corrected,
        seen,
        1 if per_x is None else per_x,
        seed,
        first,
        None if noise is None else np.ascontiguousarray(noise, dtype=np.float64),
        None if uniforms is None else np.ascontiguousarray(uniforms, dtype=np.float64),
        threads,
        progress,
        level,
    )
    if per_x is None:
        return z, accepted
    return z.reshape(len(seen), per_x, -1), None if accepted is None else accepted.reshape(len(seen), per_x)


def _parts(block: Block) -> tuple[Any, ...]:
    """Matrices and vectors in doubles, and the numbers of the activations."""
    matrices = (None if m is None else m.doubles for m in (block.skip, block.out, block.inner))
    vectors = ([int(value.p) / int(value.q) for value in values] for values in (block.shift, block.offset))
    return *matrices, [_NUMBERS[name] for name in block.activations], *vectors
