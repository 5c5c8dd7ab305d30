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

TEST_CASE("the search finds what trying every column of an open row finds") {
  // Rows with two or three columns: vertex covers and the like, where weights fall well short of the least cover and
  // the first cover that is found is often not the least.
  std::uint64_t state = 1;
  const auto below = [&](std::uint64_t n) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return static_cast<std::uint32_t>((state >> 33) % n);
  };
  std::size_t searched = 0, improved = 0;
  for (int instance = 0; instance < 300; ++instance) {
    const std::uint32_t width = 2 + instance % 2, columns = width == 2 ? 22 : 14, rows = width == 2 ? 48 : 40;
    CoverProblem problem{rows, std::vector<std::vector<std::uint32_t>>(columns)};
    std::vector<std::uint32_t> sets(rows);
    for (std::uint32_t row = 0; row < rows; ++row) {
      while (static_cast<std::uint32_t>(std::popcount(sets[row])) < width) sets[row] |= 1u << below(columns);
      for (std::uint32_t c = 0; c < columns; ++c)
        if (sets[row] >> c & 1) problem.columns[c].push_back(row);
    }
    int least = static_cast<int>(columns);
    const auto visit = [&](const auto& self, std::uint32_t chosen) -> void {
      if (std::popcount(chosen) >= least) return;
      for (const std::uint32_t set : sets)
        if ((set & chosen) == 0) {
          for (std::uint32_t left = set; left != 0; left &= left - 1) self(self, chosen | (left & (~left + 1)));
          return;
        }
      least = std::popcount(chosen);
    };
    visit(visit, 0);
    const Cover found = smallest_cover(problem, 100000);
    CHECK(found.complete);
    CHECK(found.chosen.size() == static_cast<std::size_t>(least));
    const std::size_t bound = cover_bound(problem, found.weights);
    CHECK(bound <= found.chosen.size());
    searched += bound < found.chosen.size();
    improved += smallest_cover(problem, 1).chosen.size() > found.chosen.size();
  }
  CHECK(searched > 50);
  CHECK(improved > 5);
}

TEST_CASE("De Morgan formulas") {
  CHECK(formula_table(0) == std::vector<std::uint8_t>{0, 0});
  CHECK(formula_table(2)[0b0110] == 4);
  CHECK(formula_table(4)[0x6996] == 16);
  CHECK(formula_by_expansion(parity(6)) == 16 + 16 + 2 + 16 + 16 + 2 + 2);
  CHECK(formula_by_expansion(dense(13)) > 0);
  CHECK_THROWS_AS(formula_table(5), std::invalid_argument);
}
