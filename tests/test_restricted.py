"""Restricted models: decision trees, terms, De Morgan formulas, protocols, sign-rank."""

from __future__ import annotations

import os
import signal
import threading
import time
from fractions import Fraction
from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrodict import circuits
from retrodict.capacity import communication, dnf_terms, formula_size, sign_rank
from retrodict.capacity.decision_tree_size import decision_tree_size
from retrodict.capacity.matrices import balanced, rank
from retrodict.capacity.truth_table import n_variables, on_essential
from retrodict.exact import restricted as exact
from retrodict.maps import parse

UNIT = 1 << 20


@st.composite
def tables(draw: st.DrawFn, most: int, least: int = 0) -> list[int]:
    n = draw(st.integers(least, most))
    return draw(st.lists(st.integers(0, 1), min_size=2**n, max_size=2**n))


def parity(n: int) -> list[int]:
    return [x.bit_count() & 1 for x in range(2**n)]


def bits(table: list[int]) -> np.ndarray:
    return np.array(table, dtype=np.uint8)


def moved(table: list[int], order: list[int], flips: int) -> list[int]:
    """The table after the inputs are permuted and those in `flips` complemented."""
    return [
        table[sum((x >> source & 1) << target for target, source in enumerate(order)) ^ flips]
        for x in range(len(table))
    ]


def inside(cube: tuple[int, int], points: int) -> set[int]:
    return {x for x in range(points) if x & cube[0] == cube[1]}


# ---- decision trees


@settings(max_examples=80)
@given(tables(4))
def test_decision_trees_are_their_definition(table: list[int]) -> None:
    assert circuits.decision_tree(table) == circuits.DecisionTree(*exact.decision_tree(table))


@given(tables(7), st.data())
def test_decision_trees_are_invariant(table: list[int], data: st.DataObject) -> None:
    n = len(table).bit_length() - 1
    order, flips = data.draw(st.permutations(range(n))), data.draw(st.integers(0, 2**n - 1))
    assert circuits.decision_tree(moved(table, order, flips)) == circuits.decision_tree(table)
    assert circuits.decision_tree([1 - y for y in table]) == circuits.decision_tree(table)
    # Useless inputs, above and below, change nothing.
    assert circuits.decision_tree(np.repeat(np.tile(table, 2), 2)) == circuits.decision_tree(table)
    assert decision_tree_size(bits(table)) == circuits.decision_tree(table).leaves


@pytest.mark.parametrize("n", [0, 1, 5, 11, 13])
def test_trees_of_parities_and_of_an_or(n: int) -> None:
    assert circuits.decision_tree(parity(n)) == circuits.DecisionTree(n, 2**n)
    assert circuits.decision_tree(np.arange(2**n) > 0) == circuits.DecisionTree(n, n + 1)


def test_the_smallest_tree_is_not_the_shallowest() -> None:
    """No tree of depth 4 of this function has 12 leaves, if all its subtrees are as shallow as can be."""
    table = [0x5D0D08D9 >> x & 1 for x in range(32)]
    assert circuits.decision_tree(table) == circuits.DecisionTree(4, 12)
    assert depth_first(table) == (4, 13)


def depth_first(table: list[int]) -> tuple[int, int]:
    """The least depth, and the fewest leaves of the trees whose subtrees are all of least depth."""
    if len(set(table)) == 1:
        return 0, 1
    options = []
    for i in range(len(table).bit_length() - 1):
        halves = [depth_first([y for x, y in enumerate(table) if x >> i & 1 == bit]) for bit in (0, 1)]
        options.append((1 + max(half[0] for half in halves), sum(half[1] for half in halves)))
    return min(options)


@settings(max_examples=80)
@given(tables(4))
def test_the_largest_parity_is_its_definition(table: list[int]) -> None:
    n = len(table).bit_length() - 1
    mask, value = circuits.largest_parity(table)
    points = [x for x in range(len(table)) if x & mask == value]
    assert len({table[x] ^ (x & ~mask).bit_count() & 1 for x in points}) == 1
    assert n - mask.bit_count() == exact.largest_parity(table)


def test_largest_parities_of_maps() -> None:
    chi = parse("sbox:keccak-chi")
    free = [[5 - circuits.largest_parity(f.output(0))[0].bit_count() for f in (chi, chi.inverse())]]
    assert free == [[2, 3]]
    assert circuits.largest_parity(np.tile(parity(6), 4)) == (0b11000000, 0)
    bit = parse("random:n=13,seed=0").output(0)
    mask, value = circuits.largest_parity(bit)
    inside_it = [x for x in range(2**13) if x & mask == value]
    assert len(inside_it) >= 8
    assert len({bit[x] ^ (x & ~mask).bit_count() & 1 for x in inside_it}) == 1


# ---- terms


@settings(max_examples=60)
@given(tables(4))
def test_prime_implicants_are_their_definition(table: list[int]) -> None:
    assert circuits.prime_implicants(table) == exact.prime_implicants(table)


@settings(max_examples=60)
@given(tables(3))
def test_terms_are_their_definition(table: list[int]) -> None:
    found = circuits.dnf_terms(table)
    assert found.exact
    assert found.upper == exact.dnf_terms(table)


@settings(max_examples=40)
@given(tables(8), st.data())
def test_terms_come_with_what_shows_them(table: list[int], data: st.DataObject) -> None:
    found = circuits.dnf_terms(table, nodes=data.draw(st.sampled_from([1, 50, 10_000])))
    ones = {x for x, y in enumerate(table) if y}
    assert set().union(*(inside(cube, len(table)) for cube in found.witness)) == ones
    assert len(found.witness) == found.upper
    if isinstance(found.proof, np.ndarray):
        assert bound_by_hand(table, found.proof) == found.lower == circuits.dnf_bound(table, found.proof)
    else:
        assert found.proof == "exhaustive search"
        assert found.exact
    n = len(table).bit_length() - 1
    other = moved(table, data.draw(st.permutations(range(n))), data.draw(st.integers(0, 2**n - 1)))
    assert found.lower <= circuits.dnf_terms(other).upper
    assert circuits.dnf_terms(other).lower <= found.upper


def bound_by_hand(table: list[int], weights: np.ndarray) -> int:
    """The bound, from implicants found one by one."""
    w = [int(weight) * y for weight, y in zip(weights, table, strict=True)]
    loads = [sum(w[x] for x in inside(cube, len(table))) for cube in circuits.prime_implicants(table)]
    return max(0, -(-(sum(w) - sum(max(0, load - UNIT) for load in loads)) // UNIT))


@settings(max_examples=60)
@given(tables(3, least=1), st.data())
def test_any_weights_bound_the_terms(table: list[int], data: st.DataObject) -> None:
    weights = data.draw(st.lists(st.integers(0, UNIT), min_size=len(table), max_size=len(table)))
    assert circuits.dnf_bound(table, weights) == bound_by_hand(table, np.array(weights))
    assert circuits.dnf_bound(table, weights) <= exact.dnf_terms(table)


def covering_number(table: list[int]) -> int:
    """The fewest prime implicants that cover, by dynamic programming over the sets covered."""
    points = [x for x, y in enumerate(table) if y]
    place = {x: i for i, x in enumerate(points)}
    columns = [sum(1 << place[x] for x in inside(c, len(table))) for c in circuits.prime_implicants(table)]
    reached, terms = {0}, 0
    while (1 << len(points)) - 1 not in reached:
        # The lowest input that is not covered must be covered by some column.
        reached = {s | c for s in reached for c in columns if c >> (~s & (s + 1)).bit_length() - 1 & 1}
        terms += 1
    return terms


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_terms_of_five_variables_by_another_search(word: int) -> None:
    table = [word >> x & 1 for x in range(32)]
    assert circuits.dnf_terms(table).upper == covering_number(table)
    assert circuits.dnf_terms(table).exact


def test_terms_of_cyclic_cores() -> None:
    """Where nothing is forced and weights alone do not decide, the search does; cut off, it says so."""
    searched = 0
    for seed in range(40):
        table = np.random.default_rng(seed).random(256) < 0.75
        found = circuits.dnf_terms(table)
        assert found.exact
        searched += isinstance(found.proof, str)
        early = circuits.dnf_terms(table, nodes=1)
        assert early.lower <= found.upper <= early.upper
        assert early.exact or early.note == "the search was cut off after 1 nodes"
    assert searched > 0


def coverable(open_points: int, columns: list[int], terms: int) -> bool:
    """Whether so many columns can have all points; branches on the point that the fewest columns have."""
    if open_points == 0:
        return True
    if max((c & open_points).bit_count() for c in columns) * terms < open_points.bit_count():
        return False
    points = [1 << i for i in range(open_points.bit_length()) if open_points >> i & 1]
    rarest = min(points, key=lambda point: sum(c & point > 0 for c in columns))
    return any(coverable(open_points & ~c, columns, terms - 1) for c in columns if c & rarest)


@pytest.mark.parametrize("seed", [3238, 3670])
def test_terms_where_the_first_cover_is_not_the_least(seed: int) -> None:
    table = (np.random.default_rng(seed).random(64) < 0.8).tolist()
    found = circuits.dnf_terms(table)
    assert found.proof == "exhaustive search"
    assert circuits.dnf_terms(table, nodes=1).upper > found.upper
    ones = sum(1 << x for x, y in enumerate(table) if y)
    columns = [sum(1 << x for x in inside(c, 64)) for c in circuits.prime_implicants(table)]
    assert coverable(ones, columns, found.upper)
    assert not coverable(ones, columns, found.upper - 1)


@pytest.mark.parametrize("n", [1, 2, 5, 9])
def test_terms_of_parities_and_of_an_or(n: int) -> None:
    assert circuits.dnf_terms(parity(n)).lower == circuits.dnf_terms(parity(n)).upper == 2 ** (n - 1)
    some = circuits.dnf_terms(np.arange(2**n) > 0)
    assert some.witness == tuple((1 << i, 1 << i) for i in range(n))
    assert some.exact


def test_the_measure_of_terms() -> None:
    assert [bound.kind for bound in dnf_terms.bounds(bits(parity(6)))] == ["exact"]
    wide = dnf_terms.bounds(parse("perm:n=12,seed=0").output(0))
    assert [bound.kind for bound in wide] == ["lower", "upper"]
    assert 0 < wide[0].value < wide[1].value
    assert "cut off" in wide[0].note


def test_too_many_prime_implicants_are_bounded_by_halves() -> None:
    """Of the middle weights of 14 bits there are 14! / (5! 4! 5!) = 252,252, with 2^5 inputs each."""
    weight = np.bitwise_count(np.arange(2**14))
    middle = ((weight >= 4) & (weight <= 9)).astype(np.uint8)
    with pytest.raises(ValueError, match="table has prime implicants with 8072064 inputs in all"):
        circuits.dnf_terms(middle)
    lower, upper = dnf_terms.bounds(middle)
    assert (lower.kind, upper.kind) == ("lower", "upper")
    halves = [dnf_terms.bounds(half) for half in middle.reshape(2, -1)]
    assert lower.value == max(half[0].value for half in halves)
    assert upper.value == sum(half[-1].value for half in halves)
    assert "of the halves along x_13" in lower.note


def test_control_c_stops_the_search_for_terms() -> None:
    table = np.random.default_rng(0).random(1024) < 0.75
    timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    started = time.process_time()
    with pytest.raises(KeyboardInterrupt):
        timer.start()
        circuits.dnf_terms(table, nodes=10**9)
    assert time.process_time() - started < 3
    timer.join()


# ---- formulas


@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_formulas_are_their_definition(n: int) -> None:
    assert circuits.formula_table(n).tolist() == exact.formula_table(n)


def test_formulas_of_four_inputs() -> None:
    leaves = circuits.formula_table(4)
    assert leaves[np.arange(256) * 257].tolist() == circuits.formula_table(3).tolist()
    assert leaves[0x6996] == leaves[0x9669] == 16
    # f is a conjunction of two functions above it, or f's complement is: the best pair has as many leaves as f.
    for f in np.random.default_rng(0).integers(0, 65536, 60).tolist():
        if 6 <= f.bit_count() <= 10:
            assert leaves[f] == min(best_conjunction(g, leaves) for g in (f, f ^ 65535))


def best_conjunction(f: int, leaves: np.ndarray) -> int:
    above = np.array([g for g in range(65536) if g & f == f and g not in (f, 65535)])
    pairs = leaves[above].astype(int)[:, None] + leaves[above]
    return int(pairs[above[:, None] & above == f].min())


@settings(max_examples=50)
@given(st.integers(0, 65535), st.permutations(range(4)), st.integers(0, 15))
def test_formula_cost_is_invariant(f: int, order: list[int], flips: int) -> None:
    table = [f >> x & 1 for x in range(16)]
    assert circuits.formula_cost(table) == circuits.formula_table(4)[f] == circuits.formula_upper(table)
    assert circuits.formula_cost(moved(table, order, flips)) == circuits.formula_cost([1 - y for y in table])


def smallest_expansion(table: list[int]) -> int:
    """Leaves, trying every input at every node."""
    if len(table) <= 16:
        return circuits.formula_cost(table)
    best = []
    for i in range(len(table).bit_length() - 1):
        low, high = ([y for x, y in enumerate(table) if x >> i & 1 == bit] for bit in (0, 1))
        rises = all(a <= b for a, b in zip(low, high, strict=True))
        falls = all(a >= b for a, b in zip(low, high, strict=True))
        if rises and falls:
            return smallest_expansion(low)
        best.append(smallest_expansion(low) + smallest_expansion(high) + (1 if rises or falls else 2))
    return min(best)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1))
def test_expansions_by_trying_everything(word: int, mask: int) -> None:
    for f in (word, word & mask, word & mask & mask >> 8, word | mask << 4):
        table = [f >> x & 1 for x in range(64)]
        assert circuits.formula_upper(table) == smallest_expansion(table)


def test_expansions_beyond_free_choice_only_grow() -> None:
    table = parse("triangular:n=13").inverse().output(12)
    assert circuits.formula_upper(np.tile(table, 2)) == circuits.formula_upper(table)
    reversed_inputs = table.reshape((2,) * 13).T.reshape(-1)  # now the cheap input is expanded first
    assert circuits.formula_upper(reversed_inputs) != circuits.formula_upper(table)


@settings(max_examples=60)
@given(tables(4, least=1), st.data())
def test_koutsoupias_bounds_formulas(table: list[int], data: st.DataObject) -> None:
    f = bits(table)
    weights = data.draw(st.lists(st.integers(0, 9), min_size=f.size, max_size=f.size))
    sides = [[w for w, y in zip(weights, table, strict=True) if y == bit] for bit in (0, 1)]
    if any(sum(side) == 0 for side in sides):
        with pytest.raises(ValueError, match="both sides need some"):
            formula_size.koutsoupias(f, weights)
        return
    n = f.size.bit_length() - 1
    edges = [(x, x ^ 1 << i) for x in range(f.size) for i in range(n) if f[x] < f[x ^ 1 << i]]
    total = sum(weights[x] * weights[y] for x, y in edges)
    norms = [sum(w * w for w in side) for side in sides]
    bound = formula_size.koutsoupias(f, weights)
    assert bound == Fraction(total**2, norms[0] * norms[1])
    assert bound <= circuits.formula_cost(table)
    assert bound <= formula_size.koutsoupias(f, formula_size.weights(f)) + Fraction(1, 50)


def test_khrapchenko_of_parities_and_ors() -> None:
    for n in range(1, 9):
        assert formula_size.khrapchenko(bits(parity(n))) == n**2
        some = (np.arange(2**n) > 0).astype(np.uint8)
        assert formula_size.khrapchenko(some) == Fraction(n**2, 2**n - 1)
        assert formula_size.khrapchenko(some, weights_at_most_one(n)) == n
        [bound] = formula_size.bounds(some)
        assert (bound.kind, bound.value) == ("exact", n)
    assert [formula_size.bounds(bits(parity(n)))[0].value for n in (4, 8)] == [16, 64]
    assert [b.value for b in formula_size.bounds(bits(parity(5)))] == [25, 28]


def weights_at_most_one(n: int) -> list[int]:
    return [int(x.bit_count() <= 1) for x in range(2**n)]


@settings(max_examples=40)
@given(tables(3, least=1), tables(4, least=1))
def test_summands(left: list[int], right: list[int]) -> None:
    f = bits([a ^ b for b in right for a in left])
    parts = formula_size.summands(f)
    assert all(part.size > 1 for part in parts) or len(parts) == 1
    total = np.zeros(1, dtype=np.uint8)
    for part in parts:
        total = (total[None, :] ^ part[:, None]).reshape(-1)
    # The inputs of the parts are the essential ones of f, in another order.
    core = on_essential(f)
    assert total.size == core.size
    if core.size <= 16:
        same = (moved(total.tolist(), list(order), 0) for order in permutations(range(n_variables(core))))
        assert any(table in (core.tolist(), (1 - core).tolist()) for table in same)


# ---- communication


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 4), st.integers(1, 4), st.data())
def test_communication_is_its_definition(rows: int, columns: int, data: st.DataObject) -> None:
    word = data.draw(st.integers(0, 2 ** (rows * columns) - 1))
    matrix = [[word >> i * columns + j & 1 for j in range(columns)] for i in range(rows)]
    assert communication.communication(np.array(matrix)) == exact.communication(matrix)


@settings(max_examples=60)
@given(tables(6, least=1))
def test_bounds_of_communication(table: list[int]) -> None:
    matrix = balanced(bits(table)).astype(np.int64)
    [bound] = communication.bounds(bits(table))
    assert bound.kind == "exact"
    assert communication.leaves(matrix) <= 2**bound.value
    assert bound.value <= (min(len(np.unique(matrix, axis=a)) for a in (0, 1)) - 1).bit_length() + 1
    assert communication.communication(matrix.T) == bound.value


@settings(max_examples=60)
@given(tables(8, least=1))
def test_fooling_sets_fool(table: list[int]) -> None:
    matrix = balanced(bits(table))
    chosen = communication.fooling_set(matrix)
    assert all(matrix[i, j] == 1 for i, j in chosen)
    for (i, j), (k, l) in product(chosen, repeat=2):
        assert (i, j) == (k, l) or matrix[i, l] == 0 or matrix[k, j] == 0
    assert bool(chosen) == bool(matrix.any())


def test_communication_of_known_matrices() -> None:
    x = np.arange(256)
    inner = np.bitwise_count(x & x[:, None]) & 1
    for n, known in ((2, 3), (4, 5), (8, 9)):
        size = 1 << n
        equality = np.eye(size, dtype=np.uint8).reshape(-1)
        assert [b.value for b in communication.bounds(equality)] == [known]
        assert len(communication.fooling_set(np.eye(size, dtype=np.uint8))) == size
        assert rank(inner[:size, :size]) == size - 1
        [bound] = communication.bounds(inner[:size, :size].reshape(-1).astype(np.uint8))
        assert (bound.kind, bound.value) == ("exact", n + 1)


def test_rank_is_over_the_rationals() -> None:
    circulant = np.array([[1, 1, 0], [0, 1, 1], [1, 0, 1]])
    assert rank(circulant) == 3
    assert rank(np.ones((3, 5), dtype=np.int64)) == 1


# ---- sign-rank


def test_norms_of_hadamard_matrices_are_exact() -> None:
    x = np.arange(64)
    hadamard = 1 - 2 * (np.bitwise_count(x & x[:, None]).astype(np.int64) & 1)
    assert sign_rank.norm_powers(hadamard) == [(p, 64 ** (p // 2)) for p in (2, 4, 8, 16, 32)]
    assert sign_rank.forster_bound(hadamard) == 8
    assert sign_rank.discrepancy_bound(hadamard) == Fraction(1, 8)
    assert sign_rank.forster_bound(np.ones((4, 4), dtype=np.int64)) == 1
    assert sign_rank.discrepancy_bound(np.ones((4, 4), dtype=np.int64)) == 1


@settings(max_examples=40)
@given(st.integers(1, 9), st.integers(1, 9), st.randoms(use_true_random=False))
def test_norms_are_enclosed(rows: int, columns: int, random: object) -> None:
    signs = np.array([[random.choice((-1, 1)) for _ in range(columns)] for _ in range(rows)])  # type: ignore[attr-defined]
    norm = np.linalg.norm(signs, 2)
    powers = sign_rank.norm_powers(signs)
    assert all(bound >= norm**p * (1 - 1e-9) for p, bound in powers)
    assert powers[-1][1] ** (1 / 32) <= norm * rows ** (1 / 32) * (1 + 1e-9)
    assert sign_rank.forster_bound(signs) <= rank(signs)
    assert sign_rank.forster_bound(signs) <= np.sqrt(signs.size) / norm + 1
    best = max(abs(int(signs[np.ix_(r, c)].sum())) for r in subsets(min(rows, 6)) for c in subsets(min(columns, 6)))
    assert Fraction(best, signs.size) <= sign_rank.discrepancy_bound(signs)


def subsets(size: int) -> list[list[int]]:
    return [[i for i in range(size) if word >> i & 1] for word in range(1, 1 << size)]


def realised(signs: np.ndarray) -> int:
    """The least number of changes of sign along every row, over all orders and signs of the columns."""
    best = signs.shape[1]
    for order in permutations(range(signs.shape[1])):
        for flips in product((1, -1), repeat=signs.shape[1] - 1):
            best = min(best, sign_rank.sign_changes((signs * (1, *flips))[:, order]))
    return best


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**16 - 1))
def test_sign_rank_of_four_inputs(word: int) -> None:
    """Sign-rank is at most 2 if and only if some order and signs of the columns leave one change in every row."""
    f = bits([word >> x & 1 for x in range(16)])
    found = sign_rank.bounds(f)
    low, high = found[0].value, found[-1].value
    changes = realised(1 - 2 * balanced(f).astype(np.int64))
    assert low <= max(changes + 1, 1)
    if high <= 2:
        assert changes <= 1
    if changes >= 2:
        assert high >= 3


def test_sign_rank_of_equality_and_greater() -> None:
    x = np.arange(16)
    for matrix, low, high in ((x == x[:, None], 2, 3), (x > x[:, None], 2, 2), (x * 0 == 0, 1, 1)):
        found = sign_rank.bounds(matrix.astype(np.uint8).reshape(-1))
        assert (found[0].value, found[-1].value) == (low, high)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: circuits.decision_tree([0, 1, 1]), "table has 3 entries"),
        (lambda: circuits.decision_tree(np.zeros(2**17, bool)), "table has 17 inputs: all subcubes .* up to 16"),
        (lambda: circuits.prime_implicants([0, 2]), r"table\[1\] = 2: an entry is 0 or 1"),
        (lambda: circuits.dnf_terms(np.zeros(2**17, bool)), "table has 17 inputs"),
        (lambda: circuits.dnf_terms([0, 1], nodes=0), "nodes = 0: it must be at least 1"),
        (lambda: circuits.dnf_bound([0, 1], [1]), "weights has 1 entries: the table has 2"),
        (lambda: circuits.dnf_bound([0, 1], [0, -1]), r"weights\[0\] = -1: a weight lies in 0 ... 1048576"),
        (lambda: circuits.formula_table(5), "n_inputs = 5: the table of formulas goes to 4 inputs"),
        (lambda: circuits.formula_cost([0] * 32), "table has 32 entries: least formulas are known up to 4 inputs"),
        (lambda: circuits.formula_upper([]), "table has 0 entries"),
        (lambda: formula_size.koutsoupias(bits([0, 1]), [-1, 1]), r"weights lie in -1 ... 1: they must lie in 0 ..."),
        (lambda: sign_rank.forster_bound([[1, 0]]), r"matrix\[0, 1\] = 0: an entry is 1 or -1"),
        (lambda: sign_rank.norm_powers([1, 1]), r"matrix has shape \(2,\): it must have rows and columns"),
    ],
)
def test_bad_input(call: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()  # type: ignore[operator]


def test_bad_types() -> None:
    with pytest.raises(TypeError, match="table has dtype float64: it must hold integers"):
        circuits.decision_tree([0.0, 1.0])
    with pytest.raises(TypeError, match="matrix has dtype float64: entries must be integers"):
        sign_rank.norm_powers([[1.0]])
