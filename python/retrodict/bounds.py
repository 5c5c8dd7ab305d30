"""What is known of a minimum: a lower bound with its reason and an upper bound with what attains it."""

from __future__ import annotations

from dataclasses import dataclass
from operator import index
from typing import Any

__all__ = ["BY_CTRL_C", "Bounds"]

# In the note of bounds that a search kept when it was stopped so: who asked for more should stop too.
BY_CTRL_C = "interrupted by Ctrl-C"


@dataclass(frozen=True)
class Bounds:
    """lower <= the minimum <= upper. No bound goes without what shows it.

    Parameters
    ----------
    lower : int
    upper : int or None
        None: nothing that attains it was found.
    witness : object
        What has size `upper`, such as a `retrodict.netlist.Circuit`; None only where `upper` is.
    proof : object
        Why nothing is smaller than `lower`: a proof that a checker replays, or the theorem or the search, named.
    note : str
        What the reader should know, such as that the search was interrupted.

    Raises
    ------
    ValueError
        lower > upper, a lower bound above 0 without a proof, an upper bound without a witness or a witness without one.
    TypeError
        A bound that is no integer.

    Examples
    --------
    >>> b = Bounds(2, 3, witness="any circuit of 3 gates", proof="three inputs flow into one output")
    >>> b.exact, str(b), str(Bounds(0, None))
    (False, '2..3', '0..')
    """

    lower: int
    upper: int | None
    witness: Any = None
    proof: Any = None
    note: str = ""

    def __post_init__(self) -> None:
        for name in ("lower", "upper"):
            value = getattr(self, name)
            if not (name == "upper" and value is None):
                object.__setattr__(self, name, _integer(name, value))
        if self.lower < 0:
            raise ValueError(f"lower = {self.lower}: a size is not negative")
        if self.upper is not None and self.lower > self.upper:
            raise ValueError(f"lower = {self.lower} and upper = {self.upper}: the lower bound must not be larger")
        if (self.upper is None) != (self.witness is None):
            raise ValueError(f"upper = {self.upper}: an upper bound and its witness come together")
        if self.lower > 0 and self.proof is None:
            raise ValueError(f"lower = {self.lower}: a lower bound above 0 needs a proof")

    @property
    def exact(self) -> bool:
        """Whether the bounds meet."""
        return self.lower == self.upper

    def __str__(self) -> str:
        return f"{self.lower}" if self.exact else f"{self.lower}..{'' if self.upper is None else self.upper}"


def _integer(name: str, value: Any) -> int:
    try:
        return index(value)
    except TypeError:
        raise TypeError(f"{name} = {value!r}: a bound must be an integer") from None
