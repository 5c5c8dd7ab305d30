"""The network of an encoder as data: layers with exact numbers, as JSON can hold them.

    {"dimension": d, "matrices": {name: rows}, "sections": [{"repeat": n, "layers": [layer, ...]}, ...]}

The vectors have names; z starts as 0 and is the result, x is what is observed. A layer makes a vector, `to`, from
others:

    affine      the sum of its terms, a matrix (or its transpose) or a number times a vector, and of `shift`
    activation  its functions of the entries of `from`, or their derivatives
    product     the entrywise product of two vectors; with rho(t) = t^2, a b = ((a + b)^2 - (a - b)^2) / 4
    noise       `from` plus a Gaussian vector of independent entries of that variance

Every repetition of a section is a layer of the deep latent Gaussian. Numbers are strings such as "-3/5".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from flint import fmpq
from numpy.typing import NDArray

from retrodict.encoders.unrolled import UnrolledEncoder
from retrodict.maps.continuous import ACTIVATIONS, GenerativeMap, Matrix
from retrodict.maps.continuous.matrix import square_root

__all__ = ["forward_layers", "network", "run_network"]

Layer = dict[str, Any]


def network(encoder: UnrolledEncoder) -> dict[str, Any]:
    """The network of an encoder.

    Raises
    ------
    ValueError
        For a map that is not made of blocks.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from retrodict.maps.continuous import linear
    >>> e = UnrolledEncoder(linear([[2]]), Fraction(1), 3, Fraction(1, 4), Fraction(0), 1, Fraction(1, 8))
    >>> found = network(e)
    >>> found["matrices"]
    {'A1': [['2']]}
    >>> for layer in found["sections"][0]["layers"]:
    ...     print(layer["to"], layer["terms"])
    error [{'from': 'z', 'matrix': 'A1'}, {'from': 'x', 'scale': '-1'}]
    back0 [{'from': 'error', 'matrix': 'A1', 'transposed': True}]
    z [{'from': 'z', 'scale': '1'}, {'from': 'back0', 'scale': '-1/4'}]
    """
    g = encoder.generator
    if not g.blocks:
        raise ValueError(f"{g.name} is not made of blocks: its network is not known")
    gradient = [*forward_layers(g, minus="x"), *_backward_layers(g)]
    eta = encoder.langevin_step

    def step(shrink: Any, scale: Any) -> list[Layer]:
        return [*gradient, {"kind": "affine", "to": "z", "terms": [_scaled("z", shrink), _scaled("back0", -scale)]}]

    def noise(variance: Any) -> Layer:
        return {"kind": "noise", "to": "z", "from": "z", "variance": str(variance)}

    sections = [
        {"repeat": encoder.descent_steps, "layers": step(1, encoder.descent_step)},
        {"repeat": int(encoder.spread > 0), "layers": [noise(encoder.spread)]},
        {"repeat": encoder.langevin_steps, "layers": [*step(1 - eta, eta / encoder.beta**2), noise(2 * eta)]},
    ]
    matrices = {
        f"{letter}{i}": [[str(entry) for entry in row] for row in matrix.exact.tolist()]
        for i, block in enumerate(g.blocks, 1)
        for letter, matrix in (("A", block.skip), ("B", block.out), ("C", block.inner))
        if matrix is not None and not matrix.is_identity
    }
    return {
        "dimension": g.dimension,
        "matrices": matrices,
        "sections": [section for section in sections if section["repeat"]],
    }


def forward_layers(g: GenerativeMap, minus: str | None = None) -> list[Layer]:
    """The layers of G at z; the last one makes `error`, G(z) less the vector `minus` if there is one."""
    layers: list[Layer] = []
    for i, block in enumerate(g.blocks, 1):
        last = i == len(g.blocks)
        before, terms = "z" if i == 1 else f"state{i - 1}", []
        if block.skip is not None:
            terms.append(_term(before, "A", i, block.skip))
        if block.inner is not None and block.out is not None:
            inner = {"kind": "affine", "to": f"inner{i}", "terms": [_term(before, "C", i, block.inner)]}
            layers += [
                _shifted(inner, block.shift),
                {"kind": "activation", "to": f"units{i}", "from": f"inner{i}", "functions": list(block.activations)},
            ]
            terms.append(_term(f"units{i}", "B", i, block.out))
        if last and minus is not None:
            terms.append(_scaled(minus, -1))
        layers.append(
            _shifted({"kind": "affine", "to": "error" if last else f"state{i}", "terms": terms}, block.offset)
        )
    return layers


def _backward_layers(g: GenerativeMap) -> Iterator[Layer]:
    """From `error` to `back0`, J(z)^T times it."""
    for i, block in reversed(list(enumerate(g.blocks, 1))):
        after, terms = "error" if i == len(g.blocks) else f"back{i}", []
        if block.skip is not None:
            terms.append(_term(after, "A", i, block.skip, transposed=True))
        if block.inner is not None and block.out is not None:
            derivative = {"from": f"inner{i}", "functions": list(block.activations), "derivative": True}
            yield {"kind": "affine", "to": f"outer{i}", "terms": [_term(after, "B", i, block.out, transposed=True)]}
            yield {"kind": "activation", "to": f"slopes{i}", **derivative}
            yield {"kind": "product", "to": f"bent{i}", "from": [f"slopes{i}", f"outer{i}"]}
            terms.append(_term(f"bent{i}", "C", i, block.inner, transposed=True))
        yield {"kind": "affine", "to": f"back{i - 1}", "terms": terms}


def _scaled(source: str, scale: Any) -> Layer:
    return {"from": source, "scale": str(scale)}


def _term(source: str, letter: str, i: int, matrix: Matrix, transposed: bool = False) -> Layer:
    if matrix.is_identity:
        return _scaled(source, 1)
    return {"from": source, "matrix": f"{letter}{i}", **({"transposed": True} if transposed else {})}


def _shifted(layer: Layer, shift: tuple[Any, ...]) -> Layer:
    return {**layer, "shift": [str(entry) for entry in shift]} if any(shift) else layer


def run_network(net: dict[str, Any], x: NDArray[Any], noise: NDArray[Any]) -> Any:
    """What the network gives for every row of x: an interpreter of the data, which knows nothing of the encoder.

    Parameters
    ----------
    net : as `network` makes it, or as JSON gives it back
    x : array, shape (..., d)
        Doubles, or objects of a ring that the activations take.
    noise : array, shape (noise layers, ..., d)
        One standard Gaussian vector for every noise layer that is run, in order.

    >>> net = {
    ...     "dimension": 1,
    ...     "matrices": {},
    ...     "sections": [{"repeat": 2, "layers": [{"kind": "noise", "to": "z", "from": "z", "variance": "1/4"}]}],
    ... }
    >>> run_network(net, np.zeros((1, 1)), np.ones((2, 1, 1)))
    array([[1.]])
    """
    exact = x.dtype == object
    matrices = {
        name: Matrix([[fmpq(*_parts(e)) for e in row] for row in rows]) for name, rows in net["matrices"].items()
    }

    def number(text: str) -> Any:
        p, q = _parts(text)
        return fmpq(p, q) if exact else p / q

    def term(at: dict[str, Any], one: Layer) -> Any:
        vector = at[one["from"]]
        if "scale" in one:
            return vector * number(one["scale"])
        matrix = matrices[one["matrix"]]
        return matrix.transposed(vector) if one.get("transposed") else matrix(vector)

    def value(at: dict[str, Any], layer: Layer) -> Any:
        if layer["kind"] == "affine":
            found = sum(term(at, one) for one in layer["terms"])
            return found + np.array([number(e) for e in layer["shift"]]) if "shift" in layer else found
        if layer["kind"] == "activation":
            return _apply(at[layer["from"]], layer["functions"], "slope" if layer.get("derivative") else "value")
        if layer["kind"] == "product":
            one, other = layer["from"]
            return at[one] * at[other]
        root = square_root(fmpq(*_parts(layer["variance"]))) if exact else number(layer["variance"]) ** 0.5
        return at[layer["from"]] + root * next(draws)

    draws, at = iter(noise), {"x": x, "z": 0 * x}
    for section in net["sections"]:
        for _ in range(section["repeat"]):
            for layer in section["layers"]:
                at[layer["to"]] = value(at, layer)
    return at["z"]


def _parts(text: str) -> tuple[int, int]:
    p, _, q = text.partition("/")
    return int(p), int(q or 1)


def _apply(t: NDArray[Any], functions: list[str], what: str) -> NDArray[Any]:
    found = np.empty(t.shape, dtype=t.dtype)
    for name in dict.fromkeys(functions):
        units = [i for i, function in enumerate(functions) if function == name]
        found[..., units] = getattr(ACTIVATIONS[name], what)(t[..., units])
    return found
