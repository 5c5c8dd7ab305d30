"""Finding statements, judging them in processes of their own, and keeping what was found."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from retrodict.claims import budget
from retrodict.files import replacing
from retrodict.runs import discover, execute, store
from retrodict.runs.store import Store

HOLDING = """
from retrodict.claims import Theorem, equal

T = Theorem(label="{label}", title="Odd numbers", source="Nicomachus", statement=r"$\\sum_{{i<n}} (2i+1) = n^2$")

@T.check(n=[1, 2, 3], full={{"n": [1, 2, 3, 4]}})
def odd(n, step={step}):
    "The first n odd numbers sum to n squared."
    print("said on stdout")
    return equal(sum(step * i + 1 for i in range(n)), n * n)

T.control(odd, "sums every third number", step=3)

@T.figure
def picture():
    "Sums, by n."
    from matplotlib.figure import Figure
    figure = Figure()
    figure.subplots().plot([1, 2, 3], [1, 4, 9])
    return figure
"""
ENDING = """
import os, signal
from retrodict.claims import Theorem, equal

T = Theorem(label="thm:ending", title="Ends its process", source="", statement="")

@T.check()
def ends():
    "Ends."
    {end}
    return equal(1, 1)
"""


class Silent:
    """A listener that counts."""

    def __init__(self) -> None:
        self.labels: list[tuple[str, bool]] = []

    def started(self, statement: discover.Statement) -> None:
        assert statement.label

    def progressed(self, statement: discover.Statement, done: int, total: int) -> None:
        assert 0 <= done <= total

    def finished(self, statement: discover.Statement, report: store.Report, *, kept: bool) -> None:
        self.labels.append((statement.label, kept))


def holding(folder: Path, label: str = "thm:odd", step: int = 2) -> Path:
    path = folder / f"{label.replace(':', '_')}.py"
    path.write_text(HOLDING.format(label=label, step=step))
    return path


def run(
    paths: list[Path], out: Path, *, salt: int = 0, full: bool = False, jobs: int = 2
) -> tuple[list[store.Report], list[bool]]:
    listener = Silent()
    statements = discover.select([str(path) for path in paths])
    reports = execute.run(statements, Store(out), salt=salt, full=full, jobs=jobs, listener=listener)
    kept = dict(listener.labels)
    return reports, [kept[report["label"]] for report in reports]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("x = (", r"x\.py:1: not a Python file"),
        ("", r"holds one Theorem\(\.\.\.\), this one none"),
        ("Theorem(label='a')\nTheorem(label='b')", "this one 2"),
        ("T = Theorem(label=f())", r"x\.py:1: Theorem\(label=\.\.\.\) must be a string, written out"),
        ("T = Theorem(label='../a')", r"label '\.\./a': letters"),
        ("T = Theorem(label='')", "label '': letters"),
    ],
)
def test_a_bad_file_is_named(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "x.py"
    path.write_text(text)
    with pytest.raises(ValueError, match=complaint):
        discover.read(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"gone\.py: no such file"):
        discover.select([str(tmp_path / "gone.py")])


def test_a_label_is_read_without_running_the_file(tmp_path: Path) -> None:
    path = tmp_path / "thm_x.py"
    path.write_text("1 / 0\nT = claims.Theorem(label='thm:x', title='a ' 'b', source=f())")
    statement = discover.read(path)
    assert (statement.label, statement["title"], statement["source"]) == ("thm:x", "a b", "")


def test_selection_by_label_pattern_file_and_folder(tmp_path: Path) -> None:
    for label in ("thm:b", "thm:a", "lem:c"):
        holding(tmp_path, label)
    (tmp_path / "helper.py").write_text("no statement here")

    def labels(*patterns: str) -> list[str]:
        return [statement.label for statement in discover.select(patterns, tmp_path)]

    assert labels() == ["lem:c", "thm:a", "thm:b"]
    assert labels("thm:*") == ["thm:a", "thm:b"]
    assert labels("thm:b", "thm:?", str(tmp_path / "thm_b.py")) == ["thm:b", "thm:a"]
    assert labels(str(tmp_path)) == labels()
    with pytest.raises(ValueError, match=r"no statement has the label thm:bb; did you mean thm:b"):
        labels("thm:bb")
    with pytest.raises(ValueError, match=r"no statement .* in this folder"):
        (tmp_path / "empty").mkdir()
        labels(str(tmp_path / "empty"))


def test_two_files_may_not_share_a_label_or_a_file_of_results(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    one, other = holding(tmp_path), holding(tmp_path / "b")
    with pytest.raises(ValueError, match="both claim the label thm:odd"):
        discover.select([str(one), str(other)])
    with pytest.raises(ValueError, match="thm:a and thm-a would share one file"):
        discover.select([str(holding(tmp_path, "thm:a")), str(holding(tmp_path, "thm-a"))])


def test_statements_lie_in_the_package_when_installed_and_beside_it_in_a_source_tree(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "python" / "retrodict"
    monkeypatch.setattr(discover, "PACKAGE", package)
    (tmp_path / "proofs_numeric" / "sums").mkdir(parents=True)
    holding(tmp_path / "proofs_numeric" / "sums", "thm:beside")
    assert [statement.label for statement in discover.select([])] == ["thm:beside"]
    (package / "proofs_numeric").mkdir(parents=True)
    holding(package / "proofs_numeric", "thm:inside")
    assert [statement.label for statement in discover.select([])] == ["thm:inside"]


def test_no_two_statements_of_the_package_share_a_label() -> None:
    labels = [statement.label for statement in discover.statements_in(discover.folder())]
    assert len(set(labels)) == len(labels)


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(RuntimeError), replacing(path) as draft:
        draft.write_text("half")
        raise RuntimeError
    assert path.read_text() == "old"
    with replacing(path) as draft:
        draft.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_drafts_of_a_dead_process_are_swept(tmp_path: Path) -> None:
    for name in (".a.json.7.draft", ".a.json.77.draft", "a.json"):
        (tmp_path / name).touch()
    store.sweep(tmp_path, 7)
    assert sorted(p.name for p in tmp_path.iterdir()) == [".a.json.77.draft", "a.json"]


def test_a_fingerprint_changes_with_all_that_a_result_depends_on(tmp_path: Path) -> None:
    path = holding(tmp_path)
    statement = discover.read(path)
    seen = [store.fingerprint(statement, salt=salt, full=full) for salt in (0, 1) for full in (False, True)]
    path.write_text(path.read_text() + "\n")
    seen.append(store.fingerprint(statement, salt=0, full=False))
    assert len(set(seen)) == 5
    path.write_text(HOLDING.format(label="thm:odd", step=2))
    assert store.fingerprint(statement, salt=0, full=False) == seen[0]


def test_a_statement_is_judged_kept_and_judged_again_when_something_changed(tmp_path: Path) -> None:
    path, out = holding(tmp_path), tmp_path / "out"
    reports, kept = run([path], out)
    (report,) = reports
    assert (report["verdict"], report["salt"], report["tier"], kept) == ("HOLDS", 0, "quick", [False])
    assert [(f["check"], f["grade"], len(f["controls"])) for f in report["findings"]] == [("odd", "EXACT", 1)]
    assert json.loads((out / "thm-odd.json").read_text()) == report
    assert report["figures"] == [{"stem": "figures/thm-odd", "caption": "Sums, by n."}]
    assert (out / "figures" / "thm-odd.svg").read_text().startswith("<?xml")
    assert (out / "figures" / "thm-odd.pdf").read_bytes().startswith(b"%PDF")
    assert sorted(p.name for p in out.iterdir()) == ["figures", "thm-odd.json"]

    assert run([path], out) == (reports, [True])
    reports, kept = run([path], out, full=True)
    assert (reports[0]["tier"], kept) == ("full", [False])
    reports, kept = run([path], out, salt=5)
    assert (reports[0]["salt"], kept) == (5, [False])
    holding(tmp_path, step=4)
    reports, kept = run([path], out, salt=5)
    assert (reports[0]["verdict"], kept) == ("FAILS", [False])
    assert run([path], out, salt=5)[1] == [True]


def test_a_module_beside_the_statement_is_part_of_its_code(tmp_path: Path) -> None:
    path, out = holding(tmp_path), tmp_path / "out"
    (tmp_path / "beside.py").write_text("step = 2\n")
    path.write_text("from beside import step\n" + path.read_text().replace("step=2", "step=step"))
    assert run([path], out)[0][0]["verdict"] == "HOLDS"
    assert run([path], out)[1] == [True]
    (tmp_path / "beside.py").write_text("step = 4\n")
    reports, kept = run([path], out)
    assert (reports[0]["verdict"], kept) == ("FAILS", [False])


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        ("os.kill(os.getpid(), signal.SIGSEGV)", "the process was ended by SIGSEGV"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "the process was ended by SIGKILL, as when memory runs out"),
        ("os.spawnlp(os.P_NOWAIT, 'sleep', 'sleep', '600'); os._exit(3)", "the process exited with status 3"),
    ],
)
def test_a_process_that_dies_leaves_an_undecided_result_with_the_reason(tmp_path: Path, end: str, reason: str) -> None:
    path, out = tmp_path / "thm_ending.py", tmp_path / "out"
    path.write_text(ENDING.format(end=end))
    (report,), _ = run([path], out)
    assert (report["verdict"], report["reason"], report["title"]) == ("UNDECIDED", reason, "Ends its process")
    assert run([path], out)[1] == [False], "what is undecided is run again"


def test_a_file_that_fails_to_load_is_undecided_with_its_traceback(tmp_path: Path) -> None:
    path = holding(tmp_path)
    path.write_text(path.read_text() + "\n1 / 0\n")
    (report,), _ = run([path], tmp_path / "out")
    assert (report["verdict"], report["reason"]) == ("UNDECIDED", "ZeroDivisionError: division by zero")
    assert "thm_odd.py" in report["traceback"]


def test_a_figure_that_fails_is_said_and_changes_no_verdict(tmp_path: Path) -> None:
    path = holding(tmp_path)
    path.write_text(path.read_text().replace("figure = Figure()", "figure = Figure() / 0"))
    (report,), _ = run([path], tmp_path / "out")
    assert (report["verdict"], report["figures"]) == ("HOLDS", [])
    assert "TypeError" in report["figure_traceback"]


def test_a_run_may_not_outspend_its_capacity_and_what_is_kept_counts(tmp_path: Path) -> None:
    paths, out = [holding(tmp_path, f"thm:{name}") for name in "ab"], tmp_path / "out"
    for report, judgements in zip(run(paths, out)[0], (budget.CAPACITY - 1, 1), strict=True):
        Store(out).write({**report, "judgements": judgements})
    assert run(paths, out)[1] == [True, True]
    Store(out).write({**Store(out).read("thm:b"), "judgements": 2})
    with pytest.raises(budget.CapacityError, match=f"{budget.CAPACITY + 1} judgements"):
        run(paths, out)


def test_results_do_not_depend_on_the_number_of_processes(tmp_path: Path) -> None:
    paths = [holding(tmp_path, f"thm:{name}") for name in "ab"]

    def said(jobs: int) -> str:
        reports, _ = run(paths, tmp_path / f"out{jobs}", jobs=jobs)
        timeless = [{k: v for k, v in report.items() if k not in {"seconds", "date"}} for report in reports]
        return re.sub(r'"seconds": [^,}]*', "", json.dumps(timeless))

    assert said(1) == said(4)
