"""How well the leaves of a regular tree determine its root, exactly: the root's posterior, by counting types.

Complete tree, q states, channel lam I + (1 - lam) J / q on every edge, uniform root. A leaf pattern x enters only
through its likelihoods L(i) = P(x | root = i), and only up to a factor: its *type* is the primitive integer vector
proportional to L. Permuting the states permutes the types and keeps the law, so a law is written on sorted types, each
with the summed weight of its orbit: P(orbit) = weight * sum(type) / total, where total adds that up. Everything is an
integer. The recursion itself is the usual one (Evans, Kenyon, Peres, Schulman, Ann. Appl. Probab. 10, 2000, section 2).
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from fractions import Fraction
from itertools import accumulate, pairwise, permutations
from math import gcd, lcm
from numbers import Rational
from operator import mul

__all__ = ["Enclosure", "Reconstruction", "reconstruction"]

Vector = tuple[int, ...]
Law = dict[Vector, int]

# Beyond a megabit a Fraction serves nobody: the sum is enclosed instead.
EXACT_BITS = 1_000_000
# Beyond this many products the law of a binary root is not written out: see `_last_join`.
PRODUCTS = 2_000_000
GROUPS = 2_048


@dataclass(frozen=True)
class Enclosure:
    """A number known to lie between two fractions, ends included. `float` gives the middle.

    As a ball of flint: arb(fmpq(e.middle.numerator, e.middle.denominator), fmpq(...e.radius...)).
    """

    lower: Fraction
    upper: Fraction

    @property
    def middle(self) -> Fraction:
        return (self.lower + self.upper) / 2

    @property
    def radius(self) -> Fraction:
        return (self.upper - self.lower) / 2

    def __contains__(self, value: object) -> bool:
        return isinstance(value, Rational) and self.lower <= value <= self.upper

    def __float__(self) -> float:
        return float(self.middle)


@dataclass(frozen=True, repr=False)
class Reconstruction:
    """Functionals of the posterior eta of the root given the leaves.

    p_correct : E max_i eta_i, the chance that the likeliest state is the true one.
    true_mass : E eta_true = E sum_i eta_i^2. A Fraction, or an `Enclosure` where its denominator may pass a megabit.
    tv_uniform : E (1/2) sum_i |eta_i - 1/q|.
    """

    q: int
    p_correct: Fraction
    true_mass: Fraction | Enclosure
    tv_uniform: Fraction

    @property
    def x_n(self) -> Fraction | Enclosure:
        """(E eta_true - 1/q) q / (q - 1): 1 if the leaves tell the root, 0 if nothing. For q = 2 it is E X^2."""
        if isinstance(self.true_mass, Enclosure):
            return Enclosure(self._scaled(self.true_mass.lower), self._scaled(self.true_mass.upper))
        return self._scaled(self.true_mass)

    def _scaled(self, mass: Fraction) -> Fraction:
        return (self.q * mass - 1) / (self.q - 1)

    def __repr__(self) -> str:
        return f"Reconstruction({', '.join(f'{f.name}={_short(getattr(self, f.name))}' for f in fields(self))})"


def _short(value: object) -> str:
    # Python refuses to print integers of more than 4300 digits.
    if isinstance(value, Fraction) and value.denominator.bit_length() > 4300:
        return f"{float(value)!r} (a Fraction, denominator of {value.denominator.bit_length()} bits)"
    return repr(value)


def _merged(terms: Iterable[tuple[Sequence[int], int]]) -> Law:
    """Vectors with their weights, gathered by type. A vector of zeros is a pattern that cannot occur."""
    law: Law = {}
    for vector, weight in terms:
        factor = gcd(*vector)
        if factor:
            kind = tuple(sorted(x // factor for x in vector))
            law[kind] = law.get(kind, 0) + weight * factor
    return law


def _spread(law: Law) -> Iterator[tuple[Vector, int]]:
    """Every vector of every orbit, with its own weight: the same for all vectors of an orbit."""
    for kind, weight in law.items():
        orbit = set(permutations(kind))
        for vector in orbit:
            yield vector, weight // len(orbit)


def _through_edge(law: Law, q: int, lam: Fraction) -> Law:
    a, b = lam.as_integer_ratio()
    return _merged(([q * a * x + (b - a) * sum(kind) for x in kind], w) for kind, w in law.items())


def _joined(left: Law, right: Law) -> Law:
    """The law at a node whose children's messages come from `left` and `right`, independent given the node's state."""
    others = list(_spread(right))
    return _merged((list(map(mul, kind, vector)), w * x) for kind, w in left.items() for vector, x in others)


def _messages(q: int, arity: int, depth: int, lam: Fraction) -> tuple[Law, Law]:
    """What all but one of the children of the root tell it, and what the last one does."""
    root: Law = {(0,) * (q - 1) + (1,): q}
    nothing: Law = {(1,) * q: 1}
    for level in range(depth, 0, -1):
        child = _through_edge(root, q, lam)
        siblings = nothing
        for _ in range(arity - 1):
            siblings = _joined(siblings, child)
        if level > 1:
            root = _joined(siblings, child)
    return (siblings, child) if depth else (nothing, root)


def _total(law: Law) -> int:
    return sum(w * sum(kind) for kind, w in law.items())


def _true_mass(law: Law) -> Fraction | Enclosure:
    total = _total(law)
    if sum(sum(kind).bit_length() for kind in law) <= EXACT_BITS:
        common = lcm(*map(sum, law))
        above = sum(w * sum(x * x for x in kind) * (common // sum(kind)) for kind, w in law.items())
        return Fraction(above, common * total)
    # The total is so large that rounding every term to an integer costs nothing.
    floor = sum(w * sum(x * x for x in kind) // sum(kind) for kind, w in law.items())
    return Enclosure(Fraction(floor, total), Fraction(floor + len(law), total))


def _functionals(q: int, law: Law) -> Reconstruction:
    total = _total(law)
    best = sum(w * kind[-1] for kind, w in law.items())
    apart = sum(w * sum(abs(q * x - sum(kind)) for x in kind) for kind, w in law.items())
    return Reconstruction(q, Fraction(best, total), _true_mass(law), Fraction(apart, 2 * q * total))


def _last_join(siblings: Law, child: Law, groups: int) -> Reconstruction:
    """q = 2, and too many products of a sibling's message (x, y) and a child's (u, v) to write them out.

    E|X| is the sum of weight * |x u - y v|, exactly: with the (x, y) sorted by x / y the sign changes once for each
    (u, v), and prefix sums do the rest. E X^2 is the sum of weight * h, h = (x u - y v)^2 / (x u + y v), convex and
    homogeneous in (x, y). So it falls if neighbouring messages are merged (a degraded channel), and rises if they
    are split, mean preserved, onto the two at the ends of their group (an upgraded one).
    """
    ordered = sorted(_spread(siblings), key=lambda item: Fraction(item[0][0], sum(item[0])))
    first = list(accumulate((w * x for (x, _), w in ordered), initial=0))
    second = list(accumulate((w * y for (_, y), w in ordered), initial=0))
    total = sum(w * (first[-1] * u + second[-1] * v) for (u, v), w in child.items())

    gain = 0
    for (u, v), w in child.items():
        k = bisect_left(ordered, True, key=lambda item: item[0][0] * u >= item[0][1] * v)
        gain += w * ((first[-1] - 2 * first[k]) * u - (second[-1] - 2 * second[k]) * v)

    def rounded_down(x: int, y: int) -> int:
        return sum(w * (x * u - y * v) ** 2 // (x * u + y * v) for (u, v), w in child.items())

    def rounded_up(x: int, y: int) -> int:
        return rounded_down(x, y) + len(child)

    last = len(ordered) - 1
    cuts = sorted({last * g // groups for g in range(groups)} | {last})
    ends = [(first[-1] * x, first[-1] * y) for x, y in (ordered[i][0] for i in cuts)]  # long: rounding is nothing
    values = [rounded_up(*end) for end in ends]
    # The last message is a group of its own. `upper` is kept negated, because // rounds down.
    x, y = first[-1] - first[last], second[-1] - second[last]
    lower, upper = rounded_down(x, y), -rounded_up(x, y)
    for g, (i, j) in enumerate(pairwise(cuts)):
        (a, b), (c, d) = ends[g], ends[g + 1]
        x, y = first[j] - first[i], second[j] - second[i]  # = [(y c - x d) (a, b) + (x b - y a) (c, d)] / (b c - a d)
        lower += rounded_down(x, y)
        upper += ((x * d - y * c) * values[g] + (a * y - b * x) * values[g + 1]) // (b * c - a * d)
    square = Enclosure(Fraction(lower, total), Fraction(-upper, total))
    mass = Enclosure((1 + square.lower) / 2, (1 + square.upper) / 2)
    e_abs = Fraction(gain, total)
    return Reconstruction(2, (1 + e_abs) / 2, mass, e_abs / 2)


def reconstruction(q: int, arity: int, depth: int, lam: Fraction) -> Reconstruction:
    """Bayes-optimal reconstruction of the root of the complete tree from its arity**depth leaves.

    Every edge carries lam I + (1 - lam) J / q, -1/(q - 1) <= lam <= 1; at depth 0 the root is seen itself. Exact: the
    cost is the number of types, which squares from level to level. About a second at (q, arity, depth) = (2, 2, 5),
    (3, 2, 4) and (3, 3, 3), ten at (2, 3, 4).

    >>> reconstruction(2, 2, 2, Fraction(1, 2))
    Reconstruction(q=2, p_correct=Fraction(43, 64), true_mass=Fraction(343, 580), tv_uniform=Fraction(11, 64))
    """
    for name, number, least in (("q", q, 2), ("arity", arity, 1), ("depth", depth, 0)):
        if number < least:
            raise ValueError(f"{name} = {number}: it must be at least {least}")
    if not isinstance(lam, Rational):
        raise TypeError(f"lam = {lam!r}: it must be a Fraction, a float is not exact")
    if not Fraction(-1, q - 1) <= lam <= 1:
        raise ValueError(f"lam = {lam}: it must be at least -1/{q - 1} and at most 1")
    siblings, child = _messages(q, arity, depth, Fraction(lam))
    if q == 2 and len(siblings) * len(child) > PRODUCTS:
        return _last_join(siblings, child, GROUPS)
    return _functionals(q, _joined(siblings, child))
