"""Exact sizes of Boolean functions and maps: gates, decision diagrams and trees, normal forms, formulas.

A truth table has 2**n entries; entry x is f(x), and input i is bit i of x. As an integer, its bit x is f(x).
"""

from retrodict.circuits.classes import ClassCosts, canonical_form, class_costs, class_sizes
from retrodict.circuits.compilation import to_network
from retrodict.circuits.costs import cost_table, gate_bounds, gate_cost
from retrodict.circuits.dnf import dnf_bound, dnf_terms, prime_implicants
from retrodict.circuits.formulas import formula_cost, formula_table, formula_upper
from retrodict.circuits.graph_forms import (
    LinearLayout,
    cut_rank,
    linear_rank_width,
    quadratic_form_bounds,
    quadratic_form_obdd,
    quadratic_form_obdd_of_order,
)
from retrodict.circuits.joint import FeebleGap, feeble_gap, joint_classes, joint_cost, joint_cost_table
from retrodict.circuits.linear import xor_cost, xor_cost_table
from retrodict.circuits.networks import Layer, Network, threshold_unit
from retrodict.circuits.obdd import Obdd, obdd_sift, obdd_size, obdd_size_of_order
from retrodict.circuits.obdd_bounds import obdd_bounds
from retrodict.circuits.search import minimum_circuit
from retrodict.circuits.subcubes import DecisionTree, decision_tree, largest_parity
from retrodict.netlist import Circuit

__all__ = [
    "Circuit",
    "ClassCosts",
    "DecisionTree",
    "FeebleGap",
    "Layer",
    "LinearLayout",
    "Network",
    "Obdd",
    "canonical_form",
    "class_costs",
    "class_sizes",
    "cost_table",
    "cut_rank",
    "decision_tree",
    "dnf_bound",
    "dnf_terms",
    "feeble_gap",
    "formula_cost",
    "formula_table",
    "formula_upper",
    "gate_bounds",
    "gate_cost",
    "joint_classes",
    "joint_cost",
    "joint_cost_table",
    "largest_parity",
    "linear_rank_width",
    "minimum_circuit",
    "obdd_bounds",
    "obdd_sift",
    "obdd_size",
    "obdd_size_of_order",
    "prime_implicants",
    "quadratic_form_bounds",
    "quadratic_form_obdd",
    "quadratic_form_obdd_of_order",
    "threshold_unit",
    "to_network",
    "xor_cost",
    "xor_cost_table",
]
