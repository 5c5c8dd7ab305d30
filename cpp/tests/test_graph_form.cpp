#include <doctest/doctest.h>

#include <cstdint>
#include <stdexcept>
#include <vector>

#include "circuits/bdd_order.hpp"
#include "circuits/graph_form.hpp"

using namespace retrodict;

namespace {

// Circulant graphs: u and v are joined if u - v is plus or minus one of the steps.
std::vector<std::int64_t> circulant(std::size_t n, const std::vector<std::size_t>& steps) {
  std::vector<std::int64_t> adjacency(n * n);
  for (std::size_t u = 0; u < n; ++u)
    for (const std::size_t step : steps) adjacency[u * n + (u + step) % n] = adjacency[(u + step) % n * n + u] = 1;
  return adjacency;
}

TruthTable table(const GraphForm& graph) {
  std::vector<std::int64_t> values(std::size_t{1} << graph.n_vertices());
  for (std::size_t x = 0; x < values.size(); ++x) {
    unsigned twice = 0;
    for (unsigned v = 0; v < graph.n_vertices(); ++v)
      if (x >> v & 1) twice += static_cast<unsigned>(std::popcount(graph.neighbours(v) & x));
    values[x] = twice / 2 % 2;
  }
  return TruthTable(values);
}

} // namespace

TEST_CASE("diagrams of forms by linear algebra are those of their tables") {
  for (const auto& steps : {std::vector<std::size_t>{1}, {1, 2}, {2}, {1, 3}, {1, 5}, {}}) {
    const GraphForm graph(circulant(10, steps), 10);
    const ObddOrder one = minimum_form_obdd(graph, 1), other = minimum_obdd(table(graph), 2);
    CHECK(one.nodes == other.nodes);
    CHECK(one.order == other.order);
    CHECK(minimum_form_obdd(graph, 3).order == one.order);
  }
}

TEST_CASE("the width of a cycle is two, and of 64 vertices every cut has a rank") {
  CHECK(linear_rank_width(GraphForm(circulant(12, {1}), 12), 2).width == 2);
  CHECK(linear_rank_width(GraphForm(circulant(12, {}), 12), 2).width == 0);
  const GraphForm large(circulant(64, {1}), 64);
  CHECK(cut_rank(large, 0xAAAAAAAAAAAAAAAA) == 31);
  CHECK(cut_rank(large, 0xFFFFFFFF) == 2);
  CHECK(cut_rank(large, ~std::uint64_t{0}) == 0);
}

TEST_CASE("graphs are simple and not too large") {
  CHECK_THROWS_AS(GraphForm(std::vector<std::int64_t>{0, 1, 0, 0}, 2), std::invalid_argument);
  CHECK_THROWS_AS(GraphForm(std::vector<std::int64_t>{1}, 1), std::invalid_argument);
  CHECK_THROWS_AS(GraphForm(circulant(65, {}), 65), std::invalid_argument);
  CHECK_THROWS_AS(linear_rank_width(GraphForm(circulant(27, {}), 27), 1), std::invalid_argument);
}
