"""Names of maps of every kind: what they build, and what is said of a wrong one."""

from __future__ import annotations

import difflib
from fractions import Fraction as Q
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrodict.maps import (
    EXAMPLES,
    FAMILIES,
    REAL_EXAMPLES,
    BooleanMap,
    SignGenerator,
    TiltedSignGenerator,
    parse,
    parse_any,
)
from retrodict.maps.any_name import SIGNS
from retrodict.maps.continuous import CONTINUOUS, GenerativeMap, mixing, parse_continuous, residual
from retrodict.maps.keys import number_of
from retrodict.maps.sign_generator import generate


@pytest.mark.parametrize("text", REAL_EXAMPLES)
def test_examples_are_maps_that_bear_their_names(text: str) -> None:
    g = parse_any(text)
    assert g.name == text
    assert isinstance(g, SignGenerator | TiltedSignGenerator | GenerativeMap)
    z = np.random.default_rng(0).normal(size=(5, g.dimension))
    assert g(z).shape[0] == 5
    assert REAL_EXAMPLES[text]


@pytest.mark.parametrize("text", EXAMPLES)
def test_maps_of_bits_are_those_of_parse(text: str) -> None:
    f = parse_any(text)
    assert isinstance(f, BooleanMap)
    assert np.array_equal(f.table, parse(text).table)


def test_no_two_families_share_a_name() -> None:
    names = ["sbox", *FAMILIES, *CONTINUOUS, *SIGNS]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    "text, name",
    [
        ("residual:a=0.5,d=4", "residual:d=4,a=1/2"),
        ("residual:d=4,a=2/4", "residual:d=4,a=1/2"),
        ("residual:d=4,a=0.10", "residual:d=4,a=1/10"),
        ("linear:d=1,m=2,M=2.0", "linear:d=1,m=2,M=2"),
    ],
)
def test_numbers_are_exact(text: str, name: str) -> None:
    assert parse_continuous(text).name == name


@given(st.decimals(min_value=-1000, max_value=1000, places=9))
def test_decimals_are_read_exactly(value: object) -> None:
    assert number_of("f:a=1", "a", f"{value:.9f}") == Q(f"{value:.9f}")


def test_residual_is_the_map_of_the_statements() -> None:
    g, z = parse_continuous("residual:d=5,a=1/2"), np.linspace(-2, 2, 5)
    assert np.array_equal(g(z), residual(Q(1, 2), mixing(5))(z))
    assert mixing(5)[0][0] == 1 - 2 * Q(1, 1 + 4 + 9 + 1 + 4)


def test_signs() -> None:
    g, f = parse_any("sgn:perm:n=4,seed=0"), parse("perm:n=4,seed=0")
    assert isinstance(g, SignGenerator)
    z = np.random.default_rng(0).normal(size=(50, 4))
    assert np.array_equal(g(z), generate(f, z))
    assert np.array_equal(g.map.table, f.table)
    assert (g.name, g.dimension) == ("sgn:perm:n=4,seed=0", 4)
    assert parse_any("sgn:random:n=3,seed=1").map.collision() is not None  # type: ignore[union-attr]


def test_tilted_signs_are_injective() -> None:
    g = parse_any("sgnabs:perm:n=4,seed=3,alpha=0.125")
    assert isinstance(g, TiltedSignGenerator)
    assert g.name == "sgnabs:perm:n=4,seed=3,alpha=1/8"
    z = np.random.default_rng(0).normal(size=(200, 4))
    assert np.allclose(g.invert(g(z)), z, atol=1e-12)
    assert np.array_equal(np.sign(g(z)), SignGenerator(g.map)(z))
    near = np.where(z > 0, z, z - 1e-12)  # signs are kept and the images move with alpha
    assert np.allclose(g(z), g(near), atol=1e-11)


def test_signs_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "table.txt"
    path.write_text("0 2 1 3\n")
    g = parse_any(f"sgn:{path}")
    assert isinstance(g, SignGenerator)
    assert g.map.table.tolist() == [0, 2, 1, 3]
    assert isinstance(parse_any(str(path)), BooleanMap)


@pytest.mark.parametrize(
    "text, message",
    [
        ("residual:d=2", "residual:d=2: a is missing, as in residual:d=2,a=1/2"),
        ("residual", "residual: d is missing, as in residual:d=2,a=1/2"),
        ("residual:", "residual:: nothing comes after the colon; write residual:d=2,a=1/2"),
        ("residual:d=2,a=1/2,d=3", "residual:d=2,a=1/2,d=3: d is given twice"),
        ("residual:d=2,b=1/2", "residual:d=2,b=1/2: b=1/2: residual takes d, a, as in residual:d=2,a=1/2"),
        ("residual:d=2,a=1", "residual:d=2,a=1: a = 1: must lie strictly between 0 and 1"),
        ("residual:d=2,a=x", "residual:d=2,a=x: a = x: must be a number such as 3, 1/2 or 0.5"),
        ("residual:d=2,a=1e-3", "a = 1e-3: must be a number such as 3, 1/2 or 0.5"),
        ("residual:d=2,a=1/0", "a = 1/0: must be a number"),
        ("residual:d=2,a=nan", "a = nan: must be a number"),
        ("residual:d=2,a=", "a = : must be a number"),
        ("residual:d=2.5,a=1/2", "d = 2.5: must be an integer in 1 ... 256"),
        ("residual:d=0,a=1/2", "d = 0: must be an integer in 1 ... 256"),
        ("residual:d=257,a=1/2", "d = 257: must be an integer in 1 ... 256"),
        ("linear:d=2,m=2,M=1", "linear:d=2,m=2,M=1: m = 2, M = 1: must be 0 <= m <= M"),
        ("linear:d=2,m=-1,M=1", "m = -1: must lie in 0 ... 1000000"),
        ("coupling:d=3,l=1", "coupling:d=3,l=1: d = 3: must be even"),
        ("projection:d=2,k=2", "k = 2: must lie in 1 ... d - 1 = 1"),
        ("fold:d=1", "fold:d=1: d=1: fold takes no keys, as in fold"),
        ("tent:k=99", "tent:k=99: k = 99: must be an integer in 1 ... 32"),
        ("sgn:", "sgn:: sgn takes the name of a map of bits, as in sgn:perm:n=8,seed=0"),
        ("sgn:perm:n=99,seed=0", "sgn:perm:n=99,seed=0: perm:n=99,seed=0: n = 99: must lie in 1 ... 16"),
        ("sgn:pern:n=4", "sgn:pern:n=4: pern:n=4: no such map; nearest: perm"),
        ("sgnabs:perm:n=4,seed=0", "sgnabs:perm:n=4,seed=0: alpha is missing, as in sgnabs:perm:n=4,seed=0,alpha=1/8"),
        ("sgnabs:perm:n=4,seed=0,alpha=0", "alpha = 0: must be positive"),
        ("sgnabs:perm:n=4,seed=0,alpha=x", "sgnabs:perm:n=4,seed=0,alpha=x: alpha = x: must be a number"),
        ("sgnabs:random:n=3,seed=1,alpha=1", "share the image"),
        ("nothing-like-it", "nothing-like-it: no such map; the families are sbox, perm"),
        ("missing.npy", "missing.npy: No such file or directory"),
    ],
)
def test_wrong_names_say_what_is_wrong(text: str, message: str) -> None:
    with pytest.raises(ValueError) as caught:
        parse_any(text)
    assert message in str(caught.value)
    assert str(caught.value).startswith(text)


def test_nearest_names_come_from_all_kinds() -> None:
    with pytest.raises(ValueError, match=r"leeky:d=2,s=1/2,layers=2: no such map; nearest: leaky:d=2,s=1/2,layers=2"):
        parse_any("leeky:d=2,s=1/2,layers=2")
    with pytest.raises(ValueError, match=r"no such map; nearest: gray:n=8"):
        parse_any("grey:n=8")
    assert difflib.get_close_matches("grey:n=8", EXAMPLES)[0] == "gray:n=8"
