"""Replays a circuit against a truth table, input by input.

The certificate is plain data, as JSON:

    {"n_inputs": 2, "gates": [[6, 1, 2], [8, 1, 2]], "outputs": [6, 8], "table": [0, 1, 1, 2]}

Variable 0 is the constant 0, variables 1 ... n are the inputs, n + 1 + i is gate i. A gate [operation, a, b] reads
variables before its own, and its value is bit 2 a + b of the operation. An output is a literal, 2 * variable + (1 if
complemented). Bit i of an input x is input i, and bit i of table[x] is output i. A key "operations", if there, lists
the operations that gates may have. The size is the number of gates: complements, inputs and constants are free.

    python -m retrodict.checkers.circuit CERTIFICATE.json

exits with 0 if the circuit computes the table, 1 if it does not, 2 if the file is missing or is no certificate.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

__all__ = ["RefusedError", "check", "main"]


class RefusedError(Exception):
    """The circuit does not compute the table; the message names an input where it differs."""


def check(certificate: Mapping[str, Any]) -> int:
    """The number of gates of a circuit that computes its table.

    Raises
    ------
    RefusedError
        If it computes something else, or has a gate of another operation than it may.
    ValueError
        What is no certificate: the key, the index, the value and the rule.

    Examples
    --------
    >>> half_adder = {"n_inputs": 2, "gates": [[6, 1, 2], [8, 1, 2]], "outputs": [6, 8], "table": [0, 1, 1, 2]}
    >>> check(half_adder)
    2
    >>> check({**half_adder, "table": [0, 1, 1, 3]})
    Traceback (most recent call last):
    retrodict.checkers.circuit.RefusedError: input 3: the circuit gives 2, the table 3
    """
    n = _integer(certificate, "n_inputs")
    if not 0 <= n <= 24:
        raise ValueError(f"n_inputs = {n}: must lie in 0 ... 24")
    gates = [_integers(f"gates[{i}]", gate) for i, gate in enumerate(_list(certificate, "gates"))]
    outputs = _integers("outputs", _list(certificate, "outputs"))
    table = _integers("table", _list(certificate, "table"))
    allowed = _integers("operations", certificate.get("operations", list(range(16))))
    for i, gate in enumerate(gates):
        if len(gate) != 3 or not 0 <= gate[0] <= 15 or not all(0 <= v <= n + i for v in gate[1:]):
            raise ValueError(f"gates[{i}] = {gate}: must be an operation, 0 ... 15, and two variables, 0 ... {n + i}")
    for i, literal in enumerate(outputs):
        if not 0 <= literal <= 2 * (n + len(gates)) + 1:
            raise ValueError(f"outputs[{i}] = {literal}: must lie in 0 ... {2 * (n + len(gates)) + 1}")
    if len(table) != 1 << n:
        raise ValueError(f"table has {len(table)} entries: {n} inputs need {1 << n}")
    for i, (operation, _, _) in enumerate(gates):
        if operation not in allowed:
            raise RefusedError(f"gates[{i}] has operation {operation}: allowed are {allowed}")
    for x, wanted in enumerate(table):
        values = [0, *(x >> i & 1 for i in range(n))]
        for operation, a, b in gates:
            values.append(operation >> (2 * values[a] + values[b]) & 1)
        given = sum((values[literal // 2] ^ literal & 1) << i for i, literal in enumerate(outputs))
        if given != wanted:
            raise RefusedError(f"input {x}: the circuit gives {given}, the table {wanted}")
    return len(gates)


def _list(certificate: Mapping[str, Any], key: str) -> Sequence[Any]:
    if not isinstance(certificate, Mapping) or not isinstance(certificate.get(key), list | tuple):
        raise ValueError(f"{key}: must be a list")
    values: Sequence[Any] = certificate[key]
    return values


def _integer(certificate: Mapping[str, Any], key: str) -> int:
    return _integers(key, [certificate.get(key) if isinstance(certificate, Mapping) else None])[0]


def _integers(name: str, values: Any) -> list[int]:
    if not isinstance(values, list | tuple) or not all(isinstance(v, int) and not isinstance(v, bool) for v in values):
        raise ValueError(f"{name} = {str(values)[:60]}: must be integers")
    return list(values)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; the exit status is 0 accepted, 1 refused, 2 bad input."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if len(arguments) != 1:
        print("usage: python -m retrodict.checkers.circuit CERTIFICATE.json", file=sys.stderr)
        return 2
    path = arguments[0]
    try:
        size = check(json.loads(Path(path).read_text(encoding="utf-8")))
    except RefusedError as error:
        print(f"refused: {path}: {error}")
        return 1
    except (OSError, ValueError) as error:
        print(f"{path}: {error}", file=sys.stderr)
        return 2
    print(f"accepted: the circuit computes the table with {size} gates")
    return 0


if __name__ == "__main__":
    sys.exit(main())
