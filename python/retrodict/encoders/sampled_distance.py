r"""Total variation bounded from independent draws, where nothing encloses it: d > 3, maps that no rotation separates.

Exact draws from the posterior. Let z^ be near G^{-1}(x), r = |G(z^) - x| and m |z - z'| <= |G(z) - G(z')|. For any t in
(0, 1), U(z) = |z|^2 / 2 + |G(z) - x|^2 / (2 beta^2) is at least

    E(z) = |z|^2 / 2 + (1 - t) m^2 |z - z^|^2 / (2 beta^2) - r^2 (1 / t - 1) / (2 beta^2),                          (1)

and exp(-E) is a multiple of a Gaussian density: a draw from it is kept with probability exp(E(z) - U(z)). What is kept
is independent draws from the posterior p = exp(-U) / Z, and the share of what is kept bounds Z.

From below: total variation is at least p(A) - q(A) for every event A. A is where a first estimate of q's density is
below p; both probabilities are estimated from other draws.

From above: q is the mean of N(T(z'), 2 eta I) over what z' is before the last step. With a mean q^ over n independent
z', E q^ = q, and total variation is convex: TV(q, p) <= E TV(q^, p), where TV(q^, p) = E_p (1 - q^ / p)+ lies in [0, 1]
and moves by at most 1 / n with one z'. So E TV(q^, p) is bounded by Hoeffding's and McDiarmid's inequalities.

All five bounds together fail with probability at most `chance`; sums are in doubles. Derived here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import exp, inf, log, log1p, pi, sqrt
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from retrodict.encoders.sample import sample
from retrodict.encoders.unrolled import UnrolledEncoder, iterate

__all__ = ["PosteriorDraws", "posterior_draws", "sampled_bounds"]

SLACK = 1e-3  # t in (1)
TRIES = 1 << 16  # draws from exp(-E) at a time
RAREST = 1e-6  # share of kept draws below which it is hopeless
BLOCK = 1 << 22  # pairs of points at a time


@dataclass(frozen=True)
class PosteriorDraws:
    """Independent draws from the posterior, shape (count, d), and log Z >= log_mass but for the chance asked for."""

    points: NDArray[np.float64]
    log_mass: float


def posterior_draws(
    encoder: UnrolledEncoder, x: ArrayLike, count: int, rng: np.random.Generator, chance: float
) -> PosteriorDraws:
    """Draws by rejection from (1), and a lower bound of Z.

    Raises
    ------
    NoCertificateError
        Where the map has no m > 0.
    ArithmeticError
        Where too few draws are kept: the bound falls like (m / M)^d.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from retrodict.maps.continuous import linear
    >>> e = UnrolledEncoder(linear([[2]]), Fraction(1), 20, Fraction(1, 4), Fraction(0), 1, Fraction(1, 10))
    >>> found = posterior_draws(e, [1.0], 20_000, np.random.default_rng(1), 1e-6)
    >>> bool(abs(found.points.mean() - 2 / 5) < 0.02), bool(abs(found.points.var() - 1 / 5) < 0.01)
    (True, True)
    """
    g, beta = encoder.generator, float(encoder.beta)
    (m,) = g.certificate.require("m")
    seen = np.asarray(x, dtype=np.float64)
    near = iterate(replace(encoder, spread=encoder.spread * 0, langevin_steps=0), seen, np.zeros((1, *seen.shape)))
    pull = (1 - SLACK) * float(m) ** 2 * (1 - 1e-12) / beta**2  # m may be a ball: its middle, and less
    gap = float(((g.forward(near) - seen) ** 2).sum()) * (1 / SLACK - 1) / (2 * beta**2)
    precision, centre = 1 + pull, pull * near / (1 + pull)
    d, lowest = g.dimension, float(pull * (near @ near) / (2 * precision)) - gap  # E at the centre

    def kept(n: int) -> NDArray[np.float64]:
        z = centre + rng.standard_normal((n, d)) / sqrt(precision)
        bound = lowest + precision * ((z - centre) ** 2).sum(axis=1) / 2
        return np.asarray(z[np.log(rng.random(n)) < bound - energy(encoder, seen, z)])

    share = len(kept(TRIES)) / TRIES
    if share < max(RAREST, 1 / TRIES):
        raise ArithmeticError(f"{g.name}: of {TRIES} draws {share * TRIES:g} were kept: too few for d = {d}")
    tries = -(-count // TRIES) * TRIES * 4
    points = [kept(TRIES) for _ in range(tries // TRIES)]  # a number of tries that is fixed beforehand: binomial
    total = sum(map(len, points))
    log_mass = log(_least_share(total, tries, chance)) + d / 2 * log(2 * pi / precision) - lowest
    while total < count:
        points.append(kept(TRIES))
        total += len(points[-1])
    return PosteriorDraws(np.concatenate(points)[:count], log_mass)


def energy(encoder: UnrolledEncoder, x: NDArray[np.float64], z: NDArray[np.float64]) -> NDArray[np.float64]:
    """U(z) for every row of z."""
    error = encoder.generator.forward(z) - x
    return np.asarray((z**2).sum(axis=1) / 2 + (error**2).sum(axis=1) / (2 * float(encoder.beta) ** 2))


def sampled_bounds(
    encoder: UnrolledEncoder, x: Sequence[Any], seed: int, *, draws: int = 20_000, chance: float = 1e-6
) -> tuple[float, float]:
    """Lower and upper bounds of the total variation that are both right but for a probability of `chance`.

    Parameters
    ----------
    encoder : UnrolledEncoder
        With a Langevin step at least; of a map made of blocks, with a certified m > 0.
    x : sequence of numbers, d entries
    seed : int
    draws : int
        Of the posterior and of the encoder, for each of two purposes. Time grows with its square.
    chance : float
        In (0, 1).

    Raises
    ------
    ValueError
        Naming the argument and the rule.
    NoCertificateError, ArithmeticError
        As `posterior_draws`.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from retrodict.maps.continuous import linear
    >>> e = UnrolledEncoder(linear([[2]]), Fraction(1), 20, Fraction(1, 4), Fraction(0), 9, Fraction(1, 10))
    >>> low, high = sampled_bounds(e, [1], seed=1, draws=9000)  # the stationary variance is (1/5) 4/3, hence 0.0695
    >>> bool(0 < low < 0.0695 < high < 0.14)
    True
    """
    if not 0 < chance < 1:
        raise ValueError(f"chance = {chance}: must lie between 0 and 1")
    if draws < 100:
        raise ValueError(f"draws = {draws}: must be at least 100")
    if encoder.langevin_steps < 1:
        raise ValueError("langevin_steps = 0: the law of the encoder must have a density")
    seen = np.array([float(value) for value in x])
    rng = np.random.default_rng(seed)
    posterior = posterior_draws(encoder, seen, 2 * draws, rng, chance / 5)
    rows = np.broadcast_to(seen, (draws, len(seen)))
    before = replace(encoder, langevin_steps=encoder.langevin_steps - 1)
    last = replace(encoder, descent_steps=0, spread=encoder.spread * 0, langevin_steps=1)
    previous = sample(before, rows, seed)
    means = _step(last, seen, previous)
    scale = 2 * float(encoder.langevin_step)

    def log_ratio(z: NDArray[np.float64]) -> NDArray[np.float64]:
        """log of q^ / p, or less."""
        return _log_mean(z, means, scale) + energy(encoder, seen, z) + posterior.log_mass

    off = sqrt(log(5 / chance) / (2 * draws))
    first, second = posterior.points[:draws], posterior.points[draws:]
    ratios = log_ratio(first)
    upper = float(np.maximum(0, -np.expm1(np.minimum(0, ratios))).mean()) + 2 * off
    drawn = sample(encoder, rows, seed, first=draws)
    lower = float((log_ratio(second) < 0).mean() - (log_ratio(drawn) < 0).mean()) - 2 * off
    return max(0.0, lower), min(1.0, upper)


def _step(last: UnrolledEncoder, x: NDArray[np.float64], z: NDArray[np.float64]) -> NDArray[np.float64]:
    """T(z) = z - eta grad U(z)."""
    g = last.generator
    slope = z + g.vjp(z, g.forward(z) - x) / float(last.beta) ** 2
    return np.asarray(z - float(last.langevin_step) * slope)


def _log_mean(z: NDArray[np.float64], means: NDArray[np.float64], variance: float) -> NDArray[np.float64]:
    """log of the mean density at z of Gaussians of that variance in every direction."""
    found = np.empty(len(z))
    size = max(1, BLOCK // len(means))
    for begin in range(0, len(z), size):
        some = z[begin : begin + size]
        square = (some**2).sum(axis=1)[:, None] + (means**2).sum(axis=1) - 2 * some @ means.T
        exponents = -np.maximum(square, 0) / (2 * variance)
        top = exponents.max(axis=1)
        found[begin : begin + size] = top + np.log(np.exp(exponents - top[:, None]).mean(axis=1))
    return np.asarray(found - z.shape[1] / 2 * log(2 * pi * variance))


def _least_share(kept: int, tries: int, chance: float) -> float:
    """A share p such that so many kept draws, or more, have a probability of at most `chance` below it (Chernoff)."""
    seen, level = kept / tries, log(1 / chance) / tries

    def divergence(p: float) -> float:
        rest = (1 - seen) * (log1p(-seen) - log1p(-p)) if seen < 1 else 0.0
        return seen * log(seen / p) + rest if p > 0 else inf

    low, high = 0.0, seen
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if divergence(middle) > level else (low, middle)
    return low if low > 0 else exp(-tries)
