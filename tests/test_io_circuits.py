"""Readers of Boolean maps: tables, BLIF, AIGER; and that a bad file gets one line."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from retrodict.io.aiger import read_aiger
from retrodict.io.blif import read_blif
from retrodict.io.tables import read_table
from retrodict.io.truth_tables import TruthTable

READERS = {".npy": read_table, ".txt": read_table, ".blif": read_blif, ".aag": read_aiger}


def read(path: Path, text: str | bytes, max_inputs: int = 16) -> TruthTable:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return READERS[path.suffix](path, max_inputs)


FULL_ADDER = """# sum and carry
.model adder
.inputs a b \\
  c
.outputs sum carry
.names a b half
01 1
10 1
.names half c sum
01 1
10 1
.names a b c none  # the complement of the carry, by its off-set
11- 0
1-1 0
-11 0
.names none carry
0 1
.end
"""


def test_blif_full_adder(tmp_path: Path) -> None:
    n, m, table = read(tmp_path / "adder.blif", FULL_ADDER)
    assert (n, m) == (3, 2)
    assert table.tolist() == [x.bit_count() for x in range(8)]


def test_blif_constants_and_wires(tmp_path: Path) -> None:
    text = ".inputs a\n.outputs zero one a one\n.names zero\n.names one\n1\n.end\n"
    assert read(tmp_path / "c.blif", text).table.tolist() == [0b1010, 0b1110]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (".end\n", "", "no .end: the file is truncated"),
        ("0 1\n.end\n", "", "no .end: the file is truncated"),
        ("half c sum", "halve c sum", "line 9: nothing drives halve, which sum needs"),
        (".names none carry\n0 1\n", "", "line 5: nothing drives carry, an output"),
        (".names none carry", ".names none sum", "line 16: sum is driven twice, first on line 9"),
        (".names none carry", ".names none a", "line 16: input a is driven twice, first on line 3"),
        ("  c\n", "  b c\n", "line 3: input b is driven twice, first on line 3"),
        ("a b half", "a sum half", "line 6: a cycle: half needs sum needs half"),
        ("-11 0", "-11 1", "line 15: -11 1: a cover must not mix rows of 0 and of 1"),
        ("-11 0", "-1 0", "line 15: -1 0: must be 3 of 0, 1, - and then 0 or 1"),
        ("-11 0", "-1x 0", "line 15: -1x 0: must be 3"),
        ("-11 0", "-11 -", "line 15: -11 -: must be 3"),
        ("-11 0", "-110", "line 15: -110: must be 3"),
        (".model adder", "10 1", "line 2: 10: a cover line must follow a .names"),
        (".outputs sum", ".latch a b\n.outputs sum", r"line 5: .latch: must be one .model"),
        (".inputs a", ".model again\n.inputs a", r"line 3: .model: must be one .model"),
        (".names none carry", ".names", "line 16: .names must name its output"),
        (".end", ".end\n.model more", "line 19: .model follows .end"),
        (".outputs sum carry\n", "", "no outputs"),
        (".inputs a b \\\n  c\n", "", "line 4: nothing drives a, which half needs"),
        (FULL_ADDER, " \n", "the file is empty"),
        ("# sum", "# ∑", "byte 2 is not ASCII"),
    ],
)
def test_bad_blif(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert FULL_ADDER.count(old) >= 1
    with pytest.raises(ValueError, match=message) as caught:
        read(tmp_path / "adder.blif", FULL_ADDER.replace(old, new, 1))
    assert "adder.blif: " in str(caught.value)
    assert "\n" not in str(caught.value)


def test_too_many_inputs(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"3 inputs: the exact measures enumerate all inputs and take 1 \.\.\. 2"):
        read(tmp_path / "adder.blif", FULL_ADDER, max_inputs=2)
    with pytest.raises(ValueError, match=r"3 inputs: .* take 1 \.\.\. 2"):
        read(tmp_path / "t.txt", " ".join(map(str, range(8))), max_inputs=2)


HALF_ADDER = """aag 7 2 0 2 3
2
4
6
12
6 13 15
12 2 4
14 3 5
i0 x
i1 y
o0 s
o1 c
c
half adder, with the gates out of order
"""


def test_aiger_half_adder(tmp_path: Path) -> None:
    n, m, table = read(tmp_path / "half.aag", HALF_ADDER)
    assert (n, m) == (2, 2)
    assert table.tolist() == [0, 1, 1, 2]


def test_aiger_constants_and_inputs_as_outputs(tmp_path: Path) -> None:
    assert read(tmp_path / "c.aag", "aag 1 1 0 4 0\n2\n0\n1\n2\n3\n").table.tolist() == [0b1010, 0b0110]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("aag 7", "agg 7", "line 1: agg 7 2 0 2 3: must be `aag M I L O A`"),
        (" 2 3\n", " 2\n", "line 1: aag 7 2 0 2: must be"),
        ("aag 7", "aag seven", "line 1: .*: must be `aag M I L O A` in numbers"),
        ("7 2 0", "7 2 1", "line 1: latches and properties have no truth table"),
        ("0 2 3\n", "0 2 3 1\n", "line 1: latches and properties"),
        (
            HALF_ADDER[HALF_ADDER.index("14 3 5") :],
            "",
            "6 lines after the header, which announces 7: the file is truncated",
        ),
        ("6 13 15", "6 13", "line 6: 6 13: must be 3 of 0 ... 15"),
        ("6 13 15", "6 13 16", "line 6: 6 13 16: must be 3 of 0 ... 15"),
        ("6 13 15", "7 13 15", "line 6: literal 7: must be even and not 0"),
        ("6 13 15", "0 13 15", "line 6: literal 0: must be even and not 0"),
        ("14 3 5", "12 3 5", "line 8: variable 6 is driven twice, first on line 7"),
        ("2\n4\n", "2\n2\n", "line 3: input variable 1 is driven twice, first on line 2"),
        ("14 3 5", "10 3 5", "line 6: nothing drives variable 7, which variable 3 needs"),
        ("12 2 4", "12 2 6", "line 6: a cycle: variable 3 needs variable 6 needs variable 3"),
        (HALF_ADDER, "", "the file is empty"),
        ("aag", "aig", r"line 1: M = 7: must be I \+ A = 5 in a binary file"),
        ("i0 x", "x 0", "line 9: x 0: must be a symbol, or c before a comment"),
        ("aag", "\naag", "line 1: : must be `aag"),
    ],
)
def test_bad_aiger(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert HALF_ADDER.count(old) >= 1
    with pytest.raises(ValueError, match=message) as caught:
        read(tmp_path / "half.aag", HALF_ADDER.replace(old, new, 1))
    assert "half.aag: " in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("seed", range(10))
def test_circuits_equal_a_gate_by_gate_evaluation(tmp_path: Path, seed: int) -> None:
    """The same random circuit in both formats, against one input at a time."""
    rng = random.Random(seed)
    n, n_ands, n_outputs = 5, 12, 3
    literals = list(range(2 * n + 2))
    ands = []
    for i in range(n_ands):
        ands.append((rng.choice(literals), rng.choice(literals)))
        literals += [2 * (n + 1 + i), 2 * (n + 1 + i) + 1]
    targets = [rng.choice(literals) for _ in range(n_outputs)]
    expected = []
    for x in range(1 << n):
        value = [0, 1] + [bit for i in range(n) for bit in (x >> i & 1, 1 - (x >> i & 1))]
        for a, b in ands:
            value += [value[a] & value[b], 1 - (value[a] & value[b])]
        expected.append(sum(value[t] << j for j, t in enumerate(targets)))
    numbered = [f"{2 * (n + 1 + i)} {a} {b}" for i, (a, b) in enumerate(ands)]
    rng.shuffle(numbered)
    lines = [f"aag {n + n_ands} {n} 0 {n_outputs} {n_ands}", *(str(2 + 2 * i) for i in range(n)), *map(str, targets)]
    assert read(tmp_path / "c.aag", "\n".join([*lines, *numbered])).table.tolist() == expected
    covers = [f".names v{a // 2} v{b // 2} v{n + 1 + i}\n{1 - a % 2}{1 - b % 2} 1\n" for i, (a, b) in enumerate(ands)]
    covers += [f".names v{t // 2} y{j}\n{t % 2} 0\n" for j, t in enumerate(targets)]
    head = f".inputs {' '.join(f'v{i + 1}' for i in range(n))}\n.outputs y0 y1 y2\n.names v0\n"
    assert read(tmp_path / "c.blif", head + "".join(covers) + ".end").table.tolist() == expected


def test_tables(tmp_path: Path) -> None:
    for text in ("0 3,1\n2\n", "# a comment\n0x0, 0b11,\n1 2 # another\n"):
        assert read(tmp_path / "t.txt", text).table.tolist() == [0, 3, 1, 2]
    np.save(tmp_path / "t.npy", np.array([1, 0], dtype=np.int8))
    assert read_table(tmp_path / "t.npy", 16) == (1, 1, pytest.approx([1, 0]))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the file is empty"),
        ("# nothing", "0 entries: a table on n bits has 2"),
        ("0", "1 entries: a table on n bits"),
        ("0 1 2", "3 entries"),
        ("0 1 2 4", r"entry 3 = 4: must lie in 0 \.\.\. 3"),
        ("0 1 2 -1", "entry 3 = -1: must lie"),
        ("0 1\n2 x", "line 2: x: must be an integer"),
        ("0 1.5", "line 1: 1.5: must be an integer"),
    ],
)
def test_bad_tables(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        read(tmp_path / "t.txt", text)
    assert "\n" not in str(caught.value)


def test_bad_npy(tmp_path: Path) -> None:
    path = tmp_path / "t.npy"
    for junk in (b"", b"junk", b"\x93NUMPY\x01\x00junk"):
        with pytest.raises(ValueError, match=r"no \.npy file") as caught:
            read(path, junk)
        assert "\n" not in str(caught.value)
    for array in (np.zeros(4), np.zeros((2, 2), dtype=int)):
        np.save(path, array)
        with pytest.raises(ValueError, match="must be one row of integers"):
            read_table(path, 16)
