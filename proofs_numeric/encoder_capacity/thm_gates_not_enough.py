"""Lower bounds on circuits that another program can replay: r - 1 gates are not enough, and r are.

A formula says that r gates compute given functions; a solver refutes the formula of r - 1 gates and leaves a proof,
line by line, that a small checker replays without knowing where it comes from. What is certified so is that the formula
has no solution. That it means what it should, symmetry breaking included, is argued in
retrodict/synthesis/encoding.py, and compared here with exhaustive search. Beside single functions there is the joint
minimum of a permutation and of its inverse, which is harder. It is a finite fact at four bits, and says nothing about
growth.
"""

from functools import cache

from retrodict import circuits
from retrodict.checkers import circuit as circuit_checker
from retrodict.checkers import dimacs, drat
from retrodict.claims import Theorem, equal
from retrodict.maps import BooleanMap
from retrodict.synthesis import synthesize

T = Theorem(
    label="thm:gates-not-enough",
    title="Refutations of circuits that are too small",
    source="Kojevnikov, Kulikov, Yaroslavtsev, SAT 2009 (the formula, after); derived here (its symmetry breaking)",
    bibtex=r"""@inproceedings{kojevnikov2009finding,
  author = {Arist Kojevnikov and Alexander S. Kulikov and Grigory Yaroslavtsev},
  title = {Finding efficient circuits using {SAT}-solvers},
  booktitle = {Theory and Applications of Satisfiability Testing (SAT)},
  series = {LNCS},
  volume = {5584},
  pages = {32--44},
  year = {2009}
}""",
    statement=r"""With all sixteen two-input operations, negation free, the functions of four inputs with the truth
tables \texttt{7630}, \texttt{8290}, \texttt{bd84} and \texttt{e678} need exactly $4$, $5$, $6$ and $7$ gates. The
permutation
$y = (x_1 + x_3,\; x_0 + x_3 + x_0 x_2 + x_0 x_3,\; x_0 + x_1 + x_2 + x_3 + x_0 x_2 + x_0 x_3,\; x_0)$
over $\mathbb{F}_2$ needs exactly $5$ gates for all outputs together, its inverse exactly $6$. Each lower bound is
refuted formulas, replayed by an independent checker. Remark. This is a finite fact: the gap of one gate is no evidence
that inverting is hard for large $n$.""",
)

FEEBLE = BooleanMap("feeble", 4, 4, [0, 14, 5, 11, 4, 12, 1, 9, 7, 15, 2, 10, 3, 13, 6, 8])
MAPS = {
    "7630": (0x7630, 4),
    "8290": (0x8290, 5),
    "bd84": (0xBD84, 6),
    "e678": (0xE678, 7),
    "feebly one-way": (FEEBLE, 5),
    "its inverse": (FEEBLE.inverse(), 6),
}
NAMES = list(MAPS)
QUICK = [name for name in NAMES if name != "e678"]


def outputs(name):
    """The truth table of each output."""
    given = MAPS[name][0]
    if isinstance(given, int):
        return [[given >> x & 1 for x in range(16)]]
    return [given.output(i).tolist() for i in range(given.n_outputs)]


@cache
def found(name):
    return synthesize(outputs(name), drat=True, timeout=300)


def accepted(refutation, proof):
    """1 if the checker takes the proof of the refuted formula, else 0."""
    try:
        drat.check(refutation.clauses, dimacs.parse_proof(proof))
    except dimacs.RefusedError:
        return 0
    return 1


@T.check(name=QUICK, full={"name": NAMES})
def not_enough(name, fewer=1, proof=lambda refutation: refutation.proof):
    "Every number of gates from the counting bound to the minimum less one is refuted; the checker takes the proofs."
    lower = found(name).proof
    return [
        equal(lower.value, MAPS[name][1] - 1 + fewer),
        equal(sum(accepted(r, proof(r)) for r in lower.refutations), len(lower.refutations)),
    ]


def without_the_empty_clause(refutation):
    return "\n".join(line for line in refutation.proof.splitlines() if line != "0")


def only_the_empty_clause(refutation):
    return "0"


T.control(not_enough, "as many gates as the minimum are not enough either", name=["8290"], fewer=2)
T.control(not_enough, "the last line of the proof is missing", name=["8290"], proof=without_the_empty_clause)
T.control(not_enough, "the lemmas of the proof are missing", name=["8290"], proof=only_the_empty_clause)


@T.check(name=QUICK, full={"name": NAMES})
def enough(name, flip=0):
    "A circuit of so many gates is replayed on all sixteen inputs."
    circuit = found(name).witness
    table = [sum(bit << i for i, bit in enumerate(bits)) for bits in zip(*outputs(name), strict=True)]
    gates = [[operation ^ flip * (i == 0), a, b] for i, (operation, a, b) in enumerate(circuit.gates)]
    certificate = {"n_inputs": 4, "gates": gates, "outputs": list(circuit.outputs), "table": table}
    try:
        size = circuit_checker.check(certificate)
    except circuit_checker.RefusedError:
        size = -1
    return equal(size, MAPS[name][1])


T.control(enough, "the first gate is the complement on both inputs 1", name=["bd84"], flip=8)


@T.check(name=NAMES)
def exhaustive(name, more=0):
    "An exhaustive search, which shares nothing with the formulas, finds the same minimum."
    searched = circuits.minimum_circuit(outputs(name))
    return [equal(searched.lower, MAPS[name][1] + more), equal(searched.upper, MAPS[name][1] + more)]


T.control(exhaustive, "one gate more", name=["7630"], more=1)


@T.figure
def picture():
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.2, 3.2), layout="constrained")
    axes = figure.subplots()
    for name in QUICK:
        lower = found(name).proof
        gates = [lower.start + i for i in range(len(lower.refutations))]
        lines = [len(refutation.proof.splitlines()) for refutation in lower.refutations]
        axes.plot(gates, lines, "o-", markersize=4, linewidth=1, label=f"{name} ({MAPS[name][1]} gates)")
    axes.set_yscale("log")
    axes.set_xticks([3, 4, 5])
    axes.set_xlabel("gates that are not enough")
    axes.set_ylabel("lines of the proof")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize=8)
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
