"""Terms of disjunctive normal forms."""

from __future__ import annotations

from numpy.typing import ArrayLike

from retrodict import _core
from retrodict.bounds import Bounds
from retrodict.circuits.arguments import integers

__all__ = ["dnf_bound", "dnf_terms", "prime_implicants"]

NODES = 10_000


def prime_implicants(table: ArrayLike) -> list[tuple[int, int]]:
    """The cubes on which f is 1 that lie in no other such cube.

    A cube is a pair (mask, value): the inputs x with x & mask == value, a product of literals.

    Parameters
    ----------
    table : integers or bool, shape (2**n,)
        Zeros and ones, n at most 16; entry x is f(x), and input i is bit i of x.

    Raises
    ------
    ValueError
        A length that is no power of two, an entry that is not 0 or 1, more than 16 inputs.

    Examples
    --------
    >>> prime_implicants([0, 1, 1, 1])
    [(1, 1), (2, 2)]
    """
    return _core.circuits_prime_implicants(integers("table", table))


def dnf_terms(table: ArrayLike, *, nodes: int = NODES) -> Bounds:
    """The least number of terms of a disjunctive normal form of f.

    Some smallest form has only prime implicants (Quine, 1952), so this is a covering problem. It is solved by branch
    and bound; that nothing is missed is proved in cpp/circuits/cover.cpp.

    Parameters
    ----------
    table : integers or bool, shape (2**n,)
        Zeros and ones, n at most 16; entry x is f(x), and input i is bit i of x.
    nodes : int
        Of the search. Where they do not suffice the bounds differ.

    Returns
    -------
    Bounds
        `witness` is the form, a tuple of cubes (mask, value) as in `prime_implicants`. `proof` is an array of weights
        of the inputs, which `dnf_bound` turns into the lower bound, or else "exhaustive search".

    Raises
    ------
    ValueError
        What `prime_implicants` raises, or prime implicants that cover more than 2**22 inputs, each counted as often as
        it is covered.

    Examples
    --------
    >>> b = dnf_terms([0, 1, 1, 1, 0, 0, 0, 1])
    >>> b.lower, b.witness, dnf_bound([0, 1, 1, 1, 0, 0, 0, 1], b.proof)
    (3, ((3, 3), (5, 1), (6, 2)), 3)
    """
    function = integers("table", table)
    terms, weights, complete = _core.circuits_dnf(function, nodes)
    weights.setflags(write=False)
    shown = _core.circuits_dnf_bound(function, weights)
    if complete and shown < len(terms):
        return Bounds(len(terms), len(terms), tuple(terms), "exhaustive search")
    note = "" if complete else f"the search was cut off after {nodes} nodes"
    return Bounds(shown, len(terms), tuple(terms), weights, note)


def dnf_bound(table: ArrayLike, weights: ArrayLike) -> int:
    """A lower bound on the terms of f from weights 0 <= w <= 1 of the inputs, in units of 2**-20.

    Every form has at least the sum over f(x) = 1 of w(x), less the sum over the prime implicants c of
    max(0, w(c) - 1), rounded up, where w(c) is the sum over x in c. Weights 1 on inputs no two of which lie in one
    implicant give their number.

    Raises
    ------
    ValueError
        Weights of another length, one outside 0 ... 2**20, and what `dnf_terms` raises.

    Examples
    --------
    >>> dnf_bound([0, 1, 1, 0], [0, 2**20, 2**20, 0])
    2
    """
    return _core.circuits_dnf_bound(integers("table", table), integers("weights", weights))
