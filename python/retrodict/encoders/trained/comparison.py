"""A map, its encoder and a control, trained with the same budget."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from retrodict.encoders.trained.finite import FiniteTask, control
from retrodict.encoders.trained.result import SweepResult
from retrodict.encoders.trained.settings import Sweep
from retrodict.encoders.trained.size import kept, task_of
from retrodict.encoders.trained.sweeps import Progress, Task
from retrodict.maps import BooleanMap
from retrodict.maps.continuous import GenerativeMap

__all__ = ["Comparison", "compared"]


@dataclass(frozen=True, eq=False)
class Comparison:
    """Three sweeps of one budget. The control is the encoder of a random permutation of as many bits; a continuous map
    has none."""

    encoder: SweepResult
    forward: SweepResult
    control: SweepResult | None


def compared(
    f: BooleanMap | GenerativeMap | Task,
    sweep: Sweep,
    *,
    control_seed: int,
    beta: float = 0.0,
    folder: str | Path | None = None,
    memory_limit: int | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """Train the encoder of a map, its forward map and the control: nothing differs but the table that is learned.

    Parameters
    ----------
    f : BooleanMap, GenerativeMap, FiniteTask or ContinuousTask
        See `task_of`; of a task its encoder.
    sweep : Sweep
    control_seed : int
        Of the random permutation.
    beta : float
        Noise: 0 or more of a finite map's posterior, positive for a continuous map.
    folder, memory_limit, progress
        As of `trained_size`.

    Examples
    --------
    >>> from retrodict.maps import parse
    >>> found = compared(parse("gray:n=2"), Sweep([1, 4], [0], depth=1, steps=10), control_seed=0)
    >>> found.encoder.label, found.forward.label, found.control.label
    ('gray:n=2, encoder', 'gray:n=2, forward', 'perm:n=2,seed=0, encoder')
    """
    encoder = replace(task_of(f, "encoder", beta), direction="encoder")
    tasks = [encoder]
    if isinstance(encoder, FiniteTask):
        tasks += [replace(encoder, direction="forward", beta=0.0), control(encoder, control_seed)]
    else:
        tasks += [replace(encoder, direction="forward")]
    found = [kept(task, sweep, folder, memory_limit=memory_limit, progress=progress) for task in tasks]
    return Comparison(found[0], found[1], found[2] if len(found) == 3 else None)
