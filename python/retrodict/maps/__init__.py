"""Generative maps, one family a file. `parse` goes from a name or a path to a `BooleanMap`."""

from retrodict.maps.boolean_map import MAX_INPUTS, MAX_OUTPUTS, BooleanMap
from retrodict.maps.names import EXAMPLES, FAMILIES, parse, read

__all__ = ["EXAMPLES", "FAMILIES", "MAX_INPUTS", "MAX_OUTPUTS", "BooleanMap", "parse", "read"]
