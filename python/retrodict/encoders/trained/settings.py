"""How a sweep is trained: the same for an encoder, its forward map and a control, which makes them comparable."""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["ACTIVATIONS", "Sweep"]

ACTIVATIONS = ("tanh", "relu", "sigmoid")
MOST = {"width": 1 << 14, "depth": 64, "steps": 1 << 30, "seed": (1 << 64) - 1}


@dataclass(frozen=True)
class Sweep:
    """A network of every width from every seed, all trained at once.

    Every network is a multilayer perceptron with `depth` hidden layers of one width, trained by Adam on the whole
    domain at every step (there are no batches), with a step size that falls from `learning_rate` to 0 as a cosine.

    Parameters
    ----------
    widths : ints, ascending, each at least 1
    seeds : ints, different, in 0 ... 2^64 - 1
        A network starts from normal weights of variance 1/fan-in, drawn from a stream of its own (seed, width).
    depth : int
        Hidden layers, at least 1.
    steps : int
        At least 1.
    learning_rate : float
        Positive.
    activation : "tanh", "relu" or "sigmoid"

    Raises
    ------
    TypeError, ValueError
        Naming the argument, the index, the value and the rule that it breaks.

    Examples
    --------
    >>> Sweep([2, 4, 8], range(40)).networks
    120
    >>> Sweep([], [0])
    Traceback (most recent call last):
    ValueError: widths is empty: there must be at least one
    >>> Sweep([0, 2], [0])
    Traceback (most recent call last):
    ValueError: widths[0] = 0: must lie in 1 ... 16384
    """

    widths: tuple[int, ...]
    seeds: tuple[int, ...]
    depth: int
    steps: int
    learning_rate: float
    activation: str

    def __init__(
        self,
        widths: Iterable[int],
        seeds: Iterable[int],
        depth: int = 2,
        steps: int = 2000,
        learning_rate: float = 0.02,
        activation: str = "tanh",
    ) -> None:
        object.__setattr__(self, "widths", _integers("widths", widths, 1, MOST["width"]))
        object.__setattr__(self, "seeds", _integers("seeds", seeds, 0, MOST["seed"]))
        for i, (one, two) in enumerate(zip(self.widths, self.widths[1:], strict=False)):
            if two <= one:
                raise ValueError(f"widths[{i + 1}] = {two}: must exceed widths[{i}] = {one}")
        for i, seed in enumerate(self.seeds):
            if seed in self.seeds[:i]:
                raise ValueError(f"seeds[{i}] = {seed}: is there twice")
        object.__setattr__(self, "depth", integer("depth", depth, 1, MOST["depth"]))
        object.__setattr__(self, "steps", integer("steps", steps, 1, MOST["steps"]))
        object.__setattr__(self, "learning_rate", positive("learning_rate", learning_rate))
        if activation not in ACTIVATIONS:
            raise ValueError(f"activation = {activation!r}: must be one of {', '.join(ACTIVATIONS)}")
        object.__setattr__(self, "activation", activation)

    @property
    def networks(self) -> int:
        """How many: widths times seeds."""
        return len(self.widths) * len(self.seeds)

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """(width, seed) of every network, in the order in which they are kept: all seeds of the first width first."""
        return [(width, seed) for width in self.widths for seed in self.seeds]

    def as_json(self) -> dict[str, Any]:
        """Plain values, for files and fingerprints."""
        return {name: list(v) if isinstance(v, tuple) else v for name, v in asdict(self).items()}


def integer(name: str, value: Any, low: int, high: int) -> int:
    """The value as an int, or an error that names it.

    >>> integer("steps", 2.0, 1, 9)
    Traceback (most recent call last):
    TypeError: steps = 2.0: must be an integer
    """
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} = {value!r}: must be an integer") from None
    if not low <= number <= high:
        raise ValueError(f"{name} = {number}: must lie in {low} ... {high}")
    return number


def positive(name: str, value: Any) -> float:
    """The value as a positive finite float, or an error that names it."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise TypeError(f"{name} = {value!r}: must be a number")
    if not 0 < value < math.inf:
        raise ValueError(f"{name} = {value}: must be positive and finite")
    return float(value)


def _integers(name: str, values: Iterable[int], low: int, high: int) -> tuple[int, ...]:
    found = tuple(integer(f"{name}[{i}]", value, low, high) for i, value in enumerate(values))
    if not found:
        raise ValueError(f"{name} is empty: there must be at least one")
    return found
