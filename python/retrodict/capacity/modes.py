"""How far encoders with few modes stay from a posterior with many: certified lower bounds on the total variation.

A density on the line is unimodal if it does not fall up to some point and does not rise after it. Mixtures of g
unimodal densities are a wide class: densities with g modes (cut at the valleys), mixtures of g Gaussians, and more.

Lemma. Let A_1 < ... < A_k be intervals of widths w_i, D_j > 0 the gap between A_j and A_{j+1}, and

    rho = max over j of max(w_j, w_{j+1}) / D_j.                                                                    (1)

If q is a mixture of g unimodal densities, all but g of the intervals have together q-mass at most rho / (1 + rho).
Hence, for every law p, with p_(1) <= p_(2) <= ... the masses p(A_i) in order,

    TV(q, p) >= p_(1) + ... + p_(k-g) - rho / (1 + rho).                                                            (2)

Proof. Let q first be unimodal with mode t. If t lies in A_s, give every A_i right of it the gap on its left, and every
A_i left of it the gap on its right: these gaps are distinct, and q is there at least what it is on A_i, so that q(A_i)
<= w_i / D_j q(gap j). If t lies in gap j, let A_s be that of A_j and A_{j+1} with the larger supremum, and the other
one have gap j itself: at both ends of it, hence in it, q is at least the smaller supremum. If t lies outside all, A_s
is the first or last interval. So the intervals other than A_s have a mass Q <= rho (mass of the gaps) <= rho (1 - Q), Q
<= rho / (1 + rho). In a mixture each part has its A_s; the intervals that are none of these, at least k - g, have mass
at most the weighted mean of rho / (1 + rho). TV is at least p - q of their union. Derived here.

(2) holds whatever intervals are chosen. They are sought in doubles, around the minima of the energy; the masses are
balls. With k equal, far and narrow modes (2) tends to 1 - g / k.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

from flint import arb, fmpq

from retrodict.capacity.mode_search import Mode, intervals, modes_of_energy, modes_on_pieces
from retrodict.maps.continuous import GenerativeMap
from retrodict.maps.continuous.line import real
from retrodict.maps.continuous.pieces import piecewise_posterior
from retrodict.maps.continuous.posterior import energy, posterior

__all__ = ["mixture_floor", "modes_needed", "tv_ceiling", "tv_floor"]

HALF_WIDTHS = [k / 4 for k in range(4, 33)]  # of the intervals, in standard deviations of a mode


def mixture_floor(masses: Sequence[Any], widths: Sequence[Any], gaps: Sequence[Any], components: int) -> Any:
    """(2): what every mixture of `components` unimodal densities has at least as total variation from p.

    Parameters
    ----------
    masses : k balls or exact numbers
        p of the intervals, from left to right.
    widths : k exact numbers or balls, positive
    gaps : k - 1 exact numbers or balls, positive
        Between neighbouring intervals.
    components : int
        g, at least 1.

    Returns
    -------
    The bound, fmpq for exact arguments, else a ball; 0 where (2) is negative or g >= k.

    Raises
    ------
    ValueError
        For lengths that do not fit, a g below 1, and widths or gaps that are not positive.

    Examples
    --------
    >>> half = Fraction(1, 2)
    >>> mixture_floor([half, half], [half, half], [9 * half], 1)  # 1/2 - (1/9) / (1 + 1/9)
    2/5
    """
    if components < 1:
        raise ValueError(f"components = {components}: must be at least 1")
    if len(widths) != len(masses) or len(gaps) != len(masses) - 1:
        raise ValueError(f"{len(masses)} masses go with as many widths and one gap less, not {len(widths), len(gaps)}")
    p, w, d = ([_exact(value) for value in values] for values in (masses, widths, gaps))
    for name, values in (("widths", w), ("gaps", d)):
        for i, value in enumerate(values):
            if not value > 0:
                raise ValueError(f"{name}[{i}] = {value}: must be positive")
    if components >= len(p):
        return fmpq(0)
    ratios = [_larger(left, right) / gap for (left, right), gap in zip(pairwise(w), d, strict=True)]
    rho = ratios[0]
    for ratio in ratios[1:]:
        rho = _larger(rho, ratio)
    bound = _smallest(p, len(p) - components) - rho / (1 + rho)
    return _larger(bound, fmpq(0))


def _smallest(values: list[Any], count: int) -> Any:
    """A ball around the sum of the `count` smallest values; exact for exact values.

    The order statistics are monotone in the values, so that the sums of the sorted lower and upper ends enclose it.
    """
    if not any(isinstance(value, arb) for value in values):
        return sum(sorted(values)[:count], fmpq(0))
    balls = [arb(value) for value in values]
    low, high = (sum(sorted(map(end, balls))[:count], arb(0)) for end in (arb.lower, arb.upper))
    return low.union(high)


def _larger(a: Any, b: Any) -> Any:
    if isinstance(a, arb) or isinstance(b, arb):
        return arb(a).max(arb(b))
    return max(a, b)


def _exact(value: Any) -> Any:
    if isinstance(value, fmpq | arb):
        return value
    return fmpq(value.numerator, value.denominator) if isinstance(value, int | Fraction) else real(value, "value")


def tv_floor(g: GenerativeMap, x: Any, beta: Any, components: int) -> Any:
    """A ball, at least whose lower end every mixture of `components` unimodal densities has as TV from p(z|x).

    Parameters
    ----------
    g : GenerativeMap
        Of dimension 1; of ReLU blocks, or such that `posterior` takes it.
    x, beta : int, Fraction or ball
        What is observed, and the standard deviation of its noise.
    components : int
        The number of unimodal densities that an encoder may mix, at least 1.

    Returns
    -------
    ball; 0 where nothing is known.

    Examples
    --------
    >>> from retrodict.maps.continuous import fold
    >>> tv_floor(fold(), 0, Fraction(1, 100), 1)
    [0.48364...]
    >>> tv_floor(fold(), 0, Fraction(1, 100), 2)
    0
    """
    if components < 1:
        raise ValueError(f"components = {components}: must be at least 1")
    modes, mass = _find(g, x, beta)
    return _floor(modes, mass, components)


def modes_needed(g: GenerativeMap, x: Any, beta: Any, eps: Any) -> int:
    """A number of unimodal densities below which no mixture comes within eps of p(z|x) in total variation.

    It is a lower bound on what an encoder needs; 1 where nothing is known. Arguments as for `tv_floor`; eps exact,
    between 0 and 1.

    >>> from retrodict.maps.continuous import fold
    >>> modes_needed(fold(), 0, Fraction(1, 100), Fraction(1, 4)), modes_needed(fold(), 0, 1, Fraction(1, 4))
    (2, 1)
    """
    target = _exact(eps)
    if not 0 <= target < 1:
        raise ValueError(f"eps = {eps}: must lie between 0 and 1")
    modes, mass = _find(g, x, beta)
    low, high = 0, len(modes)  # more than `low` are needed
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _floor(modes, mass, middle) > target else (low, middle)
    return low + 1


def tv_ceiling(g: GenerativeMap, x: Any, beta: Any, components: int) -> Any:
    """A ball around a total variation from p(z|x) that a mixture of `components` unimodal densities does reach.

    For maps of ReLU blocks: on each piece the posterior is log-concave, and conditioned on the `components` pieces of
    largest mass it is such a mixture; its total variation is the mass of the others.

    >>> from retrodict.maps.continuous import linear
    >>> tv_ceiling(linear([[1]]), 0, 1, 1)
    0
    """
    if components < 1:
        raise ValueError(f"components = {components}: must be at least 1")
    masses = list(piecewise_posterior(g, x, beta).masses)
    return fmpq(0) if components >= len(masses) else _smallest(masses, len(masses) - components)


def _find(g: GenerativeMap, x: Any, beta: Any) -> tuple[list[Mode], Callable[[Any, Any], Any]]:
    """Modes of the posterior in doubles, and its masses in balls."""
    if g.blocks and all(name == "relu" for block in g.blocks for name in block.activations):
        law = piecewise_posterior(g, x, beta)
        return modes_on_pieces(law), law.mass
    smooth = posterior(g, x, beta)
    return modes_of_energy(energy(g, x, beta)), lambda low, high: smooth.mass(arb(low), arb(high))


def _floor(modes: list[Mode], mass: Callable[[Any, Any], Any], components: int) -> Any:
    """(2) for the half width in `HALF_WIDTHS` that is best in doubles."""
    width = max(HALF_WIDTHS, key=lambda width: _guess(modes, width, components))
    found = [tuple(fmpq(*end.as_integer_ratio()) for end in ends) for *ends, _ in intervals(modes, width)]
    if components >= len(found):
        return arb(0)
    gaps = [after[0] - before[1] for before, after in pairwise(found)]
    return arb(mixture_floor([mass(*ends) for ends in found], [b - a for a, b in found], gaps, components))


def _guess(modes: list[Mode], width: float, components: int) -> float:
    found = intervals(modes, width)
    if components >= len(found):
        return 0.0
    rho = max(max(a[1] - a[0], b[1] - b[0]) / (b[0] - a[1]) for a, b in pairwise(found))
    return sum(sorted(mass for _, _, mass in found)[:-components]) - rho / (1 + rho)
