// Neighbour joining (Saitou and Nei, 1987; in the form of Studier and Keppler, 1988; both recalled).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace retrodict {

// A tree with n leaves and n - 2 inner nodes, of which all have two children but the root, node 0, which has three.
// Parents come before their children, and taxon i is node n - 2 + i.
struct JoinedTree {
  std::vector<std::int32_t> parent;
  std::vector<double> lengths; // of the edge above; may be negative. The root's is 0
};

// Of `distances`, (n, n), n at least 3: symmetric, finite, not negative, 0 on the diagonal. How ties are broken is told
// in python/retrodict/exact/neighbor_joining.py.
JoinedTree neighbor_joining(std::span<const double> distances, std::size_t n, std::size_t threads);

} // namespace retrodict
