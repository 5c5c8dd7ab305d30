"""Tails of chi-square laws in balls."""

from __future__ import annotations

from typing import Any

from flint import arb

__all__ = ["chi_square_tail"]


def chi_square_tail(d: int, level: Any) -> Any:
    """P(chi^2_d > c), a ball: Gamma(d/2, c/2) / Gamma(d/2), and 1 where c is not known to be positive.

    >>> chi_square_tail(2, arb(2))  # exp(-1)
    [0.367879441171...]
    """
    level = arb(level)
    if not level > 0:
        return arb(1)
    return (level / 2).gamma_upper(arb(d) / 2, regularized=True)
