"""Networks in ONNX files. Needs `pip install 'retrodict[onnx]'`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrodict.maps.continuous.generative_map import GenerativeMap
from retrodict.maps.user.layers import Affine, Layer, Sum, Units, affine, network

__all__ = ["from_onnx"]

ACTIVATIONS = {"Relu": "relu", "Tanh": "tanh", "Sigmoid": "sigmoid", "Softplus": "softplus_plain", "Sin": "sin"}
KNOWN = ["Gemm", "MatMul", "Add", *ACTIVATIONS, "LeakyRelu", "Identity", "Constant"]


def from_onnx(path: str | Path) -> GenerativeMap:
    """The map of an ONNX graph as a stack of blocks, with the graph's own weights, exact, and what they certify.

    Parameters
    ----------
    path : path of the file
        One input and one output, rows of d numbers. Nodes: Gemm, MatMul by a constant from the right, Add of a constant
        or of two branches, Relu, LeakyRelu, Tanh, Sigmoid, Softplus, Sin, Identity, Constant.

    Returns
    -------
    GenerativeMap
        Its name is the path. A stored float is a dyadic rational; the map is that of real numbers, from which what a
        runtime computes in single precision differs by its rounding.

    Raises
    ------
    ImportError
        Without onnx.
    ValueError
        For a file that is no ONNX model, a node that is not in the list, naming it, a shape that does not fit, a weight
        that is not finite, or another number of outputs than of inputs.

    Examples
    --------
    >>> from_onnx("missing.onnx")
    Traceback (most recent call last):
    ValueError: missing.onnx: No such file or directory
    """
    try:
        import onnx
    except ImportError as error:
        raise ImportError("reading ONNX files needs onnx: pip install 'retrodict[onnx]'") from error
    try:
        model = onnx.load(str(path))
        onnx.checker.check_model(model)
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror or error}") from error
    except Exception as error:  # whatever the parser of protocol buffers and the checker raise
        first = str(error).strip().partition("\n")[0]
        raise ValueError(f"{path}: not a valid ONNX model: {first or type(error).__name__}") from error
    try:
        return _read(str(path), model.graph, onnx.numpy_helper.to_array, onnx.helper.get_attribute_value)
    except ValueError as error:
        raise ValueError(f"{path}: {str(error).removeprefix(f'{path}: ')}") from error


@dataclass(frozen=True)
class _Branch:
    """What a tensor is of the input: the layers so far, and its length where that is known."""

    layers: tuple[Layer, ...]
    width: int | None


def _read(name: str, graph: Any, to_array: Callable[..., Any], value_of: Callable[..., Any]) -> GenerativeMap:
    constants: dict[str, NDArray[Any]] = {one.name: to_array(one) for one in graph.initializer}
    inputs = [one for one in graph.input if one.name not in constants]
    for what, found in (("inputs", inputs), ("outputs", graph.output)):
        if len(found) != 1:
            raise ValueError(f"the graph has {len(found)} {what}, {[one.name for one in found]}: must have one")
    sizes = [one.dim_value for one in inputs[0].type.tensor_type.shape.dim]
    d = sizes[-1] if sizes and sizes[-1] > 0 else None
    branches = {inputs[0].name: _Branch((), d)}
    for node in graph.node:
        label = f"node {node.name or node.output[0]} ({node.op_type})"
        options = {one.name: value_of(one) for one in node.attribute}
        if node.op_type == "Constant" and "value" in options:
            constants[node.output[0]] = to_array(options["value"])
        elif node.op_type not in KNOWN or node.op_type == "Constant":
            raise ValueError(
                f"{label} is not among {', '.join(KNOWN)}: export the network without it, "
                "or give the map as a function of jax to `load`"
            )
        else:
            branches[node.output[0]] = _node(node, label, options, branches, constants)
    last = graph.output[0].name
    if last not in branches:
        raise ValueError(f"the output {last} does not depend on the input")
    return network(name, branches[last].layers, d)


def _node(
    node: Any, label: str, options: dict[str, Any], branches: dict[str, _Branch], constants: dict[str, NDArray[Any]]
) -> _Branch:
    come = [branches.get(one) for one in node.input]
    given = [constants.get(one) for one in node.input]
    if node.op_type == "Add":
        return _add(label, come, given)
    before = come[0]
    if before is None or any(one is not None for one in come[1:]):
        raise ValueError(f"{label} must act on what comes from the input, from the left and by constants")
    if node.op_type in ("Gemm", "MatMul"):
        layer = _affine(label, options, given)
        return _Branch((*before.layers, layer), len(layer.rows))
    if node.op_type == "LeakyRelu":
        slope = Fraction(float(options.get("alpha", np.float32(0.01))))
        if not 0 <= slope < 1:
            raise ValueError(f"{label}: alpha = {float(slope)}: must lie in [0, 1)")
        return _Branch((*before.layers, Units("relu", slope)), before.width)
    if node.op_type == "Identity":
        return before
    return _Branch((*before.layers, Units(ACTIVATIONS[node.op_type])), before.width)


def _add(label: str, come: list[_Branch | None], given: list[NDArray[Any] | None]) -> _Branch:
    one, other = come
    if one is not None and other is not None:
        shared = 0
        for a, b in zip(one.layers, other.layers, strict=False):
            if a is not b:
                break
            shared += 1
        parting = Sum(one.layers[shared:], other.layers[shared:])
        return _Branch((*one.layers[:shared], parting), one.width if one.width is not None else other.width)
    branch = one or other
    constant = next((array for array in given if array is not None), None)
    if branch is None or constant is None:
        raise ValueError(f"{label} adds constants only: fold them first")
    width = branch.width if branch.width is not None else constant.size
    row = _row(label, constant, width)
    last = branch.layers[-1] if branch.layers else None
    if isinstance(last, Affine):
        moved = affine(np.zeros((width, 1)), row, label).offset
        together = Affine(last.rows, tuple(a + b for a, b in zip(last.offset, moved, strict=True)))
        return _Branch((*branch.layers[:-1], together), width)
    return _Branch((*branch.layers, affine(np.eye(width), row, label)), width)


def _affine(label: str, options: dict[str, Any], given: list[NDArray[Any] | None]) -> Affine:
    """The matrix is transposed: rows come from the left."""
    if options.get("transA", 0):
        raise ValueError(f"{label}: transA = 1: must be 0, for rows to stay rows")
    weight = np.asarray(given[1], dtype=np.float64)
    if weight.ndim != 2:
        raise ValueError(f"{label}: the constant has shape {weight.shape}: must have two axes")
    transposed = weight if options.get("transB", 0) else weight.T
    offset = None if len(given) < 3 or given[2] is None else _row(label, given[2], transposed.shape[0])
    plain = affine(transposed, offset, label)
    alpha, beta = (Fraction(float(options.get(key, 1.0))) for key in ("alpha", "beta"))
    rows = tuple(tuple(alpha * entry for entry in row) for row in plain.rows)
    return Affine(rows, tuple(beta * entry for entry in plain.offset))


def _row(label: str, constant: NDArray[Any], width: int) -> NDArray[np.float64]:
    """A constant that is added to rows of `width` numbers; a single number is added to all of them."""
    flat = np.asarray(constant, dtype=np.float64).reshape(-1)
    if flat.size not in (1, width) or (constant.ndim and constant.shape[-1] != flat.size):
        raise ValueError(
            f"{label}: the constant has shape {constant.shape}: must be one row of {width} numbers, or one"
        )
    return np.broadcast_to(flat, (width,))
