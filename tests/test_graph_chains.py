"""Regular graphs and the chains on them, against their definitions bit by bit."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrodict.maps.algebraic import gray
from retrodict.maps.graph_chain import (
    cycle_chain,
    graph_chain,
    inner_product,
    moebius_chain,
    quadratic_form,
    regular_chain,
)
from retrodict.maps.permutations import words
from retrodict.maps.regular_graphs import cycle, matching, moebius_ladder, random_regular


def bits(x: int, n: int) -> list[int]:
    return [x >> i & 1 for i in range(n)]


def number(b: Sequence[int]) -> int:
    return sum(bit << i for i, bit in enumerate(b))


def degrees(n_vertices: int, edges: list[tuple[int, int]]) -> list[int]:
    return [sum(v in edge for edge in edges) for v in range(n_vertices)]


@pytest.mark.parametrize("n", [5, 6, 7, 8, 12, 16, 40])
def test_random_regular_graphs(n: int) -> None:
    found = [random_regular(n, seed) for seed in range(4)]
    for edges in found:
        assert degrees(n, edges) == [4] * n
        assert edges == sorted(set(edges))
        assert all(u < v for u, v in edges)
    assert n < 7 or len({tuple(edges) for edges in found}) > 1
    assert found[1] == random_regular(n, 1)


def test_a_random_regular_graph_follows_its_recipe() -> None:
    for attempt in range(1000):
        stream = words(3, 4096 + attempt, 28).tolist()
        order = sorted(range(28), key=lambda h: stream[h])
        pairs = [tuple(sorted((order[i] // 4, order[i + 1] // 4))) for i in range(0, 28, 2)]
        if len(set(pairs)) == 14 and all(u != v for u, v in pairs):
            assert random_regular(7, 3) == sorted(pairs)
            return
    raise AssertionError("no attempt succeeds")


def test_random_regular_graphs_are_uniform() -> None:
    """On six vertices they are the complements of the 15 perfect matchings: chi-square at 14 degrees of freedom."""
    draws = 450
    counts: dict[tuple[tuple[int, int], ...], int] = {}
    for seed in range(draws):
        graph = tuple(random_regular(6, seed))
        counts[graph] = counts.get(graph, 0) + 1
    assert len(counts) == 15
    assert sum((count - draws / 15) ** 2 / (draws / 15) for count in counts.values()) < 45  # p = 4e-5


def test_ladders_and_cycles() -> None:
    for n in (4, 6, 10):
        assert degrees(n, moebius_ladder(n)) == [3] * n
        assert len(set(moebius_ladder(n))) == 3 * n // 2
    assert {frozenset(edge) for edge in moebius_ladder(6)} == {frozenset((u, v)) for u in (0, 2, 4) for v in (1, 3, 5)}
    assert degrees(5, cycle(5)) == [2] * 5
    assert degrees(6, matching(3)) == [1] * 6


@pytest.mark.parametrize(("build", "n"), [(cycle, 2), (moebius_ladder, 2), (moebius_ladder, 5)])
def test_too_few_vertices(build: object, n: int) -> None:
    with pytest.raises(ValueError, match=f"n_vertices = {n}"):
        build(n)  # type: ignore[operator]
    with pytest.raises(ValueError, match="n_vertices = 4: a 4-regular graph has at least 5"):
        random_regular(4, 0)


# --- graph chains -------------------------------------------------------------------------------------------------


@st.composite
def graphs(draw: st.DrawFn) -> tuple[int, list[tuple[int, int]]]:
    n = draw(st.integers(2, 5))
    edges = draw(st.lists(st.sampled_from(list(combinations(range(n), 2))), max_size=5))
    return n, edges


@given(graphs())
def test_graph_chains_by_their_bits(graph: tuple[int, list[tuple[int, int]]]) -> None:
    v, edges = graph
    m = len(edges)
    f = graph_chain("f", v, edges)
    form = quadratic_form("q", v, edges)
    inverse = f.inverse()
    for z in range(1 << v + m):
        x, s = bits(z, v), [*bits(z >> v, m), 0]
        t = [s[e] ^ s[e + 1] ^ x[a] & x[b] for e, (a, b) in enumerate(edges)]
        assert f.table[z] == number([*x, *t])
        back = [sum(t[j] ^ x[a] & x[b] for j, (a, b) in enumerate(edges) if j >= e) % 2 for e in range(m)]
        assert back == s[:m]
    for x0 in range(1 << v):  # t = 0: bit 0 of s is the form
        q = sum(bits(x0, v)[a] & bits(x0, v)[b] for a, b in edges) % 2
        assert form.table[x0] == q
        assert not m or int(inverse.table[x0]) >> v & 1 == q


def test_the_inner_product_permutation() -> None:
    f = inner_product(9)
    for z in range(512):
        x, y, s = bits(z, 3), bits(z >> 3, 3), [*bits(z >> 6, 3), 0]
        assert f.table[z] == number([*x, *y, *(s[i] ^ s[i + 1] ^ x[i] & y[i] for i in range(3))])
    s1 = f.inverse().output(6)
    assert [int(s1[z]) for z in range(64)] == [(z & z >> 3 & 7).bit_count() % 2 for z in range(64)]


def test_a_chain_looks_at_four_inputs() -> None:
    for f in (inner_product(15), cycle_chain(14), moebius_chain(15), regular_chain(15, 0)):
        for i in range(f.n_outputs):
            table = f.output(i)
            x = np.arange(table.size)
            assert sum(bool((table != table[x ^ 1 << j]).any()) for j in range(f.n_inputs)) <= 4


def test_named_chains_are_chains_of_their_graphs() -> None:
    assert np.array_equal(cycle_chain(10).table, graph_chain("", 5, cycle(5)).table)
    assert np.array_equal(moebius_chain(15).table, graph_chain("", 6, moebius_ladder(6)).table)
    assert np.array_equal(regular_chain(15, 7).table, graph_chain("", 5, random_regular(5, 7)).table)
    without_vertices = [x ^ x >> 1 for x in range(8)]
    assert gray(3).table.tolist() == without_vertices


def test_bad_edges() -> None:
    with pytest.raises(ValueError, match=r"f: edges\[1\] = \(0, 3\): must join two of the vertices 0 ... 2"):
        graph_chain("f", 3, [(0, 1), (0, 3)])
    with pytest.raises(ValueError, match=r"edges\[0\] = \(1, 1\)"):
        quadratic_form("f", 3, [(1, 1)])
    with pytest.raises(ValueError, match=r"f: n_inputs = 48: must lie in 1 \.\.\. 16, since a map is"):
        graph_chain("f", 16, random_regular(16, 0))
