"""Activations: functions of one number, their derivatives, and bounds on the first three that hold everywhere.

Written once for arrays of doubles and for object arrays of balls, complex balls and power series. Of a ball, a function
gives an enclosure of its values, whatever it does there. Of a complex ball on which it is not analytic, because of a
pole, a branch cut, a kink or a jump, it gives no number (nan), and so it does of a power series around a kink or a
jump: only then may an integral take what it gets for the values of an analytic function.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from flint import acb, arb, arb_series
from numpy.typing import NDArray

from retrodict.maps.continuous.constants import Constant

__all__ = ["ACTIVATIONS", "Activation"]

Function = Callable[[NDArray[Any]], NDArray[Any]]


@dataclass(frozen=True)
class Activation:
    """phi, phi', and constants: least <= phi' <= most, |phi''| <= second, |phi'''| <= third.

    >>> ACTIVATIONS["softplus"].value(np.array([0.0, 1.0])).round(6).tolist()
    [0.0, 0.620115]
    """

    name: str
    about: str
    value: Function
    slope: Function
    least: Constant
    most: Constant
    second: Constant
    third: Constant


def _softplus(t: NDArray[Any]) -> Any:
    if t.dtype == object:
        return _each((1 + np.exp(t)) / 2, lambda u: u.log(analytic=True) if isinstance(u, acb) else u.log())
    return np.logaddexp(0.0, t) - np.log(2.0)


def _softplus_plain(t: NDArray[Any]) -> Any:
    if t.dtype == object:
        return _each(1 + np.exp(t), lambda u: u.log(analytic=True) if isinstance(u, acb) else u.log())
    return np.logaddexp(0.0, t)


def _logistic(t: NDArray[Any]) -> Any:
    if t.dtype == object:
        return 1 / (1 + np.exp(-t))
    return np.exp(-np.logaddexp(0.0, -t))  # no overflow


def _tanh(t: NDArray[Any]) -> Any:
    if t.dtype == object:  # power series have no tanh of their own
        return _each(t, lambda u: 2 / (1 + (-2 * u).exp()) - 1 if isinstance(u, arb_series) else u.tanh())
    return np.tanh(t)


def _relu(t: NDArray[Any]) -> Any:
    if t.dtype == object:
        return _each(t, lambda u: u * side if (side := _side(u)) is not None else (u + abs(u)) / 2)
    return (t + abs(t)) / 2


def _step(t: NDArray[Any]) -> Any:
    """Of doubles, 1 at 0 and above; of a ball that contains 0, all between 0 and 1."""
    if t.dtype == object:
        return _each(t, lambda u: 0 * u + side if (side := _side(u)) is not None else arb(0).union(arb(1)))
    return (t >= 0).astype(np.float64)


def _side(u: Any) -> Any:
    """1 or 0 for what lies to the right or the left of 0; for what does not, None if it is a ball, else no number.

    A function with a kink or a jump is analytic on each side of it, and has a Taylor series there.
    """
    at = u.real if isinstance(u, acb) else u[0] if isinstance(u, arb_series) else u
    if at > 0 or at < 0:
        return int(at > 0)
    return arb("nan") if isinstance(u, acb | arb_series) else None


def _sign(t: NDArray[Any]) -> Any:
    return 2 * _step(t) - 1


def _each(t: NDArray[Any], f: Callable[[Any], Any]) -> NDArray[Any]:
    found = np.empty(t.shape, dtype=object)
    for index, entry in np.ndenumerate(t):
        found[index] = f(entry)
    return found


def _bounds(least: Any, most: Any, second: Any, third: Any) -> tuple[Constant, Constant, Constant, Constant]:
    one, two, three, four = (Constant(value, "calculus") for value in (least, most, second, third))
    return one, two, three, four


_KINK = Constant(None, "ReLU has a kink at 0")
_JUMP = Constant(None, "the sign jumps at 0")
_CURVED = Fraction(9623, 100000)  # 1 / (6 sqrt 3) = 0.096225..., the largest value of |sigma''|, rounded up

ACTIVATIONS = {
    activation.name: activation
    for activation in (
        Activation("sin", "sin t", np.sin, np.cos, *_bounds(-1, 1, 1, 1)),
        Activation(
            "softplus", "log((1 + e^t) / 2), 0 at 0", _softplus, _logistic, *_bounds(0, 1, Fraction(1, 4), _CURVED)
        ),
        Activation(  # of networks made elsewhere
            "softplus_plain",
            "log(1 + e^t), log 2 at 0",
            _softplus_plain,
            _logistic,
            *_bounds(0, 1, Fraction(1, 4), _CURVED),
        ),
        Activation(
            "sigmoid",
            "1 / (1 + e^-t)",
            _logistic,
            lambda t: _logistic(t) * _logistic(-t),
            *_bounds(0, Fraction(1, 4), _CURVED, Fraction(1, 8)),
        ),
        Activation(
            "tanh",
            "tanh t",
            _tanh,
            lambda t: 1 - _tanh(t) * _tanh(t),
            *_bounds(0, 1, Fraction(76981, 100000), 2),  # 4 / (3 sqrt 3), rounded up
        ),
        Activation(
            "square",
            "t^2",
            lambda t: t * t,
            lambda t: 2 * t,
            Constant(None, "the derivative 2 t grows without bound"),
            Constant(None, "the derivative 2 t grows without bound"),
            Constant(2, "calculus"),
            Constant(0, "calculus"),
        ),
        Activation("relu", "max(t, 0)", _relu, _step, Constant(0, "calculus"), Constant(1, "calculus"), _KINK, _KINK),
        Activation("sign", "1 for t >= 0, else -1", _sign, lambda t: 0 * t, _JUMP, _JUMP, _JUMP, _JUMP),
    )
}
