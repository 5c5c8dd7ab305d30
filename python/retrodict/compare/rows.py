"""Maps times measures: one row for each value, forward and of the encoder."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from difflib import get_close_matches
from math import inf
from typing import TypedDict

from retrodict.capacity import MEASURES, BitMeasure, Bound, JointMeasure, Kind, MapMeasure, Measure
from retrodict.capacity.measure import BY_CTRL_C
from retrodict.capacity.posterior_entropy import posterior_entropy
from retrodict.compare.limit import ExpiredError, limit
from retrodict.maps import FAMILIES, BooleanMap, parse
from retrodict.maps.sboxes import NAMES

__all__ = ["DEFAULT_MAPS", "Progress", "Row", "compare", "maps_list", "measures_list", "stream"]

DEFAULT_FAMILIES = ("perm", "random", "gray", "triangular", "cube", "feistel")  # few enough for one page
DEFAULT_MAPS = (*(f"sbox:{name}" for name in NAMES), *(FAMILIES[family].example for family in DEFAULT_FAMILIES))
Progress = Callable[[int, int, str], None]


class Row(TypedDict):
    """One value. `output` is a bit of the image (for an encoder: of the cause), or None for the whole map."""

    map: str
    measure: str
    direction: str
    output: int | None
    kind: Kind
    value: int | float | None
    unit: str
    note: str


def maps_list() -> list[tuple[str, str]]:
    """What `compare` takes: a name that works as it stands, and what it is.

    >>> maps_list()[0]
    ('sbox:present', 'S-box of a published cipher')
    """
    sboxes = [(f"sbox:{name}", "S-box of a published cipher") for name in NAMES]
    files = [
        ("FILE.npy, FILE.txt", "truth table: 2^n integers, the images of 0, 1, 2, ..."),
        ("FILE.blif", "combinational circuit in BLIF"),
        ("FILE.aag", "combinational circuit in ascii AIGER"),
    ]
    return [*sboxes, *((family.example, family.about) for family in FAMILIES.values()), *files]


def measures_list() -> list[tuple[str, str]]:
    """The measures, and what each counts.

    >>> measures_list()[0]
    ('degree', 'largest monomial over GF(2)')
    """
    return [(measure.name, measure.about) for measure in MEASURES.values()]


def compare(
    maps: Iterable[str | BooleanMap],
    measures: Iterable[str] | None = None,
    progress: Progress | None = None,
    *,
    timeout: float | None = None,
) -> list[Row]:
    """The capacity of generative maps and of their encoders, side by side.

    Parameters
    ----------
    maps : names such as "sbox:present" or "gray:n=8", paths of files, or `BooleanMap`s
        See `maps_list()`.
    measures : names, optional
        See `measures_list()`; all of them if None.
    progress : callable, optional
        Called as `progress(done, total, what)` before every map, measure and direction, and once at the end.
    timeout : float, optional
        Seconds for each map, measure and direction; what is interrupted leaves the bounds that it has, and its note
        says so. None: nothing is interrupted, and measures that could search for ever stop at a fixed amount of work.
        Only in the main thread.

    Returns
    -------
    list of dict
        With keys `map, measure, direction, output, kind, value, unit, note`. A measure of single bits has a row (or
        two: a lower and an upper bound) for every bit, then one for the maximum and one for the sum over bits, whose
        `output` is None, whose `kind` is that of a value of the *whole* map, and whose note begins with "max" or
        "sum". The encoder is the inverse; where there is none, its rows have value None and say why. A sum of bits of
        which one has no upper bound has value None too.

    Raises
    ------
    ValueError
        An unknown map or measure (with the nearest names), two maps of one name, what is wrong with a file, or a
        timeout that is not positive.
    TypeError
        If `maps` is a string.

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
    return [row for rows in stream(maps, measures, progress, timeout=timeout) for row in rows]


def stream(
    maps: Iterable[str | BooleanMap],
    measures: Iterable[str] | None = None,
    progress: Progress | None = None,
    *,
    timeout: float | None = None,
) -> Iterator[list[Row]]:
    """The rows of `compare` as they are found: a list for every map, measure and direction.

    Everything that can be wrong with the arguments is said before the first.

    >>> next(stream(["gray:n=2"], ["degree"]))[0]["direction"]
    'forward'
    """
    if isinstance(maps, str):
        raise TypeError(f"maps = {maps!r}: must be a list of maps, not one string")
    known = [one if isinstance(one, BooleanMap) else parse(one) for one in maps]
    if not known:
        raise ValueError("maps is empty: there must be at least one map to compare")
    for i, f in enumerate(known):
        if f.name in (other.name for other in known[:i]):
            raise ValueError(f"{f.name} is given twice: the rows of two maps need two names")
    if timeout is not None and not 0 < timeout < inf:
        raise ValueError(f"timeout = {timeout}: must be a positive number of seconds")
    chosen = list(MEASURES.values()) if measures is None else [_measure(name) for name in dict.fromkeys(measures)]
    steps = [(f, measure, direction) for f in known for measure in chosen for direction in ("forward", "encoder")]
    return _each(steps, progress, timeout)


def _each(
    steps: Sequence[tuple[BooleanMap, Measure, str]], progress: Progress | None, timeout: float | None
) -> Iterator[list[Row]]:
    for done, (f, measure, direction) in enumerate(steps):
        if progress is not None:
            progress(done, len(steps), f"{f.name} {measure.name} {direction}")
        rows = _rows(f, measure, direction, timeout)
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


def _encoder(f: BooleanMap) -> tuple[BooleanMap | None, str]:
    """The inverse, or why there is none."""
    pair = f.collision()
    if pair is not None:
        entropy = f"H(z|x) = {posterior_entropy(f):.6g} bits"
        return None, f"inputs {pair[0]} and {pair[1]} collide: the encoder is the posterior, {entropy}"
    if f.n_inputs != f.n_outputs:
        return None, "injective but not onto: the encoder is free where no output lies, so that its capacity is open"
    return f.inverse(), ""


def _rows(f: BooleanMap, measure: Measure, direction: str, timeout: float | None) -> list[Row]:
    def row(output: int | None, kind: Kind, value: int | float | None, note: str) -> Row:
        return Row(
            map=f.name,
            measure=measure.name,
            direction=direction,
            output=output,
            kind=kind,
            value=value,
            unit=measure.unit,
            note=note,
        )

    if isinstance(measure, MapMeasure):
        bounds = measure.forward(f) if direction == "forward" else measure.encoder(f)
        return [row(None, b.kind, b.value, b.note) for b in bounds]
    g, why_not = (f, "") if direction == "forward" else _encoder(f)
    if isinstance(measure, JointMeasure):
        if g is None:
            return [row(None, "exact", None, why_not)]
        return [row(None, b.kind, b.value, b.note) for b in measure.of_map(g, timeout)]
    if g is None:
        return [row(None, kind, None, f"{note}; {why_not}") for kind, note in (measure.maximum, measure.total)]
    bits = _bits(g, measure, timeout)
    kind, note = measure.maximum
    most = row(None, kind, max(b.value for bounds in bits for b in bounds if b.kind != "upper"), note)
    kind, note = measure.total
    known = all(any(b.kind != "lower" for b in bounds) for bounds in bits)
    total = row(
        None,
        kind,
        sum(b.value for bounds in bits for b in bounds if b.kind != "lower") if known else None,
        note if known else f"{note}; a bit has no upper bound",
    )
    return [*(row(i, b.kind, b.value, b.note) for i, bounds in enumerate(bits) for b in bounds), most, total]


def _bits(g: BooleanMap, measure: BitMeasure, timeout: float | None) -> list[tuple[Bound, ...]]:
    """The bounds of each bit. When the time is over, those of the bits that are left are the least that can be said."""
    bits: list[tuple[Bound, ...]] = []
    try:
        with limit(timeout):
            for i in range(g.n_outputs):
                bits.append(measure.of_bit(g.output(i)))
    except ExpiredError:
        nothing = Bound("lower", 0, f"interrupted: no more is known after {timeout:g} s for all bits")
        bits += [(nothing,)] * (g.n_outputs - len(bits))
    return bits
