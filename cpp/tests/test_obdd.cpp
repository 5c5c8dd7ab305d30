#include <doctest/doctest.h>

#include <bit>
#include <cstdint>
#include <stdexcept>
#include <vector>

#include "circuits/bdd_order.hpp"

using namespace retrodict;

namespace {

TruthTable hidden_weighted_bit(unsigned n) {
  std::vector<std::int64_t> table(std::size_t{1} << n);
  for (std::size_t x = 1; x < table.size(); ++x) table[x] = x >> (std::popcount(x) - 1) & 1;
  return TruthTable(table);
}

} // namespace

TEST_CASE("the least diagrams of the hidden weighted bit") {
  const std::vector<std::size_t> nodes{1, 3, 7, 14, 21, 31, 44, 61, 80};
  for (unsigned n = 2; n <= 10; ++n) {
    const TruthTable table = hidden_weighted_bit(n);
    const ObddOrder one = minimum_obdd(table, 1), three = minimum_obdd(table, 3);
    CHECK(one.nodes == nodes[n - 2]);
    CHECK(one.order == three.order);
    CHECK(obdd_size(table, std::vector<std::int64_t>(one.order.begin(), one.order.end())) == one.nodes);
  }
}

TEST_CASE("the sizes where numbers are 16 bits wide") {
  std::vector<std::int64_t> table(std::size_t{1} << 16);
  std::uint64_t state = 1;
  for (auto& value : table) value = (state = state * 6364136223846793005u + 1442695040888963407u) >> 63;
  const TruthTable function(table);
  const ObddOrder best = minimum_obdd(function, 2), sifted = sift(function);
  CHECK(best.nodes <= sifted.nodes);
  CHECK(obdd_size(function, std::vector<std::int64_t>(best.order.begin(), best.order.end())) == best.nodes);
  CHECK(obdd_size(function, std::vector<std::int64_t>(sifted.order.begin(), sifted.order.end())) == sifted.nodes);
}

TEST_CASE("constants and literals have no or one node") {
  CHECK(minimum_obdd(TruthTable(std::vector<std::int64_t>{1}), 1).nodes == 0);
  CHECK(sift(TruthTable(std::vector<std::int64_t>{1})).nodes == 0);
  CHECK(minimum_obdd(TruthTable(std::vector<std::int64_t>{1, 1, 1, 1}), 1).nodes == 0);
  CHECK(minimum_obdd(TruthTable(std::vector<std::int64_t>{0, 0, 1, 1}), 1).nodes == 1);
  CHECK_THROWS_AS(TruthTable(std::vector<std::int64_t>{0, 1, 1}), std::invalid_argument);
}
