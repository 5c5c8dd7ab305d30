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

// Its 32-bit words are kept in 64-bit lanes, which is what compilers turn into the widening multiplication of vectors.
constexpr PhiloxBlock philox(PhiloxBlock counter, std::array<std::uint32_t, 2> key) {
  constexpr std::uint64_t low = 0xffffffff;
  std::uint64_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3], k0 = key[0], k1 = key[1];
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t left = 0xD2511F53 * (c0 & low), right = 0xCD9E8D57 * (c2 & low);
    c0 = (right >> 32) ^ c1 ^ k0;
    c1 = right & low;
    c2 = (left >> 32) ^ c3 ^ k1;
    c3 = left & low;
    k0 = (k0 + 0x9E3779B9) & low;
    k1 = (k1 + 0xBB67AE85) & low;
  }
  return {static_cast<std::uint32_t>(c0), static_cast<std::uint32_t>(c1), static_cast<std::uint32_t>(c2),
          static_cast<std::uint32_t>(c3)};
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
