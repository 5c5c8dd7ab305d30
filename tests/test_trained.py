"""Trained encoders: one program for all networks is each of them alone; what it minimises is what is reported."""

from __future__ import annotations

import math
from dataclasses import replace

import jax
import numpy as np
import pytest

from retrodict.encoders.trained import (
    ContinuousTask,
    FiniteTask,
    Sweep,
    SweepResult,
    capacity_curve,
    control,
    program,
    train,
    train_networks,
)
from retrodict.encoders.trained.continuous import continuous_table
from retrodict.encoders.trained.evaluation import judge, own_parameters
from retrodict.encoders.trained.finite import finite_table
from retrodict.encoders.trained.network import initial, stacked
from retrodict.encoders.trained.sweeps import Task
from retrodict.maps import BooleanMap, parse
from retrodict.maps.continuous import fold, linear, reflection

GRAY = FiniteTask(parse("gray:n=4"), "encoder")
ANDS = BooleanMap("ands", 3, 2, [0, 0, 0, 1, 2, 2, 2, 3])
LINE = ContinuousTask(linear([[1]]), "encoder", 1.0, rows=24, points=24)


@pytest.mark.parametrize(("depth", "phi"), [(1, "sigmoid"), (2, "tanh")])
def test_a_network_among_wider_ones_is_the_network_alone(depth: int, phi: str) -> None:
    """In double precision, where rounding in another order does not grow to anything in 200 steps of Adam.

    The sigmoid is not 0 at 0, so that without masks the padding would take part.
    """
    together, alone = (Sweep(w, s, depth, 200, activation=phi) for w, s in (([3, 8], [5, 6]), ([3], [6])))
    found = []
    with jax.enable_x64(True):
        for sweep in (together, alone):
            state, given = jax.tree.map(
                lambda leaf: leaf.astype(np.float64) if leaf.dtype == np.float32 else leaf,
                (program.start(GRAY, sweep), program.operands(GRAY, finite_table(GRAY))),
            )
            run = program.training(program.loss_function(GRAY, sweep), sweep)
            found.append(jax.tree.map(np.asarray, program.advance(run, state, sweep, given, 200)[0]))
    padded, single = found[0], own_parameters(GRAY, depth, 3, found[1], 0)
    own, start = own_parameters(GRAY, depth, 3, padded, 1), initial(GRAY.ends, depth, 3, 6)
    for one, two in zip(jax.tree.leaves(own), jax.tree.leaves(single), strict=True):
        assert one.shape == two.shape and one.dtype == np.float64
        np.testing.assert_allclose(one, two, rtol=0, atol=1e-9)
    assert np.abs(own[0][0][0] - start[0][0][0]).max() > 0.1  # it has learned
    assert np.all(padded[0][0][0][1, 3:] == 0) and np.all(padded[0][0][1][1, 3:] == 0)
    assert np.all(padded[0][-1][0][1, :, 3:] == 0)


def test_training_in_single_precision_is_near_that_of_the_network_alone() -> None:
    """Adam divides by the size of slopes, which are rounding alone at the start: 20 steps leave a few 1e-3."""
    together = train_networks(GRAY, Sweep([3, 8], [5, 6], depth=1, steps=20))
    alone = train_networks(GRAY, Sweep([3], [6], depth=1, steps=20))
    for one, two in zip(
        jax.tree.leaves(together.parameters(3, 6)), jax.tree.leaves(alone.parameters(3, 6)), strict=True
    ):
        np.testing.assert_allclose(one, two, rtol=0, atol=5e-3)


TASKS: list[Task] = [
    GRAY,
    replace(GRAY, head="patterns"),
    replace(GRAY, beta=0.8),
    FiniteTask(ANDS, "encoder"),
    FiniteTask(ANDS, "encoder", head="patterns"),
    FiniteTask(ANDS, "forward"),
    LINE,
    ContinuousTask(fold(), "encoder", 0.3, components=3, rows=40, points=16, reach=3.0),
    ContinuousTask(fold(), "encoder", 0.3, layers=2, hidden_nodes=3, rows=40, points=16, reach=3.0),
    ContinuousTask(fold(), "forward", 0.3, rows=16, points=16),
    ContinuousTask(
        linear(reflection([1, 2])),
        "encoder",
        1.0,
        layers=2,
        components=2,
        hidden_nodes=2,
        rows=12,
        points=16,
        reach=3.0,
    ),
]


@pytest.mark.parametrize(
    ("task", "phi"),
    [(task, "tanh") for task in TASKS] + [(GRAY, "relu"), (GRAY, "sigmoid")],
    ids=lambda case: case if isinstance(case, str) else f"{case.label}, {case.ends}",
)
def test_what_is_minimised_is_the_divergence_that_is_reported(task: Task, phi: str) -> None:
    """In float32 from padded parameters, in doubles from a network's own: they differ by the entropy of p."""
    sweep = Sweep([3, 5], [0, 1], activation=phi)
    table = finite_table(task) if isinstance(task, FiniteTask) else continuous_table(task)
    padded = stacked(task.ends, 2, sweep.pairs)
    loss, given = program.loss_function(task, sweep), program.operands(task, table)
    found = jax.jit(jax.vmap(loss, in_axes=(0, 0, None)))(padded, program.unit_masks(sweep.pairs), given)
    if isinstance(task, FiniteTask):
        entropy = float(table.weights @ table.entropy)
    else:
        entropy = -float(np.sum(table.weights * table.mass * table.log_density))
    for i, (width, _) in enumerate(sweep.pairs):
        own = own_parameters(task, 2, width, padded, i)
        kl, tv, worst = judge(task, table, own, phi)
        assert kl == pytest.approx(float(found[i]) - entropy, rel=1e-4, abs=1e-5)
        assert 0 < tv <= worst <= 1 and tv <= math.sqrt(kl / 2) + 1e-12  # Pinsker


def test_a_gaussian_posterior_is_learned_and_judged_in_closed_form() -> None:
    """p = N(x/2, 1/2) and q = N(0, 1), the network of zeros in units of mean 0 and variance 1: KL by hand."""
    zero = jax.tree.map(np.zeros_like, initial(LINE.ends, 1, 1, 0))
    table = continuous_table(LINE)
    x = table.inputs[0] * table.units[1] + table.units[0]
    s = float(table.units[3][0])
    expected = np.sum(table.weights * (np.log(s / math.sqrt(0.5)) + (0.5 + (x / 2) ** 2) / (2 * s * s) - 0.5))
    assert judge(LINE, table, zero, "tanh")[0] == pytest.approx(expected, rel=1e-6)
    result = train(LINE, Sweep([4], [0, 1], depth=1, steps=400))
    assert result.tv.min() < 0.02 and result.covered > 0.999
    assert (result.tv_error < 0.01).all()


def test_diverged_networks_are_kept_and_counted() -> None:
    task = ContinuousTask(fold(), "encoder", 0.3, rows=40, points=16, reach=3.0)
    result = train(task, Sweep([2, 4], [0, 1, 2], depth=1, steps=30, learning_rate=1e4))
    curve = capacity_curve(result, 0.5)
    assert result.diverged.any() and result.kl.shape == (2, 3)
    assert sum(point.diverged for point in curve.points) == result.diverged.sum()
    assert np.isnan(SweepResult.from_json(result.to_json()).tv).sum() == result.diverged.sum()


def test_what_is_not_finite_in_doubles_counts_as_diverged() -> None:
    narrow = jax.tree.map(np.zeros_like, initial(LINE.ends, 1, 1, 0))
    narrow[0][-1][1][1] = -400.0  # the logarithm of the deviation: KL is too large for a double, TV is 1
    assert np.isnan(judge(LINE, continuous_table(LINE), narrow, "tanh")).all()


def test_a_sweep_of_a_map_with_its_forward_map_and_control() -> None:
    sweep = Sweep([2, 8], [0, 1, 2], depth=1, steps=300, learning_rate=0.05)
    found = [train(task, sweep) for task in (GRAY, replace(GRAY, direction="forward"), control(GRAY, seed=0))]
    assert [r.label for r in found] == ["gray:n=4, encoder", "gray:n=4, forward", "perm:n=4,seed=0, encoder"]
    for r in found:
        assert r.tv[1].min() < r.tv[0].min() and r.parameters == (22, 76)
        again = SweepResult.from_json(r.to_json())
        assert again.to_json() == r.to_json() and again.tv.tobytes() == r.tv.tobytes()
        assert "trained" in r.to_json() and "lower" not in r.to_json()
