"""What a run looks like in a terminal. Colours and the bar are left out where there is none, or under NO_COLOR."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console, JustifyMethod
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from retrodict.claims import budget
from retrodict.runs.discover import Statement, file_stem
from retrodict.runs.store import Report

__all__ = ["Bar", "Display", "console", "grades", "summary", "table", "table_of_statements"]

STYLES = {"HOLDS": "green", "FAILS": "bold red", "UNDECIDED": "yellow"}
GRADES = ("SYMBOLIC", "EXACT", "CERTIFIED", "STATISTICAL")
WIDTH_OF_A_FILE = 120  # columns, where the output is no terminal


class _Console(Console):
    def on_broken_pipe(self) -> None:
        raise BrokenPipeError  # the command line settles how to exit


def console(*, stderr: bool = False) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    return _Console(stderr=stderr, highlight=False, markup=False, width=None if stream.isatty() else WIDTH_OF_A_FILE)


def grades(report: Mapping[str, Any]) -> list[str]:
    """The grades of a report's findings, each once, in the order of the design."""
    seen = {finding["grade"] for finding in report["findings"]}
    return [grade for grade in GRADES if grade in seen]


def table(
    header: Sequence[str], rows: Iterable[Sequence[str | Text]], *, title: str = "", align: JustifyMethod = "right"
) -> Table:
    """A table with no lines but the one below its header; columns after the first are aligned as told."""
    found = Table(
        box=SIMPLE_HEAD, title=title, title_justify="left", title_style="bold", header_style="dim", pad_edge=False
    )
    for i, name in enumerate(header):
        found.add_column(name, justify=align if i else "left", overflow="fold")
    for row in rows:
        found.add_row(*(cell if isinstance(cell, Text) else Text(cell) for cell in row))
    return found


class Bar:
    """One bar, which goes away when all is done."""

    def __init__(self, console: Console) -> None:
        self._progress = _progress(console)
        self._task = self._progress.add_task("", total=None)

    def __enter__(self) -> Bar:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def at(self, done: int, total: int, what: str) -> None:
        self._progress.update(self._task, completed=done, total=total, description=what)


class Display:
    """Prints every statement as it finishes, above a bar that shows the ones at work.

    A statement that holds takes one line; all findings of it where `detailed`, and always where it does not hold.
    """

    def __init__(self, console: Console, folder: Path, n: int, *, detailed: bool) -> None:
        self.console = console
        self.folder = folder
        self.detailed = detailed
        self._progress = _progress(console)
        self._all = self._progress.add_task("statements", total=n)
        self._tasks: dict[str, TaskID] = {}
        self.kept = 0

    def __enter__(self) -> Display:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def started(self, statement: Statement) -> None:
        self._tasks[statement.label] = self._progress.add_task(statement.label, total=None)

    def progressed(self, statement: Statement, done: int, total: int) -> None:
        self._progress.update(self._tasks[statement.label], completed=done, total=total)

    def finished(self, statement: Statement, report: Report, *, kept: bool) -> None:
        if statement.label in self._tasks:
            self._progress.remove_task(self._tasks.pop(statement.label))
        self.kept += kept
        self.console.print(_heading(report, kept=kept))
        if self.detailed or report["verdict"] != "HOLDS" or report.get("figure_traceback"):
            self.console.print(_findings(report, self.folder))
        self._progress.advance(self._all)


def _heading(report: Report, *, kept: bool) -> Text:
    return Text.assemble(
        (f"{report['verdict']:<9}", STYLES[report["verdict"]]),
        "  ",
        (report["label"], "bold"),
        f"  {report['title']}" if report["title"] else "",
        ("  open" if report["open"] else "", "magenta"),
        (f"  given {report['conditional_on']}" if report["conditional_on"] else "", "magenta"),
        (f"  {_counts(report)}", "dim"),
        ("  kept" if kept else f"  {report['seconds']:.1f} s", "dim"),
    )


def _counts(report: Report) -> str:
    controls = [control["caught"] for finding in report["findings"] for control in finding["controls"]]
    return f"{len(report['findings'])} checks, {sum(controls)}/{len(controls)} controls"


def _findings(report: Report, folder: Path) -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(width=9)
    grid.add_column(width=11)
    grid.add_column(overflow="fold")
    if report.get("reason"):
        grid.add_row("", "", Text(report["reason"], "yellow"))
        grid.add_row("", "", Text(f"traceback in {folder / file_stem(report['label'])}.json", "dim"))
    for finding in report["findings"]:
        verdict = finding["verdict"]
        mark = Text("" if verdict == "HOLDS" else verdict, STYLES[verdict])
        grid.add_row(mark, Text(finding["grade"] or "", "cyan"), Text(finding["sentence"] or finding["check"]))
        grid.add_row("", "", Text(_said(finding), "dim"))
        if finding["witness"] is not None:
            grid.add_row("", "", Text(f"witness: {finding['witness']}", STYLES[verdict]))
        for control in finding["controls"]:
            if not control["caught"]:
                line = f"control not caught: {control['reason']} ({control['said']})"
                grid.add_row("", "", Text(line, STYLES["UNDECIDED"]))
    if report.get("figure_traceback"):
        grid.add_row("", "", Text(f"no figure: {report['figure_traceback'].strip().splitlines()[-1]}", "yellow"))
    return grid


def _said(finding: Mapping[str, Any]) -> str:
    caught = sum(control["caught"] for control in finding["controls"])
    controls = f"{caught} of {len(finding['controls'])} controls caught" if finding["controls"] else "no control"
    return f"{finding['said']} · {controls}"


def summary(reports: Sequence[Report], kept: int) -> str:
    """One line on a whole run.

    >>> summary([], 0)
    '0 statements: nothing to say'
    """
    count = dict.fromkeys(STYLES, 0)
    aside = 0
    for report in reports:
        if report["open"] and report["verdict"] == "UNDECIDED":
            aside += 1
        else:
            count[report["verdict"]] += 1
    said = [f"{n} {verdict}" for verdict, n in count.items() if n] + ([f"{aside} open"] if aside else [])
    line = f"{len(reports)} statement{'s' * (len(reports) != 1)}: {', '.join(said) or 'nothing to say'}"
    if kept:
        line += f"; {kept} kept from before"
    if any("STATISTICAL" in grades(report) for report in reports):
        judgements = sum(report["judgements"] for report in reports)
        line += f"; {judgements} judgements, wrong by chance with probability at most {judgements * budget.ERROR:.0e}"
    return line


def table_of_statements(statements: Iterable[Statement], reports: Mapping[str, Report]) -> Table:
    """Label, title and source of statements, and how their last run ended, with the grades of its evidence."""
    rows = []
    for statement in statements:
        report = reports.get(statement.label)
        verdict = report["verdict"] if report else "not run"
        rows.append(
            (
                Text(statement.label, "bold"),
                statement["title"],
                statement["source"],
                Text(verdict, STYLES.get(verdict, "dim")),
                Text(" ".join(grades(report) if report else []), "cyan"),
            )
        )
    return table(("label", "title", "source", "last run", "grades"), rows, align="left")


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
