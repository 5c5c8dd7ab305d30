"""Truth tables: 2^n integers, the image of 0, 1, 2, ... in turn, each in 0 ... 2^n - 1."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from retrodict.io.truth_tables import TruthTable, read_text

__all__ = ["read_table"]


def read_table(path: Path, max_inputs: int) -> TruthTable:
    """A map on n bits from a `.npy` file, or from text: integers (decimal, 0x or 0b) between blanks or commas.

    In text, `#` starts a comment. The map has as many output bits as inputs; a map with another number of outputs is
    given as a circuit.

    Raises
    ------
    ValueError
        For a length that is no power of two, an entry out of range, and what is no integer.
    OSError
        If the file cannot be read.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "turn.txt")
    ...     _ = path.write_text("1, 2, 3, 0  # a turn")
    ...     read_table(path, 16).table
    array([1, 2, 3, 0], dtype=uint64)
    """
    entries = _from_npy(path) if path.suffix.lower() == ".npy" else _from_text(path)
    n = len(entries).bit_length() - 1
    if n < 1 or len(entries) != 1 << n:
        raise ValueError(f"{path}: {len(entries)} entries: a table on n bits has 2^n, n >= 1")
    if n > max_inputs:
        raise ValueError(f"{path}: {n} inputs: the exact measures enumerate all inputs and take 1 ... {max_inputs}")
    for x, value in enumerate(entries):
        if not 0 <= value < 1 << n:
            raise ValueError(f"{path}: entry {x} = {value}: must lie in 0 ... {(1 << n) - 1}, as {n} bits do")
    return TruthTable(n, n, np.array(entries, dtype=np.uint64))


def _from_npy(path: Path) -> list[int]:
    try:
        with path.open("rb") as stream:
            array = np.lib.format.read_array(stream, allow_pickle=False)
    except ValueError as error:
        raise ValueError(f"{path}: no .npy file: {str(error).splitlines()[0]}") from error
    if array.ndim != 1 or array.dtype.kind not in "iu":
        raise ValueError(f"{path}: shape {array.shape}, dtype {array.dtype}: must be one row of integers")
    return [int(value) for value in array]


def _from_text(path: Path) -> list[int]:
    entries: list[int] = []
    for number, line in enumerate(read_text(path).splitlines(), start=1):
        for word in re.split(r"[\s,]+", line.partition("#")[0].strip()):
            try:
                entries += [int(word, 0 if word[:2].lower() in {"0x", "0b"} else 10)] if word else []
            except ValueError as error:
                raise ValueError(f"{path}: line {number}: {word[:40]}: must be an integer") from error
    return entries
