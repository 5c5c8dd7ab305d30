"""Functions of a user, written with jax.numpy. Needs `pip install 'retrodict[jax]'`."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrodict.maps.continuous.constants import Certificate, Constant
from retrodict.maps.continuous.generative_map import GenerativeMap

__all__ = ["load", "wrap"]


def load(source: str, *, dimension: int) -> GenerativeMap:
    """The function `module:function`, or `path/to/file.py:function`, as a generative map without a certificate.

    Parameters
    ----------
    source : str
        The module is imported, and so run: from where Python finds modules, or from the file.
    dimension : int
        d. The function takes an array of shape (d,) and gives one of shape (d,), in operations of jax.numpy.

    Returns
    -------
    GenerativeMap
        See `wrap`.

    Raises
    ------
    ImportError
        Without jax.
    ValueError
        For a module or function that is not there, and as `wrap`.

    Examples
    --------
    >>> load("nowhere:f", dimension=2)
    Traceback (most recent call last):
    ValueError: nowhere:f: No module named 'nowhere'
    >>> load("jax.numpy:tanh", dimension=2)([0.0, 1.0]).round(6).tolist()
    [0.0, 0.761594]
    """
    place, colon, name = source.rpartition(":")
    if not colon or not place or not name.isidentifier():
        raise ValueError(f"{source}: must be module:function, or file.py:function")
    try:
        module = _from_file(place) if place.endswith(".py") else importlib.import_module(place)
    except Exception as error:  # the user's code runs here, and may raise anything
        raise ValueError(f"{source}: {error}") from error
    function = getattr(module, name, None)
    if function is None:
        raise ValueError(f"{source}: {place} has no {name}")
    if not callable(function):
        raise ValueError(f"{source}: {name} is a {type(function).__name__}: must be a function")
    return wrap(function, dimension=dimension, name=source)


def wrap(function: Callable[[Any], Any], *, dimension: int, name: str) -> GenerativeMap:
    """A function of jax as a generative map: values in doubles, derivatives by jax, no constants.

    Everything is computed in 64 bits, whatever the setting of jax for the rest of the program; constants that the
    function closes over keep the precision that they were made with. The map takes doubles only, since nothing is known
    of the function that would let it take balls, and each of its constants is None: no theorem can be applied to it by
    accident. What samples show is in `estimate`.

    Parameters
    ----------
    function : from shape (d,) to shape (d,)
    dimension : int
        d, at least 1.
    name : str

    Raises
    ------
    ImportError
        Without jax.
    ValueError
        Where the function raises, or gives another shape, another type than doubles, or no number at the origin.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> g = wrap(lambda z: z + jnp.sin(z) / 2, dimension=1, name="wave")
    >>> g([[0.0], [1.0]]).round(6).tolist(), g.vjp(np.zeros(1), np.ones(1)).tolist()
    ([[0.0], [1.420735]], [1.5])
    >>> print(g.certificate.m.value, g.certificate.m.how)
    None estimated only: no constant of wave is known; see retrodict.maps.user.estimate
    """
    if dimension < 1:
        raise ValueError(f"dimension = {dimension}: must be at least 1")
    try:
        import jax
    except ImportError as error:
        raise ImportError("functions of jax need it: pip install 'retrodict[jax]'") from error

    with _doubles(jax):
        _check(jax, function, dimension, name)
    value = jax.jit(jax.vmap(function))
    push = jax.jit(jax.vmap(lambda z, v: jax.jvp(function, (z,), (v,))[1]))
    pull = jax.jit(jax.vmap(lambda z, v: jax.vjp(function, z)[1](v)[0]))

    def on_rows(f: Callable[..., Any]) -> Callable[..., NDArray[Any]]:
        def call(*arrays: NDArray[Any]) -> NDArray[Any]:
            for array in arrays:
                if array.dtype == object:
                    raise TypeError(f"{name} is a function of doubles: it takes no balls, fractions or power series")
            together = np.broadcast_arrays(*(np.asarray(array, dtype=np.float64) for array in arrays))
            with _doubles(jax):
                found = f(*(array.reshape(-1, dimension) for array in together))
            return np.asarray(found).reshape(together[0].shape)

        return call

    how = f"estimated only: no constant of {name} is known; see retrodict.maps.user.estimate"
    lacking = Constant(None, how)
    certificate = Certificate(lacking, lacking, lacking, lacking)
    return GenerativeMap(name, dimension, on_rows(value), on_rows(push), on_rows(pull), certificate)


def _check(jax: Any, function: Callable[[Any], Any], dimension: int, name: str) -> None:
    try:
        image = function(jax.numpy.zeros(dimension))
        jax.make_jaxpr(function)(jax.numpy.zeros(dimension))
    except Exception as error:  # the user's code runs here, and may raise anything
        first = str(error).strip().partition("\n")[0]
        raise ValueError(f"{name} fails on shape ({dimension},): {type(error).__name__}: {first}") from error
    shape, kind = getattr(image, "shape", None), str(getattr(image, "dtype", type(image).__name__))
    if shape != (dimension,):
        raise ValueError(f"{name} gives shape {shape} for shape ({dimension},): must give as many numbers as it takes")
    if kind != "float64":
        raise ValueError(f"{name} gives {kind} for float64: must compute in doubles")
    if not np.isfinite(image).all():
        raise ValueError(f"{name} gives {np.asarray(image)} at the origin: must be finite")


def _doubles(jax: Any) -> AbstractContextManager[Any]:
    """64 bits here, and nowhere else."""
    if hasattr(jax, "enable_x64"):
        return jax.enable_x64(True)  # type: ignore[no-any-return]
    return jax.experimental.enable_x64()  # type: ignore[no-any-return]


def _from_file(path: str) -> Any:
    if not Path(path).is_file():
        raise ValueError("No such file")
    spec = importlib.util.spec_from_file_location(Path(path).stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
