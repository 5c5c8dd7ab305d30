#include <doctest/doctest.h>

#include <algorithm>
#include <stdexcept>
#include <vector>

#include "circuits/formula.hpp"
#include "circuits/terms.hpp"

using namespace retrodict;

namespace {

TruthTable parity(unsigned n) {
  std::vector<std::int64_t> table(std::size_t{1} << n);
  for (std::size_t x = 0; x < table.size(); ++x) table[x] = std::popcount(x) & 1;
  return TruthTable(table);
}

// Ones in about three of four places, by a linear congruence.
TruthTable dense(unsigned n) {
  std::vector<std::int64_t> table(std::size_t{1} << n);
  std::uint64_t state = 1;
  for (auto& value : table) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    value = state >> 62 != 0;
  }
  return TruthTable(table);
}

} // namespace

TEST_CASE("decision trees and subcubes of parities") {
  for (unsigned n = 0; n <= 9; ++n) {
    const DecisionTree tree = least_decision_trees(parity(n));
    CHECK(tree.depth == n);
    CHECK(tree.leaves == std::size_t{1} << n);
    CHECK(largest_parity(parity(n)).mask == 0);
    CHECK(prime_implicants(parity(n)).size() == (n == 0 ? 0 : std::size_t{1} << (n - 1)));
  }
  CHECK_THROWS_AS(least_decision_trees(parity(17)), std::invalid_argument);
}

TEST_CASE("covers of terms cover, and their weights bound them") {
  for (unsigned n = 1; n <= 8; ++n) {
    const TermProblem problem = term_problem(dense(n));
    const Cover cover = smallest_cover(problem.cover, 200);
    std::vector<bool> covered(problem.cover.rows);
    for (const std::uint32_t c : cover.chosen)
      for (const std::uint32_t row : problem.cover.columns[c]) covered[row] = true;
    CHECK(std::find(covered.begin(), covered.end(), false) == covered.end());
    CHECK(cover_bound(problem.cover, cover.weights) <= cover.chosen.size());
    CHECK((cover.complete || n > 6));
  }
}

TEST_CASE("what is no cover problem") {
  CHECK_THROWS_AS(smallest_cover({2, {{0}}}, 1), std::invalid_argument);
  CHECK_THROWS_AS(smallest_cover({1, {{0, 1}}}, 1), std::invalid_argument);
  CHECK_THROWS_AS(cover_bound({1, {{0}}}, {}), std::invalid_argument);
  CHECK_THROWS_AS(cover_bound({1, {{0}}}, {-1}), std::invalid_argument);
  CHECK(smallest_cover({0, {}}, 1).chosen.empty());
  // Five rows in a circle, columns of two neighbours: weights 1/2 give 2.5, so three are needed.
  const CoverProblem circle{5, {{0, 1}, {1, 2}, {2, 3}, {3, 4}, {4, 0}}};
  const Cover three = smallest_cover(circle, 100);
  CHECK(three.chosen.size() == 3);
  CHECK(three.complete);
  CHECK(cover_bound(circle, std::vector<std::int64_t>(5, weight_unit / 2)) == 3);
}

TEST_CASE("De Morgan formulas") {
  CHECK(formula_table(0) == std::vector<std::uint8_t>{0, 0});
  CHECK(formula_table(2)[0b0110] == 4);
  CHECK(formula_table(4)[0x6996] == 16);
  CHECK(formula_by_expansion(parity(6)) == 16 + 16 + 2 + 16 + 16 + 2 + 2);
  CHECK(formula_by_expansion(dense(13)) > 0);
  CHECK_THROWS_AS(formula_table(5), std::invalid_argument);
}
