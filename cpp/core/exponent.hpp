// The range of exponents in which products of two doubles and one more factor neither underflow nor overflow.
#pragma once

#include <cmath>
#include <limits>
#include <span>

namespace retrodict {

// Numbers that are 0 or at least 2^safe_exponent have products that are 0 or normal; with room to spare.
inline constexpr int safe_exponent = -500;

// The exponent of the least entry that is not 0, at most 0.
inline int least_exponent(std::span<const double> entries) {
  double least = 1;
  for (const double x : entries) least = x > 0 && x < least ? x : least;
  return std::ilogb(least);
}

} // namespace retrodict
