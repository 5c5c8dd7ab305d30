"""Replays a certificate that the root of every deep regular tree of an arity is forgotten.

Two states, channel of eigenvalue theta, theta^2 d <= 1 and theta^2 < 1. X_n is the root's magnetisation given the
leaves at depth n, s_n = E X_n^2. Two independent views of a root, with squared magnetisations u and v, have together

    u + v - u v (2 - u - v) / (1 - u v) <= u + v - u v = 1 - (1 - u) (1 - v)                                         (1)

on average, because (1 - u) (1 - v) >= 0; an edge multiplies u by theta^2, and the views are independent. Hence

    s_(n+1) <= 1 - (1 - theta^2 s_n)^d,                                                                              (2)

which is below s_n, and whose only fixed point is 0. The start is s_0 = 1, or the second moment of the last of some laws
L_1, L_2, ..., of which each is above the law at its depth in the order of degradation, because T(L_k) is below L_(k+1)
(and L_0 is the leaf itself), T the step of the tree. Mass that is missing in a law lies at 1, and theta is rounded up.

Such a certificate is JSON: {"statement": "no reconstruction", "states": 2, "arity": d, "theta_squared": "p/q",
"laws": [[["place", "mass"], ...], ...], "depth": n, "bound": "b"}, and shows E X_m^2 <= b for every m >= n. For three
states and more see `retrodict.checkers.potts`. `python -m retrodict.checkers.non_reconstruction FILE` replays one.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from fractions import Fraction
from math import isqrt
from typing import Any

from retrodict.checkers import potts
from retrodict.checkers.laws import CertificateError, arity_of, first_excess, joined, law_of, number, read

__all__ = ["CertificateError", "check", "read"]

LARGEST = 4_000_000  # atoms of T(L), each a fraction
DEEPEST = 1_000_000
BITS = 256  # of the fixed point in which (2) is rounded, upwards


def check(certificate: Mapping[str, Any]) -> Fraction:
    """What the certificate shows: the bound of E X_m^2 for two states; for more the factor of `potts.check`, below 1.

    Raises
    ------
    CertificateError
        Naming the key, the law or the c that fails first.

    Examples
    --------
    >>> critical = {"statement": "no reconstruction", "states": 2, "arity": 2, "theta_squared": "1/2", "laws": []}
    >>> check({**critical, "depth": 400, "bound": "1/100"})
    Fraction(1, 100)
    >>> check({**critical, "depth": 300, "bound": "1/100"})
    Traceback (most recent call last):
    retrodict.checkers.laws.CertificateError: bound = 1/100: E X^2 at depth 300 is only shown to be at most 0.0129...
    """
    if certificate.get("statement") != "no reconstruction":
        raise CertificateError(f"statement = {certificate.get('statement')!r}: must be 'no reconstruction'")
    states = certificate.get("states")
    if not isinstance(states, int) or isinstance(states, bool) or states < 2:
        raise CertificateError(f"states = {states!r}: must be an integer of at least 2")
    return _binary(certificate) if states == 2 else potts.check(certificate)


def _binary(certificate: Mapping[str, Any]) -> Fraction:
    arity, square = arity_of(certificate), number("theta_squared", certificate.get("theta_squared"))
    if not (square > 0 and arity * square <= 1):
        raise CertificateError(f"theta_squared = {square}: must be positive and at most 1 / arity = 1 / {arity}")
    if square == 1:
        raise CertificateError("theta_squared = 1: must be below 1, for a path without noise remembers its root")
    laws, depth = certificate.get("laws"), certificate.get("depth")
    if not isinstance(laws, list):
        raise CertificateError("laws: must be a list of laws, at depths 1, 2, ...")
    if not isinstance(depth, int) or isinstance(depth, bool) or not len(laws) <= depth <= DEEPEST:
        raise CertificateError(f"depth = {depth!r}: must be an integer from {len(laws)}, the last law's, to {DEEPEST}")
    bound = number("bound", certificate.get("bound"))
    theta = Fraction(isqrt((square.numerator << (2 * BITS)) // square.denominator) + 1, 1 << BITS)
    law = [(Fraction(1), Fraction(1))]
    for k, atoms in enumerate(laws):
        name = f"laws[{k}]"
        above = law_of(name, atoms, 1)
        if (2 * len(law)) ** min(arity, LARGEST.bit_length()) > LARGEST:
            raise CertificateError(f"{name}: {arity} children make more than {LARGEST} atoms")
        worse = first_excess(joined([(min(theta * m, Fraction(1)), w) for m, w in law], arity), above)
        if worse is not None:
            c, low, high = (float(x) for x in worse)
            raise CertificateError(f"{name}, c = {c:.17g}: {low:.17g} after the step, {high:.17g} in the law")
        law = above
    second = sum((m * m * w for m, w in law), Fraction(0))
    for _ in range(depth - len(laws)):
        second = 1 - _power_below(1 - square * second, arity)
    if second > bound:
        raise CertificateError(
            f"bound = {bound}: E X^2 at depth {depth} is only shown to be at most {float(second):.17g}"
        )
    return bound


def _power_below(base: Fraction, exponent: int) -> Fraction:
    """At most base^exponent, of a base in [0, 1]: by squaring, each product rounded down to a multiple of 2^-BITS."""
    one = 1 << BITS
    square, power = base.numerator * one // base.denominator, one
    while exponent:
        if exponent & 1:
            power = power * square // one
        square = square * square // one
        exponent >>= 1
    return Fraction(power, one)


if __name__ == "__main__":
    try:
        shown = check(read(sys.argv[1]))
    except CertificateError as error:
        sys.exit(f"refused: {error}")
    print(f"accepted: the root is forgotten (bound or factor {float(shown):.12g})")
