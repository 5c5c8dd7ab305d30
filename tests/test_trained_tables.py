"""What trained encoders are judged by: total variation and divergence as they are defined, on tables and on grids."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from flint import arb

from retrodict.encoders.trained import ContinuousTask, FiniteTask, Sweep
from retrodict.encoders.trained.continuous import continuous_table
from retrodict.encoders.trained.evaluation import judge
from retrodict.encoders.trained.finite import distances, finite_table
from retrodict.encoders.trained.mixture import hidden_nodes, log_density
from retrodict.encoders.trained.network import apply, initial
from retrodict.maps import BooleanMap, parse
from retrodict.maps.continuous import GenerativeMap, fold, linear, residual
from retrodict.maps.continuous.line import gaussian, total_variation
from retrodict.maps.continuous.posterior import posterior as certified
from retrodict.maps.sign_generator import codewords, posterior

ANDS = BooleanMap("ands", 3, 2, [0, 0, 0, 1, 2, 2, 2, 3])


@pytest.mark.parametrize("beta", [0.0, 0.8])
@pytest.mark.parametrize("head", ["bits", "patterns"])
@pytest.mark.parametrize("f", [ANDS, parse("perm:n=3,seed=1")], ids=lambda f: f.name)
def test_distances_of_a_finite_map_are_the_definition(f: BooleanMap, head: str, beta: float) -> None:
    task = FiniteTask(f, "encoder", beta, head)  # type: ignore[arg-type]
    table = finite_table(task)
    logits = np.random.default_rng(0).normal(size=(task.ends[0][1], table.inputs.shape[1]))
    kl = tv = 0.0
    for s, x in enumerate(codewords(f)):  # every s once: repeated codewords get their weight
        same = f.table == f.table[s]
        p = posterior(f, x[None], beta)[0] if beta else same / same.sum()
        column = next(j for j in range(table.inputs.shape[1]) if np.all(table.inputs[:, j] == x))
        q = []
        for pattern in range(8):
            if head == "patterns":
                q.append(math.exp(logits[pattern, column]) / np.exp(logits[:, column]).sum())
            else:
                signs = [1 if pattern >> i & 1 else -1 for i in range(3)]
                q.append(math.prod(1 / (1 + math.exp(-a * t)) for a, t in zip(signs, logits[:, column], strict=True)))
        kl += sum(a * math.log(a / b) for a, b in zip(p, q, strict=True) if a) / 8
        tv += sum(abs(a - b) for a, b in zip(p, q, strict=True)) / 16
    found = distances(task, table, logits)
    assert found[0] == pytest.approx(kl, rel=1e-12) and found[1] == pytest.approx(tv, rel=1e-12)


def test_the_density_of_a_layered_encoder_is_the_sum_over_its_hidden_nodes() -> None:
    task = ContinuousTask(linear([[1]]), "encoder", 1.0, layers=4, components=2, hidden_nodes=3)
    parameters = initial(task.ends, 1, 4, seed=3)
    nodes, logs = hidden_nodes(3, 1)
    x, z = np.array([[-0.4, 0.9]]), np.array([[[0.1, -1.0], [0.7, 0.2]]])

    def network(stage: int, columns: np.ndarray) -> np.ndarray:
        return apply(parameters[stage], "tanh", columns)

    def density(seen: float, at: float, state: list[float], stage: int) -> float:
        """Of `at` given the state before the stochastic layer of this number."""
        given = network(stage, np.array([[value] for value in [seen, *state]]))[:, 0]
        if stage < 3:
            hidden = [given[0] + math.exp(given[1]) * node for node in nodes[0]]
            return sum(math.exp(w) * density(seen, at, [h], stage + 1) for w, h in zip(logs, hidden, strict=True))
        m1, m2, s1, s2, c1, c2 = given
        return sum(
            math.exp(c - ((at - m) / math.exp(s)) ** 2 / 2 - s) / (math.exp(c1) + math.exp(c2)) / math.sqrt(2 * math.pi)
            for m, s, c in ((m1, s1, c1), (m2, s2, c2))
        )

    found = log_density(np, network, 4, x, z, nodes, logs)
    for g, r in itertools.product(range(2), range(2)):
        assert found[g, r] == pytest.approx(math.log(density(x[0, r], z[0, g, r], [], 0)), rel=1e-12)


def test_the_start_has_the_variance_that_is_said() -> None:
    for (weight, bias), inputs in zip(initial(((30, 20),), 2, 400, seed=0)[0], (30, 400, 400), strict=True):
        assert not bias.any()
        assert weight.std() * math.sqrt(inputs) == pytest.approx(1, abs=0.03)


@pytest.mark.parametrize("g", [fold(), linear([[2]])], ids=lambda g: g.name)
def test_the_grids_hold_the_posterior(g: GenerativeMap) -> None:
    """Masses of half lines, against integrals in balls."""
    task = ContinuousTask(g, "encoder", 0.25, points=200)
    table = continuous_table(task)
    mean, scale, out_mean, out_scale = table.units
    for row in (3, 20, 50):
        x = table.inputs[0, row] * scale[0] + mean[0]
        z = table.points[0, :, row] * out_scale[0] + out_mean[0]
        assert table.mass[:, row].sum() == pytest.approx(1)
        assert table.mass[[0, -1], row].max() < 1e-12
        cut = int(np.argmax(np.cumsum(table.mass[:, row]) > 0.3))
        middle = (z[cut] + z[cut + 1]) / 2
        law = certified(g, arb(float(x)), arb(0.25))
        assert table.mass[: cut + 1, row].sum() == pytest.approx(float(law.mass(arb(-9), arb(middle))), abs=1e-3)


@pytest.mark.parametrize("g", [residual(Fraction(1, 2), [[1]]), fold()], ids=lambda g: g.name)
def test_total_variation_on_grids_is_that_in_balls(g: GenerativeMap) -> None:
    """Of one Gaussian for all x, at a few x, within what the kinks of |p - q| cost a sum over a grid."""
    task = ContinuousTask(g, "encoder", 0.5, rows=64, points=400)
    table = continuous_table(task)
    zero = tuple((np.zeros_like(w), np.zeros_like(b)) for w, b in initial(task.ends, 1, 1, 0)[0])
    (seen, scale, mean, deviation) = (float(unit[0]) for unit in table.units)
    q = gaussian(arb(mean), arb(deviation))
    for row in (12, 30, 50):
        only = replace(table, weights=np.eye(table.inputs.shape[1])[row])
        tv = judge(task, only, (zero,), "tanh")[1]
        ball = total_variation(certified(g, arb(float(table.inputs[0, row]) * scale + seen), arb(0.5)), q)
        assert tv == pytest.approx(float(ball), abs=1e-4)


LINE = linear([[1]])
BAD = [
    (lambda: Sweep([2], []), "seeds is empty"),
    (lambda: Sweep([2, 2], [0]), r"widths\[1\] = 2: must exceed widths\[0\] = 2"),
    (lambda: Sweep([2], [3, 3]), r"seeds\[1\] = 3: is there twice"),
    (lambda: Sweep([2], [-1]), r"seeds\[0\] = -1: must lie in"),
    (lambda: Sweep([2.5], [0]), r"widths\[0\] = 2.5: must be an integer"),
    (lambda: Sweep([2], [0], depth=0), "depth = 0: must lie in 1"),
    (lambda: Sweep([2], [0], steps=0), "steps = 0: must lie in 1"),
    (lambda: Sweep([2], [0], learning_rate=0.0), "learning_rate = 0.0: must be positive"),
    (lambda: Sweep([2], [0], learning_rate=math.nan), "learning_rate = nan: must be positive"),
    (lambda: Sweep([2], [0], activation="gelu"), "activation = 'gelu': must be one of tanh, relu, sigmoid"),
    (lambda: FiniteTask(ANDS, "backward"), "direction = 'backward': must be encoder or forward"),
    (lambda: FiniteTask(ANDS, "encoder", -1.0), "beta = -1.0: must be positive"),
    (lambda: FiniteTask(ANDS, "forward", 1.0), "beta = 1.0: the forward map has no noise"),
    (lambda: FiniteTask(ANDS, "encoder", head="words"), "head = 'words': must be bits or patterns"),
    (lambda: FiniteTask("gray:n=3", "encoder"), "map = 'gray:n=3': must be a BooleanMap"),
    (lambda: FiniteTask(parse("random:n=11,seed=0"), "encoder"), "11 bits: at most 10, since all 2.11 patterns"),
    (lambda: FiniteTask(parse("perm:n=11,seed=0"), "encoder", 0.5), "11 bits: at most 10"),
    (lambda: ContinuousTask(LINE, "encoder", 0.0), "beta = 0.0: must be positive"),
    (lambda: ContinuousTask(linear(np.eye(3, dtype=int).tolist()), "encoder", 1.0), "dimension = 3: must be 1 or 2"),
    (lambda: ContinuousTask(LINE, "encoder", 1.0, layers=0), "layers = 0: must lie in 1"),
    (lambda: ContinuousTask(LINE, "encoder", 1.0, points=2), "points = 2: must lie in 16"),
    (lambda: continuous_table(ContinuousTask(LINE, "encoder", 1.0, reach=0.2)), "of the mass: must have 0.99"),
    (lambda: continuous_table(ContinuousTask(fold(), "encoder", 0.3, rows=24)), "of the mass: must have 0.99"),
]


@pytest.mark.parametrize(("make", "message"), BAD, ids=[message for _, message in BAD])
def test_bad_input(make: Callable[[], object], message: str) -> None:
    with pytest.raises((ValueError, TypeError), match=message):
        make()
