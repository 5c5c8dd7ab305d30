"""The page: one HTML file that needs nothing beside itself."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from retrodict.report.comparison import laws, missing, panels
from retrodict.report.fonts import font_faces
from retrodict.report.gather import GRADES, Material
from retrodict.report.prose import plain_to_html, set_mathematics, shorten_fractions
from retrodict.report.references import references_in
from retrodict.report.tex import tex_to_html

__all__ = ["page"]

FONTS = "/* fonts */"  # in the style: they are cut to the page, so they come last
WORDS = {"HOLDS": "hold", "FAILS": "fail", "UNDECIDED": "undecided"}


def page(material: Material) -> str:
    """The page as HTML, with its style, formulas and figures inside."""

    def figure(stem: str) -> str | None:
        path = material.figure(stem, "svg")
        return _inline(path) if path else None

    environment = Environment(
        loader=PackageLoader("retrodict.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        tex=tex_to_html,
        plain=lambda text: plain_to_html(shorten_fractions(text)),
        relation=lambda text: text.replace("<=", "≤").replace(">=", "≥"),
        sentence=lambda text: plain_to_html(set_mathematics(text)),
        anchor=lambda label: label.replace(":", "-"),
        moment=lambda date: f"{date[:16].replace('T', ' ')} UTC",
        keys=lambda bibtex: [reference.key for reference in references_in(bibtex)],
    )
    environment.globals.update(figure=figure, style=_style(environment))
    numbers = {reference.key: i for i, reference in enumerate(material.references, start=1)}
    text = environment.get_template("page.html").render(
        material=material,
        panels=panels(material.rows),
        missing=missing(material.rows),
        laws=laws(material.growth),
        meanings=GRADES,
        numbers=numbers,
        words=WORDS,
    )
    return text.replace(FONTS, font_faces("".join(sorted(set(text)))), 1)


def _style(environment: Environment) -> Markup:
    source: Any = environment.loader
    return Markup(source.get_source(environment, "page.css")[0])


def _inline(path: Path) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(path.read_bytes()).decode()
