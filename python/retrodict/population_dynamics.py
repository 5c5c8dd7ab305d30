r"""Population dynamics: what the leaves of a deep tree tell of its root, estimated. For discovery; it proves nothing.

The q-state Potts channel lam I + (1 - lam) J / q on every edge of the d-ary tree. The posterior eta of a node whose
colour is 0 has a law that one level of the tree renews: d children with colours c drawn from the channel, each with an
independent posterior relabelled to its colour, combined by belief propagation. A population of n members stands for
that law; a step makes n new members from draws of the old. What one reads off is

    x = (E eta(0) - 1/q) q / (q - 1) = (E sum_i eta_i^2 - 1/q) q / (q - 1),                                          (1)

1 if the leaves tell the root and 0 if they tell nothing. The two sides are equal for a posterior (lem:nishimori), so
that their difference, the *Nishimori gap*, is what a population gets wrong.

The law is symmetric in the colours 1, ..., q - 1, and a population is not quite; what it lacks grows from step to
step, by d lam (1 - (1 - lam)/q) where the signal itself grows by d lam^2 (thm:naive-population). So every member is
*symmetrised* after its update: the truth i is drawn anew from eta, 0 and i are exchanged, the other colours are
shuffled. That keeps the law and restores (1). `symmetrised=False` leaves it out, to show what goes wrong.

Not rigorous, whatever n: members share ancestors, errors of the steps before are in no standard error, a population
that dies may have been near a bottleneck, and one that lives may yet die. For bounds see `retrodict.density_evolution`
(q = 2), thm:contraction-potts and thm:robust. After Mezard and Montanari (2006), recalled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from retrodict import _core

__all__ = ["Estimate", "Population", "Run", "Threshold", "leaves", "run", "scaling", "threshold"]

Progress = Callable[[float], object]


@dataclass(frozen=True)
class Population:
    """Posteriors of nodes of colour 0.

    Attributes
    ----------
    members : float32 or float64, shape (n, q)
        Rows sum to 1.
    seed : int
        Of all that was drawn and will be.
    steps : int
        Levels above the leaves.
    """

    members: NDArray[Any]
    seed: int
    steps: int


@dataclass(frozen=True)
class Estimate:
    """x at one depth, from one population: both sides of (1), and their difference, with standard errors.

    An error is that of n independent members given the population before; what that had wrong is not in it.
    """

    n: int
    seed: int
    depth: int
    first: float
    second: float
    gap: float
    first_error: float
    second_error: float
    gap_error: float


@dataclass(frozen=True)
class Run:
    """x at successive depths, by both sides of (1).

    Attributes
    ----------
    arity, lam, symmetrised
        As given.
    depth : int64, shape (k,)
        Levels above the leaves, after each of the k steps that were made.
    first, second : float64, shape (k,)
        x by E eta(0), and by E sum_i eta_i^2; before symmetrising.
    first_error, second_error, gap_error : float64, shape (k,)
        Standard errors of the means over members, of `first`, `second` and `gap`.
    population : Population
        After the last step: give it to `run` to go on.
    """

    arity: int
    lam: float
    symmetrised: bool
    depth: NDArray[np.int64]
    first: NDArray[np.float64]
    second: NDArray[np.float64]
    first_error: NDArray[np.float64]
    second_error: NDArray[np.float64]
    gap_error: NDArray[np.float64]
    population: Population

    @property
    def gap(self) -> NDArray[np.float64]:
        """The Nishimori gap, first - second: 0 up to sampling for the law of a posterior."""
        return self.first - self.second

    def last(self) -> Estimate:
        """What the last step shows."""
        if not len(self.depth):
            raise ValueError("steps = 0: there is no estimate before the first step")
        values = (self.first, self.second, self.gap, self.first_error, self.second_error, self.gap_error)
        members = self.population.members
        return Estimate(len(members), self.population.seed, int(self.depth[-1]), *(float(v[-1]) for v in values))


def leaves(q: int, n: int, seed: int, *, strength: float = 1, dtype: DTypeLike = np.float32) -> Population:
    """What is known of n leaves of colour 0 that are seen through the Potts channel of eigenvalue `strength`.

    Parameters
    ----------
    q : int
        Colours, 2 to 1024.
    n : int
        Members, at least 1 and below 2^32.
    seed : int
        At least 0 and below 2^64.
    strength : float, optional
        In [-1/(q - 1), 1]; 1 is the leaf itself, 0 is nothing.
    dtype : float32 or float64, optional
        In which members are kept; all arithmetic is in float64.

    Examples
    --------
    >>> leaves(3, 2, seed=1, dtype=np.float64).members
    array([[1., 0., 0.],
           [1., 0., 0.]])
    """
    if np.dtype(dtype) not in (np.dtype(np.float32), np.dtype(np.float64)):
        raise ValueError(f"dtype = {np.dtype(dtype)}: it must be float32 or float64")
    for name, number, least in (("q", q, 2), ("n", n, 1)):
        if number < least:
            raise ValueError(f"{name} = {number}: must be at least {least}")
    members = np.zeros((n, q), dtype=dtype)
    members[:, 0] = 1
    if strength != 1:
        members, _ = _core.population_dynamics(members, 1, strength, False, seed, 1, 1, -np.inf, None, None)
    return Population(members, seed, 0)


def run(
    population: Population,
    arity: int,
    lam: float,
    steps: int,
    *,
    symmetrised: bool = True,
    stop_below: float = -np.inf,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Run:
    """`steps` levels more.

    Runs can be cut anywhere: 10 steps and then 20 of what came out are 30 steps, bit for bit. Nor does the result
    depend on the threads.

    Parameters
    ----------
    population : Population
        As `leaves` or the run before gave it.
    arity : int
        Children of a node, at least 1.
    lam : float
        Eigenvalue of the channel, in [-1/(q - 1), 1]. Below 0 a child avoids its parent's colour; at -1/(q - 1) it
        never has it (proper colourings).
    steps : int
        Levels, at least 0; population.steps + steps is below 2^32 - 1.
    symmetrised : bool, optional
        False is the naive iteration, wrong from some depth on.
    stop_below : float, optional
        No step follows one after which `second` is below.
    threads : int, optional
        At most so many; all where absent.
    progress : function, optional
        Called with the fraction of the steps that is done, a few times a second.

    Raises
    ------
    ValueError
        Naming the argument, the index, the value and the rule.

    Notes
    -----
    Member k of the population after s steps reads stream (s + 1) 2^32 + k of the seed, as 64-bit words (see
    `trees.broadcast`; noisy leaves are s = 0). A die of m faces on a word w shows floor(w m / 2^64), and leaves the
    fraction, in units of 2^-64, as a word that is used on. One word a child: a die of n gives the member, one of q - 1
    the other colour less 1, and the child has its parent's colour where what is left is below 2^64 times the
    probability of that. Then one word for the truth i, the first whose cumulative sum exceeds floor(w / 2^11) 2^-53;
    then Fisher and Yates' shuffle, for m = q - 1, ..., 2, exchanges colour m with 1 + a die of m, a word being used
    for dice until their faces multiply to more than 2^32. Where rounding leaves no colour possible, which takes
    children that contradict each other, the member is uniform.

    Examples
    --------
    >>> start = leaves(5, 10_000, seed=1)
    >>> found = run(start, 2, 0.67, 40)
    >>> bool(found.second[0] > 0.6), bool(found.second[-1] < 0.01), bool(abs(found.gap[9]) < 5 * found.gap_error[9])
    (True, True, True)
    >>> rest = run(run(start, 2, 0.67, 15).population, 2, 0.67, 25)
    >>> bool((rest.second == found.second[15:]).all()), rest.population.steps
    (True, 40)
    """
    members, means = _core.population_dynamics(
        population.members,
        arity,
        lam,
        symmetrised,
        population.seed,
        population.steps + 2,
        steps,
        stop_below,
        threads,
        progress,
    )
    depth = population.steps + 1 + np.arange(len(means))
    after = Population(members, population.seed, population.steps + len(means))
    first, second, first_error, second_error, gap_error = np.ascontiguousarray(means.T)
    return Run(arity, lam, symmetrised, depth, first, second, first_error, second_error, gap_error, after)


def scaling(
    q: int,
    arity: int,
    lam: float,
    sizes: Iterable[int],
    steps: int,
    seed: int,
    *,
    strength: float = 1,
    symmetrised: bool = True,
    threads: int | None = None,
) -> tuple[Estimate, ...]:
    """The same depth by populations of several sizes, with seeds seed, seed + 1, ...: does what is seen depend on n?

    Examples
    --------
    >>> small, large = scaling(3, 2, 0.75, [1_000, 30_000], 60, seed=1)
    >>> small.n, large.n, bool(abs(small.second - large.second) < 0.1)
    (1000, 30000, True)
    """
    return tuple(
        run(
            leaves(q, n, seed + k, strength=strength), arity, lam, steps, symmetrised=symmetrised, threads=threads
        ).last()
        for k, n in enumerate(sizes)
    )


@dataclass(frozen=True)
class Threshold:
    """Where populations that start from the leaves themselves stop to survive. An estimate without an error bar.

    Attributes
    ----------
    q, arity, n, steps, floor, symmetrised
        A population of n survives if x (`second`) is at least `floor` after so many steps.
    lower, upper : float
        The largest lam tried that died, the smallest that survived: a bracket of what was seen, not of the truth.
    runs : tuple of (lam, survived, Estimate)
        All that was tried, in order, each with a seed of its own; the estimate is at the step at which it stopped.
    """

    q: int
    arity: int
    n: int
    steps: int
    floor: float
    symmetrised: bool
    lower: float
    upper: float
    runs: tuple[tuple[float, bool, Estimate], ...]

    @property
    def relative(self) -> float:
        """d lam^2 at the middle of the bracket: 1 is the point of Kesten and Stigum."""
        return self.arity * ((self.lower + self.upper) / 2) ** 2


def threshold(
    q: int,
    arity: int,
    seed: int,
    *,
    n: int = 20_000,
    steps: int = 900,
    width: float = 2e-4,
    bracket: tuple[float, float] | None = None,
    floor: float = 0.01,
    symmetrised: bool = True,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Threshold:
    """Bisection in lam >= 0 for the survival of populations. Not rigorous, in either direction.

    Just below the true threshold x stays for long near where the fixed point was, so that too few steps see survival
    that is none: the value is biased low. Where the transition is continuous or nearly so, as for q <= 6, noise of size
    n^(-1/2) and the floor blur it.

    Parameters
    ----------
    q, arity : int
        Colours and children.
    seed : int
        Run k has seed + k.
    n, steps, floor : optional
        See `Threshold`. Time is proportional to n * steps for each run that survives.
    width : float, optional
        Bisection ends when upper - lower is at most that.
    bracket : (float, float), optional
        Where to look. If absent from the root of d q lam^2 = 2 + (q - 2) lam, below which nothing survives
        (thm:contraction-potts), to arity^(-1/2), above which the census does. Neither end is tried.

    Examples
    --------
    >>> import dataclasses, json
    >>> found = threshold(10, 2, seed=1, n=2000, steps=100, width=0.02)
    >>> 0.6 < found.lower < found.upper < 0.71, len(json.dumps(dataclasses.asdict(found))) > 100
    (True, True)
    """
    if bracket is None:
        dies = (q - 2 + ((q - 2) ** 2 + 8 * arity * q) ** 0.5) / (2 * arity * q)
        bracket = (dies, arity**-0.5)
    lower, upper = bracket
    if not 0 <= lower < upper <= 1:
        raise ValueError(f"bracket = ({lower}, {upper}): must ascend within [0, 1]")
    if not width > 0:
        raise ValueError(f"width = {width}: must be positive")
    if not 0 < floor < 1:
        raise ValueError(f"floor = {floor}: must lie in (0, 1)")
    start = upper - lower
    runs: list[tuple[float, bool, Estimate]] = []
    while upper - lower > width:
        lam = (lower + upper) / 2
        found = run(
            leaves(q, n, seed + len(runs)),
            arity,
            lam,
            steps,
            symmetrised=symmetrised,
            stop_below=floor,
            threads=threads,
        ).last()
        survived = found.second >= floor
        lower, upper = (lower, lam) if survived else (lam, upper)
        runs.append((lam, survived, found))
        if progress is not None:
            progress(min(1.0, float(np.log(start / (upper - lower)) / np.log(start / width))))
    return Threshold(q, arity, n, steps, floor, symmetrised, lower, upper, tuple(runs))
