"""Deep against shallow labelling on simulated hierarchies: trials, grids of them with intervals, and their figure."""

from retrodict.separation.figure import draw
from retrodict.separation.grid import Row, every_setting, rows_of
from retrodict.separation.interval import interval
from retrodict.separation.trials import METHODS, Layout, Setting, Trial, layout, seeds, trial, trials

__all__ = [
    "METHODS",
    "Layout",
    "Row",
    "Setting",
    "Trial",
    "draw",
    "every_setting",
    "interval",
    "layout",
    "rows_of",
    "seeds",
    "trial",
    "trials",
]
