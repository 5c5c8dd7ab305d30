from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrodict import circuits
from retrodict.circuits import five_inputs
from retrodict.exact import circuits as exact

# After Knuth, The Art of Computer Programming 4A, section 7.1.2: classes of cost 0, 1, ...
CLASSES = [2, 2, 5, 20, 93, 389, 1988, 11382, 60713, 221541, 293455, 26535, 1]


def number_of(table: np.ndarray) -> int:
    return sum(int(bit) << x for x, bit in enumerate(table))


def check_circuit(f: int, data: five_inputs.FiveInputs) -> None:
    lower, upper = data.bounds(f)
    circuit = data.circuit(f)
    assert circuit.size == upper >= lower
    assert number_of(circuit.table()) == f


def test_the_table_is_whole() -> None:
    data = five_inputs.load()
    counts = np.bincount(data.costs).tolist()
    assert len(data.costs) == exact.class_orbits(5) == sum(CLASSES)
    assert np.all(np.diff(data.representatives.astype(np.int64)) > 0)
    assert counts[: data.exhausted + 1] == CLASSES[: data.exhausted + 1]
    # Upper bounds: up to each cost there are at most as many classes as have it.
    assert np.all(np.cumsum(counts) <= np.cumsum(CLASSES)[: len(counts)])
    sample = data.representatives[:: len(data.costs) // 500]
    assert circuits.canonical_form(sample, 5).tolist() == sample.tolist()
    assert five_inputs.DATA.stat().st_size < 2**21


def test_the_table_is_that_of_the_search() -> None:
    data, found = five_inputs.load(), circuits.class_costs(5, 6)
    cheap = data.costs <= 6
    assert data.representatives[cheap].tolist() == found.representatives.tolist()
    assert data.costs[cheap].tolist() == found.costs.tolist()


def test_circuits_attain_the_table() -> None:
    data, rng = five_inputs.load(), np.random.default_rng(0)
    for cost in range(int(data.costs.max()) + 1):
        of_cost = data.representatives[data.costs == cost]
        for f in rng.choice(of_cost, min(len(of_cost), 4), replace=False).tolist():
            check_circuit(f, data)
    for forms in (sorted(data.joins), sorted(data.chains)):
        for f in forms[:: len(forms) // 6]:
            check_circuit(f, data)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=10, deadline=None)
def test_circuits_of_any_function(f: int) -> None:
    data = five_inputs.load()
    check_circuit(f, data)
    best = circuits.gate_bounds(f, 5)
    assert (best.lower, best.upper) == data.bounds(f)
    assert best.witness.size == best.upper
    if best.exact:
        assert circuits.gate_cost(f, 5) == best.lower
        assert circuits.gate_cost([f >> x & 1 for x in range(32)]) == best.lower


@given(st.integers(0, 4), st.data())
@settings(max_examples=20, deadline=None)
def test_fewer_inputs(n: int, data: st.DataObject) -> None:
    f = data.draw(st.integers(0, 2**2**n - 1))
    best = circuits.gate_bounds(f, n)
    assert best.exact and best.lower == circuits.gate_cost(f, n)
    assert best.witness.n_inputs == n
    assert number_of(best.witness.table()) == f


def test_a_function_between_its_bounds() -> None:
    data = five_inputs.load()
    f = int(data.representatives[np.argmax(data.costs)])
    lower, upper = data.bounds(f)
    assert lower == data.exhausted + 1 < upper
    with pytest.raises(ValueError, match=f"table costs {lower} to {upper} gates, and which is not known"):
        circuits.gate_cost(f, 5)


def test_the_file_is_what_the_command_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    part = circuits.class_costs(5, 6)
    five_inputs.save(tmp_path / "part.npz", part)
    monkeypatch.setattr(five_inputs, "DATA", tmp_path / "part.npz")
    read = five_inputs.load.__wrapped__()
    whole = five_inputs.load()
    assert read.representatives.tolist() == part.representatives.tolist()
    assert read.costs.tolist() == part.costs.tolist()
    assert (read.exhausted, len(read.joins) + len(read.chains)) == (6, len(part.derivations))
    assert read.joins.items() <= whole.joins.items() and read.chains.items() <= whole.chains.items()


def test_a_wrong_table_is_noticed() -> None:
    data = five_inputs.load()
    costs = data.costs.copy()
    costs[data.costs == 7] = 6
    wrong = five_inputs.FiveInputs(data.representatives, costs, data.exhausted, data.joins, data.chains)
    f = int(data.representatives[np.flatnonzero(data.costs == 7)[100]])
    with pytest.raises((AssertionError, KeyError)):
        check_circuit(f, wrong)
