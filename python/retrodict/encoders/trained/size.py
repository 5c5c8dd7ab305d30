"""The trained size of a map or of its encoder: a sweep, kept in a folder, and its smallest good network."""

from __future__ import annotations

import re
from pathlib import Path

from retrodict.encoders.trained.checkpoint import CheckpointError
from retrodict.encoders.trained.continuous import ContinuousTask, continuous_table
from retrodict.encoders.trained.curve import CapacityCurve, Metric, capacity_curve
from retrodict.encoders.trained.finite import FiniteTask, finite_table
from retrodict.encoders.trained.result import SweepResult
from retrodict.encoders.trained.settings import Sweep
from retrodict.encoders.trained.sweeps import Progress, Task, fingerprint, train
from retrodict.files import replacing
from retrodict.maps import BooleanMap
from retrodict.maps.continuous import GenerativeMap

__all__ = ["FULL", "QUICK", "kept", "task_of", "trained_size"]

QUICK = Sweep((2, 4, 8, 16, 32), range(5), depth=2, steps=1000)  # seconds for 6 to 8 bits
FULL = Sweep((2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64), range(10), depth=2, steps=5000)  # minutes
COMPONENTS = 2


def task_of(f: BooleanMap | GenerativeMap | Task, direction: str = "encoder", beta: float = 0.0) -> Task:
    """What is learned of a map: of a finite one independent bits, of a continuous one a mixture of two Gaussians.

    A task stands for itself, whatever the direction and beta.
    """
    if isinstance(f, FiniteTask | ContinuousTask):
        return f
    if direction not in ("encoder", "forward"):
        raise ValueError(f"direction = {direction!r}: must be encoder or forward")
    if isinstance(f, BooleanMap):
        return FiniteTask(f, direction, beta if direction == "encoder" else 0.0)  # type: ignore[arg-type]
    return ContinuousTask(f, direction, beta, components=COMPONENTS)  # type: ignore[arg-type]


def trained_size(
    f: BooleanMap | GenerativeMap | Task,
    direction: str,
    eps: float,
    *,
    beta: float = 0.0,
    budget: Sweep = QUICK,
    metric: Metric = "tv",
    folder: str | Path | None = None,
    memory_limit: int | None = None,
    progress: Progress | None = None,
) -> CapacityCurve:
    """The smallest network of a budget that comes within a tolerance: an upper bound on capacity.

    Parameters
    ----------
    f : BooleanMap, GenerativeMap, FiniteTask or ContinuousTask
        See `task_of`; a task has its own direction and beta.
    direction : "encoder" or "forward"
    eps : float
        Of the metric.
    beta : float
        Noise: 0 or more of a finite map's posterior, positive for a continuous map.
    budget : Sweep
        What to train: QUICK takes seconds, FULL minutes. It is fixed work and no time, so that the machine does not
        change the result.
    metric : "tv", "worst_tv" or "kl"
    folder : path, optional
        Where results are kept and looked up, and from where an interrupted sweep goes on.
    memory_limit, progress
        As of `train`.

    Returns
    -------
    CapacityCurve
        Whose `parameters` is None where no network came within eps.

    Examples
    --------
    >>> from retrodict.maps import parse
    >>> small = Sweep((1, 2, 4), range(3), depth=1, steps=200, learning_rate=0.1)
    >>> trained_size(parse("gray:n=2"), "encoder", 0.2, budget=small).width
    2
    """
    task = task_of(f, direction, beta)
    result = kept(task, budget, folder, memory_limit=memory_limit, progress=progress)
    return capacity_curve(result, eps, metric)


def kept(
    task: Task,
    sweep: Sweep,
    folder: str | Path | None,
    *,
    memory_limit: int | None = None,
    progress: Progress | None = None,
) -> SweepResult:
    """The result of a sweep, from the folder if it is there, else trained, with checkpoints, and put there.

    Raises
    ------
    CheckpointError
        For a kept file that is damaged.
    """
    if folder is None:
        return train(task, sweep, memory_limit=memory_limit, progress=progress)
    table = finite_table(task) if isinstance(task, FiniteTask) else continuous_table(task)
    mark = fingerprint(task, sweep, table)
    path = Path(folder) / f"{re.sub(r'[^A-Za-z0-9.=-]+', '_', task.label)}-{mark[:16]}.json"
    if path.exists():
        try:
            result = SweepResult.from_json(path.read_text())
        except (ValueError, TypeError) as error:
            raise CheckpointError(f"{path}: {error}; remove it to train again") from None
        if result.fingerprint != mark:
            raise CheckpointError(f"{path}: the result of another sweep; remove it to train again")
        return result
    state = path.with_suffix(".npz")
    result = train(task, sweep, checkpoint=state, memory_limit=memory_limit, progress=progress)
    with replacing(path) as draft:
        draft.write_text(result.to_json())
    state.unlink(missing_ok=True)
    return result
