"""Generative maps and their encoders, compared by capacity.

`retrodict.compare` is the function of this name; the modules of this package are imported by their full path.
"""

from retrodict.compare.files import latex, write
from retrodict.compare.pairs import Pair, Span, pairs
from retrodict.compare.rows import DEFAULT_MAPS, Row, compare, maps_list, measures_list

__all__ = ["DEFAULT_MAPS", "Pair", "Row", "Span", "compare", "latex", "maps_list", "measures_list", "pairs", "write"]
