"""Finite maps: what their definitions promise, and how names are read."""

from __future__ import annotations

from math import gcd
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrodict.maps import BooleanMap, parse, read
from retrodict.maps.algebraic import CUBE_POLYNOMIALS, cube, gray, triangular
from retrodict.maps.gf2 import multiply, power
from retrodict.maps.networks import feistel
from retrodict.maps.permutations import perm, random, words
from retrodict.maps.sboxes import NAMES, sbox

M0, M1 = 0xD2E7470EE14C6C93, 0xCA5A826395121157
W0, W1 = 0x9E3779B97F4A7C15, 0xBB67AE8584CAA73B
WORD = (1 << 64) - 1


def philox(counter: int, key: tuple[int, int]) -> list[int]:
    """Philox 4x64-10 as in the paper, in integers."""
    c = [counter >> 64 * i & WORD for i in range(4)]
    k = list(key)
    for _ in range(10):
        left, right = M0 * c[0], M1 * c[2]
        c = [right >> 64 ^ c[1] ^ k[0], right & WORD, left >> 64 ^ c[3] ^ k[1], left & WORD]
        k = [k[0] + W0 & WORD, k[1] + W1 & WORD]
    return c


def times(a: int, b: int, polynomial: int) -> int:
    """GF(2^n), schoolbook: the product of polynomials, then long division."""
    product = 0
    for i in range(b.bit_length()):
        product ^= (a << i) * (b >> i & 1)
    while product.bit_length() >= polynomial.bit_length():
        product ^= polynomial << product.bit_length() - polynomial.bit_length()
    return product


def is_irreducible(polynomial: int) -> bool:
    def divides(d: int) -> bool:
        return times(polynomial, 1, d) == 0

    return not any(divides(d) for d in range(2, 1 << (polynomial.bit_length() + 1) // 2))


def test_the_stream_is_philox() -> None:
    known = [0x16554D9ECA36314C, 0xDB20FE9D672D0FDC, 0xD7E772CEE186176B, 0x7E68B68AEC7BA23B]
    assert philox(0, (0, 0)) == known  # the known answer of Random123 1.14
    assert words(7, 3, 6).tolist() == (philox(1, (7, 3)) + philox(2, (7, 3)))[:6]


def test_random_maps_follow_their_recipe() -> None:
    stream = [word for counter in (1, 2, 3, 4) for word in philox(counter, (5, 0))]
    assert random(4, 5).table.tolist() == [word >> 60 for word in stream]
    stream = [word for counter in (1, 2, 3, 4) for word in philox(counter, (5, 1))]
    assert perm(4, 5).table.tolist() == sorted(range(16), key=lambda x: stream[x])


def test_feistel_follows_its_recipe_and_is_its_own_kind_of_inverse() -> None:
    rounds = [[word >> 62 for word in philox(1, (9, 2 + r))] for r in range(3)]
    f = feistel(4, 3, 9)
    for x in range(16):
        left, right = x >> 2, x & 3
        for r in range(3):
            left, right = right, left ^ rounds[r][right]
        assert f.table[x] == left << 2 | right
        for r in reversed(range(3)):
            left, right = right ^ rounds[r][left], left
        assert left << 2 | right == x
    with pytest.raises(ValueError, match="n must be even"):
        feistel(5, 3, 9)


@pytest.mark.parametrize("name", NAMES)
def test_sboxes_are_permutations(name: str) -> None:
    box = sbox(name)
    assert (box.n_inputs, box.n_outputs) == ({"aes": 8, "ascon": 5, "keccak-chi": 5}.get(name, 4),) * 2
    assert np.array_equal(box.table[box.inverse().table], np.arange(box.table.size))


def differential_uniformity(table: list[int]) -> int:
    return max(
        max(np.bincount([table[x] ^ table[x ^ a] for x in range(len(table))]).tolist()) for a in range(1, len(table))
    )


def linearity(table: list[int]) -> int:
    """The largest absolute Walsh coefficient of a nonzero combination of output bits."""
    n = len(table)
    signs = np.array([[(-1) ** ((a & x).bit_count() % 2) for x in range(n)] for a in range(n)])
    return int(np.abs(signs[1:][:, table] @ signs.T).max())


@pytest.mark.parametrize(
    ("name", "uniformity", "walsh"),
    # As their designers claim: 4-bit boxes 4 and 8 (gift trades 6 for area), ascon and chi 8 and 16, aes 4 and 32.
    [(name, 4, 8) for name in ("present", "prince", "midori", "rectangle", "skinny4")]
    + [("gift", 6, 8), ("ascon", 8, 16), ("keccak-chi", 8, 16), ("aes", 4, 32)],
)
def test_sboxes_resist_as_published(name: str, uniformity: int, walsh: int) -> None:
    table = sbox(name).table.tolist()
    assert (differential_uniformity(table), linearity(table)) == (uniformity, walsh)


def test_sboxes_against_their_definitions() -> None:
    midori = sbox("midori")
    assert np.array_equal(midori.inverse().table, midori.table)
    # The first and last images printed in the Ascon paper's table, and of FIPS 197, figure 7.
    assert sbox("ascon").table.tolist()[:4] == [0x4, 0xB, 0x1F, 0x14]
    assert sbox("ascon").table.tolist()[-3:] == [0xA, 0xF, 0x17]
    aes = sbox("aes").table.tolist()
    assert (aes[0], aes[0x53], aes[0xFF]) == (0x63, 0xED, 0x16)
    for x in range(1, 256):  # undo the affine map by its matrix, then the product with x is 1
        y = aes[x] ^ 0x63
        b = sum((y >> (i + 2) % 8 ^ y >> (i + 5) % 8 ^ y >> (i + 7) % 8) % 2 << i for i in range(8))
        assert times(x, b, 0x11B) == 1
    chi = sbox("keccak-chi").table.tolist()
    for x in range(32):
        bit = [x >> i & 1 for i in range(5)]
        assert chi[x] == sum((bit[i] ^ (1 - bit[(i + 1) % 5]) * bit[(i + 2) % 5]) << i for i in range(5))
    # SKINNY's circuit: four steps of a NOR and a rotation to the left, the last without the rotation.
    for x in range(16):
        bit = [x >> i & 1 for i in range(4)]
        for step in range(4):
            bit[0] ^= 1 - (bit[3] | bit[2])
            bit = bit[-1:] + bit[:-1] if step < 3 else bit
        assert sbox("skinny4").table[x] == sum(b << i for i, b in enumerate(bit))


@given(st.integers(0, 255), st.integers(0, 255))
def test_field_arithmetic(a: int, b: int) -> None:
    pair = np.array([a], dtype=np.uint64), np.array([b], dtype=np.uint64)
    assert multiply(*pair, 0x11B).tolist() == [times(a, b, 0x11B)]


@pytest.mark.parametrize("n", CUBE_POLYNOMIALS)
def test_cubes(n: int) -> None:
    polynomial = CUBE_POLYNOMIALS[n]
    assert polynomial.bit_length() == n + 1
    assert is_irreducible(polynomial)
    assert not is_irreducible(polynomial ^ 1)  # then t divides it
    table = cube(n).table.tolist()
    assert table[:64] == [times(x, times(x, x, polynomial), polynomial) for x in range(len(table))][:64]
    assert cube(n).collision() is None


def test_an_even_cube_is_no_permutation() -> None:
    x = np.arange(16, dtype=np.uint64)
    assert gcd(3, 15) == 3
    assert BooleanMap("cube", 4, 4, power(x, 3, 0x13)).collision() is not None
    for n in (4, 15):
        with pytest.raises(ValueError, match=f"cube:n={n}: n must be odd"):
            cube(n)


def test_chains_by_their_bits() -> None:
    for x in range(64):
        bit = [x >> i & 1 for i in range(6)]
        chain = [bit[i] ^ bit[i + 1] for i in range(5)] + [bit[5]]
        carry = [bit[i] ^ (bit[i - 1] & bit[i - 2] if i > 1 else 0) for i in range(6)]
        assert gray(6).table[x] == sum(b << i for i, b in enumerate(chain))
        assert triangular(6).table[x] == sum(b << i for i, b in enumerate(carry))


def test_collisions_and_inverses() -> None:
    f = BooleanMap("f", 2, 2, [3, 1, 0, 1])
    assert f.collision() == (1, 3)
    with pytest.raises(ValueError, match="f: inputs 1 and 3 share the image 1"):
        f.inverse()
    wide = BooleanMap("wide", 1, 2, [0, 3])
    assert wide.collision() is None
    with pytest.raises(ValueError, match="wide: 1 bits to 2"):
        wide.inverse()
    turn = BooleanMap("turn", 2, 2, [1, 2, 3, 0])
    assert turn.inverse().table.tolist() == [3, 0, 1, 2]
    assert turn.output(1).tolist() == [0, 1, 1, 0]
    with pytest.raises(ValueError, match=r"i = 2: turn has output bits 0 \.\.\. 1"):
        turn.output(2)


def test_sixty_four_output_bits() -> None:
    f = BooleanMap("wide", 1, 64, np.array([0, (1 << 64) - 1], dtype=np.uint64))
    assert f.output(63).tolist() == [0, 1]


@pytest.mark.parametrize(
    ("inputs", "outputs", "table", "message"),
    [
        (0, 1, [0], "n_inputs = 0: must lie in 1 ... 16"),
        (17, 1, [0], "n_inputs = 17"),
        (1, 0, [0, 0], "n_outputs = 0: must lie in 1 ... 64"),
        (1, 65, [0, 0], "n_outputs = 65"),
        (2, 2, [0, 1, 2], r"table has shape \(3,\): 2 inputs need 4 entries"),
        (2, 2, [0, 1, 2, 4], r"table\[3\] = 4: must lie in 0 ... 2\^2 - 1"),
        (2, 2, [0, -1, 2, 3], r"table\[1\] = -1"),
    ],
)
def test_bad_tables(inputs: int, outputs: int, table: list[int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        BooleanMap("f", inputs, outputs, table)


def test_a_table_of_floats_is_refused() -> None:
    with pytest.raises(TypeError, match="entries must be integers"):
        BooleanMap("f", 1, 1, [0.0, 1.0])


@pytest.mark.parametrize(
    ("text", "twin"),
    [
        ("sbox:aes", sbox("aes")),
        ("perm:n=4,seed=3", perm(4, 3)),
        ("perm:seed=3,n=4", perm(4, 3)),
        ("random:n=3,seed=18446744073709551615", random(3, (1 << 64) - 1)),
        ("gray:n=1", gray(1)),
        ("triangular:n=16", triangular(16)),
        ("cube:n=3", cube(3)),
        ("feistel:n=2,rounds=1,seed=0", feistel(2, 1, 0)),
    ],
)
def test_names(text: str, twin: BooleanMap) -> None:
    found = parse(text)
    assert (found.name, found.table.tolist()) == (twin.name, twin.table.tolist())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sbox:presnt", "sbox:presnt: no such map; nearest: sbox:present"),
        ("permutation", "permutation: no such map; the families are sbox, perm,"),
        ("perm", "perm: n is missing, as in perm:n=4,seed=0"),
        ("perm:n=4", "perm:n=4: seed is missing"),
        ("perm:n=4,seed=0,m=2", "m=2: perm takes n, seed"),
        ("perm:n", "perm:n: n: perm takes n, seed"),
        ("perm:n=4,n=4,seed=0", "n is given twice"),
        ("perm:n=four,seed=0", "n = four: must be an integer"),
        ("perm:n=17,seed=0", r"n = 17: must lie in 1 \.\.\. 16"),
        ("perm:n=0,seed=0", "n = 0: must lie"),
        ("perm:n=4,seed=-1", "seed = -1: must lie in 0"),
        ("cube:n=4", "cube:n=4: n must be odd, one of 3, 5, 7, 9, 11, 13"),
        ("cube:n=15", r"n = 15: must lie in 3 \.\.\. 13"),
        ("feistel:n=5,rounds=1,seed=0", "n must be even"),
        ("feistel:n=4,rounds=0,seed=0", "rounds = 0: must lie"),
        ("nowhere.blif", "nowhere.blif: No such file"),
    ],
)
def test_bad_names(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        parse(text)
    assert "\n" not in str(caught.value)


def test_files(tmp_path: Path) -> None:
    path = tmp_path / "map.txt"
    path.write_text("0 3 1 2")
    assert read(path).name == str(path)
    assert parse(str(path)).table.tolist() == [0, 3, 1, 2]
    with pytest.raises(ValueError, match="Is a directory"):
        read(tmp_path)
