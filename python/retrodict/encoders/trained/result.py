"""What a sweep found: the quality of every network, none left out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["LABEL", "SweepResult"]

LABEL = "upper bound on capacity (trained)"
FORMAT = "retrodict trained result 1"
ARRAYS = ("kl", "tv", "worst_tv", "kl_error", "tv_error")


@dataclass(frozen=True, eq=False)
class SweepResult:
    """KL divergence and total variation of every network of a sweep: arrays of shape (widths, seeds).

    A network that meets a tolerance shows that one of its size exists: an upper bound on capacity. That none does
    shows nothing but that training found none.

    Parameters
    ----------
    label : str
        What was learned: the map, the direction, the noise.
    computed : str
        How the values were computed.
    task, sweep : dict
        The settings, as plain values.
    fingerprint : str
        Of the settings and of the table that was learned.
    made_by : str
        Versions of the libraries, and the device.
    widths, seeds, parameters : tuples of int
        `parameters[i]` counts weights and biases of width `widths[i]`.
    kl, tv, worst_tv : arrays of doubles
        The mean over inputs of the KL divergence from p to q in nats and of their total variation, and the largest
        total variation of any input; nan for a network that diverged.
    kl_error, tv_error : arrays of doubles
        By how much a finer grid changed the means: an estimate, no bound. 0 where sums are over a finite domain.
    covered : float
        The probability of the inputs over which the means are; 1 for a finite domain.
    """

    label: str
    computed: str
    task: dict[str, Any]
    sweep: dict[str, Any]
    fingerprint: str
    made_by: str
    widths: tuple[int, ...]
    seeds: tuple[int, ...]
    parameters: tuple[int, ...]
    kl: NDArray[np.float64]
    tv: NDArray[np.float64]
    worst_tv: NDArray[np.float64]
    kl_error: NDArray[np.float64]
    tv_error: NDArray[np.float64]
    covered: float

    def __post_init__(self) -> None:
        shape = (len(self.widths), len(self.seeds))
        if len(self.parameters) != shape[0]:
            raise ValueError(f"parameters has {len(self.parameters)} entries: there are {shape[0]} widths")
        for name in ARRAYS:
            array = np.asarray(getattr(self, name), dtype=np.float64)
            if array.shape != shape:
                raise ValueError(f"{name} has shape {array.shape}: must be {shape}, widths times seeds")
            array.setflags(write=False)
            object.__setattr__(self, name, array)

    @property
    def diverged(self) -> NDArray[np.bool_]:
        """Which networks ended with numbers that are not finite, shape (widths, seeds)."""
        return np.isnan(self.tv)

    def to_json(self) -> str:
        """All of it as JSON; nan becomes null. The same result gives the same text."""
        plain: dict[str, Any] = {"format": FORMAT, "kind": LABEL}
        for name in self.__dataclass_fields__:
            value = getattr(self, name)
            if name in ARRAYS:
                value = [[None if np.isnan(v) else v for v in row] for row in value.tolist()]
            plain[name] = value
        plain["diverged"] = int(self.diverged.sum())
        return json.dumps(plain, indent=1, allow_nan=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> SweepResult:
        """The result that `to_json` wrote.

        Raises
        ------
        ValueError
            For a text that is not one.
        """
        plain = json.loads(text)
        if not isinstance(plain, dict) or plain.get("format") != FORMAT:
            raise ValueError(f"format: must be {FORMAT!r}: not the result of a sweep")
        missing = [name for name in cls.__dataclass_fields__ if name not in plain]
        if missing:
            raise ValueError(f"{missing[0]} is missing: not the whole result of a sweep")
        values = {name: plain[name] for name in cls.__dataclass_fields__}
        for name in ("widths", "seeds", "parameters"):
            values[name] = tuple(values[name])
        for name in ARRAYS:
            values[name] = np.array([[np.nan if v is None else v for v in row] for row in values[name]], dtype=float)
        return cls(**values)
