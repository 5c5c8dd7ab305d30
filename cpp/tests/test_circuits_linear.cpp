#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <stdexcept>
#include <vector>

#include "circuits/linear.hpp"
#include "core/parallel.hpp"

using namespace retrodict;

namespace {

LinearMap map_of(const std::vector<std::uint32_t>& rows, unsigned n) {
  std::vector<std::int64_t> entries;
  for (const std::uint32_t row : rows)
    for (unsigned j = 0; j < n; ++j) entries.push_back(row >> j & 1);
  return LinearMap(rows.size(), n, entries);
}

std::vector<std::uint32_t> family(unsigned n, unsigned k) {
  std::vector<std::uint32_t> rows;
  for (unsigned i = 0; i + 1 < n; ++i) rows.push_back(3u << i);
  rows.push_back(1u | 1u << k | 1u << (n - 1));
  return rows;
}

} // namespace

TEST_CASE("the table of all sets of vectors and the search agree") {
  CHECK(xor_cost_table(0) == std::vector<std::uint8_t>{0});
  CHECK(xor_cost_table(1) == std::vector<std::uint8_t>{0});
  CHECK(xor_cost_table(3) == std::vector<std::uint8_t>{0, 1, 1, 2, 1, 2, 2, 3, 2, 2, 2, 3, 2, 3, 3, 4});
  const std::vector<std::uint8_t> table = xor_cost_table(4);
  std::vector<std::uint32_t> vectors;
  for (std::uint32_t v = 1; v < 16; ++v)
    if (!std::has_single_bit(v)) vectors.push_back(v);
  for (std::size_t set = 0; set < table.size(); set += 5) {
    std::vector<std::uint32_t> rows;
    for (std::size_t j = 0; j < vectors.size(); ++j)
      if (set >> j & 1) rows.push_back(vectors[j]);
    const XorCost cost = xor_cost(map_of(rows, 4), 100000);
    CHECK(cost.complete);
    CHECK(cost.program.size() == table[set]);
    CHECK(cost.lower == table[set]);
  }
  CHECK_THROWS_AS(xor_cost_table(6), std::invalid_argument);
}

TEST_CASE("programs make the rows, and a search that is stopped says so") {
  for (unsigned n = 3; n <= 16; ++n) {
    const LinearMap map = map_of(family(n, n / 2), n);
    for (const std::uint64_t visits : {0u, 50u, 100000u}) {
      const XorCost cost = xor_cost(map, visits);
      std::vector<std::uint32_t> made;
      for (unsigned i = 0; i < n; ++i) made.push_back(1u << i);
      for (const auto& [a, b] : cost.program) made.push_back(made.at(a) ^ made.at(b));
      for (const std::uint32_t row : map.rows()) CHECK(std::find(made.begin(), made.end(), row) != made.end());
      CHECK(cost.lower <= cost.program.size());
      CHECK(cost.complete == (cost.lower == cost.program.size()));
      CHECK(cost.visits <= visits);
    }
  }
}

TEST_CASE("what is no matrix is refused, and a poll stops the search") {
  CHECK_THROWS_AS(map_of({}, 17), std::invalid_argument);
  CHECK_THROWS_AS(map_of({}, 0), std::invalid_argument);
  CHECK_THROWS_AS(map_of(std::vector<std::uint32_t>(65), 2), std::invalid_argument);
  CHECK_THROWS_AS(LinearMap(1, 2, std::vector<std::int64_t>{0, 2}), std::invalid_argument);
  std::vector<std::uint32_t> dense; // the rows of the inverse of the family at 15, 7 would do as well
  for (std::uint32_t i = 0; i < 16; ++i) dense.push_back(0xFFFFu ^ (i * 2654435761u >> 16));
  const PollScope scope([](double) { throw std::runtime_error("stop"); });
  CHECK_THROWS_AS(xor_cost(map_of(dense, 16), std::uint64_t{1} << 40), std::runtime_error);
}
