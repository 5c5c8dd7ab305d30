"""The generator G(z) = C(sgn z): not invertible, because sgn is not, and as hard to invert as the finite map C.

z is a standard Gaussian vector of n_inputs numbers; its signs are the bits of s, 1 for a positive number; C takes s to
a codeword y = C(s), and G(z) has +1 where y has a 1 and -1 where it has a 0. What is seen is x = G(z) + beta xi, xi
standard Gaussian. G is constant on orthants, so that all that x says of z is the sign pattern,

    p(s | x) proportional to exp(-|x - G(s)|^2 / (2 beta^2)) ,                                                    (1)

and if C is a bijection the codewords are all vectors of signs, (1) sums to a product, and

    p(s | x) = product over i of sigma(2 c_i x_i / beta^2),  c = G(s),  sigma(t) = 1 / (1 + exp(-t)):             (2)

the coordinates of c are independent, and an encoder that knows C^-1 is small. After Pareek and Risteski
(arXiv:2107.04652); (1) and (2) derived here. All 2^n sign patterns are enumerated, in NumPy: one matrix product.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from retrodict.maps.boolean_map import BooleanMap

__all__ = ["codewords", "decode", "encode", "generate", "posterior", "product_posterior"]


def codewords(f: BooleanMap) -> NDArray[np.float64]:
    """The vectors of signs G(s), shape (2^n_inputs, n_outputs): row s is +1 where f(s) has a 1, -1 where it has a 0.

    >>> codewords(BooleanMap("swap", 1, 1, [1, 0]))
    array([[ 1.],
           [-1.]])
    """
    return 2.0 * _bits(f.table, f.n_outputs) - 1.0


def generate(f: BooleanMap, z: ArrayLike) -> NDArray[np.float64]:
    """G(z) for every row of z, shape (k, n_inputs); a zero counts as positive.

    >>> generate(BooleanMap("and", 2, 1, [0, 0, 0, 1]), [[0.3, -1.2], [0.3, 1.2]])
    array([[-1.],
           [ 1.]])
    """
    rows = _rows(f, z, "z", f.n_inputs)
    return codewords(f)[(rows >= 0) @ (1 << np.arange(f.n_inputs))]


def posterior(f: BooleanMap, x: ArrayLike, beta: float) -> NDArray[np.float64]:
    """(1) for every row of x, by enumeration.

    Parameters
    ----------
    f : BooleanMap
    x : numbers, shape (k, n_outputs)
    beta : float
        Standard deviation of the noise of one coordinate, positive.

    Returns
    -------
    shape (k, 2^n_inputs) : p(s | x), rows sum to one.

    Raises
    ------
    ValueError
        Naming what is wrong: a shape, a number that is not finite, a beta that is not positive.

    >>> posterior(BooleanMap("constant", 1, 1, [0, 0]), [[0.7]], 0.5)
    array([[0.5, 0.5]])
    """
    rows = _rows(f, x, "x", f.n_outputs)
    logits = rows @ codewords(f).T / _positive(beta) ** 2  # |x|^2 and |G(s)|^2 are the same for every s
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def product_posterior(f: BooleanMap, x: ArrayLike, beta: float) -> NDArray[np.float64]:
    """(2) for every row of x. Arguments and result as for `posterior`; nothing is summed over sign patterns.

    Raises
    ------
    ValueError
        As `posterior`, and for a map that is no bijection, naming two inputs that collide.

    >>> f, x = BooleanMap("turn", 2, 2, [1, 2, 3, 0]), [[0.3, -0.8]]
    >>> bool(np.allclose(product_posterior(f, x, 0.7), posterior(f, x, 0.7), rtol=0, atol=1e-12))
    True
    """
    f.inverse()
    t = 2.0 * _rows(f, x, "x", f.n_outputs) / _positive(beta) ** 2
    ones = _bits(f.table, f.n_outputs).T
    return np.asarray(np.exp(-np.logaddexp(0.0, -t) @ ones - np.logaddexp(0.0, t) @ (1.0 - ones)))


def decode(f: BooleanMap, x: ArrayLike) -> NDArray[np.int64]:
    """The sign pattern of largest posterior for every row of x, the smallest of several: shape (k,). No beta is needed.

    For a bijection it is C^-1 of the signs of x.

    >>> decode(BooleanMap("turn", 2, 2, [1, 2, 3, 0]), [[0.3, -0.8]])
    array([0])
    """
    return np.asarray(np.argmax(_rows(f, x, "x", f.n_outputs) @ codewords(f).T, axis=1))


def encode(inverse: BooleanMap, x: ArrayLike, beta: float, seed: int) -> NDArray[np.int64]:
    """One sign pattern for every row of x, drawn from the posterior by an encoder that is given C^-1: shape (k,).

    A coin for every coordinate, which shows 1 with probability sigma(2 x_i / beta^2), then `inverse`. This is (2), so
    that the encoder is exact, and larger than a circuit of C^-1 by n coins only.

    >>> encode(BooleanMap("turn", 2, 2, [3, 0, 1, 2]), [[9.0, -9.0]], 0.5, seed=0)
    array([0])
    """
    rows = _rows(inverse, x, "x", inverse.n_inputs)
    with np.errstate(over="ignore"):  # exp(t) = inf stands for a coin that never shows 1
        ones = np.random.default_rng(seed).random(rows.shape) * (1.0 + np.exp(-2.0 * rows / _positive(beta) ** 2)) < 1.0
    return inverse.table[ones @ (1 << np.arange(inverse.n_inputs))].astype(np.int64)


def _bits(table: NDArray[np.uint64], n: int) -> NDArray[np.float64]:
    return (table[:, None] >> np.arange(n, dtype=np.uint64) & np.uint64(1)).astype(np.float64)


def _rows(f: BooleanMap, values: ArrayLike, name: str, columns: int) -> NDArray[np.float64]:
    rows = np.asarray(values, dtype=np.float64)
    if rows.ndim != 2 or rows.shape[1] != columns:
        raise ValueError(f"{name} has shape {rows.shape}: {f.name} needs rows of {columns} numbers")
    if not np.isfinite(rows).all():
        row, column = np.argwhere(~np.isfinite(rows))[0].tolist()
        raise ValueError(f"{name}[{row}, {column}] = {rows[row, column]}: must be finite")
    return rows


def _positive(beta: float) -> float:
    if not 0 < beta < np.inf:
        raise ValueError(f"beta = {beta}: the standard deviation of the noise must be positive and finite")
    return beta
