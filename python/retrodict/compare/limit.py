"""A limit on the time that a piece of Python may take, kernels that look for signals included."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["ExpiredError", "limit"]


class ExpiredError(Exception):
    """The time is over."""


@contextmanager
def limit(seconds: float | None) -> Iterator[None]:
    """Raises `ExpiredError` in the body of the with statement when `seconds` have passed; None: never.

    By the process's alarm clock, hence in the main thread alone: in another a limit is a ValueError.

    >>> try:
    ...     with limit(0.01):
    ...         while True:
    ...             pass
    ... except ExpiredError:
    ...     print("over")
    over
    """
    if seconds is None:
        yield
        return
    if threading.current_thread() is not threading.main_thread():
        raise ValueError(f"timeout = {seconds:g}: a time limit takes the main thread")

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise ExpiredError

    previous = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
