"""Size of the encoder that `retrodict.encoders.guarantee` constructs for a strongly invertible map.

An upper bound on what an encoder needs, proved: gradient descent, then Langevin steps, whose law is within eps of the
posterior in total variation for all observations but a set of probability 1/100. The proof uses a theorem of Vempala
and Wibisono (2019), recalled. Sizes are counted on the network (`retrodict.encoders.size`): parameters with weights of
their own for every step (untied) or with those of G shared by all (tied), gates, and the longest chain of layers. It
is a polynomial in d, 1/beta and 1/eps times the size of G for the untied one; the tied one is about that of G, whatever
beta and eps. Forward the same is counted on G.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import partial

from retrodict.capacity.measure import Bound, ContinuousMeasure, NoValueError, RealMap, Setting, of_blocks
from retrodict.encoders.guarantee import Guarantee, NoGuaranteeError, construct
from retrodict.encoders.network import forward_layers
from retrodict.encoders.size import Size, gates_of_map, parameters_of_map, size
from retrodict.maps.continuous import GenerativeMap

__all__ = ["DEPTH", "GATES", "TIED", "UNTIED", "encoder", "known_network"]

FAILURE = Fraction(1, 100)


def encoder(g: RealMap, setting: Setting) -> tuple[Guarantee, Size]:
    """The encoder with its proof, and its sizes.

    Raises
    ------
    NoCertificateError
        Where the map lacks a constant, with the reason and what would help.
    NoValueError
        Where beta is too large for the proof, with the largest one found.

    >>> from retrodict.maps import parse_any
    >>> encoder(parse_any("linear:d=1,m=1,M=1"), Setting("0.001", "0.1"))[1].tied_parameters
    4
    """
    try:
        found = construct(known_network(g), setting.beta, setting.eps, FAILURE)
    except NoGuaranteeError as error:
        raise NoValueError(str(error)) from None
    return found, size(found.encoder)


def known_network(g: RealMap) -> GenerativeMap:
    """The map, if it is made of blocks.

    >>> from retrodict.maps import parse_any
    >>> known_network(parse_any("fold")).name
    'fold'
    """
    h = of_blocks(g)
    if not h.blocks:
        raise NoValueError("its network is not known: only maps made of blocks")
    return h


def _encoder(count: Callable[[Size], int], g: RealMap, setting: Setting) -> tuple[Bound, ...]:
    found, sizes = encoder(g, setting)
    steps = f"{found.encoder.descent_steps} descent and {found.encoder.langevin_steps} Langevin steps"
    return (Bound("upper", count(sizes), f"proved for all x but a set of probability {FAILURE}: {steps}"),)


def _forward(count: Callable[[GenerativeMap], int], g: RealMap, _: Setting) -> tuple[Bound, ...]:
    return (Bound("upper", count(known_network(g)), "of the network that gives G"),)


def _depth(g: GenerativeMap) -> int:
    """The longest chain of layers of the network of G.

    >>> from retrodict.maps import parse_any
    >>> _depth(parse_any("residual:d=2,a=1/2")), _depth(parse_any("linear:d=2,m=1,M=2"))
    (3, 1)
    """
    length: dict[str, int] = {}
    for layer in forward_layers(g):
        sources = [term["from"] for term in layer["terms"]] if "terms" in layer else [layer["from"]]
        length[layer["to"]] = 1 + max(length.get(name, 0) for name in sources)
    return length["error"]


def _measure(
    name: str, unit: str, about: str, of_map: Callable[[GenerativeMap], int], of_size: Callable[[Size], int]
) -> ContinuousMeasure:
    return ContinuousMeasure(name, unit, about, partial(_forward, of_map), partial(_encoder, of_size))


UNTIED = _measure(
    "unrolled_untied",
    "parameters",
    "parameters of the constructed encoder, each step with weights of its own",
    parameters_of_map,
    lambda sizes: sizes.untied_parameters,
)
TIED = _measure(
    "unrolled_tied",
    "parameters",
    "parameters of the constructed encoder, all steps with the weights of the map",
    parameters_of_map,
    lambda sizes: sizes.tied_parameters,
)
GATES = _measure("unrolled_gates", "gates", "gates of the constructed encoder", gates_of_map, lambda sizes: sizes.gates)
DEPTH = _measure("unrolled_depth", "layers", "depth of the constructed encoder", _depth, lambda sizes: sizes.depth)
