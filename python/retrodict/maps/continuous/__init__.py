"""Generative maps of real causes, with the constants that the theorems of strong invertibility ask for."""

from retrodict.maps.continuous.activations import ACTIVATIONS, Activation
from retrodict.maps.continuous.blocks import Block, block
from retrodict.maps.continuous.composition import compose
from retrodict.maps.continuous.constants import Certificate, Constant, NoCertificateError
from retrodict.maps.continuous.coupling import coupling
from retrodict.maps.continuous.families import fold, linear, mixing, reflection, residual, ripple, sines, spread
from retrodict.maps.continuous.folded import projection, tent
from retrodict.maps.continuous.generative_map import GenerativeMap, stack
from retrodict.maps.continuous.layered import leaky, resnet
from retrodict.maps.continuous.matrix import Matrix
from retrodict.maps.continuous.names import CONTINUOUS, parse_continuous
from retrodict.maps.continuous.pooled import conv, pooling

__all__ = [
    "ACTIVATIONS",
    "CONTINUOUS",
    "Activation",
    "Block",
    "Certificate",
    "Constant",
    "GenerativeMap",
    "Matrix",
    "NoCertificateError",
    "block",
    "compose",
    "conv",
    "coupling",
    "fold",
    "leaky",
    "linear",
    "mixing",
    "parse_continuous",
    "pooling",
    "projection",
    "reflection",
    "residual",
    "resnet",
    "ripple",
    "sines",
    "spread",
    "stack",
    "tent",
]
