"""AIGER (Biere, "The AIGER and-inverter graph format", 2007; 1.9, 2011): the combinational part, ascii and binary.

No parser is kept below: py-aiger holds inputs and outputs as sets, so that the order of the bits is lost, and answers a
truncated file with a bare assertion; aigverse is a binding of a whole synthesis library.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from retrodict.files import replacing
from retrodict.io.nets import Driver, Names, Nets, net_names
from retrodict.io.truth_tables import TruthTable, read_text, tabulate
from retrodict.netlist import AND, OR, XOR, Builder, Circuit

__all__ = ["read_aiger", "read_aiger_circuit", "write_aiger"]

NOR = OR ^ 15


def read_aiger(path: Path, max_inputs: int) -> TruthTable:
    """The map of a combinational `aag` or `aig` file; input and output bits in the order of the file.

    Raises
    ------
    ValueError
        As `read_aiger_circuit`, and for too many inputs.
    OSError
        If the file cannot be read.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "or.aag")
    ...     _ = path.write_text("aag 3 2 0 1 1\\n2\\n4\\n7\\n6 3 5")
    ...     read_aiger(path, 16).table
    array([0, 1, 1, 1], dtype=uint64)
    """
    return tabulate(path, read_aiger_circuit(path), max_inputs)


def read_aiger_circuit(path: str | Path) -> Circuit:
    """A combinational AIGER circuit, ascii or binary as its first word says; a gate for each AND that needs one.

    Symbols and comments are skipped.

    Raises
    ------
    ValueError
        With the line, or in a binary file the byte, and the rule: latches or properties, a truncated file, a literal
        out of range, a variable driven twice or by nothing, a cycle, numbers of a binary file that are out of order.
    OSError
        If the file cannot be read.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "nor.aig")
    ...     _ = path.write_bytes(b"aig 3 2 0 1 1\\n6\\n\\x01\\x02")
    ...     read_aiger_circuit(path)
    Circuit(n_inputs=2, gates=(Gate(operation=1, a=2, b=1),), outputs=(6,))
    """
    path = Path(path)
    with path.open("rb") as stream:
        binary = stream.read(4) == b"aig "
    return _Binary(path).circuit() if binary else _read_ascii(path)


def write_aiger(circuit: Circuit, path: str | Path, names: Names | None = None) -> None:
    """The circuit in AIGER: binary if the name ends in `.aig`, ascii if in `.aag`; the file is replaced in one step.

    XOR and its complement are three ANDs, the eight operations of AND type one, and what ignores an argument none.

    Parameters
    ----------
    names : (names of inputs, names of outputs), optional
        All different; written as symbols.

    Raises
    ------
    ValueError
        Another ending, a name that comes twice or that the format cannot hold.
    """
    path = Path(path)
    if path.suffix.lower() not in (".aag", ".aig"):
        raise ValueError(f"{path}: the name must end in .aag (ascii) or .aig (binary)")
    graph = _and_graph(circuit)
    net_names(circuit, names)  # complains
    binary = path.suffix.lower() == ".aig"
    n = graph.n_inputs
    numbers = [n + graph.size, n, 0, graph.n_outputs, graph.size]
    lines = [" ".join([path.suffix.lower()[1:], *map(str, numbers)])]
    lines += [] if binary else [str(2 * i + 2) for i in range(n)]
    lines += map(str, graph.outputs)
    ands = [
        (2 * (n + 1 + i), *sorted((2 * a + (operation & 0b0011 != 0), 2 * b + (operation & 0b0101 != 0)), reverse=True))
        for i, (operation, a, b) in enumerate(graph.gates)
    ]
    lines += [] if binary else [" ".join(map(str, row)) for row in ands]
    content = "".join(f"{line}\n" for line in lines).encode()
    if binary:
        content += b"".join(_delta(out - high) + _delta(high - low) for out, high, low in ands)
    for kind, given in zip("io", names or (), strict=False):
        content += "".join(f"{kind}{i} {name}\n" for i, name in enumerate(given)).encode()
    with replacing(path) as draft:
        draft.write_bytes(content)


def _and_graph(circuit: Circuit) -> Circuit:
    """The same circuit in ANDs of literals: each operation has a single 1."""
    build = Builder(circuit.n_inputs)
    literals = [0, *build.inputs]
    for operation, a, b in circuit.gates:
        x, y = literals[a], literals[b]
        complement = int(operation.bit_count() > 2 or operation == XOR ^ 15)
        once = operation ^ 15 * complement
        if once == XOR:
            neither, both = build.gate(NOR, x, y), build.gate(AND, x, y)
            literal = build.gate(NOR, neither, both)
        else:
            literal = build.gate(once, x, y)
        literals.append(literal ^ complement)
    return build.circuit([literals[output // 2] ^ output & 1 for output in circuit.outputs])


def _is_number(word: str) -> bool:
    return re.fullmatch("[0-9]{1,18}", word) is not None


class _Header(NamedTuple):
    most: int
    n_inputs: int
    n_outputs: int
    n_ands: int


def _header(path: Path, line: str, kind: str) -> _Header:
    words = line.split()
    if words[:1] != [kind] or len(words) < 6 or not all(map(_is_number, words[1:])):
        raise ValueError(f"{path}: line 1: {line[:60]}: must be `{kind} M I L O A` in numbers")
    most, n_inputs, n_latches, n_outputs, n_ands, *extra = map(int, words[1:])
    if n_latches or any(extra):
        raise ValueError(f"{path}: line 1: latches and properties have no truth table: L, B, C, J and F must be 0")
    return _Header(most, n_inputs, n_outputs, n_ands)


def _read_ascii(path: Path) -> Circuit:
    lines = read_text(path).splitlines()
    most, n_inputs, n_outputs, n_ands = _header(path, lines[0], "aag")
    after_inputs, after_outputs = 2 + n_inputs, 2 + n_inputs + n_outputs
    after_ands = after_outputs + n_ands
    if len(lines) < after_ands - 1:
        raise ValueError(
            f"{path}: {len(lines) - 1} lines after the header, which announces {after_ands - 2}: the file is truncated"
        )

    def literals(number: int, count: int) -> list[int]:
        words = lines[number - 1].split()
        if len(words) != count or not all(_is_number(word) and int(word) <= 2 * most + 1 for word in words):
            raise ValueError(
                f"{path}: line {number}: {lines[number - 1][:60]}: must be {count} of 0 ... {2 * most + 1}"
            )
        return [int(word) for word in words]

    def defined(number: int, literal: int) -> str:
        if literal % 2 or not literal:
            raise ValueError(f"{path}: line {number}: literal {literal}: must be even and not 0")
        return _name(literal)

    nets = Nets(path)
    nets.drive(_name(0), Driver(1, (), lambda build, _: 0))
    for i in range(2, after_inputs):
        nets.input(i, defined(i, *literals(i, 1)))
    for i in range(after_outputs, after_ands):
        target, *pair = literals(i, 3)
        make = partial(_and, pair[0] & 1, pair[1] & 1)
        nets.drive(defined(i, target), Driver(i, (_name(pair[0]), _name(pair[1])), make))
    for i in range(after_inputs, after_outputs):
        (literal,) = literals(i, 1)
        nets.output(i, f"output {i - after_inputs}")
        nets.drive(f"output {i - after_inputs}", Driver(i, (_name(literal),), partial(_wire, literal & 1)))
    _check_symbols(path, lines, after_ands)
    return nets.circuit()


def _name(literal: int) -> str:
    return f"variable {literal // 2}"


def _and(complement_a: int, complement_b: int, build: Builder, literals: Sequence[int]) -> int:
    return build.gate(AND, literals[0] ^ complement_a, literals[1] ^ complement_b)


def _wire(complement: int, build: Builder, literals: Sequence[int]) -> int:
    return literals[0] ^ complement


def _check_symbols(path: Path, lines: Sequence[str], first: int) -> None:
    for number, line in enumerate(lines[first - 1 :], start=first):
        if re.fullmatch(r"c(?![0-9]).*|c", line):  # a comment, to the end
            return
        if not re.fullmatch(r"[ilobcjf][0-9]+ .*", line):
            raise ValueError(f"{path}: line {number}: {line[:60]}: must be a symbol, or c before a comment")


class _Binary:
    """A binary file and a place in it."""

    def __init__(self, path: Path) -> None:
        self.path, self.content, self.at = path, path.read_bytes(), 0

    def circuit(self) -> Circuit:
        most, n_inputs, n_outputs, n_ands = _header(self.path, self.line("the header"), "aig")
        if most != n_inputs + n_ands:
            raise ValueError(f"{self.path}: line 1: M = {most}: must be I + A = {n_inputs + n_ands} in a binary file")
        outputs = [self.output(i, most) for i in range(n_outputs)]
        build = Builder(n_inputs)
        made: list[int] = []

        def literal(number: int) -> int:
            variable = number // 2 - 1 - n_inputs
            return number if variable < 0 else made[variable] ^ number & 1

        for i in range(n_ands):
            start, target = self.at, 2 * (n_inputs + 1 + i)
            high = target - self.number(i)
            low = high - self.number(i)
            if not 0 <= low <= high < target:
                raise ValueError(f"{self.path}: byte {start}: and {target} {high} {low}: must fall, the first strictly")
            made.append(build.gate(AND, literal(high), literal(low)))
        _check_symbols(self.path, self.content[self.at :].decode("ascii", "replace").splitlines(), 1)
        return build.circuit([literal(output) for output in outputs])

    def line(self, what: str) -> str:
        end = self.content.find(b"\n", self.at)
        if end < 0:
            raise ValueError(f"{self.path}: byte {len(self.content)}: the file is truncated: it ends within {what}")
        start, self.at = self.at, end + 1
        return self.content[start:end].decode("ascii", "replace").rstrip("\r")

    def output(self, i: int, most: int) -> int:
        start = self.at
        text = self.line(f"output {i}")
        if not _is_number(text) or int(text) > 2 * most + 1:
            raise ValueError(f"{self.path}: byte {start}: output {i}: {text[:60]}: must be one of 0 ... {2 * most + 1}")
        return int(text)

    def number(self, i: int) -> int:
        """Seven bits a byte, the lowest first; the high bit says that more follow."""
        value = shift = 0
        while True:
            if self.at == len(self.content):
                raise ValueError(f"{self.path}: byte {self.at}: the file is truncated: it ends within AND {i}")
            byte = self.content[self.at]
            self.at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value
            if shift > 63:
                raise ValueError(f"{self.path}: byte {self.at}: AND {i}: a number must fit in 63 bits")


def _delta(value: int) -> bytes:
    body = []
    while value > 127:
        body.append(value & 127 | 128)
        value >>= 7
    return bytes([*body, value])
