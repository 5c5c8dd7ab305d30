// What the subcubes of {0,1}^n tell of a function: least decision trees, prime implicants, parities.
#pragma once

#include <cstdint>
#include <vector>

#include "circuits/truth_table.hpp"

namespace retrodict {

constexpr unsigned max_subcube_inputs = 16;

struct DecisionTree {
  unsigned depth;
  std::size_t leaves;
};

// The least depth and the least number of leaves over all decision trees. Time n 3^n, memory 4 * 3^n bytes. Throws
// std::invalid_argument above max_subcube_inputs.
DecisionTree least_decision_trees(const TruthTable& table);

// The inputs x with (x & mask) == value.
struct Cube {
  std::uint32_t mask, value;
};

// The cubes on which f is 1 and that lie in no other such cube, by mask and then by value.
std::vector<Cube> prime_implicants(const TruthTable& table);

// The first of the largest subcubes on which f is the parity of the free inputs or its complement; a point at least.
Cube largest_parity(const TruthTable& table);

} // namespace retrodict
