#include <doctest/doctest.h>

#include <algorithm>
#include <stdexcept>
#include <vector>

#include "circuits/joint.hpp"

using namespace retrodict;

namespace {

std::vector<std::size_t> counts(std::size_t n, std::size_t cost, std::size_t threads) {
  std::vector<std::size_t> sizes;
  for (const auto& level : joint_classes(n, cost, threads)) sizes.push_back(level.size());
  return sizes;
}

std::size_t shortest(const std::vector<std::int64_t>& table, std::size_t spare) {
  const auto chain = joint_chain(OutputSet(table), spare);
  return chain ? chain->size() : 99;
}

} // namespace

TEST_CASE("classes of permutations by joint cost") {
  using Counts = std::vector<std::size_t>;
  CHECK(counts(1, 2, 1) == Counts{1, 0, 0});
  CHECK(counts(2, 3, 1) == Counts{1, 2, 0, 0});
  REQUIRE(counts(3, 7, 1) == Counts{1, 6, 30, 51, 156, 192, 324, 80});
  CHECK(counts(3, 9, 2) == Counts{1, 6, 30, 51, 156, 192, 324, 80, 0, 0});
  CHECK(counts(4, 4, 3) == Counts{1, 12, 132, 1162, 8788});
  CHECK(joint_classes(4, 4, 1) == joint_classes(4, 4, 3));
  CHECK_THROWS_AS(joint_classes(0, 1, 1), std::invalid_argument);
  CHECK_THROWS_AS(joint_classes(5, 1, 1), std::invalid_argument);
  CHECK_THROWS_AS(joint_classes(4, 64, 1), std::invalid_argument);
}

TEST_CASE("a permutation and its inverse of different joint cost") {
  const std::vector<std::int64_t> table{0, 14, 5, 11, 4, 12, 1, 9, 7, 15, 2, 10, 3, 13, 6, 8};
  std::vector<std::int64_t> inverse(table.size());
  for (std::size_t x = 0; x < table.size(); ++x) inverse[static_cast<std::size_t>(table[x])] = std::int64_t(x);
  CHECK(shortest(table, 4) == 5);
  CHECK(shortest(table, 2) == 5); // one output is an input, three are gates, and two gates are neither
  CHECK(shortest(table, 1) == 99);
  CHECK(shortest(inverse, 4) == 6);
}

TEST_CASE("outputs that are free or alike take no gates") {
  CHECK(shortest({0}, 0) == 0);
  CHECK(shortest({7, 7, 7, 7}, 0) == 0);
  CHECK(shortest({3, 2, 1, 0}, 0) == 0);
  CHECK(shortest({0, 7, 7, 0}, 0) == 1);
  CHECK(OutputSet(std::vector<std::int64_t>{0, 7, 7, 1}).functions().size() == 2);
  CHECK_THROWS_AS(OutputSet(std::vector<std::int64_t>{0, 1, 1}), std::invalid_argument);
  CHECK_THROWS_AS(OutputSet(std::vector<std::int64_t>{0, -1}), std::invalid_argument);
  CHECK_THROWS_AS(OutputSet(std::vector<std::int64_t>(32)), std::invalid_argument);
}
