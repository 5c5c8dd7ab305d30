"""How values grow with n: a line if all lie on one, else the better of a power and an exponential.

A fit describes the sizes that it was made from. It is no theorem and says nothing of larger ones.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

__all__ = ["LEAST_POINTS", "Growth", "growth"]

LEAST_POINTS = 4  # two parameters, and something left over to tell a good fit from a bad one
WORST_MISFIT = 0.25  # what is further off is no law


@dataclass(frozen=True)
class Growth:
    """A law of values at some n: a line through all of them, or a fit by least squares of log2 of the values.

    Parameters
    ----------
    law : "linear", "power" or "exponential"
        value = rate n + constant (exactly, at every n), about constant n^rate or about constant 2^(rate n).
    rate, constant : float
    misfit : float
        The largest ratio of a value to the law or of the law to a value, less 1; at most 1/4.
    first, last : int
        The least and the largest n.
    """

    law: str
    rate: float
    constant: float
    misfit: float
    first: int
    last: int

    def __str__(self) -> str:
        if self.law == "linear":
            return _line(Fraction(self.rate).limit_denominator(1000), Fraction(self.constant).limit_denominator(1000))
        return f"n^{self.rate:.2f}" if self.law == "power" else f"2^({self.rate:.2f} n)"

    @property
    def tex(self) -> str:
        """The same as TeX, without dollars; a fit begins with a sign that it is one.

        >>> growth(range(4, 9), [5] * 5).tex
        '5'
        """
        if self.law == "linear":
            return str(self)
        return rf"\sim n^{{{self.rate:.2f}}}" if self.law == "power" else rf"\sim 2^{{{self.rate:.2f} n}}"


def growth(n: Sequence[int], values: Sequence[float]) -> Growth | None:
    """The law that fits positive values at n = n[0] < n[1] < ... better; None where there are fewer than four, or
    where neither comes within a quarter of all of them.

    >>> print(growth([4, 6, 8, 10], [16, 36, 64, 100]))
    n^2.00
    >>> print(growth(range(4, 9), [2**n for n in range(4, 9)]))
    2^(1.00 n)
    >>> print(growth(range(4, 9), [2 * n - 1 for n in range(4, 9)]), growth(range(4), [3] * 4), growth([4, 5], [1, 2]))
    2n-1 3 None
    >>> print(growth([5, 7, 9, 11], [3, 4, 5, 6]), growth([4, 5, 6, 7], [5, 10, 5, 6]))
    (n+1)/2 None
    """
    if len(n) < LEAST_POINTS or min(values) <= 0:
        return None
    slope = Fraction(values[1]) - Fraction(values[0])
    slope /= n[1] - n[0]
    if all(Fraction(value) - values[0] == slope * (size - n[0]) for size, value in zip(n, values, strict=True)):
        return Growth("linear", float(slope), float(values[0] - slope * n[0]), 0.0, int(n[0]), int(n[-1]))
    x, y = np.asarray(n, dtype=float), np.log2(np.asarray(values, dtype=float))
    fits = []
    for law, abscissa in (("power", np.log2(x)), ("exponential", x)):
        rate, constant = np.polyfit(abscissa, y, 1)
        residual = y - (rate * abscissa + constant)
        misfit = float(2 ** np.abs(residual).max() - 1)
        fits.append(
            (float((residual**2).sum()), Growth(law, float(rate), float(2**constant), misfit, int(n[0]), int(n[-1])))
        )
    best = min(fits, key=lambda fit: fit[0])[1]
    return best if best.misfit <= WORST_MISFIT else None


def _line(slope: Fraction, constant: Fraction) -> str:
    """
    >>> _line(Fraction(1, 2), Fraction(1, 2)), _line(Fraction(2), Fraction(-1)), _line(Fraction(0), Fraction(3))
    ('(n+1)/2', '2n-1', '3')
    """
    common = math.lcm(slope.denominator, constant.denominator)
    a, b = int(slope * common), int(constant * common)
    term = "" if a == 0 else "n" if a == 1 else f"{a}n"
    whole = f"{term}{b:+d}" if term and b else term or str(b)
    return whole if common == 1 else f"({whole})/{common}" if term and b else f"{whole}/{common}"
