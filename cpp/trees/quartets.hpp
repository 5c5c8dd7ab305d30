// Quartets of taxa, by distances and by trees: which two of four belong together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "graphs/tree.hpp"

namespace retrodict {

// Of each of quartets (m, 4), rows of distances (n, n): which of the last three belongs to the first, 1, 2 or 3, or 0
// if two of the three sums are least; and by how much the least sum is below the next. Both are (m,).
struct FourPoints {
  std::span<std::int8_t> partner;
  std::span<double> gap;
};
void four_point(std::span<const double> distances, std::size_t n, std::span<const std::int64_t> quartets,
                std::size_t threads, FourPoints out);

// Of all quartets of n taxa: those that the first resolves, the second, both and alike, both and differently.
struct QuartetCounts {
  std::uint64_t first = 0, second = 0, alike = 0, different = 0;
};
// By the four-point method on two matrices (n, n).
QuartetCounts compare_quartets(std::span<const double> first, std::span<const double> second, std::size_t n,
                               std::size_t threads);

// (n, n): numbers of edges between the leaves of a tree, by which the four-point method finds its quartets. Leaf
// `columns[c]` is row c.
std::vector<double> edges_between(const Tree& tree, std::span<const std::int32_t> columns);

} // namespace retrodict
