// Joint minima: all permutations of few bits by the least number of two-input gates (basis B2, negation free) that
// compute their outputs together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "circuits/chain_set.hpp"

namespace retrodict {

// A class of permutations of n bits: outputs unordered, and each up to complement. The key holds the n outputs that
// vanish at 0, as 16-bit words in ascending order from the highest down, so that keys are ordered as their outputs are.
using ClassKey = std::uint64_t;

// Entry r, for r up to `cost`: the classes of cost r, ascending.
std::vector<std::vector<ClassKey>> joint_classes(std::size_t n_inputs, std::size_t cost, std::size_t threads);

} // namespace retrodict
