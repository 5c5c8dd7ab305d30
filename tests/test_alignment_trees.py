"""Trees of real alignments: neighbour joining finds the splits that DendroPy, anjl and scikit-bio find."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import dendropy
import numpy as np
import pytest

from retrodict import distances, phylogeny, quartets, topology
from retrodict.graphs import Tree

SETS = {"primates3": 3, "rbcl4": 4, "turtle17": 17, "rrna101": 101}
KINDS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "share of sites that differ": lambda states: 0.75 * (1 - distances.correlations(states, 4)),
    "Jukes-Cantor": lambda states: 0.75 * distances.correlation_distances(states, 4).values,
    "log-det": lambda states: distances.log_det_distances(states, 4).values,
}


def by_dendropy(values: np.ndarray, names: list[str]) -> Tree:
    rows = [",".join(["", *names])]
    rows += [",".join([name, *map(repr, row)]) for name, row in zip(names, values.tolist(), strict=True)]
    matrix = dendropy.PhylogeneticDistanceMatrix.from_csv(io.StringIO("\n".join(rows)))
    return Tree.from_newick(matrix.nj_tree().as_string("newick", suppress_rooting=True))


def by_anjl(values: np.ndarray, names: list[str]) -> Tree:
    anjl = pytest.importorskip("anjl")
    text = dict(enumerate(names))
    for node, row in enumerate(anjl.canonical_nj(values.astype(np.float32)), start=len(names)):
        text[node] = f"({text.pop(int(row[0]))},{text.pop(int(row[1]))})"
    (tree,) = text.values()
    return Tree.from_newick(tree + ";")


def by_scikit_bio(values: np.ndarray, names: list[str]) -> Tree:
    skbio = pytest.importorskip("skbio")
    return Tree.from_newick(str(skbio.tree.nj(skbio.DistanceMatrix(values, names))).strip())


def read(shared: Path, name: str) -> tuple[np.ndarray, list[str]]:
    path = shared / "data" / "phylo" / f"{name}.phy"
    if not path.is_file():
        pytest.skip(f"no alignment at {path}")
    states, taxa = phylogeny.read_states(path)
    return states, [f"t{i}" for i in range(len(taxa))]  # which no format has to quote


@pytest.mark.parametrize("peer", [by_dendropy, by_anjl, by_scikit_bio])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", SETS)
def test_the_splits_of_peers(shared: Path, name: str, kind: str, peer: Callable[..., Tree]) -> None:
    states, names = read(shared, name)
    values = KINDS[kind](states)
    found = topology.neighbor_joining(values, names=names).tree
    n = SETS[name]
    assert topology.count_splits(found, peer(values, names)) == topology.SplitCounts(n - 3, n - 3, n - 3)


@pytest.mark.parametrize("name", SETS)
def test_from_the_file_to_newick(shared: Path, name: str) -> None:
    """The three lines of `topology`; the text is read back as the same tree, whose names are the file's."""
    read(shared, name)
    states, names = phylogeny.read_states(shared / "data" / "phylo" / f"{name}.phy")
    estimated = distances.correlation_distances(states, 4)
    newick = topology.neighbor_joining(0.75 * estimated.values, names=names).tree.to_newick()
    assert estimated.n_capped == 0
    back = Tree.from_newick(newick)
    assert {back.names[v] for v in back.leaves} == set(names)
    found = topology.neighbor_joining(0.75 * estimated.values, names=names).tree
    assert topology.count_splits(found, back).distance == 0
    assert sorted(back.lengths[1:]) == sorted(found.lengths[1:])


@pytest.mark.parametrize("name", SETS)
def test_the_buneman_tree_is_coarser(shared: Path, name: str) -> None:
    """Here all that every quartet supports is joined too, and most quartets of the joined tree are supported."""
    states, _ = read(shared, name)
    values = distances.log_det_distances(states, 4).values
    joined, cautious = topology.neighbor_joining(values).tree, quartets.buneman_tree(values).tree
    counts = topology.count_splits(cautious, joined)
    assert counts.shared == counts.first
    supported = quartets.support(joined, values)
    assert supported.alike >= 0.75 * supported.first
