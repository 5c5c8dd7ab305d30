"""BLIF, the Berkeley Logic Interchange Format (UC Berkeley, 1992): the combinational part, one model a file.

`.model`, `.inputs`, `.outputs`, `.names` with a cover, `.end`. Anything else is refused, not skipped. No parser is
kept below: those on PyPI accept undriven nets, and one brings 9 MB of netlists.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from retrodict.files import replacing
from retrodict.io.nets import Driver, Names, Nets, named
from retrodict.io.truth_tables import TruthTable, read_text, tabulate
from retrodict.netlist import AND, OR, Builder, Circuit

__all__ = ["read_blif", "read_blif_circuit", "write_blif"]


def read_blif(path: Path, max_inputs: int) -> TruthTable:
    """The map of a combinational circuit in BLIF; input and output bits in the order of `.inputs` and `.outputs`.

    Raises
    ------
    ValueError
        As `read_blif_circuit`, and for too many inputs.
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
    return tabulate(path, read_blif_circuit(path), max_inputs)


def read_blif_circuit(path: str | Path) -> Circuit:
    """A combinational circuit in BLIF; inputs and outputs in the order of `.inputs` and `.outputs`.

    A cover of two nets is one gate, one of a single net or none is free, and one of more nets is the sum of its
    products, in balanced trees of two-input gates: no minimum.

    Raises
    ------
    ValueError
        With the line and the rule: no `.end` (a truncated file), latches and other keywords, a bad cover line, a net
        driven twice or by nothing, a cycle.
    OSError
        If the file cannot be read.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "or.blif")
    ...     _ = path.write_text(".inputs a b\\n.outputs y\\n.names a b y\\n1- 1\\n-1 1\\n.end")
    ...     read_blif_circuit(path)
    Circuit(n_inputs=2, gates=(Gate(operation=14, a=1, b=2),), outputs=(6,))
    """
    path = Path(path)
    nets = Nets(path)
    rows: list[str] | None = None  # of the cover that is being read
    width = 0
    begun = ended = False
    for number, words in _lines(read_text(path)):
        where = f"{path}: line {number}"
        if ended:
            raise ValueError(f"{where}: {words[0]} follows .end: the file must hold one model")
        if not words[0].startswith("."):
            if rows is None:
                raise ValueError(f"{where}: {words[0]}: a cover line must follow a .names")
            rows.append(_checked_row(where, words, width, rows))
            continue
        rows = None
        if words[0] == ".inputs":
            for name in words[1:]:
                nets.input(number, name)
        elif words[0] == ".outputs":
            for name in words[1:]:
                nets.output(number, name)
        elif words[0] == ".names":
            if len(words) == 1:
                raise ValueError(f"{where}: .names must name its output")
            rows, width = [], len(words) - 2
            nets.drive(words[-1], Driver(number, tuple(words[1:-1]), partial(_cover, rows)))
        elif words[0] == ".end":
            ended = True
        elif words[0] == ".model" and not begun:
            begun = True
        else:
            raise ValueError(f"{where}: {words[0]}: must be one .model of .inputs, .outputs, .names and .end")
    if not ended:
        raise ValueError(f"{path}: no .end: the file is truncated")
    return nets.circuit()


def write_blif(circuit: Circuit, path: str | Path, names: Names | None = None) -> None:
    """The circuit in BLIF, each gate a cover of two nets; the file is replaced in one step.

    A gate that is constant or ignores an argument is not written: it needs no gate.

    Parameters
    ----------
    names : (names of inputs, names of outputs), optional
        All different; by default x0, x1, ... and y0, y1, ...

    Raises
    ------
    ValueError
        A name that comes twice or that the format cannot hold.
    """
    circuit, variables, outputs = named(circuit, names)
    lines = [".model circuit", " ".join([".inputs", *variables[: circuit.n_inputs]]), " ".join([".outputs", *outputs])]
    for (operation, a, b), name in zip(circuit.gates, variables[circuit.n_inputs :], strict=True):
        lines.append(f".names {variables[a - 1]} {variables[b - 1]} {name}")
        value = int(operation.bit_count() < 3)  # three ones are written by their zero
        lines += [f"{case:02b} {value}" for case in range(4) if operation >> case & 1 == value]
    for literal, name in zip(circuit.outputs, outputs, strict=True):
        if literal < 2:
            lines += [f".names {name}", *(["1"] if literal else [])]
        else:
            lines += [f".names {variables[literal // 2 - 1]} {name}", f"{1 - literal % 2} 1"]
    with replacing(Path(path)) as draft:
        draft.write_bytes("\n".join([*lines, ".end", ""]).encode())


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


def _checked_row(where: str, words: list[str], width: int, before: Sequence[str]) -> str:
    row = "".join(words)
    if len(words) != (2 if width else 1) or len(row) != width + 1 or set(row) - set("01-") or row[-1] == "-":
        raise ValueError(f"{where}: {' '.join(words)}: must be {width} of 0, 1, - and then 0 or 1")
    if before and before[0][-1] != row[-1]:
        raise ValueError(f"{where}: {' '.join(words)}: a cover must not mix rows of 0 and of 1")
    return row


def _cover(rows: Sequence[str], build: Builder, literals: Sequence[int]) -> int:
    """The union of the cubes `rows`; its complement if their last column is 0. No rows: the constant 0."""
    if len(literals) <= 2:
        ones = sum(1 << x for x in range(1 << len(literals)) if any(_meets(row, x) for row in rows))
        union = build.function(ones, literals)
    else:
        union = build.tree(OR, (_cube(row, build, literals) for row in rows))
    return union ^ int(bool(rows) and rows[0][-1] == "0")


def _meets(row: str, x: int) -> bool:
    return all(symbol in ("-", str(x >> i & 1)) for i, symbol in enumerate(row[:-1]))


def _cube(row: str, build: Builder, literals: Sequence[int]) -> int:
    factors = zip(row, literals, strict=False)  # the last column is the value
    return build.tree(AND, (literal ^ int(symbol == "0") for symbol, literal in factors if symbol != "-"))
