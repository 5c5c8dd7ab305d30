"""The state of a sweep on disk: written beside its place and renamed, and read back only if it is whole and fits.

The file is a NumPy archive of a header (the fingerprint of the settings, the steps made, a digest of all arrays) and
the arrays; nothing in it is executed when it is read.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrodict.files import replacing

__all__ = ["CheckpointError", "digest", "load", "save"]

FORMAT = "retrodict trained 1"


class CheckpointError(ValueError):
    """A file that is not the state of this sweep, with the reason."""


def digest(arrays: Sequence[NDArray[Any]], text: str = "") -> str:
    """SHA-256 of a text, and of dtypes, shapes and contents.

    >>> digest([np.zeros(2)]) == digest([np.zeros((2, 1))])
    False
    """
    found = hashlib.sha256(text.encode())
    for array in arrays:
        found.update(f"{array.dtype.str}{array.shape}".encode())
        found.update(np.ascontiguousarray(array).tobytes())
    return found.hexdigest()


def save(path: Path, fingerprint: str, made_by: str, done: int, arrays: Sequence[NDArray[Any]]) -> None:
    """Write the state after `done` steps. The same state gives the same bytes; no reader meets half a file."""
    header = {"format": FORMAT, "fingerprint": fingerprint, "made_by": made_by, "done": done}
    header["digest"] = digest(arrays, json.dumps(header))
    text = np.frombuffer(json.dumps(header).encode(), dtype=np.uint8)
    with replacing(path) as draft, draft.open("wb") as file:
        np.savez(file, allow_pickle=False, header=text, **dict(zip(_names(len(arrays)), arrays, strict=True)))


def load(
    path: Path, fingerprint: str, made_by: str, like: Sequence[tuple[tuple[int, ...], Any]]
) -> tuple[int, list[NDArray[Any]]]:
    """The steps made, and the arrays, of the given shapes and dtypes.

    Raises
    ------
    CheckpointError
        For a file that is not whole, was edited, or belongs to other settings, another JAX or another device.
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            header = json.loads(bytes(archive["header"]))
            arrays = [archive[name] for name in _names(len(archive.files) - 1)]
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError, ValueError, TypeError, NotImplementedError) as error:
        # all that a damaged archive raises; NotImplementedError is zipfile's for a compression that it does not know
        raise CheckpointError(f"{path}: not a whole checkpoint: {error}; remove it to start again") from None
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise CheckpointError(f"{path}: no checkpoint of this version ({FORMAT}); remove it to start again")
    told = header.pop("digest", None)
    if told != digest(arrays, json.dumps(header)):
        raise CheckpointError(f"{path}: its contents do not have the digest that it tells: it was edited or damaged")
    if header["fingerprint"] != fingerprint:
        raise CheckpointError(f"{path}: the state of another sweep (other settings or another map)")
    if header["made_by"] != made_by:
        raise CheckpointError(
            f"{path}: made by {header['made_by']}, here is {made_by}: going on would give other bytes than an "
            f"uninterrupted sweep"
        )
    found = [(array.shape, array.dtype) for array in arrays]
    if found != [(tuple(shape), np.dtype(dtype)) for shape, dtype in like]:
        raise CheckpointError(f"{path}: its arrays do not have the shapes of this sweep's state")
    return int(header["done"]), arrays


def _names(count: int) -> list[str]:
    return [f"array_{i}" for i in range(count)]
