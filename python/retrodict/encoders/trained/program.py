"""The training of all networks of a sweep as one program: JAX differentiates, optax steps, XLA compiles it once.

Single precision, on whatever device JAX finds; nothing here is evidence: what a network is worth is computed from its
parameters in doubles, in `evaluation`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from retrodict.encoders.trained.continuous import ContinuousTable, ContinuousTask
from retrodict.encoders.trained.finite import FiniteTable, FiniteTask, one_hot
from retrodict.encoders.trained.mixture import hidden_nodes, log_density
from retrodict.encoders.trained.network import stacked, unit_masks
from retrodict.encoders.trained.settings import Sweep

try:
    import jax
    import jax.numpy as jnp
    import optax
except ImportError as error:
    raise ImportError(f"trained encoders need JAX ({error}): pip install 'retrodict[jax]'") from error

__all__ = ["State", "advance", "leaves", "loss_function", "made_by", "operands", "restored", "start", "training"]

State = tuple[Any, Any]  # parameters, and what Adam remembers
Loss = Callable[[Any, Any, Any], Any]  # of the parameters of one network, its mask, and the operands


def made_by() -> str:
    """The library and the device that trained parameters depend on."""
    return f"jax {jax.__version__}, optax {optax.__version__}, {jax.devices()[0].device_kind}"


def start(task: FiniteTask | ContinuousTask, sweep: Sweep) -> State:
    """Before the first step."""
    parameters = jax.tree.map(jnp.asarray, stacked(task.ends, sweep.depth, sweep.pairs))
    return parameters, _optimizer(sweep).init(parameters)


def leaves(state: State) -> list[Any]:
    """The arrays of a state, in one order."""
    return list(jax.tree.leaves(state))


def restored(state: State, arrays: list[Any]) -> State:
    """The state with these arrays for leaves."""
    found: State = jax.tree.unflatten(jax.tree.structure(state), [jnp.asarray(array) for array in arrays])
    return found


def operands(task: FiniteTask | ContinuousTask, table: Any) -> tuple[Any, ...]:
    """The arrays of a table that the loss needs, in single precision."""
    found: tuple[Any, ...]
    if isinstance(task, FiniteTask):
        assert isinstance(table, FiniteTable)
        target = table.marginals
        if task.head == "patterns":
            target = one_hot(table.marginals) if table.law is None else table.law
        found = (table.inputs, table.weights, target)
    else:
        assert isinstance(table, ContinuousTable)
        found = (
            table.inputs,
            table.weights,
            table.points,
            table.mass,
            *hidden_nodes(task.hidden_nodes, len(table.points)),
        )
    return tuple(jnp.asarray(np.asarray(array, dtype=np.float32)) for array in found)


def loss_function(task: FiniteTask | ContinuousTask, sweep: Sweep) -> Loss:
    """The mean cross entropy in nats of one network: its KL divergence and a constant that is not its own."""
    phi = {"tanh": jnp.tanh, "relu": jax.nn.relu, "sigmoid": jax.nn.sigmoid}[sweep.activation]

    def through(stage: Any, mask: Any, columns: Any) -> Any:
        for weight, bias in stage[:-1]:
            columns = phi(weight @ columns + bias[:, None]) * mask[:, None]
        weight, bias = stage[-1]
        return weight @ columns + bias[:, None]

    def of_bits(parameters: Any, mask: Any, given: Any) -> Any:
        inputs, weights, marginals = given
        logits = through(parameters[0], mask, inputs)
        return jnp.sum(weights * (_softplus(logits) - marginals * logits))

    def of_patterns(parameters: Any, mask: Any, given: Any) -> Any:
        inputs, weights, law = given
        logits = through(parameters[0], mask, inputs)
        return jnp.sum(weights * (jax.nn.logsumexp(logits, axis=0) - jnp.sum(law * logits, axis=0)))

    def of_densities(parameters: Any, mask: Any, given: Any) -> Any:
        inputs, weights, points, mass, nodes, logs = given
        found = log_density(
            jnp,
            lambda stage, columns: through(parameters[stage], mask, columns),
            len(parameters),
            inputs,
            points,
            nodes,
            logs,
            jax.lax.stop_gradient,
        )
        return -jnp.sum(weights * mass * found)

    if isinstance(task, ContinuousTask):
        return of_densities
    return of_bits if task.head == "bits" else of_patterns


def training(loss: Loss, sweep: Sweep) -> Callable[..., State]:
    """(state, masks, operands, steps) to the state after that many steps, compiled; no step depends on the others'
    number, so that a sweep may stop and go on anywhere."""
    optimizer = _optimizer(sweep)

    def total(parameters: Any, masks: Any, given: Any) -> Any:
        return jnp.sum(jax.vmap(loss, in_axes=(0, 0, None))(parameters, masks, given))

    def steps(state: State, masks: Any, given: Any, count: Any) -> Any:
        def step(_: Any, now: State) -> State:
            parameters, memory = now
            slopes = jax.grad(total)(parameters, masks, given)  # no network's loss depends on another's parameters
            updates, memory = optimizer.update(slopes, memory)
            return optax.apply_updates(parameters, updates), memory

        return jax.lax.fori_loop(0, count, step, state)

    compiled: Callable[..., State] = jax.jit(steps)
    return compiled


def advance(run: Callable[..., State], state: State, sweep: Sweep, given: tuple[Any, ...], count: int) -> State:
    """The state after `count` more steps, computed when this returns."""
    masks = jnp.asarray(unit_masks(sweep.pairs))
    found = run(state, masks, given, jnp.int32(count))
    jax.tree.map(lambda leaf: leaf.block_until_ready(), found)
    return found


def _optimizer(sweep: Sweep) -> Any:
    return optax.adam(optax.cosine_decay_schedule(sweep.learning_rate, sweep.steps))


@jax.custom_jvp
def _softplus(t: Any) -> Any:
    """log(1 + exp(t)); its derivative is written down since that of logaddexp takes twice as long."""
    return jnp.logaddexp(t, 0.0)


@_softplus.defjvp
def _softplus_jvp(primals: Any, tangents: Any) -> Any:
    return _softplus(primals[0]), jax.nn.sigmoid(primals[0]) * tangents[0]
