"""Trained encoders: the smallest network that training finds, an upper bound on capacity and never a lower one.

Many widths and many seeds are trained in one compiled program, on the whole domain at every step. The forward map and
a random permutation are trained with the same budget, so that what is compared differs in the map alone.
"""

from retrodict.encoders.trained.checkpoint import CheckpointError
from retrodict.encoders.trained.comparison import Comparison, compared
from retrodict.encoders.trained.continuous import ContinuousTask
from retrodict.encoders.trained.curve import CapacityCurve, Point, capacity_curve
from retrodict.encoders.trained.export import as_equinox
from retrodict.encoders.trained.figure import capacity_figure
from retrodict.encoders.trained.finite import FiniteTask, control
from retrodict.encoders.trained.memory import estimate
from retrodict.encoders.trained.result import LABEL, SweepResult
from retrodict.encoders.trained.settings import Sweep
from retrodict.encoders.trained.size import FULL, QUICK, trained_size
from retrodict.encoders.trained.sweeps import Trained, train, train_networks

__all__ = [
    "FULL",
    "LABEL",
    "QUICK",
    "CapacityCurve",
    "CheckpointError",
    "Comparison",
    "ContinuousTask",
    "FiniteTask",
    "Point",
    "Sweep",
    "SweepResult",
    "Trained",
    "as_equinox",
    "capacity_curve",
    "capacity_figure",
    "compared",
    "control",
    "estimate",
    "train",
    "train_networks",
    "trained_size",
]
