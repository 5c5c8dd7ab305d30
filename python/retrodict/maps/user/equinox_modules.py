"""Networks of Equinox. Needs `pip install 'retrodict[jax]'`."""

from __future__ import annotations

import inspect
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np

from retrodict.maps.continuous.generative_map import GenerativeMap
from retrodict.maps.user.layers import Layer, Units, affine, network

__all__ = ["from_equinox"]


def from_equinox(module: Any, name: str = "equinox") -> GenerativeMap:
    """The map of an Equinox module as a stack of blocks, with the module's own weights, exact, and what they certify.

    Parameters
    ----------
    module : eqx.nn.MLP, Linear, Sequential, Lambda or Identity
        From d numbers to d. Activations: relu, leaky_relu, tanh, sigmoid, softplus of `jax.nn`, sin, square of `jnp`.
    name : str
        What rows and messages call it.

    Returns
    -------
    GenerativeMap
        A float weight is a dyadic rational; the map is that of real numbers, and what jax computes differs from it by
        rounding.

    Raises
    ------
    ImportError
        Without jax or Equinox.
    ValueError
        For a module or an activation that is not in the list, naming it, a weight that is not finite, or another number
        of outputs than of inputs.

    Examples
    --------
    >>> import equinox as eqx, jax
    >>> mlp = eqx.nn.MLP(2, 2, width_size=8, depth=1, activation=jax.nn.tanh, key=jax.random.key(0))
    >>> g = from_equinox(mlp, "mlp")
    >>> [b.width for b in g.blocks], bool(abs(g([0.5, 1.0]) - mlp(jax.numpy.array([0.5, 1.0]))).max() < 1e-6)
    ([8, 0], True)
    """
    try:
        import equinox as eqx
    except ImportError as error:
        raise ImportError("modules of Equinox need it: pip install 'retrodict[jax]'") from error
    return network(name, _layers(module, name, eqx))


def _layers(module: Any, where: str, eqx: Any) -> list[Layer]:
    if isinstance(module, eqx.nn.Linear):
        if not module.use_bias:
            return [affine(np.asarray(module.weight), None, where)]
        return [affine(np.asarray(module.weight), np.asarray(module.bias), where)]
    if isinstance(module, eqx.nn.Identity):
        return []
    if isinstance(module, eqx.nn.Lambda):
        return _activation(module.fn, f"{where}.fn")
    if isinstance(module, eqx.nn.Sequential):
        parts = enumerate(module.layers)
        return [layer for i, part in parts for layer in _layers(part, f"{where}.layers[{i}]", eqx)]
    if isinstance(module, eqx.nn.MLP):
        found: list[Layer] = []
        for i, linear in enumerate(module.layers):
            found += _layers(linear, f"{where}.layers[{i}]", eqx)
            last = i == len(module.layers) - 1
            found += [] if last else _activation(module.activation, f"{where}.activation")
        default = inspect.signature(eqx.nn.MLP.__init__).parameters["final_activation"].default
        plain = module.final_activation is default
        return found if plain else found + _activation(module.final_activation, f"{where}.final_activation")
    raise ValueError(
        f"{where} is a {type(module).__name__}: must be an MLP, Linear, Sequential, Lambda or Identity of eqx.nn, "
        "or give the map as a function of jax to `load`"
    )


def _activation(function: Any, where: str) -> list[Layer]:
    import jax
    import jax.numpy as jnp

    named = [
        ("relu", (jax.nn.relu,)),
        ("tanh", (jax.nn.tanh, jnp.tanh, jax.lax.tanh)),
        ("sigmoid", (jax.nn.sigmoid, jax.lax.logistic)),
        ("softplus_plain", (jax.nn.softplus,)),
        ("sin", (jnp.sin, jax.lax.sin)),
        ("square", (jnp.square, jax.lax.square)),
    ]
    for name, functions in named:
        if any(function is one for one in functions):
            return [Units(name)]
    options: dict[str, Any] = {}
    if isinstance(function, partial) and not function.args:
        function, options = function.func, function.keywords
    if function is jax.nn.leaky_relu and set(options) <= {"negative_slope"}:
        slope = Fraction(float(options.get("negative_slope", 0.01)))
        if not 0 <= slope < 1:
            raise ValueError(f"{where}: negative_slope = {float(slope)}: must lie in [0, 1)")
        return [Units("relu", slope)]
    raise ValueError(
        f"{where} is {getattr(function, '__name__', function)!r}: must be relu, leaky_relu, tanh, sigmoid or softplus "
        "of jax.nn, jnp.sin or jnp.square, or give the map as a function of jax to `load`"
    )
