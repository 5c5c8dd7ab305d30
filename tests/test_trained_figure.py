"""The figure of capacity curves: every network is on it, also those that diverged."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest

from retrodict.encoders.trained import Comparison, SweepResult, capacity_curve, capacity_figure


def result(label: str, tv: list[list[float]], covered: float = 1.0) -> SweepResult:
    widths, values = tuple(range(1, len(tv) + 1)), np.array(tv)
    zero, sizes = np.zeros_like(values), tuple(10 * w for w in widths)
    seeds = tuple(range(values.shape[1]))
    return SweepResult(
        label, "by hand", {}, {}, "", "", widths, seeds, sizes, values, values, values, zero, zero, covered
    )


GRAY = Comparison(
    result("gray:n=4, encoder", [[0.9, 0.8], [0.2, np.nan], [0.3, 0.05]]),
    result("gray:n=4, forward", [[0.9, 0.7], [0.01, 0.2], [0.02, 0.03]]),
    result("perm:n=4,seed=0, encoder", [[0.9, 0.9], [0.8, 0.7], [0.6, 0.5]]),
)


def test_every_network_is_drawn_and_the_sizes_are_told() -> None:
    picture = capacity_figure([GRAY, Comparison(GRAY.encoder, GRAY.forward, None)], 0.1)
    panel = picture.axes[0]
    dots = [line for line in panel.lines if line.get_marker() == "o" and line.get_markersize() < 3]
    assert [np.isfinite(np.asarray(line.get_ydata())).sum() for line in dots] == [6, 6, 5]
    assert [len(np.asarray(line.get_xdata())) for line in panel.lines if line.get_marker() == "x"] == [0, 0, 1]
    assert [text.get_text() for text in panel.texts] == ["control: not reached", "forward: ≤ 20", "encoder: ≤ 30"]
    assert [text.get_text() for text in picture.axes[1].texts] == ["forward: ≤ 20", "encoder: ≤ 30"]
    legend = picture.legends[0]
    assert "upper bound on capacity (trained)" in legend.get_title().get_text()
    assert "diverged" in [text.get_text() for text in legend.get_texts()]
    picture.savefig(io.BytesIO(), format="png")


def test_the_envelope_is_the_best_of_all_sizes_so_far() -> None:
    curve = capacity_curve(result("by hand", [[0.3, 0.2], [0.4, 0.5], [0.1, np.nan], [np.nan, np.nan]]), 0.25)
    assert [point.best for point in curve.points] == [0.2, 0.4, 0.1, None]
    assert [point.envelope for point in curve.points] == [0.2, 0.2, 0.1, 0.1]
    assert [point.within for point in curve.points] == [1, 0, 1, 0]
    assert [point.diverged for point in curve.points] == [0, 0, 1, 2]
    assert curve.parameters == 10


def test_what_a_mean_leaves_out_counts_as_one() -> None:
    part = result("part", [[0.05]], covered=0.96)
    assert capacity_curve(part, 0.08).parameters is None
    assert capacity_curve(part, 0.09).points[0].envelope == pytest.approx(0.96 * 0.05 + 0.04)
    assert capacity_curve(part, 0.06, "worst_tv").parameters == 10  # of the inputs covered


def test_bad_input() -> None:
    with pytest.raises(ValueError, match="comparisons is empty"):
        capacity_figure([], 0.1)
    with pytest.raises(ValueError, match=r"eps = 1\.5: must lie strictly between 0 and 1"):
        capacity_figure([GRAY], 1.5)
    with pytest.raises(ValueError, match="metric = 'hellinger': must be tv, worst_tv or kl"):
        capacity_curve(GRAY.encoder, 0.1, "hellinger")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"kl has shape \(1, 1\): must be \(2, 1\), widths times seeds"):
        replace(result("a", [[0.1], [0.2]]), kl=np.zeros((1, 1)))
    with pytest.raises(ValueError, match="tv is missing: not the whole result"):
        SweepResult.from_json(GRAY.encoder.to_json().replace('"tv"', '"tw"'))
    with pytest.raises(ValueError, match="not the result of a sweep"):
        SweepResult.from_json("[]")
