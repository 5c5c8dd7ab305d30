// One output of a map, as data.
#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "core/require.hpp"

namespace retrodict {

// The values of a Boolean function: entry x is f(x), and input i is bit i of x.
class TruthTable {
 public:
  explicit TruthTable(std::span<const std::int64_t> table) : values_(table.begin(), table.end()) {
    require(std::has_single_bit(table.size()), "table has ", table.size(),
            " entries: a truth table has 2^n, one for each value of n inputs");
    for (std::size_t x = 0; x < table.size(); ++x)
      require(table[x] == 0 || table[x] == 1, "table[", x, "] = ", table[x], ": an entry is 0 or 1");
  }

  unsigned n_inputs() const { return static_cast<unsigned>(std::countr_zero(values_.size())); }
  std::span<const std::uint8_t> values() const { return values_; }

 private:
  std::vector<std::uint8_t> values_;
};

} // namespace retrodict
