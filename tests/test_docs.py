"""What the documentation says is true: doctests of every module, and the commands of README.md are those of CI."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import retrodict

ROOT = Path(__file__).parent.parent
MODULES = ["retrodict"] + [
    module.name
    for module in pkgutil.walk_packages(retrodict.__path__, "retrodict.")
    if "proofs_numeric" not in module.name and not module.name.endswith(("_core", "__main__"))
]


@pytest.mark.parametrize("name", MODULES)
def test_doctests(name: str) -> None:
    failed, _ = doctest.testmod(importlib.import_module(name), optionflags=doctest.ELLIPSIS)
    assert failed == 0


def test_ci_runs_the_test_command_of_the_readme() -> None:
    commands = re.findall(r"^```sh\n(.*?)^```", (ROOT / "README.md").read_text(), re.S | re.M)
    assert len(commands) >= 2, "README.md opens with two commands, each in a block of its own"
    assert commands[1].strip() in (ROOT / ".ci" / "run").read_text()
