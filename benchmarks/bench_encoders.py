"""Langevin steps of the unrolled encoder, beside the same network and steps in JAX: steps a second of all rows.

    python benchmarks/bench_encoders.py [--dimensions 1 2 4 8 16] [--rows 4096] [--steps 1000] [--cores 0] [--json FILE]

The map is z + Q^T sin(Q z) / 2. JAX runs compiled loops in double precision over the whole batch, with its own
Gaussians (threefry) drawn for the batch at once, which is faster than a key for each row, on batches of several sizes,
of which the fastest counts. "same noise" leaves the drawing out: all xi are given, once, to both (few steps, as they
are stored). A worker process for each set of cores is pinned to it before JAX starts; our calls and JAX's alternate.
Times are of the processor, so that other programs on the machine weigh less, or of the clock for several cores.
Compilation is told apart. That both compute the same is checked to 1e-12 on the same noise, and by second moments where
each draws.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from fractions import Fraction as Q
from pathlib import Path
from typing import Any

import numpy as np

from retrodict import _core
from retrodict.encoders.sample import gaussians, run_kernel, sample
from retrodict.encoders.unrolled import UnrolledEncoder
from retrodict.maps.continuous import reflection, residual


def encoder(d: int, descent: int, steps: int) -> UnrolledEncoder:
    g = residual(Q(1, 2), reflection(list(range(1, d + 1))))
    return UnrolledEncoder(g, Q(1, 2), descent, Q(1, 4), Q(1, 8), steps, Q(1, 100))


def batch_draws(e: UnrolledEncoder) -> Callable[[Any, Any], Any]:
    """The steps in JAX for a batch, one key for a step."""
    import jax

    from retrodict.encoders.jax_unrolled import step_functions

    _, descend, move = step_functions(e)
    spread = float(e.spread) ** 0.5

    def draw(x: Any, key: Any) -> Any:
        z = jax.lax.fori_loop(0, e.descent_steps, lambda _, z: jax.vmap(descend)(z, x), 0 * x)
        z = z + spread * jax.random.normal(key, x.shape, dtype=x.dtype)

        def step(carry: Any, _: Any) -> Any:
            z, key = carry
            key, now = jax.random.split(key)
            return (jax.vmap(move)(z, x, jax.random.normal(now, x.shape, dtype=x.dtype)), key), None

        return jax.lax.scan(step, (z, key), length=e.langevin_steps)[0][0]

    return jax.jit(draw)


def batch_given(e: UnrolledEncoder) -> Callable[[Any, Any], Any]:
    """The steps in JAX on given xi."""
    import jax

    from retrodict.encoders.jax_unrolled import step_functions

    _, descend, move = step_functions(e)
    spread = float(e.spread) ** 0.5

    def run(x: Any, noise: Any) -> Any:
        z = jax.lax.fori_loop(0, e.descent_steps, lambda _, z: jax.vmap(descend)(z, x), 0 * x)
        z = z + spread * noise[0]
        return jax.lax.scan(lambda z, xi: (jax.vmap(move)(z, x, xi), None), z, noise[1:])[0]

    return jax.jit(run)


def alternate(bodies: dict[str, Callable[[], object]], rounds: int, clock: Callable[[], float]) -> dict[str, float]:
    """Median seconds of each body, called in turn."""
    seconds: dict[str, list[float]] = {name: [] for name in bodies}
    for _ in range(rounds):
        for name, body in bodies.items():
            started = clock()
            body()
            seconds[name].append(clock() - started)
    return {name: statistics.median(times) for name, times in seconds.items()}


def compare(a: argparse.Namespace, d: int) -> list[dict[str, Any]]:
    import jax

    from retrodict.encoders.jax_unrolled import double_precision

    clock = time.process_time if len(a.cores) == 1 else time.perf_counter
    x = np.random.default_rng(0).normal(size=(a.rows, d))
    rows = []

    def tell(work: str, steps: int, times: dict[str, float], compile_s: float) -> None:
        ours = times.pop("retrodict")
        peer, least = min(times.items(), key=lambda item: item[1])
        each = 1e9 / (steps * a.rows)
        rows.append(
            {
                "work": work,
                "d": d,
                "cores": len(a.cores),
                "rows": a.rows,
                "steps": steps,
                "retrodict_ns": ours * each,
                "jax_ns": least * each,
                "jax": peer,
                "jax_compile_s": compile_s,
                "ratio": least / ours,
                "ratio_with_compilation": (least + compile_s) / ours,
            }
        )

    with double_precision():
        e = encoder(d, 0, a.steps)
        bodies: dict[str, Callable[[], object]] = {"retrodict": lambda: sample(e, x, 1, threads=len(a.cores))}
        draw, compile_s = batch_draws(e), []
        for size in sorted({min(s, a.rows) for s in a.batches}):
            parts = [jax.device_put(x[i : i + size]) for i in range(0, a.rows, size)]
            keys = jax.random.split(jax.random.key(1), len(parts))
            started = time.perf_counter()
            draw.lower(parts[0], keys[0]).compile()
            compile_s.append(time.perf_counter() - started)
            bodies[f"batches of {size}"] = lambda parts=parts, keys=keys: [
                draw(p, k).block_until_ready() for p, k in zip(parts, keys, strict=True)
            ]
        z, peer = np.asarray(sample(e, x, 1)), np.concatenate([np.asarray(p) for p in bodies[f"batches of {size}"]()])
        if abs(np.mean(z**2) / np.mean(peer**2) - 1) > 10 / a.rows**0.5:
            raise SystemExit(f"d = {d}: second moments {np.mean(z**2)} and {np.mean(peer**2)}")
        for body in bodies.values():
            body()
        tell("drawing", a.steps, alternate(bodies, a.rounds, clock), min(compile_s))

        few = encoder(d, 0, a.given_steps)
        noise = gaussians(few, a.rows, 1)
        given, held = batch_given(few), (jax.device_put(x), jax.device_put(noise))
        started = time.perf_counter()
        peer = np.asarray(given(*held))
        seconds = time.perf_counter() - started
        gap = np.abs(peer - run_kernel(few, x, 0, noise=noise)[0]).max()
        if gap > 1e-12 * max(1.0, float(np.abs(peer).max())):
            raise SystemExit(f"d = {d}: on the same noise the results differ by {gap}")
        bodies = {
            "retrodict": lambda: run_kernel(few, x, 0, noise=noise, threads=len(a.cores)),
            "one batch": lambda: given(*held).block_until_ready(),
        }
        tell("same noise", a.given_steps, alternate(bodies, a.rounds, clock), seconds)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dimensions", type=int, nargs="+", default=[1, 2, 4, 8, 16])
    parser.add_argument("--rows", type=int, default=4096)
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--given-steps", type=int, default=100)
    parser.add_argument(
        "--batches", type=int, nargs="+", default=[64, 512, 4096], help="sizes that JAX may choose from"
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--cores", type=int, nargs="+", help="processors to pin to; without it, 0 and then 0 1")
    parser.add_argument("--json", type=Path, help="also write the rows here")
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    a = parser.parse_args()
    if a.worker:
        os.sched_setaffinity(0, set(a.cores))
        print(json.dumps([row for d in a.dimensions for row in compare(a, d)]))
        return
    rows = []
    print(f"{_core.simd_level()}, {a.rows} rows; ns for a step of a row; the ratio without and with compilation")
    print(f"{'cores':>5}{'d':>4}  {'work':12}{'retrodict':>10}{'JAX':>10}{'ratio':>8}{'with':>8}  JAX chose")
    for cores in [a.cores] if a.cores else [[0], [0, 1]]:
        one = {"XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false"} if len(cores) == 1 else {}
        for d in a.dimensions:
            command = [sys.executable, __file__, *sys.argv[1:], "--worker", "--dimensions", str(d), "--cores"]
            done = subprocess.run(
                [*command, *map(str, cores)],
                env={**os.environ, **one, "JAX_PLATFORMS": "cpu"},
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            )
            for r in json.loads(done.stdout.splitlines()[-1]):
                rows.append(r)
                ns = f"{r['retrodict_ns']:10.1f}{r['jax_ns']:10.1f}"
                ratios = f"{r['ratio']:8.1f}{r['ratio_with_compilation']:8.1f}"
                print(f"{r['cores']:5}{r['d']:4}  {r['work']:12}{ns}{ratios}  {r['jax']}", flush=True)
    if a.json:
        a.json.write_text(json.dumps({"simd": _core.simd_level(), "rows": rows}, indent=1))


if __name__ == "__main__":
    main()
