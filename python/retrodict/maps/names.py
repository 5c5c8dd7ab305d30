"""From what a user writes to a map: `family:key=value,...`, `sbox:<name>`, or the path of a file."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from retrodict.io.aiger import read_aiger
from retrodict.io.blif import read_blif
from retrodict.io.tables import read_table
from retrodict.maps.algebraic import CUBE_POLYNOMIALS, cube, gray, triangular
from retrodict.maps.boolean_map import MAX_INPUTS, BooleanMap
from retrodict.maps.networks import feistel
from retrodict.maps.permutations import perm, random
from retrodict.maps.sboxes import NAMES, sbox

__all__ = ["FAMILIES", "parse", "read"]


@dataclass(frozen=True)
class Family:
    """Maps of one formula: `build` takes the keys as integers, each within its range (ends included)."""

    build: Callable[..., BooleanMap]
    ranges: Mapping[str, tuple[int, int]]
    example: str
    about: str


_N = (1, MAX_INPUTS)
_SEED = (0, (1 << 64) - 1)
FAMILIES: dict[str, Family] = {
    "perm": Family(perm, {"n": _N, "seed": _SEED}, "perm:n=4,seed=0", "random permutation"),
    "random": Family(random, {"n": _N, "seed": _SEED}, "random:n=8,seed=0", "random function, not injective"),
    "gray": Family(gray, {"n": _N}, "gray:n=8", "Gray chain; the inverse bits are parities"),
    "triangular": Family(triangular, {"n": _N}, "triangular:n=8", "quadratic; Fibonacci many monomials backward"),
    "cube": Family(cube, {"n": (min(CUBE_POLYNOMIALS), max(CUBE_POLYNOMIALS))}, "cube:n=5", "x^3 over GF(2^n), n odd"),
    "feistel": Family(
        feistel,
        {"n": (2, MAX_INPUTS), "rounds": (1, 1000), "seed": _SEED},
        "feistel:n=8,rounds=4,seed=0",
        "Feistel network, as hard backward as forward",
    ),
}
EXAMPLES = (*(f"sbox:{name}" for name in NAMES), *(family.example for family in FAMILIES.values()))
READERS = {".npy": read_table, ".blif": read_blif, ".aag": read_aiger, ".aig": read_aiger}


def read(path: str | Path) -> BooleanMap:
    """The map in a file: `.blif`, `.aag` (ascii AIGER), `.npy`, and any other name for a table as text.

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
    ValueError: perm:n=99,seed=0: n = 99: must lie in 1 ... 16
    >>> parse("sbox:presnt")
    Traceback (most recent call last):
    ValueError: sbox:presnt: no such map; nearest: sbox:present, sbox:aes, sbox:prince
    """
    head, colon, tail = text.partition(":")
    if head == "sbox" and tail in NAMES:
        return sbox(tail)
    if head in FAMILIES:
        return FAMILIES[head].build(**_integers(text, head, tail))
    if Path(text).exists() or (not colon and Path(text).suffix):
        return read(text)
    nearest = difflib.get_close_matches(text, [*EXAMPLES, *FAMILIES], n=3)
    hint = f"nearest: {', '.join(nearest)}" if nearest else f"the families are sbox, {', '.join(FAMILIES)}"
    raise ValueError(f"{text}: no such map; {hint}")


def _integers(text: str, head: str, tail: str) -> dict[str, int]:
    family = FAMILIES[head]
    values: dict[str, int] = {}
    for part in tail.split(",") if tail else []:
        key, equals, value = part.partition("=")
        if key not in family.ranges or not equals:
            raise ValueError(f"{text}: {part}: {head} takes {', '.join(family.ranges)}, as in {family.example}")
        if key in values:
            raise ValueError(f"{text}: {key} is given twice")
        if not re.fullmatch(r"-?[0-9]+", value):
            raise ValueError(f"{text}: {key} = {value}: must be an integer")
        low, high = family.ranges[key]
        values[key] = int(value)
        if not low <= values[key] <= high:
            raise ValueError(f"{text}: {key} = {value}: must lie in {low} ... {high}")
    missing = [key for key in family.ranges if key not in values]
    if missing:
        raise ValueError(f"{text}: {missing[0]} is missing, as in {family.example}")
    return values
