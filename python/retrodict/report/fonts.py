"""STIX, the typeface of the figures, cut down to the characters of a page, so that the page can carry it."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import matplotlib
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from markupsafe import Markup

__all__ = ["font_faces"]

FACES = {
    "STIXGeneral.ttf": "font-style: normal; font-weight: 400",
    "STIXGeneralItalic.ttf": "font-style: italic; font-weight: 400",
    "STIXGeneralBol.ttf": "font-style: normal; font-weight: 700",
    "STIXGeneralBolIta.ttf": "font-style: italic; font-weight: 700",
}


def font_faces(text: str) -> Markup:
    """CSS that defines the family STIX with the characters of a text, as data; the files are those of matplotlib.

    >>> font_faces("retrodict")[:54]
    Markup('@font-face { font-family: STIX; font-style: normal; fo')
    """
    folder = Path(matplotlib.get_data_path(), "fonts", "ttf")
    return Markup("\n").join(
        Markup(
            f"@font-face {{ font-family: STIX; {style}; src: url(data:font/woff;base64,{_cut(folder / name, text)}); }}"
        )
        for name, style in FACES.items()
    )


def _cut(path: Path, text: str) -> str:
    """The font as WOFF in base64, without the glyphs that the text does not use."""
    options = Options(flavor="woff", layout_features=["*"], notdef_outline=True)
    options.drop_tables += ["FFTM"]  # the font editor's time stamps
    with TTFont(path, recalcTimestamp=False) as font:
        cutter = Subsetter(options)
        cutter.populate(text=text)
        cutter.subset(font)
        font.flavor = "woff"
        stream = io.BytesIO()
        font.save(stream)
    return base64.b64encode(stream.getvalue()).decode()
