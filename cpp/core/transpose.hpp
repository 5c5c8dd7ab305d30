// From one row a variable to one row a sample.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace retrodict {

// out[i, c] = in[rows[c], i] for i < n, where rows of `in` are `stride` apart and `out` is (n, rows.size()). In
// squares, so that the rows of a square stay in cache for all samples.
template <class In, class Out>
void transpose(const In* in, std::size_t stride, std::span<const std::int32_t> rows, std::size_t n, Out* out) {
  constexpr std::size_t square = 64;
  for (std::size_t left = 0; left < rows.size(); left += square)
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t c = left; c < std::min(left + square, rows.size()); ++c)
        out[i * rows.size() + c] = static_cast<Out>(in[static_cast<std::size_t>(rows[c]) * stride + i]);
}

} // namespace retrodict
