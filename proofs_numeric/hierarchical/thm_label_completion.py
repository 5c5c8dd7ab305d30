r"""How likely a few labelled leaves determine a label of the whole tree.

In a hierarchy of labels each label a has a top vertex t(a): a leaf carries a iff it is below t(a). Leaves reveal
whether they carry it, independently with probability p. The label is identified if t(a) is the only vertex with all
revealed carriers, and no revealed other leaf, below it. On the complete d-ary tree let t(a) have height h, s = d^(h-1)
leaves below each of its children, r = 1 - (1 - p)^s. Two of its children must have revealed carriers, or a vertex
below t(a) would do; and a leaf below its parent but not below it must be revealed, or the parent would do:

    P = [1 - (1 - r)^d - d r (1 - r)^(d-1)] [1 - (1 - p)^((d-1) d^h)].                                               (1)

Vertices beyond the parent's subtree contain the parent or no carrier, so that it suffices to look below the parent.
Derived here; the rule after Mossel (2016).
"""

from fractions import Fraction as Q
from functools import cache

import numpy as np

from retrodict.claims import Theorem, equal, less
from retrodict.graphs import Tree
from retrodict.labels import Completion, Revealed, complete

T = Theorem(
    label="thm:label-completion",
    title="When a few labelled leaves determine a label of the whole tree",
    source='Derived here; after Mossel, "Deep learning and hierarchical generative models" (2016), recalled',
    bibtex=r"""@misc{Mossel2016,
  author = {Elchanan Mossel},
  title = {Deep learning and hierarchical generative models},
  note = {arXiv:1612.09057},
  year = {2016}}""",
    statement=r"""On the complete $d$-ary tree let the leaves below a vertex of height $h \ge 1$, not the root, carry a
label, and let each leaf reveal whether it does with probability $p$, independently. With $r = 1 - (1-p)^{d^{h-1}}$ that
vertex is the only one that agrees with what is revealed with probability
$$\bigl[1 - (1-r)^d - d\,r(1-r)^{d-1}\bigr]\bigl[1 - (1-p)^{(d-1)d^h}\bigr],$$
$1806109375/4294967296$ for $d = 2$, $h = 3$, $p = 1/4$.""",
)

CASES = [(2, 1, Q(1, 4)), (2, 2, Q(1, 4)), (2, 2, Q(2, 3)), (2, 3, Q(1, 4)), (3, 1, Q(1, 2)), (4, 1, Q(1, 3))]


def identified(d, h, p):  # (1)
    s = d ** (h - 1)
    r = 1 - (1 - p) ** s
    return (1 - (1 - r) ** d - d * r * (1 - r) ** (d - 1)) * (1 - (1 - p) ** ((d - 1) * d**h))


def without_siblings(d, h, p):
    r = 1 - (1 - p) ** (d ** (h - 1))
    return 1 - (1 - r) ** d - d * r * (1 - r) ** (d - 1)


def all_children(d, h, p):
    return (1 - (1 - p) ** (d ** (h - 1))) ** d * (1 - (1 - p) ** ((d - 1) * d**h))


@cache
def vertices(d, height):
    """The leaves below each vertex of the complete tree, as bits; the label's vertex is the first child of the root."""
    size, found = d**height, []
    for level in range(height + 1):
        width = d**level
        found += [((1 << width) - 1) << begin for begin in range(0, size, width)]
    return tuple(found)


@cache
def by_enumeration(d, h, p):
    """Summed over all sets of revealed leaves below the parent."""
    size, below = d ** (h + 1), vertices(d, h + 1)
    top = (1 << d**h) - 1
    total = Q(0)
    for revealed in range(1 << size):
        carriers, others = revealed & top, revealed & ~top
        consistent = [v for v in below if carriers & ~v == 0 and others & v == 0]
        if carriers and consistent == [top]:
            k = revealed.bit_count()
            total += p**k * (1 - p) ** (size - k)
    return total


@T.check(case=CASES)
def definition(case, formula=identified):
    "(1) is the sum over all sets of revealed leaves."
    return equal(formula(*case), by_enumeration(*case))


T.control(definition, "without a revealed leaf beside it", formula=without_siblings)
T.control(definition, "carriers below all children", formula=all_children)


def carriers_alone(done):
    return done.lowest == 1


@T.check(case=[(2, 1, Q(1, 4)), (2, 2, Q(2, 3)), (3, 1, Q(1, 2))])
def rule(case, found=Completion.identified.fget):
    "The rule that goes up from the revealed carriers identifies the vertex that often."
    d, h, p = case
    tree, size, total = Tree.complete(d, h + 1), d ** (h + 1), Q(0)
    carries = np.arange(size)[:, None] < d**h
    for bits in range(1 << size):
        revealed = np.flatnonzero(bits >> np.arange(size) & 1)
        done = complete(tree, Revealed(revealed, carries[revealed]))
        if found(done)[0] and done.top[0] == 1:
            total += p ** len(revealed) * (1 - p) ** (size - len(revealed))
    return equal(identified(*case), total)


T.control(rule, "which does not ask for a revealed leaf beside it", found=carriers_alone)


@T.check()
def printed(p=Q(1, 4)):
    "The value for d = 2, h = 3, p = 1/4."
    return [equal(identified(2, 3, p), Q(1806109375, 4294967296)), less(Q("0.4205176082"), identified(2, 3, p))]


T.control(printed, "p = 1/5", p=Q(1, 5))


@T.figure
def picture():
    """Probability that the label is identified, by the share p of labelled leaves; d = 2, height h of its vertex."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6, 3.2), layout="constrained")
    axes = figure.subplots()
    shares = [Q(k, 100) for k in range(101)]
    for h, colour in ((1, "#56B4E9"), (3, "#0072B2"), (6, "#000000")):
        axes.plot(
            [float(p) for p in shares], [float(identified(2, h, p)) for p in shares], color=colour, label=f"$h={h}$"
        )
    axes.set(xlabel="share $p$ of labelled leaves", ylabel="probability", xlim=(0, 1), ylim=(0, 1.02))
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    return figure


if __name__ == "__main__":
    from retrodict.cli import main

    main(["run", __file__])
