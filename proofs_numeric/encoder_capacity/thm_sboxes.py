"""S-boxes of real ciphers, forward and backward: what their inverses cost.

Designers choose an S-box small, mostly for the forward direction. Nine published ones are measured here: the six of 4
bits, chi of Keccak and the S-box of Ascon with 5, and that of AES with 8. For single output bits all the measures below
are exact minima: gates (two inputs, all operations; up to 4 inputs), monomials over GF(2), leaves of decision trees,
terms of disjunctive normal forms, nodes of ordered decision diagrams over all orders, leaves of De Morgan formulas (up
to 4 inputs). A total is the sum of the minima of the bits, each by itself: not the minimum of a circuit for all of
them, which may share gates. That joint minimum is found for chi, whose five outputs take 10 gates together, while an
exhaustive search finds no circuit of 10 gates for its inverse: chi is one-way in the feeble sense of Hiltgen (1992).

What this shows, and what not. Inverting costs somewhat more in most measures, and less in some; no S-box is far from
its inverse. These are nine maps of one size each. Nothing here is asymptotic, and an S-box of n bits is inverted by a
table of 2^n entries: that a cipher is hard to invert comes from many rounds and a secret key, not from its S-box.
"""

from fractions import Fraction

from retrodict import circuits
from retrodict.capacity.decision_tree_size import decision_tree_size
from retrodict.capacity.degree import degree
from retrodict.capacity.monomials import monomials
from retrodict.capacity.obdd_nodes import obdd_nodes
from retrodict.claims import Theorem, at_most, equal, less
from retrodict.maps.sboxes import NAMES, sbox
from retrodict.netlist import AND, XOR, Builder

T = Theorem(
    label="thm:sboxes",
    title="Published S-boxes against their inverses",
    source="tables of the ciphers' specifications; the minima are computed here",
    bibtex=r"""@inproceedings{bogdanov2007present,
  author = {Andrey Bogdanov and others},
  title = {{PRESENT}: an ultra-lightweight block cipher},
  booktitle = {Cryptographic Hardware and Embedded Systems -- CHES 2007},
  year = {2007}
}
@inproceedings{hiltgen1992constructions,
  author = {Alain P. L. Hiltgen},
  title = {Constructions of feebly-one-way families of permutations},
  booktitle = {Advances in Cryptology -- AUSCRYPT '92},
  year = {1992}
}
@techreport{bertoni2011keccak,
  author = {Guido Bertoni and Joan Daemen and Micha{\"e}l Peeters and Gilles Van Assche},
  title = {The {Keccak} reference},
  year = {2011}
}""",
    statement=r"""Summed over output bits, the least two-input gates of the inverse of the S-boxes of PRESENT, PRINCE,
GIFT, Midori, RECTANGLE and SKINNY-64 are $23, 22, 17, 18, 19, 16$ against $21, 19, 16, 18, 17, 14$ forward. Every bit
of Keccak's $\chi$ has degree $2$, $3$ terms and a decision tree of $6$ leaves; every bit of its inverse has degree $3$,
$7$ terms and $14$ leaves. Of these measures only gates put no inverse below its S-box: the inverse of RECTANGLE has
smaller trees, normal forms, formulas and diagrams, and that of AES fewer monomials and smaller diagrams. In none of
these measures does a total grow by more than a factor $7/3$ in either direction. All outputs together, $\chi$ takes
exactly $10$ gates and its inverse at least $11$ and at most $20$. This is about nine maps of fixed size,
and about output bits one by one; nothing of it is asymptotic.""",
)

SMALL = ["present", "prince", "gift", "midori", "rectangle", "skinny4"]


def terms(bit):
    found = circuits.dnf_terms(bit)
    assert found.exact
    return found.upper


MEASURES = {
    "gates": circuits.gate_cost,
    "formula leaves": circuits.formula_cost,
    "monomials": monomials,
    "tree leaves": decision_tree_size,
    "terms": terms,
    "diagram nodes": obdd_nodes,
}
# Sums over the output bits, forward and of the inverse.
TOTALS = {
    "gates": {
        "present": (21, 23),
        "prince": (19, 22),
        "gift": (16, 17),
        "midori": (18, 18),
        "rectangle": (17, 19),
        "skinny4": (14, 16),
    },
    "formula leaves": {
        "present": (44, 50),
        "prince": (26, 32),
        "gift": (41, 46),
        "midori": (22, 22),
        "rectangle": (45, 42),
        "skinny4": (31, 39),
    },
    "monomials": {
        "present": (27, 30),
        "prince": (29, 31),
        "gift": (19, 26),
        "midori": (24, 24),
        "rectangle": (23, 23),
        "skinny4": (26, 26),
        "ascon": (32, 51),
        "keccak-chi": (15, 35),
        "aes": (1013, 1004),
    },
    "tree leaves": {
        "present": (40, 44),
        "prince": (30, 30),
        "gift": (38, 44),
        "midori": (28, 28),
        "rectangle": (44, 40),
        "skinny4": (30, 34),
        "ascon": (76, 80),
        "keccak-chi": (30, 70),
        "aes": (884, 894),
    },
    "terms": {
        "present": (21, 22),
        "prince": (14, 15),
        "gift": (19, 22),
        "midori": (13, 13),
        "rectangle": (22, 20),
        "skinny4": (15, 17),
        "ascon": (36, 40),
        "keccak-chi": (15, 35),
        "aes": (375, 376),
    },
    "diagram nodes": {
        "present": (30, 30),
        "prince": (20, 24),
        "gift": (24, 26),
        "midori": (18, 18),
        "rectangle": (26, 25),
        "skinny4": (22, 24),
        "ascon": (35, 50),
        "keccak-chi": (20, 35),
        "aes": (543, 541),
    },
}
CASES = [(measure, name) for measure, totals in TOTALS.items() for name in totals]


def bits(name, encoder=False):
    box = sbox(name).inverse() if encoder else sbox(name)
    return [box.output(i) for i in range(box.n_outputs)]


def total(measure, name, encoder=False):
    return sum(MEASURES[measure](bit) for bit in bits(name, encoder))


@T.check(case=CASES)
def totals(case, ways=(False, True)):
    "The least sizes, summed over output bits, forward and of the inverse."
    return equal(tuple(total(*case, way) for way in ways), TOTALS[case[0]][case[1]])


T.control(totals, "the inverse costs what the S-box costs", ways=(False, False))


@T.check()
def present(costs=((3, 6, 6, 6), (3, 7, 7, 6))):
    "The output bits of PRESENT take 3, 6, 6, 6 gates, those of its inverse 3, 7, 7, 6."
    found = [[circuits.gate_cost(bit) for bit in bits("present", way)] for way in (False, True)]
    return [equal(found[0], list(costs[0])), equal(found[1], list(costs[1]))]


T.control(present, "the same for the inverse", costs=((3, 6, 6, 6), (3, 6, 6, 6)))


@T.check(name=SMALL)
def gates(name, measure="gates"):
    "In gates, summed over bits, none of the six inverses of 4 bits is cheaper."
    return at_most(total(measure, name), total(measure, name, encoder=True))


T.control(gates, "nor in terms: that of RECTANGLE is", measure="terms")
T.control(gates, "nor in leaves of trees: that of RECTANGLE is", measure="tree leaves")


@T.check(name=["rectangle", "aes"])
def cheaper(name, where=(("rectangle", ("tree leaves", "terms", "formula leaves")), ("aes", ("monomials",)))):
    "The inverse of RECTANGLE is smaller in trees, terms, formulas and diagrams, that of AES in monomials and diagrams."
    measures = [*dict(where)[name], "diagram nodes"]
    return [less(total(measure, name, encoder=True), total(measure, name)) for measure in measures]


T.control(cheaper, "in gates", name=["rectangle"], where=(("rectangle", ("gates",)),))


@T.check(i=[0, 1, 2, 3, 4])
def chi(i, encoder=True):
    """Every bit of chi has degree 2, 3 monomials, 3 terms, trees of 6 leaves, 4 nodes, 6 leaves of formulas; every bit
    of its inverse degree 3, 7 monomials, 7 terms, 14 leaves, 7 nodes, and formulas of at most 15 leaves."""
    measures = [degree, monomials, terms, decision_tree_size, obdd_nodes, circuits.formula_upper]
    found = [[measure(bits("keccak-chi", way)[i]) for measure in measures] for way in (False, encoder)]
    return [equal(found[0], [2, 3, 3, 6, 4, 6]), equal(found[1], [3, 7, 7, 14, 7, 15])]


T.control(chi, "nor is the inverse larger", encoder=False)


@T.check()
def chi_jointly(encoder=True):
    "The five outputs of chi take 10 gates together; no circuit of 10 gates computes those of its inverse."
    forward = circuits.minimum_circuit(bits("keccak-chi"), threads=1)
    backward = circuits.minimum_circuit(bits("keccak-chi", encoder), max_gates=10, threads=1)
    return [equal([forward.lower, forward.upper, forward.witness.size], [10] * 3), less(10, backward.lower)]


T.control(chi_jointly, "chi in place of its inverse", encoder=False)


def chi_inverse(inverted=1):
    """x_i = y_i + (1 + y_{i+1}) (y_{i+2} + (1 + y_{i+3}) y_{i+4}), indices modulo 5: four gates each."""
    build = Builder(5)
    outputs = []
    for i in range(5):
        a, b, c, d, e = (build.inputs[(i + j) % 5] for j in range(5))
        inner = build.gate(XOR, c, build.gate(AND, d ^ inverted, e))
        outputs.append(build.gate(XOR, a, build.gate(AND, b ^ inverted, inner)))
    return build.circuit(outputs)


@T.check()
def chi_inverted(inverted=1):
    "A circuit of 20 gates computes the inverse of chi: on all inputs."
    circuit = chi_inverse(inverted)
    return [equal(circuit.table().tolist(), sbox("keccak-chi").inverse().table.tolist()), equal(circuit.size, 20)]


T.control(chi_inverted, "without the complements", inverted=0)


@T.check(most=[6], full={"most": [7]})
def ascon(most, encoder=True):
    """The bits of Ascon's S-box take 4, 4, 3, 5, 5 gates; those of its inverse 6 for bits 1 and 3, and for the others
    more than were tried."""
    forward = [circuits.minimum_circuit(bit, threads=1) for bit in bits("ascon")]
    backward = [circuits.minimum_circuit(bit, max_gates=most, threads=1) for bit in bits("ascon", encoder)]
    return [
        equal([found.upper for found in forward], [4, 4, 3, 5, 5]),
        equal([found.lower for found in backward], [most + 1, 6, most + 1, 6, most + 1]),
    ]


T.control(ascon, "nor is the inverse dearer", encoder=False)


@T.check(name=["midori"])
def involution(name):
    "The S-box of Midori is its own inverse."
    return equal(sbox(name).table.tolist(), sbox(name).inverse().table.tolist())


T.control(involution, "that of PRINCE is not", name=["prince"])


@T.check(case=CASES)
def no_far(case, factor=Fraction(7, 3)):
    "No total differs by more than a factor 7/3 between an S-box and its inverse."
    measure, name = case
    forward, encoder = total(measure, name), total(measure, name, encoder=True)
    return [at_most(encoder, factor * forward), at_most(forward, factor * encoder)]


T.control(no_far, "a factor 2", factor=Fraction(2))


@T.check(measure=["monomials", "tree leaves", "terms", "diagram nodes"])
def aes(measure, name="aes"):
    "For AES no measure tells the directions apart by more than 2 %: its inversion in the field is an involution."
    forward, encoder = total(measure, name), total(measure, name, encoder=True)
    return at_most(50 * abs(encoder - forward), forward)


T.control(aes, "for Ascon", name="ascon")


@T.figure
def picture():
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.6, 3.6), layout="constrained")
    axes = figure.subplots()
    styles = dict(zip(MEASURES, ("o", "s", "^", "v", "D", "P"), strict=True))
    for measure, style in styles.items():
        ratios = [(NAMES.index(name), b / a) for name, (a, b) in TOTALS[measure].items()]
        shift = (list(styles).index(measure) - 2.5) * 0.1
        axes.plot([x + shift for x, _ in ratios], [y for _, y in ratios], style, ms=5, label=measure)
    axes.axhline(1, color="0.6", lw=0.8)
    axes.set_xticks(range(len(NAMES)), NAMES, rotation=30, ha="right")
    axes.set_ylabel("inverse / forward, sums over bits")
    axes.set_yscale("log")
    axes.set_yticks([0.9, 1, 1.2, 1.5, 2, 2.4], ["0.9", "1", "1.2", "1.5", "2", "2.4"])
    axes.minorticks_off()
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize=8, ncols=2, loc="upper left")
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
