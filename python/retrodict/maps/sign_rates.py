"""How often one sign survives the noise of the sign generator, in balls: what an exact posterior is worth.

A sign c is seen as x = c + beta nu, nu standard Gaussian. The posterior of c is sigma(2 c x / beta^2), so that a sample
of it is right with probability

    S(beta) = E sigma(2 (1 + beta nu) / beta^2),

and its mode, which is the sign of x, with probability 1 - Q(1/beta), Q the Gaussian tail. For a bijection on d bits the
signs are independent given x (`sign_generator`, formula (2)): a sample of the posterior finds the whole pattern with
probability S(beta)^d, the mode with probability (1 - Q(1/beta))^d. Derived here.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from flint import acb, arb, ctx, fmpq

__all__ = ["gaussian_mean", "rounding_rate", "sampling_rate", "sigmoid"]


def _ball(value: Any, name: str) -> Any:
    if isinstance(value, float):
        raise TypeError(f"{name} = {value} is a float: write the exact number, as in Fraction('{value}')")
    return arb(fmpq(value.numerator, value.denominator)) if isinstance(value, Fraction) else arb(value)


def _noise(beta: Any) -> Any:
    ball = _ball(beta, "beta")
    if not ball > 0:
        raise ValueError(f"beta = {beta}: the standard deviation of the noise must be positive")
    return ball


def sigmoid(t: Any) -> Any:
    """1 / (1 + exp(-t)), of a real or a complex ball."""
    return 1 / (1 + (-t).exp())


def gaussian_mean(function: Callable[[Any], Any], low: Any = None, high: Any = None) -> Any:
    """A ball around E f(nu) 1(low <= nu <= high), nu standard Gaussian, by quadrature with certified error.

    Parameters
    ----------
    function : takes and returns a complex ball
        Meromorphic, with values in [0, 1] on the real line, so that cutting off a tail costs at most its mass.
    low, high : balls, optional
        Without them to infinity.

    >>> gaussian_mean(lambda nu: 1, low=arb(0)).overlaps(arb(0.5))
    True
    """
    cut = (2 * ctx.prec * arb(2).log()).sqrt().upper().ceil()
    tail = (-cut * cut / 2).exp().upper()  # both tails together: 2 Q(t) <= exp(-t^2 / 2)
    a = -cut if low is None or low < -cut else low
    b = cut if high is None or high > cut else high
    inner = acb.integral(lambda nu, _: function(nu) * (-nu * nu / 2).exp(), a, b).real / (2 * arb.pi()).sqrt()
    return inner + arb(tail / 2, tail / 2)


def sampling_rate(beta: Any, sharpness: Any = 1) -> Any:
    """A ball around S(beta), the probability that a sample of the posterior of one sign is right.

    Parameters
    ----------
    beta : Fraction, int or ball
        Standard deviation of the noise.
    sharpness : Fraction, int or ball
        The sampler takes sigma(2 sharpness x / beta^2) for the posterior: above 1 it is too sure of itself.

    >>> sampling_rate(1)
    [0.775200245...]
    """
    noise, factor = _noise(beta), 2 * _ball(sharpness, "sharpness")
    return gaussian_mean(lambda nu: sigmoid(factor * (1 + noise * nu) / noise**2))


def rounding_rate(beta: Any) -> Any:
    """A ball around 1 - Q(1/beta), the probability that the posterior's mode is right: that x has the sign.

    >>> rounding_rate(1)
    [0.841344746...]
    """
    return (-1 / (_noise(beta) * arb(2).sqrt())).erfc() / 2
