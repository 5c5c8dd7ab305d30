from __future__ import annotations

import math
import signal
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrodict import bp, trees
from retrodict.exact import estimators
from retrodict.exact import trees as exact
from retrodict.graphs import Tree

WORD = 2**32


def philox(counter: list[int], key: list[int]) -> list[int]:
    """Philox4x32-10 of Salmon et al., written from the paper."""
    c, k = counter, key
    for _ in range(10):
        left, right = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [right // WORD ^ c[1] ^ k[0], right % WORD, left // WORD ^ c[3] ^ k[1], left % WORD]
        k = [(k[0] + 0x9E3779B9) % WORD, (k[1] + 0xBB67AE85) % WORD]
    return c


def stream(seed: int, replica: int) -> Iterator[int]:
    """64-bit words of one replica."""
    block = 0
    while True:
        halves = [block % WORD, block // WORD, replica % WORD, replica // WORD]
        a, b, c, d = philox(halves, [seed % WORD, seed // WORD])
        yield a + WORD * b
        yield c + WORD * d
        block += 1


def state_of(law: list[float], word: int) -> int:
    """The documented inverse distribution function, one state at a time."""
    threshold, last = 0, max(i for i, p in enumerate(law) if p > 0)
    for i in range(last):
        threshold += round(Fraction(law[i]) * 2**62)
        if word // 4 < threshold:
            return i
    return last


def twin(tree: Tree, channels: np.ndarray, replica: int, seed: int, prior: np.ndarray) -> list[int]:
    words = stream(seed, replica)
    states = [state_of(prior.tolist(), next(words))]
    for v in range(1, tree.n_nodes):
        channel = channels if channels.ndim == 2 else channels[v]
        states.append(state_of(channel[states[tree.parent[v]]].tolist(), next(words)))
    return states


def laws(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Random rows, zeros among them, sums within rounding of 1."""
    weights = rng.exponential(size=shape) * (rng.random(shape) < 0.7)
    weights[..., -1] += weights.sum(axis=-1) == 0
    return weights / weights.sum(axis=-1, keepdims=True)


@st.composite
def broadcasts(draw: st.DrawFn) -> tuple[Tree, np.ndarray, np.ndarray]:
    n_nodes = draw(st.integers(1, 12))
    tree = Tree([-1] + [draw(st.integers(0, v - 1)) for v in range(1, n_nodes)])
    q = draw(st.sampled_from([1, 2, 3, 4, 5, 7, 300]))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    shape = (q, q) if draw(st.booleans()) else (n_nodes, q, q)
    return tree, laws(rng, *shape), laws(rng, q)


words = st.integers(0, 2**64 - 1)


@settings(max_examples=60)
@given(broadcasts(), words, st.integers(0, 2**64 - 200))
def test_states_are_those_of_the_documented_stream(
    broadcast: tuple[Tree, np.ndarray, np.ndarray], seed: int, first: int
) -> None:
    tree, channels, prior = broadcast
    states = trees.broadcast(tree, channels, 70, seed, prior, first=first)
    assert states.dtype == (np.uint8 if len(prior) <= 255 else np.uint16)
    for i in (0, 1, 63, 64, 69):
        assert states[i].tolist() == twin(tree, channels, first + i, seed, prior)


@settings(max_examples=30)
@given(broadcasts(), words, st.integers(1, 3), st.integers(0, 150))
def test_states_depend_neither_on_threads_nor_on_the_split(
    broadcast: tuple[Tree, np.ndarray, np.ndarray], seed: int, threads: int, cut: int
) -> None:
    tree, channels, prior = broadcast
    whole = trees.broadcast(tree, channels, 150, seed, prior)
    parts = [
        trees.broadcast(tree, channels, cut, seed, prior, threads=threads),
        trees.broadcast(tree, channels, 150 - cut, seed, prior, threads=threads, first=cut),
    ]
    assert (np.concatenate(parts) == whole).all()
    leaves = trees.broadcast(tree, channels, 150, seed, prior, leaves_only=True)
    assert leaves.shape == (150, tree.n_leaves)
    assert (leaves == whole[:, tree.leaves]).all()


def test_the_golden_sample() -> None:
    # Published known answer of Philox4x32-10 for a zero counter and key: words 6627e8d5 e169c58d bc57ac4c 9b00dbd8.
    u = [0xE169C58D6627E8D5 / 2**64, 0x9B00DBD8BC57AC4C / 2**64]
    assert [round(x, 6) for x in u] == [0.880520, 0.605482]
    law = [[0.60548, 0.39452], [0.88053, 0.11947]]
    assert trees.broadcast(Tree([-1, 0]), law, 1, 0, [0.88052, 0.11948]).tolist() == [[1, 0]]
    assert trees.broadcast(Tree([-1, 0]), law, 1, 0, [0.88053, 0.11947]).tolist() == [[0, 1]]


@pytest.mark.parametrize("q", [255, 256])
def test_the_type_of_states(q: int) -> None:
    states = trees.broadcast(Tree.complete(2, 1), np.eye(q), 3000, 5)
    assert states.dtype == (np.uint8 if q == 255 else np.uint16)
    assert (states == states[:, :1]).all()
    assert states.max() == q - 1  # missed with probability (1 - 1/q)^3000 < 1e-5 under another seed; here it is fixed


def test_permutations_are_copied_exactly() -> None:
    rng = np.random.default_rng(0)
    tree, q = Tree.complete(3, 3), 6
    permutations = [rng.permutation(q) for _ in range(tree.n_nodes)]
    channels = np.stack([np.eye(q)[p] for p in permutations])
    channels[0] = np.nan  # the root's is ignored
    states = trees.broadcast(tree, channels, 500, 3)
    for v in range(1, tree.n_nodes):
        assert (states[:, v] == permutations[v][states[:, tree.parent[v]]]).all()


def test_an_impossible_state_is_never_drawn_in_the_rounding_of_a_sum() -> None:
    # Three thirds in binary miss 1 by 2^-54: the last word below 2^62 must still be the third state.
    assert state_of([1 / 3, 1 / 3, 1 / 3, 0.0], 2**64 - 1) == 2
    # Found by search: the first word of this replica is 1 - 1.99e-10, beyond a law that sums to 1 - 9e-10, as it may.
    seldom = 2618200274
    assert 1 - next(stream(0, seldom)) / 2**64 < 2e-10
    for law in ([0.5, 0.5 - 9e-10, 0.0], [1 - 9e-10, 0.0, 0.0]):
        last = 1 if law[1] else 0
        assert trees.broadcast(Tree([-1]), np.eye(3), 1, 0, law, first=seldom).tolist() == [[last]]


def test_a_word_at_a_threshold_is_beyond_it() -> None:
    # A word of 62 bits that a double holds, so that a law can have its threshold exactly there.
    replica = next(i for i in range(10**5) if next(stream(0, i)) >> 2 & 511 == 0)
    u = (next(stream(0, replica)) >> 2) * 2.0**-62
    assert trees.broadcast(Tree([-1]), np.eye(2), 1, 0, [u, 1 - u], first=replica).tolist() == [[1]]
    above = math.nextafter(u, 1)
    assert trees.broadcast(Tree([-1]), np.eye(2), 1, 0, [above, 1 - above], first=replica).tolist() == [[0]]


def test_frequencies() -> None:
    # Hoeffding: each of the 2 + 16 deviations exceeds sqrt(ln(2 / e) / (2 n)) with probability at most e = 1e-10.
    tree, n = Tree([-1, 0, 1]), 200_000
    prior = np.array([0.2, 0.8])
    channel = np.array([[0.9, 0.1], [0.35, 0.65]])
    states = trees.broadcast(tree, channel, n, 11, prior).astype(int)
    allowed = math.sqrt(math.log(2e10) / (2 * n))
    counts = Counter(map(tuple, states.tolist()))
    for a, b, c in np.ndindex(2, 2, 2):
        assert abs(counts[a, b, c] / n - prior[a] * channel[a, b] * channel[b, c]) < allowed
    assert abs(counts[1, 1, 1] / n - prior[1] * 0.65**2 - 0.02) > allowed  # the resolution is not nothing


@pytest.mark.parametrize(("arity", "depth", "theta"), [(2, 4, 0.7), (3, 3, 0.8)])
def test_census_and_majority_agree_with_their_laws(arity: int, depth: int, theta: float) -> None:
    tree, n = Tree.complete(arity, depth), 50_000
    channel = [[(1 + theta) / 2, (1 - theta) / 2], [(1 - theta) / 2, (1 + theta) / 2]]
    states = trees.broadcast(tree, channel, n, 17)
    sign = 1 - 2 * states.astype(int)
    leaves = states[:, tree.leaves]
    total = trees.census(leaves, 2) @ [1, -1]
    assert (total == sign[:, tree.leaves].sum(axis=1)).all()
    # Hoeffding for variables in [0, 1] and [-1, 1]: wrong with probability at most 1e-10 each.
    allowed = math.sqrt(math.log(2e10) / (2 * n))
    second = float(estimators.census_second_moment(arity, depth, theta)) / tree.n_leaves**2
    assert abs((total**2).mean() / tree.n_leaves**2 - second) < allowed
    if arity % 2:
        vote = 1 - 2 * trees.recursive_majority(tree, leaves).astype(int)
        assert abs((vote * sign[:, 0]).mean() - estimators.majority_correlation(arity, depth, theta)) < 2 * allowed


leaf_types = st.sampled_from([np.uint8, np.uint16])


@st.composite
def leaf_data(draw: st.DrawFn) -> tuple[Tree, np.ndarray, int]:
    n_nodes = draw(st.integers(1, 15))
    tree = Tree([-1] + [draw(st.integers(0, v - 1)) for v in range(1, n_nodes)])
    q, dtype = draw(st.integers(1, 4)), draw(leaf_types)
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    leaves = rng.integers(0, q, size=(draw(st.integers(0, 80)), tree.n_leaves)).astype(dtype)
    leaves[rng.random(leaves.shape) < 0.2] = np.iinfo(dtype).max
    return tree, leaves, q


@settings(max_examples=60)
@given(leaf_data(), st.integers(1, 3))
def test_census_counts(data: tuple[Tree, np.ndarray, int], threads: int) -> None:
    _, leaves, q = data
    counts = trees.census(leaves, q, threads=threads)
    assert counts.dtype == np.int32
    assert counts.tolist() == [[int((row == s).sum()) for s in range(q)] for row in leaves]


@settings(max_examples=40)
@given(
    st.sampled_from([1, 15, 16, 31, 63, 64, 65, 300, 20_000, 140_000]),
    st.sampled_from([1, 2, 3, 4, 5, 20, 32, 33, 200]),
    leaf_types,
    st.integers(0, 2**32),
)
def test_census_counts_long_rows(n_leaves: int, q: int, dtype: type, seed: int) -> None:
    rng = np.random.default_rng(seed)
    leaves = rng.integers(0, q, size=(3, n_leaves)).astype(dtype)
    leaves[0, rng.random(n_leaves) < 0.2] = np.iinfo(dtype).max
    leaves[1] = leaves[1, 0]  # more than a byte counts
    counts = trees.census(leaves, q)
    assert counts.tolist() == [[int((row == s).sum()) for s in range(q)] for row in leaves]
    i, j = int(rng.integers(3)), int(rng.integers(n_leaves))
    for wrong in {q, int(np.iinfo(dtype).max) - 1}:
        leaves[i, j] = wrong
        with pytest.raises(ValueError, match=rf"leaves\[{i}, {j}\] = {wrong}: a state is at most q - 1 = {q - 1}"):
            trees.census(leaves, q)


def plurality(tree: Tree, row: list[int], unobserved: int, words: Iterator[int] | None) -> int:
    value = dict(zip(tree.leaves.tolist(), row, strict=True))
    for v in reversed(range(tree.n_nodes)):
        if v in value:
            continue
        votes = Counter(
            value[c] for c in range(tree.n_nodes) if tree.parent[c] == v and value[c] != unobserved
        )  # insertion order: of the children
        tied = [s for s in votes if votes[s] == max(votes.values())]
        if len(tied) > 1 and words is not None:
            value[v] = tied[len(tied) * (next(words) >> 11) >> 53]
        else:
            value[v] = tied[0] if len(tied) == 1 else unobserved
    return value[0]


@settings(max_examples=100)
@given(leaf_data(), words, st.integers(0, 2**63), st.integers(1, 3))
def test_recursive_majority(data: tuple[Tree, np.ndarray, int], seed: int, first: int, threads: int) -> None:
    tree, leaves, _ = data
    unobserved = int(np.iinfo(leaves.dtype).max)
    plain = trees.recursive_majority(tree, leaves, threads=threads)
    assert plain.dtype == leaves.dtype
    assert plain.tolist() == [plurality(tree, row, unobserved, None) for row in leaves.tolist()]
    drawn = trees.recursive_majority(tree, leaves, ties="random", seed=seed, first=first, threads=threads)
    rows = enumerate(leaves.tolist())
    assert drawn.tolist() == [plurality(tree, row, unobserved, stream(seed, first + i)) for i, row in rows]


@pytest.mark.parametrize("n_children", [15, 16, 17, 40])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_recursive_majority_of_many_children(n_children: int, dtype: type) -> None:
    tree = Tree([-1] + [0] * n_children)
    leaves = np.random.default_rng(n_children).integers(0, 5, (200, n_children)).astype(dtype)
    leaves[leaves == 4] = np.iinfo(dtype).max
    unobserved = int(np.iinfo(dtype).max)
    plain = trees.recursive_majority(tree, leaves)
    assert plain.tolist() == [plurality(tree, row, unobserved, None) for row in leaves.tolist()]
    assert (plain == unobserved).any()
    drawn = trees.recursive_majority(tree, leaves, ties="random", seed=7)
    assert drawn.tolist() == [plurality(tree, row, unobserved, stream(7, i)) for i, row in enumerate(leaves.tolist())]


def test_ties() -> None:
    tree = Tree.complete(2, 1)
    rows = np.tile(np.array([[0, 1]], dtype=np.uint8), (100_000, 1))
    assert (trees.recursive_majority(tree, rows) == 255).all()
    drawn = trees.recursive_majority(tree, rows, ties="random", seed=2)
    # Hoeffding at 1e-10.
    assert abs(drawn.mean() - 0.5) < math.sqrt(math.log(2e10) / (2 * len(rows)))


@st.composite
def observations(draw: st.DrawFn) -> tuple[list[int], list[list[list[Fraction]]], list[list[Fraction]]]:
    n_nodes, q = draw(st.integers(2, 4)), draw(st.integers(2, 3))
    parent = [-1] + [draw(st.integers(0, v - 1)) for v in range(1, n_nodes)]

    def channel() -> list[list[Fraction]]:
        rows = [draw(st.lists(st.integers(1, 5), min_size=q, max_size=q)) for _ in range(q)]
        return [[Fraction(w, sum(row)) for w in row] for row in rows]

    return parent, [channel() for _ in parent], channel()


@settings(max_examples=25, deadline=None)
@given(observations())
def test_leaves_through_a_channel(
    case: tuple[list[int], list[list[list[Fraction]]], list[list[Fraction]]],
) -> None:
    """Multiplied into the last edges, or on edges of its own, the channel gives observed leaves the law it defines."""
    parent, edges, noise = case
    q, leaves = len(noise), [v for v in range(len(parent)) if v not in parent]
    through = [
        [[sum(row[k] * noise[k][j] for k in range(q)) for j in range(q)] for row in edge] if v in leaves else edge
        for v, edge in enumerate(edges)
    ]
    defined, multiplied, extended = Counter(), Counter(), Counter()  # type: ignore[var-annotated]
    for states, weight in exact.weights(parent, edges).items():
        inner = tuple(s for v, s in enumerate(states) if v not in leaves)
        for seen in np.ndindex(*[q] * len(leaves)):
            defined[inner, seen] += weight * math.prod(noise[states[v]][j] for v, j in zip(leaves, seen, strict=True))
    for states, weight in exact.weights(parent, through).items():
        inner = tuple(s for v, s in enumerate(states) if v not in leaves)
        multiplied[inner, tuple(states[v] for v in leaves)] += weight
    longer = [*parent, *leaves]
    assert Tree(longer).leaves.tolist() == list(range(len(parent), len(longer)))
    for states, weight in exact.weights(longer, [*edges, *[noise] * len(leaves)]).items():
        inner = tuple(s for v, s in enumerate(states[: len(parent)]) if v not in leaves)
        extended[inner, states[len(parent) :]] += weight
    assert defined == multiplied == extended
    show = np.array([[j % q for j in range(len(leaves))]], dtype=np.uint8)
    one = bp.marginals(Tree(parent), np.array(through, dtype=float), show)
    two = bp.marginals(Tree(longer), np.array([*edges, *[noise] * len(leaves)], dtype=float), show)
    assert np.allclose(one.root, two.root, rtol=1e-12, atol=0)


CHANNEL = [[0.9, 0.1], [0.1, 0.9]]


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"channels": [[0.9, 0.07], [0.1, 0.9]]}, ValueError, r"channels\[0\] sums to 0.97"),
        ({"channels": [[[1.0]], [[1.0]], [[0.9]]]}, ValueError, r"channels\[2, 0\] sums to 0.9"),
        ({"channels": [[1.5, -0.5], [0, 1]]}, ValueError, r"channels\[0, 0\] = 1.5: a probability"),
        ({"channels": [[math.nan, 1], [0, 1]]}, ValueError, r"channels\[0, 0\] = nan"),
        ({"channels": [[0.5, 0.5]]}, ValueError, r"channels has shape \(1, 2\): it must be \(q, q\)"),
        ({"channels": [0.5, 0.5]}, ValueError, r"channels has shape \(2,\)"),
        ({"channels": np.ones((2, 1, 1))}, ValueError, r"channels has 2 channels: the tree has 3 nodes"),
        ({"channels": np.ones((0, 0))}, ValueError, r"channels has no states"),
        ({"prior": [0.5, 0.4]}, ValueError, r"prior sums to 0.9: a prior sums to 1"),
        ({"prior": [1.0]}, ValueError, r"prior has 1 entries: the channels have 2 states"),
        ({"prior": []}, ValueError, r"prior is empty"),
        ({"prior": CHANNEL}, ValueError, r"prior has shape \(2, 2\)"),
        ({"n": -1}, ValueError, r"n = -1: it must be at least 0"),
        ({"n": 1.5}, TypeError, r"n = 1.5: it must be an integer"),
        ({"seed": -1}, ValueError, r"seed = -1: it must be at least 0"),
        ({"seed": 2**64}, ValueError, r"seed = 18446744073709551616: it must be at least 0 and below 2\^64"),
        ({"seed": None}, TypeError, r"seed = None: it must be an integer"),
        ({"first": -3}, ValueError, r"first = -3"),
        ({"threads": 0}, ValueError, r"threads = 0: it must be at least 1"),
    ],
)
def test_bad_broadcasts(arguments: dict[str, object], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=f"^{message}"):
        trees.broadcast(Tree([-1, 0, 0]), **{"channels": CHANNEL, "n": 2, "seed": 0, **arguments})  # type: ignore[arg-type]


def test_bad_leaves() -> None:
    tree = Tree([-1, 0, 0])
    with pytest.raises(ValueError, match=r"leaves\[1, 0\] = 2: a state is at most q - 1 = 1, or 255 for unobserved"):
        trees.census(np.array([[0, 255], [2, 0]], dtype=np.uint8), 2)
    with pytest.raises(ValueError, match=r"q = 0: it must be at least 1"):
        trees.census(np.zeros((1, 2), dtype=np.uint8), 0)
    with pytest.raises(ValueError, match=r"q = 256: leaves of this type show 1 to 255 states"):
        trees.census(np.zeros((1, 2), dtype=np.uint8), 256)
    assert trees.census(np.zeros((1, 2), dtype=np.uint8), 255)[0, 0] == 2
    with pytest.raises(TypeError, match=r"leaves has dtype int64: it must be uint8 or uint16"):
        trees.census(np.zeros((1, 2), dtype=np.int64), 2)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"leaves has shape \(2,\): it must be \(n, n_leaves\)"):
        trees.recursive_majority(tree, np.zeros(2, dtype=np.uint8))
    with pytest.raises(ValueError, match=r"leaves has 3 columns: the tree has 2 leaves"):
        trees.recursive_majority(tree, np.zeros((1, 3), dtype=np.uint8))
    rows = np.zeros((1, 2), dtype=np.uint8)
    with pytest.raises(ValueError, match=r"ties = 'first': it must be 'unobserved' or 'random'"):
        trees.recursive_majority(tree, rows, ties="first")
    with pytest.raises(ValueError, match=r"seed = None: random ties need a seed"):
        trees.recursive_majority(tree, rows, ties="random")
    with pytest.raises(ValueError, match=r"seed = 3: nothing is drawn unless"):
        trees.recursive_majority(tree, rows, seed=3)


def test_a_signal_stops_a_long_broadcast() -> None:
    """A kernel that did not look for signals would let only one through, after its end."""
    seen = []

    def handler(number: int, frame: object) -> None:
        seen.append(number)
        if len(seen) == 2:
            raise KeyboardInterrupt

    previous = signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, 0.02, 0.02)
    try:
        with pytest.raises(KeyboardInterrupt):
            trees.broadcast(Tree.complete(2, 12), CHANNEL, 20_000, 0, threads=1, leaves_only=True)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
