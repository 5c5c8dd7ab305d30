"""Find statements: files by path, keyed by the label of the one `Theorem` in each.

A statement's label, title and source are read from its text, never by running it: a file that fails, or kills its
process, still has a name to be reported under.
"""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

__all__ = ["Statement", "file_stem", "folder", "nearest", "read", "select", "statements_in"]

PACKAGE = Path(__file__).parent.parent
PREFIXES = ("thm_", "lem_", "prop_", "cor_", "conj_")


@dataclass(frozen=True)
class Statement:
    """A statement's file, and what its call of `Theorem` says in literals.

    `said` holds the literal keyword arguments; arguments that are computed are left out of it.
    """

    path: Path
    label: str
    said: dict[str, Any]

    def __getitem__(self, key: str) -> str:
        return str(self.said.get(key) or "")


def folder() -> Path:
    """Where the statements of the package lie: inside it when installed, beside it in a source tree.

    >>> folder().name
    'proofs_numeric'
    """
    installed = PACKAGE / "proofs_numeric"
    return installed if installed.is_dir() else PACKAGE.parent.parent / "proofs_numeric"


def file_stem(label: str) -> str:
    """The name, without its ending, of the files that hold a statement's results.

    >>> file_stem("thm:census")
    'thm-census'
    """
    return label.replace(":", "-")


def nearest(name: str, known: Iterable[str]) -> str:
    """The end of an error message: the known names that `name` may have meant.

    >>> nearest("thm:censsus", ["thm:census", "lem:bp"])
    '; did you mean thm:census?'
    >>> nearest("zzz", ["b", "a"])
    '; known are a, b'
    >>> nearest("zzz", [])
    ''
    """
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=3)
    if close:
        return f"; did you mean {' or '.join(close)}?"
    return f"; known are {', '.join(names)}" if names else ""


def read(path: Path) -> Statement:
    """The statement in a file.

    Raises
    ------
    ValueError
        If the file is missing or is not Python, or does not hold exactly one `Theorem(label="...")`.
    """
    if not path.is_file():
        raise ValueError(f"{path}: no such file")
    try:
        module = ast.parse(path.read_bytes(), filename=str(path))
    except (SyntaxError, ValueError) as error:
        line = f":{error.lineno}" if isinstance(error, SyntaxError) and error.lineno else ""
        raise ValueError(f"{path}{line}: not a Python file: {error.args[0]}") from None
    calls = [node for node in ast.walk(module) if isinstance(node, ast.Call) and _called(node) == "Theorem"]
    if len(calls) != 1:
        raise ValueError(f"{path}: a statement's file holds one Theorem(...), this one {len(calls) or 'none'}")
    said = _literals(calls[0])
    label = said.get("label")
    if not isinstance(label, str):
        raise ValueError(f"{path}:{calls[0].lineno}: Theorem(label=...) must be a string, written out")
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9:._+-]*", label):
        raise ValueError(f"{path}:{calls[0].lineno}: label {label!r}: letters, digits and any of : . _ + - only")
    return Statement(path.resolve(), label, said)


def statements_in(place: Path) -> list[Statement]:
    """The statements below a folder (files `thm_*.py`, `lem_*.py`, `prop_*.py`, ...), in the order of their paths."""
    return [read(path) for path in sorted(place.rglob("*.py")) if path.name.startswith(PREFIXES)]


def select(patterns: Sequence[str], place: Path | None = None) -> list[Statement]:
    """The statements that patterns name: labels with `*` and `?`, files, or folders of files. None given: all.

    Parameters
    ----------
    patterns : sequence of str
        What ends in `.py`, or is a path that exists, is a file or a folder; anything else is matched against labels.
    place : Path, optional
        Where labels are looked up, by default the statements of the package.

    Raises
    ------
    ValueError
        Naming a pattern that nothing matches, with the nearest labels; a file that holds no statement; or two files
        that claim one label.
    """
    chosen: dict[Path, Statement] = {}
    library: list[Statement] | None = None
    for pattern in patterns or ["*"]:
        path = Path(pattern)
        if path.is_dir():
            found = statements_in(path)
            if not found:
                raise ValueError(f"{pattern}: no statement (a file thm_*.py, lem_*.py, prop_*.py) in this folder")
        elif path.is_file() or path.suffix == ".py":
            found = [read(path)]
        else:
            library = statements_in(place or folder()) if library is None else library
            found = [statement for statement in library if fnmatchcase(statement.label, pattern)]
            if not found:
                hint = nearest(pattern, (statement.label for statement in library))
                raise ValueError(f"no statement has the label {pattern}{hint}")
        chosen.update((statement.path, statement) for statement in found)
    _refuse_shared_names(chosen.values())
    return list(chosen.values())


def _called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def _literals(call: ast.Call) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for keyword in call.keywords:
        if keyword.arg is not None:
            try:
                found[keyword.arg] = ast.literal_eval(keyword.value)
            except ValueError:
                continue
    return found


def _refuse_shared_names(statements: Iterable[Statement]) -> None:
    owner: dict[str, Statement] = {}
    for statement in statements:
        other = owner.setdefault(file_stem(statement.label).lower(), statement)
        if other is not statement:
            raise ValueError(
                f"{statement.path} and {other.path} both claim the label {other.label}"
                if statement.label == other.label
                else f"the labels {other.label} and {statement.label} would share one file of results"
            )
