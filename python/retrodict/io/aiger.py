"""AIGER (Biere, "The AIGER and-inverter graph format", 2007; 1.9, 2011): the combinational part, in ascii.

No parser is kept below: py-aiger holds inputs and outputs as sets, so that the order of the bits is lost, and answers a
truncated file with a bare assertion; aigverse is a binding of a whole synthesis library.
"""

from __future__ import annotations

from pathlib import Path

from retrodict.io.truth_tables import Gate, TruthTable, read_text, simulate

__all__ = ["read_aiger"]


def read_aiger(path: Path, max_inputs: int) -> TruthTable:
    """The map of a combinational `aag` file; input and output bits in the order of its lines.

    Raises
    ------
    ValueError
        With the line and the rule: a binary file, latches, a truncated file, a literal out of range, a variable driven
        twice or by nothing, a cycle, too many inputs.
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
    if path.read_bytes()[:4] == b"aig ":
        raise ValueError(f"{path}: binary AIGER: must be ascii (aag), as `aigtoaig` writes it")
    lines = read_text(path).splitlines()
    header = lines[0].split()
    if header[:1] != ["aag"] or len(header) < 6 or not all(word.isdigit() for word in header[1:]):
        raise ValueError(f"{path}: line 1: {lines[0][:60]}: must be `aag M I L O A` in numbers")
    most, n_inputs, n_latches, n_outputs, n_ands, *extra = map(int, header[1:])
    if n_latches or any(extra):
        raise ValueError(f"{path}: line 1: latches and properties have no truth table: L, B, C, J and F must be 0")
    if len(lines) < 1 + n_inputs + n_outputs + n_ands:
        raise ValueError(
            f"{path}: {len(lines) - 1} lines after the header, which announces {n_inputs + n_outputs + n_ands}: "
            "the file is truncated"
        )

    def literals(number: int, count: int) -> list[int]:
        words = lines[number - 1].split()
        if len(words) != count or not all(word.isdigit() and int(word) <= 2 * most + 1 for word in words):
            raise ValueError(
                f"{path}: line {number}: {lines[number - 1][:60]}: must be {count} of 0 ... {2 * most + 1}"
            )
        return [int(word) for word in words]

    def defined(number: int, literal: int) -> str:
        if literal % 2 or not literal or name(literal) in drivers:
            rule = "driven twice" if name(literal) in drivers else "must be even and not 0"
            raise ValueError(f"{path}: line {number}: literal {literal}: {rule}")
        drivers.add(name(literal))
        return name(literal)

    def name(literal: int) -> str:
        return f"variable {literal // 2}"

    drivers: set[str] = set()
    after_inputs, after_outputs = 2 + n_inputs, 2 + n_inputs + n_outputs
    inputs = [defined(i, *literals(i, 1)) for i in range(2, after_inputs)]
    targets = [literals(i, 1)[0] for i in range(after_inputs, after_outputs)]
    gates = {name(0): Gate((), lambda _: 0)}
    for i in range(after_outputs, after_outputs + n_ands):
        target, *pair = literals(i, 3)
        gates[defined(i, target)] = _and(name(pair[0]), pair[0] % 2, name(pair[1]), pair[1] % 2)
    outputs = [f"output {i}" for i in range(n_outputs)]
    for output, literal in zip(outputs, targets, strict=True):
        gates[output] = _and(name(literal), literal % 2, name(literal), literal % 2)
    return simulate(path, inputs, outputs, gates, max_inputs)


def _and(a: str, a_inverted: int, b: str, b_inverted: int) -> Gate:
    return Gate((a, b), lambda values: (values[0] ^ -a_inverted) & (values[1] ^ -b_inverted))
