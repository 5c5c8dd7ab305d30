#include "circuits/terms.hpp"

namespace retrodict {

constexpr std::size_t max_entries = std::size_t{1} << 22;

TermProblem term_problem(const TruthTable& table) {
  const auto points = table.values();
  TermProblem problem{{}, prime_implicants(table), {}};
  std::size_t entries = 0;
  const auto all = static_cast<std::uint32_t>(points.size() - 1);
  for (const Cube& cube : problem.primes) entries += std::size_t{1} << std::popcount(all & ~cube.mask);
  require(entries <= max_entries, "table has prime implicants with ", entries,
          " inputs in all: the covering problem is built up to ", max_entries);

  std::vector<std::uint32_t> row(points.size());
  for (std::uint32_t x = 0; x < points.size(); ++x)
    if (points[x]) {
      row[x] = static_cast<std::uint32_t>(problem.ones.size());
      problem.ones.push_back(x);
    }
  problem.cover.rows = problem.ones.size();
  for (const Cube& cube : problem.primes) {
    auto& column = problem.cover.columns.emplace_back();
    const std::uint32_t free = all & ~cube.mask;
    std::uint32_t inside = 0; // runs over the subsets of `free`
    do {
      column.push_back(row[cube.value | inside]);
      inside = (inside - free) & free;
    } while (inside != 0);
  }
  return problem;
}

} // namespace retrodict
