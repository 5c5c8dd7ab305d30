#include <doctest/doctest.h>

#include <algorithm>
#include <stdexcept>
#include <vector>

#include "circuits/threshold_gates.hpp"

using namespace retrodict;

namespace {

// [w . x >= t] as a table, for every w with entries in -range ... range and every t; ascending.
std::vector<Function> by_weights(unsigned n, int range) {
  std::vector<Function> found;
  std::vector<int> w(n, -range);
  for (bool more = true; more;) {
    for (int t = -range * int(n); t <= range * int(n) + 1; ++t) {
      Function f = 0;
      for (unsigned x = 0; x < 1u << n; ++x) {
        int sum = 0;
        for (unsigned i = 0; i < n; ++i) sum += x >> i & 1 ? w[i] : 0;
        f |= Function{sum >= t} << x;
      }
      found.push_back(f);
    }
    more = false;
    for (unsigned i = 0; i < n && !more; ++i) {
      more = ++w[i] <= range;
      if (!more) w[i] = -range;
    }
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

} // namespace

TEST_CASE("threshold functions are those of small integer weights") {
  // Of so few inputs weights up to n - 1 make them all: 2, 4, 14, 104, 1882.
  for (unsigned n = 0; n <= 4; ++n) CHECK(threshold_functions(n) == by_weights(n, n < 2 ? 1 : int(n) - 1));
  CHECK(threshold_functions(5).size() == 94572);
  CHECK_THROWS_AS(threshold_functions(6), std::invalid_argument);
}

TEST_CASE("costs in threshold gates") {
  for (unsigned n = 0; n <= 4; ++n) {
    const std::vector<std::uint8_t> cost = threshold_cost_table(n);
    REQUIRE(cost.size() == std::size_t{1} << (1u << n));
    CHECK(*std::max_element(cost.begin(), cost.end()) <= 3);
    CHECK(cost[0] == 0);
    CHECK(cost.back() == 0);
    for (std::size_t f = 0; f < cost.size(); ++f) CHECK(cost[f] == cost[cost.size() - 1 - f]); // complements
    const auto cheap = static_cast<std::size_t>(std::count_if(cost.begin(), cost.end(), [](int c) { return c <= 1; }));
    CHECK(cheap == threshold_functions(n).size());
  }
  CHECK(threshold_cost_table(2)[0b0110] == 2);
  CHECK(threshold_cost_table(3)[0b10010110] == 2); // parity: whether 1 or 3, by whether at least 2
  CHECK(threshold_cost_table(4)[0x6996] == 3);
  CHECK_THROWS_AS(threshold_cost_table(5), std::invalid_argument);
}
