"""The circuit complexity of functions of five inputs, as far as it is exhausted here.

Costs belong to classes: of functions that permuting inputs, complementing inputs and complementing the result make of
each other. Up to nine gates an exhaustive search has found all of them (cpp/circuits/class_costs.cpp proves that it
misses nothing); it is repeated here up to six gates, and to eight in the full run, and the table that comes with the
package holds the rest. Knuth's whole table is recalled, and only seen to add up.
"""

import numpy as np

from retrodict import circuits
from retrodict.circuits import five_inputs
from retrodict.claims import Theorem, equal
from retrodict.exact import circuits as exact

T = Theorem(
    label="thm:five-variable-costs",
    title="Gates of the functions of five inputs",
    source="after Knuth, The Art of Computer Programming 4A (2011), section 7.1.2; up to nine gates derived here",
    bibtex=r"""@book{knuth2011combinatorial,
  author = {Donald E. Knuth},
  title = {The Art of Computer Programming, Volume 4A: Combinatorial Algorithms, Part 1},
  publisher = {Addison-Wesley},
  year = {2011}
}""",
    statement=r"""Of the functions $f : \{0,1\}^5 \to \{0,1\}$, exactly $12$, $100$, $1140$, $11570$, $109826$,
$995240$, $8430800$, $63401728$, $383877392$, $1519125536$ need $0, 1, \dots, 9$ two-input gates. All $2^{32}$
functions fall into $616126$ classes under permuting and complementing inputs and complementing the result; by Knuth's
table no function needs more than $12$ gates.""",
)

# Recalled (Knuth); 0, 1, ..., 12 gates.
FUNCTIONS = [
    *(12, 100, 1140, 11570, 109826, 995240, 8430800, 63401728, 383877392),
    *(1519125536, 2123645248, 195366784, 1920),
]
CLASSES = [2, 2, 5, 20, 93, 389, 1988, 11382, 60713, 221541, 293455, 26535, 1]


@T.check(most=[6], full={"most": [6, 7, 8]})
def histogram(most, basis="B2"):
    "Up to `most` gates as many functions have each cost as the table says, in as many classes."
    found = circuits.class_costs(5, most, basis=basis)
    sizes = circuits.class_sizes(found.representatives, 5)
    costs = [found.costs == r for r in range(most + 1)]
    return [
        equal([int(sizes[cost].sum()) for cost in costs], FUNCTIONS[: most + 1]),
        equal([int(cost.sum()) for cost in costs], CLASSES[: most + 1]),
    ]


T.control(histogram, "AND, OR and NOT alone: XOR costs three gates", basis="U2")


@T.check(n=[4], full={"n": [4, 5]})
def special(n, exhausted=20):
    "With n + 2 gates it is for the first time not enough to join two functions, and to replace an input by a gate."
    found = circuits.class_costs(n, n + 2, exhausted=exhausted)
    return equal(int((found.costs == n + 2).sum()), {4: 72, 5: CLASSES[7]}[n])


T.control(special, "joining and replacing are enough", n=[4], exhausted=5)


@T.check(step=[4000], full={"step": [1]})
def table(step, costs=None):
    """The table that comes with the package has all classes, each once, and up to nine gates as many of each cost as
    the recalled one; of the classes taken, canonical forms are what it lists, and where all are taken, their sizes add
    up to all functions."""
    data = five_inputs.load()
    costs = data.costs if costs is None else costs(data.costs)
    some = data.representatives[::step]
    sizes = circuits.class_sizes(some, 5)
    claims = [
        equal([int((costs == r).sum()) for r in range(10)], CLASSES[:10]),
        equal(len(np.unique(data.representatives)), sum(CLASSES)),
        equal(circuits.canonical_form(some, 5).tolist(), some.tolist()),
    ]
    if step == 1:
        claims.append(equal(int(sizes.sum()), 2**32))
        claims.append(equal([int(sizes[costs == r].sum()) for r in range(10)], FUNCTIONS[:10]))
    return claims


T.control(
    table,
    "one class of nine gates costs eight",
    costs=lambda costs: costs - (np.cumsum(costs == 9) == 1) * (costs == 9),
)


@T.check(step=[40000], full={"step": [4000]})
def attained(step, add=0):
    "Every cost or upper bound in that table is the size of a circuit of the function, which is simulated."
    data = five_inputs.load()
    claims = []
    for f, cost in zip(data.representatives[::step].tolist(), data.costs[::step].tolist(), strict=True):
        circuit = data.circuit(f)
        claims.append(equal(circuit.size, cost + add))
        claims.append(equal(circuit.table().tolist(), [f >> x & 1 for x in range(32)]))
    return claims


T.control(attained, "with one gate less", add=-1)


@T.check()
def total(functions=FUNCTIONS):
    "The recalled table counts all functions."
    return equal(sum(functions), 2**32)


T.control(total, "one entry is wrong by one class", functions=[*FUNCTIONS[:-1], FUNCTIONS[-1] + 1920])


@T.check()
def classes(complement_result=True):
    "The recalled numbers of classes add up to the number of classes that Burnside's lemma gives."
    return equal(sum(CLASSES), exact.class_orbits(5, complement_result))


T.control(classes, "the result may not be complemented", complement_result=False)


@T.figure
def picture():
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.2, 3.4), layout="constrained")
    axes = figure.subplots()
    colors = ["0.25"] * 10 + ["0.8"] * 3
    bars = axes.bar(range(len(FUNCTIONS)), FUNCTIONS, 0.7, color=colors)
    axes.bar_label(bars, [f"{count:,}" for count in FUNCTIONS], fontsize=6, padding=2, rotation=60)
    axes.set_yscale("log")
    axes.set_ylim(1, 2e13)
    axes.set_xlabel("least number of two-input gates (dark: exhausted here; light: recalled)")
    axes.set_ylabel("functions of five inputs")
    axes.spines[["top", "right"]].set_visible(False)
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
