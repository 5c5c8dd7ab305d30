from __future__ import annotations

import os
import signal
import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrodict import _core, circuits
from retrodict.exact import circuits as exact

# After Knuth, The Art of Computer Programming 4A, section 7.1.2.
FUNCTIONS = [12, 100, 1140, 11570, 109826, 995240, 8430800, 63401728, 383877392]
CLASSES = [2, 2, 5, 20, 93, 389, 1988, 11382, 60713]


@st.composite
def functions(draw: st.DrawFn) -> tuple[int, int]:
    n = draw(st.integers(0, 5))
    return n, draw(st.integers(0, 2**2**n - 1))


@given(functions())
@settings(max_examples=25, deadline=None)
def test_canonical_form_is_the_definition(function: tuple[int, int]) -> None:
    n, f = function
    members = exact.class_of(f, n)
    form = min(g for g in members if g & 1 == 0)
    assert circuits.canonical_form(sorted(members)[:100], n).tolist() == [form] * min(100, len(members))
    assert circuits.class_sizes([f], n).tolist() == [len(members)]


@pytest.mark.parametrize("n", range(5))
def test_classes_are_counted_by_burnside(n: int) -> None:
    forms, sizes = np.unique(circuits.canonical_form(range(2**2**n), n), return_counts=True)
    assert len(forms) == exact.class_orbits(n)
    assert circuits.class_sizes(forms, n).tolist() == sizes.tolist()


@pytest.mark.parametrize("n", range(5))
def test_classes_have_the_costs_of_their_functions(n: int) -> None:
    found = circuits.class_costs(n, 20)
    place = np.searchsorted(found.representatives, circuits.canonical_form(range(2**2**n), n))
    assert len(found.representatives) == exact.class_orbits(n)
    assert found.costs[place].tolist() == circuits.cost_table(n).tolist()


@pytest.mark.parametrize(("n", "most"), [(2, 9), (3, 9), (4, 7)])
def test_classes_without_xor(n: int, most: int) -> None:
    """The other search, function by function: and, and not, or."""
    found = circuits.class_costs(n, most, basis="U2")
    form = circuits.canonical_form(range(2**2**n), n)
    place = np.minimum(np.searchsorted(found.representatives, form), len(found.costs) - 1)
    costs = np.where(found.representatives[place] == form, found.costs[place], 255)
    assert costs.tolist() == _core.circuits_cost_table(n, 1 | 2 | 4, most).tolist()
    assert costs.tolist() == circuits.cost_table(n, "U2", most).tolist()


def test_classes_of_five_inputs() -> None:
    found = circuits.class_costs(5, 7)
    assert np.bincount(found.costs).tolist() == CLASSES[:8]
    sizes = circuits.class_sizes(found.representatives, 5)
    assert [int(sizes[found.costs == r].sum()) for r in range(8)] == FUNCTIONS[:8]
    assert np.all(np.diff(found.representatives.astype(np.int64)) > 0)
    assert circuits.canonical_form(found.representatives, 5).tolist() == found.representatives.tolist()
    # A function that ignores an input costs what it costs without.
    four = circuits.cost_table(4)
    place = np.searchsorted(found.representatives, circuits.canonical_form(np.arange(65536) * 65537, 5))
    assert found.costs[place].tolist() == four.tolist()
    check_derivations(found)


def test_bounds_beyond_what_is_exhausted() -> None:
    exact_costs, bounds = circuits.class_costs(4, 6), circuits.class_costs(4, 6, exhausted=5)
    assert bounds.exhausted == 5
    place = np.searchsorted(exact_costs.representatives, bounds.representatives)
    assert exact_costs.representatives[place].tolist() == bounds.representatives.tolist()
    assert exact_costs.costs[place].tolist() == bounds.costs.tolist()
    assert len(bounds.costs) < len(exact_costs.costs)  # some chains of six gates are special


def check_derivations(found: circuits.ClassCosts) -> None:
    """Each function is what a gate makes of the two before it, or is made by a chain."""
    cost = dict(zip(found.representatives.tolist(), found.costs.tolist(), strict=True))

    def cost_of(f: int) -> int:
        return cost[int(circuits.canonical_form([f], found.n_inputs)[0])]

    def made(a: int, b: int) -> set[int]:
        return {a & b, a & ~b, b & ~a, a | b, a ^ b}

    ones = 2**2**found.n_inputs - 1
    inputs = [sum(1 << x for x in range(2**found.n_inputs) if x >> i & 1) for i in range(found.n_inputs)]
    kinds = set()
    for f, before in found.derivations:
        kinds.add(len(before) == 2)
        if len(before) == 2:
            assert f in made(*before)
            assert cost_of(f) == 1 + sum(map(cost_of, before))
            continue
        members = list(inputs)
        for g in (*before, f):
            assert 0 < g < ones
            assert any(g in made(a, b) for a in members for b in members)
            members.append(g)
        assert cost_of(f) == len(before) + 1
    assert kinds == {True, False}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: circuits.class_costs(6, 3), "n_inputs = 6: costs of classes go to 5"),
        (lambda: circuits.class_costs(3, -1), "max_cost = -1: it must be at least 0"),
        (lambda: circuits.class_costs(3, 3, exhausted=-1), "exhausted = -1: it must be at least 0"),
        (lambda: circuits.class_costs(3, 3, basis="AON"), "basis = 'AON': it is 'B2' or 'U2'"),
        (lambda: circuits.canonical_form([0, 16], 2), r"functions\[1\] = 16: a function of 2 inputs is below 2\*\*4"),
        (lambda: circuits.canonical_form([-1], 5), r"functions\[0\] = -1"),
        (lambda: circuits.class_sizes([0], 6), "n_inputs = 6: classes of functions go to 5"),
    ],
)
def test_bad_input(call: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()  # type: ignore[operator]


def test_control_c_stops_the_search() -> None:
    timer = threading.Timer(1, os.kill, (os.getpid(), signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        timer.start()
        circuits.class_costs(5, 9)
    timer.join()
