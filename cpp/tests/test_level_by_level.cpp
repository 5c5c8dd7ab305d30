#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <vector>

#include "core/rng.hpp"
#include "trees/alignment.hpp"
#include "trees/level_by_level.hpp"
#include "trees/sibling_groups.hpp"

using namespace retrodict;

TEST_CASE("the best permutation is the first of the best") {
  Stream stream(1, 0);
  for (std::size_t q = 1; q <= 6; ++q)
    for (int round = 0; round < 200; ++round) {
      std::vector<std::int64_t> counts(q * q);
      for (auto& x : counts) x = static_cast<std::int64_t>(stream.next_u32() % (round % 2 == 0 ? 3 : 1000));
      std::vector<std::int32_t> order(q), best;
      std::iota(order.begin(), order.end(), 0);
      std::int64_t most = -1;
      do {
        std::int64_t sum = 0;
        for (std::size_t i = 0; i < q; ++i) sum += counts[i * q + static_cast<std::size_t>(order[i])];
        if (sum > most) most = sum, best = order;
      } while (std::next_permutation(order.begin(), order.end()));
      CHECK(best_permutation(counts, q) == best);
    }
}

TEST_CASE("the best permutation of many states, all equal or all different") {
  const std::size_t q = 64;
  std::vector<std::int64_t> counts(q * q, 1);
  std::vector<std::int32_t> expected(q);
  std::iota(expected.begin(), expected.end(), 0);
  CHECK(best_permutation(counts, q) == expected);
  for (std::size_t i = 0; i < q; ++i) {
    expected[i] = static_cast<std::int32_t>((5 * i + 7) % q);
    counts[i * q + (5 * i + 7) % q] = 2;
  }
  CHECK(best_permutation(counts, q) == expected);
}

TEST_CASE("cliques, then greedy groups") {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  std::vector<double> close(36, 0.1);
  const auto set = [&](std::size_t u, std::size_t v, double x) { close[u * 6 + v] = close[v * 6 + u] = x; };
  set(1, 4, 0.9);
  set(0, 2, 0.5);
  set(0, 3, 0.5);
  set(3, 5, nan);
  const SiblingGroups pairs = sibling_groups(close, 6, 2, 1);
  CHECK(pairs.members == std::vector<std::int32_t>{0, 2, 1, 4, 3, 5});
  CHECK(pairs.cliques == std::vector<std::uint8_t>{0, 1, 0});
  CHECK(pairs.across == 0.5);
  CHECK(pairs.within == -std::numeric_limits<double>::infinity());
  const SiblingGroups triples = sibling_groups(close, 6, 3, 1);
  CHECK(triples.members == std::vector<std::int32_t>{0, 1, 4, 2, 3, 5});
}

TEST_CASE("a broadcast gives its tree, and a wrong arity is refused") {
  const std::size_t n = 64, k = 700, q = 4;
  std::vector<std::uint8_t> leaves(k * n);
  for (std::size_t f = 0; f < k; ++f) {
    Stream stream(2, f);
    std::vector<std::uint8_t> states(2 * n);
    for (std::size_t v = 1; v < 2 * n; ++v)
      states[v] =
          v > 1 && stream.next_double() < 0.85 ? states[v / 2] : static_cast<std::uint8_t>(stream.next_u32() % q);
    for (std::size_t c = 0; c < n; ++c)
      leaves[f * n + c] =
          stream.next_double() < 0.05 ? std::uint8_t{255} : static_cast<std::uint8_t>((states[n + c] + c) % q);
  }
  LevelByLevelOptions options{2, true, std::nullopt, ParentRule::bp};
  const Features<std::uint8_t> features{leaves, n, q};
  const auto found = level_by_level(features, options, 2);
  for (std::size_t v = 1; v < 2 * n - 1; ++v) CHECK(found.parent[v] == static_cast<std::int32_t>((v - 1) / 2));
  CHECK(found.states.size() == k * (n - 1));
  for (const auto rule : {ParentRule::plurality, ParentRule::first_child}) {
    options.rule = rule;
    CHECK(level_by_level(features, options, 1).levels.size() == 6);
  }
  options.arity = 3;
  CHECK_THROWS_AS(level_by_level(features, options, 1), std::invalid_argument);
}
