"""Sweeps that are interrupted go on to the same bytes; files that do not fit are refused with the reason."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from retrodict.encoders.trained import (
    CapacityCurve,
    CheckpointError,
    FiniteTask,
    Sweep,
    SweepResult,
    capacity_curve,
    train,
    trained_size,
)
from retrodict.maps import parse
from retrodict.maps.continuous import linear

TASK = FiniteTask(parse("gray:n=3"), "encoder")
SWEEP = Sweep([2, 4], [0, 1], depth=1, steps=70)


def interrupt_at(step: int) -> Callable[[int, int, str], None]:
    def progress(done: int, total: int, what: str) -> None:
        assert (total, what) == (70, "gray:n=3, encoder")
        if done >= step:
            raise KeyboardInterrupt

    return progress


def test_a_resumed_sweep_gives_the_same_bytes(tmp_path: Path) -> None:
    whole = train(TASK, SWEEP, checkpoint=tmp_path / "whole.npz", every=70).to_json()
    with pytest.raises(KeyboardInterrupt):
        train(TASK, SWEEP, checkpoint=tmp_path / "state.npz", every=20, progress=interrupt_at(40))
    assert [path.name for path in tmp_path.iterdir() if "state" in path.name] == ["state.npz"]
    early = (tmp_path / "state.npz").read_bytes()
    seen: list[int] = []
    resumed = train(
        TASK, SWEEP, checkpoint=tmp_path / "state.npz", every=11, progress=lambda done, total, what: seen.append(done)
    )
    assert seen == [40, 51, 62, 70]
    assert resumed.to_json() == whole
    assert (tmp_path / "state.npz").read_bytes() == (tmp_path / "whole.npz").read_bytes() != early
    assert train(TASK, SWEEP, checkpoint=tmp_path / "state.npz").to_json() == whole  # nothing is left to do


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("saved") / "state.npz"
    train(TASK, Sweep([2], [0], depth=1, steps=5), checkpoint=path)
    return path.read_bytes()


def test_a_checkpoint_of_another_sweep_is_refused(tmp_path: Path, saved: bytes) -> None:
    path = tmp_path / "state.npz"
    path.write_bytes(saved)
    for task, sweep in (
        (TASK, Sweep([2], [1], depth=1, steps=5)),
        (TASK, Sweep([2], [0], depth=1, steps=6)),
        (FiniteTask(parse("perm:n=3,seed=0"), "encoder"), Sweep([2], [0], depth=1, steps=5)),
        (FiniteTask(parse("gray:n=3"), "forward"), Sweep([2], [0], depth=1, steps=5)),
    ):
        with pytest.raises(CheckpointError, match=r"state\.npz: the state of another sweep"):
            train(task, sweep, checkpoint=path)
    assert path.read_bytes() == saved


def test_a_damaged_checkpoint_is_refused(tmp_path: Path, saved: bytes) -> None:
    path = tmp_path / "state.npz"
    sweep = Sweep([2], [0], depth=1, steps=5)
    single = io.BytesIO()
    np.save(single, np.zeros(2))
    for content in (b"", saved[:100], saved[:-30], b"text", single.getvalue()):
        path.write_bytes(content)
        with pytest.raises(CheckpointError, match="not a whole checkpoint"):
            train(TASK, sweep, checkpoint=path)
    with np.load(io.BytesIO(saved)) as archive:
        arrays = dict(archive)
    arrays["array_0"] = arrays["array_0"] + 1
    np.savez(path, **arrays)
    with pytest.raises(CheckpointError, match="it was edited or damaged"):
        train(TASK, sweep, checkpoint=path)
    np.savez(path, header=np.frombuffer(b"[1]", np.uint8))
    with pytest.raises(CheckpointError, match="no checkpoint of this version"):
        train(TASK, sweep, checkpoint=path)


def test_sizes_are_kept_in_a_folder(tmp_path: Path) -> None:
    calls: list[str] = []

    def size(eps: float) -> CapacityCurve:
        return trained_size(
            parse("gray:n=3"),
            "encoder",
            eps,
            budget=SWEEP,
            folder=tmp_path,
            progress=lambda *told: calls.append(told[2]),
        )

    first = size(0.5)
    assert calls and [path.suffix for path in tmp_path.iterdir()] == [".json"]
    calls.clear()
    assert size(0.5) == first and not calls
    path = next(tmp_path.iterdir())
    result = SweepResult.from_json(path.read_text())
    assert capacity_curve(result, 0.5) == first and first.kind == "upper bound on capacity (trained)"
    assert size(1e-9).parameters is None and "nothing follows" in str(size(1e-9))
    path.write_text(path.read_text()[:-40])
    with pytest.raises(CheckpointError, match="remove it to train again"):
        size(0.5)


def test_sizes_of_continuous_maps() -> None:
    budget = Sweep([2], [0], depth=1, steps=80, learning_rate=0.05)
    found = trained_size(linear([[1]]), "encoder", 0.2, beta=1.0, budget=budget)
    assert found.parameters == 2 * 2 + 3 * 6  # a mixture of two Gaussians: two choices, means and deviations
    with pytest.raises(ValueError, match=r"beta = 0\.0: must be positive"):
        trained_size(linear([[1]]), "encoder", 0.2, budget=budget)
    for eps in (0.0, 1.0, float("nan")):
        with pytest.raises(ValueError, match="must lie strictly between 0 and 1"):
            trained_size(linear([[1]]), "encoder", eps, beta=1.0, budget=Sweep([1], [0], depth=1, steps=1))


def test_without_jax_the_message_says_what_to_install() -> None:
    program = (
        "import sys; sys.modules['jax'] = None\n"
        "from retrodict.encoders.trained import FiniteTask, Sweep, train\n"
        "from retrodict.maps import parse\n"
        "train(FiniteTask(parse('gray:n=3'), 'encoder'), Sweep([2], [0]))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 1 and "pip install 'retrodict[jax]'" in done.stderr.splitlines()[-1]
