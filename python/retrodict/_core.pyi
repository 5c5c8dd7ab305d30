# The compiled module is private; these are the signatures that python/retrodict/<family>.py calls.
from collections.abc import Callable
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

class Tree:
    def __init__(self, parent: NDArray[np.int32]) -> None: ...
    @property
    def leaves(self) -> NDArray[np.int32]: ...

def circuits_cost_table(n_inputs: int, basis: int, max_cost: int | None) -> NDArray[np.uint8]: ...
def circuits_table_index(table: NDArray[np.int64]) -> tuple[int, int]: ...
def circuits_minimum_circuit(
    tables: NDArray[np.int64], with_xor: bool, max_gates: int, seconds: float | None, threads: int | None
) -> tuple[int, bool, tuple[list[tuple[int, int, int]], list[int]] | None]: ...
def circuits_obdd_size(
    table: NDArray[np.int64], threads: int | None, progress: Callable[[float], object] | None
) -> tuple[int, tuple[int, ...]]: ...
def circuits_obdd_size_of_order(table: NDArray[np.int64], order: NDArray[np.int64]) -> int: ...
def circuits_decision_tree(table: NDArray[np.int64]) -> tuple[int, int]: ...
def circuits_formula_table(n_inputs: int) -> NDArray[np.uint8]: ...
def circuits_formula_by_expansion(table: NDArray[np.int64]) -> int: ...
def circuits_prime_implicants(table: NDArray[np.int64]) -> list[tuple[int, int]]: ...
def circuits_largest_parity(table: NDArray[np.int64]) -> tuple[int, int]: ...
def circuits_dnf(table: NDArray[np.int64], nodes: int) -> tuple[list[tuple[int, int]], NDArray[np.int64], bool]: ...
def circuits_dnf_bound(table: NDArray[np.int64], weights: NDArray[np.int64]) -> int: ...
def circuits_cut_rank(adjacency: NDArray[np.int64], subset: NDArray[np.int64]) -> int: ...
def circuits_linear_rank_width(adjacency: NDArray[np.int64], threads: int | None) -> tuple[int, tuple[int, ...]]: ...
def circuits_quadratic_form_obdd(adjacency: NDArray[np.int64], threads: int | None) -> tuple[int, tuple[int, ...]]: ...
def circuits_quadratic_form_obdd_of_order(adjacency: NDArray[np.int64], order: NDArray[np.int64]) -> int: ...
def circuits_quadratic_form_sift(adjacency: NDArray[np.int64]) -> tuple[int, tuple[int, ...]]: ...
def circuits_obdd_sift(table: NDArray[np.int64]) -> tuple[int, tuple[int, ...]]: ...
def circuits_class_costs(
    n_inputs: int, with_xor: bool, max_cost: int, exhausted: int
) -> tuple[NDArray[np.uint32], NDArray[np.uint8], NDArray[np.uint32], NDArray[np.uint8], NDArray[np.uint32]]: ...
def circuits_threshold_cost_table(n_inputs: int) -> NDArray[np.uint8]: ...
def circuits_threshold_functions(n_inputs: int) -> NDArray[np.uint32]: ...
def circuits_canonical(functions: NDArray[np.uint32], n_inputs: int) -> NDArray[np.uint32]: ...
def circuits_class_sizes(functions: NDArray[np.uint32], n_inputs: int) -> NDArray[np.uint16]: ...
def circuits_joint_classes(n_inputs: int, cost: int, threads: int | None) -> tuple[NDArray[np.uint64], ...]: ...
def circuits_xor_cost_table(n_inputs: int) -> NDArray[np.uint8]: ...
def circuits_xor_cost(matrix: NDArray[np.int64], max_visits: int) -> tuple[int, list[tuple[int, int]], int, bool]: ...

States = NDArray[np.uint8] | NDArray[np.uint16]

def trees_broadcast(
    tree: Tree,
    channels: NDArray[np.float64],
    n: int,
    seed: int,
    prior: NDArray[np.float64] | None,
    first: int,
    leaves_only: bool,
    threads: int | None,
) -> States: ...
def trees_census(leaves: States, q: int, threads: int | None) -> NDArray[np.int32]: ...
def trees_recursive_majority(
    tree: Tree, leaves: States, seed: int | None, first: int, threads: int | None
) -> States: ...
def distances_correlations(leaves: States, q: int, threads: int | None) -> NDArray[np.float64]: ...
def distances_correlation_distances(
    leaves: States, q: int, cap: float, threads: int | None
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]: ...
def distances_log_det_distances(
    leaves: States, q: int, cap: float, threads: int | None
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]: ...
def quartets_four_point(
    distances: NDArray[np.float64], quartets: NDArray[np.int64], threads: int | None
) -> tuple[NDArray[np.int8], NDArray[np.float64]]: ...
def quartets_compare(
    first: Tree, second: Tree, columns: NDArray[np.int32], threads: int | None
) -> tuple[int, int, int, int]: ...
def quartets_support(tree: Tree, distances: NDArray[np.float64], threads: int | None) -> tuple[int, int, int, int]: ...
def quartets_buneman_tree(
    distances: NDArray[np.float64], threads: int | None
) -> tuple[NDArray[np.int32], NDArray[np.float64]]: ...
def topology_count_splits(first: Tree, second: Tree, columns: NDArray[np.int32]) -> tuple[int, int, int]: ...
def topology_neighbor_joining(
    distances: NDArray[np.float64], threads: int | None
) -> tuple[NDArray[np.int32], NDArray[np.float64]]: ...
def topology_log_det_distances(
    leaves: States, q: int, cap: float, threads: int | None
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]: ...
def level_by_level(
    leaves: States,
    q: int,
    arity: int,
    renamed: bool,
    quality: float | None,
    rule: str,
    threads: int | None,
) -> tuple[
    NDArray[np.int32], States, list[tuple[int, int, float, float, float, float, float, float]], float, float
]: ...

Leaves = States | NDArray[np.float64]

def simd_level() -> Literal["baseline", "x86-64-v3", "x86-64-v4"]: ...
def bp_log_evidence(
    tree: Tree,
    channels: NDArray[np.float64],
    leaves: Leaves,
    prior: NDArray[np.float64] | None,
    precision: str,
    threads: int | None,
) -> NDArray[np.float64]: ...
def bp_marginals(
    tree: Tree,
    channels: NDArray[np.float64],
    leaves: Leaves,
    prior: NDArray[np.float64] | None,
    nodes: bool,
    out: NDArray[np.float64] | None,
    threads: int | None,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64] | None]: ...
def bp_sample(
    tree: Tree,
    channels: NDArray[np.float64],
    leaves: Leaves,
    prior: NDArray[np.float64] | None,
    seed: int,
    first: int,
    threads: int | None,
) -> States: ...
def bp_max_product(
    tree: Tree,
    channels: NDArray[np.float64],
    leaves: Leaves,
    prior: NDArray[np.float64] | None,
    threads: int | None,
) -> tuple[States, NDArray[np.float64]]: ...

# skip, out, inner, numbers of the activations, shift, offset
EncoderBlock = tuple[
    NDArray[np.float64] | None,
    NDArray[np.float64] | None,
    NDArray[np.float64] | None,
    list[int],
    list[float],
    list[float],
]

def encoders_sample(
    blocks: list[EncoderBlock],
    descent_steps: int,
    langevin_steps: int,
    descent_step: float,
    root_spread: float,
    precision: float,
    langevin_step: float,
    root_noise: float,
    corrected: bool,
    x: NDArray[np.float64],
    per_x: int,
    seed: int,
    first: int,
    noise: NDArray[np.float64] | None,
    uniforms: NDArray[np.float64] | None,
    threads: int | None,
    progress: Callable[[float], object] | None,
    level: str | None,
) -> tuple[NDArray[np.float64], NDArray[np.int64] | None]: ...
def encoders_gaussians(
    seed: int, replica: int, replicas: int, first: int, count: int, level: str | None
) -> NDArray[np.float64]: ...
def encoders_activation(
    activation: int, t: NDArray[np.float64], level: str | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
def population_dynamics(
    members: NDArray[Any],
    arity: int,
    lam: float,
    symmetrised: bool,
    seed: int,
    first: int,
    steps: int,
    stop_below: float,
    threads: int | None,
    progress: Callable[[float], object] | None,
) -> tuple[NDArray[Any], NDArray[np.float64]]: ...
def density_evolution(
    upgraded: bool,
    arity: int,
    theta: float,
    leaf: float,
    depth: int,
    bins: int,
    threads: int | None,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]: ...
