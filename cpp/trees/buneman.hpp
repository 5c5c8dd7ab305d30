// The Buneman tree (Buneman, 1971, recalled).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace retrodict {

// Inner nodes come first, the root, which is a neighbour of taxon 0, first of all; then the taxa, in their order.
struct BunemanTree {
  std::vector<std::int32_t> parent;
  std::vector<double> lengths; // isolation index of the edge above; may be negative at a leaf. The root's is 0
};

// Of `distances`, (n, n), n at least 3: symmetric, finite, not negative, 0 on the diagonal. Time grows as n^4.
BunemanTree buneman_tree(std::span<const double> distances, std::size_t n, std::size_t threads);

} // namespace retrodict
