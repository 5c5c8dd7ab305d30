"""Size of an encoder that was tuned until a measurement in balls found it near enough, at x = (1/2, ..., 1/2).

What the proof of `unrolled_size` asks for is far more than is needed. Here the number of steps and their size are
searched (`retrodict.encoders.tuned`), and the total variation to the posterior at that x is enclosed for the encoder
that comes out. So it is an estimate of what an encoder needs, and no bound for other observations; that no shorter one
would do is not claimed either. Maps of the line, linear ones, and those that a rotation separates; others would take
grids, whose rounding is not enclosed.
"""

from __future__ import annotations

from flint import arb

from retrodict.capacity.measure import Bound, ContinuousMeasure, NoValueError, RealMap, Setting
from retrodict.capacity.unimodal_distance import OBSERVED
from retrodict.capacity.unrolled_size import known_network
from retrodict.encoders.distance import distance
from retrodict.encoders.factors import NotSeparableError, separate
from retrodict.encoders.size import size
from retrodict.encoders.tuned import NotFoundError, tuned

__all__ = ["MEASURE", "parameters"]

MOST_DIMENSIONS = 8  # a minute of measurements


def parameters(g: RealMap, setting: Setting) -> tuple[Bound, ...]:
    """Untied parameters, as an estimate.

    >>> from retrodict.maps import parse_any
    >>> [found] = parameters(parse_any("residual:d=1,a=1/2"), Setting("0.1", "0.1"))
    >>> found.kind, found.value
    ('estimate', 9)
    """
    h = known_network(g)
    h.certificate.require("m", "M", "M2")
    if h.dimension > MOST_DIMENSIONS:
        raise NoValueError(f"dimension = {h.dimension}: measured up to {MOST_DIMENSIONS}, for the time that it takes")
    try:
        if h.dimension > 1 and any(block.inner is not None for block in h.blocks):
            separate(h)
        found = tuned(h, setting.beta, setting.eps, [[OBSERVED] * h.dimension], lambda e, x: distance(e, x).upper)
    except (NotFoundError, NotSeparableError, ArithmeticError) as error:
        raise NoValueError(str(error)) from None
    steps = f"{found.encoder.descent_steps} descent and {found.encoder.langevin_steps} Langevin steps"
    measured = float(arb(found.distances[0]).upper())
    note = f"measured in balls at x = ({OBSERVED}, ...), and there alone: within {measured:.6g}; {steps}"
    return (Bound("estimate", size(found.encoder).untied_parameters, note),)


MEASURE = ContinuousMeasure(
    "tuned_untied",
    "parameters",
    "parameters of an encoder tuned until it is measured within eps, each step with weights of its own",
    None,
    parameters,
)
