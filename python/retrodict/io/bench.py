"""BENCH, the netlists of the ISCAS'85 and '89 benchmarks (Brglez and Fujiwara, 1985): the combinational part.

`INPUT(a)`, `OUTPUT(y)`, `y = GATE(a, b, ...)`, `#` before a comment. There is no standard; gates are AND, OR, NAND,
NOR, XOR, XNOR, NOT, BUF or BUFF, in either case, and what ABC writes: `y = gnd`, `y = vdd`, `y = LUT 0x8 (a, b)`, in
which bit x of the number is the value where net i of the list is bit i of x. DFF and all else is refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from retrodict.files import replacing
from retrodict.io.nets import Driver, Names, Nets, named
from retrodict.io.truth_tables import TruthTable, read_text, tabulate
from retrodict.netlist import AND, OR, XOR, Builder, Circuit

__all__ = ["read_bench", "read_bench_circuit", "write_bench"]

# Gate -> operation of a tree, whether its value is complemented, and the least and most nets that it reads.
_GATES = {
    "AND": (AND, 0, 1, None),
    "NAND": (AND, 1, 1, None),
    "OR": (OR, 0, 1, None),
    "NOR": (OR, 1, 1, None),
    "XOR": (XOR, 0, 1, None),
    "XNOR": (XOR, 1, 1, None),
    "BUF": (OR, 0, 1, 1),
    "BUFF": (OR, 0, 1, 1),
    "NOT": (OR, 1, 1, 1),
    "GND": (OR, 0, 0, 0),
    "VDD": (OR, 1, 0, 0),
}
_NET = r"[^\s(),=]+"
_TERMINAL = re.compile(rf"(INPUT|OUTPUT)\s*\(\s*({_NET})\s*\)", re.IGNORECASE)
_GATE = re.compile(
    rf"({_NET})\s*=\s*(\w+)(?:\s+(0x[0-9a-f]+))?\s*(?:\(\s*({_NET}(?:\s*,\s*{_NET})*)\s*\))?", re.IGNORECASE
)
_MOST_LUT_INPUTS = 16


def read_bench(path: Path, max_inputs: int) -> TruthTable:
    """The map of a combinational circuit in BENCH; input and output bits in the order of the lines.

    Raises
    ------
    ValueError
        As `read_bench_circuit`, and for too many inputs.
    OSError
        If the file cannot be read.
    """
    return tabulate(path, read_bench_circuit(path), max_inputs)


def read_bench_circuit(path: str | Path) -> Circuit:
    """A combinational circuit in BENCH; inputs and outputs in the order of their lines.

    A gate of k nets is a balanced tree of k - 1 two-input gates (XOR is 1 where an odd number of nets is, XNOR where an
    even number is); NOT and BUFF are free; a LUT of more than two nets is expanded by its last net: no minimum.

    Raises
    ------
    ValueError
        With the line and the rule: a line that is none of the format's, flip-flops, a wrong number of nets, a net
        driven twice or by nothing, a cycle.
    OSError
        If the file cannot be read.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "nand.bench")
    ...     _ = path.write_text("INPUT(a)\\nINPUT(b)\\nOUTPUT(y)\\ny = NAND(a, b)\\n")
    ...     read_bench_circuit(path).table()
    array([1, 1, 1, 0], dtype=uint64)
    """
    path = Path(path)
    nets = Nets(path)
    for number, line in enumerate(read_text(path).splitlines(), start=1):
        body = line.partition("#")[0].strip()
        if not body:
            continue
        if terminal := _TERMINAL.fullmatch(body):
            declare = nets.input if terminal[1].upper() == "INPUT" else nets.output
            declare(number, terminal[2])
        elif gate := _GATE.fullmatch(body):
            name, kind, table, listed = gate.groups()
            reads = tuple(re.findall(_NET, listed or ""))
            nets.drive(name, _driver(f"{path}: line {number}", number, kind.upper(), table, reads))
        else:
            raise ValueError(f"{path}: line {number}: {body[:60]}: must be INPUT(net), OUTPUT(net) or net = GATE(nets)")
    return nets.circuit()


def write_bench(circuit: Circuit, path: str | Path, names: Names | None = None) -> None:
    """The circuit in BENCH; the file is replaced in one step.

    A complemented argument of AND or OR is a NOT of its own. A gate that is constant or ignores an argument is not
    written: it needs no gate.

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
    lines = [f"# {circuit.size} gates"]
    lines += [*(f"INPUT({name})" for name in variables[: circuit.n_inputs]), *(f"OUTPUT({name})" for name in outputs)]
    symmetric = {AND: "AND", OR: "OR", XOR: "XOR", AND ^ 15: "NAND", OR ^ 15: "NOR", XOR ^ 15: "XNOR"}
    for (operation, a, b), name in zip(circuit.gates, variables[circuit.n_inputs :], strict=True):
        first, second = variables[a - 1], variables[b - 1]
        if operation not in symmetric:  # one of a & ~b, ~a & b and their complements: by NOT a it is symmetric
            lines.append(f"{name}.n = NOT({first})")
            first, operation = f"{name}.n", (operation & 3) << 2 | operation >> 2
        lines.append(f"{name} = {symmetric[operation]}({first}, {second})")
    for literal, name in zip(circuit.outputs, outputs, strict=True):
        if literal < 2:
            lines.append(f"{name} = {('gnd', 'vdd')[literal]}")
        else:
            lines.append(f"{name} = {('BUFF', 'NOT')[literal % 2]}({variables[literal // 2 - 1]})")
    with replacing(Path(path)) as draft:
        draft.write_bytes("\n".join([*lines, ""]).encode())


def _driver(where: str, line: int, kind: str, table: str | None, reads: tuple[str, ...]) -> Driver:
    if kind == "LUT" and table is not None:
        if not 1 <= len(reads) <= _MOST_LUT_INPUTS or int(table, 16) >> (1 << len(reads)):
            raise ValueError(f"{where}: LUT {table[:40]} of {len(reads)} nets: must be k nets, 1 ... 16, and 2^k bits")
        return Driver(line, reads, partial(_look_up, int(table, 16)))
    if kind not in _GATES or table is not None:
        raise ValueError(f"{where}: {kind}: must be one of {', '.join(_GATES)}, or LUT and its table")
    operation, complemented, least, most = _GATES[kind]
    if len(reads) < least or (most is not None and len(reads) > most):
        raise ValueError(f"{where}: {kind} of {len(reads)} nets: must have {least if least == most else 'at least 1'}")
    return Driver(line, reads, partial(_tree, operation, complemented))


def _look_up(table: int, build: Builder, literals: Sequence[int]) -> int:
    return build.function(table, literals)


def _tree(operation: int, complemented: int, build: Builder, literals: Sequence[int]) -> int:
    return build.tree(operation, literals) ^ complemented
