"""Newick and alignments: what is read, and what each kind of bad file is told."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrodict.io.alignments import iupac, read_alignment
from retrodict.io.newick import format_newick, parse_newick

labels = (
    st.text(st.sampled_from("abC_1.' ()[],:;é"), min_size=1, max_size=6)
    .map(str.strip)
    .filter(lambda label: label and label not in "()[],:;")
)


@st.composite
def labelled_trees(draw: st.DrawFn) -> tuple[list[int], list[str | None], list[float]]:
    """Depth-first numbers: every parent is on the path to the node before."""
    parent = [-1]
    for v in range(1, draw(st.integers(1, 12))):
        path = [v - 1]
        while parent[path[-1]] >= 0:
            path.append(parent[path[-1]])
        parent.append(draw(st.sampled_from(path)))
    n = len(parent)
    names = draw(st.lists(labels, min_size=n, max_size=n, unique=True))
    inner = [v in parent and draw(st.booleans()) for v in range(n)]
    lengths = draw(st.lists(st.one_of(st.just(math.nan), st.floats(0, 1e300)), min_size=n, max_size=n))
    return parent, [None if hidden else name for name, hidden in zip(names, inner, strict=True)], lengths


def written(tree: tuple[list[int], list[str | None], list[float]], v: int = 0) -> str:
    parent, names, lengths = tree
    children = [written(tree, c) for c in range(len(parent)) if parent[c] == v]
    name, length = names[v], lengths[v]
    label = "" if name is None else "'" + name.replace("'", "''") + "'"
    return (f"({','.join(children)})" if children else "") + label + ("" if math.isnan(length) else f":{length!r}")


@settings(max_examples=200)
@given(labelled_trees())
def test_newick_reads_what_was_written(tree: tuple[list[int], list[str | None], list[float]]) -> None:
    read = parse_newick(written(tree) + ";")
    assert read.parent == tree[0]
    assert read.names == tree[1]
    assert [repr(x) for x in read.lengths] == [repr(x) for x in tree[2]]


@settings(max_examples=200)
@given(labelled_trees())
def test_newick_writes_what_is_read(tree: tuple[list[int], list[str | None], list[float]]) -> None:
    read = parse_newick(format_newick(*tree))
    assert (read.parent, read.names) == tree[:2]
    assert [repr(x) for x in read.lengths] == [repr(float(x)) for x in tree[2]]


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ([None, "a", None], r"names\[2\] = None: Newick needs a name for each leaf"),
        ([None, "a", "a"], r"names\[2\] = 'a': a leaf's name is its own"),
        ([None, "", "a"], r"names\[1\] = '': Newick has no such label"),
        ([";", "a", "b"], r"names\[0\] = ';': Newick has no such label"),
        ([None, "a", " b"], r"names\[2\] = ' b': Newick has no such label"),
    ],
)
def test_labels_that_newick_cannot_hold(names: list[str | None], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        format_newick([-1, 0, 0], names, [math.nan] * 3)


def test_newick_comments_and_plain_labels() -> None:
    read = parse_newick("[&R] ((a_b:1[&rate={1,2}],[x(y]B:2E-1)90:+.5,C)root:3[end];\n")
    assert read.parent == [-1, 0, 1, 1, 0]
    assert read.names == ["root", "90", "a_b", "B", "C"]
    assert read.lengths[:4] == [3, 0.5, 1, 0.2]
    assert parse_newick("(A,a);").names == [None, "A", "a"]
    assert parse_newick("a;").names == ["a"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("((a,b),c;", r"2 opening and 1 closing parentheses"),
        ("((a,b),c", r"2 opening and 1 closing parentheses"),
        ("(a,b));", r"1 opening and 2 closing parentheses"),
        ("(a,b)),(c;", r"line 1, column 6: Incomplete"),
        ("(a,b)", r"no semicolon"),
        ("", r"no tree"),
        (" [only a comment] ;", r"no tree"),
        ("(a,b);(c,d);", r"'\(c,d\);' after the end of the tree"),
        ("(a,b); junk", r"'junk' after the end of the tree"),
        ("(a,(b,a));", r"2 leaves are called 'a'"),
        ("(a,,b);", r"a leaf has no name"),
        ("((,),);", r"a leaf has no name"),
        ("(a,:1);", r"a leaf has no name"),
        ("(a,';');", r"';' is no label, even in quotes"),
        ("(a:'1',b);", r"':x' is not a length"),
        ("(a:x,b);", r"':x' is not a length"),
        ("(a:,b);", r"':' is not a length"),
        ("(a:nan,b);", r"':nan' is not a length"),
        ("(a:1_0,b);", r"':1_0' is not a length"),
        ("(a:0.1:0.2,b);", r"':0.1:0.2' is not a length"),
        ("(a:-1,b);", r"length -1.0 above 'a': a length is finite and at least 0"),
        ("(a:1e999,b);", r"length inf above 'a'"),
        ("(a b,c);", r"line 1, column 4: Expecting"),
        ("(a,b)(c,d);", r"line 1, column 6: Malformed|line 1, column \d+: "),
        ("('a,b);", r"line 1, column 7: Unterminated quote"),
        ("(a[b,c);", r"line 1, column 8: Unexpected end"),
        ("(" * 5000 + "a" + ",b)" * 5000 + ";", r"5000 leaves are called 'b'|nested too deeply"),
    ],
)
def test_bad_newick(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=f"^Newick: (?:{message})") as caught:
        parse_newick(text)
    assert "\n" not in str(caught.value)


def read(folder: Path, text: str) -> dict[str, str]:
    path = folder / "alignment"
    path.write_text(text)
    return read_alignment(path)


@pytest.mark.parametrize(
    "text",
    [
        "2 6\na ACGTRN\nB TTTTTT\n",
        "  2   6  \na  ACG TRN\n\nB  TTT TTT",
        "2 6\na\nACG\nTRN\nB TTTTT\nT\n",  # sequential, several lines
        "2 6\na  ACG\nB  TTT\n\nTRN\nTTT\n",  # interleaved
        "2 6\na         ACGTRN\nB         TTTTTT\n",
        ">a first\nACG\ntrn\n\n>B\nUUU uuu\n",
        "2 6\na acgtr?\nB UUUUuu\n",
        "2 6\na ACGTR-\nB TTTTTT\n",
        "2 6\na ACGTRx\nB TTTTTT\n",
    ],
)
def test_formats(tmp_path: Path, text: str) -> None:
    assert list(read(tmp_path, text).items()) == [("a", "ACGTRN"), ("B", "TTTTTT")]


def test_strict_phylip_and_case_of_names(tmp_path: Path) -> None:
    assert read(tmp_path, "2 4\nHomo sap. ACGT\nPongo pyg.AC\nGT\n") == {"Homo sap.": "ACGT", "Pongo pyg.": "ACGT"}
    assert read(tmp_path, "2 8\nHomo sap. ACGT\nPongo pyg.ACGT\n\nTTTT\nAAAA\n")["Pongo pyg."] == "ACGTAAAA"
    assert read(tmp_path, "2 2\na AC\nA GT\n") == {"a": "AC", "A": "GT"}
    assert read(tmp_path, "1 2\na AC") == {"a": "AC"}


def test_every_code_is_read_in_both_cases(tmp_path: Path) -> None:
    codes = "".join(iupac)
    assert read(tmp_path, f">a\n{codes}\n>b\n{codes.lower()}\n") == {"a": codes, "b": codes}
    assert set(codes) == set("ACGTRYSWKMBDHVN")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"the file is empty"),
        ("\n \n", r"the file is empty"),
        ("hello\nworld\n", r"neither FASTA .* nor PHYLIP"),
        ("2 x\na AC\nb AC\n", r"neither FASTA"),
        ("0 4\na ACGT\n", r"PHYLIP: 0 taxa, 4 sites"),
        ("3 4\na ACGT\nb ACGT\n", r"PHYLIP: 3 taxa expected but only 2 taxa found"),
        ("1 4\na ACGT\nb ACGT\n", r"PHYLIP: 1 taxon expected but 2 taxa found"),
        ("2 4\na ACGT\nb ACG\n", r"PHYLIP: 'b' has 3 sites, the first line says 4"),
        ("2 4\na ACGTT\nb ACGT\n", r"PHYLIP: 'a' has 5 sites, the first line says 4"),
        ("2 4\na ACZT\nb ACGT\n", r"PHYLIP: line 2: Invalid state symbol for taxon 'a': 'Z'"),
        ("2 4\na AC.T\nb ACGT\n", r"PHYLIP: line 2: Invalid state symbol for taxon 'a': '.'"),
        ("2 4\na ACGT\na ACGT\n", r"2 sequences are called 'a'"),
        (">a\nACGT\n>b\nAC\n", r"FASTA: 'b' has 2 sites, 'a' has 4"),
        (">a\nACGT\n>a x\nACGT\n", r"2 sequences are called 'a'"),
        (">a\nACGT\n>\nACGT\n", r"FASTA: a sequence has no name"),
        (">a\nAC*T\n", r"line 2: Unrecognized sequence symbol '\*'"),
        (">a\n>b\nACGT\n", r"line 2: FASTA error: Expected sequence"),
    ],
)
def test_bad_alignments(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ValueError, match=f"alignment: {message}") as caught:
        read(tmp_path, text)
    assert "\n" not in str(caught.value)


def test_not_text(tmp_path: Path) -> None:
    path = tmp_path / "alignment"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ValueError, match="not a text file"):
        read_alignment(path)
    with pytest.raises(FileNotFoundError):
        read_alignment(tmp_path / "absent")
