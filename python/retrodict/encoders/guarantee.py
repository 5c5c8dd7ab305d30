r"""The encoder of a strongly invertible map with its proof: every constant is a ball, every inequality is kept.

Let z be a standard Gaussian vector in R^d and x = G(z) + beta xi; m |z - z'| <= |G(z) - G(z')| <= M |z - z'|,
|D^2 G| <= M2. Write z* = G^{-1}(x), q for the law of what the encoder gives for x, p for the posterior.

(0) |z| and |xi| are at most sqrt(d) + t but for a chance of 2 exp(-t^2 / 2) = `failure`. Then |x - G(0)| <= X =
    (M + beta)(sqrt(d) + t), and |z*| <= Z = (1 + beta / m)(sqrt(d) + t), since m |z* - z| <= |x - G(z)|. From here on
    x is any such x.
(1) Gradient descent with step s <= 1 / L, L = M^2 + M2 X, multiplies f = |G - x|^2 / 2 by at most 1 - s m^2, and
    |z - z*| <= sqrt(2 f) / m (`thm:gradient-inversion`): it ends at most delta away from z*.
(2) V (`extension`) is C^2, alpha <= Hessian <= Lambda everywhere, and V = U for |z - z*| <= rho. As grad V(z*) = z*,
    its mode c has |c - z*| <= Z / alpha.
(3) Langevin steps on V, step eta <= alpha / (4 Lambda^2), from N(z_T, v I), v <= 1 / Lambda, h = delta + Z / alpha at
    least |z_T - c|: KL_0 <= (d/2)(v Lambda - 1 - log(alpha v)) + Lambda h^2 / 2, and after K steps (Vempala and
    Wibisono, 2019) KL_K <= exp(-alpha eta K) KL_0 + 8 eta d Lambda^2 / alpha. Total variation is at most sqrt(KL / 2)
    (Pinsker).
(4) Such a step contracts the distance to c by 1 - alpha eta, and |a + g| for Gaussian g grows stochastically with |a|.
    So |z_k - c| is dominated by |h + g'|, g' of variance at most 1 / (alpha (1 - alpha eta / 2)) in each direction.
    While z_0, ..., z_{K-1} lie within rho of z* the steps on V are those on U; the chance that one does not is at most
    K P(chi^2_d > (rho - Z / alpha - h)^2 alpha (1 - alpha eta / 2)).
(5) The law exp(-V) has |z - c| dominated by that of N(0, I / alpha) (along each ray the ratio of densities falls), so
    that P(|z - z*| > rho) <= P(chi^2_d > alpha (rho - Z / alpha)^2). For p itself, with a = 1 + m^2 / beta^2,
    A = 1 + M^2 / beta^2 and any 0 < b < a, that is at most exp(Z^2 / (2 b)) (A / (a - b))^{d/2} times
    P(chi^2_d > (a - b) rho^2). The two laws are proportional within rho, so that their total variation is at most the
    larger of these.

Total variation of q and p is at most the sum (3) + (4) + (5). If M2 = 0 then V = U, and (3) is all. G(0) = 0 is not
needed, nor is a third derivative. After Pareek and Risteski (arXiv:2107.04652); constants derived here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce
from typing import Any

from flint import arb, ctx, fmpq

from retrodict.encoders.chi_square import chi_square_tail
from retrodict.encoders.extension import REACH, curvatures, radius
from retrodict.encoders.rounding import above, below
from retrodict.encoders.unrolled import UnrolledEncoder
from retrodict.maps.continuous import GenerativeMap, NoCertificateError
from retrodict.maps.continuous.line import real

__all__ = ["Guarantee", "Inequality", "NoGuaranteeError", "attempt", "construct", "largest_noise", "require"]

BITS = 128
SHARE = fmpq(15, 16)  # of eps for (3); (4) and (5) fall so fast that little is left for them
BIAS = fmpq(7, 8)  # of KL_K for the second term
LEAST = Fraction(1, 2**BITS)  # a noise below which no search goes
KEPT = (Fraction(7, 8), Fraction(3, 4), Fraction(5, 8), Fraction(1, 2))  # shares of m^2, best condition number first


class NoGuaranteeError(ValueError):
    """An inequality of the proof does not hold."""


@dataclass(frozen=True)
class Inequality:
    """left <= right, between numbers or balls, and the part of the proof that asks for it."""

    name: str
    left: Any
    right: Any
    reason: str

    @property
    def holds(self) -> bool:
        """Whether it is seen to hold: of balls, for all that they contain."""
        return bool(arb(self.left) <= arb(self.right))


@dataclass(frozen=True)
class Guarantee:
    """An encoder, and why its law is within eps of the posterior in total variation for all but few x.

    Parameters
    ----------
    encoder : UnrolledEncoder
    eps, failure : Fraction
        Total variation is at most eps for all x but those of a set of probability `failure`.
    constants : mapping
        By the names of the proof: m, M, M2, t, X, Z, L, keep, rho, alpha, Lambda, delta, h, KL_0, KL_K, langevin, exit,
        tail, total and so on. Rationals or balls.
    inequalities : tuple of Inequality
        All that the proof asks for; `total` is the last.
    """

    encoder: UnrolledEncoder
    eps: Fraction
    failure: Fraction
    constants: Mapping[str, Any] = field(repr=False)
    inequalities: tuple[Inequality, ...] = field(repr=False)

    @property
    def failing(self) -> Inequality | None:
        """The first inequality that is not seen to hold."""
        return next((one for one in self.inequalities if not one.holds), None)


def construct(g: GenerativeMap, beta: Fraction | int, eps: Fraction, failure: Fraction = Fraction(1, 100)) -> Guarantee:
    """The encoder of g with total variation at most eps to the posterior, and its proof.

    Of the shares `KEPT` of m^2 for which the proof goes through, that with the fewest steps is taken.

    Parameters
    ----------
    g : GenerativeMap
        With certified m > 0, M and M2.
    beta : Fraction
        Standard deviation of the noise of x.
    eps, failure : Fraction
        Between 0 and 1.

    Raises
    ------
    NoCertificateError
        Where g lacks a constant, with the reason and what would help.
    NoGuaranteeError
        For a beta that is too large, with the inequality that fails and the largest beta found.

    Examples
    --------
    >>> from retrodict.maps.continuous import residual
    >>> found = construct(residual(Fraction(1, 2), [[1]]), Fraction(1, 200), Fraction(1, 10))
    >>> found.encoder.descent_steps, found.encoder.langevin_steps
    (358, 875330)
    >>> found.inequalities[-1].name, found.inequalities[-1].holds
    ('total', True)
    >>> construct(residual(Fraction(1, 2), [[1]]), Fraction(1, 5), Fraction(1, 10))
    Traceback (most recent call last):
    retrodict.encoders.guarantee.NoGuaranteeError: ...
    """
    _check(beta, eps, failure)
    found = [attempt(g, beta, eps, failure, keep) for keep in KEPT]
    proved = [one for one in found if one.failing is None]
    if proved:
        return min(proved, key=lambda one: one.encoder.depth)
    lacking = found[-1].failing
    assert lacking is not None
    raise NoGuaranteeError(
        f"beta = {beta}: {lacking.name}: {_text(lacking.left)} is not at most {_text(lacking.right)} "
        f"({lacking.reason}); the largest beta found for {g.name}, eps = {eps}, failure = {failure} is "
        f"{largest_noise(g, eps, failure)}"
    )


def largest_noise(
    g: GenerativeMap, eps: Fraction, failure: Fraction = Fraction(1, 100), parts: int = 64
) -> Fraction | None:
    """A noise for which the proof goes through, while for 1 + 1/parts times it does not; None for linear maps.

    Between them nothing is tried; that the proof goes through for every smaller noise is not claimed.

    Raises
    ------
    NoGuaranteeError
        Where no noise that balls of this precision can tell from 0 is small enough.

    >>> from retrodict.maps.continuous import residual
    >>> largest_noise(residual(Fraction(1, 2), [[1]]), Fraction(1, 10))
    Fraction(9, 1024)
    """
    _check(1, eps, failure)
    if parts < 1:
        raise ValueError(f"parts = {parts}: must be at least 1")
    if require(g)[2] == 0:
        return None

    def goes(beta: Fraction) -> bool:
        return any(attempt(g, beta, eps, failure, keep).failing is None for keep in KEPT)

    low = Fraction(1)
    while goes(low):
        low *= 2
    while not goes(low):
        low /= 2
        if low < LEAST:
            raise NoGuaranteeError(f"{g.name}: no noise above 2^-{BITS} is small enough for eps = {eps}")
    step = low / parts
    inside, outside = parts, 2 * parts  # in steps: the first is known to go, the second not to
    while outside - inside > 1:
        middle = (inside + outside) // 2
        inside, outside = (middle, outside) if goes(middle * step) else (inside, middle)
    return inside * step


def require(g: GenerativeMap) -> tuple[Any, Any, Any]:
    """m > 0, M and M2 of a map.

    Raises
    ------
    NoCertificateError
        Where one is missing or only estimated, with what would help.

    >>> from retrodict.maps.continuous import fold
    >>> require(fold())
    Traceback (most recent call last):
    retrodict.maps.continuous.constants.NoCertificateError: m = 0: z and -z have the same image. The proof needs ...
    """
    try:
        m, M, M2 = g.certificate.require("m", "M", "M2")
    except NoCertificateError as error:
        raise NoCertificateError(
            f"{error}. The proof needs a positive m, and finite M and M2: smooth activations in place of kinks and "
            "jumps, slopes bounded away from 0, residual branches with slopes below 1, or constants that you prove"
        ) from None
    return m, M, M2


def attempt(g: GenerativeMap, beta: Fraction | int, eps: Fraction, failure: Fraction, keep: Fraction) -> Guarantee:
    """The encoder and the inequalities for one share of m^2, 1/2 <= keep < 1, whether or not they hold."""
    m, M, M2 = require(g)
    with ctx.workprec(BITS):
        return _attempt(g, Fraction(beta), eps, failure, keep, arb(m), arb(M), arb(M2))


def _attempt(
    g: GenerativeMap, beta: Fraction, eps: Fraction, failure: Fraction, keep: Fraction, m: Any, M: Any, M2: Any
) -> Guarantee:
    d, noise, error = g.dimension, real(beta, "beta"), real(eps, "eps")
    precision = 1 / (noise * noise)
    # (0)
    t = (2 * (2 / real(failure, "failure")).log()).sqrt()
    reach = arb(d).sqrt() + t
    X, Z = (M + noise) * reach, (1 + noise / m) * reach
    # (2)
    a, A = 1 + m * m * precision, 1 + M * M * precision
    linear = bool(M2 == 0)
    k = fmpq(keep.numerator, keep.denominator)
    rho = None if linear else REACH * radius(m, M, M2, k)
    alpha, Lambda = (a, A) if linear else curvatures(m, M, k, noise)
    # (1)
    L = M * M + M2 * X
    s = below(1 / L)
    factor = (1 - _ball(s) * m * m).upper().max(arb(2) ** -64)
    delta = 1 / Lambda.sqrt()
    descent_steps = max(1, above((X / (m * delta)).log() * 2 / -factor.log()))
    descended = (factor.log() * descent_steps / 2).exp() * X / m
    # (3)
    h = delta + Z / alpha
    budget = 2 * (SHARE * error) ** 2
    eta = below((alpha / (4 * Lambda * Lambda)).min(BIAS * budget * alpha / (8 * d * Lambda * Lambda)))
    v = below(1 / Lambda)
    KL_0 = (_ball(v) * Lambda - 1 - (alpha * _ball(v)).log()) * d / 2 + Lambda * h * h / 2
    bias = 8 * _ball(eta) * d * Lambda * Lambda / alpha
    K = max(1, above((KL_0 / (budget - bias)).log() / (alpha * _ball(eta))))
    KL_K = (-alpha * _ball(eta) * K).exp() * KL_0 + bias
    langevin = (KL_K / 2).sqrt()
    # (4), (5)
    exit, tail, room = arb(0), arb(0), []
    if rho is not None:
        free = rho - Z / alpha - h
        room = [Inequality("radius", Z / alpha + h, rho, "(4): the start and the mode of V lie well within rho of z*")]
        square = free * free if free > 0 else arb(0)
        exit = K * chi_square_tail(d, square * alpha * (1 - alpha * _ball(eta) / 2))
        near = rho - Z / alpha
        tail = _tail(d, a, A, Z, rho).max(chi_square_tail(d, alpha * near * near if near > 0 else arb(0)))
    total = langevin + exit + tail
    encoder = UnrolledEncoder(g, beta, descent_steps, s, v, K, eta)
    constants = {
        **{"d": fmpq(d), "beta": noise, "m": m, "M": M, "M2": M2, "t": t, "X": X, "Z": Z, "L": L, "keep": k},
        **{"rho": rho, "a": a, "A": A, "alpha": alpha, "Lambda": Lambda, "delta": delta, "h": h, "KL_0": KL_0},
        **{"KL_K": KL_K, "langevin": langevin, "exit": exit, "tail": tail, "total": total},
    }
    inequalities = (
        Inequality("descent step", _ball(s) * L, 1, "(1): s <= 1 / L"),
        Inequality("descent", descended, delta, "(1): gradient descent ends within delta of z*"),
        *room,
        Inequality("Langevin step", 4 * _ball(eta) * Lambda * Lambda, alpha, "(3): eta <= alpha / (4 Lambda^2)"),
        Inequality("spread", _ball(v) * Lambda, 1, "(3): v <= 1 / Lambda"),
        Inequality("Langevin", langevin, SHARE * error, "(3): sqrt(KL_K / 2) within its share of eps"),
        Inequality("exit and tails", exit + tail, (1 - SHARE) * error, "(4), (5): what lies outside rho"),
        Inequality("total", total, error, "(3) + (4) + (5)"),
    )
    return Guarantee(encoder, eps, failure, constants, inequalities)


def _tail(d: int, a: Any, A: Any, Z: Any, rho: Any) -> Any:
    """The bound of (5) for p, with the best of a few b."""

    def bound(b: Any) -> Any:
        weight = Z * Z / (2 * b) + d * (A / (a - b)).log() / 2
        return weight.exp() * chi_square_tail(d, (a - b) * rho * rho)

    return reduce(lambda one, other: one.min(other), (bound(a * fmpq(k, 32)) for k in (1, 2, 3, 4, 6, 8, 12, 16)))


def _text(value: Any) -> str:
    return str(arb(value).str(4, radius=False))


def _ball(value: Fraction) -> Any:
    return arb(fmpq(value.numerator, value.denominator))


def _check(beta: Any, eps: Any, failure: Any) -> None:
    for name, value in (("beta", beta), ("eps", eps), ("failure", failure)):
        if not isinstance(value, int | Fraction):
            raise TypeError(f"{name} = {value!r}: write the exact number, as in Fraction('{value}')")
        if value <= 0 or (name != "beta" and value >= 1):
            raise ValueError(f"{name} = {value}: must {'be positive' if name == 'beta' else 'lie between 0 and 1'}")
