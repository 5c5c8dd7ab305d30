"""Maps times measures: one row for each value, forward and of the encoder."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from difflib import get_close_matches
from fractions import Fraction
from math import inf

from retrodict.capacity import MEASURES, Measure, Setting
from retrodict.capacity.measure import BY_CTRL_C
from retrodict.compare.cells import Row, applies, cell, directions
from retrodict.maps import FAMILIES, REAL_EXAMPLES, AnyMap, parse_any
from retrodict.maps.sboxes import NAMES

__all__ = ["DEFAULT_MAPS", "Progress", "Row", "compare", "maps_list", "measures_list", "stream"]

DEFAULT_FAMILIES = ("perm", "random", "gray", "triangular", "cube", "feistel")  # few enough for one page
DEFAULT_MAPS = (*(f"sbox:{name}" for name in NAMES), *(FAMILIES[family].example for family in DEFAULT_FAMILIES))
Progress = Callable[[int, int, str], None]


def maps_list() -> list[tuple[str, str]]:
    """What `compare` takes: a name that works as it stands, and what it is.

    >>> maps_list()[0]
    ('sbox:present', 'S-box of a published cipher')
    """
    sboxes = [(f"sbox:{name}", "S-box of a published cipher") for name in NAMES]
    files = [
        ("FILE.npy, FILE.txt", "truth table: 2^n integers, the images of 0, 1, 2, ..."),
        ("FILE.blif", "combinational circuit in BLIF"),
        ("FILE.bench", "combinational circuit in BENCH"),
        ("FILE.aag, FILE.aig", "combinational circuit in AIGER"),
        ("FILE.onnx", "network with as many outputs as inputs"),
        ("user:FILE.py:function,d=2", "function written with jax.numpy, or user:module:function,d=2"),
    ]
    return [*sboxes, *((family.example, family.about) for family in FAMILIES.values()), *REAL_EXAMPLES.items(), *files]


def measures_list() -> list[tuple[str, str]]:
    """The measures, and what each counts.

    >>> measures_list()[0]
    ('degree', 'largest monomial over GF(2)')
    """
    return [(measure.name, measure.about) for measure in MEASURES.values()]


def compare(
    maps: Iterable[str | AnyMap],
    measures: Iterable[str] | None = None,
    progress: Progress | None = None,
    *,
    timeout: float | None = None,
    beta: Fraction | int | str = Setting.beta,
    eps: Fraction | int | str = Setting.eps,
) -> list[Row]:
    """The capacity of generative maps and of their encoders, side by side.

    Parameters
    ----------
    maps : names such as "sbox:present" or "residual:d=4,a=0.5", paths of files, or maps
        See `maps_list()`. Maps of bits and continuous maps can be given together.
    measures : names, optional
        See `measures_list()`; if None, all that have a meaning for one of the maps.
    progress : callable, optional
        Called as `progress(done, total, what)` before every map, measure and direction, and once at the end.
    timeout : float, optional
        Seconds for each map, measure and direction; what is interrupted leaves the bounds that it has, and its note
        says so. None: nothing is interrupted, and measures that could search for ever stop at a fixed amount of work.
        Only in the main thread.
    beta, eps : int, Fraction or text such as "0.01", optional
        For continuous maps: the standard deviation of the noise (1/1000), and the total variation allowed (1/10).

    Returns
    -------
    list of dict
        With keys `map, measure, direction, output, kind, value, unit, note, beta, eps`. A measure of single bits has a
        row (or two: a lower and an upper bound) for every bit, then one for the maximum and one for the sum over bits,
        whose `output` is None, whose `kind` is that of a value of the *whole* map, and whose note begins with "max" or
        "sum". The encoder is the inverse; where there is none, its rows have value None and say why. A sum of bits of
        which one has no upper bound has value None too, and so has a measure that has no meaning for a map or that the
        map's constants do not allow. `beta` and `eps` are None where the value does not depend on them.

    Raises
    ------
    ValueError
        An unknown map or measure (with the nearest names), two maps of one name, what is wrong with a file, a timeout
        or a beta that is not positive, or an eps outside (0, 1).
    TypeError
        If `maps` is a string, or beta or eps a float.

    Examples
    --------
    >>> for row in compare(["gray:n=3"], ["degree", "decision_tree_depth"]):
    ...     if row["output"] == 0:
    ...         print(row["measure"], row["direction"], row["kind"], row["value"], row["unit"])
    degree forward exact 1 degree
    degree encoder exact 1 degree
    decision_tree_depth forward exact 2 queries
    decision_tree_depth encoder exact 3 queries
    """
    return [row for rows in stream(maps, measures, progress, timeout=timeout, beta=beta, eps=eps) for row in rows]


def stream(
    maps: Iterable[str | AnyMap],
    measures: Iterable[str] | None = None,
    progress: Progress | None = None,
    *,
    timeout: float | None = None,
    beta: Fraction | int | str = Setting.beta,
    eps: Fraction | int | str = Setting.eps,
) -> Iterator[list[Row]]:
    """The rows of `compare` as they are found: a list for every map, measure and direction.

    Everything that can be wrong with the arguments is said before the first.

    >>> next(stream(["gray:n=2"], ["degree"]))[0]["direction"]
    'forward'
    """
    if isinstance(maps, str):
        raise TypeError(f"maps = {maps!r}: must be a list of maps, not one string")
    known = [parse_any(one) if isinstance(one, str) else one for one in maps]
    if not known:
        raise ValueError("maps is empty: there must be at least one map to compare")
    for i, f in enumerate(known):
        if f.name in (other.name for other in known[:i]):
            raise ValueError(f"{f.name} is given twice: the rows of two maps need two names")
    if timeout is not None and not 0 < timeout < inf:
        raise ValueError(f"timeout = {timeout}: must be a positive number of seconds")
    setting = Setting(beta, eps)
    if measures is None:
        chosen = [measure for measure in MEASURES.values() if any(applies(measure, f) for f in known)]
    else:
        chosen = [_measure(name) for name in dict.fromkeys(measures)]
    steps = [(f, measure, direction) for f in known for measure in chosen for direction in directions(measure)]
    return _each(steps, setting, progress, timeout)


def _each(
    steps: Sequence[tuple[AnyMap, Measure, str]], setting: Setting, progress: Progress | None, timeout: float | None
) -> Iterator[list[Row]]:
    for done, (f, measure, direction) in enumerate(steps):
        if progress is not None:
            progress(done, len(steps), f"{f.name} {measure.name} {direction}")
        rows = cell(f, measure, direction, setting, timeout)
        yield rows
        if any(BY_CTRL_C in row["note"] for row in rows):
            raise KeyboardInterrupt
    if progress is not None:
        progress(len(steps), len(steps), "")


def _measure(name: str) -> Measure:
    if name not in MEASURES:
        nearest = get_close_matches(name, MEASURES, n=2) or MEASURES
        raise ValueError(f"{name}: no such measure; nearest: {', '.join(nearest)}")
    return MEASURES[name]
