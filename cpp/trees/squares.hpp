// All pairs of leaves, in squares, so that what is known of the leaves of a square stays in cache.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "core/parallel.hpp"

namespace retrodict {

inline constexpr std::size_t square_side = 32; // of a square

// Calls body(u, v) for the corners of squares that cover the pairs u <= v, on several threads.
template <class Body> void for_squares(std::size_t n_leaves, std::size_t threads, const Body& body) {
  std::vector<std::array<std::size_t, 2>> corners;
  for (std::size_t u = 0; u < n_leaves; u += square_side)
    for (std::size_t v = u; v < n_leaves; v += square_side) corners.push_back({u, v});
  for_blocks(corners.size(), 4, threads, [&](std::size_t begin, std::size_t end, std::size_t) {
    for (std::size_t k = begin; k < end; ++k) body(corners[k][0], corners[k][1]);
  });
}

// Writes value(i, j) for the pairs (u + i, v + j) of a square and their mirror images.
template <class T, class Value>
void write_square(std::span<T> out, std::size_t n_leaves, std::size_t u, std::size_t v, const Value& value) {
  std::array<std::array<T, square_side>, square_side> square;
  const std::size_t rows = std::min(square_side, n_leaves - u), columns = std::min(square_side, n_leaves - v);
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t j = 0; j < columns; ++j)
      if (u + i <= v + j) square[i][j] = value(i, j);
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t j = 0; j < columns; ++j)
      if (u + i <= v + j) out[(u + i) * n_leaves + v + j] = square[i][j];
  for (std::size_t j = 0; j < columns; ++j)
    for (std::size_t i = 0; i < rows; ++i)
      if (u + i <= v + j) out[(v + j) * n_leaves + u + i] = square[i][j];
}

} // namespace retrodict
