"""Measures of maps of real causes: values against their definitions, kinds, and what is refused."""

from __future__ import annotations

from fractions import Fraction
from math import e, log, pi

import pytest

from retrodict.capacity import MEASURES, Bound, ContinuousMeasure, Setting
from retrodict.capacity.measure import NoValueError
from retrodict.compare import compare
from retrodict.encoders.guarantee import construct
from retrodict.encoders.size import size
from retrodict.maps import parse_any
from retrodict.maps.continuous import NoCertificateError


def found(measure: str, name: str, beta: str = "0.001", eps: str = "0.1", side: str = "encoder") -> tuple[Bound, ...]:
    of = MEASURES[measure]
    assert isinstance(of, ContinuousMeasure)
    taken = of.forward if side == "forward" else of.encoder
    assert taken is not None
    return taken(parse_any(name), Setting(beta, eps))


@pytest.mark.parametrize("name", ["residual:d=2,a=1/2", "pooling:d=1,a=1/2", "linear:d=3,m=1/2,M=2"])
def test_sizes_are_those_of_the_constructed_encoder(name: str) -> None:
    counted = size(construct(parse_any(name), Fraction(1, 1000), Fraction(1, 10)).encoder)  # type: ignore[arg-type]
    for measure, value in [
        ("unrolled_untied", counted.untied_parameters),
        ("unrolled_tied", counted.tied_parameters),
        ("unrolled_gates", counted.gates),
        ("unrolled_depth", counted.depth),
    ]:
        [bound] = found(measure, name)
        assert (bound.kind, bound.value) == ("upper", value)
        assert bound.note.startswith("proved for all x but a set of probability 1/100")
    assert found("unrolled_gates", name, side="forward")[0].value == counted.map_gates
    assert found("unrolled_tied", name, side="forward")[0].value == counted.map_parameters


@pytest.mark.parametrize(
    ("name", "beta", "why"),
    [
        ("fold", "0.001", "m = 0: z and -z have the same image"),
        ("tent:k=2", "0.001", "m = 0: 4 causes share an image"),
        ("leakyrelu:d=2,s=1/2,layers=1", "0.001", "M2 is not bounded: ReLU has a kink at 0"),
        ("sgn:gray:n=3", "0.001", "the sign jumps at 0"),
        ("residual:d=2,a=1/2", "0.2", "beta = 1/5: "),
    ],
)
def test_what_the_construction_refuses(name: str, beta: str, why: str) -> None:
    with pytest.raises((NoValueError, NoCertificateError), match=why):
        found("unrolled_untied", name, beta)
    [row] = [row for row in compare([name], ["unrolled_untied"], beta=beta) if row["direction"] == "encoder"]
    assert row["value"] is None
    assert row["note"].startswith(why)


def test_a_tuned_encoder_is_far_smaller_and_an_estimate() -> None:
    [tuned] = found("tuned_untied", "residual:d=2,a=1/2")
    [proved] = found("unrolled_untied", "residual:d=2,a=1/2")
    assert tuned.kind == "estimate"
    assert "and there alone: within 0.0" in tuned.note
    assert 10_000 * tuned.value < proved.value
    for name, why in [
        ("fold", "m = 0"),
        ("residual:d=9,a=1/2", "dimension = 9: measured up to 8"),
        ("pooling:d=2,a=1/2", "no rotation was found"),
        ("sgn:gray:n=2", "the sign jumps"),
    ]:
        with pytest.raises((NoValueError, NoCertificateError), match=why):
            found("tuned_untied", name)


def test_information_has_the_known_values() -> None:
    """Nats of z + sin(z)/2 and of the fold (thm:information), bits of signs (thm:sign-information)."""
    for name, beta, value in [
        ("residual:d=1,a=1/2", "0.1", 2.55255 / log(2)),
        ("fold", "0.1", 1.994005 / log(2)),
        ("linear:d=1,m=1,M=1", "0.1", 2.30756 / log(2)),
        ("sgn:gray:n=3", "1", 3 * 0.48594415),
        ("sgn:gray:n=3", "1/4", 3 * 0.99986506),
    ]:
        [bound] = found("information", name, beta)
        assert (bound.kind, bound.value) == ("exact", pytest.approx(value, rel=1e-5))
    told = found("information", "residual:d=1,a=1/2", "0.1")[0].value
    left = found("entropy_left", "residual:d=1,a=1/2", "0.1")[0].value
    assert told + left == pytest.approx(log(2 * pi * e) / log(4))


def test_information_is_refused_where_no_formula_is_known() -> None:
    with pytest.raises(NoValueError, match="C a bijection"):
        found("information", "sgn:random:n=4,seed=0")
    with pytest.raises(NoValueError):
        found("information", "projection:d=3,k=1")


def test_one_mode_is_far_from_two_and_near_to_one() -> None:
    for beta in ("0.1", "0.01"):
        lower, upper = found("unimodal_distance", "fold", beta)
        assert (lower.kind, upper.kind) == ("lower", "upper")
        assert 0.4 < lower.value <= upper.value < 0.501
        lower, upper = found("unimodal_distance", "residual:d=1,a=1/2", beta)
        assert lower.value == 0
        assert upper.value < float(beta) / 10
    tents = [found("unimodal_distance", f"tent:k={k}", "0.0001")[0].value for k in (1, 2, 3)]
    assert tents == pytest.approx([1 / 2, 3 / 4, 7 / 8], abs=0.04)


@pytest.mark.parametrize("k", range(1, 7))
def test_tents_need_nearly_all_of_their_modes(k: int) -> None:
    bounds = found("modes_needed", f"tent:k={k}", "0.001", "1/10")
    low = next(bound.value for bound in bounds if bound.kind in ("lower", "exact"))
    high = next(bound.value for bound in bounds if bound.kind in ("upper", "exact"))
    assert 0.8 * 2**k <= low <= high <= 2**k


def test_maps_of_more_dimensions_have_no_modes_on_the_line() -> None:
    for measure in ("modes_needed", "unimodal_distance"):
        with pytest.raises(NoValueError, match="dimension = 2: only maps of the line"):
            found(measure, "residual:d=2,a=1/2")


def test_what_is_trained_says_so_and_is_an_upper_bound() -> None:
    pytest.importorskip("jax")
    [bound] = found("trained_size", "sgn:gray:n=3")
    assert bound.kind == "upper"
    assert bound.note.startswith("trained: ")
    for name, why in [
        ("residual:d=2,a=1/2", "dimension = 2"),
        ("sgnabs:gray:n=2,alpha=1/8", "only maps of the line, and maps C"),
        ("fold", "not trained: .*beta"),
    ]:
        with pytest.raises(NoValueError, match=why):
            found("trained_size", name, "0.00001")


def test_without_jax_the_reason_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    for name in [name for name in sys.modules if name.startswith(("jax", "retrodict.encoders.trained"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "jax", None)
    with pytest.raises(NoValueError, match=r"pip install 'retrodict\[jax\]'"):
        found("trained_size", "sgn:gray:n=3")


def test_the_forward_map_needs_no_posterior() -> None:
    with_forward = {m.name for m in MEASURES.values() if isinstance(m, ContinuousMeasure) and m.forward is not None}
    assert with_forward == {"unrolled_untied", "unrolled_tied", "unrolled_gates", "unrolled_depth", "trained_size"}
