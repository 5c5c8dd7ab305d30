"""Judge statements, each in a process of its own, and keep every result as soon as it is there.

A process that is killed or crashes leaves an UNDECIDED result with the reason. Each of the processes that run side by
side has its own share of the processors, so that kernels inside them do not compete; no result depends on the share.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

from retrodict.claims import budget
from retrodict.runs.discover import Statement
from retrodict.runs.store import Report, Store, code_digest, fingerprint, sweep, versions

__all__ = ["Listener", "processors", "run"]

LONGEST_LINE = 1 << 28  # bytes of one answer: a report with all its witnesses
PAUSE = 0.02  # seconds between looks at whether a worker has ended
LAST_WORDS = 4000  # characters of what a worker that crashed has written to stderr


class Listener(Protocol):
    """What is told about a run while it goes on."""

    def started(self, statement: Statement) -> None: ...

    def progressed(self, statement: Statement, done: int, total: int) -> None: ...

    def finished(self, statement: Statement, report: Report, *, kept: bool) -> None: ...


def processors() -> list[int]:
    """The processors that this process may use."""
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else list(range(os.cpu_count() or 1))


def run(
    statements: Sequence[Statement], store: Store, *, salt: int, full: bool, jobs: int, listener: Listener
) -> list[Report]:
    """The results of statements, in their order; those that still stand in the store are not computed again.

    Raises
    ------
    CapacityError
        When the run's judgements, kept ones included, exceed `budget.CAPACITY`; what has finished by then is kept.
    OSError
        When the store cannot be written.
    KeyboardInterrupt
        Likewise, on Ctrl-C: the running processes are ended and the finished results stay.
    """
    store.folder.mkdir(parents=True, exist_ok=True)
    return asyncio.run(_run(statements, store, salt, full, jobs, listener))


async def _run(
    statements: Sequence[Statement], store: Store, salt: int, full: bool, jobs: int, listener: Listener
) -> list[Report]:
    reports: dict[str, Report] = {}

    def finish(statement: Statement, report: Report, *, kept: bool) -> None:
        reports[statement.label] = report
        listener.finished(statement, report, kept=kept)
        budget.enforce(one["judgements"] for one in reports.values())

    keys = {statement.label: fingerprint(statement, salt=salt, full=full) for statement in statements}
    waiting = []
    for statement in statements:
        report = store.kept(statement, keys[statement.label])
        if report is None:
            waiting.append(statement)
        else:
            finish(statement, report, kept=True)

    shares: asyncio.Queue[list[int]] = asyncio.Queue()
    cpus = processors()
    jobs = min(jobs, len(waiting))
    for i in range(jobs):
        shares.put_nowait(cpus[i::jobs] or [cpus[i % len(cpus)]])

    async def judge(statement: Statement) -> None:
        share = await shares.get()
        listener.started(statement)
        begun = time.perf_counter()
        request = {
            "path": str(statement.path),
            "label": statement.label,
            "folder": str(store.folder),
            "salt": salt,
            "full": full,
        }
        found = await _ask(request, share, store, lambda done, total: listener.progressed(statement, done, total))
        report = {
            **_unjudged(statement, salt=salt, full=full),
            "seconds": time.perf_counter() - begun,
            **found,
            "key": keys[statement.label],
            "code": code_digest(),
            "versions": versions(),
            "date": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        store.write(report)
        shares.put_nowait(share)
        finish(statement, report, kept=False)

    try:
        async with asyncio.TaskGroup() as group:
            for statement in waiting:
                group.create_task(judge(statement))
    except* (budget.CapacityError, OSError) as errors:
        raise errors.exceptions[0] from None
    return [reports[statement.label] for statement in statements]


async def _ask(
    request: dict[str, Any], share: list[int], store: Store, progress: Callable[[int, int], None]
) -> dict[str, Any]:
    """Start a worker, hand it the request, and return its report, or the reason why there is none."""
    worker = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-X", "faulthandler", "-m", "retrodict.runs.worker"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        limit=LONGEST_LINE,
        process_group=0,  # Ctrl-C reaches the parent alone, which then ends its workers
    )
    assert worker.stdin and worker.stdout and worker.stderr

    async def listen(answers: asyncio.StreamReader) -> dict[str, Any] | None:
        found: dict[str, Any] | None = None
        async for line in answers:
            message = json.loads(line)
            if "progress" in message:
                progress(*message["progress"])
            else:
                found = message.get("report") or message["failure"]
        return found

    answer, complaint = asyncio.create_task(listen(worker.stdout)), asyncio.create_task(worker.stderr.read())
    try:
        with contextlib.suppress(OSError):  # it is dead already: the exit status tells
            if hasattr(os, "sched_setaffinity"):
                os.sched_setaffinity(worker.pid, share)
            worker.stdin.write(json.dumps(request).encode() + b"\n")
            await worker.stdin.drain()
        # What a worker has started may outlive it and hold its pipes open, which `wait` would wait for.
        while worker.returncode is None:
            await asyncio.sleep(PAUSE)
        _end_group(worker.pid)
        found, heard = await answer, await complaint
    finally:
        if worker.returncode is None:
            _end_group(worker.pid)
        answer.cancel()
        complaint.cancel()
        await worker.wait()
        sweep(store.folder, worker.pid)
    return found or {"reason": _epitaph(worker.returncode), "traceback": heard.decode(errors="replace")[-LAST_WORDS:]}


def _end_group(group: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def _epitaph(status: int) -> str:
    """Why a worker ended without an answer.

    >>> _epitaph(-11), _epitaph(3)
    ('the process was ended by SIGSEGV', 'the process exited with status 3')
    """
    if status >= 0:
        return f"the process exited with status {status}"
    name = signal.Signals(-status).name
    return f"the process was ended by {name}" + (", as when memory runs out" if name == "SIGKILL" else "")


def _unjudged(statement: Statement, *, salt: int, full: bool) -> Report:
    """The report of a statement that nothing is known of but its text."""
    return {
        "label": statement.label,
        "title": statement["title"],
        "statement": statement["statement"],
        "source": statement["source"],
        "bibtex": statement["bibtex"],
        "assuming": [str(line) for line in statement.said.get("assuming") or []],
        "uses": list(statement.said.get("uses") or []),
        "conditional_on": statement.said.get("conditional_on"),
        "open": bool(statement.said.get("open")),
        "verdict": "UNDECIDED",
        "salt": salt,
        "tier": "full" if full else "quick",
        "judgements": 0,
        "findings": [],
    }
