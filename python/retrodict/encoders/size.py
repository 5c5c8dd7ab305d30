"""How large an encoder is, counted on its network; and a bound on that from the constants of its proof.

A parameter is a number of the network other than 0, 1 and -1; a variance is one. Tied, the weights of G are counted
once however often they are used; untied, every layer has its own, and so have the transposed ones.

A gate is a multiplication of one number by a parameter, an addition or subtraction of two, an activation or its
derivative at a number, or a product of two numbers. Written with squares, a product is 6 gates: a + b, a - b, two
squares, a difference and a factor 1/4. The noise of a Gaussian layer is no gate.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flint import arb, ctx

from retrodict.encoders.extension import curvatures
from retrodict.encoders.guarantee import BITS, Guarantee
from retrodict.encoders.network import forward_layers, network
from retrodict.encoders.unrolled import UnrolledEncoder
from retrodict.maps.continuous import GenerativeMap
from retrodict.maps.continuous.line import real

__all__ = ["Size", "gates_of_map", "parameters_of_map", "size", "untied_bound"]

SQUARES = 6  # gates of a product
FREE = ("0", "1", "-1")  # no parameters, and multiplying by them takes no gate

Layer = Mapping[str, Any]


@dataclass(frozen=True)
class Size:
    """Sizes of an encoder; each counts something else, and none stands for another.

    Parameters
    ----------
    steps : int
        Layers of the deep latent Gaussian.
    depth_of_step, depth : int
        The longest chain of layers of the network in a Langevin step, and from x to the end.
    map_parameters, map_gates : int
        Of G.
    tied_parameters, untied_parameters : int
    step_gates : int
        Of a Langevin step, or of a descent step if there are none.
    gates, gates_in_squares : int
        Of all steps; and with each product written with squares.
    """

    steps: int
    depth_of_step: int
    depth: int
    map_parameters: int
    map_gates: int
    tied_parameters: int
    untied_parameters: int
    step_gates: int
    gates: int
    gates_in_squares: int


def size(encoder: UnrolledEncoder) -> Size:
    """The sizes of an encoder.

    >>> from fractions import Fraction
    >>> from retrodict.maps.continuous import residual
    >>> half = Fraction(1, 2)
    >>> e = UnrolledEncoder(residual(half, [[1]]), half, 10, Fraction(1, 4), Fraction(0), 5, Fraction(1, 100))
    >>> found = size(e)
    >>> found.map_parameters, found.tied_parameters, found.untied_parameters  # a; and s, 1 - eta, eta / beta^2, 2 eta
    (1, 5, 55)
    >>> found.map_gates, found.step_gates  # sin w, a times it, + z; twice that and cos, product, - x, and the step
    (3, 11)
    """
    net = network(encoder)
    sections, d = net["sections"], net["dimension"]
    counted = [_count(section["layers"], net["matrices"], d) for section in sections]
    repeats = [section["repeat"] for section in sections]
    own = sum(_scalars(section["layers"]) for section in sections)
    gates = sum(n * _gates(count) for n, count in zip(repeats, counted, strict=True))
    products = sum(n * count["product"] for n, count in zip(repeats, counted, strict=True))
    steps = [i for i, section in enumerate(sections) if len(section["layers"]) > 1]
    depths = [_depth(section["layers"]) for section in sections]
    return Size(
        steps=encoder.depth,
        depth_of_step=depths[steps[-1]] if steps else 0,
        depth=sum(n * depth for n, depth in zip(repeats, depths, strict=True)),
        map_parameters=parameters_of_map(encoder.generator),
        map_gates=gates_of_map(encoder.generator),
        tied_parameters=parameters_of_map(encoder.generator) + own,
        untied_parameters=sum(n * count["parameter"] for n, count in zip(repeats, counted, strict=True)),
        step_gates=_gates(counted[steps[-1]]) if steps else 0,
        gates=gates,
        gates_in_squares=gates + (SQUARES - 1) * products,
    )


def parameters_of_map(g: GenerativeMap) -> int:
    """N, the parameters of G: entries of its matrices and shifts other than 0, 1 and -1."""
    rows: list[Sequence[Any]] = [
        row for f in g.blocks for a in (f.skip, f.out, f.inner) if a is not None for row in a.exact.tolist()
    ]
    rows += [shift for f in g.blocks for shift in (f.shift, f.offset)]
    return sum(str(entry) not in FREE for row in rows for entry in row)


def gates_of_map(g: GenerativeMap) -> int:
    """The gates of G."""
    matrices = {
        f"{letter}{i}": [[str(entry) for entry in row] for row in a.exact.tolist()]
        for i, f in enumerate(g.blocks, 1)
        for letter, a in (("A", f.skip), ("B", f.out), ("C", f.inner))
        if a is not None
    }
    return _gates(_count(forward_layers(g), matrices, g.dimension))


def untied_bound(guarantee: Guarantee) -> Any:
    r"""An upper bound on the untied parameters from d, N, beta, eps, t and the constants of G, a ball.

    With the share k of m^2 that is kept and kappa = (M^2 + (17/4 - 2 k) m^2) / (k m^2), at least Lambda / alpha for all
    beta,

        N' <= (2 N + 3) (3 + T + K),
        T = (2.01 L / m^2) log(X sqrt(Lambda) / m),    L = M^2 + M2 X,    X = (M + beta) (sqrt(d) + t),
        K = (21/4) d (kappa / eps)^2 log(5 (d (1 + log kappa) / 2 + 1 + kappa Z^2 / alpha) / eps^2),

    where Lambda is O(1 / beta^2) and alpha is at least k m^2 / beta^2: beta enters through logarithms only. From
    -log(1 - u) >= u, Lambda h^2 <= 2 + 2 kappa Z^2 / alpha, and steps that are rounded down by less than 2^-11.
    """
    c, d, eps = guarantee.constants, guarantee.encoder.generator.dimension, guarantee.eps
    with ctx.workprec(BITS):
        m, M, keep = c["m"], c["M"], c["keep"]
        kappa = (M * M + (arb(17) / 4 - 2 * keep) * m * m) / (keep * m * m)
        alpha, Lambda = curvatures(m, M, keep, c["beta"])
        descent = arb(201) / 100 * c["L"] / (m * m) * (c["X"] * Lambda.sqrt() / m).log()
        start = d * (1 + kappa.log()) / 2 + 1 + kappa * c["Z"] * c["Z"] / alpha
        error = real(eps, "eps")
        langevin = arb(21) / 4 * d * (kappa / error) ** 2 * (5 * start / (error * error)).log()
        return (2 * parameters_of_map(guarantee.encoder.generator) + 3) * (3 + descent + langevin)


def _count(layers: Sequence[Layer], matrices: Mapping[str, Any], d: int) -> Counter[str]:
    """Gates by kind, and parameters, of one pass through the layers."""
    found: Counter[str] = Counter()
    widths = {layer["to"]: len(layer["functions"]) for layer in layers if layer["kind"] == "activation"}
    for layer in layers:
        if layer["kind"] == "affine":
            summands: Counter[int] = Counter()  # of each entry of the sum
            for term in layer["terms"]:
                entries = _entries(term, matrices, d)
                summands.update(row for row, _ in entries)
                found["scaling"] += sum(weight not in FREE for _, weight in entries)
                weights = [term["scale"]] if "scale" in term else [weight for _, weight in entries]
                found["parameter"] += sum(weight not in FREE for weight in weights)
            shift = [(row, weight) for row, weight in enumerate(layer.get("shift", ())) if weight != "0"]
            summands.update(row for row, _ in shift)
            found["parameter"] += sum(weight not in FREE for _, weight in shift)
            found["addition"] += sum(count - 1 for count in summands.values())
        elif layer["kind"] == "activation":
            found["activation"] += widths[layer["to"]]
        elif layer["kind"] == "product":
            found["product"] += widths[layer["from"][0]]
        else:
            found["parameter"] += layer["variance"] not in FREE
    return found


def _entries(term: Layer, matrices: Mapping[str, Any], d: int) -> list[tuple[int, str]]:
    """(row, weight) of each weight that is not 0."""
    if "scale" in term:
        return [(row, term["scale"]) for row in range(d) if term["scale"] != "0"]
    rows = matrices[term["matrix"]]
    pairs = [(i, j, weight) for i, row in enumerate(rows) for j, weight in enumerate(row) if weight != "0"]
    return [(j if term.get("transposed") else i, weight) for i, j, weight in pairs]


def _scalars(layers: Sequence[Layer]) -> int:
    """The parameters of a section that are not those of G."""
    scales = [term["scale"] for layer in layers for term in layer.get("terms", ()) if "scale" in term]
    return sum(number not in FREE for number in [*scales, *(one["variance"] for one in layers if "variance" in one)])


def _gates(count: Counter[str]) -> int:
    return count["scaling"] + count["addition"] + count["activation"] + count["product"]


def _depth(layers: Sequence[Layer]) -> int:
    """The longest chain of layers that ends in z."""
    length: Counter[str] = Counter()
    for layer in layers:
        sources = [term["from"] for term in layer["terms"]] if "terms" in layer else layer["from"]
        length[layer["to"]] = 1 + max(length[name] for name in ([sources] if isinstance(sources, str) else sources))
    return length["z"]
