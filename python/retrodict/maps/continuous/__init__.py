"""Generative maps of real causes, with the constants that the theorems of strong invertibility ask for."""

from retrodict.maps.continuous.activations import ACTIVATIONS, Activation
from retrodict.maps.continuous.blocks import Block, block
from retrodict.maps.continuous.composition import compose
from retrodict.maps.continuous.constants import Certificate, Constant, NoCertificateError
from retrodict.maps.continuous.coupling import coupling
from retrodict.maps.continuous.families import fold, linear, reflection, residual, sines
from retrodict.maps.continuous.generative_map import GenerativeMap, stack
from retrodict.maps.continuous.matrix import Matrix

__all__ = [
    "ACTIVATIONS",
    "Activation",
    "Block",
    "Certificate",
    "Constant",
    "GenerativeMap",
    "Matrix",
    "NoCertificateError",
    "block",
    "compose",
    "coupling",
    "fold",
    "linear",
    "reflection",
    "residual",
    "sines",
    "stack",
]
