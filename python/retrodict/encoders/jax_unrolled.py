"""The unrolled encoder of any map that is written with jax.numpy: compiled steps, all rows of x together.

For maps of blocks the kernel behind `retrodict.encoders.sample` is faster; on the same noise both give the same numbers
up to rounding. The derivative is JAX's own.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from retrodict.encoders.unrolled import UnrolledEncoder
from retrodict.maps.continuous import Block, GenerativeMap

try:
    import jax
    import jax.numpy as jnp
except ImportError as error:
    raise ImportError(f"functions of yours need JAX ({error}): pip install 'retrodict[jax]'") from error

__all__ = ["Function", "double_precision", "iterate", "network", "sample", "sampler", "step_functions"]

Function = Callable[[Any], Any]  # z, shape (d,), to G(z)

_ACTIVATIONS: dict[str, Function] = {
    "sin": jnp.sin,
    "softplus": lambda t: jnp.logaddexp(0.0, t) - math.log(2),
    "softplus_plain": lambda t: jnp.logaddexp(0.0, t),
    "sigmoid": jax.nn.sigmoid,
    "tanh": jnp.tanh,
    "square": lambda t: t * t,
    "relu": lambda t: jnp.where(t >= 0, t, 0.0),  # slope 1 at 0
    "sign": lambda t: jnp.where(t >= 0, 1.0, -1.0) + 0.0 * t,
}


def double_precision() -> AbstractContextManager[Any]:
    """Double precision for the length of a `with`; the setting of the program stays as it is."""
    enable: Any = getattr(jax, "enable_x64", None)  # from JAX 0.8 on
    if enable is None:
        enable = importlib.import_module("jax.experimental").enable_x64
    context: AbstractContextManager[Any] = enable(True)
    return context


def network(g: GenerativeMap) -> Function:
    """G of a map that is made of blocks."""

    def image(z: Any) -> Any:
        for block in g.blocks:
            z = _block(block, z)
        return z

    return image


def _block(block: Block, z: Any) -> Any:
    image = jnp.array([int(value.p) / int(value.q) for value in block.offset], dtype=z.dtype)
    if block.skip is not None:
        image = image + jnp.asarray(block.skip.doubles, dtype=z.dtype) @ z
    if block.out is not None and block.inner is not None:
        shift = jnp.array([int(value.p) / int(value.q) for value in block.shift], dtype=z.dtype)
        t = jnp.asarray(block.inner.doubles, dtype=z.dtype) @ z + shift
        if len(block.groups) == 1:
            y = _ACTIVATIONS[block.activations[0]](t)
        else:
            y = jnp.empty_like(t)
            for name, units in block.groups:
                y = y.at[units].set(_ACTIVATIONS[name](t[units]))
        image = image + jnp.asarray(block.out.doubles, dtype=z.dtype) @ y
    return image


def step_functions(encoder: UnrolledEncoder, function: Function | None = None) -> tuple[Function, Any, Any]:
    """z_0 of x; (2) of (z, x); (4) of (z, x, xi), for one row each."""
    g = encoder.generator
    f = function if function is not None else network(g) if g.blocks else g.forward
    s, eta = float(encoder.descent_step), float(encoder.langevin_step)
    precision, root = float(1 / encoder.beta**2), float(2 * encoder.langevin_step) ** 0.5

    def pull(z: Any, x: Any) -> Any:
        image, back = jax.vjp(f, z)
        return back(image - x)[0]

    return (
        jnp.zeros_like,
        lambda z, x: z - s * pull(z, x),
        lambda z, x, xi: z - eta * (z + pull(z, x) * precision) + root * xi,
    )


def iterate(
    encoder: UnrolledEncoder, x: ArrayLike, noise: ArrayLike, *, function: Function | None = None
) -> NDArray[np.float64]:
    """`unrolled.iterate` for doubles, compiled.

    Parameters
    ----------
    encoder : UnrolledEncoder
        Where `function` is given, of a map of its name and dimension; else G is that of the blocks, or `forward`.
    x : float, shape (n, d)
    noise : float, shape (1 + langevin_steps, n, d)
    function : function, optional
        z of shape (d,) to G(z), written with jax.numpy.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from retrodict.maps.continuous import linear
    >>> e = UnrolledEncoder(linear([[1]]), Fraction(1), 1, Fraction(1), Fraction(0), 1, Fraction(1, 4))
    >>> iterate(e, [[2.0]], np.zeros((2, 1, 1)))
    array([[1.5]])
    """
    seen = _rows(encoder, x, np.float64)
    xi = np.asarray(noise, dtype=np.float64)
    shape = (1 + encoder.langevin_steps, *seen.shape)
    if xi.shape != shape:
        raise ValueError(f"noise has shape {xi.shape}: it must be {shape}")
    start, descend, move = step_functions(encoder, function)
    spread = float(encoder.spread) ** 0.5

    def one(x: Any, xi: Any) -> Any:
        z = jax.lax.fori_loop(0, encoder.descent_steps, lambda _, z: descend(z, x), start(x))
        return jax.lax.scan(lambda z, xi: (move(z, x, xi), None), z + spread * xi[0], xi[1:])[0]

    with double_precision():
        return _finite(_run(encoder, jax.jit(jax.vmap(one, in_axes=(0, 1))), seen, xi))


def sampler(
    encoder: UnrolledEncoder, function: Function | None = None, *, dtype: str = "float64"
) -> Callable[..., NDArray[Any]]:
    """What `sample` does, compiled once: a function of (x, seed, *, per_x=None, first=0). Arguments as there."""
    kind = np.dtype(dtype)
    if kind not in (np.float32, np.float64):
        raise ValueError(f"dtype = {dtype}: must be float32 or float64")
    start, descend, move = step_functions(encoder, function)
    spread, d = float(encoder.spread) ** 0.5, encoder.generator.dimension

    def one(x: Any, seed: Any, replica: Any) -> Any:
        key = jax.random.fold_in(jax.random.fold_in(jax.random.wrap_key_data(seed), replica[0]), replica[1])

        def xi(t: Any) -> Any:
            return jax.random.normal(jax.random.fold_in(key, t), (d,), dtype=kind)

        z = jax.lax.fori_loop(0, encoder.descent_steps, lambda _, z: descend(z, x), start(x))
        z = z + spread * xi(0)
        return jax.lax.fori_loop(1, 1 + encoder.langevin_steps, lambda t, z: move(z, x, xi(t)), z)

    compiled = jax.jit(jax.vmap(one, in_axes=(0, None, 0)))

    def draw(x: ArrayLike, seed: int, *, per_x: int | None = None, first: int = 0) -> NDArray[Any]:
        seen = _rows(encoder, x, kind)
        copies = 1 if per_x is None else per_x
        if copies < 1:
            raise ValueError(f"per_x = {per_x}: it must be at least 1")
        for name, value in (("seed", seed), ("first", first)):
            if not 0 <= value < 2**64 - len(seen) * copies * (name == "first"):
                raise ValueError(f"{name} = {value}: it must be at least 0, and it and all replicas below 2^64")
        rows = [divmod(first + r, 2**32) for r in range(len(seen) * copies)]
        words, replicas = np.array(divmod(seed, 2**32), dtype=np.uint32), np.array(rows, dtype=np.uint32).reshape(-1, 2)
        with double_precision():
            z = _finite(_run(encoder, compiled, np.repeat(seen, copies, axis=0), words, replicas))
        return z if per_x is None else z.reshape(len(seen), per_x, d)

    return draw


def sample(
    encoder: UnrolledEncoder,
    x: ArrayLike,
    seed: int,
    *,
    function: Function | None = None,
    per_x: int | None = None,
    first: int = 0,
    dtype: str = "float64",
) -> NDArray[Any]:
    """What the encoder draws for every row of x, with JAX's own Gaussians (not those of `retrodict.encoders.sample`).

    Draw k for row i has the key of (seed, first + i * per_x + k), so that it does not depend on the batch, up to
    rounding, which XLA may do otherwise for other shapes.

    Parameters
    ----------
    encoder : UnrolledEncoder
        Where `function` is given, of a map of its name and dimension; else G is that of the blocks, or `forward`.
    x : float, shape (n, d)
    seed, first : int
        At least 0 and below 2^64.
    function : function, optional
        z of shape (d,) to G(z), written with jax.numpy.
    per_x : int, optional
        How many are drawn for each x.
    dtype : "float64" or "float32"

    Returns
    -------
    shape (n, d), or (n, per_x, d) where per_x is given

    Raises
    ------
    ValueError
        For a shape that does not fit, an entry of x that is not finite, and where z ceased to be, naming the row.
    TypeError
        Where the map is not written with jax.numpy.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from retrodict.maps.continuous import residual
    >>> half = Fraction(1, 2)
    >>> e = UnrolledEncoder(residual(half, [[1]]), half, 10, Fraction(1, 4), Fraction(0), 5, Fraction(1, 100))
    >>> sample(e, [[0.3], [2.0]], 1, function=lambda z: z + jnp.sin(z) / 2, per_x=3).shape
    (2, 3, 1)
    """
    return sampler(encoder, function, dtype=dtype)(x, seed, per_x=per_x, first=first)


def _rows(encoder: UnrolledEncoder, x: ArrayLike, dtype: Any) -> NDArray[Any]:
    seen = np.asarray(x, dtype=dtype)
    d = encoder.generator.dimension
    if seen.ndim != 2 or seen.shape[1] != d:
        raise ValueError(f"x has shape {seen.shape}: it must be (n, {d})")
    if not np.isfinite(seen).all():
        i, j = np.argwhere(~np.isfinite(seen))[0].tolist()
        raise ValueError(f"x[{i}, {j}] = {seen[i, j]}: must be finite")
    return seen


def _run(encoder: UnrolledEncoder, compiled: Callable[..., Any], *arguments: NDArray[Any]) -> NDArray[Any]:
    try:
        return np.asarray(compiled(*arguments))
    except jax.errors.TracerArrayConversionError as error:
        name = encoder.generator.name
        raise TypeError(f"{name} is not written with jax.numpy: give a function that is, function=...") from error


def _finite(z: NDArray[Any]) -> NDArray[Any]:
    bad = ~np.isfinite(z).all(axis=-1)
    if bad.any():
        raise ValueError(f"z of row {int(bad.argmax())} is not finite: a step of the encoder may be too large")
    return z
