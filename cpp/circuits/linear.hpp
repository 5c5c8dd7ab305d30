// The least number of additions that compute linear maps over the field of two elements.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace retrodict {

constexpr unsigned max_linear_table_inputs = 5; // 2^26 sets of vectors; six inputs have 2^57
constexpr unsigned max_linear_inputs = 16;
constexpr unsigned max_linear_outputs = 64;

// The cost of every set of vectors of n_inputs bits that are neither 0 nor units. In the order of their values such
// vectors are numbered from 0; bit j of an index says whether the set has vector j.
std::vector<std::uint8_t> xor_cost_table(std::size_t n_inputs);

// The rows of a matrix as integers, bit j of a row being its entry in column j.
class LinearMap {
 public:
  // `entries` row by row, 0 or 1.
  LinearMap(std::size_t n_outputs, std::size_t n_inputs, std::span<const std::int64_t> entries);

  unsigned n_inputs() const { return n_inputs_; }
  const std::vector<std::uint32_t>& rows() const { return rows_; }

 private:
  unsigned n_inputs_;
  std::vector<std::uint32_t> rows_;
};

// A straight-line program: signals 0 ... n - 1 are the inputs, and step i adds two earlier signals and makes signal
// n + i.
using XorProgram = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

struct XorCost {
  std::size_t lower;    // no program of fewer steps computes the rows
  XorProgram program;   // one that does
  std::uint64_t visits; // sets that the search has visited
  bool complete;        // whether it ended by itself
};

// Searches until the bounds meet or `max_visits` sets are visited.
XorCost xor_cost(const LinearMap& map, std::uint64_t max_visits);

} // namespace retrodict
