"""Rows for maps that are too large for a table, from formulas that are theorems."""

from __future__ import annotations

from retrodict.compare.cells import Row

__all__ = ["HIDDEN_UNITS", "hidden_units"]

HIDDEN_UNITS = "hidden_units"  # the name of the measure


def hidden_units(pairs: int, direction: str) -> Row:
    """Units of one hidden layer with weights of -1, 0, 1 on its inputs, for a bit of the map `inner-product:n=3 pairs`.

    Forward 16 suffice; for the first bit of the inverse at least (2^(n/2) - 1) / (n + 1) are needed, n = `pairs` even
    (thm:one-hidden-layer, by Forster's theorem). No assumption; a second hidden layer of O(n) units is enough.

    Raises
    ------
    ValueError
        For an odd number of pairs or one below 2.

    >>> [hidden_units(n, "encoder")["value"] for n in (32, 48, 64)]
    [1986, 342393, 66076420]
    """
    if pairs < 2 or pairs % 2:
        raise ValueError(f"pairs = {pairs}: must be even and at least 2")
    forward = direction == "forward"
    note = "16 units for an output bit suffice" if forward else "one hidden layer, weights -1, 0, 1: Forster's bound"
    return Row(
        map=f"inner-product:n={3 * pairs}",
        measure=HIDDEN_UNITS,
        direction=direction,
        output=None,
        kind="upper" if forward else "lower",
        value=16 if forward else -(-(2 ** (pairs // 2) - 1) // (pairs + 1)),
        unit="units",
        note=f"{note} (thm:one-hidden-layer)",
        beta=None,
        eps=None,
    )
