"""Belief propagation: what bad arguments get, one line that names them."""

from __future__ import annotations

import numpy as np
import pytest

from retrodict import bp
from retrodict.graphs import Tree

COPY = [[0.75, 0.25], [0.25, 0.75]]
BYTES = np.zeros((3, 2), dtype=np.uint8)
BAD_STATE = np.array([[0, 1], [1, 255], [1, 2]], dtype=np.uint8)
LIKELIHOODS = np.ones((2, 2, 2))
LIKELIHOODS[1, 0, 1] = np.nan


@pytest.mark.parametrize(
    ("error", "message", "call"),
    [
        (ValueError, r"leaves\[2, 1\] = 2: a state is below 2, or 255 for unobserved", {"leaves": BAD_STATE}),
        (ValueError, r"leaves\[1, 0, 1\] = nan: a likelihood is finite and at least 0", {"leaves": LIKELIHOODS}),
        (ValueError, r"leaves\[0, 0, 0\] = -1: a likelihood", {"leaves": -np.ones((1, 2, 2))}),
        (ValueError, r"leaves\[0, 0, 0\] = inf: a likelihood", {"leaves": np.full((1, 2, 2), np.inf)}),
        (ValueError, r"leaves has shape \(3, 1\): .* \(n, 2\)", {"leaves": BYTES[:, :1]}),
        (ValueError, r"leaves has shape \(3,\): .* \(n, 2\)", {"leaves": BYTES[:, 0]}),
        (ValueError, r"leaves has shape \(3, 2, 3\): .* \(n, 2, 2\)", {"leaves": np.ones((3, 2, 3))}),
        (ValueError, r"leaves has shape \(3, 2\): .* \(n, 2, 2\)", {"leaves": np.ones((3, 2))}),
        (TypeError, r"leaves has dtype int64", {"leaves": BYTES.astype(np.int64)}),
        (ValueError, r"channels\[1\] sums to 0.97.*: a row of a channel sums to 1", {"channels": [[1, 0], [0.97, 0]]}),
        (ValueError, r"prior sums to 1.5", {"prior": [0.5, 1]}),
        (ValueError, r"threads = 0", {"threads": 0}),
        (TypeError, r"threads = 1.5", {"threads": 1.5}),
    ],
)
def test_bad_input(error: type[Exception], message: str, call: dict) -> None:
    arguments = {"channels": COPY, "leaves": BYTES, **call}
    for function in (bp.log_evidence, bp.marginals, bp.max_product):
        with pytest.raises(error, match=message):
            function(Tree([-1, 0, 0]), **arguments)
    with pytest.raises(error, match=message):
        bp.sample(Tree([-1, 0, 0]), seed=1, **arguments)


@pytest.mark.parametrize(
    ("error", "message", "out"),
    [
        (ValueError, r"out has shape \(3, 2, 2\): it must be \(3, 1, 2\)", np.empty((3, 2, 2))),
        (ValueError, r"out has shape \(3, 2\)", np.empty((3, 2))),
        (TypeError, r"out is float32", np.empty((3, 1, 2), dtype=np.float32)),
        (TypeError, r"out is list", [0]),
        (ValueError, r"out is not C-contiguous", np.empty((3, 1, 4))[:, :, ::2]),
        (ValueError, r"out is read-only", np.broadcast_to(np.zeros((3, 1, 2)), (3, 1, 2))),
    ],
)
def test_bad_out(error: type[Exception], message: str, out: object) -> None:
    if isinstance(out, np.ndarray) and not out.flags.writeable:
        out = out.copy()
        out.flags.writeable = False
    with pytest.raises(error, match=message):
        bp.marginals(Tree([-1, 0, 0]), COPY, BYTES, out=out)


def test_bad_precision() -> None:
    with pytest.raises(ValueError, match=r"precision = 'half': it must be 'double' or 'single'"):
        bp.log_evidence(Tree([-1, 0, 0]), COPY, BYTES, precision="half")  # type: ignore[arg-type]


def test_bad_seeds() -> None:
    for bad in (-1, 2**64):
        with pytest.raises(ValueError, match=f"seed = {bad}"):
            bp.sample(Tree([-1, 0, 0]), COPY, BYTES, bad)
        with pytest.raises(ValueError, match=f"first = {bad}"):
            bp.sample(Tree([-1, 0, 0]), COPY, BYTES, 1, first=bad)
