// The subcubes of {0,1}^n as numbers with n digits in base 3: digit i is the value of input i, or 2 where it is free.
//
// Replacing a digit 2 by 0 or 1 makes the number smaller, so ascending order meets both halves of a subcube, along each
// free input, before the subcube. Along input i they are s - 2 * power(i) and s - power(i).
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

#include "core/parallel.hpp"
#include "core/require.hpp"

namespace retrodict {

class Subcubes {
 public:
  Subcubes(unsigned n_inputs, unsigned most) {
    require(n_inputs <= most, "table has ", n_inputs, " inputs: all subcubes are visited up to ", most);
    for (unsigned i = 0; i < n_inputs; ++i) power_.push_back(3 * power_.back());
  }

  std::size_t count() const { return power_.back(); }
  std::size_t power(unsigned i) const { return power_[i]; }

  // visit(subcube, free, value), in ascending order: the inputs that are free, and the values of the others.
  template <class Visit> void ascending(Visit&& visit) const {
    for_blocks(count(), std::size_t{1} << 16, 1, [&](std::size_t begin, std::size_t end, std::size_t) {
      std::uint32_t free = 0, value = 0;
      std::size_t rest = begin;
      for (std::uint32_t bit = 1; rest != 0; bit <<= 1, rest /= 3) {
        if (rest % 3 == 1) value |= bit;
        if (rest % 3 == 2) free |= bit;
      }
      for (std::size_t s = begin; s < end; ++s) {
        visit(s, free, value);
        const std::uint32_t carry = free & ~(free + 1), bit = carry + 1; // the lowest digits that are 2, and the next
        free ^= carry | (value & bit);
        value ^= bit;
      }
    });
  }

 private:
  std::vector<std::size_t> power_{1};
};

} // namespace retrodict
