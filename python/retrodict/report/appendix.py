"""The appendix: LaTeX that plain pdflatex reads, and the bibliography that it cites."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined

from retrodict.report.comparison import laws, missing, panels
from retrodict.report.gather import GRADES, Material
from retrodict.report.prose import plain_to_tex, set_mathematics, tex_to_tex
from retrodict.report.references import references_in

__all__ = ["appendix", "bibliography"]

ENVIRONMENTS = {"thm": "theorem", "lem": "lemma", "prop": "proposition", "cor": "corollary", "conj": "conjecture"}


def appendix(material: Material) -> str:
    """The appendix, a document of its own; it stands beside `figures/` and `references.bib`."""

    def figure(stem: str) -> str | None:
        return f"{stem}.pdf" if material.figure(stem, "pdf") else None

    environment = Environment(
        loader=PackageLoader("retrodict.report"),
        autoescape=False,  # TeX has its own rules: every value passes the filter `plain` or `tex`
        undefined=StrictUndefined,
        block_start_string="<%",
        block_end_string="%>",
        variable_start_string="<<",
        variable_end_string=">>",
        comment_start_string="<#",
        comment_end_string="#>",
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        tex=tex_to_tex,
        plain=plain_to_tex,
        relation=lambda text: text.replace("<=", "≤").replace(">=", "≥"),
        sentence=lambda text: plain_to_tex(set_mathematics(text)),
        kind=_environment,
        keys=_keys,
    )
    environment.globals.update(figure=figure)
    return environment.get_template("appendix.tex").render(
        material=material,
        panels=panels(material.rows),
        missing=missing(material.rows),
        laws=laws(material.growth),
        meanings=GRADES,
        environments=ENVIRONMENTS,
        labels={report["label"] for report in material.reports},
    )


def bibliography(material: Material) -> str:
    """The entries that the statements bring, once each."""
    return "\n\n".join(tex_to_tex(reference.source) for reference in material.references) + "\n"


def _environment(label: str) -> str:
    """
    >>> _environment("lem:pruning"), _environment("census")
    ('lemma', 'theorem')
    """
    return ENVIRONMENTS.get(label.partition(":")[0], "theorem")


def _keys(bibtex: str | None) -> str:
    return ",".join(reference.key for reference in references_in(bibtex or ""))
