"""Exact laws on regular trees: enumeration, counting types, and the values known from independent computation."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from fractions import Fraction as Q
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrodict.exact import bp, estimators, trees
from retrodict.exact import reconstruction as types
from retrodict.exact.trees import Enclosure, census_moment, reconstruction, symmetric_channel


def by_enumeration(q: int, arity: int, depth: int, lam: Q) -> tuple[Q, Q, Q]:
    """p_correct, true_mass, tv_uniform straight from the joint law of the root and the leaves."""
    parent, channel = trees.complete(arity, depth), symmetric_channel(q, lam)
    p_correct = true_mass = tv_uniform = Q(0)
    for leaves in product(range(q), repeat=arity**depth):
        joint = bp.marginals(parent, channel, leaves)[0]
        seen = sum(joint)
        if seen:
            posterior = [p / seen for p in joint]
            p_correct += max(joint)
            true_mass += sum(p * eta for p, eta in zip(joint, posterior, strict=True))
            tv_uniform += seen * sum(abs(eta - Q(1, q)) for eta in posterior) / 2
    return p_correct, true_mass, tv_uniform


def values(found: trees.Reconstruction) -> tuple[Q, Q | Enclosure, Q]:
    return found.p_correct, found.true_mass, found.tv_uniform


@pytest.mark.parametrize(
    ("q", "arity", "depth"),
    [
        (2, 2, 0),
        (2, 2, 1),
        (2, 1, 2),
        (2, 2, 2),
        (2, 3, 1),
        (2, 2, 3),
        (3, 2, 1),
        (3, 2, 2),
        (3, 3, 1),
        (4, 3, 1),
        (3, 1, 0),
    ],
)
@pytest.mark.parametrize("lam", [Q(2, 3), Q(-1, 3), Q(0), Q(1)])
def test_types_are_the_enumeration(q: int, arity: int, depth: int, lam: Q) -> None:
    assert values(reconstruction(q, arity, depth, lam)) == by_enumeration(q, arity, depth, lam)


@pytest.mark.parametrize(("q", "lam"), [(2, Q(-1)), (3, Q(-1, 2))])
def test_impossible_patterns_carry_no_weight(q: int, lam: Q) -> None:
    assert values(reconstruction(q, 2, 2, lam)) == by_enumeration(q, 2, 2, lam)


@given(st.integers(2, 3), st.fractions(Q(-1, 2), 1, max_denominator=9))
@settings(max_examples=10)
def test_types_of_every_channel(q: int, lam: Q) -> None:
    found = trees.root_types(symmetric_channel(q, lam), 2, 2)
    assert sum(count for count, _ in found) == q**4
    assert sum(count * max(L) for count, L in found) / q == reconstruction(q, 2, 2, lam).p_correct


def test_number_of_types() -> None:
    lengths = {
        (q, d): [len(trees.root_types(symmetric_channel(q, Q(1, 2)), d, n)) for n in (0, 1, 2)]
        for q in (2, 3)
        for d in (2, 3)
    }
    assert lengths == {(2, 2): [2, 3, 6], (2, 3): [2, 4, 20], (3, 2): [3, 6, 21], (3, 3): [3, 10, 220]}


HALF, TWO_THIRDS, THREE_QUARTERS, FOUR_FIFTHS = Q(1, 2), Q(2, 3), Q(3, 4), Q(4, 5)

# (arity, lam, depth) -> E|X|, E X^2 (a Fraction, or the digits that are known); from an independent computation.
BINARY = {
    (2, HALF, 1): (Q(1, 2), Q(2, 5)),
    (2, HALF, 2): (Q(11, 32), Q(53, 290)),
    (2, HALF, 3): (Q(1963, 8192), Q(4928957493, 56307031040)),
    (2, HALF, 4): (Q(90324263, 536870912), "0.042854548662284435"),
    (2, TWO_THIRDS, 1): (Q(2, 3), Q(8, 13)),
    (2, TWO_THIRDS, 2): (Q(46, 81), Q(107584, 245349)),
    (2, TWO_THIRDS, 3): (Q(19519, 39366), Q(57567130942099123661312, 173926397310216968409057)),
    (2, TWO_THIRDS, 4): (Q(65440162541, 148769467776), None),
    (2, THREE_QUARTERS, 1): (Q(3, 4), Q(18, 25)),
    (2, THREE_QUARTERS, 2): (Q(351, 512), Q(450927, 759200)),
    (2, THREE_QUARTERS, 3): (Q(2690469, 4194304), "0.513906988482883"),
    (2, FOUR_FIFTHS, 1): (Q(4, 5), Q(32, 41)),
    (2, FOUR_FIFTHS, 2): (Q(472, 625), Q(47752192, 69315625)),
    (2, FOUR_FIFTHS, 3): (None, "0.631457708432476"),
    (3, HALF, 1): (Q(11, 16), Q(29, 56)),
    (3, HALF, 2): (Q(32461, 65536), Q(725067538190123, 2305348148219648)),
    (3, HALF, 3): (Q(7174681885742395223, 18446744073709551616), "0.20612046853108962"),
    (3, TWO_THIRDS, 1): (Q(23, 27), Q(1276, 1701)),
    (3, TWO_THIRDS, 2): (Q(404041, 531441), "0.632861579453496"),
    (3, TWO_THIRDS, 3): (Q(11959236031929878882717657, 16997648288528104232583168), "0.5674787042096282"),
    (3, THREE_QUARTERS, 1): (Q(117, 128), Q(4671, 5504)),
    (3, THREE_QUARTERS, 2): (Q(232794081, 268435456), None),
    (3, THREE_QUARTERS, 3): (Q(4259203021159210776170336710311, 5070602400912917605986812821504), None),
}

# (arity, lam, depth) -> p_correct, tv_uniform, x_n, for q = 3
TERNARY = {
    (2, HALF, 1): (Q(2, 3), Q(7, 18), Q(29, 72)),
    (2, HALF, 2): (Q(247, 432), Q(25, 96), Q(1272657861, 6837677440)),
    (2, HALF, 3): (Q(1480333, 2985984), Q(3090593, 17915904), "0.089883473171749592"),
    (2, TWO_THIRDS, 1): (Q(7, 9), Q(40, 81), Q(472, 765)),
    (2, TWO_THIRDS, 2): (Q(14209, 19683), Q(8192, 19683), Q(8469489400419136, 19024209314440803)),
    (2, TWO_THIRDS, 3): (None, None, "0.33977225798503136"),
    (2, THREE_QUARTERS, 1): (Q(5, 6), Q(13, 24), Q(2745, 3808)),
    (2, THREE_QUARTERS, 2): (Q(2453, 3072), Q(3025, 6144), "0.60108212729694"),
    (2, THREE_QUARTERS, 3): (Q(4177036451, 5435817984), Q(14695696033, 32614907904), "0.52486285477851746"),
    (3, HALF, 1): (Q(7, 9), Q(4, 9), Q(93, 176)),
    (3, HALF, 2): (Q(2981107, 4478976), Q(1525543, 4478976), "0.326511176904805"),
    (3, TWO_THIRDS, 1): (Q(217, 243), Q(136, 243), Q(788, 1035)),
    (3, TWO_THIRDS, 2): (Q(36133163, 43046721), Q(21983408, 43046721), "0.65069579270388489"),
}


def agree(found: Q, known: Q | str | None) -> bool:
    """Equal fractions; or equal to every digit that is known, up to the double that was printed."""
    if isinstance(known, str):
        return abs(found - Q(known)) < max(Q(1, 10 ** (len(known) - 2)), Q(1, 2**53))
    return known is None or found == known


@pytest.mark.parametrize("case", BINARY)
def test_binary_table(case: tuple[int, Q, int]) -> None:
    arity, lam, depth = case
    found, (e_abs, e_square) = reconstruction(2, arity, depth, lam), BINARY[case]
    assert agree(2 * found.tv_uniform, e_abs)
    assert agree(2 * found.p_correct - 1, e_abs)
    assert agree(found.x_n, e_square)


@pytest.mark.parametrize("case", TERNARY)
def test_ternary_table(case: tuple[int, Q, int]) -> None:
    arity, lam, depth = case
    found = reconstruction(3, arity, depth, lam)
    assert all(agree(*pair) for pair in zip((found.p_correct, found.tv_uniform, found.x_n), TERNARY[case], strict=True))


def test_a_mass_beyond_a_megabit_is_an_enclosure() -> None:
    found = reconstruction(3, 3, 3, HALF)
    assert found.p_correct == Q(11583078148616008103281, 19408409961765342806016)
    assert isinstance(found.true_mass, Enclosure)
    assert isinstance(found.x_n, Enclosure)
    assert 0 < found.x_n.radius < Q(1, 10**24)
    assert 0.217317 < float(found.x_n) < 0.217319


def test_rounded_terms_enclose_the_exact_mass(monkeypatch: pytest.MonkeyPatch) -> None:
    exact = reconstruction(3, 2, 3, TWO_THIRDS).true_mass
    monkeypatch.setattr(types, "EXACT_BITS", 100)
    ball = reconstruction(3, 2, 3, TWO_THIRDS).true_mass
    assert isinstance(ball, Enclosure)
    assert exact in ball
    assert 0 < ball.radius < Q(1, 10**6)


@pytest.mark.parametrize("lam", [HALF, THREE_QUARTERS, Q(-2, 3)])
@pytest.mark.parametrize("groups", [4, 50, 10_000])
def test_last_join_agrees_with_the_law_written_out(lam: Q, groups: int) -> None:
    siblings, child = types._messages(2, 3, 3, lam)
    written = types._functionals(2, types._joined(siblings, child))
    joined = types._last_join(siblings, child, groups)
    assert (joined.p_correct, joined.tv_uniform) == (written.p_correct, written.tv_uniform)
    assert isinstance(joined.true_mass, Enclosure)
    assert written.true_mass in joined.true_mass
    assert joined.true_mass.radius < Q(1, min(groups, 50) ** 2)
    assert joined.true_mass.radius > 0


# Even weights: both orders of a message (x, y) weigh the same.
small_laws = st.lists(
    st.tuples(st.tuples(st.integers(1, 6), st.integers(1, 6)), st.sampled_from([2, 4, 6])), min_size=1, max_size=6
).map(types._merged)


@given(siblings=small_laws, child=small_laws, groups=st.integers(1, 12))
def test_last_join_of_small_laws_where_rounding_is_seen(
    siblings: dict[tuple[int, ...], int], child: dict[tuple[int, ...], int], groups: int
) -> None:
    written = types._functionals(2, types._joined(siblings, child))
    joined = types._last_join(siblings, child, groups)
    assert (joined.p_correct, joined.tv_uniform) == (written.p_correct, written.tv_uniform)
    assert isinstance(joined.true_mass, Enclosure)
    assert written.true_mass in joined.true_mass


def test_only_a_large_binary_law_is_joined(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(types, "PRODUCTS", 65 * 8)
    assert isinstance(reconstruction(2, 3, 3, HALF).true_mass, Q)
    monkeypatch.setattr(types, "PRODUCTS", 65 * 8 - 1)
    assert isinstance(reconstruction(2, 3, 3, HALF).true_mass, Enclosure)
    assert isinstance(reconstruction(3, 2, 4, HALF).true_mass, Q)


def test_groups_of_one_leave_rounding_only() -> None:
    joined = types._last_join(*types._messages(2, 3, 3, HALF), 10_000)
    assert isinstance(joined.true_mass, Enclosure)
    assert joined.true_mass.radius < Q(1, 10**18)


def test_enclosure() -> None:
    ball = Enclosure(Q(1, 4), Q(3, 4))
    assert (ball.middle, ball.radius, float(ball)) == (Q(1, 2), Q(1, 4), 0.5)
    assert Q(1, 4) in ball
    assert Q(3, 4) in ball
    assert Q(1, 5) not in ball
    assert Q(4, 5) not in ball
    assert 0.5 not in ball


def test_results_are_frozen() -> None:
    found = reconstruction(2, 2, 1, HALF)
    read = trees.Broadcast.read([-1], [[1, 0], [0, 1]], [0], None)
    for frozen, name in ((found, "q"), (Enclosure(HALF, HALF), "lower"), (read, "prior")):
        with pytest.raises(FrozenInstanceError):
            setattr(frozen, name, None)


def test_long_fractions_print() -> None:
    assert "denominator of" in repr(reconstruction(2, 3, 3, HALF))
    assert repr(reconstruction(2, 2, 1, HALF).true_mass) in repr(reconstruction(2, 2, 1, HALF))


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((1, 2, 2, HALF), ValueError, "q = 1: it must be at least 2"),
        ((2, 0, 2, HALF), ValueError, "arity = 0: it must be at least 1"),
        ((2, 2, -1, HALF), ValueError, "depth = -1: it must be at least 0"),
        ((2, 2, 2, 0.5), TypeError, "lam = 0.5: it must be a Fraction"),
        ((3, 2, 2, Q(-2, 3)), ValueError, "lam = -2/3: it must be at least -1/2"),
        ((3, 2, 2, Q(4, 3)), ValueError, "lam = 4/3"),
    ],
)
def test_bad_input_is_named(arguments, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        reconstruction(*arguments)


@pytest.mark.parametrize(("arity", "depth"), [(2, 0), (2, 1), (2, 2), (3, 1), (1, 2), (2, 3)])
@pytest.mark.parametrize("power", [1, 2, 3, 4])
def test_census_law_is_the_enumeration(arity: int, depth: int, power: int) -> None:
    law = estimators.census_law(arity, depth, Q(2, 3))
    assert sum(law.values()) == 1
    given_plus = sum(p * s**power for s, p in law.items())
    assert given_plus == census_moment(arity, depth, power, Q(2, 3), root_power=power % 2)


@pytest.mark.parametrize("f", [(1, -1), (1, 1, -2), (3, -1, -1, -1)])
@pytest.mark.parametrize(("arity", "depth"), [(2, 1), (2, 2), (3, 1)])
def test_second_moment_of_the_census_is_the_same_for_all_functions(arity: int, depth: int, f: tuple[int, ...]) -> None:
    variance = Q(sum(x * x for x in f), len(f))
    expected = variance * estimators.census_second_moment(arity, depth, Q(3, 5))
    assert census_moment(arity, depth, 2, Q(3, 5), f) == expected
    assert census_moment(arity, depth, 1, Q(3, 5), f, root_power=1) == variance * (arity * Q(3, 5)) ** depth


def test_majority_is_the_enumeration() -> None:
    def recursive_majority(states: tuple[int, ...]) -> int:
        votes = [1 - 2 * i for i in states[-9:]]
        votes = [1 if sum(votes[k : k + 3]) > 0 else -1 for k in (0, 3, 6)]
        return (1 if sum(votes) > 0 else -1) * (1 - 2 * states[0])

    found = trees.expectation(trees.complete(3, 2), symmetric_channel(2, Q(2, 3)), recursive_majority)
    assert estimators.majority_correlation(3, 2, Q(2, 3)) == found
    assert estimators.majority_correlation(5, 1, Q(1)) == 1
    with pytest.raises(ValueError, match="arity = 4: it must be odd"):
        estimators.majority_correlation(4, 1, Q(1, 2))


def test_majority_of_five_votes() -> None:
    m = estimators.majority_correlation(5, 1, Q(1, 3))
    assert m == (15 * Q(1, 3) - 10 * Q(1, 27) + 3 * Q(1, 243)) / 8
