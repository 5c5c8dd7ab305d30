"""Certificates of non-reconstruction: accepted as produced, refused where anything is changed; the lemmas they use."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from fractions import Fraction as Q
from itertools import pairwise, permutations
from math import factorial, log
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from retrodict.checkers.non_reconstruction import CertificateError, check, read
from retrodict.checkers.potts import check as check_potts
from retrodict.density_evolution import density_evolution
from retrodict.exact import density_evolution as laws
from retrodict.exact import potts as exact
from retrodict.exact import reconstruction
from retrodict.reconstruction_certificates import binary, largest_eigenvalue, potts


@st.composite
def pairs(draw: st.DrawFn) -> tuple[list[Q], list[Q], Q]:
    """Two views behind an edge, and its eigenvalue."""
    q, lam = draw(st.integers(3, 4)), Q(draw(st.integers(1, 20)), 20)
    views = []
    for _ in range(2):
        counts = draw(st.lists(st.integers(0, 12), min_size=q, max_size=q))
        assume(len(set(counts)) > 1)
        views.append(exact.edge([Q(q * x, sum(counts)) for x in counts], lam))
    return views[0], views[1], lam


@given(pairs())
def test_chi_square_of_two_views(pair: tuple[list[Q], list[Q], Q]) -> None:
    a, b, _ = pair
    assert exact.excess(a, b) == exact.excess(b, a) <= exact.excess_bound(a, b)
    assert sum(p for p, _ in exact.joined(a, b)) == 1
    lost = Q(0)  # by bounding S / w by the product of the maxima, and by nothing else
    for order in permutations(b):
        both = [x * y for x, y in zip(a, order, strict=True)]
        w = sum(both) / len(a)
        peak = sum(x * x for x in both) / sum(both) if w else Q(0)
        lost += (max(a) * max(b) - peak) * (w - 1) ** 2 / factorial(len(a))
    assert exact.excess_bound(a, b) - exact.excess(a, b) == lost


@given(pairs())
def test_skewness_and_maximum(pair: tuple[list[Q], list[Q], Q]) -> None:
    a, _, lam = pair
    assert exact.is_peaked_enough(a, lam)
    assert exact.is_peaked_enough(a, 1)


@given(pairs())
def test_information_of_one_view_about_the_other(pair: tuple[list[Q], list[Q], Q]) -> None:
    a, b, _ = pair
    q, densities = len(a), []
    for order in permutations(b):
        densities.append(sum((x * y for x, y in zip(a, order, strict=True)), Q(0)) / q)
    moments = [sum((w - 1) ** k for w in densities) / factorial(q) for k in (1, 2, 3)]
    second = exact.chi_square(a) * exact.chi_square(b) / (q - 1)
    assert moments == [0, second, second * exact.skewness(a) * exact.skewness(b) / (q - 2)]
    information = sum(float(w) * log(w) for w in densities if w) / factorial(q)
    assert information >= float(exact.shortfall_bound(a, b)) - 1e-12


def v(a: list[Q], weight: Q) -> float:
    return sum(float(x) * log(x) for x in a if x) / len(a) + float(weight * exact.chi_square(a))


@settings(max_examples=25)
@given(pairs())
def test_what_is_accepted_is_subadditive_and_contracts(pair: tuple[list[Q], list[Q], Q]) -> None:
    a, b, lam = pair
    found = potts(len(a), 1, lam) if lam < 1 else potts(len(a), 1, Q(99, 100))
    ratio, weight = check(found), Q(potts(len(a), 2, Q(1, 2))["weight"])
    behind = exact.edge(a, Q(found["eigenvalue"]))
    assert v(behind, Q(found["weight"])) <= float(ratio) * v(a, Q(found["weight"])) + 1e-12
    one, other = exact.edge(a, Q(1, 2)), exact.edge(b, Q(1, 2))
    both = sum(float(p) * v(c, weight) for p, c in exact.joined(one, other))
    assert both <= v(one, weight) + v(other, weight) + 1e-12


@pytest.mark.parametrize(("arity", "square", "levels"), [(2, Q(4, 9), 8), (3, Q(1, 4), 3)])
def test_the_bound_holds(arity: int, square: Q, levels: int) -> None:
    found = binary(arity, square, levels + 3, levels=levels, bins=10)
    bound = check(found)
    theta = {Q(4, 9): Q(2, 3), Q(1, 4): Q(1, 2)}[square]
    assert density_evolution(arity, theta, levels + 3).lower_second[-1] <= bound < 1
    assert check(binary(arity, square, levels + 3)) > bound


def test_many_children_take_no_longer_than_few() -> None:
    arity = 10**9
    at = {"statement": "no reconstruction", "states": 2, "arity": arity, "theta_squared": f"1/{2 * arity}", "laws": []}
    assert check({**at, "depth": 60, "bound": "1/1000000"}) == Q(1, 10**6)  # less than halved from each to the next
    with pytest.raises(CertificateError, match="bound = "):
        check({**at, "depth": 1, "bound": "39/100"})  # 1 - exp(-1/2) = .3934...


def test_the_recursion_is_above_the_exact_moments() -> None:
    for arity, theta in ((2, Q(2, 3)), (3, Q(1, 2))):
        moments = [reconstruction.reconstruction(2, arity, n, theta).x_n for n in range(4)]
        for before, after in pairwise(moments):
            assert after <= 1 - (1 - theta**2 * before) ** arity


def test_the_laws_are_above_those_of_the_tree() -> None:
    found = binary(2, Q(4, 9), 4, levels=3, bins=12)
    for n, atoms in enumerate(found["laws"], start=1):
        law: laws.Law = {}
        for place, mass in atoms:
            m, w = (Q(*float.fromhex(text).as_integer_ratio()) for text in (place, mass))
            law[m] = law.get(m, Q(0)) + w
        law[Q(1)] = law.get(Q(1), Q(0)) + 1 - sum(law.values())
        assert laws.is_degraded(laws.root(2, Q(2, 3), n), law)


@pytest.fixture(scope="module")
def chain() -> dict[str, Any]:
    return binary(2, Q(4, 9), 30, levels=6, bins=12)


def test_an_edited_law_is_refused(chain: dict[str, Any]) -> None:
    check(chain)
    for level in (0, 3, 5):
        edited = copy.deepcopy(chain)
        atoms = edited["laws"][level]
        heaviest = max(atoms, key=lambda atom: float.fromhex(atom[0]) * float.fromhex(atom[1]))
        heaviest[0] = (float.fromhex(heaviest[0]) * 0.97).hex()
        with pytest.raises(CertificateError, match=rf"laws\[{level}\], c = .* after the step, .* in the law"):
            check(edited)


def test_above_the_kesten_stigum_point_there_is_none(chain: dict[str, Any]) -> None:
    with pytest.raises(CertificateError, match="theta_squared = 16/25: must be positive and at most"):
        check({**chain, "theta_squared": "16/25"})
    with pytest.raises(CertificateError, match=r"laws\[0\], c = "):
        check({**chain, "theta_squared": "9/20"})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"statement": "reconstruction"}, "statement = 'reconstruction': must be 'no reconstruction'"),
        ({"states": "2"}, "states = '2': must be an integer of at least 2"),
        ({"arity": True}, "arity = True: must be an integer"),
        ({"arity": 1, "theta_squared": "1", "laws": []}, "theta_squared = 1: must be below 1"),
        ({"theta_squared": "1e-999999999"}, "theta_squared = '1e-999999999': must be a fraction"),
        ({"bound": "nan"}, "bound = 'nan': must be a fraction"),
        ({"theta_squared": 0.25}, r"theta_squared = 0\.25: must be a fraction"),
        ({"laws": {}}, "laws: must be a list of laws"),
        ({"laws": [[["1/2", "2"]]], "depth": 30}, r"laws\[0\]: the masses add up to 2"),
        ({"laws": [[["1/2"]]], "depth": 30}, r"laws\[0\]\[0\] = \['1/2'\]"),
        ({"depth": 5}, "depth = 5: must be an integer from 6"),
        ({"bound": "1/1000000000"}, "bound = 1/1000000000: E X.2 at depth 30 is only shown to be at most"),
    ],
)
def test_bad_binary_certificates(chain: dict[str, Any], change: dict[str, Any], message: str) -> None:
    with pytest.raises(CertificateError, match=message):
        check({**chain, **change})


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    return potts(5, 2, largest_eigenvalue(5, 2))


@pytest.mark.parametrize("arity", [1, 2, 3, 7])
@pytest.mark.parametrize("states", [3, 4, 10, 40])
def test_the_largest_eigenvalue_is_accepted(states: int, arity: int) -> None:
    lam = largest_eigenvalue(states, arity, digits=3) if arity > 1 else Q(9, 10)
    assert check(potts(states, arity, lam)) < 1
    assert arity * lam**2 < 1
    if arity > 1:
        with pytest.raises(ValueError, match=f"eigenvalue = {lam + Q(1, 1000)}: V contracts by"):
            potts(states, arity, lam + Q(1, 1000))
        assert largest_eigenvalue(states, arity, digits=3, weight=Q(0)) <= lam


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"arity": 3}, "contraction = .*: must lie between .* and 1 / arity = 1 / 3"),
        ({"states": 5.0}, r"states = 5\.0: must be an integer"),
        ({"contraction": "inf"}, "contraction = 'inf': must be a fraction"),
        ({"states": 6}, "weight = .*: V is not shown to be subadditive where A = "),
        ({"eigenvalue": "3/2"}, r"eigenvalue = 3/2: must lie in \(0, 1\)"),
        ({"eigenvalue": "0.6939"}, "contraction = .*: V after an edge less eta V before it is up to"),
        ({"eigenvalue": "0.71"}, "contraction = .*: must lie between eigenvalue"),
        ({"contraction": "0.49"}, "contraction = 49/100: V after an edge less eta V before it"),
        ({"weight": "-1"}, "weight = -1: must not be negative"),
        ({"weight": "0.15"}, "weight = 3/20: V is not shown to be subadditive"),
        ({"weight": "0"}, "contraction = .*: V after an edge"),
        ({"touch": "1"}, r"touch = 1: must lie in \(0, 1\)"),
        ({"touch": "0.01"}, "touch = 1/100: is not where F is concave for the second time"),
        ({"touch": "0.5"}, "contraction = .*: V after an edge less eta V before it is up to .* tangent at 0.5"),
        ({"touch": None}, "touch = None: must be a fraction"),
    ],
)
def test_bad_potts_certificates(found: dict[str, Any], change: dict[str, Any], message: str) -> None:
    check(found)
    with pytest.raises(CertificateError, match=message):
        check({**found, **change})


def test_no_number_may_be_nudged(found: dict[str, Any]) -> None:
    """Each one as little as shows, in the direction that would say more."""
    for key, by in (("eigenvalue", "1e-7"), ("contraction", "-2e-9"), ("weight", "1e-3"), ("touch", "1e-6")):
        with pytest.raises(CertificateError):
            check({**found, key: str(Q(found[key]) + Q(by))})


def test_two_states_are_not_for_the_potts_checker(found: dict[str, Any]) -> None:
    with pytest.raises(CertificateError, match="states = 2: must be an integer of at least 3"):
        check_potts({**found, "states": 2})


def test_a_weight_for_which_two_colours_may_stand_out_is_refused(found: dict[str, Any]) -> None:
    heavy = {**found, "arity": 1, "eigenvalue": "1/10", "contraction": "1/2", "weight": "1"}
    with pytest.raises(CertificateError, match="weight = 1: h'' may change its sign twice below q = 5"):
        check(heavy)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: binary(2, Q(51, 100), 5), "theta_squared = 51/100: must be positive and at most 1 / arity = 1 / 2"),
        (lambda: binary(2, Q(1, 2), 5, levels=6), "levels = 6: must lie in 0 ... depth = 5"),
        (lambda: binary(1, Q(1), 5), "theta_squared = 1: must be below 1"),
        (lambda: potts(2, 2, Q(1, 2)), "states = 2: must be at least 3"),
        (lambda: potts(3, 0, Q(1, 2)), "arity = 0: must be at least 1"),
        (lambda: potts(3, 2, Q(1)), "eigenvalue = 1: must lie in"),
    ],
)
def test_bad_arguments(call: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


def test_files(found: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "potts.json"
    path.write_text(json.dumps(found))
    assert check(read(path)) == check(found)
    command = [sys.executable, "-m", "retrodict.checkers.non_reconstruction", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert done.stdout.startswith("accepted: the root is forgotten")
    path.write_text(path.read_text().replace(found["eigenvalue"], "0.6939"))
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "refused: contraction" in done.stderr
