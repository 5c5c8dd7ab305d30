"""Steps of the best first-order method that bring the worst error below eps, at the condition number of the map.

Chebyshev's number of steps, which no method of first order beats on quadratics with these curvatures (Nemirovski,
recalled): exact for linear maps. For other maps kappa is an upper bound, and Chebyshev's polynomial is no method for
them; there the row is the steps that the bound on kappa asks for, conditional on a quadratic energy. The number says
nothing of encoders that do not iterate.
"""

from __future__ import annotations

from retrodict.capacity.condition import chebyshev_steps, condition_number
from retrodict.capacity.measure import Bound, ContinuousMeasure, NoValueError, RealMap, Setting, of_blocks

__all__ = ["MEASURE", "steps"]


def steps(g: RealMap, setting: Setting) -> tuple[Bound, ...]:
    """One bound.

    >>> from retrodict.maps.continuous import linear
    >>> steps(linear([[1, 0], [0, 10]]), Setting("1/1000000", "0.001"))[0].value
    38
    """
    found = condition_number(of_blocks(g), setting.beta)
    if found.kind == "unbounded":
        raise NoValueError(found.how)
    count = chebyshev_steps(found.value, setting.eps)
    if found.kind == "exact":
        return (Bound("exact", count, "Chebyshev's method, the best of first order for these curvatures"),)
    note = f"if the energy were quadratic: Chebyshev's method at the bound on kappa by {found.how}"
    return (Bound("conditional", count, note),)


MEASURE = ContinuousMeasure(
    "first_order_steps", "steps", "steps of the best first-order method to an error eps", None, steps
)
