"""Synthesis: bounds hold what they say, circuits compute their tables, and nothing but time is lost on the way."""

from __future__ import annotations

import os
import random
import signal
import threading
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from synthesis_definition import has_circuit, joint_cost

from retrodict.capacity import gates_joint
from retrodict.checkers import circuit as circuit_checker
from retrodict.maps import BooleanMap, parse
from retrodict.netlist import Circuit
from retrodict.synthesis import search as search_module
from retrodict.synthesis import synthesize
from retrodict.synthesis.expansion import expand
from retrodict.synthesis.network import Network
from retrodict.synthesis.targets import outputs_of, targets
from retrodict.synthesis.windows import improve

U2 = [op for op in range(16) if op.bit_count() % 2]  # operations with one or three ones


BASES = st.sampled_from(["B2", "U2"])


def maps(n: int, m: int) -> st.SearchStrategy[BooleanMap]:
    entries = st.lists(st.integers(0, (1 << m) - 1), min_size=1 << n, max_size=1 << n)
    return entries.map(lambda table: BooleanMap("drawn", n, m, table))


def replayed(f: BooleanMap, circuit: Circuit, basis: str = "B2") -> int:
    """Gates, by the independent checker."""
    return circuit_checker.check(
        {
            "n_inputs": circuit.n_inputs,
            "gates": [list(gate) for gate in circuit.gates],
            "outputs": list(circuit.outputs),
            "table": [int(y) for y in f.table],
            "operations": list(range(16)) if basis == "B2" else U2,
        }
    )


@settings(max_examples=25)
@given(st.integers(1, 3).flatmap(lambda n: maps(n, 2)), BASES, st.booleans())
def test_bounds_hold_what_they_say(f: BooleanMap, basis: str, with_refutations: bool) -> None:
    found = synthesize(f, basis=basis, drat=with_refutations)
    assert replayed(f, found.witness, basis) == found.witness.size == found.upper
    assert found.proof.value == found.lower
    assert len(found.proof.check()) == len(found.proof.refutations)
    assert found.exact == (found.note == "")
    wanted = targets(*outputs_of(f))
    if basis == "B2" and len(wanted.inputs) == 3:
        least = joint_cost(set(wanted.functions), 4)
        assert found.lower <= least or least == 5
        assert found.upper >= least
        assert not found.exact or least == 5 or found.upper == least


def test_refutations_and_exhaustive_search_agree() -> None:
    draw = random.Random(1)
    for n, m in ((3, 3), (4, 1)):
        f = BooleanMap("drawn", n, m, [draw.randrange(1 << m) for _ in range(1 << n)])
        searched, refuted = synthesize(f), synthesize(f, drat=True)
        assert searched.exact
        assert "exhaustive" not in refuted.proof.reason
        assert "table" not in refuted.proof.reason
        assert refuted.lower <= searched.lower <= refuted.upper
        assert refuted.proof.refutations
        assert not searched.proof.refutations


def test_free_outputs_cost_nothing() -> None:
    table = [x & 1 | (~x >> 1 & 1) << 1 | 1 << 3 for x in range(4)]  # x0, not x1, 0, 1
    found = synthesize(BooleanMap("free", 2, 4, table))
    assert (str(found), found.witness.outputs, found.proof.start) == ("0", (2, 5, 0, 1), 0)
    twice = synthesize([[0, 0, 0, 1], [1, 1, 1, 0], [0, 0, 0, 1]])
    assert (twice.upper, twice.exact, twice.witness.outputs[1] ^ 1) == (1, True, twice.witness.outputs[0])
    unread = synthesize([[x >> 3 & x & 1 for x in range(16)]])  # x0 x3 of four inputs
    assert (unread.upper, unread.witness.n_inputs, set(unread.witness.gates[0][1:])) == (1, 4, {1, 4})


FEEBLE = [0, 14, 5, 11, 4, 12, 1, 9, 7, 15, 2, 10, 3, 13, 6, 8]


def test_a_feebly_one_way_permutation() -> None:
    f = BooleanMap("feeble", 4, 4, FEEBLE)
    forward, inverse = synthesize(f), synthesize(f.inverse())
    assert (forward.lower, forward.upper, inverse.lower, inverse.upper) == (5, 5, 6, 6)
    functions = [list(targets(*outputs_of(one)).functions) for one in (f, f.inverse())]
    least = [next(r for r in (4, 5, 6) if has_circuit(4, one, r)) for one in functions]
    assert least == [5, 6]


@settings(max_examples=25)
@given(
    st.integers(1, 5).flatmap(lambda n: maps(n, 3)), st.randoms(use_true_random=False), st.sampled_from(["B2", "U2"])
)
def test_expansions_and_windows_compute_the_functions(f: BooleanMap, draw: random.Random, basis: str) -> None:
    functions = targets(*outputs_of(f))
    n = len(functions.inputs)
    order = draw.sample(range(n), n)
    circuit = expand(n, functions.functions, order, basis)
    network = Network.of(circuit, functions.functions)
    assert network.size <= circuit.size
    smaller = improve(network, basis, least=0, windows=4, seed=draw.randrange(9), stop=lambda: network.size == 0)
    assert smaller.size <= network.size
    for one in (network, smaller):
        assert [one.tables[v] for v in one.places] == list(functions.functions)
        assert len(set(one.tables)) == len(one.tables)
        assert basis == "B2" or all(operation != 6 for operation, _, _ in one.gates)


def test_windows_find_what_expansions_miss() -> None:
    inverse = parse("sbox:keccak-chi").inverse()
    functions = targets(*outputs_of(inverse)).functions
    network = Network.of(expand(5, functions, range(5)), functions)
    smaller = improve(network, "B2", least=0, windows=60, seed=0, stop=lambda: False)
    assert smaller.size < network.size - 3


def test_a_timeout_leaves_the_best_bounds() -> None:
    started = time.process_time()
    found = synthesize(parse("sbox:ascon"), timeout=1.0)
    assert time.process_time() - started < 4
    assert found.note == "interrupted after 1 s: no minimum, but the best bounds by then"
    assert not found.exact
    assert found.lower >= 10
    assert replayed(parse("sbox:ascon"), found.witness) == found.upper


def test_control_c_leaves_the_best_bounds() -> None:
    timer = threading.Timer(1.0, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    found = synthesize(parse("sbox:ascon").inverse(), timeout=60)
    timer.join()
    assert found.note == "interrupted by Ctrl-C: no minimum, but the best bounds by then"
    assert found.lower >= 7
    assert replayed(parse("sbox:ascon").inverse(), found.witness) == found.upper


def test_without_a_timeout_the_result_is_the_same() -> None:
    first, second = (synthesize(parse("perm:n=4,seed=0")) for _ in range(2))
    assert (first.lower, first.witness, first.note) == (second.lower, second.witness, second.note)
    assert first.note.startswith("stopped after a fixed amount of work, which a timeout would raise: no minimum")


def test_without_a_solver_the_theorems_and_the_construction_remain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_module, "available", lambda: False)
    found = synthesize(parse("sbox:present"))
    assert (found.lower, found.note.split(",")[0]) == (11, "python-sat")
    assert replayed(parse("sbox:present"), found.witness) == found.upper


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: synthesize([[0, 1]], basis="B3"), "basis = 'B3': it is one of 'B2', 'U2', 'AIG'"),
        (lambda: synthesize([[0, 1]], timeout=0), "timeout = 0: must be a positive number of seconds"),
        (lambda: synthesize([]), "outputs is empty"),
        (lambda: synthesize([[0, 1, 1]]), r"outputs\[0\] has shape \(3,\): a truth table has 2\^n entries"),
        (lambda: synthesize([[0, 1], [0, 1, 1, 0]]), r"outputs\[1\] has 4 entries and outputs\[0\] 2"),
        (lambda: synthesize([[0, 1], [0, 2]]), r"outputs\[1\]\[1\] = 2: an entry is 0 or 1"),
        (lambda: synthesize([[[0, 1]]]), r"outputs\[0\] has shape \(1, 2\)"),
    ],
)
def test_bad_input(call: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()  # type: ignore[operator]


def test_bad_types() -> None:
    with pytest.raises(TypeError, match=r"outputs\[0\] has dtype float64"):
        synthesize([np.zeros(4)])


def test_the_measure_of_all_bits_together() -> None:
    """Published counts are upper bounds: chi is five exclusive ors and five conjunctions, and no fewer do."""
    [chi] = gates_joint.bounds(parse("sbox:keccak-chi"))
    assert (chi.kind, chi.value, chi.note) == ("exact", 10, "at least 10: exhaustive search: no circuit of 9 gates")
    lower, upper = gates_joint.bounds(parse("sbox:present"))
    assert (lower.kind, upper.kind) == ("lower", "upper")
    assert 11 <= lower.value < upper.value
    assert "no minimum" in lower.note
    assert "no minimum" in upper.note
