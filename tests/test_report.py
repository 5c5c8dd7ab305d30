"""The page and the appendix: what is said on them, that they need no network, and that the LaTeX compiles."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from retrodict.report.appendix import appendix, bibliography
from retrodict.report.comparison import missing, panels
from retrodict.report.gather import gather
from retrodict.report.page import page
from retrodict.report.prose import plain_to_html, plain_to_tex, set_mathematics, tex_to_tex
from retrodict.report.references import references_in, unique
from retrodict.report.tex import tex_to_html

VOID = {"meta", "link", "br", "img", "li", "p"}  # no end tag, or one that may be left out
NASTY = '100% of `a_b` & $x_1$ <tag> ~ ^ # {} \\ "q" θ ≤ λ², dʰ — Erdős 漢'


def finding(**changes: Any) -> dict[str, Any]:
    return {
        "check": "odd",
        "sentence": "The first n odd numbers sum to n^2.",
        "grade": "EXACT",
        "verdict": "HOLDS",
        "said": "equal at all 48 instances, no rounding",
        "instances": 48,
        "witness": None,
        "traceback": None,
        "controls": [{"reason": "sums every third number", "caught": True, "said": "n = 2: 5 = 4 is false"}],
        "judgements": 0,
        **changes,
    }


def report(**changes: Any) -> dict[str, Any]:
    return {
        "label": "thm:odd",
        "title": "Odd numbers",
        "statement": r"For all $n$ \emph{we have}\[ \sum_{i<n} (2i+1) = n^2. \]",
        "source": "Nicomachus",
        "bibtex": "@book{nicomachus, author = {Nicomachus}, title = {Introduction to {Arithmetic}}, year = {100}}",
        "assuming": ["n >= 1"],
        "uses": [],
        "conditional_on": None,
        "open": False,
        "verdict": "HOLDS",
        "salt": 0,
        "tier": "quick",
        "judgements": 0,
        "seconds": 0.1,
        "findings": [finding()],
        "figures": [],
        "key": "k",
        "code": "c0de" * 16,
        "versions": {"python": "3.11.7"},
        "date": "2026-01-02T03:04:05+00:00",
        **changes,
    }


def rows() -> list[dict[str, Any]]:
    base = {"map": "gray:n=2", "measure": "gates", "unit": "gates"}
    found = []
    for direction, value in (("forward", 1), ("encoder", None)):
        why = "" if value else "; inputs 0 and 1 collide: the encoder is the posterior"
        for kind, note in (("lower", "max over bits; of the map a lower bound"), ("upper", "sum over bits")):
            found.append(
                {**base, "direction": direction, "output": None, "kind": kind, "value": value, "note": note + why}
            )
        found.append({**base, "direction": direction, "output": 0, "kind": "exact", "value": value, "note": ""})
    return found


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """A folder with everything that a page may meet, awkward characters included."""
    from matplotlib.figure import Figure

    reports = [
        report(uses=["lem:undecided", "lem:elsewhere"], figures=[{"stem": "figures/thm-odd", "caption": "n^2 by n."}]),
        report(
            label="lem:undecided",
            verdict="UNDECIDED",
            findings=[
                finding(
                    sentence=NASTY,
                    said=NASTY,
                    grade=None,
                    verdict="UNDECIDED",
                    witness=NASTY,
                    traceback="Traceback: <b>",
                    controls=[{"reason": NASTY, "caught": False, "said": "undecided as well: " + "9" * 300}],
                )
            ],
        ),
        report(
            label="prop:fails",
            title=NASTY,
            source=NASTY,
            verdict="FAILS",
            open=True,
            conditional_on="one-way functions",
            findings=[finding(verdict="FAILS", witness="n = 3", controls=[])],
        ),
        report(label="thm:dead", verdict="UNDECIDED", reason="the process was ended by SIGSEGV", findings=[]),
    ]
    for one in reports:
        (tmp_path / f"{one['label'].replace(':', '-')}.json").write_text(json.dumps(one))
    (tmp_path / "compare.json").write_text(json.dumps(rows()))
    (tmp_path / "figures").mkdir()
    figure = Figure(figsize=(3, 2))
    figure.subplots().plot([1, 2], [1, 4])
    for stem in ("figures/thm-odd", "compare"):
        for ending in ("svg", "pdf"):
            figure.savefig(tmp_path / f"{stem}.{ending}")
    return tmp_path


class Reader(HTMLParser):
    """Checks that tags nest; keeps what would be loaded, anchors, links and words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.loads: list[str] = []
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.words = ""
        self.feed(text)
        assert self.open == [], self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            if name in {"src", "srcset", "data", "poster"} or (name == "href" and tag == "link"):
                self.loads.append(value or "")
            elif name == "href":
                self.links.append(value or "")
            elif name == "id":
                assert value not in self.ids, value
                self.ids.add(value or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.words += data


def test_the_page_is_self_contained_and_well_formed(results: Path) -> None:
    text = page(gather(results))
    read = Reader(text)
    assert len(read.loads) == 3
    assert all(load.startswith("data:") for load in read.loads)
    assert not re.search(r"@import|url\((?!['\"]?data:)", text)
    assert not re.search(r"<(script|iframe|object|embed)", text)
    inner = {link.removeprefix("#") for link in read.links if link.startswith("#")}
    assert inner - read.ids == {"lem-elsewhere"}


def test_the_page_says_what_was_seen(results: Path) -> None:
    words = " ".join(Reader(page(gather(results))).words.split())
    for said in (
        "4 statements",
        "1 of 2 controls were caught",
        "equal at all 48 instances, no rounding",
        "caught: sums every third number n = 2: 5 = 4 is false",
        "not caught: 100% of a_b",
        "no control",
        "No verdict: the process was ended by SIGSEGV",
        "Witness: n = 3",
        "Conditional on one-way functions",
        "2026-01-02 03:04 UTC",
        "python 3.11.7",
        "c0dec0dec0de",
        "gray:n=2, inputs 0 and 1 collide: the encoder is the posterior",
        "Nicomachus. Introduction to Arithmetic. 100.",
    ):
        assert said in words, said
    assert "proved" not in words


def test_a_comparison_alone_and_a_run_alone_make_a_page(results: Path) -> None:
    (results / "compare.json").unlink()
    assert "Maps and their encoders" not in page(gather(results))
    for path in results.glob("*.json"):
        path.unlink()
    with pytest.raises(ValueError, match="nothing to report"):
        gather(results)
    (results / "compare.json").write_text(json.dumps(rows()))
    material = gather(results)
    assert "The run" not in page(material)
    assert r"\section{The run}" not in appendix(material)


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no pdflatex to compile the appendix with")
def test_the_appendix_compiles(results: Path) -> None:
    def call(*command: str) -> str:
        ran = subprocess.run(command, cwd=results, capture_output=True, timeout=120)
        said = ran.stdout.decode(errors="replace")
        assert ran.returncode == 0, said[-3000:]
        return said

    material = gather(results)
    (results / "appendix.tex").write_text(appendix(material), encoding="utf-8")
    (results / "references.bib").write_text(bibliography(material), encoding="utf-8")
    latex = ("pdflatex", "-interaction=nonstopmode", "-halt-on-error", "appendix")
    call(*latex)
    call("bibtex", "appendix")
    call(*latex)
    said = call(*latex)
    assert "undefined" not in said.lower()
    assert "Overfull" not in said
    assert (results / "appendix.pdf").read_bytes().startswith(b"%PDF")


def test_statements_are_environments_with_their_labels(results: Path) -> None:
    text = appendix(gather(results))
    assert re.search(r"\\begin\{theorem\}\[\{Odd numbers\}\]\\label\{thm:odd\}\nFor all \$n\$", text)
    assert re.search(r"\\begin\{lemma\}\[.*\]\\label\{lem:undecided\}", text)
    assert r"lemma~\ref{lem:undecided}, \texttt{lem:elsewhere}" in text
    assert r"\cite{nicomachus}" in text
    assert r"\includegraphics[width=.8\linewidth]{figures/thm-odd.pdf}" in text


def test_plain_words_are_escaped() -> None:
    assert plain_to_html(NASTY).startswith("100% of <code>a_b</code> &amp; <math")
    assert "<tag>" not in plain_to_html(NASTY)
    said = plain_to_tex(NASTY)
    assert said.startswith(r"100\% of \texttt{a\_b} \& $x_1$ \ensuremath{<}tag\ensuremath{>} \ensuremath{\sim}")
    assert r"\ensuremath{\lambda}\ensuremath{^{2}}, d\ensuremath{^{h}} --- Erdős \texttt{U+6F22}" in said
    assert tex_to_tex(r"$\theta_1$ ≤ é") == r"$\theta_1$ \ensuremath{\leq} é"
    assert r"\allowbreak" in plain_to_tex("9" * 32) and r"\allowbreak" not in plain_to_tex("9" * 31)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("E X_n^2 at 2^(-1/2)", "$E$ $X_{n}^{2}$ at $2^{-1/2}$"),
        ("a circuit, e.g. an S-box of no_prior", "a circuit, e.g. an S-box of no_prior"),
        ("(d t)^h and |x|^2", "($d$ $t$)${}^{h}$ and |$x$|${}^{2}$"),
        ("theta^(2 distance)", r"$\theta^{2 \text{ distance}}$"),
        ("d lam of $d lam$ and `d`", r"$d$ $\lambda$ of $d lam$ and `d`"),
        ("At t = .72, t.", "At $t$ = .72, $t$."),
    ],
)
def test_variables_and_powers_in_a_sentence_become_formulas(sentence: str, expected: str) -> None:
    assert set_mathematics(sentence) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"\emph{a \textbf{b}} c", "<em>a <strong>b</strong></em> c"),
        (r"K\"onig, Erd\H{o}s, \'{e}~x", "König, Erdős, é\u00a0x"),
        ("``a'' -- b --- c", "“a” – b — c"),
        (r"5\% \& a < b % comment", "5% &amp; a &lt; b % comment"),
        ("a % comment\n  b\n\nc", "a b<br><br>c"),
        (r"\begin{itemize}\item a\item b\end{itemize}", "<ul><li>a<li>b</ul>"),
        (r"see \cite{x}\label{y} and {\unknown z}", "see [x] and z"),
        (r"\texttt{a} \ldots", "<code>a</code> …"),
    ],
)
def test_tex_becomes_html(text: str, expected: str) -> None:
    assert tex_to_html(text) == expected


@pytest.mark.parametrize("text", [r"\[x\]", r"$$x$$", r"\begin{equation}\label{e} x \end{equation}"])
def test_displays_are_blocks(text: str) -> None:
    assert 'display="block"><mrow><mi>x</mi></mrow></math>' in tex_to_html(text)


def test_formulas_are_mathml() -> None:
    assert tex_to_html(r"\emph{if $x<1$}").startswith('<em>if <math xmlns="http://www.w3.org/1998/Math/MathML"')
    assert "(1)" not in tex_to_html(r"\begin{align} a &= b \end{align}")
    assert tex_to_html(r"costs \$5").endswith("costs $5")
    assert 'lspace="0.06em"' in tex_to_html("$|x|$")


def test_a_formula_that_cannot_be_converted_is_shown_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("retrodict.report.tex.convert", lambda *_, **__: 1 / 0)
    assert tex_to_html("$a<b$") == '<code class="tex">a&lt;b</code>'


def test_references_are_read_and_printed() -> None:
    text = """
    @article{b, author = "Doe, Jane and Ann Roe and Poe, P.", title = {The {B} of {\\"o}}, journal={J. X}, volume = 3,
      number = {4}, pages = {1--2}, year = 1999, doi = {10.1/x}}
    @misc{a, title = {Unclosed"""
    b, a = references_in(text)
    assert b.html() == (
        "Jane Doe, Ann Roe and P. Poe. <em>The B of ö</em>. J. X 3(4), 1–2. 1999. "
        '<a href="https://doi.org/10.1/x">https://doi.org/10.1/x</a>'
    )
    assert (a.key, a.fields) == ("a", {"title": "Unclosed"})
    fuller = references_in("@misc{a, title = {Closed}, year = 2000}")[0]
    assert unique([b, a, fuller]) == [fuller, b]


def test_a_comparison_is_set_side_by_side() -> None:
    (panel,) = panels(rows())
    assert (panel.measure, panel.spans) == ("gates", ("max over bits", "sum over bits"))
    assert panel.lines == (("gray:n=2", ("≥ 1", "–", "≤ 1", "–")),)
    assert missing(rows()) == [("gray:n=2", "inputs 0 and 1 collide: the encoder is the posterior")]


def test_families_as_they_grow(tmp_path: Path) -> None:
    from retrodict.compare import scaling, write_scaling

    write_scaling(*scaling(["gray", "triangular", "random"], range(4, 8), ["monomials", "gates"]), tmp_path)
    material = gather(tmp_path)
    html, tex = page(material), appendix(material)
    assert 'id="scaling"' in html
    assert html.count("<tr><td class=") == 6
    assert r"\texttt{gray} & gates & $1$ & $n-1$ \\" in tex
    assert r"\includegraphics" in tex
    assert r"\texttt{random} & monomials" in tex


def test_bounds_of_a_map_share_a_cell() -> None:
    row = {"map": "m", "measure": "gates_joint", "output": None, "unit": "gates", "note": "", "direction": "forward"}
    [panel] = panels([{**row, "kind": "lower", "value": 5}, {**row, "kind": "upper", "value": 9}])
    assert panel.lines == (("m", ("≥ 5, ≤ 9", "–")),)


def test_the_page_shows_the_headline_with_its_caption(tmp_path: Path) -> None:
    told = {"caption": "\\textbf{Encoders.}\nRed: $m = 0$, trained.", "panels": [], "rows": []}
    (tmp_path / "headline.json").write_text(json.dumps(told))
    (tmp_path / "headline.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    text = page(gather(tmp_path))
    assert "<strong>Encoders.</strong>" in text
    assert "Encoder capacity and invertibility" in text
    assert text.count("data:image/svg+xml;base64,") == 1
