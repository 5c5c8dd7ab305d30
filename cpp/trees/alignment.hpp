// How one root names the states of another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace retrodict {

// The permutation p with the largest sum_i counts[i * q + p[i]], of several the first in lexicographic order.
std::vector<std::int32_t> best_permutation(std::span<const std::int64_t> counts, std::size_t q);

} // namespace retrodict
