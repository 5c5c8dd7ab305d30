#include <algorithm>
#include <bit>

#include "circuits/search.hpp"
#include "core/require.hpp"

namespace retrodict {

namespace {

bool depends(std::span<const std::int64_t> table, unsigned input) {
  const std::size_t step = std::size_t{1} << input;
  for (std::size_t x = 0; x < table.size(); ++x)
    if (table[x] != table[x ^ step]) return true;
  return false;
}

} // namespace

OutputTables::OutputTables(std::span<const std::int64_t> tables, std::size_t n_outputs) {
  require(n_outputs > 0, "tables has no rows: a map has at least one output");
  const std::size_t points = tables.size() / n_outputs;
  require(std::has_single_bit(points), "tables has rows of ", points,
          " entries: a truth table has 2^n, one for each value of n inputs");
  for (std::size_t i = 0; i < tables.size(); ++i)
    require(tables[i] == 0 || tables[i] == 1, "tables[", i / points, "][", i % points, "] = ", tables[i],
            ": an entry is 0 or 1");
  n_inputs_ = static_cast<std::size_t>(std::countr_zero(points));

  const auto row = [&](std::size_t output) { return tables.subspan(output * points, points); };
  for (unsigned input = 0; input < n_inputs_; ++input)
    for (std::size_t output = 0; output < n_outputs; ++output)
      if (depends(row(output), input)) {
        inputs_.push_back(input);
        break;
      }
  require(inputs_.size() <= max_search_inputs, "tables depends on ", inputs_.size(),
          " inputs: the search for a smallest circuit goes to ", max_search_inputs);

  const std::size_t kept_points = std::size_t{1} << inputs_.size();
  for (std::size_t output = 0; output < n_outputs; ++output) {
    const auto values = row(output);
    std::uint64_t f = 0;
    for (std::size_t x = 0; x < kept_points; ++x) {
      std::size_t point = 0;
      for (std::size_t i = 0; i < inputs_.size(); ++i) point |= (x >> i & 1) << inputs_[i];
      f |= std::uint64_t{values[point] != values[0]} << x;
    }
    outputs_.push_back(f);
    complemented_.push_back(values[0] == 1);
    const auto n = static_cast<unsigned>(inputs_.size());
    bool free = f == 0;
    for (unsigned i = 0; i < n; ++i) free = free || f == input_word(i, n);
    if (!free && std::ranges::find(targets_, f) == targets_.end()) targets_.push_back(f);
  }
  require(targets_.size() <= max_search_outputs, "tables has ", targets_.size(),
          " different outputs that need a gate: the search for a smallest circuit goes to ", max_search_outputs);
}

} // namespace retrodict
