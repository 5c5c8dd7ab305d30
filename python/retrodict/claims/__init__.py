"""Typed evidence for theorems: a claim is a relation between two values, and their types say how it is evidence.

A numerical check of a theorem is worth what three questions leave of it.

*What kind of evidence is it?* Fed symbols, a formula is proved; fed fractions, it is exact at those instances; fed
balls, it is enclosed on a box; compared with samples, it is not refuted at a resolution. `equal`, `less`, `at_most`
and `near` take values and make a `Claim`; a sample anywhere makes it STATISTICAL, else a ball CERTIFIED, else a
symbol SYMBOLIC, else it is EXACT. A float is evidence of nothing and is refused, also as `Fraction(0.1)`; what a
kernel returned enters as `Computed`, and is evidence about that output alone.

*Could the check have failed?* The square root undoes the square. Does it?

>>> import sympy
>>> x = sympy.Symbol("x", real=True)
>>> evidence = judge(equal(sympy.sqrt(x**2), x))
>>> evidence.verdict, evidence.witness
(<Verdict.FAILS: 'FAILS'>, 'at x = -7/3: [2.333333333333333333 +/- 4.78e-19] = -7/3 is false')
>>> p = sympy.Symbol("p", positive=True)
>>> judge(equal(sympy.sqrt(p**2), p)).said
'identity, by canonical form'

So every check of a `Theorem` comes with a control: the same code with one word changed to make the claim false. A
check whose control is not caught is UNDECIDED, and so is one that has none.

>>> T = Theorem(label="lem:sum", statement=r"$1 + 2 + ... + n = n (n + 1) / 2$")
>>> def closed_form(n):
...     return n * (n + 1) // 2
>>> @T.check(n=[1, 2, 10, 100])
... def by_adding(n, formula=closed_form):
...     "The formula is the sum."
...     return equal(sum(range(n + 1)), formula(n))
>>> T.judge().findings[0].said
'undecided, since it has no control; otherwise equal at all 4 instances, no rounding'
>>> T.control(by_adding, "leaves out the last term", formula=lambda n: n * (n - 1) // 2)
>>> finding = T.judge().findings[0]
>>> finding.verdict, finding.said
(<Verdict.HOLDS: 'HOLDS'>, 'equal at all 4 instances, no rounding')
>>> finding.controls[0].said
'n = 1: 1 = 0 is false'

*How often would chance mislead?* The author of a claim about a `Mean` or a `Law` states a resolution. The sample
size, the allowed gap and the seeds follow from it in `budget`, so that a true claim is refused, and one that is off
by the resolution accepted, with probability at most 1e-8 each; a run makes at most 10^4 such judgements. Nobody looks
at data first.

>>> import numpy as np
>>> from fractions import Fraction
>>> fair = Mean(lambda n, seed: np.random.default_rng(seed).integers(0, 2, n), 0, 1, resolution=0.02)
>>> judge(equal(fair, Fraction(1, 2))).said
'not refuted at resolution 0.02, error 1e-8'
>>> judge(equal(fair, Fraction(13, 25))).verdict
<Verdict.FAILS: 'FAILS'>

The last claim is off by exactly the resolution. One that is off by less may come out either way.
"""

from retrodict.claims.budget import CAPACITY, ERROR, CapacityError, enforce
from retrodict.claims.computed import Computed
from retrodict.claims.evidence import Claim, Evidence, Grade, Verdict, at_most, equal, less, near
from retrodict.claims.findings import ControlFinding, Finding, Report
from retrodict.claims.judge import judge
from retrodict.claims.samples import Law, Mean
from retrodict.claims.theorem import Check, Control, Theorem

__all__ = [
    "CAPACITY",
    "ERROR",
    "CapacityError",
    "Check",
    "Claim",
    "Computed",
    "Control",
    "ControlFinding",
    "Evidence",
    "Finding",
    "Grade",
    "Law",
    "Mean",
    "Report",
    "Theorem",
    "Verdict",
    "at_most",
    "enforce",
    "equal",
    "judge",
    "less",
    "near",
]
