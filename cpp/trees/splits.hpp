// Splits of the leaves by the edges of a tree, which is taken as unrooted.
#pragma once

#include <cstdint>
#include <span>

#include "graphs/tree.hpp"

namespace retrodict {

// Different splits with at least two leaves on each side: of the first tree, of the second, and of both.
struct SplitCounts {
  std::size_t first, second, shared;
};

// Leaf `columns[c]` of the second tree is leaf c of the first. Linear but for two sorts (after Day, 1985, recalled).
SplitCounts count_splits(const Tree& first, const Tree& second, std::span<const std::int32_t> columns);

} // namespace retrodict
