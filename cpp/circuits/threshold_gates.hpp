// The least number of threshold gates of any fan-in of every function of at most four inputs.
#pragma once

#include <cstdint>
#include <vector>

#include "circuits/symmetries.hpp"

namespace retrodict {

// The functions [w . x >= t] of at most five inputs, with any real weights, ascending.
std::vector<Function> threshold_functions(std::size_t n_inputs);

// The cost of every function of at most four inputs; a gate is any threshold function of inputs and earlier gates.
std::vector<std::uint8_t> threshold_cost_table(std::size_t n_inputs);

} // namespace retrodict
