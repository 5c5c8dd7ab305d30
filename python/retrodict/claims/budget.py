"""Chance: how many draws a resolution costs, how far a sample may lie, which seeds are used, and what a run may spend.

Every number that concerns chance is here, and all of them are fixed before anything is drawn. With `d` the error of one
judgement, `w` the declared width and `r` the resolution, a judgement about a mean draws

    n = ceil(2 ln(2 / d) (w / r)^2)    independent replicas, and allows a gap of    r / 2.

Hoeffding (1963, theorem 2) gives P(|mean - E| >= s) <= 2 exp(-2 n s^2 / w^2), which at s = r/2 is at most d. Hence both
promises: if the claimed value is E, the gap exceeds r/2 with probability at most d; if it is off by r or more, a gap
within r/2 puts the mean at least r/2 away from E, which again has probability at most d. In between either may happen.
The same holds of a whole distribution with w = 1 and the gap sup_x |F_n(x) - F(x)|, since the inequality of Dvoretzky,
Kiefer and Wolfowitz, with Massart's constant (1990), is P(sup_x |F_n(x) - F(x)| >= s) <= 2 exp(-2 n s^2).

A difference of two means is the mean of differences, of width w1 + w2. Two samples of whole distributions get half the
error and half the gap each (`replicas_of_two_laws`).
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["CAPACITY", "ERROR", "CapacityError", "Ledger", "Stream", "allowed_gap", "enforce", "replicas"]

ERROR = 1e-8
"""Probability of a wrong verdict by chance, each way, in one judgement."""

CAPACITY = 10_000
"""Judgements that one run may make: by the union bound it is wrong by chance with probability at most 1e-4."""

BATCH = 1 << 14
"""Replicas asked for at once: the memory of a judgement does not grow with its sample size."""

LARGEST_SAMPLE = 10**9
"""More draws than this are a slip in the resolution; below it, rounding in float64 is negligible beside any gap."""


class CapacityError(RuntimeError):
    """A run asked for more judgements than its error budget covers."""


def replicas(width: float, resolution: float, error: float = ERROR) -> int:
    """Sample size ceil(2 ln(2/error) (width/resolution)^2).

    >>> replicas(1, 0.02)
    95570
    """
    if not 0 < resolution < width:
        raise ValueError(f"resolution = {resolution}: it must be positive and below the width {width}")
    n = 2 * math.log(2 / error) * (width / resolution) ** 2
    if n > LARGEST_SAMPLE:
        raise ValueError(f"resolution = {resolution}: {n:.2g} draws of width {width}, more than {LARGEST_SAMPLE:.0e}")
    return math.ceil(n)


def replicas_of_two_laws(resolution: float, error: float = ERROR) -> int:
    """Size of each of two samples: each empirical law is within resolution/4 of its own, with error/2 to be wrong."""
    return replicas(1, resolution / 2, error / 2)


def allowed_gap(resolution: float) -> float:
    """Largest distance between sample and claim that does not refute the claim."""
    return resolution / 2


def bernstein_schedule(width: float, resolution: float, error: float = ERROR) -> list[int]:
    """Sample sizes at which a mean with an empirical Bernstein bound may stop, fixed in advance.

    Sizes double from the least at which a sample without variance would do, to the one at which Hoeffding's bound does
    for any sample. The error is split evenly over the stages.
    """
    stages = 1
    while True:
        last = replicas(width, resolution, error / stages)
        first = math.ceil(14 * width * math.log(4 * stages / error) / (3 * resolution)) + 1
        if first << (stages - 1) >= last:
            return [n for n in (first << k for k in range(stages - 1)) if n < last] + [last]
        stages += 1


def bernstein_half_width(width: float, variance: float, n: int, error: float) -> float:
    """Two-sided half-width of Maurer and Pontil (2009, theorem 4), from the unbiased sample variance."""
    log = math.log(4 / error)
    return math.sqrt(2 * variance * log / n) + 7 * width * log / (3 * (n - 1))


@dataclass(frozen=True)
class Stream:
    """Where the seeds of one judgement come from: a hash of (salt, label, check, instance) and what is drawn.

    >>> streams = [Stream(0, "thm:census", "sampled", instance) for instance in ("d = 2", "d = 3")]
    >>> streams[0].seed("left", 0) == streams[1].seed("left", 0)
    False
    """

    salt: int = 0
    label: str = ""
    check: str = ""
    instance: str = ""

    def seed(self, *parts: object) -> int:
        """An integer in [0, 2^63), a function of the stream and of `parts` alone."""
        key = repr((self.salt, self.label, self.check, self.instance, *map(str, parts)))
        return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big") >> 1


class Ledger:
    """What a theorem or a run has spent; going beyond the capacity raises `CapacityError`, before anything is drawn."""

    def __init__(self) -> None:
        self.spent = 0

    def spend(self, judgements: int) -> None:
        """Enter judgements that are about to be made."""
        if self.spent + judgements > CAPACITY:
            raise CapacityError(
                f"{self.spent + judgements} judgements: a run may make {CAPACITY} at an error of {ERROR:.0e} each; "
                "use fewer statistical instances"
            )
        self.spent += judgements


def enforce(judgements: Iterable[int]) -> int:
    """Sum of the judgements that the statements of one run spent (`Report.judgements`).

    Raises
    ------
    CapacityError
        If the sum exceeds `CAPACITY`: the run's promise of 1e-4 would not hold.

    Examples
    --------
    >>> enforce([120, 4])
    124
    """
    ledger = Ledger()
    for spent in judgements:
        ledger.spend(spent)
    return ledger.spent
