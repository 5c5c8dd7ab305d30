"""How much memory a sweep takes, told before anything is allocated."""

from __future__ import annotations

import os
from dataclasses import dataclass

from retrodict.encoders.trained.continuous import ContinuousTask, refined
from retrodict.encoders.trained.finite import FiniteTask
from retrodict.encoders.trained.network import parameter_count
from retrodict.encoders.trained.settings import Sweep

__all__ = ["Memory", "available", "estimate", "require"]

COPIES = 8  # of the parameters: themselves and Adam's two moments, each old and new, the gradient and the update
SLOPES = 3  # arrays of the size of each layer's output: the output, its slope, what flows back


@dataclass(frozen=True)
class Memory:
    """Bytes by what they hold."""

    parameters: int
    activations: int
    tables: int
    judging: int

    @property
    def total(self) -> int:
        """Training and judging do not overlap, but what one has freed need not have gone back."""
        return self.parameters + self.activations + self.tables + self.judging


def estimate(task: FiniteTask | ContinuousTask, sweep: Sweep) -> Memory:
    """An estimate from the settings: it allocates nothing.

    >>> from retrodict.maps import parse
    >>> estimate(FiniteTask(parse("gray:n=6"), "encoder"), Sweep([2, 16], range(40))).total < 10e6
    True
    """
    widest = sweep.widths[-1]
    parameters = sweep.networks * parameter_count(task.ends, sweep.depth, widest) * 4 * COPIES
    rows, terms, table = _sizes(task)
    columns = rows
    live = terms  # numbers of one network that live at once
    for inputs, outputs in task.ends:
        live += columns * (sweep.depth * widest + outputs + inputs) * SLOPES
        if isinstance(task, ContinuousTask):
            columns *= task.hidden_nodes**task.map.dimension
    finer = refined(task) if isinstance(task, ContinuousTask) else task
    rows, terms, finer_table = _sizes(finer)
    judging = (terms + rows * (widest + task.ends[-1][1])) * 8 * 2 + finer_table * 8 * (finer is not task)
    return Memory(parameters, sweep.networks * live * 4, table * 12, judging)


def _sizes(task: FiniteTask | ContinuousTask) -> tuple[int, int, int]:
    """Rows, the terms of one network's loss at once, and the numbers in the table."""
    if isinstance(task, FiniteTask):
        rows = 1 << task.map.n_inputs
        law = 0 if task.points and task.head == "bits" else rows << task.bits
        return rows, SLOPES * law, rows * (sum(task.ends[-1]) + 2) + law
    d = task.map.dimension
    rows, cells = task.rows**d, (task.rows * task.points) ** d
    mixed = task.components * task.hidden_nodes ** (d * (task.layers - 1))
    return rows, SLOPES * cells * mixed, cells * (d + 2)


def available() -> int | None:
    """Bytes of memory that are free now, as the system tells; None where it does not."""
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return None


def require(task: FiniteTask | ContinuousTask, sweep: Sweep, memory_limit: int | None) -> None:
    """Nothing, if the sweep fits.

    Raises
    ------
    MemoryError
        With the numbers, and what to reduce.

    >>> from retrodict.maps import parse
    >>> require(FiniteTask(parse("gray:n=4"), "encoder"), Sweep([2], [0]), 10)
    Traceback (most recent call last):
    MemoryError: gray:n=4, encoder: this sweep would take about 0.00 GB (parameters 0.00, activations 0.00, ...
    """
    if memory_limit is not None and memory_limit <= 0:
        raise ValueError(f"memory_limit = {memory_limit}: must be positive")
    limit = available() if memory_limit is None else memory_limit
    need = estimate(task, sweep)
    if limit is None or need.total <= limit:
        return
    named = {"parameters": need.parameters, "activations": need.activations, "tables": need.tables}
    largest = max(named, key=lambda name: named[name])
    reduce = {
        "parameters": f"fewer seeds ({len(sweep.seeds)}) or smaller widths (all are padded to {sweep.widths[-1]})",
        "activations": f"fewer seeds ({len(sweep.seeds)}) at a time, smaller widths, fewer rows or points",
        "tables": "a map of fewer bits, fewer rows or points",
    }[largest]
    parts = ", ".join(f"{name} {size / 1e9:.2f}" for name, size in (*named.items(), ("judging", need.judging)))
    raise MemoryError(
        f"{task.label}: this sweep would take about {need.total / 1e9:.2f} GB ({parts}), the limit is "
        f"{limit / 1e9:.2f} GB: take {reduce}"
    )
