"""Circuits by construction: every output expanded one input at a time, with equal functions built once.

    f = f0 ^ x (f0 ^ f1)        positive Davio, 2 gates beside f0 and f2 = f0 ^ f1
    f = f1 ^ ~x (f0 ^ f1)       negative Davio, 2 gates beside f1 and f2
    f = x f1 | ~x f0            Shannon, 3 gates beside f0 and f1

with f0, f1 the cofactors at the last input that f depends on. At each node the expansion is taken that looks cheapest
when nothing is shared; functions that were built before cost nothing. In the basis U2, ^ is three gates.
"""

from __future__ import annotations

from collections.abc import Sequence

from retrodict.netlist import AND, OR, XOR, Builder, Circuit
from retrodict.synthesis.targets import input_tables

__all__ = ["expand"]


def expand(n: int, functions: Sequence[int], order: Sequence[int], basis: str = "B2") -> Circuit:
    """A circuit of the functions (truth tables over n inputs); `order[-1]` is the input expanded first.

    >>> expand(3, [0b10010110], [0, 1, 2]).size                        # the parity of three
    2
    """
    build = _Expansion(n, order, basis)
    return build.circuit([build.literal(_reordered(f, order), n) for f in functions])


def _reordered(f: int, order: Sequence[int]) -> int:
    """The truth table when input i of the new function is input order[i] of f."""
    n, bits = len(order), f"{f:0{1 << len(order)}b}"[::-1]
    if list(order) == list(range(n)):
        return f
    source = [0]
    for i in order:
        source += [x | 1 << i for x in source]
    return int("".join(bits[x] for x in reversed(source)), 2)


class _Expansion(Builder):
    """Functions by (number of inputs, normal truth table): the last of the inputs is essential."""

    def __init__(self, n: int, order: Sequence[int], basis: str) -> None:
        super().__init__(n)
        self._xor_cost = 1 if basis == "B2" else 3
        self._built: dict[tuple[int, int], int] = {}
        self._estimates: dict[tuple[int, int], int] = {}
        self._hashed: dict[tuple[int, int, int], int] = {}
        for i, table in enumerate(input_tables(n)):
            self._built[i + 1, table & ((1 << (2 << i)) - 1)] = 2 * (order[i] + 1)

    def gate(self, operation: int, a: int, b: int) -> int:
        if operation == XOR and self._xor_cost > 1:
            return self.gate(AND, self.gate(OR, a, b), self.gate(AND, a, b) ^ 1)
        key = (operation, min(a, b), max(a, b))
        if key not in self._hashed:
            self._hashed[key] = super().gate(operation, a, b)
        return self._hashed[key]

    def literal(self, f: int, k: int) -> int:
        """The literal of f, a truth table over the first k inputs of the order."""
        f, k, complement = _key(f, k)
        if k == 0:
            return complement
        if (k, f) not in self._built:
            f0, f1 = _cofactors(f, k)
            x = self._built[k, input_tables(k)[-1]]
            join = self._best(f0, f1, k - 1)[1]
            if join == "shannon":
                high, low = self.literal(f1, k - 1), self.literal(f0, k - 1)
                made = self.gate(OR, self.gate(AND, x, high), self.gate(AND, x ^ 1, low))
            else:
                kept, x = (f0, x) if join == "positive" else (f1, x ^ 1)
                base, difference = self.literal(kept, k - 1), self.literal(f0 ^ f1, k - 1)
                made = self.gate(XOR, base, self.gate(AND, x, difference))
            self._built[k, f] = made
        return self._built[k, f] ^ complement

    def _estimate(self, f: int, k: int) -> int:
        """Gates of f when nothing but what is built is shared."""
        f, k, _ = _key(f, k)
        if k == 0 or (k, f) in self._built:
            return 0
        if (k, f) not in self._estimates:
            self._estimates[k, f] = self._best(*_cofactors(f, k), k - 1)[0]
        return self._estimates[k, f]

    def _best(self, f0: int, f1: int, k: int) -> tuple[int, str]:
        """The least estimate of the three expansions; cofactors over k inputs. A constant one leaves one gate."""
        ones = (1 << (1 << k)) - 1
        constant = [f in (0, ones) for f in (f0, f1, f0 ^ f1)]
        low, high, both = self._estimate(f0, k), self._estimate(f1, k), self._estimate(f0 ^ f1, k)
        if constant[2]:
            return low + self._xor_cost, "positive"
        if constant[0] or constant[1]:
            return low + high + 1, "shannon"
        davio = both + 1 + self._xor_cost
        return min((low + high + 3, "shannon"), (low + davio, "positive"), (high + davio, "negative"))


def _cofactors(f: int, k: int) -> tuple[int, int]:
    half = 1 << (k - 1)
    return f & ((1 << half) - 1), f >> half


def _key(f: int, k: int) -> tuple[int, int, int]:
    """The normal function over the inputs up to the last that it depends on, and whether it is complemented."""
    complement = f & 1
    if complement:
        f ^= (1 << (1 << k)) - 1
    while k:
        f0, f1 = _cofactors(f, k)
        if f0 != f1:
            break
        f, k = f0, k - 1
    return f, k, complement
