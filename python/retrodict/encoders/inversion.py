"""Inverting a strongly invertible map by first-order steps, with counts of steps that are certified.

f(z) = |G(z) - x|^2 / 2 has the minimiser z* = G^{-1}(x), and m |z - z*| <= |G(z) - x| <= M |z - z*|.

1. Gradient descent from 0. |grad f|^2 >= 2 m^2 f. On {f <= f(0)}, |G(z) - x| <= R = |G(0) - x|, so that the gradient
   has Lipschitz constant L = M^2 + M2 R there. With step 1 / L, f_k <= (1 - m^2 / L)^k f_0.

2. Near z* acceleration works. For |u| <= r, u = z - z*, the eigenvalues of the second derivative of f lie within
   M2 M r of [m^2, M^2]; for r = m^2 / (2 M M2) in [mu, Lambda], mu = m^2 / 2, Lambda = M^2 + m^2 / 2. Nesterov's steps
   with q = sqrt(mu / Lambda),

       y_k = z_k + (1 - q) / (1 + q) (z_k - z_{k-1}),    z_{k+1} = y_k - grad f(y_k) / Lambda,                      (1)

   have f_k <= (1 - q)^k (f_0 + mu |u_0|^2 / 2) as long as all points are in that ball (after Nesterov, 2004). With
   f_0 <= Lambda |u_0|^2 / 2 and f_k >= mu |u_k|^2 / 2 there, |u_k| <= sqrt(1 + 1 / q^2) |u_0|, and |y_k - z*| is at
   most 3 times that. So they are if |G(z_0) - x| <= m r / (3 sqrt(1 + 1 / q^2)), where descent hands over. Then
   |u_k|^2 <= 2 f_k / m^2, and mu |u_0|^2 / 2 <= f_0 / 2. A linear map has r infinite, mu = m^2 and Lambda = M^2.

3. For linear G Chebyshev's steps are best: for eigenvalues of A^T A in [a, b] and rho = (b + a) / (b - a) the error in
   the eigenvector of lambda is multiplied by T_K((b + a - 2 lambda) / (b - a)) / T_K(rho), at most 1 / T_K(rho), and no
   K steps along gradients do better for all spectra in [a, b] (Nemirovski and Yudin, 1983). Descent with step
   2 / (a + b) has 1 / rho^K.

The bounds are for exact steps; in doubles the iterates stop some units in the last place from z*. Theorems after the
sources that are named, recalled; the hand-over is derived here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from flint import arb, ctx, fmpq
from numpy.typing import ArrayLike, NDArray

from retrodict.maps.continuous import Certificate, GenerativeMap

__all__ = ["Inversion", "chebyshev", "chebyshev_count", "descent_count", "invert", "plan"]

Number = int | Fraction


@dataclass(frozen=True)
class Inversion:
    """Steps of descent and of (1) after which |z - z*| <= delta, for every x with |G(0) - x| <= reach.

    Parameters
    ----------
    descent_steps, accelerated_steps : int
    smoothness : float
        L, whose inverse is the step of descent.
    curvature, steepness : float
        mu and Lambda of (1).
    only_descent : int
        The count of descent alone, for comparison.
    """

    descent_steps: int
    accelerated_steps: int
    smoothness: float
    curvature: float
    steepness: float
    only_descent: int


def descent_count(kappa: Number, eps: Number) -> int:
    """The least K with ((kappa - 1) / (kappa + 1))^K <= eps.

    >>> [descent_count(kappa, Fraction(1, 1000)) for kappa in (4, 10, 100, 1000, 10000)]
    [14, 35, 346, 3454, 34539]
    """
    rho = _rho(kappa, eps)
    if rho is None:
        return 1
    return _least(lambda: -_ball(eps).log() / _ball(rho).log(), lambda K: rho**K >= 1 / Fraction(eps))


def chebyshev_count(kappa: Number, eps: Number) -> int:
    """The least K with 1 / T_K((kappa + 1) / (kappa - 1)) <= eps.

    >>> [chebyshev_count(kappa, Fraction(1, 1000)) for kappa in (4, 10, 100, 1000, 10000)]
    [7, 12, 38, 121, 381]
    """
    rho = _rho(kappa, eps)
    if rho is None:
        return 1
    return _least(
        lambda: (1 / _ball(eps)).acosh() / _ball(rho).acosh(), lambda K: _polynomial(K, rho) >= 1 / Fraction(eps)
    )


def plan(certificate: Certificate, reach: Number, delta: Number) -> Inversion:
    """The counts for a map with these constants.

    Parameters
    ----------
    certificate : Certificate
        With m, M and M2.
    reach, delta : int or Fraction
        Positive.

    Raises
    ------
    NoCertificateError
        Where a constant is missing.

    >>> from retrodict.maps.continuous import residual
    >>> found = plan(residual(Fraction(1, 2), [[1]]).certificate, 2, Fraction(1, 10**9))
    >>> found.descent_steps, found.accelerated_steps, found.only_descent
    (145, 127, 553)
    """
    for name, value in (("reach", reach), ("delta", delta)):
        if not isinstance(value, int | Fraction):
            raise TypeError(f"{name} = {value!r}: write the exact number")
        if value <= 0:
            raise ValueError(f"{name} = {value}: must be positive")
    m, M, M2 = (arb(value) for value in certificate.require("m", "M", "M2"))
    R, goal = _ball(reach), _ball(delta)
    L = M * M + M2 * R
    only = _steps(2 * (R / (m * goal)).log(), m * m / L)
    if M2 == 0:
        mu, Lambda, handover = m * m, M * M, R
    else:
        mu, Lambda = m * m / 2, M * M + m * m / 2
        handover = m * (m * m / (2 * M * M2)) / (3 * (1 + Lambda / mu).sqrt())
    first = 0 if M2 == 0 else _steps(2 * (R / handover).log(), m * m / L)
    error = handover if first else R  # at least |G(z) - x| where (1) begins
    # |u_k|^2 <= 2 f_k / m^2 <= (1 - q)^k (1 + mu / m^2) |G(z_0) - x|^2 / m^2
    second = _steps(((1 + mu / (m * m)) * (error / (m * goal)) ** 2).log(), (mu / Lambda).sqrt())
    smoothness, curvature, steepness = (float(value.upper()) for value in (L, mu, Lambda))
    return Inversion(first, second, smoothness, curvature, steepness, only)


def invert(
    g: GenerativeMap, x: ArrayLike, delta: Number, *, accelerated: bool = True
) -> tuple[NDArray[np.float64], Inversion]:
    """Iterates that reach |z - G^{-1}(x)| <= delta for every row of x, and their plan.

    Parameters
    ----------
    g : GenerativeMap
        With m > 0, M and M2.
    x : float, shape (n, d)
    delta : Fraction
        Not below 1e-12 of the distances, where doubles end.
    accelerated : bool
        Where false, gradient descent alone.

    Returns
    -------
    float64, shape (steps + 1, n, d), and Inversion

    Examples
    --------
    >>> from retrodict.maps.continuous import residual, reflection
    >>> g = residual(Fraction(1, 2), reflection([1, 2]))
    >>> z = np.array([[0.5, -1.0], [2.0, 0.0]])
    >>> path, found = invert(g, g(z), Fraction(1, 10**6))
    >>> len(path) == 1 + found.descent_steps + found.accelerated_steps, bool(np.abs(path[-1] - z).max() <= 1e-6)
    (True, True)
    """
    seen = _rows(g, x)
    error = np.abs(g.forward(np.zeros_like(seen)) - seen).tolist()
    squares = [sum((Fraction(e) ** 2 for e in row), Fraction(0)) for row in error]
    reach = _above_root(max(squares, default=Fraction(0)))
    found = plan(g.certificate, reach, delta)
    z = np.zeros_like(seen)
    path = [z]
    for _ in range(found.descent_steps if accelerated else found.only_descent):
        z = z - g.vjp(z, g.forward(z) - seen) / found.smoothness
        path.append(z)
    q = (found.curvature / found.steepness) ** 0.5
    before = z
    for _ in range(found.accelerated_steps if accelerated else 0):
        y = z + (1 - q) / (1 + q) * (z - before)
        before, z = z, y - g.vjp(y, g.forward(y) - seen) / found.steepness
        path.append(z)
    return np.stack(path), found


def chebyshev(g: GenerativeMap, x: NDArray[Any], low: Any, high: Any, count: int) -> list[Any]:
    """Iterates z_0 = 0, ..., z_count of Chebyshev's steps for a linear G, in doubles or in a ring of objects.

    Parameters
    ----------
    x : array, shape (..., d)
    low, high : number
        0 < low < high, between which the eigenvalues of A^T A lie.

    Raises
    ------
    ValueError
        Where G has units, or the bounds are not in order.

    >>> from retrodict.maps.continuous import linear
    >>> x = np.array([fmpq(1), fmpq(2)], dtype=object)
    >>> chebyshev(linear([[1, 0], [0, 2]]), x, fmpq(1), fmpq(4), 7)[-1]  # T_7(5 / 3) = 2391485 / 2187
    array([2389298/2391485, 2393672/2391485], dtype=object)
    """
    if not g.blocks or any(block.width for block in g.blocks):
        raise ValueError(f"{g.name} is not linear: use `invert`")
    if not 0 < low < high:
        raise ValueError(f"low = {low}, high = {high}: must be 0 < low < high")
    if count < 0:
        raise ValueError(f"count = {count}: must not be negative")
    middle, rho = (low + high) / 2, (high + low) / (high - low)
    path, weight = [0 * x], 2
    for k in range(count):
        z = path[-1]
        step = z - g.vjp(z, g.forward(z) - x) / middle
        if k > 0:
            weight = 1 / (1 - weight / (4 * rho * rho))
            step = weight * (step - path[-2]) + path[-2]
        path.append(step)
    return path


def _rho(kappa: Number, eps: Number) -> Fraction | None:
    """(kappa + 1) / (kappa - 1), None for kappa = 1, where one step is exact."""
    for name, value in (("kappa", kappa), ("eps", eps)):
        if not isinstance(value, int | Fraction):
            raise TypeError(f"{name} = {value!r}: write the exact number")
    if kappa < 1:
        raise ValueError(f"kappa = {kappa}: must be at least 1")
    if not 0 < eps < 1:
        raise ValueError(f"eps = {eps}: must lie strictly between 0 and 1")
    return None if kappa == 1 else (Fraction(kappa) + 1) / (Fraction(kappa) - 1)


def _polynomial(K: int, rho: Fraction) -> Fraction:
    """T_K(rho), exactly."""
    one, two = Fraction(1), rho
    for _ in range(K):
        one, two = two, 2 * rho * two - one
    return one


def _least(quotient: Callable[[], Any], enough: Callable[[int], bool]) -> int:
    """The least integer at or above a number that is known in balls; `enough` decides where it may be an integer."""
    with ctx.workprec(128):
        exact = quotient().ceil().unique_fmpz()
        if exact is not None:
            return max(1, int(exact))
        near = round(float(quotient().mid()))
    return near if enough(near) else near + 1


def _steps(log_ratio: Any, gain: Any) -> int:
    """An integer k with (1 - gain)^k <= e^(-log_ratio), the least but for the width of the balls."""
    left = 1 - gain.lower()
    if not log_ratio > 0:
        return 0
    return 1 if left <= 0 else int((log_ratio / -left.log()).upper().ceil().unique_fmpz())


def _ball(value: Number) -> Any:
    exact = Fraction(value)
    return arb(fmpq(exact.numerator, exact.denominator))


def _above_root(square: Fraction) -> Fraction:
    """A rational at or above the root, and positive."""
    root = Fraction(float(square) ** 0.5)
    while root * root < square or root == 0:
        root = root * Fraction(2**40 + 1, 2**40) + Fraction(1, 2**1000)
    return root


def _rows(g: GenerativeMap, x: ArrayLike) -> NDArray[np.float64]:
    seen = np.asarray(x, dtype=np.float64)
    if seen.ndim != 2 or seen.shape[1] != g.dimension:
        raise ValueError(f"x has shape {seen.shape}: it must be (n, {g.dimension})")
    if not np.isfinite(seen).all():
        i, j = np.argwhere(~np.isfinite(seen))[0].tolist()
        raise ValueError(f"x[{i}, {j}] = {seen[i, j]}: must be finite")
    return seen
