"""A sweep of 200 small encoders (5 widths, 40 seeds) in one program, beside the same sweep one network after the other.

    python benchmarks/bench_trained.py [--cores 0] [--bits 6] [--widths 2 4 8 12 16] [--depth 1] [--steps 300] ...

The work: encoders of a random permutation, exact cross entropy over the whole domain, Adam with a cosine schedule.
One by one, a network has its own width, nothing is padded, and its program is compiled once a width, in two ways:

- `step`: one step of training is compiled, and Python calls it for every step of every seed, as in the tutorials of
  equinox and optax;
- `loop`: all steps of one training are compiled as one loop, and Python calls it for every seed. What is left to gain
  over it is what XLA spends on each small operation; where arithmetic dominates, padding can make the sweep slower.

`sweep` is `retrodict.encoders.trained`. Times are of training alone, with that of compiling beside it; ratios are given
without and with compiling. `--cores 0 1` pins to two cores. The programs take turns, and medians over the rounds are
reported, with the processor time too, since a machine with other work on it makes the clock run. The mean losses of all
200 networks must agree to 3 %: rounding in another order changes single networks, but not that.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass
class Row:
    program: str
    cores: int
    compile_s: float
    run_s: float
    cpu_s: float
    us_per_network_step: float
    mean_loss: float
    ratio: float  # its running time to ours
    ratio_cpu: float  # of processor time
    ratio_with_compiling: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bits", type=int, default=6)
    parser.add_argument("--widths", type=int, nargs="+", default=[2, 4, 8, 12, 16])
    parser.add_argument("--seeds", type=int, default=40)
    parser.add_argument("--depth", type=int, default=1)
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--cores", type=int, nargs="+", default=[0], help="processors to pin to")
    parser.add_argument("--programs", nargs="*", default=["step", "loop"], choices=["step", "loop"])
    parser.add_argument("--json", type=Path, help="also write the rows here")
    a = parser.parse_args()
    os.sched_setaffinity(0, a.cores)  # before JAX counts them
    rows = measure(a)
    print(f"{a.bits} bits, widths {a.widths}, {a.seeds} seeds, depth {a.depth}, {a.steps} steps, cores {a.cores}")
    print(f"{'program':8s} compile s    run s    cpu s  us/network-step  mean loss   ratio (cpu)  with compiling")
    for r in rows:
        print(
            f"{r.program:8s} {r.compile_s:9.2f} {r.run_s:8.3f} {r.cpu_s:8.3f} {r.us_per_network_step:16.2f} "
            f"{r.mean_loss:10.4f} {r.ratio:7.1f} ({r.ratio_cpu:4.1f}) {r.ratio_with_compiling:14.1f}"
        )
    if a.json:
        a.json.write_text(json.dumps([{**asdict(r), "arguments": vars(a) | {"json": None}} for r in rows], indent=1))


def measure(a: argparse.Namespace) -> list[Row]:
    import jax

    from retrodict.encoders.trained import FiniteTask, Sweep
    from retrodict.maps import parse

    task = FiniteTask(parse(f"perm:n={a.bits},seed=0"), "encoder")
    sweep = Sweep(a.widths, range(a.seeds), depth=a.depth, steps=a.steps)
    makers = {"sweep": all_at_once, "step": step_by_step, "loop": loop_by_loop}
    runs: dict[str, Callable[[], Any]] = {}
    compiling: dict[str, float] = {}
    for name in ["sweep", *a.programs]:
        started = time.perf_counter()
        runs[name] = makers[name](task, sweep)
        compiling[name] = time.perf_counter() - started
    wall: dict[str, list[float]] = {name: [] for name in runs}
    cpu: dict[str, list[float]] = {name: [] for name in runs}
    losses: dict[str, float] = {}
    for _ in range(a.rounds):
        for name, run in runs.items():
            started, processor = time.perf_counter(), time.process_time()
            networks = jax.block_until_ready(run())
            wall[name].append(time.perf_counter() - started)
            cpu[name].append(time.process_time() - processor)
            losses[name] = mean_loss(task, sweep, networks)
    base, base_cpu = statistics.median(wall["sweep"]), statistics.median(cpu["sweep"])
    for name, loss in losses.items():
        if not abs(loss / losses["sweep"] - 1) <= 0.03:
            raise SystemExit(f"{name}: mean loss {loss!r}, of the sweep {losses['sweep']!r}")
    found = []
    for name in runs:
        median, processor = statistics.median(wall[name]), statistics.median(cpu[name])
        each = median / sweep.networks / sweep.steps * 1e6
        both = (median + compiling[name]) / (base + compiling["sweep"])
        row = Row(name, len(a.cores), compiling[name], median, processor, each, losses[name], median / base, 0.0, both)
        row.ratio_cpu = processor / base_cpu
        found.append(row)
    return found


def all_at_once(task: Any, sweep: Any) -> Callable[[], Any]:
    from retrodict.encoders.trained import program
    from retrodict.encoders.trained.evaluation import own_parameters
    from retrodict.encoders.trained.finite import finite_table

    given = program.operands(task, finite_table(task))
    run, start = program.training(program.loss_function(task, sweep), sweep), program.start(task, sweep)
    program.advance(run, start, sweep, given, 1)  # compiles

    def every() -> Any:
        padded = program.advance(run, program.start(task, sweep), sweep, given, sweep.steps)[0]
        return [own_parameters(task, sweep.depth, width, padded, i) for i, (width, _) in enumerate(sweep.pairs)]

    return every


def step_by_step(task: Any, sweep: Any) -> Callable[[], Any]:
    """One compiled step a width."""
    import jax

    one_step, begin = pieces(task, sweep)
    step = jax.jit(one_step)
    for width in sweep.widths:
        jax.block_until_ready(step(begin(width, 0)))

    def every() -> Any:
        found = []
        for width, seed in sweep.pairs:
            state = begin(width, seed)
            for _ in range(sweep.steps):
                state = step(state)
            found.append(state[0])
        return found

    return every


def loop_by_loop(task: Any, sweep: Any) -> Callable[[], Any]:
    """One compiled training a width."""
    import jax

    one_step, begin = pieces(task, sweep)
    training = jax.jit(lambda state: jax.lax.fori_loop(0, sweep.steps, lambda _, now: one_step(now), state))
    programs = {width: training.lower(begin(width, 0)).compile() for width in sweep.widths}
    return lambda: [programs[width](begin(width, seed))[0] for width, seed in sweep.pairs]


def pieces(task: Any, sweep: Any) -> tuple[Callable[[Any], Any], Callable[[int, int], Any]]:
    """A step of one network of its own width, and its start."""
    import jax
    import jax.numpy as jnp
    import optax

    from retrodict.encoders.trained import program
    from retrodict.encoders.trained.finite import finite_table
    from retrodict.encoders.trained.network import initial

    loss, given = program.loss_function(task, sweep), program.operands(task, finite_table(task))
    optimizer = optax.adam(optax.cosine_decay_schedule(sweep.learning_rate, sweep.steps))

    def step(state: Any) -> Any:
        parameters, memory = state
        width = parameters[0][0][1].shape[0]
        slopes = jax.grad(loss)(parameters, jnp.ones(width, jnp.float32), given)
        updates, memory = optimizer.update(slopes, memory)
        return optax.apply_updates(parameters, updates), memory

    def begin(width: int, seed: int) -> Any:
        parameters = jax.tree.map(jnp.asarray, initial(task.ends, sweep.depth, width, seed))
        return parameters, optimizer.init(parameters)

    return step, begin


def mean_loss(task: Any, sweep: Any, networks: Any) -> float:
    import numpy as np

    from retrodict.encoders.trained.evaluation import judge
    from retrodict.encoders.trained.finite import finite_table

    table = finite_table(task)
    plain = [tuple(tuple((np.asarray(w), np.asarray(b)) for w, b in stage) for stage in one) for one in networks]
    return statistics.fmean(judge(task, table, one, sweep.activation)[0] for one in plain)


if __name__ == "__main__":
    main()
