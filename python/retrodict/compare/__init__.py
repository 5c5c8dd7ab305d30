"""Generative maps and their encoders, compared by capacity.

`retrodict.compare` is the function of this name, which hides the package: import from it, as in
`from retrodict.compare import pairs, write`, for `import retrodict.compare as package` gives the function too.
"""

from retrodict.compare.files import latex, write
from retrodict.compare.pairs import Pair, Span, pairs
from retrodict.compare.rows import DEFAULT_MAPS, Row, compare, maps_list, measures_list

__all__ = ["DEFAULT_MAPS", "Pair", "Row", "Span", "compare", "latex", "maps_list", "measures_list", "pairs", "write"]
