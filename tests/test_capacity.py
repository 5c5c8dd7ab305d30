"""Capacity measures against their definitions, and the tables of the literature."""

from __future__ import annotations

from functools import cache
from itertools import product
from math import log2

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from retrodict import circuits
from retrodict.capacity import MEASURES, BitMeasure, decision_tree_depth, gates
from retrodict.capacity.degree import degree
from retrodict.capacity.monomials import monomials
from retrodict.capacity.obdd_nodes import obdd_nodes
from retrodict.capacity.posterior_entropy import posterior_entropy
from retrodict.capacity.truth_table import anf, essential, on_essential
from retrodict.circuits import five_inputs
from retrodict.maps import BooleanMap, parse
from retrodict.maps.algebraic import CUBE_POLYNOMIALS, cube, gray, triangular

Bits = NDArray[np.uint8]


def tables(most: int) -> st.SearchStrategy[Bits]:
    def of_size(n: int) -> st.SearchStrategy[Bits]:
        words = st.integers(0, (1 << (1 << n)) - 1)
        return words.map(lambda w: np.array([w >> x & 1 for x in range(1 << n)], dtype=np.uint8))

    return st.integers(1, most).flatmap(of_size)


costs = cache(circuits.cost_table)


def outputs(f: BooleanMap) -> list[Bits]:
    return [f.output(i) for i in range(f.n_outputs)]


def exact(bounds: tuple[object, ...]) -> int | float | None:
    [bound] = bounds
    assert bound.kind == "exact"  # type: ignore[attr-defined]
    return bound.value  # type: ignore[attr-defined, no-any-return]


@given(tables(5))
def test_anf_is_the_moebius_transform(f: Bits) -> None:
    """Coefficient m is the sum of f over the inputs below m; degree and monomials follow."""
    subsets = [[x for x in range(f.size) if x & m == x] for m in range(f.size)]
    coefficients = [sum(int(f[x]) for x in below) % 2 for below in subsets]
    assert anf(f).tolist() == coefficients
    assert monomials(f) == sum(coefficients)
    assert degree(f) == max((m.bit_count() for m, c in enumerate(coefficients) if c), default=0)


@given(tables(5))
def test_essential_variables(f: Bits) -> None:
    n = f.size.bit_length() - 1
    moved = [i for i in range(n) if any(f[x] != f[x ^ 1 << i] for x in range(f.size))]
    assert essential(f) == moved
    core = on_essential(f)
    for x in range(f.size):
        assert f[x] == core[sum((x >> i & 1) << j for j, i in enumerate(moved))]


def depth_by_definition(f: Bits) -> int:
    """Try every variable at every node of the tree."""
    n = f.size.bit_length() - 1

    @cache
    def depth(cube: tuple[int | None, ...]) -> int:
        inside = [x for x in range(f.size) if all(b is None or x >> i & 1 == b for i, b in enumerate(cube))]
        if len({int(f[x]) for x in inside}) == 1:
            return 0
        free = [i for i in range(n) if cube[i] is None]
        return 1 + min(max(depth((*cube[:i], b, *cube[i + 1 :])) for b in (0, 1)) for i in free)

    return depth((None,) * n)


@settings(max_examples=60)
@given(tables(4))
def test_decision_tree_depth_is_its_definition(f: Bits) -> None:
    assert decision_tree_depth.decision_tree_depth(f) == depth_by_definition(f)
    assert exact(decision_tree_depth.bounds(f)) == depth_by_definition(f)
    assert decision_tree_depth.real_degree(f) <= depth_by_definition(f)


@given(tables(4))
def test_real_degree_is_that_of_the_polynomial(f: Bits) -> None:
    n = f.size.bit_length() - 1
    coefficients = [
        sum((-1) ** (m ^ x).bit_count() * int(f[x]) for x in range(f.size) if x & m == x) for m in range(1 << n)
    ]
    for x in range(f.size):
        assert f[x] == sum(c for m, c in enumerate(coefficients) if x & m == m)
    expected = max((m.bit_count() for m, c in enumerate(coefficients) if c), default=0)
    assert decision_tree_depth.real_degree(f) == expected


def address(k: int) -> Bits:
    """The multiplexer of k address bits (the lowest) and 2^k data bits: depth k + 1, though all inputs matter."""
    n = k + (1 << k)
    x = np.arange(1 << n)
    return (x >> k + (x & (1 << k) - 1) & 1).astype(np.uint8)


def test_decision_tree_depth_of_multiplexers() -> None:
    assert [decision_tree_depth.decision_tree_depth(address(k)) for k in (1, 2, 3)] == [2, 3, 4]
    assert exact(decision_tree_depth.bounds(address(3))) == 4


def test_cubes_have_the_published_degrees_and_monomials() -> None:
    totals = {}
    for n in CUBE_POLYNOMIALS:
        f = cube(n)
        assert [degree(f_i) for f_i in outputs(f)] == [2] * n
        assert [degree(f_i) for f_i in outputs(f.inverse())] == [(n + 1) // 2] * n
        totals[n] = tuple(sum(map(monomials, outputs(g))) for g in (f, f.inverse()))
    known = {3: (9, 10), 5: (34, 60), 7: (73, 349), 9: (142, 1766)}
    assert totals == {**known, 11: (199, 7983), 13: (460, 38121)}


def test_cubes_of_eleven_and_thirteen_by_another_route() -> None:
    """Monomials of x^3 by hand: x_i + ... gives t^{3i} at x_i and t^{2i+j} + t^{i+2j} at x_i x_j, reduced."""
    for n, total in ((3, 9), (9, 142), (11, 199), (13, 460)):
        power = [1]
        for _ in range(3 * n):
            shifted = power[-1] << 1
            power.append(shifted ^ CUBE_POLYNOMIALS[n] if shifted >> n else shifted)
        linear = sum(power[3 * i].bit_count() for i in range(n))
        pairs = sum((power[2 * i + j] ^ power[i + 2 * j]).bit_count() for i in range(n) for j in range(i))
        assert linear + pairs == total


def test_triangular_inverses_are_fibonacci() -> None:
    inverse = outputs(triangular(16).inverse())
    fibonacci = [1, 1]
    while len(fibonacci) < 16:
        fibonacci.append(fibonacci[-1] + fibonacci[-2])
    assert [monomials(f) for f in inverse] == fibonacci
    assert fibonacci[-1] == 987
    assert [degree(f) for f in inverse] == [i // 2 + 1 for i in range(16)]
    assert [monomials(f) for f in outputs(triangular(16))] == [1, 1] + [2] * 14


def test_a_linear_chain_is_not_fibonacci() -> None:
    x = np.arange(256)
    linear = BooleanMap("linear", 8, 8, x ^ (x << 1 & 255))
    assert [monomials(f) for f in outputs(linear.inverse())] == list(range(1, 9))


@pytest.mark.parametrize("n", [2, 8, 13, 16])
def test_gray_chain(n: int) -> None:
    """Two queries forward; backward bit i is a parity of m = n - i bits: m queries, 2m - 1 nodes, m - 1 gates."""
    forward, backward = outputs(gray(n)), outputs(gray(n).inverse())
    depth = MEASURES["decision_tree_depth"]
    assert isinstance(depth, BitMeasure)
    assert [exact(depth.of_bit(f)) for f in forward] == [2] * (n - 1) + [1]
    assert [exact(depth.of_bit(f)) for f in backward] == list(range(n, 0, -1))
    assert [obdd_nodes(f) for f in backward] == list(range(2 * n - 1, 0, -2))
    assert [exact(gates.bounds(f)) for f in backward] == list(range(n - 1, -1, -1))


def test_gates_of_the_tables_of_the_literature() -> None:
    present = parse("sbox:present")
    assert [exact(gates.bounds(f)) for f in outputs(present)] == [3, 6, 6, 6]
    assert [exact(gates.bounds(f)) for f in outputs(present.inverse())] == [3, 7, 7, 6]
    powers = BooleanMap("3^x - 1 mod 17", 4, 4, [pow(3, x, 17) - 1 for x in range(16)])
    assert [exact(gates.bounds(f)) for f in outputs(powers)] == [3, 4, 3, 3]
    assert [exact(gates.bounds(f)) for f in outputs(powers.inverse())] == [5, 5, 5, 6]


def test_the_feebly_one_way_permutation() -> None:
    """Five gates jointly forward; its bits and those of its inverse, each alone."""
    f = BooleanMap("feeble", 4, 4, [0, 14, 5, 11, 4, 12, 1, 9, 7, 15, 2, 10, 3, 13, 6, 8])
    for x in range(16):
        x0, x1, x2, x3 = (x >> i & 1 for i in range(4))
        v = x0 | (x2 ^ x3)
        assert f.table[x] == x1 ^ x3 | (x2 ^ v) << 1 | (x1 ^ v) << 2 | x0 << 3
    assert f.inverse().table.tolist() == [0, 6, 10, 12, 4, 2, 14, 8, 15, 7, 11, 3, 5, 13, 1, 9]
    alone = [[exact(gates.bounds(g)) for g in outputs(h)] for h in (f, f.inverse())]
    assert alone[0] == [1, 3, 3, 0]
    assert max(alone[1]) > max(alone[0])


@given(tables(4))
def test_gates_up_to_four_variables_are_the_table(f: Bits) -> None:
    n = f.size.bit_length() - 1
    assert exact(gates.bounds(f)) == costs(n)[int("".join(map(str, f[::-1])), 2)]


def smallest_tree(f: tuple[int, ...], leaf: int) -> int:
    """Gates of the smallest expansion tree, by trying everything at every node, on tuples."""

    @cache
    def cost(f: tuple[int, ...]) -> int:
        if len(set(f)) == 1:
            return 0
        if len(f) == 1 << leaf:
            word = sum(bit << x for x, bit in enumerate(f))
            return int(costs(4)[word]) if leaf == 4 else five_inputs.load().bounds(word)[1]
        n = len(f).bit_length() - 1
        best = []
        for i in range(n):
            f0, f1 = (tuple(f[x] for x in range(len(f)) if x >> i & 1 == b) for b in (0, 1))
            f2 = tuple(a ^ b for a, b in zip(f0, f1, strict=True))
            one, zero = (1,) * len(f0), (0,) * len(f0)
            if f2 == zero:
                best.append(cost(f0))
            elif {f0, f1} <= {zero, one}:
                best.append(0)
            elif f2 == one:
                best.append(cost(f0) + 1)
            elif f0 in (zero, one) or f1 in (zero, one):
                best.append(cost(f1 if f0 in (zero, one) else f0) + 1)
            else:
                c0, c1, c2 = cost(f0), cost(f1), cost(f2)
                best.append(min(c0 + c1 + 3, c0 + c2 + 2, c1 + c2 + 2))
        return min(best)

    return cost(f)


@settings(max_examples=25)
@given(st.integers(0, (1 << 64) - 1), st.integers(0, (1 << 64) - 1))
def test_expansion_trees_by_trying_everything(word: int, mask: int) -> None:
    for bits in (word, word & mask, word & mask & mask << 8):
        f = np.array([bits >> x & 1 for x in range(64)], dtype=np.uint8)
        for leaf in (4, 5):
            assert gates.expansion_tree(f, leaf) == smallest_tree(tuple(f.tolist()), leaf)


def test_expansion_trees_bound_the_minimum() -> None:
    """With leaves of 4 variables they bound the known cost of functions of 5, and sometimes meet it."""
    excess = []
    data = five_inputs.load()
    cheap = data.representatives[data.costs == 8]
    for word in np.random.default_rng(0).choice(cheap, 100).tolist():
        f = np.array([word >> x & 1 for x in range(32)], dtype=np.uint8)
        excess.append(gates.expansion_tree(f, 4) - 8)
        assert exact(gates.bounds(f)) == 8
    assert min(excess) == 0
    assert max(excess) > 0


def test_gates_of_five_variables() -> None:
    data = five_inputs.load()
    dear = int(data.representatives[np.argmax(data.costs)])
    f = np.array([dear >> x & 1 for x in range(32)], dtype=np.uint8)
    lower, upper = gates.bounds(np.tile(f, 4))
    assert (lower.kind, upper.kind) == ("lower", "upper")
    assert (lower.value, upper.value) == data.bounds(dear)
    assert gates.expansion_tree(np.tile(f, 2), 5) == upper.value
    chi = parse("sbox:keccak-chi")  # x_i xor (not x_j and x_k); backward of five variables
    assert [exact(gates.bounds(g)) for g in outputs(chi)] == [2] * 5
    assert [exact(gates.bounds(g)) for g in outputs(chi.inverse())] == [4] * 5


def test_bounds_of_gates() -> None:
    f = parse("sbox:aes").output(0)
    lower, upper = gates.bounds(f)
    assert (lower.kind, lower.value, upper.kind) == ("lower", 7, "upper")
    assert upper.value == gates.expansion_tree(f)


def test_beyond_free_choice_the_tree_only_grows(monkeypatch: pytest.MonkeyPatch) -> None:
    f = parse("perm:n=7,seed=1").output(3)
    best = gates.expansion_tree(f)
    monkeypatch.setattr(gates, "CHOICE_UP_TO", 7)
    assert gates.expansion_tree(f) == best
    monkeypatch.setattr(gates, "CHOICE_UP_TO", 6)
    assert gates.expansion_tree(f) > best
    parity = np.array([x.bit_count() % 2 for x in range(1 << 12)], dtype=np.uint8)
    assert gates.expansion_tree(parity) == 11


@settings(max_examples=30)
@given(tables(4))
def test_obdd_nodes_ignore_useless_variables(f: Bits) -> None:
    padded = np.repeat(np.tile(f, 2), 2)
    assert obdd_nodes(padded) == obdd_nodes(f) == (circuits.obdd_size(f).nodes)


def test_posterior_entropy_is_its_definition() -> None:
    f = BooleanMap("f", 3, 3, [0, 0, 0, 1, 1, 2, 3, 4])
    expected = sum(log2(f.table.tolist().count(y)) for y in f.table.tolist()) / 8
    assert posterior_entropy(f) == pytest.approx(expected, rel=1e-15)
    assert posterior_entropy(BooleanMap("constant", 3, 1, [0] * 8)) == 3
    assert posterior_entropy(parse("perm:n=8,seed=0")) == 0


def test_posterior_entropy_of_random_functions_tends_to_a_constant() -> None:
    """e^-1 sum log2(1 + k) / k! = 0.827245; the standard deviation of one draw at n = 16 is below 1 / 200."""
    draws = [posterior_entropy(parse(f"random:n=16,seed={seed}")) for seed in range(4)]
    assert np.mean(draws) == pytest.approx(0.827245, abs=0.01)
    assert len(set(draws)) == 4


@pytest.mark.parametrize("name", MEASURES)
def test_constants_and_literals(name: str) -> None:
    measure = MEASURES[name]
    if isinstance(measure, BitMeasure):
        for n, bit in product((1, 6), (0, 1)):
            constant = np.full(1 << n, bit, dtype=np.uint8)
            literal = (np.arange(1 << n) >> n - 1 & 1).astype(np.uint8)
            leaf = 1 if name in {"decision_tree_size", "sign_rank"} else 0
            assert exact(measure.of_bit(constant)) == (bit if name in {"monomials", "dnf_terms"} else leaf)
            assert exact(measure.of_bit(literal)) == {"gates": 0, "decision_tree_size": 2}.get(name, 1)
