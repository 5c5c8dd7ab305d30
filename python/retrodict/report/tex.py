r"""TeX prose as HTML: formulas become MathML, and the few commands that statements use become tags."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator

from latex2mathml.converter import convert
from markupsafe import Markup

__all__ = ["FORMULA", "formula", "tex_to_html"]

FORMULA = re.compile(
    r"\\begin\{(?P<name>(?:equation|align|gather|multline)\*?)\}(?P<inner>.*?)\\end\{(?P=name)\}"
    r"|\$\$(?P<dollars>.+?)\$\$|\\\[(?P<brackets>.+?)\\\]"
    r"|(?<!\\)\$(?P<dollar>.+?)(?<!\\)\$|\\\((?P<parens>.+?)\\\)",
    re.DOTALL,
)
TOKEN = re.compile(
    rf"(?P<formula>{FORMULA.pattern})|(?P<comment>(?<!\\)%[^\n]*\n\s*)|(?P<paragraph>\n\s*\n)"
    r"|\\(?P<command>[A-Za-z]+\*?)\s*|\\(?P<sign>.)|(?P<ligature>---|--|``|''|[`'~])|(?P<open>\{)|(?P<close>\})|.",
    re.DOTALL,
)
# A bar is taken for an infix operator, with space on either side; here it is an absolute value (\\mid is the other).
BAR = '<mo stretchy="false">&#x0007C;</mo>'
TIGHT = '<mo stretchy="false" lspace="0.06em" rspace="0.06em">&#x0007C;</mo>'
TAGS = {"emph": "em", "textit": "em", "textsl": "em", "textbf": "strong", "texttt": "code"}
LISTS = {"itemize": "ul", "enumerate": "ol"}
SYMBOLS = {
    **{"ldots": "…", "dots": "…", "S": "§", "o": "ø", "l": "ł", "ss": "ß", "ae": "æ", "quad": "\u2003"},
    **{"item": "<li>", "qquad": "\u2003\u2003", "\\": "<br>", ",": "\u2009", ";": "\u2009", " ": " ", "-": "\u00ad"},
}
ACCENTS = {
    **{"'": "\u0301", "`": "\u0300", '"': "\u0308", "^": "\u0302", "~": "\u0303", "=": "\u0304", ".": "\u0307"},
    **{"c": "\u0327", "v": "\u030c", "u": "\u0306", "H": "\u030b", "k": "\u0328"},
}
LIGATURES = {"---": "—", "--": "–", "``": "“", "''": "”", "`": "‘", "'": "’", "~": "\u00a0"}


def tex_to_html(text: str) -> Markup:
    r"""TeX prose as HTML.

    >>> tex_to_html(r"At most \emph{two} \& no---more, Erd\H{o}s says.")
    Markup('At most <em>two</em> &amp; no—more, Erdős says.')
    """
    return Markup(_group(TOKEN.finditer(text.strip())))


def formula(found: re.Match[str]) -> Markup:
    """A formula as MathML; one that cannot be converted is shown as its source."""
    inner = next(found[k] for k in ("inner", "dollars", "brackets", "dollar", "parens") if found[k])
    if (found["name"] or "").startswith(("align", "gather")):
        inner = rf"\begin{{align*}}{inner}\end{{align*}}"
    display = found["dollar"] is None and found["parens"] is None
    try:
        source = re.sub(r"\\(?:label\{[^}]*\}|nonumber|notag)", "", inner).strip()
        return Markup(convert(source, display="block" if display else "inline").replace(BAR, TIGHT))
    except Exception:  # its parser fails with whatever went wrong inside
        return Markup(f'<code class="tex">{html.escape(inner)}</code>')


def _group(tokens: Iterator[re.Match[str]]) -> str:
    """Everything up to the brace that closes the group, or to the end."""
    parts: list[str] = []
    for token in tokens:
        if token["close"]:
            break
        parts.append(_token(token, tokens))
    return "".join(parts)


def _token(token: re.Match[str], tokens: Iterator[re.Match[str]]) -> str:
    if token["formula"]:
        return formula(token)
    if token["open"]:
        return _group(tokens)
    if token["paragraph"]:
        return "<br><br>"
    if token["comment"]:
        return ""
    if token["ligature"]:
        return LIGATURES[token["ligature"]]
    name = token["command"] or token["sign"]
    return _command(name, tokens) if name else html.escape(token[0], quote=False)


def _command(name: str, tokens: Iterator[re.Match[str]]) -> str:
    if name in TAGS:
        return f"<{TAGS[name]}>{_argument(tokens)}</{TAGS[name]}>"
    if name in ACCENTS:
        return unicodedata.normalize("NFC", _argument(tokens) + ACCENTS[name])
    if name in {"begin", "end"}:
        tag = LISTS.get(_argument(tokens))
        return f"<{'/' * (name == 'end')}{tag}>" if tag else ""
    if name in {"cite", "citet", "citep", "ref", "eqref"}:
        return f"[{_argument(tokens)}]"
    if name == "label":
        _argument(tokens)
        return ""
    return SYMBOLS.get(name, html.escape(name, quote=False) if len(name) == 1 else "")


def _argument(tokens: Iterator[re.Match[str]]) -> str:
    token = next(tokens, None)
    return _token(token, tokens) if token else ""
