"""Parameters of the smallest network that training brings within eps: an upper bound, and never a lower one.

`retrodict.encoders.trained` trains every width and seed of a fixed budget at once and judges them by the mean total
variation to the posterior, for C(sgn z) on the whole domain, for maps of the line on grids. Of a map of the line the
encoder gives a mixture of two Gaussians. Where no network came within eps nothing follows. The forward map is trained
with the same budget.
"""

from __future__ import annotations

from functools import partial

from retrodict.capacity.measure import Bound, ContinuousMeasure, NoValueError, RealMap, Setting
from retrodict.maps import TiltedSignGenerator
from retrodict.maps.continuous import GenerativeMap

__all__ = ["MEASURE", "trained"]


def trained(direction: str, g: RealMap, setting: Setting) -> tuple[Bound, ...]:
    """One upper bound.

    Raises
    ------
    NoValueError
        Where nothing was trained to eps, for a map of a dimension above 1, and without JAX.
    """
    from retrodict.encoders.trained import trained_size  # here, so that nothing else needs JAX

    if isinstance(g, TiltedSignGenerator):
        raise NoValueError("only maps of the line, and maps C(sgn z), are trained")
    if isinstance(g, GenerativeMap) and g.dimension > 1:
        raise NoValueError(f"dimension = {g.dimension}: only maps of the line are trained, for their grids")
    finite = not isinstance(g, GenerativeMap)
    beta = 0.0 if finite and direction == "forward" else float(setting.beta)
    try:
        found = trained_size(g if isinstance(g, GenerativeMap) else g.map, direction, float(setting.eps), beta=beta)
    except (ValueError, ImportError, MemoryError) as error:
        raise NoValueError(f"not trained: {error}") from None
    if found.parameters is None:
        raise NoValueError(f"no width up to {found.points[-1].width} was trained to eps: nothing follows")
    return (Bound("upper", found.parameters, f"trained: the smallest width within eps is {found.width}"),)


MEASURE = ContinuousMeasure(
    "trained_size",
    "parameters",
    "parameters of the smallest network that training brings within eps",
    partial(trained, "forward"),
    partial(trained, "encoder"),
)
