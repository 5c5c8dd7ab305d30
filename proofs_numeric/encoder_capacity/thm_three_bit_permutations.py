"""Three bits are too few for a one-way map: every permutation of them costs as much as its inverse.

The capacity of an encoder is counted here in two-input gates, all outputs together, and for three bits it is known of
all 40,320 permutations. The search is exhaustive (proof in cpp/circuits/joint_classes.cpp); for few gates it meets the
definition, a breadth-first search over everything that programs can compute. The values were computed here.
"""

from functools import cache
from itertools import permutations

import numpy as np

from retrodict import circuits
from retrodict.claims import Theorem, equal, less
from retrodict.exact import joint as exact

T = Theorem(
    label="thm:three-bit-permutations",
    title="Permutations of three bits cost what their inverses cost",
    source="computed here; the question after Massey, The difficulty with difficulty (1996)",
    bibtex=r"""@misc{massey1996difficulty,
  author = {James L. Massey},
  title = {The difficulty with difficulty},
  howpublished = {IACR Distinguished Lecture, EUROCRYPT '96},
  year = {1996}
}""",
    statement=r"""Let $C(f)$ be the least number of two-input gates, all sixteen operations allowed and negation free,
that compute all outputs of $f$ together. Over the permutations of $\{0,1\}^3$, $C = 0, 1, \dots, 7$ occurs $48$, $288$,
$1440$, $2448$, $7488$, $9216$, $15552$, $3840$ times, and $C(f) = C(f^{-1})$ for each of them. Remarks. 1. What makes
an encoder dear is $C(f^{-1})$, not whether $f$ is bijective. 2. This is a finite fact. Nothing follows for more bits:
it neither supports nor refutes that one-way permutations exist.""",
)

# Permutations of n bits by cost 0, 1, ..., 7.
PERMUTATIONS = {1: [2], 2: [8, 16], 3: [48, 288, 1440, 2448, 7488, 9216, 15552, 3840]}


@cache
def together(n):
    return circuits.joint_cost_table(n)


def apart(n):
    "A circuit for each output, with nothing shared."
    costs = circuits.cost_table(n)
    tables = np.array(list(permutations(range(2**n))))
    return sum(costs[(tables >> i & 1) @ (1 << np.arange(2**n))].astype(int) for i in range(n))


@T.check(n=[1, 2, 3])
def histogram(n, costs=together):
    "As many permutations have each cost as the table says."
    return equal(np.bincount(costs(n), minlength=8).tolist()[:8], PERMUTATIONS[n] + [0] * (8 - len(PERMUTATIONS[n])))


T.control(histogram, "outputs that share no gate", n=[3], costs=apart)


def inverses(n):
    "Places of the inverses in the order of itertools.permutations."
    tables = np.array(list(permutations(range(2**n))))
    inverse = np.argsort(tables, axis=1)
    place = (2**n) ** np.arange(2**n)[::-1]
    return np.searchsorted(tables @ place, inverse @ place)


def none(different):
    return equal(different, 0)


def some(different):
    return less(0, different)


@T.check(n=[1, 2, 3])
def symmetric(n, differ=none):
    "Every permutation costs what its inverse costs."
    costs = together(n)
    return differ(int((costs != costs[inverses(n)]).sum()))


T.control(symmetric, "some 3-bit permutation is feebly one-way", n=[3], differ=some)


def dearest_output(n, gates):
    "The cost of the dearest output in place of that of all."
    table = circuits.cost_table(n)
    return {outputs: max(int(table[f]) for f in outputs) for outputs in exact.joint_costs(n, gates)}


@T.check(n=[1, 2, 3], gates=[3], full={"gates": [3, 4]})
def definition(n, gates, costs=exact.joint_costs):
    "The search finds the classes that a breadth-first search over all programs finds."
    found = {(frozenset(row), r) for r in range(gates + 1) for row in circuits.joint_classes(n, r).tolist()}
    return equal(len(found ^ set(costs(n, gates).items())), 0)


T.control(definition, "the dearest output in place of all of them", n=[3], costs=dearest_output)


@T.check(cost=list(range(8)), each=[40], full={"each": [1]})
def witnesses(cost, each, missing=0):
    "A circuit of as many gates computes a permutation of the class; another search shows that fewer do not."
    for row in circuits.joint_classes(3, cost)[::each].tolist():
        table = [sum((f >> x & 1) << i for i, f in enumerate(row)) for x in range(8)]
        found = circuits.joint_cost(table)
        yield equal([found.lower, found.witness.size], [cost - missing] * 2)
        yield equal(found.witness.table().tolist(), table)


T.control(witnesses, "one gate fewer", missing=1)


@T.figure
def picture():
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.2, 3.4), layout="constrained")
    axes = figure.subplots()
    for (offset, color), (costs, label) in zip(
        ((-0.2, "0.72"), (0.2, "0.25")),
        ((apart, "a circuit for each output"), (together, "all outputs together")),
        strict=True,
    ):
        counts = np.bincount(costs(3)).tolist()
        bars = axes.bar([r + offset for r in range(len(counts))], counts, 0.4, color=color, label=label)
        if costs is together:
            axes.bar_label(bars, [f"{count:,}" for count in counts], fontsize=7, padding=1)
    axes.set_xlabel("least number of two-input gates")
    axes.set_ylabel("permutations of three bits")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="upper left")
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
