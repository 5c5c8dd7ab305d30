#include <doctest/doctest.h>

#include <cmath>
#include <numeric>
#include <stdexcept>
#include <vector>

#include "core/rng.hpp"
#include "trees/buneman.hpp"
#include "trees/distances.hpp"
#include "trees/neighbor_joining.hpp"
#include "trees/quartets.hpp"
#include "trees/splits.hpp"

using namespace retrodict;

namespace {

// A tree in which every inner node but the root has two children; the root has three.
std::vector<std::int32_t> random_parents(std::size_t n_leaves, Stream& stream) {
  std::vector<std::int32_t> parent{-1, 0, 0, 0}, leaves{1, 2, 3};
  while (leaves.size() < n_leaves) {
    const auto place = static_cast<std::size_t>(stream.next_double() * static_cast<double>(leaves.size()));
    const std::int32_t v = leaves[place];
    leaves[place] = static_cast<std::int32_t>(parent.size());
    leaves.push_back(leaves[place] + 1);
    parent.insert(parent.end(), {v, v});
  }
  return parent;
}

// Distances of its leaves where edges have the lengths 1, 2 or 3.
std::vector<double> additive(const Tree& tree, Stream& stream) {
  const std::size_t n = tree.n_leaves(), nodes = tree.n_nodes();
  std::vector<double> length(nodes), distances(n * n);
  for (auto& x : length) x = 1 + std::floor(3 * stream.next_double());
  for (std::size_t i = 0; i < n; ++i) {
    std::vector<double> to(nodes, -1);
    double sum = 0;
    for (auto v = static_cast<std::size_t>(tree.leaves()[i]);; v = static_cast<std::size_t>(tree.parent()[v])) {
      to[v] = sum;
      if (v == 0) break;
      sum += length[v];
    }
    for (std::size_t v = 1; v < nodes; ++v)
      if (to[v] < 0) to[v] = to[static_cast<std::size_t>(tree.parent()[v])] + length[v];
    for (std::size_t j = 0; j < n; ++j) distances[i * n + j] = to[static_cast<std::size_t>(tree.leaves()[j])];
  }
  return distances;
}

} // namespace

TEST_CASE("additive distances give their tree, whatever the threads") {
  Stream stream(1, 0);
  for (const std::size_t n : {3, 4, 5, 17, 64, 150}) {
    const Tree tree(random_parents(n, stream));
    const std::vector<double> distances = additive(tree, stream);
    const JoinedTree found = neighbor_joining(distances, n, 1);
    std::vector<std::int32_t> columns(n);
    std::iota(columns.begin(), columns.end(), 0);
    const SplitCounts counts = count_splits(Tree(found.parent), tree, columns);
    CHECK(counts.first == n - 3);
    CHECK(counts.second == n - 3);
    CHECK(counts.shared == n - 3);
    CHECK(neighbor_joining(distances, n, 3).lengths == found.lengths);
  }
}

TEST_CASE("what are no distances") {
  std::vector<double> distances(9, 1.0);
  CHECK_THROWS_AS(neighbor_joining(distances, 3, 1), std::invalid_argument);
  for (const std::size_t i : {0, 4, 8}) distances[i] = 0;
  CHECK(neighbor_joining(distances, 3, 1).lengths == std::vector<double>{0, 0.5, 0.5, 0.5});
  distances[1] = 2;
  CHECK_THROWS_AS(neighbor_joining(distances, 3, 1), std::invalid_argument);
  CHECK_THROWS_AS(neighbor_joining(std::span(distances).first(4), 2, 1), std::invalid_argument);
}

TEST_CASE("columns are a permutation") {
  const Tree star({-1, 0, 0, 0});
  const std::vector<std::int32_t> twice{0, 1, 1}, beyond{0, 1, 3}, few{0, 1};
  for (const auto& columns : {twice, beyond, few})
    CHECK_THROWS_AS(count_splits(star, star, columns), std::invalid_argument);
}

TEST_CASE("distances are the same whatever the type and the threads, and gaps are features that are not there") {
  constexpr std::size_t n_leaves = 37, q = 3;
  for (const std::size_t n : {0, 1, 63, 64, 200}) {
    Stream stream(2, n);
    std::vector<std::uint8_t> bytes(n * n_leaves);
    for (auto& x : bytes) x = static_cast<std::uint8_t>(3 * stream.next_double());
    std::vector<std::uint8_t> more = bytes;
    more.resize((n + 5) * n_leaves, 255);
    const std::vector<std::uint16_t> words(bytes.begin(), bytes.end());
    constexpr std::size_t size = n_leaves * n_leaves;
    std::vector<double> a(size), b(size), c(size);
    std::vector<std::uint8_t> capped(size), same(size);
    for (const bool log_det : {false, true}) {
      const auto of_bytes = log_det ? log_det_distances<std::uint8_t> : correlation_distances<std::uint8_t>;
      const auto of_words = log_det ? log_det_distances<std::uint16_t> : correlation_distances<std::uint16_t>;
      of_bytes({bytes, n_leaves, q}, 9, 1, {a, capped});
      of_words({words, n_leaves, q}, 9, 2, {b, same});
      CHECK(a == b);
      CHECK(capped == same);
      of_bytes({more, n_leaves, q}, 9, 1, {c, same});
      CHECK(a == c);
    }
  }
}

TEST_CASE("the Buneman tree of additive distances is their tree, whose quartets are all theirs") {
  Stream stream(3, 0);
  for (const std::size_t n : {3, 4, 5, 17, 40}) {
    const Tree tree(random_parents(n, stream));
    const std::vector<double> distances = additive(tree, stream);
    std::vector<std::int32_t> columns(n);
    std::iota(columns.begin(), columns.end(), 0);
    for (const std::size_t threads : {1, 3}) {
      const BunemanTree found = buneman_tree(distances, n, threads);
      const SplitCounts counts = count_splits(Tree(found.parent), tree, columns);
      CHECK(counts.first == n - 3);
      CHECK(counts.shared == n - 3);
      const QuartetCounts quartets = compare_quartets(edges_between(tree, columns), distances, n, threads);
      CHECK(quartets.first == n * (n - 1) * (n - 2) * (n - 3) / 24);
      CHECK(quartets.alike == quartets.first);
      CHECK(quartets.different == 0);
    }
  }
}

TEST_CASE("quartets of taxa that are not there are refused") {
  const std::vector<double> distances(25, 0.0);
  std::vector<std::int8_t> partner(1);
  std::vector<double> gap(1);
  for (const std::vector<std::int64_t>& quartet : {std::vector<std::int64_t>{0, 1, 2, 5}, {0, 1, 2, -1}, {0, 1, 2, 1}})
    CHECK_THROWS_AS(four_point(distances, 5, quartet, 1, {partner, gap}), std::invalid_argument);
  four_point(distances, 5, std::vector<std::int64_t>{0, 1, 2, 3}, 1, {partner, gap});
  CHECK(partner[0] == 0);
}
