"""The gate costs (basis B2) of all 616,126 classes of functions of five inputs, as data, and circuits that attain them.

    python -m retrodict.circuits.five_inputs PATH [--exhausted 9]

writes the data anew by `class_costs`: the costs up to `exhausted` are exact, by exhaustion. Beyond, a cost is an upper
bound, found by joining two functions or by replacing an input by a gate; the lower bound is exhausted + 1.

A circuit is written down from the costs, most of it without further data. If f = x_i o h, then h can be taken from f
alone: f xor x_i, or else the part of f that x_i does not make constant. If f is F with its input i replaced by a gate t
of x_i and x_j, then F can be read off f, except that for t of AND type 8 of its values are free: all are tried. A class
that neither gives comes with the two functions that a gate joins, or with the gates of a chain.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import permutations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrodict.circuits.classes import ClassCosts, canonical_form, class_costs
from retrodict.netlist import AND, OR, XOR, Builder, Circuit

__all__ = ["FiveInputs", "load", "save"]

N = 5
ONES = (1 << 32) - 1
INPUTS = (0xAAAAAAAA, 0xCCCCCCCC, 0xF0F0F0F0, 0xFF00FF00, 0xFFFF0000)
# What a gate makes of normal functions a and b, in the order of the codes in the file.
GATES = (AND, 0b0100, 0b0010, OR, XOR)
MOST = 24  # more than any cost
DATA = Path(__file__).with_name("five_inputs.npz")


def complement_input(f: int, i: int) -> int:
    step = 1 << i
    return (f & INPUTS[i]) >> step | (f & ~INPUTS[i] & ONES) << step


def restrict(f: int, i: int, value: int) -> int:
    """f with input i set to `value`."""
    part = f & INPUTS[i] if value else f & ~INPUTS[i] & ONES
    return part | complement_input(part, i)


def joined(operation: int, a: int, b: int) -> int:
    """`operation` applied to functions."""
    cases = (~a & ~b, ~a & b, a & ~b, a & b)
    return sum(case & ONES for k, case in enumerate(cases) if operation >> k & 1)


@dataclass(frozen=True)
class FiveInputs:
    """The table. `costs[k]` belongs to the class of `representatives[k]`, exact if at most `exhausted`.

    For some classes, by their canonical forms: `joins` has (operation, g, h) with functions g and h, such that the
    operation makes a member of the class of them; `chains` has the gates (operation, a, b) of a circuit of a member,
    where 0..4 are the inputs and the gates count from 5.
    """

    representatives: NDArray[np.uint32]
    costs: NDArray[np.uint8]
    exhausted: int
    joins: dict[int, tuple[int, int, int]]
    chains: dict[int, tuple[tuple[int, int, int], ...]]

    def upper(self, functions: Sequence[int] | NDArray[np.int64]) -> NDArray[np.uint8]:
        """The number of gates of the smallest known circuit of each function: its cost if at most `exhausted`."""
        return self.costs[np.searchsorted(self.representatives, canonical_form(functions, N))]

    def bounds(self, f: int) -> tuple[int, int]:
        """The least and the greatest number of gates that f may cost."""
        upper = int(self.upper([f])[0])
        return min(upper, self.exhausted + 1), upper

    def circuit(self, f: int, n_inputs: int = N) -> Circuit:
        """A circuit with as many gates as the table says, of f that depends on the first `n_inputs` inputs only."""
        build = Builder(n_inputs)
        inputs = [*build.inputs] + [0] * (N - n_inputs)
        return build.circuit([self._literal(f, inputs, build)])

    def _literal(self, f: int, inputs: list[int], build: Builder) -> int:
        """The literal of f applied to the literals `inputs`."""
        cost = int(self.upper([f])[0])
        if cost == 0:
            return self._free(f, inputs)
        for i, x in enumerate(INPUTS):
            for operation, h in self._beside_input(f, i, x):
                if self.upper([h])[0] < cost:
                    return build.gate(operation, inputs[i], self._literal(h, inputs, build))
        for i in range(N):
            for j in range(N):
                for operation, wide in narrower(f, i, j) if i != j else ():
                    better = np.flatnonzero(self.upper(wide) < cost)
                    if better.size:
                        replaced = [*inputs]
                        replaced[i] = build.gate(operation, inputs[i], inputs[j])
                        return self._literal(int(wide[better[0]]), replaced, build)
        return self._by_data(f, inputs, build)

    @staticmethod
    def _free(f: int, inputs: list[int]) -> int:
        for literal, g in zip((0, *inputs), (0, *INPUTS), strict=True):
            if f in (g, ONES ^ g):
                return literal ^ (f != g)
        raise AssertionError("only constants and inputs cost nothing")

    @staticmethod
    def _beside_input(f: int, i: int, x: int) -> list[tuple[int, int]]:
        """The gates o and functions h with f = x_i o h, h as simple as can be."""
        found = [(XOR, f ^ x)]
        for value in (0, 1):
            if restrict(f, i, value) in (0, ONES):  # then x_i = value makes f constant
                h = restrict(f, i, 1 - value)
                constant = f >> (value << i) & 1
                # Bit 2 a + b, where a = value gives the constant and else b comes through.
                found.append((sum((constant if a == value else b) << (2 * a + b) for a in (0, 1) for b in (0, 1)), h))
        return found

    def _by_data(self, f: int, inputs: list[int], build: Builder) -> int:
        form = int(canonical_form([f], N)[0])
        if form in self.joins:
            operation, g, h = self.joins[form]
            member = joined(operation, g, h)
            moved, complement = carried(member, f, inputs)
            parts = [self._literal(part, moved, build) for part in (g, h)]
            return build.gate(operation, *parts) ^ complement
        functions = [*INPUTS]
        for operation, a, b in self.chains[form]:
            functions.append(joined(operation, functions[a], functions[b]))
        moved, complement = carried(functions[-1], f, inputs)
        literals = [*moved]
        for operation, a, b in self.chains[form]:
            literals.append(build.gate(operation, literals[a], literals[b]))
        return literals[-1] ^ complement


def narrower(f: int, i: int, j: int) -> list[tuple[int, NDArray[np.int64]]]:
    """The gates t and functions F with f = F with its input i replaced by t(x_i, x_j)."""
    x, y = INPUTS[i], INPUTS[j]
    found = [(XOR, np.array([(f & ~y & ONES) | (complement_input(f, i) & y)]))]
    # Gates that are x_i for one value of x_j, and for the other one constant.
    for value, constant, operation in ((0, 0, AND), (1, 0, 0b0100), (0, 1, 0b1101), (1, 1, OR)):
        where = y if value else ~y & ONES
        if (f ^ complement_input(f, i)) & where == 0:
            free = where & (~x if constant else x)
            places = [p for p in range(32) if free >> p & 1]
            values = np.arange(1 << len(places))
            words = np.full(len(values), f & ~free & ONES)
            for k, p in enumerate(places):
                words |= (values >> k & 1) << p
            found.append((operation, words))
    return found


def carried(member: int, f: int, inputs: list[int]) -> tuple[list[int], int]:
    """The literals on which `member` is f or its complement, and whether it is the complement."""
    images, orders, flips = _images()
    bits = np.array([member >> p & 1 for p in range(32)])
    words = bits[images] @ (1 << np.arange(32))
    for complement in (0, 1):
        hits = np.flatnonzero(words == f ^ ONES * complement)
        if hits.size:
            order, flip = orders[hits[0]], flips[hits[0]]
            moved = [0] * N
            for i in range(N):
                moved[order[i]] = inputs[i] ^ (flip >> order[i] & 1)
            return moved, complement
    raise AssertionError("the functions are of one class")


@cache
def _images() -> tuple[NDArray[np.int64], list[tuple[int, ...]], list[int]]:
    """For every symmetry the point at which g is looked up for its image's value at x; input i goes to order[i]."""
    points = np.arange(32)
    rows, orders, flips = [], [], []
    for order in permutations(range(N)):
        moved = sum((points >> i & 1) << order[i] for i in range(N))
        for flip in range(32):
            rows.append(moved ^ flip)
            orders.append(order)
            flips.append(flip)
    return np.array(rows), orders, flips


@cache
def load() -> FiveInputs:
    """The table that comes with the package."""
    with np.load(DATA) as data:
        gaps = 256 ** np.arange(4) @ data["gaps"].astype(np.int64)
        representatives = np.cumsum(gaps).astype(np.uint32)
        forms = representatives[data["join_class"]].tolist()
        joins = {
            form: (GATES[code], g, h)
            for form, code, g, h in zip(forms, *(data[f"join_{k}"].tolist() for k in ("gate", "a", "b")), strict=True)
        }
        chains = {
            form: tuple((GATES[code % 8], code >> 3 & 31, code >> 8) for code in row if code)
            for form, row in zip(representatives[data["chain_class"]].tolist(), data["chain"].tolist(), strict=True)
        }
        return FiveInputs(representatives, data["costs"], int(data["exhausted"]), joins, chains)


def save(path: Path, found: ClassCosts) -> None:
    """Writes what `load` reads: the representatives by their differences, byte by byte."""
    gaps = np.diff(found.representatives.astype(np.int64), prepend=np.int64(0)).astype(np.int64)
    place = np.searchsorted(found.representatives, canonical_form([f for f, _ in found.derivations], N))
    joins, chains = [], []
    for k, (f, before) in zip(place.tolist(), found.derivations, strict=True):
        if len(before) == 2:
            joins.append((k, _gate_code(f, *before), *before))
        else:
            chains.append((k, _chain_codes([*before, f])))
    joins.sort()
    chains.sort()
    longest = max((len(codes) for _, codes in chains), default=0)
    join = np.array(joins, dtype=np.int64).reshape(-1, 4)
    np.savez_compressed(
        path,
        exhausted=np.uint8(found.exhausted),
        costs=found.costs,
        gaps=np.array([gaps >> 8 * k & 255 for k in range(4)], dtype=np.uint8),
        join_class=join[:, 0].astype(np.uint32),
        join_gate=join[:, 1].astype(np.uint8),
        join_a=join[:, 2].astype(np.uint32),
        join_b=join[:, 3].astype(np.uint32),
        chain_class=np.array([k for k, _ in chains], dtype=np.uint32),
        chain=np.array([codes + [0] * (longest - len(codes)) for _, codes in chains], dtype=np.uint16),
    )


def _gate_code(f: int, a: int, b: int) -> int:
    return next(code for code, operation in enumerate(GATES) if joined(operation, a, b) == f)


def _chain_codes(functions: list[int]) -> list[int]:
    """Each gate as gate code + 8 a + 256 b with b > a, so that none is 0."""
    members, codes = [*INPUTS], []
    for f in functions:
        codes.append(
            next(
                code + 8 * a + 256 * b
                for b in range(1, len(members))
                for a in range(b)
                for code, operation in enumerate(GATES)
                if joined(operation, members[a], members[b]) == f
            )
        )
        members.append(f)
    return codes


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Writes the gate costs of all functions of five inputs.")
    parser.add_argument("path", type=Path)
    parser.add_argument("--exhausted", type=int, default=9, help="the gates up to which the costs are exact")
    a = parser.parse_args(arguments)
    save(a.path, class_costs(N, MOST, exhausted=a.exhausted))


if __name__ == "__main__":
    main(sys.argv[1:])
