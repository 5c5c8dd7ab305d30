"""An energy that is the posterior's near the cause, and strongly convex and smooth everywhere: used in a proof only.

U(z) = |z|^2 / 2 + |G(z) - x|^2 / (2 beta^2) need not be convex far from the cause z* = G^{-1}(x), nor smooth at
infinity. Let m, M, M2 be the constants of G, u = z - z*, and keep = k in [1/2, 1) the share of m^2 to be kept. With

    r = (1 - k) m^2 / (M M2),                                                                                       (1)
    V(z) = |z|^2 / 2 + (Psi(G(z) - x) + m^2 r^2 p(|u| / r)) / beta^2,    Psi(y) = M^2 r^2 Omega(|y| / (M r)),       (2)

Omega' = W, W' = w, where w falls from 1 on [0, 1] to 0 on [3, oo) in a straight line, and p'' rises from 0 on
[0, 19/20] to 9/4 on [1, oo) in a straight line, p(0) = p'(0) = 0. Then V is C^2 if G is, V = U where |u| <= 19 r / 20
(there |G(z) - x| <= M r), and

    1 + k m^2 / beta^2 <= Hessian of V <= 1 + (M^2 + 2 (1 - k) m^2 + 9 m^2 / 4) / beta^2    on all of R^d.          (3)

Proof. Let s = |u| / r. Less I and times beta^2, the Hessian is J^T Psi'' J + <grad Psi, D^2 G> + m^2 P, where P is p''
along u and p' / s across. As w falls and |G(z) - x| <= M r s, the first term lies between m^2 w(s) and M^2, and the
second is at most M r W(s) M2 = (1 - k) m^2 W(s) <= 2 (1 - k) m^2 in norm. As p'' rises, p' / s <= p''. So (3) needs

    w(s) - (1 - k) W(s) + p'(s) / s >= k    for all s,                                                              (4)

which is clear for s <= 1, where w = 1 and W = s. Beyond, W >= 1 and the left side less k rises with k, so that k = 1/2
decides: s times the difference is a cubic on [1, 3], seen to be positive in `thm:unrolled-encoder`; from 3 on W = 2,
w = 0 and p' / s rises. The third derivative of G is not needed. Derived here.
"""

from __future__ import annotations

from typing import Any

from flint import arb, fmpq

__all__ = ["PENALTY", "REACH", "curvatures", "fit", "fit_slope", "margin", "penalty", "penalty_slope", "radius"]

REACH = fmpq(19, 20)  # in units of r, where V is U
PENALTY = fmpq(9, 4)  # the largest p''
FIT = fmpq(2)  # the largest W


def radius(m: Any, M: Any, M2: Any, keep: Any) -> Any:
    """r of (1), a ball; M2 positive.

    >>> radius(fmpq(1, 2), fmpq(3, 2), fmpq(1, 2), fmpq(1, 2))
    [0.16666666666666...]
    """
    return arb(1 - keep) * m * m / (arb(M) * M2)


def curvatures(m: Any, M: Any, keep: Any, beta: Any) -> tuple[Any, Any]:
    """Both sides of (3), balls.

    >>> curvatures(fmpq(1, 2), fmpq(3, 2), fmpq(1, 2), fmpq(1, 10))
    ([13.50000000000...], [307.2500000000...])
    """
    precision = 1 / (arb(beta) * beta)
    most = M * M + (FIT * (1 - keep) + PENALTY) * m * m
    return 1 + arb(keep * m * m) * precision, 1 + arb(most) * precision


def fit_slope(s: Any) -> Any:
    """w: 1 up to 1, 0 from 3 on. An fmpq or a ball of numbers that are not negative, as in all that follows."""
    return _clip((3 - s) / 2, 0, 1)


def fit(s: Any) -> Any:
    """W, the integral of w.

    >>> fit(fmpq(1, 2)), fit(fmpq(5))
    (1/2, 2)
    """
    t = _clip(s - 1, 0, 2)
    return _clip(s, 0, 1) + t - t * t / 4


def penalty(s: Any) -> Any:
    """p''.

    >>> penalty(REACH), penalty(fmpq(7))
    (0, 9/4)
    """
    return PENALTY * _clip((s - REACH) / (1 - REACH), 0, 1)


def penalty_slope(s: Any) -> Any:
    """p'."""
    t = _clip(s - REACH, 0, 1 - REACH)
    return PENALTY * (t * t / (2 * (1 - REACH)) + _clip(s - 1, 0, None))


def margin(s: Any, keep: Any) -> Any:
    """s times the left side of (4) less the right side: (4) says that it is not negative."""
    return s * (fit_slope(s) - (1 - keep) * fit(s) - keep) + penalty_slope(s)


def _clip(t: Any, low: int, high: Any) -> Any:
    if isinstance(t, arb):
        above = t.max(arb(low))
        return above if high is None else above.min(arb(high))
    above = max(t, fmpq(low))
    return above if high is None else min(above, fmpq(high))
