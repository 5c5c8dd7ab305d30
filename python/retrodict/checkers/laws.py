"""What the checkers of certificates about broadcast trees share: JSON files, numbers as text, laws of |X|, two states.

A law is a list of places m in [0, 1] and masses; it is a mixture of binary symmetric channels of eigenvalue m. All
numbers are fractions: nothing is rounded.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

__all__ = ["CertificateError", "Law", "arity_of", "first_excess", "joined", "law_of", "number", "read"]

Law = list[tuple[Fraction, Fraction]]

LARGEST_EXPONENT = 4000  # of a decimal number, which is expanded in full


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


def arity_of(certificate: Mapping[str, Any]) -> int:
    arity = certificate.get("arity")
    if not isinstance(arity, int) or isinstance(arity, bool) or arity < 1:
        raise CertificateError(f"arity = {arity!r}: must be an integer of at least 1")
    return arity


def number(name: str, text: Any) -> Fraction:
    """A fraction or a hexadecimal float, written as text."""
    try:
        if not isinstance(text, str):
            raise ValueError
        if "x" not in text.lower() and abs(int(text.lower().partition("e")[2] or 0)) > LARGEST_EXPONENT:
            raise ValueError
        return Fraction(*float.fromhex(text).as_integer_ratio()) if "0x" in text.lower() else Fraction(text)
    except (ValueError, OverflowError, ZeroDivisionError):
        raise CertificateError(f"{name} = {text!r}: must be a fraction or a hexadecimal float, as text") from None


def law_of(name: str, atoms: Any, rest: int) -> Law:
    """A law from its atoms, [place, mass] each; the mass that is missing from 1 lies at `rest`."""
    if not isinstance(atoms, list) or not atoms:
        raise CertificateError(f"{name}: must be a list of atoms, [place, mass]")
    law = []
    for i, atom in enumerate(atoms):
        if not isinstance(atom, list) or len(atom) != 2:
            raise CertificateError(f"{name}[{i}] = {atom!r}: must be [place, mass]")
        place, mass = number(f"{name}[{i}][0]", atom[0]), number(f"{name}[{i}][1]", atom[1])
        if not 0 <= place <= 1:
            raise CertificateError(f"{name}[{i}][0] = {atom[0]}: a place must lie in [0, 1]")
        if mass < 0:
            raise CertificateError(f"{name}[{i}][1] = {atom[1]}: a mass must not be negative")
        law.append((place, mass))
    total = sum((mass for _, mass in law), Fraction(0))
    if total > 1:
        raise CertificateError(f"{name}: the masses add up to {float(total):.17g}: must be at most 1")
    return [*law, (Fraction(rest), 1 - total)]


def joined(child: Law, arity: int) -> Law:
    """The law at a node whose `arity` children are seen with the law `child`."""
    image = child
    for _ in range(arity - 1):
        image = _two(image, child)
    return image


def first_excess(one: Law, other: Law) -> tuple[Fraction, Fraction, Fraction] | None:
    """The largest c with E_one (m - c)+ > E_other (m - c)+, and both; None if `one` is degraded from `other`.

    Both sides are lines between the atoms of the two laws, hence it is enough to look at these.
    """
    before, after = _sorted(one), _sorted(other)
    ends = sorted({Fraction(0), *(m for m, _ in before), *(m for m, _ in after)}, reverse=True)
    for c, low, high in zip(ends, _excess(before, ends), _excess(after, ends), strict=True):
        if low > high:
            return c, low, high
    return None


def _two(one: Law, other: Law) -> Law:
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


def _excess(law: Law, ends: list[Fraction]) -> Iterator[Fraction]:
    """E (m - c)+ for each c; the atoms and the ends descend."""
    mass = moment = Fraction(0)
    next_atom = 0
    for c in ends:
        while next_atom < len(law) and law[next_atom][0] > c:
            m, w = law[next_atom]
            mass, moment, next_atom = mass + w, moment + m * w, next_atom + 1
        yield moment - c * mass
