// The streams of consecutive replicas, drawn from in step: what Stream gives one replica at a time, a vector at a time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace retrodict {

class StreamTile {
 public:
  static constexpr std::size_t size = 64;
  using Words = std::array<std::uint64_t, size>;

  StreamTile(std::uint64_t seed, std::uint64_t first) : seed_(seed), first_(first) {}

  // Entry k is the next word of Stream(seed, first + k).
  const Words& next_u64() {
    if (drawn_++ % 2 == 0) refill();
    return words_[(drawn_ - 1) % 2];
  }

 private:
  void refill();

  std::uint64_t seed_, first_, drawn_ = 0;
  std::array<Words, 2> words_; // the two words of the present Philox block
};

} // namespace retrodict
