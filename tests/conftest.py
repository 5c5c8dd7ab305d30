from __future__ import annotations

import signal
from pathlib import Path

import pytest
from hypothesis import settings

# Deadlines measure the machine, not the code.
settings.register_profile("retrodict", deadline=None, print_blob=True)
settings.load_profile("retrodict")


def pytest_configure() -> None:
    # A shell that starts the tests in the background makes them, and every process that they start, ignore Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--shared", default="../shared", help="folder with the shared test data (default: ../shared)")


@pytest.fixture(scope="session")
def shared(request: pytest.FixtureRequest) -> Path:
    path = Path(request.config.getoption("--shared"))
    if not path.is_dir():
        pytest.skip(f"no shared data at {path}: give its place with --shared PATH")
    return path.resolve()
