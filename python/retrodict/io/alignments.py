"""Alignments of nucleotides in PHYLIP and FASTA: DendroPy reads, this refuses what it lets through."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import dendropy
from dendropy.utility.error import DataParseError

__all__ = ["iupac", "read_alignment"]

# Codes of sets of nucleotides: Cornish-Bowden, Nucleic Acids Res. 13 (1985).
iupac = {
    "A": "A", "C": "C", "G": "G", "T": "T",
    "R": "AG", "Y": "CT", "S": "CG", "W": "AT", "K": "GT", "M": "AC",
    "B": "CGT", "D": "AGT", "H": "ACT", "V": "ACG", "N": "ACGT",
}  # fmt: skip
synonyms = {"U": "T", "X": "N", "?": "N", "-": "N"}

interleaved_or_not: dict[str, dict[str, bool]] = {"sequential": {}, "interleaved": {"interleaved": True}}
phylip_dialects: dict[str, dict[str, bool]] = {
    **interleaved_or_not,
    **{f"strict {name}": {"strict": True, **options} for name, options in interleaved_or_not.items()},
}
repeated_name = "the name of a complete sequence begins another"


def read_alignment(path: Path) -> dict[str, str]:
    """Name -> sequence, in the order of the file, all of one length, in the letters of `iupac`.

    A file that begins with `>` is FASTA, and a name is the first word after it. Any other file is PHYLIP: the first of
    relaxed sequential, relaxed interleaved, strict (names of 10 characters) sequential and strict interleaved that
    agrees with the numbers of taxa and sites in its first line. Names are kept as written and case matters; for letters
    it does not. U is T; `-`, `?`, X and N are any nucleotide. `.` is refused, since it also stands for "as above".

    Raises
    ------
    ValueError
        With the path and what is wrong: no sequences, a symbol that is no code, sequences of different lengths, a name
        twice or missing, numbers that disagree with the first line.
    OSError
        If the file cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise ValueError(f"{path}: not a text file") from None
    if not text.strip():
        raise ValueError(f"{path}: the file is empty")
    try:
        sequences = _fasta(text) if text.lstrip().startswith(">") else _phylip(text)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    return sequences


def _fasta(text: str) -> dict[str, str]:
    names = [line[1:].split() for line in map(str.strip, text.splitlines()) if line.startswith(">")]
    if not all(names):
        raise ValueError("FASTA: a sequence has no name")
    _require_distinct([name[0] for name in names])
    first, *_ = sequences = _parse(text, "fasta", {})
    for label, sequence in sequences:
        if len(sequence) != len(first[1]):
            name = label.split()[0]
            raise ValueError(f"FASTA: {name!r} has {len(sequence)} sites, {first[0].split()[0]!r} has {len(first[1])}")
    return {label.split()[0]: sequence for label, sequence in sequences}


def _phylip(text: str) -> dict[str, str]:
    header = re.match(r"\s*(\d+)[ \t]+(\d+)[ \t]*\n", text)
    if header is None:
        raise ValueError("neither FASTA (first character >) nor PHYLIP (first line: number of taxa, number of sites)")
    n_taxa, n_sites = map(int, header.groups())
    if n_taxa == 0 or n_sites == 0:
        raise ValueError(f"PHYLIP: {n_taxa} taxa, {n_sites} sites: nothing to read")
    refusals = {}
    for dialect, options in phylip_dialects.items():
        try:
            sequences = dict(_parse(text, "phylip", options))
            for name, sequence in sequences.items():
                if len(sequence) != n_sites:
                    raise ValueError(f"{name!r} has {len(sequence)} sites, the first line says {n_sites}")
        except ValueError as error:
            refusals[dialect] = str(error)
        else:
            return sequences
    # A file that is wrong in one place is wrong in each dialect; what the plainest has to say is nearest to the fault.
    complaint = refusals["sequential"]
    if complaint == repeated_name:
        _require_distinct([line.split()[0] for line in text.splitlines()[1:] if line.strip()])
    raise ValueError(f"PHYLIP: {complaint} (nor is it {', '.join(list(refusals)[1:])})")


def _require_distinct(names: list[str]) -> None:
    for name, times in Counter(names).items():
        if times > 1:
            raise ValueError(f"{times} sequences are called {name!r}: a name is one sequence's own")


def _parse(text: str, schema: str, options: dict[str, Any]) -> list[tuple[str, str]]:
    """What DendroPy makes of a text, in canonical symbols, or its complaint as a ValueError."""
    lower = {code.lower(): code for code in iupac}
    lower |= {symbol.lower(): code for symbol, code in synonyms.items() if symbol.isalpha()}
    alphabet = dendropy.StateAlphabet(
        fundamental_states="ACGT",
        ambiguous_states=[(code, states) for code, states in iupac.items() if len(states) > 1],
        symbol_synonyms=synonyms | lower,
    )
    try:
        matrix = dendropy.StandardCharacterMatrix.get(
            data=text + "\n",  # without which a single sequence is refused
            schema=schema,
            default_state_alphabet=alphabet,
            taxon_namespace=dendropy.TaxonNamespace(is_case_sensitive=True),
            **options,
        )
    except DataParseError as error:
        where = "" if error.line_num is None else f"line {error.line_num}: "
        raise ValueError(where + " ".join(str(error.message).split())) from None
    except TypeError:  # raised by DendroPy 5.1 while it formats that complaint
        raise ValueError(repeated_name) from None
    return [(taxon.label, matrix[taxon].symbols_as_string()) for taxon in matrix.taxon_namespace]
