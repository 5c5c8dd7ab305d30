"""I(z; x), what an observation tells of the causes, and the entropy of the posterior that is left, in bits.

Exact, from balls: `retrodict.capacity.information`. For an invertible map it grows by d bits with every halving of the
noise; for C(sgn z), C a bijection of n bits, it saturates at n, since x speaks of z through its signs alone
(thm:sign-information). Information says what can be known of the causes, not how hard it is to compute.
"""

from __future__ import annotations

from typing import Any

from flint import arb

from retrodict.capacity.enclosed import enclosed
from retrodict.capacity.information import mutual_information, sign_information
from retrodict.capacity.measure import Bound, ContinuousMeasure, NoValueError, RealMap, Setting
from retrodict.maps import SignGenerator
from retrodict.maps.continuous import GenerativeMap

__all__ = ["ENTROPY", "INFORMATION", "entropy", "information"]

BITS = arb(2).log()


def information(g: RealMap, setting: Setting) -> tuple[Bound, ...]:
    """I(z; x) in bits.

    >>> from retrodict.maps import parse_any
    >>> names = ("linear:d=4,m=1,M=1", "sgn:gray:n=2")
    >>> [round(information(parse_any(name), Setting("1"))[0].value, 6) for name in names]
    [2.0, 0.971888]
    """
    return enclosed(_bits(g, setting), "I(z; x), enclosed")


def entropy(g: RealMap, setting: Setting) -> tuple[Bound, ...]:
    """h(z|x) = (d / 2) log2(2 pi e) - I(z; x) in bits: a differential entropy, which may be negative.

    >>> from retrodict.maps import parse_any
    >>> round(entropy(parse_any("linear:d=1,m=1,M=1"), Setting("1"))[0].value, 6)  # of variance 1/2
    1.547096
    """
    prior = (2 * arb.pi() * arb(1).exp()).log() / (2 * BITS)
    return enclosed(g.dimension * prior - _bits(g, setting), "h(z|x), enclosed")


def _bits(g: RealMap, setting: Setting) -> Any:
    if isinstance(g, GenerativeMap):
        try:
            return mutual_information(g, setting.beta) / BITS
        except ValueError as error:
            raise NoValueError(str(error)) from None
    if not isinstance(g, SignGenerator) or g.map.collision() is not None or g.map.n_inputs != g.map.n_outputs:
        raise NoValueError("of maps of signs only C(sgn z), C a bijection, has a formula")
    return g.map.n_inputs * sign_information(setting.beta) / BITS


INFORMATION = ContinuousMeasure(
    "information", "bits", "what an observation tells of the causes", None, information, uses=("beta",)
)
ENTROPY = ContinuousMeasure(
    "entropy_left", "bits", "differential entropy of the posterior", None, entropy, uses=("beta",)
)
