// The size of ordered binary decision diagrams under one order, and a good order by moving one input at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
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

// What both need, of tables or of anything else whose levels can be counted. `upwards` has the last input first.
using Order = std::vector<std::int32_t>;
using Sizes = std::vector<std::size_t>;
Order upwards_of(std::span<const std::int64_t> order, unsigned n); // checks that it is a permutation
std::size_t sum(const Sizes& sizes);

// Sifts by what it is told: the nodes of each level of an order, upwards; and, for input x and the others' order, the
// size with x just above the first i of them, for each i.
ObddOrder sift(unsigned n, const std::function<Sizes(const Order& upwards)>& level_sizes,
               const std::function<Sizes(const Order& others, unsigned x)>& size_by_place);

} // namespace retrodict
