#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <random>
#include <stdexcept>

#include "bp/one_sample.hpp"
#include "bp/schedule.hpp"
#include "bp/tree_bp.hpp"
#include "core/rng.hpp"
#include "core/wide.hpp"

using namespace retrodict;

namespace {

std::vector<SimdLevel> levels_here() {
  std::vector<SimdLevel> levels;
  for (const auto level : {SimdLevel::baseline, SimdLevel::v3, SimdLevel::v4})
    if (level <= simd_level()) levels.push_back(level);
  return levels;
}

std::vector<double> random_channels(std::size_t n_nodes, std::size_t q, Stream& stream) {
  std::vector<double> channels(n_nodes * q * q);
  for (std::size_t row = 0; row < n_nodes * q; ++row) {
    double sum = 0;
    for (std::size_t j = 0; j < q; ++j) sum += channels[row * q + j] = stream.next_double();
    for (std::size_t j = 0; j < q; ++j) channels[row * q + j] /= sum;
  }
  return channels;
}

struct Result {
  std::vector<double> log_evidence, root, nodes;
  bool operator==(const Result&) const = default;
};

Result run(const Tree& tree, const std::vector<double>& channels, Leaves::Entries entries, std::size_t n, std::size_t q,
           bool nodes, SimdLevel level) {
  const Channels model(tree, channels, q, channels.size() == q * q, {});
  const Leaves leaves = Leaves::unread(entries, n, tree.n_leaves(), q);
  Result result{std::vector<double>(n), std::vector<double>(n * q), {}};
  if (nodes) result.nodes.resize(n * (tree.n_nodes() - tree.n_leaves()) * q);
  marginals(tree, model, leaves, 2, {result.log_evidence, result.root, result.nodes}, level);
  return result;
}

// Each sample on its own, in numbers without bounds.
Result alone(const Tree& tree, const std::vector<double>& channels, Leaves::Entries entries, std::size_t n,
             std::size_t q) {
  const Channels model(tree, channels, q, channels.size() == q * q, {});
  const Leaves leaves(entries, n, tree.n_leaves(), q, 1);
  const Schedule schedule(tree);
  OneSample messages(tree, model, schedule, leaves);
  Result result;
  std::vector<double> law(q);
  for (std::size_t s = 0; s < n; ++s) {
    messages.upward(s);
    messages.downward();
    result.log_evidence.push_back(log(messages.evidence()));
    messages.root(law);
    result.root.insert(result.root.end(), law.begin(), law.end());
    for (std::size_t v = 0; v < tree.n_nodes(); ++v) {
      if (tree.leaf_index(v) >= 0) continue;
      messages.marginal(v, law);
      result.nodes.insert(result.nodes.end(), law.begin(), law.end());
    }
  }
  return result;
}

} // namespace

TEST_CASE("wide numbers are doubles without bounds on the exponent") {
  Stream stream(1, 0);
  for (int k = 0; k < 1000; ++k) {
    const double a = stream.next_double(), b = stream.next_double() * std::ldexp(1, k % 90 - 45),
                 c = stream.next_double();
    const Wide product = wide(a) * wide(b), sum = fma(wide(a), wide(b), wide(c));
    CHECK(std::ldexp(product.m, static_cast<int>(product.e)) == a * b);
    CHECK(std::ldexp(sum.m, static_cast<int>(sum.e)) == std::fma(a, b, c));
    // The same far from the range of doubles.
    const Wide low = fma(wide(a, -5000), wide(b, 1000), wide(c, -4000));
    CHECK(low.m == sum.m);
    CHECK(low.e == sum.e - 4000);
    CHECK((wide(a) < wide(c)) == (a < c));
    CHECK(std::abs(log(wide(a, -2000)) - (std::log(a) - 2000 * std::numbers::ln2)) < 1e-12);
  }
  CHECK(fma(Wide{}, wide(2), wide(3, -9000)).e == -8999);
  CHECK(fma(wide(1, -9000), wide(1), Wide{}).e == -9000);
  // 1 + 2^-53 is halfway between doubles: whatever is above it decides, however small.
  CHECK(fma(wide(1), wide(1 + 0x1p-52), wide(0x1p-53)).m == 1 + 0x1p-51);
  CHECK((wide(321) * wide(28059810762433)).m == 1); // 2^53 + 1
  CHECK(fma(wide(321), wide(28059810762433), wide(1, -100000)).m == 1 + 0x1p-52);
  CHECK(fma(wide(1, -100000), wide(1), wide(1.5)).m == 1.5);
  CHECK(std::isinf(log(Wide{})));
  CHECK(log(wide(1)) == 0);
  CHECK(log(wide(1 - 0x1p-53)) == std::log(1 - 0x1p-53));
  CHECK(Wide{} < wide(1, -9000));
  CHECK(!(wide(1, -9000) < Wide{}));
  CHECK(scaled(wide(1.5, -9000), -8999) == 0.75);
  CHECK(scaled(wide(1.5, -9000), 0) == 0);
}

TEST_CASE("the schedule holds few messages") {
  // A caterpillar whose leaves come first: in the order of ids the walk would hold one message a level.
  std::vector<std::int32_t> parent{-1};
  for (std::int32_t v = 1; v < 2000; ++v) parent.push_back((v - 1) / 2 * 2);
  const Tree tree(parent);
  const Schedule schedule(tree);
  for (std::size_t v = 0; v + 4 < 2000; v += 2) {
    REQUIRE(schedule.children(v).size() == 2);
    CHECK(schedule.children(v)[0] == static_cast<std::int32_t>(v + 2)); // the deep one, then the leaf
    CHECK(schedule.children(v)[1] == static_cast<std::int32_t>(v + 1));
  }
}

TEST_CASE("the same bits on every instruction set, in a tile and alone") {
  for (const std::size_t q : {2, 3, 4, 5, 33})
    for (const bool all_seen : {false, true}) {
      const bool shared = (q + all_seen) % 2 == 0;
      Stream stream(q, shared);
      std::vector<std::int32_t> parent{-1};
      for (std::int32_t v = 1; v < 301; ++v)
        parent.push_back(v < 7 ? v - 1 : static_cast<std::int32_t>(stream.next_u32() % static_cast<unsigned>(v)));
      const Tree tree(parent);
      const auto channels = random_channels(shared ? 1 : tree.n_nodes(), q, stream);
      const std::size_t n = q == 33 ? 40 : 450; // more than a tile
      std::vector<std::uint8_t> states(n * tree.n_leaves());
      std::vector<std::uint16_t> wide_states;
      std::vector<double> likelihoods;
      for (std::size_t at = 0; at < states.size(); ++at) {
        const bool missing = !all_seen && at % tree.n_leaves() % 5 == 0 && stream.next_u32() % 10 == 0;
        const auto state = static_cast<std::uint8_t>(stream.next_u32() % q);
        states[at] = missing ? 255 : state;
        wide_states.push_back(missing ? 65535 : state);
        for (std::size_t i = 0; i < q; ++i) likelihoods.push_back(missing || state == i ? 1 : 0);
      }
      const Result expected = alone(tree, channels, std::span<const std::uint8_t>(states), n, q);
      for (const auto level : levels_here())
        for (const Leaves::Entries& entries : {Leaves::Entries(std::span<const std::uint8_t>(states)),
                                               Leaves::Entries(std::span<const std::uint16_t>(wide_states)),
                                               Leaves::Entries(std::span<const double>(likelihoods))}) {
          CAPTURE(q);
          CAPTURE(name_of(level));
          CHECK(run(tree, channels, entries, n, q, true, level) == expected);
          const Result root_only = run(tree, channels, entries, n, q, false, level);
          CHECK(root_only.log_evidence == expected.log_evidence);
          CHECK(root_only.root == expected.root);
        }
    }
}

TEST_CASE("single precision: the same bits on every instruction set, near to double precision") {
  for (const std::size_t q : {2, 3, 20, 33}) {
    Stream stream(q, 7);
    std::vector<std::int32_t> parent{-1};
    for (std::int32_t v = 1; v < 301; ++v)
      parent.push_back(static_cast<std::int32_t>(stream.next_u32() % static_cast<unsigned>(v)));
    const Tree tree(parent);
    const auto channels = random_channels(tree.n_nodes(), q, stream);
    const std::size_t n = 70;
    std::vector<std::uint8_t> states(n * tree.n_leaves());
    for (auto& state : states)
      state = stream.next_u32() % 10 == 0 ? 255 : static_cast<std::uint8_t>(stream.next_u32() % q);
    const Channels model(tree, channels, q, false, {});
    const Leaves leaves(std::span<const std::uint8_t>(states), n, tree.n_leaves(), q, 1);
    std::vector<double> in_double(n), first;
    marginals(tree, model, leaves, 1, {in_double, {}, {}});
    for (const auto level : levels_here()) {
      std::vector<double> found(n);
      log_evidence_single(tree, model, leaves, 2, found, level);
      for (std::size_t s = 0; s < n; ++s) CHECK(std::abs(found[s] - in_double[s]) < 1e-4);
      CHECK(found != in_double);
      if (first.empty()) first = found;
      CHECK(found == first);
    }
  }
}

TEST_CASE("leaves are refused by name") {
  const std::vector<std::uint8_t> states{0, 1, 255, 2};
  CHECK_THROWS_WITH_AS(Leaves(std::span<const std::uint8_t>(states), 2, 2, 2, 1),
                       "leaves[1, 1] = 2: a state is below 2, or 255 for unobserved", std::invalid_argument);
  const Leaves leaves(std::span<const std::uint8_t>(states), 2, 2, 3, 1);
  CHECK(leaves.missing(0));
  CHECK(!leaves.missing(1));
}
