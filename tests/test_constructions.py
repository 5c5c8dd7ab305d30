"""The constructions of one-way maps and their controls, against their definitions bit by bit."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrodict import circuits
from retrodict.exact.groups import discrete_logarithm
from retrodict.maps import EXAMPLES, FAMILIES, MAX_INPUTS, BooleanMap, parse
from retrodict.maps.algebraic import gray
from retrodict.maps.ciphers import encrypt, even_mansour, spn
from retrodict.maps.hidden_weight import hidden_weight
from retrodict.maps.local import goldreich, local_function, parity_and
from retrodict.maps.modexp import EXPONENTS, modexp, modexp_preimage
from retrodict.maps.permutations import perm, words

BIJECTIONS = [name for name in EXAMPLES if not name.startswith(("random", "goldreich"))]


def bits(x: int, n: int) -> list[int]:
    return [x >> i & 1 for i in range(n)]


def number(b: Sequence[int]) -> int:
    return sum(bit << i for i, bit in enumerate(b))


@pytest.mark.parametrize("name", BIJECTIONS)
def test_bijections(name: str) -> None:
    f = parse(name)
    assert f.n_inputs == f.n_outputs
    assert sorted(f.table.tolist()) == list(range(1 << f.n_inputs))


def test_the_others_are_none() -> None:
    assert set(EXAMPLES) - set(BIJECTIONS) == {"random:n=8,seed=0", "goldreich:n=8,d=5,seed=0"}
    assert all(parse(name).collision() for name in set(EXAMPLES) - set(BIJECTIONS))


@pytest.mark.parametrize("family", FAMILIES)
def test_every_size_and_no_other(family: str) -> None:
    known = FAMILIES[family]
    keys = {key: 5 if key == "d" else low for key, (low, _) in known.keys.items()}
    for n in range(-1, MAX_INPUTS + 9):
        if n in known.sizes and keys.get("d", 0) <= n:
            f = known.build(n, **keys)
            assert (f.n_inputs, parse(f.name).table.tolist()) == (n, f.table.tolist())
        else:
            with pytest.raises(ValueError, match=str(n)):
                known.build(n, **keys)
    for n in (40, 10**6):  # refused before anything is allocated
        with pytest.raises(ValueError, match=str(n)):
            known.build(n, **keys)


# --- the rotation by the weight -----------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 2, 5, 8])
def test_hidden_weight(n: int) -> None:
    f = hidden_weight(n)
    for x in range(1 << n):
        w = x.bit_count()
        b = bits(x, n)
        assert f.table[x] == number([b[(i + w) % n] for i in range(n)])
        assert f.output(n - 1)[x] == (b[w - 1] if w else 0)
        y = bits(int(f.table[x]), n)
        assert b == [y[(i - w) % n] for i in range(n)]


# --- ciphers ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("plain", "key", "cipher"),  # the four test vectors of PRESENT-80, CHES 2007, appendix I
    [
        (0, 0, 0x5579C1387B228445),
        (0, (1 << 80) - 1, 0xE72C46C0F5945049),
        ((1 << 64) - 1, 0, 0xA112FFC72F68417B),
        ((1 << 64) - 1, (1 << 80) - 1, 0x3333DCD3213210D2),
    ],
)
def test_rounds_are_those_of_present(plain: int, key: int, cipher: int) -> None:
    box = parse("sbox:present").table.tolist()
    keys = []
    for r in range(1, 33):
        keys.append(key >> 16)
        key = (key << 61 | key >> 19) & (1 << 80) - 1
        key = key & (1 << 76) - 1 | box[key >> 76] << 76
        key ^= r << 15
    assert int(encrypt(np.array([plain], dtype=np.uint64), keys, 64)[0]) == cipher


@pytest.mark.parametrize("n", [4, 8, 12, 16])
def test_spn_backward(n: int) -> None:
    f = spn(n, 3, 5)
    keys = [word >> 64 - n for word in words(5, 2001, 4).tolist()]
    unbox = parse("sbox:present").inverse().table.tolist()
    for x in range(0, 1 << n, 1 << max(0, n - 8)):
        y = int(f.table[x]) ^ keys[3]
        for key in reversed(keys[:3]):
            b = bits(y, n)
            y = number([b[i * (n // 4) % (n - 1) if i < n - 1 else i] for i in range(n)])
            y = sum(unbox[y >> i & 15] << i for i in range(0, n, 4)) ^ key
        assert y == x


def test_even_mansour_backward() -> None:
    f, p = even_mansour(7, 11), perm(7, 11)
    first, second = (word >> 57 for word in words(11, 2002, 2).tolist())
    assert first and second
    for x in range(128):
        assert f.table[x] == int(p.table[x ^ first]) ^ second
        assert int(p.inverse().table[int(f.table[x]) ^ second]) ^ first == x


# --- modular exponentiation ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", EXPONENTS)
def test_modexp(n: int) -> None:
    f = modexp(n)
    for x in range(0, 1 << n, 1 << max(0, n - 9)):
        assert f.table[x] == pow(3, x, 2**n + 1) - 1
        assert modexp_preimage(int(f.table[x]), n) == x
    assert f.collision() is None


def test_modexp_costs() -> None:
    f = modexp(4)
    assert [circuits.gate_cost(f.output(i)) for i in range(4)] == [3, 4, 3, 3]
    assert [circuits.gate_cost(f.inverse().output(i)) for i in range(4)] == [5, 5, 5, 6]


def test_modexp_with_other_generators() -> None:
    p = 17
    generators = [g for g in range(p) if len({pow(g, x, p) for x in range(16)} - {0}) == 16]
    for g in range(p):
        if g in generators:
            assert [modexp_preimage(int(y), 4, g) for y in modexp(4, g).table] == list(range(16))
        else:
            with pytest.raises(ValueError, match=f"g = {g} is a square modulo 17"):
                modexp(4, g)
    for n in (1, 5, 32):
        with pytest.raises(ValueError, match=f"modexp:n={n}: 2\\^n \\+ 1 must be one of the primes"):
            modexp(n)


@given(st.integers(1, 10), st.data())
def test_logarithms_in_the_additive_group(n: int, data: st.DataObject) -> None:
    """Any group of order 2^n: here the integers modulo 2^n, generated by an odd number."""
    g = data.draw(st.integers(0, 2 ** (n - 1) - 1)) * 2 + 1
    y = data.draw(st.integers(0, 2**n - 1))
    products = 0

    def multiply(a: int, b: int) -> int:
        nonlocal products
        products += 1
        return (a + b) % 2**n

    assert discrete_logarithm(y, g, n, multiply) * g % 2**n == y
    assert products <= (n * n + 3 * n - 2) // 2
    products = 0
    assert discrete_logarithm(g, g, n, multiply) == 1 % 2**n
    assert products == (n * n + 3 * n - 2) // 2


# --- local functions ----------------------------------------------------------------------------------------------


def test_goldreich_follows_its_recipe() -> None:
    f = goldreich(7, 5, 3)
    stream = words(3, 2000, 49).tolist()
    for i in range(7):
        s = sorted(range(7), key=lambda j: stream[7 * i + j])[:5]
        for x in range(128):
            b = [bits(x, 7)[j] for j in s]
            assert f.output(i)[x] == b[0] ^ b[1] ^ b[2] ^ b[3] & b[4]


def test_the_predicate_is_balanced_even_when_two_inputs_are_known() -> None:
    table = parity_and(5)
    for i, j in combinations(range(5), 2):
        for a, b in product((0, 1), repeat=2):
            left = [table[x] for x in range(32) if (x >> i & 1, x >> j & 1) == (a, b)]
            assert sum(left) == 4


def test_preimages_are_counted() -> None:
    f = goldreich(8, 3, 1)
    counts = f.preimage_counts()
    sizes = [f.table.tolist().count(y) for y in range(256)]
    assert counts == [sizes.count(k) for k in range(max(sizes) + 1)]
    assert gray(4).preimage_counts() == [0, 16]
    assert BooleanMap("wide", 1, 64, [0, 1]).preimage_counts() == [2**64 - 2, 2]


@pytest.mark.parametrize("subset", [[0], [0, 3], [0, 0], [0, 1, 2]])
def test_bad_subsets(subset: list[int]) -> None:
    with pytest.raises(ValueError, match=r"f: subsets\[1\] = .*: must be different inputs of 0 ... 2"):
        local_function("f", 3, [[0, 1], subset], [0, 0, 0, 1])
    with pytest.raises(ValueError, match="goldreich:n=4,d=5,seed=0: must be 2 <= d <= n <= 16"):
        goldreich(4, 5, 0)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("inner-product:n=8", "inner-product:n=8: n must be a multiple of 3"),
        ("inner-product:n=18", r"n = 18: must lie in 3 \.\.\. 15, since a map is kept as its table"),
        ("modexp:n=6", "modexp:n=6: 2"),
        ("spn:n=6,rounds=1,seed=0", "n must be a multiple of 4, for the S-box has 4 bits"),
        ("goldreich:n=4,d=5,seed=0", "must be 2 <= d <= n"),
        ("even-mansour:n=4", "seed is missing, as in even-mansour:n=8,seed=0"),
        ("inner-prod", "no such map; nearest: inner-product"),
    ],
)
def test_bad_names(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse(text)
