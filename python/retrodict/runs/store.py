"""Results on disk, one JSON file a statement, and the key that says whether a result still stands.

Every file is written beside its place and then renamed, so that a reader, or an interrupted run, never meets half a
file.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import platform
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from retrodict.files import DRAFT, replacing
from retrodict.runs.discover import PACKAGE, Statement, file_stem

__all__ = ["Store", "code_digest", "fingerprint", "sweep", "versions"]

Report = dict[str, Any]
# Parts of the package that no verdict rests on: the other statements, and what is done with results afterwards.
ASIDE = ("proofs_numeric", "report", "cli.py")
LIBRARIES = ("numpy", "sympy", "python-flint")


def sweep(folder: Path, pid: int) -> None:
    """Remove the drafts of a process that died while it wrote."""
    for draft in folder.rglob(f".*.{pid}{DRAFT}"):
        draft.unlink(missing_ok=True)


@cache
def versions() -> dict[str, str]:
    """Of Python and of the libraries whose arithmetic a verdict rests on."""
    return {
        "python": platform.python_version(),
        **{name: importlib.metadata.version(name) for name in LIBRARIES},
    }


def fingerprint(statement: Statement, *, salt: int, full: bool) -> str:
    """What a result depends on, as a hash: the statement's text, the package with its compiled module, the versions,
    the tier and the salt.

    The other statements of the package are left out: none of them can change this one's verdict. Modules that a file
    imports from its own folder are not seen here; `Store.kept` looks at those.
    """
    parts = [statement.path.read_bytes().hex(), code_digest(), versions(), "full" if full else "quick", salt]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


class Store:
    """The folder of results."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, label: str) -> Path:
        return self.folder / f"{file_stem(label)}.json"

    def write(self, report: Mapping[str, Any]) -> None:
        with replacing(self.path(str(report["label"]))) as draft:
            draft.write_text(_text(report), encoding="utf-8")

    def read(self, label: str) -> Report | None:
        """The result of a statement, or None where there is none that can be read."""
        try:
            return _parse(self.path(label))
        except (OSError, ValueError):
            return None

    def kept(self, statement: Statement, key: str) -> Report | None:
        """The result of a statement if it was decided under this very key, and what it imported is unchanged."""
        report = self.read(statement.label)
        if report is None or report.get("key") != key or report.get("verdict") == "UNDECIDED":
            return None
        imported: dict[str, str] = report.get("imported", {})
        unchanged = all(Path(name).is_file() and file_digest(Path(name)) == digest for name, digest in imported.items())
        return report if unchanged else None


def file_digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _parse(path: Path) -> Report | None:
    """The result in a file, or None if the file is well-formed and something else."""
    report = json.loads(path.read_text(encoding="utf-8"))
    return report if isinstance(report, dict) and "findings" in report else None


def _text(report: Mapping[str, Any]) -> str:
    return json.dumps(report, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


@cache
def code_digest() -> str:
    """A hash of what verdicts rest on in the package: its Python files and its compiled module."""
    files = {
        str(path.relative_to(PACKAGE)): file_digest(path)
        for path in PACKAGE.rglob("*.py")
        if path.relative_to(PACKAGE).parts[0] not in ASIDE
    }
    core = find_spec("retrodict._core")
    if core is not None and core.origin is not None:
        files["_core"] = file_digest(Path(core.origin))
    return hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()
