"""The process that judges one statement: a request in on stdin, a line of JSON out for each event.

It is started by `retrodict.runs.execute` and never imported. The request is one line: `path`, `label`, `folder`,
`salt` and `full`. Each answer is an object with one key: `progress`, then `report` or `failure`.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import traceback
from collections.abc import Callable
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from retrodict.claims import Theorem
from retrodict.files import replacing
from retrodict.runs.discover import file_stem
from retrodict.runs.store import file_digest

# House style of the figures: serif type that matches the page, no box, a reproducible file.
STYLE: Any = {
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": "medium",
    "figure.constrained_layout.use": True,
    "figure.dpi": 110,
    "font.family": "STIXGeneral",
    "font.size": 10.5,
    "legend.frameon": False,
    "lines.linewidth": 1.4,
    "mathtext.fontset": "stix",
    "pdf.fonttype": 42,
    "savefig.transparent": True,
    "svg.hashsalt": "retrodict",
}
FORMATS: dict[str, dict[str, None]] = {"pdf": {"CreationDate": None}, "svg": {"Date": None}}

Emit = Callable[[dict[str, Any]], None]


def main() -> None:
    emit = _take_stdout()
    request = json.loads(sys.stdin.readline())
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    try:
        emit({"report": judge(request, emit)})
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
        emit({"failure": {"reason": reason, "traceback": traceback.format_exc()}})


def judge(request: dict[str, Any], emit: Emit) -> dict[str, Any]:
    """Load the statement's file, judge it, draw its figure."""
    path = Path(request["path"])
    module = load(path)
    theorems = {id(value): value for value in vars(module).values() if isinstance(value, Theorem)}
    if len(theorems) != 1:
        raise ValueError(f"{path} binds {len(theorems)} theorems to names of the module: it must be one")
    (theorem,) = theorems.values()
    if theorem.label != request["label"]:
        raise ValueError(f"{path}: the label {theorem.label} is not the one written in its Theorem(...)")
    report = theorem.judge(
        salt=request["salt"],
        full=request["full"],
        progress=lambda done, total, _: emit({"progress": (done, total)}),
    ).to_json()
    return {**report, **draw(theorem, Path(request["folder"])), "imported": imported(path)}


def load(path: Path) -> ModuleType:
    """Run a file as a module, with its own folder first on the path, as a script has it."""
    sys.path.insert(0, str(path.parent))
    spec = spec_from_file_location("__statement__", path)
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def imported(path: Path) -> dict[str, str]:
    """The modules that a statement has imported from beside its own file, with their hashes."""
    found = {}
    for name, module in list(sys.modules.items()):
        source = Path(getattr(module, "__file__", None) or "/")
        top = name.partition(".")[0]
        if source.is_relative_to(path.parent) and source.relative_to(path.parent).parts[:1] in {(top,), (f"{top}.py",)}:
            found[str(source)] = file_digest(source)
    return found


def draw(theorem: Theorem, folder: Path) -> dict[str, Any]:
    """Save the statement's figures. They are no evidence: one that fails is said, and changes no verdict."""
    if not theorem.figures:
        return {"figures": []}
    import matplotlib

    matplotlib.use("Agg")
    drawn: list[dict[str, str]] = []
    try:
        for i, picture in enumerate(theorem.figures):
            stem = f"figures/{file_stem(theorem.label)}" + (f"-{i + 1}" if i else "")
            with matplotlib.rc_context(STYLE):
                figure = picture()
                for kind, metadata in FORMATS.items():
                    with replacing(folder / f"{stem}.{kind}") as draft:
                        figure.savefig(draft, format=kind, metadata=metadata)
            drawn.append({"stem": stem, "caption": " ".join((picture.__doc__ or "").split())})
    except Exception:
        return {"figures": drawn, "figure_traceback": traceback.format_exc()}
    return {"figures": drawn}


def _take_stdout() -> Emit:
    """Keep stdout for the answers; whatever the statement prints goes to stderr."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def emit(message: dict[str, Any]) -> None:
        print(json.dumps(message, allow_nan=False), file=answers, flush=True)

    return emit


def _leave_with_parent() -> None:
    """The parent holds the other end of stdin: its end is the parent's."""
    sys.stdin.read()
    os._exit(1)


if __name__ == "__main__":
    main()
