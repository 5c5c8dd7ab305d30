"""Population dynamics of the Potts channel: one member's update, and the same step on whole laws, over any ring.

A posterior eta over q colours belongs to a node whose true colour is 0. A child has colour c with probability
M(0, c), M = lam I + (1 - lam) J / q, and what is known of it is a posterior of the same law with the colours 0 and c
exchanged. Belief propagation multiplies the messages M eta, and divides by their sum. A law is a dict from posteriors,
as tuples, to probabilities.

Symmetrising draws the truth i anew from eta, exchanges 0 and i, and shuffles the other colours. That keeps the law of
a posterior, given that the truth is 0: it is symmetric in the other colours, and given eta the truth has the law eta.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import permutations, product
from math import factorial
from typing import Any

__all__ = [
    "channel_row",
    "combine",
    "exchange",
    "leaf_law",
    "masses",
    "next_law",
    "symmetrise",
    "symmetrised_law",
    "update",
]

Posterior = tuple[Any, ...]
Law = dict[Posterior, Any]


def exchange(eta: Sequence[Any], colour: int) -> Posterior:
    """The colours 0 and `colour` exchanged.

    >>> exchange((1, 2, 3), 2)
    (3, 2, 1)
    """
    swapped = list(eta)
    swapped[0], swapped[colour] = swapped[colour], swapped[0]
    return tuple(swapped)


def combine(children: Iterable[Sequence[Any]], lam: Any) -> Posterior:
    """The posterior of a node from those of its children, which sum to 1.

    >>> combine([(1, 0), (1, 0)], Fraction(1, 2))
    (Fraction(9, 10), Fraction(1, 10))
    """
    weights = None
    for eta in children:
        message = [lam * p + (1 - lam) / len(eta) for p in eta]
        weights = message if weights is None else [w * m for w, m in zip(weights, message, strict=True)]
    if weights is None:
        raise ValueError("children is empty: a node without children is a leaf")
    return tuple(w / sum(weights) for w in weights)


def symmetrise(eta: Sequence[Any], truth: int, order: Sequence[int]) -> Posterior:
    """0 exchanged with `truth`; then colour k takes what colour order[k - 1] has, k = 1, ..., q - 1.

    >>> symmetrise((1, 2, 3), 1, [2, 1])
    (2, 3, 1)
    """
    swapped = exchange(eta, truth)
    return (swapped[0], *(swapped[k] for k in order))


def update(
    population: Sequence[Sequence[Any]],
    drawn: Iterable[tuple[int, int]],
    lam: Any,
    truth: int = 0,
    order: Sequence[int] | None = None,
) -> Posterior:
    """A new member, from what was drawn: (member, colour) of each child, and how it is symmetrised, if it is.

    >>> update([(1, 0), (0, 1)], [(0, 0), (0, 1)], Fraction(1, 2))
    (Fraction(1, 2), Fraction(1, 2))
    """
    eta = combine([exchange(population[member], colour) for member, colour in drawn], lam)
    return eta if order is None else symmetrise(eta, truth, order)


def channel_row(q: int, lam: Any) -> list[Any]:
    """M(0, c) for every colour c.

    >>> channel_row(2, Fraction(1, 2))
    [Fraction(3, 4), Fraction(1, 4)]
    """
    return [lam + (1 - lam) / q] + [(1 - lam) / q] * (q - 1)


def leaf_law(q: int, strength: Fraction) -> Law:
    """A leaf of colour 0, seen through the channel of eigenvalue `strength`; 1 is the leaf itself.

    >>> leaf_law(2, Fraction(1))
    {(Fraction(1, 1), Fraction(0, 1)): Fraction(1, 1)}
    """
    row = channel_row(q, strength)
    return _collect((exchange(row, shown), row[shown]) for shown in range(q))


def next_law(law: Law, arity: int, lam: Any) -> Law:
    """The law one level up, without symmetrising.

    >>> next_law(leaf_law(2, Fraction(1)), 2, Fraction(1, 2))[(Fraction(9, 10), Fraction(1, 10))]
    Fraction(9, 16)
    """
    row = channel_row(len(next(iter(law))), lam)
    child = _collect((exchange(eta, c), w * p) for eta, w in law.items() for c, p in enumerate(row))
    terms = []
    for chosen in product(child.items(), repeat=arity):
        weight = chosen[0][1]
        for _, w in chosen[1:]:
            weight = weight * w
        terms.append((combine([eta for eta, _ in chosen], lam), weight))
    return _collect(terms)


def symmetrised_law(law: Law) -> Law:
    """The law after symmetrising: a mean over truths drawn from eta, and over all orders.

    >>> symmetrised_law({(Fraction(1, 4), Fraction(3, 4)): Fraction(1)})
    {(Fraction(1, 4), Fraction(3, 4)): Fraction(1, 4), (Fraction(3, 4), Fraction(1, 4)): Fraction(3, 4)}
    """
    q = len(next(iter(law)))
    orders = list(permutations(range(1, q)))
    return _collect(
        (symmetrise(eta, truth, order), w * eta[truth] / factorial(q - 1))
        for eta, w in law.items()
        for truth in range(q)
        for order in orders
    )


def masses(law: Law) -> tuple[Any, Any]:
    """(E eta(truth), E sum_i eta_i^2), which are equal for the law of a posterior.

    >>> masses(next_law(leaf_law(3, Fraction(1)), 2, Fraction(1, 2)))
    (Fraction(65, 108), Fraction(65, 108))
    """
    return sum(w * eta[0] for eta, w in law.items()), sum(w * sum(p * p for p in eta) for eta, w in law.items())


def _collect(terms: Iterable[tuple[Posterior, Any]]) -> Law:
    law: Law = {}
    for eta, w in terms:
        if w:
            law[eta] = law.get(eta, 0) + w
    return law
