"""How many modes an encoder must have to come within eps of the posterior, for maps of the line, at x = 1/2.

A number of unimodal laws below which no mixture comes within eps (lemma of `retrodict.capacity.modes`), and for maps of
ReLU blocks a number that suffices: the posterior on so many of its pieces. A network that gives a mixture needs outputs
for each of them; one that computes otherwise may be small, so that this bounds the encoder's shape and not its size.
"""

from __future__ import annotations

from flint import fmpq

from retrodict.capacity.measure import Bound, ContinuousMeasure, RealMap, Setting
from retrodict.capacity.modes import modes_needed, tv_ceiling
from retrodict.capacity.unimodal_distance import AT, OBSERVED, on_the_line

__all__ = ["MEASURE", "modes"]


def modes(g: RealMap, setting: Setting) -> tuple[Bound, ...]:
    """A lower bound, and for maps of ReLU blocks an upper one.

    >>> from retrodict.maps import parse_any
    >>> [(found.kind, found.value) for found in modes(parse_any("tent:k=3"), Setting("0.001", "0.1"))]
    [('lower', 7), ('upper', 8)]
    """
    h = on_the_line(g)
    least = modes_needed(h, OBSERVED, setting.beta, setting.eps)
    found = [Bound("lower", least, f"no mixture of fewer, {AT}")]
    if all(name == "relu" for block in h.blocks for name in block.activations):
        allowed = fmpq(setting.eps.numerator, setting.eps.denominator)
        few, enough = 0, 1
        while not tv_ceiling(h, OBSERVED, setting.beta, enough) <= allowed:
            few, enough = enough, 2 * enough
        while enough - few > 1:
            middle = (few + enough) // 2
            within = tv_ceiling(h, OBSERVED, setting.beta, middle) <= allowed
            few, enough = (few, middle) if within else (middle, enough)
        if enough == least:
            return (Bound("exact", least, f"no mixture of fewer, and the posterior on its heaviest pieces, {AT}"),)
        found.append(Bound("upper", enough, f"the posterior on its heaviest pieces, {AT}"))
    return tuple(found)


MEASURE = ContinuousMeasure("modes_needed", "modes", "unimodal laws that an encoder must mix to reach eps", None, modes)
