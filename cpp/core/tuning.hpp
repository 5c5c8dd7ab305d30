// Sizes that change how fast the kernels are and nothing else.
#pragma once

#include <cstddef>

namespace retrodict::tuning {

// Samples that a worker takes at a time where each sample is computed on its own.
inline constexpr std::size_t samples_per_block = 64;

// Histograms that one is split into while it is filled.
inline constexpr std::size_t counters_in_turn = 4;

} // namespace retrodict::tuning
