// The size of ordered binary decision diagrams, and its minimum over all orders.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "circuits/truth_table.hpp"

namespace retrodict {

constexpr unsigned max_obdd_inputs = 16;

struct ObddOrder {
  std::size_t nodes;               // internal nodes; no complement edges
  std::vector<std::int32_t> order; // the root's input first
};

// The least size over all orders, and the first order that has it (as a sequence compared entry by entry).
ObddOrder minimum_obdd(const TruthTable& table, std::size_t threads);

// The size under one order, by reducing the table from the last input of the order up.
std::size_t obdd_size(const TruthTable& table, std::span<const std::int64_t> order);

} // namespace retrodict
