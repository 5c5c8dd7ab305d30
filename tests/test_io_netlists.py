"""Circuits to files and back, in every format; BENCH and binary AIGER; and that a bad file gets one line."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrodict.io.aiger import read_aiger_circuit, write_aiger
from retrodict.io.bench import read_bench, read_bench_circuit, write_bench
from retrodict.io.blif import read_blif_circuit, write_blif
from retrodict.maps import read
from retrodict.netlist import AND, XOR, Builder, Circuit

FORMATS: dict[str, tuple[Callable[..., Circuit], Callable[..., None]]] = {
    ".blif": (read_blif_circuit, write_blif),
    ".bench": (read_bench_circuit, write_bench),
    ".aag": (read_aiger_circuit, write_aiger),
    ".aig": (read_aiger_circuit, write_aiger),
}


@st.composite
def circuits(draw: st.DrawFn) -> Circuit:
    n = draw(st.integers(0, 4))
    gates = [
        (draw(st.integers(0, 15)), draw(st.integers(0, n + i)), draw(st.integers(0, n + i)))
        for i in range(draw(st.integers(0, 10)))
    ]
    return Circuit(n, gates, draw(st.lists(st.integers(0, 2 * (n + len(gates)) + 1), max_size=4)))


def without_idle_gates(circuit: Circuit) -> Circuit:
    build = Builder(circuit.n_inputs)
    return build.circuit(build.copy(circuit, build.inputs))


def there_and_back(circuit: Circuit, suffix: str, names: object = None) -> Circuit:
    reader, writer = FORMATS[suffix]
    with TemporaryDirectory() as folder:
        path = Path(folder, "circuit" + suffix)
        writer(circuit, path, names)
        assert [file.name for file in Path(folder).iterdir()] == [path.name]
        return reader(path)


@pytest.mark.parametrize("suffix", [".blif", ".bench"])
@given(circuit=circuits())
def test_gates_survive_the_way_through_a_file(suffix: str, circuit: Circuit) -> None:
    """The same gates up to complements, not only the same map: the NOT that BENCH needs for x & ~y is free."""
    found, kept = there_and_back(circuit, suffix), without_idle_gates(circuit)
    assert found.table().tolist() == circuit.table().tolist()
    assert [gate[1:] for gate in found.gates] == [gate[1:] for gate in kept.gates]


@pytest.mark.parametrize("suffix", [".aag", ".aig"])
@given(circuit=circuits())
def test_xor_is_three_ands(suffix: str, circuit: Circuit) -> None:
    found, kept = there_and_back(circuit, suffix), without_idle_gates(circuit)
    assert found.table().tolist() == circuit.table().tolist()
    assert found.size == sum(3 if operation in (XOR, XOR ^ 15) else 1 for operation, _, _ in kept.gates)
    assert all(operation.bit_count() == 1 for operation, _, _ in found.gates)
    assert there_and_back(found, suffix) == found


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_operation(suffix: str) -> None:
    every = Circuit(2, [(operation, 1, 2) for operation in range(16)], range(38))
    assert there_and_back(every, suffix).table().tolist() == every.table().tolist()


@pytest.mark.parametrize("suffix", FORMATS)
def test_names_and_gates_that_might_collide(suffix: str) -> None:
    circuit = Circuit(2, [(XOR, 1, 2), (AND ^ 15, 1, 3)], [6, 8, 3])
    names = (["g0", "gg"], ["g", "g1.n", "carry"])
    assert there_and_back(circuit, suffix, names).table().tolist() == circuit.table().tolist()


def test_what_is_written(tmp_path: Path) -> None:
    circuit = Circuit(2, [(XOR, 1, 2), (0b0100, 1, 2)], [6, 9, 1])
    names = (["a", "b"], ["sum", "implies", "true"])
    for suffix, (_, writer) in FORMATS.items():
        writer(circuit, tmp_path / f"c{suffix}", names)
    assert (tmp_path / "c.blif").read_text() == (
        ".model circuit\n.inputs a b\n.outputs sum implies true\n"
        ".names a b g0\n01 1\n10 1\n.names a b g1\n10 1\n"
        ".names g0 sum\n1 1\n.names g1 implies\n0 1\n.names true\n1\n.end\n"
    )
    assert (tmp_path / "c.bench").read_text() == (
        "# 2 gates\nINPUT(a)\nINPUT(b)\nOUTPUT(sum)\nOUTPUT(implies)\nOUTPUT(true)\n"
        "g0 = XOR(a, b)\ng1.n = NOT(a)\ng1 = NOR(g1.n, b)\n"
        "sum = BUFF(g0)\nimplies = NOT(g1)\ntrue = vdd\n"
    )
    symbols = "i0 a\ni1 b\no0 sum\no1 implies\no2 true\n"
    assert (tmp_path / "c.aag").read_text() == (
        "aag 6 2 0 3 4\n2\n4\n10\n13\n1\n6 5 3\n8 4 2\n10 9 7\n12 5 2\n" + symbols
    )
    assert (tmp_path / "c.aig").read_bytes() == (
        b"aig 6 2 0 3 4\n10\n13\n1\n" + bytes([1, 2, 4, 2, 1, 2, 7, 3]) + symbols.encode()
    )


def test_long_numbers_in_binary_aiger(tmp_path: Path) -> None:
    """A delta of more than seven and of more than fourteen bits."""
    circuit = Circuit(20000, [(AND, 1, 20000), (AND, 1, 2), (AND, 20001, 20002)], [2 * 20003])
    write_aiger(circuit, tmp_path / "c.aig")
    assert read_aiger_circuit(tmp_path / "c.aig") == Circuit(
        20000, [(AND, 20000, 1), (AND, 2, 1), (AND, 20002, 20001)], [40006]
    )


def test_deep_and_wide_circuits_are_read(tmp_path: Path) -> None:
    chain = Circuit(2, [(XOR, 1, 2)] + [(XOR, 1, 2 + i) for i in range(1, 5000)], [2 * 5002])
    for suffix in (".blif", ".bench", ".aag"):
        lines = _reversed_gates(chain, suffix, tmp_path)
        path = tmp_path / f"reversed{suffix}"
        path.write_text(lines)
        assert FORMATS[suffix][0](path).table().tolist() == chain.table().tolist()


def _reversed_gates(circuit: Circuit, suffix: str, folder: Path) -> str:
    """The file with its gates in the opposite order: none is readable before the last."""
    FORMATS[suffix][1](circuit, folder / f"forward{suffix}")
    lines = (folder / f"forward{suffix}").read_text().splitlines()
    if suffix == ".blif":
        blocks = "\n".join(lines[3:-1]).split(".names")[1:]
        lines[3:-1] = ["\n".join(".names" + block for block in reversed(blocks))]
    else:
        first = 4
        lines[first:] = lines[first:][::-1]
    return "\n".join(lines) + "\n"


def test_a_large_cover_needs_little_memory(tmp_path: Path) -> None:
    """Each row of a cover of 12 nets is 11 gates; their values are forgotten as soon as they are joined."""
    table = np.random.default_rng(1).integers(0, 2, 1 << 12)
    rows = [f"{x:012b}"[::-1] + " 1" for x in np.flatnonzero(table)]
    names = " ".join(f"x{i}" for i in range(12))
    path = tmp_path / "cover.blif"
    path.write_text("\n".join([f".inputs {names}", ".outputs y", f".names {names} y", *rows, ".end"]))
    circuit = read_blif_circuit(path)
    assert circuit.table().tolist() == table.tolist()
    assert circuit.size == 12 * len(rows) - 1
    assert circuit.depth == 4 + (len(rows) - 1).bit_length()


BENCH = """# c17 and more
INPUT(a)
INPUT(b)
input( c )
OUTPUT(y)
output(z)
y = NAND(p, q)   # a comment
p = nand(a, b, c)
q = XNOR(a, b, c)
z = BUFF(w)
w = LUT 0xE8 ( a, b, c )
"""


@pytest.mark.parametrize(
    ("gate", "value"),
    [
        ("AND", lambda bits: all(bits)),
        ("NAND", lambda bits: not all(bits)),
        ("OR", lambda bits: any(bits)),
        ("NOR", lambda bits: not any(bits)),
        ("XOR", lambda bits: sum(bits) % 2),
        ("XNOR", lambda bits: 1 - sum(bits) % 2),
    ],
)
@pytest.mark.parametrize("n", [1, 2, 3, 5])
def test_bench_gates(tmp_path: Path, gate: str, value: Callable[[tuple[int, ...]], int], n: int) -> None:
    path = tmp_path / "gate.bench"
    inputs = [f"x{i}" for i in range(n)]
    path.write_text("".join(f"INPUT({x})\n" for x in inputs) + f"OUTPUT(y)\ny = {gate}({', '.join(inputs)})\n")
    circuit = read_bench_circuit(path)
    assert circuit.size == n - 1
    assert circuit.table().tolist() == [int(value(bits[::-1])) for bits in product((0, 1), repeat=n)]


def test_bench_file(tmp_path: Path) -> None:
    path = tmp_path / "c.bench"
    path.write_text(BENCH)
    expected = []
    for x in range(8):
        ones = x.bit_count()
        p, q, w = ones < 3, ones % 2 == 0, ones >= 2
        expected.append((not (p and q)) + 2 * w)
    n, m, table = read_bench(path, 16)
    assert (n, m, table.tolist()) == (3, 2, expected)
    assert read(path).table.tolist() == expected
    write_aiger(read_bench_circuit(path), tmp_path / "c.aig")
    assert read(tmp_path / "c.aig").table.tolist() == expected


@given(st.integers(1, 5), st.data())
@settings(max_examples=30)
def test_look_up_tables(n: int, data: st.DataObject) -> None:
    table = data.draw(st.integers(0, 2**2**n - 1))
    inputs = [f"x{i}" for i in range(n)]
    with TemporaryDirectory() as folder:
        path = Path(folder, "lut.bench")
        path.write_text(
            "".join(f"INPUT({x})\n" for x in inputs) + f"OUTPUT(y)\ny = LUT 0x{table:x} ({','.join(inputs)})\n"
        )
        assert read_bench_circuit(path).table().tolist() == [table >> x & 1 for x in range(2**n)]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("INPUT(b)", "INPUT(b", r"line 3: INPUT\(b: must be INPUT\(net\), OUTPUT\(net\) or net = GATE\(nets\)"),
        ("y = NAND(p, q)", "y = NAND(p, q", r"line 7: y = NAND\(p, q: must be"),
        ("y = NAND(p, q)", "y = NAND(p q)", "line 7: .*: must be"),
        ("y = NAND(p, q)", "y = DFF(p)", "line 7: DFF: must be one of AND, NAND, OR, .*, or LUT and its table"),
        ("y = NAND(p, q)", "y = NAND 0x8 (p, q)", "line 7: NAND: must be one of"),
        ("y = NAND(p, q)", "y = NAND", "line 7: NAND of 0 nets: must have at least 1"),
        ("y = NAND(p, q)", "y = NOT(p, q)", "line 7: NOT of 2 nets: must have 1"),
        ("y = NAND(p, q)", "y = vdd(p)", "line 7: VDD of 1 nets: must have 0"),
        ("0xE8", "0x1E8", r"line 11: LUT 0x1E8 of 3 nets: must be k nets, 1 ... 16, and 2\^k bits"),
        ("0xE8 ( a, b, c )", "0xE8", "line 11: LUT 0xE8 of 0 nets"),
        ("0xE8", "", "line 11: LUT: must be one of"),
        ("q = XNOR", "p = XNOR", "line 9: p is driven twice, first on line 8"),
        ("q = XNOR", "a = XNOR", "line 9: input a is driven twice, first on line 2"),
        ("input( c )", "input( a )", "line 4: input a is driven twice, first on line 2"),
        ("BUFF(w)", "BUFF(v)", "line 10: nothing drives v, which z needs"),
        ("output(z)", "output(v)", "line 6: nothing drives v, an output"),
        ("nand(a, b, c)", "nand(a, y)", "line 7: a cycle: y needs p needs y"),
        ("nand(a, b, c)", "nand(a, p)", "line 8: a cycle: p needs p"),
        (BENCH, "", "the file is empty"),
        (BENCH, "INPUT(a)\n", "no outputs"),
        (BENCH, "INPUT(a)\n" + "OUTPUT(a)\n" * 65, "65 outputs: a table of 64-bit integers holds 1 ... 64"),
        ("# c17", "# é", "byte 2 is not ASCII"),
    ],
)
def test_bad_bench(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert BENCH.count(old) >= 1
    path = tmp_path / "bad.bench"
    path.write_text(BENCH.replace(old, new, 1))
    with pytest.raises(ValueError, match=message) as caught:
        read_bench(path, 16)
    assert "bad.bench: " in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_long_cycle_is_not_told_in_full(tmp_path: Path) -> None:
    path = tmp_path / "cycle.bench"
    path.write_text("OUTPUT(n0)\n" + "".join(f"n{i} = NOT(n{(i + 1) % 99})\n" for i in range(99)))
    with pytest.raises(ValueError, match=r"line 2: a cycle: n0 needs n1 .* n7 needs \.\.\. needs n0$"):
        read_bench_circuit(path)


BINARY = b"aig 4 2 0 2 2\n8\n7\n" + bytes([2, 2, 1, 2]) + b"i0 x\nc\nany \xff\n"


def test_binary_aiger(tmp_path: Path) -> None:
    path = tmp_path / "c.aig"
    path.write_bytes(BINARY)
    x, y = (np.arange(4) >> i & 1 for i in (0, 1))
    first = y & x
    second = (1 - first) & (1 - y)
    assert read_aiger_circuit(path).table().tolist() == (second + 2 * (1 - first)).tolist()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (b"aig 4", b"aig 5", r"line 1: M = 5: must be I \+ A = 4"),
        (b"2 0 2 2", b"2 1 2 2", "line 1: latches and properties"),
        (b"aig 4 2 0 2 2", b"aig 4 2 0 2", "line 1: aig 4 2 0 2: must be `aig M I L O A`"),
        (b"aig 4", b"aig -4", "line 1: aig -4"),
        (b"aig 4", b"aig " + b"4" * 5000, "line 1: aig 444"),
        (b"\n8\n", b"\n10\n", "byte 14: output 0: 10: must be one of 0 ... 9"),
        (b"\n8\n", b"\nx\n", "byte 14: output 0: x: must be one of 0 ... 9"),
        (bytes([2, 2, 1, 2]), bytes([0, 2, 1, 2]), "byte 18: and 6 6 4: must fall, the first strictly"),
        (bytes([2, 2, 1, 2]), bytes([2, 5, 1, 2]), "byte 18: and 6 4 -1: must fall"),
        (bytes([2, 2, 1, 2]), bytes([9, 2, 1, 2]), "byte 18: and 6 -3 -5: must fall"),
        (bytes([2, 2, 1, 2]), b"\xff" * 20, "byte 28: AND 0: a number must fit in 63 bits"),
        (b"i0 x", b"hello", "hello: must be a symbol, or c before a comment"),
    ],
)
def test_bad_binary_aiger(tmp_path: Path, old: bytes, new: bytes, message: str) -> None:
    assert BINARY.count(old) == 1
    path = tmp_path / "bad.aig"
    path.write_bytes(BINARY.replace(old, new))
    with pytest.raises(ValueError, match=message) as caught:
        read_aiger_circuit(path)
    assert "bad.aig: " in str(caught.value)


@pytest.mark.parametrize("end", range(4, 22))
def test_truncated_binary_aiger(tmp_path: Path, end: int) -> None:
    path = tmp_path / "cut.aig"
    path.write_bytes(BINARY[:end])
    with pytest.raises(ValueError, match=r"cut\.aig: (byte \d+: the file is truncated: it ends within|line 1)"):
        read_aiger_circuit(path)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ((["a"], ["y"]), "names: 1 of inputs: the circuit has 2"),
        ((["a", "b"], []), "names: 0 of outputs: the circuit has 1"),
        ((["a", "a"], ["y"]), "names: 'a' comes twice: a net has one driver"),
        ((["a", "b"], ["a"]), "names: 'a' comes twice"),
        ((["a", "b c"], ["y"]), "names: 'b c': must be printable ASCII without blanks"),
        ((["a", ""], ["y"]), "names: ''"),
        ((["a", ".end"], ["y"]), "names: '.end'"),
        ((["a", "é"], ["y"]), "names: 'é'"),
        ((["a", "b\n"], ["y"]), r"names: 'b\\n'"),
    ],
)
@pytest.mark.parametrize("suffix", FORMATS)
def test_bad_names(tmp_path: Path, suffix: str, names: object, message: str) -> None:
    path = tmp_path / f"c{suffix}"
    path.write_text("as it was")
    with pytest.raises(ValueError, match=message):
        FORMATS[suffix][1](Circuit(2, [(AND, 1, 2)], [6]), path, names)
    assert path.read_text() == "as it was"


def test_a_write_that_fails_leaves_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, content: bytes) -> int:
        path.touch()
        raise OSError(28, "No space left on device")

    path = tmp_path / "c.blif"
    path.write_text("as it was")
    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        write_blif(Circuit(1, [], [2]), path)
    assert path.read_text() == "as it was"
    assert list(tmp_path.iterdir()) == [path]


def test_aiger_has_two_endings(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"c\.txt: the name must end in \.aag \(ascii\) or \.aig \(binary\)"):
        write_aiger(Circuit(1, [], [2]), tmp_path / "c.txt")
