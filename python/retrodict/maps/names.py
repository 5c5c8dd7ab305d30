"""From what a user writes to a map: `family:key=value,...`, `sbox:<name>`, or the path of a file."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from retrodict.io.aiger import read_aiger
from retrodict.io.bench import read_bench
from retrodict.io.blif import read_blif
from retrodict.io.tables import read_table
from retrodict.maps.algebraic import CUBE_POLYNOMIALS, cube, gray, triangular
from retrodict.maps.boolean_map import MAX_INPUTS, BooleanMap
from retrodict.maps.ciphers import even_mansour, spn
from retrodict.maps.graph_chain import cycle_chain, inner_product, moebius_chain, regular_chain
from retrodict.maps.hidden_weight import hidden_weight
from retrodict.maps.keys import keys_of, unknown_map
from retrodict.maps.local import goldreich
from retrodict.maps.modexp import EXPONENTS, modexp
from retrodict.maps.networks import feistel
from retrodict.maps.permutations import perm, random
from retrodict.maps.sboxes import NAMES, sbox

__all__ = ["EXAMPLES", "FAMILIES", "Family", "parse", "read"]


@dataclass(frozen=True)
class Family:
    """Maps of one formula: `build` takes n, the number of input bits, and the keys, all as integers.

    It has a map for the n in `sizes`, in ascending order, and says why it has none for another; the keys lie within
    their ranges, ends included.
    """

    build: Callable[..., BooleanMap]
    sizes: Sequence[int]
    keys: Mapping[str, tuple[int, int]]
    example: str
    about: str

    @property
    def ranges(self) -> dict[str, tuple[int, int]]:
        """Of n and of the keys."""
        return {"n": (self.sizes[0], self.sizes[-1]), **self.keys}


_ANY = range(1, MAX_INPUTS + 1)
_SEED = {"seed": (0, (1 << 64) - 1)}
_ROUNDS = {"rounds": (1, 1000), **_SEED}
FAMILIES: dict[str, Family] = {
    "perm": Family(perm, _ANY, _SEED, "perm:n=4,seed=0", "random permutation"),
    "random": Family(random, _ANY, _SEED, "random:n=8,seed=0", "random function, not injective"),
    "gray": Family(gray, _ANY, {}, "gray:n=8", "Gray chain; the inverse bits are parities"),
    "triangular": Family(triangular, _ANY, {}, "triangular:n=8", "quadratic; Fibonacci many monomials backward"),
    "cube": Family(cube, tuple(CUBE_POLYNOMIALS), {}, "cube:n=5", "x^3 over GF(2^n), n odd"),
    "feistel": Family(
        feistel, _ANY[1::2], _ROUNDS, "feistel:n=8,rounds=4,seed=0", "Feistel network, as hard backward as forward"
    ),
    "inner-product": Family(
        inner_product, _ANY[2::3], {}, "inner-product:n=9", "t_i = s_i + s_{i+1} + x_i y_i; n = 3k bits in all"
    ),
    "cycle-chain": Family(cycle_chain, _ANY[5::2], {}, "cycle-chain:n=8", "graph chain of a cycle, n/2 vertices"),
    "moebius-chain": Family(
        moebius_chain, _ANY[9::5], {}, "moebius-chain:n=10", "graph chain of a Möbius ladder, 2n/5 vertices"
    ),
    "regular-chain": Family(
        regular_chain, (15,), _SEED, "regular-chain:n=15,seed=0", "graph chain of a random 4-regular graph"
    ),
    "hidden-weight": Family(
        hidden_weight, _ANY, {}, "hidden-weight:n=8", "rotation by the weight; large diagrams both ways"
    ),
    "spn": Family(
        spn, _ANY[3::4], _ROUNDS, "spn:n=8,rounds=4,seed=0", "rounds of PRESENT's S-box and a bit permutation"
    ),
    "even-mansour": Family(
        even_mansour, _ANY, _SEED, "even-mansour:n=8,seed=0", "P(x + k_1) + k_2, P a random permutation"
    ),
    "modexp": Family(modexp, EXPONENTS, {}, "modexp:n=4", "3^x - 1 mod 2^n + 1; logarithms are easy here"),
    "goldreich": Family(
        goldreich,
        _ANY[1:],
        {"d": (2, MAX_INPUTS), **_SEED},
        "goldreich:n=8,d=5,seed=0",
        "local functions of d inputs each, not injective",
    ),
}
EXAMPLES = (*(f"sbox:{name}" for name in NAMES), *(family.example for family in FAMILIES.values()))
READERS = {".npy": read_table, ".blif": read_blif, ".bench": read_bench, ".aag": read_aiger, ".aig": read_aiger}


def read(path: str | Path) -> BooleanMap:
    """The map in a file: `.blif`, `.bench`, `.aag` and `.aig` (AIGER), `.npy`, and any other name for a table as text.

    Its name is the path. The inputs and outputs of a circuit are the bits in the order in which the file declares
    them, bit 0 first.

    Raises
    ------
    ValueError
        One line with the file, the line or entry, and the rule that it breaks.
    """
    path = Path(path)
    try:
        n_inputs, n_outputs, table = READERS.get(path.suffix.lower(), read_table)(path, MAX_INPUTS)
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror or error}") from error
    return BooleanMap(str(path), n_inputs, n_outputs, table)


def parse(text: str) -> BooleanMap:
    """The map that `text` names.

    Raises
    ------
    ValueError
        Naming the key, the value and the rule, or the nearest names where the family or S-box is unknown.

    Examples
    --------
    >>> parse("gray:n=3").table
    array([0, 1, 3, 2, 6, 7, 5, 4], dtype=uint64)
    >>> parse("perm:n=99,seed=0")
    Traceback (most recent call last):
    ValueError: perm:n=99,seed=0: n = 99: must lie in 1 ... 16, since a map is kept as its table
    >>> parse("sbox:presnt")
    Traceback (most recent call last):
    ValueError: sbox:presnt: no such map; nearest: sbox:present, sbox:aes, sbox:prince
    """
    head, colon, tail = text.partition(":")
    if head == "sbox" and tail in NAMES:
        return sbox(tail)
    if head in FAMILIES:
        return FAMILIES[head].build(**_integers(text, head))
    if Path(text).exists() or (not colon and Path(text).suffix):
        return read(text)
    raise unknown_map(text, EXAMPLES, ["sbox", *FAMILIES])


def _integers(text: str, head: str) -> dict[str, int]:
    ranges = FAMILIES[head].ranges
    values: dict[str, int] = {}
    for key, value in keys_of(text, ranges, FAMILIES[head].example).items():
        if not re.fullmatch(r"-?[0-9]+", value):
            raise ValueError(f"{text}: {key} = {value}: must be an integer")
        low, high = ranges[key]
        values[key] = int(value)
        if not low <= values[key] <= high:
            table = ", since a map is kept as its table" if key == "n" and values[key] > MAX_INPUTS else ""
            raise ValueError(f"{text}: {key} = {value}: must lie in {low} ... {high}{table}")
    return values
