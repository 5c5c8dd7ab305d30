"""Networks as arrays: one stage for each stochastic layer, in it a weight and a bias for each dense layer.

Parameters are nested tuples `stages[stage][layer] = (weight, bias)` with weight of shape (outputs, inputs). Examples
are columns: an array of k numbers for each of r examples has shape (k, r). Networks of several widths are padded with
zeros to the widest; hidden units beyond a network's own width are multiplied by 0, so that they neither give nor learn.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Ends", "Parameters", "apply", "initial", "parameter_count", "shapes", "stacked", "unit_masks"]

PHI: dict[str, Callable[[NDArray[np.float64]], NDArray[np.float64]]] = {
    "tanh": np.tanh,
    "relu": lambda t: np.maximum(t, 0.0),
    "sigmoid": lambda t: (1.0 + np.tanh(t / 2.0)) / 2.0,  # no overflow
}
Ends = tuple[tuple[int, int], ...]  # inputs and outputs of each stage
Parameters = tuple[tuple[tuple[Any, Any], ...], ...]


def shapes(ends: Ends, depth: int, width: int) -> list[list[tuple[int, int]]]:
    """(outputs, inputs) of every weight.

    >>> shapes(((3, 2),), 2, 5)
    [[(5, 3), (5, 5), (2, 5)]]
    """
    return [[(width, inputs), *[(width, width)] * (depth - 1), (outputs, width)] for inputs, outputs in ends]


def parameter_count(ends: Ends, depth: int, width: int) -> int:
    """Weights and biases of the network of that width, without padding.

    >>> parameter_count(((3, 2),), 2, 5)
    62
    """
    return sum(outputs * (inputs + 1) for stage in shapes(ends, depth, width) for outputs, inputs in stage)


def initial(ends: Ends, depth: int, width: int, seed: int) -> Parameters:
    """Where a network starts: normal weights of variance 1/inputs, biases 0, float32.

    The stream is Philox with key (seed, width): it does not depend on what else is trained.
    """
    stream = np.random.Generator(np.random.Philox(key=np.array([seed, width], dtype=np.uint64)))
    return tuple(
        tuple(
            (
                (stream.standard_normal((outputs, inputs)) / np.sqrt(inputs)).astype(np.float32),
                np.zeros(outputs, np.float32),
            )
            for outputs, inputs in stage
        )
        for stage in shapes(ends, depth, width)
    )


def stacked(ends: Ends, depth: int, pairs: Sequence[tuple[int, int]]) -> Parameters:
    """The starts of all (width, seed), padded to the largest width: a leading axis of networks on every array."""
    widest = max(width for width, _ in pairs)
    arrays = [
        [
            (np.zeros((len(pairs), outputs, inputs), np.float32), np.zeros((len(pairs), outputs), np.float32))
            for outputs, inputs in stage
        ]
        for stage in shapes(ends, depth, widest)
    ]
    for i, (width, seed) in enumerate(pairs):
        for padded, stage in zip(arrays, initial(ends, depth, width, seed), strict=True):
            for (weights, biases), (weight, bias) in zip(padded, stage, strict=True):
                weights[i, : weight.shape[0], : weight.shape[1]] = weight
                biases[i, : len(bias)] = bias
    return tuple(tuple(stage) for stage in arrays)


def unit_masks(pairs: Sequence[tuple[int, int]]) -> NDArray[np.float32]:
    """1 for the units of a network, 0 for its padding: shape (networks, largest width).

    >>> unit_masks([(1, 0), (3, 0)])
    array([[1., 0., 0.],
           [1., 1., 1.]], dtype=float32)
    """
    widest = max(width for width, _ in pairs)
    return np.array([[unit < width for unit in range(widest)] for width, _ in pairs], dtype=np.float32)


def apply(stage: Any, activation: str, inputs: NDArray[np.float64]) -> NDArray[np.float64]:
    """What a stage gives for every column, in doubles: the definition that the trained program is tested against.

    >>> two = ((np.array([[1.0], [-1.0]]), np.zeros(2)), (np.array([[1.0, 1.0]]), np.ones(1)))
    >>> apply(two, "relu", np.array([[3.0, -4.0]]))  # |x| + 1
    array([[4., 5.]])
    """
    at = inputs
    for i, (weight, bias) in enumerate(stage):
        # einsum sums in one order, whatever the number of threads
        at = np.einsum("oi,ir->or", weight.astype(np.float64), at) + bias.astype(np.float64)[:, None]
        if i + 1 < len(stage):
            at = PHI[activation](at)
    return at
