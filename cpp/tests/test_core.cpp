#include <doctest/doctest.h>

#include <atomic>
#include <stdexcept>
#include <vector>

#include "core/parallel.hpp"
#include "core/rng.hpp"
#include "graphs/tree.hpp"

using namespace retrodict;

TEST_CASE("Philox4x32-10 gives the published known answers") {
  // Random123, kat_vectors.
  CHECK(philox({0, 0, 0, 0}, {0, 0}) == PhiloxBlock{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  CHECK(philox({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}) ==
        PhiloxBlock{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
        PhiloxBlock{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("blocks cover the range once, whatever the threads") {
  for (const std::size_t threads : {1, 2, 5})
    for (const std::size_t n : {0, 1, 7, 64, 1000}) {
      std::vector<std::atomic<int>> seen(n);
      for_blocks(n, 7, threads, [&](std::size_t begin, std::size_t end, std::size_t worker) {
        CHECK(worker < worker_count(n, 7, threads));
        for (std::size_t i = begin; i < end; ++i) ++seen[i];
      });
      for (const auto& count : seen) CHECK(count == 1);
    }
}

TEST_CASE("an exception in a block reaches the caller") {
  CHECK_THROWS_AS(for_blocks(100, 1, 3,
                             [](std::size_t begin, std::size_t, std::size_t) {
                               if (begin == 50) throw std::runtime_error("stop");
                             }),
                  std::runtime_error);
}

TEST_CASE("a tree knows its children and leaves") {
  const Tree tree({-1, 0, 0, 1, 1});
  CHECK(tree.n_leaves() == 3);
  CHECK(tree.children(0).size() == 2);
  CHECK(tree.children(1)[1] == 4);
  CHECK(tree.leaf_index(1) == -1);
  CHECK(tree.leaf_index(2) == 0);
  CHECK_THROWS_AS(Tree({-1, 1}), std::invalid_argument);
}
