r"""Words for the page and for pdflatex.

*Plain* words are what a check says: ordinary characters, where `$...$` is a formula and backquotes are code. Its
*sentences* are plain words in which `x_n^2`, `theta` and single letters are mathematics. *TeX* is what a statement is
written in; it is TeX already, but for characters that the oldest fonts lack.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable

from markupsafe import Markup

from retrodict.report.tex import FORMULA, formula

__all__ = ["plain_to_html", "plain_to_tex", "set_mathematics", "shorten_fractions", "tex_to_tex"]

CODE = re.compile(r"`([^`\n]+)`")
GREEK = "alpha|beta|gamma|delta|epsilon|eta|theta|lambda|lam|mu|nu|pi|rho|sigma|tau|phi|chi|psi|omega"
SCRIPT = r"-?\d+|[A-Za-z]\b|\([^()]*\)"
TERM = re.compile(
    r"(?<![\w'’`$\\-])(?<!\w\.)"
    rf"(?:(?P<base>{GREEK}|[b-zB-HJ-Z]|[aAI](?=[_^])|\d+(?=\^))(?:_(?P<sub>[0-9A-Za-z]|\([^()]*\)))?|(?<=[)\]|])(?=\^))"
    rf"(?:\^(?P<sup>{SCRIPT}))?(?![\w'’`$^-]|\.\w)"
)
LONG = re.compile(r"[^\s\u200b]{32,}")
FRACTION = re.compile(r"Fraction\((-?\d+), (\d+)\)")

SIGNS = """
α alpha β beta γ gamma δ delta ε varepsilon ζ zeta η eta θ theta ι iota κ kappa λ lambda μ mu ν nu ξ xi π pi ρ rho
σ sigma ς varsigma τ tau υ upsilon φ varphi χ chi ψ psi ω omega ϑ vartheta ϕ phi ϵ epsilon Γ Gamma Δ Delta Θ Theta
Λ Lambda Ξ Xi Π Pi Σ Sigma Φ Phi Ψ Psi Ω Omega ≤ leq ≥ geq ≠ neq ≈ approx ≡ equiv ∼ sim ∝ propto ± pm × times · cdot
÷ div ∞ infty ∈ in ∉ notin ∑ sum ∏ prod ∫ int √ surd ∂ partial ∇ nabla → to ← leftarrow ↔ leftrightarrow ↦ mapsto
⇒ Rightarrow ⇔ Leftrightarrow ∀ forall ∃ exists ∅ emptyset ∪ cup ∩ cap ⊂ subset ⊆ subseteq ∖ setminus ⊕ oplus ⊗ otimes
∧ wedge ∨ vee ¬ neg ℓ ell ⟨ langle ⟩ rangle ⌈ lceil ⌉ rceil ⌊ lfloor ⌋ rfloor ℝ mathbb{R} ℕ mathbb{N} ℤ mathbb{Z}
ℚ mathbb{Q} ℂ mathbb{C} 𝔽 mathbb{F}
"""
IN_MATH = dict(zip(SIGNS.split()[::2], SIGNS.split()[1::2], strict=True))
IN_TEXT = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\ensuremath{\sim}",
    "<": r"\ensuremath{<}",
    ">": r"\ensuremath{>}",
    "|": r"\ensuremath{|}",
    '"': r"\char34{}",
}
TYPOGRAPHY = {
    "—": "---",
    "–": "--",
    "“": "``",
    "”": "''",
    "‘": "`",
    "’": "'",
    "…": r"\ldots{}",
    "\u200b": r"\allowbreak{}",
    "−": r"\ensuremath{-}",
}


def plain_to_html(text: str) -> Markup:
    """Plain words as HTML.

    >>> plain_to_html("a < b in `core`")
    Markup('a &lt; b in <code>core</code>')
    """

    def words(part: str) -> str:
        return CODE.sub(r"<code>\1</code>", html.escape(part, quote=False))

    return Markup(_translate(FORMULA, text, formula, words))


def plain_to_tex(text: str) -> str:
    r"""Plain words as TeX.

    >>> print(plain_to_tex("100% of $x_1$ in `a_b`, θ ≤ 1"))
    100\% of $x_1$ in \texttt{a\_b}, \ensuremath{\theta} \ensuremath{\leq} 1
    """

    def words(part: str) -> str:
        return _translate(CODE, part, lambda found: rf"\texttt{{{_escape(found[1])}}}", _escape)

    return _translate(FORMULA, text, lambda found: tex_to_tex(found[0]), words)


def set_mathematics(sentence: str) -> str:
    r"""A sentence with its variables, powers and indices written as formulas.

    >>> print(set_mathematics("E X_(n+1)^2 is at most d theta^2, and a path's is 2^(-n)."))
    $E$ $X_{n+1}^{2}$ is at most $d$ $\theta^{2}$, and a path's is $2^{-n}$.
    """

    def term(found: re.Match[str]) -> str:
        scripts = [f"{sign}{{{_script(found[name])}}}" for sign, name in (("_", "sub"), ("^", "sup")) if found[name]]
        return f"${_symbol(found['base'] or '')}{''.join(scripts)}$"

    kept = re.compile(f"{FORMULA.pattern}|{CODE.pattern}", re.DOTALL)
    return _translate(kept, sentence, lambda found: found[0], lambda words: TERM.sub(term, words))


def shorten_fractions(text: str) -> str:
    """
    >>> shorten_fractions("t = Fraction(-1, 3)")
    't = -1/3'
    """
    return FRACTION.sub(r"\1/\2", text)


def _symbol(word: str) -> str:
    return "\\" + {"lam": "lambda"}.get(word, word) if len(word) > 1 and word.isalpha() else word or "{}"


def _script(script: str) -> str:
    inner = script.removeprefix("(").removesuffix(")")
    return re.sub(
        r"[A-Za-z]{2,}",
        lambda word: _symbol(word[0]) if word[0] in GREEK.split("|") else rf"\text{{ {word[0]}}}",
        inner,
    )


def tex_to_tex(text: str) -> str:
    """TeX as TeX that pdflatex reads: characters that its fonts lack become commands."""
    return "".join(_character(c, escaping=False) for c in text)


def _translate(
    pattern: re.Pattern[str], text: str, matched: Callable[[re.Match[str]], str], between: Callable[[str], str]
) -> str:
    parts, end = [], 0
    for found in pattern.finditer(text):
        parts += [between(text[end : found.start()]), matched(found)]
        end = found.end()
    return "".join([*parts, between(text[end:])])


def _escape(words: str) -> str:
    """TeX for characters as they are; a run too long for a line may break anywhere."""
    broken = LONG.sub(lambda run: "\u200b".join(run[0]), words)
    return "".join(_character(c, escaping=True) for c in broken)


def _character(c: str, *, escaping: bool) -> str:
    if escaping and c in IN_TEXT:
        return IN_TEXT[c]
    if c.isascii():
        return c
    if c in IN_MATH:
        return rf"\ensuremath{{\{IN_MATH[c]}}}"
    if c in TYPOGRAPHY:
        return TYPOGRAPHY[c]
    if unicodedata.category(c).startswith("L") and ord(c) < 0x180:  # Latin with accents: LaTeX composes it
        return c
    form, _, points = unicodedata.decomposition(c).partition(" ")
    if form in {"<super>", "<sub>"}:
        script = "".join(chr(int(point, 16)) for point in points.split())
        return rf"\ensuremath{{{'^' if form == '<super>' else '_'}{{{tex_to_tex(script)}}}}}"
    plain = unicodedata.normalize("NFKD", c).encode("ascii", "ignore").decode()
    return _escape(plain) if plain else rf"\texttt{{U+{ord(c):04X}}}"
