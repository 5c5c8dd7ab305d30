"""Trained networks as modules of equinox."""

from __future__ import annotations

import jax
import numpy as np
import pytest

from retrodict.encoders.trained import as_equinox
from retrodict.encoders.trained.network import apply, initial


@pytest.mark.parametrize("phi", ["tanh", "relu", "sigmoid"])
def test_modules_of_equinox_give_what_the_networks_give(phi: str) -> None:
    parameters, x = initial(((3, 4), (5, 2)), 2, 6, seed=1), np.random.default_rng(0).normal(size=(5, 7))
    for stage, module in zip(parameters, as_equinox(parameters, phi), strict=True):
        columns = x[: stage[0][0].shape[1]]
        found = jax.vmap(module, in_axes=1, out_axes=1)(columns.astype(np.float32))
        np.testing.assert_allclose(found, apply(stage, phi, columns), atol=1e-5)
