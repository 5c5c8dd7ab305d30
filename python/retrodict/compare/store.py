"""Cells of a comparison on disk: one JSON file for each, so that an interrupted comparison goes on where it was.

A file is written beside its place and then renamed. It holds what was asked, a digest of the code that answered, the
rows, and a digest of all that; a file that is damaged, edited, or of other code is not read but computed anew.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from retrodict.compare.cells import Row
from retrodict.files import replacing

__all__ = ["CellStore", "code_digest"]

PACKAGE = Path(__file__).parent.parent
# Parts of the package that no value rests on: who asks, and what is done with the answers.
ASIDE = {"claims", "runs", "report", "compare", "cli.py"}
COUNTS = {"cells.py", "limit.py", "formulas.py"}  # of compare/: these do
LIBRARIES = ("numpy", "python-flint", "jax", "jaxlib", "equinox", "optax", "python-sat")


class CellStore:
    """The cells in a folder.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as name:
    ...     store = CellStore(name)
    ...     store.write({"map": "fold"}, [])
    ...     store.read({"map": "fold"}), store.read({"map": "tent"})
    ([], None)
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)

    def path(self, asked: dict[str, Any]) -> Path:
        """Where the cell of what is asked is kept."""
        return self.folder / f"{_digest(asked)[:32]}.json"

    def read(self, asked: dict[str, Any]) -> list[Row] | None:
        """The rows, or None where there is no whole file of this code."""
        try:
            held = json.loads(self.path(asked).read_text(encoding="utf-8"))
            told = held.pop("digest")
        except (OSError, ValueError, AttributeError, KeyError, TypeError):
            return None
        if told != _digest(held) or held.get("asked") != asked or held.get("code") != code_digest():
            return None
        rows: list[Row] = held["rows"]
        return rows

    def write(self, asked: dict[str, Any], rows: list[Row]) -> None:
        """Keep the rows of what is asked."""
        held = {"asked": asked, "code": code_digest(), "rows": rows}
        text = json.dumps({**held, "digest": _digest(held)}, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
        with replacing(self.path(asked)) as draft:
            draft.write_text(text, encoding="utf-8")


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


@cache
def code_digest() -> str:
    """A hash of what values rest on: the package's Python files and compiled module, and the libraries' versions."""
    parts: dict[str, str] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        place = path.relative_to(PACKAGE)
        if place.parts[0] not in ASIDE or (place.parts[0] == "compare" and place.name in COUNTS):
            parts[str(place)] = hashlib.sha256(path.read_bytes()).hexdigest()
    core = find_spec("retrodict._core")
    if core is not None and core.origin is not None:
        parts["_core"] = hashlib.sha256(Path(core.origin).read_bytes()).hexdigest()
    for name in LIBRARIES:
        try:
            parts[name] = version(name)
        except PackageNotFoundError:
            parts[name] = "none"
    return _digest(parts)
