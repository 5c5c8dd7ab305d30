#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <vector>

#include "circuits/enumeration.hpp"
#include "core/parallel.hpp"

using namespace retrodict;

namespace {

std::vector<std::size_t> histogram(const std::vector<std::uint8_t>& costs) {
  std::vector<std::size_t> counts(*std::max_element(costs.begin(), costs.end()) + 1u);
  for (const std::uint8_t cost : costs) ++counts[cost];
  return counts;
}

} // namespace

TEST_CASE("gate costs have Knuth's histograms") {
  using Counts = std::vector<std::size_t>;
  const unsigned B2 = AND | AND_NOT | OR | XOR;
  CHECK(histogram(cost_table(0, B2)) == Counts{2});
  CHECK(histogram(cost_table(1, B2)) == Counts{4});
  CHECK(histogram(cost_table(2, B2)) == Counts{6, 10});
  CHECK(histogram(cost_table(3, B2)) == Counts{8, 30, 114, 80, 24});
  CHECK(histogram(cost_table(4, B2)) == Counts{10, 60, 456, 2474, 10624, 24184, 25008, 2720});
  CHECK(histogram(cost_table(2, AND | AND_NOT | OR)) == Counts{6, 8, 0, 2});
  CHECK_THROWS_AS(cost_table(2, AND | OR), std::invalid_argument);
  CHECK_THROWS_AS(cost_table(5, B2), std::invalid_argument);
}

TEST_CASE("a poll reaches a kernel of many short calls") {
  const PollScope scope([](double) { throw std::runtime_error("stop"); });
  const auto many_calls = [] { // far longer than the poll's interval, on any machine
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (std::chrono::steady_clock::now() < end) for_blocks(1, 1, 1, [](std::size_t, std::size_t, std::size_t) {});
  };
  CHECK_THROWS_AS(many_calls(), std::runtime_error);
}
