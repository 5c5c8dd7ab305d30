#include <doctest/doctest.h>

#include "circuits/search.hpp"

using namespace retrodict;

namespace {

std::vector<std::int64_t> rows(std::initializer_list<std::uint64_t> functions, unsigned n) {
  std::vector<std::int64_t> tables;
  for (const std::uint64_t f : functions)
    for (unsigned x = 0; x < 1u << n; ++x) tables.push_back(static_cast<std::int64_t>(f >> x & 1));
  return tables;
}

} // namespace

TEST_CASE("inputs as words") {
  CHECK(all_points(0) == 1);
  CHECK(input_word(0, 1) == 2);
  CHECK(input_word(1, 4) == 0xCCCC);
  CHECK(input_word(5, 6) == 0xFFFFFFFF00000000);
}

TEST_CASE("smallest circuits of words of each width") {
  // 0xE678 takes 7 gates (Knuth, TAOCP 4A, 7.1.2); each further input joined by a gate takes one more.
  CHECK(minimum_circuit(OutputTables(rows({0xE678}, 4), 1), {}).lower == 7);
  CHECK(minimum_circuit(OutputTables(rows({0x06900000}, 5), 1), {}).lower == 5);
  CHECK(minimum_circuit(OutputTables(rows({0x0690F96F069}, 6), 1), {.max_gates = 4}).lower == 5);
  CHECK(minimum_circuit(OutputTables(rows({0xE8, 0x96}, 3), 2), {.with_xor = true, .threads = 3}).lower == 5);
}

TEST_CASE("a search in tasks on several threads, interrupted or not") {
  const OutputTables present(rows({0x659A, 0xA74C, 0x3687, 0x0ED9}, 4), 4);
  const SearchResult limited = minimum_circuit(present, {.max_gates = 8, .threads = 3});
  CHECK(limited.lower == 9);
  CHECK(!limited.interrupted);
  const SearchResult timed = minimum_circuit(present, {.seconds = 1e-3, .threads = 2});
  CHECK(timed.interrupted);
  CHECK(!timed.circuit);
  const OutputTables skinny(rows({0xCD94, 0xE1E2, 0xFC03, 0xAAA5}, 4), 4);
  const SearchResult one = minimum_circuit(skinny, {.threads = 1}), four = minimum_circuit(skinny, {.threads = 4});
  REQUIRE(one.circuit);
  REQUIRE(four.circuit);
  CHECK(one.circuit->gates == four.circuit->gates);
}
