"""kappa(beta): the quotient of the largest and the least curvature of the energy that an encoder descends.

`retrodict.capacity.condition` defines it and says what is exact. It stays below M^2 / m^2 as the noise falls if the map
is strongly invertible, and grows like beta^-2 where a direction is lost (thm:condition-number).
"""

from __future__ import annotations

from retrodict.capacity.condition import condition_number
from retrodict.capacity.enclosed import bound
from retrodict.capacity.measure import Bound, ContinuousMeasure, NoValueError, RealMap, Setting, of_blocks

__all__ = ["MEASURE", "kappa"]


def kappa(g: RealMap, setting: Setting) -> tuple[Bound, ...]:
    """One bound: exact for linear maps, an upper one by the certificate for others.

    >>> from fractions import Fraction
    >>> from retrodict.maps.continuous import residual
    >>> kappa(residual(Fraction(1, 2), [[1]]), Setting(beta="0.1"))[0].value
    8.692307692307693
    """
    found = condition_number(of_blocks(g), setting.beta)
    if found.kind == "unbounded":
        raise NoValueError(found.how)
    return (bound(found.kind, found.value, found.how),)


MEASURE = ContinuousMeasure(
    "condition_number", "kappa", "condition number of the energy that an encoder descends", None, kappa, uses=("beta",)
)
