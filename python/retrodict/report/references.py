"""The BibTeX that statements bring with them: entries once each, and as lines to read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup

from retrodict.report.tex import tex_to_html

__all__ = ["Reference", "references_in", "unique"]

HEAD = re.compile(r"@(?P<kind>\w+)\s*\{\s*(?P<key>[^\s,{}]+)\s*,")
FIELD = re.compile(r"(?P<name>\w+)\s*=\s*(?=(?P<delimiter>.))", re.DOTALL)


@dataclass(frozen=True)
class Reference:
    """One BibTeX entry: its text as it came, and its fields as TeX."""

    key: str
    source: str
    fields: dict[str, str]

    def html(self) -> Markup:
        """Authors, title, where, year, as a line of a bibliography.

        >>> (entry,) = references_in("@book{k, author = {Doe, Jane and Roe, R.}, title = {On {B}rooms}, year = 1999}")
        >>> entry.html()
        Markup('Jane Doe and R. Roe. <em>On Brooms</em>. 1999.')
        """
        said = {name: tex_to_html(value) for name, value in self.fields.items() if name not in {"author", "doi", "url"}}
        where = Markup(", ").join(
            said[name] for name in ("journal", "booktitle", "publisher", "school") if name in said
        )
        if "volume" in said:
            where += Markup(" ") + said["volume"] + (Markup("({})").format(said["number"]) if "number" in said else "")
        if "pages" in said:
            where += Markup(", ") + said["pages"]
        title = Markup("<em>{}</em>").format(said["title"]) if "title" in said else Markup()
        note = said.get("note", said.get("howpublished", Markup()))
        authors = tex_to_html(_names(self.fields.get("author", "")))
        parts = [part for part in (authors, title, where, said.get("year", Markup()), note) if part]
        line = Markup(" ").join(part if part.endswith(".") else part + "." for part in parts)
        link = f"https://doi.org/{self.fields['doi']}" if "doi" in self.fields else self.fields.get("url")
        return line + Markup(' <a href="{0}">{0}</a>').format(link) if link else line


def references_in(text: str) -> list[Reference]:
    """The entries of a piece of BibTeX; an entry whose braces do not close ends with the text."""
    found = []
    for head in HEAD.finditer(text):
        end = _closing(text, text.index("{", head.start()))
        found.append(Reference(head["key"], text[head.start() : end + 1], _fields(text[head.end() : end])))
    return found


def unique(references: Iterable[Reference]) -> list[Reference]:
    """One reference a key, in the order of the keys: the first that came with it, which a longer one replaces."""
    best: dict[str, Reference] = {}
    for reference in references:
        known = best.setdefault(reference.key, reference)
        if len(reference.fields) > len(known.fields):
            best[reference.key] = reference
    return [best[key] for key in sorted(best)]


def _fields(body: str) -> dict[str, str]:
    fields, at = {}, 0
    while found := FIELD.search(body, at):
        start = found.end()
        if found["delimiter"] == "{":
            at = _closing(body, start)
            value = body[start + 1 : at]
        elif found["delimiter"] == '"':
            closing = body.find('"', start + 1)
            at = closing if closing >= 0 else len(body)
            value = body[start + 1 : at]
        else:
            at = min(i for i in (body.find(",", start), len(body)) if i >= 0)
            value = body[start:at]
        fields[found["name"].lower()] = " ".join(value.split())
    return fields


def _closing(text: str, start: int) -> int:
    """The index of the brace that closes the one at `start`, or of the end."""
    depth = 0
    for i in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[i], 0)
        if depth == 0:
            return i
    return len(text)


def _names(authors: str) -> str:
    """`Doe, Jane and Roe, R.` as `Jane Doe and R. Roe`."""
    people = [" ".join(reversed(person.split(", ", 1))) for person in re.split(r"\s+and\s+", authors) if person]
    return " and ".join([", ".join(people[:-1]), people[-1]] if len(people) > 1 else people)
