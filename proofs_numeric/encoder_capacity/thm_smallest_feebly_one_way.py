"""Four bits are enough: the smallest permutations that take more gates to undo than to do.

Joint minima of all permutations of four bits with at most five gates, and of their inverses: all outputs of a
permutation by one circuit of two-input gates. The search is exhaustive (proof in cpp/circuits/joint_classes.cpp) and
gives classes: outputs unordered, each up to complement, all of whose members cost the same, as do their inverses. The
values were computed here; that one gate more is needed at four bits, 5 against 6, is after Hiltgen and Massey.
"""

from functools import cache
from itertools import permutations

from retrodict import circuits
from retrodict.circuits import Circuit
from retrodict.claims import Theorem, equal
from retrodict.exact import joint as exact
from retrodict.netlist import OR, XOR

T = Theorem(
    label="thm:smallest-feebly-one-way",
    title="The smallest feebly one-way permutations",
    source="computed here; after Hiltgen, AUSCRYPT '92, and Massey, The difficulty with difficulty (1996)",
    bibtex=r"""@inproceedings{hiltgen1992constructions,
  author = {Alain P. Hiltgen},
  title = {Constructions of feebly-one-way families of permutations},
  booktitle = {Advances in Cryptology -- AUSCRYPT '92},
  series = {LNCS},
  volume = {718},
  pages = {422--434},
  publisher = {Springer},
  year = {1993}
}""",
    uses=["thm:three-bit-permutations"],
    statement=r"""Let $C(f)$ be the least number of two-input gates, all sixteen operations allowed and negation free,
that compute all outputs of $f$ together. Permutations of at most three bits have $C(f) = C(f^{-1})$. Of four bits, with
outputs unordered and each up to complement, $1$, $12$, $132$, $1162$, $8788$, $63188$ classes have
$C = 0, 1, \dots, 5$; for $C(f) \le 4$ the inverse costs the same, and of those with $C(f) = 5$ exactly $240$ have
$C(f^{-1}) = 6$ and the rest $5$. The $240$ are three permutations up to permuting and complementing inputs and outputs;
one is $y = (x_1 + x_3,\ x_2 + v,\ x_1 + v,\ x_0)$ with $v = x_0 \vee (x_2 + x_3)$, sums modulo $2$. So $n = 4$ is the
smallest feebly one-way size, with the ratio $6/5$. Remarks. 1. What makes an encoder dear is $C(f^{-1})$, not whether
$f$ is bijective. 2. This is a finite fact. Nothing follows for growing $n$: it neither supports nor refutes that
one-way permutations exist.""",
)

CLASSES = [1, 12, 132, 1162, 8788, 63188, 414017, 2590924]
# Of the classes of a cost, the numbers whose inverse costs 0, 1, ..., 7 and not the same.
GAPS = {cost: [0] * 8 for cost in range(5)} | {5: [0, 0, 0, 0, 0, 0, 240, 0], 6: [0, 0, 0, 0, 0, 240, 0, 4224]}
EXAMPLE = [0, 14, 5, 11, 4, 12, 1, 9, 7, 15, 2, 10, 3, 13, 6, 8]
INVERSE = [0, 6, 10, 12, 4, 2, 14, 8, 15, 7, 11, 3, 5, 13, 1, 9]


feeble_gap = cache(circuits.feeble_gap)


def classes(cost):
    return len(circuits.joint_classes(4, cost))


def signed(cost):
    return 2**4 * classes(cost)


@T.check(cost=list(range(6)), full={"cost": list(range(8))})
def counts(cost, number=classes):
    "As many classes have each cost as the statement says."
    return equal(number(cost), CLASSES[cost])


T.control(counts, "an output and its complement told apart", number=signed)


@T.check(gates=[2], full={"gates": [2, 3]})
def definition(gates, balanced=exact.is_permutation):
    "The search finds the classes that a breadth-first search over all programs finds."
    found = {(frozenset(row), r) for r in range(gates + 1) for row in circuits.joint_classes(4, r).tolist()}
    return equal(len(found ^ set(exact.joint_costs(4, gates, balanced).items())), 0)


def each_output_balanced(n, outputs):
    return all(f.bit_count() == 2 ** (n - 1) for f in outputs)


T.control(definition, "every output balanced, whether or not it is a permutation", balanced=each_output_balanced)


@T.check(n=[1, 2, 3])
def smaller(n, costs=range(8)):
    "No permutation of at most three bits has a gap."
    return equal(sum(len(feeble_gap(n, cost)) for cost in costs), 0)


T.control(smaller, "nor has one of four bits", n=[4], costs=range(6))


def distribution(cost):
    inverse_costs = [gap.inverse_cost for gap in feeble_gap(4, cost)]
    return [inverse_costs.count(other) for other in range(8)]


@T.check(cost=list(range(6)), full={"cost": list(range(7))})
def gaps(cost, expected=GAPS):
    "Up to cost 4 the inverse costs the same; at cost 5 it costs 6 for exactly 240 classes."
    return equal(distribution(cost), expected[cost])


T.control(gaps, "C(f) = C(f^-1) for all permutations of four bits", expected=[[0] * 8] * 7)


@T.check()
def example(inverse_cost=6):
    "The example takes five gates and its inverse six: circuits in hand, and no smaller ones by an exhaustive search."
    # Variables 1 ... 4 are the inputs, 5 ... 9 the gates; an output is twice a variable.
    gates = [(XOR, 3, 4), (OR, 1, 5), (XOR, 2, 4), (XOR, 3, 6), (XOR, 2, 6)]
    circuit = Circuit(4, gates, [14, 16, 18, 2])
    forward, backward = circuits.joint_cost(EXAMPLE), circuits.joint_cost(INVERSE)
    yield equal(circuit.table().tolist(), EXAMPLE)
    yield equal([INVERSE[y] for y in EXAMPLE], list(range(16)))
    yield equal([forward.lower, circuit.size], [5, 5])
    yield equal([backward.lower, backward.witness.size], [inverse_cost, inverse_cost])
    yield equal(backward.witness.table().tolist(), INVERSE)


T.control(example, "C(f) = C(f^-1) for all permutations of four bits", inverse_cost=5)


def class_of(table):
    words = [sum((y >> i & 1) << x for x, y in enumerate(table)) for i in range(4)]
    return tuple(sorted(f ^ 0xFFFF * (f & 1) for f in words))


def orbits(tables, complements):
    moves = [
        [sum((x >> p & 1) << i for i, p in enumerate(order)) ^ flips for x in range(16)]
        for order in permutations(range(4))
        for flips in complements
    ]
    left, number = {class_of(table): table for table in tables}, 0
    while left:
        table = next(iter(left.values()))
        for member in {class_of([table[x] for x in move]) for move in moves}:
            del left[member]
        number += 1
    return number


@T.check()
def essentially_different(complements=range(16)):
    "Up to permuting and complementing inputs too, three classes have the gap, and the example is one of them."
    tables = [gap.table for gap in feeble_gap(4, 5)]
    yield equal(orbits(tables, complements), 3)
    yield equal(int(class_of(EXAMPLE) in {class_of(table) for table in tables}), 1)


T.control(essentially_different, "inputs may be permuted but not complemented", complements=[0])


@T.check(tier="full")
def up_and_down(other=5):
    """As many classes of cost 6 have an inverse of cost 5 as the other way round: f and its inverse exchange the two
    costs, and all classes have 4! 2^4 members. The two numbers come from different levels of the search."""
    return equal(distribution(5)[6], distribution(6)[other])


T.control(up_and_down, "those of cost 6 with an inverse of cost 7", other=7)


@T.figure
def picture():
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.2, 3.6), layout="constrained")
    axes = figure.subplots()
    same = [CLASSES[cost] - sum(distribution(cost)) for cost in range(6)]
    dearer = [sum(distribution(cost)) for cost in range(6)]
    bars = axes.bar(range(6), same, 0.7, color="0.72", label="the inverse costs the same")
    axes.bar_label(bars, [f"{count:,}" for count in same], fontsize=8, padding=1)
    bars = axes.bar([5.6], dearer[5:], 0.4, color="tab:red", label="the inverse costs one gate more")
    axes.bar_label(bars, [f"{dearer[5]:,}"], fontsize=8, padding=1, color="tab:red")
    axes.set_yscale("log")
    axes.set_ylim(0.7, 3e5)
    axes.set_xlabel("least number of two-input gates, all outputs together")
    axes.set_ylabel("classes of permutations of four bits")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="upper left")
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
