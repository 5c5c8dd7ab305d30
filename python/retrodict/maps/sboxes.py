"""S-boxes of published ciphers: permutations that designers chose, mostly for cheap hardware.

| name | bits | source |
|---|---|---|
| present | 4 | Bogdanov et al., "PRESENT: an ultra-lightweight block cipher", CHES 2007, section 3 |
| prince | 4 | Borghoff et al., "PRINCE", ASIACRYPT 2012, section 3 |
| gift | 4 | Banik et al., "GIFT: a small PRESENT", CHES 2017, table 1 |
| midori | 4 | Banik et al., "Midori: a block cipher for low energy", ASIACRYPT 2015, table 1, Sb0: an involution |
| rectangle | 4 | Zhang et al., "RECTANGLE", Science China 58 (2015), table 2 |
| skinny4 | 4 | Beierle et al., "The SKINNY family of block ciphers", CRYPTO 2016, table 1 |
| ascon | 5 | Dobraunig et al., "Ascon v1.2", J. Cryptology 34 (2021), section 2.6.2: computed from its definition |
| keccak-chi | 5 | Bertoni et al., "The Keccak reference" (2011), section 2.3.1, chi on a row: computed |
| aes | 8 | FIPS 197 (2001), section 5.1.1: computed from its definition |
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from retrodict.maps.boolean_map import BooleanMap
from retrodict.maps.gf2 import power

__all__ = ["NAMES", "sbox"]

PUBLISHED = {  # the image of 0, 1, ..., 15, one hexadecimal digit each
    "present": "C56B90AD3EF84712",
    "prince": "BF32AC916780E5D4",
    "gift": "1A4C6F392DB7508E",
    "midori": "CAD3EBF789150246",
    "rectangle": "65CA1E79B03D8F42",
    "skinny4": "C6901A2B385D4E7F",
}


def _rows(n: int) -> list[NDArray[np.uint64]]:
    """The n bits of 0, 1, ..., 2^n - 1: entry i is bit i."""
    return list(np.arange(1 << n, dtype=np.uint64) >> np.arange(n, dtype=np.uint64)[:, None] & np.uint64(1))


def _joined(bits: list[NDArray[np.uint64]]) -> NDArray[np.uint64]:
    joined: NDArray[np.uint64] = np.bitwise_or.reduce([bit << np.uint64(i) for i, bit in enumerate(bits)])
    return joined


def _chi(a: list[NDArray[np.uint64]]) -> list[NDArray[np.uint64]]:
    return [a[i] ^ ((a[(i + 1) % 5] ^ np.uint64(1)) & a[(i + 2) % 5]) for i in range(5)]


def _keccak_chi() -> NDArray[np.uint64]:
    return _joined(_chi(_rows(5)))


def _ascon() -> NDArray[np.uint64]:
    """chi between two linear layers. Ascon calls the most significant bit of a table's index x_0; here it is x_4."""
    x = _rows(5)[::-1]
    x[0], x[2], x[4] = x[0] ^ x[4], x[2] ^ x[1], x[4] ^ x[3]
    x = _chi(x)
    x[0], x[1], x[2], x[3] = x[0] ^ x[4], x[1] ^ x[0], x[2] ^ np.uint64(1), x[3] ^ x[2]
    return _joined(x[::-1])


def _aes() -> NDArray[np.uint64]:
    """Inversion in GF(2^8) modulo t^8 + t^4 + t^3 + t + 1 (0 goes to 0), then b_i + b_{i+4} + ... + b_{i+7} + 0x63."""
    b = power(np.arange(256, dtype=np.uint64), 254, 0x11B)
    image = b ^ np.uint64(0x63)
    for turn in range(1, 5):
        image ^= (b << np.uint64(turn) | b >> np.uint64(8 - turn)) & np.uint64(0xFF)
    return image


COMPUTED: dict[str, Callable[[], NDArray[np.uint64]]] = {"ascon": _ascon, "keccak-chi": _keccak_chi, "aes": _aes}
NAMES = (*PUBLISHED, *COMPUTED)


def sbox(name: str) -> BooleanMap:
    """The S-box of that name, as `sbox:<name>`.

    Raises
    ------
    ValueError
        If `name` is none of `NAMES`.

    Examples
    --------
    >>> sbox("present").table[:4], hex(sbox("aes").table[0x53])
    (array([12,  5,  6, 11], dtype=uint64), '0xed')
    """
    if name not in NAMES:
        raise ValueError(f"sbox:{name}: must be one of {', '.join(NAMES)}")
    table = COMPUTED[name]() if name in COMPUTED else np.array([int(digit, 16) for digit in PUBLISHED[name]])
    n = table.size.bit_length() - 1
    return BooleanMap(f"sbox:{name}", n, n, table)
