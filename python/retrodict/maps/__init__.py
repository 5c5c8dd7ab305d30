"""Generative maps, one family a file. `parse` goes from a name or a path to a `BooleanMap`, `parse_any` to any map."""

from retrodict.maps.any_name import REAL_EXAMPLES, AnyMap, parse_any
from retrodict.maps.boolean_map import MAX_INPUTS, MAX_OUTPUTS, BooleanMap
from retrodict.maps.names import EXAMPLES, FAMILIES, parse, read
from retrodict.maps.sign_maps import SignGenerator, TiltedSignGenerator

__all__ = [
    "EXAMPLES",
    "FAMILIES",
    "MAX_INPUTS",
    "MAX_OUTPUTS",
    "REAL_EXAMPLES",
    "AnyMap",
    "BooleanMap",
    "SignGenerator",
    "TiltedSignGenerator",
    "parse",
    "parse_any",
    "read",
]
