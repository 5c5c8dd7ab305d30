"""From a name, `family:key=value,...`, to a continuous map. Numbers are exact: 1/2, and 0.5 for the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from typing import Any

from retrodict.maps.continuous.coupling import coupling
from retrodict.maps.continuous.families import fold, mixing, residual, ripple, sines, spread
from retrodict.maps.continuous.folded import projection, tent
from retrodict.maps.continuous.generative_map import GenerativeMap
from retrodict.maps.continuous.layered import leaky, resnet
from retrodict.maps.continuous.pooled import conv, pooling
from retrodict.maps.keys import keys_of, number_of, unknown_map

__all__ = ["CONTINUOUS", "ContinuousFamily", "Key", "parse_continuous"]

MAX_DIMENSION = 256  # matrices are dense and exact
MAX_LAYERS = 64


@dataclass(frozen=True)
class Key:
    """What a key may be: from `low` to `high`, integers if `whole`, ends excluded if `open`."""

    low: int
    high: int
    whole: bool = False
    open: bool = False

    def __str__(self) -> str:
        if self.whole:
            return f"be an integer in {self.low} ... {self.high}"
        return f"lie strictly between {self.low} and {self.high}" if self.open else f"lie in {self.low} ... {self.high}"

    def __contains__(self, value: Fraction) -> bool:
        inside = self.low < value < self.high if self.open else self.low <= value <= self.high
        return inside and (not self.whole or value.denominator == 1)


@dataclass(frozen=True)
class ContinuousFamily:
    """Maps of one formula: `build` takes the values of the keys in their order, int for whole ones, else Fraction."""

    build: Callable[..., GenerativeMap]
    keys: Mapping[str, Key]
    example: str
    about: str


_SIZE = Key(1, MAX_DIMENSION, whole=True)
_SHARE = Key(0, 1, open=True)
_LAYERS = Key(1, MAX_LAYERS, whole=True)
_SCALE = Key(0, 10**6)


def _residual(d: int, scale: Fraction) -> GenerativeMap:
    return residual(scale, mixing(d))


def _coupling(d: int, slope: Fraction) -> GenerativeMap:
    """`coupling` of l Q^T sin(Q z), Q = `mixing(d / 2)`, d even."""
    if d % 2:
        raise ValueError(f"d = {d}: must be even, since half of the coordinates shift the other half")
    return replace(coupling(sines(mixing(d // 2), slope)), name=f"coupling:d={d},l={slope}")


CONTINUOUS: dict[str, ContinuousFamily] = {
    "linear": ContinuousFamily(
        spread,
        {"d": _SIZE, "m": _SCALE, "M": _SCALE},
        "linear:d=2,m=1/2,M=3/2",
        "linear, dense, singular values from m to M",
    ),
    "residual": ContinuousFamily(
        _residual,
        {"d": _SIZE, "a": _SHARE},
        "residual:d=2,a=1/2",
        "z + a Q^T sin(Qz), Q orthogonal; strongly invertible",
    ),
    "ripple": ContinuousFamily(
        ripple,
        {"d": _SIZE, "a": _SHARE, "k": Key(1, 10**6, whole=True)},
        "ripple:d=2,a=1/2,k=8",
        "z + (a/k) Q^T sin(kQz); as invertible as residual, k times as curved",
    ),
    "resnet": ContinuousFamily(
        resnet,
        {"d": _SIZE, "layers": _LAYERS, "a": _SHARE},
        "resnet:d=2,layers=3,a=1/4",
        "invertible residual network; each residual of slope at most a",
    ),
    "coupling": ContinuousFamily(
        _coupling,
        {"d": Key(2, MAX_DIMENSION, whole=True), "l": _SCALE},
        "coupling:d=4,l=1/2",
        "additive coupling; the shift has slope at most l",
    ),
    "leaky": ContinuousFamily(
        leaky,
        {"d": _SIZE, "s": _SHARE, "layers": _LAYERS},
        "leaky:d=2,s=1/2,layers=2",
        "smooth leaky ReLU layers, slopes from s to 1",
    ),
    "leakyrelu": ContinuousFamily(
        partial(leaky, activation="relu"),
        {"d": _SIZE, "s": _SHARE, "layers": _LAYERS},
        "leakyrelu:d=2,s=1/2,layers=2",
        "leaky ReLU layers; kinks, hence no bound on second derivatives",
    ),
    "pooling": ContinuousFamily(
        pooling,
        {"d": _SIZE, "a": _SHARE},
        "pooling:d=2,a=1/2",
        "strongly invertible, though its layers d -> 4d -> d are not",
    ),
    "conv": ContinuousFamily(
        conv,
        {"d": Key(3, MAX_DIMENSION, whole=True), "t": _SHARE, "a": _SHARE},
        "conv:d=8,t=1/2,a=1/4",
        "convolution on a circle, three channels, pooling",
    ),
    "fold": ContinuousFamily(fold, {}, "fold", "z^2 - 1 on the line; two causes share an image"),
    "projection": ContinuousFamily(
        projection,
        {"d": Key(2, MAX_DIMENSION, whole=True), "k": Key(1, MAX_DIMENSION - 1, whole=True)},
        "projection:d=3,k=1",
        "to a surface of dimension k that sines bend, not injective",
    ),
    "tent": ContinuousFamily(
        tent, {"k": Key(1, 32, whole=True)}, "tent:k=6", "tent map k times on the line; 2^k causes share an image"
    ),
}


def parse_continuous(text: str) -> GenerativeMap:
    """The continuous map that `text` names. Its own name is `text` with fractions in lowest terms, keys in order.

    Raises
    ------
    ValueError
        Naming the key, the value and the rule, or the nearest names where the family is unknown.

    Examples
    --------
    >>> parse_continuous("residual:d=4,a=0.5").name
    'residual:d=4,a=1/2'
    >>> parse_continuous("leaky:d=2,s=2,layers=1")
    Traceback (most recent call last):
    ValueError: leaky:d=2,s=2,layers=1: s = 2: must lie strictly between 0 and 1
    >>> parse_continuous("tend:k=6")
    Traceback (most recent call last):
    ValueError: tend:k=6: no such map; nearest: tent:k=6
    """
    head, colon, tail = text.partition(":")
    if head not in CONTINUOUS:
        raise unknown_map(text, (family.example for family in CONTINUOUS.values()), CONTINUOUS)
    family = CONTINUOUS[head]
    if colon and not tail:
        raise ValueError(f"{text}: nothing comes after the colon; write {family.example}")
    values: dict[str, Any] = {}
    for key, written in keys_of(text, family.keys, family.example).items():
        value, kind = number_of(text, key, written), family.keys[key]
        if value not in kind:
            raise ValueError(f"{text}: {key} = {written}: must {kind}")
        values[key] = int(value) if kind.whole else value
    try:
        return family.build(*(values[key] for key in family.keys))
    except ValueError as error:
        raise ValueError(f"{text}: {error}") from error
