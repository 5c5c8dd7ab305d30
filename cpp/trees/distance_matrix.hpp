// Distances between all pairs of taxa, checked and copied.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <span>

#include "core/simd.hpp"

namespace retrodict {

// A copy of a matrix of distances to work on, on large pages where the system has them: a column of it is on as many
// pages as there are rows. Rows are `stride` apart, and 0 beyond n.
struct DistanceMatrix {
  // An odd number of cache lines, so that the entries of a column do not compete for few places in the cache.
  static std::size_t stride_of(std::size_t n) { return simd::padded(n) + 8; }

  // Of `distances`, (n, n): symmetric, finite, not negative, 0 on the diagonal.
  DistanceMatrix(std::span<const double> distances, std::size_t n, std::size_t threads);

  double* row(std::size_t i) { return data.get() + i * stride; }

  struct Free {
    void operator()(double* memory) const { std::free(memory); }
  };
  std::size_t stride;
  std::unique_ptr<double[], Free> data;
  int exponent = 0;   // the copy is scaled by 2^-exponent, which is 0 but for extreme numbers
  double largest = 0; // entry, scaled
};

} // namespace retrodict
