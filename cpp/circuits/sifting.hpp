// The size of ordered binary decision diagrams under one order, and a good order by moving one input at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "circuits/truth_table.hpp"

namespace retrodict {

constexpr unsigned max_sift_inputs = 24;

struct ObddOrder {
  std::size_t nodes;               // internal nodes; no complement edges
  std::vector<std::int32_t> order; // the root's input first
};

// The size under one order, by reducing the table from the last input of the order up.
std::size_t obdd_size(const TruthTable& table, std::span<const std::int64_t> order);

// An order that moving any one input does not improve.
ObddOrder sift(const TruthTable& table);

} // namespace retrodict
