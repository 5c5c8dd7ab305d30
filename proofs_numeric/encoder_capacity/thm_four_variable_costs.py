"""The exact circuit complexity of every function of four inputs, and of an S-box and its inverse.

No bound is proved by hand here: an exhaustive search finds the least circuit of all 65,536 functions. That the search
misses nothing is proved in cpp/circuits/enumeration.cpp; up to three inputs it meets the definition, which is a
breadth-first search over everything that a straight-line program can compute.
"""

import numpy as np

from retrodict import circuits
from retrodict.claims import Theorem, equal
from retrodict.exact import circuits as exact
from retrodict.maps import parse

T = Theorem(
    label="thm:four-variable-costs",
    title="Gates of every function of four inputs",
    source="Knuth, The Art of Computer Programming 4A (2011), section 7.1.2",
    bibtex=r"""@book{knuth2011combinatorial,
  author = {Donald E. Knuth},
  title = {The Art of Computer Programming, Volume 4A: Combinatorial Algorithms, Part 1},
  publisher = {Addison-Wesley},
  year = {2011}
}""",
    statement=r"""Let $C(f)$ be the least number of two-input gates, all sixteen operations allowed and negation free,
of a circuit for $f : \{0,1\}^4 \to \{0,1\}$. Then $C(f) = 0, 1, \dots, 7$ for exactly
$10$, $60$, $456$, $2474$, $10624$, $24184$, $25008$, $2720$ functions. The output bits of the S-box
of PRESENT cost $3, 6, 6, 6$, those of its inverse $3, 7, 7, 6$.""",
)

# Functions of n inputs by cost 0, 1, ..., 7.
FUNCTIONS = {
    0: [2, 0, 0, 0, 0, 0, 0, 0],
    1: [4, 0, 0, 0, 0, 0, 0, 0],
    2: [6, 10, 0, 0, 0, 0, 0, 0],
    3: [8, 30, 114, 80, 24, 0, 0, 0],
    4: [10, 60, 456, 2474, 10624, 24184, 25008, 2720],
}
CLASSES = [2, 2, 5, 20, 34, 75, 72, 12]
PRESENT = {"forward": [3, 6, 6, 6], "encoder": [3, 7, 7, 6]}


# Of four inputs, over and, or and free negation (so that x ^ y costs three), the functions of cost 0, ..., 10.
WITHOUT_XOR = [10, 48, 256, 940, 2336, 6464, 10616, 18984, 17680, 7882, 320]


@T.check(n=[0, 1, 2, 3, 4])
def histogram(n, basis="B2"):
    "As many functions have each cost as the table says."
    costs = circuits.cost_table(n, basis)
    return equal([int((costs == r).sum()) for r in range(8)], FUNCTIONS[n])


SMALLER = {
    "without x & y": ["andnot", "or", "xor"],
    "without x & ~y and ~x & y": ["and", "or", "xor"],
    "without x | y": ["and", "andnot", "xor"],
}
T.control(histogram, "AND, OR and NOT alone: XOR costs three gates", n=[3], basis="U2")
T.control(histogram, "and negations cost a gate too", n=[3], basis="AON")
for what, gates in SMALLER.items():
    T.control(histogram, what, n=[3], basis=gates)


@T.check(most=[5])
def cheapest(most, basis="B2"):
    "Of four inputs, as many functions have each cost of at most `most` as the table says."
    costs = circuits.cost_table(4, basis, most)
    return equal([int((costs == r).sum()) for r in range(most + 1)], FUNCTIONS[4][: most + 1])


T.control(cheapest, "AND, OR and NOT alone: XOR costs three gates", basis="U2")
T.control(cheapest, "and negations cost a gate too", basis="AON")
for what, gates in SMALLER.items():
    T.control(cheapest, what, basis=gates)


@T.check(most=[8], full={"most": [8, 10]})
def without_xor(most, basis="U2"):
    "Without XOR and its complement fewer functions are cheap, of one gate 48 and not 60; the dearest take 10."
    costs = circuits.cost_table(4, basis, most)
    return equal([int((costs == r).sum()) for r in range(most + 1)], WITHOUT_XOR[: most + 1])


T.control(without_xor, "with XOR", most=[8], basis="B2")


@T.check()
def threshold_gates(basis="LT"):
    "With threshold gates of any fan-in three are enough for all functions of four inputs, and two for most."
    costs = circuits.cost_table(4, basis, 3)
    return equal([int((costs == r).sum()) for r in range(4)], [10, 1872, 50284, 13370])


T.control(threshold_gates, "with gates of two inputs", basis="U2")


@T.check(n=[0, 1, 2], full={"n": [0, 1, 2, 3]})
def definition(n, operations=range(16)):
    "The search finds what a breadth-first search over all straight-line programs finds, function by function."
    return equal(circuits.cost_table(n).tolist(), exact.cost_table(n, operations))


T.control(definition, "programs without XOR and its complement", n=[2], operations=sorted(set(range(16)) - {6, 9}))


def symmetries(complements):
    """What the generators of the symmetries of four inputs do to a truth table, as index arrays over all of them."""
    tables = np.arange(65536)
    rows = tables[:, None] >> np.arange(16) & 1
    x = np.arange(16)
    moves = [x & ~(3 << i) | (x >> i & 1) << (i + 1) | (x >> (i + 1) & 1) << i for i in range(3)]
    if complements:
        moves += [x ^ 1 << i for i in range(4)]
    return [tables ^ 65535, *(rows[:, move] @ (1 << x) for move in moves)]


@T.check()
def classes(complements=True):
    "The functions of each cost fall into as many classes under permuting inputs and complementing inputs and output."
    least = np.arange(65536)
    moved = symmetries(complements)
    while any(np.any(least[image] < least) for image in moved):
        for image in moved:
            least = np.minimum(least, least[image])
    costs = circuits.cost_table(4)
    constant = [bool(np.all(costs[image] == costs)) for image in moved]
    representatives = costs[np.unique(least)]
    return [equal([int((representatives == r).sum()) for r in range(8)], CLASSES), equal(sum(constant), len(moved))]


T.control(classes, "inputs may be permuted but not complemented", complements=False)


@T.check(direction=["forward", "encoder"])
def present(direction, costs=PRESENT):
    "Bit by bit the inverse of the S-box is at least as dear as the S-box, and two bits are dearer."
    sbox = parse("sbox:present")
    box = sbox if direction == "forward" else sbox.inverse()
    return equal([circuits.gate_cost(box.output(i)) for i in range(4)], costs[direction])


T.control(present, "the inverse costs what the S-box costs", costs=dict.fromkeys(PRESENT, PRESENT["forward"]))


@T.figure
def picture():
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.2, 3.4), layout="constrained")
    axes = figure.subplots()
    for (offset, color), n in zip(((-0.2, "0.72"), (0.2, "0.25")), (3, 4), strict=True):
        counts = np.bincount(circuits.cost_table(n)).tolist()
        bars = axes.bar([r + offset for r in range(len(counts))], counts, 0.4, color=color, label=f"{n} inputs")
        axes.bar_label(bars, [f"{count:,}" for count in counts], fontsize=7, padding=1)
    axes.set_yscale("log")
    axes.set_ylim(1, 1e5)
    axes.set_xlabel("least number of two-input gates")
    axes.set_ylabel("functions")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="upper left")
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
