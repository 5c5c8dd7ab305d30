"""The density of a layered stochastic encoder: a mixture of Gaussians over the nodes of its hidden layers.

Written once for NumPy and for JAX, whose module `xp` is handed over: the same formula is trained and judged.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["hidden_nodes", "log_density", "log_sum"]


def hidden_nodes(count: int, dimension: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Tensor Gauss-Hermite nodes of a standard Gaussian, shape (dimension, J), and the logarithms of their weights.

    >>> nodes, logs = hidden_nodes(3, 1)
    >>> (nodes**4 * np.exp(logs)).sum().round(12)
    np.float64(3.0)
    """
    at, weights = np.polynomial.hermite_e.hermegauss(count)
    axes = np.meshgrid(*[at] * dimension, indexing="ij")
    logs = sum(np.meshgrid(*[np.log(weights / weights.sum())] * dimension, indexing="ij"))
    return np.stack([axis.ravel() for axis in axes]), np.asarray(logs).ravel()


def log_sum(xp: Any, terms: Any, fixed: Callable[[Any], Any] = lambda top: top) -> Any:
    """log of the sum of exp over the first axis; `fixed` keeps the largest term out of derivatives."""
    top = fixed(terms.max(axis=0))
    return top + xp.log(xp.exp(terms - top).sum(axis=0))


def log_density(
    xp: Any,
    apply: Callable[[int, Any], Any],
    layers: int,
    inputs: Any,
    points: Any,
    nodes: Any,
    logs: Any,
    fixed: Callable[[Any], Any] = lambda top: top,
) -> Any:
    """log q(z | x) for every x, at its own points.

    Parameters
    ----------
    xp : numpy or jax.numpy
    apply : (stage, columns) to what the network of that stage gives for them
    layers : int
    inputs : shape (d, r)
    points : shape (d, g, r)
    nodes, logs : shapes (d, J) and (J,)
        Of `hidden_nodes`.

    Returns
    -------
    shape (g, r)
    """
    d, g, r = points.shape
    columns, weight = inputs, xp.zeros(1, dtype=points.dtype)  # log weights of the hidden nodes so far
    for stage in range(layers - 1):
        given = apply(stage, columns).reshape(2, d, 1, len(weight), r)
        mean, deviation = given[0], xp.exp(given[1])
        hidden = (mean + deviation * nodes[:, :, None, None]).reshape(d, -1)
        weight = (logs[:, None] + weight[None, :]).ravel()
        columns = xp.concatenate([xp.tile(inputs, (1, len(weight))), hidden])
    given = apply(layers - 1, columns).reshape(-1, len(weight), r)
    k = max(1, len(given) // (2 * d + 1))  # a single Gaussian has no weights
    mean, log_deviation, choice = given[: k * d], given[k * d : 2 * k * d], given[2 * k * d :]
    terms = weight[None, :, None] - d * math.log(2 * math.pi) / 2 - log_deviation.reshape(k, d, -1, r).sum(axis=1)
    if k > 1:
        terms = terms + choice - log_sum(xp, choice, fixed)
    squares = sum(
        ((points[i] - mean[i::d][:, :, None, :]) * xp.exp(-log_deviation[i::d])[:, :, None, :]) ** 2 for i in range(d)
    )
    terms = terms[:, :, None, :] - squares / 2  # (components, hidden nodes, g, r)
    return log_sum(xp, terms.reshape(-1, g, r), fixed)
