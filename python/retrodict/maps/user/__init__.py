"""A user's own map: a function written with jax, a network in an ONNX file, a module of Equinox.

Networks become blocks, and what can be certified of them is. A function has no certificate: `estimate` samples.
"""

from retrodict.maps.user.equinox_modules import from_equinox
from retrodict.maps.user.estimates import Estimate, Estimates, estimate
from retrodict.maps.user.functions import load, wrap
from retrodict.maps.user.onnx_graph import from_onnx

__all__ = ["Estimate", "Estimates", "estimate", "from_equinox", "from_onnx", "load", "wrap"]
