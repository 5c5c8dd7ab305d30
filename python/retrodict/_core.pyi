# The compiled module is private; these are the signatures that python/retrodict/<family>.py calls.
from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import NDArray

class Tree:
    def __init__(self, parent: NDArray[np.int32]) -> None: ...
    @property
    def leaves(self) -> NDArray[np.int32]: ...

def circuits_cost_table(n_inputs: int, basis: int, max_cost: int | None) -> NDArray[np.uint8]: ...
def circuits_table_index(table: NDArray[np.int64]) -> tuple[int, int]: ...
def circuits_obdd_size(
    table: NDArray[np.int64], threads: int | None, progress: Callable[[float], object] | None
) -> tuple[int, tuple[int, ...]]: ...
def circuits_obdd_size_of_order(table: NDArray[np.int64], order: NDArray[np.int64]) -> int: ...
def circuits_decision_tree(table: NDArray[np.int64]) -> tuple[int, int]: ...
def circuits_formula_table(n_inputs: int) -> NDArray[np.uint8]: ...
def circuits_formula_by_expansion(table: NDArray[np.int64]) -> int: ...
def circuits_prime_implicants(table: NDArray[np.int64]) -> list[tuple[int, int]]: ...
def circuits_dnf(table: NDArray[np.int64], nodes: int) -> tuple[list[tuple[int, int]], NDArray[np.int64], bool]: ...
def circuits_dnf_bound(table: NDArray[np.int64], weights: NDArray[np.int64]) -> int: ...
def circuits_obdd_sift(table: NDArray[np.int64]) -> tuple[int, tuple[int, ...]]: ...
def circuits_joint_classes(n_inputs: int, cost: int, threads: int | None) -> tuple[NDArray[np.uint64], ...]: ...
def circuits_joint_chain(table: NDArray[np.int64], spare: int) -> tuple[int, tuple[int, ...] | None]: ...

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

Leaves = States | NDArray[np.float64]

def simd_level() -> Literal["baseline", "x86-64-v3", "x86-64-v4"]: ...
def bp_log_evidence(
    tree: Tree,
    channels: NDArray[np.float64],
    leaves: Leaves,
    prior: NDArray[np.float64] | None,
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
