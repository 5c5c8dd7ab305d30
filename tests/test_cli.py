"""The command line: what it prints where, and the status that it exits with."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from retrodict.cli import main

STATEMENT = """
import time
from retrodict.claims import Theorem, equal

T = Theorem(label="{label}", title="Odd numbers", source="Nicomachus", statement=r"$1 + 3 = 4$", open={open})

@T.check(n=[1, 2])
def odd(n, step={step}):
    "The first n odd numbers sum to n squared."
    time.sleep({sleep})
    return equal(sum(step * i + 1 for i in range(n)), n * n)

{control}

if __name__ == "__main__":
    from retrodict.cli import main; main(["run", __file__])
"""
CONTROL = 'T.control(odd, "sums every third number", step=3)'


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(
    label: str = "thm:odd", *, step: int = 2, sleep: float = 0, open: bool = False, control: str = CONTROL
) -> str:
    path = Path(f"{label.replace(':', '_')}.py")
    path.write_text(STATEMENT.format(label=label, step=step, sleep=sleep, open=open, control=control))
    return str(path)


def status(*argv: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(argv)
    assert isinstance(ended.value.code, int)
    return ended.value.code


def refusal(capsys: pytest.CaptureFixture[str], *argv: str) -> str:
    """The one line that bad input gets."""
    assert status(*argv) == 2
    said = capsys.readouterr()
    assert said.out == ""
    (line,) = said.err.splitlines()
    return line


def test_what_holds_exits_0_and_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    path = write()
    assert status("run", path) == 0
    said = capsys.readouterr().out
    assert "HOLDS      thm:odd  Odd numbers" in said
    assert "The first n odd numbers sum to n squared." in said
    assert "1 of 1 controls caught" in said
    assert said.splitlines()[-1] == "1 statement: 1 HOLDS"
    assert "\x1b" not in said, "no colours where there is no terminal"
    assert status("run", path) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "1 statement: 1 HOLDS; 1 kept from before"


def test_what_fails_or_is_undecided_exits_1_unless_it_is_open(capsys: pytest.CaptureFixture[str]) -> None:
    assert status("run", write("thm:false", step=4)) == 1
    assert "witness: " in capsys.readouterr().out
    undecided, conjecture = write("thm:a", control=""), write("thm:b", control="", open=True)
    assert status("run", undecided) == 1
    assert "no control" in capsys.readouterr().out
    assert status("run", conjecture) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "1 statement: 1 open"
    assert status("run", write("thm:c", step=4, open=True)) == 1, "an open statement may not fail"


def test_json_is_all_that_goes_to_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    assert status("run", write("thm:a"), write("thm:b", step=4), "--json", "--jobs", "1") == 1
    said = capsys.readouterr()
    reports = json.loads(said.out)
    assert [(report["label"], report["verdict"]) for report in reports] == [("thm:a", "HOLDS"), ("thm:b", "FAILS")]
    assert all(report["findings"] for report in reports)
    assert "2 statements: 1 HOLDS, 1 FAILS" in said.err


def test_a_fresh_salt_is_printed_and_used_and_can_be_asked_for_again(capsys: pytest.CaptureFixture[str]) -> None:
    path = write()
    assert status("run", path, "--fresh", "--out", "results") == 0
    salt = capsys.readouterr().out.splitlines()[0].removeprefix("salt ")
    assert json.loads(Path("results/thm-odd.json").read_text())["salt"] == int(salt) != 0
    assert status("run", path, "--salt", salt, "--out", "results") == 0
    assert "1 kept from before" in capsys.readouterr().out


def test_list_says_how_each_ended(capsys: pytest.CaptureFixture[str]) -> None:
    run, idle = write("thm:run"), write("thm:idle")
    assert status("run", run) == 0
    capsys.readouterr()
    assert status("list", run, idle) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["thm:run", "Odd", "numbers", "Nicomachus", "HOLDS", "EXACT"] in lines
    assert ["thm:idle", "Odd", "numbers", "Nicomachus", "not", "run"] in lines


def test_a_statement_runs_as_a_script() -> None:
    for step, expected in ((2, 0), (4, 1)):
        ran = subprocess.run([sys.executable, write(step=step)], capture_output=True, text=True, timeout=60)
        assert ran.returncode == expected, ran.stderr
        assert ran.stdout.count("The first n odd numbers") == 1
        assert Path("out/thm-odd.json").is_file()


def test_ctrl_c_keeps_what_has_finished_and_the_next_run_resumes() -> None:
    quick, slow = write("thm:quick"), write("thm:slow", sleep=600)
    command = [sys.executable, "-m", "retrodict.cli", "run", quick, slow]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + 60
        while not Path("out/thm-quick.json").is_file():
            assert process.poll() is None and time.monotonic() < deadline
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, complaint = process.communicate(timeout=30)
    assert (process.returncode, complaint) == (130, "retrodict: interrupted; what had finished is kept\n")
    assert [path.name for path in Path("out").iterdir()] == ["thm-quick.json"]
    write("thm:slow")
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0
    assert ran.stdout.splitlines()[-1] == "2 statements: 2 HOLDS; 1 kept from before"


def test_workers_end_with_the_process_that_started_them() -> None:
    path = write(sleep=600)
    Path(path).write_text("import os; open('worker', 'w').write(str(os.getpid()))\n" + Path(path).read_text())
    process = subprocess.Popen([sys.executable, "-m", "retrodict.cli", "run", path], stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not (Path("worker").is_file() and Path("worker").read_text()):
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.05)
    process.kill()
    process.wait()
    worker = int(Path("worker").read_text())
    while time.monotonic() < deadline:
        try:
            os.kill(worker, 0)
        except ProcessLookupError:
            return
        if Path(f"/proc/{worker}/stat").read_text().split()[2] == "Z":
            return
        time.sleep(0.05)
    pytest.fail("the worker lives on")


def test_a_reader_that_leaves_gets_no_traceback() -> None:
    command = f"{sys.executable} -m retrodict.cli compare --list | true; exit ${{PIPESTATUS[0]}}"
    ran = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60)
    assert (ran.returncode, ran.stderr) == (141, "")


def test_bad_input_gets_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    path = write()
    Path("empty.py").touch()
    assert refusal(capsys, "run", "gone.py") == "retrodict: gone.py: no such file"
    assert refusal(capsys, "run", path, "empty.py").startswith("retrodict: empty.py: a statement's file holds")
    assert refusal(capsys, "run", "thm:no-such-label").startswith("retrodict: no statement has the label thm:no-such")
    assert refusal(capsys, "run", path, "--out", path).startswith("retrodict: ")
    assert "sbox:present" in refusal(capsys, "compare", "sbox:presnt")
    assert "gates" in refusal(capsys, "compare", "sbox:present", "--measure", "gate")
    assert refusal(capsys, "report").endswith("run `retrodict run` or `retrodict compare --out out` first")
    Path("out").mkdir()
    Path("out/thm-x.json").write_text('{"label": ')
    assert refusal(capsys, "report").startswith("retrodict: out/thm-x.json: not a file of results")


@pytest.mark.parametrize("argv", [(), ("nonsense",), ("run", "--jobs", "0"), ("run", "--fresh", "--salt", "1")])
def test_usage_exits_2(argv: tuple[str, ...]) -> None:
    assert status(*argv) == 2


def test_a_bug_keeps_its_traceback(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("retrodict.cli.gather", lambda _: 1 / 0)
    assert status("report") == 70
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_compare_prints_forward_and_encoder_side_by_side(capsys: pytest.CaptureFixture[str]) -> None:
    assert status("compare", "gray:n=4", "random:n=3,seed=0", "--measure", "degree", "obdd_nodes") == 0
    said = capsys.readouterr().out
    lines = [line.split() for line in said.splitlines()]
    assert ["gray:n=4", "1", "3", "→", "7"] in lines
    assert "random:n=3,seed=0: inputs" in said, "why there is no encoder"
    assert status("compare", "--list") == 0
    assert "sbox:present" in capsys.readouterr().out


def test_compare_writes_json_to_stdout_and_files_to_a_folder(capsys: pytest.CaptureFixture[str]) -> None:
    assert status("compare", "gray:n=3", "--measure", "degree", "--json", "--out", "out") == 0
    rows = json.loads(capsys.readouterr().out)
    assert rows == json.loads(Path("out/compare.json").read_text())
    assert [row["output"] for row in rows] == [0, 1, 2, None, None] * 2
    assert status("report") == 0
    assert capsys.readouterr().out.split() == ["out/index.html", "out/appendix.tex", "out/references.bib"]


LABEL = ("label", "--arity", "2", "--depth", "4", "--strength", "0.9", "--features", "60", "--trials", "3")


def test_label_prints_a_table_or_json_and_draws(capsys: pytest.CaptureFixture[str]) -> None:
    assert status(*LABEL, "--plot", "labels.svg") == 0
    said = capsys.readouterr().out
    assert "low-order" in said and said.count("M1") == 1 and Path("labels.svg").is_file()
    kept = {path: path.stat().st_mtime_ns for path in Path("out/label-trials").iterdir()}
    assert len(kept) == 3
    assert status(*LABEL, "--json") == 0
    rows = json.loads(capsys.readouterr().out)
    assert [(row["model"], row["method"]) for row in rows[:3]] == [("M0", m) for m in ("deep", "low-order", "nearest")]
    assert {path: path.stat().st_mtime_ns for path in Path("out/label-trials").iterdir()} == kept


def test_label_refuses_bad_input(capsys: pytest.CaptureFixture[str]) -> None:
    assert refusal(capsys, *LABEL, "--model", "M3") == "retrodict: model = 'M3': it must be 'M0', 'M1' or 'M2'"
    assert refusal(capsys, *LABEL, "--lowest", "4").startswith("retrodict: lowest = 4: it must be 1 ... 3")
    assert refusal(capsys, *LABEL, "--fraction", "2").startswith("retrodict: fraction = 2")
    assert status(*LABEL, "--fraction", "many") == 2


def test_label_keeps_what_has_finished_when_interrupted(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from retrodict.separation import grid

    whole = grid.trials

    def stop(setting: grid.Setting, *how: int) -> Iterator[grid.Trial]:
        if setting.model == "M1":
            raise KeyboardInterrupt
        return whole(setting, *how)

    monkeypatch.setattr(grid, "trials", stop)
    assert status(*LABEL) == 130
    said = capsys.readouterr()
    assert "M0" in said.out and "M1" not in said.out
    assert said.err.endswith("retrodict: interrupted; what had finished is kept\n")
    assert len(list(Path("out/label-trials").iterdir())) == 1
