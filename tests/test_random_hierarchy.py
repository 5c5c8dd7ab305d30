"""The Random Hierarchy Model: samples, parses and posteriors by enumeration; identification where it cannot err."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrodict.random_hierarchy import RandomHierarchy, identify, random_hierarchy

SIZES = st.sampled_from(
    [(2, 3, 2, 2, 2), (3, 3, 3, 2, 2), (2, 2, 1, 3, 2), (3, 2, 1, 2, 3), (1, 4, 2, 2, 1), (2, 1, 1, 2, 2)]
)
SEED = st.integers(0, 2**64 - 1)


def model_of(sizes: tuple[int, ...], seed: int) -> RandomHierarchy:
    classes, symbols, synonyms, branching, depth = sizes
    if classes * synonyms > symbols**branching:
        classes = symbols**branching // synonyms
    return random_hierarchy(classes, symbols, synonyms, branching, depth, seed)


def data_of(model: RandomHierarchy, symbol: int, level: int = 0) -> list[tuple[int, ...]]:
    """All data below a symbol."""
    if level == model.depth:
        return [(symbol,)]
    found = []
    for word in model.rules[level][symbol].tolist():
        for parts in product(*(data_of(model, part, level + 1) for part in word)):
            found.append(tuple(x for part in parts for x in part))
    return found


@settings(max_examples=40, deadline=None)
@given(SIZES, SEED)
def test_data_determine_their_class(sizes: tuple[int, ...], seed: int) -> None:
    model = model_of(sizes, seed)
    _, _, m, s, depth = sizes
    everything = [(row, a) for a in range(model.classes) for row in data_of(model, a)]
    assert len({row for row, _ in everything}) == model.classes * m ** sum(s**level for level in range(depth))
    assert model.parse([row for row, _ in everything]).tolist() == [a for _, a in everything]
    rows, classes = model.sample(200, seed)
    truth = dict(everything)
    assert [truth[tuple(row)] for row in rows.tolist()] == classes.tolist()
    strangers = [row for row in product(range(model.symbols), repeat=s**depth) if row not in truth][:50]
    if strangers:
        assert (model.parse(strangers) == -1).all()


@settings(max_examples=30, deadline=None)
@given(SIZES, SEED, st.integers(0, 2**32))
def test_posterior_is_the_sum_over_all_data(sizes: tuple[int, ...], seed: int, noise: int) -> None:
    model = model_of(sizes, seed)
    width = model.branching**model.depth
    seen = np.random.default_rng(noise).random((2, width, model.symbols))
    for row, found in zip(seen, model.posterior(seen), strict=True):
        weight = [
            sum(np.prod([row[i, x] for i, x in enumerate(word)]) for word in data_of(model, a))
            for a in range(model.classes)
        ]
        assert np.allclose(found, np.array(weight) / sum(weight), rtol=1e-12, atol=0)
    assert np.isnan(model.posterior(np.zeros((1, width, model.symbols)))).all()


@settings(max_examples=20, deadline=None)
@given(SIZES, SEED, st.integers(0, 100))
def test_samples_do_not_depend_on_the_split(sizes: tuple[int, ...], seed: int, cut: int) -> None:
    model = model_of(sizes, seed)
    data, classes = model.sample(100, seed)
    one, two = model.sample(cut, seed), model.sample(100 - cut, seed, first=cut)
    assert (np.concatenate([one[0], two[0]]) == data).all()
    assert (np.concatenate([one[1], two[1]]) == classes).all()


def test_every_datum_is_as_likely() -> None:
    model = random_hierarchy(2, 3, 2, 2, 2, 5)
    data, _ = model.sample(32_000, 1)
    _, counts = np.unique(data, axis=0, return_counts=True)
    assert len(counts) == 16
    # Hoeffding at 1e-8 for 16 frequencies of 1/16
    assert np.abs(counts / 32_000 - 1 / 16).max() < (np.log(2 * 16 / 1e-8) / 2 / 32_000) ** 0.5


@pytest.mark.parametrize("sizes", [(3, 3, 2, 2, 2), (4, 4, 3, 2, 2), (2, 3, 2, 2, 3), (3, 3, 2, 3, 1)])
@pytest.mark.parametrize("seed", [1, 2, 4])
def test_identified_from_all_data(sizes: tuple[int, ...], seed: int) -> None:
    """Synonyms have equal counts then; symbols may too, by chance, but not with these seeds."""
    model = random_hierarchy(*sizes, seed)
    rows = [(row, a) for a in range(model.classes) for row in data_of(model, a)]
    data, classes = [row for row, _ in rows], [a for _, a in rows]
    found = identify(data, classes, model.symbols, model.branching)
    assert found.parse(data).tolist() == classes
    assert len(found.parents) == model.depth
    for level, (tuples, symbols) in enumerate(found.parents[:-1]):
        assert len(tuples) == model.symbols * model.synonyms
        assert np.bincount(symbols).tolist() == [model.synonyms] * model.symbols
        if level == 0:  # the names of symbols are the model's there
            parent = {tuple(word): a for a, words in enumerate(model.rules[-1].tolist()) for word in words}
            assert (
                len({(parent[tuple(t)], int(x)) for t, x in zip(tuples.tolist(), symbols, strict=True)})
                == model.symbols
            )
    unseen = [[data[0][0]] * (model.branching**model.depth)]
    assert model.parse(unseen)[0] in (found.parse(unseen)[0], -1)


GOOD: dict[str, Any] = {"classes": 2, "symbols": 3, "synonyms": 2, "branching": 2, "depth": 2, "seed": 1}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"classes": 0}, "classes = 0: it must be at least 1"),
        ({"depth": 0}, "depth = 0: it must be at least 1"),
        ({"synonyms": 4}, r"symbols \* synonyms = 12: there are only 9 tuples"),
        ({"classes": 5}, r"classes \* synonyms = 10: there are only 9 tuples"),
        ({"symbols": 300, "branching": 3}, r"symbols\^branching = 27000000: at most 2\^24"),
    ],
)
def test_sizes_that_do_not_fit(change: dict[str, int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        random_hierarchy(**{**GOOD, **change})


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ([[[[0, 0]], [[0, 0]]]], r"rules\[0\]: the tuple \[0, 0\] has two parents"),
        ([[[[0, 0]], [[0, 3]]]], r"rules\[0\]\[1, 0, 1\] = 3: there are 3 symbols"),
        ([[[0, 0]]], r"rules\[0\] has shape \(1, 2\)"),
        ([[[[0, 0]]], [[[0, 1]], [[1, 1]]]], r"rules\[1\] has 2 symbols: the level above has 3"),
    ],
)
def test_bad_rules(rules: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        RandomHierarchy(tuple(np.array(rule) for rule in rules), 3)


def test_bad_data() -> None:
    model = random_hierarchy(**GOOD)
    with pytest.raises(ValueError, match=r"data has shape \(1, 3\): it must be \(n, 4\)"):
        model.parse([[0, 1, 2]])
    with pytest.raises(TypeError, match="data has dtype float64: it must hold integers"):
        model.parse([[0.0, 1.0, 2.0, 0.0]])
    with pytest.raises(ValueError, match=r"data\[0, 1\] = -1: a symbol is at least 0"):
        model.parse([[0, -1, 2, 0]])
    with pytest.raises(ValueError, match=r"likelihoods has shape \(1, 4, 2\): it must be \(n, 4, 3\)"):
        model.posterior(np.ones((1, 4, 2)))
    with pytest.raises(ValueError, match=r"data has shape \(1, 3\): it must be \(n, s\^depth\), s = 2"):
        identify([[0, 1, 2]], [0], 3, 2)
    with pytest.raises(ValueError, match=r"classes has shape \(2,\): there are 1 data"):
        identify([[0, 1]], [0, 1], 3, 2)
    with pytest.raises(ValueError, match=r"classes\[0\] = -1: it must be at least 0"):
        identify([[0, 1]], [-1], 3, 2)
    with pytest.raises(ValueError, match="branching = 1: it must be at least 2"):
        identify([[0]], [0], 3, 1)
    with pytest.raises(ValueError, match="symbols = 0: it must be at least 1"):
        identify([[0, 1]], [0], 0, 2)
