"""What trained networks are worth: KL divergence and total variation in doubles, from their parameters alone."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrodict.encoders.trained.continuous import ContinuousTable, ContinuousTask
from retrodict.encoders.trained.finite import FiniteTable, FiniteTask, distances
from retrodict.encoders.trained.mixture import hidden_nodes, log_density
from retrodict.encoders.trained.network import Parameters, apply, shapes

__all__ = ["judge", "own_parameters"]


def own_parameters(task: FiniteTask | ContinuousTask, depth: int, width: int, padded: Parameters, i: int) -> Parameters:
    """Those of network i of a stack, without the padding."""
    return tuple(
        tuple(
            (np.asarray(weight)[i, :outputs, :inputs], np.asarray(bias)[i, :outputs])
            for (weight, bias), (outputs, inputs) in zip(stage, sizes, strict=True)
        )
        for stage, sizes in zip(padded, shapes(task.ends, depth, width), strict=True)
    )


def judge(
    task: FiniteTask | ContinuousTask, table: Any, parameters: Parameters, activation: str
) -> tuple[float, float, float]:
    """Mean KL divergence in nats, mean total variation, and the largest total variation of any input; nan where the
    parameters, or what they give, are not finite."""
    with np.errstate(all="ignore"):
        if isinstance(task, FiniteTask):
            assert isinstance(table, FiniteTable)
            found = distances(task, table, apply(parameters[0], activation, table.inputs))
        else:
            found = _densities(task, table, parameters, activation)
    return found if np.isfinite(found).all() else (float("nan"),) * 3


def _densities(
    task: ContinuousTask, table: ContinuousTable, parameters: Parameters, activation: str
) -> tuple[float, float, float]:
    nodes, logs = hidden_nodes(task.hidden_nodes, len(table.points))
    log_q: NDArray[np.float64] = log_density(
        np,
        lambda stage, columns: apply(parameters[stage], activation, columns),
        task.layers,
        table.inputs,
        table.points,
        nodes,
        logs,
    )
    kl = np.sum(table.mass * (table.log_density - log_q), axis=0)
    variation = np.sum(np.maximum(table.mass - np.exp(log_q) * table.cell, 0.0), axis=0)
    return float(np.sum(table.weights * kl)), float(np.sum(table.weights * variation)), float(variation.max())
