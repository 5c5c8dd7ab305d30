#include <doctest/doctest.h>

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

} // namespace

TEST_CASE("classes of permutations by joint cost") {
  using Counts = std::vector<std::size_t>;
  CHECK(counts(1, 2, 1) == Counts{1, 0, 0});
  CHECK(counts(2, 3, 1) == Counts{1, 2, 0, 0});
  REQUIRE(counts(3, 7, 1) == Counts{1, 6, 30, 51, 156, 192, 324, 80});
  CHECK(counts(3, 9, 2) == Counts{1, 6, 30, 51, 156, 192, 324, 80, 0, 0});
  CHECK(counts(4, 6, 3) == Counts{1, 12, 132, 1162, 8788, 63188, 414017});
  CHECK(joint_classes(4, 5, 1) == joint_classes(4, 5, 3));
  CHECK_THROWS_AS(joint_classes(0, 1, 1), std::invalid_argument);
  CHECK_THROWS_AS(joint_classes(5, 1, 1), std::invalid_argument);
  CHECK_THROWS_AS(joint_classes(4, 64, 1), std::invalid_argument);
}
