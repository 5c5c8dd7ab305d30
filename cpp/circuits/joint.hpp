// Joint minima: the least number of two-input gates (basis B2, negation free) that compute all outputs of a map
// together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "circuits/chain_set.hpp"

namespace retrodict {

// A class of permutations of n bits: outputs unordered, and each up to complement. The key holds the n outputs that
// vanish at 0, as 16-bit words in ascending order from the highest down, so that keys are ordered as their outputs are.
using ClassKey = std::uint64_t;

// Entry r, for r up to `cost`: the classes of cost r, ascending.
std::vector<std::vector<ClassKey>> joint_classes(std::size_t n_inputs, std::size_t cost, std::size_t threads);

// A map of at most four bits: bit i of entry x is output i at x.
class OutputSet {
 public:
  explicit OutputSet(std::span<const std::int64_t> table);

  unsigned n_inputs() const { return n_inputs_; }
  // The distinct outputs that take gates, each replaced by its complement if it is 1 at 0; in order of first
  // occurrence.
  std::span<const ChainSet::Function> functions() const { return functions_; }

 private:
  unsigned n_inputs_;
  std::vector<ChainSet::Function> functions_;
};

// A shortest chain that has all outputs, or nothing if that has more than `spare` members beside the functions of the
// outputs: functions that vanish at 0, each made by one gate from two of the inputs and the earlier ones.
std::optional<std::vector<ChainSet::Function>> joint_chain(const OutputSet& outputs, std::size_t spare);

} // namespace retrodict
