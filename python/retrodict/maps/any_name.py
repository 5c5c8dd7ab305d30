"""From a name or a path to a map of any kind."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from retrodict.maps.boolean_map import BooleanMap
from retrodict.maps.continuous.generative_map import GenerativeMap
from retrodict.maps.continuous.names import CONTINUOUS, parse_continuous
from retrodict.maps.keys import number_of, unknown_map
from retrodict.maps.names import EXAMPLES, FAMILIES, parse
from retrodict.maps.sign_maps import SignGenerator, TiltedSignGenerator
from retrodict.maps.user.functions import load
from retrodict.maps.user.onnx_graph import from_onnx

__all__ = ["REAL_EXAMPLES", "AnyMap", "parse_any"]

AnyMap = BooleanMap | SignGenerator | TiltedSignGenerator | GenerativeMap

SIGNS = {
    "sgn": ("sgn:perm:n=8,seed=0", "C(sgn z), C any map of bits: as hard to invert as C"),
    "sgnabs": (
        "sgnabs:perm:n=4,seed=0,alpha=1/8",
        "C(sgn z) (1 + alpha |z|), C a bijection: injective, with jumps",
    ),
}
# names that work as they stand, and what they are: the maps of real causes
REAL_EXAMPLES = {
    **{family.example: family.about for family in CONTINUOUS.values()},
    **dict(SIGNS.values()),
}


def parse_any(text: str) -> AnyMap:
    """The map that `text` names: of bits (`parse`), of real causes (`parse_continuous`), or of their signs.

    FILE.onnx is a network, and `user:module:function,d=2` or `user:file.py:function,d=2` a function written with jax.
    `sgn:MAP` is a `SignGenerator` and `sgnabs:MAP,alpha=...` a `TiltedSignGenerator`, for any map of bits, also a file.

    Raises
    ------
    ValueError
        Naming the key, the value and the rule, or the nearest names where the family is unknown.

    Examples
    --------
    >>> [parse_any(text).name for text in ("gray:n=3", "sgn:gray:n=3", "tent:k=3")]
    ['gray:n=3', 'sgn:gray:n=3', 'tent:k=3']
    >>> parse_any("tend:k=6")
    Traceback (most recent call last):
    ValueError: tend:k=6: no such map; nearest: tent:k=6
    """
    head, colon, tail = text.partition(":")
    if head in CONTINUOUS:
        return parse_continuous(text)
    if head == "user":
        return _function(text, tail)
    if text.lower().endswith(".onnx"):
        return from_onnx(text)
    if head in SIGNS and colon:
        return _signs(text, head, tail)
    path = Path(text)
    if head in FAMILIES or head == "sbox" or path.exists() or (not colon and path.suffix):
        return parse(text)
    raise unknown_map(text, [*EXAMPLES, *REAL_EXAMPLES], ["sbox", *FAMILIES, *CONTINUOUS, *SIGNS])


def _function(text: str, tail: str) -> GenerativeMap:
    source, comma, d = tail.rpartition(",d=")
    if not comma or not re.fullmatch("[0-9]{1,9}", d):
        raise ValueError(f"{text}: must be user:module:function,d=2, d the number of causes")
    try:
        return replace(load(source, dimension=int(d)), name=text)
    except ValueError as error:
        raise ValueError(f"{text}: {error}") from error


def _signs(text: str, head: str, tail: str) -> SignGenerator | TiltedSignGenerator:
    example, _ = SIGNS[head]
    name, comma, alpha = tail.rpartition(",alpha=") if head == "sgnabs" else (tail, ",", "")
    if not comma:
        raise ValueError(f"{text}: alpha is missing, as in {example}")
    if not name:
        raise ValueError(f"{text}: {head} takes the name of a map of bits, as in {example}")
    try:
        f = parse(name)
        return SignGenerator(f) if head == "sgn" else TiltedSignGenerator(f, number_of(text, "alpha", alpha))
    except ValueError as error:
        message = str(error)
        raise ValueError(message if message.startswith(f"{text}:") else f"{text}: {message}") from error
