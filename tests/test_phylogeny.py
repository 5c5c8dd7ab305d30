from __future__ import annotations

import math
import re
from fractions import Fraction
from pathlib import Path

import flint
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrodict import phylogeny
from retrodict.exact import bp as exact_bp
from retrodict.graphs import Tree
from retrodict.io.alignments import read_alignment

HKY = {"kappa": 2.5, "frequencies": (0.30, 0.20, 0.25, 0.25)}
GTR = {"exchangeabilities": (1.2, 3.4, 0.8, 1.1, 4.2, 1.0), "frequencies": (0.27, 0.22, 0.28, 0.23)}
MODELS: dict[str, dict[str, object]] = {"JC": {}, "HKY": HKY, "GTR": GTR}


def test_the_published_likelihoods(shared: Path) -> None:
    """Every value in the README of the data, to 1e-12 relative."""
    folder = shared / "data" / "phylo"
    rows = re.findall(r"^\| (\w+) \| (\w+) +\| *-[\d.]+ \| (-[\d.]+) \|", (folder / "README.md").read_text(), re.M)
    assert len(rows) >= 10
    for name, model, value in rows:
        ours = phylogeny.log_likelihood(folder / f"{name}.phy", folder / f"{name}.nwk", model, **MODELS[model])
        assert abs(Fraction(ours) / Fraction(value) - 1) < Fraction(1, 10**12), (name, model)


def test_four_rates(shared: Path) -> None:
    folder = shared / "data" / "phylo"
    rates = [0.03338775, 0.25191592, 0.82026848, 2.89442785]
    value = phylogeny.log_likelihood(folder / "primates3.phy", folder / "primates3.nwk", "JC", rates=rates)
    assert round(value, 5) == -1498.89812  # PAUP


@pytest.mark.parametrize(("name", "n"), [("primates3", 20), ("rbcl4", 140), ("turtle17", 1152), ("rrna101", 1630)])
def test_patterns_of_the_shared_alignments(shared: Path, name: str, n: int) -> None:
    alignment = read_alignment(shared / "data" / "phylo" / f"{name}.phy")
    sites, weights = phylogeny.patterns(alignment, list(alignment))
    assert len(sites) == len(weights) == n
    assert weights.sum() == len(next(iter(alignment.values())))


def test_sets_of_nucleotides() -> None:
    codes = {"A": 1, "C": 2, "G": 4, "T": 8, "R": 5, "Y": 10, "S": 6, "W": 9, "K": 12, "M": 3}
    codes |= {"B": 14, "D": 13, "H": 11, "V": 7, "N": 15}
    sites, weights = phylogeny.patterns({"x": "".join(codes)}, ["x"])
    assert sites[:, 0].tolist() == list(range(1, 16)) == sorted(codes.values())
    assert weights.tolist() == [1] * 15
    for code, mask in codes.items():
        assert phylogeny.patterns({"x": code}, ["x"])[0].tolist() == [[mask]]


positive = st.floats(0.05, 5)


@st.composite
def gtr(draw: st.DrawFn) -> dict[str, list[float]]:
    weights = draw(st.lists(positive, min_size=4, max_size=4))
    exchange = draw(st.lists(positive, min_size=6, max_size=6))
    return {"exchangeabilities": exchange, "frequencies": [w / math.fsum(weights) for w in weights]}


@given(gtr())
def test_rate_matrix(model: dict[str, list[float]]) -> None:
    q, pi = phylogeny.rate_matrix("GTR", **model), np.array(model["frequencies"])
    assert abs(q.sum(axis=1)).max() < 1e-14
    assert abs(pi @ np.diagonal(q) + 1) < 1e-14
    flow = pi[:, None] * q
    assert abs(flow - flow.T).max() < 1e-15
    for k, (i, j) in enumerate([(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]):
        ratio = q[i, j] / pi[j] / model["exchangeabilities"][k]
        assert abs(ratio * q[0, 1] ** -1 * pi[1] * model["exchangeabilities"][0] - 1) < 1e-14


@settings(max_examples=30)
@given(gtr(), st.floats(-12, 2))
def test_transition_matrices_against_balls(model: dict[str, list[float]], exponent: float) -> None:
    """Off the diagonal the promise is relative to what exp(Q b) - I is made of, so short edges keep their digits."""
    length = 10.0**exponent
    ours = phylogeny.transition_matrices("GTR", [length], **model)[0]
    with flint.ctx.workprec(200):
        pi, s = [flint.arb(x) for x in model["frequencies"]], [flint.arb(x) for x in model["exchangeabilities"]]
        s = [[0, s[0], s[1], s[2]], [s[0], 0, s[3], s[4]], [s[1], s[3], 0, s[5]], [s[2], s[4], s[5], 0]]
        scale = sum(pi[i] * s[i][j] * pi[j] for i in range(4) for j in range(4))
        q = [[s[i][j] * pi[j] / scale for j in range(4)] for i in range(4)]
        for i in range(4):
            q[i][i] = -sum(q[i])
        ball = (flint.arb_mat(q) * flint.arb(length)).exp()
        error = [[abs(float(flint.arb(float(ours[i, j])) - ball[i, j])) for j in range(4)] for i in range(4)]
    fastest = 2 * max(abs(float(q[i][i])) for i in range(4))  # no eigenvalue is larger
    for i, j in np.ndindex(4, 4):
        scaled = math.sqrt(model["frequencies"][j] / model["frequencies"][i])
        allowed = 30 * 2**-53 * (1 if i == j else min(1, fastest * length) * scaled) + 4 * 2**-53 * ours[i, j]
        assert error[i][j] <= allowed


def test_extreme_lengths() -> None:
    identity, stationary = phylogeny.transition_matrices("HKY", [0.0, 1e6], **HKY)
    assert (identity == np.eye(4)).all()
    assert abs(stationary - np.array(HKY["frequencies"])).max() < 1e-15


def test_models_are_nested() -> None:
    equal = {"exchangeabilities": [2.0] * 6, "frequencies": [0.25] * 4}
    assert np.allclose(phylogeny.rate_matrix("GTR", **equal), phylogeny.rate_matrix("JC"), atol=1e-16)
    assert np.allclose(
        phylogeny.rate_matrix("GTR", exchangeabilities=[1, 2.5, 1, 1, 2.5, 1], frequencies=HKY["frequencies"]),
        phylogeny.rate_matrix("HKY", **HKY),
        atol=1e-16,
    )


def files(folder: Path, alignment: str, newick: str) -> tuple[Path, Path]:
    paths = folder / "a.fasta", folder / "a.nwk"
    for path, text in zip(paths, (alignment, newick), strict=True):
        path.write_text(text)
    return paths


ALIGNMENT = ">x\nACGTRA\n>y\nACYT-A\n>z\nAGGANA\n"
NEWICK = "((x:0.1,y:0.2):0.3,z:0.15);"


@pytest.mark.parametrize("rates", [None, [0.5, 1.5], [0, 0.25, 3]])
@pytest.mark.parametrize("model", MODELS)
def test_the_likelihood_is_that_of_the_exact_twin(tmp_path: Path, model: str, rates: list[float] | None) -> None:
    paths = files(tmp_path, ALIGNMENT, NEWICK)
    sets = {"A": "A", "C": "C", "G": "G", "T": "T", "R": "AG", "Y": "CT", "N": "ACGT", "-": "ACGT"}
    rows = dict(re.findall(r">(\w)\n(.*)", ALIGNMENT))
    tree = Tree.from_newick(NEWICK)
    assert tree.names is not None and tree.lengths is not None
    pi = [Fraction(p) for p in MODELS[model].get("frequencies", [Fraction(1, 4)] * 4)]  # type: ignore[attr-defined]
    expected = 0.0
    for site in range(6):
        leaves = [[int(n in sets[rows[str(tree.names[v])][site]]) for n in "ACGT"] for v in tree.leaves]
        total = Fraction(0)
        for rate in rates or [1]:
            lengths = np.nan_to_num(tree.lengths) * rate
            channels = [
                [[Fraction(x) for x in row] for row in c]
                for c in phylogeny.transition_matrices(model, lengths, **MODELS[model]).tolist()
            ]
            total += exact_bp.evidence(tree.parent.tolist(), channels, leaves, pi)
        expected += math.log(total / len(rates or [1]))
    assert abs(phylogeny.log_likelihood(*paths, model, rates=rates, **MODELS[model]) / expected - 1) < 1e-14


def test_the_order_of_taxa_and_the_length_above_the_root_do_not_matter(tmp_path: Path) -> None:
    value = phylogeny.log_likelihood(*files(tmp_path, ALIGNMENT, NEWICK), "JC")
    shuffled = ">z\nAGGANA\n>x\nACGTRA\n>y\nACYT-A\n"
    assert phylogeny.log_likelihood(*files(tmp_path, shuffled, NEWICK[:-1] + "root:7;"), "JC") == value
    assert phylogeny.log_likelihood(*map(str, files(tmp_path, ALIGNMENT, NEWICK)), "JC", rates=[1.0]) == value


def test_an_impossible_alignment(tmp_path: Path) -> None:
    assert phylogeny.log_likelihood(*files(tmp_path, ">x\nA\n>y\nC\n", "(x:0,y:0);"), "JC") == -math.inf


@pytest.mark.parametrize(
    ("model", "arguments", "message"),
    [
        ("jc", {}, r"model = 'jc': it must be one of JC, HKY, GTR"),
        ("JC", {"kappa": 2.0}, r"kappa: JC has no such parameter"),
        ("JC", {"frequencies": [0.25] * 4}, r"frequencies: JC has no such parameter"),
        ("HKY", {"frequencies": [0.25] * 4}, r"kappa: HKY needs it"),
        ("HKY", {"kappa": 2.0}, r"frequencies: HKY needs it"),
        ("HKY", {**HKY, "exchangeabilities": [1] * 6}, r"exchangeabilities: HKY has no such parameter"),
        ("GTR", {"frequencies": [0.25] * 4}, r"exchangeabilities: GTR needs it"),
        ("GTR", {**GTR, "kappa": 1.0}, r"kappa: GTR has no such parameter"),
        ("HKY", {**HKY, "kappa": -1.0}, r"kappa = -1.0: it must be finite and at least 0"),
        ("HKY", {**HKY, "kappa": math.nan}, r"kappa = nan"),
        ("HKY", {**HKY, "frequencies": [0.5, 0.5]}, r"frequencies has shape \(2,\): it must be \(4,\)"),
        ("HKY", {**HKY, "frequencies": [0.5, 0.5, 0, 0]}, r"frequencies\[2\] = 0.0: a frequency is positive"),
        ("HKY", {**HKY, "frequencies": [0.5, 0.5, 0.5, 0.5]}, r"frequencies sum to 2.0: they sum to 1"),
        ("GTR", {**GTR, "exchangeabilities": [1, -1, 1, 1, 1, 1]}, r"exchangeabilities\[1\] = -1.0: it must be finite"),
        ("GTR", {**GTR, "exchangeabilities": [0] * 6}, r"exchangeabilities are all 0"),
        ("JC", {"rates": []}, r"rates has shape \(0,\)"),
        ("JC", {"rates": [1, math.inf]}, r"rates\[1\] = inf: it must be finite and at least 0"),
    ],
)
def test_bad_parameters(tmp_path: Path, model: str, arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}"):
        phylogeny.log_likelihood(*files(tmp_path, ALIGNMENT, NEWICK), model, **arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("newick", "message"),
    [
        ("((x:0.1,y:0.2):0.3,w:0.15);", r"^taxa in the alignment only: z$"),
        ("((x:0.1,y:0.2):0.3,(z:0.15,w:1):1);", r"^taxa in the tree only: w$"),
        ("(" + ",".join(f"{c}:1" for c in "xyzabcde") + ");", r"^taxa in the tree only: a, b, c and 2 more$"),
        ("((x:0.1,y:0.2),z:0.15);", r"a.nwk: no length above node 1: every edge needs one"),
        ("((x:0.1,y):1,z:0.15);", r"a.nwk: no length above y"),
        ("((x,y),z);", r"a.nwk: no length above node 1"),
        ("((:1,:1):1,:1);", r"a.nwk: Newick: a leaf has no name"),
        ("((x:0.1,y:0.2:0.3,z:0.15);", r"a.nwk: Newick: 2 opening and 1 closing parentheses"),
    ],
)
def test_bad_trees(tmp_path: Path, newick: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        phylogeny.log_likelihood(*files(tmp_path, ALIGNMENT, newick), "JC")


def test_bad_files(tmp_path: Path) -> None:
    alignment, newick = files(tmp_path, ALIGNMENT, NEWICK)
    with pytest.raises(FileNotFoundError):
        phylogeny.log_likelihood(alignment, tmp_path / "absent.nwk", "JC")
    newick.write_bytes(b"\xff")
    with pytest.raises(ValueError, match=r"a.nwk: not a text file"):
        phylogeny.log_likelihood(alignment, newick, "JC")
