"""The page: one HTML file that needs nothing beside itself."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from retrodict.report.comparison import panels, without_encoder
from retrodict.report.gather import GRADES, Material
from retrodict.report.prose import plain_to_html
from retrodict.report.tex import tex_to_html

__all__ = ["page"]


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
    environment.filters.update(tex=tex_to_html, plain=plain_to_html, anchor=anchor, number=number)
    environment.globals.update(figure=figure, style=_style(environment))
    return environment.get_template("page.html").render(
        material=material, panels=panels(material.rows), missing=without_encoder(material.rows), meanings=GRADES
    )


def anchor(label: str) -> str:
    return label.replace(":", "-")


def number(value: float) -> str:
    """
    >>> number(95570), number(0.25), number(12.0)
    ('95\u202f570', '0.2', '12')
    """
    return f"{value:,.0f}".replace(",", "\u202f") if value >= 10 else f"{value:.2g}" if value < 0.1 else f"{value:.1f}"


def _style(environment: Environment) -> Markup:
    source: Any = environment.loader
    return Markup(source.get_source(environment, "page.css")[0])


def _inline(path: Path) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(path.read_bytes()).decode()
