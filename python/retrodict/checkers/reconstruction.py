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

import json
import sys
from collections.abc import Iterable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

__all__ = ["CertificateError", "check", "read"]

Law = list[tuple[Fraction, Fraction]]
LARGEST = 4_000_000  # atoms of T(L), each a fraction


class CertificateError(ValueError):
    """The certificate does not show what it says."""


def read(path: str | Path) -> dict[str, Any]:
    """The certificate in a file.

    Raises
    ------
    CertificateError
        Where it is no JSON object.
    """
    try:
        found = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CertificateError(f"{path}: {error}") from error
    if not isinstance(found, dict):
        raise CertificateError(f"{path}: must hold a JSON object")
    return found


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
    retrodict.checkers.reconstruction.CertificateError: c = 0.470...: 0.0294... before the step, 0 after it...
    """
    if certificate.get("statement") != "reconstruction":
        raise CertificateError(f"statement = {certificate.get('statement')!r}: must be 'reconstruction'")
    arity, theta = certificate.get("arity"), _number("theta", certificate.get("theta"))
    if not isinstance(arity, int) or isinstance(arity, bool) or arity < 1:
        raise CertificateError(f"arity = {arity!r}: must be an integer of at least 1")
    if not 0 < theta <= 1:
        raise CertificateError(f"theta = {theta}: must lie in (0, 1]")
    law = _law(certificate.get("law"))
    if (2 * len(law)) ** arity > LARGEST:
        raise CertificateError(f"law has {len(law)} atoms: {arity} children make more than {LARGEST} of them")
    child = [(theta * m, w) for m, w in law]
    image = child
    for _ in range(arity - 1):
        image = _joined(image, child)
    before, after = _sorted(law), _sorted(image)
    ends = sorted({Fraction(0), *(m for m, _ in before), *(m for m, _ in after)}, reverse=True)
    for c, low, high in zip(ends, _excess(before, ends), _excess(after, ends), strict=True):
        if low > high:
            raise CertificateError(
                f"c = {float(c):.17g}: {float(low):.17g} before the step, {float(high):.17g} after it: "
                "the law is not kept"
            )
    return sum((m * w for m, w in law), Fraction(0))


def _number(name: str, text: Any) -> Fraction:
    try:
        if not isinstance(text, str):
            raise ValueError
        return Fraction(*float.fromhex(text).as_integer_ratio()) if "0x" in text.lower() else Fraction(text)
    except (ValueError, OverflowError, ZeroDivisionError):
        raise CertificateError(f"{name} = {text!r}: must be a fraction or a hexadecimal float, as text") from None


def _law(atoms: Any) -> Law:
    if not isinstance(atoms, list) or not atoms:
        raise CertificateError("law: must be a list of atoms, [place, mass]")
    law = []
    for i, atom in enumerate(atoms):
        if not isinstance(atom, list) or len(atom) != 2:
            raise CertificateError(f"law[{i}] = {atom!r}: must be [place, mass]")
        place, mass = _number(f"law[{i}][0]", atom[0]), _number(f"law[{i}][1]", atom[1])
        if not 0 <= place <= 1:
            raise CertificateError(f"law[{i}][0] = {atom[0]}: a place must lie in [0, 1]")
        if mass < 0:
            raise CertificateError(f"law[{i}][1] = {atom[1]}: a mass must not be negative")
        law.append((place, mass))
    total = sum((mass for _, mass in law), Fraction(0))
    if total > 1:
        raise CertificateError(f"law: the masses add up to {float(total):.17g}: must be at most 1")
    return [*law, (Fraction(0), 1 - total)]


def _joined(one: Law, other: Law) -> Law:
    """Two subtrees at one root; the mass of an outcome is kept beside it, so that none is divided by itself."""
    found = []
    for x, p in one:
        for y, q in other:
            product, both = x * y, p * q / 2
            found.append(((x + y) / (1 + product), both * (1 + product)))
            if product != 1:
                found.append((abs(x - y) / (1 - product), both * (1 - product)))
    return found


def _sorted(law: Iterable[tuple[Fraction, Fraction]]) -> Law:
    masses: dict[Fraction, Fraction] = {}
    for m, w in law:
        masses[m] = masses.get(m, Fraction(0)) + w
    return sorted(masses.items(), reverse=True)


def _excess(law: Law, ends: list[Fraction]) -> Iterable[Fraction]:
    """E (m - c)+ for each c; the atoms and the ends descend."""
    mass = moment = Fraction(0)
    next_atom = 0
    for c in ends:
        while next_atom < len(law) and law[next_atom][0] > c:
            m, w = law[next_atom]
            mass, moment, next_atom = mass + w, moment + m * w, next_atom + 1
        yield moment - c * mass


if __name__ == "__main__":
    try:
        bound = check(read(sys.argv[1]))
    except CertificateError as error:
        sys.exit(f"refused: {error}")
    print(f"accepted: E|X_n| >= {float(bound):.12g} at every depth n")
