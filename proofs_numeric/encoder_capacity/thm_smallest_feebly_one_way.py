"""Four bits are enough: the smallest permutations that take more gates to undo than to do.

Joint minima of the permutations of four bits with few gates, and of their inverses: all outputs of a permutation by one
circuit of two-input gates. The search is exhaustive (proof in cpp/circuits/joint_classes.cpp) and gives classes:
outputs unordered, each up to complement, all of whose members cost the same, as do their inverses. What an inverse
costs beyond the level of the class is decided by the search for a smallest circuit (proof in cpp/circuits/search.cpp).
The values were computed here; that there is a gap of 5 against 6 gates at four bits is after Hiltgen and Massey.
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
smallest feebly one-way size, with the ratio $6/5$. More gates, more gap: of $414017$ classes with $C(f) = 6$ there are
$4224$ with $C(f^{-1}) = 7$ and $240$ with $5$; of $2590924$ with $C(f) = 7$ there are $58728$ with $C(f^{-1}) = 8$,
$4224$ with $6$, and $192$, one permutation up to those symmetries, with $9$. Remarks. 1. What makes an encoder dear is
$C(f^{-1})$, not whether $f$ is bijective. 2. These are finite facts. Nothing follows for growing $n$: they neither
support nor refute that one-way permutations exist.""",
)

CLASSES = [1, 12, 132, 1162, 8788, 63188, 414017, 2590924]
# Cost: {cost of the inverse: classes}, where the two differ.
GAPS = {cost: {} for cost in range(5)} | {5: {6: 240}, 6: {5: 240, 7: 4224}, 7: {6: 4224, 8: 58728, 9: 192}}
EXAMPLE = [0, 14, 5, 11, 4, 12, 1, 9, 7, 15, 2, 10, 3, 13, 6, 8]
INVERSE = [0, 6, 10, 12, 4, 2, 14, 8, 15, 7, 11, 3, 5, 13, 1, 9]
GAP_OF_TWO = [0, 12, 2, 11, 1, 15, 3, 9, 5, 13, 7, 10, 6, 14, 4, 8]


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
    return [inverse_costs.count(other) for other in range(12)]


@T.check(cost=list(range(7)), full={"cost": list(range(8))})
def gaps(cost, expected=GAPS):
    "Up to cost 4 the inverse costs the same; from cost 5 on, as many classes have each gap as the statement says."
    return equal(distribution(cost), [expected[cost].get(other, 0) for other in range(12)])


T.control(gaps, "C(f) = C(f^-1) for all permutations of four bits", expected=[{}] * 8)


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


def inverted(table):
    return [table.index(y) for y in range(16)]


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


@T.check()
def gap_of_two(inverse_cost=9):
    "A permutation of seven gates whose inverse takes nine."
    forward, backward = (circuits.joint_cost(table) for table in (GAP_OF_TWO, inverted(GAP_OF_TWO)))
    yield equal([forward.lower, forward.witness.size], [7, 7])
    yield equal(forward.witness.table().tolist(), GAP_OF_TWO)
    yield equal([backward.lower, backward.witness.size], [inverse_cost, inverse_cost])
    yield equal(backward.witness.table().tolist(), inverted(GAP_OF_TWO))


T.control(gap_of_two, "the gap is one gate at most", inverse_cost=8)


@T.check(cost=[5], full={"cost": [5, 6]})
def up_and_down(cost, other=0):
    """As many classes go from one gate more to one fewer as the other way round, since f and its inverse exchange the
    two costs, and all classes have 4! 2^4 members. The numbers come from different levels of the search."""
    return equal(distribution(cost)[cost + 1], distribution(cost + 1)[cost + other])


T.control(up_and_down, "those whose inverse takes two gates more", other=2)


@T.figure
def picture():
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.2, 3.6), layout="constrained")
    axes = figure.subplots()
    gap = [distribution(cost) for cost in range(7)]
    kinds = [
        ("the inverse costs the same", "0.72", [CLASSES[cost] - sum(gap[cost]) for cost in range(7)]),
        ("one gate more", "tab:red", [sum(gap[cost][cost + 1 :]) for cost in range(7)]),
        ("one gate fewer", "tab:blue", [sum(gap[cost][:cost]) for cost in range(7)]),
    ]
    for place, (label, color, numbers) in enumerate(kinds):
        present = [(cost, number) for cost, number in enumerate(numbers) if number]
        bars = axes.bar([c + 0.3 * place for c, _ in present], [k for _, k in present], 0.28, color=color, label=label)
        axes.bar_label(bars, [f"{k:,}" for _, k in present], fontsize=7, padding=1)
    axes.set_yscale("log")
    axes.set_ylim(0.7, 3e6)
    axes.set_xticks(range(7))
    axes.set_xlabel("least number of two-input gates, all outputs together")
    axes.set_ylabel("classes of permutations of four bits")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="upper left")
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
