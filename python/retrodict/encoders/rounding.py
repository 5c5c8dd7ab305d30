"""Rationals next to balls, on the safe side."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

__all__ = ["above", "below"]

DIGITS = 12  # binary


def below(value: Any) -> Fraction:
    """The largest number of 12 binary digits that is not above a positive ball: less by a factor of 2^-11 at most.

    >>> from flint import arb
    >>> below(arb(1) / 3), below(arb(4))
    (Fraction(1365, 4096), Fraction(4, 1))
    """
    mantissa, exponent = (int(part) for part in value.lower().man_exp())
    spare = max(mantissa.bit_length() - DIGITS, 0)
    return Fraction(mantissa >> spare) * Fraction(2) ** (exponent + spare)


def above(value: Any) -> int:
    """The least integer that is not below a ball.

    >>> from flint import arb
    >>> above(arb(7) / 2)
    4
    """
    return int(value.upper().ceil().unique_fmpz())
