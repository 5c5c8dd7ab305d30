"""Networks as data run as the definition does; sizes are counts of them, and within the stated bound."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction as Q

import numpy as np
import pytest
from flint import arb, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from retrodict.encoders.guarantee import construct
from retrodict.encoders.network import network, run_network
from retrodict.encoders.size import gates_of_map, parameters_of_map, size, untied_bound
from retrodict.encoders.unrolled import UnrolledEncoder, iterate
from retrodict.maps.continuous import GenerativeMap, block, compose, fold, linear, reflection, residual, stack

WAVE = residual(Q(1, 2), reflection([1, 2]))
MIXED = stack(
    "mixed",
    [
        block(
            [[1, 0], [0, 2]], [[1, -1, 0], [Q(1, 3), 0, 0]], ["sin", "tanh", "sin"], [[1, 0], [0, 1], [1, 1]], [0, 1, 2]
        ),
        block(None, [[0, 1], [1, 0]], "softplus", [[1, Q(-2, 5)], [0, 1]], offset=[0, Q(1, 7)]),
    ],
)
MAPS = [WAVE, compose(WAVE, WAVE), MIXED, linear([[2, 1], [0, 1]])]


def encoder(g: GenerativeMap, spread: Q = Q(1, 50), steps: tuple[int, int] = (3, 4)) -> UnrolledEncoder:
    return UnrolledEncoder(g, Q(1, 2), steps[0], Q(1, 8), spread, steps[1], Q(1, 30))


@settings(deadline=None, max_examples=15)
@given(which=st.integers(0, len(MAPS) - 1), spread=st.sampled_from([Q(0), Q(1, 50)]), seed=st.integers(0, 9))
def test_the_network_is_the_encoder(which: int, spread: Q, seed: int) -> None:
    g = MAPS[which]
    e = encoder(g, spread)
    net = json.loads(json.dumps(network(e)))
    draw = np.random.default_rng(seed)
    x, noise = draw.normal(size=(6, g.dimension)), draw.normal(size=(5, 6, g.dimension))
    drawn = noise if spread else noise[1:]
    np.testing.assert_allclose(run_network(net, x, drawn), iterate(e, x, noise), rtol=1e-12, atol=1e-12)
    balls = np.vectorize(arb, otypes=[object])
    for one, other in zip(
        run_network(net, balls(x), balls(drawn)).flat, iterate(e, balls(x), balls(noise)).flat, strict=True
    ):
        assert one.overlaps(other)


def test_on_rationals_both_are_equal() -> None:
    e = UnrolledEncoder(fold(), Q(1, 2), 2, Q(1, 8), Q(1, 4), 2, Q(1, 50))
    x = np.array([[fmpq(1, 3)]], dtype=object)
    noise = np.array([[[fmpq(1)]], [[fmpq(-1, 2)]], [[fmpq(2)]]], dtype=object)
    assert run_network(network(e), x, noise).tolist() == iterate(e, x, noise).tolist()


def test_a_count_by_hand() -> None:
    """G(z) = A z with A = [[2, 1], [0, 1]]: one factor and one sum forward, as many back."""
    found = size(encoder(linear([[2, 1], [0, 1]])))
    assert (found.map_parameters, found.map_gates) == (1, 2)
    # A z - x: 1 + 3; A^T: 1 + 1; (1 - eta) z - (eta / beta^2) v: 4 + 2
    assert found.step_gates == 12
    assert found.gates == 3 * 10 + 4 * 12  # in descent z is not scaled
    assert found.gates_in_squares == found.gates
    assert found.tied_parameters == 1 + 1 + 1 + 3
    assert found.untied_parameters == 3 * (2 + 1) + 1 + 4 * (2 + 3)
    assert (found.steps, found.depth_of_step, found.depth) == (8, 4, 3 * 3 + 1 + 4 * 4)


def test_what_is_copied_forward_is_added_backward() -> None:
    """A = [[1, 1], [0, 0]] adds two numbers, and one more for -x; its transpose copies one number twice."""
    assert size(encoder(linear([[1, 1], [0, 0]]))).step_gates == 2 + 0 + 6


def test_a_product_costs_six_gates_in_squares() -> None:
    found = size(encoder(WAVE))
    assert found.gates_in_squares - found.gates == 5 * 2 * 7  # two products in each of seven steps


@pytest.mark.parametrize("g", MAPS, ids=lambda g: g.name)
def test_tied_size_does_not_grow_with_the_steps(g: GenerativeMap) -> None:
    short, long = size(encoder(g)), size(encoder(g, steps=(30, 40)))
    assert short.tied_parameters == long.tied_parameters <= parameters_of_map(g) + 5
    assert long.untied_parameters - 1 == 10 * (short.untied_parameters - 1)
    assert long.gates == 10 * short.gates


@pytest.mark.parametrize("g", MAPS, ids=lambda g: g.name)
def test_a_step_costs_at_most_five_maps(g: GenerativeMap) -> None:
    assert size(encoder(g)).step_gates <= 5 * gates_of_map(g) + 4 * g.dimension


@pytest.mark.parametrize("d", [1, 3, 8])
@pytest.mark.parametrize("eps", [Q(1, 10), Q(1, 1000)])
def test_the_constructed_size_is_within_the_bound(d: int, eps: Q) -> None:
    for g in (residual(Q(1, 2), reflection([1 + i % 3 for i in range(d)])), linear([[2]])):
        for beta in (Q(1, 500), Q(1, 10**6)):
            found = construct(g, beta, eps)
            assert size(found.encoder).untied_parameters <= untied_bound(found)


def test_a_map_that_is_not_made_of_blocks_has_no_known_network() -> None:
    with pytest.raises(ValueError, match="is not made of blocks: its network is not known"):
        network(encoder(replace(WAVE, blocks=())))
