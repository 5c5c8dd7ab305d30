"""Networks of other packages as blocks: the same values, and what is certified of them holds."""

from __future__ import annotations

from fractions import Fraction as Q
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from derivatives import along, ball, length, points
from hypothesis import given, settings

from retrodict.maps.continuous import GenerativeMap, NoCertificateError
from retrodict.maps.continuous.blocks import block_certificate
from retrodict.maps.continuous.generative_map import chain, vector
from retrodict.maps.user import from_equinox, from_onnx
from retrodict.maps.user.layers import Layer, Sum, Units, affine, network

eqx = pytest.importorskip("equinox")
jax = pytest.importorskip("jax")
onnx = pytest.importorskip("onnx")
reference = pytest.importorskip("onnx.reference")

RNG = np.random.default_rng(0)
SKEW = np.array([[1.0, 0.25], [-0.5, 1.0]])


def weights(*shape: int, scale: float = 0.25) -> np.ndarray:
    return np.round(RNG.normal(size=shape) * scale * 64) / 64  # few bits, so that single precision is exact


def linear(rows: int, columns: int, scale: float = 0.25) -> Layer:
    return affine(weights(rows, columns, scale=scale), weights(rows), "layer")


# i-ResNet with a branch of two rows of units, leaky layers, a sum of two branches, a bent skip, units first
NETWORKS = {
    "mlp": [linear(6, 2), Units("tanh"), linear(2, 6)],
    "residual": [Sum((), (linear(4, 2, 0.1), Units("softplus_plain"), linear(2, 4, 0.1)))],
    "deep residual": [Sum((), (linear(3, 2, 0.1), Units("sin"), linear(4, 3), Units("tanh"), linear(2, 4, 0.1)))],
    "leaky": [affine(SKEW, None, "skew"), Units("relu", Q(1, 4)), affine(SKEW, [1, 2], "skew")],
    "two branches": [Sum((affine(SKEW, None, "skew"), Units("tanh"), linear(2, 2)), (linear(2, 2), Units("sin")))],
    "skip": [Sum((affine(SKEW, [1, 0], "skew"),), (linear(5, 2, 0.1), Units("sigmoid"), linear(2, 5, 0.1)))],
    "nested": [linear(2, 2), Sum((Units("tanh"),), (linear(3, 2), Sum((), (Units("sin"),)), linear(2, 3)))],
}


def value(layers: Any, z: np.ndarray) -> np.ndarray:
    """The definition: what the layers do to one row of doubles."""
    from retrodict.maps.continuous import ACTIVATIONS

    for layer in layers:
        if isinstance(layer, Units):
            s = float(layer.slope)
            z = s * z + (1 - s) * ACTIVATIONS[layer.activation].value(z)
        elif isinstance(layer, Sum):
            z = value(layer.one, z) + value(layer.other, z)
        else:
            z = np.array(layer.rows, dtype=float) @ z + np.array(layer.offset, dtype=float)
    return z


@pytest.mark.parametrize("name", NETWORKS)
def test_networks_are_what_their_layers_do(name: str) -> None:
    g = network(name, NETWORKS[name], 2)
    for z in RNG.normal(size=(5, 2)):
        assert np.allclose(g(z), value(NETWORKS[name], z), atol=1e-14)
    assert len(g.blocks) == {"mlp": 2, "residual": 1, "skip": 1}.get(name, len(g.blocks))


@pytest.mark.parametrize("name", [name for name in NETWORKS if name != "leaky"])
@settings(deadline=None, max_examples=15)
@given(z=points(2), v=points(2))
def test_constants_of_networks_hold(name: str, z: list[Q], v: list[Q]) -> None:
    g, step = network(name, NETWORKS[name], 2), length([ball(a) for a in v])
    M, M2, M3 = g.certificate.require("M", "M2", "M3")
    first, second, third = ([series[k] for series in along(g, z, v, 3)] for k in (1, 2, 3))
    assert not length(first) > M * step
    assert not length(first) < g.certificate.m.value * step
    assert not 2 * length(second) > M2 * step * step
    assert not 6 * length(third) > M3 * step * step * step
    at, along_v = (vector(*map(ball, values)) for values in (z, v))
    assert all(a.overlaps(b) for a, b in zip(first, g.jvp(at, along_v), strict=True))
    assert (g.jvp(at, along_v) @ at).overlaps(g.vjp(at, at) @ along_v)


@pytest.mark.parametrize("name", ["residual", "deep residual", "leaky", "skip"])
def test_invertible_networks_are_certified(name: str) -> None:
    assert network(name, NETWORKS[name]).certificate.require("m")[0] > 0


def test_leaky_layers_have_the_product_of_their_slopes_and_values() -> None:
    g = network("leaky", NETWORKS["leaky"])
    least = np.linalg.svd(SKEW)[1][-1] ** 2 / 4
    assert float(g.certificate.m.value.mid()) == pytest.approx(least)
    with pytest.raises(NoCertificateError, match="M2 is not bounded: ReLU has a kink at 0"):
        g.certificate.require("M2")


def test_sums_are_certified_where_their_blocks_are_not() -> None:
    g = network("deep residual", NETWORKS["deep residual"])
    parts = [block_certificate(part) for part in g.blocks]
    generic = parts[0]
    for part in parts[1:]:
        generic = chain(part, generic)
    assert generic.m.value == 0 < g.certificate.m.value


@pytest.mark.parametrize(
    "activation, exact",
    [(n, True) for n in ("relu", "tanh", "sigmoid", "softplus", "sin", "square", "leaky_relu", "slope")],
)
def test_equinox(activation: str, exact: bool) -> None:
    named = {"sin": jax.numpy.sin, "square": jax.numpy.square, "slope": partial(jax.nn.leaky_relu, negative_slope=0.5)}
    function = named.get(activation) or getattr(jax.nn, activation)
    mlp = eqx.nn.MLP(3, 3, width_size=5, depth=2, activation=function, key=jax.random.key(1))
    g = from_equinox(mlp, "mlp")
    z, v = (RNG.normal(size=(4, 3)).astype(np.float32) for _ in range(2))
    image, product = jax.vmap(lambda z, v: jax.jvp(mlp, (z,), (v,)))(z, v)
    back = jax.vmap(lambda z, v: jax.vjp(mlp, z)[1](v)[0])(z, v)
    z, v = z.astype(float), v.astype(float)
    for found, expected in ((g(z), image), (g.jvp(z, v), product), (g.vjp(z, v), back)):
        assert np.allclose(found, expected, rtol=1e-5, atol=1e-5)


def test_equinox_modules() -> None:
    key = jax.random.key(0)
    plain = eqx.nn.Linear(2, 2, use_bias=False, key=key)
    final = eqx.nn.MLP(2, 2, 3, 1, final_activation=jax.nn.sigmoid, key=key)
    parts = eqx.nn.Sequential([plain, eqx.nn.Lambda(jax.nn.tanh), eqx.nn.Identity(), final])
    g, z = from_equinox(parts), np.array([0.5, -2.0])
    assert np.allclose(g(z), parts(jax.numpy.asarray(z)), atol=1e-6)
    assert from_equinox(eqx.nn.MLP("scalar", "scalar", 3, 1, key=key)).dimension == 1


@pytest.mark.parametrize(
    "build, message",
    [
        (lambda k: eqx.nn.Conv1d(1, 1, 3, key=k), r"net is a Conv1d: must be an MLP, Linear, Sequential.*`load`"),
        (lambda k: eqx.nn.MLP(2, 2, 3, 1, activation=jax.nn.silu, key=k), r"net.activation is 'silu': must be relu"),
        (lambda k: eqx.nn.Linear(2, 3, key=k), r"net takes 2 numbers and gives 3"),
        (
            lambda k: eqx.nn.Sequential([eqx.nn.Linear(2, 3, key=k), eqx.nn.Linear(2, 2, key=k)]),
            r"takes 2 numbers, but 3",
        ),
        (
            lambda k: eqx.tree_at(lambda m: m.weight, eqx.nn.Linear(2, 2, key=k), np.array([[1, np.nan], [0, 1]])),
            r"nan",
        ),
        (lambda k: eqx.nn.MLP(2, 2, 3, 3, scan=True, key=k), r"net.layers\[1\].weight has shape \(2, 3, 3\)"),
        (lambda k: eqx.nn.Lambda(jax.nn.tanh), r"net: no layer says how many inputs there are"),
    ],
)
def test_wrong_modules_say_what_is_wrong(build: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        from_equinox(build(jax.random.key(0)), "net")


def graph(path: Path, nodes: list[Any], constants: dict[str, Any], shape: list[Any] | None = None) -> str:
    """An ONNX file with input x and output y."""
    helper, kinds = (
        onnx.helper,
        {np.dtype("float32"): onnx.TensorProto.FLOAT, np.dtype("float64"): onnx.TensorProto.DOUBLE},
    )
    kind = next((kinds[np.asarray(c).dtype] for c in constants.values()), onnx.TensorProto.FLOAT)
    sides = [helper.make_tensor_value_info(name, kind, shape or ["n", 2]) for name in ("x", "y")]
    given = [onnx.numpy_helper.from_array(np.asarray(array), name) for name, array in constants.items()]
    made = helper.make_graph(nodes, "g", sides[:1], sides[1:], given)
    onnx.save(helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)]), str(path))
    return str(path)


def node(kind: str, inputs: str, output: str, **options: Any) -> Any:
    return onnx.helper.make_node(kind, inputs.split(), [output], name=output, **options)


GRAPHS = {
    "gemm": (
        [node("Gemm", "x V b", "h", transB=1, alpha=0.5, beta=2.0), node("Tanh", "h", "t"), node("MatMul", "t U", "y")]
    ),
    "residual": [
        *(node("Gemm", "x V b", "h", transB=1), node("Softplus", "h", "t"), node("MatMul", "t U", "r")),
        *(node("Add", "r c", "s"), node("Identity", "x", "i"), node("Add", "s i", "y")),
    ],
    "leaky": [node("MatMul", "x A", "h"), node("LeakyRelu", "h", "t", alpha=0.25), node("Add", "t one", "y")],
    "branches": [
        *(node("Sin", "x", "a"), node("Relu", "a", "p"), node("Sigmoid", "a", "q")),
        *(node("Add", "q c", "qc"), node("Add", "qc p", "y")),
    ],
}
CONSTANTS = {"V": weights(4, 2), "b": weights(4), "U": weights(4, 2), "c": weights(2), "A": SKEW, "one": np.array(0.5)}


@pytest.mark.parametrize("kind", ["float32", "float64"])
@pytest.mark.parametrize("name", GRAPHS)
def test_onnx(name: str, kind: str, tmp_path: Path) -> None:
    used = {one for part in GRAPHS[name] for one in part.input}
    constants = {key: value.astype(kind) for key, value in CONSTANTS.items() if key in used}
    path = graph(tmp_path / "net.onnx", GRAPHS[name], constants or {"unused": np.zeros(1, kind)})
    g, z = from_onnx(path), RNG.normal(size=(6, 2)).astype(kind)
    (expected,) = reference.ReferenceEvaluator(path).run(None, {"x": z})
    assert np.allclose(g(z.astype(float)), expected, rtol=1e-5, atol=1e-6 if kind == "float32" else 1e-13)
    assert g.name == path


def test_a_residual_graph_is_one_block(tmp_path: Path) -> None:
    constants = {key: CONSTANTS[key].astype("float32") for key in "VbUc"}
    g = from_onnx(graph(tmp_path / "net.onnx", GRAPHS["residual"], constants))
    assert [part.width for part in g.blocks] == [4]
    assert isinstance(g, GenerativeMap)


@pytest.mark.parametrize(
    "nodes, constants, message",
    [
        ([node("Cos", "x", "y")], {}, r"net.onnx: node y \(Cos\) is not among Gemm, MatMul.*`load`"),
        (
            [node("MatMul", "A x", "y")],
            {"A": SKEW},
            r"node y \(MatMul\) must act on what comes from the input, from the left",
        ),
        ([node("Gemm", "x A", "y", transA=1)], {"A": SKEW}, r"transA = 1: must be 0"),
        ([node("MatMul", "x A", "y")], {"A": np.ones((2, 3))}, r"takes 2 numbers and gives 3"),
        ([node("MatMul", "x A", "y")], {"A": np.ones((3, 3))}, r"a layer takes 3 numbers, but 2 come in"),
        ([node("MatMul", "x A", "y")], {"A": np.array([[1, np.inf], [0, 1]])}, r"weight\[1, 0\] = inf: must be finite"),
        ([node("Add", "x A", "y")], {"A": np.ones((2, 2))}, r"the constant has shape \(2, 2\): must be one row of 2"),
        ([node("LeakyRelu", "x", "y", alpha=2.0)], {}, r"alpha = 2.0: must lie in \[0, 1\)"),
        ([node("Add", "A A", "y")], {"A": np.ones(2)}, r"adds constants only"),
        ([node("Constant", "", "y", value_float=1.0)], {}, r"Constant"),
    ],
)
def test_wrong_graphs_say_what_is_wrong(
    nodes: list[Any], constants: dict[str, Any], message: str, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match=message):
        from_onnx(graph(tmp_path / "net.onnx", nodes, constants))


def test_a_file_that_is_no_model(tmp_path: Path) -> None:
    path = tmp_path / "broken.onnx"
    path.write_bytes(b"\x08\x07 not a model")
    with pytest.raises(ValueError, match=r"broken.onnx: not a valid ONNX model"):
        from_onnx(path)
