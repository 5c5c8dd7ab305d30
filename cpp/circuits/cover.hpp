// Covering a set by the fewest members of a family of its subsets, with a bound that anybody can check.
#pragma once

#include <cstdint>
#include <vector>

namespace retrodict {

// Each column lists the rows in it; a cover is a set of columns that together have every row.
struct CoverProblem {
  std::size_t rows;
  std::vector<std::vector<std::uint32_t>> columns;
};

struct Cover {
  std::vector<std::uint32_t> chosen; // ascending
  std::vector<std::int64_t> weights; // one a row, in units of 1 / weight_unit: cover_bound(problem, weights) holds
  bool complete;                     // no cover is smaller than `chosen`: the search ended
};

constexpr std::int64_t weight_unit = std::int64_t{1} << 20;

// For any weights 0 <= w <= 1 of the rows, every cover has at least sum_r w_r - sum_c max(0, w(c) - 1) columns, where
// w(c) is the weight of the rows in column c: the bound is that, rounded up.
std::size_t cover_bound(const CoverProblem& problem, const std::vector<std::int64_t>& weights);

// A smallest cover, or after `nodes` nodes of the search the best one found. Throws std::invalid_argument if a row is
// in no column or a column names no row.
Cover smallest_cover(const CoverProblem& problem, std::size_t nodes);

} // namespace retrodict
