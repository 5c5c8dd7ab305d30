// A nonnegative double whose exponent has no bounds: every operation rounds as IEEE 754 would round if nothing
// underflowed or overflowed. A computation in doubles in which nothing does gives the same bits.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace retrodict {

// m * 2^e with 1 <= m < 2, or m = 0.
struct Wide {
  double m = 0;
  std::int64_t e = 0;
};

// x * 2^e, exactly.
inline Wide wide(double x, std::int64_t e = 0) {
  if (x == 0) return {};
  int exponent;
  const double half = std::frexp(x, &exponent);
  return {2 * half, e + exponent - 1};
}

inline Wide operator*(Wide a, Wide b) { return wide(a.m * b.m, a.e + b.e); }

// a * b + c, rounded once.
inline Wide fma(Wide a, Wide b, Wide c) {
  if (c.m == 0) return a * b;
  if (a.m * b.m == 0) return c;
  // Beyond 200 binary orders one term is only a sticky bit below the other, and how far it lies does not matter.
  constexpr std::int64_t far = 200;
  const std::int64_t shift = c.e - (a.e + b.e);
  if (shift > far) return c;
  return wide(std::fma(a.m, b.m, std::ldexp(c.m, static_cast<int>(std::max(shift, -far)))), a.e + b.e);
}

inline bool operator<(Wide a, Wide b) {
  if (a.m == 0 || b.m == 0 || a.e == b.e) return a.m < b.m;
  return a.e < b.e;
}

// The double nearest to x * 2^-e, for x < 2^(e + 1).
inline double scaled(Wide x, std::int64_t e) {
  constexpr std::int64_t vanishes = -1100;
  return std::ldexp(x.m, static_cast<int>(std::max(x.e - e, vanishes)));
}

// With m between sqrt(1/2) and sqrt(2), so that nothing cancels where x is near 1.
inline double log(Wide x) {
  const bool high = x.m > std::numbers::sqrt2;
  return std::log(high ? x.m / 2 : x.m) + static_cast<double>(x.e + high) * std::numbers::ln2;
}

} // namespace retrodict
