"""One cell of a comparison: the rows of a map under a measure, forward or of its encoder."""

from __future__ import annotations

from typing import TypedDict

from retrodict.capacity import BitMeasure, Bound, ContinuousMeasure, JointMeasure, Kind, MapMeasure, Measure, Setting
from retrodict.capacity.measure import NoValueError, RealMap
from retrodict.capacity.posterior_entropy import posterior_entropy
from retrodict.compare.limit import ExpiredError, limit
from retrodict.maps import AnyMap, BooleanMap, SignGenerator, TiltedSignGenerator
from retrodict.maps.continuous import NoCertificateError

__all__ = ["NO_MEANING", "Row", "applies", "cell", "directions"]

NO_MEANING = "no meaning here: "  # so begin the notes of measures of other maps


class Row(TypedDict):
    """One value. `output` is a bit of the image (for an encoder: of the cause), or None for the whole map; `beta` and
    `eps` are exact numbers as text where the value depends on them, else None."""

    map: str
    measure: str
    direction: str
    output: int | None
    kind: Kind
    value: int | float | None
    unit: str
    note: str
    beta: str | None
    eps: str | None


def applies(measure: Measure, f: AnyMap) -> bool:
    """Whether the measure is of such maps: of bits, or of real causes. Both are of C(sgn z), those of bits as C's.

    >>> from retrodict.capacity import MEASURES
    >>> from retrodict.maps import parse_any
    >>> [[applies(MEASURES[m], parse_any(f)) for f in ("fold", "sgn:gray:n=3")] for m in ("degree", "condition_number")]
    [[False, True], [True, True]]
    """
    if isinstance(measure, ContinuousMeasure):
        return not isinstance(f, BooleanMap)
    return _finite(f) is not None


def _finite(f: AnyMap) -> BooleanMap | None:
    """The map of bits that f is, or that it is made of."""
    if isinstance(f, SignGenerator | TiltedSignGenerator):
        return f.map
    return f if isinstance(f, BooleanMap) else None


def directions(measure: Measure) -> tuple[str, ...]:
    """The directions that a measure has: forward and encoder, or encoder alone."""
    alone = isinstance(measure, ContinuousMeasure) and measure.forward is None
    return ("encoder",) if alone else ("forward", "encoder")


def cell(f: AnyMap, measure: Measure, direction: str, setting: Setting, timeout: float | None = None) -> list[Row]:
    """The rows of one map, measure and direction; where there is no value, one row that says why."""
    if not applies(measure, f):
        which = "continuous maps" if isinstance(measure, ContinuousMeasure) else "maps of bits"
        return [_row(f, measure, direction, None, "exact", None, f"{NO_MEANING}a measure of {which}")]
    if isinstance(measure, ContinuousMeasure):
        assert not isinstance(f, BooleanMap)
        return _continuous(f, measure, direction, setting, timeout)
    finite = _finite(f)
    assert finite is not None
    rows = _bits_rows(finite, measure, direction, timeout)
    if finite is f:
        return rows
    of_map = "of C in C(sgn z)"
    return [{**row, "map": f.name, "note": f"{row['note']}; {of_map}" if row["note"] else of_map} for row in rows]


def _bits_rows(
    f: BooleanMap, measure: BitMeasure | JointMeasure | MapMeasure, direction: str, timeout: float | None
) -> list[Row]:
    if isinstance(measure, MapMeasure):
        bounds = measure.forward(f) if direction == "forward" else measure.encoder(f)
        return [_row(f, measure, direction, None, b.kind, b.value, b.note) for b in bounds]
    g, why_not = (f, "") if direction == "forward" else _encoder(f)
    if isinstance(measure, JointMeasure):
        if g is None:
            return [_row(f, measure, direction, None, "exact", None, why_not)]
        return [_row(f, measure, direction, None, b.kind, b.value, b.note) for b in measure.of_map(g, timeout)]
    if g is None:
        ends = (measure.maximum, measure.total)
        return [_row(f, measure, direction, None, kind, None, f"{note}; {why_not}") for kind, note in ends]
    return _of_bits(f, g, measure, direction, timeout)


def _row(
    f: AnyMap,
    measure: Measure,
    direction: str,
    output: int | None,
    kind: Kind,
    value: int | float | None,
    note: str,
    **setting: str,
) -> Row:
    return Row(
        map=f.name,
        measure=measure.name,
        direction=direction,
        output=output,
        kind=kind,
        value=value,
        unit=measure.unit,
        note=note,
        beta=setting.get("beta"),
        eps=setting.get("eps"),
    )


def _continuous(
    g: RealMap, measure: ContinuousMeasure, direction: str, setting: Setting, timeout: float | None
) -> list[Row]:
    used = {name: str(getattr(setting, name)) for name in measure.uses}
    side = measure.forward if direction == "forward" and measure.forward else measure.encoder
    try:
        with limit(timeout):
            bounds = side(g, setting)
    except (NoValueError, NoCertificateError) as error:
        why = str(error)
    except ArithmeticError as error:  # of balls that are too wide
        why = f"not settled: {error}"
    except ExpiredError:
        why = f"interrupted: no value after {timeout:g} s"
    else:
        return [_row(g, measure, direction, None, b.kind, b.value, b.note, **used) for b in bounds]
    return [_row(g, measure, direction, None, "exact", None, why, **used)]


def _encoder(f: BooleanMap) -> tuple[BooleanMap | None, str]:
    """The inverse, or why there is none."""
    pair = f.collision()
    if pair is not None:
        entropy = f"H(z|x) = {posterior_entropy(f):.6g} bits"
        return None, f"inputs {pair[0]} and {pair[1]} collide: the encoder is the posterior, {entropy}"
    if f.n_inputs != f.n_outputs:
        return None, "injective but not onto: the encoder is free where no output lies, so that its capacity is open"
    return f.inverse(), ""


def _of_bits(f: BooleanMap, g: BooleanMap, measure: BitMeasure, direction: str, timeout: float | None) -> list[Row]:
    """A row a bit of g, then what the bits say of g, which is f or its inverse."""
    bits = _bits(g, measure, timeout)
    kind, note = measure.maximum
    most = max(b.value for bounds in bits for b in bounds if b.kind != "upper")
    rows = [_row(f, measure, direction, i, b.kind, b.value, b.note) for i, bounds in enumerate(bits) for b in bounds]
    rows.append(_row(f, measure, direction, None, kind, most, note))
    kind, note = measure.total
    known = all(any(b.kind != "lower" for b in bounds) for bounds in bits)
    total = sum(b.value for bounds in bits for b in bounds if b.kind != "lower") if known else None
    rows.append(_row(f, measure, direction, None, kind, total, note if known else f"{note}; a bit has no upper bound"))
    return rows


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
