"""The memory of a sweep is told before it starts, and is near what the compiler takes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from retrodict.encoders.trained import ContinuousTask, FiniteTask, Sweep, program, train
from retrodict.encoders.trained.continuous import continuous_table
from retrodict.encoders.trained.finite import finite_table
from retrodict.encoders.trained.memory import estimate, require
from retrodict.encoders.trained.sweeps import Task
from retrodict.maps import parse
from retrodict.maps.continuous import fold

GRAY = FiniteTask(parse("gray:n=4"), "encoder")
TASKS: list[Task] = [
    GRAY,
    replace(GRAY, head="patterns"),
    ContinuousTask(fold(), "encoder", 0.3, components=3, rows=40, points=16, reach=3.0),
    ContinuousTask(fold(), "encoder", 0.3, layers=2, hidden_nodes=3, rows=40, points=16, reach=3.0),
]


@pytest.mark.parametrize("task", TASKS, ids=lambda t: str(t.ends))
def test_the_estimate_of_memory_is_near_what_the_compiler_says(task: Task) -> None:
    sweep = Sweep([4, 16], range(8), steps=10)
    table = finite_table(task) if isinstance(task, FiniteTask) else continuous_table(task)
    run, state = program.training(program.loss_function(task, sweep), sweep), program.start(task, sweep)
    masks, given = program.unit_masks(sweep.pairs), program.operands(task, table)
    said = run.lower(state, masks, given, 1).compile().memory_analysis()  # type: ignore[attr-defined]
    used = said.temp_size_in_bytes + said.argument_size_in_bytes + said.output_size_in_bytes
    need = estimate(task, sweep)
    assert used / 2 < need.parameters + need.activations < 5 * used


def test_a_sweep_larger_than_memory_is_refused_before_it_starts() -> None:
    with pytest.raises(MemoryError, match=r"gray:n=4, encoder: .* the limit is 0.00 GB: take fewer seeds \(9\)"):
        train(GRAY, Sweep([64], range(9)), memory_limit=1000)
    with pytest.raises(ValueError, match="memory_limit = 0: must be positive"):
        require(GRAY, Sweep([2], [0]), 0)
    big = FiniteTask(parse("perm:n=16,seed=0"), "encoder")
    with pytest.raises(MemoryError, match="activations"):
        train(big, Sweep([1 << 14], range(100)))
