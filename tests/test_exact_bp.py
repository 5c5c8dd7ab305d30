"""Message passing equals the sum over all states, in every ring and on every tree."""

from __future__ import annotations

from fractions import Fraction

import flint
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from retrodict.exact import bp, trees

Q = Fraction


@st.composite
def problems(draw: st.DrawFn) -> tuple[list[int], list, list, list[Fraction] | None]:
    """A tree of at most 6 nodes, channels on each edge or shared, partly observed leaves, a prior or none."""
    n = draw(st.integers(1, 6))
    q = draw(st.integers(2, 3))
    parent = [-1] + [draw(st.integers(0, v - 1)) for v in range(1, n)]

    def law() -> list[Fraction]:
        parts = draw(st.lists(st.integers(0, 4), min_size=q, max_size=q).filter(any))
        return [Q(p, sum(parts)) for p in parts]

    def matrix() -> list[list[Fraction]]:
        return [law() for _ in range(q)]

    channels = matrix() if draw(st.booleans()) else [matrix() for _ in range(n)]
    shown = st.none() | st.integers(0, q - 1) | st.lists(st.integers(0, 3), min_size=q, max_size=q)
    n_leaves = sum(not kids for kids in trees.children(parent))
    leaves = [draw(shown) for _ in range(n_leaves)]
    return parent, channels, leaves, draw(st.none() | st.just(law()))


@given(problems())
@settings(max_examples=60)
def test_algorithm_is_the_definition(problem) -> None:
    assert bp.evidence(*problem) == trees.evidence(*problem)
    assert bp.marginals(*problem) == trees.marginals(*problem)
    states, weight = bp.max_product(*problem)
    assert weight == trees.max_product(*problem)[1]
    assert trees.weights(*problem)[states] == weight
    if weight:  # of assignments with weight, the first; of impossible ones any
        assert states == trees.max_product(*problem)[0]


CHERRY = [-1, 0, 0]


def test_every_ring() -> None:
    t = sympy.Symbol("t")
    symbolic = bp.evidence(CHERRY, trees.symmetric_channel(2, t), [0, 0])
    assert sympy.expand(symbolic - (1 + t**2) / 4) == 0
    for ring, value in [(float, 0.3125), (flint.fmpq, flint.fmpq(5, 16)), (flint.arb, flint.arb(5) / 16)]:
        lam = ring(1) / 2
        for evidence in (trees.evidence, bp.evidence):
            found = evidence(CHERRY, trees.symmetric_channel(2, lam), [0, 0])
            assert isinstance(found, ring)
            assert found == value


def test_integers_stay_exact() -> None:
    assert trees.evidence(CHERRY, [[1, 0], [0, 1]], [1, 1]) == Q(1, 2)
    assert isinstance(bp.evidence(CHERRY, [[1, 0], [0, 1]], [1, 1]), Fraction)


def test_definition_by_hand() -> None:
    channels = [None, [[Q(1, 2), Q(1, 2)], [Q(1, 3), Q(2, 3)]], [[Q(1, 5), Q(4, 5)], [0, 1]]]
    prior = [Q(1, 4), Q(3, 4)]
    law = trees.weights(CHERRY, channels, prior=prior)
    assert law[0, 1, 0] == Q(1, 4) * Q(1, 2) * Q(1, 5)
    assert law[1, 0, 1] == Q(3, 4) * Q(1, 3)
    assert list(law) == sorted(law)
    assert sum(law.values()) == 1
    half = trees.weights(CHERRY, channels, [None, [Q(1, 2), 0]], prior)
    assert half[0, 1, 0] == law[0, 1, 0] / 2
    assert half[1, 0, 1] == 0


def test_a_lone_root_is_a_leaf() -> None:
    for module in (trees, bp):
        assert module.evidence([-1], [[1, 0], [0, 1]], [1], [Q(1, 3), Q(2, 3)]) == Q(2, 3)
        assert module.marginals([-1], [[1, 0], [0, 1]], [[2, 5]]) == [[1, Q(5, 2)]]


def test_ties_go_to_the_first_states() -> None:
    flat = trees.symmetric_channel(3, Q(0))
    for module in (trees, bp):
        assert module.max_product(CHERRY, flat, [None, 2]) == ((0, 0, 2), Q(1, 27))


def test_messages_are_conditional_probabilities() -> None:
    channel = [[Q(1, 2), Q(1, 2)], [Q(1, 3), Q(2, 3)]]
    up = bp.upward([-1, 0, 1, 1], channel, [0, None])
    assert up[1] == [Q(1, 2), Q(1, 3)]
    assert up[0] == [Q(1, 2) * Q(1, 2) + Q(1, 2) * Q(1, 3), Q(1, 3) * Q(1, 2) + Q(2, 3) * Q(1, 3)]


SYMMETRIC = trees.symmetric_channel(2, Q(1, 2))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([], SYMMETRIC, []), "parent is empty"),
        (([0, 0], SYMMETRIC, [0]), r"parent\[0\] = 0: node 0 is the root"),
        (([-1, 0, 2], SYMMETRIC, [0]), r"parent\[2\] = 2: a parent must come before its child"),
        (([-1, -1], SYMMETRIC, [0]), r"parent\[1\] = -1"),
        ((CHERRY, [SYMMETRIC] * 2, [0, 0]), "channels has 2 entries: the tree has 3 nodes"),
        ((CHERRY, SYMMETRIC, [0]), "leaves has 1 entries: the tree has 2 leaves"),
        ((CHERRY, SYMMETRIC, [0, 2]), r"leaves\[1\] = 2: a state is at least 0 and less than 2"),
        ((CHERRY, SYMMETRIC, [-1, 0]), r"leaves\[0\] = -1"),
        ((CHERRY, SYMMETRIC, [0, [1, 1, 1]]), r"leaves\[1\] has 3 likelihoods: there are 2 states"),
    ],
)
def test_bad_input_is_named(arguments, message: str) -> None:
    for evidence in (trees.evidence, bp.evidence):
        with pytest.raises(ValueError, match=message):
            evidence(*arguments)
