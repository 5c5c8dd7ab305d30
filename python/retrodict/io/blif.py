"""BLIF, the Berkeley Logic Interchange Format (UC Berkeley, 1992): the combinational part, one model a file.

`.model`, `.inputs`, `.outputs`, `.names` with a cover, `.end`. Anything else is refused, not skipped. No parser is
kept below: those on PyPI accept undriven nets, and one brings 9 MB of netlists.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from retrodict.io.truth_tables import Gate, TruthTable, read_text, simulate

__all__ = ["read_blif"]


def read_blif(path: Path, max_inputs: int) -> TruthTable:
    """The map of a combinational circuit in BLIF; input and output bits in the order of `.inputs` and `.outputs`.

    Raises
    ------
    ValueError
        With the line and the rule: no `.end` (a truncated file), an unknown keyword, a bad cover line, a net driven
        twice or by nothing, a cycle, too many inputs.
    OSError
        If the file cannot be read.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "or.blif")
    ...     _ = path.write_text(".inputs a b\\n.outputs y\\n.names a b y\\n1- 1\\n-1 1\\n.end")
    ...     read_blif(path, 16).table
    array([0, 1, 1, 1], dtype=uint64)
    """
    signals: dict[str, list[str]] = {".inputs": [], ".outputs": []}
    covers: dict[str, tuple[tuple[str, ...], list[str]]] = {}
    cover: tuple[tuple[str, ...], list[str]] | None = None
    ended = False
    begun = False
    for number, words in _lines(read_text(path)):
        where = f"{path}: line {number}"
        if ended:
            raise ValueError(f"{where}: {words[0]} follows .end: the file must hold one model")
        if not words[0].startswith("."):
            if cover is None:
                raise ValueError(f"{where}: {words[0]}: a cover line must follow a .names")
            cover[1].append(_checked_row(where, words, len(cover[0])))
            continue
        cover = None
        if words[0] in signals:
            signals[words[0]] += words[1:]
        elif words[0] == ".names":
            if len(words) == 1:
                raise ValueError(f"{where}: .names must name its output")
            if words[-1] in covers:
                raise ValueError(f"{where}: {words[-1]} is driven twice")
            cover = covers[words[-1]] = (tuple(words[1:-1]), [])
        elif words[0] == ".end":
            ended = True
        elif words[0] == ".model" and not begun:
            begun = True
        else:
            raise ValueError(f"{where}: {words[0]}: must be one .model of .inputs, .outputs, .names and .end")
    if not ended:
        raise ValueError(f"{path}: no .end: the file is truncated")
    for i, name in enumerate(signals[".inputs"]):
        if name in covers or name in signals[".inputs"][:i]:
            raise ValueError(f"{path}: input {name} is driven twice")
    gates = {}
    for name, (fanins, rows) in covers.items():
        phases = {row[-1] for row in rows}
        if len(phases) > 1:
            raise ValueError(f"{path}: the cover of {name} mixes rows of 0 and of 1")
        gates[name] = Gate(fanins, partial(_sum_of_products, rows))
    return simulate(path, signals[".inputs"], signals[".outputs"], gates, max_inputs)


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Words of each logical line, with the number of its first line: comments go, a final backslash joins."""
    start, words = 0, list[str]()
    for number, line in enumerate(text.splitlines(), start=1):
        body = line.partition("#")[0].rstrip()
        start = start or number
        words += body.removesuffix("\\").split()
        if body.endswith("\\"):
            continue
        if words:
            yield start, words
        start, words = 0, []
    if words:
        yield start, words


def _checked_row(where: str, words: list[str], width: int) -> str:
    row = "".join(words)
    if len(words) != (2 if width else 1) or len(row) != width + 1 or set(row) - set("01-") or row[-1] == "-":
        raise ValueError(f"{where}: {' '.join(words)}: must be {width} of 0, 1, - and then 0 or 1")
    return row


def _sum_of_products(rows: Sequence[str], values: Sequence[int]) -> int:
    """The union of the cubes `rows`; its complement if their last column is 0. No rows: the constant 0."""
    union = 0
    for row in rows:
        cube = -1
        for literal, value in zip(row, values, strict=False):
            cube &= {"1": value, "0": ~value, "-": -1}[literal]
        union |= cube
    return ~union if rows and rows[0][-1] == "0" else union
