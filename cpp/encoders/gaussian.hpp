// Standard Gaussians of many replicas at a time, by Box and Muller from the words of each replica's stream.
//
// Block b of Stream(seed, replica) has two 64-bit words v, w. With u = 1 - floor(v / 2^12) 2^-52 in (0, 1] and
// a = floor(w / 2^12) 2^-52 in [0, 1), Gaussians 2 b and 2 b + 1 are sqrt(-2 log u) times cos 2 pi a and sin 2 pi a.
// None is beyond 8.49, where the true law has 2e-17.
#pragma once

#include <cstddef>
#include <cstdint>

#include "encoders/elementary.hpp"

namespace retrodict {

template <int W> struct WordPair {
  simd::Unsigned<W> first, second;
};

// The words of block `block` of Stream(seed, replica[l]): rng.hpp tells how. The high halves of the counter's lanes are
// ignored by the multiplication, so that they are cleared only at the end.
template <int W> WordPair<W> philox_words(std::uint64_t seed, std::uint64_t block, const simd::Unsigned<W>& replica) {
  using simd::Unsigned;
  constexpr std::uint64_t low = 0xffffffff;
  const Unsigned<W> zero{}, m0 = zero + 0xD2511F53, m1 = zero + 0xCD9E8D57;
  Unsigned<W> c0 = zero + (block & low), c1 = zero + (block >> 32), c2 = replica & low, c3 = replica >> 32;
  std::uint64_t k0 = seed & low, k1 = seed >> 32;
#pragma GCC unroll 10
  for (int round = 0; round < 10; ++round) {
    const Unsigned<W> left = simd::multiply_low<W>(c0, m0), right = simd::multiply_low<W>(c2, m1);
    c0 = (right >> 32) ^ c1 ^ k0;
    c1 = right;
    c2 = (left >> 32) ^ c3 ^ k1;
    c3 = left;
    k0 = (k0 + 0x9E3779B9) & low;
    k1 = (k1 + 0xBB67AE85) & low;
  }
  return {(c0 & low) | (c1 << 32), (c2 & low) | (c3 << 32)};
}

// 1 + a for the multiple a of 2^-52 that the word's high bits tell.
template <int W> simd::Doubles<W> one_plus_fraction(const simd::Unsigned<W>& word) {
  return simd::from_bits<W>((word >> 12) | (std::uint64_t{1023} << 52));
}

template <int W> elementary::SineCosine<W> gaussian_pair(const WordPair<W>& words) {
  const simd::Doubles<W> log = elementary::logarithm<W>(2.0 - one_plus_fraction<W>(words.first));
  const simd::Doubles<W> radius = simd::square_root<W>(log * -2.0);
  const auto angle = elementary::sine_cosine_of_turns<W>(one_plus_fraction<W>(words.second));
  return {radius * angle.sine, radius * angle.cosine};
}

// out[k * T + s] is Gaussian first + k of replica s + `replica`, for k < count; T is a multiple of W.
template <int W>
void gaussians(std::uint64_t seed, std::uint64_t replica, std::uint64_t first, std::size_t count, std::size_t T,
               double* out) {
  simd::Unsigned<W> lane{};
  for (int l = 0; l < W; ++l) lane[l] = static_cast<std::uint64_t>(l);
  for (std::uint64_t block = first / 2; 2 * block < first + count; ++block) {
    for (std::size_t s = 0; s < T; s += W) {
      const auto pair = gaussian_pair<W>(philox_words<W>(seed, block, lane + (replica + s)));
      if (2 * block >= first) simd::store(out + (2 * block - first) * T + s, pair.cosine);
      if (2 * block + 1 < first + count) simd::store(out + (2 * block + 1 - first) * T + s, pair.sine);
    }
  }
}

// out[s] is uniform k of replica s + `replica`, on the multiples of 2^-52 in (0, 1]: word k from block 2^63 on, where
// no Gaussian comes.
template <int W> void uniforms(std::uint64_t seed, std::uint64_t replica, std::uint64_t k, std::size_t T, double* out) {
  simd::Unsigned<W> lane{};
  for (int l = 0; l < W; ++l) lane[l] = static_cast<std::uint64_t>(l);
  for (std::size_t s = 0; s < T; s += W) {
    const auto words = philox_words<W>(seed, (std::uint64_t{1} << 63) + k / 2, lane + (replica + s));
    simd::store(out + s, 2.0 - one_plus_fraction<W>(k % 2 == 0 ? words.first : words.second));
  }
}

} // namespace retrodict
