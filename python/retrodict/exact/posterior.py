"""Posteriors over the causes of a finite map whose image is seen bit by bit through independent noise.

Cause s in 0 ... N - 1 has the image codewords[s], an integer; of its bit i one sees x_i, of which all that matters are
the odds w_i = p(x_i | bit 1) / p(x_i | bit 0). Causes are equally likely beforehand. The odds may come from any field:
fractions, balls, rational functions of symbols.

Noise with finitely many outputs is given as a *channel*: the positive probabilities of the outputs if the bit is 1. If
it is 0 they are the same in reverse.
"""

from collections.abc import Iterator, Sequence
from itertools import product
from math import prod
from typing import Any

__all__ = ["agreement", "channel_rate", "mode", "observations", "posterior", "product_formula", "total_variation"]


def posterior(codewords: Sequence[int], odds: Sequence[Any]) -> list[Any]:
    """p(s | x) for every s, by enumeration: proportional to the product of the odds over the bits that are 1.

    >>> from fractions import Fraction
    >>> [str(p) for p in posterior([0, 1, 1], [Fraction(3)])]
    ['1/7', '3/7', '3/7']
    """
    weights = [_likelihood(y, odds) for y in codewords]
    total = sum(weights)
    return [weight / total for weight in weights]


def product_formula(codewords: Sequence[int], odds: Sequence[Any]) -> list[Any]:
    """The product over bits of w_i / (1 + w_i) where bit i of codewords[s] is 1, of 1 / (1 + w_i) where it is 0.

    It is p(s | x) if the codewords are all integers of len(odds) bits, each once: then the sum over s of the
    likelihoods is the product of all 1 + w_i. Otherwise it is in general nothing of interest.

    >>> from fractions import Fraction
    >>> [str(p) for p in product_formula([0, 1], [Fraction(3)])]
    ['1/4', '3/4']
    """
    total = prod(1 + w for w in odds)
    return [_likelihood(y, odds) / total for y in codewords]


def mode(p: Sequence[Any]) -> list[Any]:
    """All mass on the likeliest, the first of several.

    >>> mode([0.25, 0.5, 0.25])
    [0, 1, 0]
    """
    best = p.index(max(p))
    return [int(s == best) for s in range(len(p))]


def agreement(p: Sequence[Any], q: Sequence[Any]) -> Any:
    """How often a sample of q is right if the truth has the law p: the sum of p(s) q(s).

    >>> from fractions import Fraction
    >>> agreement([Fraction(1, 4), Fraction(3, 4)], [0, 1])
    Fraction(3, 4)
    """
    return sum(a * b for a, b in zip(p, q, strict=True))


def observations(channel: Sequence[Any], d: int) -> Iterator[tuple[list[Any], Any]]:
    """All that may be seen of d independent bits, each fair: the odds of the bits, and the probability to see it.

    >>> from fractions import Fraction
    >>> seen = list(observations([Fraction(1, 4), Fraction(3, 4)], 1))
    >>> [([str(w) for w in odds], str(mass)) for odds, mass in seen]
    [(['1/3'], '1/2'), (['3'], '1/2')]
    """
    pairs = list(zip(channel, channel[::-1], strict=True))
    for seen in product(pairs, repeat=d):
        yield [one / zero for one, zero in seen], prod((one + zero) / 2 for one, zero in seen)


def channel_rate(channel: Sequence[Any]) -> Any:
    """How often a sample of the posterior of one fair bit is right.

    >>> from fractions import Fraction
    >>> channel_rate([Fraction(1, 4), Fraction(3, 4)])
    Fraction(5, 8)
    """
    return sum(one * one / (one + zero) for one, zero in zip(channel, channel[::-1], strict=True))


def _likelihood(y: int, odds: Sequence[Any]) -> Any:
    return prod((w for i, w in enumerate(odds) if y >> i & 1), start=0 * odds[0] + 1)


def total_variation(p: Sequence[Any], q: Sequence[Any]) -> Any:
    """Half the sum of |p(s) - q(s)|.

    >>> from fractions import Fraction
    >>> total_variation([Fraction(1, 2), Fraction(1, 2)], [Fraction(1), Fraction(0)])
    Fraction(1, 2)
    """
    return sum(abs(a - b) for a, b in zip(p, q, strict=True)) / 2
