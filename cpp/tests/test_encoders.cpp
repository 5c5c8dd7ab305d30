#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

#include "core/rng.hpp"
#include "encoders/gaussian.hpp"
#include "encoders/unrolled.hpp"

using namespace retrodict;

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

DenseMatrix matrix(std::size_t rows, std::size_t columns, std::vector<double> entries) {
  return {rows, columns, std::move(entries)};
}

// z + sin(C z) / 2 in each coordinate of two, then a layer of two units.
std::vector<BlockParts> blocks() {
  return {{matrix(2, 2, {1, 0, 0, 1}),
           matrix(2, 2, {0.5, 0, 0, 0.5}),
           matrix(2, 2, {1, 0.25, 0, 1}),
           {Activation::sine, Activation::sine},
           {0, 0},
           {0, 0}},
          {{},
           matrix(2, 2, {1, 0.5, 0, 1}),
           matrix(2, 2, {1, 0, 0.5, 1}),
           {Activation::tanh, Activation::softplus},
           {0.1, 0},
           {0, 0.2}}};
}

std::vector<SimdLevel> levels() {
  std::vector<SimdLevel> found;
  for (const SimdLevel level : {SimdLevel::baseline, SimdLevel::v3, SimdLevel::v4})
    if (level <= simd_level()) found.push_back(level);
  return found;
}

} // namespace

TEST_CASE("words of many replicas are those of their streams, past the carry of the replica's low half") {
  for (const std::uint64_t replica : {std::uint64_t{0}, std::uint64_t{0xfffffffe}, std::uint64_t{1} << 60}) {
    simd::Unsigned<2> lanes{replica, replica + 1};
    for (std::uint64_t l = 0; l < 2; ++l) {
      Stream stream(0x123456789abcdef0, replica + l);
      for (std::uint64_t block = 0; block < 3; ++block) {
        const auto words = philox_words<2>(0x123456789abcdef0, block, lanes);
        CHECK(words.first[l] == stream.next_u64());
        CHECK(words.second[l] == stream.next_u64());
      }
    }
  }
}

TEST_CASE("every processor and any number of threads draw the same bits") {
  const Network network(blocks());
  std::vector<double> x;
  for (int i = 0; i < 2 * 75; ++i) x.push_back(std::sin(i));
  for (const bool corrected : {false, true}) {
    const Steps steps{5, 40, 0.1, 0.5, 4, 0.02, 0.2, corrected};
    std::vector<double> first;
    for (const SimdLevel level : levels())
      for (const std::size_t threads : {1, 3}) {
        std::vector<double> z(3 * x.size());
        std::vector<std::int64_t> accepted(corrected ? 225 : 0);
        unrolled(network, steps, {7, 5}, x, 3, threads, level, z, accepted, {});
        if (first.empty()) first = z;
        CHECK(z == first);
        for (const std::int64_t count : accepted) CHECK((count > 0 && count <= 40));
      }
  }
}

TEST_CASE("a network says which part of it is wrong") {
  const auto broken = [](auto change) {
    auto parts = blocks();
    change(parts);
    return Network(std::move(parts));
  };
  CHECK_THROWS_WITH_AS(Network({}), "blocks is empty: must have a block", std::invalid_argument);
  CHECK_THROWS_WITH_AS(broken([](auto& b) { b[0].out.entries[1] = not_a_number; }),
                       "blocks[0].out[0, 1] = nan: entries must be finite", std::invalid_argument);
  CHECK_THROWS_WITH_AS(broken([](auto& b) { b[1].shift.pop_back(); }), "blocks[1].shift has 1 entries: it must have 2",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(broken([](auto& b) { b[1].inner = {}; }),
                       "blocks[1]: a block has both out and inner, or neither", std::invalid_argument);
  CHECK_THROWS_WITH_AS(broken([](auto& b) { b[0].skip = matrix(1, 2, {1, 0}); }),
                       "blocks[0].skip has shape (1, 2): out and inner need (2, 2)", std::invalid_argument);
  CHECK_THROWS_WITH_AS(broken([](auto& b) { b.push_back({matrix(1, 2, {1, 0}), {}, {}, {}, {}, {0}}); }),
                       "blocks[2] gives 1 numbers, blocks[0] takes 2", std::invalid_argument);
}

TEST_CASE("steps that are no numbers are refused, and what diverges is named") {
  const Network network(blocks());
  std::vector<double> z(2);
  const std::vector<double> x{0.5, 1};
  const auto run = [&](const Steps& steps) {
    unrolled(network, steps, {1, 0}, x, 1, 1, SimdLevel::baseline, z, {}, {});
  };
  CHECK_THROWS_WITH_AS(run({1, 1, not_a_number, 0, 1, 1, 1, false}),
                       "descent_step = nan: must be finite and not negative", std::invalid_argument);
  CHECK_THROWS_WITH_AS(run({0, 50, 1, 0, 1, 1e300, 1e150, false}),
                       "z of row 0 is no longer finite after Langevin step 2: langevin_step = 1e+300 may be too large",
                       std::invalid_argument);
}
