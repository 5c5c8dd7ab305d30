"""How far every encoder with one mode stays from the posterior, for maps of the line: total variation at x = 1/2.

Lower: the lemma of `retrodict.capacity.modes`, which holds for every unimodal law whatever the size of its encoder.
Upper: what one unimodal law does reach, the posterior on its heaviest piece for maps of ReLU blocks, and for smooth
maps Laplace's Gaussian at a mode. The lower bound of a fold goes to 1/2 with the noise and that of tent^k to 1 - 2^-k;
the upper one of a strongly invertible map goes to 0 (thm:laplace-law). Both are about one observation, not the mean.
"""

from __future__ import annotations

from fractions import Fraction

from retrodict.capacity.enclosed import bound
from retrodict.capacity.measure import Bound, ContinuousMeasure, NoValueError, RealMap, Setting, of_blocks
from retrodict.capacity.mode_search import modes_of_energy
from retrodict.capacity.modes import tv_ceiling, tv_floor
from retrodict.maps.continuous import GenerativeMap
from retrodict.maps.continuous.line import gaussian, total_variation
from retrodict.maps.continuous.posterior import energy, laplace, posterior

__all__ = ["MEASURE", "OBSERVED", "distance", "on_the_line"]

OBSERVED = Fraction(1, 2)  # the image of two causes of the fold and of 2^k of tent^k, and no centre of symmetry
AT = f"at x = {OBSERVED}"
AROUND = 2  # standard deviations around a mode that was seen in doubles: there it is enclosed


def on_the_line(g: RealMap) -> GenerativeMap:
    """The map, if it is one of the line that has a posterior in balls."""
    h = of_blocks(g)
    if h.dimension != 1:
        raise NoValueError(f"dimension = {h.dimension}: only maps of the line")
    if not h.blocks:
        raise NoValueError("only maps made of blocks: a posterior in balls needs their formulas")
    return h


def distance(g: RealMap, setting: Setting) -> tuple[Bound, ...]:
    """A lower and an upper bound, or one of them.

    >>> from retrodict.maps import parse_any
    >>> [(found.kind, round(found.value, 3)) for found in distance(parse_any("tent:k=2"), Setting("0.001"))]
    [('lower', 0.727), ('upper', 0.734)]
    """
    h = on_the_line(g)
    lower = bound("lower", tv_floor(h, OBSERVED, setting.beta, 1), f"every unimodal law, {AT}")
    try:
        return (lower, _reached(h, setting))
    except (ValueError, ArithmeticError):
        return (lower,)  # no single mode to be seen, or too little precision for the distance


def _reached(g: GenerativeMap, setting: Setting) -> Bound:
    if all(name == "relu" for block in g.blocks for name in block.activations):
        found = tv_ceiling(g, OBSERVED, setting.beta, 1)
        return bound("upper", found, f"the posterior on its heaviest piece, {AT}")
    highest = max(modes_of_energy(energy(g, OBSERVED, setting.beta)), key=lambda mode: mode.mass)
    at, width = Fraction(highest.at), AROUND * Fraction(highest.deviation)
    found = total_variation(
        posterior(g, OBSERVED, setting.beta), gaussian(*laplace(g, OBSERVED, setting.beta, at - width, at + width))
    )
    return bound("upper", found, f"Laplace's Gaussian at a mode, {AT}")


MEASURE = ContinuousMeasure(
    "unimodal_distance", "TV", "total variation of the best encoder with one mode", None, distance, uses=("beta",)
)
