"""Certificates of reconstruction: accepted as produced, refused with what fails first when anything is changed."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from fractions import Fraction as Q
from pathlib import Path
from typing import Any

import pytest

from retrodict.checkers.reconstruction import CertificateError, check, read
from retrodict.density_evolution import certificate, density_evolution
from retrodict.exact import density_evolution as exact


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    return certificate(2, Q(4, 5), 300, bins=24)


def test_the_bound_is_below_the_limit(found: dict[str, Any]) -> None:
    deep = density_evolution(2, Q(4, 5), 60)
    assert 0.63 < check(found) < deep.upper[-1]
    assert 0.29 > check(certificate(3, Q(3, 5), 400, bins=8)) > 0.2


def test_it_is_the_order_of_degradation(found: dict[str, Any]) -> None:
    law: exact.Law = {}
    for place, mass in found["law"]:
        m, w = (Q(*float.fromhex(text).as_integer_ratio()) for text in (place, mass))
        law[m] = law.get(m, Q(0)) + w
    law[Q(0)] = law.get(Q(0), Q(0)) + 1 - sum(law.values())
    child = exact.edge(law, Q(4, 5))
    assert exact.is_degraded(law, exact.join(child, child))


def test_below_the_threshold_nothing_is_kept() -> None:
    with pytest.raises(CertificateError, match="the law is not kept"):
        check(certificate(2, Q(7, 10), 300, bins=24, slack=Q(1, 1000)))


@pytest.mark.parametrize("atom", [12, 20])
def test_a_law_that_was_edited_is_refused(found: dict[str, Any], atom: int) -> None:
    better = copy.deepcopy(found)
    better["law"][atom][0] = (float.fromhex(better["law"][atom][0]) * 1.05).hex()
    with pytest.raises(CertificateError, match="the law is not kept"):
        check(better)
    heavier = copy.deepcopy(found)
    heavier["law"][atom][1] = "1/2"
    with pytest.raises(CertificateError, match=r"add up to 1|the law is not kept"):
        check(heavier)


def test_a_worse_channel_is_refused(found: dict[str, Any]) -> None:
    with pytest.raises(CertificateError, match="the law is not kept"):
        check({**found, "theta": "79/100"})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"statement": "labels"}, "statement = 'labels'"),
        ({"arity": 0}, "arity = 0"),
        ({"arity": "2"}, "arity = '2'"),
        ({"theta": "5/4"}, "theta = 5/4"),
        ({"theta": 0.8}, r"theta = 0\.8: must be a fraction"),
        ({"law": []}, "law: must be a list"),
        ({"law": [["1/2"]]}, r"law\[0\] = \['1/2'\]"),
        ({"law": [["1/2", "1"], ["nan", "1/2"]]}, r"law\[1\]\[0\] = 'nan'"),
        ({"law": [["3/2", "1"]]}, r"law\[0\]\[0\] = 3/2: a place"),
        ({"law": [["1/2", "-1"]]}, r"law\[0\]\[1\] = -1: a mass"),
        ({"law": [["1/2", "3/4"], ["1/3", "3/4"]]}, r"masses add up to 1\.5"),
        ({"arity": 9}, "law has 25 atoms|law has 24 atoms"),
    ],
)
def test_bad_certificates(found: dict[str, Any], change: dict[str, Any], message: str) -> None:
    with pytest.raises(CertificateError, match=message):
        check({**found, **change})


def test_files(found: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "root.json"
    path.write_text(json.dumps(found))
    assert check(read(path)) == check(found)
    command = [sys.executable, "-m", "retrodict.checkers.reconstruction", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout[:30]) == (0, f"accepted: E|X_n| >= {float(check(found)):.12g}"[:30])
    path.write_text(path.read_text()[:-40])
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "refused" in done.stderr
    with pytest.raises(CertificateError, match=r"no\.json"):
        read(tmp_path / "no.json")
