"""Values as they are printed: exact, and short."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

import flint
import sympy

__all__ = ["RELATIONS", "show", "show_instance"]

LONGEST_NUMBER = 40
LONGEST_TEXT = 200
DIGITS_OF_A_BALL = 20
ADDRESS = re.compile(r" at 0x[0-9a-f]+")
"""Left out of an object's text: seeds hash it, and must be the same in the next run."""

RELATIONS = {"equal": "=", "less": "<", "at_most": "<=", "near": "within tolerance of"}


def show(value: Any) -> str:
    """Exact text of a value; a long integer keeps its ends and says its number of digits.

    >>> show(Fraction(10**60 + 7, 3))
    '1000000000...0000000007 (61 digits)/3'
    """
    if isinstance(value, Fraction | flint.fmpq | sympy.Rational):
        p, q = flint.fmpz(int(value.numerator)), flint.fmpz(int(value.denominator))
        return _integer(p) if q == 1 else f"{_integer(p)}/{_integer(q)}"
    if isinstance(value, int | flint.fmpz) and not isinstance(value, bool):
        return _integer(flint.fmpz(value))
    if isinstance(value, flint.arb | flint.acb):
        return str(value.str(DIGITS_OF_A_BALL))
    text = getattr(value, "__name__", None) or " ".join(ADDRESS.sub("", str(value)).split())
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}... ({len(text)} characters)"


def _integer(value: Any) -> str:
    text = str(value)
    digits = len(text.lstrip("-"))
    return text if len(text) <= LONGEST_NUMBER else f"{text[:10]}...{text[-10:]} ({digits} digits)"


def show_instance(values: dict[str, Any]) -> str:
    """d = 2, t = 1/3. A function without a name says nothing: the control that brings it has a reason.

    >>> show_instance({"d": 2, "t": Fraction(1, 3), "formula": lambda d, t: d * t})
    'd = 2, t = 1/3'
    """
    return ", ".join(
        f"{name} = {show(value)}" for name, value in values.items() if getattr(value, "__name__", "") != "<lambda>"
    )
