"""Trained networks for use elsewhere: as modules of equinox."""

from __future__ import annotations

from typing import Any

from retrodict.encoders.trained.network import Parameters

__all__ = ["as_equinox"]


def as_equinox(parameters: Parameters, activation: str) -> tuple[Any, ...]:
    """An `equinox.nn.MLP` for each stochastic layer, in single precision, which takes one column.

    Parameters
    ----------
    parameters : nested tuples
        Of one network, as `Trained.parameters` gives them.
    activation : str
        That of the sweep.

    Raises
    ------
    ImportError
        Without equinox, telling how to get it.

    Examples
    --------
    >>> import numpy as np
    >>> from retrodict.encoders.trained.network import initial
    >>> as_equinox(initial(((3, 2),), 2, 5, seed=0), "tanh")[0](np.zeros(3, np.float32)).shape
    (2,)
    """
    try:
        import equinox as eqx
        import jax
    except ImportError as error:
        raise ImportError(f"modules of equinox need equinox ({error}): pip install 'retrodict[jax]'") from error
    phi = {"tanh": jax.numpy.tanh, "relu": jax.nn.relu, "sigmoid": jax.nn.sigmoid}[activation]
    found = []
    for stage in parameters:
        (width, inputs), outputs = stage[0][0].shape, stage[-1][0].shape[0]
        empty = eqx.nn.MLP(inputs, outputs, width, len(stage) - 1, activation=phi, key=jax.random.key(0))
        arrays = [jax.numpy.asarray(array) for layer in stage for array in layer]
        found.append(eqx.tree_at(_arrays, empty, arrays))
    return tuple(found)


def _arrays(mlp: Any) -> list[Any]:
    return [array for layer in mlp.layers for array in (layer.weight, layer.bias)]
