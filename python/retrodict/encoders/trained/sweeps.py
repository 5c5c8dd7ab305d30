"""A sweep from its settings to its result, with checkpoints on the way."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from retrodict.encoders.trained import checkpoint as disk
from retrodict.encoders.trained.continuous import ContinuousTask, continuous_table, refined
from retrodict.encoders.trained.evaluation import judge, own_parameters
from retrodict.encoders.trained.finite import FiniteTask, finite_table
from retrodict.encoders.trained.memory import require
from retrodict.encoders.trained.network import Parameters, parameter_count
from retrodict.encoders.trained.result import SweepResult
from retrodict.encoders.trained.settings import Sweep, integer

__all__ = ["Progress", "Task", "Trained", "fingerprint", "train", "train_networks"]

Progress = Callable[[int, int, str], None]
Task = FiniteTask | ContinuousTask
BY_ENUMERATION = "computed in doubles by enumeration of the whole domain"
ON_GRIDS = "computed in doubles on grids twice as fine as those of training"


def train(
    task: Task,
    sweep: Sweep,
    *,
    checkpoint: str | Path | None = None,
    every: int = 100,
    memory_limit: int | None = None,
    progress: Progress | None = None,
) -> SweepResult:
    """Train a network of every width from every seed, all in one program, and say how good each is.

    Training is in single precision on the device that JAX finds; the values are computed in doubles from the trained
    parameters. The same arguments give the same bytes on the same machine, whether or not the sweep was interrupted.

    Parameters
    ----------
    task : FiniteTask or ContinuousTask
        What is learned.
    sweep : Sweep
        How.
    checkpoint : path, optional
        A file that is written every `every` steps, and from which an interrupted sweep goes on.
    every : int
        Steps between checkpoints; Ctrl-C is heard, and `progress` called, as often.
    memory_limit : int, optional
        Bytes; by default what the system says is free.
    progress : callable, optional
        Called as `progress(steps done, steps, what)`.

    Raises
    ------
    ImportError
        Without JAX, telling how to get it.
    MemoryError
        Before anything is allocated, for a sweep that is larger than memory, with the numbers and what to reduce.
    CheckpointError
        For a checkpoint that is not whole or belongs to another sweep, with the reason.

    Examples
    --------
    >>> from retrodict.maps import parse
    >>> task = FiniteTask(parse("gray:n=2"), "encoder")
    >>> result = train(task, Sweep([1, 4], seeds=[0, 1], depth=1, steps=300, learning_rate=0.1))
    >>> (result.tv[1] < 0.05).all()  # t_0 = s_0 + s_1 over GF(2) takes more than one unit
    np.True_
    """
    trained = train_networks(
        task, sweep, checkpoint=checkpoint, every=every, memory_limit=memory_limit, progress=progress
    )
    return trained.result


@dataclass(frozen=True, eq=False)
class Trained:
    """A result with the parameters of its networks, which are padded to the largest width."""

    task: Task
    sweep: Sweep
    padded: Parameters
    result: SweepResult

    def parameters(self, width: int, seed: int) -> Parameters:
        """Of one network, without padding: `stages[stage][layer] = (weight, bias)`, float32."""
        if (width, seed) not in self.sweep.pairs:
            raise ValueError(f"width = {width}, seed = {seed}: no network of this sweep")
        return own_parameters(self.task, self.sweep.depth, width, self.padded, self.sweep.pairs.index((width, seed)))


def train_networks(
    task: Task,
    sweep: Sweep,
    *,
    checkpoint: str | Path | None = None,
    every: int = 100,
    memory_limit: int | None = None,
    progress: Progress | None = None,
) -> Trained:
    """As `train`, with the trained parameters."""
    every = integer("every", every, 1, 1 << 30)
    require(task, sweep, memory_limit)
    from retrodict.encoders.trained import program  # needs JAX

    tell = progress or (lambda done, total, what: None)
    table = finite_table(task) if isinstance(task, FiniteTask) else continuous_table(task)
    mark, made_by = fingerprint(task, sweep, table), program.made_by()
    state = program.start(task, sweep)
    path = None if checkpoint is None else Path(checkpoint)
    done = 0
    if path is not None and path.exists():
        done, arrays = disk.load(path, mark, made_by, [(leaf.shape, leaf.dtype) for leaf in program.leaves(state)])
        state = program.restored(state, arrays)
    run, given = program.training(program.loss_function(task, sweep), sweep), program.operands(task, table)
    while done < sweep.steps:
        tell(done, sweep.steps, task.label)
        count = min(every, sweep.steps - done)
        state = program.advance(run, state, sweep, given, count)
        done += count
        if path is not None:
            disk.save(path, mark, made_by, done, [np.asarray(leaf) for leaf in program.leaves(state)])
    tell(done, sweep.steps, task.label)
    padded = tuple(tuple((np.asarray(weight), np.asarray(bias)) for weight, bias in stage) for stage in state[0])
    return Trained(task, sweep, padded, _judged(task, sweep, table, mark, made_by, padded))


def fingerprint(task: Task, sweep: Sweep, table: Any) -> str:
    """Of the settings and of the numbers that are learned."""
    arrays: list[np.ndarray[Any, Any]] = []
    for field in fields(table):
        value = getattr(table, field.name)
        parts = value if isinstance(value, tuple) else (value,)
        arrays += [np.asarray(part, dtype=np.float64) for part in parts if part is not None]
    return disk.digest(arrays, json.dumps([task.as_json(), sweep.as_json()]))


def _judged(task: Task, sweep: Sweep, table: Any, mark: str, made_by: str, padded: Parameters) -> SweepResult:
    networks = [own_parameters(task, sweep.depth, width, padded, i) for i, (width, _) in enumerate(sweep.pairs)]
    found = np.array([judge(task, table, network, sweep.activation) for network in networks])
    error, covered = np.zeros_like(found), 1.0
    if isinstance(task, ContinuousTask):
        finer = refined(task)
        fine_table = continuous_table(finer, table.units)
        fine = np.array([judge(finer, fine_table, network, sweep.activation) for network in networks])
        found, error, covered = fine, np.abs(fine - found), fine_table.covered
    shape = (len(sweep.widths), len(sweep.seeds))
    kl, tv, worst = (found[:, k].reshape(shape) for k in range(3))
    kl_error, tv_error = (error[:, k].reshape(shape) for k in range(2))
    return SweepResult(
        task.label,
        BY_ENUMERATION if isinstance(task, FiniteTask) else ON_GRIDS,
        task.as_json(),
        sweep.as_json(),
        mark,
        made_by,
        sweep.widths,
        sweep.seeds,
        tuple(parameter_count(task.ends, sweep.depth, width) for width in sweep.widths),
        kl,
        tv,
        worst,
        kl_error,
        tv_error,
        covered,
    )
