// The least size of ordered binary decision diagrams over all orders.
#pragma once

#include <cstddef>

#include "circuits/sifting.hpp"
#include "circuits/truth_table.hpp"
#include "core/parallel.hpp"

namespace retrodict {

constexpr unsigned max_obdd_inputs = 20;

// The least size over all orders, and the first order that has it (as a sequence compared entry by entry). `progress`
// is told after each size of sets which part of the work is done.
ObddOrder minimum_obdd(const TruthTable& table, std::size_t threads, const Poll& progress = {});

} // namespace retrodict
