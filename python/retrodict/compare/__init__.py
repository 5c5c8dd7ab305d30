"""Generative maps and their encoders, compared by capacity.

`retrodict.compare` is the function of this name, which hides the package: import from it, as in
`from retrodict.compare import pairs, write`, for `import retrodict.compare as package` gives the function too.
"""

from retrodict.compare.cells import Row
from retrodict.compare.files import latex, scaling_json, write, write_scaling
from retrodict.compare.headline import Drawn, headline
from retrodict.compare.headline_files import headline_json, write_headline
from retrodict.compare.pairs import Pair, Span, pairs
from retrodict.compare.rows import DEFAULT_MAPS, compare, maps_list, measures_list, stream
from retrodict.compare.scaling import SCALING_MEASURES, Curve, Member, curves, members, scaling, sizes_of
from retrodict.compare.store import CellStore

__all__ = [
    "DEFAULT_MAPS",
    "SCALING_MEASURES",
    "CellStore",
    "Curve",
    "Drawn",
    "Member",
    "Pair",
    "Row",
    "Span",
    "compare",
    "curves",
    "headline",
    "headline_json",
    "latex",
    "maps_list",
    "measures_list",
    "members",
    "pairs",
    "scaling",
    "scaling_json",
    "sizes_of",
    "stream",
    "write",
    "write_headline",
    "write_scaling",
]
