"""Two-input gates of the smallest circuit of all output bits together, all 16 operations allowed, inverters free.

Work that outputs share counts once, so this lies between the largest and the sum of the minima of single bits. Bounds
from both ends, which meet for small maps: see `retrodict.synthesis.synthesize`. The upper bound is the size of a
circuit that was simulated on all inputs; the lower one comes from an exhaustive search, from refuted formulas, or from
counting inputs and outputs, and the note says which.
"""

from __future__ import annotations

from retrodict.capacity.measure import Bound, JointMeasure
from retrodict.maps import BooleanMap

__all__ = ["MEASURE", "bounds"]


def bounds(f: BooleanMap, timeout: float | None = None) -> tuple[Bound, ...]:
    """One exact bound, or a lower and an upper one; `timeout` in seconds, None: the same work on every machine.

    >>> bounds(BooleanMap("half adder", 2, 2, [0, 1, 1, 2]))
    (Bound(kind='exact', value=2, note='at least 2: each output has a gate of its own (2 distinct ones)'),)
    """
    from retrodict.synthesis import synthesize  # here, so that `import retrodict` loads no kernel

    found = synthesize(f, timeout=timeout)
    assert found.upper is not None
    if found.exact:
        return (Bound("exact", found.lower, str(found.proof)),)
    return (
        Bound("lower", found.lower, f"{found.proof}; {found.note}"),
        Bound("upper", found.upper, f"a circuit, simulated on all inputs; {found.note}"),
    )


MEASURE = JointMeasure("gates_joint", "gates", "two-input gates of the smallest circuit of all bits together", bounds)
