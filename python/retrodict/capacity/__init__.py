"""Capacity measures, one file a measure: what it counts, what it bounds, and whether the value is exact."""

from retrodict.capacity import (
    communication,
    condition_number,
    decision_tree_depth,
    decision_tree_size,
    degree,
    dnf_terms,
    first_order_steps,
    formula_size,
    gates,
    gates_joint,
    monomials,
    obdd_nodes,
    parity_subcube,
    posterior_entropy,
    sign_rank,
)
from retrodict.capacity.measure import (
    BitMeasure,
    Bound,
    ContinuousMeasure,
    JointMeasure,
    Kind,
    MapMeasure,
    Measure,
    Setting,
)

__all__ = [
    "MEASURES",
    "BitMeasure",
    "Bound",
    "ContinuousMeasure",
    "JointMeasure",
    "Kind",
    "MapMeasure",
    "Measure",
    "Setting",
]

MEASURES: dict[str, Measure] = {
    file.MEASURE.name: file.MEASURE
    for file in (
        degree,
        monomials,
        decision_tree_depth,
        decision_tree_size,
        dnf_terms,
        formula_size,
        communication,
        sign_rank,
        parity_subcube,
        obdd_nodes,
        gates,
        gates_joint,
        posterior_entropy,
        condition_number,
        first_order_steps,
    )
}
