"""Extreme singular values: two routes that have nothing in common agree, and contain what is known."""

from __future__ import annotations

from fractions import Fraction as Q

import numpy as np
import pytest
from flint import arb, ctx, fmpq, fmpq_mat
from hypothesis import given, settings
from hypothesis import strategies as st

from retrodict.maps.continuous import Matrix, mixing, spectrum, spread
from retrodict.maps.continuous.spectrum import enclosed, extremes, isolated

ENTRIES = st.fractions(-4, 4, max_denominator=64)


def gram(rows: list[list[Q]]) -> fmpq_mat:
    exact = Matrix(rows).exact
    return exact.transpose() * exact


def draw(size: int, seed: int, columns: int | None = None) -> list[list[Q]]:
    weights = np.random.default_rng(seed).normal(size=(size, columns or size)) / size**0.5
    return [[Q(entry) for entry in row] for row in weights.tolist()]


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 6).flatmap(lambda n: st.lists(st.lists(ENTRIES, min_size=n, max_size=n), min_size=n, max_size=n)))
def test_the_routes_agree(rows: list[list[Q]]) -> None:
    h = gram(rows)
    for one, other in zip(isolated(h), enclosed(h), strict=True):
        assert one.overlaps(other)
        assert other.rad() <= arb(2) ** -40 * sum(h[i, i] for i in range(h.nrows()))


@pytest.mark.parametrize("size", [8, 40, 64])
def test_the_routes_agree_on_networks(size: int) -> None:
    h = gram(draw(size, 1))
    for one, other in zip(isolated(h), enclosed(h), strict=True):
        assert one.overlaps(other)
        assert other.rad() < fmpq(1, 10**8) * other


def test_large_matrices_go_by_enclosure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spectrum, "isolated", lambda h: pytest.fail("the characteristic polynomial is not needed"))
    matrix = Matrix(draw(96, 2))
    values = np.linalg.svd(matrix.doubles)[1]
    for ball, value in ((matrix.norm, values[0]), (matrix.least, values[-1])):
        assert abs(ball - float(value)) < 1e-9
        assert ball.rad() < fmpq(1, 10**6) * ball
    deficient = Matrix([[*row[:-1], row[0]] for row in draw(80, 3)])
    assert deficient.least == 0
    assert abs(deficient.norm - float(np.linalg.norm(deficient.doubles, 2))) < 1e-9


def test_wide_matrices_have_a_kernel() -> None:
    wide = Matrix(draw(20, 4, 90))
    assert wide.least == 0
    assert abs(wide.norm - float(np.linalg.norm(wide.doubles, 2))) < 1e-9


def test_known_values_of_a_large_matrix() -> None:
    g = spread(70, Q(1, 4), Q(3, 2))
    assert g.blocks[0].skip is not None
    for ball, value in ((g.blocks[0].skip.least, fmpq(1, 4)), (g.blocks[0].skip.norm, fmpq(3, 2))):
        assert ball.contains(value)
        assert ball.rad() < fmpq(1, 10**9)


def test_bad_eigenvectors_give_wide_bounds_and_no_wrong_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bounds do not rest on the doubles: perturbed eigenvectors widen them, dependent ones are refused."""
    h = gram([[Q(2), Q(1), Q(0)], [Q(0), Q(1), Q(1)], [Q(1), Q(0), Q(3)]])
    truth, vectors = isolated(h), np.linalg.eigh([[int(e) for e in row] for row in h.tolist()])[1]
    for size in (1e-6, 1e-3, 1e-1):
        noise = size * np.random.default_rng(5).normal(size=(3, 3))
        for scale in ((1, 1, 1), (1, 2, 4), (4, 2, 1)):
            bad = (vectors + noise) * scale
            monkeypatch.setattr(np.linalg, "eigh", lambda m, bad=bad: (None, bad))
            found = enclosed(h)
            assert all(ball.contains(value.mid()) for ball, value in zip(found, truth, strict=True))
            assert found[0].rad() > size / 1000
    monkeypatch.setattr(np.linalg, "eigh", lambda m: (None, np.ones((3, 3))))
    with pytest.raises(ArithmeticError, match="approximate eigenvectors of 3 rows are not seen to be independent"):
        enclosed(h)


def test_a_least_value_that_doubles_do_not_see(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spectrum, "SMALL", 2)
    q = mixing(3)
    steep = [[scale * entry for entry in row] for row, scale in zip(q, (1, 1, Q(1, 10**30)), strict=True)]
    least, most = extremes(gram(steep))
    assert least.overlaps(arb(fmpq(1, 10**60)))
    assert least.rad() < fmpq(1, 10**69)
    assert most.contains(1)


@pytest.mark.parametrize("factor", [Q(10) ** 400, Q(1, 10**400)])
def test_scales_beyond_doubles(factor: Q) -> None:
    rows = [[factor * entry for entry in row] for row in ((Q(3), Q(1)), (Q(0), Q(1)))]
    for one, other in zip(isolated(gram(rows)), enclosed(gram(rows)), strict=True):
        assert one.overlaps(other)
        assert other.rad() < fmpq(1, 10**9) * other


def test_precision_follows_the_context() -> None:
    h = gram([[Q(1), Q(1)], [Q(0), Q(1)]])
    with ctx.workprec(200):
        assert isolated(h)[1].rad() < arb(10) ** -50
