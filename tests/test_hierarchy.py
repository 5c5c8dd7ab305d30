from __future__ import annotations

from fractions import Fraction
from itertools import permutations as all_permutations
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrodict import hierarchy, trees
from retrodict.exact import hierarchy as exact
from retrodict.exact.trees import symmetric_channel, weights

seeds = st.integers(0, 2**64 - 1)
FLIP = [1, 0]


def drawn(model: str, n: int, seed: int, q: int = 3, strength: float = 0.7, **more: object) -> hierarchy.Simulated:
    return hierarchy.simulate(model, n, seed, arity=2, depth=3, q=q, strength=strength, nodes=True, **more)  # type: ignore[arg-type]


@settings(max_examples=30)
@given(st.sampled_from(hierarchy.MODELS), st.sampled_from(["edges", "levels"]), st.integers(2, 4), seeds)
def test_without_noise_an_edge_renames_and_does_no_more(model: str, kind: str, q: int, seed: int) -> None:
    found = drawn(model, 6, seed, q, 1.0, permutations=kind)
    assert found.states is not None
    states = hierarchy.pairs(found.states, q) if model == "M2" else found.states
    for v in range(1, found.tree.n_nodes):
        above = states[:, found.tree.parent[v]]
        expected = above if found.permutations is None else found.permutations[v][above]
        assert (states[:, v] == expected).all()


@settings(max_examples=30)
@given(st.sampled_from(["M1", "M2"]), st.integers(2, 4), seeds)
def test_permutations(model: str, q: int, seed: int) -> None:
    size = q * q if model == "M2" else q
    edges = drawn(model, 0, seed, q).permutations
    levels = drawn(model, 0, seed, q, permutations="levels").permutations
    assert edges is not None and levels is not None
    for found in (edges, levels):
        assert found.shape == (15, size)
        assert (np.sort(found, axis=1) == np.arange(size)).all()
        assert (found[0] == np.arange(size)).all()
    for above, begin, end in ((1, 1, 3), (3, 3, 7), (7, 7, 15)):
        assert (levels[begin:end] == levels[above]).all()
    words = np.random.Philox(key=np.array([seed, 1], dtype=np.uint64)).random_raw(15 * size)
    for v in range(1, 15):
        assert edges[v].tolist() == sorted(range(size), key=lambda i: (words[v * size + i], i))


def test_permutations_are_uniform() -> None:
    found = hierarchy.simulate("M1", 0, 5, arity=2, depth=13, q=3, strength=1.0).permutations
    assert found is not None
    counts = [int((found == p).all(axis=1).sum()) for p in all_permutations(range(3))]
    assert sum(counts) == len(found)
    assert max(abs(c - len(found) / 6) for c in counts) < 6 * (len(found) * 5 / 36) ** 0.5


@settings(max_examples=20)
@given(st.integers(2, 5), seeds)
def test_renaming_back_gives_the_first_model(q: int, seed: int) -> None:
    plain, named = drawn("M0", 40, seed, q), drawn("M1", 40, seed, q)
    assert named.states is not None and plain.states is not None and named.permutations is not None
    for leaf in named.tree.leaves:
        back, v = np.arange(q), int(leaf)
        while v:
            back, v = np.argsort(named.permutations[v])[back], int(named.tree.parent[v])
        assert (back[named.states[:, leaf]] == plain.states[:, leaf]).all()


@settings(max_examples=20)
@given(st.integers(2, 3), seeds)
def test_pairs_are_the_broadcast_of_the_definition(q: int, seed: int) -> None:
    found = drawn("M2", 80, seed, q, 0.5)
    assert found.states is not None and found.permutations is not None
    channels = exact.channels("M2", symmetric_channel(q, Fraction(1, 2)), found.permutations.tolist())
    states = trees.broadcast(found.tree, np.array(channels, dtype=float), 40, seed)
    assert (hierarchy.pairs(found.states, q) == states).mean() > 0.999  # 1/q in two roundings
    assert (found.states[:, found.tree.leaves] == found.features).all()


@pytest.mark.parametrize("model", hierarchy.MODELS)
def test_the_law_is_the_definition(model: str) -> None:
    found = hierarchy.simulate(model, 80_000, 3, arity=2, depth=1, q=2, strength=0.6, nodes=True)
    assert found.states is not None
    names = [[]] * 3 if found.permutations is None else found.permutations.tolist()
    channels = exact.channels(model, symmetric_channel(2, Fraction(3, 5)), names)
    states = hierarchy.pairs(found.states, 2) if model == "M2" else found.states
    n = states.shape[0]
    for assignment, p in weights([-1, 0, 0], channels).items():
        seen = int((states == assignment).all(axis=1).sum())
        assert abs(seen - n * p) <= 6 * (n * p * (1 - p)) ** 0.5 + 1


def test_the_exact_channels() -> None:
    noise = symmetric_channel(2, Fraction(1, 3))
    assert exact.channels("M0", noise, [[], []]) == [noise, noise]
    assert exact.channels("M1", noise, [[0, 1], FLIP])[1] == [row[::-1] for row in noise]
    for permutation in all_permutations(range(4)):
        channel = exact.channels("M2", noise, [permutation])[0]
        for (i, j), (x, y) in product(product(range(2), repeat=2), repeat=2):
            assert channel[2 * i + j][permutation[2 * x + y]] == noise[i][x] * noise[j][y]


@settings(max_examples=20)
@given(st.sampled_from(hierarchy.MODELS), seeds)
def test_the_result_does_not_depend_on_threads(model: str, seed: int) -> None:
    one, two = (drawn(model, 300, seed, threads=k) for k in (1, 2))
    assert (one.features == two.features).all()


def test_many_states() -> None:
    found = hierarchy.simulate("M1", 5, 1, arity=4, depth=2, q=1000, strength=0.9)
    assert found.features.dtype == np.uint16 and found.features.shape == (5, 16)
    assert drawn("M2", 2, 1, q=16).features.dtype == np.uint8
    assert drawn("M0", 10, 1, q=4, strength=-1 / 3).features.max() == 3


@pytest.mark.parametrize(
    "change, message",
    [
        ({"model": "M3"}, r"model = 'M3': it must be 'M0', 'M1' or 'M2'"),
        ({"n_features": -1}, r"n_features = -1: it must be at least 0"),
        ({"model": "M2", "n_features": 3}, r"n_features = 3: it must be even, since features come in pairs"),
        ({"seed": -1}, r"seed = -1: it must be at least 0 and below 2\^64"),
        ({"q": 1}, r"q = 1: M0 takes 2 ... 65535 states"),
        ({"model": "M2", "q": 17}, r"q = 17: M2 takes 2 ... 16 states"),
        ({"strength": 1.1}, r"strength = 1.1: it must be between -1/\(q - 1\) = -1 and 1"),
        ({"strength": float("nan")}, r"strength = nan: it must be between"),
        ({"permutations": "nodes"}, r"permutations = 'nodes': it must be 'edges' or 'levels'"),
        ({"arity": 0}, r"arity = 0: it must be at least 1"),
        ({"depth": -1}, r"depth = -1: it must be at least 0"),
    ],
)
def test_errors(change: dict[str, object], message: str) -> None:
    arguments = {"model": "M0", "n_features": 2, "seed": 1, "arity": 2, "depth": 1, "q": 2, "strength": 0.5}
    with pytest.raises(ValueError, match=message):
        hierarchy.simulate(**{**arguments, **change})  # type: ignore[arg-type]


def test_errors_of_pairs() -> None:
    states = np.zeros((2, 3), dtype=np.uint8)
    with pytest.raises(ValueError, match=r"q = 256: it must be 2 ... 255"):
        hierarchy.pairs(states, 256)
    with pytest.raises(TypeError, match=r"features has dtype int64"):
        hierarchy.pairs(states.astype(np.int64), 2)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"features has shape \(1, 3\): .* even number of rows"):
        hierarchy.pairs(states[:1], 2)
    states[1, 2] = 2
    with pytest.raises(ValueError, match=r"features\[1, 2\] = 2: a state is less than 2"):
        hierarchy.pairs(states, 2)


def test_errors_of_the_exact_twin() -> None:
    with pytest.raises(ValueError, match=r"permutation = \[0, 0\]: it must hold each of 0, ..., 1 once"):
        exact.renamed([[1, 0], [0, 1]], [0, 0])
    with pytest.raises(ValueError, match=r"model = 'M9'"):
        exact.channels("M9", [[1]], [])
