#include <doctest/doctest.h>

#include <stdexcept>
#include <vector>

#include "core/rng.hpp"
#include "core/rng_tile.hpp"
#include "trees/broadcast.hpp"
#include "trees/estimators.hpp"

using namespace retrodict;

TEST_CASE("a tile of streams is its streams, past the carry of the replica's low word too") {
  for (const std::uint64_t first : {std::uint64_t{0}, std::uint64_t{0xffffffe0}, ~std::uint64_t{0} - 70}) {
    StreamTile tile(0x123456789abcdef0, first);
    std::vector<Stream> streams;
    for (std::size_t k = 0; k < StreamTile::size; ++k) streams.emplace_back(0x123456789abcdef0, first + k);
    for (int draw = 0; draw < 5; ++draw) {
      const auto& words = tile.next_u64();
      for (std::size_t k = 0; k < StreamTile::size; ++k) CHECK(words[k] == streams[k].next_u64());
    }
  }
}

TEST_CASE("identity channels copy the root, whatever the threads") {
  const Tree tree({-1, 0, 0, 1, 1});
  const std::vector<double> identity = {1, 0, 0, 0, 1, 0, 0, 0, 1};
  const Channels channels(tree, identity, 3, true, {});
  std::vector<std::uint8_t> one(1000 * tree.n_nodes()), two(one.size()), leaves(1000 * tree.n_leaves());
  broadcast<std::uint8_t>(tree, channels, 4, 7, false, 1, one);
  broadcast<std::uint8_t>(tree, channels, 4, 7, false, 3, two);
  broadcast<std::uint8_t>(tree, channels, 4, 7, true, 2, leaves);
  CHECK(one == two);
  for (std::size_t i = 0; i < 1000; ++i) {
    for (std::size_t v = 0; v < 5; ++v) CHECK(one[5 * i + v] == one[5 * i]);
    CHECK(leaves[3 * i + 2] == one[5 * i + 4]);
  }
}

TEST_CASE("census and recursive majority") {
  const Tree tree({-1, 0, 0, 1, 1, 1, 2, 2});
  const std::vector<std::uint8_t> leaves = {0, 1, 1, 1, 255, /**/ 0, 2, 255, 255, 255, /**/ 0, 0, 1, 1, 1};
  CHECK(census<std::uint8_t>(leaves, 3, 3, 1) == std::vector<std::int32_t>{1, 3, 0, 1, 0, 1, 2, 3, 0});
  CHECK(recursive_majority<std::uint8_t>(tree, leaves, std::nullopt, 0, 1) == std::vector<std::uint8_t>{1, 255, 255});
  CHECK_THROWS_AS(census<std::uint8_t>(leaves, 3, 2, 1), std::invalid_argument);
}
