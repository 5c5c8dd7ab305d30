// Counter-based randomness: replica i of a seed is a stream of its own, so a sample depends neither on the
// threads, nor on the batch, nor on the samples before it.
//
// Philox4x32-10: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC 2011). The key is the
// seed, the counter is (block, replica).
#pragma once

#include <array>
#include <cstdint>

namespace retrodict {

using PhiloxBlock = std::array<std::uint32_t, 4>;

constexpr PhiloxBlock philox(PhiloxBlock counter, std::array<std::uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t left = std::uint64_t{0xD2511F53} * counter[0];
    const std::uint64_t right = std::uint64_t{0xCD9E8D57} * counter[2];
    counter = {static_cast<std::uint32_t>(right >> 32) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(right),
               static_cast<std::uint32_t>(left >> 32) ^ counter[3] ^ key[1], static_cast<std::uint32_t>(left)};
    key[0] += 0x9E3779B9;
    key[1] += 0xBB67AE85;
  }
  return counter;
}

class Stream {
 public:
  constexpr Stream(std::uint64_t seed, std::uint64_t replica) : seed_(seed), replica_(replica) {}

  constexpr std::uint32_t next_u32() {
    if (used_ == 4) {
      buffer_ = philox({static_cast<std::uint32_t>(block_), static_cast<std::uint32_t>(block_ >> 32),
                        static_cast<std::uint32_t>(replica_), static_cast<std::uint32_t>(replica_ >> 32)},
                       {static_cast<std::uint32_t>(seed_), static_cast<std::uint32_t>(seed_ >> 32)});
      ++block_;
      used_ = 0;
    }
    return buffer_[used_++];
  }

  constexpr std::uint64_t next_u64() {
    const std::uint64_t low = next_u32();
    return low | (static_cast<std::uint64_t>(next_u32()) << 32);
  }

  // Uniform on the multiples of 2^-53 in [0, 1).
  constexpr double next_double() { return static_cast<double>(next_u64() >> 11) * 0x1.0p-53; }

 private:
  std::uint64_t seed_, replica_, block_ = 0;
  PhiloxBlock buffer_{};
  unsigned used_ = 4;
};

} // namespace retrodict
