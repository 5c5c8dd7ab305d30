"""Generative maps of real causes, with the constants that the theorems of strong invertibility ask for."""

from retrodict.maps.continuous.composition import compose
from retrodict.maps.continuous.coupling import coupling
from retrodict.maps.continuous.families import fold, linear, reflection, residual, sines
from retrodict.maps.continuous.generative_map import Certificate, Constant, GenerativeMap, NoCertificateError

__all__ = [
    "Certificate",
    "Constant",
    "GenerativeMap",
    "NoCertificateError",
    "compose",
    "coupling",
    "fold",
    "linear",
    "reflection",
    "residual",
    "sines",
]
