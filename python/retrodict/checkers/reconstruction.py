"""Replays a certificate that the root of every regular tree of an arity is remembered, two states.

The channel is symmetric of eigenvalue theta. A law L of magnetisations m in [0, 1] is a mixture of binary symmetric
channels; T(L) is the law at a node whose children have L, through the channel. If L is degraded with respect to T(L),
then, T being monotone and the leaves themselves being the best law, L is below the law at every depth, so that

    E|X_n| >= E_L m  for all n.                                                                                     (1)

L is below T(L) iff E_L (m - c)+ <= E_T(L) (m - c)+ for all c in [0, 1]; both sides are lines between the atoms of L and
T(L), hence it is enough to look at these. All numbers are rational: nothing is rounded. Mass that is missing from 1
lies at 0.

A certificate is JSON: {"statement": "reconstruction", "arity": d, "theta": "p/q", "law": [["place", "mass"], ...]},
fractions or hexadecimal floats. `python -m retrodict.checkers.reconstruction FILE` replays one.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from retrodict.checkers.laws import CertificateError, arity_of, first_excess, joined, law_of, number, read

__all__ = ["CertificateError", "check", "read"]

LARGEST = 4_000_000  # atoms of T(L), each a fraction


def check(certificate: Mapping[str, Any]) -> Fraction:
    """E_L m, the lower bound in (1), if the certificate shows it.

    Raises
    ------
    CertificateError
        Naming the key, the atom or the c that fails first.

    Examples
    --------
    >>> law = [["1/2", "1"]]
    >>> check({"statement": "reconstruction", "arity": 2, "theta": "1", "law": law})
    Fraction(1, 2)
    >>> check({"statement": "reconstruction", "arity": 2, "theta": "1/2", "law": law})
    Traceback (most recent call last):
    retrodict.checkers.laws.CertificateError: c = 0.470...: 0.0294... before the step, 0 after it...
    """
    if certificate.get("statement") != "reconstruction":
        raise CertificateError(f"statement = {certificate.get('statement')!r}: must be 'reconstruction'")
    arity, theta = arity_of(certificate), number("theta", certificate.get("theta"))
    if not 0 < theta <= 1:
        raise CertificateError(f"theta = {theta}: must lie in (0, 1]")
    law = law_of("law", certificate.get("law"), 0)
    if (2 * len(law)) ** arity > LARGEST:
        raise CertificateError(f"law has {len(law)} atoms: {arity} children make more than {LARGEST} of them")
    worse = first_excess(law, joined([(theta * m, w) for m, w in law], arity))
    if worse is not None:
        c, low, high = (float(x) for x in worse)
        raise CertificateError(f"c = {c:.17g}: {low:.17g} before the step, {high:.17g} after it: the law is not kept")
    return sum((m * w for m, w in law), Fraction(0))


if __name__ == "__main__":
    try:
        bound = check(read(sys.argv[1]))
    except CertificateError as error:
        sys.exit(f"refused: {error}")
    print(f"accepted: E|X_n| >= {float(bound):.12g} at every depth n")
