"""Neural networks with integer weights, evaluated exactly: sign, threshold and ReLU units, counted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from retrodict.circuits.arguments import integers

__all__ = ["Activation", "Layer", "Network", "threshold_unit"]

Activation = Literal["sign", "threshold", "relu"]

_MAX_UNIT_INPUTS = 8


@dataclass(frozen=True, eq=False)
class Layer:
    """x -> weights @ x + bias: integers, of shapes (units, inputs) and (units,)."""

    weights: NDArray[np.int64]
    bias: NDArray[np.int64]

    def __init__(self, weights: ArrayLike, bias: ArrayLike) -> None:
        for name, value, n_dimensions in (("weights", weights, 2), ("bias", bias, 1)):
            array = np.array(value)
            if array.ndim != n_dimensions:
                raise ValueError(f"{name} has shape {array.shape}: it must have {n_dimensions} dimensions")
            if array.size and not np.issubdtype(array.dtype, np.integer):
                raise TypeError(f"{name} has dtype {array.dtype}: it must hold integers")
            array = array.astype(np.int64)
            array.setflags(write=False)
            object.__setattr__(self, name, array)
        if len(self.bias) != len(self.weights):
            raise ValueError(f"bias has {len(self.bias)} entries: weights have {len(self.weights)} rows")


@dataclass(frozen=True, eq=False)
class Network:
    """A layered network: each layer reads the one before it and nothing else.

    Activations are sgn (a sum is never 0), [t >= 0] and max(0, t); the last layer of a ReLU network has none. A bit b
    is the sign 2 b - 1 in a sign network, -1 for 0 and +1 for 1, on inputs and outputs; in the others it is b.

    Parameters
    ----------
    activation : "sign", "threshold" or "relu"
    layers : sequence of Layer
        At least one; each reads as many values as the one before it has units.

    Examples
    --------
    Whether two of three inputs differ, by x_0 - x_1 and x_1 - x_0:

    >>> hidden = Layer([[1, -1, 0], [-1, 1, 0]], [0, 0])
    >>> net = Network("relu", [hidden, Layer([[1, 1]], [0])])
    >>> net.table(), net.units, net.parameters, net.depth
    (array([0, 1, 1, 0, 0, 1, 1, 0], dtype=uint64), 3, 11, 2)
    """

    activation: Activation
    layers: tuple[Layer, ...]

    def __init__(self, activation: Activation, layers: Iterable[Layer]) -> None:
        object.__setattr__(self, "activation", activation)
        object.__setattr__(self, "layers", tuple(layers))
        if activation not in get_args(Activation):
            raise ValueError(f"activation = {activation!r}: it is one of {', '.join(get_args(Activation))}")
        if not self.layers:
            raise ValueError("layers is empty: a network has at least one")
        for i, (before, layer) in enumerate(pairwise(self.layers), start=1):
            reads, units = layer.weights.shape[1], len(before.bias)
            if reads != units:
                raise ValueError(f"layers[{i}] reads {reads} values: the layer before it has {units} units")

    @property
    def n_inputs(self) -> int:
        return int(self.layers[0].weights.shape[1])

    @property
    def n_outputs(self) -> int:
        return len(self.layers[-1].bias)

    @property
    def units(self) -> int:
        """Rows of all layers: hidden units, those that carry a value, and outputs, which for ReLU are affine."""
        return sum(len(layer.bias) for layer in self.layers)

    @property
    def parameters(self) -> int:
        """Weights and biases of all layers, zeros included: the network is dense."""
        return sum(int(layer.weights.size + layer.bias.size) for layer in self.layers)

    @property
    def connections(self) -> int:
        """Weights and biases that are not zero."""
        return sum(int(np.count_nonzero(array)) for layer in self.layers for array in (layer.weights, layer.bias))

    @property
    def depth(self) -> int:
        """The number of layers, that of the outputs included."""
        return len(self.layers)

    @property
    def copies(self) -> int:
        """Units that copy or negate a single one of the layer before: with skip connections they would not be needed.

        The affine outputs of a ReLU network are not among them.
        """
        with_units = self.layers[:-1] if self.activation == "relu" else self.layers
        return sum(int((np.count_nonzero(layer.weights, axis=1) == 1).sum()) for layer in with_units)

    def __call__(self, x: ArrayLike) -> NDArray[np.int64]:
        """The outputs, shape (..., n_outputs), on inputs of shape (..., n_inputs) in the encoding of the network."""
        values = np.asarray(x)
        if values.shape[-1:] != (self.n_inputs,):
            raise ValueError(f"x has shape {values.shape}: its last dimension must have {self.n_inputs} inputs")
        if values.size and not np.issubdtype(values.dtype, np.integer):
            raise TypeError(f"x has dtype {values.dtype}: it must hold integers")
        values = values.astype(np.int64)
        for i, layer in enumerate(self.layers):
            values = _affine(layer, values)
            if self.activation == "threshold":
                values = (values >= 0).astype(np.int64)
            elif self.activation == "sign":
                values = np.sign(values)
            elif i + 1 < self.depth:
                values = np.maximum(values, 0)
        return values

    def table(self) -> NDArray[np.uint64]:
        """uint64, shape (2^n_inputs,): the outputs as bits, on all inputs as bits, as in `Circuit.table`.

        Raises
        ------
        ValueError
            More than 64 outputs: an entry has 64 bits. Calling the network has no such limit.
        """
        n = self.n_inputs
        if self.n_outputs > 64:
            raise ValueError(f"{self.n_outputs} outputs: a table of 64-bit integers holds 64")
        table = np.zeros(1 << n, dtype=np.uint64)
        block = 1 << 12
        for first in range(0, 1 << n, block):
            points = np.arange(first, min(first + block, 1 << n))
            bits = points[:, None] >> np.arange(n) & 1
            found = self(2 * bits - 1 if self.activation == "sign" else bits)
            on = (found > 0).astype(np.uint64) << np.arange(self.n_outputs, dtype=np.uint64)
            table[points] = on.sum(axis=1, dtype=np.uint64)
        return table


def _affine(layer: Layer, x: NDArray[np.int64]) -> NDArray[np.int64]:
    largest = np.abs(layer.weights).sum(axis=1, initial=0) * np.abs(x).max(initial=0) + np.abs(layer.bias)
    if largest.max(initial=0) >= 2**53:
        raise OverflowError(f"a sum may reach {largest.max()}: sums must stay below 2^53")
    # Integers below 2^53 are exact in double precision, in which the product of matrices is fast.
    product = x.astype(np.float64) @ layer.weights.T.astype(np.float64)
    return product.astype(np.int64) + layer.bias


def threshold_unit(table: ArrayLike) -> Network | None:
    """The sign network of a single unit that computes a function, or None: there is none.

    Decided exactly by the perceptron on signs. If weights exist, some have |w_i| <= (n+1)^((n+1)/2) / 2^n and margin 1
    (Muroga, 1965, recalled: a vertex, by Cramer's rule and Hadamard's bound), and then at most (n+1)^2 max w_i^2
    corrections are made (Novikoff, 1962, recalled); so after more there are none. The weights are not the least.

    Parameters
    ----------
    table : integers or bool, shape (2**n,)
        Zeros and ones, n at most 8.

    Raises
    ------
    ValueError
        A length that is no power of two, an entry that is not 0 or 1, more than eight inputs.

    Examples
    --------
    The majority of three; parity is no threshold function:

    >>> majority = threshold_unit([0, 0, 0, 1, 0, 1, 1, 1])
    >>> majority.units, majority.table()
    (1, array([0, 0, 0, 1, 0, 1, 1, 1], dtype=uint64))
    >>> threshold_unit([0, 1, 1, 0]) is None
    True
    """
    values = integers("table", table)
    n = len(values).bit_length() - 1
    if n < 0 or len(values) != 1 << n:
        raise ValueError(f"table has {len(values)} entries: a truth table has 2^n, one for each value of n inputs")
    if n > _MAX_UNIT_INPUTS:
        raise ValueError(f"table has {n} inputs: single units are found up to {_MAX_UNIT_INPUTS}")
    for x in np.flatnonzero((values != 0) & (values != 1)):
        raise ValueError(f"table[{x}] = {values[x]}: an entry is 0 or 1")
    points = np.hstack([2 * (np.arange(1 << n)[:, None] >> np.arange(n) & 1) - 1, np.ones((1 << n, 1), dtype=np.int64)])
    wanted = points * (2 * values - 1)[:, None]
    weights = np.zeros(n + 1, dtype=np.int64)
    for _ in range((n + 1) ** (n + 3) // 4**n + 1):
        sums = wanted @ weights
        worst = int(sums.argmin())
        if sums[worst] > 0:
            return Network("sign", [Layer(weights[None, :n], weights[n:])])
        weights = weights + wanted[worst]
    return None
